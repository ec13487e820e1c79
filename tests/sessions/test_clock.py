"""Which instant an hour of a wall clock is, over both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.clock import HourDoesNotExist, comes_twice, instant, instant_or_next, slots, slots_after
from sessions.page import hour_note

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "on", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 28), time(19), datetime(2026, 3, 28, 18, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 29), time(19), datetime(2026, 3, 29, 17, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), time(19), datetime(2026, 3, 8, 23, tzinfo=UTC)),
        ("Australia/Sydney", date(2026, 4, 5), time(19), datetime(2026, 4, 5, 9, tzinfo=UTC)),
        ("America/Santiago", date(2026, 9, 6), time(19), datetime(2026, 9, 6, 22, tzinfo=UTC)),
        ("Asia/Kolkata", date(2026, 3, 29), time(19), datetime(2026, 3, 29, 13, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first
    ],
)
def test_an_hour_on_a_wall_clock_is_one_instant(zone, on, at, expected):
    assert instant(on, at, ZoneInfo(zone)) == expected


@pytest.mark.parametrize(
    ("zone", "on", "at", "words"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "02:30 does not exist on Sun 29 March 2026 in Europe/Berlin"),
        ("America/New_York", date(2026, 3, 8), time(2, 0), "Choose 03:00"),
        ("America/Santiago", date(2026, 9, 6), time(0, 15), "Choose 01:15"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "go forward by 30 minutes"),
    ],
)
def test_an_hour_that_the_clocks_skip_is_refused_with_the_day_and_a_remedy(zone, on, at, words):
    with pytest.raises(HourDoesNotExist, match=words):
        instant(on, at, ZoneInfo(zone))


def test_the_job_reads_a_skipped_hour_as_the_next_that_exists():
    assert instant_or_next(date(2026, 3, 29), time(2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_known_and_a_skipped_one_is_not_one():
    assert comes_twice(date(2026, 10, 25), time(2, 30), BERLIN)
    assert not comes_twice(date(2026, 10, 25), time(3, 30), BERLIN)
    assert not comes_twice(date(2026, 3, 29), time(2, 30), BERLIN)


def test_slots_are_counted_on_the_calendar():
    found = slots(date(2026, 10, 20), interval_weeks=2, until=date(2026, 12, 1))
    assert list(found) == [date(2026, 10, 20), date(2026, 11, 3), date(2026, 11, 17), date(2026, 12, 1)]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])  # two cores, eight people
@given(
    start=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    days=st.integers(-50, 900),
    weeks=st.sampled_from([1, 2]),
)
def test_skipping_the_past_leaves_the_slots_as_they_are(start, days, weeks):
    after = start + timedelta(days=days)
    until = after + timedelta(weeks=10)
    everything = list(slots(start, interval_weeks=weeks, until=until))
    found = list(slots_after(start, interval_weeks=weeks, after=after, until=until))
    assert [each for each in found if each >= after] == [each for each in everything if each >= after]
    assert len(found) <= 12


@pytest.mark.parametrize(
    ("before", "here", "note"),
    [
        (datetime(2026, 3, 1, 13), datetime(2026, 3, 8, 13), ""),
        (datetime(2026, 3, 1, 13), datetime(2026, 3, 8, 14), "1 h later for you: the clocks change"),
        (datetime(2026, 3, 1, 13), datetime(2026, 3, 8, 12), "1 h earlier for you: the clocks change"),
        (datetime(2026, 3, 1, 23, 30), datetime(2026, 3, 9, 0, 30), "1 h later for you: the clocks change"),
        (None, datetime(2026, 3, 8, 13), ""),
    ],
)
def test_a_moved_hour_is_said_in_words(before, here, note):
    assert hour_note(before, here) == note
