"""Series: made, continued, changed from a date on, stopped."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from sessions import actions, tasks
from sessions.actions import CannotChange, CannotSchedule
from sessions.actions.series import correspondence
from sessions.models import Series, Session
from tests.factories import SectionFactory, SeriesFactory, SessionFactory

from .factories import NOON, AgendaItemFactory, AssignmentFactory, RsvpFactory, local_starts, plan

FIVE_ZONES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Santiago", "Asia/Kolkata"]


@pytest.fixture
def series(group, organiser):
    return actions.start_series(group=group, plan=plan(), by=organiser, now=NOON)


@pytest.mark.parametrize("zone", FIVE_ZONES)
@pytest.mark.parametrize("now", [NOON, datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)])
def test_a_series_keeps_its_hour_over_clock_changes(group, organiser, zone, now):
    first = now.date() + timedelta(days=1)
    made = actions.start_series(
        group=group, plan=plan(time_zone=zone, starts_on=first, interval_weeks=2), by=organiser, now=now
    )
    starts = [each.starts_at.astimezone(ZoneInfo(zone)) for each in made.sessions.order_by("starts_at")]
    assert {start.time() for start in starts} == {time(19)}
    assert {(later.date() - earlier.date()).days for earlier, later in pairwise(starts)} == {14}
    assert len(starts) == 13 + (starts[-1].date() == (now + actions.HORIZON).date())


def test_a_series_fills_the_next_26_weeks(series):
    assert local_starts(series)[0] == "2026-11-24 19:00"
    assert local_starts(series)[-1] == "2027-05-18 19:00"
    assert series.sessions.count() == 26


def test_a_series_ends_on_its_last_day(group, organiser):
    made = actions.start_series(group=group, plan=plan(ends_on=date(2026, 12, 8)), by=organiser, now=NOON)
    assert local_starts(made) == ["2026-11-24 19:00", "2026-12-01 19:00", "2026-12-08 19:00"]


def test_extending_twice_makes_each_session_once(series):
    before = local_starts(series)
    assert actions.extend_series(series=series, now=NOON) == []
    assert local_starts(series) == before
    made = actions.extend_series(series=series, now=NOON + timedelta(weeks=2))
    assert [each.slot_on for each in made] == [date(2027, 5, 25), date(2027, 6, 1)]


def test_a_slot_cannot_hold_two_sessions(series):
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(group=series.group, series=series, slot_on=date(2026, 11, 24))


@pytest.mark.django_db
def test_whoever_loses_the_race_for_a_slot_makes_nothing(monkeypatch):
    """Two workers that both saw the slots empty: the constraint decides."""
    series = SeriesFactory(group__time_zone="Europe/Berlin", starts_on=date(2026, 11, 24), local_time=time(19))
    create = Session.objects.bulk_create
    rows = []

    def late(sessions, **options):
        if not rows:
            rows.extend(sessions)
            other = [
                Session(group=series.group, series=series, slot_on=each.slot_on, title="x", starts_at=each.starts_at)
                for each in sessions
            ]
            create(other)
        return create(sessions, **options)

    monkeypatch.setattr(type(Session.objects), "bulk_create", lambda self, *args, **options: late(*args, **options))
    assert actions.extend_series(series=series, now=NOON) == []
    assert series.sessions.count() == 26


def test_slots_in_the_past_stay_empty(group):
    series = SeriesFactory(group=group, starts_on=date(2026, 9, 1), local_time=time(19))
    actions.extend_series(series=series, now=NOON)
    assert local_starts(series)[0] == "2026-11-24 19:00"


def test_the_job_extends_every_running_series_and_names_one_that_it_cannot_read(group):
    good = SeriesFactory(group=group, starts_on=date(2026, 11, 24), local_time=time(19))
    bad = SeriesFactory(group=group, title="Lost", time_zone="Mars/Olympus", starts_on=date(2026, 11, 24))
    ended = SeriesFactory(group=group, starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 1))
    with pytest.raises(CannotSchedule, match=r"Lost \(series \d+\): “Mars/Olympus” is not a time zone"):
        actions.extend_all_series(now=NOON)
    assert [each.sessions.count() for each in (good, bad, ended)] == [26, 0, 0]


def test_the_task_is_the_one_that_beat_wakes(group, settings, time_machine):
    time_machine.move_to(NOON)
    SeriesFactory(group=group, starts_on=date(2026, 11, 24), local_time=time(19))
    assert settings.CELERY_BEAT_SCHEDULE["extend-series"]["task"] == tasks.extend_all_series.name
    assert tasks.extend_all_series() == 26
    assert tasks.extend_all_series() == 0


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "“Europe/Atlantis” is not a time zone we know"),
        ({"starts_on": date(2026, 11, 22)}, "starts_on", "19:00 on Sun 22 November has passed"),
        ({"starts_on": date(2028, 11, 22)}, "starts_on", "more than a year away"),
        ({"ends_on": date(2026, 11, 23)}, "ends_on", "before the first"),
        ({"interval_weeks": 3}, "interval_weeks", "every week or every two weeks"),
        ({"duration": timedelta(0)}, "length", "between one minute and 24 hours"),
        ({"starts_on": date(2026, 11, 29), "at": time(2, 30)}, "at", "02:30 does not exist on Sun 28 March 2027"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(group, organiser, changes, field, words):
    with pytest.raises(CannotSchedule, match=words) as refusal:
        actions.start_series(group=group, plan=plan(**changes), by=organiser, now=NOON)
    assert refusal.value.field == field
    assert Series.objects.count() == 0


def test_a_gap_beyond_the_horizon_is_shifted_by_the_job_and_said(group, organiser):
    """Sundays at 02:30, planned in April: the clocks skip it next March, which nobody has seen yet."""
    april = datetime(2026, 4, 1, tzinfo=UTC)
    series = actions.start_series(
        group=group, plan=plan(starts_on=date(2026, 4, 5), at=time(2, 30)), by=organiser, now=april
    )
    actions.extend_series(series=series, now=datetime(2027, 1, 1, tzinfo=UTC))
    session = series.sessions.get(slot_on=date(2027, 3, 28))
    assert session.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert session.shifted_from == time(2, 30)
    assert series.sessions.get(slot_on=date(2027, 4, 4)).shifted_from is None


class TestCorrespondence:
    def test_the_same_day_comes_first_and_then_the_same_week(self):
        old = [date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]
        new = [date(2026, 12, 3), date(2026, 12, 8), date(2026, 12, 31)]
        assert correspondence(old, new) == {old[0]: new[0], old[1]: new[1]}

    def test_one_slot_takes_the_place_of_one(self):
        assert correspondence([date(2026, 12, 1), date(2026, 12, 2)], [date(2026, 12, 4)]) == {
            date(2026, 12, 1): date(2026, 12, 4)
        }

    def test_weekly_to_biweekly_leaves_every_second_week(self):
        old = [date(2026, 12, 1) + timedelta(weeks=week) for week in range(4)]
        assert correspondence(old, old[::2]) == {old[0]: old[0], old[2]: old[2]}


class TestChangeFromHereOn:
    FROM = date(2026, 12, 8)

    def change(self, series, organiser, *, replace=(), now=NOON, from_on=FROM, **changes):
        fields = {"starts_on": from_on} | changes
        return actions.change_series_from(
            series=series, from_on=from_on, plan=plan(**fields), replace=replace, by=organiser, now=now
        )

    def test_the_old_series_ends_the_day_before_and_the_new_one_follows(self, series, organiser):
        changed = self.change(series, organiser, starts_on=date(2026, 12, 10), at=time(18))
        series.refresh_from_db()
        assert series.ends_on == date(2026, 12, 7)
        assert changed.series.follows == series
        assert local_starts(series) == ["2026-11-24 19:00", "2026-12-01 19:00"]
        assert local_starts(changed.series)[:2] == ["2026-12-10 18:00", "2026-12-17 18:00"]
        assert Session.objects.filter(group=series.group).count() == 26

    def test_answers_agenda_and_readings_go_over_to_the_corresponding_slot(self, series, organiser, member):
        session = series.sessions.get(slot_on=self.FROM)
        rsvp = RsvpFactory(session=session, user=member)
        item = AgendaItemFactory(session=session, presenter=member)
        assignment = AssignmentFactory(session=session, section=SectionFactory(work__group=series.group))
        uid = session.uid
        changed = self.change(series, organiser, starts_on=date(2026, 12, 10))
        session.refresh_from_db()
        assert (session.series, session.slot_on) == (changed.series, date(2026, 12, 10))
        assert (session.uid, session.sequence) == (uid, 1)
        assert session.moved_from == datetime(2026, 12, 8, 18, tzinfo=UTC)
        assert list(session.rsvps.all()) == [rsvp]
        assert list(session.agenda.all()) == [item]
        assert list(session.assignments.all()) == [assignment]
        assert session.is_asked_again(rsvp.answered_at) is False  # answered and moved in the same instant

    def test_a_mere_change_of_words_moves_nothing(self, series, organiser):
        changed = self.change(series, organiser, title="Reading hour")
        session = changed.series.sessions.get(slot_on=self.FROM)
        assert (session.title, session.sequence, session.moved_at) == ("Reading hour", 0, None)

    def test_a_session_without_a_slot_is_removed_when_nothing_hangs_on_it_and_cancelled_otherwise(
        self, series, organiser, member
    ):
        answered = series.sessions.get(slot_on=date(2026, 12, 15))
        RsvpFactory(session=answered, user=member)
        empty = series.sessions.get(slot_on=date(2026, 12, 29))
        changed = self.change(series, organiser, interval_weeks=2)
        answered.refresh_from_db()
        assert answered.is_cancelled
        assert answered.cancelled_because == "Its series was changed."
        assert answered.sequence == 1
        assert not Session.objects.filter(pk=empty.pk).exists()
        assert [each.pk for each in changed.cancelled] == [answered.pk]
        assert changed.removed == 11

    def test_a_session_edited_by_itself_is_kept_or_replaced_by_choice(self, series, organiser):
        kept, replaced = (series.sessions.get(slot_on=day) for day in (date(2026, 12, 15), date(2026, 12, 22)))
        for session in (kept, replaced):
            actions.move_session(
                session=session,
                on=session.slot_on,
                at=time(20),
                time_zone="Europe/Berlin",
                duration=session.duration,
                by=organiser,
                now=NOON,
            )
        actions.cancel_session(session=replaced, because="Holidays", by=organiser, now=NOON)
        edited = actions.edited_alone(series, from_on=self.FROM, now=NOON)
        assert [each.pk for each in edited] == [kept.pk, replaced.pk]
        changed = self.change(series, organiser, at=time(18), replace=[replaced.pk])
        kept.refresh_from_db()
        replaced.refresh_from_db()
        assert f"{kept.starts_at.astimezone(kept.zone):%H:%M}" == "20:00"
        assert kept.series == changed.series
        assert f"{replaced.starts_at.astimezone(replaced.zone):%H:%M}" == "18:00"
        assert (replaced.status, replaced.cancelled_because, replaced.edited_at) == ("scheduled", "", None)
        assert changed.series.sessions.filter(slot_on__week=kept.slot_on.isocalendar().week).count() == 1

    def test_sessions_that_have_begun_are_not_touched(self, series, organiser):
        first = series.sessions.get(slot_on=date(2026, 11, 24))
        before = Session.objects.filter(pk=first.pk).values().get()
        later = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # in the middle of it
        self.change(series, organiser, from_on=date(2026, 11, 24), now=later, starts_on=date(2026, 12, 1), at=time(8))
        after = Session.objects.filter(pk=first.pk).values().get()
        assert {key for key in before if before[key] != after[key]} <= {"series_id", "slot_on"}

    def test_the_past_is_refused(self, series, organiser):
        with pytest.raises(CannotChange, match="The past of a series stays"):
            self.change(series, organiser, now=NOON + timedelta(weeks=4), starts_on=date(2026, 12, 29))

    def test_two_organisers_changing_the_same_series_do_not_make_two(self, series, organiser):
        self.change(series, organiser)
        with pytest.raises(CannotChange, match="another tab"):
            self.change(series, organiser)
        assert Series.objects.count() == 2

    def test_an_earlier_start_than_the_end_of_the_old_one_is_refused(self, series, organiser):
        with pytest.raises(CannotSchedule, match="cannot start before Tue 8 December 2026"):
            self.change(series, organiser, starts_on=date(2026, 12, 1))
        series.refresh_from_db()
        assert series.ends_on is None

    def test_the_job_leaves_the_ended_series_alone(self, series, organiser):
        changed = self.change(series, organiser)
        actions.extend_all_series(now=NOON + timedelta(weeks=4))
        assert series.sessions.count() == 2
        assert changed.series.sessions.count() == 28


class TestStop:
    def test_later_sessions_go_and_those_with_answers_or_edits_stay_visible(self, series, organiser, member):
        answered = series.sessions.get(slot_on=date(2026, 12, 8))
        RsvpFactory(session=answered, user=member)
        edited = series.sessions.get(slot_on=date(2026, 12, 15))
        actions.edit_session(
            session=edited,
            details=actions.Details(title="Farewell"),
            duration=edited.duration,
            by=organiser,
            now=NOON,
        )
        changed = actions.stop_series(series=series, last_on=date(2026, 12, 1), by=organiser, now=NOON)
        assert local_starts(series) == [
            "2026-11-24 19:00",
            "2026-12-01 19:00",
            "2026-12-08 19:00",
            "2026-12-15 19:00",
        ]
        assert [each.pk for each in changed.cancelled] == [answered.pk]
        assert [each.pk for each in changed.kept] == [edited.pk]
        assert changed.removed == 22
        assert actions.extend_series(series=series, now=NOON) == []

    def test_a_stopped_series_is_not_stopped_later_again(self, series, organiser):
        actions.stop_series(series=series, last_on=date(2026, 12, 1), by=organiser, now=NOON)
        with pytest.raises(CannotChange, match="already ends on Tue 1 December 2026"):
            actions.stop_series(series=series, last_on=date(2026, 12, 8), by=organiser, now=NOON)
