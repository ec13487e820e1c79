"""Expectations, variances and covariances."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, is_number, shape_of
from stepcheck.grammar import name_of
from stepcheck.model import Symbol
from stepcheck.tree import Apply, Expect, Index, Law, Node, Num, Prob, Relation, Sequence, Sym, walk
from stepcheck.values import Array, Value

from .conditioning import conditional_weights, random_names
from .degrees import MANY, polynomial_in_thin
from .kinks import by_panels, is_kinked, kinked_under_law, over_law, split_at_kinks
from .laws import CONTINUOUS, named_law
from .moving import entered, moved_law
from .tables import is_table, mean_over, whole_table

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


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


def evaluate_expectation(evaluator: Evaluator, node: Expect, scope: Scope) -> Value:
    if polynomial_in_thin(evaluator, node) and not evaluator.averaging:
        evaluator.averaging = True
        try:
            return evaluate_expectation(evaluator, node, scope)
        finally:
            evaluator.averaging = False
    weights: Array | None = None
    if node.under is not None:
        changed = _under(evaluator, node, scope)
        if changed is not None:
            return changed
    if node.given:
        weights = conditional_weights(evaluator, node.given, scope)
    outer = scope
    scope, factor = entered(evaluator, node.args, scope, conditional=bool(node.given))
    args = [evaluator.value(arg, scope) for arg in node.args]
    letters = [each for arg in node.args for each in walk(arg) if isinstance(each, Sym | Index)]
    if letters and all(v.plain(each).shape[-3] == 1 for each in args):
        raise Unsupported(
            "nothing-random", node.span, "Nothing in this expectation is declared as random. Say in prose what is."
        )
    if factor is not None and evaluator.averaging:
        raise Unsupported("too-many-atoms", node.span, MANY)
    kinked = split_at_kinks(evaluator, node, scope, lambda args, weights: _moment(evaluator, node, args, weights))
    if kinked is None and scope is outer:
        kinked = by_panels(evaluator, node, scope, lambda args, weights: _moment(evaluator, node, args, weights))
    if len(scope.bound) > len(outer.bound) and is_kinked(evaluator, node, scope):
        raise Unsupported("kink", node.span, "A law that moves under a kink is not evaluated.")
    return kinked if kinked is not None else _moment(evaluator, node, args, weights, factor)


def _moment(
    evaluator: Evaluator, node: Expect, args: list[Value], weights: Array | None, factor: Value | None = None
) -> Value:
    """The mean, variance or covariance of values over the atoms, with the weights multiplied by `factor`."""
    if node.kind == "E":
        if len(args) != 1:
            raise Unsupported("expectation", node.span, "An expectation takes one argument.")
        return _averaged(evaluator, args[0], weights, factor)
    first = args[0]
    second = args[1] if len(args) > 1 else first
    if node.kind == "Var" and not is_number(first) and shape_of(first)[1] != 1:
        raise Unsupported("variance", node.span, "The variance of a matrix is not evaluated.")
    ma, mb = _averaged(evaluator, first, weights, factor), _averaged(evaluator, second, weights, factor)
    product = v.matmul(v.sub(first, ma), v.transpose(v.sub(second, mb)))
    return _averaged(evaluator, product, weights, factor)


def _averaged(evaluator: Evaluator, x: Value, weights: Array | None, factor: Value | None = None) -> Value:
    """The mean of `x`, with the weights multiplied by `factor`."""
    if factor is not None:
        x = v.times(x, factor)
    if weights is None or weights.ndim == v.CORE:
        return mean_of(evaluator, x, weights)

    # weights (P, A, A): one conditional law for each atom
    def average(a: Array) -> Array:
        if a.shape[-3] == 1:
            return a
        spread = np.broadcast_to(a, (*a.shape[:-4], weights.shape[0], *a.shape[-3:]))
        return np.asarray(np.einsum("pab,...pbrc->...parc", weights, spread))

    return v.linear(average, x)


def _under(evaluator: Evaluator, node: Expect, scope: Scope) -> Value | None:
    r"""`\mathbb{E}_{k \sim q}[…]` over a probability vector; None where the subscript only names what is random."""
    under = whole_table(evaluator, node.under) if node.under is not None else None
    if isinstance(under, Relation) and under.signs == ("~",):
        law = whole_table(evaluator, _called(under))
        under = law if is_table(evaluator, law) else under
    if under is not None and is_table(evaluator, under):
        if node.kind != "E" or len(node.args) != 1 or node.given:
            raise Unsupported("expectation", node.span, "Write this out as expectations of one thing.")
        return mean_over(evaluator, under, node.args[0], scope)
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
    random = set(random_names(evaluator, node.args[0]))
    if names and names >= random and random:
        return None
    raise Unsupported("expectation", node.span, "Over which law is this expectation? Declare it in prose.")


def _called(under: Relation) -> Node:
    r"""`z \\sim q(\\cdot \\mid x)` as `q(z \\mid x)`, `z \\sim q` as `q(z)`."""
    left, law = under.sides[0], under.sides[-1]
    letters = left.items if isinstance(left, Sequence) else (left,)
    if isinstance(law, Prob):
        return Prob(law.name, letters, law.given, law.span)
    if isinstance(law, Sym | Index):
        return Apply(law, letters, law.span)
    return law


def _over_law(evaluator: Evaluator, node: Expect, name: str, law: Law, scope: Scope) -> Value:
    symbol = Symbol(name, node.span, "random", law=law)
    if law.name == "Normal":
        rows = shape_of(evaluator._all(list(law.params), scope, (None, None))[0])[0]
        symbol.rows = Num(Fraction(rows), law.span) if rows > 1 else None
    block = named_law(evaluator, symbol, name, law, evaluator.world.points, 64, scope)
    x = block.values[name]
    drawn = [v.plain(evaluator.value(each, scope, _size_of(law, place, x))) for place, each in enumerate(law.params)]
    moved, factor = moved_law(evaluator, law, x, drawn, scope)
    if law.name in CONTINUOUS and kinked_under_law(evaluator, node, name, x, scope):
        if moved is not None or factor is not None:
            raise Unsupported("kink", node.span, "A law that moves under a kink is not evaluated.")
        return over_law(evaluator, node, name, law, scope, lambda args, w: mean_of(evaluator, args[0], w))
    inner = evaluator.value(node.args[0], scope.with_names({name: x if moved is None else moved}))
    w = block.weights[:, :, None, None]
    if factor is not None:
        inner = v.times(inner, factor)
    return v.linear(lambda a: a if a.shape[-3] == 1 else (a * w).sum(axis=-3, keepdims=True), inner)


def _size_of(law: Law, place: int, x: Array) -> tuple[int | None, int | None]:
    if law.name != "Normal":
        return None, None
    return (x.shape[-2], 1) if place == 0 else (x.shape[-2], x.shape[-2])
