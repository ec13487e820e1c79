"""Finding what is due, and writing it down once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from reminders.channels import CHANNELS
from reminders.models import Delivery, Preference, SweepMark
from reminders.nudges import KINDS, Kind, Nudge, Window

from .sends import MAX_ATTEMPTS, waiting_count
from .waking import wake_workers

__all__ = ["LONGEST_LOOK_BACK", "LOOK_BACK", "SweepReport", "sweep", "sweep_kind"]

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(hours=12)
"""Each sweep looks at least this far back: the "tomorrow" of a session made today fell due before it was."""

LONGEST_LOOK_BACK = timedelta(days=7)
"""After a longer sleep of beat, what fell due before this is not looked for any more."""


@dataclass(frozen=True)
class SweepReport:
    written: int = 0
    late: int = 0
    revived: int = 0

    def __add__(self, other: SweepReport) -> SweepReport:
        return SweepReport(self.written + other.written, self.late + other.late, self.revived + other.revived)


def sweep(*, now: datetime) -> SweepReport:
    """Write down what is due by `now` for every kind, and wake workers for it. Safe to run twice, also at once."""
    return sum((sweep_kind(kind=kind, now=now) for kind in list(KINDS.values())), SweepReport())


@transaction.atomic
def sweep_kind(*, kind: Kind, now: datetime) -> SweepReport:
    """Write down what is due by `now` for one kind: a row a person and channel, under a unique key.

    What fell due while nobody swept and is past its use is written as `late`, so that the gap can be seen. What had
    passed its use before it came into being is not written at all.
    """
    mark = SweepMark.objects.filter(kind=kind.key).first()
    window = _window(swept_until=mark.until if mark else None, now=now)
    nudges = list(kind.source(window=window))
    known = {
        (user_id, channel, key): (pk, status, attempts)
        for pk, user_id, channel, key, status, attempts in Delivery.objects.filter(
            kind=kind.key, due_at__gte=window.start - LOOK_BACK
        ).values_list("pk", "user_id", "channel", "key", "status", "attempts")
    }
    chosen = {
        (user_id, channel): wanted
        for user_id, channel, wanted in Preference.objects.filter(kind=kind.key).values_list(
            "user_id", "channel", "wanted"
        )
    }
    fresh: list[Delivery] = []
    back: list[tuple[int, Nudge]] = []
    for nudge in nudges:
        for channel in CHANNELS:
            if not chosen.get((nudge.user_id, channel), kind.proposes(channel)):
                continue
            row = known.get((nudge.user_id, channel, nudge.key))
            if row is not None:
                pk, status, attempts = row
                if status == Delivery.Status.DROPPED and nudge.expires_at > now and attempts < MAX_ATTEMPTS:
                    back.append((pk, nudge))  # its reason went away and has come back
            elif nudge.expires_at > now:
                fresh.append(_row(nudge, kind, channel, now, Delivery.Status.DUE))
            elif mark is not None and nudge.due_at >= mark.until:
                fresh.append(_row(nudge, kind, channel, now, Delivery.Status.LATE))
    # In one order everywhere: two sweeps that insert the same keys in different orders would wait for each other.
    fresh.sort(key=lambda row: (row.user_id, row.channel, row.key))
    Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
    revived = sum(_revive(pk, nudge, now=now) for pk, nudge in back)
    SweepMark.objects.bulk_create(
        [SweepMark(kind=kind.key, until=window.end)],
        update_conflicts=True,
        unique_fields=["kind"],
        update_fields=["until"],
    )
    late = sum(row.status == Delivery.Status.LATE for row in fresh)
    waiting = waiting_count(
        now=now, kind=kind.key
    )  # not only what this sweep wrote: an earlier wake-up may have been lost
    if waiting:
        wake_workers(waiting)
    if fresh or revived:
        log.info("reminder.swept", kind=kind.key, written=len(fresh) - late, late=late, revived=revived)
    return SweepReport(written=len(fresh) - late, late=late, revived=revived)


def _window(*, swept_until: datetime | None, now: datetime) -> Window:
    start = now - LOOK_BACK
    if swept_until is not None:
        start = max(min(start, swept_until), now - LONGEST_LOOK_BACK)
    return Window(start=start, end=now + timedelta(microseconds=1))  # half-open: what is due this instant is due


def _revive(pk: int, nudge: Nudge, *, now: datetime) -> int:
    """Make a dropped delivery due again, by the hour that its reason has now."""
    return Delivery.objects.filter(pk=pk, status=Delivery.Status.DROPPED).update(
        status=Delivery.Status.DUE,
        due_at=nudge.due_at,
        expires_at=nudge.expires_at,
        not_before=now,
        done_at=None,
        last_error="",
    )


def _row(nudge: Nudge, kind: Kind, channel: str, now: datetime, status: str) -> Delivery:
    return Delivery(
        user_id=nudge.user_id,
        group_id=nudge.group_id,
        kind=kind.key,
        channel=channel,
        key=nudge.key,
        subject=" ".join(nudge.subject.split())[:300],
        url=nudge.url,
        due_at=nudge.due_at,
        expires_at=nudge.expires_at,
        not_before=nudge.due_at,
        status=status,
        created_at=now,
        done_at=now if status == Delivery.Status.LATE else None,
    )
