"""Sentences: words and inline formulas between two full stops."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepcheck.errors import Span
from stepcheck.extract import Display, Heading, Inline, Piece, Text

MAX_PARTS = 80  # words and formulas of a sentence; a longer one is cut
_SHORT = ("i.i.d.", "i. i. d.", "e.g.", "i.e.", "s.t.", "a.s.", "w.r.t.", "resp.", "cf.", "vs.", "r.v.", "Eq.", "eq.")
_OPEN = "".join(rf"(?<!\b{re.escape(each)})" for each in _SHORT)  # after which a small letter or a formula goes on
_SENTENCE = re.compile(rf"(?<=[.!?])(?:{_OPEN}(?:\s+|$)|\s+(?=[A-Z]))|\n\s*\n|(?<=:)\s*$")


@dataclass(slots=True)
class Sentence:
    """Words and inline formulas between two full stops."""

    parts: list[Text | Inline]

    @property
    def words(self) -> str:
        return " ".join(part.words for part in self.parts if isinstance(part, Text))

    def before(self, place: int) -> str:
        """The words in front of part `place`."""
        return " ".join(part.words if isinstance(part, Text) else "§" for part in self.parts[:place])

    def after(self, place: int) -> str:
        return " ".join(part.words if isinstance(part, Text) else "§" for part in self.parts[place + 1 :])


def sentences(pieces: list[Piece]) -> list[Sentence]:
    """Group the pieces of prose; a display ends a sentence as a full stop does."""
    found: list[Sentence] = []
    parts: list[Text | Inline] = []

    def close() -> None:
        nonlocal parts
        if parts:
            found.append(Sentence(parts))
        parts = []

    for piece in pieces:
        match piece:
            case Inline():
                if len(parts) >= MAX_PARTS:
                    close()
                parts.append(piece)
            case Text(words, span):
                place = 0
                for match in _SENTENCE.finditer(words):
                    if match.start() > place:
                        start = span.start + place
                        parts.append(Text(words[place : match.start()], Span(start, span.start + match.start())))
                    close()
                    place = match.end()
                if place < len(words):
                    parts.append(Text(words[place:], Span(span.start + place, span.end)))
            case Display() | Heading():
                close()
    close()
    return found
