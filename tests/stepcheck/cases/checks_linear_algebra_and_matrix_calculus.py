"""Checks of linear_algebra_and_matrix_calculus.jsonl: see checking.py for what a check yields.

Gradients come from differences, decompositions from LAPACK, determinants of block matrices from the assembled matrix:
no right side is computed by the formula that its note claims for the left.
"""

from itertools import pairwise

import numpy as np
from numpy.linalg import det, eigvalsh, inv, matrix_power, matrix_rank, norm, pinv, slogdet, svd
from scipy.linalg import expm, qr, sqrtm

from tests.stepcheck.cases.checking import check, curvature, slopes


def orthogonal(rng, n):
    return qr(rng.normal(size=(n, n)))[0]


def symmetric(rng, n):
    A = rng.normal(size=(n, n))
    return (A + A.T) / 2


def definite(rng, n):
    Q = orthogonal(rng, n)
    return Q @ np.diag(rng.uniform(0.4, 3, size=n)) @ Q.T


def skewed(rng, n):
    """A well-conditioned invertible matrix with positive determinant and no symmetry."""
    Q = orthogonal(rng, n)
    A = 2 * np.eye(n) + 0.4 * rng.normal(size=(n, n))
    return A if det(A) > 0.5 else Q @ np.diag(rng.uniform(1, 2, n)) @ Q.T + 0.1 * np.triu(np.ones((n, n)))


def logdet(A):
    sign, value = slogdet(A)
    assert sign > 0
    return value


def root(A):
    """The square root of a positive semidefinite matrix, by its eigenvectors."""
    values, vectors = np.linalg.eigh(A)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T


def vec(A):
    return A.reshape(-1, order="F")


def singular_values(A):
    return svd(A, compute_uv=False)


def same(left, right):
    return bool(np.allclose(left, right, atol=1e-8))


def below(A, B):
    """Whether A ⪯ B, with no room: points are drawn away from the boundary."""
    return bool(eigvalsh((B - A + (B - A).T) / 2).min() > 0)


# Families of vectors, data matrices


@check("oa-001")
@check("oa-002", count=1)
def scatter_about_the_mean(rng, count=4):
    X = rng.normal(size=(4, 3)) + 1
    mean = X.mean(axis=0)
    yield 0, 4 * np.cov(X, rowvar=False, bias=True), "=", X.T @ X - count * np.outer(mean, mean)


@check("oa-003")
@check("oa-004", factor=1)
def sum_of_pairwise_distances(rng, factor=2):
    X = rng.normal(size=(5, 3))
    pairs = sum(np.sum((a - b) ** 2) for a in X for b in X)
    middle = 2 * 5 * np.sum(X**2) - 2 * np.sum(X.sum(axis=0) ** 2)
    yield 0, pairs, "=", middle
    yield 1, middle, "=", factor * 5 * np.sum((X - X.mean(axis=0)) ** 2)


@check("oa-005")
@check("oa-006", wrong=True)
def products_of_a_matrix_of_columns(rng, wrong=False):
    X = rng.normal(size=(3, 5))
    if wrong:
        assert (X.T @ X).shape != (3, 3)
        yield 0, None, "shape", None
        return
    yield 0, X @ X.T, "=", sum(np.outer(X[:, n], X[:, n]) for n in range(5))
    for i in range(5):
        for j in range(5):
            yield 1, (X.T @ X)[i, j], "=", sum(X[k, i] * X[k, j] for k in range(3))


@check("oa-007")
@check("oa-008", factor=1)
def sum_of_squares_in_matrix_form(rng, factor=2):
    X, t, w = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    errors = sum((t[n] - sum(w[k] * X[n, k] for k in range(3))) ** 2 for n in range(5))
    yield 0, errors, "=", norm(t - X @ w) ** 2
    yield 1, norm(t - X @ w) ** 2, "=", t @ t - factor * w @ X.T @ t + w @ X.T @ X @ w


@check("oa-104")
@check("oa-105", wrong=True)
def norm_of_a_span_by_its_gram_matrix(rng, wrong=False):
    X, a = rng.normal(size=(4, 3)), rng.normal(size=4)
    K = np.array([[x @ y for y in X] for x in X])
    double = sum(a[n] * a[m] * (X[n] @ (X[n] if wrong else X[m])) for n in range(4) for m in range(4))
    yield 0, norm(a @ X) ** 2, "=", double
    yield 1, double, "=", a @ K @ a


@check("oa-128")
@check("oa-129", wrong=True)
def trace_trick(rng, wrong=False):
    X, M = rng.normal(size=(5, 3)), rng.normal(size=(3, 3))
    forms = sum(x @ M @ x for x in X)
    traces = sum(np.trace(M @ np.outer(x, x)) for x in X)
    yield 0, forms, "=", traces
    if wrong:
        assert M.shape[1] != (X @ X.T).shape[0]
        yield 1, None, "shape", None
        return
    yield 1, traces, "=", np.trace(M @ (X.T @ X))
    yield 2, np.trace(M @ (X.T @ X)), "=", np.trace(X @ M @ X.T)


@check("oa-112")
@check("oa-113", wrong=True)
def reconstruction_error_of_pca(rng, wrong=False):
    X = rng.normal(size=(6, 4))
    X = X - X.mean(axis=0)
    W = rng.normal(size=(4, 2)) if wrong else orthogonal(rng, 4)[:, :2]
    S = np.cov(X, rowvar=False, bias=True)
    for x in X:
        residual = x - W @ (W.T @ x)
        expanded = x @ x - 2 * (W.T @ x) @ (W.T @ x) + (W @ W.T @ x) @ (W @ W.T @ x)
        yield 0, residual @ residual, "=", expanded
        yield 1, expanded, "=", x @ x - x @ W @ W.T @ x
        yield 2, x @ x - x @ W @ W.T @ x, "=", norm(x) ** 2 - norm(W.T @ x) ** 2
    total = np.mean([norm(x - W @ (W.T @ x)) ** 2 for x in X])
    middle = np.mean([x @ x for x in X]) - np.mean([np.trace(np.outer(W.T @ x, x @ W)) for x in X])
    yield 3, total, "=", middle
    yield 4, middle, "=", np.trace(S) - np.trace(W.T @ S @ W)
    yield 5, np.trace(S) - np.trace(W.T @ S @ W), ">=", 0.0


# Inverses and determinants


@check("oa-009")
@check("oa-010", wrong=True)
def woodbury(rng, wrong=False):
    A, C = skewed(rng, 4), skewed(rng, 2)
    U, V = 0.3 * rng.normal(size=(4, 2)), 0.3 * rng.normal(size=(2, 4))
    middle = (C if wrong else inv(C)) + V @ inv(A) @ U
    yield 0, inv(A + U @ C @ V), "=", inv(A) - inv(A) @ U @ inv(middle) @ V @ inv(A)


@check("oa-011")
@check("oa-012", wrong=True)
def sherman_morrison_multiplied_out(rng, wrong=False):
    A, u, v, b = skewed(rng, 3), 0.4 * rng.normal(size=3), 0.4 * rng.normal(size=3), rng.normal(size=3)
    Ai, Id = inv(A), np.eye(3)
    s = 1 + v @ Ai @ u
    uv = np.outer(u, v)
    rows = [
        (A + uv) @ (Ai - Ai @ uv @ Ai / s),
        Id + uv @ Ai - (uv @ Ai + uv @ Ai @ uv @ Ai) / s,
        Id + uv @ Ai - np.outer(u, v @ Ai) * s / s,
        Id + uv @ Ai - uv @ Ai,
        Id,
    ]
    for step, (left, right) in enumerate(pairwise(rows)):
        yield step, left, "=", right
    solution = np.linalg.solve(A + uv, b)
    yield 4, solution, "=", Ai @ b - ((u @ Ai @ b) * Ai @ v if wrong else (v @ Ai @ b) * Ai @ u) / s


@check("oa-013")
@check("oa-014", wrong=True)
def sylvester_determinants(rng, wrong=False):
    A, B, lam = rng.normal(size=(2, 4)), rng.normal(size=(4, 2)), rng.uniform(-2, 2)
    yield 0, det(np.eye(2) + A @ B), "=", det(np.eye(4) + B @ A)
    p, q = (2, 4) if wrong else (4, 2)
    yield 1, lam**p * det(lam * np.eye(2) + A @ B), "=", lam**q * det(lam * np.eye(4) + B @ A)


@check("oa-015")
@check("oa-016", commuting=False)
def determinant_of_blocks(rng, commuting=True):
    A, B, D = skewed(rng, 3), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    C = 0.7 * np.eye(3) - 0.5 * A + 0.3 * A @ A if commuting else rng.normal(size=(3, 3))
    steps = [
        det(np.block([[A, B], [C, D]])),
        det(A) * det(D - C @ inv(A) @ B),
        det(A @ D - A @ C @ inv(A) @ B),
        det(A @ D - C @ B),
    ]
    for step, (left, right) in enumerate(pairwise(steps)):
        yield step, left, "=", right


@check("oa-017")
@check("oa-018", sign=1)
def inverse_of_a_block_triangle(rng, sign=-1):
    A, D, B = skewed(rng, 2), skewed(rng, 3), rng.normal(size=(2, 3))
    left = inv(np.block([[A, B], [np.zeros((3, 2)), D]]))
    yield 0, left, "=", np.block([[inv(A), sign * inv(A) @ B @ inv(D)], [np.zeros((3, 2)), inv(D)]])


@check("oa-019")
@check("oa-020", wrong=True)
def definiteness_by_schur_complement(rng, wrong=False):
    A, C, B = definite(rng, 2), symmetric(rng, 2) + 2 * np.eye(2), rng.normal(size=(2, 2))
    whole = below(np.zeros((4, 4)), np.block([[A, B], [B.T, C]]))
    part = below(np.zeros((2, 2)), C - (B @ inv(A) @ B.T if wrong else B.T @ inv(A) @ B))
    yield 0, whole, "holds", part
    yield 0, part, "holds", whole


@check("oa-068")
@check("oa-069", wrong=True)
def push_through(rng, wrong=False):
    X, lam = rng.normal(size=(4, 3)), rng.uniform(0.2, 3)
    left = np.linalg.solve(X.T @ X + lam * np.eye(3), X.T)
    yield 0, left, "=", X.T @ inv(X @ X.T + lam * np.eye(4))
    yield 1, X @ left, "=", np.eye(4) - (1 if wrong else lam) * inv(X @ X.T + lam * np.eye(4))


@check("oa-072")
@check("oa-073", wrong=True)
def vandermonde(rng, wrong=False):
    a, b, c = rng.normal(size=3)
    left = det(np.vander([a, b, c], increasing=True))
    yield 0, left, "=", (b - a) * (c - a) * ((b - c) if wrong else (c - b))


@check("oa-074")
@check("oa-075", factor=1)
def cayley_hamilton_of_two(rng, factor=0.5):
    A = rng.normal(size=(2, 2))
    yield 0, A @ A - np.trace(A) * A + det(A) * np.eye(2), "=", np.zeros((2, 2))
    yield 1, det(A), "=", factor * (np.trace(A) ** 2 - np.trace(A @ A))


@check("oa-084")
@check("oa-085", wrong=True)
def forms_of_the_kalman_update(rng, wrong=False):
    P, R, H = definite(rng, 3), definite(rng, 2), rng.normal(size=(2, 3))
    K = P @ H.T @ inv(H @ P @ H.T + R)
    Id = np.eye(3)
    second = P - P @ H.T @ inv(H @ P @ H.T + R) @ H @ P
    third = inv(inv(P) + H.T @ inv(R) @ H)
    yield 0, (Id - K @ H) @ P, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", (Id - K @ H) @ P @ (Id - K @ H).T + (0 if wrong else K @ R @ K.T)


@check("oa-096")
@check("oa-097", start=1)
def neumann_series(rng, start=0):
    A = rng.normal(size=(3, 3))
    A *= rng.uniform(0.2, 0.8) / norm(A, 2)
    left = inv(np.eye(3) - A)
    yield 0, left, "=", sum(matrix_power(A, k) for k in range(start, 200))
    yield 1, norm(left, 2), "<=", 1 / (1 - norm(A, 2))


@check("oa-098")
@check("oa-099", shift=0)
def finite_geometric_series(rng, shift=1):
    A, K = rng.normal(size=(3, 3)), int(rng.integers(1, 5))
    A *= 0.6 / norm(A, 2)
    left = sum(matrix_power(A, k) for k in range(K + 1))
    yield 0, left, "=", (np.eye(3) - matrix_power(A, K + shift)) @ inv(np.eye(3) - A)


# Norms, singular values, eigenvalues, orderings


@check("oa-021")
@check("oa-022", wrong=True)
def chain_of_matrix_norms(rng, wrong=False):
    A = rng.normal(size=(4, 3))
    if rng.random() < 0.5:
        A[:, 2] = A[:, 0]
    yield 0, norm(A, 2), "<=", norm(A)
    yield 1, norm(A), "<=", norm(A, "nuc")
    yield 2, np.trace(root(A.T @ A)), "=", singular_values(A).sum()
    yield 3, norm(A, "nuc"), "<=", np.sqrt(matrix_rank(A)) * (norm(A, 2) if wrong else norm(A))


@check("oa-023")
@check("oa-024", general=True)
def spectral_norm_below_row_sums(rng, general=False):
    A = rng.normal(size=(3, 3)) * np.array([[1.0], [1.0], [1.0]]) if general else symmetric(rng, 3)
    if general and rng.random() < 0.5:
        A = np.outer(rng.normal(size=3), [1.0, 0.1, 0.0])
    yield 0, norm(A, 2), "<=", max(sum(abs(A[i, j]) for j in range(3)) for i in range(3))


@check("oa-025")
@check("oa-026", relation="<=")
def weyl(rng, relation=">="):
    A, B, x = symmetric(rng, 3), symmetric(rng, 3), rng.normal(size=3)
    yield 0, eigvalsh(A)[0] * (x @ x), "<=", x @ A @ x
    yield 1, x @ A @ x, "<=", eigvalsh(A)[-1] * (x @ x)
    yield 2, eigvalsh(A + B)[0], relation, eigvalsh(A)[0] + eigvalsh(B)[0]


@check("oa-027")
@check("oa-028", wrong=True)
def squared_singular_values(rng, wrong=False):
    A = rng.normal(size=(3, 3) if wrong else (4, 3))
    trace = np.trace(A @ A) if wrong else np.trace(A.T @ A)
    yield 0, np.sum(singular_values(A) ** 2), "=", trace
    yield 1, trace, "=", sum(a * a for a in A.flat)


@check("oa-029")
@check("oa-030", wrong=True)
def functions_of_a_spectral_decomposition(rng, wrong=False):
    Q, lam = orthogonal(rng, 3), rng.uniform(0.3, 4, size=3)
    A = Q @ np.diag(lam) @ Q.T
    yield 0, np.real(sqrtm(A)), "=", Q @ np.diag(np.sqrt(lam)) @ Q.T
    yield 1, inv(A), "=", Q @ np.diag(1 / lam) @ Q.T
    yield 2, np.trace(np.real(sqrtm(A))), "=", np.sqrt(lam.sum()) if wrong else np.sqrt(lam).sum()
    yield 3, np.log(det(A)), "=", np.log(lam).sum()


@check("oa-031")
@check("oa-032", power=1)
def thin_singular_value_decomposition(rng, power=2):
    U, V = orthogonal(rng, 5)[:, :2], orthogonal(rng, 3)[:, :2]
    s = rng.uniform(0.4, 3, size=2)
    A = U @ np.diag(s) @ V.T
    yield 0, pinv(A), "=", V @ np.diag(1 / s) @ U.T
    yield 1, A @ pinv(A), "=", U @ U.T
    yield 2, pinv(A) @ A, "=", V @ V.T
    yield 3, A @ A.T, "=", U @ np.diag(s**power) @ U.T


@check("oa-048")
@check("oa-049", wrong=True)
def rank_of_a_product(rng, wrong=False):
    m, n, p = rng.integers(1, 5, size=3)
    A, B = rng.integers(-1, 2, size=(m, n)), rng.integers(-1, 2, size=(n, p))
    a, b, ab = matrix_rank(A), matrix_rank(B), matrix_rank(A @ B)
    yield 0, a + b - (m if wrong else n), "<=", ab
    yield 1, ab, "<=", min(a, b)


@check("oa-050")
@check("oa-051", wrong=True)
def loewner_and_powers(rng, wrong=False):
    A = definite(rng, 2)
    u = rng.normal(size=2)
    B = A + 3 * np.outer(u, u) + 1e-3 * np.eye(2)
    yield 0, below(A, B), "holds", below(A @ A, B @ B) if wrong else below(root(A), root(B))


@check("oa-052")
@check("oa-053", swapped=True)
def bounds_between_multiples_of_the_identity(rng, swapped=False):
    mu = rng.uniform(0.2, 1)
    L = mu + rng.uniform(0.1, 3)
    Q, x = orthogonal(rng, 3), rng.normal(size=3)
    A = Q @ np.diag(rng.uniform(mu, L, size=3)) @ Q.T
    yield 0, mu * (x @ x), "<=", x @ A @ x
    yield 1, x @ A @ x, "<=", L * (x @ x)
    low, high = (1 / mu, 1 / L) if swapped else (1 / L, 1 / mu)
    yield 2, low * np.eye(3), "psd<=", inv(A)
    yield 3, inv(A), "psd<=", high * np.eye(3)


@check("oa-054")
@check("oa-055", wrong=True)
def cauchy_schwarz_in_a_metric(rng, wrong=False):
    x, y, M = rng.normal(size=3), rng.normal(size=3), definite(rng, 3)
    if wrong and rng.random() < 0.5:
        M, y = 0.2 * M, x
    yield 0, (x @ y) ** 2, "<=", (x @ M @ x) * (y @ (M if wrong else inv(M)) @ y)


@check("oa-056")
@check("oa-057", wrong=True)
def hadamard(rng, wrong=False):
    A = rng.normal(size=(3, 3))
    A = A + A.T if wrong else A @ A.T
    if wrong and rng.random() < 0.5:
        A = np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]])
    yield 0, det(A), "<=", np.prod(np.abs(np.diag(A)))


@check("oa-076")
@check("oa-077", wrong=True)
def equivalence_of_vector_norms(rng, wrong=False):
    n = int(rng.integers(1, 6))
    x = np.full(n, 1.7) if rng.random() < 0.3 else rng.normal(size=n)
    values = [
        np.abs(x).max(),
        np.sqrt(np.sum(x * x)),
        np.abs(x).sum(),
        np.sqrt(n) * np.sqrt(np.sum(x * x)),
        (np.sqrt(n) if wrong else n) * np.abs(x).max(),
    ]
    for step, (left, right) in enumerate(pairwise(values)):
        yield step, left, "<=", right


@check("oa-078")
@check("oa-079", wrong=True)
def induced_norms(rng, wrong=False):
    A, x = rng.normal(size=(3, 4)), rng.normal(size=4)
    # the maximum of a convex function over a ball is at a corner of the ball
    one = max(np.abs(A @ e).sum() for e in np.eye(4))
    corners = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1)
    infinity = np.abs(A @ corners).max()
    columns, rows = np.abs(A).sum(axis=0).max(), np.abs(A).sum(axis=1).max()
    yield 0, one, "=", rows if wrong else columns
    yield 1, infinity, "=", columns if wrong else rows
    yield 2, np.abs(A @ x).max(), "<=", infinity * np.abs(x).max()


@check("oa-088")
@check("oa-089", wrong=True)
def inversion_is_convex_and_decreasing(rng, wrong=False):
    A, B = definite(rng, 3), definite(rng, 3)
    yield 0, inv((A + B) / 2), "psd<=", (inv(A) + inv(B)) / 2
    yield 1, inv(A + B), "psd>=" if wrong else "psd<=", inv(A)


@check("oa-090")
@check("oa-091", relation="<=")
def log_determinant_is_concave(rng, relation=">="):
    A, B = definite(rng, 3), definite(rng, 3)
    yield 0, logdet((A + B) / 2), relation, (np.log(eigvalsh(A)).sum() + np.log(eigvalsh(B)).sum()) / 2


@check("oa-092")
@check("oa-093", wrong=True)
def fidelity_and_geometric_mean(rng, wrong=False):
    A, B = definite(rng, 3), definite(rng, 3)
    a, b = root(A), root(B)
    fidelity = np.sum(np.sqrt(np.real(np.linalg.eigvals(A @ B))))
    yield 0, fidelity, "=", np.trace(a @ b) if wrong else np.trace(root(b @ A @ b))
    yield 1, a @ root(inv(a) @ B @ inv(a)) @ a, "=", np.real(A @ sqrtm(inv(A) @ B))
    yield 1, b @ root(inv(b) @ A @ inv(b)) @ b, "=", np.real(A @ sqrtm(inv(A) @ B))


@check("oa-094")
@check("oa-095", wrong=True)
def trace_duality(rng, wrong=False):
    A, B = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    if rng.random() < 0.5:
        A = B = orthogonal(rng, 3)
    yield 0, abs(np.sum(A * B)), "<=", norm(A, 2) * (norm(B) if wrong else singular_values(B).sum())
    yield 1, norm(A @ B), "<=", norm(A, 2) * norm(B)


@check("oa-102")
@check("oa-103", factor=1.0)
def graph_laplacian(rng, factor=0.5):
    W = rng.uniform(0, 2, size=(4, 4))
    W, f = (W + W.T) / 2, rng.normal(size=4)
    L = np.diag(W.sum(axis=1)) - W
    second = sum(W[i].sum() * f[i] ** 2 for i in range(4)) - sum(
        W[i, j] * f[i] * f[j] for i in range(4) for j in range(4)
    )
    third = factor * sum(W[i, j] * (f[i] - f[j]) ** 2 for i in range(4) for j in range(4))
    yield 0, f @ L @ f, "=", second
    yield 1, second, "=", third
    yield 2, third, ">=", 0.0


@check("oa-106")
@check("oa-107", wrong=True)
def variance_under_a_probability_vector(rng, wrong=False):
    p = rng.uniform(0.1, 2, size=3) if wrong else rng.dirichlet(np.ones(3))
    v = np.full(3, 1.3) if rng.random() < 0.5 else rng.normal(size=3)
    right = sum(p[k] * v[k] ** 2 for k in range(3)) - sum(p[k] * v[k] for k in range(3)) ** 2
    yield 0, v @ (np.diag(p) - np.outer(p, p)) @ v, "=", right
    yield 1, right, ">=", 0.0


@check("oa-118")
@check("oa-119", power=1)
def condition_number(rng, power=2):
    A = rng.normal(size=(3, 3)) + 2 * np.eye(3)
    kappa = norm(A, 2) * norm(inv(A), 2)
    s = np.sqrt(eigvalsh(A.T @ A))
    yield 0, kappa, "=", s[-1] / s[0]
    yield 1, s[-1] / s[0], ">=", 1.0
    yield 2, norm(A.T @ A, 2) * norm(inv(A.T @ A), 2), "=", kappa**power


@check("oa-120")
@check("oa-121", relation="=")
def ranks_of_products_with_itself(rng, relation="<="):
    A = rng.integers(-1, 2, size=(3, 3))
    if rng.random() < 0.4:
        A = np.triu(A, 1)
    rank = matrix_rank(A)
    yield 0, matrix_rank(A.T @ A), "=", rank
    yield 1, rank, "=", matrix_rank(A @ A.T)
    yield 2, matrix_rank(A @ A), relation, rank


@check("oa-122")
@check("oa-123", unit=False)
def an_eigenpair(rng, unit=True):
    A = symmetric(rng, 3)
    values, vectors = np.linalg.eigh(A)
    k = rng.integers(3)
    v = vectors[:, k] * (1 if unit else rng.uniform(1.5, 3))
    yield 0, v @ A @ v, "=", values[k]
    yield 1, (A - values[k] * np.outer(v, v)) @ v, "=", np.zeros(3)


@check("oa-124")
@check("oa-125", wrong=True)
def minkowski_determinant(rng, wrong=False):
    if wrong:
        A, B = -definite(rng, 2), definite(rng, 2)
        assert det(A) > 0
        assert det(B) > 0
    else:
        A, B = (G @ G.T for G in rng.normal(size=(2, 3, rng.integers(1, 4))))
    yield 0, det(A + B), ">=", det(A) + det(B)


@check("oa-200")
@check("oa-201", wrong=True)
def spectral_norm_and_largest_eigenvalue(rng, wrong=False):
    A = symmetric(rng, 3) if wrong else definite(rng, 3)
    yield 0, norm(A, 2), "=", eigvalsh(A)[-1]
    yield 1, eigvalsh(A)[-1], "<=", sum(A[i, i] for i in range(3))


@check("oa-202")
@check("oa-203", wrong=True)
def singular_values_of_an_inverse(rng, wrong=False):
    M = rng.normal(size=(3, 3)) + 2 * np.eye(3)
    s = singular_values(M)
    yield 0, norm(inv(M), 2), "=", 1 / (s[0] if wrong else s[-1])
    yield 1, s**2, "=", eigvalsh(M.T @ M)[::-1]
    yield 2, abs(det(M)), "=", np.prod(s)


@check("oa-221")
@check("oa-222", general=True)
def traces_of_products(rng, general=False):
    A, B = (rng.normal(size=(3, 3)) for _ in range(2)) if general else (symmetric(rng, 3), symmetric(rng, 3))
    yield 0, np.trace(A @ B @ A @ B), "<=", np.trace(A @ A @ B @ B)
    yield 1, np.trace(A @ B) ** 2, "<=", np.trace(A @ A) * np.trace(B @ B)


@check("oa-225")
@check("oa-226", unit=False)
def residual_of_a_rank_one_fit(rng, unit=True):
    A, u, v = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=4)
    if unit:
        u, v = u / norm(u), v / norm(v)
    inner = u @ A @ v
    left = norm(A - inner * np.outer(u, v)) ** 2
    yield 0, left, "=", norm(A) ** 2 - inner**2
    yield 1, norm(A) ** 2 - inner**2, ">=", norm(A) ** 2 - singular_values(A)[0] ** 2


# Projections, pseudo-inverses, factorisations


@check("oa-033")
@check("oa-034", wrong=True)
def hat_matrix(rng, wrong=False):
    X = rng.normal(size=(5, 2))
    Q = qr(X, mode="economic")[0]
    H = Q @ Q.T
    assert same(H, X @ inv(X.T @ X) @ X.T)
    yield 0, H @ H, "=", H
    if wrong:
        assert X.shape[1] != H.shape[0]
        yield 1, None, "shape", None
        return
    yield 1, H @ X, "=", X
    yield 2, np.trace(H), "=", 2.0
    yield 3, np.trace(np.eye(5) - H), "=", 5.0 - 2.0


@check("oa-035")
@check("oa-036", oblique=True)
def pythagoras_of_a_projection(rng, oblique=False):
    Q, x = orthogonal(rng, 3), rng.normal(size=3)
    P = Q[:, :2] @ Q[:, :2].T
    if oblique:
        T = skewed(rng, 3)
        P = T @ np.diag([1.0, 1.0, 0.0]) @ inv(T)
    assert same(P @ P, P)
    yield 0, x @ x, "=", norm(P @ x) ** 2 + norm(x - P @ x) ** 2


@check("oa-037")
@check("oa-038", shapes=((2, 3), (3, 4)))
def pseudo_inverse_of_a_product(rng, shapes=((4, 2), (2, 3))):
    A, B = rng.normal(size=shapes[0]), rng.normal(size=shapes[1])
    yield 0, pinv(A @ B), "=", pinv(B) @ pinv(A)


@check("oa-064")
@check("oa-065", value=1.0)
def householder(rng, value=-1.0):
    v = rng.normal(size=3)
    H = np.eye(3) - 2 * np.outer(v, v) / (v @ v)
    yield 0, H.T @ H, "=", H @ H
    yield 1, H @ H, "=", np.eye(3)
    yield 2, H @ v, "=", -v
    yield 3, det(H), "=", value


@check("oa-066")
@check("oa-067", wrong=True)
def cayley_transform(rng, wrong=False):
    G, Id = rng.normal(size=(3, 3)), np.eye(3)
    A = G - G.T
    Q = (Id - A) @ inv(Id + A)
    rows = [
        Q.T @ Q,
        inv(Id + A).T @ (Id - A).T @ (Id - A) @ inv(Id + A),
        inv(Id + A.T) @ (Id - A.T) @ (Id - A) @ inv(Id + A),
        inv(Id - A) @ (Id - A if wrong else Id + A) @ (Id - A) @ inv(Id + A),
        inv(Id - A) @ (Id - A) @ (Id + A) @ inv(Id + A),
        Id,
    ]
    for step, (left, right) in enumerate(pairwise(rows)):
        yield step, left, "=", right


@check("oa-070")
@check("oa-071", wrong=True)
def least_squares_by_qr(rng, wrong=False):
    A = rng.normal(size=(5, 3))
    Q, R = qr(A, mode="economic")
    yield 0, A.T @ A, "=", R.T @ R
    yield 1, pinv(A), "=", (inv(R).T if wrong else inv(R)) @ Q.T
    yield 2, det(A.T @ A), "=", np.prod(np.diag(R) ** 2)


@check("oa-100")
@check("oa-101", power=4)
def one_step_of_gram_schmidt(rng, power=2):
    x, y = rng.normal(size=3), rng.normal(size=3)
    u = y - (x @ y) / (x @ x) * x
    middle = x @ y - (x @ y) / (x @ x) * (x @ x)
    yield 0, x @ u, "=", middle
    yield 1, middle, "=", 0.0
    expanded = y @ y - 2 * (x @ y) ** 2 / norm(x) ** 2 + (x @ y) ** 2 / norm(x) ** power
    yield 2, u @ u, "=", expanded
    yield 3, expanded, "=", y @ y - (x @ y) ** 2 / (x @ x)
    yield 4, y @ y - (x @ y) ** 2 / (x @ x), ">=", 0.0


@check("oa-108")
@check("oa-109", wrong=True)
def generalised_least_squares(rng, wrong=False):
    X, y, Omega = rng.normal(size=(5, 2)), rng.normal(size=5), definite(rng, 5)
    beta = np.linalg.solve(X.T @ inv(Omega) @ X, X.T @ inv(Omega) @ y)
    yield 0, X.T @ (np.eye(5) if wrong else inv(Omega)) @ (y - X @ beta), "=", np.zeros(2)
    half = inv(root(Omega))
    yield 1, beta, "=", np.linalg.lstsq(half @ X, half @ y)[0]


@check("oa-110")
@check("oa-111", intercept=False)
def analysis_of_variance(rng, intercept=True):
    X, y = rng.normal(size=(6, 3)), rng.normal(size=6) + 1
    if intercept:
        X[:, 0] = 1
    fitted = X @ np.linalg.lstsq(X, y)[0]
    yield 0, np.sum(y - fitted), "=", 0.0
    yield 1, np.sum((y - y.mean()) ** 2), "=", np.sum((y - fitted) ** 2) + np.sum((fitted - y.mean()) ** 2)


@check("oa-126")
@check("oa-127", wrong=True)
def whitening(rng, wrong=False):
    S = definite(rng, 3)
    L, half = np.linalg.cholesky(S), inv(root(S))
    yield 0, half @ S @ half, "=", np.eye(3)
    yield 1, (inv(L).T @ S @ inv(L)) if wrong else (inv(L) @ S @ inv(L).T), "=", np.eye(3)


@check("oa-196")
@check("oa-197", sign=-1)
def volume_of_a_parallelepiped(rng, sign=1):
    A = skewed(rng, 3)
    if sign < 0 and rng.random() < 0.5:
        A = A[[1, 0, 2]]
    yield 0, np.sqrt(det(A.T @ A)), "=", det(A)


@check("oa-198")
@check("oa-199", wrong=True)
def root_of_a_square(rng, wrong=False):
    G = rng.normal(size=(3, 2))
    A = symmetric(rng, 3) if wrong else G @ G.T
    yield 0, root(A @ A), "=", A


# Entries, Kronecker, diagonals, exponentials


@check("oa-039")
@check("oa-040", wrong=0)
@check("oa-041", wrong=1)
def kronecker_products(rng, wrong=None):
    A, B, X = rng.normal(size=(2, 2)), rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    yield 0, vec(A @ X @ B), "=", np.kron(B if wrong == 0 else B.T, A) @ vec(X)
    p, q = (2, 3) if wrong == 1 else (3, 2)
    yield 1, det(np.kron(A, B)), "=", det(A) ** p * det(B) ** q
    yield 2, np.trace(np.kron(A, B)), "=", np.trace(A) * np.trace(B)


@check("oa-042")
@check("oa-043", wrong=True)
def diagonals_both_ways(rng, wrong=False):
    A, B, x, y = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    hadamard_applied = np.array([sum(A[i, j] * B[i, j] * x[j] for j in range(3)) for i in range(3)])
    yield 0, np.diag(x) @ y, "=", x * y
    yield 1, np.diag(A @ np.diag(x) @ (B if wrong else B.T)), "=", hadamard_applied
    yield 2, y @ hadamard_applied, "=", np.trace(np.diag(y) @ A @ np.diag(x) @ B.T)


@check("oa-044")
@check("oa-045", commuting=False)
def exponential_of_a_sum(rng, commuting=True):
    A, B = 0.6 * rng.normal(size=(3, 3)), 0.6 * rng.normal(size=(3, 3))
    if commuting:
        B = 0.3 * np.eye(3) - A + 0.2 * A @ A
    yield 0, expm(A + B), "=", expm(A) @ expm(B)


@check("oa-046")
@check("oa-047", sign=-1)
def derivatives_of_exponentials(rng, sign=1):
    A, B, t = 0.6 * rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.uniform(-1, 1)
    yield 0, det(expm(A)), "=", np.exp(np.trace(A))
    yield 1, slopes(lambda s: expm(s * A), t), "=", A @ expm(t * A)
    left = slopes(lambda s: expm(s * A) @ B @ expm(-s * A), t)
    yield 2, left, "=", sign * expm(t * A) @ (A @ B - B @ A) @ expm(-t * A)


@check("oa-058")
@check("oa-059", wrong=True)
def products_in_components(rng, wrong=False):
    A, B = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    e = np.eye(3)
    for i in range(3):
        for j in range(3):
            yield 0, (A @ B)[i, j], "=", sum(A[i, k] * B[k, j] for k in range(3))
            right = sum(A[i, k] * B[j, k] if wrong else A[k, i] * B[k, j] for k in range(3))
            yield 1, (A.T @ B)[i, j], "=", right
            yield 2, e[i] @ A @ e[j], "=", A[i, j]
    yield 3, np.ones(3) @ A @ np.ones(3), "=", A.sum()


@check("oa-060")
@check("oa-061", wrong=True)
def centering(rng, wrong=False):
    n = int(rng.integers(2, 6))
    x, C = rng.normal(size=n), np.eye(n) - np.full((n, n), 1 / n)
    yield 0, C @ C, "=", C
    yield 1, C @ np.ones(n), "=", np.zeros(n)
    yield 2, C @ x, "=", x - x.mean()
    yield 3, np.var(x, ddof=1), "=", x @ C @ x / (n if wrong else n - 1)


@check("oa-062")
@check("oa-063", sign=-1)
def plane_rotations(rng, sign=1):
    a, b, theta = rng.uniform(-3, 3, size=3)

    def R(angle):
        z = np.exp(1j * angle)
        return np.array([[z.real, -z.imag], [z.imag, z.real]])

    yield 0, R(a) @ R(b), "=", R(a + sign * b)
    yield 1, R(theta).T, "=", R(-theta)
    yield 2, det(R(theta)), "=", 1.0


@check("oa-080")
@check("oa-081", general=True)
def completing_the_square(rng, general=False):
    A = skewed(rng, 3) if general else symmetric(rng, 3) + 3 * np.eye(3)
    b, x = rng.normal(size=3), rng.normal(size=3)
    m = np.linalg.solve(A, b)
    middle = x @ A @ x / 2 - m @ A @ x / 2 - x @ A @ m / 2
    yield 0, x @ A @ x / 2 - b @ x, "=", middle
    yield 1, middle, "=", (x - m) @ A @ (x - m) / 2 - b @ inv(A) @ b / 2


@check("oa-082")
@check("oa-083", wrong=True)
def sum_of_two_quadratics(rng, wrong=False):
    A, B = definite(rng, 3), definite(rng, 3)
    x, a, b = rng.normal(size=(3, 3))
    c = np.linalg.solve(A + B, A @ a + B @ b)
    middle = inv(A) + inv(B) if wrong else inv(inv(A) + inv(B))
    left = (x - a) @ A @ (x - a) + (x - b) @ B @ (x - b)
    yield 0, left, "=", (x - c) @ (A + B) @ (x - c) + (a - b) @ middle @ (a - b)


@check("oa-086")
@check("oa-087", wrong=True)
def gradient_descent_contracts(rng, wrong=False):
    A, b, x, eta = definite(rng, 3), rng.normal(size=3), rng.normal(size=3), rng.uniform(0.05, 3)
    best = np.linalg.solve(A, b)
    after = x - eta * slopes(lambda z: z @ A @ z / 2 - b @ z, x)
    yield 0, after - best, "=", (np.eye(3) - eta * A) @ (x - best)
    rate = 1 - eta * eigvalsh(A)[0] if wrong else norm(np.eye(3) - eta * A, 2)
    yield 1, norm(after - best), "<=", rate * norm(x - best)


@check("oa-114")
@check("oa-115", sign=-1)
def symmetric_and_antisymmetric_parts(rng, sign=1):
    B, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    S, K = (B + B.T) / 2, (B - B.T) / 2
    yield 0, B, "=", S + K
    yield 1, np.trace(S @ K), "=", 0.0
    yield 2, x @ B @ x, "=", x @ S @ x
    yield 3, np.sum(B**2), "=", np.sum(S**2) + sign * np.sum(K**2)


@check("oa-116")
@check("oa-117", wrong=True)
def solving_by_the_normal_equations(rng, wrong=False):
    A, x = rng.normal(size=(3, 3)) + 2 * np.eye(3), rng.normal(size=3)
    b = A @ x
    yield 0, A.T @ A @ x, "=", A.T @ b
    yield 1, x, "=", np.linalg.lstsq(A, b)[0]
    yield 2, norm(x), "<=", norm(b) / norm(A, 2) if wrong else norm(inv(A), 2) * norm(b)


@check("oa-211")
@check("oa-212", wrong=True)
def a_matrix_of_numbers(rng, wrong=False):
    A = np.array([[2.0, 1], [1, 2]])
    yield 0, det(A), "=", 3.0
    yield 1, inv(A), "=", np.array([[2.0, -1], [-1, 2]]) / 3
    yield 2, A @ [1, -1], "=", np.array([-1, 1]) if wrong else np.array([1, -1])
    yield 3, eigvalsh(A)[-1], "=", 3.0


@check("oa-215")
@check("oa-216", factor=1)
def twice_the_symmetric_part(rng, factor=2):
    A, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    M = A + A.T
    yield 0, M, "=", M.T
    yield 1, x @ M @ x, "=", factor * sum(x[i] * A[i, j] * x[j] for i in range(3) for j in range(3))


@check("oa-217")
@check("oa-218", wrong=True)
def lagrange_identity(rng, wrong=False):
    x, y = rng.normal(size=4), rng.normal(size=4)
    pairs = [(i, j) for i in range(4) for j in range(4) if (i != j if wrong else i < j)]
    yield 0, (x @ x) * (y @ y) - (x @ y) ** 2, "=", sum((x[i] * y[j] - x[j] * y[i]) ** 2 for i, j in pairs)


@check("oa-219")
@check("oa-220", factor=0.5)
def adjoint_and_polarisation(rng, factor=0.25):
    A, u, v, w = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=2), rng.normal(size=3)
    yield 0, sum((A @ u) * v), "=", sum(u * (A.T @ v))
    yield 1, sum(u * w), "=", factor * (norm(u + w) ** 2 - norm(u - w) ** 2)
    yield 2, abs(norm(u) - norm(w)), "<=", norm(u - w)


@check("oa-223")
@check("oa-224", wrong=True)
def weighted_least_squares(rng, wrong=False):
    X, y, beta, omega = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=2), rng.uniform(0.2, 3, size=4)
    W, r = np.diag(omega), y - X @ beta
    total = sum(omega[i] * (y[i] - X[i] @ beta) ** 2 for i in range(4))
    yield 0, r @ W @ r, "=", total
    yield 1, total, "=", norm((W if wrong else root(W)) @ r) ** 2


# Matrix calculus


@check("oa-130")
@check("oa-131", wrong=True)
def gradient_of_a_quadratic_form(rng, wrong=False):
    B, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    yield 0, slopes(lambda z: z @ B @ z, x), "=", 2 * B @ x if wrong else (B + B.T) @ x


@check("oa-132")
@check("oa-133", factor=2)
def gradients_of_least_squares(rng, factor=1):
    A, b, x = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
    r = A @ x - b
    yield 0, slopes(lambda z: np.sum((A @ z - b) ** 2) / 2, x), "=", A.T @ r
    yield 1, slopes(lambda z: norm(A @ z - b), x), "=", A.T @ r / (factor * norm(r))


@check("oa-134")
@check("oa-135", wrong=True)
def derivatives_of_determinants(rng, wrong=False):
    X = skewed(rng, 3)
    yield 0, slopes(logdet, X), "=", inv(X) if wrong else inv(X).T
    yield 1, slopes(det, X), "=", det(X) * inv(X).T


@check("oa-136")
@check("oa-137", wrong=True)
def derivative_of_a_trace_of_an_inverse(rng, wrong=False):
    X, A = skewed(rng, 3), rng.normal(size=(3, 3))
    yield 0, slopes(lambda Z: np.trace(A @ inv(Z)), X), "=", -inv(X).T @ (A if wrong else A.T) @ inv(X).T


@check("oa-138")
@check("oa-139", wrong=True)
def derivatives_at_a_symmetric_matrix(rng, wrong=False):
    X, A, v = definite(rng, 3), rng.normal(size=(3, 3)), rng.normal(size=3)
    yield 0, slopes(lambda Z: np.trace(A @ Z), X), "=", A if wrong else A.T
    yield 1, slopes(logdet, X), "=", inv(X)
    yield 2, slopes(lambda Z: v @ inv(Z) @ v, X), "=", -np.outer(inv(X) @ v, inv(X) @ v)


def along(f, X, dX):
    """The differential of `f` at `X` for the increment `dX`."""
    return slopes(lambda s: f(X + s * dX), 0.0)


@check("oa-140")
@check("oa-141", wrong=True)
def differential_of_the_inverse(rng, wrong=False):
    X, dX = skewed(rng, 3), rng.normal(size=(3, 3))
    yield 0, along(inv, X, dX), "=", -inv(X @ X) @ dX if wrong else -inv(X) @ dX @ inv(X)
    yield 1, along(logdet, X, dX), "=", np.trace(inv(X) @ dX)
    yield 2, along(lambda Z: np.trace(inv(Z)), X, dX), "=", -np.trace(inv(X @ X) @ dX)


@check("oa-142")
@check("oa-143", wrong=True)
def log_determinant_by_differentials(rng, wrong=False):
    X, dX = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    G = inv(X.T @ X)
    values = [
        along(lambda Z: logdet(Z.T @ Z), X, dX),
        np.trace(G @ along(lambda Z: Z.T @ Z, X, dX)),
        np.trace(G @ (dX.T @ X + X.T @ dX)),
        2 * np.trace(G @ X.T @ dX),
    ]
    for step, (left, right) in enumerate(pairwise(values)):
        yield step, left, "=", right
    gradient = slopes(lambda Z: logdet(Z.T @ Z), X)
    if wrong:
        assert gradient.shape != (G @ X.T).shape
        yield 3, None, "shape", None
        return
    yield 3, gradient, "=", 2 * X @ G
    yield 4, 2 * X @ G, "=", 2 * pinv(X).T


@check("oa-144")
@check("oa-145", normalised=False)
def softmax_and_cross_entropy(rng, normalised=True):
    z, y = rng.normal(size=3), rng.uniform(0.1, 1, size=3)
    if normalised:
        y = y / y.sum()

    def softmax(a):
        return np.exp(a) / np.exp(a).sum()

    p = softmax(z)
    J = slopes(softmax, z)
    delta = np.eye(3)
    gradient = slopes(lambda a: -np.sum(y * np.log(softmax(a))), z)
    for j in range(3):
        for i in range(3):
            yield 0, J[i, j], "=", p[i] * (delta[i, j] - p[j])
        expanded = -sum(y[k] / p[k] * p[k] * (delta[k, j] - p[j]) for k in range(3))
        yield 2, gradient[j], "=", expanded
        yield 3, expanded, "=", p[j] * y.sum() - y[j]
        yield 4, p[j] * y.sum() - y[j], "=", p[j] - y[j]
    yield 1, J, "=", np.diag(p) - np.outer(p, p)


@check("oa-146")
@check("oa-147", power=1)
def jacobian_of_normalisation(rng, power=2):
    x = rng.normal(size=3) * rng.uniform(0.5, 2) + 1
    J = slopes(lambda z: z / norm(z), x)
    yield 0, J, "=", (np.eye(3) - np.outer(x, x) / norm(x) ** power) / norm(x)


@check("oa-148")
@check("oa-149", wrong=True)
def logistic_regression(rng, wrong=False):
    X, y, w = rng.normal(size=(5, 3)), rng.choice([-1, 1], size=5), rng.normal(size=3)

    def loss(v):
        return sum(np.log(1 + np.exp(-y[n] * (v @ X[n]))) for n in range(5))

    def sigmoid(a):
        return (1 + np.tanh(a / 2)) / 2

    exps = np.exp(-y * (X @ w))
    first = -X.T @ (y * exps / (1 + exps))
    yield 0, slopes(loss, w), "=", first
    yield 1, first, "=", -sum(y[n] * sigmoid((1 if wrong else -1) * y[n] * (w @ X[n])) * X[n] for n in range(5))
    s = sigmoid(-y * (X @ w))
    second = X.T @ np.diag(s * (1 - s)) @ X
    third = sum(sigmoid(w @ x) * sigmoid(-w @ x) * np.outer(x, x) for x in X)
    yield 2, curvature(loss, w), "=", second
    yield 3, second, "=", third
    yield 4, third, "psd>=", np.zeros((3, 3))


@check("oa-150")
@check("oa-151", wrong="transpose")
@check("oa-152", wrong="derivative")
def back_propagation(rng, wrong=None):
    W, x, b, t = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=3)

    def loss(W, x, b):
        return np.sum((np.tanh(W @ x + b) - t) ** 2) / 2

    a = W @ x + b
    h = np.tanh(a)
    by_a = slopes(lambda c: np.sum((np.tanh(c) - t) ** 2) / 2, a)
    yield 0, slopes(lambda g: np.sum((g - t) ** 2) / 2, h), "=", h - t
    yield 1, by_a, "=", (h - t) * (1 - h if wrong == "derivative" else 1 - h * h)
    yield 2, slopes(lambda V: loss(V, x, b), W), "=", np.outer(by_a, x)
    yield 3, slopes(lambda c: loss(W, x, c), b), "=", by_a
    yield 4, slopes(lambda z: loss(W, z, b), x), "=", (W if wrong == "transpose" else W.T) @ by_a


@check("oa-153")
@check("oa-154", jacobian=True)
def layout_of_a_linear_map(rng, jacobian=False):
    A, x = rng.normal(size=(2, 3)), rng.normal(size=3)
    J = slopes(lambda z: A @ z, x)
    if jacobian:
        assert J.shape != A.T.shape
        yield 0, None, "shape", None
        return
    yield 0, J.T, "=", A.T


@check("oa-155")
@check("oa-156", factor=1.0)
@check("oa-157", biased=False)
def maximum_likelihood_of_a_gaussian(rng, factor=0.5, biased=True):
    N, d = 6, 2
    X, mu, Sigma = rng.normal(size=(N, d)), rng.normal(size=d), definite(rng, d)

    def likelihood(m, C):
        return -N / 2 * logdet(C) - sum((x - m) @ inv(C) @ (x - m) for x in X) / 2

    S = sum(np.outer(x - mu, x - mu) for x in X)
    yield 0, slopes(lambda m: likelihood(m, Sigma), mu), "=", inv(Sigma) @ np.sum(X - mu, axis=0)
    right = -N / 2 * inv(Sigma) + factor * inv(Sigma) @ S @ inv(Sigma)
    yield 1, slopes(lambda C: likelihood(mu, C), Sigma), "=", right
    # the stationary point, seen to be one by differences
    m, C = X.mean(axis=0), np.cov(X, rowvar=False, bias=True)
    assert np.abs(slopes(lambda v: likelihood(v, C), m)).max() < 1e-6
    assert np.abs(slopes(lambda V: likelihood(m, V), C, step=1e-4)).max() < 1e-4
    yield 2, m, "=", sum(X) / N
    yield 3, C, "=", sum(np.outer(x - m, x - m) for x in X) / (N if biased else N - 1)


@check("oa-158")
@check("oa-159", wrong=True)
def matrix_factorisation(rng, wrong=False):
    R, U, V = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    E = R - U @ V.T
    yield 0, slopes(lambda Z: np.sum((R - Z @ V.T) ** 2) / 2, U), "=", -E @ V
    yield 1, slopes(lambda Z: np.sum((R - U @ Z.T) ** 2) / 2, V), "=", -(E if wrong else E.T) @ U


@check("oa-160")
@check("oa-161", wrong=True)
def jacobi_formula(rng, wrong=False):
    A, B = skewed(rng, 3), rng.normal(size=(3, 3))
    yield 0, slopes(lambda t: det(A + t * B), 0.0), "=", (1 if wrong else det(A)) * np.trace(inv(A) @ B)


@check("oa-162")
@check("oa-163", wrong=True)
def derivatives_entry_by_entry(rng, wrong=False):
    A, B, X = rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), skewed(rng, 3)
    D = slopes(lambda Z: Z @ B, A)
    for k, m, i, j in np.ndindex(2, 2, 2, 3):
        yield 0, D[k, m, i, j], "=", (k == i) * B[j, m]
    D, Xi = slopes(inv, X), inv(X)
    for i, j in np.ndindex(3, 3):
        unit = np.zeros((3, 3))
        unit[(j, i) if wrong else (i, j)] = 1
        yield 1, D[:, :, i, j], "=", -Xi @ unit @ Xi
        for k, m in np.ndindex(3, 3):
            yield 2, D[k, m, i, j], "=", -Xi[k, i] * Xi[j, m]


@check("oa-164")
@check("oa-165", power=1)
def log_sum_exp(rng, power=2):
    A, b, x = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)

    def f(v):
        return np.log(sum(np.exp(A[i] @ v + b[i]) for i in range(4)))

    z = np.exp(A @ x + b)
    yield 0, slopes(f, x), "=", A.T @ z / z.sum()
    right = A.T @ (np.diag(z) / z.sum() - np.outer(z, z) / z.sum() ** power) @ A
    yield 1, curvature(f, x), "=", right
    yield 2, right, "psd>=", np.zeros((3, 3))


@check("oa-166")
@check("oa-167", general=True)
def rayleigh_quotient(rng, general=False):
    A = rng.normal(size=(3, 3)) if general else symmetric(rng, 3)
    x = rng.normal(size=3) + 1

    def r(v):
        return v @ A @ v / (v @ v)

    gradient = slopes(r, x)
    yield 0, gradient, "=", 2 / (x @ x) * (A @ x - r(x) * x)
    yield 1, x @ gradient, "=", 0.0
    if not general:
        yield 2, r(x), "<=", eigvalsh(A)[-1]


@check("oa-168")
@check("oa-169", factor=4)
def fourth_power_of_the_norm(rng, factor=8):
    x = rng.normal(size=3)
    yield 0, slopes(lambda z: norm(z) ** 4, x), "=", 4 * (x @ x) * x
    yield 1, curvature(lambda z: norm(z) ** 4, x), "=", 4 * (x @ x) * np.eye(3) + factor * np.outer(x, x)


@check("oa-170")
def derivative_of_the_nuclear_norm(rng):
    U, V = orthogonal(rng, 4)[:, :3], orthogonal(rng, 3)
    X = U @ np.diag(rng.uniform(0.5, 2, size=3)) @ V.T
    yield 0, slopes(lambda Z: norm(Z, "nuc"), X), "=", U @ V.T


@check("oa-171")
@check("oa-172", factor=0.5)
def nuclear_norm_as_a_trace(rng, factor=1):
    X = orthogonal(rng, 4)[:, :3] @ skewed(rng, 3)
    trace = slopes(lambda Z: np.trace(root(Z.T @ Z)), X)
    yield 0, slopes(lambda Z: singular_values(Z).sum(), X), "=", trace
    yield 1, trace, "=", factor * X @ inv(root(X.T @ X))


@check("oa-173")
def derivative_of_the_largest_eigenvalue(rng):
    Q = orthogonal(rng, 3)
    A = Q @ np.diag(np.array([-1.0, 0.5, 2.0]) + rng.uniform(0, 0.4, size=3)) @ Q.T
    v = Q[:, 2]
    left = slopes(lambda Z: np.linalg.eigvals(Z).real.max(), A)
    yield 0, left, "=", np.outer(v, v)


@check("oa-174")
@check("oa-175", wrong=True)
def jacobian_of_a_linear_matrix_map(rng, wrong=False):
    A, B, X = rng.normal(size=(2, 2)), rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    J = slopes(lambda z: vec(A @ z.reshape(2, 3, order="F") @ B), vec(X))
    yield 0, J, "=", np.kron(A, B.T) if wrong else np.kron(B.T, A)


@check("oa-176")
@check("oa-177", factor=1)
def minimum_variance_weights(rng, factor=2):
    C, w, nu = definite(rng, 3), rng.normal(size=3), rng.normal()
    yield 0, slopes(lambda v: v @ C @ v - nu * (v.sum() - 1), w), "=", 2 * C @ w - nu * np.ones(3)
    system = np.block([[2 * C, -np.ones((3, 1))], [np.ones((1, 3)), np.zeros((1, 1))]])
    solution = np.linalg.solve(system, [0, 0, 0, 1])
    w, nu = solution[:3], solution[3]
    yield 1, nu, "=", factor / inv(C).sum()
    yield 2, w, "=", inv(C).sum(axis=1) / inv(C).sum()


@check("oa-178")
@check("oa-179", factor=2)
def ridge_regression(rng, factor=1):
    X, y, w, lam = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3), rng.uniform(0.3, 3)

    def J(v):
        return np.sum((X @ v - y) ** 2) / 2 + lam / 2 * np.sum(v**2)

    Id = np.eye(3)
    yield 0, slopes(J, w), "=", X.T @ (X @ w - y) + lam * w
    yield 1, curvature(J, w), "=", X.T @ X + lam * Id
    yield 2, X.T @ X + lam * Id, "psd>=", lam * Id
    augmented = np.vstack([X, np.sqrt(lam) * Id])
    best = np.linalg.lstsq(augmented, np.concatenate([y, np.zeros(3)]))[0]
    yield 3, best, "=", inv(X.T @ X + factor * lam * Id) @ X.T @ y


@check("oa-180")
@check("oa-181", factor=1)
def derivative_in_a_factor(rng, factor=2):
    L = skewed(rng, 3)
    yield 0, slopes(lambda Z: logdet(Z @ Z.T), L), "=", factor * inv(L).T


@check("oa-182")
@check("oa-183", wrong=True)
def planar_flow(rng, wrong=False):
    u, w, z = rng.normal(size=(3, 3))
    b = rng.normal()
    J = slopes(lambda s: s + u * np.tanh(w @ s + b), z)
    psi = w / np.cosh(w @ z + b) ** 2
    yield 0, J, "=", np.eye(3) + (np.outer(psi, u) if wrong else np.outer(u, psi))
    yield 1, det(J), "=", 1 + u @ psi


@check("oa-184")
@check("oa-185", wrong=True)
def jacobian_of_a_hadamard_product(rng, wrong=False):
    A, B, x = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), rng.normal(size=2)
    first, second = (A, B) if wrong else (B, A)
    right = np.diag(A @ x) @ first + np.diag(B @ x) @ second
    yield 0, slopes(lambda z: (A @ z) * (B @ z), x), "=", right


@check("oa-186")
@check("oa-187", factor=1)
def derivatives_of_a_resolvent(rng, factor=2):
    A, B, t = skewed(rng, 3), 0.3 * rng.normal(size=(3, 3)), rng.uniform(-0.5, 0.5)
    M = inv(A + t * B)
    yield 0, slopes(lambda s: inv(A + s * B), t), "=", -M @ B @ M
    yield 1, curvature(lambda s: inv(A + s * B), t), "=", factor * M @ B @ M @ B @ M


@check("oa-188")
@check("oa-189", power=1)
def gradient_of_the_cosine(rng, power=2):
    x, y = rng.normal(size=3) + 1, rng.normal(size=3)
    gradient = slopes(lambda z: z @ y / (norm(z) * norm(y)), x)
    c = np.cos(np.arccos(np.clip(x @ y / norm(x) / norm(y), -1, 1)))
    yield 0, gradient, "=", y / (norm(x) * norm(y)) - c * x / norm(x) ** power
    yield 1, x @ gradient, "=", 0.0


@check("oa-190")
@check("oa-191", wrong=True)
def multi_output_least_squares(rng, wrong=False):
    X, W, Y = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=(5, 2))
    middle = (X.T @ X @ W - X.T @ Y) / 5
    yield 0, slopes(lambda V: np.sum((X @ V - Y) ** 2) / 10, W), "=", middle
    if wrong:
        assert middle.shape != ((X @ W - Y).T @ X).shape
        yield 1, None, "shape", None
        return
    yield 1, middle, "=", X.T @ (X @ W - Y) / 5


@check("oa-192")
@check("oa-193", sign=-1)
def evidence_of_a_gaussian_process(rng, sign=1):
    K, D, y, theta = definite(rng, 3), definite(rng, 3), rng.normal(size=3), rng.uniform(0.3, 2)
    Ci = inv(K + theta * D)
    a = Ci @ y
    yield 0, slopes(lambda s: logdet(K + s * D), theta), "=", np.trace(Ci @ D)
    yield 1, slopes(lambda s: y @ inv(K + s * D) @ y, theta), "=", -a @ D @ a
    left = slopes(lambda s: -y @ inv(K + s * D) @ y / 2 - logdet(K + s * D) / 2, theta)
    yield 2, left, "=", sign * np.trace((np.outer(a, a) - Ci) @ D) / 2


@check("oa-194")
@check("oa-195", factor=1.0)
def expansion_of_a_quadratic(rng, factor=0.5):
    Q, c, x, d = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=3)

    def q(v):
        return v @ Q @ v / 2 + c @ v

    gradient, hessian = slopes(q, x), curvature(q, x)
    yield 0, gradient, "=", (Q + Q.T) @ x / 2 + c
    yield 1, hessian, "=", (Q + Q.T) / 2
    yield 2, q(x + d), "=", q(x) + gradient @ d + factor * d @ hessian @ d


@check("oa-204")
@check("oa-205", wrong=True)
def jacobian_of_a_composition(rng, wrong=False):
    A, B, x = rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), rng.normal(size=3)
    J = slopes(lambda z: B @ np.tanh(A @ z), x)
    s = np.tanh(A @ x)
    yield 0, J, "=", B @ slopes(lambda z: np.tanh(A @ z), x)
    if wrong:
        assert J.shape != (A.T @ B.T).shape
        yield 1, None, "shape", None
        return
    yield 1, J, "=", B @ np.diag(1 - s * s) @ A


@check("oa-206")
@check("oa-207", sign=-1)
def logarithmic_barrier(rng, sign=1):
    A, x = rng.normal(size=(4, 3)), rng.normal(size=3)
    b = A @ x + rng.uniform(0.3, 2, size=4)

    def phi(v):
        return -np.sum(np.log(b - A @ v))

    slack = b - A @ x
    yield 0, slopes(phi, x, step=3e-4), "=", sign * sum(A[i] / slack[i] for i in range(4))
    right = sum(np.outer(A[i], A[i]) / slack[i] ** 2 for i in range(4))
    yield 1, curvature(phi, x, step=3e-4), "=", right
    yield 2, right, "psd>=", np.zeros((3, 3))


@check("oa-208")
@check("oa-209", wrong=1)
@check("oa-210", wrong=0)
def cookbook_second_order(rng, wrong=None):
    X, A, B, C = rng.normal(size=(4, 3, 3))
    b, c = rng.normal(size=(2, 3))
    right = 2 * X @ np.outer(b, c) if wrong == 0 else X @ (np.outer(b, c) + np.outer(c, b))
    yield 0, slopes(lambda Z: b @ Z.T @ Z @ c, X), "=", right
    left = slopes(lambda Z: np.trace(A @ Z @ B @ Z.T @ C), X)
    yield 1, left, "=", A.T @ C.T @ X @ B.T + (A @ C if wrong == 1 else C @ A) @ X @ B


@check("oa-213")
@check("oa-214", wrong=True)
def a_condition_and_its_end(rng, wrong=False):
    A, b, x = definite(rng, 3), rng.normal(size=3), rng.normal(size=3)

    def f(v):
        return v @ A @ v / 2 - b @ v

    least = -b @ inv(A) @ b / 2
    yield 0, slopes(f, x), "=", A @ x - b
    yield 1, f(np.linalg.solve(A, b)), "=", least
    if wrong:
        yield 2, f(x), "=", -x @ A @ x / 2
    else:
        yield 2, f(x), ">=", least
