"""What a member will be told next: the same sources that the sweep asks, asked for one person and the days ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from members.models import Group, User

from .actions.preferences import effective
from .channels import CHANNELS
from .nudges import KINDS, Kind, Nudge, Window

__all__ = ["Coming", "coming_to"]


@dataclass(frozen=True)
class Coming:
    kind: Kind
    nudge: Nudge
    channels: tuple[str, ...]


def coming_to(*, user: User, group: Group, now: datetime, within: timedelta = timedelta(days=7)) -> list[Coming]:
    """Return what will become due for `user` in `group` within `within` if nothing changes, the next first."""
    wanted = effective(user=user)
    window = Window(start=now, end=now + within)
    coming = []
    for kind in KINDS.values():
        by = tuple(channel.title for channel in CHANNELS.values() if wanted[kind.key, channel.key])
        if by:
            for nudge in kind.source(window=window, user_ids={user.pk}):
                if nudge.group_id in (None, group.pk):
                    coming.append(Coming(kind=kind, nudge=nudge, channels=by))
    return sorted(coming, key=lambda each: each.nudge.due_at)
