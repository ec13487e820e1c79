r"""Entries with laws: `$w_i \sim \mathcal{N}(0, \sigma^2)$` for `$i = 1, \dots, n$`, or of a declared array.

What a note says of `w_i` it says of each: they become a family over the range of the index, or the one array that they
are the entries of. Where neither is found, `w_i` stays one variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tree import Big, Index, Node, Num, Relation, Sequence, Special, Sym, walk


def read_entries(model: Model, node: Relation) -> bool:
    r"""`W_{ij} \sim …` of entries of a declared array. False where the left side is nothing of the kind."""
    left = node.sides[0]
    if not isinstance(left, Index) or not all(isinstance(each, Sym) for each in left.indices):
        return False
    symbol = model.symbols.get(name_of(left.base) or "")
    if symbol is None or symbol.kind not in ("value", "random") or symbol.family is not None:
        return False
    wanted = 2 if symbol.cols is not None else 1
    if symbol.rows is None or len(left.indices) != wanted:
        return False
    if any(isinstance(each, Sym) and each.name in _letters(left) for each in walk(node.sides[-1])):
        return False  # each has a law of its own
    symbol.kind, symbol.law = "random", node.sides[-1]
    symbol.properties.add("entries")
    return True


def _letters(left: Index) -> set[str]:
    return {each.name for each in left.indices if isinstance(each, Sym)}


def note_range(model: Model, node: Node) -> None:
    r"""`i = 1, \dots, n` beside a law."""
    if isinstance(node, Relation) and node.signs == ("=",) and isinstance(node.sides[0], Sym):
        ends = node.sides[1]
        if isinstance(ends, Sequence) and any(isinstance(each, Special) for each in ends.items):
            model.index_ranges[node.sides[0].name] = (ends.items[0], ends.items[-1])


def fit_families(model: Model, parts: list[Node]) -> None:
    """Make families of the `w_i` that stand for all of them, over the ranges that the note gives their index."""
    bodies = [*parts, *(definition.body for definition in model.definitions.values())]
    for name, (base, index) in list(model.indexed.items()):
        symbol = model.symbols.get(name)
        if symbol is None or symbol.kind != "random" or symbol.law is None or base in model.symbols:
            continue
        if any(isinstance(each, Sym) and each.name == index for each in walk(symbol.law)):
            continue
        ends = model.index_ranges.get(index) or next(_ranges(model, bodies, name, index), None)
        if ends is None:
            continue
        del model.symbols[name]
        symbol.name, symbol.family = base, ends
        model.symbols[base] = symbol
        model.definitions.pop(index, None)
        for groups in (model.independent, model.identical, model.uncorrelated):
            groups[:] = [frozenset(base if each == name else each for each in group) for group in groups]
        model.apart[:] = [
            tuple(frozenset(base if each == name else each for each in side) for side in sides) for sides in model.apart
        ]


def _ranges(model: Model, bodies: list[Node], name: str, index: str) -> Iterator[tuple[Node, Node]]:
    """Over what sums of `w_i` run: as they say themselves, or as a vector beside it is long."""
    for body in bodies:
        for each in walk(body):
            if not isinstance(each, Big) or index not in each.binder.names:
                continue
            if not any(name_of(below) == name for below in walk(each.body)):
                continue
            if each.binder.low is not None and each.binder.high is not None:
                yield each.binder.low, each.binder.high
            for below in walk(each.body):
                if isinstance(below, Index) and len(below.indices) == 1 and name_of(below.indices[0]) == index:
                    vector: Symbol | None = model.symbols.get(name_of(below.base) or "")
                    if vector is not None and vector.rows is not None and vector.cols is None:
                        yield Num(Fraction(1), below.span), vector.rows
