"""Sums, products, quotients, powers, and the marks behind a factor: transpose, inverse, factorial."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.errors import NotationError, Span
from stepcheck.tree import Add, Call, Div, Infix, Mul, Node, Num, Post, Pow, Sym
from stepcheck.values import Value

from .calculus import prime
from .entrywise import ENTRYWISE
from .names import is_known
from .shapes import NOTHING, NeedsSize, ShapeClash, Unsupported, Want, is_number, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_sum(evaluator: Evaluator, node: Add, scope: Scope, want: Want) -> Value:
    parts = evaluator._all([term for _, term in node.terms], scope, want)
    total: Value | None = None
    for (sign, term), part in zip(node.terms, parts, strict=True):
        signed = part if sign > 0 else v.neg(part)
        if total is None:
            total = signed
            continue
        left, right = shape_of(total), shape_of(signed)
        if left != right and not ((1, 1) in (left, right) and _spreads(evaluator, node, scope)):
            raise ShapeClash(term.span, left, right, "a sum")
        total = v.add(total, signed)
    assert total is not None
    return total


def _spreads(evaluator: Evaluator, node: Add, scope: Scope) -> bool:
    """Whether a number in this sum is added to each entry of the rest."""
    return scope.entrywise or evaluator.model.spreads or (scope.beside_entries and adds_a_literal(node))


def adds_a_literal(node: Add) -> bool:
    return sum(isinstance(term, Num) for _, term in node.terms) == 1


def evaluate_product(evaluator: Evaluator, node: Mul, scope: Scope, want: Want) -> Value:
    factors = list(node.factors)
    made: list[Value | None] = []
    waiting: NeedsSize | None = None
    for factor in factors:
        try:
            made.append(evaluator.value(factor, scope, NOTHING))
        except NeedsSize as missing:
            waiting = missing
            made.append(None)
    if waiting is not None:
        solid = [place for place, each in enumerate(made) if each is None or not is_number(each)]
        for _ in range(2):
            for at, place in enumerate(solid):
                if made[place] is not None:
                    continue
                before = made[solid[at - 1]] if at else None
                after = made[solid[at + 1]] if at + 1 < len(solid) else None
                rows = shape_of(before)[1] if before is not None else (want[0] if at == 0 else None)
                cols = shape_of(after)[0] if after is not None else (want[1] if at + 1 == len(solid) else None)
                try:
                    made[place] = evaluator.value(factors[place], scope, (rows, cols))
                except NeedsSize as missing:
                    waiting = missing
        if any(each is None for each in made):
            raise waiting
    total: Value | None = None
    for factor, part in zip(factors, made, strict=True):
        assert part is not None
        total = part if total is None else product_of(evaluator, total, part, factor.span, scope)
    assert total is not None
    return total


LARGEST_POWER = 4096
DIFFERENT_POWERS = 12  # more of them in one draw are not told apart


def product_of(evaluator: Evaluator, a: Value, b: Value, span: Span, scope: Scope) -> Value:
    left, right = shape_of(a), shape_of(b)
    if (1, 1) in (left, right):
        return v.times(a, b)
    if scope.entrywise and left == right:
        return v.times(a, b)
    if left[1] != right[0]:
        raise ShapeClash(span, left, right, "a product")
    return v.matmul(a, b)


def evaluate_quotient(evaluator: Evaluator, node: Div, scope: Scope, want: Want) -> Value:
    top = evaluator.value(node.top, scope, want)
    bottom = evaluator.value(node.bottom, scope, NOTHING)
    if not is_number(bottom) and not scope.entrywise:
        raise ShapeClash(node.bottom.span, shape_of(top), shape_of(bottom), "a division: the lower part is no number")
    return v.divide(top, bottom)


def evaluate_power(evaluator: Evaluator, node: Pow, scope: Scope, want: Want) -> Value:
    exponent_node = node.exponent
    if isinstance(node.base, Sym) and node.base.name == "e" and not is_known(evaluator, "e", scope):
        inner = evaluator.value(exponent_node, scope, want)
        return exponential(evaluator, inner, scope, exponent_node.span)
    square = _square_of_norm(evaluator, node, scope)
    if square is not None:
        return square
    base = evaluator.value(node.base, scope, want)
    rows, cols = shape_of(base)
    named = isinstance(node.base, Call) and node.base.name in ENTRYWISE  # `\\tanh^2(z)` of a vector has one meaning
    if (rows, cols) == (1, 1) or scope.entrywise or (cols == 1 and (named or scope.beside_entries)):
        return v.power(base, evaluator.value(exponent_node, scope))
    if rows == cols:
        exponent = _rational(evaluator, exponent_node, scope)
        if exponent is not None and exponent.denominator == 1 and abs(exponent) <= LARGEST_POWER:
            return v.matrix_power(base, int(exponent))
        if exponent is not None and exponent.denominator == 2 and abs(exponent) <= 6:
            root = v.matrix_root(base)
            return v.matrix_power(root, int(exponent * 2))
        chosen = _whole_powers(evaluator, base, exponent_node, scope) if exponent is None else None
        if chosen is not None:
            return chosen
        raise Unsupported("matrix-power", node.span, "Powers of a matrix are read for whole and half exponents.")
    if cols == 1:
        remedy = "A power of a vector is read entry-wise inside `diag` and beside `\\odot` only."
        raise Unsupported("vector-power", node.span, remedy)
    raise ShapeClash(node.span, (rows, cols), (rows, cols), "a power of a matrix that is not square")


def _square_of_norm(evaluator: Evaluator, node: Pow, scope: Scope) -> Value | None:
    """An even power of a Euclidean norm without its root, so that it has a derivative at zero."""
    base, exponent = node.base, node.exponent
    if not isinstance(base, Call) or base.name not in ("norm", "norm2", "normF") or not isinstance(exponent, Num):
        return None
    half = exponent.value / 2
    if half.denominator != 1 or half < 1:
        return None
    inner = evaluator.value(base.args[0], scope)
    if base.name != "normF" and 1 not in shape_of(inner):
        return None
    return v.power(v.total(v.times(inner, inner)), v.const(float(half)))


def _whole_powers(evaluator: Evaluator, base: Value, node: Node, scope: Scope) -> Value | None:
    """Powers by a whole number that differs from point to point, as a declared `$n \\in \\mathbb{N}$` does."""
    try:
        exponents = v.plain(evaluator.number(node, scope))
    except (ShapeClash, NeedsSize):
        return None
    found = np.unique(exponents)
    if exponents.ndim != v.CORE or len(found) > DIFFERENT_POWERS or not np.all(np.mod(found, 1) == 0):
        return None
    if np.abs(found).max() > LARGEST_POWER:
        return None
    total: Value | None = None
    for each in found:
        part = v.times(v.matrix_power(base, int(each)), (exponents == each).astype(float))
        total = part if total is None else v.add(total, part)
    return total


def _rational(evaluator: Evaluator, node: Node, scope: Scope) -> Fraction | None:
    try:
        only = v.only(v.plain(evaluator.number(node, scope)))
    except (ShapeClash, NeedsSize):
        return None
    return None if only is None or not np.isfinite(only) else Fraction(only).limit_denominator(64)


def exponential(evaluator: Evaluator, inner: Value, scope: Scope, span: Span) -> Value:
    rows, cols = shape_of(inner)
    if rows == cols and rows > 1 and not scope.entrywise and not says_entrywise(evaluator):
        return v.matrix_exponential(inner)
    return v.exp(inner)


def says_entrywise(evaluator: Evaluator) -> bool:
    return evaluator.model.says("entry by entry")


def evaluate_mark(evaluator: Evaluator, node: Post, scope: Scope, want: Want) -> Value:
    if node.kind in ("prime", "dot"):
        return prime(evaluator, node, scope)
    if node.kind == "transpose":
        return v.transpose(evaluator.value(node.base, scope, (want[1], want[0])))
    base = evaluator.value(node.base, scope, want if node.kind == "inverse" else NOTHING)
    rows, cols = shape_of(base)
    if node.kind == "factorial":
        if (rows, cols) != (1, 1):
            raise ShapeClash(node.span, (rows, cols), (1, 1), "a factorial of a matrix")
        return factorial_of(base)
    if node.kind == "pinv":
        if 1 in (rows, cols) and not evaluator.model.has_pseudo_inverses:
            remedy = "What the mark behind this means is not said. Define it, or write that a pseudo-inverse is meant."
            raise NotationError("mark", node.span, remedy)
        return v.pseudo_inverse(base)
    if scope.entrywise and (rows, cols) != (1, 1):
        return v.reciprocal(base)
    if rows != cols:
        raise ShapeClash(node.span, (rows, cols), (rows, cols), "the inverse of a matrix that is not square")
    made = v.inverse(base)
    return v.transpose(made) if node.kind == "inverse-transpose" else made


def evaluate_infix(evaluator: Evaluator, node: Infix, scope: Scope, want: Want) -> Value:
    if node.kind == "kron":
        return v.kron(evaluator.value(node.left, scope), evaluator.value(node.right, scope))
    left, right = evaluator._all([node.left, node.right], replace(scope, beside_entries=True), want)
    if shape_of(left) != shape_of(right) and not (scope.entrywise and (1, 1) in (shape_of(left), shape_of(right))):
        raise ShapeClash(node.span, shape_of(left), shape_of(right), "an entry-wise product")
    return v.times(left, right) if node.kind == "hadamard" else v.divide(left, right)


def factorial_of(x: Value) -> Value:
    flat = v.plain(x)
    if np.all(np.equal(np.mod(flat, 1), 0)) and np.all(flat >= 0) and np.all(flat <= 170):
        from scipy.special import factorial

        return np.asarray(factorial(flat, exact=False), dtype=float)
    if np.any(flat < 0):
        return np.where(flat >= 0, np.exp(v.plain(v.gammaln(np.where(flat >= 0, flat, 0) + 1))), np.nan)
    return v.exp(v.gammaln(v.add(x, v.const(1))))
