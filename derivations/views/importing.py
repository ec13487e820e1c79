"""Files become notes: hand one in, look at what would be made, make it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from commons.permissions import require
from commons.ratelimits import rate_limited
from derivations.actions import CannotImport, hold_notes, make_notes
from derivations.importing import Unreadable, read_upload
from derivations.linking import NoteLinks
from derivations.macros import macros_of
from derivations.models import NoteImport
from derivations.permissions import can_write_notes
from derivations.rendering import render_note
from members.access import group_or_404
from members.models import User

ARCHIVES = 3  # times as many bytes as one picture may have
SHOWN = 200
DRAWN = 3  # notes of one file that are shown as they will look


@rate_limited("notes-import", limit=30, seconds=600)
@require_http_methods(["GET", "HEAD", "POST"])
def import_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file; what was read of it is shown before anything is made."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes; a member can import them.")
    refusal, status = "", 200
    if request.method == "POST":
        most = ARCHIVES * settings.MAX_UPLOAD_BYTES
        file = request.FILES.get("file")
        if file is None:
            refusal, status = "No file came with this form. Choose one first.", 422
        elif (file.size or 0) > most:
            refusal = f"This file has {(file.size or 0) / 1_048_576:.0f} MB; at most {most // 1_048_576} MB are taken."
            status = 413
        else:
            try:
                held, _ = hold_notes(
                    group=group, data=file.read(), name=file.name or "notes", by=user, now=timezone.now()
                )
            except CannotImport as reason:
                refusal, status = str(reason), reason.status
            else:
                return redirect("derivations:import-preview", slug=slug, pk=held.pk)
    context = {"nav_section": "derivations", "refusal": refusal}
    return render(request, "derivations/import.html", context, status=status)


@rate_limited("notes-import-make", limit=60, seconds=600)
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What would be made of a file: titles, formulas, and what could not be read; with a tick for each note."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    held = NoteImport.objects.filter(pk=pk, group=group, user=user).first()
    if held is None:
        raise Http404("This import is not yours, or was made or dropped already.")
    require(can_write_notes(user, group), "Observers read notes; a member can import them.")
    refusal, status = "", 200
    if request.method == "POST":
        chosen = request.POST.getlist("note")
        places = [int(each) for each in chosen if each.isascii() and each.isdecimal() and len(each) < 6]
        if "rest" in request.POST:
            places += range(SHOWN, 10_000)
        if places:
            made = make_notes(held=held, places=places, by=user, now=timezone.now())
            for reason in made.refused[:10]:
                messages.warning(request, reason)
            if made.notes:
                count = len(made.notes)
                messages.success(request, f"{count} note{'s' if count != 1 else ''} made, as drafts.")
                if len(made.notes) == 1:
                    return redirect(made.notes[0])
                left = NoteImport.objects.filter(pk=held.pk).exists() and len(places) > count
                return (
                    redirect("derivations:import-preview", slug=slug, pk=pk) if left
                    else redirect("derivations:list", slug=slug)
                )  # fmt: skip
            refusal, status = "Nothing was made. " + " ".join(made.refused[:3]), 422
        else:
            refusal, status = "Tick what is to be made.", 422
    try:
        found = read_upload(held.name, bytes(held.data))
    except Unreadable as reason:  # a later version reads less
        raise Http404(str(reason)) from reason
    rows: list[dict[str, Any]] = [
        {"place": place, "draft": draft, "made": place in held.made, "lines": draft.body.count("\n") + 1}
        for place, draft in enumerate(found.drafts)
    ]
    waiting = [row for row in rows if not row["made"]]
    if len(waiting) <= DRAWN:
        macros, links = macros_of(group), NoteLinks(group)
        for row in waiting:
            if not row["draft"].refusal:
                prefix = f"n{row['place']}-"
                row["html"] = render_note(row["draft"].body, anchor_prefix=prefix, links=links, macros=macros).html
    context = {
        "nav_section": "derivations",
        "held": held,
        "rows": waiting[:SHOWN],
        "number_rest": max(0, len(waiting) - SHOWN),
        "number_fit": sum(not row["draft"].refusal for row in waiting),
        "number_made": len(rows) - len(waiting),
        "troubles": found.troubles[:100],
        "has_bibliography": bool(found.bibliography),
        "refusal": refusal,
    }
    return render(request, "derivations/import_preview.html", context, status=status)
