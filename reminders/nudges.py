"""What a room declares to have people reminded of something.

A room writes one function in its own `nudges.py` and marks it with `@nudge_kind`. The engine calls it twice: once when
it sweeps, to learn what becomes due in a window; and once before sending, for that one person, to learn whether it is
still so. A key that the function no longer yields is not sent: a reminder stops by itself when the thing is done,
moved or cancelled. So a key names everything that, when changed, makes it another reminder (a session's start, say).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

__all__ = ["KINDS", "Kind", "Line", "Nudge", "Window", "because", "nudge_kind"]


@dataclass(frozen=True)
class Window:
    """Half-open: `start <= due_at < end`, both aware instants."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True)
class Line:
    """One item in a reminder's list, such as an open reading. A heading stands over the items that follow it."""

    text: str
    url: str = ""
    heading: bool = False


@dataclass(frozen=True)
class Nudge:
    """One thing one person is to be told.

    `subject` can be acted on from a lock screen, in the person's own local time; `lines` are the three lines that
    follow, `items` the details. `url` is a path on this site. `expires_at`: past it the message would be of no use.
    """

    user_id: int
    group_id: int | None
    key: str
    due_at: datetime
    expires_at: datetime
    subject: str
    url: str
    lines: tuple[str, ...] = ()
    items: tuple[Line, ...] = ()
    action: str = "Open"


class NudgeSource(Protocol):
    def __call__(self, *, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
        """Yield what becomes due within `window`, for everyone or for `user_ids` only. At a fixed number of queries."""
        ...


@dataclass(frozen=True)
class Kind:
    """A kind of reminder: what a member switches on and off."""

    key: str
    title: str
    explanation: str
    source: NudgeSource
    mail: bool
    bell: bool
    order: int

    def proposes(self, channel: str) -> bool:
        """Whether a member who has chosen nothing gets this kind by `channel`. A new channel starts switched off."""
        return {"mail": self.mail, "bell": self.bell}.get(channel, False)


KINDS: dict[str, Kind] = {}


def nudge_kind(
    *, key: str, title: str, explanation: str, mail: bool = True, bell: bool = True, order: int = 50
) -> Callable[[NudgeSource], NudgeSource]:
    """Declare a kind of reminder. `explanation` completes "You get this because …"; `mail`, `bell` are the defaults."""

    def register(source: NudgeSource) -> NudgeSource:
        if key in KINDS and KINDS[key].source is not source:
            raise ValueError(f"Two kinds of reminder are called {key!r}. Give one of them another key.")
        KINDS[key] = Kind(
            key=key, title=title, explanation=explanation, source=source, mail=mail, bell=bell, order=order
        )
        return source

    return register


def because(kind: Kind) -> str:
    """Return the words that complete "You get this because": without a stop, whichever way the room wrote it."""
    words = kind.explanation.strip().rstrip(".").removeprefix("You get this because").strip()
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
