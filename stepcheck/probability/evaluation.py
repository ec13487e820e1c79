"""Which function evaluates which node of probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stepcheck.evaluate import Scope, Unsupported
from stepcheck.tree import Expect, Info, Law, Prob
from stepcheck.values import Value

from .conditioning import random_names
from .degrees import MANY
from .events import evaluate_probability
from .expectation import evaluate_expectation
from .indicators import with_events
from .information import evaluate_information
from .laws import evaluate_density

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

POINTS = 8


def probable(evaluator: Evaluator, node: Expect | Prob | Info | Law, scope: Scope) -> Value:
    match node:
        case Expect():
            return evaluate_expectation(evaluator, with_events(evaluator.model, node), scope)
        case Prob() | Info() if any(_few_or_many(evaluator, name) for name in random_names(evaluator, node)):
            raise Unsupported("too-many-atoms", node.span, MANY)
        case Prob():
            return evaluate_probability(evaluator, with_events(evaluator.model, node), scope)
        case Info():
            return evaluate_information(evaluator, with_events(evaluator.model, node), scope)
        case Law():
            return evaluate_density(evaluator, node, scope)
        case _:
            assert_never(node)


def _few_or_many(evaluator: Evaluator, name: str) -> bool:
    """Whether a variable has few nodes, or is an array with one law for all its entries."""
    return name in evaluator.world.thin or "entries" in evaluator.model.symbols[name].properties
