"""What every request goes through before its page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from .errors import bad_request

GREATEST_KEY = 2**63 - 1
NUL = "\x00"


class AddressesThatFitMiddleware:
    """What no row can be called is not found, in any room: a number too great for a key, over which SQLite raises
    OverflowError, and the letter NUL, which PostgreSQL and file names refuse. Such a query or form is a bad request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        for value in kwargs.values():
            if (isinstance(value, int) and value > GREATEST_KEY) or (isinstance(value, str) and NUL in value):
                raise Http404("Nothing can have this address.")
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address has a letter in it that no text may contain.")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A form of ours never names such a key, so that a page of the form itself is not needed."""
        if isinstance(exception, OverflowError) and "SQLite INTEGER" in str(exception):
            return bad_request(request, BadRequest("The form names something by a number that nothing can have."))
        return None


class FragmentsApartMiddleware:
    """One address may answer a page and, to htmx, a fragment of it.
    Caches are told to keep the two apart: otherwise the
    browser's "Back" shows the fragment alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
        return response
