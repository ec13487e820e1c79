r"""Applications: of functions of the note, of their derivatives, and of `\lambda_i` and `\sigma_i` to matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Deriv, Index, Node, Post, Sym
from stepcheck.values import Value

from .calculus import derivative, derivative_of_function
from .definitions import apply_function
from .shapes import ShapeClash, Unsupported, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_application(evaluator: Evaluator, node: Apply, scope: Scope) -> Value:
    head = node.head
    primes = 0
    while isinstance(head, Post) and head.kind in ("prime", "dot"):
        primes, head = primes + 1, head.base
    if isinstance(head, Deriv) and isinstance(head.body, Sym):
        made = Deriv(Apply(head.body, node.args, node.span), head.wrt, head.style, node.span)
        return derivative(evaluator, made, scope)
    name = name_of(head)
    if primes:
        return derivative_of_function(evaluator, name, node, scope, primes)
    if name in evaluator.model.tables:
        from stepcheck.probability import evaluate_table  # which rests on this package

        return evaluate_table(evaluator, node, scope)
    spectral = _spectral(evaluator, head, node, scope)
    if spectral is not None:
        return spectral
    if name is None:
        raise Unsupported("application", node.span, "What is applied here is not a function.")
    return apply_function(evaluator, name, [evaluator.value(arg, scope) for arg in node.args], node, scope)


def _spectral(evaluator: Evaluator, head: Node, node: Apply, scope: Scope) -> Value | None:
    r"""`\lambda_{\max}(A)`, `\lambda_i(A)`, `\sigma_{\max}(A)`, `\sigma_i(A)`."""
    name = name_of(head) or ""
    root = name.split("_")[0]
    if root not in ("\\lambda", "\\sigma", "s") or "_" not in name or len(node.args) != 1:
        return None
    if name in evaluator.model.definitions or root in evaluator.model.definitions:
        return None
    inner = evaluator.value(node.args[0], scope)
    rows, cols = shape_of(inner)
    extreme = name.split("_", 1)[1] in ("max", "min") and name not in evaluator.model.symbols
    if (rows, cols) == (1, 1) and not extreme:  # a factor, where no size is 1
        return None
    if root == "\\lambda":
        if rows != cols:
            raise ShapeClash(node.span, (rows, cols), (rows, cols), "an eigenvalue of a matrix that is not square")
        flat = v.plain(inner)
        if not np.allclose(flat, np.swapaxes(flat, -1, -2), atol=1e-8 * (1 + np.abs(flat).max()), equal_nan=True):
            raise Unsupported("eigenvalue", node.span, "Eigenvalues are evaluated for symmetric matrices only.")
        found = v.eigenvalues(inner)
    else:
        found = v.singular_values(inner)
    count = shape_of(found)[0]
    which = name.split("_", 1)[1]
    if which == "max":
        return v.entry(found, 0, 0)
    if which == "min":
        return v.entry(found, count - 1, 0)
    assert isinstance(head, Index)
    place = evaluator.integer(head.indices[0], scope)
    if not 1 <= place <= count:
        raise Unsupported("index", node.span, "There is no such eigenvalue.")
    return v.entry(found, place - 1, 0)
