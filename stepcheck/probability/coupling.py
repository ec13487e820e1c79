r"""Dependence between variables that are drawn apart, with the law of each left as it is.

The product of the weights is multiplied by 1 + Σ ε φ_a φ_b + Σ ε φ_a φ_b φ_c, where each φ is a bounded function of one
variable with mean zero and the sum is below one. Every marginal law stays exactly what it was, every pair and every
three that no statement of the note sets apart depend on each other, and those that are set apart do not.

Source: Sarmanov (1966), *Generalized normal correlation and two-dimensional Fréchet classes*.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from stepcheck.model import Model
from stepcheck.values import Array

from .blocks import Block
from .independence import are_apart, may_depend_as_three, root

MOST_TERMS = 60
STRENGTH = 0.85  # below one, so that no weight is negative


def coupling_of(model: Model, blocks: list[Block], grids: Array, rng: np.random.Generator, points: int) -> Array | None:
    """What the product of the weights is multiplied by, (points, atoms); None where nothing is coupled."""
    home = {label: place for place, block in enumerate(blocks) for label in block.values}
    labels = list(home)
    pairs = [pair for pair in combinations(labels, 2) if home[pair[0]] != home[pair[1]] and not are_apart(model, *pair)]
    threes = [
        three
        for three in combinations(labels, 3)
        if len({home[label] for label in three}) == len(three) and may_depend_as_three(model, three)
    ]
    terms: list[tuple[str, ...]] = [*pairs, *threes][:MOST_TERMS]
    if not terms:
        return None
    spread: dict[tuple[str, bool], Array] = {}

    def feature(label: str, uncorrelated: bool) -> Array:
        if (label, uncorrelated) not in spread:
            block = blocks[home[label]]
            made = _feature(block.values[label], block.weights, rng, uncorrelated=uncorrelated)
            spread[label, uncorrelated] = made[:, grids[home[label]]]
        return spread[label, uncorrelated]

    total = np.zeros((points, grids.shape[1]))
    share = rng.uniform(0.5, 1.0, size=(len(terms), points, 1)) * rng.choice([-1.0, 1.0], size=(len(terms), points, 1))
    for place, term in enumerate(terms):
        apart = len(term) == 2 and frozenset(root(label) for label in term) in _uncorrelated(model)
        product = share[place]
        for at, label in enumerate(term):
            product = product * feature(label, apart and at == 0)
        total = total + product
    return 1 + STRENGTH * total / len(terms)


def _uncorrelated(model: Model) -> set[frozenset[str]]:
    pairs = {frozenset(pair) for group in model.uncorrelated for pair in combinations(sorted(group), 2)}
    return pairs | {frozenset({name}) for group in model.uncorrelated for name in group}  # members of one family


def _feature(x: Array, weights: Array, rng: np.random.Generator, *, uncorrelated: bool) -> Array:
    """A function of one variable with mean zero and at most one in size, (points, q); `uncorrelated` with it too."""
    points, atoms, rows, _ = x.shape
    w = weights[:, :, None]
    columns = x[..., 0]
    mean = (w * columns).sum(axis=1, keepdims=True)
    deviation = np.sqrt((w * (columns - mean) ** 2).sum(axis=1, keepdims=True))
    standard = (columns - mean) / np.where(deviation > 1e-300, deviation, 1)
    direction = rng.normal(size=(points, 1, rows)) / np.sqrt(rows)
    along = (standard * direction).sum(axis=-1)
    raw = np.tanh(rng.uniform(0.6, 1.3, size=(points, 1)) * along + rng.uniform(0.3, 0.9, size=(points, 1)))
    if uncorrelated:
        basis = np.concatenate([np.ones((points, atoms, 1)), standard], axis=-1)
        gram = np.einsum("pa,pai,paj->pij", weights, basis, basis) + 1e-13 * np.eye(rows + 1)
        moments = np.einsum("pa,pai,pa->pi", weights, basis, raw)
        raw = raw - np.einsum("pai,pi->pa", basis, np.linalg.solve(gram, moments[..., None])[..., 0])
    else:
        raw = raw - (weights * raw).sum(axis=1, keepdims=True)
    most = np.abs(raw).max(axis=1, keepdims=True)
    return np.asarray(np.where(most > 1e-9, raw / np.where(most > 0, most, 1), 0))
