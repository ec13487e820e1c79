"""Arrays that carry points, atoms and derivatives: the arithmetic under the evaluator.

Every value is an array with axes `(…, P, A, r, c)`: P points drawn at once, A atoms of a finite law (1 where nothing is
random), and a matrix of r rows and c columns; a scalar is (1, 1), a column (n, 1). Derivatives are forward mode: a
`Dual` carries tangents with one more leading axis, one entry a direction, and nests for higher orders.

Source: Griewank & Walther, *Evaluating Derivatives*, 2nd ed., ch. 3 (forward mode); Giles (2008), *Collected matrix
derivative results for forward and reverse mode algorithmic differentiation* (inverse, determinant, eigenvalues).
"""

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
        return Dual(add(a.v, b), add(a.d, _zero_like(b)), la)
    return add(b, a)


def _zero_like(b: Value) -> Value:
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


def exp(a: Value) -> Value:
    return entrywise(np.exp, exp, a)


def _log(x: Array) -> Array:
    return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan)


def log(a: Value) -> Value:
    return entrywise(_log, reciprocal, a)


def _reciprocal(x: Array) -> Array:
    return np.where(x != 0, 1.0 / np.where(x != 0, x, 1.0), np.nan)


def reciprocal(a: Value) -> Value:
    return entrywise(_reciprocal, lambda x: neg(times(reciprocal(x), reciprocal(x))), a)


def divide(a: Value, b: Value) -> Value:
    return times(a, reciprocal(b))


def sqrt(a: Value) -> Value:
    def slope(x: Value) -> Value:
        return times(const(0.5), reciprocal(sqrt(x)))

    return entrywise(lambda x: np.where(x >= 0, np.sqrt(np.where(x >= 0, x, 0.0)), np.nan), slope, a)


def sin(a: Value) -> Value:
    return entrywise(np.sin, cos, a)


def cos(a: Value) -> Value:
    return entrywise(np.cos, lambda x: neg(sin(x)), a)


def tanh(a: Value) -> Value:
    return entrywise(np.tanh, lambda x: sub(const(1), times(tanh(x), tanh(x))), a)


def sinh(a: Value) -> Value:
    return entrywise(np.sinh, cosh, a)


def cosh(a: Value) -> Value:
    return entrywise(np.cosh, sinh, a)


def arctan(a: Value) -> Value:
    return entrywise(np.arctan, lambda x: reciprocal(add(const(1), times(x, x))), a)


def arcsin(a: Value) -> Value:
    return entrywise(np.arcsin, lambda x: reciprocal(sqrt(sub(const(1), times(x, x)))), a)


def arccos(a: Value) -> Value:
    return entrywise(np.arccos, lambda x: neg(reciprocal(sqrt(sub(const(1), times(x, x))))), a)


def arctanh(a: Value) -> Value:
    return entrywise(np.arctanh, lambda x: reciprocal(sub(const(1), times(x, x))), a)


def arcsinh(a: Value) -> Value:
    return entrywise(np.arcsinh, lambda x: reciprocal(sqrt(add(const(1), times(x, x)))), a)


def erf(a: Value) -> Value:
    from scipy.special import erf as scipy_erf

    return entrywise(scipy_erf, lambda x: times(const(2 / np.sqrt(np.pi)), exp(neg(times(x, x)))), a)


def gammaln(a: Value) -> Value:
    from scipy.special import gammaln as scipy_gammaln

    def slope(x: Value) -> Value:
        raise Undefined("The derivative of a factorial is not evaluated.")

    return entrywise(scipy_gammaln, slope, a)


def sign(a: Value) -> Value:
    return entrywise(np.sign, lambda x: times(const(0), _strip(x)), a)


def step(a: Value) -> Value:
    """1 where positive, 0 where not; constant but for its jump."""
    return entrywise(lambda x: (x > 0).astype(float), lambda x: times(const(0), _strip(x)), a)


def absolute(a: Value) -> Value:
    return entrywise(np.abs, lambda x: const_like(np.sign(plain(x))), a)


def floor(a: Value) -> Value:
    return entrywise(np.floor, lambda x: times(const(0), _strip(x)), a)


def ceil(a: Value) -> Value:
    return entrywise(np.ceil, lambda x: times(const(0), _strip(x)), a)


def _strip(x: Value) -> Value:
    return plain(x)


def const_like(x: Array) -> Value:
    return x


def power(a: Value, b: Value) -> Value:
    """Entry-wise power. A whole constant exponent works for every base; another needs a positive one."""
    if not isinstance(b, Dual):
        flat = np.unique(b)
        if flat.size == 1 and float(flat[0]).is_integer() and abs(flat[0]) <= 64:
            return integer_power(a, int(flat[0]))
        if not isinstance(a, Dual):
            with np.errstate(all="ignore"):
                whole = np.equal(np.mod(b, 1), 0)
                safe = np.where(a > 0, a, 1.0)
                general = np.where(a > 0, np.power(safe, b), np.where(a == 0, np.where(b > 0, 0.0, np.nan), np.nan))
                return np.where(whole, np.power(a.astype(float), np.where(whole, b, 1.0)), general)
        if flat.size == 1:
            return Dual(power(a.v, b), times(times(b, power(a.v, b - 1)), a.d), a.level)
    return exp(times(b, log(a)))


def integer_power(a: Value, n: int) -> Value:
    if n < 0:
        return reciprocal(integer_power(a, -n))
    result: Value | None = None
    square = a
    while n:
        if n & 1:
            result = square if result is None else times(result, square)
        n >>= 1
        if n:
            square = times(square, square)
    return result if result is not None else linear_ones(a)


def linear_ones(a: Value) -> Value:
    return np.ones_like(plain(a), dtype=float)


def choose(mask: Array, a: Value, b: Value) -> Value:
    """`a` where `mask`, else `b`; tangents follow."""
    la, lb = level_of(a), level_of(b)
    level = max(la, lb)
    if level == 0:
        return np.where(mask, plain(a), plain(b))
    av, ad = (a.v, a.d) if isinstance(a, Dual) and la == level else (a, _zero_like(a))
    bv, bd = (b.v, b.d) if isinstance(b, Dual) and lb == level else (b, _zero_like(b))
    return Dual(choose(mask, av, bv), choose(mask, ad, bd), level)


def larger(a: Value, b: Value) -> Value:
    return choose(plain(a) >= plain(b), a, b)


def smaller(a: Value, b: Value) -> Value:
    return choose(plain(a) <= plain(b), a, b)


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
        return _reciprocal(a)
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
        ds.append([each.d if isinstance(each, Dual) and each.level == level else _zero_like(each) for each in line])
    return Dual(blocks(vs), blocks(ds), level)


def eigenvalues(a: Value) -> Value:
    """Eigenvalues of a symmetric matrix, descending, as a column; dλ = vᵀ dA v, for simple eigenvalues."""
    if isinstance(a, Dual):
        if isinstance(a.v, Dual):
            raise Undefined("Second derivatives of eigenvalues are not evaluated.")
        values, vectors = np.linalg.eigh(_finite(a.v))
        values, vectors = values[..., ::-1], vectors[..., ::-1]
        tangent = linear(
            lambda d: np.diagonal(np.swapaxes(vectors, -1, -2) @ d @ vectors, axis1=-2, axis2=-1)[..., None], a.d
        )
        return Dual(values[..., None], tangent, a.level)
    return np.linalg.eigvalsh(_finite(a))[..., ::-1, None]


def singular_values(a: Value) -> Value:
    """Singular values, descending, as a column; dσ = uᵀ dA v."""
    if isinstance(a, Dual):
        if isinstance(a.v, Dual):
            raise Undefined("Second derivatives of singular values are not evaluated.")
        u, s, vt = np.linalg.svd(_finite(a.v), full_matrices=False)
        tangent = linear(
            lambda d: np.diagonal(np.swapaxes(u, -1, -2) @ d @ np.swapaxes(vt, -1, -2), axis1=-2, axis2=-1)[..., None],
            a.d,
        )
        return Dual(s[..., None], tangent, a.level)
    return np.linalg.svd(_finite(a), compute_uv=False)[..., None]


def _finite(x: Array) -> Array:
    return np.where(np.isfinite(x), x, 0.0)


def matrix_root(a: Value) -> Value:
    """The symmetric square root of a positive semidefinite matrix; R dR + dR R = dA."""
    if isinstance(a, Dual):
        root = matrix_root(a.v)
        if isinstance(root, Dual):
            raise Undefined("Second derivatives of a matrix root are not evaluated.")
        values, vectors = np.linalg.eigh(root)
        weights = values[..., :, None] + values[..., None, :]

        def solve(d: Array) -> Array:
            turned = np.swapaxes(vectors, -1, -2) @ d @ vectors
            return np.asarray(vectors @ (turned / weights) @ np.swapaxes(vectors, -1, -2))

        return Dual(root, linear(solve, a.d), a.level)
    values, vectors = np.linalg.eigh(_finite(a))
    scale = np.maximum(np.abs(values).max(axis=-1, keepdims=True), 1e-300)
    roots = np.where(values >= -1e-12 * scale, np.sqrt(np.maximum(values, 0)), np.nan)
    return np.asarray((vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2))


def matrix_exponential(a: Value) -> Value:
    if isinstance(a, Dual):
        v = plain(a.v)
        if isinstance(a.v, Dual):
            raise Undefined("Second derivatives of a matrix exponential are not evaluated.")
        d = plain(a.d)
        n = v.shape[-1]
        big = np.zeros((*np.broadcast_shapes(v.shape[:-2], d.shape[:-2]), 2 * n, 2 * n))
        big[..., :n, :n] = big[..., n:, n:] = v
        big[..., :n, n:] = d
        made = _expm(big)
        return Dual(_expm(v), made[..., :n, n:], a.level)
    return _expm(a)


def _expm(x: Array) -> Array:
    from scipy.linalg import expm

    return np.asarray(expm(x))


def matrix_power(a: Value, n: int) -> Value:
    if n < 0:
        return matrix_power(inverse(a), -n)
    result: Value = np.broadcast_to(np.eye(plain(a).shape[-1]), plain(a).shape)
    for _ in range(n):
        result = matmul(result, a)
    return result


def pseudo_inverse(a: Value) -> Value:
    """Moore–Penrose; differentiated by Golub & Pereyra (1973) at constant rank."""
    if isinstance(a, Dual):
        v = pseudo_inverse(a.v)
        eye_rows = np.eye(plain(a).shape[-2])
        eye_cols = np.eye(plain(a).shape[-1])
        at, pt, dt = transpose(a.v), transpose(v), transpose(a.d)
        left = neg(matmul(matmul(v, a.d), v))
        middle = matmul(matmul(matmul(v, pt), dt), sub(_lift(eye_rows), matmul(a.v, v)))
        right = matmul(matmul(sub(_lift(eye_cols), matmul(v, a.v)), dt), matmul(pt, v))
        _ = at
        return Dual(v, add(left, add(middle, right)), a.level)
    return np.linalg.pinv(_finite(a), rcond=1e-11)


def _lift(x: Array) -> Array:
    return x[None, None]


def rank(a: Value) -> Value:
    return np.asarray(np.linalg.matrix_rank(_finite(plain(a)), tol=None), dtype=float)[..., None, None]


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
