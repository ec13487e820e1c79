"""Signs of a text that a page points at, such as the relation of a step, found again in the typeset mathematics.

A character that no text may hold is put before each sign, travels through Temml as text of its own, and is taken out
again: the operator behind it gets the mark's id and class and can be focused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from mathtext.markdown import Formula

MOST = 2_000
_FIRST = 0xF0000  # a private-use plane; the text's own characters of it are taken out before
_PRIVATE = re.compile("[\U000f0000-\U000fffff]")
_PLACED = re.compile(
    "<(mtext|mi|mo|mn)[^>]*>([\U000f0000-\U000fffff])</\\1>((?:<(?!mo\\b)[a-z]+[^>]*>)*)(<mo\\b)([^>]*)>"
)
_CLASS = re.compile(r' class="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text: `start` counts characters. `id` and `css` go to the sign there, which is read
    out as `label`; without `id` the mark only belongs to its display, after which the page can put something."""

    start: int
    id: str = ""
    css: str = ""
    label: str = ""


def without_private(text: str) -> str:
    """The same text, of the same length, without the characters that marks are made of."""
    return _PRIVATE.sub("\ufffd", text)


def place_marks(displays: Sequence[Token], text: str, marks: Sequence[Mark]) -> None:
    """Put each mark into the display where it stands: `meta["marks"]` says which, `meta["marked"]` is the TeX.

    A display whose lines do not stand in the text as they were read keeps its TeX and gets its marks by the line.
    """
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    last_line, column = 0, 0
    for token in displays:
        formula: Formula = token.meta["formula"]
        pieces = formula.source.split("\n")
        rows = range(formula.line - 1, min(formula.line - 1 + len(pieces), len(lines)))
        if not rows:
            continue
        # A second display on the same line is looked for behind the first.
        found = [
            lines[row].find(piece, column if row == last_line else 0) for row, piece in zip(rows, pieces, strict=False)
        ]
        begins = starts[rows[0]] + max(found[0], 0)
        ends = starts[rows[-1]] + (found[-1] + len(pieces[-1]) if found[-1] >= 0 else len(lines[rows[-1]]))
        last_line, column = rows[-1], ends - starts[rows[-1]]
        mine = [number for number, mark in enumerate(marks[:MOST]) if begins <= mark.start < ends]
        token.meta["marks"] = mine
        if not mine or min(found) < 0 or len(found) < len(pieces):
            continue
        places = []
        for number in mine:
            row = max(nth for nth, line in enumerate(rows) if starts[line] <= marks[number].start)
            within = marks[number].start - starts[rows[row]] - found[row]
            if marks[number].id and within >= 0:
                places.append((sum(len(piece) + 1 for piece in pieces[:row]) + within, number))
        token.meta["marked"] = _marked(formula, places)


def _marked(formula: Formula, places: list[tuple[int, int]]) -> str:
    opener = 0 if formula.source.startswith("\\begin") else 2
    tex = formula.tex
    for place, number in sorted(places, reverse=True):
        at = place - opener
        if 0 <= at < len(tex):
            tex = f"{tex[:at]}{chr(_FIRST + number)}{tex[at:]}"
    return tex


def show_marks(mathml: str, marks: Sequence[Mark]) -> str:
    """Give the operators behind the marks' characters their ids and classes; leave no such character."""

    def shown(match: re.Match[str]) -> str:
        mark = marks[ord(match[2]) - _FIRST]
        attributes = match[5]
        known = _CLASS.search(attributes)
        css = f"{known[1]} {mark.css}" if known else mark.css
        attributes = _CLASS.sub("", attributes)
        # No role: what is inside of <math> is presentational by the book, but what is focused is read out by its name.
        name = f' aria-label="{escape(mark.label)}"' if mark.label else ""
        return f'{match[3]}{match[4]}{attributes} class="{css}" id="{mark.id}" tabindex="0"{name}>'

    return _PRIVATE.sub("", _PLACED.sub(shown, mathml))


__all__ = ["Mark", "place_marks", "show_marks", "without_private"]
