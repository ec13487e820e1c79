"""The bell in the layout, and whether there is a mailbox to look into."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from commons.prepared import prepared

from . import mailbox
from .models import Notification


def bell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    return {"unread_count": SimpleLazyObject(lambda: next(iter(_unread(user=user.pk)), 0))}


@prepared(user=int)
def _unread(user: int) -> QuerySet[Notification, int]:
    unread = Notification.objects.filter(user=user, read_at=None).order_by()
    return unread.values("user").annotate(n=Count("pk")).values_list("n", flat=True)


def kept_mail(request: HttpRequest) -> dict[str, Any]:
    """For pages that wait for a mail: in development it lies in the mailbox."""
    return {"mailbox_is_open": SimpleLazyObject(mailbox.is_open)}
