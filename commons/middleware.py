"""What every request goes through before its page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

GREATEST_KEY = 2**63 - 1


class NumbersThatFitMiddleware:
    """A number in an address that no key can be is not found: SQLite would raise OverflowError over it in any room."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        if any(isinstance(value, int) and value > GREATEST_KEY for value in kwargs.values()):
            raise Http404("No row has a number as great as this.")
