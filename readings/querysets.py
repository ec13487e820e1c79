"""Which works, sections and marks of progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Progress, Section, Work  # noqa: F401  # named in the annotations below


class WorkQuerySet(models.QuerySet["Work"]):
    def on_list_of(self, group: Group) -> Self:
        """The works on the group's list now, archived ones left out."""
        return self.filter(group=group, archived_at=None)


class SectionQuerySet(models.QuerySet["Section"]):
    def not_done_by(self, user: User) -> Self:
        """The sections that `user` has not marked as done."""
        from .models import Progress

        done = Progress.objects.filter(section=OuterRef("pk"), user=user, status="done")
        return self.filter(~Exists(done))


class ProgressQuerySet(models.QuerySet["Progress"]):
    pass
