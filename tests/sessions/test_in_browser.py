"""The pages of the room in a real browser: for axe, on a phone, by keyboard, with and without JavaScript."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sessions import actions
from sessions.models import Attendance, Rsvp, Series
from tests.factories import SectionFactory, SessionFactory, WorkFactory
from tests.frontend.looks import faults

from .factories import AgendaItemFactory, AssignmentFactory, RsvpFactory, plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coming(group, organiser, member):
    """A session in three days, with an agenda of three, one reading, and answers."""
    now = timezone.now()
    session = SessionFactory(
        group=group, title="Log-determinants", starts_at=now + timedelta(days=3), created_at=now - timedelta(days=9)
    )
    for position, (title, person) in enumerate((("First", organiser), ("Second", member), ("Third", None))):
        AgendaItemFactory(session=session, title=title, presenter=person, position=position)
    section = SectionFactory(work=WorkFactory(group=group, title="The Matrix Cookbook"), title="Determinants")
    AssignmentFactory(session=session, section=section)
    RsvpFactory(session=session, user=organiser, answered_at=now, comment="Early")
    return session


@pytest.fixture
def held(group, organiser, member):
    now = timezone.now()
    session = SessionFactory(group=group, title="Held", starts_at=now - timedelta(days=3))
    actions.write_minutes(session=session, text="Shown: $\\nabla f$.", based_on=0, by=member, now=now)
    return session


def open_as(context, live_server, client):
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
    return page


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["wide-light", "phone-dark"]
)
def test_axe_finds_nothing_on_any_page(live_server, browser, client_of, group, organiser, coming, held, size, scheme):
    now = timezone.now()
    actions.open_feed(user=organiser, now=now)
    series = actions.start_series(
        group=group, plan=plan(starts_on=(now + timedelta(days=2)).date()), by=organiser, now=now
    )
    moved, cancelled = series.sessions.order_by("starts_at")[1:3]
    day, at = moved.slot_on + timedelta(days=1), moved.starts_at.time()
    options = {"time_zone": "Europe/Berlin", "duration": moved.duration, "by": organiser, "now": now}
    actions.move_session(session=moved, on=day, at=at, **options)
    actions.cancel_session(session=cancelled, because="Holidays", by=organiser, now=now)
    item = coming.agenda.first()
    paths = [
        "",
        "?show=past",
        "new/",
        "series/new/",
        f"series/{series.pk}/",
        f"series/{series.pk}/change/?from={moved.slot_on}",
        *(f"{each.pk}/" for each in (coming, held, moved, cancelled)),
        *(f"{coming.pk}/{each}/" for each in ("edit", "move", "cancel", "people", "readings", "agenda/add")),
        f"{coming.pk}/agenda/{item.pk}/",
        f"{held.pk}/minutes/",
        f"{held.pk}/attendance/",
    ]
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = open_as(context, live_server, client_of(organiser))
    found = {}
    for path in [*(f"/groups/{group.slug}/sessions/{each}" for each in paths), "/calendar/", f"/groups/{group.slug}/"]:
        page.goto(live_server.url + path)
        if wrong := faults(page):
            found[path] = wrong
    assert found == {}
    assert page.errors == []
    context.close()


def test_an_answer_is_one_tap_and_the_list_of_who_comes_follows(live_server, browser, client_of, member, coming):
    page = open_as(browser.new_context(), live_server, client_of(member))
    page.goto(live_server.url + coming.get_absolute_url())
    expect(page.locator("#who-comes")).to_contain_text("Coming 1")
    page.get_by_role("button", name="I come").click()
    expect(page.locator("#who-comes")).to_contain_text("Coming 2")
    expect(page.get_by_role("button", name="I come")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="I come")).to_be_focused()
    page.get_by_text("A word to the others").click()
    page.get_by_label("Comment").fill("Ten minutes late")
    page.get_by_role("button", name="Save comment").click()
    expect(page.locator("#who-comes")).to_contain_text("Ten minutes late")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#readings")).to_contain_text("1 of 2 have read it")
    assert page.errors == []


def test_the_agenda_is_ordered_by_keyboard_and_keeps_the_focus(live_server, browser, client_of, organiser, coming):
    page = open_as(browser.new_context(), live_server, client_of(organiser))
    page.goto(live_server.url + coming.get_absolute_url())
    down = page.get_by_role("button", name="Move First down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".agenda-what")).to_contain_text(["Second", "First", "Third"])
    expect(down).to_be_focused()
    page.get_by_role("button", name="Present this").click()
    expect(page.locator(".agenda > li").nth(2)).to_contain_text("You")
    assert page.errors == []


def test_a_series_is_previewed_while_it_is_typed(live_server, browser, client_of, group, organiser):
    page = open_as(browser.new_context(), live_server, client_of(organiser))
    page.goto(f"{live_server.url}/groups/{group.slug}/sessions/series/new/")
    rows = page.locator("#preview-dates tbody tr")
    expect(rows.first).to_contain_text("19:00")
    page.get_by_label("Hour").fill("18:15")
    expect(rows.first).to_contain_text("18:15")
    page.get_by_role("button", name="Schedule series").click()
    expect(page.get_by_text("is scheduled for the next 26 weeks")).to_be_visible()
    assert Series.objects.get().local_time.strftime("%H:%M") == "18:15"
    assert page.errors == []


def test_minutes_are_previewed_while_they_are_typed(live_server, browser, client_of, member, held):
    page = open_as(browser.new_context(), live_server, client_of(member))
    page.goto(f"{live_server.url}{held.get_absolute_url()}minutes/")
    page.locator("textarea[name=text]").fill("Now $x^2$ too")
    expect(page.locator("#minutes-preview math")).to_have_count(1)
    expect(page.locator("#minutes-preview")).to_contain_text("too")
    page.get_by_role("button", name="Save minutes").click()
    expect(page.locator("#minutes math")).to_have_count(1)
    assert page.errors == []


def test_everything_works_without_javascript(live_server, browser, client_of, group, organiser, coming, held):
    context = browser.new_context(java_script_enabled=False)
    page = open_as(context, live_server, client_of(organiser))
    page.goto(live_server.url + coming.get_absolute_url())
    page.get_by_role("button", name="Maybe").click()
    assert Rsvp.objects.get(user=organiser).answer == "maybe"
    page.get_by_role("button", name="Move First down").click()
    expect(page.locator(".agenda-what")).to_contain_text(["Second", "First", "Third"])
    page.get_by_role("button", name="Reading", exact=True).click()
    expect(page.get_by_role("button", name="Reading", exact=True)).to_have_attribute("aria-pressed", "true")
    page.goto(f"{live_server.url}/groups/{group.slug}/sessions/series/new/")
    page.get_by_label("First day").fill((timezone.localdate() + timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Preview dates").click()
    expect(page.locator("#preview-dates tbody tr").first).to_contain_text("19:00")
    page.goto(f"{live_server.url}{held.get_absolute_url()}attendance/")
    page.get_by_role("radiogroup", name="Ana Organiser").get_by_text("Present").click()
    page.get_by_role("button", name="Save attendance").click()
    assert Attendance.objects.get(user=organiser).mark == "present"
    context.close()
