"""What was found in a file: notes to be made, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unreadable(Exception):
    """Why nothing of a file is taken, and what to do; `status` is the HTTP status that fits."""

    def __init__(self, words: str, *, status: int = 422) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not taken as it stands: in which line of the file (0: of the whole), and what becomes of it."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A note to be made. `refusal`: why it cannot be, in words fit to show; `first`: lines before the text."""

    title: str
    body: str
    source: str
    formulas: int = 0
    works: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    refusal: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Everything in one file, in its order."""

    drafts: tuple[Draft, ...]
    troubles: tuple[Trouble, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    bibliography: str = ""
