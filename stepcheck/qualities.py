r"""What the property words of a symbol demand of its value: equations that points are moved onto, and a test of points.

A new property word has its equation in `equations` and, where that is not all of it, its test in `met`. Both are asked
of drawn values, of values moved by a repair, and of what the note defines under a declared property.
"""

from __future__ import annotations

import numpy as np

from . import values as v
from .values import Array

FIXED = {"one-hot", "permutation"}  # no path leads from one such value to another
SQUARE = {
    "symmetric", "spd", "psd", "antisymmetric", "orthogonal", "idempotent", "projection", "invertible", "permutation",
    "nilpotent", "square-zero", "involutory", "normal", "distinct-eigenvalues", "simple-largest-eigenvalue",
    "doubly-stochastic", "circulant", "toeplitz", "tridiagonal",
}  # fmt: skip


def equations(quality: str, x: v.Value) -> list[v.Value]:
    """What must vanish where `x`, (…, r, c), has the quality. Empty where the quality is no equation."""
    rows, cols = v.plain(x).shape[-2:]
    eye = np.eye(rows)
    match quality:
        case "symmetric" | "spd" | "psd" if rows == cols:
            return [v.sub(x, v.transpose(x))]
        case "antisymmetric" if rows == cols:
            return [v.add(x, v.transpose(x))]
        case "orthogonal" if rows == cols:
            return [v.sub(v.matmul(v.transpose(x), x), eye[None, None])]
        case "orthonormal-columns":
            return [v.sub(v.matmul(v.transpose(x), x), np.eye(cols)[None, None])]
        case "orthonormal-rows":
            return [v.sub(v.matmul(x, v.transpose(x)), eye[None, None])]
        case "unit" if cols == 1:
            return [v.sub(v.matmul(v.transpose(x), x), v.const(1.0))]
        case "simplex" if cols == 1:
            return [v.sub(v.total(x), v.const(1.0))]
        case "diagonal":
            return [v.linear(lambda a: a * (1 - np.eye(rows, cols)), x)]
        case "upper-triangular":
            return [v.linear(lambda a: a * np.tril(np.ones((rows, cols)), -1), x)]
        case "lower-triangular":
            return [v.linear(lambda a: a * np.triu(np.ones((rows, cols)), 1), x)]
        case "idempotent" if rows == cols:
            return [v.sub(v.matmul(x, x), x)]
        case "projection" if rows == cols:
            return [v.sub(v.matmul(x, x), x), v.sub(x, v.transpose(x))]
        case "involutory" if rows == cols:
            return [v.sub(v.matmul(x, x), eye[None, None])]
        case "square-zero" if rows == cols:
            return [v.matmul(x, x)]
        case "nilpotent" if rows == cols:
            return [v.matrix_power(x, rows)]
        case "normal" if rows == cols:
            return [v.sub(v.matmul(v.transpose(x), x), v.matmul(x, v.transpose(x)))]
        case "row-stochastic":
            return [v.sub(v.linear(lambda a: a.sum(axis=-1, keepdims=True), x), v.const(1.0))]
        case "column-stochastic":
            return [v.sub(v.linear(lambda a: a.sum(axis=-2, keepdims=True), x), v.const(1.0))]
        case "doubly-stochastic" if rows == cols:
            return [*equations("row-stochastic", x), *equations("column-stochastic", x)]
        case "circulant" if rows == cols:
            return [v.linear(lambda a: np.roll(a, (1, 1), axis=(-2, -1)) - a, x)]
        case "toeplitz" if rows == cols > 1:
            return [v.linear(lambda a: a[..., 1:, 1:] - a[..., :-1, :-1], x)]
        case "tridiagonal" if rows == cols:
            outside = np.abs(np.subtract.outer(np.arange(rows), np.arange(rows))) > 1
            return [v.linear(lambda a: a * outside, x)]
        case "centred":
            return [v.linear(lambda a: a.sum(axis=-2, keepdims=True), x)]
        case _:
            return []


def orderings(quality: str, x: v.Value) -> list[tuple[v.Value, str]]:
    """What must be entry-wise or as a matrix above zero: pairs of a value and `>`, `>=`, `succ`, `succeq`."""
    rows, cols = v.plain(x).shape[-2:]
    match quality:
        case "spd" if rows == cols:
            return [(x, "succ")]
        case "psd" if rows == cols:
            return [(x, "succeq")]
        case "positive":
            return [(x, ">")]
        case "nonnegative" | "simplex" | "row-stochastic" | "column-stochastic" | "doubly-stochastic":
            return [(x, ">=")]
        case _:
            return []


def met(quality: str, x: Array) -> Array:
    """Where `x`, (P, A, r, c), has the quality: (P,) of truth values."""
    good = np.ones(x.shape[0], dtype=bool)
    size = 1 + np.abs(x).max(axis=(1, 2, 3), initial=0)
    for equation in equations(quality, x):
        good &= np.abs(v.plain(equation)).max(axis=(1, 2, 3), initial=0) <= 1e-7 * size**2
    for value, sign in orderings(quality, x):
        a = v.plain(value)
        if not np.isfinite(a).all():
            return good & np.isfinite(a).all(axis=(1, 2, 3))
        if sign in (">", ">="):
            low = a.min(axis=(1, 2, 3))
        else:
            low = np.linalg.eigvalsh((a + np.swapaxes(a, -1, -2)) / 2).min(axis=(1, 2))
        good &= low > 1e-9 * size if sign in (">", "succ") else low >= -1e-9 * size
    if quality in ("nonzero", "eigenvector"):
        good &= np.abs(x).max(axis=(1, 2, 3), initial=0) > 1e-6
    if quality in ("distinct-eigenvalues", "simple-largest-eigenvalue") and x.shape[-1] == x.shape[-2] > 1:
        values = np.linalg.eigvals(x)
        apart = np.abs(values[..., :, None] - values[..., None, :]) + np.eye(x.shape[-1]) * size[:, None, None, None]
        if quality == "simple-largest-eigenvalue":
            apart = np.take_along_axis(apart, np.argmax(values.real, axis=-1)[..., None, None], axis=-2)
        good &= apart.min(axis=(1, 2, 3)) > 1e-3 * size
    if quality == "one-hot":
        good &= ((x == 0) | (x == 1)).all(axis=(1, 2, 3)) & (x.sum(axis=(1, 2, 3)) == 1)
    return good


__all__ = ["FIXED", "SQUARE", "equations", "met", "orderings"]
