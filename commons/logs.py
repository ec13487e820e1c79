"""Every line of the log says for which request, or in which task, it was written."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

__all__ = ["RequestIdMiddleware", "current_request_id"]

_FORM = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Give each request an id (the proxy's `X-Request-ID` where it is well formed), in the log and in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if _FORM.fullmatch(offered) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


def current_request_id() -> str:
    """Return the id of the request, or of the request that queued this task; empty outside of both."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
