"""Background work of the reminders room. The first line of each docstring is what an organiser reads when it fails."""

from __future__ import annotations

import os
import socket
import time

from celery import shared_task
from django.utils import timezone

__all__ = ["purge", "send_due", "sweep", "sweep_kind"]

_WORK_FOR_SECONDS = 120  # then the rest is left to a fresh task, well before Celery's time limit


@shared_task
def sweep() -> None:
    """Find out who is to be reminded of what."""
    from .nudges import KINDS

    for key in KINDS:  # one task a kind: a kind that breaks leaves the others alone
        sweep_kind.delay(key)


@shared_task
def sweep_kind(key: str) -> None:
    """Find out who is to be reminded of what, for one kind of reminder."""
    from .actions import sweep_kind
    from .nudges import KINDS

    if key in KINDS:  # a wake-up from before an upgrade may name a kind that is gone
        sweep_kind(kind=KINDS[key], now=timezone.now())


@shared_task
def send_due() -> None:
    """Send the reminders that are due."""
    from .actions import send_due as send_batch

    worker = f"{socket.gethostname()}:{os.getpid()}"
    began = time.monotonic()
    while send_batch(now=timezone.now(), worker=worker).claimed:
        if time.monotonic() - began > _WORK_FOR_SECONDS:
            send_due.delay()
            return


@shared_task
def purge() -> None:
    """Delete reminders that were settled half a year ago."""
    from .actions import purge_old

    purge_old(now=timezone.now())
