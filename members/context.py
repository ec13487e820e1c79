"""What the layout needs of the reader's groups."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "group": getattr(request, "group", None),
        "role": getattr(request, "role", None),
        "nav_memberships": SimpleLazyObject(lambda: user.current_memberships if signed_in else []),
        "now": timezone.now(),
    }
