"""Pages about a group and the people in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.panels import panels_for
from commons.permissions import require
from commons.ratelimits import rate_limited
from commons.time import zone_name
from members.access import group_or_404
from members.actions import (
    CannotChangeGroup,
    CannotChangeMembership,
    change_group,
    leave_group,
    make_group,
    remove_member,
    restore_member,
)
from members.actions import change_role as change_role_to
from members.actions import hand_over as hand_group_over
from members.actions.groups import SETTINGS, fingerprint, other_organisers
from members.forms import GroupForm, HandOverForm, RoleForm
from members.models import Group, Membership, Role
from members.permissions import (
    can_change_role,
    can_edit_group,
    can_hand_over,
    can_invite,
    can_leave,
    can_remove,
    can_see_address,
)

PAGE_SIZE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("make-group", limit=20, seconds=3600)
def new(request: HttpRequest) -> HttpResponse:
    """Make a group; whoever makes it organises it."""
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"time_zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in SETTINGS}
        group = make_group(by=request.user, now=timezone.now(), **fields)
        messages.success(request, f"{group.name} is made. Invite two or three people to begin with.")
        return redirect("members:invite", slug=group.slug)
    return render(request, "members/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def group_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's settings: everyone reads them, organisers change them."""
    group = group_or_404(request, slug)
    can_edit = can_edit_group(request.user, group)
    form = GroupForm(instance=group, initial={"seen": fingerprint(group)})
    if request.method == "POST":
        require(can_edit, "Only an organiser changes the settings of a group.")
        form = GroupForm(request.POST, instance=Group(pk=group.pk, slug=group.slug))
        if form.is_valid():
            changes = {name: form.cleaned_data[name] for name in SETTINGS}
            try:
                change_group(group=group, by=request.user, seen=form.cleaned_data["seen"], changes=changes)
            except CannotChangeGroup as reason:
                form.add_error(None, str(reason))
                form.data = form.data.copy()
                form.data["seen"] = fingerprint(Group.objects.get(pk=group.pk))
            else:
                messages.success(request, "Settings saved.")
                return redirect("members:settings", slug=group.slug)
    context = {
        "form": form,
        "can_edit": can_edit,
        "can_hand_over": can_hand_over(request.user, group),
        "nav_section": "settings",
        "panels": panels_for("group:settings", request=request, subject=group, now=timezone.now()),
    }
    return render(request, "members/settings.html", context, status=422 if form.errors else 200)


@require_safe
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the group, with the hour at each of them now. Organisers also see who has left."""
    group = group_or_404(request, slug)
    now = timezone.now()
    organises = can_invite(request.user, group)
    current = Membership.objects.of_group(group).current().in_reading_order()
    page = Paginator(current, PAGE_SIZE).get_page(request.GET.get("page"))
    former = Membership.objects.of_group(group).exclude(left_at=None).order_by("-left_at")[:30] if organises else []
    context = {
        "page": page,
        "rows": [_row(each, now=now) for each in page],
        "former": [{"membership": each, "person": each.user, "was_removed": each.removed_by_id} for each in former],
        "can_invite": organises,
    }
    return render(request, "members/list.html", context)


def _row(membership: Membership, *, now: datetime) -> dict[str, Any]:
    person = membership.user
    local = now.astimezone(person.zone)
    return {
        "person": person,
        "role": membership.get_role_display(),
        "is_organiser": membership.role == Role.ORGANISER,
        "local": local,
        "local_text": f"{local:%a %H:%M} {zone_name(local)}",
        "zone": person.time_zone.replace("_", " "),
        "joined_at": membership.joined_at,
    }


@require_safe
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One person in this group."""
    group = group_or_404(request, slug)
    return _detail_page(request, group, _membership_or_404(group, pk))


def _detail_page(
    request: HttpRequest, group: Group, membership: Membership, *, form: RoleForm | None = None
) -> HttpResponse:
    now = timezone.now()
    can_change = can_change_role(request.user, membership) and membership.is_current
    context = {
        **_row(membership, now=now),
        "membership": membership,
        "is_me": membership.user_id == request.user.pk,
        "can_change_role": can_change,
        "can_remove": can_remove(request.user, membership) and membership.is_current,
        "can_restore": can_remove(request.user, membership) and membership.removed_by_id and not membership.is_current,
        "can_leave": can_leave(request.user, membership),
        "can_see_address": can_see_address(request.user, membership) and membership.user.is_active,
        "form": form or (RoleForm(initial={"role": membership.role}) if can_change else None),
        "panels": panels_for("members:detail", request=request, subject=membership, now=now),
    }
    return render(request, "members/detail.html", context, status=422 if form and form.errors else 200)


@require_POST
def change_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    membership = _membership_or_404(group, pk)
    require(can_change_role(request.user, membership), "Only an organiser changes roles.")
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            changed = change_role_to(membership=membership, role=form.cleaned_data["role"], by=request.user)
        except CannotChangeMembership as reason:
            form.add_error("role", str(reason))
        else:
            messages.success(request, f"{changed.user.display_name} is now {_a(changed.role)}.")
            return redirect("members:detail", slug=slug, pk=pk)
    return _detail_page(request, group, membership, form=form)


def _a(role: str) -> str:
    word = Role(role).label.lower()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    membership = _membership_or_404(group, pk)
    require(can_remove(request.user, membership), "Only an organiser removes someone. Oneself, one leaves.")
    try:
        remove_member(membership=membership, by=request.user, now=timezone.now())
    except CannotChangeMembership as reason:
        messages.error(request, str(reason))
        return redirect("members:detail", slug=slug, pk=pk)
    name = membership.user.display_name
    messages.success(request, f"{name} is removed: no more mail, no access. Below you can put {name} back.")
    return redirect("members:list", slug=slug)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Undo a removal."""
    group = group_or_404(request, slug)
    membership = _membership_or_404(group, pk)
    require(can_remove(request.user, membership), "Only an organiser puts someone back.")
    try:
        restore_member(membership=membership)
    except CannotChangeMembership as reason:
        messages.error(request, str(reason))
        return redirect("members:list", slug=slug)
    messages.success(request, f"{membership.user.display_name} is back as {_a(membership.role)}.")
    return redirect("members:detail", slug=slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave the group, after saying what that means."""
    group = group_or_404(request, slug)
    membership: Membership = request.membership  # type: ignore[attr-defined]  # set by group_or_404
    status = 200
    if request.method == "POST":
        try:
            leave_group(membership=membership, now=timezone.now())
        except CannotChangeMembership as reason:
            messages.error(request, str(reason))
            status = 422
        else:
            messages.success(request, f"You have left {group.name}. What you wrote there stays, with your name.")
            return redirect("home")
    is_last = membership.role == Role.ORGANISER and not other_organisers(membership)
    return render(request, "members/leave.html", {"is_last_organiser": is_last}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Make someone else the organiser, and oneself a member."""
    group = group_or_404(request, slug)
    require(can_hand_over(request.user, group), "Only an organiser can hand the group over.")
    membership: Membership = request.membership  # type: ignore[attr-defined]  # set by group_or_404
    form = HandOverForm(request.POST if request.method == "POST" else None, membership=membership)
    if request.method == "POST" and form.is_valid():
        try:
            taken = hand_group_over(membership=membership, to=form.cleaned_data["to"])
        except CannotChangeMembership as reason:
            form.add_error("to", str(reason))
        else:
            messages.success(request, f"{taken.user.display_name} organises {group.name} now. You are a member.")
            return redirect("members:list", slug=slug)
    return render(request, "members/hand_over.html", {"form": form}, status=422 if form.errors else 200)


def _membership_or_404(group: Group, user_pk: int) -> Membership:
    """The row of one person in the group, also of someone who has left: their words are still signed."""
    try:
        return Membership.objects.select_related("user", "group", "invitation__created_by").get(
            group=group, user_id=user_pk
        )
    except Membership.DoesNotExist:
        raise Http404("Nobody of this group has this address.") from None
