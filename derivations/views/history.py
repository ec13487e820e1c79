"""What a note was: its revisions, any two compared, an old one brought back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from commons.permissions import require
from derivations.actions import CannotSave, restore_revision
from derivations.comparing import compare_notes
from derivations.linking import links_of
from derivations.macros import macros_of
from derivations.merging import compare as compare_texts
from derivations.models import Check, Note, Revision
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
        "html": render_note(found.body, links=links_of(note), macros=macros_of(note.group)).html,
        "can_edit": can_edit_note(request.user, note),  # type: ignore[arg-type]  # signed in: the middleware sees to it
    }
    return render(request, "derivations/revision.html", context)


@require_safe
def compare(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Two revisions side by side: `?old=1&new=3`, the last change by default.

    As they look, step by step with the verdicts that are kept with them; with `&view=source` the source, word by word.
    """
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "checked_html", "outline"))
    old_number = _number(request.GET.get("old"), max(1, note.number - 1))
    new_number = _number(request.GET.get("new"), note.number)
    if old_number > new_number:
        old_number, new_number = new_number, old_number
    numbers = [old_number, new_number]
    found: dict[int, Revision] = {
        each.number: each for each in note.revisions.select_related("author").filter(number__in=numbers)
    }
    if old_number not in found or new_number not in found:
        raise Http404("This note has no such revision.")
    old, new = found[old_number], found[new_number]
    context = {
        "nav_section": "derivations",
        "note": note,
        "old": old,
        "new": new,
        "is_same": old.body == new.body,
        "view": "source" if request.GET.get("view") == "source" else "page",
        "earlier": _pair(old.number - 1, old.number) if old.number > 1 else None,
        "later": _pair(new.number, new.number + 1) if new.number < note.number else None,
        "can_edit": can_edit_note(request.user, note),  # type: ignore[arg-type]  # signed in: the middleware sees to it
        **_compared(note, old, new, is_source=request.GET.get("view") == "source"),
    }
    return render(request, "derivations/compare.html", context)


def _pair(old: int, new: int) -> str:
    return f"?old={old}&new={new}"


def _compared(note: Note, old: Revision, new: Revision, *, is_source: bool) -> dict[str, Any]:
    """What the page says of two revisions. One query: the checks that are kept with them."""
    checks = {check.revision_id: check for check in Check.objects.filter(revision__in=[old.pk, new.pk])}
    reports = [
        check.report if (check := checks.get(each.pk)) and check.state == Check.State.DONE else None
        for each in (old, new)
    ]
    unknown = [(each, checks.get(each.pk)) for each, report in zip((old, new), reports, strict=True) if report is None]
    context: dict[str, Any] = {
        "comparison": compare_notes(
            old.body,
            new.body,
            old_report=reports[0],
            new_report=reports[1],
            links=links_of(note),
            macros=macros_of(note.group_id),
        ),
        "unknown": [] if old.pk == new.pk else unknown,
    }
    if is_source:
        context["lines"] = compare_texts(old.body, new.body)
    return context


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise Http404("This note has no such revision.")
    return int(text)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """What bringing an old revision back will change; POST does it, as a new revision."""
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), "Observers read notes, and a deleted note has to be restored first.")
    if request.method != "POST":
        both = {r.number: r for r in note.revisions.select_related("author").filter(number__in=[number, note.number])}
        if number not in both or note.number not in both:
            raise Http404("This note has no such revision.")
        context = {
            "nav_section": "derivations",
            "note": note,
            "revision": both[number],
            "old": both[note.number],
            "new": both[number],
            "is_same": (note.title, note.body) == (both[number].title, both[number].body),
            "made_since": note.number - number,
            **_compared(note, both[note.number], both[number], is_source=False),
        }
        return render(request, "derivations/restore.html", context)
    seen = _number(request.POST.get("seen"), note.number)
    if seen != note.number:
        messages.warning(
            request, f"Revision {note.number} was saved since you looked. Here is what restoring changes now."
        )
        return redirect("derivations:restore", slug=slug, pk=pk, number=number)
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
