"""What a calendar that asks by date only must learn of, besides the change of a session."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from members.models import Group, Membership

from .models import CalendarFeed, Session


@receiver(pre_delete, sender=Session)
def tell_the_feeds(sender: type[Session], instance: Session, **kwargs: Any) -> None:
    """Each feed that showed the session has changed now."""
    readers = Membership.objects.current().filter(group=instance.group_id).values("user_id")
    CalendarFeed.objects.filter(user_id__in=readers).update(changed_at=timezone.now())


@receiver(post_save, sender=Membership)
def tell_the_feed_of_a_member(
    sender: type[Membership], instance: Membership, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Who joins, leaves or comes back reads other sessions from now on."""
    if update_fields is None or "left_at" in update_fields:
        CalendarFeed.objects.filter(user=instance.user_id).update(changed_at=timezone.now())


@receiver(post_save, sender=Group)
def tell_the_feeds_of_a_group(sender: type[Group], instance: Group, created: bool, **kwargs: Any) -> None:
    """Every entry begins with the group's name."""
    if not created:
        readers = Membership.objects.current().filter(group=instance).values("user_id")
        CalendarFeed.objects.filter(user_id__in=readers).update(changed_at=timezone.now())
