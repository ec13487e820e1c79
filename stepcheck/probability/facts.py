"""Facts such as `P(X = 1 | Y = 0) = p`, and the joint table that they fix."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tree import Add, Index, Law, Node, Num, Prob, Relation, Sym, walk
from stepcheck.values import Array

from .blocks import Block
from .indicators import indicator_of, speaks_of_events

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: Node
    given: tuple[tuple[str, Node], ...]
    probability: Node


def facts_of(model: Model) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for assumption in model.probabilities:
        relation = assumption.relation
        if not isinstance(relation, Relation) or any(sign != "=" for sign in relation.signs):
            continue
        value = relation.sides[-1]
        if isinstance(value, Prob):
            continue
        for side in relation.sides[:-1]:
            if not isinstance(side, Prob) or len(side.events) != 1:
                continue
            event = _equality(model, side.events[0])
            given = [_equality(model, each) for each in side.given]
            if event is None or any(each is None for each in given):
                continue
            fact = Fact(event[0], event[1], tuple(each for each in given if each is not None), value)
            found.setdefault(event[0], []).append(fact)
            if event[0] not in model.symbols:
                model.symbols[event[0]] = Symbol(event[0], side.span, "random")
    for name, symbol in model.symbols.items():
        if isinstance(symbol.law, Law) and symbol.law.name == "Bernoulli" and name not in found:
            span = symbol.law.span
            if any(name == each for told in found.values() for fact in told for each, _ in fact.given):
                found[name] = [Fact(name, Num(Fraction(1), span), (), symbol.law.params[0])]
    return found


def _equality(model: Model, node: Node) -> tuple[str, Node] | None:
    """`X = x` as X and x; an event as itself and 1, its complement as itself and 0."""
    if not isinstance(node, Relation) and speaks_of_events(model, node):
        made = indicator_of(model, node)
        if any(symbol.family for each in walk(made) if (symbol := model.symbols.get(name_of(each) or "")) is not None):
            return None
        if any(isinstance(each, Index) and name_of(each) not in model.symbols for each in walk(made)):
            return None  # a member of a family, which is met by weights
        if isinstance(made, Sym | Index) and (name := name_of(made)) is not None:
            return name, Num(Fraction(1), node.span)
        if isinstance(made, Add) and len(made.terms) == 2 and (name := name_of(made.terms[1][1])) is not None:
            return name, Num(Fraction(0), node.span)
        return None
    if isinstance(node, Relation) and node.signs == ("=",):
        name = name_of(node.sides[0])
        if name is not None:
            return name, node.sides[1]
    return None


def table_of(
    model: Model,
    evaluator: Evaluator,
    labels: list[str],
    facts: dict[str, list[Fact]],
    rng: np.random.Generator,
    points: int,
) -> Block:
    """A joint table, variable by variable, each given those before it; what no fact fixes is drawn."""
    supports: dict[str, Array] = {}
    for label in labels:
        symbol = model.symbols[label.partition("\x00")[0]]
        if symbol.choices:
            levels = [float(v.plain(evaluator.value(each)).flat[0]) for each in symbol.choices]
        else:
            levels = sorted({float(v.plain(evaluator.value(fact.value)).flat[0]) for fact in facts.get(label, [])})
            if len(levels) == 1:
                levels = sorted({*levels, 1.0 - levels[0]})
        supports[label] = np.array(levels)
    sizes = [supports[label].size for label in labels]
    atoms = np.indices(sizes).reshape(len(labels), -1)
    weights = np.ones((points, atoms.shape[1]))
    for place, label in enumerate(labels):
        drawn = rng.gamma(1.3, size=(points, *sizes[: place + 1])) + 0.15
        drawn = drawn / drawn.sum(axis=-1, keepdims=True)
        for atom in np.ndindex(*sizes[:place]):
            known = np.full((points, sizes[place]), np.nan)
            for fact in facts.get(label, []):
                if all(
                    each in labels[:place]
                    and np.isclose(
                        supports[each][atom[labels.index(each)]], float(v.plain(evaluator.value(value)).flat[0])
                    )
                    for each, value in fact.given
                ):
                    level = float(v.plain(evaluator.value(fact.value)).flat[0])
                    at = int(np.argmin(np.abs(supports[label] - level)))
                    known[:, at] = np.broadcast_to(
                        v.plain(evaluator.number(fact.probability, Scope())), (points, 1, 1, 1)
                    )[:, 0, 0, 0]
            free = np.isnan(known[0])
            if not free.all():
                left = 1 - np.nansum(known, axis=1)
                share = np.where(free, drawn[(slice(None), *atom)], 0)
                total = share.sum(axis=1, keepdims=True)
                share = share / np.where(total > 0, total, 1) * left[:, None]
                drawn[(slice(None), *atom)] = np.where(free, share, np.nan_to_num(known))
        weights = weights * drawn[(slice(None), *[atoms[k] for k in range(place + 1)])]
    values = {
        label: np.broadcast_to(supports[label][atoms[place]], (points, atoms.shape[1]))[:, :, None, None].copy()
        for place, label in enumerate(labels)
    }
    return Block(weights, values)
