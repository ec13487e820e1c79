"""Which ideas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from members.models import Membership

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Idea  # noqa: F401  # named in the annotations below


class IdeaQuerySet(models.QuerySet["Idea"]):
    def of(self, group: Group) -> Self:
        """All of the group's ideas, archived ones too."""
        return self.filter(group=group)

    def on_board_of(self, group: Group) -> Self:
        """The group's cards, archived ones left out."""
        return self.filter(group=group, archived_at=None)

    def archived_in(self, group: Group) -> Self:
        """The group's archived ideas, the latest first."""
        return self.filter(group=group, archived_at__isnull=False).order_by("-archived_at", "-pk")

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user, archived_at=None)

    def active(self) -> Self:
        """Those on a board that someone is working on: neither submitted nor parked."""
        return self.filter(archived_at=None).exclude(stage__in=self.model.RESTING)

    def with_a_step_due(self) -> Self:
        """Those whose owner is in the group now and has promised a next step by a date."""
        there = Membership.objects.current().filter(group=OuterRef("group"), user=OuterRef("owner"))
        return self.active().filter(Exists(there), next_step_on__isnull=False).exclude(next_step="")

    def mentioning(self, words: str) -> Self:
        """Those that have `words` in their title, text or next step, in capitals or not."""
        return self.filter(Q(title__icontains=words) | Q(body__icontains=words) | Q(next_step__icontains=words))
