"""Sums, traces, inverses, determinants, and matrices put together and taken apart."""

from __future__ import annotations

import numpy as np

from .dual import Array, Dual, Value, bilinear, level_of, linear, matmul, neg, plain, times, zero_like
from .functions import plain_reciprocal


def total(a: Value) -> Value:
    """The sum of all entries, 1 by 1."""
    return linear(lambda x: x.sum(axis=(-1, -2), keepdims=True), a)


def trace(a: Value) -> Value:
    return linear(lambda x: np.trace(x, axis1=-2, axis2=-1)[..., None, None], a)


def _safe_inv(x: Array) -> Array:
    try:
        with np.errstate(all="ignore"):
            made = np.linalg.inv(x)
            bad = np.linalg.cond(x) > 1e13
    except np.linalg.LinAlgError:
        flat = x.reshape(-1, *x.shape[-2:])
        made = np.full_like(flat, np.nan)
        for place, each in enumerate(flat):
            if np.all(np.isfinite(each)) and np.linalg.matrix_rank(each) == each.shape[0]:
                made[place] = np.linalg.inv(each)
        return made.reshape(x.shape)
    return np.where(bad[..., None, None], np.nan, made)


def inverse(a: Value) -> Value:
    """Matrix inverse; NaN where singular. d(A⁻¹) = −A⁻¹ dA A⁻¹."""
    if isinstance(a, Dual):
        v = inverse(a.v)
        return Dual(v, neg(matmul(matmul(v, a.d), v)), a.level)
    if a.shape[-1] == 1:
        return plain_reciprocal(a)
    return _safe_inv(a)


def determinant(a: Value) -> Value:
    """d det A = tr(adj(A) dA); the adjugate is det(A) A⁻¹, so a singular A has no derivative here."""
    if isinstance(a, Dual):
        v = determinant(a.v)
        return Dual(v, times(v, trace(matmul(inverse(a.v), a.d))), a.level)
    return np.asarray(np.linalg.det(a)[..., None, None])


def diagonal_matrix(a: Value) -> Value:
    """The diagonal matrix of a column."""
    return linear(lambda x: x * np.eye(x.shape[-2]), a)


def diagonal_of(a: Value) -> Value:
    """The diagonal of a square matrix, as a column."""
    return linear(lambda x: np.diagonal(x, axis1=-2, axis2=-1)[..., None], a)


def vec(a: Value) -> Value:
    """Columns stacked."""
    return linear(lambda x: np.swapaxes(x, -1, -2).reshape(*x.shape[:-2], -1, 1), a)


def kron(a: Value, b: Value) -> Value:
    def f(x: Array, y: Array) -> Array:
        made = x[..., :, None, :, None] * y[..., None, :, None, :]
        rows, cols = x.shape[-2] * y.shape[-2], x.shape[-1] * y.shape[-1]
        return made.reshape(*made.shape[:-4], rows, cols)

    return bilinear(f, a, b)


def entry(a: Value, row: int, col: int) -> Value:
    return linear(lambda x: x[..., row : row + 1, col : col + 1], a)


def row(a: Value, which: int) -> Value:
    return linear(lambda x: x[..., which : which + 1, :], a)


def column(a: Value, which: int) -> Value:
    return linear(lambda x: x[..., :, which : which + 1], a)


def blocks(grid: list[list[Value]]) -> Value:
    """A matrix put together from blocks, tangents and all."""
    level = max(level_of(each) for line in grid for each in line)
    if level == 0:
        arrays = [[plain(each) for each in line] for line in grid]
        lead = np.broadcast_shapes(*[each.shape[:-2] for line in arrays for each in line])
        lines = [
            np.concatenate([np.broadcast_to(each, (*lead, *each.shape[-2:])) for each in line], axis=-1)
            for line in arrays
        ]
        return np.concatenate(lines, axis=-2)
    vs: list[list[Value]] = []
    ds: list[list[Value]] = []
    for line in grid:
        vs.append([each.v if isinstance(each, Dual) and each.level == level else each for each in line])
        ds.append([each.d if isinstance(each, Dual) and each.level == level else zero_like(each) for each in line])
    return Dual(blocks(vs), blocks(ds), level)


def matrix_power(a: Value, n: int) -> Value:
    if n < 0:
        return matrix_power(inverse(a), -n)
    result: Value = np.broadcast_to(np.eye(plain(a).shape[-1]), plain(a).shape)
    if n <= 12:
        for _ in range(n):
            result = matmul(result, a)
        return result
    while n:
        if n % 2:
            result = matmul(result, a)
        n //= 2
        if n:
            a = matmul(a, a)
    return result
