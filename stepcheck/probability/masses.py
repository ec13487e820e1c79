"""Log masses of counting laws. `scipy.stats` has them too, and takes a second to import, which each command would wait.

Each is NaN where its parameters are none, and minus infinity outside the support.
"""

from __future__ import annotations

import numpy as np
import scipy  # scipy.special is loaded when it is first named: most notes have no use for it

from stepcheck.values import Array


def log_binomial(k: Array, n: Array, p: Array) -> Array:
    """log C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ for k = 0, …, n. Shapes broadcast."""
    valid = (n >= 0) & (n == np.floor(n)) & (p >= 0) & (p <= 1)
    inside = (k >= 0) & (k <= n) & (k == np.floor(k))
    chosen = np.where(inside, k, 0)
    ways = scipy.special.gammaln(n + 1) - scipy.special.gammaln(chosen + 1) - scipy.special.gammaln(n - chosen + 1)
    return _told(ways + scipy.special.xlogy(chosen, p) + scipy.special.xlog1py(n - chosen, -p), valid, inside)


def log_poisson(k: Array, rate: Array) -> Array:
    """log rateᵏ e^(−rate) / k! for k = 0, 1, …. Shapes broadcast."""
    inside = (k >= 0) & (k == np.floor(k))
    chosen = np.where(inside, k, 0)
    return _told(scipy.special.xlogy(chosen, rate) - scipy.special.gammaln(chosen + 1) - rate, rate >= 0, inside)


def log_geometric(k: Array, p: Array) -> Array:
    """log p (1 − p)ᵏ⁻¹ for k = 1, 2, …. Shapes broadcast."""
    inside = (k >= 1) & (k == np.floor(k))
    chosen = np.where(inside, k, 1)
    return _told(scipy.special.xlog1py(chosen - 1, -p) + np.log(p), (p > 0) & (p <= 1), inside)


def _told(logs: Array, valid: Array, inside: Array) -> Array:
    return np.asarray(np.where(valid, np.where(inside, logs, -np.inf), np.nan))
