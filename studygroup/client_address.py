"""Whose request it is, when a proxy of ours passes it on."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Put the client's address into REMOTE_ADDR, where log-in limits, lock-outs and rate limits look for it.

    Behind a proxy that would be the proxy's, so that ten wrong passwords of one person would lock everyone out. Each
    of our TRUSTED_PROXIES adds the address that it saw to the end of X-Forwarded-For; what stands before those was
    said by the client and is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.proxies: int = settings.TRUSTED_PROXIES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.proxies > 0:
            addresses = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            if len(addresses) >= self.proxies and addresses[-self.proxies]:
                request.META["REMOTE_ADDR"] = addresses[-self.proxies]
        return self.get_response(request)
