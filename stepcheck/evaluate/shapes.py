"""Shapes, the shapes that are wanted, and what is raised where they do not fit."""

from __future__ import annotations

from stepcheck import values as v
from stepcheck.errors import NotationError, Span
from stepcheck.values import Value

Shape = tuple[int, int]
Want = tuple[int | None, int | None]
NOTHING: Want = (None, None)


class ShapeClash(Exception):
    """Two things that do not conform: the place, both shapes, and what each side is."""

    def __init__(self, span: Span, left: Shape, right: Shape, operation: str) -> None:
        super().__init__(operation)
        self.span, self.left, self.right, self.operation = span, left, right, operation


class NeedsSize(Exception):
    """Something takes the size that fits, and nothing here says which."""

    def __init__(self, span: Span, what: str) -> None:
        super().__init__(what)
        self.span, self.what = span, what


class Unsupported(NotationError):
    """Notation that is read but not evaluated."""


class SizeTooSmall(Unsupported):
    """A size that comes out as less than 1."""


def shape_of(x: Value) -> Shape:
    a = v.plain(x)
    return a.shape[-2], a.shape[-1]


def is_number(x: Value) -> bool:
    return shape_of(x) == (1, 1)
