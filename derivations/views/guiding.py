"""The guide “How to write so that it can be checked”."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from derivations.guide import shown_examples
from derivations.permissions import can_write_notes
from members.access import group_or_404
from members.models import User


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The examples with their verdicts. Who opens it first after an upgrade waits for the checks, some seconds."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    context = {"nav_section": "derivations", "shown": shown_examples(), "can_write": can_write_notes(user, group)}
    return render(request, "derivations/guide.html", context)
