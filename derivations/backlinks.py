"""Which notes link to something: for the margins of notes, and for the pages of other rooms."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet

from commons.prepared import prepared

from .models import Note

MOST = 50


class LinkingNote(NamedTuple):
    pk: int
    title: str
    status: str


@prepared(kind=str, target=int)
def _linking(*, kind: str, target: int) -> QuerySet[Any, Any]:
    linking = Note.objects.filter(links__kind=kind, links__target=target, deleted_at=None).order_by("title", "pk")
    return linking.values_list("pk", "title", "status").distinct()[:MOST]


def notes_linking_to(kind: str, pk: int) -> list[LinkingNote]:
    """The first MOST notes whose latest text links to this thing, itself left out, by title. One query."""
    return [LinkingNote(*row) for row in _linking(kind=kind, target=pk) if (kind, row[0]) != ("note", pk)]
