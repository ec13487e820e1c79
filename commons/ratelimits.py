"""Rate limits on what a stranger or a script could abuse: log-in, invitations, preview, upload."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class TooMany(Exception):
    """Someone did a thing too often; `retry_seconds` says when to try again."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"That was a lot at once. Wait {retry_seconds} seconds and try again.")
        self.retry_seconds = retry_seconds


def count_against(key: str, *, limit: int, seconds: int) -> None:
    """Count one use of `key` in the running window of `seconds`. Raises TooMany past `limit`."""
    name = f"rate:{key}"
    cache.add(name, 0, timeout=seconds)
    try:
        used = cache.incr(name)
    except ValueError:  # the window closed between the two calls
        cache.set(name, 1, timeout=seconds)
        used = 1
    if used > limit:
        raise TooMany(seconds)


def rate_limited(name: str, *, limit: int, seconds: int) -> Callable[..., Any]:
    """Limit a view's unsafe requests a person (or, signed out, an address). Past the limit: 429 with Retry-After."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                who = f"user:{request.user.pk}" if request.user.is_authenticated else f"ip:{_address(request)}"
                try:
                    count_against(f"{name}:{who}", limit=limit, seconds=seconds)
                except TooMany as refusal:
                    response = render(request, "429.html", {"reason": str(refusal)}, status=429)
                    response["Retry-After"] = str(refusal.retry_seconds)
                    return response
            return view(request, *args, **kwargs)

        return limited

    return decorate


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "unknown")
