"""The minutes of a session and their editor."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

import mathtext
from commons.permissions import require
from commons.ratelimits import rate_limited
from sessions import actions
from sessions.actions import MinutesChanged
from sessions.forms import LONGEST_MINUTES_TEXT, MinutesForm
from sessions.permissions import can_write_minutes

from .common import session_or_404

WRITERS_ONLY = "Organisers and members write minutes; observers read them."


def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Write the minutes. Saved on top of someone else's: 409, both texts, and the next save is on top of theirs."""
    session = session_or_404(request, slug, pk)
    require(can_write_minutes(request.user, session), WRITERS_ONLY)
    initial = {"text": session.minutes, "based_on": session.minutes_version}
    form = MinutesForm(request.POST if request.method == "POST" else None, initial=initial)
    status, theirs, preview = 200, None, session.minutes_html
    if request.method == "POST":
        if not form.is_valid():
            status, preview = 422, ""
        elif "preview" in request.POST:
            preview = mathtext.render(form.cleaned_data["text"]).html
        else:
            text = form.cleaned_data["text"]
            try:
                actions.write_minutes(
                    session=session,
                    text=text,
                    based_on=form.cleaned_data["based_on"],
                    by=request.user,
                    now=timezone.now(),
                )
            except MinutesChanged as conflict:
                session.refresh_from_db(fields=["minutes", "minutes_html", "minutes_version", "minutes_at"])
                session.refresh_from_db(fields=["minutes_by"])
                form = MinutesForm(initial={"text": text, "based_on": conflict.version})
                status, theirs, preview = 409, conflict, mathtext.render(text).html
            else:
                messages.success(request, "The minutes are saved.")
                return redirect(session.get_absolute_url() + "#minutes")
    context = {"nav_section": "sessions", "session": session, "form": form, "theirs": theirs, "preview": preview}
    return render(request, "sessions/minutes.html", context, status=status)


@require_POST
@rate_limited("minutes-preview", limit=120, seconds=60)
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The typed text as it will stand on the page: the same renderer as when it is saved."""
    session = session_or_404(request, slug, pk)
    require(can_write_minutes(request.user, session), WRITERS_ONLY)
    text = request.POST.get("text", "")
    if len(text) > LONGEST_MINUTES_TEXT:
        text = text[:LONGEST_MINUTES_TEXT]
    return render(request, "sessions/_minutes_preview.html", {"preview": mathtext.render(text).html})
