"""Log masses of counting laws. `scipy.stats` has them too, and takes a second to import, which each command would wait.

Each is NaN where its parameters are none, and minus infinity outside the support.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from stepcheck.values import Array


def log_binomial(k: Array, n: Array, p: Array) -> Array:
    """log C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ for k = 0, …, n. Shapes broadcast."""
    valid = (n >= 0) & (n == np.floor(n)) & (p >= 0) & (p <= 1)
    inside = (k >= 0) & (k <= n) & (k == np.floor(k))
    chosen = np.where(inside, k, 0)
    ways = gammaln(n + 1) - gammaln(chosen + 1) - gammaln(n - chosen + 1)
    return _told(ways + xlogy(chosen, p) + xlog1py(n - chosen, -p), valid, inside)


def log_poisson(k: Array, rate: Array) -> Array:
    """log rateᵏ e^(−rate) / k! for k = 0, 1, …. Shapes broadcast."""
    inside = (k >= 0) & (k == np.floor(k))
    chosen = np.where(inside, k, 0)
    return _told(xlogy(chosen, rate) - gammaln(chosen + 1) - rate, rate >= 0, inside)


def log_geometric(k: Array, p: Array) -> Array:
    """log p (1 − p)ᵏ⁻¹ for k = 1, 2, …. Shapes broadcast."""
    inside = (k >= 1) & (k == np.floor(k))
    chosen = np.where(inside, k, 1)
    return _told(xlog1py(chosen - 1, -p) + np.log(p), (p > 0) & (p <= 1), inside)


def _told(logs: Array, valid: Array, inside: Array) -> Array:
    return np.asarray(np.where(valid, np.where(inside, logs, -np.inf), np.nan))
