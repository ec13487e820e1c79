"""How allauth meets this product: whether sign-up is open, and what it keeps of a new person."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is open, or the person came by an invitation."""
        return bool(settings.SIGN_UP_OPEN or request.session.get("invitation"))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names here."""
