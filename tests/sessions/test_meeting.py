"""One session: made alone, edited, moved, cancelled, restored."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from sessions import actions
from sessions.actions import CannotChange, CannotSchedule, Details
from sessions.models import Rsvp, Session
from tests.factories import SessionFactory

from .factories import NOON, RsvpFactory


def move(session, by, *, on=date(2026, 11, 26), at=time(20), now=NOON, **fields):
    options = {"time_zone": "Europe/Berlin", "duration": session.duration} | fields
    return actions.move_session(session=session, on=on, at=at, by=by, now=now, **options)


@pytest.fixture
def schedule(group, organiser):
    def scheduled(**changes):
        fields = {
            "details": Details(title="Extra", description="On $x$."),
            "on": date(2026, 12, 1),
            "at": time(18),
            "time_zone": "America/New_York",
            "duration": timedelta(hours=1),
        }
        return actions.schedule_session(group=group, by=organiser, now=NOON, **(fields | changes))

    return scheduled


def test_a_session_alone_stands_at_its_hour_on_the_chosen_clock(schedule):
    session = schedule()
    assert session.starts_at == datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert (session.series, session.sequence, session.status) == (None, 0, "scheduled")
    assert "<math" in session.description_html


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        (
            {"on": date(2027, 3, 14), "at": time(2, 30)},
            "at",
            r"02:30 does not exist on Sun 14 March 2027.*Choose 03:30",
        ),
        ({"on": date(2026, 11, 22)}, "on", "Sun 22 Nov, 18:00 EST has passed"),
        ({"time_zone": "Atlantis"}, "time_zone", "not a time zone"),
        ({"duration": timedelta(days=2)}, "length", "between one minute and 24 hours"),
    ],
)
def test_an_impossible_hour_is_refused_at_its_field(schedule, changes, field, words):
    with pytest.raises(CannotSchedule, match=words) as refusal:
        schedule(**changes)
    assert refusal.value.field == field
    assert Session.objects.count() == 0


def test_a_session_of_no_length_or_of_days_cannot_be_stored(group):
    for duration in (timedelta(0), timedelta(hours=25)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SessionFactory(group=group, duration=duration)


class TestMove:
    def test_a_moved_session_says_where_it_stood_and_its_sequence_rises(self, session, organiser):
        before = session.starts_at
        moved = move(session, organiser)
        assert moved.starts_at == datetime(2026, 11, 26, 19, tzinfo=UTC)
        assert (moved.moved_from, moved.moved_at, moved.sequence) == (before, NOON, 1)
        assert (moved.edited_at, moved.changed_at, moved.changed_by) == (NOON, NOON, organiser)

    def test_answers_stay_and_count_as_given_before_the_move(self, session, organiser, member):
        old = RsvpFactory(session=session, user=member, answered_at=NOON - timedelta(days=1))
        moved = move(session, organiser)
        assert moved.is_asked_again(old.answered_at)
        new = actions.answer_session(session=moved, answer="yes", by=member, now=NOON + timedelta(minutes=1))
        assert not moved.is_asked_again(new.answered_at)
        assert Rsvp.objects.count() == 1

    def test_a_longer_session_at_the_same_hour_is_no_move_but_calendars_hear_of_it(self, session, organiser):
        moved = move(session, organiser, on=date(2026, 11, 25), at=time(19), duration=timedelta(hours=3))
        assert (moved.moved_at, moved.sequence, moved.duration) == (None, 1, timedelta(hours=3))

    @pytest.mark.parametrize(
        ("fields", "error", "words"),
        [
            ({"on": date(2027, 3, 28), "at": time(2, 30)}, CannotSchedule, "02:30 does not exist"),
            ({"on": date(2026, 11, 22)}, CannotSchedule, "has passed"),
            ({"on": date(2026, 11, 25), "at": time(19)}, CannotSchedule, "already starts on Wed 25 Nov, 19:00 CET"),
            ({"now": NOON + timedelta(days=3)}, CannotChange, "is over"),
        ],
    )
    def test_a_move_that_cannot_be_changes_nothing(self, session, organiser, fields, error, words):
        with pytest.raises(error, match=words):
            move(session, organiser, **fields)
        session.refresh_from_db()
        assert (session.sequence, session.moved_at) == (0, None)

    def test_a_cancelled_session_is_not_moved(self, session, organiser):
        actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
        with pytest.raises(CannotChange, match="Restore it first"):
            move(session, organiser)


class TestCancelAndRestore:
    def test_a_cancelled_session_keeps_its_answers_and_can_be_restored(self, session, organiser, member):
        RsvpFactory(session=session, user=member)
        cancelled = actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
        assert (cancelled.status, cancelled.cancelled_because, cancelled.sequence) == ("cancelled", "Ill", 1)
        restored = actions.restore_session(session=session, by=organiser, now=NOON)
        assert (restored.status, restored.cancelled_because, restored.sequence) == ("scheduled", "", 2)
        assert restored.rsvps.count() == 1

    def test_moved_then_cancelled_keeps_rising(self, session, organiser):
        move(session, organiser)
        assert actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON).sequence == 2

    def test_a_second_cancellation_in_another_tab_is_refused(self, session, organiser):
        actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
        with pytest.raises(CannotChange, match="cancelled already"):
            actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)

    def test_what_is_over_is_neither_cancelled_nor_restored(self, session, organiser):
        later = NOON + timedelta(days=3)
        with pytest.raises(CannotChange, match="is over"):
            actions.cancel_session(session=session, because="Ill", by=organiser, now=later)
        actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
        with pytest.raises(CannotChange, match="has passed"):
            actions.restore_session(session=session, by=organiser, now=later)

    def test_only_a_cancelled_session_is_restored(self, session, organiser):
        with pytest.raises(CannotChange, match="nothing to restore"):
            actions.restore_session(session=session, by=organiser, now=NOON)


class TestEdit:
    def edit(self, session, by, *, duration=timedelta(minutes=90), **details):
        fields = {"title": session.title} | details
        return actions.edit_session(session=session, details=Details(**fields), duration=duration, by=by, now=NOON)

    def test_mere_words_do_not_raise_the_sequence(self, session, organiser):
        edited = self.edit(session, organiser, title="Other words", description="About $y$.")
        assert (edited.title, edited.sequence, edited.edited_at, edited.changed_at) == ("Other words", 0, NOON, NOON)

    @pytest.mark.parametrize("changes", [{"place": "Another city"}, {"duration": timedelta(hours=2)}])
    def test_length_and_place_raise_it(self, session, organiser, changes):
        assert self.edit(session, organiser, **changes).sequence == 1
