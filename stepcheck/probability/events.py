"""Probabilities of events; those of a continuous variable are measured in quantile space."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, truth_of
from stepcheck.grammar import name_of
from stepcheck.tree import Node, Prob, Sym
from stepcheck.values import Array, Value

from .conditioning import conditional_weights, is_continuous, random_names
from .expectation import _averaged
from .laws import quantile_of

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def evaluate_probability(evaluator: Evaluator, node: Prob, scope: Scope) -> Value:
    if node.name not in ("P", "\\mathrm{Pr}"):
        raise Unsupported("density", node.span, f"`{node.name}` is not declared as a density or a table.")
    if evaluator.world.weights is None:
        raise Unsupported("probability", node.span, "Nothing random is declared here.")
    continuous = [
        name
        for each in (*node.events, *node.given)
        for name in random_names(evaluator, each)
        if is_continuous(evaluator, name)
    ]
    if continuous:
        if len(set(continuous)) > 1 or node.given:
            raise Unsupported("probability", node.span, "Events of several continuous variables are not measured.")
        return _measure(evaluator, node, continuous[0], scope)
    weights = conditional_weights(evaluator, node.given, scope) if node.given else evaluator.world.weights
    if not any(random_names(evaluator, event) for event in node.events):
        raise Unsupported(
            "nothing-random", node.span, "Nothing in this event is declared as random. Say in prose what is."
        )
    truth: Value = v.const(1)
    for event in node.events:
        truth = v.times(truth, _truth_of(evaluator, event, scope))
    return _averaged(evaluator, truth, weights)


def _truth_of(evaluator: Evaluator, event: Node, scope: Scope) -> Value:
    name = name_of(event)
    if name is not None and isinstance(event, Sym):
        raise Unsupported("event", event.span, f"`{name}` is not an event here: write `{name} = x`.")
    return truth_of(evaluator, event, scope)


def _measure(evaluator: Evaluator, node: Prob, name: str, scope: Scope) -> Value:
    """The probability of an event of one continuous variable: its boundaries in quantile space, by bisection."""
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
