"""Random variables without a law: generic tables that keep what the note says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Unsupported
from stepcheck.model import Model, Symbol
from stepcheck.values import Array

from .blocks import Block
from .facts import facts_of, table_of
from .independence import components, root
from .moments import moments_of, with_moments

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

MOST_ATOMS = 260  # of the joint table of generic variables


def draw_generic(
    model: Model,
    evaluator: Evaluator,
    labels: list[str],
    named: list[str],
    rng: np.random.Generator,
    points: int,
    scale: float,
    style: str,
) -> list[Block]:
    """Variables without a named law: tables with the facts and moments that the note gives, and no other pattern.

    `named` are the variables that have laws of their own.
    """
    order = _chain_of(model, labels)
    if order is not None:
        return [_chain(model, evaluator, order, rng, points, scale, style)]
    if not labels:
        return []
    facts = facts_of(model)
    tabled = [label for label in labels if label in facts or _finite(model, label)]
    rest = [label for label in labels if label not in tabled]
    blocks: list[Block] = []
    if any(label in facts for label in tabled):
        blocks.append(table_of(model, evaluator, tabled, facts, rng, points))
    else:
        parts = components(model, tabled, [*named, *rest])
        blocks += [table_of(model, evaluator, part, facts, rng, points) for part in parts]
    groups = components(model, rest, [*named, *tabled])
    seeds = [int(rng.integers(2**31)) for _ in model.identical]
    fresh = rng
    for group in groups:
        alike = [place for place, names in enumerate(model.identical) if root(group[0]) in names]
        rng = np.random.default_rng(seeds[alike[0]]) if alike and len(group) == 1 else fresh
        entries = model.says("entries")
        symbol = model.symbols[root(group[0])]
        if len(group) == 1 and evaluator.size(symbol.rows) > 1 and entries:
            blocks.append(_independent_entries(model, evaluator, symbol, group[0], rng, points, scale))
        else:
            blocks.append(_joint(model, evaluator, group, len(groups), rng, points, scale, style))
    return blocks


def _finite(model: Model, label: str) -> bool:
    return model.symbols[root(label)].domain == "finite"


def _joint(
    model: Model,
    evaluator: Evaluator,
    group: list[str],
    blocks: int,
    rng: np.random.Generator,
    points: int,
    scale: float,
    style: str,
) -> Block:
    """A table over every combination of a few values each, all with positive weight; moments as they are given.

    No variable is a function of the others, no two have entropies or moments in a fixed order, and conditioning on any
    of them leaves the rest random.
    """
    sizes = _sizes(model, evaluator, group, blocks, rng)
    if sizes is None:
        return _scattered(model, evaluator, group, rng, points, scale)
    atoms = np.indices(sizes).reshape(len(group), -1)
    if style == "integer":
        raw = rng.integers(1, 5, size=(points, atoms.shape[1])).astype(float)
    else:
        raw = rng.gamma(rng.choice([0.7, 1.3, 3.0], size=(points, 1)), size=(points, atoms.shape[1])) + 0.03
    weights = raw / raw.sum(axis=1, keepdims=True)
    values: dict[str, Array] = {}
    for place, label in enumerate(group):
        symbol = model.symbols[root(label)]
        levels = _levels(model, evaluator, symbol, sizes[place], rng, points, scale, style)
        values[label] = with_moments(model, evaluator, symbol, label, levels[:, atoms[place]], weights, points)
    return Block(weights, values)


def _sizes(
    model: Model, evaluator: Evaluator, group: list[str], blocks: int, rng: np.random.Generator
) -> list[int] | None:
    """How many values each takes: as many as its moments ask for, three or two where there are many; None past the
    bound on atoms."""
    rows = [evaluator.size(model.symbols[root(label)].rows) for label in group]
    if max(rows) > 1:
        sizes = [each + 2 if each > 1 else 2 for each in rows]
    elif len(group) == 1:
        sizes = [4 if blocks <= 3 else 3 if blocks <= 6 else 2]
    elif len(group) <= 3:
        sizes = [3] * len(group)
        sizes[int(rng.integers(len(group)))] = 2 if len(group) == 3 else 4
    else:
        sizes = [2] * len(group)
        sizes[int(rng.integers(len(group)))] = 3
    return sizes if int(np.prod(sizes)) <= MOST_ATOMS else None


def _scattered(
    model: Model, evaluator: Evaluator, group: list[str], rng: np.random.Generator, points: int, scale: float
) -> Block:
    """Too many variables for a full table: each takes one of two values on atoms of its own choice."""
    count = MOST_ATOMS // 4
    raw = rng.gamma(1.3, size=(points, count)) + 0.05
    weights = raw / raw.sum(axis=1, keepdims=True)
    values: dict[str, Array] = {}
    for label in group:
        symbol = model.symbols[root(label)]
        count_of = evaluator.size(symbol.rows) + 2
        levels = _levels(model, evaluator, symbol, count_of, rng, points, scale, "real")
        which = np.concatenate([np.arange(count_of), rng.integers(0, count_of, size=count - count_of)])
        values[label] = with_moments(
            model, evaluator, symbol, label, levels[:, rng.permutation(which)], weights, points
        )
    return Block(weights, values)


def _levels(
    model: Model,
    evaluator: Evaluator,
    symbol: Symbol,
    count: int,
    rng: np.random.Generator,
    points: int,
    scale: float,
    style: str,
) -> Array:
    """The values that a variable takes, (points, count, rows, 1), distinct and within what the note allows."""
    from stepcheck.sample import bounds_of  # which draws what is random by way of this package

    rows = evaluator.size(symbol.rows)
    shape = (points, count, rows, 1)
    low, high, _, _ = bounds_of(model, evaluator, symbol)
    below, above = np.isfinite(low).all(), np.isfinite(high).all()
    if symbol.domain in ("natural", "integer"):
        least = (
            np.ceil(low) + (1 if "positive" in symbol.properties else 0)
            if below
            else np.full_like(low, 0.0 if symbol.domain == "natural" else -2.0)
        )
        room = np.floor(high) - least + 1 if above else np.full_like(low, count + 2.0)
        steps = rng.permuted(np.broadcast_to(np.arange(count)[None, :, None, None], shape), axis=1)
        return np.asarray(least + np.minimum(steps + rng.integers(0, 2, size=(points, 1, rows, 1)), room - 1))
    if below and above:
        shares = (np.arange(count)[None, :, None, None] + rng.uniform(0.15, 0.85, size=shape)) / count
        return np.asarray(low + (high - low) * rng.permuted(shares, axis=1))
    if style == "integer" and rows == 1:  # whole vectors may lie in a plane
        whole = np.arange(count)[None, :, None, None] + rng.integers(
            0 if below or above else -3, 2, size=(points, 1, rows, 1)
        )
        x = rng.permuted(np.broadcast_to(whole, shape), axis=1).astype(float)
        return np.asarray(low + 1 + x if below else high - 1 - x if above else x)
    if below or above:
        away = rng.gamma(1.5, size=shape) * scale + 0.05
        return np.asarray(low + away if below else high - away)
    return np.asarray(rng.normal(size=shape) * scale + rng.normal(size=(points, 1, rows, 1)) * 0.7 * scale)


def _chain_of(model: Model, labels: list[str]) -> list[str] | None:
    """The order of a Markov chain, where the note speaks of one. Raises Unsupported for one that is not drawn."""
    told = list(dict.fromkeys(model.chains))
    if not told and model.says("Markov chain"):
        told = [tuple(labels)]
    if not told:
        return None
    if len(told) > 1 or len(labels) != 3 or set(told[0]) != set(labels):
        span = next(iter(model.symbols.values())).span
        raise Unsupported("chain", span, "What is independent given what is read for three generic variables only.")
    return list(told[0])


def _chain(
    model: Model,
    evaluator: Evaluator,
    group: list[str],
    rng: np.random.Generator,
    points: int,
    scale: float,
    style: str,
) -> Block:
    """Three variables X → Y → Z: the last depends on the first through the middle one only."""
    sizes = (3, 2, 3) if rng.random() < 0.5 else (2, 3, 3)
    atoms = np.indices(sizes).reshape(3, -1)

    def law(*shape: int) -> Array:
        raw = rng.gamma(1.2, size=(points, *shape)) + 0.1
        return np.asarray(raw / raw.sum(axis=-1, keepdims=True))

    x, y, z = law(sizes[0]), law(*sizes[:2]), law(*sizes[1:])
    weights = x[:, atoms[0]] * y[:, atoms[0], atoms[1]] * z[:, atoms[1], atoms[2]]
    values: dict[str, Array] = {}
    for place, label in enumerate(group):
        symbol = model.symbols[root(label)]
        levels = _levels(model, evaluator, symbol, sizes[place], rng, points, scale, style)
        values[label] = with_moments(model, evaluator, symbol, label, levels[:, atoms[place]], weights, points)
    return Block(weights, values)


def _independent_entries(
    model: Model, evaluator: Evaluator, symbol: Symbol, label: str, rng: np.random.Generator, points: int, scale: float
) -> Block:
    """A random vector with independent entries: a two-point law for each, and their product."""
    rows = evaluator.size(symbol.rows)
    sizes = [2] * rows
    atoms = np.indices(sizes).reshape(rows, -1)
    weights = np.ones((points, atoms.shape[1]))
    x = np.zeros((points, atoms.shape[1], rows, 1))
    moments = moments_of(model, symbol.name)
    for entry in range(rows):
        p = rng.uniform(0.25, 0.75, size=(points, 1))
        w = np.concatenate([1 - p, p], axis=1)
        levels = rng.normal(size=(points, 2)) * scale
        levels[:, 1] += 1.5
        mean = (w * levels).sum(axis=1, keepdims=True)
        levels = levels - mean
        if moments is not None and moments.variance is not None:
            wanted = v.plain(evaluator.value(moments.variance))
            if wanted.shape[-2:] == (1, 1):
                scaled = np.sqrt(
                    np.broadcast_to(wanted, (points, 1, 1, 1))[:, 0, :, 0] / (w * levels**2).sum(axis=1, keepdims=True)
                )
                levels = levels * scaled
        if moments is not None and moments.mean is not None:
            levels = levels + np.broadcast_to(v.plain(evaluator.value(moments.mean)), (points, 1, 1, 1))[:, 0, :, 0]
        elif not (moments is None and "zero-mean" in symbol.properties):
            levels = levels + mean
        weights = weights * w[:, atoms[entry]]
        x[:, :, entry, 0] = levels[:, atoms[entry]]
    return Block(weights, {label: x})
