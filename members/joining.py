"""The invitation that someone signed out is on the way in with, kept in their session while they sign up or log in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest

from .models import Invitation

KEPT_FOR = timedelta(hours=1)  # long enough to sign up; on a shared computer the next person should not join by it


def keep_invitation(request: HttpRequest, invitation: Invitation, *, now: datetime) -> None:
    request.session["invitation"] = invitation.token
    request.session["invitation_kept_until"] = (now + KEPT_FOR).timestamp()


def kept_invitation(request: HttpRequest, *, now: datetime) -> Invitation | None:
    """The invitation kept in this session, open or not; None without one, or after an hour."""
    token = request.session.get("invitation")
    if not token or request.session.get("invitation_kept_until", 0) < now.timestamp():
        return None
    return Invitation.objects.select_related("group", "created_by").filter(token=token).first()


def forget_invitation(request: HttpRequest) -> None:
    request.session.pop("invitation", None)
    request.session.pop("invitation_kept_until", None)
