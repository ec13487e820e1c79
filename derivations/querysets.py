"""Which notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from mathtext import fragments

from .words import looked_for

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import Note, Statement  # noqa: F401  # named in the annotations below


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
        """The notes that have each of `words`, or a longer word with it inside, in title or text; accents, case and
        quotation marks around a word do not count."""
        found = self
        for word in looked_for(words):
            found = found.filter(GreaterThan(StrIndex(F("searched__words"), Value(word)), 0))
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


class StatementQuerySet(models.QuerySet["Statement"]):
    def of(self, group: Group) -> Self:
        return self.filter(group=group)

    def with_words(self, words: str) -> Self:
        """The statements that have each of `words` in topic, title, heading or the words around them."""
        from readings.models import folded

        found = self
        for word in folded(words).split()[:8]:
            found = found._holding("words", word)
        return found

    def with_symbol(self, symbol: str) -> Self:
        """The statements about `symbol`, as `x`, `\\Sigma` or `\\hat\\beta`."""
        read = fragments.symbols(symbol)
        return self._holding("symbols", f" {read[0]} ") if read else self.none()

    def with_fragment(self, tex: str) -> Self:
        """The statements whose TeX holds `tex`, whatever the spaces, braces and fonts."""
        key = fragments.key(tex)
        return self._holding("tex_key", key) if key else self.none()

    def _holding(self, column: str, text: str) -> Self:
        """`text` in `column` to the letter; SQLite's LIKE would take A for a."""
        return self.filter(GreaterThan(StrIndex(F(column), Value(text)), 0))
