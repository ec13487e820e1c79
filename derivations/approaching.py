"""Notes that stand together, read for their page: each as its own page shows it, and what can be compared of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.safestring import SafeString

from commons.prepared import prepared
from commons.templatetags.commons import trusted_html

from .models import Approach, Note, SharedStatement

# A whole tag of well-formed HTML, whose attributes stand in double quotes and may hold anything else.
_TAG = re.compile(r'<[a-zA-Z][\w:-]*(?:\s+[\w:-]+(?:="[^"]*")?)+\s*/?>')
_ID = re.compile(r'(\s(?:id|for|aria-labelledby|aria-describedby)=")([^"]+)(?=")')
_WITHIN = re.compile(r'(\shref="#)([^"]+)(?=")')
_BESIDE = re.compile(r'(\s(?:href|hx-get)=")(?!#|/|[a-zA-Z][a-zA-Z0-9+.-]*:)([^"]+)(?=")')
_TAGS = re.compile(r"<[^>]*>")
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShownApproach:
    """One of the ways, with its text set for a page that shows several."""

    approach: Approach
    note: Note
    html: SafeString
    words: int
    formulas: int

    @property
    def html_id(self) -> str:
        return f"way-{self.approach.pk}"


class OtherApproach(NamedTuple):
    """Another way to what a note derives, for that note's margin."""

    statement: int
    title: str
    note: int
    note_title: str
    kind: str
    label: str
    hold: int | None
    fail: int | None
    unchecked: int | None

    @property
    def name(self) -> str:
        return self.label or str(Approach.Kind(self.kind).label)

    @property
    def steps(self) -> int:
        return (self.hold or 0) + (self.fail or 0) + (self.unchecked or 0)


def set_beside(html: str, *, prefix: str, address: str) -> str:
    """Return the HTML of a note for a page that holds several: its anchors carry `prefix`, and what its links name
    from its own page, they name from here."""

    def tag(match: re.Match[str]) -> str:
        text = _ID.sub(lambda m: m[1] + " ".join(prefix + name for name in m[2].split()), match[0])
        text = _WITHIN.sub(lambda m: f"{m[1]}{prefix}{m[2]}", text)
        return _BESIDE.sub(lambda m: f"{m[1]}{address}{m[2]}", text)

    return _TAG.sub(tag, html)


def shown_approaches(statement: SharedStatement) -> list[ShownApproach]:
    """The approaches to a statement in their order, deleted notes left out. One query."""
    shown = Case(When(note__checked_html="", then=F("note__body_html")), default=F("note__checked_html"))
    rows = (
        Approach.objects.filter(statement=statement, note__deleted_at=None)
        .select_related("note", "note__author")
        .defer("note__body", "note__body_html", "note__checked_html", "note__outline")
        .annotate(shown_html=shown, plain_html=F("note__body_html"))
    )
    found = []
    for approach in rows:
        note: Note = approach.note
        note.group, approach.statement = statement.group, statement
        html, plain = approach.shown_html, approach.plain_html
        address = reverse("derivations:detail", args=[statement.group.slug, note.pk])
        words = _TAGS.sub(" ", _MATH.sub(" ", plain))
        found.append(
            ShownApproach(
                approach=approach,
                note=note,
                html=trusted_html(set_beside(html, prefix=f"a{note.pk}-", address=address)),
                words=len(words.split()),
                formulas=plain.count("<math"),
            )
        )
    return found


@prepared(note=int)
def _others(*, note: int) -> QuerySet[Any, Any]:
    columns = ["statement_id", "statement__title", "note_id", "note__title", "kind", "label"]
    columns += [f"note__steps_{came_to}" for came_to in ("hold", "fail", "unchecked")]
    return (
        Approach.objects.filter(statement__approaches__note=note, note__deleted_at=None)
        .order_by("statement__title", "statement_id", "position", "pk")
        .values_list(*columns)
    )


def other_approaches(note: Note) -> list[tuple[int, str, list[OtherApproach]]]:
    """The statements that `note` derives (key, title) with the other ways to each. One query."""
    found: dict[int, tuple[int, str, list[OtherApproach]]] = {}
    for row in _others(note=note.pk):
        other = OtherApproach(*row)
        _, _, others = found.setdefault(other.statement, (other.statement, other.title, []))
        if other.note != note.pk:
            others.append(other)
    return list(found.values())


__all__ = ["OtherApproach", "ShownApproach", "other_approaches", "set_beside", "shown_approaches"]
