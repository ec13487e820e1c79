"""Weights that keep what a note says of events: independent, conditionally independent, disjoint, `P(A) = 0.3`.

The atoms stay as they are drawn and their weights move: a factorised law takes the place of the drawn one, and a
probability that is given is met by scaling. What the atoms cannot carry is refused, and the steps are `unchecked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.errors import Span
from stepcheck.evaluate import Scope, Unsupported, truth_of
from stepcheck.grammar import name_of
from stepcheck.tree import Node, Prob, Relation, walk
from stepcheck.values import Array

from .indicators import with_events

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator
    from stepcheck.model import Assumption, Model

MOST_ATOMS = 1_200
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Apart:
    """`sides` are independent of each other given `given`: names of variables or families, each side a group."""

    sides: tuple[tuple[str, ...], ...]
    given: tuple[str, ...]
    span: Span


def keep_dependence(model: Model, evaluator: Evaluator) -> None:
    """Move the weights of the drawn atoms to where they meet what the note says; Unsupported where they cannot."""
    world = evaluator.world
    rules = [rule for rule in model.factored if _is_for_here(model, evaluator, rule)]
    facts = [fact for fact in model.probabilities if _is_fact(model, fact.relation)]
    if world.weights is None or not (rules or facts or model.event_rules):
        return
    weights = np.broadcast_to(world.weights[:, :, 0, 0], (world.points, world.weights.shape[1])).copy()
    if weights.shape[1] > MOST_ATOMS:
        raise Unsupported("dependence", Span(0, 0), "What this note says of dependence has too many values to try.")
    world.weights = weights[:, :, None, None]
    for rule in model.event_rules:
        weights = _kept_under(evaluator, rule, weights)
    weights = _settled(evaluator, rules, facts, weights)
    world.weights = weights[:, :, None, None]


def _kept_under(evaluator: Evaluator, rule: Node, weights: Array) -> Array:
    truth = np.broadcast_to(v.plain(truth_of(evaluator, rule, Scope())), (*weights.shape, 1, 1))[:, :, 0, 0]
    made = weights * truth
    total = made.sum(axis=1, keepdims=True)
    if not np.all(total > 0):
        raise Unsupported("dependence", rule.span, "No outcome is left that agrees with what the note says of events.")
    return np.asarray(made / total)


def members(evaluator: Evaluator, name: str) -> list[Array]:
    """The values of a variable on the atoms, (P, A, r, c), or of each member of a family."""
    world = evaluator.world
    if name in world.families:
        return [v.plain(each) for each in world.families[name].values()]
    root, _, place = name.rpartition("_")
    if name not in world.values and root in world.families and place.isdigit():
        return [v.plain(world.families[root][int(place)])]
    return [v.plain(evaluator.value_of(name))]


def _mass(found: list[Array], weights: Array) -> Array:
    """The mass of all atoms that agree with each atom on these values, (P, A)."""
    points, atoms = weights.shape
    same = np.ones((points, atoms, atoms), dtype=bool)
    for each in found:
        x = np.broadcast_to(each, (points, atoms, *each.shape[-2:]))
        same &= np.isclose(x[:, :, None], x[:, None, :]).all(axis=(-1, -2))
    return np.asarray((same * weights[:, None, :]).sum(axis=-1))


def _is_for_here(model: Model, evaluator: Evaluator, rule: Apart) -> bool:
    """Whether a rule is met by moving weights; single variables that are independent have atoms of their own."""
    names = [name for group in (*rule.sides, rule.given) for name in group]
    random = [name for name in names if any(model.is_random(below) for below in evaluator.depends(name))]
    if not random:
        return False
    tabled = any(model.symbols[name].domain == "finite" for name in names if name in model.symbols)
    return bool(rule.given) or tabled or any(len(side) > 1 for side in rule.sides)


def _is_fact(model: Model, node: Node) -> bool:
    """Whether a given is `P(…) = p` of events."""
    return isinstance(node, Relation) and node.signs == ("=",) and isinstance(node.sides[0], Prob) and any(
        model.is_event(name_of(each) or "") for each in walk(node.sides[0])
    )  # fmt: skip


def _settled(evaluator: Evaluator, rules: list[Apart], facts: list[Assumption], weights: Array) -> Array:
    """Weights that meet all rules and facts at once, by meeting each in turn (iterative proportional fitting)."""
    from stepcheck.sample import free_index_scopes  # which draws by way of this package

    for _ in range(ROUNDS if rules or facts else 0):
        before = weights
        for rule in rules:
            weights = _factorised(evaluator, rule, weights)
        for fact in facts:
            for scope in free_index_scopes(evaluator, fact.relation):
                weights = _raked(evaluator, fact.relation, scope, weights)
        if np.allclose(weights, before, rtol=1e-12, atol=1e-14):
            break
    return weights  # a point at which a fact is still not met is left out with the others that violate a given


def _factorised(evaluator: Evaluator, rule: Apart, weights: Array) -> Array:
    sides = [[each for name in side for each in members(evaluator, name)] for side in rule.sides]
    if all(len(side) == 1 for side in rule.sides):
        sides = [[each] for side in sides for each in side]  # the members of a family, each by itself
    given = [each for name in rule.given for each in members(evaluator, name)]
    under = _mass(given, weights) if given else np.ones_like(weights)
    made = weights / _mass([*given, *[each for side in sides for each in side]], weights) * under
    for side in sides:
        made = made * _mass([*given, *side], weights) / under
    if not np.allclose(made.sum(axis=1), 1, atol=1e-9):
        reason = "The outcomes tried cannot carry the independence that this note states."
        raise Unsupported("dependence", rule.span, reason)
    return made


def _raked(evaluator: Evaluator, fact: Node, scope: Scope, weights: Array) -> Array:
    """Weights scaled within an event and outside of it, so that its probability is the one given."""
    assert isinstance(fact, Relation)
    left = with_events(evaluator.model, fact.sides[0])  # type: ignore[type-var]  # a probability
    assert isinstance(left, Prob)
    evaluator.world.weights = weights[:, :, None, None]
    evaluator.memo.clear()
    wanted = np.broadcast_to(v.plain(evaluator.number(fact.sides[1], scope)), (len(weights), 1, 1, 1))[:, 0, 0, 0]

    def happens(events: tuple[Node, ...]) -> Array:
        made = np.ones_like(weights)
        for event in events:
            made = made * np.broadcast_to(v.plain(truth_of(evaluator, event, scope)), (*weights.shape, 1, 1))[..., 0, 0]
        return made > 0.5

    given = happens(left.given)
    inside = happens(left.events) & given
    outside = given & ~inside
    total = (weights * given).sum(axis=1)
    with np.errstate(all="ignore"):
        up = np.nan_to_num(wanted * total / (weights * inside).sum(axis=1))
        down = np.nan_to_num((1 - wanted) * total / (weights * outside).sum(axis=1))
    made = weights * np.where(inside, up[:, None], np.where(outside, down[:, None], 1.0))
    made = np.where((wanted[:, None] >= 0) & (wanted[:, None] <= 1), made, weights)
    return np.asarray(made / made.sum(axis=1, keepdims=True))
