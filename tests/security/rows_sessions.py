"""Who gets which answer from the pages of the sessions room."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import SectionFactory, SeriesFactory, SessionFactory
from tests.security.matrix import Row, World
from tests.sessions.factories import AgendaItemFactory, AssignmentFactory


def furnish(world: World) -> None:
    now = timezone.now()
    world.series = SeriesFactory(group=world.group, starts_on=now.date())
    world.session = SessionFactory(group=world.group, starts_at=now + timedelta(days=3))
    world.held = SessionFactory(group=world.group, starts_at=now - timedelta(days=3))
    world.cancelled = SessionFactory(group=world.group, starts_at=now + timedelta(days=4), status="cancelled")
    world.item = AgendaItemFactory(session=world.session)
    world.taken = AgendaItemFactory(session=world.session, presenter=world.organiser)
    world.section = SectionFactory(work__group=world.group)
    AssignmentFactory(session=world.session, section=world.section)


ONE = {"pk": "session.pk"}
ITEM = {"pk": "session.pk", "item_pk": "item.pk"}
TAKEN = {"pk": "session.pk", "item_pk": "taken.pk"}
SERIES = {"pk": "series.pk"}


def tomorrow(world: World) -> dict[str, str]:
    day = (timezone.now() + timedelta(days=2)).date()
    return {"on": f"{day:%Y-%m-%d}", "at": "19:00", "time_zone": "Europe/Berlin", "length": "90"}


def a_series(world: World) -> dict[str, str]:
    day = (timezone.now() + timedelta(days=2)).date()
    return {
        "title": "Weekly",
        "interval_weeks": "1",
        "starts_on": f"{day:%Y-%m-%d}",
        "from_on": f"{day:%Y-%m-%d}",
        "at": "19:00",
        "time_zone": "Europe/Berlin",
        "length": "90",
    }


def details(world: World) -> dict[str, str]:
    return {"title": "Log-determinants", "length": "90", **tomorrow(world)}


ROWS = [
    Row("sessions:list"),
    Row("sessions:detail", ONE),
    Row("sessions:detail", {"pk": "held.pk"}, note="held"),
    Row("sessions:new", observer=403, member=403),
    Row("sessions:new", method="POST", data=details, observer=403, member=403, organiser=302),
    Row("sessions:new", method="POST", observer=403, member=403, organiser=422, note="empty"),
    Row("sessions:edit", ONE, observer=403, member=403),
    Row("sessions:edit", ONE, method="POST", data=details, observer=403, member=403, organiser=302),
    Row("sessions:move", ONE, observer=403, member=403),
    Row("sessions:move", ONE, method="POST", data=tomorrow, observer=403, member=403, organiser=302),
    Row("sessions:cancel", ONE, observer=403, member=403),
    Row("sessions:cancel", ONE, method="POST", data={"because": "x"}, observer=403, member=403, organiser=302),
    Row("sessions:restore", {"pk": "cancelled.pk"}, method="POST", observer=403, member=403, organiser=302),
    Row("sessions:restore", ONE, observer=405, member=405, organiser=405, stranger=405, former=405, note="by GET"),
    Row("sessions:answer", ONE, method="POST", data={"answer": "yes"}, observer=302, member=302, organiser=302),
    Row("sessions:answer", ONE, method="POST", data={"answer": "yes"}, htmx=True, note="htmx"),
    Row("sessions:answer", ONE, method="POST", data={"answer": "oui"}, observer=422, member=422, organiser=422),
    Row("sessions:people", ONE),
    Row("sessions:attendance", {"pk": "held.pk"}, observer=403, member=403),
    Row("sessions:attendance", {"pk": "held.pk"}, method="POST", observer=403, member=403, organiser=302),
    Row("sessions:agenda-add", ONE, observer=403),
    Row(
        "sessions:agenda-add",
        ONE,
        method="POST",
        data={"title": "Proof", "minutes": "20"},
        observer=403,
        member=302,
        organiser=302,
    ),
    Row("sessions:agenda-edit", ITEM, observer=403, note="nobody presents it"),
    Row("sessions:agenda-edit", TAKEN, observer=403, member=403, note="another presents it"),
    Row(
        "sessions:agenda-edit",
        TAKEN,
        method="POST",
        data={"title": "Proof", "minutes": "20"},
        observer=403,
        member=403,
        organiser=302,
    ),
    Row("sessions:agenda-take", ITEM, method="POST", observer=403, member=302, organiser=302),
    Row(
        "sessions:agenda-move",
        ITEM,
        method="POST",
        data={"direction": "down"},
        observer=403,
        member=403,
        organiser=302,
    ),
    Row("sessions:agenda-remove", TAKEN, method="POST", observer=403, member=403, organiser=302),
    Row("sessions:readings", ONE, observer=403, member=403),
    Row("sessions:readings", ONE, method="POST", observer=403, member=403, organiser=302),
    Row(
        "sessions:read",
        {"pk": "session.pk", "section_pk": "section.pk"},
        method="POST",
        data={"status": "done"},
        observer=403,
        member=302,
        organiser=302,
    ),
    Row("sessions:minutes", ONE, observer=403),
    Row(
        "sessions:minutes",
        ONE,
        method="POST",
        data={"text": "Decided.", "based_on": "0"},
        observer=403,
        member=302,
        organiser=302,
    ),
    Row("sessions:minutes-preview", ONE, method="POST", data={"text": "$x$"}, observer=403),
    Row("sessions:ics", ONE),
    Row("sessions:series", SERIES),
    Row("sessions:series-new", observer=403, member=403),
    Row("sessions:series-new", method="POST", data=a_series, observer=403, member=403, organiser=302),
    Row("sessions:series-preview", data=a_series, observer=403, member=403),
    Row("sessions:series-change", SERIES, observer=403, member=403),
    Row("sessions:series-change", SERIES, method="POST", data=a_series, observer=403, member=403, organiser=302),
    Row(
        "sessions:series-stop",
        SERIES,
        method="POST",
        data={"last_on": "2099-01-01"},
        observer=403,
        member=403,
        organiser=302,
    ),
    Row("sessions:feed", stranger=200, former=200, note="everyone has a calendar"),
    Row("sessions:feed", method="POST", stranger=302, former=302, observer=302, member=302, organiser=302),
    Row("sessions:feed-rotate", method="POST", stranger=302, former=302, observer=302, member=302, organiser=302),
]
