"""Random variables without a law: generic tables that keep what the note says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tree import Num, Relation
from stepcheck.values import Array

from .blocks import Block
from .facts import facts_of, table_of
from .moments import moments_of, with_moments

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def draw_generic(
    model: Model, evaluator: Evaluator, labels: list[str], rng: np.random.Generator, points: int, scale: float
) -> list[Block]:
    """Variables without a named law: tables with the facts and moments that the note gives, and no other pattern."""
    if not labels:
        return []
    facts = facts_of(model)
    tabled = [label for label in labels if label in facts or _finite(model, label)]
    rest = [label for label in labels if label not in tabled]
    blocks: list[Block] = []
    if tabled:
        blocks.append(table_of(model, evaluator, tabled, facts, rng, points))
    groups = _independent_groups(model, rest)
    for group in groups:
        blocks.append(_joint(model, evaluator, group, rng, points, scale))
    return blocks


def _root(label: str) -> str:
    return label.partition("\x00")[0]


def _finite(model: Model, label: str) -> bool:
    return model.symbols[_root(label)].domain == "finite"


def _independent_groups(model: Model, labels: list[str]) -> list[list[str]]:
    """Labels that may depend on each other; everything named independent stands alone."""
    alone = {name for group in model.independent for name in group}
    if model.all_independent:
        alone |= {_root(label) for label in labels}
    singles = [[label] for label in labels if _root(label) in alone]
    together = [label for label in labels if _root(label) not in alone]
    return singles + ([together] if together else [])


def _joint(
    model: Model, evaluator: Evaluator, group: list[str], rng: np.random.Generator, points: int, scale: float
) -> Block:
    """A table of a few atoms for dependent variables, brought to the moments that are given."""
    count = 3 if len(group) == 1 else 7
    if any(evaluator.size(model.symbols[_root(label)].rows) > 1 for label in group):
        count = 4 + 2 * max(evaluator.size(model.symbols[_root(label)].rows) for label in group)
    raw = rng.gamma(1.5, size=(points, count)) + 0.15
    weights = raw / raw.sum(axis=1, keepdims=True)
    if len(group) == 3 and "markov chain" in model.words.lower():
        return _chain(model, group, rng, points, scale)
    first = model.symbols[_root(group[0])]
    if len(group) == 1 and evaluator.size(first.rows) > 1 and re.search(r"\bentries\b", model.words):
        return _independent_entries(model, evaluator, first, group[0], rng, points, scale)
    if len(group) == 2 and not any(moments_of(model, _root(label)) for label in group):
        return _two_way(model, evaluator, group, rng, points, scale)
    values: dict[str, Array] = {}
    for label in group:
        symbol = model.symbols[_root(label)]
        rows = evaluator.size(symbol.rows)
        x = rng.normal(size=(points, count, rows, 1)) * scale
        if symbol.properties & {"positive"} or _is_positive(model, symbol.name):
            x = rng.gamma(1.5, size=x.shape) + 0.2
        values[label] = with_moments(model, evaluator, symbol, label, x, weights, points)
    return Block(weights, values)


def _chain(model: Model, group: list[str], rng: np.random.Generator, points: int, scale: float) -> Block:
    """Three variables X → Y → Z: the last depends on the first through the middle one only."""
    sizes = (3, 2, 3)
    atoms = np.indices(sizes).reshape(3, -1)

    def law(*shape: int) -> Array:
        raw = rng.gamma(1.2, size=(points, *shape)) + 0.1
        return np.asarray(raw / raw.sum(axis=-1, keepdims=True))

    x, y, z = law(3), law(3, 2), law(2, 3)
    weights = x[:, atoms[0]] * y[:, atoms[0], atoms[1]] * z[:, atoms[1], atoms[2]]
    values = {
        label: (rng.normal(size=(points, sizes[place], 1, 1)) * scale)[:, atoms[place]]
        for place, label in enumerate(group)
    }
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


def _two_way(
    model: Model, evaluator: Evaluator, group: list[str], rng: np.random.Generator, points: int, scale: float
) -> Block:
    """Two dependent variables as a 3 by 2 table, so that conditioning means something."""
    a, b = 3, 2
    raw = rng.gamma(1.2, size=(points, a * b)) + 0.1
    weights = raw / raw.sum(axis=1, keepdims=True)
    values: dict[str, Array] = {}
    for place, label in enumerate(group):
        symbol = model.symbols[_root(label)]
        levels = rng.normal(size=(points, a if place == 0 else b, evaluator.size(symbol.rows), 1)) * scale
        if symbol.properties & {"positive"} or _is_positive(model, symbol.name):
            levels = rng.gamma(1.5, size=levels.shape) + 0.2
        which = np.repeat(np.arange(a), b) if place == 0 else np.tile(np.arange(b), a)
        values[label] = levels[:, which]
        if "zero-mean" in symbol.properties:
            mean = (weights[:, :, None, None] * values[label]).sum(axis=1, keepdims=True)
            values[label] = values[label] - mean
    return Block(weights, values)


def _is_positive(model: Model, name: str) -> bool:
    for assumption in model.assumptions:
        relation = assumption.relation
        if isinstance(relation, Relation) and relation.signs[0] in (">", ">=") and name_of(relation.sides[0]) == name:
            last = relation.sides[1]
            return isinstance(last, Num) and last.value >= 0
    return False
