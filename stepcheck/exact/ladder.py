"""Both sides of a claim at one drawn point with ever more digits: a gap that shrinks with them is round-off, one that
stays is a failure.

Source: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., ch. 1 (rerunning in higher precision).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log10
from typing import Any, Literal

import numpy as np

from stepcheck.evaluate import Evaluator
from stepcheck.evaluate import Scope as NumericScope
from stepcheck.model import Assumption, Model
from stepcheck.tree import Node, Num, Pow, walk
from stepcheck.values import Array

from .matrix import Value
from .points import at_drawn_point, bound_by_equations
from .prove import exact_scope
from .scalars import NotExact, Reals, Vanished
from .walk import Walker

MAX_EXTRA = 200
MAX_WORK = 6_000


@dataclass(frozen=True, slots=True)
class Digits:
    """What the digits say of a gap. For `differ`: the gap, and both sides, as text with the digits that show it where
    it is small beside them, else as numbers."""

    verdict: Literal["agree", "differ", "unclear"]
    digits: int
    left: object = None
    right: object = None
    gap: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class _Sides:
    left: Value
    right: Value
    gap: Any
    scale: Any


def at_point(
    model: Model,
    conditions: Iterable[Assumption],
    companion: Evaluator,
    point: int,
    scope: NumericScope,
    left: Node,
    right: Node,
    *,
    bound: int = MAX_WORK,
    first: int = 30,
) -> Digits:
    """Read `left = right` at `point` with `first` digits or twice and four times as many. Raises NotExact where the
    sides cannot be evaluated so, or where the point meets the givens to sixteen digits only."""
    before: _Sides | None = None
    digits = first
    for digits, _, made in _readings(model, conditions, companion, point, scope, left, right, bound, first):
        if made.gap * 10 ** (digits - 15) <= made.scale:
            return Digits("agree", digits)
        if before is not None:
            if made.gap * 10**12 <= before.gap:
                return Digits("agree", digits)
            if before.gap <= 2 * made.gap and made.gap <= 2 * before.gap:  # one that grows is a loss of all digits
                found = _differ(made, digits)
                if found.small:
                    nudged = at_drawn_point(model, companion, Reals(digits), point, nudged=True)
                    moved = _sides(Walker(model, nudged, bound=bound), left, right, scope)
                    if moved.gap > 10 * made.gap:  # the values are tied to each other, to sixteen digits only
                        raise NotExact
                return found
        before = made
    return Digits("unclear", digits)


def values_at_point(
    model: Model,
    conditions: Iterable[Assumption],
    companion: Evaluator,
    point: int,
    scope: NumericScope,
    left: Node,
    right: Node,
    *,
    bound: int = MAX_WORK,
    first: int = 30,
) -> tuple[Array, Array]:
    """Both sides at `point`, each (1, rows, cols), to sixteen digits: as two readings with more of them agree.

    Raises NotExact where they do not, and where `at_point` does.
    """
    before: list[Array] = []
    for _, walker, made in _readings(model, conditions, companion, point, scope, left, right, bound, first):
        now = [_as_floats(walker, side) for side in (made.left, made.right)]
        if before and all(np.allclose(x, y, rtol=1e-12, atol=0) for x, y in zip(now, before, strict=True)):
            return now[0], now[1]
        before = now
    raise NotExact


def _readings(
    model: Model,
    conditions: Iterable[Assumption],
    companion: Evaluator,
    point: int,
    scope: NumericScope,
    left: Node,
    right: Node,
    bound: int,
    first: int,
) -> Iterator[tuple[int, Walker, _Sides]]:
    """Both sides with `first` digits and those that the constants ask for, then with twice and four times as many."""
    conditions = list(conditions)
    low = first + extra_digits(left, right)
    for digits in (low, 2 * low, 4 * low):
        walker = Walker(model, at_drawn_point(model, companion, Reals(digits), point), bound=bound)
        made = _sides(walker, left, right, scope)
        if bound_by_equations(model, conditions, companion, walker.world.used):
            raise NotExact
        yield digits, walker, made


def _as_floats(walker: Walker, side: Value) -> Array:
    assert isinstance(walker.field, Reals)
    return np.array([[[float(walker.field.raw(x)) for x in row] for row in side.rows]])


def _sides(walker: Walker, left: Node, right: Node, scope: NumericScope) -> _Sides:
    a, b = walker.sides(left, right, exact_scope(scope))
    field = walker.field
    assert isinstance(field, Reals)
    xs, ys = ([field.raw(x) for x in each.entries()] for each in (a, b))
    if any(not field.context.isfinite(x) for x in (*xs, *ys)):
        raise Vanished
    gap = max(abs(x - y) for x, y in zip(xs, ys, strict=True))
    return _Sides(a, b, gap, max(abs(x) for x in (*xs, *ys)))


def extra_digits(*nodes: Node) -> int:
    """Digits that the constants ask for: as many as the smallest or largest of them has before its first."""
    most = 0.0
    for node in nodes:
        for each in walk(node):
            if isinstance(each, Num) and each.value != 0:
                most = max(most, _size(each.value))
            if isinstance(each, Pow) and isinstance(each.base, Num) and each.base.value > 0:
                for below in walk(each.exponent):
                    if isinstance(below, Num):
                        most = max(most, _size(each.base.value) * float(min(abs(below.value), Fraction(10**6))))
    if most > MAX_EXTRA:
        raise NotExact
    return ceil(most)


def _size(x: Fraction) -> float:
    return max(log10(abs(x.numerator)), log10(x.denominator))


def _differ(made: _Sides, digits: int) -> Digits:
    field = Reals(digits)
    context = field.context
    small = bool(made.gap * 10**5 < made.scale)
    shown = int(context.log10(made.scale / made.gap)) + 4 if small else 6

    def entry(x: Any) -> str | float:
        text = str(context.nstr(field.raw(x), shown))
        return text if small else float(text)

    def side(value: Value) -> object:
        rows = [[entry(x) for x in row] for row in value.rows]
        if value.is_number:
            return rows[0][0]
        return [row[0] for row in rows] if value.shape[1] == 1 else rows

    return Digits("differ", digits, side(made.left), side(made.right), str(context.nstr(made.gap, 3)), small)


__all__ = ["Digits", "at_point", "extra_digits", "values_at_point"]
