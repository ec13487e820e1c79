"""Instants as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commons.time import is_known_zone, local_text, relative_text, zone_choices

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "Mon 23 Nov, 13:00 CET"),
        ("America/New_York", "Mon 23 Nov, 07:00 EST"),
        ("Asia/Kolkata", "Mon 23 Nov, 17:30 IST"),
        ("America/Santiago", "Mon 23 Nov, 09:00 UTC-03:00"),
        ("Pacific/Auckland", "Tue 24 Nov, 01:00 NZDT"),
    ],
)
def test_an_instant_is_told_on_the_wall_clock_of_the_reader_with_the_zone_named(zone, text):
    assert local_text(NOON, ZoneInfo(zone)) == text


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-45), "45 minutes ago"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(days=1, hours=2), "tomorrow"),
        (timedelta(days=-1, hours=-1), "yesterday"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=-20), "2 weeks ago"),
        (timedelta(days=100), "in 3 months"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_a_distance_in_time_is_told_in_the_largest_unit_that_fits(delta, text):
    assert relative_text(NOON + delta, NOON) == text


def test_days_count_from_midnight_to_midnight_where_the_reader_is():
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 23, 8, 0, tzinfo=berlin)
    assert relative_text(datetime(2026, 11, 25, 7, 0, tzinfo=berlin), now) == "in 2 days"


def test_a_zone_of_the_database_is_known_and_an_invented_one_is_not():
    assert is_known_zone("Asia/Kolkata")
    assert not is_known_zone("Mars/Olympus_Mons")
    assert not is_known_zone("")


def test_legacy_names_are_not_offered():
    offered = {name for name, _ in zone_choices()}
    assert "Europe/Berlin" in offered
    assert not {"EST5EDT", "GB", "US/Eastern"} & offered
