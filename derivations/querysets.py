"""Which notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Note  # noqa: F401  # named in the annotations below


class NoteQuerySet(models.QuerySet["Note"]):
    def of(self, group: Group) -> Self:
        """The group's notes, deleted ones left out."""
        return self.filter(group=group, deleted_at=None)

    def waiting_for(self, user: User) -> Self:
        """The notes that `user` was asked to review and has not answered."""
        return self.filter(deleted_at=None, reviews__reviewer=user, reviews__answer="waiting")
