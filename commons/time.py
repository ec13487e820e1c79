"""Instants as people read them: local hour, with the zone named."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones


def zone_name(at: datetime) -> str:
    """Return the abbreviation in force at `at` (an aware local time), or `UTC+05:45` where a zone has no letters."""
    name = at.tzname() or "UTC"
    if name[:1] in "+-":
        offset = at.utcoffset() or timedelta()
        sign, minutes = ("-" if offset < timedelta() else "+"), abs(int(offset.total_seconds())) // 60
        return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return name


def local_text(at: datetime, zone: tzinfo, *, year: bool = False) -> str:
    """Return `Tue 24 Nov, 19:00 CET`: the instant `at` on the wall clock of `zone`."""
    local = at.astimezone(zone)
    date = f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")
    return f"{date}, {local:%H:%M} {zone_name(local)}"


def relative_text(at: datetime, now: datetime) -> str:
    """Return `in 3 days`, `2 hours ago`, `now`. Days count from midnight to midnight in the zone of `now`."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 60:
        return "now"
    days = (at.astimezone(now.tzinfo).date() - now.date()).days
    size = abs(seconds)
    if size < 3600:
        amount, unit = int(size // 60), "minute"
    elif size < 86_400 and days in (-1, 0, 1):
        amount, unit = int(size // 3600), "hour"
    elif abs(days) == 1:
        return "tomorrow" if days > 0 else "yesterday"
    elif abs(days) < 14:
        amount, unit = abs(days), "day"
    elif abs(days) < 70:
        amount, unit = abs(days) // 7, "week"
    elif abs(days) < 730:
        amount, unit = abs(days) // 30, "month"
    else:
        amount, unit = abs(days) // 365, "year"
    words = f"{amount} {unit}" + ("" if amount == 1 else "s")
    return f"in {words}" if seconds > 0 else f"{words} ago"


def is_known_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database, such as `Europe/Berlin`."""
    return name in _ZONES


_ZONES = frozenset(available_timezones())


def zone_choices() -> list[tuple[str, str]]:
    """Return the zones a person chooses from: `Area/City` and UTC, in order, without the legacy names."""
    areas = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    names = sorted(name for name in _ZONES if name.split("/")[0] in areas)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def zone(name: str) -> ZoneInfo:
    """Return the zone called `name`. Raises ZoneInfoNotFoundError for a name that `is_known_zone` refuses."""
    return ZoneInfo(name)
