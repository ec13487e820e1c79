"""Which notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Note  # noqa: F401  # named in the annotations below


class NoteQuerySet(models.QuerySet["Note"]):
    def of(self, group: Group) -> Self:
        """The group's notes, deleted ones left out."""
        return self.filter(group=group, deleted_at=None)

    def deleted_in(self, group: Group) -> Self:
        """The group's deleted notes, the latest first."""
        return self.filter(group=group, deleted_at__isnull=False).order_by("-deleted_at", "-pk")

    def waiting_for(self, user: User) -> Self:
        """The notes that `user` was asked to review and has not answered."""
        from .models import Review

        waiting = Review.objects.filter(note=OuterRef("pk"), reviewer=user, answer=Review.Answer.WAITING)
        return self.filter(Exists(waiting), deleted_at=None)

    def matching(self, words: str) -> Self:
        """The notes that have each of `words` in their title or text."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return found

    def for_page(self) -> Self:
        """With what the page of a note prints, and no more: the people's names, and not the source."""
        people = [f"{person}__{name}" for person in ("author", "changed_by") for name in ("name", "email")]
        fields = ["title", "status", "outline", "number", "created_at", "changed_at", "deleted_at"]
        fields += ["steps_hold", "steps_fail", "steps_unchecked", "reviewed_number", "talk"]
        shown = Case(When(checked_html="", then=F("body_html")), default=F("checked_html"))  # one text, not both
        return (
            self.select_related("author", "changed_by")
            .only("group_id", *fields, *people)
            .annotate(shown_html=shown, approvals_needed=F("group__review_rule__approvals"))
        )

    def for_rows(self) -> Self:
        """With the people a row names, and without the texts that it does not show."""
        return self.select_related("author", "changed_by").defer("body", "body_html", "checked_html", "outline", "talk")
