"""Seeds of differentiation, and tangents read back."""

from __future__ import annotations

import numpy as np

from .dual import CORE, Dual, Value, const, linear, plain, times


def seed(x: Value, level: int, entries: list[tuple[int, int]]) -> Dual:
    """`x` as a variable of level `level`, one direction for each of `entries` (row, column)."""
    base = plain(x)
    rows, cols = base.shape[-2:]
    d = np.zeros((len(entries), *([1] * (level - 1)), 1, 1, rows, cols))
    for place, (r, c) in enumerate(entries):
        d[place, ..., r, c] = 1.0
    return Dual(x, d, level)


def tangents(x: Value, level: int, directions: int) -> Value:
    """The tangents of `x` at `level`, with the direction axis in front; zeros where `x` does not depend on it."""
    if isinstance(x, Dual) and x.level == level:
        return linear_lead(x.d, level, directions)
    zero = times(const(0), x)
    return linear_lead(zero, level, directions)


def linear_lead(x: Value, level: int, directions: int) -> Value:
    """Give every array inside `x` the full `directions` axis in front of level − 1 further axes."""
    if isinstance(x, Dual):
        return Dual(linear_lead(x.v, level, directions), linear_lead(x.d, level, directions), x.level)
    want = level + CORE
    shaped = x.reshape((1,) * (want - x.ndim) + x.shape) if x.ndim < want else x
    return np.broadcast_to(shaped, (directions, *shaped.shape[1:]))


def directions_to_rows(x: Value) -> Value:
    """Tangents of a scalar, (K, …, 1, 1), as a column (…, K, 1)."""
    return linear(lambda a: np.moveaxis(a[..., 0, 0], 0, -1)[..., None], x)
