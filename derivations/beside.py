"""A note and what stands in its margin, read at the least cost: the page of a note is the one that is read most."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commons.prepared import prepared
from readings.bibtex import display_names
from readings.models import Work, names_from_json
from sessions.models import Session

from .models import Approach, Link, Note, Review


class LinkedWork(NamedTuple):
    pk: int
    title_html: str
    authors: list[dict[str, str]]
    year: str

    @property
    def author_line(self) -> str:
        return display_names(names_from_json(self.authors))


class LinkedSession(NamedTuple):
    pk: int
    title: str
    starts_at: datetime


class AskedReview(NamedTuple):
    answer: str
    comment: str
    number: int | None
    asked_at: datetime
    reviewer_id: int
    name: str
    email: str
    vouched_number: int | None
    thread_id: int | None
    key: str | None
    step: int | None

    @property
    def display_name(self) -> str:
        return self.name or self.email.split("@")[0]


@prepared(pk=int, group=int)
def note_page(*, pk: int, group: int) -> QuerySet[Note]:
    """The note for its page, deleted or not. One query."""
    linked = Link.objects.filter(kind="note", target=OuterRef("pk"), note__deleted_at=None).exclude(note=OuterRef("pk"))
    return (
        Note.objects.for_page()
        .filter(pk=pk, group=group)
        .annotate(
            is_linked_to=Exists(linked),
            has_approaches=Exists(Approach.objects.filter(note=OuterRef("pk"))),
            has_reviews=Exists(Review.objects.filter(note=OuterRef("pk"))),
        )
    )


@prepared(note=int)
def _works(*, note: int) -> QuerySet[Any, Any]:
    return Work.objects.filter(notes=note).order_by("title").values_list("pk", "title_html", "authors", "year")


@prepared(note=int)
def _sessions(*, note: int) -> QuerySet[Any, Any]:
    return Session.objects.filter(notes=note).order_by("-starts_at", "pk").values_list("pk", "title", "starts_at")


@prepared(note=int)
def _reviews(*, note: int) -> QuerySet[Any, Any]:
    columns = ["answer", "comment", "number", "asked_at", "reviewer_id", "reviewer__name", "reviewer__email"]
    columns += ["vouched_number", "thread_id", "thread__key", "thread__step"]
    return Review.objects.filter(note=note).values_list(*columns)


def works_of(note: Note) -> list[LinkedWork]:
    """One query."""
    return [LinkedWork(*row) for row in _works(note=note.pk)]


def sessions_of(note: Note) -> list[LinkedSession]:
    """One query."""
    return [LinkedSession(*row) for row in _sessions(note=note.pk)]


def reviews_of(note: Note) -> list[AskedReview]:
    """In the order in which they were asked. One query."""
    return [AskedReview(*row) for row in _reviews(note=note.pk)]


def equations_of(note: Note) -> SafeString:
    """The rows of the list of numbered equations. Drawn as text: a long note has dozens."""
    rows = []
    for each in note.outline.get("equations", ()):
        label = format_html(' <span class="muted">{}</span>', each["label"]) if each["label"] else ""
        rows.append(format_html('<li><a href="#{}">{}{}</a></li>', each["anchor"], each["number"], label))
    return SafeString("".join(rows))
