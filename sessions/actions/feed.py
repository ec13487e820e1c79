"""A member's own calendar address."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.models import User
from sessions.models import CalendarFeed, new_feed_key


def open_feed(*, user: User, now: datetime) -> CalendarFeed:
    """Return the calendar address of `user`, making one the first time."""
    feed, _ = CalendarFeed.objects.get_or_create(user=user, defaults={"rotated_at": now, "changed_at": now})
    return feed


@transaction.atomic
def rotate_feed(*, user: User, now: datetime) -> CalendarFeed:
    """Give `user` a new calendar address. The old one answers 404 from now on."""
    feed = open_feed(user=user, now=now)
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    feed.key = new_feed_key()
    feed.rotated_at = feed.changed_at = now
    feed.save()
    return feed
