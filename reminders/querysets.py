"""Which deliveries, notifications and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from members.models import Membership

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Delivery, Notification, TaskFailure  # noqa: F401  # named in the annotations below


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of_member_in(self, user: User, group: Group) -> Self:
        """What concerns `user` in `group`, and what concerns them in all their groups together, newest first."""
        return self.filter(Q(group=group) | Q(group=None), user=user).order_by("-created_at", "-pk")

    def concerning(self, group: Group) -> Self:
        """The group's deliveries, and those to its present members that belong to no single group."""
        in_group = Membership.objects.current().filter(user=OuterRef("user"), group=group)
        return self.filter(Q(group=group) | Q(group=None) & Exists(in_group))

    def failed(self) -> Self:
        return self.filter(status="failed")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        """Unread ones first, the newest first; then those read, the latest read first."""
        return self.order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk")


class TaskFailureQuerySet(models.QuerySet["TaskFailure"]):
    def for_organisers_of(self, group: Group) -> Self:
        """What no one has dismissed yet: of this group, and of the site as a whole."""
        return self.filter(Q(group=group) | Q(group=None), seen_at=None)
