"""Which series, sessions and answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Rsvp, Series, Session  # noqa: F401  # named in the annotations below


class SeriesQuerySet(models.QuerySet["Series"]):
    def of(self, group: Group) -> Self:
        return self.filter(group=group)

    def running(self, today: date) -> Self:
        """Those that still make sessions. Agrees with `Series.is_running`."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today))


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
        # No session is longer than a day: the first filter lets the index by time do the work.
        ends_at = ExpressionWrapper(F("starts_at") + F("duration"), output_field=models.DateTimeField())
        return self.filter(starts_at__gt=moment - timedelta(days=1)).alias(ends=ends_at).filter(ends__gt=moment)

    def past(self, now: datetime) -> Self:
        """Those that are over, cancelled ones too. Agrees with `Session.is_over`."""
        ends_at = ExpressionWrapper(F("starts_at") + F("duration"), output_field=models.DateTimeField())
        return self.filter(starts_at__lte=now).alias(ends=ends_at).filter(ends__lte=now)

    def not_begun(self, now: datetime) -> Self:
        """Those whose hour is still to come, cancelled ones too."""
        return self.filter(starts_at__gt=now)

    def with_answers_of(self, user: User | int) -> Self:
        """Adds `my_answer` and `my_answered_at` (None without one), and `coming`, how many members said yes."""
        from .models import Rsvp

        mine = Rsvp.objects.filter(session=OuterRef("pk"), user=user)
        yes = (
            Rsvp.objects.of_current_members()
            .filter(session=OuterRef("pk"), answer="yes")
            .order_by()
            .values("session")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return self.annotate(
            my_answer=Subquery(mine.values("answer")),
            my_answered_at=Subquery(mine.values("answered_at")),
            coming=Coalesce(Subquery(yes, output_field=IntegerField()), 0),
        )


class RsvpQuerySet(models.QuerySet["Rsvp"]):
    def of_current_members(self) -> Self:
        """Answers of people who are still in the session's group."""
        return self.filter(
            user__memberships__group=F("session__group"),
            user__memberships__left_at=None,
        )
