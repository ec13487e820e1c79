"""Which works, sections and marks of progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Progress, Section, Work  # noqa: F401  # named in the annotations below


class WorkQuerySet(models.QuerySet["Work"]):
    def on_list_of(self, group: Group) -> Self:
        """The works on the group's list now, archived ones left out."""
        return self.filter(group=group, archived_at=None)

    def matching(self, words: str) -> Self:
        """The works that have each of `words` in title, names, year, venue, key or identifier; accents do not count."""
        from .models import folded

        found = self
        for word in folded(words).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def with_progress_of(self, user: User) -> Self:
        """Each work with `n_sections`, `n_done` and `n_reading`, the last two being `user`'s."""
        from .models import Progress, Section

        sections = Section.objects.filter(work=OuterRef("pk")).order_by().values("work")
        mine = Progress.objects.filter(section__work=OuterRef("pk"), user=user).order_by().values("section__work")

        def number(rows: models.QuerySet[Any, Any]) -> Coalesce:
            return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())

        return self.annotate(
            n_sections=number(sections),
            n_done=number(mine.filter(status="done")),
            n_reading=number(mine.filter(status="reading")),
        )

    def with_status(self, status: str) -> Self:
        """After `with_progress_of`: `done` in every section, begun (`reading`), or not yet begun (`to-read`)."""
        done = Q(n_sections__gt=0, n_done=F("n_sections"))
        begun = Q(n_done__gt=0) | Q(n_reading__gt=0)
        match status:
            case "done":
                return self.filter(done)
            case "reading":
                return self.filter(begun).exclude(done)
            case "to-read":
                return self.exclude(begun)
        raise ValueError(f"unknown reading status {status!r}")


class SectionQuerySet(models.QuerySet["Section"]):
    def on_list_of(self, group: Group) -> Self:
        """The sections of the works on the group's list now, in the order of the list."""
        return (
            self.filter(work__group=group, work__archived_at=None)
            .select_related("work")
            .order_by("work__position", "work_id", "position", "pk")
        )

    def not_done_by(self, user: User) -> Self:
        """The sections that `user` has not marked as done."""
        from .models import Progress

        done = Progress.objects.filter(section=OuterRef("pk"), user=user, status="done")
        return self.filter(~Exists(done))

    def open_for(self, user: User) -> Self:
        """The sections of works still on the list that `user` has not marked as done, each with `my_status`."""
        return self.filter(work__archived_at=None).not_done_by(user).with_status_of(user)

    def with_status_of(self, user: User) -> Self:
        """Each section with `my_status`: `to-read`, `reading` or `done`, for `user`."""
        from .models import Progress

        mine = Progress.objects.filter(section=OuterRef("pk"), user=user).values("status")[:1]
        return self.annotate(my_status=Coalesce(Subquery(mine), Value("to-read")))


class ProgressQuerySet(models.QuerySet["Progress"]):
    def of_current_members(self, group: Group) -> Self:
        """The marks of those who read with the group now: not of observers, nor of those who left."""
        return self.filter(
            user__memberships__group=group,
            user__memberships__left_at=None,
            user__memberships__role__in=("organiser", "member"),
        )
