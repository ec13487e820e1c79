"""What series and sessions share: turning a form's hour into an instant, or a refusal that names the field."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commons.time import is_known_zone, local_text, zone
from sessions.clock import HourDoesNotExist, instant
from sessions.models import LONGEST

from .refusals import CannotSchedule


def known_zone(name: str) -> ZoneInfo:
    """Return the zone called `name`. Raises CannotSchedule for one that is not in the IANA database."""
    if not is_known_zone(name):
        raise CannotSchedule(
            f"“{name[:64]}” is not a time zone we know. Write it as Area/City, such as Europe/Berlin.",
            field="time_zone",
        )
    return zone(name)


def check_day(on: date, *, field: str) -> None:
    """Raises CannotSchedule for a day on which no clock can be put: the first and last years that dates know."""
    if not 1970 <= on.year <= 2999:
        raise CannotSchedule(f"The year {on.year} is not one of ours. Choose a day that is still to come.", field=field)


def instant_of(on: date, at: time, time_zone: str, *, field: str = "at") -> datetime:
    """Return the instant of a wall-clock hour. Raises CannotSchedule for a skipped one, or an unknown zone."""
    check_day(on, field="on")
    try:
        return instant(on, at, known_zone(time_zone))
    except HourDoesNotExist as gap:
        raise CannotSchedule(str(gap), field=field) from gap


def check_future(starts_at: datetime, now: datetime, time_zone: str, *, field: str) -> None:
    if starts_at <= now:
        shown = local_text(starts_at, zone(time_zone))
        raise CannotSchedule(f"{shown} has passed. Choose an hour that is still to come.", field=field)


def check_duration(duration: timedelta) -> None:
    if not timedelta(0) < duration <= LONGEST:
        raise CannotSchedule("A session takes between one minute and 24 hours.", field="length")
