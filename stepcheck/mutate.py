"""Slips of our own: a sign, a transpose, an order, a factor. A sample that lets them pass was too weak.

A slip changes one place of one side. Whether it changes anything is not seen from its form: the transpose of a
symmetric matrix, of a number or of `x^T x`, the sign of a term that is zero and a factor on a side that is zero change
nothing. So `guard` compares the slip with the side it came from at the points, and passes over those that are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice, zip_longest
from typing import Literal

from .rewrite import rewritten
from .tree import Add, Big, Call, Index, Mul, Node, Num, Post, Pow, Sym, walk

Kind = Literal["transpose", "order", "letter", "term", "sign", "index", "operation", "factor", "negation"]
Side = Literal["left", "right"]
LEFT: Side = "left"
RIGHT: Side = "right"
PLACES = 3  # of one kind in one side, each tried where the one before changes nothing

FORGOTTEN = {"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "abs", "tr", "logdet"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A claim with one slip: `node` in the place of the side called `side`, or that side `times` a number."""

    kind: Kind
    side: Side
    node: Node
    times: float | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """Of a claim: the letters that are no numbers, and for a letter another of its shape that it may be taken for."""

    matrices: frozenset[str] = frozenset()
    twins: Mapping[str, str] = field(default_factory=dict)


NO_LETTERS = Letters()


def mutants(left: Node, right: Node, letters: Letters = NO_LETTERS) -> Iterator[Mutant]:
    """Wrong twins of `left = right`, a different kind each time round, the telling kinds first.

    `letters` says which factors may be exchanged, and which letters may be taken for one another.
    """
    rounds = zip_longest(*(_of_kind(kind, change, left, right, letters) for kind, change in SLIPS.items()))
    yield from (each for each in chain.from_iterable(rounds) if each is not None)
    yield from whole_mutants(left, right)


def whole_mutants(left: Node, right: Node) -> Iterator[Mutant]:
    """A factor or a sign on a whole side: slips that cost no evaluation."""
    for side, node in ((RIGHT, right), (LEFT, left)):
        yield Mutant("factor", side, node, times=2.0)
        yield Mutant("negation", side, node, times=-1.0)


Change = Callable[[Node, Letters], Iterator[Node]]


def _of_kind(kind: Kind, change: Change, left: Node, right: Node, letters: Letters) -> Iterator[Mutant]:
    for side, node in ((RIGHT, right), (LEFT, left)):
        made = (_swapped(node, place, slip) for place in walk(node) for slip in change(place, letters))
        for wrong in islice(made, PLACES):
            yield Mutant(kind, side, wrong)


def _swapped(node: Node, place: Node, slip: Node) -> Node:
    return rewritten(node, lambda each: slip if each is place else None)


def _double(node: Node) -> Node:
    return Mul((Num(Fraction(2), node.span), node), node.span)


def _transpose(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Post) and node.kind == "transpose":
        yield node.base
    if isinstance(node, Post) and node.kind == "inverse-transpose":
        yield replace(node, kind="inverse")


def _order(node: Node, letters: Letters) -> Iterator[Node]:
    if not isinstance(node, Mul):
        return
    for place in range(len(node.factors) - 1):
        first, second = node.factors[place : place + 2]
        if _holds_one(first, letters.matrices) and _holds_one(second, letters.matrices):
            yield replace(node, factors=(*node.factors[:place], second, first, *node.factors[place + 2 :]))


def _holds_one(node: Node, names: Collection[str]) -> bool:
    return any(isinstance(each, Sym) and each.name in names for each in walk(node))


def _term(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Add) and len(node.terms) > 1:
        yield replace(node, terms=node.terms[:-1])


def _sign(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Add) and len(node.terms) > 1:
        *before, (sign, last) = node.terms
        yield replace(node, terms=(*before, (-sign, last)))


def _letter(node: Node, letters: Letters) -> Iterator[Node]:
    if isinstance(node, Sym) and node.name in letters.twins:
        yield replace(node, name=letters.twins[node.name])


def _index(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Index) and len(node.indices) == 2 and node.indices[0] != node.indices[1]:
        yield replace(node, indices=node.indices[::-1])
    if isinstance(node, Big) and node.binder.low is not None:
        low = node.binder.low
        later = Add(((1, low), (1, Num(Fraction(1), low.span))), low.span)
        yield replace(node, binder=replace(node.binder, low=later))


def _operation(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Call) and node.name in FORGOTTEN and len(node.args) == 1:
        yield node.args[0]
    if isinstance(node, Pow) or (isinstance(node, Post) and node.kind in ("inverse", "factorial")):
        yield node.base


def _factor(node: Node, _: Letters) -> Iterator[Node]:
    if isinstance(node, Add) and len(node.terms) > 1:
        (sign, first), *rest = node.terms
        yield replace(node, terms=((sign, _double(first)), *rest))


SLIPS: dict[Kind, Change] = {
    "transpose": _transpose,
    "order": _order,
    "sign": _sign,
    "index": _index,
    "letter": _letter,
    "operation": _operation,
    "factor": _factor,
    "term": _term,
}
