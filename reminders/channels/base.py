"""What a channel is: a class that carries messages to people and says of each what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from reminders.nudges import Kind, Nudge

if TYPE_CHECKING:
    from members.models import User
    from reminders.models import Delivery

__all__ = ["Again", "Channel", "Message", "Outcome", "Refused", "Sent"]


@dataclass(frozen=True)
class Message:
    """One claimed delivery with what it says now, asked anew from its source."""

    delivery: Delivery
    nudge: Nudge
    kind: Kind
    user: User


@dataclass(frozen=True)
class Sent:
    """The other side has taken it. `reference` finds it there: a mail's Message-ID."""

    reference: str = ""


@dataclass(frozen=True)
class Again:
    """Not now: the other side is away or asks us to come back. Tried again later, each time after a longer wait."""

    error: str


@dataclass(frozen=True)
class Refused:
    """Never: the other side does not take it, and asking again would not change that."""

    error: str


Outcome = Sent | Again | Refused


class Channel(Protocol):
    """A way to reach a person.

    `key` is stored with each delivery, `title` heads the column on the preferences page, `explanation` says there what
    ticking it means.
    """

    key: str
    title: str
    explanation: str

    def send(self, messages: Sequence[Message], *, now: datetime) -> Iterator[Outcome]:
        """Carry `messages` and yield one outcome for each, in their order, as soon as it is known."""
        ...
