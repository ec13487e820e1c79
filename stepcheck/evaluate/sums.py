"""Sums, products and extrema over indices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as cartesian
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.tree import Big, Binder, Node, Special
from stepcheck.values import Value

from .arithmetic import product_of
from .conditions import truth_of
from .shapes import Unsupported, Want, is_number, shape_of
from .sizes import ranges_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator

MAX_TERMS = 300


def _assignments(evaluator: Evaluator, binder: Binder, body: Node, scope: Scope) -> Iterator[Scope]:
    """The scopes in which the body of a sum stands, one for each choice of its indices."""
    if binder.low is not None and binder.high is not None:
        low = evaluator.integer(binder.low, scope)
        if isinstance(binder.high, Special) and binder.high.kind == "infinity":
            raise Unsupported("infinite", binder.span, "This range is infinite.")
        ranges = [range(low, evaluator.integer(binder.high, scope) + 1)] * len(binder.names)
    elif binder.low is not None and isinstance(binder.low, Node) and binder.high is None:
        found = ranges_of(evaluator, binder.names, body, scope)
        if found is None:
            raise Unsupported("range", binder.span, f"Up to where does `{binder.names[0]}` run? Write it above.")
        low = evaluator.integer(binder.low, scope)
        ranges = [range(low, each.stop) for each in found]
    else:
        found = ranges_of(evaluator, binder.names, body, scope)
        if found is None:
            raise Unsupported("range", binder.span, f"Over what does `{binder.names[0]}` run? Write its range.")
        ranges = found
    if np.prod([len(each) for each in ranges], dtype=float) > 5_000:
        raise Unsupported("too-many-terms", binder.span, "This sum has more terms than the bound of 5000.")
    for places in cartesian(*ranges):
        names: dict[str, Value] = {name: v.const(k) for name, k in zip(binder.names, places, strict=True)}
        inner = scope.with_names(names)
        if binder.condition is None or bool(np.all(v.plain(truth_of(evaluator, binder.condition, inner)) > 0.5)):
            yield inner


def evaluate_big(evaluator: Evaluator, node: Big, scope: Scope, want: Want) -> Value:
    if node.kind in ("sum", "prod") and isinstance(node.binder.high, Special):
        return _infinite(evaluator, node, scope)
    scopes = list(_assignments(evaluator, node.binder, node.body, scope))
    if node.kind == "sum":
        total: Value | None = None
        for inner in scopes:
            part = evaluator.value(node.body, inner, want)
            total = part if total is None else v.add(total, part)
        if total is None:
            rows, cols = want
            return np.zeros((1, 1, rows or 1, cols or 1))
        return total
    if node.kind == "prod":
        made: Value = v.const(1)
        for inner in scopes:
            made = product_of(evaluator, made, evaluator.value(node.body, inner, want), node.span, scope)
        return made
    parts = [evaluator.number(node.body, inner) for inner in scopes]
    if not parts:
        raise Unsupported("empty", node.span, "An extremum over nothing has no value.")
    if node.kind in ("argmax", "argmin"):
        best = parts[0]
        where: Value = v.const(v.plain(scopes[0].bound[node.binder.names[0]]).flat[0])
        for part, inner in zip(parts[1:], scopes[1:], strict=True):
            better = v.plain(part) > v.plain(best) if node.kind == "argmax" else v.plain(part) < v.plain(best)
            where = v.choose(better, inner.bound[node.binder.names[0]], where)
            best = v.choose(better, part, best)
        return where
    return extremum_of(parts, node.kind)


def _infinite(evaluator: Evaluator, node: Big, scope: Scope) -> Value:
    """A series, summed until its terms vanish beside the sum; refused where they do not within MAX_TERMS."""
    if node.binder.low is None or len(node.binder.names) != 1 or node.kind != "sum":
        raise Unsupported("infinite", node.span, "Only infinite sums over one index are evaluated.")
    low = evaluator.integer(node.binder.low, scope)
    total: Value | None = None
    quiet = 0
    for place in range(low, low + MAX_TERMS):
        part = evaluator.value(node.body, scope.with_names({node.binder.names[0]: v.const(place)}))
        total = part if total is None else v.add(total, part)
        size = np.abs(v.plain(total))
        quiet = quiet + 1 if np.all(np.abs(v.plain(part)) <= 1e-17 * np.maximum(size, 1e-30)) else 0
        if quiet >= 6:
            return total
    raise Unsupported("series", node.span, f"This series has not settled after {MAX_TERMS} terms.")


def extremum_of(parts: list[Value], name: str) -> Value:
    choose = v.larger if name in ("max", "sup") else v.smaller
    if len(parts) == 1 and not is_number(parts[0]):
        rows, cols = shape_of(parts[0])
        parts = [v.entry(parts[0], r, c) for r in range(rows) for c in range(cols)]
    made = parts[0]
    for part in parts[1:]:
        made = choose(made, part)
    return made
