"""Checks of held_out_2.jsonl: see checking.py for what a check yields.

Expectations come from sums over all outcomes or Gauss-Hermite nodes, integrals from quadrature, derivatives from
differences, entropies from assembled tables.
"""

from itertools import product
from math import lgamma

import numpy as np
from numpy.linalg import eigvalsh, inv, norm, slogdet, solve
from scipy.integrate import quad
from scipy.linalg import qr
from scipy.stats import multivariate_normal, poisson

from tests.stepcheck.cases.checking import check, curvature, slopes


def spread(rng, n, low=0.5, high=2.0):
    """A symmetric matrix with eigenvalues between `low` and `high`, both taken."""
    Q = qr(rng.normal(size=(n, n)))[0]
    values = np.concatenate([[low, high], rng.uniform(low, high, size=n - 2)])
    return Q @ np.diag(values) @ Q.T


def logistic(u):
    return 1 / (1 + np.exp(-u))


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def normal_nodes(count=12):
    """Nodes and weights that integrate polynomials of degree below 2 `count` under the standard normal law."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def entropy(table):
    p = np.asarray(table).ravel()
    return -float(np.sum(p * np.log(p)))


def simplex(rng, n):
    p = rng.uniform(0.1, 1, size=n)
    return p / p.sum()


def vec(A):
    return A.reshape(-1, order="F")


# Linear algebra


@check("op-001")
@check("op-002", noise=0)
def the_gain_of_a_kalman_filter(rng, noise=1):
    P, R, B = spread(rng, 3), spread(rng, 2), rng.normal(size=(2, 3))
    K = solve((B @ P @ B.T + R).T, (P @ B.T).T).T
    posterior = inv(inv(P) + B.T @ inv(R) @ B)
    rest = np.eye(3) - K @ B
    yield 0, posterior @ B.T @ inv(R), "=", K
    yield 1, posterior, "=", P - K @ B @ P
    yield 2, posterior, "=", rest @ P @ rest.T + noise * K @ R @ K.T


@check("op-003")
@check("op-004", factor=2)
def one_principal_direction(rng, factor=1):
    values, vectors = np.linalg.eigh(spread(rng, 3, -1.0, 3.0))
    S, lam, u, x = (vectors * values) @ vectors.T, values[1], vectors[:, 1], rng.normal(size=3)
    yield 0, u @ S @ u, "=", lam * u @ u
    yield 1, lam * u @ u, "=", lam
    yield 2, (S - lam * np.outer(u, u)) @ u, "=", S @ u - lam * u * (u @ u)
    yield 3, S @ u - lam * u * (u @ u), "=", np.zeros(3)
    yield 4, norm(x - (u @ x) * u) ** 2, "=", x @ x - factor * (u @ x) ** 2


@check("op-005")
@check("op-006", wrong=True)
def ridge_by_the_gram_matrix(rng, wrong=False):
    Phi, t, lam = rng.normal(size=(4, 2)), rng.normal(size=4), rng.uniform(0.2, 3)
    w = np.linalg.lstsq(np.vstack([Phi, np.sqrt(lam) * np.eye(2)]), np.append(t, [0, 0]), rcond=None)[0]
    K = Phi @ Phi.T
    dual = solve(K + lam * np.eye(4), t)
    yield 0, Phi @ w, "=", Phi @ Phi.T @ dual
    yield 1, Phi @ w, "=", K @ dual
    yield 2, Phi @ w, "=", t - (1 if wrong else lam) * dual
    yield 3, norm(w) ** 2, "=", dual @ K @ dual


@check("op-007")
@check("op-008", relation=">=")
def top_eigenvalue_of_a_sum(rng, relation="<="):
    A, B = (M + M.T for M in rng.normal(size=(2, 3, 3)))
    yield 0, eigvalsh(A + B)[-1], relation, eigvalsh(A)[-1] + eigvalsh(B)[-1]


@check("op-009")
@check("op-010", sign=1)
def householder_reflector(rng, sign=-1):
    v = rng.normal(size=4)
    F = np.eye(4) - 2 * np.outer(v, v) / (v @ v)
    yield 0, F.T, "=", F
    yield 1, F @ F, "=", np.eye(4)
    yield 2, np.linalg.det(F), "=", float(sign)
    yield 3, F @ v, "=", -v


# Matrix calculus


@check("op-011")
@check("op-012", wrong=True)
def backward_through_a_dense_layer(rng, wrong=False):
    W, b, x, t = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=3)

    def loss_of_activation(a):
        return norm(np.tanh(a) - t) ** 2 / 2

    a = W @ x + b
    delta = (np.tanh(a) - t) * (1 - np.tanh(a) ** 2)
    yield 0, slopes(loss_of_activation, a), "=", delta
    yield 1, slopes(lambda b: loss_of_activation(W @ x + b), b), "=", delta
    yield 2, slopes(lambda W: loss_of_activation(W @ x + b), W), "=", np.outer(delta, x)
    yield 3, slopes(lambda x: loss_of_activation(W @ x + b), x), "=", (W if wrong else W.T) @ delta


@check("op-013")
@check("op-014", wrong=True)
def quadratic_form_of_the_matrix_normal(rng, wrong=False):
    X, M, U, V = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), spread(rng, 3), spread(rng, 2)

    def q(M):
        return np.trace(inv(V) @ (X - M).T @ inv(U) @ (X - M))

    product = np.kron(U, V) if wrong else np.kron(V, U)
    yield 0, slopes(q, M), "=", -2 * solve(U, X - M) @ inv(V)
    yield 1, q(M), "=", vec(X - M) @ solve(product, vec(X - M))
    yield 2, slogdet(np.kron(V, U))[1], "=", 3 * np.log(np.linalg.det(V)) + 2 * np.log(np.linalg.det(U))


@check("op-015")
@check("op-016", factor=2)
def precision_of_a_gaussian(rng, factor=1):
    X, mean, precision = rng.normal(size=(5, 2)), rng.normal(size=2), spread(rng, 2)

    def likelihood(precision):
        return 2.5 * slogdet(precision)[1] - sum((x - mean) @ precision @ (x - mean) for x in X) / 2

    S = (X - mean).T @ (X - mean)
    yield 0, likelihood(precision), "=", 2.5 * slogdet(precision)[1] - np.trace(S @ precision) / 2
    yield 1, slopes(likelihood, precision), "=", 2.5 * inv(precision) - S / 2
    at_optimum = 5 * inv(S)
    assert norm(2.5 * inv(at_optimum) - S / 2) < 1e-9
    yield 2, inv(at_optimum), "=", S / (5 * factor)


@check("op-017")
@check("op-018", wrong=True)
def logistic_regression(rng, wrong=False):
    X, w, y = rng.normal(size=(5, 3)), rng.normal(size=3), rng.integers(2, size=5)

    def nll(w):
        signs = 2 * y - 1
        return -np.sum(np.log(logistic(signs * (X @ w))))

    mu = logistic(X @ w)
    weights = mu if wrong else mu * (1 - mu)
    hessian = curvature(nll, w)
    yield 0, slopes(nll, w), "=", sum((mu[n] - y[n]) * X[n] for n in range(5))
    yield 1, slopes(nll, w), "=", X.T @ (mu - y)
    yield 2, hessian, "=", sum(weights[n] * np.outer(X[n], X[n]) for n in range(5))
    if not wrong:
        yield 3, hessian, "=", X.T @ np.diag(mu * (1 - mu)) @ X
        yield 4, X.T @ np.diag(mu * (1 - mu)) @ X, "psd>=", np.zeros((3, 3))


@check("op-019")
@check("op-020", wrong=True)
def bilinear_form_of_an_inverse(rng, wrong=False):
    A, a, b = spread(rng, 3) + np.triu(0.3 * rng.normal(size=(3, 3)), 1), rng.normal(size=3), rng.normal(size=3)
    middle = np.outer(b, a) if wrong else np.outer(a, b)
    yield 0, slopes(lambda A: a @ solve(A, b), A), "=", -inv(A).T @ middle @ inv(A).T


# Calculus


@check("op-021")
@check("op-022", sign=1)
def softplus_and_its_derivative(rng, sign=-1):
    x = rng.normal()

    def softplus(x):
        return np.log(1 + np.exp(x))

    yield 0, slopes(logistic, x), "=", logistic(x) * (1 - logistic(x))
    yield 1, slopes(softplus, x), "=", logistic(x)
    yield 2, softplus(x), "=", quad(logistic, -60, x, epsabs=1e-10)[0]
    yield 3, softplus(x) + sign * softplus(-x), "=", x


@check("op-023")
@check("op-024", power=-0.5)
def gaussian_integrals(rng, power=-1.5):
    a, b = rng.uniform(0.3, 3), rng.normal()
    infinity = np.inf
    whole = quad(lambda x: np.exp(-a * x**2 + b * x), -infinity, infinity)[0]
    shifted = quad(lambda x: np.exp(-a * (x - b / (2 * a)) ** 2), -infinity, infinity)[0]
    yield 0, whole, "=", np.exp(b**2 / (4 * a)) * shifted
    yield 1, whole, "=", np.exp(b**2 / (4 * a)) * np.sqrt(np.pi / a)
    second = quad(lambda x: x**2 * np.exp(-a * x**2), -infinity, infinity)[0]
    yield 2, second, "=", np.sqrt(np.pi) / 2 * a**power


@check("op-025")
@check("op-026", wrong=True)
def swish(rng, wrong=False):
    x, beta = rng.normal(size=2)

    def f(x):
        return x * logistic(beta * x)

    s = logistic(beta * x)
    yield 0, slopes(f, x), "=", s + (1 if wrong else beta) * x * s * (1 - s)
    if not wrong:
        yield 1, slopes(f, x), "=", beta * f(x) + s * (1 - beta * f(x))
        yield 2, slopes(f, 0.0), "=", 0.5
        yield 3, curvature(f, 0.0), "=", beta / 2


@check("op-027")
@check("op-028", power=-0.5)
def pseudo_huber(rng, power=-1.5):
    r, width = 2 * rng.normal(), rng.uniform(0.3, 3)

    def h(r, width=width):
        return width**2 * (np.sqrt(1 + (r / width) ** 2) - 1)

    yield 0, slopes(h, r), "=", r / np.sqrt(1 + (r / width) ** 2)
    yield 1, curvature(h, r), "=", (1 + (r / width) ** 2) ** power
    yield 2, h(r), "<=", r**2 / 2
    yield 3, h(r, 3e3), "=", r**2 / 2


# Probability


@check("op-029")
@check("op-030", power=1.0)
def variance_of_an_attention_score(rng, power=0.5):
    d = int(rng.integers(1, 3))
    nodes, weights = normal_nodes(4)
    mean = square = 0.0
    for spots in product(range(4), repeat=2 * d):
        q, k = nodes[list(spots[:d])], nodes[list(spots[d:])]
        weight = np.prod(weights[list(spots)])
        mean, square = mean + weight * (q @ k), square + weight * (q @ k) ** 2
    one = sum(weights[i] * weights[j] * (nodes[i] * nodes[j]) ** 2 for i in range(4) for j in range(4))
    variance = square - mean**2
    yield 0, mean, "=", 0.0
    yield 1, variance, "=", d * one
    yield 2, d * one, "=", float(d)
    yield 3, variance / d ** (2 * power), "=", 1.0


@check("op-031")
@check("op-032", wrong=True)
def inverted_dropout(rng, wrong=False):
    p, w, x, t = rng.uniform(0.2, 0.9), rng.normal(size=3), rng.normal(size=3), rng.normal()
    masks = [np.array(m) for m in product([0, 1], repeat=3)]
    weights = [np.prod(np.where(m == 1, p, 1 - p)) for m in masks]
    y = [m @ (w * x) / p for m in masks]
    mean = np.dot(weights, y)
    penalty = (1 - p) / p * np.sum(w**2 * x**2)
    yield 0, mean, "=", w @ x
    yield 1, np.dot(weights, (y - mean) ** 2), "=", penalty * p**2 if wrong else penalty
    yield 2, np.dot(weights, (t - np.array(y)) ** 2), "=", (t - w @ x) ** 2 + penalty


@check("op-033")
@check("op-034", relation=">=")
def law_of_total_variance(rng, relation="<="):
    table, xs, ys = simplex(rng, 12).reshape(3, 4), rng.normal(size=3), rng.normal(size=4)
    px, py = table.sum(axis=1), table.sum(axis=0)
    means = table @ ys / px
    spreads = table @ ys**2 / px - means**2
    mean, variance = py @ ys, py @ ys**2 - (py @ ys) ** 2
    yield 0, variance, "=", px @ spreads + px @ means**2 - (px @ means) ** 2
    yield 1, xs @ table @ ys - (px @ xs) * mean, "=", px @ (xs * means) - (px @ xs) * (px @ means)
    error = sum(table[i, j] * (ys[j] - means[i]) ** 2 for i in range(3) for j in range(4))
    yield 2, error, "=", px @ spreads
    yield 3, px @ spreads, relation, variance


@check("op-035")
@check("op-036", wrong=True)
def denoising_one_pixel(rng, wrong=False):
    mean, tau, sigma = rng.normal(), rng.uniform(0.5, 2), rng.uniform(0.5, 2)
    nodes, weights = normal_nodes()
    x = (mean + tau * nodes)[:, None]
    y = x + sigma * nodes[None, :]
    joint = np.outer(weights, weights)
    yield 0, np.sum(joint * y), "=", mean
    yield 1, np.sum(joint * (y - mean) ** 2), "=", tau**2 + sigma**2
    yield 2, np.sum(joint * (x - mean) * (y - mean)), "=", tau**2
    seen = mean + rng.normal()

    def density(x):
        return np.exp(-((x - mean) ** 2) / (2 * tau**2) - (seen - x) ** 2 / (2 * sigma**2))

    grid = np.linspace(mean - 30, mean + 30, 20001)
    posterior = density(grid) / density(grid).sum()
    prior_weight, data_weight = (tau**2, sigma**2) if wrong else (sigma**2, tau**2)
    center = posterior @ grid
    yield 3, center, "=", (prior_weight * mean + data_weight * seen) / (sigma**2 + tau**2)
    yield 4, posterior @ (grid - center) ** 2, "=", sigma**2 * tau**2 / (sigma**2 + tau**2)


@check("op-037")
@check("op-038", wrong=True)
def gradient_bandit(rng, wrong=False):
    theta, r, c = rng.normal(size=3), rng.normal(size=3), rng.normal()
    pi = softmax(theta)
    score = slopes(lambda theta: np.log(softmax(theta)), theta)
    yield 0, score, "=", np.eye(3) - (pi[:, None] if wrong else pi[None, :]) * np.ones((3, 3))
    yield 1, pi @ score, "=", np.zeros(3)
    slope = slopes(lambda theta: softmax(theta) @ r, theta)
    yield 2, slope, "=", (pi * (r - c)) @ score
    yield 3, slope, "=", pi * (r - pi @ r)


# Statistics


@check("op-039")
@check("op-040", sign=1)
def bias_and_covariance_of_ridge(rng, sign=-1):
    X, beta, sigma, lam = rng.normal(size=(5, 2)), rng.normal(size=2), rng.uniform(0.5, 2), rng.uniform(0.3, 2)
    G = X.T @ X
    W = inv(G + lam * np.eye(2))

    def estimate(noise):
        long = np.vstack([X, np.sqrt(lam) * np.eye(2)])
        return np.linalg.lstsq(long, np.concatenate([X @ beta + noise, [0, 0]]), rcond=None)[0]

    # The estimate is affine in the noise, so that the corners of a cube with its moments give mean and covariance.
    estimates = np.array([estimate(sigma * np.array(signs)) for signs in product([-1, 1], repeat=5)])
    mean = estimates.mean(axis=0)
    covariance = np.cov(estimates, rowvar=False, bias=True)
    yield 0, mean, "=", W @ G @ beta
    yield 1, mean - beta, "=", sign * lam * W @ beta
    yield 2, covariance, "=", sigma**2 * W @ G @ W
    yield 3, sigma**2 * W @ G @ W, "psd<=", sigma**2 * inv(G)


@check("op-041")
@check("op-042", power=2)
def information_of_a_poisson_count(rng, power=1):
    rate, x = rng.uniform(0.5, 4), int(rng.integers(6))
    counts = np.arange(80)
    law = poisson.pmf(counts, rate)
    score = counts / rate - 1
    yield 0, slopes(lambda rate: x * np.log(rate) - rate - lgamma(x + 1), rate), "=", x / rate - 1
    yield 1, law @ score, "=", 0.0
    yield 2, law @ score**2, "=", law @ (counts - law @ counts) ** 2 / rate**2
    yield 3, law @ score**2, "=", 1 / rate**power
    yield 4, law @ (counts / rate**2), "=", 1 / rate


@check("op-043")
@check("op-044", lost=0)
def sample_variance(rng, lost=1):
    n, values, p = 3, rng.normal(size=3), simplex(rng, 3)
    mean = p @ values
    variance = p @ (values - mean) ** 2
    moments = np.zeros(3)
    for spots in product(range(3), repeat=n):
        X, weight = values[list(spots)], np.prod(p[list(spots)])
        squares = np.sum((X - X.mean()) ** 2)
        moments += weight * np.array([X.mean(), X.mean() ** 2, squares])
        yield 2, squares, "=", X @ X - n * X.mean() ** 2
    yield 0, moments[1] - moments[0] ** 2, "=", variance / n
    yield 1, moments[1], "=", mean**2 + variance / n
    yield 3, moments[2], "=", (n - lost) * variance


@check("op-045")
@check("op-046", sign=-1)
def means_of_a_mixture(rng, sign=1):
    x, mu, sigma, pi, m = rng.normal(size=4), rng.normal(size=2), rng.uniform(0.6, 2), simplex(rng, 2), rng.normal()

    def terms(mu):
        return pi * np.exp(-((x[:, None] - mu) ** 2) / (2 * sigma**2))

    gamma = terms(mu) / terms(mu).sum(axis=1, keepdims=True)
    yield 0, gamma @ np.ones(2), "=", np.ones(4)
    slope = slopes(lambda mu: np.sum(np.log(terms(mu).sum(axis=1))), mu)
    yield 1, slope, "=", sign * np.sum(gamma * (x[:, None] - mu), axis=0) / sigma**2
    for k in range(2):
        center = np.average(x, weights=gamma[:, k])
        for candidate in (center, m):
            balanced = bool(abs(np.sum(gamma[:, k] * (x - candidate))) < 1e-9)
            reached = bool(abs(candidate - center) < 1e-9)
            yield 2, balanced, "holds", reached
            yield 2, reached, "holds", balanced


# Information theory


@check("op-047")
@check("op-048", wrong=True)
def chain_rules(rng, wrong=False):
    p = simplex(rng, 12).reshape(2, 3, 2)
    px, py, pz = p.sum(axis=(1, 2)), p.sum(axis=(0, 2)), p.sum(axis=(0, 1))
    pxy, pxz, pyz = p.sum(axis=2), p.sum(axis=1), p.sum(axis=0)
    y_given_x = sum(px[i] * entropy(pxy[i] / px[i]) for i in range(2))
    x_given_y = sum(py[j] * entropy(pxy[:, j] / py[j]) for j in range(3))
    mutual = np.sum(pxy * np.log(pxy / np.outer(px, py)))
    yield 0, entropy(pxy), "=", entropy(px) + y_given_x
    yield 1, mutual, "=", entropy(px) - x_given_y
    yield 2, mutual, "=", entropy(px) + entropy(py) - entropy(pxy)
    both = np.sum(p * np.log(p / (pxy[:, :, None] * pz)))
    first = np.sum(pxz * np.log(pxz / np.outer(px, pz)))
    conditional = np.sum(p * np.log(p * px[:, None, None] / (pxy[:, :, None] * pxz[:, None, :])))
    plain = np.sum(pyz * np.log(pyz / np.outer(py, pz)))
    yield 3, both, "=", first + (plain if wrong else conditional)


@check("op-049")
@check("op-050", power=2)
def divergence_of_an_encoder(rng, power=1):
    mu, sigma = rng.normal(size=2), rng.uniform(0.5, 2, size=2)
    nodes, weights = normal_nodes()

    def divergence(mu, sigma):
        z = mu + sigma * nodes[:, None]
        return float(np.sum(weights @ (-np.log(sigma) - nodes[:, None] ** 2 / 2 + z**2 / 2)))

    closed = np.sum(mu**2 + sigma**2 - 1 - np.log(sigma**2)) / 2
    yield 0, divergence(mu, sigma), "=", closed
    yield 1, closed, ">=", 0.0
    yield 2, slopes(lambda mu: divergence(mu, sigma), mu), "=", mu
    yield 3, slopes(lambda sigma: divergence(mu, sigma), sigma), "=", sigma - 1 / sigma**power


@check("op-051")
@check("op-052", wrong=True)
def free_energy(rng, wrong=False):
    w, q = rng.uniform(0.1, 2, size=4), simplex(rng, 4)
    evidence = w.sum()
    r = w / evidence

    def energy(q):
        return sum(q[k] * np.log(w[k] / q[k]) for k in range(4))

    gap = np.sum(r * np.log(r / q)) if wrong else np.sum(q * np.log(q / r))
    yield 0, np.log(evidence), "=", energy(q) + gap
    yield 1, energy(q), "<=", np.log(evidence)
    yield 2, energy(r), "=", np.log(evidence)
    yield 3, energy(q), "=", q @ np.log(w) + entropy(q)


@check("op-053")
@check("op-054", relation=">=")
def data_processing(rng, relation="<="):
    px, forward = simplex(rng, 2), np.array([simplex(rng, 3) for _ in range(2)])
    onward = np.array([simplex(rng, 2) for _ in range(3)])
    p = px[:, None, None] * forward[:, :, None] * onward[None, :, :]
    pz, pxy, pxz, pyz = p.sum(axis=(0, 1)), p.sum(axis=2), p.sum(axis=1), p.sum(axis=0)
    both = np.sum(p * np.log(p / (px[:, None, None] * pyz)))
    ends = np.sum(pxz * np.log(pxz / np.outer(px, pz)))
    start = np.sum(pxy * np.log(pxy / np.outer(px, pxy.sum(axis=0))))
    given_z = np.sum(p * np.log(p * pz / (pxz[:, None, :] * pyz[None, :, :])))
    yield 0, both, "=", ends + given_z
    yield 1, both, "=", start
    yield 2, ends, relation, start


# Optimization


@check("op-055")
@check("op-056", factor=2)
def gradient_descent_on_a_quadratic(rng, factor=1):
    mu, L = rng.uniform(0.3, 1), rng.uniform(1.5, 3)
    A, b, x = spread(rng, 3, mu, L), rng.normal(size=3), 2 * rng.normal(size=3)

    def f(x):
        return x @ A @ x / 2 - b @ x

    best = solve(A, b)
    slope = slopes(f, x)
    after = x - slope / L
    yield 0, slope, "=", A @ (x - best)
    yield 1, f(x) - f(best), "=", (x - best) @ A @ (x - best) / 2
    yield 2, after - best, "=", (np.eye(3) - A / L) @ (x - best)
    yield 3, norm(after - best), "<=", (1 - mu / L) * norm(x - best)
    yield 4, f(after), "<=", f(x) - factor * norm(slope) ** 2 / (2 * L)


@check("op-057")
@check("op-058", sign=-1)
def bregman_divergence_of_the_entropy(rng, sign=1):
    x, y, z = rng.uniform(0.2, 3, size=(3, 4))

    def mirror(x):
        return x @ np.log(x)

    def D(x, y):
        return mirror(x) - mirror(y) - slopes(mirror, y) @ (x - y)

    closed = x @ np.log(x / y) - np.sum(x - y)
    yield 0, slopes(mirror, x), "=", 1 + np.log(x)
    yield 1, D(x, y), "=", closed
    yield 2, closed, ">=", 0.0
    yield 3, D(x, y) + D(y, z) - D(x, z), "=", sign * (slopes(mirror, z) - slopes(mirror, y)) @ (x - y)


@check("op-059")
@check("op-060", factor=1)
def newton_step(rng, factor=0.5):
    g, H, v = rng.normal(size=3), spread(rng, 3), rng.normal(size=3)

    def m(v):
        return g @ v + v @ H @ v / 2

    step = -solve(H, g)
    yield 0, slopes(m, v), "=", g + H @ v
    yield 1, m(step), "=", -factor * g @ inv(H) @ g
    yield 2, -g @ step, "=", step @ H @ step
    yield 3, m(v), ">=", m(step)


@check("op-061")
@check("op-062", sign=1)
def dual_of_a_quadratic_program(rng, sign=-1):
    P, q, A, b, nu = spread(rng, 3), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=2)

    def lagrangian(x):
        return x @ P @ x / 2 + q @ x + nu @ (A @ x - b)

    x = rng.normal(size=3)
    yield 0, slopes(lagrangian, x), "=", P @ x + q + A.T @ nu
    x = np.linalg.lstsq(P, -q - A.T @ nu, rcond=None)[0]
    assert norm(P @ x + q + A.T @ nu) < 1e-9
    residual = q + A.T @ nu
    yield 1, x, "=", -inv(P) @ residual
    yield 2, lagrangian(x), "=", -residual @ inv(P) @ residual / 2 + sign * b @ nu


# Deep learning


@check("op-063")
@check("op-064", wrong=True)
def label_smoothing(rng, wrong=False):
    z, y, epsilon = rng.normal(size=4), np.eye(4)[rng.integers(4)], rng.uniform(0.05, 0.9)
    q = (1 - epsilon) * y + epsilon / 4

    def loss(z):
        return -sum(q[k] * np.log(softmax(z)[k]) for k in range(4))

    p = softmax(z)
    slope = slopes(loss, z)
    yield 0, slope, "=", p - q
    yield 1, slope, "=", p - (1 - epsilon) * y - epsilon / (1 if wrong else 4)
    yield 2, curvature(loss, z), "=", np.diag(p) - np.outer(p, p)
    yield 3, np.diag(p) - np.outer(p, p), "psd>=", np.zeros((4, 4))
    yield 4, slope.sum(), "=", 0.0


@check("op-065")
@check("op-066", centred=0)
def layer_norm(rng, centred=1):
    x = 2 * rng.normal(size=4)

    def normed(x):
        return (x - x.mean()) / np.sqrt(np.mean((x - x.mean()) ** 2))

    hat, ones = normed(x), np.ones((4, 4))
    yield 0, hat.sum(), "=", 0.0
    yield 1, hat @ hat, "=", 4.0
    yield 2, slopes(normed, x), "=", (np.eye(4) - centred * ones / 4 - np.outer(hat, hat) / 4) / np.std(x)


@check("op-067")
@check("op-068", wrong=True)
def he_initialisation(rng, wrong=False):
    n, s, tau = 2, rng.uniform(0.5, 2), rng.uniform(0.5, 2)
    nodes, weights = normal_nodes(12)  # an even count: no node at the kink, and either half integrates even powers
    square = float(weights @ (np.maximum(0, s * nodes) ** 2))
    mean = quad(lambda u: u * np.exp(-(u**2) / (2 * s**2)) / np.sqrt(2 * np.pi * s**2), 0, np.inf)[0]

    def variance(tau):
        # E[y | u] is zero, so that the variance is the mean over u of the variance over w.
        pairs = product(range(12), repeat=2)
        return tau**2 * sum(weights[i] * weights[j] * norm(np.maximum(0, s * nodes[[i, j]])) ** 2 for i, j in pairs)

    yield 0, square, "=", s**2 / 2
    yield 1, variance(tau), "=", n * tau**2 * (square - mean**2 if wrong else square)
    if not wrong:
        yield 2, variance(tau), "=", n * tau**2 * s**2 / 2
        yield 3, variance(np.sqrt(2 / n)), "=", s**2


@check("op-069")
@check("op-070", power=0.5)
def forward_process(rng, power=1.0):
    clean, alpha, x = rng.normal(size=2), rng.uniform(0.1, 0.9), rng.normal(size=2)
    nodes, weights = normal_nodes(4)
    noise = np.array(list(product(nodes, repeat=2)))
    law = np.array([a * b for a, b in product(weights, repeat=2)])
    noised = np.sqrt(alpha) * clean + np.sqrt(1 - alpha) * noise
    mean = law @ noised
    yield 0, mean, "=", np.sqrt(alpha) * clean
    yield 1, (noised - mean).T @ np.diag(law) @ (noised - mean), "=", (1 - alpha) * np.eye(2)
    yield 2, law @ np.sum((noised - np.sqrt(alpha) * clean) ** 2, axis=1), "=", (1 - alpha) * 2
    density = multivariate_normal(np.sqrt(alpha) * clean, (1 - alpha) * np.eye(2))
    yield 3, slopes(density.logpdf, x), "=", -(x - np.sqrt(alpha) * clean) / (1 - alpha) ** power


# Numerical stability


@check("op-071")
@check("op-072", lost=1)
def shifted_log_sum_exp(rng, lost=0):
    z = rng.uniform(0.1, 2) * rng.normal(size=4)
    top, total = z.max(), np.log(np.exp(z).sum())
    yield 0, total, "=", top + np.log(np.exp(z - top).sum())
    yield 1, top, "<=", total
    yield 2, total, "<=", top + np.log(4 - lost)
    yield 3, softmax(z - top), "=", softmax(z)
