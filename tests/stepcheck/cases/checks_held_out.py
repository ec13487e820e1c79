"""Checks of held_out.jsonl: see checking.py for what a check yields.

Expectations come from sums over all outcomes, Gauss-Hermite nodes or quadrature, derivatives from differences.
"""

from itertools import product

import numpy as np
from numpy.linalg import det, eigvalsh, inv, matrix_rank, norm, solve, svd
from scipy.integrate import dblquad, quad
from scipy.linalg import qr

from tests.stepcheck.cases.checking import check, curvature, slopes


def spread(rng, n, low, high):
    """A symmetric matrix with eigenvalues between `low` and `high`."""
    Q = qr(rng.normal(size=(n, n)))[0]
    return Q @ np.diag(rng.uniform(low, high, size=n)) @ Q.T


def logistic(u):
    return 1 / (1 + np.exp(-u))


def normal_nodes(count):
    """Nodes and weights that integrate polynomials exactly under the standard normal law."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def atoms(rng, n, count):
    """A law with finitely many values in n dimensions: its values, one a row, and their masses."""
    return rng.normal(size=(count, n)) + 0.5, rng.dirichlet(np.ones(count))


def mean_and_covariance(values, masses):
    mean = masses @ values
    return mean, (values - mean).T @ ((values - mean) * masses[:, None])


# Linear algebra


@check("oh-001")
@check("oh-002", wrong=True)
def a_factor_pushed_through_an_inverse(rng, wrong=False):
    U, V = rng.normal(size=(4, 2)) / 2, rng.normal(size=(2, 4)) / 2
    while abs(det(np.eye(4) + U @ V)) < 0.2:
        V = rng.normal(size=(2, 4)) / 2
    if wrong:
        assert U.shape[1] != np.eye(4).shape[0]
        yield 0, None, "shape", None
        return
    yield 0, inv(np.eye(4) + U @ V) @ U, "=", U @ inv(np.eye(2) + V @ U)


@check("oh-003")
@check("oh-004", wrong=True)
def a_low_rank_update(rng, wrong=False):
    B, A = rng.normal(size=(4, 2)), rng.normal(size=(2, 5))
    W = B @ A
    yield 0, matrix_rank(W), "<=", 2
    yield 1, np.sum(W**2), "=", np.trace(B.T @ B @ A @ A.T)
    yield 2, np.sqrt(np.sum(W**2)), "<=", svd(B)[1].max() * (svd(A)[1].max() if wrong else norm(A))


@check("oh-005")
@check("oh-006", sign=1)
def a_householder_reflector(rng, sign=-1):
    v = rng.normal(size=3)
    H = np.eye(3) - 2 / (v @ v) * np.outer(v, v)
    yield 0, H.T, "=", H
    yield 1, H @ H, "=", np.eye(3)
    yield 2, H @ v, "=", -v
    yield 3, det(H), "=", sign


@check("oh-007")
@check("oh-008", sign=-1)
def rotary_scores(rng, sign=1):
    def turn(angle):
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    angle, (m, n) = rng.uniform(0.2, 1), rng.integers(1, 6, size=2)
    q, k = rng.normal(size=(2, 2))
    yield 0, (turn(m * angle) @ q) @ (turn(n * angle) @ k), "=", q @ turn(m * angle).T @ turn(n * angle) @ k
    yield 1, (turn(m * angle) @ q) @ (turn(n * angle) @ k), "=", q @ turn(sign * (n - m) * angle) @ k


# Matrix calculus


@check("oh-009")
@check("oh-010", wrong=True)
def a_bilinear_form_in_an_inverse(rng, wrong=False):
    X, step = 2 * np.eye(3) + 0.4 * rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    a, b = rng.normal(size=(2, 3))
    yield 0, slopes(lambda t: inv(X + t * step), 0.0), "=", -inv(X) @ step @ inv(X)
    yield 1, slopes(lambda t: a @ inv(X + t * step) @ b, 0.0), "=", -np.trace(inv(X) @ np.outer(b, a) @ inv(X) @ step)
    middle = np.outer(b, a) if wrong else np.outer(a, b)
    yield 2, slopes(lambda X: a @ inv(X) @ b, X), "=", -inv(X).T @ middle @ inv(X).T


@check("oh-011")
@check("oh-012", sign=-1)
def backward_through_an_affine_layer(rng, sign=1):
    X, W, b, T = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 2))

    def loss(X, W, b):
        return sum(np.sum((W.T @ x + b - t) ** 2) for x, t in zip(X, T, strict=True)) / 2

    error = X @ W + np.outer(np.ones(4), b) - T
    yield 0, slopes(lambda W: loss(X, W, b), W), "=", X.T @ error
    yield 1, slopes(lambda b: loss(X, W, b), b), "=", error.T @ np.ones(4)
    yield 2, slopes(lambda X: loss(X, W, b), X), "=", sign * error @ W.T


@check("oh-013")
@check("oh-014", wrong=True)
def jacobian_of_a_root_mean_square_norm(rng, wrong=False):
    def size(x):
        return np.sqrt(np.mean(x**2))

    x = rng.normal(size=4) + np.array([1.5, 0, 0, 0])
    jacobian = slopes(lambda x: x / size(x), x, step=1e-4)
    yield 0, slopes(size, x, step=1e-4), "=", x / (4 * size(x))
    yield (
        1,
        jacobian,
        "=",
        (np.eye(4) - np.outer(x, x) / ((1 if wrong else 4) * size(x) ** 2)) / size(x),
    )
    yield 2, jacobian @ x, "=", np.zeros(4)


@check("oh-015")
@check("oh-016", wrong=True)
def logistic_regression_with_signs(rng, wrong=False):
    X, y, w = rng.normal(size=(4, 3)), rng.choice([-1.0, 1.0], size=4), rng.normal(size=3)

    def loss(w):
        return np.sum(np.log(1 + np.exp(-y * (X @ w))))

    hessian = curvature(loss, w)
    yield 0, slopes(loss, w), "=", -sum(y[i] * logistic(-y[i] * w @ X[i]) * X[i] for i in range(4))
    weights = logistic(X @ w) * (1 - logistic(X @ w)) * (y if wrong else 1)
    yield 1, hessian, "=", sum(weights[i] * np.outer(X[i], X[i]) for i in range(4))
    if not wrong:
        yield 2, hessian, "psd>=", np.zeros((3, 3))


# Calculus


@check("oh-017")
@check("oh-018", constant=1)
def gelu_and_its_derivatives(rng, constant=2):
    def density(x):
        return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)

    def below(x):
        return quad(density, -12, x, epsabs=1e-13)[0]

    def gelu(x):
        return x * below(float(x))

    x = rng.normal()
    yield 0, slopes(gelu, x), "=", below(x) + x * density(x)
    yield 1, curvature(gelu, x, step=1e-2), "=", (constant - x**2) * density(x)


@check("oh-019")
@check("oh-020", divisor=2)
def a_gaussian_integral_with_a_linear_term(rng, divisor=4):
    a, b = rng.uniform(0.5, 2), rng.normal()
    total = quad(lambda x: np.exp(-a * x**2 + b * x), -30, 30, points=[b / (2 * a)])[0]
    yield 0, total, "=", np.sqrt(np.pi / a) * np.exp(b**2 / (divisor * a))


@check("oh-021")
@check("oh-022", wrong=True)
def softplus_with_a_temperature(rng, wrong=False):
    beta, x = rng.uniform(0.5, 3), rng.normal()

    def softplus(x):
        return np.log(1 + np.exp(beta * x)) / beta

    second = curvature(softplus, x)
    yield 0, slopes(softplus, x), "=", logistic(beta * x)
    yield 1, second, "=", (1 if wrong else beta) * np.exp(-beta * x) / (1 + np.exp(-beta * x)) ** 2
    if not wrong:
        yield 2, second, "<=", beta / 4
    yield 3, softplus(x), ">", max(0, x)


# Probability


@check("oh-023")
@check("oh-024", power=1)
def a_score_function_estimator(rng, power=2):
    mu, sigma = rng.normal(), rng.uniform(0.4, 2)
    nodes, weights = normal_nodes(12)
    z = mu + sigma * nodes
    score = weights @ (z**2 * (z - mu) / sigma**power)
    yield 0, slopes(lambda mu: weights @ (mu + sigma * nodes) ** 2, mu), "=", score
    yield 1, score, "=", 2 * mu


@check("oh-025")
@check("oh-026", wrong=True)
def inverted_dropout(rng, wrong=False):
    q, a = rng.uniform(0.1, 0.9), rng.normal() + 1
    values, masses = np.array([0, a / q]), np.array([1 - q, q])
    yield 0, masses @ values, "=", a
    spread = masses @ (values - masses @ values) ** 2
    yield 1, spread, "=", (q * (1 - q) if wrong else (1 - q) / q) * a**2


@check("oh-027")
@check("oh-028", wrong=True)
def moments_of_a_random_vector(rng, wrong=False):
    values, masses = atoms(rng, 3, 6)
    mean, covariance = mean_and_covariance(values, masses)
    A, c = rng.normal(size=(3, 3)), rng.normal(size=3)
    yield 0, np.einsum("s,si,sj->ij", masses, values, values), "=", covariance + np.outer(mean, mean)
    yield (
        1,
        sum(w * x @ A @ x for w, x in zip(masses, values, strict=True)),
        "=",
        (np.trace(A @ covariance) + mean @ A @ mean),
    )
    moved = mean_and_covariance(np.array([A @ x + c for x in values]), masses)[1]
    yield 2, moved, "=", A.T @ covariance @ A if wrong else A @ covariance @ A.T


@check("oh-029")
@check("oh-030", wrong=True)
def two_exponential_clocks(rng, wrong=False):
    one, two = rng.uniform(0.6, 2, size=2)
    t = rng.uniform(0.1, 2)

    def density(x, rate):
        return rate * np.exp(-rate * x)

    def later(rate):
        return quad(density, t, 60, args=(rate,))[0]

    def moment(power, rate):
        return quad(lambda x: x**power * density(x, rate), 0, 60, limit=200)[0]

    yield 0, later(one) * later(two), "=", np.exp(-(one + two) * t)
    yield 1, moment(1, one), "=", 1 / one
    mean = moment(1, one) + moment(1, two)
    square = moment(2, one) + 2 * moment(1, one) * moment(1, two) + moment(2, two)
    yield 2, square - mean**2, "=", 1 / one**2 + 1 / two**2
    first = dblquad(lambda y, x: density(x, one) * density(y, two), 0, 40, lambda x: x, lambda x: x + 40)[0]
    yield 3, first, "=", (two if wrong else one) / (one + two)


# Statistics


@check("oh-031")
@check("oh-032", sign=-1)
def mean_squared_error_of_an_estimator(rng, sign=1):
    values, masses = atoms(rng, 1, 5)
    values, theta = values[:, 0], rng.normal()
    error, mean = masses @ (values - theta) ** 2, masses @ values
    yield 0, error, "=", masses @ values**2 - 2 * theta * mean + theta**2
    yield 1, error, "=", masses @ (values - mean) ** 2 + sign * (mean - theta) ** 2


@check("oh-033")
@check("oh-034", count=2)
def ridge_in_both_forms(rng, count=1):
    X, y, w, penalty = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3), rng.uniform(0.3, 2)

    def objective(w):
        return np.sum((X @ w - y) ** 2) + penalty * np.sum(w**2)

    hessian = curvature(objective, w)
    yield 0, slopes(objective, w), "=", 2 * X.T @ (X @ w - y) + 2 * penalty * w
    yield 1, hessian, "=", 2 * (X.T @ X + penalty * np.eye(3))
    yield 2, eigvalsh(hessian).min(), ">", 0.0
    best = np.linalg.lstsq(np.vstack([X, np.sqrt(penalty) * np.eye(3)]), np.append(y, np.zeros(3)), rcond=None)[0]
    yield 3, best, "=", solve(X.T @ X + count * penalty * np.eye(3), X.T @ y)
    if count == 1:
        yield 4, best, "=", X.T @ solve(X @ X.T + penalty * np.eye(5), y)


@check("oh-035")
@check("oh-036", divisor=4)
def mean_and_variance_of_a_sample_of_four(rng, divisor=3):
    mu, sigma = rng.normal(), rng.uniform(0.5, 2)
    nodes, weights = normal_nodes(3)
    mean = square = within = 0.0
    for which in product(range(3), repeat=4):
        mass, x = np.prod(weights[list(which)]), mu + sigma * nodes[list(which)]
        mean += mass * x.mean()
        square += mass * (x.mean() - mu) ** 2
        within += mass * np.sum((x - x.mean()) ** 2) / divisor
    yield 0, mean, "=", mu
    yield 1, square, "=", sigma**2 / 4
    yield 2, within, "=", sigma**2


@check("oh-037")
@check("oh-038", power=1)
def the_rate_of_waiting_times(rng, power=2):
    x, rate = rng.uniform(0.3, 3, size=5), rng.uniform(0.5, 2)

    def likelihood(rate):
        return np.sum(np.log(rate * np.exp(-rate * x)))

    yield 0, slopes(likelihood, rate), "=", 5 / rate - np.sum(x)
    yield 1, -curvature(likelihood, rate), "=", 5 / rate**power
    low, high = 1e-2, 1e2
    while high - low > 1e-12 * high:  # where the slope changes its sign
        middle = (low + high) / 2
        low, high = (middle, high) if slopes(likelihood, middle, step=1e-3 * middle) > 0 else (low, middle)
    yield 2, 1 / low, "=", np.mean(x)


# Information theory


@check("oh-039")
@check("oh-040", power=1)
def divergence_from_a_standard_normal(rng, power=2):
    mu, sigma = rng.normal(), rng.uniform(0.4, 2)
    nodes, weights = normal_nodes(12)
    z = mu + sigma * nodes
    divergence = weights @ (-(nodes**2) / 2 - np.log(sigma) + z**2 / 2)
    yield 0, divergence, "=", (mu**2 + sigma**2 - 1 - np.log(sigma**power)) / 2


@check("oh-041")
@check("oh-042", relation=">=")
def mutual_information_of_a_table(rng, relation="<="):
    joint = rng.dirichlet(np.ones(6)).reshape(2, 3)
    x, y = joint.sum(axis=1), joint.sum(axis=0)

    def entropy(p):
        return -np.sum(p * np.log(p))

    mutual = np.sum(joint * np.log(joint / np.outer(x, y)))
    given = sum(y[j] * entropy(joint[:, j] / y[j]) for j in range(3))
    yield 0, mutual, "=", entropy(x) - given
    yield 1, mutual, "=", entropy(x) + entropy(y) - entropy(joint)
    yield 2, mutual, ">=", 0.0
    yield 3, given, relation, entropy(x)
    yield 4, entropy(x), "<=", entropy(joint)


@check("oh-043")
@check("oh-044", wrong=True)
def cross_entropy_and_label_smoothing(rng, wrong=False):
    p, q, mix = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4)), rng.uniform(0.05, 0.5)

    def cross(p, q):
        return sum(-a * np.log(b) for a, b in zip(p, q, strict=True))

    divergence = np.sum(q * np.log(q / p)) if wrong else np.sum(p * np.log(p / q))
    yield 0, cross(p, q), "=", -p @ np.log(q)
    yield 1, cross(p, q), "=", -p @ np.log(p) + divergence
    yield 2, cross((1 - mix) * p + mix / 4, q), "=", (1 - mix) * cross(p, q) - mix / 4 * np.sum(np.log(q))


# Optimization


@check("oh-045")
@check("oh-046", factor=2.0)
def a_gradient_step_on_a_quadratic(rng, factor=0.5):
    L = rng.uniform(0.5, 3)
    A, (b, x, y) = spread(rng, 3, 0, L), rng.normal(size=(3, 3))

    def f(x):
        return x @ A @ x / 2 - b @ x

    gradient = slopes(f, x)
    yield 0, f(y), "<=", f(x) + gradient @ (y - x) + L / 2 * norm(y - x) ** 2
    yield 1, f(x - gradient / L), "<=", f(x) - factor / L * norm(gradient) ** 2


@check("oh-047")
@check("oh-048", wrong=True)
def bounds_of_a_strongly_convex_quadratic(rng, wrong=False):
    m = rng.uniform(0.3, 1)
    M = m + rng.uniform(0.5, 3)
    P, x = spread(rng, 3, m, M), rng.normal(size=3)

    def f(x):
        return x @ P @ x / 2

    yield 0, slopes(f, x), "=", P @ x
    yield 1, curvature(f, x), "=", P
    yield 2, P, "psd<=", M * np.eye(3)
    yield 3, f(x), "<=", norm(slopes(f, x)) ** 2 / (2 * (M if wrong else m))
    yield 4, f(x), ">=", m / 2 * norm(x) ** 2


@check("oh-049")
@check("oh-050", power=2)
def projection_on_a_hyperplane(rng, power=1):
    (a, z, free), b = rng.normal(size=(3, 3)), rng.normal()
    point = z - (a @ z - b) / (a @ a) * a
    x = free + a * (b - a @ free) / norm(a) ** 2
    yield 0, a @ point, "=", b
    yield 1, norm(z - point), "=", abs(a @ z - b) / norm(a) ** power
    yield 2, norm(z - point), "<=", norm(z - x)


@check("oh-051")
@check("oh-052", shift=1)
def weights_of_a_moving_average(rng, shift=0):
    beta, t = rng.uniform(0.1, 0.95), int(rng.integers(1, 8))
    total = (1 - beta) * sum(beta ** (t - i) for i in range(1, t + 1))
    yield 0, total, "=", 1 - beta ** (t - shift)
    yield 1, 1 - beta ** (t - shift), "<", 1.0


# Deep learning


@check("oh-053")
@check("oh-054", sign=-1)
def cross_entropy_of_a_softmax(rng, sign=1):
    z, y = rng.normal(size=4), np.eye(4)[rng.integers(4)]

    def softmax(z):
        return np.exp(z) / np.exp(z).sum()

    p, gradient = softmax(z), slopes(lambda z: -y @ np.log(softmax(z)), z)
    yield 0, slopes(softmax, z), "=", p[:, None] * (np.eye(4) - p[None, :])
    yield 1, gradient, "=", sign * (p - y)
    yield 2, gradient.sum(), "=", 0.0


@check("oh-055")
@check("oh-056", wrong=True)
def one_step_of_a_recurrent_network(rng, wrong=False):
    W, U, x = rng.normal(size=(3, 2)), rng.normal(size=(3, 3)), rng.normal(size=2)
    s, b, v = rng.normal(size=(3, 3))

    def loss(W, U, x, s, b):
        return sum(v[i] * np.tanh(W[i] @ x + U[i] @ s + b[i]) for i in range(3))

    h = np.tanh(W @ x + U @ s + b)
    D = np.diag(1 - h * h)
    yield 0, slopes(lambda h: v @ h, h), "=", v
    yield 1, slopes(lambda b: loss(W, U, x, s, b), b), "=", D @ v
    yield 2, slopes(lambda s: loss(W, U, x, s, b), s), "=", (U if wrong else U.T) @ D @ v
    yield 3, slopes(lambda x: loss(W, U, x, s, b), x), "=", W.T @ D @ v
    yield 4, slopes(lambda W: loss(W, U, x, s, b), W), "=", np.outer(D @ v, x)


@check("oh-057")
@check("oh-058", power=1.0)
def scores_of_random_queries_and_keys(rng, power=0.5):
    d = int(rng.integers(2, 4))
    nodes, weights = normal_nodes(3)
    scores, masses = [], []
    for which in product(range(3), repeat=2 * d):
        values = nodes[list(which)]
        scores.append(values[:d] @ values[d:])
        masses.append(np.prod(weights[list(which)]))
    scores, masses = np.array(scores), np.array(masses)
    mean = masses @ scores
    yield 0, mean, "=", 0.0
    yield 1, masses @ (scores - mean) ** 2, "=", float(d)
    yield 2, masses @ ((scores - mean) / d**power) ** 2, "=", 1.0


# Numerical stability


@check("oh-059")
@check("oh-060", relation=">=")
def the_shift_in_a_sum_of_exponentials(rng, relation="<="):
    z = rng.normal(size=4)
    m = z.max()
    whole = np.log(sum(np.exp(value) for value in z))
    yield 0, whole, "=", m + np.log(np.sum(np.exp(z - m)))
    yield 1, whole, relation, m + np.log(4)
    yield 2, whole, ">=", m
