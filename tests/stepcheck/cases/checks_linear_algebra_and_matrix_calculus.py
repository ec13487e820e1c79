"""Checks of linear_algebra_and_matrix_calculus.jsonl: see checking.py for what a check yields."""

import numpy as np

from tests.stepcheck.cases.checking import check


@check("oa-001")
@check("oa-002", count=1)
def scatter_about_the_mean(rng, count=None):
    X = rng.normal(size=(4, 3)) + 1
    left = 4 * np.cov(X, rowvar=False, bias=True)
    mean = X.mean(axis=0)
    yield 0, left, "=", X.T @ X - (count or 4) * np.outer(mean, mean)


@check("oa-003")
@check("oa-004", factor=1)
def sum_of_pairwise_distances(rng, factor=2):
    X = rng.normal(size=(5, 3))
    pairs = sum(np.sum((a - b) ** 2) for a in X for b in X)
    middle = 2 * 5 * np.sum(X**2) - 2 * np.sum(X.sum(axis=0) ** 2)
    yield 0, pairs, "=", middle
    yield 1, middle, "=", factor * 5 * np.sum((X - X.mean(axis=0)) ** 2)
