"""Unsaved text on the server: kept while one types, listed, looked at, thrown away. Only for whoever typed it."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations.actions import CannotKeepDraft, drop_draft, keep_draft
from derivations.linking import NoteLinks
from derivations.macros import macros_of
from derivations.merging import compare as compare_texts
from derivations.models import Draft, Note
from derivations.permissions import can_edit_note, can_read_draft, can_write_notes
from derivations.rendering import render_note
from members.access import group_or_404
from members.models import Group, User

DRAFTS_A_MINUTE = 90  # two tabs that are typed in without a pause
OFFERED = 5
LISTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest, slug: str) -> HttpResponse:
    """My unsaved texts in this group. POST keeps one, as a browser does while its member types."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    if request.method == "POST":
        return _keep(request, group, user)
    mine = list(Draft.objects.filter(member=user, group=group).select_related("note").defer("note__body_html")[:LISTED])
    context = {"nav_section": "derivations", "drafts": mine, "can_write": can_write_notes(user, group)}
    return render(request, "derivations/drafts.html", context)


def _keep(request: HttpRequest, group: Group, user: User) -> JsonResponse:
    require(can_write_notes(user, group), "Observers read notes.")
    note = None
    if request.POST.get("note"):
        pk = _natural(request.POST.get("note"))
        note = Note.objects.filter(pk=pk, group=group).first() if pk is not None else None
        if note is None:
            return JsonResponse(
                {"error": "This group has no such note. Your text is kept in this browser."}, status=404
            )
    try:
        count_against(f"draft:{user.pk}", limit=DRAFTS_A_MINUTE, seconds=60)
        kept = keep_draft(
            group=group,
            note=note,
            by=user,
            token=request.POST.get("draft", ""),
            base=_natural(request.POST.get("base"), most=2**31 - 1),
            title=request.POST.get("title", ""),
            body=request.POST.get("body", ""),
            message=request.POST.get("message", ""),
            device=request.POST.get("device", ""),
            typed=_natural(request.POST.get("typed"), most=2**53) or 0,
            continues=request.POST.get("continues", ""),
            now=timezone.now(),
        )
    except TooMany as refusal:
        response = JsonResponse({"error": str(refusal)}, status=429)
        response["Retry-After"] = str(refusal.retry_seconds)
        return response
    except CannotKeepDraft as refusal:
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    return JsonResponse({"kept": kept is not None, "typed": kept.typed if kept is not None else 0})


@require_safe
def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One unsaved text: how it looks, and how it differs from the note as it stands."""
    found = _mine_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    note = found.note
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "draft": found,
        "note": note,
        "html": render_note(found.body, links=NoteLinks(found.group, note), macros=macros_of(found.group_id)).html,
        "lines": compare_texts(note.body, found.body) if note else [],
        "is_title_changed": note is not None and note.title != found.title,
        "take_up": take_up_address(found, slug),
        "can_take_up": can_edit_note(user, note) if note else can_write_notes(user, found.group),
    }
    return render(request, "derivations/draft.html", context)


@require_POST
def throw_away(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _mine_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    drop_draft(by=user, token=found.token)
    messages.success(request, "The unsaved text was thrown away.")
    if found.note_id and "edit" in request.POST:
        return redirect("derivations:edit", slug=slug, pk=found.note_id)
    return redirect("derivations:new" if "edit" in request.POST else "derivations:drafts", slug=slug)


def _mine_or_404(request: HttpRequest, slug: str, pk: int) -> Draft:
    group = group_or_404(request, slug)
    found = get_object_or_404(Draft.objects.select_related("note"), pk=pk, group=group, member=request.user)
    found.group = group
    if found.note is not None:
        found.note.group = group
    if not can_read_draft(request.user, found):  # type: ignore[arg-type]  # signed in: the middleware sees to it
        raise Http404("You have no such draft.")
    return found


def end_draft(request: HttpRequest, user: User) -> None:
    """What the form of an editor held is saved."""
    drop_draft(by=user, token=request.POST.get("draft", ""), continues=request.POST.get("continues", ""))


def take_up_address(found: Draft, slug: str) -> str:
    page = reverse("derivations:edit", args=[slug, found.note_id]) if found.note_id else reverse(
        "derivations:new", args=[slug]
    )  # fmt: skip
    return f"{page}?draft={found.pk}"


def taken_up(request: HttpRequest, group: Group, note: Note | None) -> Draft | None:
    """The draft that `?draft=` names, where it is the reader's own and of this editor. Otherwise nothing."""
    pk = _natural(request.GET.get("draft"))
    if pk is None:
        return None
    return _left_by(request, group, note).filter(pk=pk).first()


def draft_context(request: HttpRequest, group: Group, note: Note | None) -> dict[str, Any]:
    """What the editor's page says of drafts: its own name, and those of this place that the reader left behind.

    One query on a page that was opened, none on a form that came back: there the name goes on.
    """
    context: dict[str, Any] = {"drafts_url": reverse("derivations:drafts", args=[group.slug])}
    if request.method == "POST":
        names = {"draft_token": request.POST.get("draft", "")[:32] or secrets.token_urlsafe(12)}
        return {**context, **names, "continues": request.POST.get("continues", "")[:50]}
    chosen = _natural(request.GET.get("draft"))
    mine = _left_by(request, group, note).defer("body")
    left = list(mine[: OFFERED + 1])
    current = next((each for each in left if each.pk == chosen), None) if chosen is not None else None
    if current is None and chosen is not None:
        current = mine.filter(pk=chosen).first()
    return {
        **context,
        # A name of its own also for a text that is taken up: the other device may be writing in it still.
        "draft_token": secrets.token_urlsafe(12),
        "continues": f"{current.token}:{current.typed}" if current else "",
        "taken_up": current,
        "left_drafts": [each for each in left if each != current][:OFFERED],
    }


def _left_by(request: HttpRequest, group: Group, note: Note | None) -> QuerySet[Draft]:
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    return Draft.objects.filter(member=user, group=group, note=note)


def _natural(text: str | None, most: int = 2**62) -> int | None:
    """The number that `text` writes, where it is one that a database can hold."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) > most:
        return None
    return int(text)
