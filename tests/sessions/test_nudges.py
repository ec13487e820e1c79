"""What becomes due, to whom, in which words, and when it stops."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from readings.models import Progress
from reminders.nudges import Window
from sessions import actions
from sessions.nudges import answer_missing, reading_open, session_soon, session_tomorrow
from tests.factories import MembershipFactory, SectionFactory, SessionFactory

from .factories import NOON, AgendaItemFactory, AssignmentFactory, RsvpFactory, plan

KINDS = {
    session_tomorrow: timedelta(days=1),
    session_soon: timedelta(hours=1),
    answer_missing: timedelta(days=2),
    reading_open: timedelta(days=2),
}


def around(moment, minutes=5):
    return Window(start=moment - timedelta(minutes=minutes), end=moment + timedelta(minutes=minutes))


def due(kind, session, **options):
    return list(kind(window=around(session.starts_at - KINDS[kind]), **options))


def people(nudges):
    return {each.user_id for each in nudges}


@pytest.fixture
def assigned(session, section):
    return AssignmentFactory(session=session, section=section)


def test_tomorrow_says_the_hour_of_each_person(session, member, organiser):
    member.time_zone = "America/New_York"
    member.save()
    AgendaItemFactory(session=session, presenter=organiser, title="Proof")
    RsvpFactory(session=session, user=organiser)
    told = {each.user_id: each for each in due(session_tomorrow, session)}
    assert told[organiser.pk].subject == "Tomorrow 19:00 CET: Log-determinant gradients; you present"
    assert told[member.pk].subject == "Tomorrow 13:00 EST: Log-determinant gradients"
    assert told[organiser.pk].lines == (
        "When: Wednesday 25 November, 19:00–20:30 CET",
        "Where: not said yet",
        "You said that you come.",
    )
    assert [line.text for line in told[organiser.pk].items] == ["You present: Proof"]
    assert told[member.pk].lines[-1] == "You have not said yet whether you come."
    assert told[organiser.pk].url == f"/groups/gradient-circle/sessions/{session.pk}/"
    assert told[organiser.pk].due_at == session.starts_at - timedelta(days=1)


def test_past_midnight_tomorrow_would_be_wrong(session, member):
    [nudge] = due(session_tomorrow, session)
    assert nudge.expires_at == datetime(2026, 11, 24, 23, tzinfo=UTC)  # midnight in Berlin


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_due_in_the_window_is_told(session, assigned, member, kind):
    moment = session.starts_at - KINDS[kind]
    assert len(due(kind, session)) == 1
    assert list(kind(window=Window(moment + timedelta(seconds=1), moment + timedelta(days=9)))) == []
    assert list(kind(window=Window(moment - timedelta(days=9), moment))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_session_is_not_told(session, assigned, organiser, member, kind):
    assert people(due(kind, session)) == {organiser.pk, member.pk}
    actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
    assert due(kind, session) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_moved_session_is_another_reminder(session, assigned, organiser, kind):
    [before] = due(kind, session)
    moved = actions.move_session(
        session=session,
        on=date(2026, 11, 27),
        at=time(19),
        time_zone="Europe/Berlin",
        duration=session.duration,
        by=organiser,
        now=NOON - timedelta(days=1),
    )
    assert due(kind, session) == []
    [after] = due(kind, moved)
    assert after.key != before.key
    assert after.key == f"{session.pk}:20261127T1800Z"


@pytest.mark.parametrize("kind", KINDS)
def test_former_members_and_closed_accounts_hear_nothing(session, assigned, member, former, kind):
    member.is_active = False
    member.save()
    assert due(kind, session) == []


@pytest.mark.parametrize("kind", KINDS)
def test_asked_for_one_person_only_that_one_is_yielded(session, assigned, organiser, member, stranger, kind):
    assert people(due(kind, session, user_ids={member.pk})) == {member.pk}
    assert due(kind, session, user_ids={stranger.pk}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_queries_does_not_grow(session, assigned, group, member, kind, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        due(kind, session)
    for n in range(10):
        other = SessionFactory(group=group, starts_at=session.starts_at, created_at=session.created_at)
        person = MembershipFactory(group=group).user
        AssignmentFactory(session=other, section=SectionFactory(work=assigned.section.work, position=n))
        AgendaItemFactory(session=other, presenter=person)
        RsvpFactory(session=other, user=member, answer="maybe", answered_at=NOON)
    with django_assert_num_queries(len(few)):
        due(kind, session)
    assert len(few) <= 7


class TestWhoIsLeftInPeace:
    @pytest.mark.parametrize("kind", [session_tomorrow, session_soon, reading_open])
    def test_who_said_no(self, session, assigned, member, kind):
        RsvpFactory(session=session, user=member, answer="no")
        assert due(kind, session) == []

    @pytest.mark.parametrize("kind", [session_tomorrow, session_soon])
    def test_observers_unless_they_may_come(self, session, observer, kind):
        assert due(kind, session) == []
        rsvp = RsvpFactory(session=session, user=observer, answer="maybe")
        assert people(due(kind, session)) == {observer.pk}
        rsvp.answer = "no"
        rsvp.save()
        assert due(kind, session) == []

    @pytest.mark.parametrize("kind", [answer_missing, reading_open])
    def test_observers_owe_nothing(self, session, assigned, observer, kind):
        assert due(kind, session) == []

    @pytest.mark.parametrize("answer", ["yes", "maybe", "no"])
    def test_who_has_answered_is_not_asked(self, session, member, answer):
        RsvpFactory(session=session, user=member, answer=answer)
        assert due(answer_missing, session) == []

    def test_an_answer_from_before_the_move_is_asked_for_again(self, session, member):
        RsvpFactory(session=session, user=member, answered_at=NOON - timedelta(days=3))
        session.moved_at = NOON - timedelta(days=2)
        session.save()
        [nudge] = due(answer_missing, session)
        assert nudge.lines[0] == "It was moved, so earlier answers are asked for again."
        assert nudge.subject == "Do you come on Wed 25 Nov, 19:00 CET? Log-determinant gradients"


class TestReadings:
    def test_it_lists_what_is_open_and_stops_when_it_is_done(self, session, assigned, member):
        other = AssignmentFactory(session=session, section=SectionFactory(work=assigned.section.work, title="Inverses"))
        [nudge] = due(reading_open, session)
        assert nudge.subject == "To read by Wed 25 Nov, 19:00 CET: 2 sections"
        assert [line.text for line in nudge.items] == [
            "Still to read: The Matrix Cookbook, 2.4 Derivatives of determinants",
            "Still to read: The Matrix Cookbook, Inverses",
        ]
        Progress.objects.create(section=other.section, user=member, status="done")
        [nudge] = due(reading_open, session)
        assert nudge.subject == (
            "To read by Wed 25 Nov, 19:00 CET: The Matrix Cookbook, 2.4 Derivatives of determinants"
        )
        progress = Progress.objects.create(section=assigned.section, user=member, status="reading")
        assert len(due(reading_open, session)) == 1
        progress.status = "done"
        progress.save()
        assert due(reading_open, session) == []


class TestLateChanges:
    def test_a_session_moved_to_tomorrow_is_told_at_once(self, session, member, organiser):
        now = NOON + timedelta(days=1)
        moved = actions.move_session(
            session=session,
            on=date(2026, 11, 25),
            at=time(8),
            time_zone="Europe/Berlin",
            duration=session.duration,
            by=organiser,
            now=now,
        )
        told = list(session_tomorrow(window=around(now)))
        assert {each.subject for each in told} == {"Tomorrow 08:00 CET: Log-determinant gradients"}
        assert {each.due_at for each in told} == {now}
        assert moved.starts_at - now < timedelta(days=1)

    def test_one_moved_to_this_hour_has_one_reminder_and_not_two(self, session, member):
        now = session.starts_at - timedelta(minutes=40)
        session.moved_at = now
        session.save()
        assert list(session_tomorrow(window=around(now))) == []
        assert [each.subject for each in session_soon(window=around(now))] == [
            "Soon, 19:00 CET: Log-determinant gradients"
        ]


def test_a_clock_change_is_said_to_those_whose_hour_moves(group, organiser, member):
    """New York changes on 14 March 2027, Berlin two weeks later."""
    member.time_zone = "America/New_York"
    member.save()
    series = actions.start_series(group=group, plan=plan(), by=organiser, now=NOON)
    session = series.sessions.get(slot_on=date(2027, 3, 16))
    first = {each.user_id: each.lines[0] for each in due(session_tomorrow, session)}
    assert first == {
        organiser.pk: "When: Tuesday 16 March, 19:00–20:30 CET",
        member.pk: "Note the hour: 1 h later for you: the clocks change.",
    }


def test_in_one_hour_says_so(session, member):
    [nudge] = due(session_soon, session)
    assert nudge.subject == "In one hour, 19:00 CET: Log-determinant gradients"
    assert nudge.expires_at == session.starts_at
