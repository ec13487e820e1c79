"""Wall clocks: which instant an hour of a zone's clock is, and when that hour does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule


class HourDoesNotExist(Exception):
    """An hour that the clocks of a zone skip on a day, with the next one that exists, in words for a member."""

    def __init__(self, local: datetime, zone: ZoneInfo) -> None:
        self.local = local
        self.shifted = _after_gap(local, zone)
        self.zone_name = zone.key
        size = self.shifted - local
        place = zone.key.replace("_", " ")
        super().__init__(
            f"{local:%H:%M} does not exist on {local:%a} {local.day} {local:%B %Y} in {place}: the clocks go "
            f"forward by {_length(size)} and skip it. Choose {self.shifted:%H:%M}, or an earlier hour."
        )


def instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clocks of `zone` show `at` on the day `on`.

    An hour that comes twice means its first coming (RFC 5545, 3.3.5). Raises HourDoesNotExist for one that is skipped.
    """
    local = datetime.combine(on, at.replace(fold=0, tzinfo=None))
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise HourDoesNotExist(local, zone)
    return found


def instant_or_next(on: date, at: time, zone: ZoneInfo) -> datetime:
    """As `instant`, but an hour that is skipped becomes the hour that the clocks show instead: 02:30 becomes 03:30."""
    try:
        return instant(on, at, zone)
    except HourDoesNotExist as gap:
        return gap.shifted.replace(tzinfo=zone).astimezone(UTC)


def comes_twice(on: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the clocks of `zone` show `at` twice on the day `on`."""
    local = datetime.combine(on, at)
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    return first.utcoffset() != second.utcoffset() and _exists(local, zone)


def slots(starts_on: date, *, interval_weeks: int, until: date) -> Iterator[date]:
    """Yield the dates of a weekly or biweekly series, counted on the calendar: no clock has a part in it."""
    rule = rrule(WEEKLY, interval=interval_weeks, dtstart=datetime.combine(starts_on, time()))
    for moment in rule:
        if moment.date() > until:
            return
        yield moment.date()


def slots_after(starts_on: date, *, interval_weeks: int, after: date, until: date) -> Iterator[date]:
    """As `slots`, without the walk through the years before `after`."""
    step = timedelta(weeks=interval_weeks)
    skipped = max(0, (after - starts_on) // step)
    yield from slots(starts_on + skipped * step, interval_weeks=interval_weeks, until=until)


@dataclass(frozen=True)
class Local:
    """An instant as a zone's clock shows it: what a member compares."""

    on: date
    at: time

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> Local:
        local = moment.astimezone(zone)
        return cls(on=local.date(), at=local.time().replace(tzinfo=None, fold=0))


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def _after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The wall-clock hour that `local`, read with the offset before the gap, has once the clocks have gone forward."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).replace(tzinfo=None)


def _length(size: timedelta) -> str:
    minutes = int(size.total_seconds()) // 60
    if minutes % 60 == 0:
        hours = minutes // 60
        return "one hour" if hours == 1 else f"{hours} hours"
    return f"{minutes} minutes"
