r"""The search for a point at which an inequality fails, after ordinary points have found none.

First corners: entries that are zero, equal, of one size or one alone; matrices of rank one, multiples of the identity;
letters that take each other's values, or nearly; the ends of ranges; values a thousand times smaller and thirty times
larger. Then a descent on the gap: the points with the least slack are moved, by noise of many sizes and along the
differences between them, and brought back into what the note says of them; the best of all are kept. There are two
measures of slack, the gap itself and the gap as a part of the sides, since a claim that fails near zero shows in the
second only, and one against zero in the first. Points that violate a given are never used.

What is random has its values made from the parameters of its law, so where a note speaks of random variables points are
not moved: corners of the parameters are drawn, and a table without further facts is sharpened and flattened.

How long it goes on is a number of rounds, fewer where a claim takes many evaluations: no clock decides.

Source: Storn & Price (1997), *Differential evolution* (moves along differences); Beyer & Schwefel (2002), *Evolution
strategies* (noise of several sizes, best of parents and children).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, World
from .grammar import name_of
from .model import Model, Symbol
from .sample import Draw, banded, bounds_of, constant_diagonals, satisfy, stochastic
from .tree import Deriv, Integral, Limit, Node, Post, Relation, Special, walk
from .values import Array, Undefined

ORDERS = ("<=", "<", ">=", ">", "preceq", "prec", "succeq", "succ")
POPULATION = 64
SCAN = 512  # points to begin with where there are few entries in all, to meet narrow windows
FEW = 3
PARENTS = 10
MOST_ROUNDS = 12
WORK = 3_000  # evaluations of a node, all rounds together
WORTH_A_LOOK = -1e-6  # a relative slack below this is judged as a point of its own
Sides = Callable[[Draw], Iterator[tuple[Array, Array]]]

MOVABLE = {
    "simplex", "unit", "orthogonal", "symmetric", "antisymmetric", "diagonal", "upper-triangular", "lower-triangular",
    "psd", "spd", "positive", "nonnegative", "centred", "orthonormal-columns", "invertible", "full-column-rank",
    "full-row-rank", "nonzero",
}  # fmt: skip


@dataclass(slots=True)
class Search:
    """One search. `sides` gives both sides of the claim in a draw, once for each choice of its free indices; `valid`
    says which points meet the givens. Entries are not moved beyond `largest`. `tried` counts the valid points at which
    both sides were defined.
    """

    model: Model
    sign: str
    sides: Sides
    valid: Callable[[Draw], Array]
    rng: np.random.Generator
    largest: float = 12.0
    tried: int = 0

    def run(self, draws: list[Draw]) -> Iterator[Draw]:
        """Yield worlds that hold points where the claim seems to fail, then those that come nearest to it."""
        letters = movable(self.model, draws[0].world)
        if letters:
            for base in _smallest_first(draws):
                yield from self._descend(base, letters)

    def _descend(self, base: Draw, letters: list[str]) -> Iterator[Draw]:
        few = sum(v.plain(base.world.values[name])[0].size for name in letters if name in base.world.values) <= FEW
        chosen = self.rng.integers(0, base.world.points, size=SCAN if few else POPULATION)
        best, scores = base.world, self._slack(Draw(base.world, Evaluator(self.model, base.world), base.scale))
        world = _cornered(gathered(base.world, chosen), letters, self.largest, self.rng)
        rounds, place = 1, 0
        while place < rounds:
            made = restored(self.model, world, letters, self.rng)
            slack = self._slack(made)
            if place == 0:
                rounds = self._rounds(made)
            self.tried += int(np.isfinite(slack[0]).sum())
            if slack[0].min() < WORTH_A_LOOK:
                yield _only(made, np.argsort(slack[0])[:4])
            both, slack = _joined(best, made.world), np.concatenate([scores, slack], axis=1)
            keep = np.unique(np.concatenate([np.argsort(row)[: PARENTS // 2] for row in slack]))
            keep = keep[np.isfinite(slack[0][keep])]
            if not keep.size:
                return
            best, scores = gathered(both, keep), slack[:, keep]
            world = _children(best, letters, self.largest, self.rng)
            place += 1
        yield Draw(best, Evaluator(self.model, best), base.scale)

    def _rounds(self, made: Draw) -> int:
        most = 4 if assumes_equation(self.model) else MOST_ROUNDS
        return int(np.clip(WORK // max(made.evaluator.calls, 1), 2, most))

    def _slack(self, made: Draw) -> Array:
        """How far each point is from failing, (2, P): as a part of the sides, and as it is. Infinite if undefined."""
        points = made.world.points
        made.evaluator.calls = 0
        try:
            gaps = [_gap(self.sign, a, b, points) for a, b in self.sides(made)]
            slack = np.where(self.valid(made), np.min(gaps, axis=0), np.inf)
        except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            return np.full((2, points), np.inf)
        return slack


def assumes_equation(model: Model) -> bool:
    """Whether the givens or the conditions in force hold an equation, which points meet to a tolerance only."""
    return any(
        isinstance(each.relation, Relation) and "=" in each.relation.signs
        for each in [*model.assumptions, *model.conditions]
    )


def largest_part(evaluator: Evaluator, node: Node, scope: Scope) -> float:
    """The largest entry of anything in `node` that has a value by itself: what its round-off is measured by."""
    largest = 0.0
    for each in walk(node):
        try:
            value = np.abs(v.plain(evaluator.value(each, scope)))
        except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            continue
        largest = max(largest, float(value[np.isfinite(value)].max(initial=0)))
    return largest


def _smallest_first(draws: list[Draw]) -> list[Draw]:
    """One draw of the two smallest choices of sizes."""
    by_sizes: dict[tuple[int, ...], Draw] = {}
    for made in draws:
        by_sizes.setdefault(tuple(made.world.dims.values()), made)
    return [by_sizes[sizes] for sizes in sorted(by_sizes, key=sum)][:2]


def movable(model: Model, world: World) -> list[str]:
    """Letters whose values may be changed by themselves: real, not random, with properties that can be restored."""
    if world.weights is not None:
        return []
    return [
        name
        for name in (*world.values, *world.families)
        if (symbol := model.symbols.get(name)) is not None
        and symbol.kind == "value"
        and symbol.domain == "real"
        and symbol.properties <= MOVABLE
        and name not in model.definitions
    ]


def _gap(sign: str, a: Array, b: Array, points: int) -> Array:
    shape = np.broadcast_shapes(a.shape, b.shape, (points, 1, 1, 1))
    a, b = np.broadcast_to(a, shape)[:, 0], np.broadcast_to(b, shape)[:, 0]
    if sign.startswith(("prec", "succ")):
        gap = b - a if sign.startswith("prec") else a - b
        if gap.shape[-1] != gap.shape[-2]:
            return np.full((2, points), np.inf)
        fine = np.isfinite(gap).all(axis=(-1, -2))
        low = np.linalg.eigvalsh(np.where(fine[:, None, None], gap + np.swapaxes(gap, -1, -2), 0) / 2)[:, 0]
        size = np.abs(a).max(axis=(-1, -2)) + np.abs(b).max(axis=(-1, -2)) + 1e-300
        return np.where(fine, np.stack([low / size, low]), np.inf)
    gap = b - a if sign in ("<=", "<") else a - b
    fine = (np.isfinite(a) & np.isfinite(b)).all(axis=(-1, -2))
    both = np.stack([gap / (np.abs(a) + np.abs(b) + 1e-9), gap]).min(axis=(-1, -2))
    return np.where(fine, both, np.inf)


# -- worlds -----------------------------------------------------------------------------------------------------------


def gathered(world: World, places: Array) -> World:
    """The world at these points, in this order; a point may come more than once."""

    def at(x: v.Value) -> v.Value:
        a = v.plain(x)
        return a[places] if a.shape[0] == world.points else a

    return replace(
        world,
        values={name: at(x) for name, x in world.values.items()},
        families={name: {k: at(x) for k, x in members.items()} for name, members in world.families.items()},
        tables={name: np.asarray(at(x)) for name, x in world.tables.items()},
        levels={name: np.asarray(at(x)) for name, x in world.levels.items()},
        weights=None if world.weights is None else np.asarray(at(world.weights)),
        points=len(places),
    )


def _joined(first: World, second: World) -> World:
    """The points of both worlds, which have the same sizes."""

    def spread(x: v.Value, points: int) -> Array:
        a = v.plain(x)
        return np.broadcast_to(a, (points, *a.shape[1:]))

    def both(x: v.Value, y: v.Value) -> v.Value:
        return np.concatenate([spread(x, first.points), spread(y, second.points)])

    return replace(
        first,
        values={name: both(x, second.values[name]) for name, x in first.values.items()},
        tables={name: np.asarray(both(x, second.tables[name])) for name, x in first.tables.items()},
        levels={name: np.asarray(both(x, second.levels[name])) for name, x in first.levels.items()},
        families={
            name: {k: both(x, second.families[name][k]) for k, x in members.items()}
            for name, members in first.families.items()
        },
        points=first.points + second.points,
    )


def _only(made: Draw, places: Array) -> Draw:
    world = gathered(made.world, places)
    return Draw(world, Evaluator(made.evaluator.model, world), made.scale)


def _changed(world: World, letters: list[str], change: Callable[[str, Array], Array]) -> World:
    """The world with `change` applied to each of these letters, member by member for a family."""
    values = {name: change(name, v.plain(x)) if name in letters else x for name, x in world.values.items()}
    families: dict[str, dict[int, v.Value]] = {
        name: {k: change(name, v.plain(x)) for k, x in members.items()} if name in letters else members
        for name, members in world.families.items()
    }
    return replace(world, values=values, families=families)


# -- corners ----------------------------------------------------------------------------------------------------------


def _cornered(world: World, letters: list[str], largest: float, rng: np.random.Generator) -> World:
    """Each letter at each point left as it is or brought to a corner, chosen anew."""
    earlier: list[Array] = []

    def corner(name: str, x: Array) -> Array:
        x = np.broadcast_to(x, (world.points, *x.shape[1:])).copy()
        alike = [each for each in earlier if each.shape == x.shape]
        made = np.stack([x, *_corners(x, rng), *_twins(x, alike, rng)])
        plain = rng.random(world.points) < 0.3
        kind = np.where(plain, 0, rng.integers(0, made.shape[0], size=world.points))
        bound = np.maximum(np.abs(x), largest)
        taken = np.clip(made[kind, np.arange(world.points)], -bound, bound)
        earlier.append(taken)
        return np.asarray(taken)

    return _changed(world, letters, corner)


def _corners(x: Array, rng: np.random.Generator) -> Iterator[Array]:
    rows, cols = x.shape[-2:]
    level = rng.choice([0.1, 0.5, 1.0, 1.0, 2.0, 10.0], size=(x.shape[0], 1, 1, 1))
    sign = rng.choice([-1.0, 1.0], size=x.shape)
    yield np.zeros_like(x)
    yield 1e-3 * x
    yield 0.1 * x
    yield 30 * x
    yield sign * 10 ** rng.uniform(-3, 1.7, size=x.shape)
    yield sign * rng.uniform(0, 12, size=x.shape)
    yield sign * level
    yield sign[..., :1, :1] * level * np.ones_like(x)
    if rows * cols > 1:
        alone = np.zeros((x.shape[0], rows * cols))
        alone[np.arange(x.shape[0]), rng.integers(0, rows * cols, size=x.shape[0])] = 1
        yield alone.reshape(x.shape) * sign * level
        yield level * (1 + 0.1 * x)
        yield rng.choice([-1.0, 0.0, 1.0], size=x.shape)
    if rows > 1 and cols > 1:
        yield x[..., :, :1] @ x[..., :1, :]
        yield x[..., :, :1] * np.ones_like(x)
    if rows == cols and rows > 1:
        yield np.eye(rows) * level * sign[..., :1, :1]
        yield np.eye(rows) * x
        yield x @ np.swapaxes(x, -1, -2)
        yield x - np.swapaxes(x, -1, -2)


def _twins(x: Array, alike: list[Array], rng: np.random.Generator) -> Iterator[Array]:
    for other in alike:
        yield other
        yield -other
        yield 2 * other
        yield other * (1 + 0.1 * x)
        yield other + 0.1 * x
        if x.shape[-1] > 1:
            yield np.swapaxes(other, -1, -2) if x.shape[-1] == x.shape[-2] else other
        if x.shape[-2] > 1:
            yield np.flip(other, axis=-2)


def _children(parents: World, letters: list[str], largest: float, rng: np.random.Generator) -> World:
    """A population of moved parents: noise of many sizes, and steps along the difference of two others."""
    count = parents.points
    first, second, third = rng.integers(0, count, size=(3, POPULATION))
    world = gathered(parents, first)
    size = 10 ** rng.uniform(-3, 0, size=(POPULATION, 1, 1, 1))
    along = np.where(rng.random((POPULATION, 1, 1, 1)) < 0.6, rng.uniform(-1, 1.5, size=(POPULATION, 1, 1, 1)), 0.0)
    still = rng.random((POPULATION, 1, 1, 1)) < 0.5  # noise in few letters and entries, or in all
    stretch = rng.random((POPULATION, 1, 1, 1)) < 0.15
    grow = np.exp(rng.normal(size=(POPULATION, 1, 1, 1)))
    other, another = gathered(parents, second), gathered(parents, third)

    def moved(x: Array, y: Array, z: Array) -> Array:
        noise = rng.normal(size=x.shape) * np.where(rng.random(x.shape) < 0.4, 1.0, np.where(still, 0.0, 1.0))
        away = x + along * (y - z) + size * (np.abs(x) + 0.1) * noise
        bound = np.maximum(np.abs(x), largest)
        return np.clip(np.where(stretch, x * grow, away), -bound, bound)

    def spread(x: v.Value) -> Array:
        a = v.plain(x)
        return np.broadcast_to(a, (POPULATION, *a.shape[1:]))

    values = dict(world.values)
    families = dict(world.families)
    for name in letters:
        if name in values:
            values[name] = moved(spread(values[name]), spread(other.values[name]), spread(another.values[name]))
        else:
            families[name] = {
                k: moved(spread(x), spread(other.families[name][k]), spread(another.families[name][k]))
                for k, x in families[name].items()
            }
    return replace(world, values=values, families=families)


# -- back into the givens ---------------------------------------------------------------------------------------------


def restored(model: Model, world: World, letters: list[str], rng: np.random.Generator) -> Draw:
    """The world with every moved letter brought back to its properties and range, in the order they were drawn, and
    to the equations that the note assumes."""
    evaluator = Evaluator(model, world)
    for name in letters:
        symbol = model.symbols[name]
        if name in world.values:
            world.values[name] = _restored(model, evaluator, symbol, v.plain(world.values[name]))
        else:
            world.families[name] = {
                k: _restored(model, evaluator, symbol, v.plain(x)) for k, x in world.families[name].items()
            }
        evaluator.memo.clear()
    satisfy(model, evaluator, rng)
    return Draw(world, evaluator, 1.0)


def _restored(model: Model, evaluator: Evaluator, symbol: Symbol, x: Array) -> Array:
    x = with_properties(symbol.properties, x)
    if symbol.properties & {"simplex", "unit", "orthogonal", "orthonormal-columns", "psd", "spd"}:
        return x
    low, high, open_low, open_high = bounds_of(model, evaluator, symbol)
    finite = np.isfinite(low) & np.isfinite(high)
    room = np.where(finite, high - low, 1.0) if finite.any() else 1.0
    lowest = low + (1e-4 * room if open_low else 0.0)
    highest = high - (1e-4 * room if open_high else 0.0)
    return np.asarray(np.minimum(np.maximum(x, lowest), highest))


def unmoved(model: Model, made: Draw, name: str) -> Array:
    """Which points have a value of this letter that its properties and range allow as it is. (P,)"""
    symbol, world = model.symbols[name], made.world
    members = [world.values[name]] if name in world.values else list(world.families[name].values())
    good = np.ones(world.points, dtype=bool)
    for member in members:
        x = v.plain(member)
        near = np.abs(_restored(model, made.evaluator, symbol, x) - x) <= 1e-9 * (1 + np.abs(x))
        good &= np.broadcast_to(near.all(axis=(1, 2, 3)), (world.points,))
    return good


def with_properties(props: set[str], x: Array) -> Array:
    """The nearest array, or one near, that has these properties. Shapes: (..., r, c) -> (..., r, c)."""
    rows, cols = x.shape[-2:]
    swapped = np.swapaxes(x, -1, -2)
    if "simplex" in props:
        positive = np.maximum(x, 1e-6)
        return np.asarray(positive / positive.sum(axis=-2, keepdims=True))
    if "unit" in props:
        length = np.linalg.norm(x, axis=(-1, -2), keepdims=True)
        return np.asarray(np.where(length > 1e-9, x / np.maximum(length, 1e-9), 1 / np.sqrt(rows * cols)))
    if props & {"row-stochastic", "column-stochastic", "doubly-stochastic"}:
        return stochastic(props, np.maximum(np.abs(x), 1e-6))
    if rows == cols and rows > 1:
        if "circulant" in props or "toeplitz" in props:
            return constant_diagonals(props, x)
        if "tridiagonal" in props:
            return banded(props, x)
        if "orthogonal" in props or "orthonormal-columns" in props:
            if "symmetric" in props:
                vectors = np.linalg.eigh(x + swapped)[1]
                first = vectors[..., :, :1]
                return np.asarray(np.eye(rows) - 2 * first @ np.swapaxes(first, -1, -2))
            return np.asarray(np.linalg.qr(x + 1e-12 * np.eye(rows))[0])
        if props & {"psd", "spd"}:
            if "diagonal" in props:
                x = x * np.eye(rows)
                swapped = x
            values, vectors = np.linalg.eigh((x + swapped) / 2)
            top = np.maximum(np.abs(values).max(axis=-1, keepdims=True), 1e-6)
            values = np.maximum(values, 2e-4 * top if "spd" in props else 0.0)
            made = (vectors * values[..., None, :]) @ np.swapaxes(vectors, -1, -2)
            return np.asarray((made + np.swapaxes(made, -1, -2)) / 2)
        if "antisymmetric" in props:
            return np.asarray((x - swapped) / 2)
        if "diagonal" in props:
            return x * np.eye(rows)
        if "symmetric" in props:
            return np.asarray((x + swapped) / 2)
        if "upper-triangular" in props:
            return np.triu(x)
        if "lower-triangular" in props:
            return np.tril(x)
    if "orthonormal-columns" in props:
        return np.asarray(np.linalg.qr(x + 1e-12)[0])
    if "positive" in props:
        return np.maximum(np.abs(x), 1e-6)
    if "nonnegative" in props:
        return np.abs(x)
    if "centred" in props:
        return np.asarray(x - x.mean(axis=-2, keepdims=True))
    return x


def free_tables(model: Model) -> bool:
    """Whether what is random is random without further facts: no law, no moments, no probabilities that are given, and
    no independence but of everything, which a power of the weights would not keep."""
    given = model.moments or model.laws or model.probabilities or model.uncorrelated or model.apart
    random = {name for name, symbol in model.symbols.items() if symbol.kind == "random"}
    partly = any(not random <= group for group in model.independent) or model.says("pairwise")
    return not given and not partly and all(symbol.law is None for symbol in model.symbols.values())


def approximate(model: Model, node: Node) -> bool:
    """Whether the value of `node` rests on a quadrature, a limit or an infinite sum, also through definitions."""
    return any(
        isinstance(each, Integral | Limit) or (isinstance(each, Special) and each.kind == "infinity")
        for each in _through_definitions(model, node)
    )


def differentiates(model: Model, node: Node) -> bool:
    """Whether `node` holds a derivative, also through definitions."""
    return any(
        isinstance(each, Deriv) or (isinstance(each, Post) and each.kind in ("prime", "dot"))
        for each in _through_definitions(model, node)
    )


def _through_definitions(model: Model, node: Node) -> Iterator[Node]:
    seen: set[str] = set()
    below = [node]
    while below:
        for each in walk(below.pop()):
            yield each
            name = name_of(each)
            if name is not None and name in model.definitions and name not in seen:
                seen.add(name)
                below.append(model.definitions[name].body)


def tempered(made: Draw, rng: np.random.Generator) -> Draw | None:
    """The same random world with its tables sharpened, flattened or left with few atoms; None without tables.

    A power of the weights keeps independence and Markov chains; it changes moments, so it is for notes that give none.
    """
    weights = made.world.weights
    if weights is None or made.world.tables:  # a table by name is the law that these weights were drawn with
        return None
    power = rng.choice([0.0, 0.3, 3.0, 8.0], size=(weights.shape[0], 1, 1, 1))
    raw = np.where(weights > 0, np.maximum(weights, 1e-300) ** power, 0)  # what never happens goes on never happening
    world = replace(made.world, weights=raw / raw.sum(axis=1, keepdims=True))
    return Draw(world, Evaluator(made.evaluator.model, world), made.scale)


__all__ = ["ORDERS", "Search", "gathered", "restored", "tempered", "with_properties"]
