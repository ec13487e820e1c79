"""Pages about invitations: made and watched by organisers, opened by whoever received one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.permissions import require
from commons.ratelimits import rate_limited
from members.access import group_or_404
from members.actions import (
    CannotInvite,
    CannotJoin,
    Invited,
    accept_invitation,
    invite_by_link,
    invite_by_mail,
    refuse_reason,
    resend_invitation,
    revoke_invitation,
)
from members.forms import InviteByLinkForm, InviteByMailForm
from members.joining import keep_invitation
from members.models import Invitation, Membership
from members.permissions import can_change_invitation, can_invite

PAGE_SIZE = 30
FILTERS = {
    "open": "Open",
    "closed": "Used up, ended, withdrawn",
}
ONLY_ORGANISERS = "Only organisers see and make invitations: a link lets people in."


@require_safe
def invitation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's invitations, and who joined by which."""
    group = group_or_404(request, slug)
    require(can_invite(request.user, group), ONLY_ORGANISERS)
    now = timezone.now()
    chosen = request.GET.get("show", "open")
    everything = Invitation.objects.filter(group=group)
    open_now = Q(pk__in=Invitation.objects.open(now).filter(group=group).values("pk"))
    counted = {"open": everything.filter(open_now).count(), "closed": everything.exclude(open_now).count()}
    rows = everything.exclude(open_now) if chosen == "closed" else everything.filter(open_now)
    joined = Prefetch("joined", queryset=Membership.objects.select_related("user").order_by("joined_at"))
    rows = rows.select_related("created_by", "group").prefetch_related(joined).order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(each, now=now) for each in page],
        "chips": [
            {"href": f"?show={key}", "word": word, "count": counted[key], "active": key == chosen}
            for key, word in FILTERS.items()
        ],
        "shows_closed": chosen == "closed",
        "query": "show=closed" if chosen == "closed" else "",
        "nav_section": "members",
    }
    return render(request, "members/invitations.html", context)


def _row(invitation: Invitation, *, now: datetime) -> dict[str, Any]:
    is_open = invitation.is_open(now)
    if invitation.revoked_at is not None:
        state, at = "Withdrawn", invitation.revoked_at
    elif invitation.uses >= invitation.max_uses:
        state, at = "Used up", invitation.last_used_at
    elif not is_open:
        state, at = "Ended", invitation.expires_at
    else:
        state, at = "Open, ends", invitation.expires_at
    if not invitation.email:
        mail = ""
    elif invitation.send_error:
        mail = "failed"
    elif invitation.sent_at:
        mail = "sent"
    else:
        mail = "waiting"
    return {
        "invitation": invitation,
        "url": f"{settings.SITE_URL}{invitation.get_absolute_url()}",
        "is_open": is_open,
        "state": state,
        "at": at,
        "mail": mail,
        "role": invitation.get_role_display().lower(),
        "joined": [membership.user for membership in invitation.joined.all()],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("invite", limit=60, seconds=3600)
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite people by mail."""
    group = group_or_404(request, slug)
    require(can_invite(request.user, group), ONLY_ORGANISERS)
    form = InviteByMailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = invite_by_mail(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
        _tell(request, outcome)
        return redirect("members:invitations", slug=slug)
    context = {"form": form, "by_mail": True, "nav_section": "members"}
    return render(request, "members/invite.html", context, status=422 if form.errors else 200)


def _tell(request: HttpRequest, outcome: Invited) -> None:
    if outcome.sent:
        addresses = [invitation.email for invitation in outcome.sent]
        who = addresses[0] if len(addresses) == 1 else f"{len(addresses)} people"
        messages.success(request, f"An invitation is on its way to {who}.")
    if outcome.already_in:
        messages.info(request, f"In the group already: {', '.join(outcome.already_in)}.")
    if outcome.already_invited:
        messages.info(
            request,
            f"Already invited, so no second mail went out: {', '.join(outcome.already_invited)}. "
            "“Send again” repeats the mail.",
        )


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("invite", limit=60, seconds=3600)
def invite_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a link that lets people in."""
    group = group_or_404(request, slug)
    require(can_invite(request.user, group), ONLY_ORGANISERS)
    form = InviteByLinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invite_by_link(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
        except CannotInvite as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "The link is made. Copy it below and send it to those who should join.")
            return redirect("members:invitations", slug=slug)
    context = {"form": form, "by_mail": False, "nav_section": "members"}
    return render(request, "members/invite.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    invitation = get_object_or_404(Invitation, pk=pk, group=group)
    require(can_change_invitation(request.user, invitation), ONLY_ORGANISERS)
    revoke_invitation(invitation=invitation, now=timezone.now())
    messages.success(request, "The invitation is withdrawn. Nobody else can join by it.")
    return redirect("members:invitations", slug=slug)


@require_POST
@rate_limited("invite", limit=60, seconds=3600)
def resend(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    invitation = get_object_or_404(Invitation, pk=pk, group=group)
    require(can_change_invitation(request.user, invitation), ONLY_ORGANISERS)
    try:
        resend_invitation(invitation=invitation, now=timezone.now())
    except CannotInvite as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"The invitation is on its way to {invitation.email} once more.")
    return redirect("members:invitations", slug=slug)


@login_not_required  # whoever is invited may not have an account yet; the token in the address is the key
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("join", limit=60, seconds=3600)
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation says, and the way in: at once for someone logged in, by sign-up or log-in for others."""
    invitation = Invitation.objects.select_related("group", "created_by").filter(token=token).first()
    if invitation is None:
        return render(request, "members/invitation_unknown.html", status=404)
    user, group, now = request.user, invitation.group, timezone.now()
    is_in = user.is_authenticated and user.role_in(group) is not None
    if is_in and request.method == "POST":
        return redirect(group)
    refusal = "" if is_in else refuse_reason(invitation, now=now)
    if request.method == "POST" and not refusal:
        if not user.is_authenticated:
            return _join_after_log_in(request, invitation)
        try:
            accept_invitation(invitation=invitation, by=user, now=now)
        except CannotJoin as reason:
            refusal = str(reason)
        else:
            messages.success(request, f"You are in {group.name}.")
            return redirect(group)
    if refusal:
        return render(request, "members/invitation_closed.html", {"reason": refusal, "invited_to": group}, status=410)
    context = {
        "invitation": invitation,
        "invited_to": group,
        "inviter": invitation.created_by,
        "role": invitation.get_role_display().lower(),
        "is_in": is_in,
    }
    hours_of = timezone.get_current_timezone() if user.is_authenticated else group.zone
    with timezone.override(hours_of):
        return render(request, "members/accept.html", context)


def _join_after_log_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Keep the invitation in the session and send the person to sign-up or log-in; AccountAdapter.post_login joins."""
    keep_invitation(request, invitation, now=timezone.now())
    to = "account_signup" if request.POST.get("way") == "sign-up" else "account_login"
    query = {"email": invitation.email} if invitation.email and to == "account_signup" else {}
    return redirect(f"{reverse(to)}?{urlencode(query)}" if query else reverse(to))
