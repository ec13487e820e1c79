"""Deleting a note, and bringing it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from commons.permissions import require
from derivations.actions import delete_note, undelete_note
from derivations.permissions import can_delete_note
from members.models import User

from .finding import note_or_404


@require_POST
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_delete_note(user, note), "Its author and the organisers delete a note.")
    delete_note(note=note, by=user, now=timezone.now())
    messages.success(
        request,
        format_html(
            '“{}” was deleted. <a href="{}">Restore it</a>', note.title, reverse("derivations:deleted", args=[slug])
        ),
    )
    return redirect("derivations:list", slug=slug)


@require_POST
def undelete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_delete_note(user, note), "Its author and the organisers bring a note back.")
    undelete_note(note=note, by=user, now=timezone.now())
    messages.success(request, "The note is back, as it was.")
    return redirect(note)
