"""The weights of the atoms under conditions, and the random names in an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, shape_of, truth_of
from stepcheck.grammar import name_of
from stepcheck.tree import Index, Law, Node, Relation, walk
from stepcheck.values import Array

from .laws import CONTINUOUS

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def conditional_weights(evaluator: Evaluator, given: tuple[Node, ...], scope: Scope) -> Array:
    """Weights (P, A, 1, 1) given an event, or (P, A, A) given variables."""
    w = evaluator.world.weights
    if w is None:
        raise Unsupported("conditioning", given[0].span, "Nothing random is declared to condition on.")
    events = [each for each in given if isinstance(each, Relation)]
    variables = [each for each in given if not isinstance(each, Relation)]
    weights = w
    for event in events:
        is_value = "=" in event.signs
        if is_value and any(is_continuous(evaluator, name) for name in random_names(evaluator, event)):
            why = "Conditioning on one value of a continuous variable is not evaluated."
            raise Unsupported("conditioning", event.span, why)
        truth = v.plain(truth_of(evaluator, event, scope))
        weights = weights * truth
        total = weights.sum(axis=1, keepdims=True)
        if is_value:  # a value that was drawn beside those of the variable says nothing of the claim
            evaluator.pass_over(total <= 0)
        weights = weights / np.where(total > 0, total, np.nan)
    if not variables:
        return weights
    flat = weights[:, :, 0, 0]
    same = np.ones((flat.shape[0], flat.shape[1], flat.shape[1]), dtype=bool)
    if flat.shape[1] > 600:
        raise Unsupported("conditioning", given[0].span, "Conditioning on a continuous variable is not evaluated.")
    for each in variables:
        if any(is_continuous(evaluator, name) for name in random_names(evaluator, each)):
            raise Unsupported("conditioning", each.span, "Conditioning on a continuous variable is not evaluated.")
        x = np.broadcast_to(
            v.plain(evaluator.value(each, scope)), (*flat.shape, *shape_of(evaluator.value(each, scope)))
        )
        same &= np.isclose(x[:, :, None], x[:, None, :]).all(axis=(-1, -2))
    joint = same * flat[:, None, :]
    total = joint.sum(axis=-1, keepdims=True)
    return joint / np.where(total > 0, total, np.nan)


def random_names(evaluator: Evaluator, node: Node) -> list[str]:
    found: dict[str, None] = {}
    for each in walk(node):
        for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
            if name is None:
                continue
            for below in evaluator.depends(name):
                symbol = evaluator.model.symbols.get(below)
                if symbol is not None and symbol.kind == "random":
                    found[below] = None
    return list(found)


def is_continuous(evaluator: Evaluator, name: str) -> bool:
    law = evaluator.model.symbols[name].law
    return isinstance(law, Law) and law.name in CONTINUOUS
