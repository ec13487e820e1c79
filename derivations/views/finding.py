"""How a page of this room finds its note."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from derivations.models import Note
from derivations.permissions import can_read_note
from members.access import group_or_404


def note_or_404(request: HttpRequest, slug: str, pk: int, notes: QuerySet[Note] | None = None) -> Note:
    """Return the note of the reader's group; 404 for a stranger, and for a deleted note that is not the reader's."""
    group = group_or_404(request, slug)
    found: Any = get_object_or_404(Note.objects.all() if notes is None else notes, pk=pk, group=group)
    found.group = group  # spares a query a page
    if not can_read_note(request.user, found):  # type: ignore[arg-type]  # signed in: the middleware sees to it
        raise Http404("This note was deleted.")
    note: Note = found
    return note
