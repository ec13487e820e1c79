"""Checks of `calculus_optimization_deep_learning.jsonl`: each step by differences, finite sums or quadrature."""

from collections.abc import Callable, Iterator
from itertools import product
from math import comb, factorial
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from .checking import Step, check, curvature, slopes

Steps = Iterator[Step]
Rng = np.random.Generator

GAUSS_POINTS, GAUSS_WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
GAUSS_WEIGHTS = GAUSS_WEIGHTS / GAUSS_WEIGHTS.sum()


def slope(f: Callable[[float], float], x: float, step: float = 1e-3) -> float:
    return float(slopes(lambda v: f(v[0]), np.array([x]), step=step)[0])


def second_slope(f: Callable[[float], float], x: float, step: float = 1e-3) -> float:
    return slope(lambda y: slope(f, y, step), x, step)


def integral(f: Callable[[float], float], low: float, high: float) -> float:
    return float(quad(f, low, high, epsabs=1e-12, epsrel=1e-12)[0])


def between(rng: Rng, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def symmetric(rng: Rng, n: int, low: float, high: float) -> Any:
    """A symmetric matrix whose extreme eigenvalues are exactly `low` and `high`."""
    values = np.concatenate([[low, high], rng.uniform(low, high, size=n - 2)])
    q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    return (q * values) @ q.T


def simplex(rng: Rng, n: int) -> Any:
    return rng.dirichlet(np.ones(n)) * 0.9 + 0.1 / n


def softmax(z: Any) -> Any:
    weights = np.array([np.exp(value) for value in z])
    return weights / weights.sum()


def logistic(t: Any) -> Any:
    return (1 + np.tanh(t / 2)) / 2


def one_of(rng: Rng, *values: float) -> float:
    return float(rng.choice(values))


# Calculus


@check("oc-001", power=1.5)
@check("oc-002", power=0.5)
def gaussian_second_moment(rng: Rng, power: float) -> Steps:
    a = between(rng, 0.4, 3)
    yield 0, integral(lambda x: x**2 * np.exp(-a * x**2), -np.inf, np.inf), "=", np.sqrt(np.pi) / (2 * a**power)


@check("oc-003", sign=1)
@check("oc-004", sign=-1)
def two_limits(rng: Rng, sign: int) -> Steps:
    a = between(rng, 0.3, 2) * one_of(rng, -1, 1)
    x = 1e-3
    yield 0, (1 - np.cos(x)) / x**2, "=", 0.5
    yield 1, (1 + sign * a / 1e7) ** 1e7, "=", np.exp(a)


@check("oc-005", wrong=False)
@check("oc-006", wrong=True)
def absorption(rng: Rng, wrong: bool) -> Steps:
    n = int(rng.integers(1, 8))
    middle = n * sum(comb(n if wrong else n - 1, k - 1) for k in range(1, n + 1))
    yield 0, sum(k * comb(n, k) for k in range(n + 1)), "=", middle
    yield 1, middle, "=", n * 2 ** (n - 1)


@check("oc-007", shift=0)
@check("oc-008", shift=1)
def geometric_series(rng: Rng, shift: int) -> Steps:
    q = between(rng, -0.8, 0.8)
    yield 0, sum(q**k for k in range(400)), "=", 1 / (1 - q)
    yield 1, sum(k * q ** (k - shift) for k in range(1, 400)), "=", q / (1 - q) ** 2


@check("oc-009", power=4)
@check("oc-010", power=2)
def integral_with_a_square_as_limit(rng: Rng, power: int) -> Steps:
    x = between(rng, -1.5, 1.5)
    left = slope(lambda s: integral(lambda t: np.exp(-(t**2)), 0, s**2), x)
    yield 0, left, "=", 2 * x * np.exp(-(x**power))


@check("oc-011", power=2)
@check("oc-012", power=1)
def partial_derivatives_at_points(rng: Rng, power: int) -> Steps:
    y = between(rng, -2, 2)

    def f(v: Any) -> Any:
        return v[0] ** 2 * v[1] + np.sin(v[0] * v[1])

    yield 0, slopes(f, np.array([0, y]))[0], "=", y
    yield 1, curvature(f, np.array([0, y]))[0, 1], "=", 1
    yield 2, curvature(f, np.array([1, y]))[0, 0], "=", 2 * y - y**power * np.sin(y)


@check("oc-013", wrong=False)
@check("oc-014", wrong=True)
def logistic_growth(rng: Rng, wrong: bool) -> Steps:
    r, K, c, t = rng.uniform(0.3, 2.5, size=4)
    x = K / (1 + c * np.exp(-r * t))
    left = slope(lambda s: K / (1 + c * np.exp(-r * s)), t)
    yield 0, left, "=", r * x * (K - x) if wrong else r * x * (1 - x / K)


@check("oc-015", coefficient=0.5)
@check("oc-016", coefficient=1.0)
def first_order_of_roots(rng: Rng, coefficient: float) -> Steps:
    """Two functions agree to first order where their values and slopes at 0 do."""
    yield 0, np.array([1, slope(lambda e: np.sqrt(1 + e), 0)]), "=", np.array([1, 0.5])
    yield 1, np.array([1, slope(lambda e: 1 / np.sqrt(1 + e), 0)]), "=", np.array([1, -coefficient])


@check("oc-017", shift=0)
@check("oc-018", shift=1)
def beta_at_integers(rng: Rng, shift: int) -> Steps:
    m, n = (int(k) for k in rng.integers(0, 5, size=2))
    middle = factorial(m) * factorial(n) / factorial(m + n + 1)
    # Scaled by 1/middle, since the values are small and the comparison is absolute below 1.
    yield 0, integral(lambda x: x**m * (1 - x) ** n, 0, 1) / middle, "=", 1
    yield 1, 1, "=", 1 / ((m + n + 1) * comb(m + n + shift, m)) / middle


@check("oc-019", wrong=False)
@check("oc-020", wrong=True)
def sum_of_floors(rng: Rng, wrong: bool) -> Steps:
    n = int(rng.integers(0, 12))
    yield 0, sum(k // 2 for k in range(1, n + 1)), "=", n * (n + 1) // 4 if wrong else n * n // 4


@check("oc-021")
@check("oc-022", wrong=True)
def logarithm_of_a_square(rng: Rng, wrong: bool = False) -> Steps:
    x = between(rng, 0.3, 3) * one_of(rng, -1, 1)
    if wrong and x < 0:
        yield 0, np.isfinite(np.log(x * x)), "holds", False  # the left side is defined here, the right is not
    else:
        yield 0, np.log(x * x), "=", 2 * np.log(abs(x))
    yield 1, slope(lambda t: np.log(abs(t)), x), "=", 1 / x


@check("oc-023", power=2)
@check("oc-024", power=1)
def derivatives_of_the_norm(rng: Rng, power: int) -> Steps:
    x = rng.normal(size=3)
    x *= between(rng, 1.5, 3) / np.sqrt((x**2).sum())
    norm = np.sqrt((x**2).sum())
    yield 0, slopes(lambda v: np.sqrt((v**2).sum()), x), "=", x / norm
    yield (
        1,
        curvature(lambda v: np.sqrt((v**2).sum()), x),
        "=",
        (np.eye(3) - np.outer(x, x) / norm**power) / norm,
    )


@check("oc-025", sign=-1)
@check("oc-026", sign=1)
def integration_by_parts(rng: Rng, sign: int) -> Steps:
    a = between(rng, 0.3, 3)
    middle = sign * a * np.exp(-a) + integral(lambda x: np.exp(-x), 0, a)
    yield 0, integral(lambda x: x * np.exp(-x), 0, a), "=", middle
    yield 1, middle, "=", 1 - (1 + a) * np.exp(-a)


@check("oc-027", factor=1.0)
@check("oc-028", factor=0.5)
def derivatives_along_a_line(rng: Rng, factor: float) -> Steps:
    x, v, c = rng.normal(size=(3, 3))
    M = rng.normal(size=(3, 3))

    def f(u: Any) -> Any:
        return np.sin(c @ u) + u @ M @ u + np.cos(u[0] * u[1])

    yield 0, slope(lambda t: f(x + t * v), 0), "=", slopes(f, x) @ v
    yield 1, second_slope(lambda t: f(x + t * v), 0), "=", factor * v @ curvature(f, x) @ v


@check("oc-029", shift=1)
@check("oc-030", shift=0)
def exchange_of_sums(rng: Rng, shift: int) -> Steps:
    n = int(rng.integers(1, 6))
    a = rng.normal(size=n)
    left = sum(a[j] for i in range(n) for j in range(i + 1))
    yield 0, left, "=", sum((n - j + shift) * a[j - 1] for j in range(1, n + 1))


@check("oc-031", sign=1)
@check("oc-032", sign=-1)
def telescoping(rng: Rng, sign: int) -> Steps:
    n = int(rng.integers(2, 9))
    differences = sum(1 / k - 1 / (k + 1) for k in range(1, n + 1))
    yield 0, sum(1 / (k * (k + 1)) for k in range(1, n + 1)), "=", differences
    yield 1, differences, "=", 1 - 1 / (n + 1)
    yield 2, 1 - 1 / (n + 1), "=", n / (n + 1)
    yield 3, np.prod([1 - 1 / k**2 for k in range(2, n + 1)]), "=", (n + sign) / (2 * n)


@check("oc-033")
@check("oc-034", wrong=True)
def young(rng: Rng, wrong: bool = False) -> Steps:
    p = between(rng, 1.1, 6)
    q = p / (p - 1)
    a, b = rng.uniform(0, 3, size=2)
    if rng.uniform() < 0.5:
        b = a ** (p - 1)  # where the inequality is tight
    yield 0, a * b, "<=", a**p / q + b**q / p if wrong else a**p / p + b**q / q


@check("oc-035", power=1)
@check("oc-036", power=2)
def laplacian_of_the_radius(rng: Rng, power: int) -> Steps:
    v = rng.uniform(0.8, 3, size=2)
    r = np.hypot(*v)
    yield 0, slopes(lambda u: np.hypot(*u), v)[0], "=", v[0] / r
    yield 1, np.trace(curvature(lambda u: np.hypot(*u), v)), "=", 1 / r**power


# Optimization


@check("oc-037", factor=0.5)
@check("oc-038", factor=1.0)
def smooth_and_strongly_convex(rng: Rng, factor: float) -> Steps:
    mu, L = between(rng, 0.2, 1), between(rng, 1, 4)
    A = symmetric(rng, 3, mu, L)
    b, x, y = rng.normal(size=(3, 3))

    def f(u: Any) -> Any:
        return u @ A @ u / 2 - b @ u

    linear = f(x) + slopes(f, x) @ (y - x)
    square = ((y - x) ** 2).sum()
    yield 0, f(y), "<=", linear + L / 2 * square
    yield 1, f(y), ">=", linear + factor * mu * square


@check("oc-039")
@check("oc-040", wrong=True)
def gradient_descent_contracts(rng: Rng, wrong: bool = False) -> Steps:
    mu, L = between(rng, 0.2, 1), between(rng, 1.5, 4)
    A = symmetric(rng, 3, mu, L)
    b, x = rng.normal(size=(2, 3))
    best = np.linalg.solve(A, b)
    if rng.uniform() < 0.5:
        x = best + 3 * np.linalg.eigh(A)[1][:, 0]  # along the flattest direction
    new = x - (A @ x - b) / L
    rate = (L - mu) / (L + mu) if wrong else 1 - mu / L
    yield 0, new - best, "=", (np.eye(3) - A / L) @ (x - best)
    yield 1, np.linalg.norm(new - best), "<=", rate * np.linalg.norm(x - best)


@check("oc-041")
@check("oc-042", tied=False)
@check("oc-043", factor=1.0)
def quadratic_along_a_gradient_step(rng: Rng, tied: bool = True, factor: float = 0.5) -> Steps:
    A = rng.normal(size=(3, 3))
    A = (A + A.T) / 2 if tied else A
    theta = rng.normal(size=3)
    eta = between(rng, 0.1, 1)

    def f(u: Any) -> Any:
        return u @ A @ u / 2

    gradient = slopes(f, theta)
    yield 0, gradient, "=", A @ theta
    right = f(theta) - eta * gradient @ gradient + factor * eta**2 * gradient @ A @ gradient
    yield 1, f(theta - eta * gradient), "=", right


@check("oc-044", shift=0)
@check("oc-045", shift=1)
def adam_bias_correction(rng: Rng, shift: int) -> Steps:
    """Expectations as sums over a joint table in which the gradients depend on each other."""
    t, beta, mu = 3, between(rng, 0.1, 0.9), between(rng, 0.5, 2)
    table = rng.dirichlet(np.ones(2**t))
    raw = np.array(list(product([-1.0, 1.0], repeat=t))) * rng.uniform(0.5, 2, size=t)
    g = raw - table @ raw + mu
    weights = np.array([beta ** (t - i) for i in range(1, t + 1)])
    m = (1 - beta) * g @ weights
    second = (1 - beta) * weights @ (table @ g)
    third = mu * (1 - beta) * weights.sum()
    yield 0, table @ m, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", mu * (1 - beta ** (t - shift))
    yield 3, table @ (m / (1 - beta**t)), "=", mu


@check("oc-046", power=2)
@check("oc-047", power=1)
def unrolled_average(rng: Rng, power: int) -> Steps:
    g = rng.normal(size=(3, 4))
    beta = between(rng, 0.2, 0.8)
    v = np.zeros(4)
    averages = []
    for gradient in g:
        v = beta * v + (1 - beta) * gradient
        averages.append(v)
    first = beta**power * averages[0] + (1 - beta) * (g[2] + beta * g[1])
    yield 0, averages[2], "=", first
    yield 1, first, "=", (1 - beta) * (g[2] + beta * g[1] + beta**2 * g[0])


@check("oc-048")
@check("oc-049", sign=1)
@check("oc-050", factor=1.0)
def soft_threshold(rng: Rng, sign: int = -1, factor: float = 0.5) -> Steps:
    lam, v = between(rng, 0.2, 1.5), between(rng, -3, 3)
    s = np.sign(v) * max(abs(v) - lam, 0)
    yield 0, s, "=", max(v - lam, 0) + sign * max(-v - lam, 0)

    def objective(x: float) -> float:
        return factor * (x - v) ** 2 + lam * abs(x)

    for x in (0.0, float(minimize_scalar(objective, bounds=(-4, 4), method="bounded").x), between(rng, -3, 3)):
        yield 1, objective(s), "<=", objective(x)


@check("oc-051", which=0)
@check("oc-052", which=-1)
def proximal_point_of_a_quadratic(rng: Rng, which: int) -> Steps:
    A = symmetric(rng, 3, one_of(rng, 0, 0.5), 3)
    v, eta = rng.normal(size=3), between(rng, 0.2, 2)
    p = np.linalg.solve(np.eye(3) + eta * A, v)
    yield 0, p + eta * A @ p, "=", v
    yield 1, np.linalg.norm(p), "<=", np.linalg.norm(v) / (1 + eta * np.linalg.eigvalsh(A)[which])


@check("oc-053", power=1)
@check("oc-054", power=2)
def projection_onto_a_hyperplane(rng: Rng, power: int) -> Steps:
    a, x = rng.normal(size=(2, 3)) * 2
    b = between(rng, -2, 2)

    def project(u: Any) -> Any:
        return u - (a @ u - b) / (a @ a) * a

    # The distance by another road: the least norm of a step d with a^T d = b - a^T x.
    distance = np.linalg.norm(np.linalg.lstsq(a[None, :], np.array([b - a @ x]), rcond=None)[0])
    yield 0, a @ project(x), "=", b
    yield 1, project(project(x)), "=", project(x)
    yield 2, distance, "=", abs(a @ x - b) / np.linalg.norm(a) ** power


@check("oc-055", rows=False)
@check("oc-056", rows=True)
def projection_onto_columns(rng: Rng, rows: bool) -> Steps:
    m, n = 5, 3
    A = rng.normal(size=(m, n))
    P = A @ np.linalg.solve(A.T @ A, A.T)
    yield 0, P @ P, "=", P
    yield 1, P, "=", P.T
    yield 2, (np.eye(m) - P) @ A, "=", np.zeros((m, n))
    yield 3, np.trace(P), "=", m if rows else n


@check("oc-057")
@check("oc-058", sign=-1)
@check("oc-059", shape=True)
def quadratic_programme(rng: Rng, sign: int = 1, shape: bool = False) -> Steps:
    m, n = 2, 4
    P, A = symmetric(rng, n, 0.5, 3), rng.normal(size=(m, n))
    q, b = rng.normal(size=n), rng.normal(size=m)
    kkt = np.block([[P, A.T], [A, np.zeros((m, m))]])
    x, nu = np.split(np.linalg.solve(kkt, np.concatenate([-q, b])), [n])
    gradient = slopes(lambda u: u @ P @ u / 2 + q @ u + nu @ (A @ u - b), x)
    if shape:
        yield 0, gradient, "shape", (A.shape, nu.shape)
        return
    yield 0, gradient, "=", P @ x + q + A.T @ nu
    free = rng.normal(size=m)  # stationarity alone, without feasibility
    yield 1, np.linalg.solve(P, -q - A.T @ free), "=", -np.linalg.inv(P) @ (q + A.T @ free)
    yield 2, nu, "=", -np.linalg.inv(A @ np.linalg.inv(P) @ A.T) @ (b + sign * A @ np.linalg.inv(P) @ q)


@check("oc-060")
@check("oc-061", feasible=False)
def least_norm_duality(rng: Rng, feasible: bool = True) -> Steps:
    A, b, nu = rng.normal(size=(2, 4)), rng.normal(size=2), rng.normal(size=2)
    best = np.linalg.lstsq(A, b, rcond=None)[0]
    x = best + np.linalg.svd(A)[2][2:].T @ rng.normal(size=2) if feasible else rng.normal(size=4) / 4

    def g(u: Any) -> Any:
        return -u @ A @ A.T @ u / 4 - b @ u

    star = -2 * np.linalg.solve(A @ A.T, b)
    for multiplier in (nu, star):
        yield 0, g(multiplier), "<=", x @ x
    yield 1, A @ A.T @ np.linalg.inv(A @ A.T) @ b, "=", b
    yield 2, g(star), "=", best @ best


@check("oc-062", base=2.0)
@check("oc-063", base=np.e)
def surrogates_of_the_zero_one_loss(rng: Rng, base: float) -> Steps:
    w, x = rng.normal(size=(2, 2))
    y = one_of(rng, -1, 1)
    m = y * (w @ x)
    wrong = float(m <= 0)
    yield 0, wrong, "<=", max(0, 1 - m)
    yield 1, wrong, "<=", np.log(1 + np.exp(-m)) / np.log(base)
    yield 2, wrong, "<=", (w @ x - y) ** 2


@check("oc-064", factor=0.5)
@check("oc-065", factor=1.0)
def newton_on_a_quadratic(rng: Rng, factor: float) -> Steps:
    A = symmetric(rng, 3, 0.5, 3)
    b, x = rng.normal(size=(2, 3))

    def f(u: Any) -> Any:
        return u @ A @ u / 2 - b @ u

    gradient = slopes(f, x)
    yield 0, gradient, "=", A @ x - b
    yield 1, curvature(f, x), "=", A
    yield 2, x - np.linalg.solve(curvature(f, x), gradient), "=", np.linalg.inv(A) @ b
    yield 3, f(x) - f(np.linalg.solve(A, b)), "=", factor * gradient @ np.linalg.inv(A) @ gradient


@check("oc-066")
@check("oc-067", wrong=True)
def fenchel_young(rng: Rng, wrong: bool = False) -> Steps:
    Q = symmetric(rng, 3, 0.3, 3)
    x, y = rng.normal(size=(2, 3))
    inner = Q if wrong else np.linalg.inv(Q)
    for dual in (y, Q @ x):
        yield 0, x @ dual, "<=", x @ Q @ x / 2 + dual @ inner @ dual / 2
    yield 1, x @ Q @ x, "=", x @ Q @ x / 2 + (Q @ x) @ inner @ (Q @ x) / 2


@check("oc-068", extra=0)
@check("oc-069", extra=1)
def conjugate_of_the_entropy(rng: Rng, extra: int) -> Steps:
    x, y = between(rng, 0.1, 3), between(rng, -2, 3)
    for dual in (y, 1 + np.log(x)):
        yield 0, x * dual, "<=", x * np.log(x) - extra * x + np.exp(dual - 1)


@check("oc-070", factor=1)
@check("oc-071", factor=2)
def polyak_lojasiewicz(rng: Rng, factor: int) -> Steps:
    mu = between(rng, 0.3, 1)
    A = symmetric(rng, 3, mu, 3)
    b, x = rng.normal(size=(2, 3))
    best = np.linalg.solve(A, b)
    if rng.uniform() < 0.5:
        x = best + 2 * np.linalg.eigh(A)[1][:, 0]

    def f(u: Any) -> Any:
        return u @ A @ u / 2 - b @ u

    gradient = slopes(f, x)
    yield 0, gradient @ gradient / 2, ">=", factor * mu * (f(x) - f(best))


@check("oc-072", sign=-1)
@check("oc-073", sign=1)
def moreau_decomposition(rng: Rng, sign: int) -> Steps:
    v = rng.normal(size=4)
    x, lam = np.where(v > 0, v, 0), np.where(v < 0, -v, 0)
    yield 0, x - lam, "=", v
    yield 1, lam @ x, "=", 0
    yield 2, lam @ v, "=", sign * (lam**2).sum()


@check("oc-074", factor=1)
@check("oc-075", factor=2)
def ridge_regression(rng: Rng, factor: int) -> Steps:
    X, y, lam = rng.normal(size=(5, 3)), rng.normal(size=5), between(rng, 0.2, 2)

    def J(u: Any) -> Any:
        return ((X @ u - y) ** 2).sum() + lam * (u**2).sum()

    anywhere = rng.normal(size=3)
    yield 0, slopes(J, anywhere), "=", 2 * X.T @ (X @ anywhere - y) + 2 * lam * anywhere
    stacked = np.vstack([X, np.sqrt(lam) * np.eye(3)])  # ridge as least squares on more rows
    w = np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(3)]), rcond=None)[0]
    primal = np.linalg.inv(X.T @ X + lam * np.eye(3)) @ X.T @ y
    yield 1, (X.T @ X + lam * np.eye(3)) @ w, "=", X.T @ y
    yield 2, w, "=", primal
    yield 3, primal, "=", X.T @ np.linalg.inv(X @ X.T + lam * np.eye(5)) @ y
    yield 4, J(w), "=", y @ y - factor * y @ X @ w


@check("oc-076", low=0)
@check("oc-077", low=-3)
def squaring_a_bound(rng: Rng, low: float) -> Steps:
    x, t = between(rng, -3, 3), between(rng, low, 3)
    yield 0, abs(x) <= t, "holds", x**2 <= t**2
    yield 0, x**2 <= t**2, "holds", abs(x) <= t


@check("oc-078")
@check("oc-079", swapped=True)
def nested_balls(rng: Rng, swapped: bool = False) -> Steps:
    x = rng.normal(size=3)
    one, two = np.abs(x).sum(), np.sqrt((x**2).sum())
    scale = between(rng, 0.5, 1) / (two if swapped else one)
    left, right = (scale * two, scale * one) if swapped else (scale * one, scale * two)
    yield 0, left <= 1, "holds", right <= 1


@check("oc-080", bound=0.5)
@check("oc-081", bound=0.25)
def curvature_of_log_sum_exp(rng: Rng, bound: float) -> Steps:
    p = rng.dirichlet(np.full(3, 0.4))
    if rng.uniform() < 0.3:
        p = rng.permutation([0.5, 0.5, 0.0])
    covariance = sum(weight * np.outer(e - p, e - p) for weight, e in zip(p, np.eye(3), strict=True))
    yield 0, np.zeros((3, 3)), "psd<=", covariance
    yield 1, covariance, "psd<=", bound * np.eye(3)


@check("oc-082")
@check("oc-083", wrong=True)
def contraction_at_any_step(rng: Rng, wrong: bool = False) -> Steps:
    mu, L, eta = between(rng, 0.2, 1), between(rng, 1, 4), between(rng, 0.05, 2)
    A, x = symmetric(rng, 3, mu, L), rng.normal(size=3)
    rate = abs(1 - eta * mu) if wrong else max(abs(1 - eta * mu), abs(1 - eta * L))
    yield 0, np.linalg.norm(x - eta * A @ x), "<=", rate * np.linalg.norm(x)


@check("oc-084", sign=-1)
@check("oc-085", sign=1)
def maximum_entropy(rng: Rng, sign: int) -> Steps:
    n = int(rng.integers(2, 6))
    anywhere, lam = rng.uniform(0.2, 1, size=n), between(rng, -1, 2)

    def lagrangian(p: Any, multiplier: float) -> Any:
        return -(p * np.log(p)).sum() + multiplier * (p.sum() - 1)

    yield 0, slopes(lambda p: lagrangian(p, lam), anywhere), "=", -np.log(anywhere) - 1 + lam
    total = {"type": "eq", "fun": lambda u: u.sum() - 1}
    p = minimize(lambda u: (u * np.log(u)).sum(), anywhere, bounds=[(1e-3, 1)] * n, constraints=total, tol=1e-13).x
    multiplier = -slopes(lambda u: lagrangian(u, 0), p)[0]
    yield 1, p, "=", np.full(n, np.exp(multiplier - 1))
    yield 2, p, "=", np.full(n, 1 / n)
    yield 3, multiplier, "=", 1 + sign * np.log(n)
    yield 4, -(p * np.log(p)).sum(), "=", np.log(n)


@check("oc-086", which="L")
@check("oc-087", which="mu")
def cocoercive_gradients(rng: Rng, which: str) -> Steps:
    mu, L = between(rng, 0.2, 1), between(rng, 1.5, 4)
    A = symmetric(rng, 3, mu, L)
    x, y = rng.normal(size=(2, 3))
    difference = slopes(lambda u: u @ A @ u / 2, x) - slopes(lambda u: u @ A @ u / 2, y)
    yield 0, difference @ (x - y), ">=", mu * ((x - y) ** 2).sum()
    yield 1, difference @ (x - y), ">=", (difference**2).sum() / {"L": L, "mu": mu}[which]


@check("oc-088")
@check("oc-089", sign=1)
@check("oc-090", swapped=True)
def exponentiated_gradient(rng: Rng, sign: int = -1, swapped: bool = False) -> Steps:
    w, g, eta = simplex(rng, 4), rng.normal(size=4), between(rng, 0.3, 2)
    Z = sum(weight * np.exp(-eta * slope_) for weight, slope_ in zip(w, g, strict=True))
    new = w * np.exp(-eta * g) / Z
    p, q = (w, new) if swapped else (new, w)
    yield 0, new.sum(), "=", 1
    yield 1, (p * np.log(p / q)).sum(), "=", -eta * g @ new + sign * np.log(Z)


@check("oc-091", shift=1)
@check("oc-092", shift=0)
def optimal_fixed_step(rng: Rng, shift: int) -> Steps:
    mu, L = between(rng, 0.2, 1), between(rng, 1.5, 4)
    kappa, eta = L / mu, 2 / (mu + L)
    yield 0, 1 - eta * mu, "=", (kappa - 1) / (kappa + shift)
    yield 1, eta * L - 1, "=", (kappa - 1) / (kappa + 1)


# Deep learning


@check("oc-093", sign=-1)
@check("oc-094", sign=1)
def softplus(rng: Rng, sign: int) -> Steps:
    x = between(rng, -4, 4)

    def zeta(t: float) -> float:
        return float(np.logaddexp(0, t))

    yield 0, np.log(logistic(x)), "=", -zeta(-x)
    yield 1, slope(zeta, x), "=", logistic(x)
    yield 2, zeta(x) + sign * zeta(-x), "=", x


@check("oc-095")
@check("oc-096", wrong=True)
@check("oc-097", normalised=False)
def softmax_with_cross_entropy(rng: Rng, wrong: bool = False, normalised: bool = True) -> Steps:
    z, y = rng.normal(size=4), rng.normal(size=4)
    y = y + (1 - y.sum()) / 4 if normalised else y
    p = softmax(z)
    yield 0, slopes(lambda u: np.log(softmax(u)), z), "=", np.eye(4) - (p[:, None] if wrong else p[None, :])
    gradient = slopes(lambda u: -(y * np.log(softmax(u))).sum(), z)
    summed = np.array([-sum(y[k] * ((k == j) - p[j]) for k in range(4)) for j in range(4)])
    yield 1, gradient, "=", summed
    yield 2, summed, "=", p * y.sum() - y
    yield 3, p * y.sum() - y, "=", p - y
    yield 4, gradient, "=", p - y


@check("oc-098")
@check("oc-099", wrong=True)
def label_smoothing(rng: Rng, wrong: bool = False) -> Steps:
    K, epsilon = 4, between(rng, 0.1, 0.9)
    y, p, u = rng.dirichlet(np.ones(K)), simplex(rng, K), np.full(K, 1 / K)
    q = (1 - epsilon) * y + epsilon * u

    def entropy(a: Any, b: Any) -> Any:
        return -sum(a[k] * np.log(b[k]) for k in range(K))

    yield 0, q.sum(), "=", 1
    yield 1, entropy(q, p), "=", (1 - epsilon) * entropy(y, p) + epsilon * entropy(u, u if wrong else p)


@check("oc-100")
@check("oc-101", weights=True)
@check("oc-102", preactivation=True)
@check("oc-103", shape=True)
def one_hidden_layer(rng: Rng, weights: bool = False, preactivation: bool = False, shape: bool = False) -> Steps:
    n, m, k = 2, 3, 4
    x, W, b = rng.normal(size=n), rng.normal(size=(m, n)), rng.normal(size=m)
    V, y = rng.normal(size=(k, m)), rng.normal(size=k)
    z = W @ x + b
    h = np.tanh(z)

    def loss(prediction: Any) -> Any:
        return ((prediction - y) ** 2).sum() / 2

    error = V @ h - y
    back = V.T @ error
    yield 0, slopes(loss, V @ h), "=", error
    if shape:
        yield 1, V.shape, "shape", np.outer(h, error).shape
        return
    yield 1, slopes(lambda U: loss(U @ h), V), "=", np.outer(error, h)
    yield 2, slopes(lambda u: loss(V @ u), h), "=", back
    by_z = slopes(lambda u: loss(V @ np.tanh(u)), z)
    yield 3, by_z, "=", back * (1 - (z if preactivation else h) ** 2)
    by_W = slopes(lambda U: loss(V @ np.tanh(U @ x + b)), W)
    yield 4, by_W, "=", np.outer(back if weights else back * (1 - h**2), x)
    yield 5, slopes(lambda u: loss(V @ np.tanh(W @ x + u)), b), "=", by_z


@check("oc-104")
@check("oc-105", total=-1)
@check("oc-106", centred=False)
def layer_normalisation(rng: Rng, total: int = 0, centred: bool = True) -> Steps:
    n = 4
    x = rng.normal(size=n) * 2

    def normalise(u: Any) -> Any:
        return (u - u.mean()) / np.std(u)

    s, hat = np.std(x), normalise(x)
    yield 0, hat.sum(), "=", 0
    yield 1, (hat**2).sum(), "=", n + total
    yield 2, slopes(np.std, x), "=", (x - x.mean()) / (n * s)
    yield 3, (x - x.mean()) / (n * s), "=", hat / n
    right = (np.eye(n) - (1 / n if centred else 0) - np.outer(hat, hat) / n) / s
    yield 4, slopes(normalise, x, step=1e-4), "=", right


@check("oc-107")
@check("oc-108", queries=True)
@check("oc-109", columns=True)
def attention_weights(rng: Rng, queries: bool = False, columns: bool = False) -> Steps:
    n, m, d = 3, 4, 2
    Q, K, c = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=d)

    def attend(q: Any, k: Any) -> Any:
        return np.array([softmax(row) for row in q @ k.T / np.sqrt(d)])

    raw = np.exp(np.einsum("ia,ja->ij", Q, K) / np.sqrt(d))
    yield 0, attend(Q, K), "=", raw / raw.sum(axis=0 if columns else 1, keepdims=True)
    yield 1, attend(Q, K) @ np.ones(m), "=", np.ones(n)
    yield 2, attend(Q + c, K) if queries else attend(Q, K + c), "=", attend(Q, K)


@check("oc-110")
@check("oc-111", wrong=True)
def inverted_dropout(rng: Rng, wrong: bool = False) -> Steps:
    p, x = between(rng, 0.1, 0.7), between(rng, -2, 2)
    values, weights = np.array([0, x / (1 - p)]), np.array([p, 1 - p])
    mean = weights @ values
    yield 0, mean, "=", x
    yield 1, weights @ (values - mean) ** 2, "=", (p * (1 - p) if wrong else p / (1 - p)) * x**2


@check("oc-112", factor=0.5)
@check("oc-113", factor=1.0)
def weight_decay(rng: Rng, factor: float) -> Steps:
    theta, c = rng.normal(size=(2, 3))
    eta, lam = rng.uniform(0.2, 1, size=2)

    def f(u: Any) -> Any:
        return np.sin(c @ u) + u[0] * u[1]

    left = theta - eta * slopes(lambda u: f(u) + factor * lam * (u**2).sum(), theta)
    yield 0, left, "=", (1 - eta * lam) * theta - eta * slopes(f, theta)


@check("oc-114")
@check("oc-115", wrong=True)
def lstm_step(rng: Rng, wrong: bool = False) -> Steps:
    f, i, o, g, previous = rng.normal(size=(5, 3))
    c = f * previous + i * g
    yield 0, slopes(lambda u: f * u + i * g, previous), "=", np.diag(f)
    yield 1, slopes(lambda u: o * np.tanh(u), c), "=", np.diag(o / np.cosh(c) ** 2)
    inner = f * previous if wrong else c
    yield 2, slopes(lambda u: o * np.tanh(f * u + i * g), previous), "=", np.diag(o / np.cosh(inner) ** 2 * f)


@check("oc-116")
@check("oc-117", wrong=True)
def gru_increment(rng: Rng, wrong: bool = False) -> Steps:
    z, previous, candidate = rng.normal(size=(3, 3))
    h = np.array([(1 - z[i]) * previous[i] + z[i] * candidate[i] for i in range(3)])
    yield 0, h - previous, "=", z * (candidate - (h if wrong else previous))


@check("oc-118")
@check("oc-119", flipped=True)
def convolution_gradient(rng: Rng, flipped: bool = False) -> Steps:
    n, K = 4, 3
    w, x, g = rng.normal(size=K), rng.normal(size=n + K - 1), rng.normal(size=n)
    windows = np.array([x[n - 1 - i : n - 1 - i + K] if flipped else x[i : i + K] for i in range(n)])
    yield 0, slopes(lambda u: g @ np.correlate(x, u, mode="valid"), w), "=", g @ windows


@check("oc-120", sign=1)
@check("oc-121", sign=-1)
def sinusoidal_positions(rng: Rng, sign: int) -> Steps:
    omega, s, t, k = rng.normal(size=4)
    c, d = np.cos(omega * k), np.sin(omega * k)
    right = np.array([[c, sign * d], [-sign * d, c]]) @ np.array([np.sin(omega * t), np.cos(omega * t)])
    yield 0, np.array([np.sin(omega * (t + k)), np.cos(omega * (t + k))]), "=", right
    turned = np.exp(1j * omega * s) * np.conj(np.exp(1j * omega * t))
    yield 1, np.sin(omega * s) * np.sin(omega * t) + np.cos(omega * s) * np.cos(omega * t), "=", turned.real


@check("oc-122")
@check("oc-123", power=1)
@check("oc-124", swapped=True)
def variational_regulariser(rng: Rng, power: int = 2, swapped: bool = False) -> Steps:
    mu, sigma = between(rng, -1.5, 1.5), between(rng, 0.5, 2)

    def log_density(x: float, mean: float, deviation: float) -> float:
        return -(((x - mean) / deviation) ** 2) / 2 - np.log(deviation) - np.log(2 * np.pi) / 2

    p, q = ((0, 1), (mu, sigma)) if swapped else ((mu, sigma), (0, 1))
    kl = integral(lambda x: np.exp(log_density(x, *p)) * (log_density(x, *p) - log_density(x, *q)), -25, 25)
    yield 0, kl, "=", (mu**2 + sigma**2 - 1 - power * np.log(sigma)) / 2
    z = mu + sigma * GAUSS_POINTS
    yield 1, GAUSS_WEIGHTS @ z**2, "=", mu**2 + sigma**2
    yield 2, GAUSS_WEIGHTS @ ((z - mu) * GAUSS_POINTS), "=", sigma


@check("oc-125")
@check("oc-126", scaled=False)
@check("oc-127", sign=-1)
def tempered_softmax(rng: Rng, scaled: bool = True, sign: int = 1) -> Steps:
    z, T = rng.normal(size=4), between(rng, 0.5, 3)
    p = softmax(z / T)
    right = np.array([[p[i] * ((i == j) - p[j]) for j in range(4)] for i in range(4)])
    yield 0, slopes(lambda u: softmax(u / T), z), "=", right / (T if scaled else 1)
    by_T = np.array([slope(lambda t, i=i: float(np.log(softmax(z / t)[i])), T) for i in range(4)])
    yield 1, by_T, "=", sign * (p @ z - z) / T**2


@check("oc-128", sign=1)
@check("oc-129", sign=-1)
def focal_loss(rng: Rng, sign: int) -> Steps:
    p, gamma = between(rng, 0.1, 0.9), between(rng, 0.3, 3)

    def focal(u: float) -> float:
        return float(-((1 - u) ** gamma) * np.log(u))

    yield 0, focal(p), "<=", -np.log(p)
    yield 1, slope(focal, p), "=", sign * gamma * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p


@check("oc-130")
@check("oc-131", wrong=True)
def rectified_gaussian(rng: Rng, wrong: bool = False) -> Steps:
    s = between(rng, 0.5, 2)

    def expectation(g: Callable[[float], float]) -> float:
        """Of g(max(0, u)): half the mass sits at 0."""
        right = integral(lambda u: g(u) * np.exp(-(u**2) / (2 * s**2)) / (s * np.sqrt(2 * np.pi)), 0, 40)
        return right + g(0) / 2

    mean = expectation(lambda x: x)
    yield 0, expectation(lambda x: x**2), "=", s**2 / 2
    yield 1, mean, "=", s / np.sqrt(2 * np.pi)
    yield 2, expectation(lambda x: (x - mean) ** 2), "=", s**2 / 2 * (1 if wrong else 1 - 1 / np.pi)


@check("oc-132", divisor=3)
@check("oc-133", divisor=12)
def uniform_initialisation(rng: Rng, divisor: int) -> Steps:
    fan_in, fan_out = rng.integers(1, 9, size=2)
    a = np.sqrt(6 / (fan_in + fan_out))
    yield 0, integral(lambda w: w / (2 * a), -a, a), "=", 0
    yield 1, integral(lambda w: w**2 / (2 * a), -a, a), "=", a**2 / divisor
    yield 2, a**2 / divisor, "=", 2 / (fan_in + fan_out)


@check("oc-134")
@check("oc-135", wrong=True)
def logistic_loss_of_signed_labels(rng: Rng, wrong: bool = False) -> Steps:
    w, x = rng.normal(size=(2, 3))
    y = one_of(rng, -1, 1)

    def loss(u: Any) -> Any:
        return np.logaddexp(0, -y * (u @ x))

    s = logistic(w @ x)
    yield 0, slopes(loss, w), "=", (s - y) * x if wrong else -y * logistic(-y * (w @ x)) * x
    yield 1, curvature(loss, w), "=", s * (1 - s) * np.outer(x, x)


@check("oc-136")
@check("oc-137", wrong=True)
def logistic_regression(rng: Rng, wrong: bool = False) -> Steps:
    X, w, y = rng.normal(size=(4, 2)), rng.normal(size=2), rng.integers(0, 2, size=4)

    def loss(u: Any) -> Any:
        p = logistic(X @ u)
        return -np.log(np.where(y == 1, p, 1 - p)).sum()

    p = logistic(X @ w)
    yield 0, loss(w), "=", sum(np.logaddexp(0, a) - label * a for a, label in zip(X @ w, y, strict=True))
    yield 1, slopes(loss, w), "=", X.T @ (p - y)
    yield 2, curvature(loss, w), "=", X.T @ np.diag(p if wrong else p * (1 - p)) @ X


@check("oc-138")
@check("oc-139", wrong=True)
def gelu(rng: Rng, wrong: bool = False) -> Steps:
    x = between(rng, -3, 3)

    def density(t: float) -> float:
        return float(np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi))

    def cumulative(t: float) -> float:
        return integral(density, -np.inf, t)

    def unit(t: float) -> float:
        return t * cumulative(t)

    yield 0, slope(unit, x), "=", cumulative(x) + (1 if wrong else x) * density(x)
    yield 1, unit(x) - unit(-x), "=", x


@check("oc-140")
@check("oc-141", transposed=True)
def residual_block(rng: Rng, transposed: bool = False) -> Steps:
    n, m = 3, 4
    x, U, W = rng.normal(size=n), rng.normal(size=(m, n)), rng.normal(size=(n, m))
    inner = W @ np.diag(1 / np.cosh(U @ x) ** 2) @ U
    yield 0, slopes(lambda u: u + W @ np.tanh(U @ u), x), "=", np.eye(n) + (inner.T if transposed else inner)


@check("oc-142", low=0.1)
@check("oc-143", low=-2)
def rectifier_identities(rng: Rng, low: float) -> Steps:
    x, alpha = between(rng, -3, 3), between(rng, low, 2)

    def relu(t: float) -> float:
        return t if t > 0 else 0.0

    yield 0, relu(x) - relu(-x), "=", x
    yield 1, relu(x) + relu(-x), "=", abs(x)
    yield 2, relu(alpha * x), "=", alpha * relu(x)


@check("oc-144")
@check("oc-145", wrong=True)
def scatter_of_a_batch(rng: Rng, wrong: bool = False) -> Steps:
    N, d = 5, 2
    x = rng.normal(size=(N, d)) + 1
    mean = x.mean(axis=0)
    square = np.outer(mean, mean)
    scatter = (N - 1) * np.cov(x, rowvar=False)
    expanded = x.T @ x - N * square - N * square + N * square
    yield 0, sum(row - mean for row in x), "=", np.zeros(d)
    yield 1, scatter, "=", expanded
    yield 2, expanded, "=", x.T @ x - (1 if wrong else N) * square


@check("oc-146")
@check("oc-147", wrong=True)
def huber(rng: Rng, wrong: bool = False) -> Steps:
    delta = between(rng, 0.5, 2)
    r = one_of(rng, -1, 1) * delta * one_of(rng, between(rng, 0.1, 0.9), between(rng, 1.1, 3))

    def loss(t: float) -> float:
        return t**2 / 2 if abs(t) <= delta else delta * (abs(t) - delta / 2)

    yield 0, loss(r), "<=", r**2 / 2
    yield 1, loss(r), ">=", delta * abs(r) - delta**2 / 2
    yield 2, slope(loss, r), "=", min(delta, abs(r)) if wrong else max(-delta, min(delta, r))


@check("oc-148", signs=(1,))
@check("oc-149", signs=(1, -1))
def temperature_and_prediction(rng: Rng, signs: tuple[int, ...]) -> Steps:
    z, T = rng.normal(size=4), between(rng, 0.3, 3) * one_of(rng, *signs)
    yield 0, np.argmax(softmax(z / T)), "=", sorted(range(4), key=lambda k: z[k])[-1]


@check("oc-150", relation="<=")
@check("oc-151", relation=">=")
def averaged_predictions(rng: Rng, relation: str) -> Steps:
    p = rng.uniform(0.05, 0.95, size=4)
    yield 0, -np.log(p.mean()), relation, -np.log(p).mean()


@check("oc-152")
@check("oc-153", wrong=True)
def scalar_recurrence(rng: Rng, wrong: bool = False) -> Steps:
    w, u, start, first, second = rng.normal(size=5)
    h1 = np.tanh(w * start + u * first)
    h2 = np.tanh(w * h1 + u * second)

    def last(weight: float, h: float) -> float:
        return float(np.tanh(weight * np.tanh(weight * h + u * first) + u * second))

    yield 0, slope(lambda h: float(np.tanh(w * h + u * second)), h1), "=", w * (1 - h2**2)
    yield 1, slope(lambda h: last(w, h), start), "=", w**2 * (1 - h2**2) * (1 - h1**2)
    through = w * start * (1 if wrong else 1 - h1**2)
    yield 2, slope(lambda weight: last(weight, start), w), "=", (1 - h2**2) * (h1 + through)


# Numerical stability


@check("oc-154", share=1.0)
@check("oc-155", share=0.5)
def shifted_log_sum_exp(rng: Rng, share: float) -> Steps:
    n = int(rng.integers(1, 6))
    x, c = rng.normal(size=n), between(rng, -3, 3)
    if rng.uniform() < 0.3:
        x = np.full(n, x[0])  # ties, where the upper bound is tight
    value = np.logaddexp.reduce(x)
    yield 0, np.log(np.exp(x).sum()), "=", c + np.log(np.exp(x - c).sum())
    yield 1, x.max(), "<=", value
    yield 2, value, "<=", x.max() + share * np.log(n)


@check("oc-156")
@check("oc-157", absolute=False)
@check("oc-158", sign=1)
def cross_entropy_from_a_logit(rng: Rng, absolute: bool = True, sign: int = -1) -> Steps:
    x, y = between(rng, -4, 4), one_of(rng, 0, 1, between(rng, 0, 1))
    tail = np.log1p(np.exp(-abs(x)))
    yield 0, np.logaddexp(0, x), "=", max(x, 0) + (tail if absolute else np.log1p(np.exp(-x)))
    left = -y * np.log(logistic(x)) - (1 - y) * np.log(logistic(-x))
    yield 1, left, "=", max(x, 0) + sign * x * y + tail


@check("oc-159")
@check("oc-160", wrong=True)
def welford(rng: Rng, wrong: bool = False) -> Steps:
    n = int(rng.integers(2, 7))
    x = rng.normal(size=n) * 2
    a, mean, last = np.mean(x[:-1]), np.mean(x), x[-1]
    before = (n - 1) * np.var(x[:-1])
    middle = before + (last - a) * (last - (a if wrong else mean))
    yield 0, mean, "=", a + (last - a) / n
    yield 1, n * np.var(x), "=", middle
    yield 2, middle, "=", before + (n - 1) / n * (last - a) ** 2


@check("oc-161")
@check("oc-162", biased=True)
@check("oc-163", sign=1)
def variance_formulas(rng: Rng, biased: bool = False, sign: int = -1) -> Steps:
    n = int(rng.integers(2, 7))
    x, c = rng.normal(size=n) + 1, between(rng, -2, 2)
    mean, textbook = np.mean(x), sum(x**2) / n - np.mean(x) ** 2
    yield 0, np.var(x), "=", textbook
    yield 1, textbook, "=", sum((x - c) ** 2) / n - (mean + sign * c) ** 2
    yield 2, np.var(x, ddof=1), "=", sum(x**2) / (n - 1) - mean**2 if biased else n / (n - 1) * textbook


@check("oc-164")
@check("oc-165", wrong=True)
def perturbed_system(rng: Rng, wrong: bool = False) -> Steps:
    A = rng.normal(size=(3, 3)) * 2
    x, u = rng.normal(size=(2, 3))
    b, v = A @ x, A @ u
    values = np.linalg.svd(A)[1]
    factor = 1 if wrong else values[0]
    norm = np.linalg.norm
    yield 0, norm(u) / norm(x), "<=", factor / values[-1] * norm(v) / norm(b)


@check("oc-166", power=2)
@check("oc-167", power=1)
def condition_number(rng: Rng, power: int) -> Steps:
    A, alpha = rng.normal(size=(3, 3)) + 2 * np.eye(3), between(rng, 0.3, 3) * one_of(rng, -1, 1)

    def kappa(M: Any) -> Any:
        return np.linalg.cond(M, 2)

    yield 0, kappa(A), ">=", 1
    yield 1, kappa(alpha * A), "=", kappa(A)
    yield 2, kappa(A.T @ A), "=", kappa(A) ** power


@check("oc-168", sign=1)
@check("oc-169", sign=-1)
def branching_sigmoid(rng: Rng, sign: int) -> Steps:
    x = between(rng, -4, 4)
    yield 0, logistic(x), "=", 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(sign * x) / (1 + np.exp(sign * x))


@check("oc-170", wrong=False)
@check("oc-171", wrong=True)
def log1p_and_expm1(rng: Rng, wrong: bool) -> Steps:
    x = between(rng, 0.1, 4)
    yield 0, np.log(1 - np.exp(-x)), "=", np.log1p(-np.exp(-x))
    yield 1, np.log1p(-np.exp(-x)), "=", np.log(np.expm1(x) if wrong else -np.expm1(-x))
    yield 2, np.log1p(np.expm1(x)), "=", x


@check("oc-172", sign=-1)
@check("oc-173", sign=1)
def stable_root(rng: Rng, sign: int) -> Steps:
    a, b = rng.uniform(0.3, 3, size=2)
    c = between(rng, -2, 0.95 * b * b / (4 * a))
    root = max(np.roots([a, b, c]).real)
    yield 0, root, "=", sign * 2 * c / (b + np.sqrt(b * b - 4 * a * c))


@check("oc-174", factor=2)
@check("oc-175", factor=1)
def cancellation(rng: Rng, factor: int) -> Steps:
    x = between(rng, 0.2, 5)
    yield 0, np.sqrt(x + 1) - np.sqrt(x), "=", 1 / (np.sqrt(x + 1) + np.sqrt(x))
    yield 1, 1 - np.cos(x), "=", factor * np.sin(x / 2) ** 2


@check("oc-176")
@check("oc-177", signed=True)
def scaled_norm(rng: Rng, signed: bool = False) -> Steps:
    x = rng.normal(size=2)
    m = x.max() if signed else np.abs(x).max()
    yield 0, np.linalg.norm(x), "=", m * np.sqrt(sum((value / m) ** 2 for value in x))


@check("oc-178")
@check("oc-179", absolute=True)
def smooth_maxima(rng: Rng, absolute: bool = False) -> Steps:
    x = rng.normal(size=3) * 2
    yield 0, logsumexp(1e9 * x) / 1e9, "=", np.abs(x).max() if absolute else x.max()
    beta = 1e-4  # the mean over both signs leaves an error of second order
    near = [np.log(np.mean(np.exp(sign * beta * x))) / (sign * beta) for sign in (-1, 1)]
    yield 1, np.mean(near), "=", x.mean()


# Invariances, corners and bounds


@check("oc-180", signs=(1,))
@check("oc-181", signs=(1, -1))
def batch_normalisation_and_scale(rng: Rng, signs: tuple[int, ...]) -> Steps:
    x, alpha, beta = rng.normal(size=4), between(rng, 0.3, 3) * one_of(rng, *signs), between(rng, -2, 2)

    def normalise(u: Any) -> Any:
        return (u - np.mean(u)) / np.std(u)

    yield 0, normalise(alpha * x + beta), "=", normalise(x)


@check("oc-182", low=0)
@check("oc-183", low=-0.9)
def bounds_of_the_logarithm(rng: Rng, low: float) -> Steps:
    x = between(rng, low, 2)
    yield 0, x - x**2 / 2, "<=", np.log1p(x)
    yield 1, np.log1p(x), "<=", x


@check("oc-184", signs=(1,))
@check("oc-185", signs=(1, -1))
def root_of_a_product(rng: Rng, signs: tuple[int, ...]) -> Steps:
    a, b = rng.uniform(0.2, 3, size=2) * one_of(rng, *signs)
    if a < 0:
        yield 0, np.isfinite(np.sqrt(a * b)), "holds", False  # the left side is defined here, the right is not
    else:
        yield 0, np.sqrt(a * b), "=", np.sqrt(a) * np.sqrt(b)


@check("oc-186", low=0)
@check("oc-187", low=-3)
def larger_of_two(rng: Rng, low: float) -> Steps:
    a, b = rng.uniform(low, 3, size=2)
    yield 0, sorted([a, b])[1], "=", (a + b + abs(a - b)) / 2
    yield 1, sorted([a * a, b * b])[1], "=", sorted([a, b])[1] ** 2


@check("oc-188", less=0)
@check("oc-189", less=1)
def one_norm_and_two_norm(rng: Rng, less: int) -> Steps:
    n = int(rng.integers(2, 6))
    x = rng.normal(size=n)
    if rng.uniform() < 0.3:
        x = rng.choice([-1.0, 1.0], size=n)  # where the bound is tight
    yield 0, sum(abs(x)), "<=", np.sqrt((n - less) * sum(x * x))


@check("oc-190", relation="<=")
@check("oc-191", relation="<")
def slope_of_the_sigmoid(rng: Rng, relation: str) -> Steps:
    x = one_of(rng, 0, between(rng, -3, 3))
    value = logistic(x) * logistic(-x)
    yield 0, slope(lambda t: float(logistic(t)), x), "=", value
    yield 1, value, relation, 0.25


@check("oc-192", relation="<=")
@check("oc-193", relation="<")
def tangent_of_the_exponential(rng: Rng, relation: str) -> Steps:
    x = one_of(rng, 0, between(rng, -3, 3))
    yield 0, 1 + x, relation, np.exp(x)


@check("oc-194", factor=2)
@check("oc-195", factor=1)
def reparameterised_gradients(rng: Rng, factor: int) -> Steps:
    mu, sigma = between(rng, -2, 2), between(rng, 0.4, 2)

    def expectation(m: float, s: float) -> float:
        return float(GAUSS_WEIGHTS @ (m + s * GAUSS_POINTS) ** 2)

    yield 0, expectation(mu, sigma), "=", mu**2 + sigma**2
    yield 1, slope(lambda m: expectation(m, sigma), mu), "=", 2 * mu
    yield 2, slope(lambda s: expectation(mu, s), sigma), "=", factor * sigma


@check("oc-196", power=2)
@check("oc-197", power=1)
def cosine_loss(rng: Rng, power: int) -> Steps:
    x, y = rng.normal(size=(2, 3)) * 2

    def cosine(u: Any) -> Any:
        return u @ y / (np.linalg.norm(u) * np.linalg.norm(y))

    norm = np.linalg.norm(x)
    right = cosine(x) * x / norm**power - y / (norm * np.linalg.norm(y))
    yield 0, slopes(lambda u: 1 - cosine(u), x, step=1e-4), "=", right


@check("oc-198", scaled=True)
@check("oc-199", scaled=False)
def rms_norm(rng: Rng, scaled: bool) -> Steps:
    n = 3
    x = rng.normal(size=n) * 2

    def rms(u: Any) -> Any:
        return np.sqrt(np.mean(u**2))

    y = x / rms(x)
    right = (np.eye(n) - np.outer(y, y) / (n if scaled else 1)) / rms(x)
    yield 0, slopes(lambda u: u / rms(u), x, step=1e-4), "=", right


@check("oc-200")
@check("oc-201", wrong=True)
def attention_readout(rng: Rng, wrong: bool = False) -> Steps:
    v, s = rng.normal(size=(4, 2)), rng.normal(size=4)
    a = softmax(s)
    o = a @ v
    right = (a * (1 - a))[:, None] * v if wrong else a[:, None] * (v - o)
    yield 0, slopes(lambda u: softmax(u) @ v, s).T, "=", right


@check("oc-202", scaled=True)
@check("oc-203", scaled=False)
def low_rank_adaptation(rng: Rng, scaled: bool) -> Steps:
    n, m, r = 3, 4, 2
    x, y, W = rng.normal(size=n), rng.normal(size=m), rng.normal(size=(m, n))
    B, A, alpha = rng.normal(size=(m, r)), rng.normal(size=(r, n)), between(rng, 0.3, 0.7)

    def loss(P: Any, Q: Any) -> Any:
        return ((W @ x + alpha * P @ Q @ x - y) ** 2).sum() / 2

    error = W @ x + alpha * B @ A @ x - y
    yield 0, slopes(lambda P: loss(P, A), B), "=", alpha * np.outer(error, A @ x)
    yield 1, slopes(lambda Q: loss(B, Q), A), "=", (alpha if scaled else 1) * np.outer(B.T @ error, x)


@check("oc-204")
@check("oc-205", power=1)
@check("oc-206", sign=-1)
def logarithmic_barrier(rng: Rng, power: int = 2, sign: int = 1) -> Steps:
    a, x = rng.normal(size=(4, 3)), rng.normal(size=3)
    slack = rng.uniform(0.5, 2, size=4)
    b = a @ x + slack

    def barrier(u: Any) -> Any:
        return -np.log(b - a @ u).sum()

    yield 0, slopes(barrier, x), "=", sign * sum(row / gap for row, gap in zip(a, slack, strict=True))
    right = sum(np.outer(row, row) / gap**power for row, gap in zip(a, slack, strict=True))
    yield 1, curvature(barrier, x), "=", right


@check("oc-207", low=0)
@check("oc-208", low=-2)
def linear_programming_duality(rng: Rng, low: float) -> Steps:
    A, y = rng.normal(size=(2, 4)), rng.normal(size=2)
    x, slack = rng.uniform(low, 2, size=4), rng.uniform(0, 2, size=4)
    c = A.T @ y + slack
    yield 0, (A @ x) @ y, "<=", c @ x


@check("oc-209", factor=0.5)
@check("oc-210", factor=1.0)
def exact_line_search(rng: Rng, factor: float) -> Steps:
    A = symmetric(rng, 3, 0.5, 3)
    b, x = rng.normal(size=(2, 3))

    def f(u: Any) -> Any:
        return u @ A @ u / 2 - b @ u

    g = slopes(f, x)
    eta = g @ g / (g @ A @ g)
    yield 0, slope(lambda t: float(f(x - t * g)), eta), "=", 0
    yield 1, f(x - eta * g), "=", f(x) - factor * (g @ g) ** 2 / (g @ A @ g)


@check("oc-211", root=1.0)
@check("oc-212", root=0.5)
def kantorovich(rng: Rng, root: float) -> Steps:
    mu, L = between(rng, 0.2, 1), between(rng, 1.5, 4)
    A, g = symmetric(rng, 3, mu, L), rng.normal(size=3)
    if rng.uniform() < 0.5:
        vectors = np.linalg.eigh(A)[1]
        g = vectors[:, 0] + vectors[:, -1]  # where the bound is tight
    left = (g @ g) ** 2 / ((g @ A @ g) * (g @ np.linalg.solve(A, g)))
    yield 0, left, ">=", (4 * mu * L / (mu + L) ** 2) ** root


@check("oc-213")
@check("oc-214", swapped=True)
def bfgs_secant(rng: Rng, swapped: bool = False) -> Steps:
    H = symmetric(rng, 3, -1, 3)
    s, y = rng.normal(size=(2, 3))
    y = y * np.sign(y @ s)
    rho = 1 / (y @ s)
    left, right = np.eye(3) - rho * np.outer(s, y), np.eye(3) - rho * np.outer(y, s)
    new = (right @ H @ left if swapped else left @ H @ right) + rho * np.outer(s, s)
    yield 0, new @ y, "=", s


@check("oc-215", factor=0.5)
@check("oc-216", factor=1.0)
def scaled_multipliers(rng: Rng, factor: float) -> Steps:
    r, lam = rng.normal(size=(2, 3))
    rho = between(rng, 0.3, 3)
    u = lam / rho
    yield 0, lam @ r + rho / 2 * (r @ r), "=", rho / 2 * ((r + u) ** 2).sum() - factor * rho * (u**2).sum()


@check("oc-217", square=1)
@check("oc-218", square=0)
def truncation_errors(rng: Rng, square: int) -> Steps:
    a, b, x, h = rng.normal(size=4)
    f = np.polynomial.Polynomial([0, b, 0, a])
    exact = slope(lambda t: float(f(t)), x)
    yield 0, (f(x + h) - f(x)) / h - exact, "=", 3 * a * x * h + square * a * h**2
    yield 1, (f(x + h) - f(x - h)) / (2 * h) - exact, "=", a * h**2


@check("oc-219")
@check("oc-220", absolute=False)
def log_cosh(rng: Rng, absolute: bool = True) -> Steps:
    r = between(rng, -3, 3)
    tail = np.log1p(np.exp(-2 * (abs(r) if absolute else r)))
    yield 0, np.log(np.cosh(r)), "=", abs(r) + tail - np.log(2)


@check("oc-221", sign=1)
@check("oc-222", sign=-1)
def merged_denominators(rng: Rng, sign: int) -> Steps:
    (m1, m2), (s1, s2) = rng.normal(size=2), rng.uniform(0.5, 3, size=2)
    m = max(m1, m2)
    s = np.exp(sign * (m1 - m)) * s1 + np.exp(m2 - m) * s2
    yield 0, m + np.log(s), "=", np.logaddexp(m1 + np.log(s1), m2 + np.log(s2))


@check("oc-223")
@check("oc-224", signed=True)
def condition_of_the_logarithm(rng: Rng, signed: bool = False) -> Steps:
    x = one_of(rng, between(rng, 0.2, 0.9), between(rng, 1.1, 4))
    left = abs(x * slope(lambda t: float(np.log(t)), x) / np.log(x))
    yield 0, left, "=", 1 / (np.log(x) if signed else abs(np.log(x)))


@check("oc-225", boundary=1)
@check("oc-226", boundary=0)
def leibniz_rule(rng: Rng, boundary: int) -> Steps:
    a = between(rng, 0.3, 1.5)
    left = slope(lambda b: integral(lambda x: np.exp(b * x), 0, b), a)
    yield 0, left, "=", boundary * np.exp(a * a) + integral(lambda x: x * np.exp(a * x), 0, a)


@check("oc-227", power=0.5)
@check("oc-228", power=1.0)
def euler_homogeneity(rng: Rng, power: float) -> Steps:
    A, x = symmetric(rng, 3, 0.5, 3), rng.normal(size=3)

    def f(u: Any) -> Any:
        return (u @ A @ u) ** power

    yield 0, slopes(f, x, step=1e-4) @ x, "=", f(x)


@check("oc-229")
@check("oc-230", scaled=True)
def shifted_softmax(rng: Rng, scaled: bool = False) -> Steps:
    x, c = rng.normal(size=4), between(rng, -2, 2)
    yield 0, softmax(c * x if scaled else x + c), "=", np.exp(x - np.logaddexp.reduce(x))


@check("oc-231")
@check("oc-232", wrong=True)
def clipped_gradient(rng: Rng, wrong: bool = False) -> Steps:
    g, c = rng.normal(size=3), between(rng, 0.2, 3)
    norm = np.linalg.norm(g)
    clipped = g if norm <= c else c / norm * g
    yield 0, np.linalg.norm(clipped), "<=", c
    yield 1, np.linalg.norm(clipped), "=", c if wrong else min(norm, c)


@check("oc-233", sign=1)
@check("oc-234", sign=-1)
def two_label_conventions(rng: Rng, sign: int) -> Steps:
    y, a = one_of(rng, -1, 1), between(rng, -3, 3)
    t = (1 + sign * y) / 2
    yield 0, np.logaddexp(0, -y * a), "=", -t * np.log(logistic(a)) - (1 - t) * np.log(logistic(-a))


@check("oc-235")
@check("oc-236", wrong=True)
def logarithm_below_its_tangent(rng: Rng, wrong: bool = False) -> Steps:
    x = between(rng, -1, 3)
    if x > 0:
        yield 0, True, "holds", np.log(x) <= ((x - 1) / np.sqrt(x) if wrong else x - 1)
    else:
        yield 0, False, "holds", False


# Where equality is reached, and narrow windows


@check("oc-237", relation=">=")
@check("oc-238", relation=">")
def divergence_is_not_negative(rng: Rng, relation: str) -> Steps:
    q = simplex(rng, 3)
    p = q if rng.uniform() < 0.3 else simplex(rng, 3)
    yield 0, (q * np.log(q / p)).sum(), relation, 0


@check("oc-239", relation="<=")
@check("oc-240", relation="<")
def entropy_of_a_prediction(rng: Rng, relation: str) -> Steps:
    p = np.array([0.5, 0.5]) if rng.uniform() < 0.3 else simplex(rng, 3)
    yield 0, -(p * np.log(p)).sum(), relation, np.log(len(p))


@check("oc-241", relation="<=")
@check("oc-242", relation="<")
def variance_is_not_negative(rng: Rng, relation: str) -> Steps:
    x = np.ones(4) if rng.uniform() < 0.3 else rng.normal(size=4)
    yield 0, np.mean(x) ** 2, relation, np.mean(x**2)


@check("oc-243", relation=">=")
@check("oc-244", relation=">")
def factorial_and_power(rng: Rng, relation: str) -> Steps:
    n = int(rng.integers(1, 8))
    yield 0, factorial(n), relation, 2 ** (n - 1)


@check("oc-245", relation="<=")
@check("oc-246", relation="<")
def norm_is_convex(rng: Rng, relation: str) -> Steps:
    x, y = rng.normal(size=(2, 3))
    t = one_of(rng, 0, between(rng, 0, 1))
    yield 0, np.linalg.norm(t * x + (1 - t) * y), relation, t * np.linalg.norm(x) + (1 - t) * np.linalg.norm(y)


@check("oc-247", value=0)
@check("oc-248", value=1)
def values_of_the_exponential(rng: Rng, value: float) -> Steps:
    x = one_of(rng, 0, between(rng, -4, 4))
    yield 0, np.exp(x), "!=", value


@check("oc-249", bound=1.13)
@check("oc-250", bound=1.12)
def slope_of_gelu(rng: Rng, bound: float) -> Steps:
    x = one_of(rng, between(rng, 1, 2), between(rng, -4, 4))
    mass = integral(lambda t: np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi), -np.inf, x)
    yield 0, mass + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), "<=", bound


@check("oc-251", bound=1 / np.e)
@check("oc-252", bound=0.36)
def one_term_of_an_entropy(rng: Rng, bound: float) -> Steps:
    p = one_of(rng, between(rng, 0.3, 0.45), between(rng, 0.01, 0.99))
    yield 0, -p * np.log(p), "<=", bound
