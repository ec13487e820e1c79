"""Moves drawn points onto assumed equations: Newton's method on the smallest change (least norm) of what is free."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash
from .grammar import name_of
from .model import Assumption, Model
from .tree import Index, Node, Relation, Sym, walk
from .values import Array, Undefined

STRUCTURED = {
    "spd", "psd", "symmetric", "orthogonal", "simplex", "unit", "one-hot", "diagonal", "antisymmetric", "idempotent",
    "projection", "orthonormal-columns", "orthonormal-rows", "permutation",
}  # fmt: skip


def repair(model: Model, evaluator: Evaluator, assumption: Assumption, rng: np.random.Generator) -> None:
    """Change one free symbol so that the assumed relation holds at every point, where that is possible."""
    from .sample import holds_at

    held = holds_at(evaluator, assumption)
    if held is None or held.all():
        return
    relation = assumption.relation
    assert isinstance(relation, Relation)
    if "=" in relation.signs:
        for name in _candidates(model, evaluator, relation):
            before = _get(evaluator, name)
            if _newton(evaluator, relation, name):
                evaluator.memo.clear()
                held = holds_at(evaluator, assumption)
                if held is not None and held.mean() > 0.6:
                    return
            _set(evaluator, name, before)
            evaluator.memo.clear()
    else:
        _ordering(model, evaluator, relation)
        evaluator.memo.clear()


def _candidates(model: Model, evaluator: Evaluator, relation: Relation) -> list[str]:
    """Free symbols in the relation, unstructured ones first, later ones before earlier ones."""
    names: dict[str, None] = {}
    for side in relation.sides:
        for each in walk(side):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                known = name in evaluator.world.values or name in evaluator.world.families
                symbol = model.symbols.get(name or "")
                if symbol is not None and known and symbol.domain == "real" and symbol.kind == "value":
                    names[symbol.name] = None
    ordered = list(names)[::-1]
    return sorted(ordered, key=lambda name: bool(model.symbols[name].properties & STRUCTURED))


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
    whole = v.seed(base, 1, entries)
    if name in evaluator.world.values:
        return {name: whole}
    members = evaluator.world.families[name]
    size = base.shape[-2] // len(members)

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
    try:
        for _ in range(12):
            base = _get(evaluator, name)
            rows, cols = base.shape[-2:]
            entries = [(r, c) for r in range(rows) for c in range(cols)]
            scope = replace(Scope().with_names(_seeded(evaluator, name, base, entries)), level=1)
            residual = _residual(evaluator, relation, scope)
            value = v.plain(residual)
            if np.all(np.abs(value) < 1e-11 * (1 + np.abs(base).max())):
                return True
            tangent = v.plain(v.tangents(residual, 1, len(entries)))
            jacobian = np.moveaxis(tangent[..., 0], 0, -1)
            shape = np.broadcast_shapes(value.shape[:-2], jacobian.shape[:-2], base.shape[:-2])
            step = np.linalg.pinv(np.broadcast_to(jacobian, (*shape, *jacobian.shape[-2:]))) @ np.broadcast_to(
                value, (*shape, *value.shape[-2:])
            )
            _set(evaluator, name, base - step.reshape(*shape, rows, cols))
            evaluator.memo.clear()
    except (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError, ValueError):
        return False
    return True


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
