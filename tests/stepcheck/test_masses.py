"""Log masses of counting laws, beside those of scipy.stats."""

import numpy as np
import pytest
from scipy import stats

from stepcheck.probability.masses import log_binomial, log_geometric, log_poisson

K = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 7.0, 40.0, 200.0])[:, None]


@pytest.mark.parametrize(
    ("ours", "theirs", "parameters"),
    [
        (log_binomial, stats.binom, ([0, 1, 7, 7, 50, 7, 7, 2.5, -1], [0.3, 1, 0, 1, 0.5, 0.2, 1.5, 0.5, 0.5])),
        (log_poisson, stats.poisson, ([0, 0.1, 3, 60, -1],)),
        (log_geometric, stats.geom, ([1, 0.5, 0.01, 0, 1.5],)),
    ],
    ids=["binomial", "poisson", "geometric"],
)
def test_a_log_mass_is_that_of_scipy_also_outside_its_support(ours, theirs, parameters):
    parameters = [np.array(each, dtype=float)[None] for each in parameters]
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(ours(K, *parameters), theirs.logpmf(K, *parameters), rtol=1e-12, atol=1e-12)
