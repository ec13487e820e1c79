r"""Expectations, probabilities and information, exact on finite joint laws.

Everything random lives on one finite set of atoms with exact weights: a generic variable is a table of values, a named
continuous law its quadrature nodes (exact for polynomials of the degree in question, to about 1e-12 for exponentials),
a counting law its values up to a tail below 1e-16. Variables are dependent unless the note says otherwise. Events of a
continuous variable are measured in quantile space by root finding. Monte Carlo is never used.

Sources: Golub & Welsch (1969) for the Gauss rules; Cover & Thomas, *Elements of Information Theory*, 2nd ed., ch. 2, 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

import numpy as np
from scipy import special, stats

from . import values as v
from .evaluate import Scope, Unsupported, is_number, shape_of, truth_of
from .grammar import name_of
from .model import Model, Symbol
from .tree import (
    Expect,
    Index,
    Info,
    Law,
    Node,
    Num,
    Prob,
    Relation,
    Sequence,
    Sym,
    walk,
)
from .values import Array, Value

if TYPE_CHECKING:
    from .evaluate import Evaluator

POINTS = 8
MAX_ATOMS = 60_000
CONTINUOUS = {"Normal", "Uniform", "Exponential", "Gamma", "Beta", "Laplace"}


@dataclass(slots=True)
class Block:
    """Variables on atoms of their own, independent of every other block: weights (P, q), values (P, q, r, c)."""

    weights: Array
    values: dict[str, Array]


# -- drawing -------------------------------------------------------------------------------------------------------


def draw_laws(
    model: Model, evaluator: Evaluator, rng: np.random.Generator, points: int, scale: float, style: str
) -> None:
    """Give every random symbol its values on the atoms, and the world its weights."""
    names = [
        name for name, symbol in model.symbols.items() if symbol.kind == "random" and name not in model.definitions
    ]
    if not names:
        return
    blocks: list[Block] = []
    generic: list[str] = []
    facts = _facts(model)
    conditioned = {each for told in facts.values() for fact in told for each, _ in fact.given}
    for name in names:
        symbol = model.symbols[name]
        if name in conditioned and isinstance(symbol.law, Law) and symbol.law.name == "Bernoulli":
            generic.append(name)
        elif symbol.law is not None and isinstance(symbol.law, Law):
            members = _members(evaluator, symbol)
            for label in members:
                blocks.append(_named(evaluator, symbol, label, symbol.law, points, len(names) * len(members)))
        else:
            generic += _members(evaluator, symbol)
    blocks += _generic(model, evaluator, generic, rng, points, scale)
    _spread(model, evaluator, blocks, points)


def _members(evaluator: Evaluator, symbol: Symbol) -> list[str]:
    if symbol.family is None:
        return [symbol.name]
    low = evaluator.integer(symbol.family[0], Scope())
    high = evaluator.integer(symbol.family[1], Scope())
    return [f"{symbol.name}\x00{place}" for place in range(low, high + 1)]


def _spread(model: Model, evaluator: Evaluator, blocks: list[Block], points: int) -> None:
    """Lay independent blocks out on the product of their atoms."""
    sizes = [block.weights.shape[1] for block in blocks]
    total = int(np.prod(sizes))
    if total > MAX_ATOMS:
        raise Unsupported(
            "too-many-atoms", next(iter(model.symbols.values())).span, "Too many random variables at once."
        )
    grids = np.indices(sizes).reshape(len(sizes), -1)
    weights = np.ones((points, total))
    for place, block in enumerate(blocks):
        chosen = grids[place]
        weights = weights * block.weights[:, chosen]
        for label, array in block.values.items():
            spread = array[:, chosen]
            name, _, member = label.partition("\x00")
            if member:
                evaluator.world.families.setdefault(name, {})[int(member)] = spread
            else:
                evaluator.world.values[name] = spread
    evaluator.world.weights = weights[:, :, None, None]


def _parameter(evaluator: Evaluator, node: Node, points: int, what: str) -> Array:
    made = v.plain(evaluator.number(node, Scope()))
    if made.shape[1] != 1:
        raise Unsupported("hierarchical", node.span, f"{what} is itself random: that is not evaluated.")
    return np.broadcast_to(made, (points, 1, 1, 1))[:, 0, 0, 0]


def _named(evaluator: Evaluator, symbol: Symbol, label: str, law: Law, points: int, count: int) -> Block:
    """Nodes and weights of a declared law."""
    order = 64 if count == 1 else 40 if count == 2 else 16 if count <= 3 else 9
    params = law.params
    match law.name:
        case "Normal":
            rows = evaluator.size(symbol.rows)
            if rows > 1:
                return _normal_vector(evaluator, symbol, label, law, points, rows)
            mean = _parameter(evaluator, params[0], points, "The mean")
            variance = _parameter(evaluator, params[1], points, "The variance")
            x, w = special.roots_hermitenorm(order)
            values = mean[:, None] + np.sqrt(variance)[:, None] * x[None]
            return _block(label, values, np.broadcast_to(w / w.sum(), values.shape))
        case "Uniform":
            if len(params) == 1:
                raise Unsupported("law", law.span, "Write the ends of the interval.")
            low, high = (_parameter(evaluator, each, points, "An end") for each in params)
            x, w = special.roots_legendre(order)
            values = low[:, None] + (high - low)[:, None] * (x[None] + 1) / 2
            return _block(label, values, np.broadcast_to(w / 2, values.shape))
        case "Exponential" | "Gamma":
            shape = (
                np.ones(points) if law.name == "Exponential" else _parameter(evaluator, params[0], points, "The shape")
            )
            rate = _parameter(evaluator, params[-1], points, "The rate")
            if "scale" in evaluator.model.words.lower():
                rate = 1 / rate
            rows_x, rows_w = [], []
            for one, two in zip(shape, rate, strict=True):
                x, w = special.roots_genlaguerre(min(order, 40), one - 1)
                rows_x.append(x / two)
                rows_w.append(w / w.sum())
            return _block(label, np.array(rows_x), np.array(rows_w))
        case "Beta":
            a, b = (_parameter(evaluator, each, points, "A parameter") for each in params)
            rows_x, rows_w = [], []
            for one, two in zip(a, b, strict=True):
                x, w = special.roots_sh_jacobi(min(order, 40), one + two - 1, one)
                rows_x.append(x)
                rows_w.append(w / w.sum())
            return _block(label, np.array(rows_x), np.array(rows_w))
        case "Bernoulli" | "Rademacher":
            p = _parameter(evaluator, params[0], points, "The probability") if params else np.full(points, 0.5)
            least = 0.0 if law.name == "Bernoulli" else -1.0
            values = np.broadcast_to(np.array([least, 1.0]), (points, 2))
            return _block(label, values, np.stack([1 - p, p], axis=1))
        case "Poisson" | "Geometric" | "Binomial":
            return _counting(evaluator, label, law, points)
        case "Categorical":
            p = v.plain(evaluator.value(params[0]))[:, 0, :, 0]
            values = np.broadcast_to(np.arange(1.0, p.shape[1] + 1), (points, p.shape[1]))
            return _block(label, values, np.broadcast_to(p, values.shape))
        case _:
            raise Unsupported("law", law.span, f"The law `{law.name}` is not evaluated.")


def _block(label: str, values: Array, weights: Array) -> Block:
    return Block(np.array(weights), {label: np.array(values)[:, :, None, None]})


def _counting(evaluator: Evaluator, label: str, law: Law, points: int) -> Block:
    parameters = [_parameter(evaluator, each, points, "A parameter") for each in law.params]
    if law.name == "Binomial":
        top = int(parameters[0].max())
        k = np.arange(0, top + 1.0)
        weights = stats.binom.pmf(k[None], parameters[0][:, None], parameters[1][:, None])
    elif law.name == "Poisson":
        top = int(parameters[0].max() + 14 * np.sqrt(parameters[0].max()) + 30)
        k = np.arange(0, top + 1.0)
        weights = stats.poisson.pmf(k[None], parameters[0][:, None])
    else:
        least = max(float(parameters[0].min()), 0.02)
        k = np.arange(1, int(np.ceil(-38 / np.log1p(-least))) + 1.0)
        weights = stats.geom.pmf(k[None], parameters[0][:, None])
    return _block(label, np.broadcast_to(k, weights.shape), weights)


def _normal_vector(evaluator: Evaluator, symbol: Symbol, label: str, law: Law, points: int, rows: int) -> Block:
    mean = np.broadcast_to(v.plain(evaluator.value(law.params[0], None, (rows, 1))), (points, 1, rows, 1))
    if isinstance(law.params[0], Num):
        mean = np.zeros((points, 1, rows, 1))
    cov = np.broadcast_to(v.plain(evaluator.value(law.params[1], None, (rows, rows))), (points, 1, rows, rows))
    x, w = special.roots_hermitenorm(7 if rows <= 3 else 4)
    grid = np.stack([each.ravel() for each in np.meshgrid(*[x] * rows, indexing="ij")], axis=1)
    weights = np.prod(np.stack(np.meshgrid(*[w / w.sum()] * rows, indexing="ij")), axis=0).ravel()
    root = np.linalg.cholesky(cov + 1e-14 * np.eye(rows))
    values = mean + root @ grid[None, :, :, None]
    return Block(np.broadcast_to(weights, (points, weights.size)).copy(), {label: values})


# -- generic variables ---------------------------------------------------------------------------------------------


def _generic(
    model: Model, evaluator: Evaluator, labels: list[str], rng: np.random.Generator, points: int, scale: float
) -> list[Block]:
    """Variables without a named law: tables with the facts and moments that the note gives, and no other pattern."""
    if not labels:
        return []
    facts = _facts(model)
    tabled = [label for label in labels if label in facts or _finite(model, label)]
    rest = [label for label in labels if label not in tabled]
    blocks: list[Block] = []
    if tabled:
        blocks.append(_table(model, evaluator, tabled, facts, rng, points))
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
    if len(group) == 2 and not any(_moments(model, _root(label)) for label in group):
        return _two_way(model, evaluator, group, rng, points, scale)
    values: dict[str, Array] = {}
    for label in group:
        symbol = model.symbols[_root(label)]
        rows = evaluator.size(symbol.rows)
        x = rng.normal(size=(points, count, rows, 1)) * scale
        if symbol.properties & {"positive"} or _is_positive(model, symbol.name):
            x = rng.gamma(1.5, size=x.shape) + 0.2
        values[label] = _with_moments(model, evaluator, symbol, label, x, weights, points)
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
    moments = _moments(model, symbol.name)
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


@dataclass(frozen=True, slots=True)
class Moments:
    mean: Node | None
    variance: Node | None


_MEAN = re.compile(r"\b(?:means?|expectations?)\s*$", re.I)
_VARIANCE = re.compile(r"\b(?:variances?|covariances?)\s*$", re.I)


def _moments(model: Model, name: str) -> Moments | None:
    return model.moments.get(name)


def _with_moments(
    model: Model, evaluator: Evaluator, symbol: Symbol, label: str, x: Array, weights: Array, points: int
) -> Array:
    """Shift and scale a table so that its mean and (co)variance are those given."""
    moments = _moments(model, symbol.name)
    w = weights[:, :, None, None]
    mean = (w * x).sum(axis=1, keepdims=True)
    if moments is None:
        return x - mean if "zero-mean" in symbol.properties else x
    rows = x.shape[-2]
    scope = Scope()
    index = label.partition("\x00")[2]
    centred = x - mean
    if moments.variance is not None:
        wanted = np.broadcast_to(
            _full(v.plain(evaluator.value(_at(moments.variance, index), scope, (rows, rows))), rows),
            (points, 1, rows, rows),
        )
        if rows == 1:
            variance = (w * centred**2).sum(axis=1, keepdims=True)
            centred = centred * np.sqrt(wanted / variance)
        else:
            cov = np.einsum("pa,pai,paj->pij", weights, centred[..., 0], centred[..., 0])[:, None]
            centred = np.linalg.cholesky(wanted) @ np.linalg.solve(np.linalg.cholesky(cov), centred)
    if moments.mean is not None:
        if _zero(moments.mean):
            return np.asarray(centred)
        target = v.plain(evaluator.value(_at(moments.mean, index), scope, (rows, 1)))
        return np.asarray(centred + np.broadcast_to(target, (points, 1, rows, 1)))
    return np.asarray(centred + mean) if "zero-mean" not in symbol.properties else centred


def _full(a: Array, rows: int) -> Array:
    """A number as the variance of each entry: that multiple of the identity."""
    return a * np.eye(rows) if a.shape[-2:] == (1, 1) and rows > 1 else a


def _zero(node: Node) -> bool:
    return isinstance(node, Num) and node.value == 0


def _at(node: Node, index: str) -> Node:
    return node


# -- facts: P(X = 1) = p, P(Y = 1 | X = 0) = q ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: Node
    given: tuple[tuple[str, Node], ...]
    probability: Node


def _facts(model: Model) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for assumption in model.probabilities:
        relation = assumption.relation
        if not isinstance(relation, Relation) or any(sign != "=" for sign in relation.signs):
            continue
        value = relation.sides[-1]
        if isinstance(value, Prob):
            continue
        for side in relation.sides[:-1]:
            if not isinstance(side, Prob) or len(side.events) != 1:
                continue
            event = _equality(side.events[0])
            given = [_equality(each) for each in side.given]
            if event is None or any(each is None for each in given):
                continue
            fact = Fact(event[0], event[1], tuple(each for each in given if each is not None), value)
            found.setdefault(event[0], []).append(fact)
            if event[0] not in model.symbols:
                model.symbols[event[0]] = Symbol(event[0], side.span, "random")
    for name, symbol in model.symbols.items():
        if isinstance(symbol.law, Law) and symbol.law.name == "Bernoulli" and name not in found:
            span = symbol.law.span
            if any(name == each for told in found.values() for fact in told for each, _ in fact.given):
                found[name] = [Fact(name, Num(Fraction(1), span), (), symbol.law.params[0])]
    return found


def _equality(node: Node) -> tuple[str, Node] | None:
    if isinstance(node, Relation) and node.signs == ("=",):
        name = name_of(node.sides[0])
        if name is not None:
            return name, node.sides[1]
    return None


def _table(
    model: Model,
    evaluator: Evaluator,
    labels: list[str],
    facts: dict[str, list[Fact]],
    rng: np.random.Generator,
    points: int,
) -> Block:
    """A joint table, variable by variable, each given those before it; what no fact fixes is drawn."""
    supports: dict[str, Array] = {}
    for label in labels:
        symbol = model.symbols[label]
        if symbol.choices:
            levels = [float(v.plain(evaluator.value(each)).flat[0]) for each in symbol.choices]
        else:
            levels = sorted({float(v.plain(evaluator.value(fact.value)).flat[0]) for fact in facts.get(label, [])})
            if len(levels) == 1:
                levels = sorted({*levels, 1.0 - levels[0]})
        supports[label] = np.array(levels)
    sizes = [supports[label].size for label in labels]
    atoms = np.indices(sizes).reshape(len(labels), -1)
    weights = np.ones((points, atoms.shape[1]))
    for place, label in enumerate(labels):
        drawn = rng.gamma(1.3, size=(points, *sizes[: place + 1])) + 0.15
        drawn = drawn / drawn.sum(axis=-1, keepdims=True)
        for atom in np.ndindex(*sizes[:place]):
            known = np.full((points, sizes[place]), np.nan)
            for fact in facts.get(label, []):
                if all(
                    each in labels[:place]
                    and np.isclose(
                        supports[each][atom[labels.index(each)]], float(v.plain(evaluator.value(value)).flat[0])
                    )
                    for each, value in fact.given
                ):
                    level = float(v.plain(evaluator.value(fact.value)).flat[0])
                    at = int(np.argmin(np.abs(supports[label] - level)))
                    known[:, at] = np.broadcast_to(
                        v.plain(evaluator.number(fact.probability, Scope())), (points, 1, 1, 1)
                    )[:, 0, 0, 0]
            free = np.isnan(known[0])
            if not free.all():
                left = 1 - np.nansum(known, axis=1)
                share = np.where(free, drawn[(slice(None), *atom)], 0)
                total = share.sum(axis=1, keepdims=True)
                share = share / np.where(total > 0, total, 1) * left[:, None]
                drawn[(slice(None), *atom)] = np.where(free, share, np.nan_to_num(known))
        weights = weights * drawn[(slice(None), *[atoms[k] for k in range(place + 1)])]
    values = {
        label: np.broadcast_to(supports[label][atoms[place]], (points, atoms.shape[1]))[:, :, None, None].copy()
        for place, label in enumerate(labels)
    }
    return Block(weights, values)


# -- evaluating ----------------------------------------------------------------------------------------------------


def probable(evaluator: Evaluator, node: Expect | Prob | Info | Law, scope: Scope) -> Value:
    match node:
        case Expect():
            return _expectation(evaluator, node, scope)
        case Prob():
            return _probability(evaluator, node, scope)
        case Info():
            return _information(evaluator, node, scope)
        case Law():
            return _density(evaluator, node, scope)
        case _:
            assert_never(node)


def mean_of(evaluator: Evaluator, x: Value, weights: Array | None = None) -> Value:
    """The expectation of a value over the atoms."""
    w = weights if weights is not None else evaluator.world.weights
    if w is None:
        return x

    def average(a: Array) -> Array:
        if a.shape[-3] == 1:
            return a
        return np.asarray((a * w).sum(axis=-3, keepdims=True))

    return v.linear(average, x)


def _expectation(evaluator: Evaluator, node: Expect, scope: Scope) -> Value:
    weights: Array | None = None
    if node.under is not None:
        changed = _under(evaluator, node, scope)
        if changed is not None:
            return changed
    if node.given:
        weights = _conditional_weights(evaluator, node.given, scope)
    args = [evaluator.value(arg, scope) for arg in node.args]
    letters = [each for arg in node.args for each in walk(arg) if isinstance(each, Sym | Index)]
    if letters and all(v.plain(each).shape[-3] == 1 for each in args):
        raise Unsupported(
            "nothing-random", node.span, "Nothing in this expectation is declared as random. Say in prose what is."
        )
    if node.kind == "E":
        if len(args) != 1:
            raise Unsupported("expectation", node.span, "An expectation takes one argument.")
        return _averaged(evaluator, args[0], weights)
    first = args[0]
    second = args[1] if len(args) > 1 else first
    if node.kind == "Var" and not is_number(first) and shape_of(first)[1] != 1:
        raise Unsupported("variance", node.span, "The variance of a matrix is not evaluated.")
    ma, mb = _averaged(evaluator, first, weights), _averaged(evaluator, second, weights)
    product = v.matmul(v.sub(first, ma), v.transpose(v.sub(second, mb)))
    return _averaged(evaluator, product, weights)


def _averaged(evaluator: Evaluator, x: Value, weights: Array | None) -> Value:
    if weights is None or weights.ndim == v.CORE:
        return mean_of(evaluator, x, weights)

    # weights (P, A, A): one conditional law for each atom
    def average(a: Array) -> Array:
        if a.shape[-3] == 1:
            return a
        spread = np.broadcast_to(a, (*a.shape[:-4], weights.shape[0], *a.shape[-3:]))
        return np.asarray(np.einsum("pab,...pbrc->...parc", weights, spread))

    return v.linear(average, x)


def _conditional_weights(evaluator: Evaluator, given: tuple[Node, ...], scope: Scope) -> Array:
    """Weights (P, A, 1, 1) given an event, or (P, A, A) given variables."""
    w = evaluator.world.weights
    if w is None:
        raise Unsupported("conditioning", given[0].span, "Nothing random is declared to condition on.")
    events = [each for each in given if isinstance(each, Relation)]
    variables = [each for each in given if not isinstance(each, Relation)]
    weights = w
    for event in events:
        truth = v.plain(truth_of(evaluator, event, scope))
        weights = weights * truth
        total = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(total > 0, total, np.nan)
    if not variables:
        return weights
    flat = weights[:, :, 0, 0]
    same = np.ones((flat.shape[0], flat.shape[1], flat.shape[1]), dtype=bool)
    if flat.shape[1] > 600:
        raise Unsupported("conditioning", given[0].span, "Conditioning on a continuous variable is not evaluated.")
    for each in variables:
        if any(_is_continuous(evaluator, name) for name in _random_names(evaluator, each)):
            raise Unsupported("conditioning", each.span, "Conditioning on a continuous variable is not evaluated.")
        x = np.broadcast_to(
            v.plain(evaluator.value(each, scope)), (*flat.shape, *shape_of(evaluator.value(each, scope)))
        )
        same &= np.isclose(x[:, :, None], x[:, None, :]).all(axis=(-1, -2))
    joint = same * flat[:, None, :]
    total = joint.sum(axis=-1, keepdims=True)
    return joint / np.where(total > 0, total, np.nan)


def _random_names(evaluator: Evaluator, node: Node) -> list[str]:
    found: dict[str, None] = {}
    for each in walk(node):
        for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
            if name is None:
                continue
            for below in evaluator.depends(name):
                symbol = evaluator.model.symbols.get(below)
                if symbol is not None and symbol.kind == "random":
                    found[below] = None
    return list(found)


def _is_continuous(evaluator: Evaluator, name: str) -> bool:
    law = evaluator.model.symbols[name].law
    return isinstance(law, Law) and law.name in CONTINUOUS


def _under(evaluator: Evaluator, node: Expect, scope: Scope) -> Value | None:
    r"""`\mathbb{E}_{k \sim q}[…]` over a probability vector; None where the subscript only names what is random."""
    under = node.under
    if isinstance(under, Relation) and under.signs == ("~",):
        name, law = name_of(under.sides[0]), under.sides[1]
        if name is None or node.kind != "E" or len(node.args) != 1:
            raise Unsupported("expectation", node.span, "This subscript is not read.")
        if isinstance(law, Law) or name_of(law) in evaluator.model.laws:
            named = law if isinstance(law, Law) else evaluator.model.laws[name_of(law) or ""]
            return _over_law(evaluator, node, name, named, scope)
        p = evaluator.value(law, scope)
        rows, cols = shape_of(p)
        if cols != 1 or rows == 1:
            raise Unsupported("expectation", node.span, "The law below this expectation is not declared.")
        total: Value | None = None
        for place in range(rows):
            part = evaluator.value(node.args[0], scope.with_names({name: v.const(place + 1)}))
            term = v.times(v.entry(p, place, 0), part)
            total = term if total is None else v.add(total, term)
        assert total is not None
        return total
    names = {name_of(each) for each in (under.items if isinstance(under, Sequence) else (under,)) if each is not None}
    random = set(_random_names(evaluator, node.args[0]))
    if names and names >= random and random:
        return None
    raise Unsupported("expectation", node.span, "Over which law is this expectation? Declare it in prose.")


def _over_law(evaluator: Evaluator, node: Expect, name: str, law: Law, scope: Scope) -> Value:
    symbol = Symbol(name, node.span, "random", law=law)
    block = _named(evaluator, symbol, name, law, evaluator.world.points, 1)
    x = block.values[name]
    inner = evaluator.value(node.args[0], scope.with_names({name: x}))
    w = block.weights[:, :, None, None]
    return v.linear(lambda a: a if a.shape[-3] == 1 else (a * w).sum(axis=-3, keepdims=True), inner)


def _probability(evaluator: Evaluator, node: Prob, scope: Scope) -> Value:
    if node.name not in ("P", "\\mathrm{Pr}"):
        raise Unsupported("density", node.span, f"`{node.name}` is not declared as a density or a table.")
    if evaluator.world.weights is None:
        raise Unsupported("probability", node.span, "Nothing random is declared here.")
    continuous = [
        name
        for each in (*node.events, *node.given)
        for name in _random_names(evaluator, each)
        if _is_continuous(evaluator, name)
    ]
    if continuous:
        if len(set(continuous)) > 1 or node.given:
            raise Unsupported("probability", node.span, "Events of several continuous variables are not measured.")
        return _measure(evaluator, node, continuous[0], scope)
    weights = _conditional_weights(evaluator, node.given, scope) if node.given else evaluator.world.weights
    if not any(_random_names(evaluator, event) for event in node.events):
        raise Unsupported(
            "nothing-random", node.span, "Nothing in this event is declared as random. Say in prose what is."
        )
    truth: Value = v.const(1)
    for event in node.events:
        truth = v.times(truth, _truth_of(evaluator, event, scope))
    return _averaged(evaluator, truth, weights)


def _truth_of(evaluator: Evaluator, event: Node, scope: Scope) -> Value:
    name = name_of(event)
    if name is not None and isinstance(event, Sym):
        raise Unsupported("event", event.span, f"`{name}` is not an event here: write `{name} = x`.")
    return truth_of(evaluator, event, scope)


def _measure(evaluator: Evaluator, node: Prob, name: str, scope: Scope) -> Value:
    """The probability of an event of one continuous variable: its boundaries in quantile space, by bisection."""
    quantile = _quantile(evaluator, name)
    points = evaluator.world.points
    tail = np.logspace(-15, -3.5, 60)
    grid = np.unique(np.concatenate([tail, np.linspace(0, 1, 1503)[1:-1], 1 - tail]))

    def truth(u: Array) -> Array:
        x = quantile(u)[:, :, None, None]
        inner = scope.with_names({name: x})
        made: Array = np.ones((points, u.shape[1]))
        for event in node.events:
            part = v.plain(truth_of(evaluator, event, inner))
            made = made * np.broadcast_to(part, (points, u.shape[1], 1, 1))[:, :, 0, 0]
        return made > 0.5

    u = np.broadcast_to(grid, (points, grid.size))
    at = truth(u)
    result = np.zeros(points)
    for point in range(points):
        changes = np.flatnonzero(at[point, 1:] != at[point, :-1])
        edges = [0.0]
        for place in changes:
            low, high = grid[place], grid[place + 1]
            left = at[point, place]
            for _ in range(48):
                middle = (low + high) / 2
                probe = np.full((points, 1), middle)
                if truth(probe)[point, 0] == left:
                    low = middle
                else:
                    high = middle
            edges.append((low + high) / 2)
        edges.append(1.0)
        inside = bool(at[point, 0])
        for start, end in pairwise(edges):
            result[point] += (end - start) if inside else 0
            inside = not inside
    return result[:, None, None, None]


def _quantile(evaluator: Evaluator, name: str) -> Callable[[Array], Array]:
    law = evaluator.model.symbols[name].law
    assert isinstance(law, Law)
    points = evaluator.world.points
    params = [_parameter(evaluator, each, points, "A parameter")[:, None] for each in law.params]
    match law.name:
        case "Normal":
            return lambda u: params[0] + np.sqrt(params[1]) * special.ndtri(u)
        case "Uniform":
            return lambda u: params[0] + (params[1] - params[0]) * u
        case "Exponential":
            return lambda u: -np.log1p(-u) / params[0]
        case "Gamma":
            return lambda u: special.gammaincinv(params[0], u) / params[1]
        case "Beta":
            return lambda u: special.betaincinv(params[0], params[1], u)
        case _:
            raise Unsupported("law", law.span, f"The law `{law.name}` has no distribution function here.")


# -- information ---------------------------------------------------------------------------------------------------


def _xlogy(x: Value, y: Value) -> Value:
    zero = v.plain(x) == 0
    return v.choose(zero, v.times(v.const(0), v.plain(x)), v.times(x, v.log(v.choose(zero, v.const(1), y))))


def _information(evaluator: Evaluator, node: Info, scope: Scope) -> Value:
    if node.kind == "KL":
        return _divergence(evaluator, node.args[0], node.args[1], scope)
    if node.kind == "JS":
        raise Unsupported("divergence", node.span, "Write the Jensen–Shannon divergence out.")
    random = [name for arg in (*node.args, *node.given) for name in _random_names(evaluator, arg)]
    if node.kind == "H" and not random:
        p = evaluator.value(node.args[0], scope)
        if is_number(p):
            raise Unsupported("entropy", node.span, "The entropy of a number: say of which variable or vector.")
        q = evaluator.value(node.args[1], scope) if len(node.args) > 1 else p
        return v.neg(v.total(_xlogy(p, q)))
    gaussian = _gaussian_information(evaluator, node)
    if gaussian is not None:
        return gaussian
    if any(_is_continuous(evaluator, name) for name in random):
        raise Unsupported("entropy", node.span, "The entropy of this continuous law is not evaluated.")
    if node.kind == "H":
        return v.sub(_entropy(evaluator, (*node.args, *node.given), scope), _entropy(evaluator, node.given, scope))
    if len(node.args) != 2:
        raise Unsupported("information", node.span, "Mutual information takes two arguments.")
    x, y = node.args
    z = node.given
    made = v.add(_entropy(evaluator, (x, *z), scope), _entropy(evaluator, (y, *z), scope))
    return v.sub(v.sub(made, _entropy(evaluator, (x, y, *z), scope)), _entropy(evaluator, z, scope))


def _entropy(evaluator: Evaluator, variables: tuple[Node, ...], scope: Scope) -> Value:
    """Entropy of the joint law of `variables`, natural logarithm; 0 of nothing."""
    if not variables:
        return v.const(0)
    w = evaluator.world.weights
    if w is None:
        raise Unsupported("entropy", variables[0].span, "Nothing random is declared here.")
    flat = w[:, :, 0, 0]
    if flat.shape[1] > 600:
        raise Unsupported("entropy", variables[0].span, "This law has too many atoms for an entropy.")
    same = np.ones((flat.shape[0], flat.shape[1], flat.shape[1]), dtype=bool)
    for each in variables:
        value = v.plain(evaluator.value(each, scope))
        x = np.broadcast_to(value, (*flat.shape, *value.shape[-2:]))
        same &= np.isclose(x[:, :, None], x[:, None, :]).all(axis=(-1, -2))
    mass = (same * flat[:, None, :]).sum(axis=-1)
    with np.errstate(all="ignore"):
        terms = np.where(flat > 0, -flat * np.log(np.where(mass > 0, mass, 1)), 0)
    return np.asarray(terms.sum(axis=1)[:, None, None, None])


def _gaussian_information(evaluator: Evaluator, node: Info) -> Value | None:
    """Mutual information of two blocks of a jointly Gaussian vector."""
    for assumption in evaluator.model.probabilities:
        if assumption.words != "joint-law" or not isinstance(assumption.relation, Relation):
            continue
        law = assumption.relation.sides[-1]
        from .tree import Grid

        grid = assumption.relation.sides[0]
        if not isinstance(law, Law) or law.name != "Normal" or not isinstance(grid, Grid):
            continue
        cells = [cell for row in grid.rows for cell in row]
        names = [name_of(cell) for cell in cells]
        wanted = [name_of(arg) for arg in node.args]
        if node.kind != "I" or node.given or any(name not in names for name in wanted):
            continue
        if any(
            name in evaluator.model.symbols and evaluator.size(evaluator.model.symbols[name].rows) > 1
            for name in names
            if name
        ):
            return None
        cov = evaluator.value(law.params[1])
        a, b = (names.index(name) for name in wanted)
        joint = v.blocks([[v.entry(cov, a, a), v.entry(cov, a, b)], [v.entry(cov, b, a), v.entry(cov, b, b)]])
        ratio = v.divide(v.times(v.entry(cov, a, a), v.entry(cov, b, b)), v.determinant(joint))
        return v.times(v.const(0.5), v.log(ratio))
    return None


def _divergence(evaluator: Evaluator, left: Node, right: Node, scope: Scope) -> Value:
    laws = [each if isinstance(each, Law) else evaluator.model.laws.get(name_of(each) or "") for each in (left, right)]
    if laws[0] is not None and laws[1] is not None:
        return _divergence_of_laws(evaluator, laws[0], laws[1], scope)
    p, q = evaluator.value(left, scope), evaluator.value(right, scope)
    if shape_of(p) != shape_of(q) or is_number(p):
        raise Unsupported("divergence", left.span, "A divergence is taken between two laws or probability vectors.")
    return v.total(v.sub(_xlogy(p, p), _xlogy(p, q)))


def _divergence_of_laws(evaluator: Evaluator, p: Law, q: Law, scope: Scope) -> Value:
    if p.name != q.name:
        raise Unsupported("divergence", p.span, "A divergence between laws of different kinds is not evaluated.")
    if p.name == "Normal":
        means = evaluator._all([p.params[0], q.params[0]], scope, (None, None))
        rows = shape_of(means[0])[0]
        covs = [evaluator.value(each.params[1], scope, (rows, rows)) for each in (p, q)]
        inverse = v.inverse(covs[1])
        gap = v.sub(means[1], means[0])
        total = v.add(v.trace(v.matmul(inverse, covs[0])), v.matmul(v.transpose(gap), v.matmul(inverse, gap)))
        logs = v.sub(v.log(v.determinant(covs[1])), v.log(v.determinant(covs[0])))
        return v.times(v.const(0.5), v.add(v.sub(total, v.const(rows)), logs))
    points = evaluator.world.points
    symbol = Symbol("x", p.span, "random", law=p)
    if p.name in ("Poisson", "Geometric", "Binomial", "Bernoulli", "Categorical"):
        block = _named(evaluator, symbol, "x", p, points, 1)
        x = block.values["x"]
        masses = [_log_mass(evaluator, law, x, points) for law in (p, q)]
        terms = np.where(block.weights > 0, block.weights * (masses[0] - masses[1]), 0)
        return np.asarray(terms.sum(axis=1)[:, None, None, None])
    if p.name == "Exponential":
        a, b = (_parameter(evaluator, law.params[0], points, "A rate") for law in (p, q))
        return (np.log(a / b) + b / a - 1)[:, None, None, None]
    raise Unsupported("divergence", p.span, f"The divergence of `{p.name}` laws is not evaluated.")


def _log_mass(evaluator: Evaluator, law: Law, x: Array, points: int) -> Array:
    k = x[:, :, 0, 0]
    if law.name == "Categorical":
        p = np.broadcast_to(v.plain(evaluator.value(law.params[0])), (points, 1, int(k.max()), 1))[:, 0, :, 0]
        return np.asarray(np.log(np.take_along_axis(p, k.astype(int) - 1, axis=1)))
    params = [_parameter(evaluator, each, points, "A parameter")[:, None] for each in law.params]
    with np.errstate(all="ignore"):
        match law.name:
            case "Poisson":
                return np.asarray(stats.poisson.logpmf(k, params[0]))
            case "Geometric":
                return np.asarray(stats.geom.logpmf(k, params[0]))
            case "Binomial":
                return np.asarray(stats.binom.logpmf(k, params[0], params[1]))
            case _:
                return np.where(k > 0.5, np.log(params[0]), np.log1p(-params[0]))


def _density(evaluator: Evaluator, node: Law, scope: Scope) -> Value:
    """`\\mathcal{N}(x; \\mu, \\Sigma)` as a number."""
    if node.point is None:
        raise Unsupported("law", node.span, "A law stands where a value is expected.")
    if node.name != "Normal":
        raise Unsupported("density", node.span, f"The density of `{node.name}` is not evaluated.")
    point, mean = evaluator._all([node.point, node.params[0]], scope, (None, None))
    rows = shape_of(point)[0]
    cov = evaluator.value(node.params[1], scope, (rows, rows))
    gap = v.sub(point, mean)
    form = v.matmul(v.transpose(gap), v.matmul(v.inverse(cov), gap))
    norm = v.sqrt(v.times(v.const((2 * np.pi) ** rows), v.determinant(cov)))
    return v.divide(v.exp(v.times(v.const(-0.5), form)), norm)
