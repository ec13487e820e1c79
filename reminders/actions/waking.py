"""Telling workers that there is something to send. Only a wake-up: a lost one is made good by the next sweep."""

from __future__ import annotations

from functools import partial

from django.db import transaction

__all__ = ["BATCH", "wake_workers"]

BATCH = 50
"""How many deliveries a worker claims at once, and sends on one connection."""

_MOST_AT_ONCE = 4


def wake_workers(waiting: int) -> None:
    """Once this commits, wake as many workers as `waiting` deliveries can use."""
    for _ in range(min(_MOST_AT_ONCE, -(-waiting // BATCH))):
        transaction.on_commit(partial(_wake), robust=True)  # a broker that is down must not undo what was written


def _wake() -> None:
    from reminders.tasks import send_due

    send_due.delay()
