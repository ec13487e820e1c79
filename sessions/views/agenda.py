"""The agenda and the assigned readings of a session."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from commons.permissions import require
from members.models import Role, User
from readings.actions import mark_section
from readings.models import Progress, Section
from sessions import actions
from sessions.actions import CannotChange
from sessions.forms import AgendaItemForm
from sessions.models import Session
from sessions.page import assigned_to, people_of
from sessions.permissions import (
    can_add_agenda_item,
    can_choose_presenter,
    can_edit_agenda_item,
    can_edit_session,
    can_mark_reading,
)

from .common import item_or_404, session_or_404
from .pages import agenda_context

WRITERS_ONLY = "Organisers and members write the agenda; observers read it."


def presenters_for(user: User, session: Session, also: User | None = None) -> list[User]:
    """Whom `user` may put down as presenter: anyone who writes, for organisers; otherwise themselves."""
    if can_choose_presenter(user, session):
        writers = User.objects.filter(
            memberships__group=session.group_id,
            memberships__left_at=None,
            memberships__role__in=[Role.ORGANISER, Role.MEMBER],
        )
        found = list(writers.order_by("name", "pk"))
    else:
        found = [user]
    if also is not None and also not in found:
        found.append(also)
    return found


def _agenda(request: HttpRequest, session: Session) -> HttpResponse:
    """The agenda as it stands now: the fragment for htmx, otherwise back to it on the session's page."""
    if request.htmx:
        context = agenda_context(request, session, timezone.now())
        return render(request, "sessions/_agenda.html", {**context, "group": session.group})
    return redirect(session.get_absolute_url() + "#agenda")


def add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    session = session_or_404(request, slug, pk)
    require(can_add_agenda_item(request.user, session), WRITERS_ONLY)
    presenters = presenters_for(request.user, session)
    form = AgendaItemForm(
        request.POST if request.method == "POST" else None,
        presenters=presenters,
        initial={"presenter": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_agenda_item(
                session=session,
                title=form.cleaned_data["title"],
                minutes=form.cleaned_data["minutes"],
                presenter=form.chosen_presenter(),
                by=request.user,
                now=timezone.now(),
            )
        except CannotChange as reason:
            form.add_error(None, str(reason))
        else:
            return _agenda(request, session)
    context = {"nav_section": "sessions", "session": session, "form": form, "item": None}
    return render(request, "sessions/agenda_item.html", context, status=422 if form.errors else 200)


def edit(request: HttpRequest, slug: str, pk: int, item_pk: int) -> HttpResponse:
    item = item_or_404(request, slug, pk, item_pk)
    session = item.session
    require(can_edit_agenda_item(request.user, item), "This item belongs to its presenter. Ask them, or an organiser.")
    form = AgendaItemForm(
        request.POST if request.method == "POST" else None,
        presenters=presenters_for(request.user, session, also=item.presenter),
        initial={"title": item.title, "minutes": item.minutes, "presenter": item.presenter_id},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_agenda_item(
                item=item,
                title=form.cleaned_data["title"],
                minutes=form.cleaned_data["minutes"],
                presenter=form.chosen_presenter(),
                by=request.user,
                now=timezone.now(),
            )
        except CannotChange as reason:
            form.add_error(None, str(reason))
        else:
            return redirect(session.get_absolute_url() + "#agenda")
    context = {"nav_section": "sessions", "session": session, "form": form, "item": item}
    return render(request, "sessions/agenda_item.html", context, status=422 if form.errors else 200)


@require_POST
def take(request: HttpRequest, slug: str, pk: int, item_pk: int) -> HttpResponse:
    """Put oneself down for an item that nobody presents."""
    item = item_or_404(request, slug, pk, item_pk)
    session = item.session
    require(can_add_agenda_item(request.user, session), WRITERS_ONLY)
    try:
        actions.take_agenda_item(item=item, by=request.user, now=timezone.now())
    except CannotChange as reason:
        messages.error(request, str(reason))
    return _agenda(request, session)


@require_POST
def move(request: HttpRequest, slug: str, pk: int, item_pk: int) -> HttpResponse:
    item = item_or_404(request, slug, pk, item_pk)
    session = item.session
    require(can_edit_session(request.user, session), "Organisers order the agenda. Ask one of them.")
    places = {"up": -1, "down": 1}.get(request.POST.get("direction", ""))
    if places is None:
        messages.error(request, "An item moves up or down; nothing was changed.")
        return _agenda(request, session)
    try:
        actions.move_agenda_item(item=item, by_places=places, by=request.user, now=timezone.now())
    except CannotChange as reason:
        messages.error(request, str(reason))
    return _agenda(request, session)


@require_POST
def remove(request: HttpRequest, slug: str, pk: int, item_pk: int) -> HttpResponse:
    item = item_or_404(request, slug, pk, item_pk)
    session = item.session
    require(can_edit_agenda_item(request.user, item), "This item belongs to its presenter. Ask them, or an organiser.")
    actions.remove_agenda_item(item=item, by=request.user, now=timezone.now())
    return _agenda(request, session)


def readings(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose from the group's list what is to be read for a session."""
    session = session_or_404(request, slug, pk)
    require(can_edit_session(request.user, session), "Organisers choose the readings. Ask one of them.")
    refusal = ""
    chosen = set(session.assignments.values_list("section_id", flat=True))
    if request.method == "POST":
        asked = request.POST.getlist("section")
        # What is no id becomes one that nobody has, so that it is refused and not passed over.
        chosen = {int(each) if each.isdecimal() and len(each) < 19 else 0 for each in asked}
        try:
            actions.assign_sections(session=session, section_ids=chosen, by=request.user, now=timezone.now())
        except CannotChange as reason:
            refusal = str(reason)
        else:
            return redirect(session.get_absolute_url() + "#readings")
    works = list(session.group.works.filter(archived_at=None).order_by("position", "pk").prefetch_related("sections"))
    for work in works:
        work.parts = list(work.sections.all())
        for section in work.parts:
            section.is_chosen = section.pk in chosen
        work.has_chosen = any(section.is_chosen for section in work.parts)
    context = {"nav_section": "sessions", "session": session, "works": works, "refusal": refusal}
    return render(request, "sessions/readings.html", context, status=422 if refusal else 200)


@require_POST
def read(request: HttpRequest, slug: str, pk: int, section_pk: int) -> HttpResponse:
    """Mark one's own progress in an assigned section, in one tap."""
    session = session_or_404(request, slug, pk)
    require(can_mark_reading(request.user, session), "Observers watch; they have nothing to catch up with.")
    section = get_object_or_404(Section.objects.select_related("work"), pk=section_pk, assignments__session=session)
    status = request.POST.get("status", "")
    if status not in Progress.Status.values:
        messages.error(request, "A section is to read, being read, or done; nothing was changed.")
    else:
        mark_section(section=section, user=request.user, status=status, now=timezone.now())
    if request.htmx:
        context = {
            "session": session,
            "here": session.get_absolute_url(),
            "assignments": assigned_to(session, user=request.user),
            "people": people_of(session, user=request.user),
            "can_assign": can_edit_session(request.user, session),
            "can_mark": True,
        }
        return render(request, "sessions/_readings.html", context)
    return redirect(session.get_absolute_url() + "#readings")
