"""The home pages, and whether the product is well."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from commons.panels import changes_in, panels_for
from members.access import group_or_404


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
    membership = request.membership
    since = membership.seen_before_at or membership.joined_at
    context = {
        "panels": panels_for("home", request=request, subject=group, now=now),
        "changes": changes_in(group, since=since, until=now, user=request.user),
        "since": since,
    }
    return render(request, "studygroup/group_home.html", context)
