"""What a part of a claim is written as: its text, how strongly that binds, and its shape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from stepcheck.errors import Span

# How strongly the last operation of a text binds, loosest first.
LOOSE, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)


class CannotPrint(Exception):
    """Why something is not written as code, in words fit to show, and where it stands."""

    def __init__(self, span: Span, reason: str) -> None:
        super().__init__(reason)
        self.span, self.reason = span, reason


@dataclass(frozen=True, slots=True)
class Dim:
    """A size: the number that it has at the points drawn, and its text in code. Two are equal where the numbers are."""

    size: int
    text: str = field(compare=False)


ONE = Dim(1, "1")
Want = tuple[Dim | None, Dim | None]
NOTHING: Want = (None, None)


@dataclass(frozen=True, slots=True)
class Printed:
    """Code for a value of `rows` by `cols`: a column and a row are arrays of one axis, a number has none.

    `counts`: a plain Python number, as indices and sizes are. `low` is set on a family alone: the text of its first
    place; `rows` and `cols` are then those of a member, and members stand along the first axis.
    """

    text: str
    strength: int = ATOM
    rows: Dim = ONE
    cols: Dim = ONE
    counts: bool = False
    low: str | None = None
    count: Dim = ONE  # of a family

    @property
    def is_number(self) -> bool:
        return self.rows == ONE and self.cols == ONE

    @property
    def is_column(self) -> bool:
        return self.rows != ONE and self.cols == ONE

    @property
    def is_row(self) -> bool:
        return self.rows == ONE and self.cols != ONE

    @property
    def is_matrix(self) -> bool:
        return self.rows != ONE and self.cols != ONE

    @property
    def shape(self) -> tuple[Dim, Dim]:
        return self.rows, self.cols

    def at_least(self, strength: int) -> str:
        """The text, in brackets where it binds less strongly."""
        return self.text if self.strength >= strength else f"({self.text})"

    def shaped(self, rows: Dim, cols: Dim) -> Printed:
        return replace(self, rows=rows, cols=cols)


def shape_text(item: Printed) -> str:
    """`(m, n)`, `(n,)`, or `number`."""
    axes = [
        each.text for each in (*((item.count,) if item.low is not None else ()), item.rows, item.cols) if each != ONE
    ]
    if item.low is not None and item.count == ONE:
        axes.insert(0, "1")
    if not axes:
        return "an int" if item.counts else "a number"
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"


def shifted(text: str, by: int) -> str:
    """The text of an index plus `by`, worked out where it is a number or ends in one."""
    if re.fullmatch(r"-?\d+", text):
        return str(int(text) + by)
    ending = re.fullmatch(r"(.*\S) ([+-]) (\d+)", text)
    if ending is not None and _is_flat(ending[1]):
        rest = int(f"{ending[2]}{ending[3]}") + by
        return ending[1] if rest == 0 else f"{ending[1]} {'+' if rest > 0 else '-'} {abs(rest)}"
    if by == 0:
        return text
    return f"{text} {'+' if by > 0 else '-'} {abs(by)}"


def _is_flat(text: str) -> bool:
    return re.fullmatch(r"[\w +*-]*", text) is not None


def less(text: str, low: str) -> str:
    """The text of an index less the first place of what it indexes: the place counted from zero."""
    if re.fullmatch(r"-?\d+", low):
        return shifted(text, -int(low))
    return "0" if text == low else f"{text} - ({low})"
