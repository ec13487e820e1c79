"""How a page of this room finds its note."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from commons.prepared import Prepared
from derivations.models import Note
from derivations.permissions import can_read_note
from members.access import group_or_404
from members.models import Group


def note_or_404(request: HttpRequest, slug: str, pk: int, notes: QuerySet[Note] | Prepared[Note] | None = None) -> Note:
    """Return the note of the reader's group; 404 for a stranger, and for a deleted note that is not the reader's."""
    group = group_or_404(request, slug)
    if isinstance(notes, Prepared):
        found: Any = next(iter(notes(pk=pk, group=group.pk)), None)
    else:
        found = (Note.objects.all() if notes is None else notes).filter(pk=pk, group=group).first()
    if found is None:
        raise Http404("This group has no such note.")
    found.group = group  # spares a query a page
    if not can_read_note(request.user, found):  # type: ignore[arg-type]  # signed in: the middleware sees to it
        raise Http404("This note was deleted.")
    note: Note = found
    return note


def saved_before(request: HttpRequest, group: Group) -> Note | None:
    """The note that is being edited, `?note=12`: its links keep what they led to."""
    pk = request.GET.get("note", "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return None
    return Note.objects.of(group).filter(pk=pk).only("pk").first()
