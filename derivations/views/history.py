"""What a note was: its revisions, any two compared, an old one brought back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from commons.permissions import require
from derivations.actions import CannotSave, restore_revision
from derivations.linking import links_of
from derivations.merging import compare as compare_texts
from derivations.merging import is_changed
from derivations.models import Note, Revision
from derivations.permissions import can_edit_note
from derivations.rendering import render_note
from members.models import User

from .finding import note_or_404


@require_safe
def history(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "outline"))
    revisions = note.revisions.select_related("author").defer("body")
    page = Paginator(revisions, 30).get_page(request.GET.get("page"))
    context = {"nav_section": "derivations", "note": note, "page": page, "previous": note.number - 1}
    return render(request, "derivations/history.html", context)


@require_safe
def revision(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """A note as it stood after one save."""
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "outline"))
    found = get_object_or_404(note.revisions.select_related("author"), number=number)
    context = {
        "nav_section": "derivations",
        "note": note,
        "revision": found,
        "html": render_note(found.body, links=links_of(note)).html,
        "can_edit": can_edit_note(request.user, note),  # type: ignore[arg-type]  # signed in: the middleware sees to it
    }
    return render(request, "derivations/revision.html", context)


@require_safe
def compare(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Two revisions: what changed in the source, and both as they look. `?old=1&new=3`, the last change by default."""
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "outline"))
    old_number = _number(request.GET.get("old"), max(1, note.number - 1))
    new_number = _number(request.GET.get("new"), note.number)
    if old_number > new_number:
        old_number, new_number = new_number, old_number
    found: dict[int, Revision] = {
        each.number: each
        for each in note.revisions.select_related("author").filter(number__in=[old_number, new_number])
    }
    if old_number not in found or new_number not in found:
        raise Http404("This note has no such revision.")
    old, new = found[old_number], found[new_number]
    lines = compare_texts(old.body, new.body)
    context = {
        "nav_section": "derivations",
        "note": note,
        "old": old,
        "new": new,
        "lines": lines,
        "is_changed": is_changed(lines),
        "old_html": render_note(old.body, anchor_prefix="old-", links=links_of(note)).html,
        "new_html": render_note(new.body, anchor_prefix="new-", links=links_of(note)).html,
    }
    return render(request, "derivations/compare.html", context)


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise Http404("This note has no such revision.")
    return int(text)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), "Observers read notes, and a deleted note has to be restored first.")
    try:
        saved = restore_revision(note=note, number=number, by=user, now=timezone.now())
    except CannotSave as reason:
        messages.error(request, str(reason))
        return redirect("derivations:history", slug=slug, pk=pk)
    if saved.is_new_revision:
        words = f"Revision {number} is the text again, as revision {saved.note.number}."
        if saved.lowered_from:
            words += " The note was reviewed; it is not any more."
        messages.success(request, words)
    else:
        messages.info(request, f"The note reads as in revision {number} already.")
    return redirect(note)
