"""On an empty database every page leads to set-up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from members.models import User

NOT_LED_AWAY = ("/health/", "/static/", "/metrics", "/robots.txt")

_has_accounts = False  # once true it stays true: from then on this costs nothing


def has_accounts() -> bool:
    """Whether anyone has an account. Asks the database until the answer is yes, and remembers it."""
    global _has_accounts
    _has_accounts = _has_accounts or User.objects.exists()
    return _has_accounts


def forget() -> None:
    """Ask the database again: for tests."""
    global _has_accounts
    _has_accounts = False


class SetUpFirstMiddleware:
    """Lead whoever comes first to /setup/, until the first account is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = reverse("setup")
        if request.path == address or request.path.startswith(NOT_LED_AWAY) or has_accounts():
            return self.get_response(request)
        return redirect(address)
