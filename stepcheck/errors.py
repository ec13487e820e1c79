"""What can be wrong with a note's notation: a kind, a place, a remedy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of character offsets in the note."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))


class NotationError(Exception):
    """Notation that cannot be read. `kind` is a stable word, `remedy` a sentence a person can act on."""

    def __init__(self, kind: str, span: Span, remedy: str) -> None:
        super().__init__(remedy)
        self.kind = kind
        self.span = span
        self.remedy = remedy
