"""Numbers that no database holds, texts that no form asked for: an answer in words, never a 500."""

import pytest
from django.urls import reverse

from .factories import AgendaItemFactory

HUGE = 10**30


@pytest.mark.parametrize(
    "path",
    [
        f"{HUGE}/",
        f"{HUGE}/edit/",
        f"{HUGE}/session.ics",
        f"series/{HUGE}/",
        f"series/{HUGE}/change/",
        "1/agenda/{item}/",
        "?page=999999999999999999999999",
        "?page=x&show=%00",
    ],
)
def test_an_address_that_cannot_be_is_not_found(client_of, group, organiser, session, now, path):
    address = reverse("sessions:list", args=[group.slug]) + path.format(item=HUGE)
    assert client_of(organiser).get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("readings", {"section": [str(HUGE), "-1", "²"]}, 422),
        ("answer", {"answer": "yes\0", "comment": "x" * 301}, 422),
        ("agenda-add", {"title": "x\0", "minutes": str(HUGE), "presenter": str(HUGE)}, 422),
        ("minutes", {"text": "a\0b", "based_on": str(HUGE)}, {409, 422}),
        ("move", {"on": "9999-12-31", "at": "23:59", "length": "1440", "time_zone": "Pacific/Kiritimati"}, {302, 422}),
        ("move", {"on": "0001-01-01", "at": "00:00", "length": "1440", "time_zone": "Europe/Berlin"}, 422),
        ("edit", {"title": "x\0", "length": "1e9"}, 422),
        ("cancel", {"because": "x" * 301}, 422),
    ],
)
def test_what_no_form_asked_for_is_refused(client_of, organiser, session, now, name, data, status):
    AgendaItemFactory(session=session)
    address = reverse(f"sessions:{name}", kwargs={"slug": session.group.slug, "pk": session.pk})
    expected = status if isinstance(status, set) else {status}
    assert client_of(organiser).post(address, data).status_code in expected


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": "9999-12-31", "time_zone": "Pacific/Kiritimati"},
        {"starts_on": "0001-01-01", "at": "00:00", "time_zone": "Europe/Berlin"},
        {"ends_on": "0001-01-01"},
        {"interval_weeks": "0"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "posixrules\0"},
    ],
)
def test_a_series_that_cannot_be_is_refused(client_of, group, organiser, now, changes):
    data = {
        "title": "Series",
        "interval_weeks": "1",
        "starts_on": "2026-11-24",
        "at": "19:00",
        "length": "90",
        "time_zone": "Europe/Berlin",
    }
    client = client_of(organiser)
    assert client.post(reverse("sessions:series-new", args=[group.slug]), data | changes).status_code in (400, 422)
    preview = client.get(reverse("sessions:series-preview", args=[group.slug]), data | changes)
    assert preview.status_code in (200, 400)  # a NUL is refused before any page is asked
