"""What a note stands beside: readings, and sessions on whose table it lies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from derivations.actions import CannotSave, link_note
from derivations.actions import put_on_table as put_note_on_table
from derivations.actions import take_off_table as take_note_off_table
from derivations.forms import LinksForm, TableForm
from derivations.models import Note
from derivations.permissions import can_edit_note, can_put_on_table
from members.access import group_or_404
from members.models import User
from sessions.models import Session

from .finding import note_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "outline"))
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), "Observers read notes.")
    now = timezone.now()
    if request.method == "POST":
        form = LinksForm(request.POST, note=note, user=user, now=now)
        if form.is_valid():
            chosen = {name: form.cleaned_data[name] for name in ("works", "sessions", "topic")}
            link_note(note=note, by=user, **chosen)
            messages.success(request, "Links saved.")
            return redirect(note)
        status = 422
    else:
        form, status = LinksForm(note=note, user=user, now=now), 200
    topics = Note.objects.of(note.group).exclude(topic="").order_by("topic").values_list("topic", flat=True).distinct()
    context = {"nav_section": "derivations", "note": note, "form": form, "topics": list(topics[:200])}
    return render(request, "derivations/links.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def put_on_table(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose a note for a session's table."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    session = get_object_or_404(Session, pk=pk, group=group)
    session.group = group
    require(can_put_on_table(user, group), "Observers read notes.")
    form = TableForm(request.POST if request.method == "POST" else None, session=session)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            note = form.cleaned_data["note"]
            try:
                put_note_on_table(note=note, session=session, by=user)
            except CannotSave as reason:
                form.add_error("note", str(reason))
            else:
                messages.success(request, f"“{note.title}” is on the table.")
                return redirect(session)
        status = 422
    words = request.GET.get("q", "").strip()[:200]
    notes = Note.objects.of(group).exclude(sessions=session).for_rows()
    context = {
        "nav_section": "sessions",
        "session": session,
        "form": form,
        "notes": list((notes.matching(words) if words else notes)[:30]),
        "words": words,
    }
    return render(request, "derivations/put_on_table.html", context, status=status)


@require_POST
def take_off_table(request: HttpRequest, slug: str, pk: int, session_pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), "Observers read notes.")
    session = get_object_or_404(Session, pk=session_pk, group=note.group)
    take_note_off_table(note=note, session=session, by=user)
    messages.success(request, f"“{note.title}” is off the table.")
    return redirect(session)
