"""The home pages, and whether the product is well."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.lookups import GreaterThan
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from commons.panels import changes_in, panels_for
from derivations.models import Note
from members.access import group_or_404
from members.models import Group, Membership, Role
from readings.models import Work
from sessions.models import Session

from .actions import note_visit


def health(request: HttpRequest) -> JsonResponse:
    """200 where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def home(request: HttpRequest) -> HttpResponse:
    """To the group visited last, or to where one begins."""
    memberships = request.user.current_memberships
    if not memberships:
        return render(request, "studygroup/no_group.html")
    latest = max(memberships, key=lambda each: each.seen_at or each.joined_at)
    return redirect("group-home", slug=latest.group.slug)


def group_home(request: HttpRequest, slug: str) -> HttpResponse:
    """This week in one group: what the rooms have to show its reader."""
    group = group_or_404(request, slug)
    now = timezone.now()
    since = request.membership.seen_before_at or request.membership.joined_at
    elsewhere = []
    if len(request.user.current_memberships) > 1:
        week = Session.objects.of_groups_of(request.user).upcoming(now).filter(starts_at__lt=now + timedelta(days=7))
        elsewhere = list(week.exclude(group=group).select_related("group").order_by("starts_at")[:5])
    context = {
        "nav_section": "home",
        "first_steps": first_steps(group, now) if request.role == Role.ORGANISER else None,
        "panels": panels_for("home", request=request, subject=group, now=now),
        "changes": changes_in(group, since=since, until=now, user=request.user),
        "since": since,
        "elsewhere": elsewhere,
    }
    return render(request, "studygroup/group_home.html", context)


BEGINNING = timedelta(weeks=3)


def first_steps(group: Group, now: datetime) -> dict[str, bool] | None:
    """What a young group has begun with; None once everything is, or three weeks have passed. One query, or none."""
    if group.created_at < now - BEGINNING:
        return None
    others = Membership.objects.current().filter(group=OuterRef("pk")).order_by().values("group")
    begun = Group.objects.filter(pk=group.pk).values(
        begun_people=GreaterThan(Subquery(others.annotate(count=Count("pk")).values("count")), 1),
        begun_readings=Exists(Work.objects.filter(group=OuterRef("pk"))),
        begun_sessions=Exists(Session.objects.filter(group=OuterRef("pk"))),
        begun_notes=Exists(Note.objects.filter(group=OuterRef("pk"))),
    )[0]
    steps = {name.removeprefix("begun_"): bool(done) for name, done in begun.items()}
    return None if all(steps.values()) else steps


@require_POST
def seen(request: HttpRequest, slug: str) -> HttpResponse:
    """Remember this visit: what is shown as changed counts from the one before."""
    group = group_or_404(request, slug)
    note_visit(membership=request.membership, now=timezone.now())
    return HttpResponse(status=204) if request.htmx else redirect(group)
