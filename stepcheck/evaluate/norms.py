"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Call, walk
from stepcheck.values import Value

from .shapes import Unsupported, is_number, shape_of
from .sums import extremum_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_norm(evaluator: Evaluator, node: Call, scope: Scope) -> Value:
    inner = evaluator.value(node.args[0], scope)
    rows, cols = shape_of(inner)
    vector = rows == 1 or cols == 1
    kind = node.name
    if kind == "norm" and not vector:
        raise Unsupported("norm", node.span, "Which norm of a matrix? Write `\\lVert A \\rVert_F` or `_2`.")
    if kind == "norm" or kind == "normF" or (kind == "norm2" and vector):
        return v.sqrt(v.total(v.times(inner, inner)))
    if kind in ("norm2", "normop"):
        return v.entry(v.singular_values(inner), 0, 0)
    if kind == "normnuc":
        return v.total(v.singular_values(inner))
    if kind == "norm1" and vector:
        return v.total(v.absolute(inner))
    if kind in ("norminf", "normmax") and vector:
        return extremum_of([v.absolute(inner)], "max")
    if kind == "norm0" and vector:
        return v.total(v.times(v.sign(inner), v.sign(inner)))
    if kind == "normmax":
        return extremum_of([v.absolute(inner)], "max")
    if kind == "normp" and vector:
        order = evaluator.value(node.args[1], scope, (rows, rows))
        of = [evaluator.model.symbols.get(name_of(each) or "") for each in walk(node.args[1])]
        if not any(symbol is not None and symbol.rows is not None for symbol in of) and is_number(order):
            return v.power(v.total(v.power(v.absolute(inner), order)), v.reciprocal(order))
        if shape_of(order) == (rows, rows):  # ‖x‖_A = sqrt(xᵀ A x)
            return v.sqrt(v.matmul(v.transpose(inner), v.matmul(order, inner)))
    if kind == "norm1":
        sums = v.linear(lambda a: np.swapaxes(a.sum(axis=-2, keepdims=True), -1, -2), v.absolute(inner))
        return extremum_of([sums], "max")
    if kind == "norminf":
        sums = v.linear(lambda a: a.sum(axis=-1, keepdims=True), v.absolute(inner))
        return extremum_of([sums], "max")
    raise Unsupported("norm", node.span, "This norm is not evaluated.")
