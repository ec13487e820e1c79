"""How allauth meets this product: whether sign-up is open, what it keeps of a new person, and joining by invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .actions import CannotJoin, accept_invitation
from .models import Invitation


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is open, or the person came by an invitation that still is."""
        if settings.SIGN_UP_OPEN:
            return True
        token = request.session.get("invitation", "")
        return bool(token) and Invitation.objects.open(timezone.now()).filter(token=token).exists()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names here."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Join the group of the invitation with which this person came, and go there."""
        token = request.session.pop("invitation", "")
        invitation = Invitation.objects.select_related("group", "created_by").filter(token=token).first()
        if token and invitation is not None:
            try:
                accept_invitation(invitation=invitation, by=user, now=timezone.now())
            except CannotJoin as reason:
                messages.error(request, str(reason))
            else:
                messages.success(request, f"You are in {invitation.group.name}.")
                kwargs["redirect_url"] = invitation.group.get_absolute_url()
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
