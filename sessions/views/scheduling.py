"""One session: made, edited, moved, cancelled, restored."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from commons.permissions import require
from commons.time import local_text
from members.access import group_or_404
from sessions import actions
from sessions.actions import CannotChange, CannotSchedule
from sessions.forms import CancelForm, DetailsForm, MoveForm, SessionForm, first_hour
from sessions.permissions import can_edit_session, can_schedule

from .common import session_or_404

ORGANISERS_ONLY = "Organisers of the group schedule and change sessions. Ask one of them."


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one session outside any series."""
    group = group_or_404(request, slug)
    require(can_schedule(request.user, group), ORGANISERS_ONLY)
    now = timezone.now()
    proposal = first_hour(now.astimezone(group.zone))
    initial = {"on": proposal["day"], "at": proposal["at"]}
    form = SessionForm(
        request.POST if request.method == "POST" else None, group=group, user=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = actions.schedule_session(
                group=group,
                details=form.details(),
                on=data["on"],
                at=data["at"],
                time_zone=data["time_zone"],
                duration=data["length"],
                by=request.user,
                now=now,
            )
        except CannotSchedule as reason:
            form.refuse(reason)
        else:
            messages.success(request, f"“{session.title}” is on the calendar.")
            return redirect(session)
    context = {"nav_section": "sessions", "form": form}
    return render(request, "sessions/new.html", context, status=422 if form.errors else 200)


def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change what one session is about, where it is and how long it takes."""
    session = session_or_404(request, slug, pk)
    require(can_edit_session(request.user, session), ORGANISERS_ONLY)
    initial = {
        "title": session.title,
        "place": session.place,
        "call_url": session.call_url,
        "description": session.description,
        "length": session.duration,
    }
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.edit_session(
            session=session,
            details=form.details(),
            duration=form.cleaned_data["length"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, "The session is changed.")
        return redirect(session)
    context = {"nav_section": "sessions", "session": session, "form": form}
    return render(request, "sessions/edit.html", context, status=422 if form.errors else 200)


def move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give one session another hour."""
    session = session_or_404(request, slug, pk)
    require(can_edit_session(request.user, session), ORGANISERS_ONLY)
    form = MoveForm(request.POST if request.method == "POST" else None, session=session, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = actions.move_session(
                session=session,
                on=data["on"],
                at=data["at"],
                time_zone=data["time_zone"],
                duration=data["length"],
                by=request.user,
                now=timezone.now(),
            )
        except (CannotSchedule, CannotChange) as reason:
            form.refuse(reason)
        else:
            hour = local_text(session.starts_at, request.user.zone)
            messages.success(request, f"Moved to {hour}. Calendars and reminders follow.")
            return redirect(session)
    context = {"nav_section": "sessions", "session": session, "form": form}
    return render(request, "sessions/move.html", context, status=422 if form.errors else 200)


def cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cancel one session, with a reason."""
    session = session_or_404(request, slug, pk)
    require(can_edit_session(request.user, session), ORGANISERS_ONLY)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_session(
                session=session, because=form.cleaned_data["because"], by=request.user, now=timezone.now()
            )
        except CannotChange as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "The session is cancelled. It stays on the calendar, struck through.")
            return redirect(session)
    context = {"nav_section": "sessions", "session": session, "form": form}
    return render(request, "sessions/cancel.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    session = session_or_404(request, slug, pk)
    require(can_edit_session(request.user, session), ORGANISERS_ONLY)
    try:
        actions.restore_session(session=session, by=request.user, now=timezone.now())
    except CannotChange as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, "The session takes place again.")
    return redirect(session)
