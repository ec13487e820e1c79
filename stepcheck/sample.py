"""Worlds that satisfy the givens: dimensions distinct and never 1, objects built to have their properties.

Assumed relations are met by construction where the form is known (an interval, a positive definite matrix, a unit
vector, `a^T z = 0`), otherwise by solving for one symbol, otherwise by projection with Newton steps, otherwise by
drawing again. A point that violates an assumption is never used; how many were is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, SizeTooSmall, World, index_value, truth_of
from .grammar import name_of
from .model import Assumption, Model, Symbol
from .tree import Add, Index, Law, Mul, Node, Num, Relation, Special, Sym, walk
from .values import Array, Undefined

SIZES = (
    (3, 2, 4, 5, 6, 7, 8, 9),
    (2, 3, 5, 4, 7, 6, 9, 8),
    (4, 3, 2, 6, 5, 8, 7, 9),
)
LARGEST_SAID = 64
MANY = 8  # random components
SCALES = (1.0, 0.3, 2.0)


class Unsatisfiable(Exception):
    """No point was found that satisfies the givens; the givens that stood in the way."""


@dataclass(slots=True)
class Draw:
    world: World
    evaluator: Evaluator
    scale: float
    assumed: tuple[str, ...] = ()  # what was taken for granted in drawing it


def dimension_names(model: Model) -> list[str]:
    """The sizes a note leaves free, in the order it names them."""
    used: dict[str, None] = {}
    for symbol in model.symbols.values():
        for dim in (symbol.rows, symbol.cols, *(symbol.family or ())):
            if dim is None:
                continue
            for each in walk(dim):
                if isinstance(each, Sym) and each.name not in model.definitions:
                    used[each.name] = None
    for name, symbol in model.symbols.items():
        if symbol.kind == "dimension":
            used[name] = None
    return list(used)


def choose_dimensions(model: Model, variant: int, rng: np.random.Generator, smallest: bool = False) -> dict[str, int]:
    """Distinct sizes from 2 up that meet the relations between dimensions (`n > d`, `n >= 2`)."""
    names = dimension_names(model)
    sizes = list(SIZES[variant % len(SIZES)])
    if smallest:
        sizes = sorted(sizes)
    relations = _between_sizes(model, names)
    said = _sizes_said(relations, names)
    best: tuple[int, dict[str, int]] | None = None
    for attempt in range(60):
        pool = sizes if attempt == 0 else list(rng.permutation(np.arange(2, 3 + max(len(names), 3) + attempt // 20)))
        pool = [size for size in pool if size not in said.values()] or pool
        chosen = {name: int(pool[place % len(pool)]) + place // len(pool) * 8 for place, name in enumerate(names)}
        chosen |= said
        world = World(dims=dict(chosen))
        evaluator = Evaluator(model, world)
        if all(_met(evaluator, relation) is not False for relation in relations) and _has_room(model, evaluator):
            count = _random_components(model, evaluator)
            if count <= MANY:
                return chosen
            if best is None or count < best[0]:
                best = count, chosen
    if best is not None:
        return best[1]
    raise Unsatisfiable("No sizes meet what the note says of its dimensions.")


def _between_sizes(model: Model, names: list[str]) -> list[Relation]:
    """What the note says of sizes alone."""
    return [
        assumption.relation
        for assumption in [*model.assumptions, *model.conditions]
        if isinstance(assumption.relation, Relation)
        and all(
            name_of(each) in names or isinstance(each, Num) or not isinstance(each, Sym | Index)
            for side in assumption.relation.sides
            for each in walk(side)
        )
        and any(
            isinstance(each, Sym) and each.name in names for side in assumption.relation.sides for each in walk(side)
        )
    ]


def allowed_sizes(model: Model, dims: dict[str, int]) -> bool:
    """Whether these sizes meet what the note says of them, and a table of what is random has room there."""
    evaluator = Evaluator(model, World(dims=dict(dims)))
    relations = _between_sizes(model, dimension_names(model))
    if not all(_met(evaluator, relation) is not False for relation in relations):
        return False
    return _has_room(model, evaluator) and _random_components(model, evaluator) <= MANY


def _is_composed(size: Node | None) -> bool:
    return not (size is None or isinstance(size, (Sym, Num)))


TALL, WIDE = {"orthonormal-columns", "full-column-rank"}, {"orthonormal-rows", "full-row-rank"}


def _has_room(model: Model, evaluator: Evaluator) -> bool:
    """Whether each size is at least 1, and no matrix has more orthonormal or independent columns than rows, or rows
    than columns.
    """
    for symbol in model.symbols.values():
        if symbol.properties & (TALL | WIDE) or _is_composed(symbol.rows) or _is_composed(symbol.cols):
            try:
                rows, cols = evaluator.size(symbol.rows), evaluator.size(symbol.cols)
            except SizeTooSmall:
                return False
            except (NotationError, NeedsSize, Undefined):
                continue
            if (symbol.properties & TALL and rows < cols) or (symbol.properties & WIDE and cols < rows):
                return False
    return True


def _sizes_said(relations: list[Relation], names: list[str]) -> dict[str, int]:
    """The sizes that the note gives as numbers: `$d = 3$`."""
    said: dict[str, int] = {}
    for relation in relations:
        if relation.signs != ("=",):
            continue
        for left, right in (relation.sides, relation.sides[::-1]):
            name = name_of(left)
            if name in names and isinstance(right, Num) and right.value.denominator == 1:
                if not 1 <= right.value <= LARGEST_SAID:
                    raise Unsatisfiable(f"Sizes are tried up to {LARGEST_SAID}, and `{name}` is said to be larger.")
                said.setdefault(name or "", int(right.value))
    return said


def _random_components(model: Model, evaluator: Evaluator) -> int:
    """How many numbers are random with laws of their own: all of them are laid out on one table."""
    count = 0
    for symbol in model.symbols.values():
        if symbol.kind != "random" or not isinstance(symbol.law, Law):
            continue
        try:
            rows = evaluator.size(symbol.rows) * evaluator.size(symbol.cols)
            members = 1
            if symbol.family is not None:
                low, high = (evaluator.integer(each, Scope()) for each in symbol.family)
                members = max(high - low + 1, 0)
        except (NotationError, NeedsSize, Undefined):
            continue
        count += rows * members
    return count


def _met(evaluator: Evaluator, relation: Node) -> bool | None:
    """Whether a relation between dimensions holds; None where it speaks of more than dimensions."""
    try:
        return bool(np.all(v.plain(truth_of(evaluator, relation, Scope())) > 0.5))
    except (NotationError, ShapeClash, NeedsSize, Undefined):
        return None


def draw(
    model: Model,
    rng: np.random.Generator,
    *,
    points: int,
    variant: int = 0,
    scale: float = 1.0,
    style: str = "real",
    dims: dict[str, int] | None = None,
) -> Draw:
    """Draw `points` points at once. `style`: `real`, `small` (one decimal), `integer`, `corner` (near ends of ranges).

    Raises Unsatisfiable where no point meets the givens.
    """
    world = World(dims=dict(dims or choose_dimensions(model, variant, rng)), points=points)
    evaluator = Evaluator(model, world)
    order = _in_order(model)
    for name in order:
        symbol = model.symbols[name]
        if symbol.kind == "dimension" and name in world.dims:
            continue
        if name in model.definitions and not model.definitions[name].params:
            continue
        if symbol.kind == "function":
            if name not in model.definitions:
                world.functions[name] = _generic_function(evaluator, symbol, rng)
            continue
        if symbol.kind == "random":
            continue
        _draw_symbol(model, evaluator, symbol, rng, points, scale, style)
    if any(symbol.kind == "random" for symbol in model.symbols.values()) or model.probabilities:
        from .probability import draw_laws

        draw_laws(model, evaluator, rng, points, scale, style)
    if model.tables or world.weights is not None:
        from .probability import draw_tables

        draw_tables(model, evaluator, rng, points)
    satisfy(model, evaluator, rng)
    return Draw(world, evaluator, scale)


def _in_order(model: Model) -> list[str]:
    """Numbers before what is bounded by them."""
    names = [name for name, symbol in model.symbols.items()]
    return sorted(names, key=lambda name: (not model.symbols[name].is_number, name in model.definitions))


def _round(x: Array, style: str) -> Array:
    if style == "small":
        return np.round(x, 1)
    if style == "integer":
        return np.round(x * 1.5)
    return x


def _draw_symbol(
    model: Model, evaluator: Evaluator, symbol: Symbol, rng: np.random.Generator, points: int, scale: float, style: str
) -> None:
    world = evaluator.world
    rows, cols = evaluator.size(symbol.rows), evaluator.size(symbol.cols)
    if symbol.family is not None:
        low, high = evaluator.integer(symbol.family[0], Scope()), evaluator.integer(symbol.family[1], Scope())
        world.families[symbol.name] = {
            place: _array(model, evaluator, symbol, rng, points, scale, style, rows, cols)
            for place in range(low, high + 1)
        }
        return
    world.values[symbol.name] = _array(model, evaluator, symbol, rng, points, scale, style, rows, cols)


def _array(
    model: Model,
    evaluator: Evaluator,
    symbol: Symbol,
    rng: np.random.Generator,
    points: int,
    scale: float,
    style: str,
    rows: int,
    cols: int,
) -> Array:
    """An array (P, 1, r, c) with the symbol's domain, range and properties."""
    shape = (points, 1, rows, cols)
    if symbol.domain == "finite":
        choices = [float(v.plain(evaluator.value(each)).flat[0]) for each in symbol.choices]
        return np.asarray(rng.choice(choices, size=shape))
    low, high, open_low, open_high = bounds_of(model, evaluator, symbol)
    if symbol.domain in ("natural", "integer"):
        lowest = np.where(
            np.isinf(low), 1.0 if symbol.domain == "natural" else -4.0, np.floor(low) + 1 if open_low else np.ceil(low)
        )
        highest = np.where(np.isinf(high), lowest + 5, np.ceil(high) - 1 if open_high else np.floor(high))
        return np.asarray(np.floor(lowest + rng.random(size=shape) * (np.maximum(highest, lowest) - lowest + 1)))
    props = symbol.properties
    made = _with_properties(props, rng, shape, scale, style, is_matrix=symbol.cols is not None)
    if made is not None:
        return made
    if np.all(np.isinf(low)) and np.all(np.isinf(high)):
        x = _round(rng.normal(size=shape) * scale, style)
        if "nonzero" in props and rows * cols > 1:
            x = np.where(np.abs(x) < 1e-12, 1.0, x)
        if "positive" in props:
            x = _round(rng.uniform(0.2, 2.5, size=shape) * scale, style)
            x = np.where(x <= 0, 0.5, x)
        elif "nonnegative" in props:
            x = np.abs(x)
        if "centred" in props:
            x = x - x.mean(axis=-2, keepdims=True)
        return x
    if np.all(np.isfinite(low)) and np.all(np.isfinite(high)):
        u = rng.choice([0.002, 0.02, 0.5, 0.98, 0.998], size=shape)
        if style != "corner":
            u = rng.uniform(0.03, 0.97, size=shape)
        x = low + (high - low) * u
        if style in ("small", "integer"):
            rounded = np.round(x, 1)
            inside = (rounded > low) & (rounded < high)
            x = np.where(inside, rounded, x)
        return np.asarray(x)
    away = _round(rng.gamma(1.5, 1.0, size=shape) * max(scale, 0.3), style)
    if style == "corner":
        away = rng.choice([0.06, 0.3, 1.0, 8.0], size=shape)
    away = np.where(away <= 0.05, 0.3 if style == "real" else 1.0, away)
    return np.asarray(np.where(np.isfinite(low), low + away, high - away))


def bounds_of(model: Model, evaluator: Evaluator, symbol: Symbol) -> tuple[Array, Array, bool, bool]:
    """Lower and upper bounds of the symbol's entries at each point, (P, 1, 1, 1), and whether they are open.

    In a chain `a > b > 0` every later number bounds every earlier one."""
    points = evaluator.world.points
    low, high = np.full((points, 1, 1, 1), -np.inf), np.full((points, 1, 1, 1), np.inf)
    open_low = open_high = True
    for assumption in [*model.assumptions, *model.conditions]:
        relation = assumption.relation
        if not isinstance(relation, Relation):
            continue
        for mine, other, way in _pairs(relation, symbol.name):
            try:
                value = v.plain(evaluator.value(relation.sides[other]))
            except (NotationError, ShapeClash, NeedsSize, Undefined):
                continue
            if value.shape[-2:] != (1, 1) or not np.all(np.isfinite(value)):
                continue
            value = np.broadcast_to(value, low.shape) if value.shape[0] in (1, points) else value
            if way in (">", ">="):
                if np.any(value >= low):
                    open_low = way == ">"
                low = np.maximum(low, value)
            else:
                if np.any(value <= high):
                    open_high = way == "<"
                high = np.minimum(high, value)
            _ = mine
    if "positive" in symbol.properties:
        low = np.maximum(low, 0.0)
    if "nonnegative" in symbol.properties:
        low, open_low = np.maximum(low, 0.0), False
    return low, high, open_low, open_high


def _pairs(relation: Relation, name: str) -> Iterator[tuple[int, int, str]]:
    """(place of the symbol, place of what bounds it, which way) along a chain that goes one way."""
    for mine, side in enumerate(relation.sides):
        if not _names_symbol(side, name):
            continue
        for step in (1, -1):
            strict, at, direction = False, mine, ""
            while 0 <= at + step < len(relation.sides):
                sign = relation.signs[at if step == 1 else at - 1]
                way = sign if step == 1 else FLIP.get(sign, "")
                if way not in ("<", "<=", ">", ">=") or (direction and way[0] != direction):
                    break
                direction, strict, at = way[0], strict or len(way) == 1, at + step
                yield mine, at, direction if strict else direction + "="


FLIP = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _names_symbol(side: Node, name: str) -> bool:
    if name_of(side) == name:
        return True
    return (
        isinstance(side, Index)
        and name_of(side.base) == name
        and all(isinstance(each, Sym | Num) for each in side.indices)
    )


def _with_properties(
    props: set[str],
    rng: np.random.Generator,
    shape: tuple[int, ...],
    scale: float,
    style: str,
    is_matrix: bool = True,
) -> Array | None:
    rows, cols = shape[-2:]
    square = (*shape[:-2], rows, rows)

    def normal(*extra: int) -> Array:
        return _round(rng.normal(size=(*shape[:-2], *(extra or (rows, cols)))) * scale, style)

    if "simplex" in props and cols == 1:
        raw = rng.gamma(0.2, size=shape) + 1e-4 if style == "corner" else rng.gamma(1.2, size=shape) + 0.05
        if style in ("small", "integer"):
            counts = rng.integers(1, 4, size=shape).astype(float)
            return np.asarray(counts / counts.sum(axis=-2, keepdims=True))
        return np.asarray(raw / raw.sum(axis=-2, keepdims=True))
    if "one-hot" in props and cols == 1:
        made = np.zeros(shape)
        picks = rng.integers(0, rows, size=shape[:-2])
        np.put_along_axis(made, picks[..., None, None], 1.0, axis=-2)
        return made
    if "unit" in props and cols == 1:
        raw = rng.normal(size=shape)
        return np.asarray(raw / np.linalg.norm(raw, axis=-2, keepdims=True))
    if props & {"row-stochastic", "column-stochastic", "doubly-stochastic"} and is_matrix:
        return stochastic(props, rng.gamma(1.2, size=shape) + 0.05)
    if rows == cols and (rows > 1 or is_matrix):
        if "circulant" in props or "toeplitz" in props:
            return constant_diagonals(props, normal())
        if "tridiagonal" in props:
            return banded(props, normal())
        if "permutation" in props:
            return np.eye(rows)[rng.permutation(rows)] * np.ones((*shape[:-2], 1, 1))
        if "orthogonal" in props:
            made = np.linalg.qr(rng.normal(size=square))[0]
            if "symmetric" in props:
                u = made[..., :, :1]
                return np.eye(rows) - 2 * u @ np.swapaxes(u, -1, -2)
            return made
        if "idempotent" in props or "projection" in props:
            k = max(1, rows // 2)
            if "symmetric" in props or "projection" in props:
                q = np.linalg.qr(rng.normal(size=(*shape[:-2], rows, k)))[0]
                return np.asarray(q @ np.swapaxes(q, -1, -2))
            left = rng.normal(size=(*shape[:-2], rows, k))
            right = rng.normal(size=(*shape[:-2], k, rows))
            return left @ np.linalg.inv(right @ left) @ right
        if "spd" in props:
            if "diagonal" in props:
                return np.eye(rows) * (rng.gamma(2.0, size=(*shape[:-2], 1, rows)) + 0.2)
            a = normal(rows, rows + 1)
            made = a @ np.swapaxes(a, -1, -2) / (1 if style != "real" else rows)
            return made + np.eye(rows) * (1.0 if style != "real" else 0.1 * scale)
        if "psd" in props:
            if "diagonal" in props:
                return np.eye(rows) * np.abs(normal(1, rows))
            k = rows if rng.random() < 0.5 else max(1, rows - 1)
            a = normal(rows, k)
            return a @ np.swapaxes(a, -1, -2)
        if "square-zero" in props:
            k = max(1, rows // 2)
            q = np.linalg.qr(rng.normal(size=square))[0]
            return np.asarray(q[..., :k] @ normal(k, rows - k) @ np.swapaxes(q[..., k:], -1, -2))
        if "nilpotent" in props:
            q = np.linalg.qr(rng.normal(size=square))[0]
            return np.asarray(q @ np.triu(normal(), 1) @ np.swapaxes(q, -1, -2))
        if "involutory" in props:
            signs = np.where(np.arange(rows) < max(1, rows // 2), 1.0, -1.0)
            q = rng.normal(size=square) + 2 * np.eye(rows)
            q = np.linalg.qr(q)[0] if "symmetric" in props else q
            return np.asarray((q * signs) @ np.linalg.inv(q))
        if "normal" in props and "symmetric" not in props:
            # blocks [[a, b], [-b, a]] and numbers on the diagonal, in an orthogonal basis
            inner = np.zeros(square)
            for place in range(0, rows - 1, 2):
                pair = rng.normal(size=(*shape[:-2], 2)) * scale
                inner[..., place, place] = inner[..., place + 1, place + 1] = pair[..., 0]
                inner[..., place, place + 1], inner[..., place + 1, place] = pair[..., 1], -pair[..., 1]
            if rows % 2:
                inner[..., -1, -1] = rng.normal(size=shape[:-2]) * scale
            q = np.linalg.qr(rng.normal(size=square))[0]
            return np.asarray(q @ inner @ np.swapaxes(q, -1, -2))
        if "antisymmetric" in props:
            a = normal()
            return a - np.swapaxes(a, -1, -2)
        if "diagonal" in props:
            made = np.eye(rows) * normal(1, rows)
            return np.where((made == 0) & (np.eye(rows) == 1), 1.0, made) if "invertible" in props else made
        if "symmetric" in props:
            a = normal()
            return a + np.swapaxes(a, -1, -2) if style != "real" else (a + np.swapaxes(a, -1, -2)) / 2
        if "upper-triangular" in props:
            return np.triu(normal()) + (np.eye(rows) if "invertible" in props else 0)
        if "lower-triangular" in props:
            return np.tril(normal()) + (np.eye(rows) if "invertible" in props else 0)
    if "orthonormal-columns" in props and rows >= cols:
        return np.linalg.qr(rng.normal(size=shape))[0]
    if "orthonormal-rows" in props and rows <= cols:
        return np.swapaxes(np.linalg.qr(rng.normal(size=(*shape[:-2], cols, rows)))[0], -1, -2)
    return None


def stochastic(props: set[str], x: Array) -> Array:
    """The matrix of this kind that scaling the rows and columns of a positive one gives (Sinkhorn 1964)."""
    turned = "column-stochastic" in props
    if "doubly-stochastic" in props and "symmetric" in props:
        x = x + np.swapaxes(x, -1, -2)
    x = np.swapaxes(x, -1, -2) if turned else x
    for _ in range(400 if "doubly-stochastic" in props else 0):
        x = x / x.sum(axis=-1, keepdims=True)
        x = x / x.sum(axis=-2, keepdims=True)
        if np.abs(x.sum(axis=-1) - 1).max(initial=0) < 1e-15:
            break
    if "doubly-stochastic" in props:
        return np.asarray((x + np.swapaxes(x, -1, -2)) / 2 if "symmetric" in props else x)
    x = x / x.sum(axis=-1, keepdims=True)
    return np.asarray(np.swapaxes(x, -1, -2) if turned else x)


def constant_diagonals(props: set[str], x: Array) -> Array:
    """The mean of each diagonal on that diagonal; of a circulant matrix, diagonals go on at the other side."""
    n = x.shape[-1]
    which = np.subtract.outer(np.arange(n), np.arange(n))
    if "symmetric" in props:
        x = (x + np.swapaxes(x, -1, -2)) / 2
    if "circulant" in props:
        which = which % n
    made = np.zeros(x.shape)
    for each in np.unique(which):
        here = which == each
        made = made + here * (x[..., here].mean(axis=-1)[..., None, None])
    return made


def banded(props: set[str], x: Array) -> Array:
    n = x.shape[-1]
    if "symmetric" in props:
        x = (x + np.swapaxes(x, -1, -2)) / 2
    return np.asarray(x * (np.abs(np.subtract.outer(np.arange(n), np.arange(n))) <= 1))


def _generic_function(
    evaluator: Evaluator, symbol: Symbol, rng: np.random.Generator
) -> Callable[[list[v.Value]], v.Value]:
    """A smooth map with no special property: a quadratic of tanh features and a sine of them."""
    rows, cols = evaluator.size(symbol.rows), evaluator.size(symbol.cols)
    # of its own, asked by size: which map it is must not depend on which step asks first
    seed = int(rng.integers(2**62))
    mixes: dict[int, tuple[Array, Array, Array, Array]] = {}

    def apply(arguments: list[v.Value]) -> v.Value:
        if symbol.source_cols is not None:
            arguments = [v.vec(each) for each in arguments]
        x = arguments[0] if len(arguments) == 1 else v.blocks([[each] for each in arguments])
        size = v.plain(x).shape[-2]
        if size not in mixes:
            own = np.random.default_rng((seed, size))
            mixes[size] = (
                own.normal(size=(1, 1, 5, size)) * 0.7,
                own.normal(size=(1, 1, 5, 1)),
                own.normal(size=(1, 1, rows * cols, 5)),
                own.normal(size=(1, 1, rows * cols, 5)),
            )
        w, b, a, c = mixes[size]
        hidden = v.add(v.matmul(w, x), b)
        made = v.add(v.matmul(a, v.tanh(hidden)), v.matmul(c, v.sin(hidden)))
        return made if cols == 1 else v.linear(lambda y: y.reshape(*y.shape[:-2], rows, cols), made)

    return apply


# -- assumptions ---------------------------------------------------------------------------------------------------


def satisfy(model: Model, evaluator: Evaluator, rng: np.random.Generator) -> None:
    """Repair points for assumed equations and orderings that were not met by construction."""
    from .repair import satisfy

    stated = [
        each
        for each in [*model.assumptions, *model.conditions]
        if isinstance(each.relation, Relation) and each.words != "range" and not _observed(evaluator, each.relation)
    ]
    satisfy(model, evaluator, stated, rng)


def _observed(evaluator: Evaluator, relation: Relation) -> bool:
    """`y = u` of a random `y` and a plain letter `u`: an observed value, which binds nothing."""
    names = [name_of(side) for side in relation.sides]
    if relation.signs != ("=",) or None in names:
        return False
    random = [
        any(
            below in evaluator.model.symbols and evaluator.model.symbols[below].kind == "random"
            for below in evaluator.depends(name or "")
        )
        for name in names
    ]
    return random in ([True, False], [False, True])


def valid_points(model: Model, evaluator: Evaluator) -> Array:
    """Which of the drawn points meet every assumption: (P,) of truth values. What cannot be evaluated is passed over
    here and reported by `unmet`."""
    good = np.ones(evaluator.world.points, dtype=bool)
    for assumption in [*model.assumptions, *model.conditions]:
        mask = holds_at(evaluator, assumption)
        if mask is not None:
            good &= mask
    return good


def holds_at(
    evaluator: Evaluator, assumption: Assumption, *, exactly: bool = False, closely: bool = False
) -> Array | None:
    """(P,) of truth values, or None where the assumption cannot be evaluated.

    `exactly`: an inequality has no tolerance, for points that were moved towards a failure would use it up.
    `closely`: what holds within the tolerance only must be within reach: `e^{-c} (x - 1) = 0` is not met at x = 0,
    however small both sides are there, for no small change of what was drawn closes the gap.
    """
    points = evaluator.world.points
    relation = assumption.relation
    try:
        if assumption.words == "invertible":
            value = v.plain(evaluator.value(relation))
            made = np.linalg.cond(value) < 1e8
            return np.broadcast_to(made.reshape(made.shape[0], -1).all(axis=1), (points,))
        if not isinstance(relation, Relation) or _observed(evaluator, relation):
            return None
        good = np.ones(points, dtype=bool)
        for scope in free_index_scopes(evaluator, relation):
            for place, sign in enumerate(relation.signs):
                pair = [relation.sides[place], relation.sides[place + 1]]
                left, right = (v.plain(each) for each in evaluator._all(pair, scope, (None, None)))
                alike = all(m == n or 1 in (m, n) for m, n in zip(left.shape[-2:], right.shape[-2:], strict=True))
                made = _compare(left, right, sign, exactly=exactly) if alike else None
                if made is None:
                    return None
                good &= np.broadcast_to(made.reshape(made.shape[0], -1).all(axis=1), (points,))
                if closely and sign in ("=", "<=", ">=", "preceq", "succeq"):
                    good &= _within_reach(evaluator, pair, sign, scope, left - right)
        return good
    except (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError):
        return None


NEAR = 1e-7  # a change of what was drawn, beside 1 and its size, that a gap must be within reach of
REACH = 30.0  # times the change of the gap that was seen


def _within_reach(evaluator: Evaluator, pair: list[Node], sign: str, scope: Scope, gap: Array) -> Array:
    """(P,) of truth values: where a gap that should be closed is none, or could be closed by a change of NEAR."""
    points = evaluator.world.points
    wrong = np.abs(gap) if sign in ("=", "preceq", "succeq") else np.maximum(gap if sign == "<=" else -gap, 0)
    if wrong.ndim != v.CORE or wrong.shape[0] not in (1, points):
        return np.ones(points, dtype=bool)
    size = np.broadcast_to(wrong.max(axis=(1, 2, 3), initial=0), (points,))
    if sign in ("preceq", "succeq"):  # as matrices: how far the least eigenvalue is below zero
        if gap.shape[-1] != gap.shape[-2] or not np.isfinite(gap).all():
            return np.ones(points, dtype=bool)
        signed = gap if sign == "succeq" else -gap
        low = np.linalg.eigvalsh((signed + np.swapaxes(signed, -1, -2)) / 2).min(axis=(1, 2))
        size = np.broadcast_to(np.maximum(-low, 0), (points,))
        size = np.where(size <= 1e-12 * np.abs(gap).max(axis=(1, 2, 3), initial=0), 0, size)
    if not np.any((size > 0) & (size < 1e-6)):
        return np.ones(points, dtype=bool)
    seen = np.zeros(points)
    for attempt in range(3):
        moved = Evaluator(evaluator.model, moved_nearby(evaluator, np.random.default_rng((attempt, 17))))
        try:
            left, right = (v.plain(each) for each in moved._all(pair, scope, (None, None)))
        except (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError):
            return np.ones(points, dtype=bool)
        change = np.abs(left - right - gap).max(axis=(1, 2, 3), initial=0)
        seen = np.maximum(seen, np.where(np.isfinite(change), change, np.inf))
        if np.all(size <= REACH * seen):
            break
    return np.asarray((size == 0) | (seen == 0) | (size <= REACH * seen))


def moved_nearby(evaluator: Evaluator, rng: np.random.Generator) -> World:
    """The same world with every real value changed by NEAR."""
    world = evaluator.world

    def move(name: str, x: v.Value) -> v.Value:
        symbol = evaluator.model.symbols.get(name)
        a = v.plain(x)
        is_fixed = symbol is not None and (
            symbol.domain != "real" or bool(symbol.properties & {"one-hot", "permutation"})
        )
        return a if is_fixed else a + NEAR * (1 + np.abs(a)) * rng.normal(size=a.shape)

    return replace(
        world,
        values={name: move(name, x) for name, x in world.values.items()},
        families={name: {k: move(name, x) for k, x in members.items()} for name, members in world.families.items()},
        tables={name: v.plain(move(name, x)) for name, x in world.tables.items()},
        weights=None if world.weights is None else world.weights * (1 + NEAR * rng.normal(size=world.weights.shape)),
    )


def _compare(a: Array, b: Array, sign: str, *, exactly: bool = False) -> Array | None:
    tolerance = 1e-9 * (1 + np.abs(a) + np.abs(b))
    if exactly and sign in ("<=", ">="):
        return np.asarray(a <= b if sign == "<=" else a >= b)
    match sign:
        case "=":
            return np.asarray(np.abs(a - b) <= 100 * tolerance)
        case "!=":
            return np.asarray((np.abs(a - b) > 1e-6).any(axis=(-1, -2), keepdims=True))
        case "<":
            return np.asarray(a < b)
        case ">":
            return np.asarray(a > b)
        case "<=":
            return np.asarray(a <= b + tolerance)
        case ">=":
            return np.asarray(a >= b - tolerance)
        case "succ" | "succeq" | "prec" | "preceq":
            gap = a - b if sign.startswith("succ") else b - a
            if gap.shape[-1] != gap.shape[-2] or not np.all(np.isfinite(gap)):
                return None
            low = np.linalg.eigvalsh((gap + np.swapaxes(gap, -1, -2)) / 2).min(axis=-1)
            scale = 1 + np.abs(gap).max(axis=(-1, -2))
            return np.asarray(low > 1e-9 * scale if sign in ("succ", "prec") else low >= -1e-9 * scale)
        case _:
            return None


def free_index_scopes(evaluator: Evaluator, node: Node, given: Scope | None = None) -> Iterator[Scope]:
    """The scopes in which a statement with free indices must hold: one for each choice of them."""
    from itertools import product

    from .indices import free_indices

    base = given or Scope()
    names = free_indices(evaluator, node, base)
    if not names:
        yield base
        return
    for places in product(*(names[name] for name in names)):
        scope = base.with_names(
            {name: index_value(evaluator, name, place) for name, place in zip(names, places, strict=True)}
        )
        if all(_allows(evaluator, each.relation, frozenset(names), scope) for each in evaluator.model.conditions):
            yield scope


def bounds_indices(evaluator: Evaluator, relation: Node, indices: frozenset[str]) -> bool:
    r"""Whether a condition is on free indices alone, `i \ne j` or `1 \le i < n`: it says for which a claim is made."""
    letters = {each.name for each in walk(relation) if isinstance(each, Sym)}
    plain = all(isinstance(each, Relation | Sym | Num | Add | Mul) for each in walk(relation))
    plain = plain and not letters & set(evaluator.world.levels)  # an index that stands for a value of a table
    return plain and bool(letters & indices) and letters <= indices | set(evaluator.world.dims)


def _allows(evaluator: Evaluator, relation: Node, indices: frozenset[str], scope: Scope) -> bool:
    if not isinstance(relation, Relation) or not bounds_indices(evaluator, relation, indices):
        return True
    values = [float(evaluator.integer(side, scope)) for side in relation.sides]
    pairs = zip(values, relation.signs, values[1:], strict=False)
    made = [_compare(np.asarray([[a]]), np.asarray([[b]]), sign) for a, sign, b in pairs]
    return all(each is not None and bool(each.all()) for each in made)


__all__ = [
    "Draw",
    "Special",
    "Unsatisfiable",
    "allowed_sizes",
    "banded",
    "choose_dimensions",
    "draw",
    "holds_at",
    "valid_points",
]
