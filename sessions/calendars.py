"""Sessions as iCalendar (RFC 5545): one event a session, in UTC, with its own UID and SEQUENCE.

No RRULE and no VTIMEZONE: generated zones were read an hour off by two calendar engines in 14–23 of 35 weeks. No METHOD
and DTSTAMP the last revision, as this is published and not sent. docs/decisions/0011-calendar-feeds.md says more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import icalendar
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, Sum

from members.models import User

from .models import CalendarFeed, Session

KEPT_DAYS = 90
AHEAD = timedelta(weeks=26)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def calendar_bytes(sessions: Iterable[Session], *, name: str) -> bytes:
    """Return the calendar of `sessions`, whose group, agenda and assignments are read: prefetch them."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//studygroup//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    one_line = " ".join(_clean(name).split())  # the library escapes line breaks in neither of the two
    calendar.add("name", one_line)
    calendar.add("x-wr-calname", one_line)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for session in sessions:
        calendar.add_component(_event(session))
    content: bytes = calendar.to_ical()
    return content


def _event(session: Session) -> icalendar.Event:
    event = icalendar.Event()
    revised = session.changed_at.astimezone(UTC).replace(microsecond=0)
    address = settings.SITE_URL + session.get_absolute_url()
    event.add("uid", str(session.uid))
    event.add("sequence", session.sequence)
    event.add("dtstamp", revised)
    event.add("last-modified", revised)
    event.add("created", session.created_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("summary", _clean(f"{session.group.name}: {session.title}"))
    where = session.place or session.call_url
    if where:
        event.add("location", _clean(where))
    event.add("url", address)
    event.add("description", _clean("\n".join(_description(session, address))))
    return event


def _description(session: Session, address: str) -> list[str]:
    lines = []
    if session.is_cancelled:
        lines.append(f"Cancelled: {session.cancelled_because}" if session.cancelled_because else "Cancelled.")
    if session.call_url:
        lines.append(f"Call: {session.call_url}")
    agenda = list(session.agenda.all())
    if agenda:
        lines.append("Agenda:")
        for item in agenda:
            who = f", {item.presenter}" if item.presenter else ""
            lines.append(f"– {item.title} ({item.minutes} min{who})")
    assignments = list(session.assignments.all())
    if assignments:
        lines.append("To read:")
        lines += [f"– {each.section.work.title}: {each.section}" for each in assignments]
    lines.append(address)
    return lines


def _clean(text: str) -> str:
    """`text` without what iCalendar does not allow: the library escapes line breaks and lets NUL and others through."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@dataclass(frozen=True)
class FeedState:
    """What one query tells of a feed: enough to answer 304. `fingerprint` is the same while nothing has changed."""

    feed_id: int
    user_id: int
    fingerprint: str
    last_modified: datetime
    since: datetime
    until: datetime

    @property
    def known_etag(self) -> str | None:
        """The strong ETag of the bytes last made for this fingerprint, if they were made lately."""
        etag: str | None = cache.get(f"feed-etag:{self.fingerprint}")
        return etag

    def remember_etag(self, etag: str) -> None:
        cache.set(f"feed-etag:{self.fingerprint}", etag, timeout=26 * 3600)

    @property
    def last_modified_header(self) -> str:
        return format_datetime(self.last_modified, usegmt=True)


def feed_state(key: str, *, now: datetime) -> FeedState | None:
    """Return how the feed under `key` stands, from one aggregate query; None for a key that nobody has.

    The window moves at midnight UTC. `last_modified` never goes back: a session that leaves the window does so at a
    midnight, which counts; leaving a group counts by its instant; a deletion is written into the feed itself.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = midnight - timedelta(days=KEPT_DAYS), midnight + AHEAD + timedelta(days=1)
    in_window = Q(
        user__memberships__left_at=None,
        user__memberships__group__sessions__starts_at__gte=since,
        user__memberships__group__sessions__starts_at__lt=until,
    )
    session = "user__memberships__group__sessions"
    rows = list(
        CalendarFeed.objects.filter(key=key, user__is_active=True)
        .values(
            "pk",
            "user_id",
            "changed_at",
            "user__memberships__left_at",
            "user__memberships__joined_at",
            "user__memberships__group__name",
            "user__memberships__group__slug",
        )
        .annotate(
            number=Count(session, filter=in_window),
            first=Min(f"{session}__pk", filter=in_window),
            last=Max(f"{session}__pk", filter=in_window),
            sequences=Sum(f"{session}__sequence", filter=in_window),
            changed=Max(f"{session}__changed_at", filter=in_window),
        )
        .order_by("user__memberships__group__slug")
    )
    if not rows:
        return None
    moments: list[datetime | None] = [midnight]
    for row in rows:
        moments += [
            row["changed_at"],
            row["user__memberships__joined_at"],
            row["user__memberships__left_at"],
            row["changed"],
        ]
    latest = max(moment for moment in moments if moment is not None)
    content = repr((midnight.date(), [sorted((name, str(value)) for name, value in row.items()) for row in rows]))
    return FeedState(
        feed_id=rows[0]["pk"],
        user_id=rows[0]["user_id"],
        fingerprint=hashlib.sha256(content.encode()).hexdigest(),
        last_modified=min(latest, now).astimezone(UTC).replace(microsecond=0),
        since=since,
        until=until,
    )


def feed_bytes(state: FeedState) -> bytes:
    """Return the calendar of all current groups of the feed's owner: the last 90 days, and 26 weeks ahead."""
    user = User.objects.get(pk=state.user_id)
    sessions = (
        Session.objects.of_groups_of(user)
        .filter(starts_at__gte=state.since, starts_at__lt=state.until)
        .select_related("group")
        .prefetch_related("agenda__presenter", "assignments__section__work")
        .order_by("starts_at", "pk")
    )
    return calendar_bytes(sessions, name=f"{settings.SITE_NAME} sessions")
