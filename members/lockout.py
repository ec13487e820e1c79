"""What django-axes asks of us: whose log-in it was, and the page for someone who guessed too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def address_of_attempt(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The mail address that an attempt to log in was made for, in lower case, however the attempt named it."""
    given = credentials or {}
    named = given.get("email") or given.get("username") or given.get("login")
    if not named and request is not None:
        named = request.POST.get("login") or request.POST.get("username")
    return str(named or "").strip().lower()


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """429, with when to try again and what else one can do."""
    wait = get_cool_off(request) or timedelta(minutes=15)
    minutes = max(1, round(wait.total_seconds() / 60))
    response = render(request, "members/locked_out.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response
