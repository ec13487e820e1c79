"""How a refusal is said. The rules themselves stand in each room's `permissions.py`."""

from django.core.exceptions import PermissionDenied


def require(allowed: bool, reason: str = "") -> None:
    """Answer 403 with `reason` unless `allowed`. Ask a room's permission function: `require(can_edit_x(user, x))`."""
    if not allowed:
        raise PermissionDenied(reason)
