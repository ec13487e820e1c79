"""Claiming what is due, asking once more whether it still is, sending it, and recording what became of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import assert_never

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from members.models import Membership
from reminders.channels import CHANNELS, Again, Message, Outcome, Refused, Sent
from reminders.models import Delivery, Preference
from reminders.nudges import KINDS, Nudge, Window

from .failures import report_failure
from .waking import BATCH

__all__ = ["BATCH", "MAX_ATTEMPTS", "SendReport", "claim", "send_due", "waiting_count"]

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 6
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
"""How long after the first, second, … failed attempt the next one may begin."""


@dataclass
class SendReport:
    """What became of one batch. `claimed` of 0 means that nothing was waiting."""

    claimed: int = 0
    became: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __str__(self) -> str:
        parts = [f"{count} {status}" for status, count in sorted(self.became.items())]
        return f"{self.claimed} claimed" + (": " + ", ".join(parts) if parts else "")


def waiting_count(*, now: datetime, kind: str | None = None) -> int:
    """How many deliveries a worker could take at `now`, of one kind or of all."""
    waiting = Delivery.objects.filter(_takeable(now))
    return (waiting.filter(kind=kind) if kind else waiting).count()


def send_due(*, now: datetime, worker: str, limit: int = BATCH) -> SendReport:
    """Send one batch of what is due at `now`. Safe to run by many workers at once, and after a crash of any.

    A worker that dies between claiming and recording leaves claims whose lease runs out; another takes them again.
    Where it died after the mail server took the mail and before that was recorded, the mail goes out twice, with the
    same Message-ID: SMTP offers no better contract than that.
    """
    token = f"{worker[:80]}:{uuid.uuid4().hex}"
    claimed = claim(now=now, token=token, limit=limit)
    report = SendReport(claimed=len(claimed))
    batch = _Batch(token=token, began_at=now, report=report)
    try:
        due_now = _ask_again(claimed, batch=batch)
        reachable = _reachable(claimed)
        for channel, deliveries in _by(claimed, "channel").items():
            _send_by(channel, deliveries, due_now=due_now, reachable=reachable, batch=batch)
    finally:
        batch.release(claimed)
        if claimed:
            log.info("reminder.batch", claimed=report.claimed, **report.became)
    return report


@transaction.atomic
def claim(*, now: datetime, token: str, limit: int) -> list[Delivery]:
    """Take up to `limit` deliveries that no one holds, for the length of a lease, in the name of `token`.

    On PostgreSQL the rows that another worker is taking this instant are skipped. SQLite has one writer at a time;
    there the condition repeated in the UPDATE is what decides.
    """
    candidates = list(
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(_takeable(now))
        .order_by("not_before", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    if not candidates:
        return []
    Delivery.objects.filter(_takeable(now), pk__in=candidates).update(
        status=Delivery.Status.CLAIMED, claimed_by=token, lease_until=now + _lease(), attempts=F("attempts") + 1
    )
    mine = Delivery.objects.filter(claimed_by=token, status=Delivery.Status.CLAIMED)
    return list(mine.select_related("user", "group").order_by("not_before", "pk"))


def _takeable(now: datetime) -> Q:
    due = Q(status=Delivery.Status.DUE, not_before__lte=now)
    abandoned = Q(status=Delivery.Status.CLAIMED, lease_until__lte=now)
    return due | abandoned


def _lease() -> timedelta:
    return timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


@dataclass
class _Batch:
    """The claims of one call of `send_due`: its clock, its lease, and which of its claims are settled."""

    token: str
    began_at: datetime
    report: SendReport
    started: float = field(default_factory=lambda: monotonic())
    renewed: float = field(default_factory=lambda: monotonic())
    settled: set[int] = field(default_factory=set)
    tried: set[int] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=monotonic() - self.started)

    def keep_lease(self) -> None:
        """Renew the lease of what is left once half of it has gone, so that a slow server does not cost us the rest."""
        if monotonic() - self.renewed > _lease().total_seconds() / 2:
            self._mine().update(lease_until=self.now + _lease())
            self.renewed = monotonic()

    def settle(self, delivery: Delivery, status: str, **columns: object) -> bool:
        """Record what became of `delivery`. False where the lease was lost and another worker holds it now."""
        self.settled.add(delivery.pk)
        changed = self._mine().filter(pk=delivery.pk).update(status=status, claimed_by="", lease_until=None, **columns)
        if not changed:
            log.warning("reminder.lease-lost", delivery=delivery.pk, kind=delivery.kind, status=status)
            return False
        self.report.became[status] += 1
        return True

    def release(self, claimed: Iterable[Delivery]) -> None:
        """Give back what was claimed and never tried, when something broke off the batch. What was being tried keeps
        its claim until the lease ends: a delivery that breaks its worker must not do so in a tight circle."""
        untried = [each.pk for each in claimed if each.pk not in self.settled and each.pk not in self.tried]
        if untried:
            self._mine().filter(pk__in=untried).update(
                status=Delivery.Status.DUE, claimed_by="", lease_until=None, attempts=F("attempts") - 1
            )

    def _mine(self) -> QuerySet[Delivery]:
        return Delivery.objects.filter(claimed_by=self.token, status=Delivery.Status.CLAIMED)


def _send_by(
    channel_key: str,
    deliveries: Sequence[Delivery],
    *,
    due_now: Mapping[tuple[str, int, str], Nudge],
    reachable: Collection[tuple[int, int | None]],
    batch: _Batch,
) -> None:
    """Send `deliveries`, all of one channel: what is still due, still wanted, and not too late."""
    channel = CHANNELS.get(channel_key)
    unwanted = _unwanted(deliveries)
    messages: list[Message] = []
    for delivery in deliveries:
        now = batch.now
        kind = KINDS.get(delivery.kind)
        nudge = due_now.get((delivery.kind, delivery.user_id, delivery.key))
        if delivery.attempts > MAX_ATTEMPTS:
            _give_up(
                delivery,
                "A worker stopped each time while it was sending this, so whether it arrived is not known.",
                batch=batch,
            )
        elif delivery.expires_at <= now:
            batch.settle(delivery, Delivery.Status.LATE, done_at=now)
        elif kind is None or channel is None:
            batch.settle(delivery, Delivery.Status.DROPPED, done_at=now, last_error="No longer a kind of reminder.")
        elif nudge is None:
            batch.settle(delivery, Delivery.Status.DROPPED, done_at=now, last_error="Done, moved or cancelled since.")
        elif (delivery.user_id, delivery.group_id) not in reachable:
            batch.settle(delivery, Delivery.Status.DROPPED, done_at=now, last_error="No longer a member of the group.")
        elif (delivery.user_id, delivery.kind) in unwanted:
            batch.settle(delivery, Delivery.Status.DROPPED, done_at=now, last_error="Switched off by the member.")
        else:
            messages.append(Message(delivery=delivery, nudge=nudge, kind=kind, user=delivery.user))
    if not messages or channel is None:
        return
    outcomes = channel.send(messages, now=batch.began_at)
    for message, outcome in zip(_one_by_one(messages, batch=batch), outcomes, strict=True):
        _record(message, outcome, batch=batch)


def _one_by_one(messages: Sequence[Message], *, batch: _Batch) -> Iterator[Message]:
    """Note each message as tried before its channel is asked to carry it."""
    for message in messages:
        batch.keep_lease()
        batch.tried.add(message.delivery.pk)
        yield message


def _record(message: Message, outcome: Outcome, *, batch: _Batch) -> None:
    delivery, now = message.delivery, batch.now
    match outcome:
        case Sent(reference):
            batch.settle(
                delivery,
                Delivery.Status.SENT,
                done_at=now,
                last_error="",
                message_id=reference,
                subject=" ".join(message.nudge.subject.split())[:300],
                url=message.nudge.url,
            )
        case Refused(error):
            _give_up(delivery, error, batch=batch)
        case Again(error) if delivery.attempts >= MAX_ATTEMPTS:
            _give_up(delivery, error, batch=batch)
        case Again(error):
            wait = WAITS[min(delivery.attempts, len(WAITS)) - 1]
            batch.settle(delivery, Delivery.Status.DUE, not_before=now + wait, last_error=_discreet(error, delivery))
            log.info("reminder.again", delivery=delivery.pk, kind=delivery.kind, attempt=delivery.attempts)
        case _:
            assert_never(outcome)


def _give_up(delivery: Delivery, error: str, *, batch: _Batch) -> None:
    error = _discreet(error, delivery)
    with transaction.atomic():
        if batch.settle(delivery, Delivery.Status.FAILED, done_at=batch.now, last_error=error):
            kind = KINDS.get(delivery.kind)
            report_failure(
                task="reminders.tasks.send_due",
                what=f"“{kind.title if kind else delivery.kind}” could not be sent by {delivery.channel}.",
                error=error,
                group=delivery.group,
                now=batch.now,
            )


def _discreet(error: str, delivery: Delivery) -> str:
    """Organisers read this: a member's address is not theirs to see."""
    return error.replace(delivery.user.email, "(their address)")


def _ask_again(deliveries: Sequence[Delivery], *, batch: _Batch) -> dict[tuple[str, int, str], Nudge]:
    """Ask each kind's source anew, for these people only: what it no longer yields is not sent.

    Where a source breaks, its own deliveries keep their claim until the lease ends, and the others are given back: a
    kind that is broken holds up no other.
    """
    found: dict[tuple[str, int, str], Nudge] = {}
    for key, of_kind in _by(deliveries, "kind").items():
        kind = KINDS.get(key)
        if kind is not None:
            moments = [each.due_at for each in of_kind]
            window = Window(start=min(moments), end=max(moments) + timedelta(microseconds=1))
            people = {each.user_id for each in of_kind}
            asked = {each.pk for each in of_kind}
            batch.tried |= asked
            for nudge in kind.source(window=window, user_ids=people):
                found[key, nudge.user_id, nudge.key] = nudge
            batch.tried -= asked
    return found


def _reachable(deliveries: Sequence[Delivery]) -> set[tuple[int, int | None]]:
    """The (person, group) pairs that may be written to: active people, in the group now where there is one."""
    active = {each.user_id for each in deliveries if each.user.is_active}
    groups = {each.group_id for each in deliveries if each.group_id is not None}
    memberships = Membership.objects.current().filter(user_id__in=active, group_id__in=groups)
    return {(user_id, None) for user_id in active} | set(memberships.values_list("user_id", "group_id"))


def _unwanted(deliveries: Sequence[Delivery]) -> set[tuple[int, str]]:
    """The (person, kind) pairs of one channel that the person has switched off, or that are off and not chosen."""
    people = {each.user_id for each in deliveries}
    channel = deliveries[0].channel
    chosen = {
        (user_id, kind): wanted
        for user_id, kind, wanted in Preference.objects.filter(user_id__in=people, channel=channel).values_list(
            "user_id", "kind", "wanted"
        )
    }
    pairs = {(each.user_id, each.kind) for each in deliveries if each.kind in KINDS}
    return {
        (user_id, kind) for user_id, kind in pairs if not chosen.get((user_id, kind), KINDS[kind].proposes(channel))
    }


def _by(deliveries: Iterable[Delivery], column: str) -> dict[str, list[Delivery]]:
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        groups[getattr(each, column)].append(each)
    return groups
