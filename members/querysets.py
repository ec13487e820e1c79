"""Which people, groups, memberships and invitations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Value, When

if TYPE_CHECKING:
    from .models import Group, Invitation, Membership, User  # noqa: F401  # named in the annotations below


class UserQuerySet(models.QuerySet["User"]):
    def in_group(self, group: Group) -> Self:
        """The people who are in `group` now."""
        return self.filter(memberships__group=group, memberships__left_at=None)


class GroupQuerySet(models.QuerySet["Group"]):
    def of(self, user: User) -> Self:
        """The groups that `user` is in now."""
        return self.filter(memberships__user=user, memberships__left_at=None)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        """Those who have not left."""
        return self.filter(left_at=None)

    def of_group(self, group: Group) -> Self:
        """The rows of one group with their people."""
        return self.filter(group=group).select_related("user")

    def in_reading_order(self) -> Self:
        """Organisers, then members, then observers, each by name."""
        rank = Case(
            When(role="organiser", then=Value(0)),
            When(role="member", then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by(rank, "user__name", "pk")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        """Those that can still be used. Agrees with `Invitation.is_open`."""
        return self.filter(revoked_at=None, expires_at__gt=now, uses__lt=F("max_uses"))

    def never_tried(self, now: datetime) -> Self:
        """Open ones whose mail nobody has tried to send for five minutes: their place in the queue was lost."""
        forgotten = self.open(now).exclude(email="").filter(sent_at=None, send_error="")
        return forgotten.filter(created_at__lt=now - timedelta(minutes=5))
