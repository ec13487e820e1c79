"""Relations: what they declare, bound, define or assume."""

from __future__ import annotations

import re

from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Expect, Index, Mul, Node, Prob, Relation, Sequence, SetOf, Special, Sym, walk

from .definitions import define, is_known, is_zero, may_define
from .families import read_family_mention
from .laws import read_law
from .memberships import read_membership
from .names import declared_names, items_of, note_dimension
from .vocabulary import ASSUMING, TRIGGERS


def read_statement(model: Model, node: Node, before: str, after: str, span: Span) -> None:
    match node:
        case SetOf() if re.search(r"\bin\s*$", before):
            pass  # `a random vector in $R^n$`: read with its sentence, where the symbol is known
        case Relation():
            _read_relation(model, node, before, after, span)
        case Sequence(items):
            for item in items:
                if isinstance(item, Relation):
                    _read_relation(model, item, before, after, span)
            read_family_mention(model, node, before)


def _read_relation(model: Model, node: Relation, before: str, after: str, span: Span) -> None:
    sign = node.signs[0]
    if sign == "in":
        read_membership(model, node)
        return
    if sign == "~":
        read_law(model, node)
        return
    if sign == "perp":
        return  # read with its sentence, where it is known what is random
    if sign == ":=":
        define(model, node.sides[0], node.sides[1], span)
        return
    if sign == "=":
        _equation(model, node, before, span)
        return
    _bounds(model, node, span, before)


def _bounds(model: Model, node: Relation, span: Span, before: str) -> None:
    """`\\lambda > 0`, `0 < \\beta < 1`, `\\Sigma \\succ 0`, `x_1, \\dots, x_n > 0`: declare what is new, and assume."""
    for side in node.sides:
        items = items_of(side)
        for name, family, item in declared_names(side):
            if isinstance(item, Special):
                continue
            if name not in model.symbols and name not in model.definitions and _declarable(model, item):
                ordering = any(sign in ("succ", "succeq", "prec", "preceq") for sign in node.signs)
                symbol = Symbol(name, item.span, declared_by="bound")
                if ordering:
                    symbol.rows = symbol.cols = Sym("n", item.span)
                    symbol.declared_by = "order"
                    note_dimension(model, symbol.rows)
                if family is not None:
                    symbol.family = family
                    note_dimension(model, family[1])
                model.declare(symbol)
            elif family is not None and name in model.symbols and model.symbols[name].declared_by == "bound":
                model.symbols[name].family = family
        if len(items) > 1:
            others = [other for other in node.sides if other is not side]
            for item in items:
                if isinstance(item, Special):
                    continue
                for place, sign in enumerate(node.signs):
                    pair = (node.sides[place], node.sides[place + 1])
                    if side in pair:
                        pieces = tuple(item if each is side else each for each in pair)
                        model.assumptions.append(
                            Assumption(Relation(pieces, (sign,), (node.span,), node.span), span, before[-60:])
                        )
            _ = others
    if all(not isinstance(side, Sequence) for side in node.sides):
        model.assumptions.append(Assumption(node, span, before[-60:]))
    for place, sign in enumerate(node.signs):
        left, right = node.sides[place], node.sides[place + 1]
        if sign in ("succ", "succeq") and is_zero(right):
            for name, _, item in declared_names(left):
                if name in model.symbols and isinstance(item, Sym | Index):
                    model.symbols[name].properties.add("spd" if sign == "succ" else "psd")


def _declarable(model: Model, item: Node) -> bool:
    """Whether a bound on `item` may declare it: a plain letter, not an entry of something known."""
    if isinstance(item, Index):
        base = name_of(item.base)
        return base not in model.symbols and base not in model.definitions
    return isinstance(item, Sym)


def _equation(model: Model, node: Relation, before: str, span: Span) -> None:
    left, right = node.sides[0], node.sides[1]
    if any(isinstance(each, Prob) for side in node.sides for each in walk(side)) and isinstance(left, Prob):
        model.probabilities.append(Assumption(node, span, before[-60:]))
        for side in node.sides:
            for each in walk(side):
                if isinstance(each, Prob):
                    for event in (*each.events, *each.given):
                        name = name_of(event.sides[0]) if isinstance(event, Relation) else None
                        if name is not None and name not in model.definitions:
                            model.declare(Symbol(name, each.span, "random")).kind = "random"
        return
    if isinstance(left, Expect) or (isinstance(left, Mul) and any(isinstance(each, Expect) for each in left.factors)):
        if ASSUMING.search(before):
            model.probabilities.append(Assumption(node, span, before[-60:]))
        return
    if isinstance(left, Sequence) and isinstance(right, Sequence) and len(left.items) == len(right.items):
        for name_node, value in zip(left.items, right.items, strict=True):
            _equation(model, Relation((name_node, value), ("=",), (node.span,), node.span), before, span)
        return
    if re.search(r"\b(otherwise|else|or)\s*$", before, re.I):
        return
    if len(node.signs) > 1 and node.signs[1] == "in":
        read_membership(model, Relation(node.sides[1:3], ("in",), node.sign_spans[1:2], span))
        node = Relation((left, right), ("=",), node.sign_spans[:1], span)
    triggered = bool(ASSUMING.search(before)) or bool(TRIGGERS.search(before))
    if len(node.signs) > 1:
        middle = name_of(node.sides[1])
        if middle is not None and not is_known(model, middle) and may_define(model, node.sides[1], node.sides[0]):
            define(model, node.sides[1], node.sides[0], span)
            return
    if may_define(model, left, right):
        define(model, left, right, span)
        for place in range(1, len(node.signs)):
            rest = Relation(node.sides[place : place + 2], node.signs[place : place + 1], node.sign_spans[place:], span)
            if node.signs[place] == "=" and triggered and ASSUMING.search(before):
                model.assumptions.append(Assumption(rest, span, before[-60:]))
            elif node.signs[place] != "=":
                _bounds(model, rest, span, before)
        return
    if ASSUMING.search(before):
        model.assumptions.append(Assumption(node, span, before[-60:]))
