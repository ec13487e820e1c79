"""One session: made alone, edited, moved, cancelled, restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

import mathtext
from commons.time import local_text, zone
from members.models import Group, User
from sessions.models import Session

from .refusals import CannotChange, CannotSchedule
from .timing import check_duration, check_future, instant_of


@dataclass(frozen=True)
class Details:
    """What a session is about and where, apart from its hour."""

    title: str
    place: str = ""
    call_url: str = ""
    description: str = ""


def locked(session: Session) -> Session:
    """Return the session's row as it stands now, held until the transaction ends: it may be open in two tabs."""
    return Session.objects.select_for_update(of=("self",)).select_related("group").get(pk=session.pk)


@transaction.atomic
def schedule_session(
    *,
    group: Group,
    details: Details,
    on: date,
    at: time,
    time_zone: str,
    duration: timedelta,
    by: User,
    now: datetime,
) -> Session:
    """Make one session outside any series. Raises CannotSchedule for an hour that does not exist or has passed."""
    check_duration(duration)
    starts_at = instant_of(on, at, time_zone)
    check_future(starts_at, now, time_zone, field="on")
    return Session.objects.create(
        group=group,
        title=details.title,
        place=details.place,
        call_url=details.call_url,
        description=details.description,
        description_html=mathtext.render(details.description).html,
        starts_at=starts_at,
        duration=duration,
        time_zone=time_zone,
        created_by=by,
        created_at=now,
        changed_at=now,
    )


@transaction.atomic
def edit_session(*, session: Session, details: Details, duration: timedelta, by: User, now: datetime) -> Session:
    """Change what one session is about, where it is and how long it takes; its series leaves it alone from now on.

    Its sequence rises with its length and its place, which calendars must not miss, and not with mere words.
    Raises CannotSchedule for an impossible length.
    """
    check_duration(duration)
    session = locked(session)
    if duration != session.duration or details.place != session.place:
        session.sequence += 1
    session.title, session.place, session.call_url = details.title, details.place, details.call_url
    session.description = details.description
    session.description_html = mathtext.render(details.description).html
    session.duration = duration
    session.edited_at = session.changed_at = now
    session.save()
    return session


@transaction.atomic
def move_session(
    *,
    session: Session,
    on: date,
    at: time,
    time_zone: str,
    duration: timedelta,
    by: User,
    now: datetime,
) -> Session:
    """Give one session another hour. Answers stay and count as given before the move; reminders follow the new hour.

    Raises CannotSchedule for an hour that does not exist, has passed, or is the present one; CannotChange for a session
    that is over or cancelled.
    """
    check_duration(duration)
    starts_at = instant_of(on, at, time_zone)
    session = locked(session)
    if session.is_cancelled:
        raise CannotChange("This session is cancelled. Restore it first, then move it.")
    if session.is_over(now):
        raise CannotChange("This session is over, so it cannot be moved. Schedule another one instead.")
    check_future(starts_at, now, time_zone, field="on")
    if starts_at == session.starts_at and duration == session.duration:
        shown = local_text(starts_at, zone(time_zone))
        raise CannotSchedule(f"It already starts on {shown}. Choose another hour.", field="on")
    if starts_at != session.starts_at:
        session.moved_from, session.moved_at = session.starts_at, now
    session.starts_at, session.duration, session.time_zone = starts_at, duration, time_zone
    session.changed_by = by
    _changed_for_calendars(session, now)
    return session


@transaction.atomic
def cancel_session(*, session: Session, because: str, by: User, now: datetime) -> Session:
    """Cancel one session, with a reason. Answers, agenda and readings stay for a restore. Raises CannotChange."""
    session = locked(session)
    if session.is_cancelled:
        raise CannotChange("This session is cancelled already.")
    if session.is_over(now):
        raise CannotChange("This session is over, so it cannot be cancelled any more.")
    session.status, session.cancelled_because = Session.Status.CANCELLED, because
    session.cancelled_at, session.changed_by = now, by
    _changed_for_calendars(session, now)
    return session


@transaction.atomic
def restore_session(*, session: Session, by: User, now: datetime) -> Session:
    """Take a cancellation back: the session stands at its hour again, with its answers. Raises CannotChange."""
    session = locked(session)
    if not session.is_cancelled:
        raise CannotChange("This session is not cancelled, so there is nothing to restore.")
    if session.has_begun(now):
        raise CannotChange("The hour of this session has passed. Schedule another one instead.")
    session.status, session.cancelled_because, session.cancelled_at = Session.Status.SCHEDULED, "", None
    session.changed_by = by
    _changed_for_calendars(session, now)
    return session


def _changed_for_calendars(session: Session, now: datetime) -> None:
    """RFC 5546: the sequence rises whenever start, length or status change, so that no calendar keeps the old one."""
    session.sequence += 1
    session.edited_at = session.changed_at = now
    session.save()
