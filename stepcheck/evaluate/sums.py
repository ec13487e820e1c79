"""Sums, products and extrema over indices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as cartesian
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.grammar import name_of
from stepcheck.tree import Big, Binder, Expect, Index, Info, Node, Num, Prob, Special, walk
from stepcheck.values import Array, Value

from .arithmetic import product_of
from .conditions import truth_of
from .limits import extrapolated
from .shapes import NeedsSize, ShapeClash, Unsupported, Want, is_number, shape_of
from .sizes import index_value, ranges_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator

MAX_TERMS = 300
BLOCKS = (64, 160, 512, 4096)  # terms of a series that are evaluated at once


def _assignments(
    evaluator: Evaluator, binder: Binder, body: Node, scope: Scope
) -> Iterator[tuple[Scope, Array | None]]:
    """The scopes in which the body of a sum stands, one for each choice of its indices, and where each belongs to the
    sum: at every point (None), or only at some, as with a bound or a condition that differs from point to point."""
    limits: tuple[Array, Array] | None = None
    if binder.low is not None and binder.high is not None:
        if isinstance(binder.high, Special) and binder.high.kind == "infinity":
            raise Unsupported("infinite", binder.span, "This range is infinite.")
        low, high = _whole(evaluator, binder.low, scope), _whole(evaluator, binder.high, scope)
        if low.size > 1 or high.size > 1:
            limits = (low, high)
        ranges = [range(int(low.min()), int(high.max()) + 1)] * len(binder.names)
    elif binder.low is not None and isinstance(binder.low, Node) and binder.high is None:
        found = ranges_of(evaluator, binder.names, body, scope)
        if found is None:
            raise Unsupported("range", binder.span, f"Up to where does `{binder.names[0]}` run? Write it above.")
        first = evaluator.integer(binder.low, scope)
        ranges = [range(first, each.stop) for each in found]
    else:
        found = ranges_of(evaluator, binder.names, body, scope)
        if found is None:
            raise Unsupported("range", binder.span, f"Over what does `{binder.names[0]}` run? Write its range.")
        ranges = found
    if np.prod([len(each) for each in ranges], dtype=float) > 5_000:
        raise Unsupported("too-many-terms", binder.span, "This sum has more terms than the bound of 5000.")
    for places in cartesian(*ranges):
        names: dict[str, Value] = {
            name: index_value(evaluator, name, k) if binder.low is None else v.const(k)
            for name, k in zip(binder.names, places, strict=True)
        }
        inner = scope.with_names(names)
        mask: Array | None = None
        if limits is not None:
            mask = np.logical_and.reduce([(limits[0] <= k) & (k <= limits[1]) for k in places])
        if binder.condition is not None:
            truth = v.plain(truth_of(evaluator, binder.condition, inner)) > 0.5
            mask = truth if mask is None else mask & truth
        if mask is None or bool(np.all(mask)):
            yield inner, None
        elif bool(np.any(mask)):
            yield inner, mask


def _whole(evaluator: Evaluator, node: Node, scope: Scope) -> Array:
    """A bound of a sum: whole numbers, one or one for each point."""
    if isinstance(node, Num) and node.value.denominator == 1:
        return np.full((1, 1, 1, 1), float(node.value))
    found = np.round(v.plain(evaluator.number(node, scope)), 9)
    if not np.all(np.isfinite(found)) or np.any(found != np.floor(found)):
        raise Unsupported("index", node.span, "This index is not a whole number here.")
    return found if np.unique(found).size > 1 else found[:1, :1]


def _where(mask: Array | None, part: Value, otherwise: float) -> Value:
    """The part where it belongs, and elsewhere a value that changes nothing."""
    if mask is None:
        return part
    return v.choose(mask, part, np.full((1, 1, *shape_of(part)), otherwise))


def evaluate_big(evaluator: Evaluator, node: Big, scope: Scope, want: Want) -> Value:
    if node.kind in ("sum", "prod") and isinstance(node.binder.high, Special):
        return _infinite(evaluator, node, scope)
    scopes = list(_assignments(evaluator, node.binder, node.body, scope))
    if node.kind == "sum":
        total: Value | None = None
        for inner, mask in scopes:
            part = _where(mask, evaluator.value(node.body, inner, want), 0.0)
            total = part if total is None else v.add(total, part)
        if total is None:
            rows, cols = want
            return np.zeros((1, 1, rows or 1, cols or 1))
        return total
    if node.kind == "prod":
        made: Value = v.const(1)
        for inner, mask in scopes:
            factor = evaluator.value(node.body, inner, want) if mask is None else evaluator.number(node.body, inner)
            made = product_of(evaluator, made, _where(mask, factor, 1.0), node.span, scope)
        return made
    least = -np.inf if node.kind in ("max", "sup", "argmax") else np.inf
    parts = [_where(mask, evaluator.number(node.body, inner), least) for inner, mask in scopes]
    if not parts:
        raise Unsupported("empty", node.span, "An extremum over nothing has no value.")
    if node.kind in ("argmax", "argmin"):
        best = parts[0]
        where: Value = v.const(v.plain(scopes[0][0].bound[node.binder.names[0]]).flat[0])
        for part, (inner, _) in zip(parts[1:], scopes[1:], strict=True):
            better = v.plain(part) > v.plain(best) if node.kind == "argmax" else v.plain(part) < v.plain(best)
            where = v.choose(better, inner.bound[node.binder.names[0]], where)
            best = v.choose(better, part, best)
        return where
    return extremum_of(parts, node.kind)


SLOW = 0.15  # part of the points at which a series may be left open; they count as undefined


def _infinite(evaluator: Evaluator, node: Big, scope: Scope) -> Value:
    """A series: many terms in one evaluation where that can be, else term by term until they vanish beside the sum."""
    if node.binder.low is None or len(node.binder.names) != 1 or node.kind != "sum":
        raise Unsupported("infinite", node.span, "Only infinite sums over one index are evaluated.")
    low = evaluator.integer(node.binder.low, scope)
    settled = _in_blocks(evaluator, node, scope, low)
    if settled is not None:
        return settled
    total: Value | None = None
    quiet = 0
    for place in range(low, low + MAX_TERMS):
        part = evaluator.value(node.body, scope.with_names({node.binder.names[0]: v.const(place)}))
        total = part if total is None else v.add(total, part)
        size = np.abs(v.plain(total))
        quiet = quiet + 1 if np.all(np.abs(v.plain(part)) <= 1e-17 * np.maximum(size, 1e-30)) else 0
        if quiet >= 6:
            return total
    assert total is not None
    rest, size = np.abs(v.plain(part)).max(axis=(1, 2, 3)), np.abs(v.plain(total)).max(axis=(1, 2, 3))
    slow = ~(rest <= 1e-12 * np.maximum(size, 1e-30))
    if not isinstance(total, v.Dual) and slow.mean() <= SLOW:
        return np.where(slow[:, None, None, None], np.nan, v.plain(total))
    raise Unsupported("series", node.span, f"This series has not settled after {MAX_TERMS} terms.")


def _in_blocks(evaluator: Evaluator, node: Big, scope: Scope, low: int) -> Value | None:
    """The sum of a series of numbers from ever longer blocks of terms; None where it must be taken term by term.

    The terms stand on the axis that atoms have elsewhere, so nothing may be random, and nothing differentiated. A tail
    is bounded by the ratio of its terms; where they die more slowly, partial sums of 8, 16, … terms are extrapolated.
    """
    if scope.level or (evaluator.world.weights is not None and _is_random(evaluator, node.body, scope)):
        return None
    terms: Array = np.zeros((1, 1, 1, 1))
    values = total = terms
    for count in BLOCKS:
        place = np.arange(low, low + count, dtype=float)[None, :, None, None]
        try:
            made = evaluator.value(node.body, scope.with_names({node.binder.names[0]: place}))
        except (NotationError, ShapeClash, NeedsSize):
            return None
        if isinstance(made, v.Dual) or not is_number(made) or made.ndim != v.CORE or made.shape[1] != count:
            return None
        if not np.all(np.isfinite(made)):
            return None
        values = made
        terms, total = np.abs(values), np.asarray(values.sum(axis=1, keepdims=True))
        before, after = terms[:, -17:-1], terms[:, -16:]
        ratio = np.max(np.where(before > 0, after / np.where(before > 0, before, 1.0), 0.0), axis=1, keepdims=True)
        tail = terms[:, -1:] * ratio / np.maximum(1 - ratio, 1e-9)
        if np.all((ratio < 0.999) & (tail <= 1e-14 * (1e-30 + np.abs(total)))):
            return total
    half = terms.shape[1] // 2
    fading = terms[:, -64:].max(axis=1) <= 0.8 * terms[:, half - 64 : half].max(axis=1)
    ends = [2**power - 1 for power in range(3, int(np.log2(BLOCKS[-1])) + 1)]
    sums = np.cumsum(values, axis=1)
    limit = extrapolated([sums[:, end : end + 1] for end in ends]) if np.all(fading) else None
    if limit is None or not np.all(np.isfinite(limit)):
        raise Unsupported("series", node.span, f"This series has not settled after {BLOCKS[-1]} terms.")
    return limit


def _is_random(evaluator: Evaluator, node: Node, scope: Scope) -> bool:
    """Whether anything in `node` has an axis of atoms, or is a mean over them."""
    if any(isinstance(each, Expect | Prob | Info) for each in walk(node)):
        return True
    if any(v.plain(value).shape[1] != 1 for value in scope.bound.values()):
        return True
    symbols = evaluator.model.symbols
    names = {
        below
        for each in walk(node)
        for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None)
        if name is not None
        for below in evaluator.depends(name)
    }
    bodies = [evaluator.model.definitions[name].body for name in names if name in evaluator.model.definitions]
    if any(isinstance(each, Expect | Prob | Info) for body in bodies for each in walk(body)):
        return True
    return any(symbols[name].kind == "random" for name in names if name in symbols) or bool(
        names & set(evaluator.model.tables)
    )


def extremum_of(parts: list[Value], name: str) -> Value:
    choose = v.larger if name in ("max", "sup") else v.smaller
    if len(parts) == 1 and not is_number(parts[0]):
        rows, cols = shape_of(parts[0])
        parts = [v.entry(parts[0], r, c) for r in range(rows) for c in range(cols)]
    made = parts[0]
    for part in parts[1:]:
        made = choose(made, part)
    return made
