"""How allauth meets this product: whether sign-up is open, what it keeps of a new person, and joining by invitation."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .actions import CannotJoin, accept_invitation
from .models import Invitation

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is open, or the person came by an invitation that still is."""
        if settings.SIGN_UP_OPEN:
            return True
        token = request.session.get("invitation", "")
        return bool(token) and Invitation.objects.open(timezone.now()).filter(token=token).exists()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names here."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an account mail. A mail server that is away costs the mail, not the page: the page says so."""
        try:
            super().send_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})
        except (SMTPException, OSError):
            log.exception("account_mail_failed", template=template_prefix)
            if self.request is not None:
                messages.error(
                    self.request, "The mail could not be sent: the mail server did not answer. Try again in a minute."
                )

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
