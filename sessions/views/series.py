"""Series: made with a preview, shown, changed from a session on, stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from commons.permissions import require
from commons.time import zone
from members.access import group_or_404
from members.models import Group
from sessions import actions
from sessions.actions import CannotChange, CannotSchedule, Changed
from sessions.forms import SeriesForm, SeriesFromForm, StopSeriesForm, first_hour
from sessions.models import Series
from sessions.page import Preview, preview_of
from sessions.permissions import can_edit_series, can_schedule

from .common import series_or_404
from .scheduling import ORGANISERS_ONLY


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Schedule a series. The button "Preview dates" shows them without a script; htmx does so while one types."""
    group = group_or_404(request, slug)
    require(can_schedule(request.user, group), ORGANISERS_ONLY)
    now = timezone.now()
    proposal = first_hour(now.astimezone(group.zone))
    initial = {
        "title": "Study session",
        "starts_on": proposal["day"],
        "at": proposal["at"],
        "interval_weeks": 2 if group.cadence == Group.Cadence.BIWEEKLY else 1,
    }
    form = SeriesForm(
        request.POST if request.method == "POST" else None, group=group, user=request.user, initial=initial
    )
    preview: list[Preview] = []
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                preview = _preview(form, request, now)
            else:
                series = actions.start_series(group=group, plan=form.plan(), by=request.user, now=now)
                messages.success(request, f"“{series.title}” is scheduled for the next 26 weeks.")
                return redirect("sessions:list", slug=group.slug)
        except CannotSchedule as reason:
            form.refuse(reason)
    context = {"nav_section": "sessions", "form": form, "preview": preview}
    return render(request, "sessions/series_new.html", context, status=422 if form.errors else 200)


def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of the series that is being typed, as a fragment."""
    group = group_or_404(request, slug)
    require(can_schedule(request.user, group), ORGANISERS_ONLY)
    form = SeriesForm(request.GET, group=group, user=request.user)
    found: list[Preview] = []
    refusal = ""
    if form.is_valid():
        try:
            found = _preview(form, request, timezone.now())
        except CannotSchedule as reason:
            refusal = str(reason)
    return render(request, "sessions/_preview.html", {"preview": found, "refusal": refusal, "group": group})


def _preview(form: SeriesForm, request: HttpRequest, now: datetime) -> list[Preview]:
    plan = form.plan()
    starts = [starts_at for _slot, starts_at in actions.planned_starts(plan, now)]
    return preview_of(starts, zone=zone(plan.time_zone), user=request.user)


def series(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A series: its rule, its coming sessions, and from which of them to change it."""
    series = series_or_404(request, slug, pk)
    now = timezone.now()
    coming = list(series.sessions.not_begun(now).with_answers_of(request.user).order_by("slot_on"))
    context = {
        "nav_section": "sessions",
        "series": series,
        "coming": coming,
        "running": series.is_running(timezone.localdate(now)),
        "can_edit": can_edit_series(request.user, series),
    }
    return render(request, "sessions/series.html", context)


def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a series from one of its coming sessions on."""
    series = series_or_404(request, slug, pk)
    require(can_edit_series(request.user, series), ORGANISERS_ONLY)
    now = timezone.now()
    from_on = _from_on(request, series, now)
    edited = actions.edited_alone(series, from_on=from_on, now=now)
    form = SeriesFromForm(
        request.POST if request.method == "POST" else None,
        group=series.group,
        user=request.user,
        series=series,
        edited=edited,
        initial=_initial(series, from_on),
    )
    preview: list[Preview] = []
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                preview = _preview(form, request, now)
            else:
                changed = actions.change_series_from(
                    series=series,
                    from_on=form.cleaned_data["from_on"],
                    plan=form.plan(),
                    replace=form.cleaned_data["replace"],
                    by=request.user,
                    now=now,
                )
                messages.success(request, said(changed))
                return redirect("sessions:series", slug=slug, pk=changed.series.pk)
        except (CannotSchedule, CannotChange) as reason:
            form.refuse(reason)
    context = {
        "nav_section": "sessions",
        "series": series,
        "form": form,
        "edited": edited,
        "chosen": form.cleaned_data.get("replace", []) if form.is_bound and hasattr(form, "cleaned_data") else [],
        "from_on": from_on,
        "preview": preview,
    }
    return render(request, "sessions/series_change.html", context, status=422 if form.errors else 200)


def _from_on(request: HttpRequest, series: Series, now: datetime) -> date:
    """The slot from which to change: as asked, or the next one."""
    try:
        asked = parse_date(request.POST.get("from_on") or request.GET.get("from", ""))
    except ValueError:  # well formed and impossible: 2026-02-30
        asked = None
    if asked is not None:
        return asked
    coming = series.sessions.not_begun(now).order_by("slot_on").values_list("slot_on", flat=True).first()
    return coming or timezone.localdate(now)


def _initial(series: Series, from_on: date) -> dict[str, Any]:
    return {
        "title": series.title,
        "starts_on": from_on,
        "from_on": from_on,
        "at": series.local_time,
        "length": series.duration,
        "interval_weeks": series.interval_weeks,
        "ends_on": series.ends_on,
        "place": series.place,
        "call_url": series.call_url,
    }


@require_POST
def stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    series = series_or_404(request, slug, pk)
    require(can_edit_series(request.user, series), ORGANISERS_ONLY)
    form = StopSeriesForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the last day of the series, such as 2026-12-18. Nothing was changed.")
        return redirect("sessions:series", slug=slug, pk=series.pk)
    try:
        changed = actions.stop_series(
            series=series, last_on=form.cleaned_data["last_on"], by=request.user, now=timezone.now()
        )
    except CannotChange as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, "The series is stopped. " + said(changed))
    return redirect("sessions:series", slug=slug, pk=series.pk)


def said(changed: Changed) -> str:
    """What became of the sessions, as one sentence: `12 sessions carried over, 1 kept as it was edited, 3 removed.`"""
    counts = [
        (len(changed.carried), "carried over with its answers", "carried over with their answers"),
        (len(changed.made), "new", "new"),
        (len(changed.kept), "kept as it was edited", "kept as they were edited"),
        (len(changed.cancelled), "cancelled", "cancelled"),
        (changed.removed, "taken off the calendar", "taken off the calendar"),
    ]
    parts = [f"{number} {one if number == 1 else many}" for number, one, many in counts if number]
    return f"Sessions: {', '.join(parts)}." if parts else "No coming session was concerned."
