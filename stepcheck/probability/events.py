"""Probabilities of events; those of a continuous variable are measured in quantile space."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, truth_of
from stepcheck.grammar import name_of
from stepcheck.tree import Law, Node, Prob, Relation, Sym
from stepcheck.values import Array, Value

from .conditioning import conditional_weights, is_continuous, random_names
from .expectation import _averaged
from .laws import distribution_function, quantile_of
from .moving import entered, is_differentiated
from .tables import evaluate_table

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def evaluate_probability(evaluator: Evaluator, node: Prob, scope: Scope) -> Value:
    if node.name in evaluator.model.tables:
        return evaluate_table(evaluator, node, scope)
    if node.name not in ("P", "\\mathrm{Pr}"):
        raise Unsupported("density", node.span, f"`{node.name}` is not declared as a density or a table.")
    if evaluator.world.weights is None:
        raise Unsupported("probability", node.span, "Nothing random is declared here.")
    outer = scope
    scope, factor = entered(evaluator, (*node.events, *node.given), scope, conditional=bool(node.given))
    continuous = [
        name
        for each in (*node.events, *node.given)
        for name in random_names(evaluator, each)
        if is_continuous(evaluator, name)
    ]
    if continuous:
        if len(set(continuous)) > 1 or node.given:
            raise Unsupported("probability", node.span, "Events of several continuous variables are not measured.")
        return _measure(evaluator, node, continuous[0], scope, outer)
    weights = conditional_weights(evaluator, node.given, scope) if node.given else evaluator.world.weights
    if not any(random_names(evaluator, event) for event in node.events):
        raise Unsupported(
            "nothing-random", node.span, "Nothing in this event is declared as random. Say in prose what is."
        )
    truth: Value = v.const(1)
    for event in node.events:
        truth = v.times(truth, _truth_of(evaluator, event, scope))
    return _averaged(evaluator, truth, weights, factor)


def _truth_of(evaluator: Evaluator, event: Node, scope: Scope) -> Value:
    name = name_of(event)
    if name is not None and isinstance(event, Sym):
        raise Unsupported("event", event.span, f"`{name}` is not an event here: write `{name} = x`.")
    if is_differentiated(evaluator, event, scope) and not _is_of_law(evaluator, event):
        raise Unsupported("event", event.span, "The derivative of a probability by what bounds its event is not known.")
    return truth_of(evaluator, event, scope)


def _is_of_law(evaluator: Evaluator, event: Node) -> bool:
    """Whether what is random in the event counts: its probability does not change where a bound does."""
    laws = [evaluator.model.symbols[name].law for name in random_names(evaluator, event)]
    return all(isinstance(law, Law) for law in laws)


def _measure(evaluator: Evaluator, node: Prob, name: str, scope: Scope, outer: Scope) -> Value:
    """The probability of an event of one continuous variable: its boundaries in quantile space, by bisection.

    `outer` is the scope around the probability, in which the parameters of the law stand.
    """
    below = _tail(evaluator, node, name, outer)
    if below is not None:
        return below
    if scope is not outer or any(is_differentiated(evaluator, event, outer) for event in node.events):
        raise Unsupported("event", node.span, "The derivative of the probability of this event is not evaluated.")
    quantile = quantile_of(evaluator, name)
    points = evaluator.world.points
    tail = np.logspace(-15, -3.5, 60)
    grid = np.unique(np.concatenate([tail, np.linspace(0, 1, 1503)[1:-1], 1 - tail]))

    def truth(u: Array) -> Array:
        x = quantile(u)[:, :, None, None]
        inner = scope.with_names({name: x})
        made: Array = np.ones((points, u.shape[1]))
        for event in node.events:
            part = v.plain(truth_of(evaluator, event, inner))
            made = made * np.broadcast_to(part, (points, u.shape[1], 1, 1))[:, :, 0, 0]
        return made > 0.5

    u = np.broadcast_to(grid, (points, grid.size))
    at = truth(u)
    result = np.zeros(points)
    for point in range(points):
        changes = np.flatnonzero(at[point, 1:] != at[point, :-1])
        edges = [0.0]
        for place in changes:
            low, high = grid[place], grid[place + 1]
            left = at[point, place]
            for _ in range(48):
                middle = (low + high) / 2
                probe = np.full((points, 1), middle)
                if truth(probe)[point, 0] == left:
                    low = middle
                else:
                    high = middle
            edges.append((low + high) / 2)
        edges.append(1.0)
        inside = bool(at[point, 0])
        for start, end in pairwise(edges):
            result[point] += (end - start) if inside else 0
            inside = not inside
    return result[:, None, None, None]


def _tail(evaluator: Evaluator, node: Prob, name: str, scope: Scope) -> Value | None:
    """`P(X \\le x)` and `P(X > x)` of a law with a distribution function, which can be differentiated."""
    law = evaluator.model.symbols[name].law
    if not isinstance(law, Law) or len(node.events) != 1:
        return None
    event = node.events[0]
    if not isinstance(event, Relation) or len(event.signs) != 1 or event.signs[0] not in ("<", "<=", ">", ">="):
        return None
    sides, sign = event.sides, event.signs[0]
    if name_of(sides[1]) == name:
        sides, sign = (sides[1], sides[0]), {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[sign]
    if name_of(sides[0]) != name or not isinstance(sides[0], Sym) or name in evaluator.model.definitions:
        return None
    if random_names(evaluator, sides[1]):
        return None
    below = distribution_function(evaluator, law, evaluator.number(sides[1], scope), scope)
    if below is None:
        return None
    return below if sign in ("<", "<=") else v.sub(v.const(1), below)
