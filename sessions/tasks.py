"""Background work of the sessions room."""

from celery import shared_task
from django.utils import timezone


@shared_task
def extend_all_series() -> int:
    """Make the sessions of the next 26 weeks of every running series. Safe to run twice and at once."""
    from .actions import extend_all_series

    return extend_all_series(now=timezone.now())
