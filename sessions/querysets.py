"""Which series and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import ExpressionWrapper, F

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Series, Session  # noqa: F401  # named in the annotations below


class SeriesQuerySet(models.QuerySet["Series"]):
    pass


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, group: Group) -> Self:
        return self.filter(group=group)

    def of_groups_of(self, user: User) -> Self:
        """The sessions of every group that `user` is in now."""
        return self.filter(group__memberships__user=user, group__memberships__left_at=None)

    def scheduled(self) -> Self:
        """Those that are not cancelled."""
        return self.filter(status="scheduled")

    def upcoming(self, now: datetime) -> Self:
        """Those that take place and are not over. Agrees with `Session.is_upcoming`."""
        return self.scheduled().ending_after(now)

    def ending_after(self, moment: datetime) -> Self:
        ends_at = ExpressionWrapper(F("starts_at") + F("duration"), output_field=models.DateTimeField())
        return self.alias(ends=ends_at).filter(ends__gt=moment)

    def past(self, now: datetime) -> Self:
        ends_at = ExpressionWrapper(F("starts_at") + F("duration"), output_field=models.DateTimeField())
        return self.alias(ends=ends_at).filter(ends__lte=now)
