"""Arrays and duals, and the linear and bilinear maps of them on which everything else is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
CORE = 4  # axes P, A, r, c


class Undefined(Exception):
    """An operation that has no value or derivative here, in words fit for a reason."""


@dataclass(frozen=True, slots=True)
class Dual:
    """A value with its tangents. `level` tells nested differentiations apart."""

    v: Value
    d: Value
    level: int


Value = Array | Dual


def level_of(x: Value) -> int:
    return x.level if isinstance(x, Dual) else 0


def plain(x: Value) -> Array:
    """The value without any tangents."""
    while isinstance(x, Dual):
        x = x.v
    return x


def only(a: Array) -> float | None:
    """The number that every entry of `a` is; None where they differ, or one of several has no value."""
    first = float(a.flat[0]) if a.size else None
    return first if a.size == 1 or bool((a == first).all()) else None


def linear(f: Callable[[Array], Array], x: Value) -> Value:
    """Apply a linear map of the last two axes to a value and its tangents alike."""
    if isinstance(x, Dual):
        return Dual(linear(f, x.v), linear(f, x.d), x.level)
    return f(x)


def add(a: Value, b: Value) -> Value:
    la, lb = level_of(a), level_of(b)
    if la == lb == 0:
        assert not isinstance(a, Dual)
        assert not isinstance(b, Dual)
        return a + b
    if la == lb:
        assert isinstance(a, Dual)
        assert isinstance(b, Dual)
        return Dual(add(a.v, b.v), add(a.d, b.d), la)
    if la > lb:
        assert isinstance(a, Dual)
        return Dual(add(a.v, b), add(a.d, zero_like(b)), la)
    return add(b, a)


def zero_like(b: Value) -> Value:
    """A zero that broadcasts as `b` does: the sum of a 1 by 1 tangent and an r by c value is r by c."""
    return linear(lambda x: x * 0, b) if isinstance(b, Dual) else b * 0


def neg(a: Value) -> Value:
    return linear(lambda x: -x, a)


def sub(a: Value, b: Value) -> Value:
    return add(a, neg(b))


def bilinear(f: Callable[[Array, Array], Array], a: Value, b: Value) -> Value:
    """A bilinear operation, differentiated by the product rule."""
    la, lb = level_of(a), level_of(b)
    if la == lb == 0:
        assert not isinstance(a, Dual)
        assert not isinstance(b, Dual)
        return f(a, b)
    if la == lb:
        assert isinstance(a, Dual)
        assert isinstance(b, Dual)
        return Dual(bilinear(f, a.v, b.v), add(bilinear(f, a.d, b.v), bilinear(f, a.v, b.d)), la)
    if la > lb:
        assert isinstance(a, Dual)
        return Dual(bilinear(f, a.v, b), bilinear(f, a.d, b), la)
    assert isinstance(b, Dual)
    return Dual(bilinear(f, a, b.v), bilinear(f, a, b.d), lb)


def times(a: Value, b: Value) -> Value:
    """Entry by entry, a 1 by 1 value spread over the other."""
    return bilinear(lambda x, y: x * y, a, b)


def matmul(a: Value, b: Value) -> Value:
    return bilinear(np.matmul, a, b)


def transpose(a: Value) -> Value:
    return linear(lambda x: np.swapaxes(x, -1, -2), a)


def entrywise(f: Callable[[Array], Array], slope: Callable[[Value], Value], a: Value) -> Value:
    """A function of each entry; `slope` is its derivative as an operation on values, so that it nests."""
    if isinstance(a, Dual):
        return Dual(entrywise(f, slope, a.v), times(slope(a.v), a.d), a.level)
    with np.errstate(all="ignore"):
        return f(a)


def const(x: float) -> Array:
    return np.full((1, 1, 1, 1), float(x))
