"""Which ideas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Idea  # noqa: F401  # named in the annotations below


class IdeaQuerySet(models.QuerySet["Idea"]):
    def on_board_of(self, group: Group) -> Self:
        """The group's cards, archived ones left out."""
        return self.filter(group=group, archived_at=None)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user, archived_at=None)
