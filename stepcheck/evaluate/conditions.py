"""The truth of conditions, and what is defined by cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

import numpy as np

from stepcheck import values as v
from stepcheck.tree import Cases, Logic, Node, Relation, Sequence, SetOf, Words
from stepcheck.values import Array, Value

from .shapes import NOTHING, ShapeClash, Unsupported, Want, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator

COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "=": lambda a, b: np.isclose(a, b, rtol=1e-9, atol=1e-12),
    "!=": lambda a, b: ~np.isclose(a, b, rtol=1e-9, atol=1e-12),
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


def truth_of(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """1 where a condition holds, 0 where not."""
    match node:
        case Relation(sides, signs):
            made: Array | None = None
            for place, sign in enumerate(signs):
                if sign in ("in", "notin"):
                    part = _element(evaluator, sides[place], sides[place + 1], scope)
                    part = 1 - part if sign == "notin" else part
                else:
                    left, right = evaluator._all([sides[place], sides[place + 1]], scope, NOTHING)
                    if sign not in COMPARE:
                        raise Unsupported("condition", node.span, "This condition is not evaluated.")
                    _same_shape(left, right, node, "a condition")
                    part = COMPARE[sign](v.plain(left), v.plain(right)).astype(float).min(axis=(-1, -2), keepdims=True)
                    v.branch(part > 0, jumps=True)
                made = part if made is None else made * part
            assert made is not None
            return made
        case Logic(kind, parts):
            truths = [v.plain(truth_of(evaluator, part, scope)) for part in parts]
            match kind:
                case "and":
                    return np.asarray(np.prod(np.broadcast_arrays(*truths), axis=0))
                case "or":
                    return np.asarray(np.max(np.broadcast_arrays(*truths), axis=0))
                case "not":
                    return 1 - truths[0]
                case "implies":
                    return np.asarray(np.maximum(1 - truths[0], truths[1]))
                case "iff":
                    return np.asarray(np.equal(*np.broadcast_arrays(*truths[:2])), dtype=float)
                case _:
                    assert_never(kind)
        case Sequence(items):
            made = v.plain(truth_of(evaluator, items[0], scope))
            for item in items[1:]:
                made = made * v.plain(truth_of(evaluator, item, scope))
            return made
        case _:
            raise Unsupported("condition", node.span, "This condition is not evaluated.")


def _same_shape(left: Value, right: Value, node: Node, operation: str) -> None:
    """Two values of one shape, or a number beside an array."""
    one, other = shape_of(left), shape_of(right)
    if one != other and (1, 1) not in (one, other):
        raise ShapeClash(node.span, one, other, operation)


def _element(evaluator: Evaluator, item: Node, of: Node, scope: Scope) -> Array:
    value = v.plain(evaluator.value(item, scope))
    if isinstance(of, SetOf) and of.kind == "interval":
        low, high = (v.plain(evaluator.value(each, scope)) for each in of.dims)
        marks = of.items[0].text if isinstance(of.items[0], Words) else "()"
        above = value >= low if marks[0] == "[" else value > low
        below = value <= high if marks[-1] == "]" else value < high
        return (above & below).astype(float)
    if isinstance(of, SetOf) and of.kind == "finite":
        choices = [v.plain(evaluator.value(each, scope)) for each in of.items]
        return np.asarray(
            np.max(np.broadcast_arrays(*[np.equal(value, each).astype(float) for each in choices]), axis=0)
        )
    raise Unsupported("condition", of.span, "This membership is not evaluated.")


def evaluate_cases(evaluator: Evaluator, node: Cases, scope: Scope, want: Want) -> Value:
    made: Value | None = None
    for value, condition in reversed(node.branches):
        part = evaluator.value(value, scope, want)
        if made is None and condition is None:
            made = part
            continue
        if condition is None:
            raise Unsupported("cases", node.span, "“Otherwise” must come last.")
        mask = v.plain(truth_of(evaluator, condition, scope)) > 0.5
        if made is not None:
            _same_shape(part, made, node, "a definition by cases")
        made = v.choose(mask, part, made if made is not None else v.times(v.const(np.nan), part))
    assert made is not None
    return made
