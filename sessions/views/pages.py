"""The list of sessions and the page of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from commons.panels import panels_for
from members.access import group_or_404
from members.models import Group, User
from sessions.forms import AgendaItemForm
from sessions.models import AgendaItem, Attendance, Session
from sessions.page import Agenda, agenda_of, assigned_to, hour_note, people_of, when_of
from sessions.permissions import (
    can_add_agenda_item,
    can_choose_presenter,
    can_edit_session,
    can_mark_reading,
    can_schedule,
    can_take_attendance,
    can_write_minutes,
)

from .common import session_or_404

PAGE_SIZE = 30
NEAR = timedelta(days=14)  # within it a missing answer is pointed out
CALL_OPENS = timedelta(minutes=30)  # before the session the link to the call becomes the page's first action
SHOWS = {"upcoming": "Upcoming", "past": "Past", "minutes": "With minutes", "presenting": "I present"}


def session_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A group's sessions by month: the coming ones, or the past with their minutes."""
    group = group_or_404(request, slug)
    now = timezone.now()
    show = request.GET.get("show", "upcoming")
    show = show if show in SHOWS else "upcoming"
    page = Paginator(_shown(group, show, request.user, now), PAGE_SIZE).get_page(request.GET.get("page"))
    series = list(group.series.running(timezone.localdate(now)).order_by("starts_on"))
    context = {
        "nav_section": "sessions",
        "page": page,
        "months": _by_month(list(page), request.user, now),
        "show": show,
        "shows": SHOWS,
        "running_series": series,
        "can_schedule": can_schedule(request.user, group),
        "is_empty": show == "upcoming" and page.paginator.count == 0,
    }
    return render(request, "sessions/list.html", context)


def _shown(group: Group, show: str, user: User, now: datetime) -> Any:
    sessions = Session.objects.of(group).with_answers_of(user)
    present = Attendance.objects.filter(session=OuterRef("pk"), mark="present")
    match show:
        case "past":
            sessions = sessions.past(now).order_by("-starts_at", "-pk")
        case "minutes":
            sessions = sessions.exclude(minutes_version=0).order_by("-starts_at", "-pk")
        case "presenting":
            mine = AgendaItem.objects.filter(session=OuterRef("pk"), presenter=user)
            sessions = sessions.ending_after(now).filter(Exists(mine)).order_by("starts_at", "pk")
        case _:
            sessions = sessions.ending_after(now).order_by("starts_at", "pk")
    if show in ("past", "minutes"):
        sessions = sessions.annotate(
            present=Count("attendance", filter=Q(attendance__mark="present")), was_taken=Exists(present)
        )
    return sessions.defer("description", "description_html", "minutes", "minutes_html")


def _by_month(sessions: list[Session], user: User, now: datetime) -> list[tuple[str, list[Session]]]:
    """The sessions under their month in the reader's zone, each with what its row says besides."""
    today = now.astimezone(user.zone).date()
    before: dict[int | None, datetime] = {}
    for session in sorted(sessions, key=lambda each: each.starts_at):
        here = session.starts_at.astimezone(user.zone)
        session.is_today = here.date() == today
        session.over = session.is_over(now)
        by_rule = session.series_id is not None and session.edited_at is None
        session.is_near = session.starts_at < now + NEAR
        coming_by_rule = by_rule and not session.over
        session.hour_note = hour_note(before.get(session.series_id), here) if coming_by_rule else ""
        if by_rule:
            before[session.series_id] = here
    month = lambda each: each.starts_at.astimezone(user.zone).strftime("%B %Y")  # noqa: E731  # read once, below
    return [(name, list(rows)) for name, rows in groupby(sessions, key=month)]


def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    session = session_or_404(request, slug, pk)
    return render(request, "sessions/detail.html", detail_context(request, session))


def detail_context(request: HttpRequest, session: Session) -> dict[str, Any]:
    """All that the session's page shows."""
    now = timezone.now()
    user = request.user
    panels = panels_for("sessions:detail", request=request, subject=session, now=now)
    can_write = can_write_minutes(user, session)
    return {
        **answers_context(request, session, now),
        **agenda_context(request, session, now),
        "nav_section": "sessions",
        "session": session,
        "when": when_of(session, user=user, group=session.group),
        "assignments": assigned_to(session, user=user),
        "panels": [each for each in panels if each.slot == "main"],
        "margin_panels": [each for each in panels if each.slot == "margin"],
        "can_edit": can_edit_session(user, session),
        "can_assign": can_edit_session(user, session) and session.is_upcoming(now),
        "can_mark": can_mark_reading(user, session),
        "can_write_minutes": can_write,
        "can_take_attendance": can_take_attendance(user, session) and session.has_begun(now),
        "minutes_wanted": session.has_begun(now) and not session.is_cancelled,
        "over": session.is_over(now),
        "call_is_near": bool(session.call_url) and session.is_upcoming(now) and session.has_begun(now + CALL_OPENS),
    }


def answers_context(request: HttpRequest, session: Session, now: datetime) -> dict[str, Any]:
    return {
        "session": session,
        "here": session.get_absolute_url(),
        "people": people_of(session, user=request.user),
        "can_answer": session.is_upcoming(now),
    }


def agenda_context(
    request: HttpRequest, session: Session, now: datetime, form: AgendaItemForm | None = None
) -> dict[str, Any]:
    user = request.user
    agenda: Agenda = agenda_of(session, user=user)
    can_add = can_add_agenda_item(user, session) and session.is_upcoming(now)
    return {
        "session": session,
        "here": session.get_absolute_url(),
        "agenda": agenda,
        "can_add_item": can_add,
        "can_order": can_edit_session(user, session),
        "can_choose_presenter": can_choose_presenter(user, session),
        "item_form": form,
    }
