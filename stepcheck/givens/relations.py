"""Relations: what they declare, bound, define or assume."""

from __future__ import annotations

import re

from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.probability import indicator_of, speaks_of_events
from stepcheck.tree import (
    Add,
    Call,
    Div,
    Expect,
    Index,
    Logic,
    Mul,
    Node,
    Num,
    Pow,
    Prob,
    Relation,
    Sequence,
    SetOf,
    Special,
    Sym,
    walk,
)

from .definitions import define, is_known, is_zero, may_define
from .equations import quality_of
from .events import declare_event
from .families import define_columns, read_family_mention
from .laws import name_law, read_law
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
    if sign == "subset" and len(node.sides) == 2 and all(model.is_event(name_of(side) or "") for side in node.sides):
        order = Relation(node.sides, ("<=",), node.sign_spans, node.span)
        model.event_rules.append(order)
        return
    if sign == ":=":
        if not name_law(model, node.sides[0], node.sides[1]):
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
    if isinstance(left, Logic) and speaks_of_events(model, left):
        sides = (indicator_of(model, left), indicator_of(model, right))
        model.event_rules.append(Relation(sides, ("=",), node.sign_spans[:1], span))
        return
    if any(isinstance(each, Prob) for side in node.sides for each in walk(side)) and isinstance(left, Prob):
        model.probabilities.append(Assumption(node, span, before[-60:]))
        for side in node.sides:
            for each in walk(side):
                if isinstance(each, Prob):
                    for event in (*each.events, *each.given):
                        name = name_of(event.sides[0]) if isinstance(event, Relation) else None
                        if name is not None and name not in model.definitions:
                            model.declare(Symbol(name, each.span, "random")).kind = "random"
                        _declare_events(model, event)
        return
    if isinstance(left, Expect) or (isinstance(left, Mul) and any(isinstance(each, Expect) for each in left.factors)):
        if ASSUMING.search(before) and not _says_uncorrelated(model, node):
            model.probabilities.append(Assumption(node, span, before[-60:]))
        return
    if isinstance(left, Sequence) and isinstance(right, Sequence) and len(left.items) == len(right.items):
        for name_node, value in zip(left.items, right.items, strict=True):
            _equation(model, Relation((name_node, value), ("=",), (node.span,), node.span), before, span)
        return
    if re.search(r"\b(otherwise|else|or)\s*$", before, re.I):
        return
    if _squared(left) is not None and not is_known(model, name_of(_squared(left) or left) or ""):
        root = _squared(left) or left  # `S^2 = …` gives `S` its meaning
        left, right = root, Call("sqrt", (right,), right.span)
        node = Relation((left, right, *node.sides[2:]), node.signs, node.sign_spans, node.span)
    if node.signs[1:2] == ("in",) and isinstance(right, Sequence) and isinstance(left, Sym):
        read_membership(model, Relation((left, node.sides[2]), ("in",), node.sign_spans[1:2], span))
        define_columns(model, left.name, right)
        return
    if len(node.signs) > 1 and node.signs[1] == "in":
        read_membership(model, Relation(node.sides[1:3], ("in",), node.sign_spans[1:2], span))
        node = Relation((left, right), ("=",), node.sign_spans[:1], span)
    instance = bool(_INSTANCE.search(before) or _WITH_FIRST.match(before)) and _is_plain(right)
    if instance and model.below and model.leads and _is_size_as_number(model, node):
        model.sizes.append(Assumption(node, span, "instance"))
        return
    if model.below and _is_size_as_number(model, node):
        example = bool(_EXAMPLE.search(before))
        if model.leads or not example:
            model.sizes.append(Assumption(node, span, "this display" if example else before[-60:]))
        return
    if instance and (_is_declared(model, left) or _is_size_as_number(model, node)):
        if model.leads:
            model.sizes.append(Assumption(node, span, "instance"))
        else:  # of nothing that is claimed here: not to be taken for a given of the note
            model.unread.setdefault(name_of(left) or "", "a value in a sentence that leads to no display")
        return
    triggered = bool(ASSUMING.search(before)) or bool(TRIGGERS.search(before))
    if len(node.signs) > 1:
        middle = name_of(node.sides[1])
        if middle is not None and not is_known(model, middle) and may_define(model, node.sides[1], node.sides[0]):
            define(model, node.sides[1], node.sides[0], span)
            return
    if may_define(model, left, right):
        if not name_law(model, left, right):
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
        quality = quality_of(model, node)
        if quality is not None:
            model.symbols[quality[0]].properties.add(quality[1])


# A value for what is declared as free: of the claims that this sentence leads to, and not of the note.
_INSTANCE = re.compile(
    r"\b(?:setting|putting|taking|choosing|substituting|plugging in|specialising to|specializing to|when|if|at|for"
    r"|in the (?:\w+ )?case(?: of| that| where| when)?)\s*(?:§\s*(?:,|and|,\s*and)\s*)*$",
    re.I,
)
# “With $b = 1$ we get”; within a sentence “with” may say what is given
_WITH_FIRST = re.compile(
    r"\W*(?:(?:then|now|thus|hence|so|finally|first|next|and|also|indeed|for example|in particular|here)\W+)*"
    r"with\s+(?:§\s*(?:,|and|,\s*and)\s*)*$",
    re.I,
)


def _is_declared(model: Model, left: Node) -> bool:
    symbol = model.symbols.get(name_of(left) or "")
    is_free = symbol is not None and symbol.kind == "value" and symbol.declared_by in ("declared", "bound")
    return is_free and symbol is not None and symbol.name not in model.definitions and "index" not in symbol.properties


def _is_plain(right: Node) -> bool:
    """A number, or one letter."""
    return all(isinstance(each, Num | Sym | Special | Add | Mul | Div) for each in walk(right)) and (
        sum(isinstance(each, Sym) for each in walk(right)) <= 1
    )


# An instance by the way, and no word on what is claimed below it.
_EXAMPLE = re.compile(
    r"\b(?:with|say|typically|in practice|example|at)\W*$|\b(?:for instance|for example|e\.g\.)",
    re.I,
)


def _is_size_as_number(model: Model, node: Relation) -> bool:
    """Whether `node` gives a number to a size: `$d = 64$`."""
    symbol = model.symbols.get(name_of(node.sides[0]) or "")
    return symbol is not None and symbol.kind == "dimension" and node.signs == ("=",) and isinstance(node.sides[1], Num)


def _declare_events(model: Model, event: Node) -> None:
    """Letters that a given probability is of, as `A` in `$P(A) = 0.3$`."""
    for each in walk(event) if not isinstance(event, Relation) else ():
        is_letter = isinstance(each, Sym) and len(each.name) == 1 and each.name.isupper()
        if isinstance(each, Sym) and is_letter and not is_known(model, each.name):
            declare_event(model, each.name, each.span)


def _says_uncorrelated(model: Model, node: Relation) -> bool:
    r"""`\operatorname{Cov}(X, Y) = 0` and `E[XY] = E[X] E[Y]` make two variables uncorrelated."""
    left, right = node.sides[0], node.sides[1]
    if not isinstance(left, Expect) or left.given or left.under is not None:
        return False
    if left.kind == "Cov" and len(left.args) == 2 and is_zero(right):
        names = [name_of(arg) for arg in left.args]
    elif left.kind == "E" and isinstance(left.args[0], Mul) and isinstance(right, Mul):
        names = [name_of(each) for each in left.args[0].factors]
        means = [name_of(each.args[0]) if isinstance(each, Expect) else None for each in right.factors]
        if names != means:
            return False
    else:
        return False
    found = tuple(name for name in names if name is not None)
    if len(found) != 2 or found[0] == found[1]:
        return False
    model.uncorrelated.append(frozenset(found))
    return True


def _squared(left: Node) -> Node | None:
    """The symbol whose square stands on the left of a definition."""
    if isinstance(left, Pow) and isinstance(left.exponent, Num) and left.exponent.value == 2:
        return left.base if isinstance(left.base, Sym | Index) else None
    return None
