"""What takes the size that fits: `I`, `0`, the ones vector, `e_i`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Node, Num, Sequence, Special, walk
from stepcheck.values import Value

from .shapes import NeedsSize, Unsupported, Want
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_special(evaluator: Evaluator, node: Special, scope: Scope, want: Want) -> Value:
    rows, cols = want
    if rows is None and cols is None and evaluator.model.one_size:
        rows = next(iter(evaluator.world.dims.values()), None)
    if node.size is not None and node.kind in ("ones", "identity") and speaks_of_event(evaluator, node.size):
        from stepcheck.probability import indicator_of  # which rests on this package

        return evaluator.number(indicator_of(evaluator.model, node.size), scope)
    sizes: list[int] = []
    if node.size is not None and node.kind != "basis":
        items = node.size.items if isinstance(node.size, Sequence) else (node.size,)
        sizes = [evaluator.integer(each, scope) for each in items]
        if min(sizes) < 0:
            raise Unsupported("size", node.span, "A size below zero stands here.")
    if node.kind == "identity":
        if "I" in scope.bound:
            return scope.bound["I"]
        size = sizes[0] if sizes else rows or cols
        if size is None:
            raise NeedsSize(node.span, "I")
        return np.eye(size)[None, None]
    if node.kind == "ones":
        if sizes:
            return np.ones((1, 1, sizes[0], sizes[1] if len(sizes) > 1 else 1))
        if rows is None:
            raise NeedsSize(node.span, "\\mathbf{1}")
        return np.ones((1, 1, rows, cols or 1))
    if node.kind == "zeros":
        if sizes:
            return np.zeros((1, 1, sizes[0], sizes[1] if len(sizes) > 1 else 1))
        if rows is None:
            raise NeedsSize(node.span, "\\mathbf{0}")
        return np.zeros((1, 1, rows, cols or 1))
    if node.kind == "basis":
        if rows is None and len(evaluator.world.dims) == 1:
            rows = next(iter(evaluator.world.dims.values()), None)
        if rows is None or node.size is None:
            raise NeedsSize(node.span, "e_i")
        made = np.zeros((1, 1, rows, 1))
        place = evaluator.integer(node.size, scope) - 1
        if not 0 <= place < rows:
            raise Unsupported("index", node.span, "This index is outside of the space.")
        made[..., place, 0] = 1
        return made
    if node.kind == "infinity":
        return v.const(np.inf)
    raise Unsupported("ellipsis", node.span, "Dots are read in lists only. Write a sum.")


def speaks_of_event(evaluator: Evaluator, node: Node) -> bool:
    """Whether `\\mathbf{1}_A` is the indicator of an event."""
    return any(evaluator.model.is_event(name_of(each) or "") for each in walk(node))


def is_plain_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (
        isinstance(node, Special) and node.kind == "zeros" and node.size is None
    )
