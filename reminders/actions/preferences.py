"""Which reminders a member wants, and by which way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from members.models import User
from reminders.channels import CHANNELS
from reminders.models import Preference
from reminders.nudges import KINDS

__all__ = ["choose", "effective", "unsubscribe"]


def effective(*, user: User) -> dict[tuple[str, str], bool]:
    """Return for each (kind, channel) whether `user` gets it now: as chosen, else as the kind proposes. One query."""
    chosen = {
        (kind, channel): wanted
        for kind, channel, wanted in Preference.objects.filter(user=user).values_list("kind", "channel", "wanted")
    }
    return {
        (kind.key, channel): chosen.get((kind.key, channel), kind.proposes(channel))
        for kind in KINDS.values()
        for channel in CHANNELS
    }


@transaction.atomic
def choose(*, user: User, wanted: Mapping[tuple[str, str], bool], now: datetime) -> int:
    """Keep what `user` chose, for the (kind, channel) pairs given. Returns how many changed.

    What agrees with the kind's proposal is not written down, so that a proposal that changes later reaches them.
    """
    before = effective(user=user)
    changed = {pair: want for pair, want in wanted.items() if pair in before and before[pair] != want}
    Preference.objects.bulk_create(
        [
            Preference(user=user, kind=kind, channel=channel, wanted=want, changed_at=now)
            for (kind, channel), want in sorted(changed.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["wanted", "changed_at"],
    )
    return len(changed)


def unsubscribe(*, user: User, kind: str, now: datetime) -> None:
    """Stop mails of `kind` to `user`. Safe to ask twice, and for a kind that no longer exists."""
    _write(user=user, kind=kind, wanted=False, now=now)


def resubscribe(*, user: User, kind: str, now: datetime) -> None:
    """Undo `unsubscribe`."""
    _write(user=user, kind=kind, wanted=True, now=now)


def _write(*, user: User, kind: str, wanted: bool, now: datetime) -> None:
    Preference.objects.update_or_create(
        user=user, kind=kind, channel="mail", defaults={"wanted": wanted, "changed_at": now}
    )
