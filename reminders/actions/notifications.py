"""What the bell shows, and what its owner has read of it."""

from __future__ import annotations

from datetime import datetime

from members.models import User
from reminders.models import Notification

__all__ = ["mark_all_read", "mark_read"]


def mark_read(*, notification: Notification, now: datetime) -> None:
    """Note that its owner has read it. The first time counts."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=now)


def mark_all_read(*, user: User, now: datetime) -> int:
    """Note that `user` has read everything there is. Returns how many were unread."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=now)
