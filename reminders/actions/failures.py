"""What went wrong behind the pages, shown to those who can do something about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.urls import reverse

from members.models import Group, Membership, Role
from reminders.models import Delivery, Notification, TaskFailure

from .waking import wake_workers

__all__ = ["KEPT", "CannotRetry", "dismiss_failure", "purge_old", "report_failure", "retry_delivery"]

log = structlog.get_logger(__name__)

KEPT = timedelta(days=180)
"""How long deliveries, read notifications and seen failures are kept."""


class CannotRetry(Exception):
    """Why a delivery is not tried again, in words fit to show an organiser."""


@transaction.atomic
def report_failure(
    *, task: str, what: str, error: str, now: datetime, group: Group | None = None, task_id: str = ""
) -> TaskFailure:
    """Record that background work failed for good, and ring the bell of organisers the first time.

    Without a group (work for the whole site) every group's organisers are told. The same failure again, before anyone
    has seen it, counts up.
    """
    what = what[:300]
    log.error("task.failed-for-good", failed_task=task, what=what, group=group.slug if group else None)
    known = TaskFailure.objects.select_for_update().filter(task=task, what=what, group=group, seen_at=None).first()
    if known is not None:
        known.times += 1
        known.error, known.happened_at, known.task_id = error, now, task_id[:80]
        known.save(update_fields=["times", "error", "happened_at", "task_id"])
        return known
    failure = TaskFailure.objects.create(
        task=task, what=what, error=error, group=group, happened_at=now, task_id=task_id[:80]
    )
    organisers = Membership.objects.current().filter(role=Role.ORGANISER, user__is_active=True).select_related("group")
    if group is not None:
        organisers = organisers.filter(group=group)
    told: set[int] = set()
    rings = []
    for membership in organisers.order_by("pk"):
        if membership.user_id not in told:
            told.add(membership.user_id)
            rings.append(
                Notification(
                    user_id=membership.user_id,
                    group=membership.group,
                    kind="failure",
                    text=what,
                    url=reverse("reminders:log", args=[membership.group.slug]) + "#failures",
                    created_at=now,
                )
            )
    Notification.objects.bulk_create(rings)
    return failure


@transaction.atomic
def dismiss_failure(*, failure: TaskFailure, now: datetime) -> None:
    """Take a failure off the organisers' list. The row stays until it is purged."""
    TaskFailure.objects.filter(pk=failure.pk, seen_at=None).update(seen_at=now)


@transaction.atomic
def retry_delivery(*, delivery: Delivery, now: datetime) -> None:
    """Let a failed delivery be tried again from the start, now. Raises CannotRetry."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.status != Delivery.Status.FAILED:
        raise CannotRetry("This reminder is not among the failed ones any more.")
    if delivery.expires_at <= now:
        raise CannotRetry("It is too late for this reminder to be of use, so it is not sent again.")
    delivery.status, delivery.not_before, delivery.attempts = Delivery.Status.DUE, now, 0
    delivery.done_at, delivery.last_error = None, ""
    delivery.save(update_fields=["status", "not_before", "attempts", "done_at", "last_error"])
    wake_workers(1)


def purge_old(*, now: datetime) -> int:
    """Delete what is older than `KEPT` and settled. Returns how many deliveries went; their notifications go along."""
    before = now - KEPT
    open_statuses = [Delivery.Status.DUE, Delivery.Status.CLAIMED]
    old = Delivery.objects.filter(created_at__lt=before).exclude(status__in=open_statuses)
    count = old.count()
    old.delete()
    Notification.objects.filter(created_at__lt=before, read_at__isnull=False).delete()
    TaskFailure.objects.filter(happened_at__lt=before, seen_at__isnull=False).delete()
    return count
