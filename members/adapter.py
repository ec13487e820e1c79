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
from .joining import forget_invitation, kept_invitation

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "email_password_mismatch": "This address and this password do not belong together. Check both, or log in by a "
        "code.",
        "email_taken": "An account has this address already. Log in instead.",
        "enter_current_password": "This is not your present password.",
        "incorrect_code": "This is not the code we sent. Copy it from the newest mail.",
        "incorrect_password": "This is not your password.",
        "invalid_or_expired_key": "This link no longer works. Ask for a new one.",
        "invalid_password_reset": "This link no longer works. Ask for a new one.",
        "too_many_login_attempts": "Too many log-ins failed. Wait a quarter of an hour, or log in by a code.",
        "unknown_email": "No account has this address.",
        "same_as_current": "This is the address you have already.",
        "rate_limited": "That was a lot at once. Wait a few minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is open, or the person came by an invitation that still is."""
        if settings.SIGN_UP_OPEN:
            return True
        now = timezone.now()
        invitation = kept_invitation(request, now=now)
        return invitation is not None and invitation.is_open(now)

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
        now = timezone.now()
        invitation = kept_invitation(request, now=now)
        forget_invitation(request)
        if invitation is not None:
            try:
                accept_invitation(invitation=invitation, by=user, now=now)
            except CannotJoin as reason:
                messages.error(request, str(reason))
            else:
                messages.success(request, f"You are in {invitation.group.name}.")
                kwargs["redirect_url"] = invitation.group.get_absolute_url()
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
