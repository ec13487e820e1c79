"""Points of special structure: zeros, ones, ties between letters, singular and nilpotent matrices, ends of ranges.

Ordinary points are generic, so they cannot refute a claim that fails at an exceptional place only: a strict sign where
both sides may be equal, a rank that drops. Here every letter of the claim takes simple exact values that its givens
allow, alone and together with those of the other letters. Points that violate a given are left to the caller to drop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, World
from .grammar import name_of
from .model import Model, Symbol
from .qualities import met
from .sample import Draw, Unsatisfiable, bounds_of
from .search import free_tables, gathered
from .tree import Call, Index, Node, Num, Post, walk
from .values import Array, Undefined

POINTS = 64
SENSITIVE = {"rank", "det", "logdet", "sign", "floor", "ceil", "nullity"}


def is_sensitive(model: Model, *sides: Node) -> bool:
    """Whether a claim speaks of ranks, determinants, pseudo-inverses or jumps, also through definitions."""
    return any(
        (isinstance(each, Call) and each.name in SENSITIVE) or (isinstance(each, Post) and each.kind == "pinv")
        for each in below(model, *sides)
    )


def inverts_singular(model: Model, made: Draw, point: int, scope: Scope, *sides: Node) -> bool:
    """Whether a matrix that the sides invert, also through definitions, is singular at this point."""
    for each in below(model, *sides):
        if not (isinstance(each, Post) and each.kind in ("inverse", "inverse-transpose")):
            continue
        try:
            base = v.plain(made.evaluator.value(each.base, scope))
        except (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError):
            continue
        matrix = base[point if base.shape[0] > 1 else 0, 0]
        if matrix.shape[0] == matrix.shape[1] > 1 and not np.linalg.cond(matrix) < 1e12:
            return True
    return False


def _is_turn(node: Node) -> bool:
    return isinstance(node, Call) and node.name in ("sin", "cos", "tan")


def below(model: Model, *sides: Node) -> Iterator[Node]:
    """All nodes of the sides and of the definitions that they use."""
    seen: set[str] = set()
    waiting = list(sides)
    while waiting:
        for each in walk(waiting.pop()):
            yield each
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is not None and name in model.definitions and name not in seen:
                    seen.add(name)
                    waiting.append(model.definitions[name].body)


def letters_of(model: Model, evaluator: Evaluator, *sides: Node) -> list[str]:
    """The drawn letters that the sides rest on, directly or through definitions and laws, in the order of the note."""
    found: set[str] = set()
    for each in below(model, *sides):
        for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
            if name is not None:
                for under in evaluator.depends(name):
                    found.add(under)
                    symbol = model.symbols.get(under)
                    if symbol is not None and symbol.law is not None:
                        found |= {name_of(part) or "" for part in walk(symbol.law)}
    world = evaluator.world
    return [
        name
        for name in model.symbols
        if name in found
        and (name in world.values or name in world.families)
        and name not in model.definitions
        and model.symbols[name].kind == "value"
    ]


def special_draws(model: Model, draws: list[Draw], sides: tuple[Node, ...], rng: np.random.Generator) -> Iterator[Draw]:
    """Worlds of simple values at the smallest of the drawn sizes and at one more."""
    turns = [np.pi / 2, np.pi, -np.pi / 2, np.pi / 4] if any(_is_turn(each) for each in below(model, *sides)) else []
    constants = (
        sorted({float(each.value) for each in below(model, *sides) if isinstance(each, Num)}, key=abs)[:6] + turns
    )
    by_sizes: dict[tuple[int, ...], Draw] = {}
    for made in draws:
        by_sizes.setdefault(tuple(made.world.dims.values()), made)
    for sizes in sorted(by_sizes, key=sum)[:2]:
        base = by_sizes[sizes]
        letters = letters_of(model, base.evaluator, *sides)
        if letters or base.world.weights is not None:
            world = _simple_world(model, base, letters, constants, rng)
            if world.weights is None:
                yield Draw(world, Evaluator(model, world), base.scale)
            else:
                yield from _with_laws(model, world, base, rng)


def _with_laws(model: Model, world: World, base: Draw, rng: np.random.Generator) -> Iterator[Draw]:
    """The laws made again from the simple parameters; where nothing is said of a table, also with equally
    likely atoms, and with one atom that is certain."""
    if not remade(model, world, rng):
        return
    yield Draw(world, Evaluator(model, world), base.scale)
    if free_tables(model) and world.weights is not None:
        atoms = world.weights.shape[1]
        for weights in (np.full((1, atoms, 1, 1), 1 / atoms), np.eye(1, atoms).reshape(1, atoms, 1, 1)):
            flat = replace(world, weights=np.broadcast_to(weights, (world.points, atoms, 1, 1)).copy())
            yield Draw(flat, Evaluator(model, flat), base.scale)


def remade(model: Model, world: World, rng: np.random.Generator) -> bool:
    """Draw what is random in `world` again, from the parameters that it holds now. False where they allow no law."""
    from .probability import draw_laws

    try:
        draw_laws(model, Evaluator(model, world), rng, world.points, 1.0, "integer")
    except (NotationError, ShapeClash, NeedsSize, Undefined, Unsatisfiable, ValueError, np.linalg.LinAlgError):
        return False
    return True


def _simple_world(
    model: Model, base: Draw, letters: list[str], constants: list[float], rng: np.random.Generator
) -> World:
    """`POINTS` points at which these letters have simple values, and the others those of `base`."""
    world = gathered(base.world, np.arange(POINTS) % base.world.points)
    evaluator = Evaluator(model, world)
    menus = {name: _menu(model, evaluator, model.symbols[name], constants, rng) for name in letters}
    menus = {name: menu for name, menu in menus.items() if menu}
    counts = [len(menu) for menu in menus.values()]
    if counts and np.prod(counts, dtype=float) <= POINTS:
        table = list(product(*[range(count) for count in counts]))
        picks = np.array([table[place % len(table)] for place in range(POINTS)])
    else:
        aligned = np.arange(POINTS)[:, None] % np.array(counts or [1])
        mixed = np.stack([rng.integers(0, count, size=POINTS) for count in counts or [1]], axis=1)
        picks = np.where(np.arange(POINTS)[:, None] < POINTS // 3, aligned, mixed)
    earlier: list[Array] = []
    twins = rng.random((POINTS, max(len(menus), 1))) < np.where(np.arange(POINTS) % 4 == 3, 0.9, 0.15)[:, None]
    stay = rng.random((POINTS, max(len(menus), 1))) < 0.12
    full = bool(counts) and np.prod(counts, dtype=float) <= POINTS // 2
    for at, (name, menu) in enumerate(menus.items()):
        known = world.values.get(name)
        members = {0: known} if known is not None else world.families[name]
        chosen: dict[int, v.Value] = {}
        for key, member in members.items():
            x = np.broadcast_to(v.plain(member), (POINTS, *v.plain(member).shape[1:])).copy()
            alike = [each for each in earlier if each.shape == x.shape]
            shift = rng.integers(0, len(menu), size=POINTS) * (known is None)
            for point in range(POINTS):
                fresh = full and point < POINTS // 2
                if alike and twins[point, at] and not fresh:
                    x[point] = alike[rng.integers(0, len(alike))][point]
                elif fresh or not stay[point, at]:
                    x[point, 0] = menu[(picks[point, at] + shift[point]) % len(menu)]
            earlier.append(x)
            chosen[key] = x
        if known is not None:
            world.values[name] = chosen[0]
        else:
            world.families[name] = chosen
    return world


# -- simple values ----------------------------------------------------------------------------------------------------


def _menu(
    model: Model, evaluator: Evaluator, symbol: Symbol, constants: list[float], rng: np.random.Generator
) -> list[Array]:
    """Simple values (r, c) of a letter that its domain, range and properties allow."""
    shape = (evaluator.size(symbol.rows), evaluator.size(symbol.cols))
    if symbol.domain == "finite":
        numbers = [float(v.plain(evaluator.value(each)).flat[0]) for each in symbol.choices]
        return [np.full(shape, number) for number in numbers] if shape == (1, 1) else []
    low, high, open_low, open_high = bounds_of(model, evaluator, symbol)
    least, most = float(low.max()), float(high.min())
    if symbol.domain in ("natural", "integer"):
        first = (1.0 if symbol.domain == "natural" else -2.0) if np.isinf(least) else np.ceil(least)
        entries = [first + k for k in range(6)]
    else:
        # the ends of an interval, its middle, and what makes a constant of the claim vanish
        ends = [each for each in (least, most) if np.isfinite(each)]
        middle = [(least + most) / 2] if len(ends) == 2 else []
        near = [each for c in constants for each in (c, -c, c / 2, -c / 2)]
        entries = [0.0, *ends, *middle, 1.0, -1.0, 2.0, 0.5, *near, -2.0, 3.0]
    scalars = list(dict.fromkeys(entries))
    if shape == (1, 1):
        made = [np.full((1, 1), each) for each in scalars]
    elif 1 in shape:
        made = [each.reshape(shape) for each in _columns(max(shape), scalars, rng)]
    else:
        made = list(_matrices(*shape, rng))
    inside = [each for each in made if _inside(each, least, most, open_low, open_high)]
    return [each for each in inside if all(_has(each, name) for name in symbol.properties)]


def _inside(x: Array, low: float, high: float, open_low: bool, open_high: bool) -> bool:
    above = x > low if open_low and np.isfinite(low) else x >= low
    below = x < high if open_high and np.isfinite(high) else x <= high
    return bool(np.all(above & below))


def _columns(n: int, scalars: list[float], rng: np.random.Generator) -> Iterator[Array]:
    for number in scalars[:6]:
        yield np.full(n, number)
    for place in (0, n - 1):
        yield np.eye(n)[place]
        yield -np.eye(n)[place]
    yield np.full(n, 1 / n)
    yield np.full(n, 1 / np.sqrt(n))
    yield np.array([0.5, 0.5, *[0.0] * (n - 2)])
    yield np.array([0.6, 0.8, *[0.0] * (n - 2)])
    yield np.arange(1.0, n + 1)
    yield np.arange(n) - (n - 1) / 2
    yield (-1.0) ** np.arange(n)
    for _ in range(3):
        yield rng.integers(-2, 3, size=n).astype(float)
    yield rng.integers(1, 4, size=n).astype(float)


def _matrices(rows: int, cols: int, rng: np.random.Generator) -> Iterator[Array]:
    eye = np.eye(rows, cols)
    first = np.zeros((rows, cols))
    first[0, 0] = 1.0
    corner = np.zeros((rows, cols))
    corner[0, cols - 1] = 1.0
    ramp = np.outer(np.arange(1.0, rows + 1), np.ones(cols))
    yield np.zeros((rows, cols))
    yield eye
    yield first
    yield corner  # nilpotent where it is square
    yield np.eye(rows, cols, 1)  # one Jordan block
    yield np.ones((rows, cols))
    yield -eye
    yield 2 * eye
    yield ramp
    yield np.eye(rows, cols)[:, ::-1]
    if rows == cols:
        yield np.roll(eye, 1, axis=0)
        yield np.diag([*[1.0] * (rows - 1), 0.0])
        yield np.diag([1.0, *[2.0] * (rows - 1)])
        yield np.diag([-1.0, *[1.0] * (rows - 1)])
        yield np.diag([*[1.0] * (rows - 1), -1.0])
        yield eye + np.eye(rows, cols, 1)
        turn = np.eye(rows)
        turn[:2, :2] = [[0.0, -1.0], [1.0, 0.0]]
        yield turn
        skew = np.zeros((rows, rows))
        skew[0, 1], skew[1, 0] = 1.0, -1.0
        yield skew
        yield eye - np.ones((rows, rows)) / rows
        projected = np.zeros((rows, rows))
        projected[:2, :2] = 0.5
        yield projected
        yield eye + np.ones((rows, rows))
        a = rng.integers(-1, 2, size=(rows, rows)).astype(float)
        yield a @ a.T
        yield a + a.T
    for _ in range(3):
        yield rng.integers(-1, 2, size=(rows, cols)).astype(float)
    low = rng.integers(-1, 2, size=(rows, cols)).astype(float)
    low[-1] = low[0]
    yield low


def _has(x: Array, name: str) -> bool:
    """Whether a value has a property; of one that is not known here, no."""
    rows, cols = x.shape
    square = rows == cols

    def rank() -> int:
        return int(np.linalg.matrix_rank(x))

    match name:
        case "positive":
            return bool(np.all(x > 0))
        case "nonnegative":
            return bool(np.all(x >= 0))
        case "nonzero":
            return bool(np.any(x != 0)) if rows * cols > 1 else bool(np.all(x != 0))
        case "unit":
            return abs(float(np.linalg.norm(x)) - 1) < 1e-12
        case "simplex":
            return bool(np.all(x >= 0) and abs(float(x.sum()) - 1) < 1e-12)
        case "one-hot":
            return bool(np.all((x == 0) | (x == 1))) and float(x.sum()) == 1
        case "centred" | "zero-mean":
            return bool(np.all(np.abs(x.mean(axis=0)) < 1e-12))
        case "symmetric":
            return square and bool(np.all(x == x.T))
        case "antisymmetric":
            return square and bool(np.all(x == -x.T))
        case "psd" | "spd":
            if not (square and np.all(x == x.T)):
                return False
            least = float(np.linalg.eigvalsh(x).min())
            return least > 1e-6 if name == "spd" else least > -1e-12
        case "orthogonal":
            return square and bool(np.allclose(x.T @ x, np.eye(rows), atol=1e-13))
        case "orthonormal-columns":
            return bool(np.allclose(x.T @ x, np.eye(cols), atol=1e-13))
        case "orthonormal-rows":
            return bool(np.allclose(x @ x.T, np.eye(rows), atol=1e-13))
        case "permutation":
            return square and bool(np.all((x == 0) | (x == 1))) and bool(np.allclose(x.T @ x, np.eye(rows)))
        case "idempotent":
            return square and bool(np.allclose(x @ x, x, atol=1e-13))
        case "projection":
            return square and bool(np.allclose(x @ x, x, atol=1e-13)) and bool(np.all(x == x.T))
        case "invertible":
            return bool(square and rank() == rows)
        case "full-column-rank":
            return bool(rank() == cols)
        case "full-row-rank":
            return bool(rank() == rows)
        case "diagonal":
            return square and bool(np.all(x == x * np.eye(rows)))
        case "upper-triangular":
            return bool(np.all(x == np.triu(x)))
        case "lower-triangular":
            return bool(np.all(x == np.tril(x)))
        case "row-stochastic" | "column-stochastic" | "doubly-stochastic" | "circulant" | "toeplitz" | "tridiagonal":
            return bool(met(name, x[None, None])[0])
        case _:
            return False


__all__ = ["below", "inverts_singular", "is_sensitive", "letters_of", "remade", "special_draws"]
