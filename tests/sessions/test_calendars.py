"""Calendars, judged by foreign engines over both clock changes in five zones."""

from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from django.core.cache import cache

from members.models import Role
from sessions import actions
from sessions.actions import Details
from sessions.calendars import calendar_bytes, feed_state
from sessions.models import CalendarFeed, Session
from tests.factories import GroupFactory, MembershipFactory, SessionFactory

from .factories import NOON, AgendaItemFactory, AssignmentFactory, plan

FIVE_ZONES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Santiago", "Asia/Kolkata"]


@pytest.fixture
def feed(member, now):
    return actions.open_feed(user=member, now=NOON)


@pytest.fixture
def fetch(client, feed, django_assert_num_queries):
    """Fetch the feed as a calendar program does: no log-in, perhaps with what it remembers."""

    def fetched(key=None, *, queries=None, **headers):
        address = f"/calendar/{key or feed.key}.ics"
        if queries is None:
            return client.get(address, headers=headers)
        with django_assert_num_queries(queries):
            return client.get(address, headers=headers)

    return fetched


def events(response_or_bytes):
    content = getattr(response_or_bytes, "content", response_or_bytes)
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


@pytest.mark.parametrize("zone", FIVE_ZONES)
@pytest.mark.parametrize("start", [datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)])
def test_a_foreign_engine_reads_every_hour_right_over_both_clock_changes(zone, start, organiser, group):
    series = actions.start_series(
        group=group,
        plan=plan(starts_on=start.date() + timedelta(days=1), time_zone=zone, interval_weeks=2),
        by=organiser,
        now=start,
    )
    content = calendar_bytes(
        series.sessions.select_related("group").prefetch_related("agenda", "assignments"), name="Test"
    )
    calendar = icalendar.Calendar.from_ical(content)
    found = recurring_ical_events.of(calendar).between(start, start + timedelta(weeks=27))
    local = sorted(each["DTSTART"].dt.astimezone(ZoneInfo(zone)) for each in found)
    assert len(local) == series.sessions.count() == 13
    assert {each.time() for each in local} == {time(19)}
    assert [each.date() for each in local] == [series.starts_on + timedelta(weeks=2 * n) for n in range(13)]
    assert {each["DTEND"].dt - each["DTSTART"].dt for each in found} == {timedelta(minutes=90)}
    assert b"VTIMEZONE" not in content
    assert b"RRULE" not in content
    assert b"METHOD" not in content


def test_an_event_says_what_where_and_which_revision(fetch, session, member, section):
    session.place, session.call_url = "Room 2.14; first floor", "https://meet.example.org/x"
    session.save()
    AgendaItemFactory(session=session, title="Proof, part 1", minutes=30, presenter=member)
    AssignmentFactory(session=session, section=section)
    response = fetch()
    [event] = events(response)
    assert str(event["UID"]) == str(session.uid)
    assert event["SUMMARY"] == "Gradient Circle: Log-determinant gradients"
    assert event["LOCATION"] == "Room 2.14; first floor"
    assert event["URL"].endswith(f"/groups/gradient-circle/sessions/{session.pk}/")
    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == session.changed_at
    assert event["DTSTART"].dt == session.starts_at
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert "– Proof, part 1 (30 min, Ben Member)" in event["DESCRIPTION"]
    assert "– The Matrix Cookbook: 2.4 Derivatives of determinants" in event["DESCRIPTION"]
    assert "Call: https://meet.example.org/x" in event["DESCRIPTION"]


def test_lines_are_folded_and_control_characters_left_out(session):
    """Also what SQLite stores and PostgreSQL refuses."""
    session.title = "Null\x00 and\x0b bell\x07 and a long title with Ünïcödé: " + "très " * 30
    content = calendar_bytes([session], name="Test\r\nX-EVIL:1")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert not any(byte < 32 and byte not in (10, 13) for byte in content)
    assert b"\r\nX-EVIL" not in content
    assert "Null and bell and a long title" in events(content)[0]["SUMMARY"]


def test_moved_then_cancelled_is_the_same_event_with_a_higher_sequence(fetch, session, organiser):
    actions.move_session(
        session=session,
        on=date(2026, 11, 26),
        at=time(20),
        time_zone="Europe/Berlin",
        duration=session.duration,
        by=organiser,
        now=NOON,
    )
    actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
    [event] = events(fetch())
    assert (str(event["UID"]), event["SEQUENCE"], event["STATUS"]) == (str(session.uid), 2, "CANCELLED")
    assert event["DTSTART"].dt == datetime(2026, 11, 26, 19, tzinfo=UTC)
    assert event["DTSTAMP"].dt == NOON
    assert "Cancelled: Ill" in event["DESCRIPTION"]


class TestWhatTheFeedShows:
    def test_all_current_groups_and_no_other(self, fetch, member, session, former):
        second = MembershipFactory(user=member, group__name="Second Circle").group
        SessionFactory(group=second)
        SessionFactory(group=GroupFactory(name="Foreign"))
        assert sorted(str(each["SUMMARY"]).split(":")[0] for each in events(fetch())) == [
            "Gradient Circle",
            "Second Circle",
        ]

    def test_leaving_a_group_takes_its_sessions_away(self, fetch, member, session):
        before = fetch()
        membership = member.memberships.get()
        membership.left_at = NOON
        membership.save(update_fields=["left_at"])
        after = fetch(**{"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert events(after) == []

    def test_the_window_is_ninety_days_back_and_26_weeks_ahead(self, fetch, group):
        for days in (-91, -89, 181, 184):
            SessionFactory(group=group, title=str(days), starts_at=NOON + timedelta(days=days))
        assert [str(each["SUMMARY"]).split(": ")[1] for each in events(fetch())] == ["-89", "181"]


class TestTheSecretAddress:
    def test_a_forged_key_is_not_found(self, fetch, session):
        for key in ("x" * 32, "0", "a b"):
            assert fetch(key).status_code == 404

    def test_rotating_closes_the_old_address(self, fetch, feed, member, session):
        old = feed.key
        assert fetch(old).status_code == 200
        new = actions.rotate_feed(user=member, now=NOON).key
        assert fetch(old).status_code == 404
        assert fetch(new).status_code == 200
        assert new != old
        assert len(new) >= 32

    def test_a_closed_account_has_no_feed(self, fetch, member, session):
        member.is_active = False
        member.save()
        assert fetch().status_code == 404

    def test_it_is_private_and_not_for_search_engines(self, fetch, session):
        response = fetch()
        assert response["Cache-Control"] == "private, no-cache"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert "Set-Cookie" not in response

    def test_only_reading_is_answered(self, client, feed):
        assert client.post(f"/calendar/{feed.key}.ics").status_code == 405

    def test_a_member_opens_rotates_and_reads_their_own(self, client_of, organiser, now):
        client = client_of(organiser)
        assert "no calendar address yet" in client.get("/calendar/").content.decode()
        assert client.post("/calendar/").status_code == 302
        key = CalendarFeed.objects.get(user=organiser).key
        assert f"/calendar/{key}.ics" in client.get("/calendar/").content.decode()
        assert client.post("/calendar/rotate/").status_code == 302
        assert CalendarFeed.objects.get(user=organiser).key != key


class TestUnchanged:
    def test_an_unchanged_feed_answers_304_from_one_query(self, fetch, session):
        first = fetch()
        for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
            again = fetch(queries=1, **{"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again["ETag"] == first["ETag"]

    def test_the_number_of_queries_does_not_grow(self, fetch, session, group):
        cache.clear()
        fetch(queries=5)
        for n in range(30):
            extra = SessionFactory(group=group, starts_at=NOON + timedelta(days=n))
            AgendaItemFactory(session=extra)
        fetch(queries=5)

    def test_by_date_alone_too(self, fetch, session):
        first = fetch()
        assert fetch(**{"If-Modified-Since": first["Last-Modified"]}).status_code == 304
        assert fetch(**{"If-Modified-Since": "yesterday, perhaps"}).status_code == 200

    def test_the_tag_outranks_the_date(self, fetch, session):
        first = fetch()
        stale = fetch(**{"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]})
        assert stale.status_code == 200

    @pytest.mark.parametrize("change", ["words", "agenda", "cancel", "new", "group"])
    def test_each_change_is_seen(self, fetch, session, organiser, group, change, time_machine):
        first = fetch()
        time_machine.move_to(NOON + timedelta(minutes=1), tick=False)
        later = NOON + timedelta(minutes=1)
        match change:
            case "words":
                details = Details(title="Other")
                actions.edit_session(
                    session=session, details=details, duration=session.duration, by=organiser, now=later
                )
            case "agenda":
                actions.add_agenda_item(
                    session=session, title="Proof", minutes=5, presenter=None, by=organiser, now=later
                )
            case "cancel":
                actions.cancel_session(session=session, because="Ill", by=organiser, now=later)
            case "new":
                SessionFactory(group=group, changed_at=later)
            case "group":
                group.name = "Renamed Circle"
                group.save()
        by_tag = fetch(**{"If-None-Match": first["ETag"]})
        by_date = fetch(**{"If-Modified-Since": first["Last-Modified"]})
        assert (by_tag.status_code, by_date.status_code) == (200, 200)

    def test_last_modified_never_goes_back(self, fetch, feed, session, member, time_machine):
        """Through a deletion, leaving, coming back, and a session leaving the window."""
        seen = []

        def look(minutes):
            time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)
            seen.append(parsedate_to_datetime(fetch()["Last-Modified"]))

        extra = SessionFactory(group=session.group, changed_at=NOON, starts_at=NOON - timedelta(days=89))
        look(1)
        Session.objects.get(pk=extra.pk).delete()
        look(2)
        membership = member.memberships.get()
        time_machine.move_to(NOON + timedelta(minutes=3), tick=False)
        membership.left_at = NOON + timedelta(minutes=3)
        membership.save()
        look(4)
        membership.left_at = None
        membership.save()
        look(5)
        look(60 * 24 * 3)
        assert seen == sorted(seen)
        assert seen[1] > seen[0]
        assert seen[-1].date() == date(2026, 11, 26)

    def test_last_modified_is_not_in_the_future(self, feed, session):
        session.changed_at = NOON + timedelta(days=2)
        session.save()
        assert feed_state(feed.key, now=NOON).last_modified == NOON


class TestOneFile:
    def test_a_member_downloads_one_session(self, client_of, observer, group, session, now):
        response = client_of(observer).get(f"/groups/{group.slug}/sessions/{session.pk}/session.ics")
        assert [str(each["UID"]) for each in events(response)] == [str(session.uid)]
        assert response["Content-Disposition"] == f'attachment; filename="session-{session.pk}.ics"'

    def test_a_stranger_does_not(self, client_of, stranger, group, session, now):
        address = f"/groups/{group.slug}/sessions/{session.pk}/session.ics"
        assert client_of(stranger).get(address).status_code == 404


def test_an_observer_reads_the_same(fetch, feed, member, session):
    member.memberships.update(role=Role.OBSERVER)
    assert len(events(fetch())) == 1
