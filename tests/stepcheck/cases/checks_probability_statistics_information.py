"""NumPy checks of the cases in `probability_statistics_information.jsonl`.

Expectations are finite sums over tables of positive weights, Gauss-Hermite sums or quadrature; derivatives are
differences.
"""

from math import comb, factorial

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.special import gammaln, xlogy

from .checking import check, curvature, slopes

# --- Points that satisfy the givens, and expectations over them ---


def simplex(rng, size):
    return rng.dirichlet(np.ones(size)) * 0.9 + 0.1 / size


def table(rng, *shape):
    """A positive joint table: variables of so many values each, dependent."""
    return simplex(rng, int(np.prod(shape))).reshape(shape)


def spd(rng, size):
    root = rng.normal(size=(size, size))
    return root @ root.T + 0.5 * np.eye(size)


def cloud(rng, size, *, atoms=9):
    """A random vector with finitely many values: weights, values (a row each), mean and covariance."""
    weights, values = simplex(rng, atoms), rng.normal(size=(atoms, size))
    mean = weights @ values
    return weights, values, mean, covariance(weights, values, values)


def covariance(weights, left, right):
    return (left - weights @ left).T @ np.diag(weights) @ (right - weights @ right)


def coloured(rng, mean, cov):
    """Weights and values of a random vector with exactly this mean and covariance, skewed and not Gaussian."""
    weights, values, centre, spread = cloud(rng, len(mean), atoms=3 * len(mean) + 3)
    white = np.linalg.solve(np.linalg.cholesky(spread), (values - centre).T)
    return weights, mean + (np.linalg.cholesky(cov) @ white).T


def variance(weights, values):
    return weights @ (values - weights @ values) ** 2


def normal_mean(f, mu, sigma, *, nodes=80):
    places, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return weights @ f(mu + sigma * places) / np.sqrt(2 * np.pi)


def normal_grid(mu, cov, *, nodes=6):
    """Weights and points that integrate polynomials of degree 2·nodes − 1 against N(mu, cov) exactly."""
    places, weights = np.polynomial.hermite_e.hermegauss(nodes)
    size = len(mu)
    grid = np.stack(np.meshgrid(*[places] * size), axis=-1).reshape(-1, size)
    mass = np.prod(np.stack(np.meshgrid(*[weights] * size), axis=-1).reshape(-1, size), axis=1)
    return mass / mass.sum(), mu + grid @ np.linalg.cholesky(cov).T


def bell(x, mu, sigma):
    """The normal density; SciPy's own is slow inside quadrature."""
    return np.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))


def integral(f, low, high, **options):
    return quad(f, low, high, epsabs=1e-11, epsrel=1e-11, limit=200, **options)[0]


def entropy(p):
    return -xlogy(p, p).sum()


def divergence(p, q):
    return (xlogy(p, p) - p * np.log(q)).sum()


def information(p):
    return divergence(p, p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True))


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def logistic(z):
    return 1 / (1 + np.exp(-z))


# --- Random variables, moments, inequalities ---


@check("ob-001")
@check("ob-002", wrong=True)
def total_variance(rng, wrong=False):
    p, x, y = table(rng, 3, 4), rng.normal(size=3), rng.normal(size=4)
    p_x, p_y = p.sum(axis=1), p.sum(axis=0)
    given_x = p / p_x[:, None]
    mean_y, mean_square = given_x @ y, given_x @ y**2
    first = variance(p_y, y)
    second = p_y @ y**2 - (p_y @ y) ** 2
    third = p_x @ mean_square - (p_x @ mean_y) ** 2
    inner = np.array([variance(row, y) for row in given_x])
    fourth = p_x @ (inner + mean_y**2) - (p_x @ mean_y) ** 2
    mean_x = (p / p_y).T @ x
    last = p_x @ inner + (variance(p_y, mean_x) if wrong else variance(p_x, mean_y))
    yield 0, first, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", fourth
    yield 3, fourth, "=", last


@check("ob-003")
@check("ob-004", wrong=True)
def total_covariance(rng, wrong=False):
    p, x, y = table(rng, 3, 4, 2), rng.normal(size=(3, 1)), rng.normal(size=4)
    left = (p.sum(axis=2) * x * y).sum() - (p.sum(axis=(1, 2)) @ x[:, 0]) * (p.sum(axis=(0, 2)) @ y)
    p_z = p.sum(axis=(0, 1))
    slices = [p[:, :, k] / p_z[k] for k in range(2)]
    means_x = np.array([(s * x).sum() for s in slices])
    means_y = np.array([(s * y).sum() for s in slices])
    inner = np.array([(s * x * y).sum() for s in slices]) - means_x * means_y
    outer = p_z @ (means_x * means_y) - (p_z @ means_x) * (p_z @ means_y)
    yield 0, left, "=", p_z @ inner + (0 if wrong else outer)


@check("ob-005")
@check("ob-006", dependent=True)
def variance_of_a_difference(rng, dependent=False):
    x, y = rng.normal(size=(3, 1)), rng.normal(size=4)
    p = table(rng, 3, 4) if dependent else np.outer(simplex(rng, 3), simplex(rng, 4))
    left = variance(p.ravel(), (2 * x - 3 * y).ravel())
    yield 0, left, "=", 4 * variance(p.sum(axis=1), x[:, 0]) + 9 * variance(p.sum(axis=0), y)


@check("ob-007")
@check("ob-008", sign=-1)
def mean_of_a_quadratic_form(rng, sign=1):
    weights, x, mu, cov = cloud(rng, 3)
    a = rng.normal(size=(3, 3))
    first = sum(w * (v @ a @ v) for w, v in zip(weights, x, strict=True))
    second = sum(w * np.trace(a @ np.outer(v, v)) for w, v in zip(weights, x, strict=True))
    third = np.trace(a @ np.einsum("k,ki,kj->ij", weights, x, x))
    fourth = np.trace(a @ (cov + sign * np.outer(mu, mu)))
    yield 0, first, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", fourth
    yield 3, fourth, "=", np.trace(a @ cov) + mu @ a @ mu


@check("ob-009")
@check("ob-010", symmetric=False)
def hutchinson(rng, symmetric=True):
    a = rng.normal(size=(3, 3))
    a = a + a.T if symmetric else a
    weights, z = normal_grid(np.zeros(3), np.eye(3))
    forms = np.einsum("ki,ij,kj->k", z, a, z)
    yield 0, weights @ forms, "=", np.trace(a)
    yield 1, variance(weights, forms), "=", 2 * (a**2).sum()


@check("ob-011")
@check("ob-012", wrong=True)
def poisson_variance(rng, wrong=False):
    rate = rng.uniform(0.2, 4)
    k = np.arange(120)
    mass = np.exp(k * np.log(rate) - rate - gammaln(k + 1))
    first = mass @ (k * (k - 1))
    second = sum(i * (i - 1) * rate**i * np.exp(-rate) / factorial(i) for i in range(2, 100))
    third = rate**2 * np.exp(-rate) * sum(rate ** (i - 2) / factorial(i - 2) for i in range(2, 100))
    yield 0, first, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", rate**2
    mean = mass @ k
    middle = first + (0 if wrong else mean) - mean**2
    yield 3, variance(mass, k), "=", middle
    yield 4, middle, "=", rate


@check("ob-013")
@check("ob-014", start=0)
def geometric_moments(rng, start=1):
    p = rng.uniform(0.15, 0.9)
    k = np.arange(1, 400)
    mass = stats.geom(p).pmf(k)
    series = sum(i * (1 - p) ** (i - start) * p for i in range(1, 400))
    yield 0, mass @ k, "=", series
    yield 1, series, "=", 1 / p
    yield 2, variance(mass, k), "=", (1 - p) / p**2


@check("ob-015")
@check("ob-016", second=1)
def exponential_generating_function(rng, second=2):
    rate = rng.uniform(0.5, 3)
    t = rate - rng.uniform(0.5, 3)
    mean = integral(lambda x: np.exp(t * x) * rate * np.exp(-rate * x), 0, 60 / (rate - t))
    mixed = integral(lambda x: rate * np.exp(-(rate - t) * x), 0, np.inf)
    yield 0, mean, "=", mixed
    yield 1, mixed, "=", rate / (rate - t)
    yield 2, slopes(lambda s: rate / (rate - s), 0.0), "=", 1 / rate
    yield 3, curvature(lambda s: rate / (rate - s), 0.0), "=", second / rate**2


@check("ob-017")
@check("ob-018", wrong=True)
def gamma_mean_and_inverse(rng, wrong=False):
    shape, rate = rng.uniform(1.6, 4), rng.uniform(0.5, 3)
    law = stats.gamma(shape, scale=1 / rate)
    yield 0, integral(lambda x: x * law.pdf(x), 0, np.inf), "=", shape / rate
    right = rate / shape if wrong else rate / (shape - 1)
    yield 1, integral(lambda x: law.pdf(x) / x if x > 0 else 0.0, 0, np.inf), "=", right


@check("ob-019")
@check("ob-020", swapped=True)
def beta_shrinkage(rng, swapped=False):
    a, b = rng.uniform(0.5, 4, size=2)
    n = int(rng.integers(1, 9))
    k = int(rng.integers(1, n + 1))
    w = (a + b) / (a + b + n)
    law = stats.beta(a + k, b + n - k)
    mean = integral(lambda t: t * law.pdf(t), 0, 1)
    u = 1 - w if swapped else w
    yield 0, mean, "=", (a + k) / (a + b + n)
    yield 1, (a + k) / (a + b + n), "=", u * a / (a + b) + (1 - u) * k / n


@check("ob-021")
@check("ob-022", wrong=True)
def uniform_variance(rng, wrong=False):
    a = rng.normal()
    b = a + rng.uniform(0.5, 3)
    first = integral(lambda x: x, a, b) / (b - a)
    second = integral(lambda x: x**2, a, b) / (b - a)
    spread = integral(lambda x: (x - first) ** 2, a, b) / (b - a)
    third = (a**2 + a * b + b**2) / 3 - (a + b) ** 2 / 4
    yield 0, spread, "=", second - first**2
    yield 1, second - first**2, "=", third
    yield 2, third, "=", (b**2 - a**2 if wrong else (b - a) ** 2) / 12


@check("ob-023")
@check("ob-024", wrong=True)
def laplace_deviation(rng, wrong=False):
    mu, b = rng.normal(), rng.uniform(0.5, 2)
    law = stats.laplace(mu, b)
    mean = 2 * integral(lambda x: (x - mu) * law.pdf(x), mu, np.inf)
    written = integral(lambda u: abs(u) * np.exp(-abs(u) / b) / (2 * b), -np.inf, 0) + integral(
        lambda u: abs(u) * np.exp(-abs(u) / b) / (2 * b), 0, np.inf
    )
    folded = integral(lambda u: u * np.exp(-u / b), 0, np.inf) / (2 * b if wrong else b)
    yield 0, mean, "=", written
    yield 1, written, "=", folded
    yield 2, folded, "=", b


@check("ob-025")
@check("ob-026", signed=True)
def markov_inequality(rng, signed=False):
    p, x, a = simplex(rng, 5), rng.normal(size=5), rng.uniform(0.1, 1.5)
    x = x if signed else np.abs(x)
    large = x >= a
    yield 0, p @ x, ">=", p @ (x * large)
    yield 1, p @ (x * large), ">=", a * (p @ large)
    yield 2, a * (p @ large), "=", a * p[large].sum()
    yield 3, p[large].sum(), "<=", p @ x / a


@check("ob-027")
@check("ob-028", two_sided=True)
def cantelli(rng, two_sided=False):
    size = int(rng.integers(2, 4))
    p, x = simplex(rng, size), rng.normal(size=size)
    away = x - p @ x
    t = np.abs(away).min() if two_sided else max(away.max(), 0.1)
    probability = p[(np.abs(away) if two_sided else away) >= t - 1e-12].sum()
    yield 0, probability, "<=", variance(p, x) / (variance(p, x) + t**2)


@check("ob-029")
@check("ob-030", wrong=True)
def jensen_three_times(rng, wrong=False):
    p, x = simplex(rng, 4), rng.uniform(0.05, 4, size=4)
    yield 0, p @ np.log(x), "<=", np.log(p @ x)
    yield 1, p @ (1 / x), ">=", 1 / (p @ x)
    yield 2, p @ np.sqrt(x), ">=" if wrong else "<=", np.sqrt(p @ x)


@check("ob-031")
@check("ob-032", wrong=True)
def events_and_complements(rng, wrong=False):
    p = table(rng, 2, 2)  # rows: A or not; columns: B or not
    a, b, both = p[0].sum(), p[:, 0].sum(), p[0, 0]
    union = 1 - p[1, 1]
    yield 0, union, "=", a + b - both
    yield 1, a + b - both, "<=", a + b
    yield 2, both / b + (p[0, 1] / (1 - b) if wrong else p[1, 0] / b), "=", 1.0


@check("ob-033")
@check("ob-034", strict=True)
def variance_of_an_indicator(rng, strict=False):
    x = rng.normal(size=4)
    c = np.sort(x)[1] + 1e-9
    p = np.full(4, 0.25) if rng.random() < 0.5 else simplex(rng, 4)
    big = (x > c).astype(float)
    chance = p[x > c].sum()
    yield 0, variance(p, big), "=", p @ big - (p @ big) ** 2
    yield 1, p @ big - (p @ big) ** 2, "=", chance * (1 - chance)
    yield 2, chance * (1 - chance), "<" if strict else "<=", 0.25


@check("ob-035")
@check("ob-036", wrong=True)
def conditional_gaussian(rng, wrong=False):
    n, m = 3, 2
    cov, mu, x = spd(rng, n + m), rng.normal(size=n + m), rng.normal(size=n)
    precision = np.linalg.inv(cov)
    spread = np.linalg.inv(precision[n:, n:])
    mean = mu[n:] - spread @ precision[n:, :n] @ (x - mu[:n])
    xx, xy, yx, yy = cov[:n, :n], cov[:n, n:], cov[n:, :n], cov[n:, n:]
    if wrong:
        yield 0, mean, "shape", None
    else:
        yield 0, mean, "=", mu[n:] + yx @ np.linalg.inv(xx) @ (x - mu[:n])
    yield 1, spread, "=", yy - yx @ np.linalg.inv(xx) @ xy


@check("ob-037")
@check("ob-038", wrong=True)
def moments_of_a_linear_map(rng, wrong=False):
    weights, x, mu, cov = cloud(rng, 3)
    a, b = rng.normal(size=(3, 3)), rng.normal(size=3)
    y = np.array([a @ v + b for v in x])
    yield 0, weights @ y, "=", a @ mu + b
    yield 1, covariance(weights, y, y), "=", a @ cov @ a.T
    yield 2, covariance(weights, y, x), "=", cov @ a.T if wrong else a @ cov


@check("ob-039")
@check("ob-040", power=2)
def importance_sampling(rng, power=1):
    p, q, f = simplex(rng, 4), simplex(rng, 4), rng.normal(size=4)
    written = sum(q[k] * (p[k] / q[k]) * f[k] for k in range(4))
    yield 0, p @ f, "=", written
    yield 1, written, "=", np.average(p / q * f, weights=q)
    yield 2, np.average(p / q, weights=q), "=", 1.0
    second = (p**2 / q**power).sum()
    yield 3, np.average(p**2 / q**2, weights=q), "=", second
    yield 4, second, ">=", 1.0


@check("ob-041")
@check("ob-042", wrong=True)
def score_function_identity(rng, wrong=False):
    theta, r = rng.normal(size=4), rng.normal(size=4)
    pi = softmax(theta)
    gradient = slopes(lambda t: softmax(t) @ r, theta)
    by_logs = (pi * r) @ slopes(lambda t: np.log(softmax(t)), theta)
    expanded = [sum(pi[a] * r[a] * ((a == j) - pi[a if wrong else j]) for a in range(4)) for j in range(4)]
    yield 0, gradient, "=", by_logs
    yield 1, by_logs, "=", np.array(expanded)
    yield 2, gradient, "=", pi * (r - pi @ r)


@check("ob-043")
@check("ob-044", wrong=True)
def reparametrised_square(rng, wrong=False):
    mu, sigma = rng.normal(), rng.uniform(0.5, 2)
    left = slopes(lambda s: integral(lambda x: x**2 * bell(x, mu, s), mu - 12 * s, mu + 12 * s), sigma, step=1e-2)
    middle = slopes(lambda s: normal_mean(lambda e: (mu + s * e) ** 2, 0, 1), sigma)
    swapped = normal_mean(lambda e: 2 * (mu + sigma * e) * (1 if wrong else e), 0, 1)
    yield 0, left, "=", middle
    yield 1, middle, "=", swapped
    yield 2, swapped, "=", 2 * sigma


@check("ob-045")
@check("ob-046", wrong=True)
def softmax_loss(rng, wrong=False):
    z, y = rng.normal(size=4), int(rng.integers(4))

    def loss(z):
        return np.log(np.exp(z).sum()) - z[y]

    s = softmax(z)
    yield 0, -np.log(s[y]), "=", loss(z)
    yield 1, slopes(loss, z), "=", s - np.eye(4)[y]
    yield 2, curvature(loss, z), "=", s[:, None] * ((1.0 if wrong else np.eye(4)) - s[None, :])


# --- Information ---


@check("ob-047")
@check("ob-048", strict=True)
def largest_entropy(rng, strict=False):
    k = 2
    p = np.full(k, 1 / k) if rng.random() < 0.4 else simplex(rng, k)
    yield 0, divergence(p, np.full(k, 1 / k)), "=", np.log(k) - entropy(p)
    yield 1, entropy(p), "<" if strict else "<=", np.log(k)


@check("ob-049")
@check("ob-050", wrong=True)
def mutual_information(rng, wrong=False):
    p = table(rng, 3, 4)
    p_x, p_y = p.sum(axis=1), p.sum(axis=0)
    y_given_x = sum(p_x[i] * entropy(p[i] / p_x[i]) for i in range(3))
    x_given_y = sum(p_y[j] * entropy(p[:, j] / p_y[j]) for j in range(4))
    written = sum(p[i, j] * np.log(p[i, j] / (p_x[i] * p_y[j])) for i in range(3) for j in range(4))
    middle = entropy(p_y) - (x_given_y if wrong else y_given_x)
    yield 0, information(p), "=", written
    yield 1, written, "=", middle
    yield 2, middle, "=", entropy(p_x) + entropy(p_y) - entropy(p)


@check("ob-051")
@check("ob-052", wrong=True)
def information_chain(rng, wrong=False):
    p = table(rng, 3, 2, 3)
    if wrong:  # X and Z agree through Y alone
        p = np.einsum("xy,yz->xyz", table(rng, 3, 2), [simplex(rng, 3) for _ in range(2)])
    p_y = p.sum(axis=(0, 2))
    first = information(p.sum(axis=2))
    conditional = sum(p_y[j] * information(p[:, j, :] / p_y[j]) for j in range(2))
    yield 0, information(p.reshape(3, 6)), "=", first + conditional
    yield 1, first + conditional, ">=", first + (information(p.sum(axis=1)) if wrong else 0)


@check("ob-053")
@check("ob-054", wrong=True)
def divergence_from_the_standard_normal(rng, wrong=False):
    mu, sigma = rng.normal(), rng.uniform(0.4, 2)
    p, q = stats.norm(mu, sigma), stats.norm(0, 1)
    low, high = mu - 12 * sigma, mu + 12 * sigma
    exact = integral(lambda x: bell(x, mu, sigma) * np.log(bell(x, mu, sigma) / bell(x, 0, 1)), low, high)
    mean = normal_mean(lambda x: p.logpdf(x) - q.logpdf(x), mu, sigma)
    third = -np.log(sigma) - 0.5 + 0.5 * (mu**2 + sigma**2)
    yield 0, exact, "=", mean
    yield 1, mean, "=", third
    yield 2, third, "=", 0.5 * (mu**2 + sigma**2 - 1 - (1 if wrong else 2) * np.log(sigma))


@check("ob-055")
@check("ob-056", wrong=True)
def divergence_of_gaussians(rng, wrong=False):
    d = 2
    m0, m1, s0, s1 = rng.normal(size=d), rng.normal(size=d), spd(rng, d), spd(rng, d)
    weights, x = normal_grid(m0, s0)
    gap = stats.multivariate_normal(m0, s0).logpdf(x) - stats.multivariate_normal(m1, s1).logpdf(x)
    ratio = np.log(np.linalg.det(s1) / np.linalg.det(s0)) * (-1 if wrong else 1)
    inverse = np.linalg.inv(s1)
    yield 0, weights @ gap, "=", 0.5 * (np.trace(inverse @ s0) + (m1 - m0) @ inverse @ (m1 - m0) - d + ratio)


@check("ob-057")
@check("ob-058", wrong=True)
def gaussian_entropy(rng, wrong=False):
    d = 3
    mu, cov = rng.normal(size=d), spd(rng, d)
    weights, x = normal_grid(mu, cov)
    middle = 0.5 * np.log(np.linalg.det(2 * np.pi * np.e * cov))
    yield 0, -weights @ stats.multivariate_normal(mu, cov).logpdf(x), "=", middle
    yield 1, middle, "=", (1 if wrong else d) / 2 * np.log(2 * np.pi * np.e) + 0.5 * np.log(np.linalg.det(cov))


@check("ob-059")
@check("ob-060", wrong=True)
def evidence_lower_bound(rng, wrong=False):
    p, q = table(rng, 3, 4), simplex(rng, 4)
    for x in range(3):
        evidence = p[x].sum()
        posterior = p[x] / evidence
        bound = q @ (np.log(p[x]) - np.log(q))
        total = bound + (divergence(posterior, q) if wrong else divergence(q, posterior))
        likelihood = p[x] / p.sum(axis=0)
        yield 0, np.log(evidence), "=", total
        yield 1, total, ">=", bound
        yield 2, bound, "=", q @ np.log(likelihood) - divergence(q, p.sum(axis=0))


# --- Estimation ---


@check("ob-061")
@check("ob-062", wrong=True)
def exponential_likelihood(rng, wrong=False):
    x, rate = rng.uniform(0.2, 3, size=5), rng.uniform(0.5, 3)

    def likelihood(r):
        return stats.expon(scale=1 / r).logpdf(x).sum()

    yield 0, likelihood(rate), "=", 5 * np.log(rate) - rate * x.sum()
    yield 1, slopes(likelihood, rate), "=", 5 / rate - 5 * x.mean()
    yield 2, curvature(likelihood, rate), "=", -5 / rate**2
    yield 3, -5 / rate**2, "<", 0.0
    solution = x.mean() if wrong else 1 / x.mean()
    for r in (solution, 1 / x.mean(), rate):
        flat, solved = bool(abs(slopes(likelihood, r)) < 1e-6), bool(abs(r - solution) < 1e-9)
        yield 4, flat, "holds", solved
        yield 4, solved, "holds", flat


@check("ob-063")
@check("ob-064", wrong=True)
def sample_variance_is_biased(rng, wrong=False):
    n = 3
    p, values = simplex(rng, 3), rng.normal(size=3)
    mu, v = p @ values, variance(p, values)
    samples = np.array(np.meshgrid(*[values] * n)).reshape(n, -1).T
    mass = np.prod(np.array(np.meshgrid(*[p] * n)).reshape(n, -1), axis=0)
    means = samples.mean(axis=1)
    scatter = ((samples - means[:, None]) ** 2).sum(axis=1)
    yield 0, scatter, "=", (samples**2).sum(axis=1) - n * means**2
    yield 1, mass @ (samples**2).sum(axis=1), "=", n * (v + mu**2)
    yield 2, mass @ (n * means**2), "=", (n if wrong else 1) * v + n * mu**2
    middle = (n * v + n * mu**2 - v - n * mu**2) / n
    yield 3, mass @ scatter / n, "=", middle
    yield 4, middle, "=", (n - 1) / n * v


@check("ob-065")
@check("ob-066", power=1)
def bias_and_variance(rng, power=2):
    p, estimate, theta = simplex(rng, 4), rng.normal(size=4), rng.normal()
    centre = p @ estimate
    middle = p @ (estimate - centre) ** 2 + 2 * (centre - theta) * (p @ (estimate - centre)) + (centre - theta) ** 2
    yield 0, p @ (estimate - theta) ** 2, "=", middle
    yield 1, middle, "=", variance(p, estimate) + (centre - theta) ** power


@check("ob-067")
@check("ob-068", wrong=True)
def information_about_a_scale(rng, wrong=False):
    mu, sigma = rng.normal(), rng.uniform(0.5, 2)
    weights, x = normal_grid(np.array([mu]), np.array([[sigma**2]]), nodes=8)
    score = np.array([slopes(lambda s, v=v: stats.norm(mu, s).logpdf(v), sigma) for v in x[:, 0]])
    yield 0, weights @ score, "=", 0.0
    yield 1, weights @ score**2, "=", variance(weights, score)
    yield 2, variance(weights, score), "=", 1 / (2 * sigma**4) if wrong else 2 / sigma**2


@check("ob-069")
@check("ob-070", wrong=True)
def log_partition(rng, wrong=False):
    h, t, eta = rng.uniform(0.2, 2, size=4), rng.normal(size=4), rng.normal()

    def partition(e):
        return np.log((h * np.exp(e * t)).sum())

    p = h * np.exp(eta * t - partition(eta))
    second = p @ t**2 - (0 if wrong else (p @ t) ** 2)
    yield 0, slopes(partition, eta), "=", p @ t
    yield 1, curvature(partition, eta), "=", second
    yield 2, second, ">=", 0.0


@check("ob-071")
@check("ob-072", lost=1)
def residual_of_least_squares(rng, lost=0):
    n, d, sigma = 4, 2, rng.uniform(0.5, 2)
    x, beta = rng.normal(size=(n, d)), rng.normal(size=d)
    weights, noise = normal_grid(np.zeros(n), sigma**2 * np.eye(n), nodes=4)
    y = x @ beta + noise
    fits = np.linalg.lstsq(x, y.T, rcond=None)[0].T
    yield 0, weights @ fits, "=", beta
    yield 1, covariance(weights, fits, fits), "=", sigma**2 * np.linalg.inv(x.T @ x)
    rest = np.eye(n) - x @ np.linalg.pinv(x)
    forms = weights @ np.einsum("ki,ij,kj->k", noise, rest, noise)
    yield 2, weights @ ((y - fits @ x.T) ** 2).sum(axis=1), "=", forms
    yield 3, forms, "=", sigma**2 * np.trace(rest)
    yield 4, sigma**2 * np.trace(rest), "=", sigma**2 * (n - d - lost)


@check("ob-073")
@check("ob-074", wrong=True)
def ridge_as_map(rng, wrong=False):
    n, d = 5, 3
    x, y, w = rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d)
    s, t = rng.uniform(0.5, 2, size=2)
    prior = stats.norm(0, t)

    def posterior(w):
        return -stats.norm(x @ w, s).logpdf(y).sum() - prior.logpdf(w).sum()

    yield 0, slopes(posterior, w), "=", -x.T @ (y - x @ w) / s**2 + w / t**2
    rows = np.vstack([x / s, np.eye(d) / t])
    best = np.linalg.lstsq(rows, np.concatenate([y / s, np.zeros(d)]), rcond=None)[0]
    ratio = t**2 / s**2 if wrong else s**2 / t**2
    yield 1, best, "=", np.linalg.solve(x.T @ x + ratio * np.eye(d), x.T @ y)


@check("ob-075")
@check("ob-076", wrong=True)
def normal_update(rng, wrong=False):
    x, mu, mu_0 = rng.normal(size=3)
    s, t = rng.uniform(0.5, 2, size=2)
    v = 1 / (1 / s**2 + 1 / t**2)
    m = v * (x / t**2 + mu_0 / s**2) if wrong else v * (x / s**2 + mu_0 / t**2)

    def joint(mu):
        return bell(x, mu, s) * bell(mu, mu_0, t)

    evidence = stats.norm(mu_0, np.sqrt(s**2 + t**2)).pdf(x)
    yield 0, joint(mu), "=", evidence * stats.norm(m, np.sqrt(v)).pdf(mu)
    yield 1, integral(joint, mu_0 - 12 * t, mu_0 + 12 * t), "=", evidence


@check("ob-077")
@check("ob-078", wrong=True)
def gamma_poisson_update(rng, wrong=False):
    x, n = rng.integers(0, 6, size=4), 4
    a, b = rng.uniform(0.5, 3, size=2)
    rates = rng.uniform(0.3, 4, size=2)
    logs = (a - 1) * np.log(rates) - b * rates + stats.poisson.logpmf(x[:, None], rates).sum(axis=0)
    kernel = (a - 1 + x.sum()) * np.log(rates) - (b + (1 if wrong else n)) * rates
    yield 0, logs[0] - logs[1], "=", kernel[0] - kernel[1]


@check("ob-079")
@check("ob-080", wrong=True)
def sum_of_squares_about_the_mean(rng, wrong=False):
    x, mu, n = rng.normal(size=4), rng.normal(), 4
    total = x @ x - 2 * mu * x.sum() + n * mu**2
    inside = ((x - x.mean()) ** 2).sum()
    split = inside + (1 if wrong else n) * (x.mean() - mu) ** 2
    yield 0, total, "=", ((x - x.mean() + x.mean() - mu) ** 2).sum()
    yield 1, total, "=", split
    yield 2, split, ">=", inside


@check("ob-081")
@check("ob-082", wrong=True)
def binary_entropy(rng, wrong=False):
    p = rng.uniform(0.05, 0.95)

    def h(p):
        return entropy(np.array([p, 1 - p])) / np.log(2)

    yield 0, h(1 - p), "=", h(p)
    yield 1, slopes(h, p), "=", np.log2((1 - p) / p)
    yield 2, curvature(h, p), "=", -1 / (p * (1 - p)) / (1 if wrong else np.log(2))
    yield 3, 4 * p * (1 - p), "<=", h(p)
    yield 4, h(p), "<=", 1.0


@check("ob-083")
@check("ob-084", sign=1)
def entropy_of_an_exponential(rng, sign=-1):
    rate = rng.uniform(0.4, 3)
    law = stats.expon(scale=1 / rate)
    high = 60 / rate
    yield 0, integral(law.pdf, 0, high), "=", 1.0
    yield 1, integral(lambda x: x * law.pdf(x), 0, high), "=", 1 / rate
    yield 2, -integral(lambda x: law.pdf(x) * law.logpdf(x), 0, high), "=", 1 + sign * np.log(rate)


@check("ob-085")
@check("ob-086", wrong=True)
def cross_entropy(rng, wrong=False):
    p, q = simplex(rng, 4), simplex(rng, 4)
    cross = -np.average(np.log(q), weights=p)
    yield 0, cross, "=", -sum(p[k] * np.log(q[k]) for k in range(4))
    split = entropy(q if wrong else p) + divergence(p, q)
    yield 1, cross, "=", split
    yield 2, split, ">=", entropy(p)


@check("ob-087")
@check("ob-088", wrong=True)
def gibbs(rng, wrong=False):
    p, q = simplex(rng, 4), simplex(rng, 4)
    written = -sum(p[k] * np.log(p[k] / q[k]) for k in range(4))
    turned = sum(p[k] * np.log(q[k] / p[k]) for k in range(4))
    bound = p @ (1 - p / q) if wrong else p @ (q / p - 1)
    yield 0, -divergence(p, q), "=", written
    yield 1, written, "=", turned
    yield 2, turned, "<=", bound
    yield 3, bound, "=", q.sum() - p.sum()
    yield 4, q.sum() - p.sum(), "=", 0.0


@check("ob-089")
@check("ob-090", wrong=True)
def entropy_chain(rng, wrong=False):
    p = table(rng, 2, 3, 2)
    p_x, p_y, p_z, p_xy, p_yz = p.sum((1, 2)), p.sum((0, 2)), p.sum((0, 1)), p.sum(2), p.sum(0)
    y_given_x = sum(p_x[i] * entropy(p_xy[i] / p_x[i]) for i in range(2))
    z_given_xy = sum(p_xy[i, j] * entropy(p[i, j] / p_xy[i, j]) for i in range(2) for j in range(3))
    z_given_y = sum(p_y[j] * entropy(p_yz[j] / p_y[j]) for j in range(3))
    chain = entropy(p_x) + y_given_x + (z_given_y if wrong else z_given_xy)
    yield 0, entropy(p), "=", chain
    yield 1, chain, "<=", entropy(p_x) + entropy(p_y) + entropy(p_z)


@check("ob-091")
@check("ob-092", wrong=True)
def divergence_chain(rng, wrong=False):
    p, q = table(rng, 3, 4), table(rng, 3, 4)
    p_x, q_x = p.sum(axis=1), q.sum(axis=1)
    outer = q_x if wrong else p_x
    inner = np.array([divergence(p[i] / p_x[i], q[i] / q_x[i]) for i in range(3)])
    yield 0, divergence(p, q), "=", divergence(p_x, q_x) + outer @ inner


@check("ob-093")
@check("ob-094", wrong=True)
def log_normal(rng, wrong=False):
    mu, sigma, t = 0.5 * rng.normal(), rng.uniform(0.3, 1.2), rng.uniform(-1.5, 1.5)
    yield 0, normal_mean(lambda x: np.exp(t * x), mu, sigma), "=", np.exp(mu * t + sigma**2 * t**2 / 2)
    mean = normal_mean(np.exp, mu, sigma)
    yield 1, mean, "=", np.exp(mu + sigma**2 / 2)
    spread = normal_mean(lambda x: (np.exp(x) - mean) ** 2, mu, sigma)
    yield 2, spread, "=", (np.exp(sigma**2) - 1) * np.exp(2 * mu + sigma**2 / (2 if wrong else 1))


@check("ob-095")
@check("ob-096", wrong=True)
def sum_of_poissons(rng, wrong=False):
    a, b, n = rng.uniform(0.3, 3), rng.uniform(0.3, 3), int(rng.integers(0, 6))
    joint = np.outer(stats.poisson(a).pmf(np.arange(60)), stats.poisson(b).pmf(np.arange(60)))
    sums = np.add.outer(np.arange(60), np.arange(60))
    first = joint[sums == n].sum()
    second = sum(stats.poisson(a).pmf(k) * stats.poisson(b).pmf(n - k) for k in range(n + 1))
    third = sum(a**k * np.exp(-a) / factorial(k) * b ** (n - k) * np.exp(-b) / factorial(n - k) for k in range(n + 1))
    powers = sum(comb(n, k) * a**k * b ** (n - k) for k in range(n + 1))
    fourth = np.exp(-a - b) * powers / (1 if wrong else factorial(n))
    yield 0, first, "=", second
    yield 1, second, "=", third
    yield 2, third, "=", fourth
    yield 3, fourth, "=", (a + b) ** n / factorial(n) * np.exp(-a - b)
    yield 4, variance(joint.ravel(), sums.ravel()), "=", a + b


@check("ob-097")
@check("ob-098", wrong=True)
def largest_of_uniforms(rng, wrong=False):
    n = int(rng.integers(1, 7))
    law = stats.beta(n, 1)
    mean = integral(lambda t: t * law.pdf(t), 0, 1)
    yield 0, integral(lambda t: n * t ** (n - 1), 0, 1), "=", 1.0
    yield 1, mean, "=", n / (n + 1)
    right = n / ((n + 1) * (n + 2) ** 2) if wrong else n / ((n + 1) ** 2 * (n + 2))
    yield 2, integral(lambda t: t**2 * law.pdf(t), 0, 1) - mean**2, "=", right


@check("ob-099")
@check("ob-100", power=2)
def mean_of_correlated_trees(rng, power=1):
    b, s, rho = 4, rng.uniform(0.5, 2), rng.uniform(0.1, 0.9)
    cov = s**2 * ((1 - rho) * np.eye(b) + rho * np.ones((b, b)))
    weights, t = coloured(rng, rng.normal(size=b), cov)
    middle = cov.sum() / b**2
    last = rho * s**2 + (1 - rho) / b**power * s**2
    yield 0, variance(weights, t.mean(axis=1)), "=", middle
    yield 1, middle, "=", last
    yield 2, last, ">", rho * s**2


@check("ob-101")
@check("ob-102", power=1)
def control_variate(rng, power=2):
    p, xy, c = simplex(rng, 5), rng.normal(size=(5, 2)), rng.normal()
    x, y = xy.T
    both = covariance(p, xy, xy)
    yield 0, variance(p, x - c * y), "=", both[0, 0] - 2 * c * both[0, 1] + c**2 * both[1, 1]
    best = both[0, 0] - both[0, 1] ** power / both[1, 1]
    yield 1, variance(p, x - both[0, 1] / both[1, 1] * y), "=", best
    yield 2, best, "<=", both[0, 0]


@check("ob-103")
@check("ob-104", dependent=True)
def variance_of_a_product(rng, dependent=False):
    if dependent:  # Y is even in a symmetric X: no correlation
        p = np.array([0.2, 0.15, 0.3, 0.15, 0.2])
        size = rng.uniform(0.5, 2)
        x, y = size * np.array([-2, -1, 0, 1, 2]), rng.normal(size=3)[[2, 1, 0, 1, 2]]
        assert abs(covariance(p, x[:, None], y[:, None])[0, 0]) < 1e-12
    else:
        p, x, y = (
            np.outer(simplex(rng, 3), simplex(rng, 3)).ravel(),
            np.repeat(rng.normal(size=3), 3),
            np.tile(rng.normal(size=3), 3),
        )
    yield 0, variance(p, x * y), "=", (p @ x**2) * (p @ y**2) - (p @ x) ** 2 * (p @ y) ** 2


@check("ob-105")
@check("ob-106", wrong=True)
def generalised_least_squares(rng, wrong=False):
    n, d = 5, 2
    x, v, beta = rng.normal(size=(n, d)), spd(rng, n), rng.normal(size=d)
    weights, y = coloured(rng, x @ beta, v)
    root = np.linalg.cholesky(v)
    general = np.linalg.lstsq(np.linalg.solve(root, x), np.linalg.solve(root, y.T), rcond=None)[0].T
    ordinary = np.linalg.lstsq(x, y.T, rcond=None)[0].T
    yield 0, weights @ general, "=", beta
    best, plain = covariance(weights, general, general), covariance(weights, ordinary, ordinary)
    yield 1, best, "=", np.linalg.inv(x.T @ np.linalg.inv(v) @ x)
    yield 2, best, "psd>=" if wrong else "psd<=", plain


@check("ob-107")
@check("ob-108", wrong=True)
def hoeffding_lemma(rng, wrong=False):
    p, t = rng.uniform(0.01, 0.99), rng.uniform(-6, 6)
    mean = np.exp(t * (np.array([0, 1]) - p)) @ np.array([1 - p, p])
    yield 0, mean, "=", (1 - p) * np.exp(-t * p) + p * np.exp(t * (1 - p))
    yield 1, mean, "<=", np.exp(p * (1 - p) * t**2 / 2 if wrong else t**2 / 8)


@check("ob-109")
@check("ob-110", wrong=True)
def scaling_a_normal(rng, wrong=False):
    a, y = rng.choice([-1, 1]) * rng.uniform(0.3, 2), rng.normal()
    density = slopes(lambda v: stats.norm.cdf(v / abs(a)), y)
    yield 0, density, "=", stats.norm.pdf(y / a) / (a if wrong else abs(a))
    yield 1, np.log(density), "=", -0.5 * np.log(2 * np.pi) - np.log(abs(a)) - y**2 / (2 * a**2)


@check("ob-111")
@check("ob-112", wrong=True)
def binomial_generating_function(rng, wrong=False):
    n, p, t = int(rng.integers(1, 6)), rng.uniform(0.1, 0.9), rng.uniform(-1.5, 1.5)
    k = np.arange(n + 1)
    mass = stats.binom(n, p).pmf(k)
    middle = sum(comb(n, i) * (p * np.exp(t)) ** i * (1 - p) ** (n - i) for i in range(n + 1))
    yield 0, mass @ np.exp(t * k), "=", middle
    yield 1, middle, "=", (p + (1 - p) * np.exp(t) if wrong else 1 - p + p * np.exp(t)) ** n
    yield 2, mass @ k, "=", n * p
    yield 3, variance(mass, k), "=", n * p * (1 - p)


@check("ob-113")
@check("ob-114", turned=True)
def no_information_and_no_correlation(rng, turned=False):
    x, y = rng.normal(size=3), rng.normal(size=4)
    kind = rng.integers(3)
    if kind == 0:
        p = np.outer(simplex(rng, 3), simplex(rng, 4))
    elif kind == 1:
        p = table(rng, 3, 4)
    else:  # dependent without correlation
        p, x, y = np.array([[0.25, 0], [0, 0.5], [0.25, 0]]), np.array([-1.0, 0, 1]), np.array([1.0, 0])
    independent = bool(np.abs(p - np.outer(p.sum(axis=1), p.sum(axis=0))).max() < 1e-12)
    uncorrelated = bool(abs(x @ p @ y - (p.sum(axis=1) @ x) * (p.sum(axis=0) @ y)) < 1e-12)
    yield (0, uncorrelated, "holds", independent) if turned else (0, independent, "holds", uncorrelated)


@check("ob-115")
@check("ob-116", wrong=True)
def responsibilities(rng, wrong=False):
    w, m, n, x = rng.uniform(0.1, 0.9), *rng.normal(size=3)
    s, t = rng.uniform(0.5, 2, size=2)

    def log_density(w, m):
        return np.log(w * stats.norm(m, s).pdf(x) + (1 - w) * stats.norm(n, t).pdf(x))

    share = w * stats.norm(m, s).pdf(x) / np.exp(log_density(w, m))
    yield 0, slopes(lambda m: log_density(w, m), m), "=", (1 if wrong else share) * (x - m) / s**2
    yield 1, slopes(lambda w: log_density(w, m), w), "=", share / w - (1 - share) / (1 - w)


@check("ob-117")
@check("ob-118", half=1.0)
def gaussian_scores(rng, half=0.5):
    x, mu, cov = rng.normal(size=2), rng.normal(size=2), spd(rng, 2)

    def log_density(x, mu, cov):
        return -np.log(2 * np.pi) - 0.5 * np.log(np.linalg.det(cov)) - 0.5 * (x - mu) @ np.linalg.solve(cov, x - mu)

    assert np.isclose(log_density(x, mu, cov), stats.multivariate_normal(mu, cov).logpdf(x))
    inverse, away = np.linalg.inv(cov), x - mu
    yield 0, slopes(lambda v: log_density(v, mu, cov), x), "=", -inverse @ away
    yield 1, slopes(lambda v: log_density(x, v, cov), mu), "=", inverse @ away
    right = 0.5 * inverse @ np.outer(away, away) @ inverse - half * inverse
    yield 2, slopes(lambda v: log_density(x, mu, v), cov), "=", right


@check("ob-119")
@check("ob-120", half=1.0)
def information_of_correlated_normals(rng, half=0.5):
    rho = rng.uniform(-0.95, 0.95)
    weights, x = normal_grid(np.zeros(2), np.array([[1, rho], [rho, 1]]))
    joint = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).logpdf(x)
    yield 0, weights @ (joint - stats.norm.logpdf(x).sum(axis=1)), "=", -half * np.log(1 - rho**2)


@check("ob-121")
@check("ob-122", wrong=True)
def divergence_of_poissons(rng, wrong=False):
    a, b = rng.uniform(0.3, 4, size=2)
    k = np.arange(80)
    gap = stats.poisson(a).logpmf(k) - stats.poisson(b).logpmf(k)
    yield 0, stats.poisson(a).pmf(k) @ gap, "=", (b if wrong else a) * np.log(a / b) - a + b


@check("ob-123")
@check("ob-124", chain=False)
def data_processing(rng, chain=True):
    if chain:
        rows = np.array([simplex(rng, 4) for _ in range(3)])
        p = np.einsum("x,xy,yz->xyz", simplex(rng, 3), rows, [simplex(rng, 2) for _ in range(4)])
    else:
        p = table(rng, 3, 4, 2)
    yield 0, information(p.sum(axis=1)), "<=", information(p.sum(axis=2))


@check("ob-125")
@check("ob-126", rest=0.0)
def slopes_of_divergences(rng, rest=1.0):
    p, q = simplex(rng, 4), simplex(rng, 4)
    yield 0, slopes(lambda q: q @ np.log(q / p), q), "=", np.log(q / p) + rest
    yield 1, slopes(lambda q: p @ np.log(p / q), q), "=", -p / q


@check("ob-127")
@check("ob-128", power=1)
def stein(rng, power=2):
    mu, sigma = rng.normal(), rng.uniform(0.4, 2)
    first = normal_mean(lambda x: (x - mu) * np.sin(x), mu, sigma)
    second = sigma**power * normal_mean(np.cos, mu, sigma)
    yield 0, first, "=", second
    yield 1, second, "=", sigma**2 * np.exp(-(sigma**2) / 2) * np.cos(mu)


@check("ob-129")
@check("ob-130", start=0)
def tail_sum(rng, start=1):
    n, p = int(rng.integers(1, 7)), rng.uniform(0.1, 0.9)
    law = stats.binom(n, p)
    tails = sum(law.pmf(np.arange(k, n + 1)).sum() for k in range(start, n + 1))
    yield 0, law.pmf(np.arange(n + 1)) @ np.arange(n + 1), "=", tails


@check("ob-131")
@check("ob-132", factor=1)
def pinsker(rng, factor=2):
    k = int(rng.integers(2, 4))
    p, q = simplex(rng, k), simplex(rng, k)
    yield 0, np.abs(p - q).sum() ** 2, "<=", factor * divergence(p, q)


@check("ob-133")
@check("ob-134", power=1)
def weak_law(rng, power=2):
    n = int(rng.integers(1, 4))
    p, values = simplex(rng, 2), 0.4 * rng.normal(size=2)
    mu, v = p @ values, variance(p, values)
    means = np.array(np.meshgrid(*[values] * n)).reshape(n, -1).mean(axis=0)
    mass = np.prod(np.array(np.meshgrid(*[p] * n)).reshape(n, -1), axis=0)
    reach = rng.choice(np.abs(means - mu)) + 1e-12
    yield 0, variance(mass, means), "=", v / n
    yield 1, mass[np.abs(means - mu) >= reach - 2e-12].sum(), "<=", v / (n * reach**power)


@check("ob-135")
@check("ob-136", wrong=True)
def ridge_is_biased(rng, wrong=False):
    n, d, lam, s = 4, 2, rng.uniform(0.3, 3), rng.uniform(0.5, 2)
    x, beta = rng.normal(size=(n, d)), rng.normal(size=d)
    weights, noise = coloured(rng, np.zeros(n), s**2 * np.eye(n))
    rows = np.vstack([x, np.sqrt(lam) * np.eye(d)])
    targets = np.hstack([x @ beta + noise, np.zeros((len(noise), d))])
    fits = np.linalg.lstsq(rows, targets.T, rcond=None)[0].T
    m = np.linalg.inv(x.T @ x + lam * np.eye(d))
    yield 0, weights @ fits, "=", m @ x.T @ x @ beta
    yield 1, m @ x.T @ x @ beta, "=", beta - lam * m @ beta
    yield 2, covariance(weights, fits, fits), "=", s**2 * m if wrong else s**2 * m @ x.T @ x @ m


@check("ob-137")
@check("ob-138", wrong=True)
def one_hot_covariance(rng, wrong=False):
    pi = simplex(rng, 4)
    codes = np.eye(4)
    yield 0, np.average(codes, axis=0, weights=pi), "=", pi
    yield 1, covariance(pi, codes, codes), "=", (0 if wrong else np.diag(pi)) - np.outer(pi, pi)


@check("ob-139")
@check("ob-140", independent=False)
def difference_of_normals(rng, independent=True):
    means, spreads = rng.normal(size=2), rng.uniform(0.5, 2, size=2)
    rho = 0.0 if independent else rng.uniform(-0.9, 0.9)
    cov = np.outer(spreads, spreads) * np.array([[1, rho], [rho, 1]])
    weights, x = normal_grid(means, cov)
    yield 0, weights @ (x[:, 0] - x[:, 1]) ** 2, "=", (means[0] - means[1]) ** 2 + (spreads**2).sum()


@check("ob-141")
@check("ob-142", lost=1)
def gaussian_likelihood(rng, lost=0):
    n = 5
    x, mu, v = rng.normal(size=n), rng.normal(), rng.uniform(0.5, 2)

    def likelihood(mu, v):
        return stats.norm(mu, np.sqrt(v)).logpdf(x).sum()

    yield 0, slopes(lambda m: likelihood(m, v), mu), "=", (x - mu).sum() / v
    yield 1, slopes(lambda u: likelihood(mu, u), v), "=", -n / (2 * v) + ((x - mu) ** 2).sum() / (2 * v**2)
    best_mean, best_spread = stats.norm.fit(x)
    assert abs(slopes(lambda u: likelihood(best_mean, u), best_spread**2)) < 1e-4
    yield 2, best_mean, "=", x.sum() / n
    yield 3, best_spread**2, "=", ((x - best_mean) ** 2).sum() / (n - lost)


@check("ob-143")
@check("ob-144", wrong=True)
def posterior_of_a_table(rng, wrong=False):
    p = table(rng, 3, 4)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    posterior = np.stack([row / row.sum() for row in p])
    second = p / columns if wrong else np.divide(p, np.add.reduce(p.T)[:, None])
    yield 0, posterior, "=", second
    yield 1, second, "=", (p / columns) * columns / rows[:, None]
    yield 2, posterior.sum(axis=1), "=", np.ones(3)


@check("ob-145")
@check("ob-146", dependent=True)
def union_of_events(rng, dependent=False):
    p = table(rng, 2, 2) if dependent else np.outer(simplex(rng, 2), simplex(rng, 2))
    a, b = p[0].sum(), p[:, 0].sum()
    yield 0, 1 - p[1, 1], "=", a + b - p[0, 0]
    yield 1, a + b - p[0, 0], "=", a + b - a * b
    yield 2, a + b - a * b, "=", 1 - (1 - a) * (1 - b)


@check("ob-147")
@check("ob-148", sign=1)
def signed_logistic_loss(rng, sign=-1):
    x, y, w = rng.normal(size=(5, 3)), rng.choice([-1, 1], size=5), rng.normal(size=3)

    def loss(w):
        return -np.log(logistic(y * (x @ w))).sum()

    yield 0, loss(w), "=", np.logaddexp(0, -y * (x @ w)).sum()
    yield 1, slopes(loss, w), "=", -(y * logistic(sign * y * (x @ w))) @ x


@check("ob-149")
@check("ob-150", wrong=True)
def cumulants(rng, wrong=False):
    p, x = simplex(rng, 4), rng.normal(size=4)

    def cumulant(t):
        return np.log(p @ np.exp(t * x))

    yield 0, slopes(cumulant, 0.0), "=", p @ x
    yield 1, curvature(cumulant, 0.0), "=", p @ x**2 if wrong else variance(p, x)


@check("ob-151")
@check("ob-152", wrong=True)
def policy_gradient_with_a_baseline(rng, wrong=False):
    theta, r, b = rng.normal(size=4), rng.normal(size=4), rng.normal()
    pi = softmax(theta)
    scores = slopes(lambda t: np.log(softmax(t)), theta)
    yield 0, pi @ scores, "=", np.zeros(4)
    inner = slopes(softmax, theta) if wrong else scores
    yield 1, slopes(lambda t: softmax(t) @ r, theta), "=", (pi * (r - b)) @ inner


@check("ob-153")
@check("ob-154", wrong=True)
def regression_function(rng, wrong=False):
    p, f, y = table(rng, 3, 4), rng.normal(size=3), rng.normal(size=4)
    p_x = p.sum(axis=1)
    rows = p / p_x[:, None]
    inner = p_x @ np.array([variance(row, y) for row in rows])
    middle = (variance(p.sum(axis=0), y) if wrong else inner) + p_x @ (rows @ y - f) ** 2
    yield 0, (p * (y[None, :] - f[:, None]) ** 2).sum(), "=", middle
    yield 1, middle, ">=", inner


@check("ob-155")
@check("ob-156", wrong=True)
def information_of_a_coin(rng, wrong=False):
    theta = rng.uniform(0.15, 0.85)
    x, p = np.array([0.0, 1.0]), np.array([1 - theta, theta])

    def likelihood(t):
        return stats.bernoulli(t).logpmf(x.astype(int))

    score = slopes(likelihood, theta)
    yield 0, score, "=", x / theta - (1 - x) / (1 - theta)
    yield 1, score, "=", (x - theta) / (theta * (1 - theta))
    yield 2, p @ score, "=", 0.0
    yield 3, variance(p, score), "=", theta * (1 - theta) if wrong else 1 / (theta * (1 - theta))
    yield 4, -p @ curvature(likelihood, theta), "=", 1 / (theta * (1 - theta))


@check("ob-157")
@check("ob-158", wrong=True)
def posterior_covariance(rng, wrong=False):
    d, m = 3, 2
    s, noise, a = spd(rng, d), spd(rng, m), rng.normal(size=(m, d))
    left = np.linalg.inv(np.linalg.inv(s) + a.T @ np.linalg.inv(noise) @ a)
    if wrong:
        yield 0, left, "shape", None
    else:
        gain = np.linalg.solve(noise + a @ s @ a.T, a @ s).T
        yield 0, left, "=", s - gain @ a @ s


# --- What a checker easily misses: a law moves with its parameter, three variables differ, a corner decides ---


@check("ob-159")
@check("ob-160", wrong=True)
def slope_of_a_mean_in_its_rate(rng, wrong=False):
    rate = rng.uniform(0.5, 3)

    def density(x, r):
        return r * np.exp(-r * x)

    left = slopes(lambda r: integral(lambda x: x * density(x, r), 0, 60 / rate), rate, step=1e-2)
    if wrong:
        yield 0, left, "=", 0.0
    else:
        middle = integral(lambda x: x * (1 / rate - x) * density(x, rate), 0, 60 / rate)
        yield 0, left, "=", middle
        yield 1, middle, "=", -1 / rate**2


def conditional_entropy(p):
    """H of the last axis given the others."""
    return entropy(p) - entropy(p.sum(axis=-1))


@check("ob-161")
@check("ob-162", relation=">=")
def entropy_of_three(rng, relation="<="):
    p = table(rng, 2, 3, 2)
    rows = sum(
        p[i, j].sum() * entropy(p[i, j] / p[i, j].sum()) for i in range(2) for j in range(3)
    )  # H(Z | X, Y), slice by slice
    yield 0, entropy(p), "=", entropy(p.sum(axis=2)) + rows
    yield 1, rows, relation, conditional_entropy(p.sum(axis=0))


@check("ob-163")
@check("ob-164", wrong=True)
def conditional_information(rng, wrong=False):
    p = table(rng, 2, 2, 2)
    if wrong and rng.random() < 0.5:  # Z tells whether X and Y agree
        p = np.full((2, 2, 2), 0.001)
        p[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.249
    p_z = p.sum(axis=(0, 1))
    slices = sum(p_z[k] * information(p[:, :, k] / p_z[k]) for k in range(2))
    by_entropies = conditional_entropy(p.sum(axis=1).T) - conditional_entropy(p.transpose(1, 2, 0))
    yield 0, slices, "=", by_entropies
    yield 1, by_entropies, *(("<=", information(p.sum(axis=2))) if wrong else (">=", 0.0))


@check("ob-165")
@check("ob-166", strict=True)
def collisions(rng, strict=False):
    p = np.full(4, 0.25) if rng.random() < 0.4 else simplex(rng, 4)
    gap = ((p - 0.25) ** 2).sum()
    yield 0, np.trace(np.outer(p, p)) - 0.25, "=", gap
    yield 1, gap, ">" if strict else ">=", 0.0


@check("ob-167")
@check("ob-168", dependent=True)
def product_of_counts(rng, dependent=False):
    a, b, shared = rng.uniform(0.5, 2, size=3)
    k = np.arange(40)
    own_x, own_y, common = stats.poisson(a).pmf(k), stats.poisson(b).pmf(k), stats.poisson(shared).pmf(k)
    if dependent:  # X = U + W and Y = V + W are Poisson too
        sums = np.add.outer(k, k)
        mean = np.einsum("u,v,w,uw,vw->", own_x, own_y, common, sums, sums)
        yield 0, mean, "=", (a + shared) * (b + shared)
    else:
        yield 0, np.einsum("u,v,u,v->", own_x, own_y, k, k), "=", a * b


@check("ob-169")
@check("ob-170", relation="=")
def more_features(rng, relation="<="):
    p, y = table(rng, 3, 2, 4), rng.normal(size=4)  # axes X, Z, Y
    both = sum(p[i, j].sum() * variance(p[i, j] / p[i, j].sum(), y) for i in range(3) for j in range(2))
    rows = p.sum(axis=1)
    one = sum(rows[i].sum() * variance(rows[i] / rows[i].sum(), y) for i in range(3))
    yield 0, both, relation, one


@check("ob-171")
@check("ob-172", strict=True)
def variance_of_a_coin(rng, strict=False):
    p = 0.5 if rng.random() < 0.4 else rng.uniform(0.05, 0.95)
    yield 0, variance(np.array([1 - p, p]), np.array([0.0, 1.0])), "=", p * (1 - p)
    yield 1, p * (1 - p), "<" if strict else "<=", 0.25
