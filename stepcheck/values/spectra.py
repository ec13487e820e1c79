"""Eigenvalues, singular values, roots, exponentials, pseudo-inverses and ranks."""

from __future__ import annotations

import numpy as np

from .dual import Array, Dual, Undefined, Value, add, linear, matmul, neg, plain, sub, transpose


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
