"""Moves drawn points onto what is assumed: Newton's method on the smallest change (least norm) of what is free.

First one symbol alone is moved for each assumption that does not hold: a linear equation is then met in one step, and
the other symbols keep their values. What that undoes (a property of the symbol, another assumption) refuses it, and
then all free symbols that hang together are moved at once, onto their assumptions and properties together.
Source: Nocedal & Wright, *Numerical Optimization*, 2nd ed., §11.1 (Newton's method for equations, least-norm steps).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash
from .grammar import name_of
from .model import Assumption, Model
from .qualities import FIXED, equations, met, orderings
from .tree import Call, Index, Mul, Node, Relation, Sym, walk
from .values import Array, Undefined

STRUCTURED = {
    "spd", "psd", "symmetric", "orthogonal", "simplex", "unit", "one-hot", "diagonal", "antisymmetric", "idempotent",
    "projection", "orthonormal-columns", "orthonormal-rows", "permutation", "nilpotent", "square-zero", "involutory",
    "normal", "upper-triangular", "lower-triangular", "row-stochastic", "column-stochastic", "doubly-stochastic",
    "circulant", "toeplitz", "tridiagonal",
}  # fmt: skip
ENOUGH = 0.6  # part of the points that a repair must bring to hold
EDGE = 8  # one point in so many is drawn at the edge of a bounded norm
MAX_FREE = 120  # entries moved at once
SETTLED = 1e-5  # a last step that is larger, beside what it moves, has not come to a root
ORDERED = ("preceq", "succeq", "prec", "succ")
Broken = (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError, ValueError)


def satisfy(model: Model, evaluator: Evaluator, assumptions: list[Assumption], rng: np.random.Generator) -> None:
    """Move the points of `evaluator` until the assumptions and every declared property hold, where that is possible."""
    fled: list[tuple[str, Array]] = []
    for assumption in assumptions:
        _scale(model, evaluator, assumption, rng)
    for assumption in assumptions:
        fled += _alone(model, evaluator, assumption, assumptions)
    wanting = [each for each in assumptions if not _holds(evaluator, each)]
    broken = [name for name in _shaped(model, evaluator) if not _has_qualities(model, evaluator, name).all()]
    if (wanting or broken) and not _together(model, evaluator, wanting, broken, assumptions, rng):
        for name, value in fled:
            before = _get(evaluator, name)
            _set(evaluator, name, value)
            evaluator.memo.clear()
            if not all(_holds(evaluator, each) for each in wanting):
                _set(evaluator, name, before)
                evaluator.memo.clear()


SCALED = {
    "symmetric", "antisymmetric", "invertible", "diagonal", "upper-triangular", "lower-triangular", "psd", "spd",
    "normal", "nilpotent", "square-zero", "positive", "nonnegative", "nonzero", "centred", "full-column-rank",
    "full-row-rank",
}  # fmt: skip


def _scale(model: Model, evaluator: Evaluator, assumption: Assumption, rng: np.random.Generator) -> None:
    r"""Meet `\lVert A \rVert_2 < 1` by a multiple of `A`: well inside, where series in `A` settle.

    Some points are put at the edge, where what is a little too strong a bound shows itself.
    """
    relation = assumption.relation
    if not isinstance(relation, Relation) or len(relation.signs) != 1 or relation.signs[0] not in ("<", "<="):
        return
    left, right = relation.sides
    if not isinstance(left, Call) or not left.name.startswith("norm") or not left.args:
        return
    name = name_of(left.args[0])
    if name is None or not isinstance(left.args[0], Sym) or not _is_free(model, evaluator, name):
        return
    if model.symbols[name].family is not None or not model.symbols[name].properties <= SCALED:
        return
    if any(name in evaluator.depends(name_of(each) or "") for each in walk(right)):
        return
    try:
        norm, bound = v.plain(evaluator.value(left)), v.plain(evaluator.value(right))
    except Broken:
        return
    points = evaluator.world.points
    if norm.shape != (points, 1, 1, 1) or bound.shape[-2:] != (1, 1) or np.any(bound <= 0):
        return
    wanted = bound * rng.uniform(0.2, 0.85, size=norm.shape)
    wanted = np.where(norm <= 0.85 * bound, norm, wanted)
    at_edge = (np.arange(points) % EDGE == EDGE - 1)[:, None, None, None]
    wanted = np.where(at_edge, bound * (1 - 1e-9), wanted)
    _set(evaluator, name, _get(evaluator, name) * np.where(norm > 1e-12, wanted / np.maximum(norm, 1e-12), 1.0))
    evaluator.memo.clear()


def _holds(evaluator: Evaluator, assumption: Assumption) -> bool:
    """Whether it holds at every point; so also where it cannot be evaluated, since nothing can be done there."""
    from .sample import holds_at

    held = holds_at(evaluator, assumption, closely=True)
    return held is None or bool(held.all())


def _shaped(model: Model, evaluator: Evaluator) -> list[str]:
    """Names with declared properties that have a value: drawn ones and defined ones."""
    return [
        name
        for name, symbol in model.symbols.items()
        if symbol.properties
        and symbol.kind == "value"
        and (name in evaluator.world.values or name in evaluator.world.families or name in model.definitions)
    ]


def _has_qualities(model: Model, evaluator: Evaluator, name: str) -> Array:
    """(P,) of truth values: where the value of `name` has all its declared properties."""
    good = np.ones(evaluator.world.points, dtype=bool)
    symbol = model.symbols[name]
    for value in _values_of(evaluator, name):
        for quality in symbol.properties:
            if value.shape[0] in (1, good.size):
                good &= met(quality, value)
    return good


def _values_of(evaluator: Evaluator, name: str) -> list[Array]:
    if name in evaluator.world.families:
        return [v.plain(each) for each in evaluator.world.families[name].values()]
    if name in evaluator.model.definitions and evaluator.model.definitions[name].params:
        return []
    try:
        return [v.plain(evaluator.value(Sym(name, evaluator.model.symbols[name].span)))]
    except Broken:
        return []


def qualities_hold(model: Model, evaluator: Evaluator) -> Array:
    """(P,) of truth values: where everything has the properties that the note declares of it."""
    good = np.ones(evaluator.world.points, dtype=bool)
    for name in _shaped(model, evaluator):
        good &= _has_qualities(model, evaluator, name)
    return good


# -- one symbol alone ------------------------------------------------------------------------------------------------


def _alone(
    model: Model, evaluator: Evaluator, assumption: Assumption, others: list[Assumption]
) -> list[tuple[str, Array]]:
    """Change one free symbol so that the assumed relation holds at every point, where that is possible.

    Returns what would do, but only by going to zero: `Av = λv` is met so, and says nothing there; `2Ax = 0` has no
    other solution."""
    from .sample import holds_at

    fled: list[tuple[str, Array]] = []
    held = holds_at(evaluator, assumption, closely=True)
    if held is None or held.all():
        return fled
    relation = assumption.relation
    assert isinstance(relation, Relation)
    if "=" not in relation.signs:
        _ordering(model, evaluator, relation)
        evaluator.memo.clear()
        return fled
    if _commuting(model, evaluator, relation):
        evaluator.memo.clear()
        return fled
    kept = [each for each in others if each is not assumption and _holds(evaluator, each)]
    for name in _candidates(model, evaluator, relation):
        before = _get(evaluator, name)
        if _newton(evaluator, relation, name):
            evaluator.memo.clear()
            held = holds_at(evaluator, assumption)
            if held is not None and held.mean() > ENOUGH and _keeps(model, evaluator, name, kept):
                if not _fled(before, _get(evaluator, name)):
                    return []
                fled.append((name, _get(evaluator, name)))
        _set(evaluator, name, before)
        evaluator.memo.clear()
    return fled


def _fled(before: Array, now: Array) -> bool:
    gone = (np.abs(now).max(axis=(1, 2, 3)) < 1e-9) & (np.abs(before).max(axis=(1, 2, 3)) > 1e-9)
    return bool(gone.mean() > 1 - ENOUGH)


def _keeps(model: Model, evaluator: Evaluator, name: str, kept: list[Assumption]) -> bool:
    """Whether a moved symbol still has its properties, and left the other assumptions true."""
    from .sample import holds_at

    if _has_qualities(model, evaluator, name).mean() <= ENOUGH:
        return False
    held = [holds_at(evaluator, each) for each in kept]
    return all(each is None or each.mean() > ENOUGH for each in held)


def _commuting(model: Model, evaluator: Evaluator, relation: Relation) -> bool:
    """`AB = BA` of two drawn square matrices: B becomes a polynomial in A, which keeps symmetric ones symmetric."""
    if len(relation.sides) != 2 or not all(isinstance(side, Mul) for side in relation.sides):
        return False
    left, right = ([name_of(each) for each in side.factors] for side in relation.sides if isinstance(side, Mul))
    if len(left) != 2 or left != right[::-1] or None in left:
        return False
    names = [name for name in left if name in evaluator.world.values and model.symbols[name or ""].kind == "value"]
    if len(names) != 2:
        return False
    first, second = str(names[0]), str(names[1])
    a, b = (v.plain(evaluator.world.values[name]) for name in (first, second))
    if a.shape[-1] != a.shape[-2] or a.shape[-2:] != b.shape[-2:]:
        return False
    size = 1 + np.abs(a).max(axis=(-1, -2), keepdims=True)
    c = b[..., :1, :1], np.sign(b[..., -1:, -1:]) + b[..., -1:, -1:], b[..., :1, -1:] / size
    positive = model.symbols[second].properties & {"spd", "psd"}
    if positive:
        c = tuple(np.abs(each) for each in c)  # type: ignore[assignment]
    made = c[0] * np.eye(a.shape[-1]) + c[1] * a + c[2] * (a @ a)
    evaluator.world.values[second] = made
    evaluator.memo.clear()
    if _has_qualities(model, evaluator, second).mean() > ENOUGH:
        return True
    evaluator.world.values[second] = b
    evaluator.memo.clear()
    return False


def _candidates(model: Model, evaluator: Evaluator, relation: Relation) -> list[str]:
    """Free symbols in the relation, unstructured ones first, later ones before earlier ones."""
    names: dict[str, None] = {}
    for side in relation.sides:
        for each in walk(side):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is not None and _is_free(model, evaluator, name):
                    names[name] = None
    ordered = list(names)[::-1]
    return sorted(ordered, key=lambda name: bool(model.symbols[name].properties & STRUCTURED))


def _is_free(model: Model, evaluator: Evaluator, name: str) -> bool:
    symbol = model.symbols.get(name)
    known = name in evaluator.world.values or name in evaluator.world.families
    return symbol is not None and known and symbol.domain == "real" and symbol.kind == "value"


def _get(evaluator: Evaluator, name: str) -> Array:
    """The value of a symbol; the members of a family of numbers one below the other."""
    if name in evaluator.world.values:
        return v.plain(evaluator.world.values[name])
    members = evaluator.world.families[name]
    return np.concatenate([v.plain(each) for each in members.values()], axis=-2)


def _set(evaluator: Evaluator, name: str, value: Array) -> None:
    if name in evaluator.world.values:
        evaluator.world.values[name] = value
        return
    members = evaluator.world.families[name]
    size = value.shape[-2] // len(members)
    for place, key in enumerate(members):
        members[key] = value[..., place * size : (place + 1) * size, :]


def _seeded(evaluator: Evaluator, name: str, base: Array, entries: list[tuple[int, int]]) -> dict[str, v.Value]:
    """What to bind so that `name` varies: itself, or each member of a family."""
    return _parted(evaluator, name, v.seed(base, 1, entries), base.shape[-2])


def _parted(evaluator: Evaluator, name: str, whole: v.Value, rows: int) -> dict[str, v.Value]:
    """A value bound to its name, or cut into the members of a family."""
    if name in evaluator.world.values:
        return {name: whole}
    members = evaluator.world.families[name]
    size = rows // len(members)

    def member(place: int) -> v.Value:
        return v.linear(lambda a: a[..., place * size : (place + 1) * size, :], whole)

    return {f"{name}_{key}": member(place) for place, key in enumerate(members)}


def _residual(evaluator: Evaluator, relation: Relation, scope: Scope) -> v.Value:
    parts: list[v.Value] = []
    for place, sign in enumerate(relation.signs):
        if sign != "=":
            continue
        left, right = evaluator._all([relation.sides[place], relation.sides[place + 1]], scope, (None, None))
        parts.append(v.vec(v.sub(left, right)))
    return v.blocks([[part] for part in parts])


def _newton(evaluator: Evaluator, relation: Relation, name: str) -> bool:
    points = evaluator.world.points
    first = _get(evaluator, name)
    last = np.zeros(points)  # the step before, beside the size of what it moved
    try:
        for _ in range(12):
            base = _get(evaluator, name)
            rows, cols = base.shape[-2:]
            entries = [(r, c) for r in range(rows) for c in range(cols)]
            scope = replace(Scope().with_names(_seeded(evaluator, name, base, entries)), level=1)
            residual = _residual(evaluator, relation, scope)
            if not isinstance(residual, v.Dual):
                return False
            value, jacobian = _rows(residual, points)
            close = 1e-11 * (1 + np.abs(base).max()) * _steepness(jacobian)
            if np.all(np.abs(value).max(axis=1, initial=0) <= close) and np.all(last < SETTLED):
                return True
            step = np.linalg.pinv(np.broadcast_to(jacobian, (points, *jacobian.shape[1:]))) @ value[..., None]
            moved = base - step.reshape(points, 1, rows, cols)
            last = np.linalg.norm(step[..., 0], axis=1) / (1 + np.abs(moved).max(axis=(1, 2, 3)))
            _set(evaluator, name, moved)
            evaluator.memo.clear()
    except Broken:
        return False
    _restore(evaluator, {name: first}, last >= SETTLED)
    return True


def _steepness(jacobian: Array) -> Array:
    """(P,): 1, or how little the equations move with what is free where all of them are small: `e^{-c} (x - 1) = 0`."""
    return np.asarray(np.clip(np.abs(jacobian).max(axis=(1, 2), initial=0), 1e-250, 1))


def _restore(evaluator: Evaluator, before: dict[str, Array], lost: Array) -> None:
    """Put the points back that were still under way: those that flee from `1/v = 0` are near a root and have none."""
    if lost.any():
        for name, value in before.items():
            _set(evaluator, name, np.where(lost[:, None, None, None], value, _get(evaluator, name)))
        evaluator.memo.clear()


def _ordering(model: Model, evaluator: Evaluator, relation: Relation) -> None:
    """`mu I ⪯ A ⪯ L I` squeezes the spectrum of A; other inequalities are left to rejection."""
    for place, side in enumerate(relation.sides):
        name = name_of(side)
        if not isinstance(side, Sym | Index) or name not in evaluator.world.values:
            continue
        signs = relation.signs
        if not any(sign in ("preceq", "succeq", "prec", "succ") for sign in signs):
            continue
        low, high = _spectral_bounds(evaluator, relation, place)
        if low is None and high is None:
            continue
        matrix = v.plain(evaluator.world.values[name])
        matrix = (matrix + np.swapaxes(matrix, -1, -2)) / 2
        values, vectors = np.linalg.eigh(matrix)
        bottom = low if low is not None else np.minimum(values.min(axis=-1), 0) - 1
        top = high if high is not None else np.maximum(values.max(axis=-1), bottom) + 1
        span = np.maximum(values.max(axis=-1) - values.min(axis=-1), 1e-9)
        unit = (values - values.min(axis=-1)[..., None]) / span[..., None]
        unit = 0.04 + 0.92 * unit
        placed = np.asarray(bottom)[..., None] + (np.asarray(top) - np.asarray(bottom))[..., None] * unit
        evaluator.world.values[name] = (vectors * placed[..., None, :]) @ np.swapaxes(vectors, -1, -2)
        model.symbols[name].properties.add("symmetric")


def _spectral_bounds(evaluator: Evaluator, relation: Relation, place: int) -> tuple[Array | None, Array | None]:
    low: Array | None = None
    high: Array | None = None
    size = v.plain(evaluator.world.values[name_of(relation.sides[place]) or ""]).shape[-1]
    for at, sign in enumerate(relation.signs):
        if place not in (at, at + 1) or sign not in ("preceq", "succeq", "prec", "succ"):
            continue
        other: Node = relation.sides[at + 1 if place == at else at]
        try:
            made = v.plain(evaluator.value(other, Scope(), (size, size)))
        except (NotationError, ShapeClash, NeedsSize, Undefined):
            continue
        level = made[..., 0, 0]
        above = (sign.startswith("prec")) == (place == at)
        if above:
            high = level if high is None else np.minimum(high, level)
        else:
            low = level if low is None else np.maximum(low, level)
    return low, high


# -- all that hangs together -----------------------------------------------------------------------------------------


def _together(
    model: Model,
    evaluator: Evaluator,
    wanting: list[Assumption],
    broken: list[str],
    assumptions: list[Assumption],
    rng: np.random.Generator,
) -> bool:
    """Newton's method on all free symbols that hang together with what does not hold yet; whether it settles."""
    names, stated, shaped = _component(model, evaluator, wanting, broken, assumptions)
    before = {name: _get(evaluator, name) for name in names}
    sizes = {name: value.shape[-2] * value.shape[-1] for name, value in before.items()}
    total = sum(sizes.values())
    if not names or total > MAX_FREE:
        return False
    points = evaluator.world.points
    slack = 0.05 + 0.3 * rng.random((points, 1, 1, 1))
    last = np.zeros(points)
    try:
        for step in range(24):
            scope = replace(Scope().with_names(_all_seeded(evaluator, names, sizes, total)), level=1)
            rows = [*_stated(evaluator, stated, scope, slack), *_demanded(model, evaluator, shaped, scope, slack)]
            if not rows:
                break
            value = np.concatenate([np.broadcast_to(r, (points, *r.shape[1:])) for r, _ in rows], axis=1)
            jacobian = np.concatenate([np.broadcast_to(j, (points, *j.shape[1:])) for _, j in rows], axis=1)
            scale = 1 + max(float(np.abs(each).max()) for each in before.values())
            if not np.isfinite(value).all() or not np.isfinite(jacobian).all():
                lost = ~(np.isfinite(value).all(axis=1) & np.isfinite(jacobian).all(axis=(1, 2)))
                value[lost], jacobian[lost] = 0.0, 0.0
            off = (np.abs(value).max(axis=1) > 1e-11 * scale * _steepness(jacobian)) | (last >= SETTLED)
            if not off.any() or (step >= 10 and off.mean() < 1 - ENOUGH):
                break
            if step >= 8 and off.mean() > ENOUGH and np.median(np.abs(value).max(axis=1)) > 1e-6 * scale:
                raise Undefined("These givens are not met.")
            moves = np.zeros((points, total))
            moves[off] = _least_norm(jacobian[off], value[off])
            length = np.linalg.norm(moves, axis=1, keepdims=True)
            moves = moves * np.minimum(1, 3 * scale / np.maximum(length, 1e-300))
            size = np.max([np.abs(_get(evaluator, name)).max(axis=(1, 2, 3)) for name in names], axis=0)
            last = np.linalg.norm(moves, axis=1) / (1 + size)
            place = 0
            for name in names:
                now = _get(evaluator, name)
                part = moves[:, place : place + sizes[name]].reshape(points, 1, *now.shape[-2:])
                _set(evaluator, name, np.broadcast_to(now, (points, *now.shape[1:])) - part)
                place += sizes[name]
            evaluator.memo.clear()
            if step == 5:
                slack = slack * 0.05
    except Broken:
        for name, value in before.items():
            _set(evaluator, name, value)
        evaluator.memo.clear()
        return False
    evaluator.memo.clear()
    _restore(evaluator, before, last >= SETTLED)
    return True


def _least_norm(jacobian: Array, value: Array) -> Array:
    """The least change (P, N) that takes `value` (P, K) to zero to first order; damped, so that it may be singular."""
    square = jacobian @ np.swapaxes(jacobian, -1, -2)
    level = np.trace(square, axis1=-2, axis2=-1)[:, None, None] + 1e-30
    damped = square + 1e-12 * level * np.eye(square.shape[-1])
    return (np.swapaxes(jacobian, -1, -2) @ np.linalg.solve(damped, value[..., None]))[..., 0]


def _component(
    model: Model, evaluator: Evaluator, wanting: list[Assumption], broken: list[str], assumptions: list[Assumption]
) -> tuple[list[str], list[Assumption], list[str]]:
    """The free symbols that hang together with what does not hold: with the assumptions and properties among them."""

    def free_in(name: str) -> set[str]:
        return {each for each in {name, *evaluator.depends(name)} if _is_free(model, evaluator, each)}

    def mentioned(assumption: Assumption) -> set[str]:
        found: set[str] = set()
        for each in walk(assumption.relation):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is not None:
                    found |= free_in(name)
        return found

    reach = {id(each): mentioned(each) for each in assumptions}
    shaped = {name: free_in(name) for name in _shaped(model, evaluator)}
    names: set[str] = set()
    for each in wanting:
        names |= reach[id(each)]
    for name in broken:
        names |= shaped.get(name, set())
    grown = True
    while grown:
        size = len(names)
        for group in (*reach.values(), *shaped.values()):
            if group & names:
                names |= group
        grown = len(names) > size
    fixed = {name for name in names if model.symbols[name].properties & FIXED}
    chosen = [name for name in model.symbols if name in names - fixed]
    return (
        chosen,
        [each for each in assumptions if reach[id(each)] & names],
        [name for name, below in shaped.items() if below & names],
    )


def _all_seeded(evaluator: Evaluator, names: list[str], sizes: dict[str, int], total: int) -> dict[str, v.Value]:
    """What to bind so that all `names` vary at once, each with directions of its own among `total`."""
    bound: dict[str, v.Value] = {}
    start = 0
    for name in names:
        base = _get(evaluator, name)
        rows, cols = base.shape[-2:]
        tangent = np.zeros((total, 1, 1, rows, cols))
        tangent[np.arange(start, start + rows * cols), 0, 0] = np.eye(rows * cols).reshape(-1, rows, cols)
        start += sizes[name]
        bound |= _parted(evaluator, name, v.Dual(base, tangent, 1), rows)
    return bound


def _rows(residual: v.Value, points: int) -> tuple[Array, Array]:
    """A residual as (P, K) and its derivative as (P, K, N)."""
    assert isinstance(residual, v.Dual)
    value, tangent = v.plain(residual), v.plain(residual.d)
    # a derivative inside leaves axes of length 1 in front
    value = value.reshape(value.shape[-v.CORE :])
    directions = tangent.shape[-v.CORE - 1] if tangent.ndim > v.CORE else 1
    tangent = tangent.reshape(directions, *tangent.shape[-v.CORE :])
    value = np.broadcast_to(value, (points, *value.shape[1:]))
    tangent = np.broadcast_to(tangent, (tangent.shape[0], points, *value.shape[1:]))
    flat = value.shape[-1] * value.shape[-2] * value.shape[1]
    return value.reshape(points, flat), np.moveaxis(tangent.reshape(tangent.shape[0], points, flat), 0, -1)


def _stated(
    evaluator: Evaluator, stated: list[Assumption], scope: Scope, slack: Array
) -> Iterator[tuple[Array, Array]]:
    from .sample import free_index_scopes, holds_at

    points = evaluator.world.points
    for assumption in stated:
        relation = assumption.relation
        if not isinstance(relation, Relation) or holds_at(evaluator, assumption) is None:
            continue
        for inner in free_index_scopes(evaluator, relation, scope):
            for place, sign in enumerate(relation.signs):
                left, right = evaluator._all([relation.sides[place], relation.sides[place + 1]], inner, (None, None))
                gap = v.sub(left, right) if sign not in ("<", "<=", "prec", "preceq") else v.sub(right, left)
                if not isinstance(gap, v.Dual):
                    continue
                if sign == "=":
                    yield _rows(gap, points)
                else:
                    bar = slack * np.minimum(1, np.abs(v.plain(right)).max(axis=(-1, -2), keepdims=True) + 1e-3)
                    if not np.any(v.plain(right)):
                        bar = slack
                    yield from _above(gap, sign, bar, points)


def _demanded(
    model: Model, evaluator: Evaluator, shaped: list[str], scope: Scope, slack: Array
) -> Iterator[tuple[Array, Array]]:
    points = evaluator.world.points
    for name in shaped:
        symbol = model.symbols[name]
        if name in evaluator.world.families:
            members = [scope.bound.get(f"{name}_{key}") for key in evaluator.world.families[name]]
        else:
            members = [evaluator.value(Sym(name, symbol.span), scope)]
        for x in members:
            if not isinstance(x, v.Dual):
                continue
            for quality in sorted(symbol.properties):
                for equation in equations(quality, x):
                    yield _rows(equation, points)
                for value, sign in orderings(quality, x):
                    yield from _above(value, sign, slack, points)


def _above(gap: v.Value, sign: str, bar: Array, points: int) -> Iterator[tuple[Array, Array]]:
    """`gap` is to be above zero: entry by entry, or as a matrix. Where it is, nothing is asked."""
    now = v.plain(gap)
    if sign in ORDERED:
        if now.shape[-1] != now.shape[-2] or not np.isfinite(now).all():
            return
        values, vectors = np.linalg.eigh((now + np.swapaxes(now, -1, -2)) / 2)
        strict = sign in ("succ", "prec")
        low = values.min(axis=-1)[..., None, None]
        size = 1 + np.abs(now).max(axis=(-1, -2), keepdims=True)
        poor = low <= 1e-6 * size if strict else low < -1e-10 * size
        floor = np.broadcast_to(bar, (*values.shape[:-1], 1, 1))[..., 0]
        target = (vectors * np.maximum(values, floor)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
        shift = v.sub(gap, target)
        mask = poor.astype(float)
    elif sign in ("<", ">", "<=", ">="):
        mask = (now <= 0).astype(float) if sign in ("<", ">") else (now < 0).astype(float)
        shift = v.sub(gap, np.broadcast_to(bar, np.broadcast_shapes(bar.shape, now.shape)))
    else:
        return
    if np.any(mask):
        yield _rows(v.times(v.const(1.0) * mask, shift), points)
