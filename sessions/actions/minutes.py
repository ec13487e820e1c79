"""What was said and decided: the minutes, written by one person at a time without losing the other's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

import mathtext
from members.models import User
from sessions.models import Session

from .meeting import locked
from .refusals import MinutesChanged


@transaction.atomic
def write_minutes(*, session: Session, text: str, based_on: int, by: User, now: datetime) -> Session:
    """Save the minutes, written on top of version `based_on`, and render them once.

    Raises MinutesChanged, storing nothing, when someone else saved in between: the page shows both texts. The same text
    twice is no conflict, and no new version.
    """
    session = locked(session)
    text = text.replace("\r\n", "\n").strip()
    if text == session.minutes:
        return session
    if session.minutes_version != based_on:
        raise MinutesChanged(current=session.minutes, version=session.minutes_version)
    session.minutes = text
    session.minutes_html = mathtext.render(text).html
    session.minutes_version += 1
    session.minutes_by, session.minutes_at = by, now
    session.save(update_fields=["minutes", "minutes_html", "minutes_version", "minutes_by", "minutes_at"])
    return session
