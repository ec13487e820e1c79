r"""Memberships: `x \in \mathbb{R}^n`, `p \in \Delta^{K-1}`, `k \in \{1, \dots, K\}`."""

from __future__ import annotations

from fractions import Fraction

from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Add, Apply, Index, Node, Num, Pow, Relation, SetOf, Special, Sym, Words

from .names import declared_names, none_if_one, note_dimension, note_dimensions


def read_membership(model: Model, node: Relation) -> None:
    stated = node.sides[1]
    target = stated if isinstance(stated, SetOf) else _named_set(stated)
    if target is None:
        return
    if target is stated:
        note_dimensions(model, target)
    for name, family, item in declared_names(node.sides[0]):
        symbol = _symbol_in(model, name, item, target)
        if symbol is None:
            continue
        if family is not None:
            symbol.family = family
            note_dimension(model, family[1])
        declared = model.declare(symbol)
        if family is not None:
            declared.family = family
    extra = node.signs[1:]
    if extra:  # `x \in R, x > 0` came as one chain only in odd notes
        return


def _named_set(node: Node) -> SetOf | None:
    if isinstance(node, Pow) and isinstance(node.base, Sym):
        base = _named_set(node.base)
        return SetOf(base.kind, (node.exponent,), (), node.span) if base is not None else None
    if isinstance(node, Apply | Index) and (name_of(node.head if isinstance(node, Apply) else node.base) or "") in (
        "O", "\\mathrm{O}", "\\mathrm{SO}", "\\mathcal{O}"
    ):  # fmt: skip
        size = node.args[0] if isinstance(node, Apply) else node.indices[0]
        return SetOf("orthogonal", (size,), (), node.span)
    return None


def _symbol_in(model: Model, name: str, item: Node, target: SetOf) -> Symbol | None:
    kind = target.kind
    symbol = Symbol(name, item.span)
    if kind.startswith(("reals", "naturals", "integers", "complexes", "rationals", "symmetric")):
        if kind.startswith("symmetric"):
            symbol.rows = symbol.cols = target.dims[0] if target.dims else Sym("n", target.span)
            plus = kind.count("+")
            symbol.properties.add(("symmetric", "psd", "spd")[min(plus, 2)])
            return symbol
        if target.dims:
            symbol.rows = none_if_one(target.dims[0])
            symbol.cols = none_if_one(target.dims[1]) if len(target.dims) > 1 else None
            if len(target.dims) > 2:
                return None
        if kind.startswith("naturals"):
            symbol.domain = "natural"
        elif kind.startswith("integers"):
            symbol.domain = "integer"
        elif kind.startswith("complexes"):
            symbol.domain = "complex"
        if kind.endswith("++"):
            symbol.properties.add("positive")
        elif kind.endswith("+"):
            symbol.properties.add("nonnegative")
        return symbol
    if kind == "simplex":
        top = target.dims[0]
        symbol.rows = _plus_one(top)
        symbol.properties.add("simplex")
        return symbol
    if kind == "orthogonal":
        symbol.rows = symbol.cols = target.dims[0]
        symbol.properties.add("orthogonal")
        return symbol
    if kind.startswith("interval"):
        low, high = target.dims[0], target.dims[1]
        if kind.endswith("power"):
            symbol.rows = target.dims[2]
        open_low = isinstance(target.items[0], Words) and target.items[0].text.startswith("(")
        open_high = isinstance(target.items[0], Words) and target.items[0].text.endswith(")")
        span = target.span
        variable: Node = item
        signs = ("<" if open_low else "<=", "<" if open_high else "<=")
        model.assumptions.append(
            Assumption(Relation((low, variable, high), signs, (span, span), span), item.span, "interval")
        )
        return symbol
    if kind.startswith("finite"):
        if kind.endswith("power"):
            symbol.rows = none_if_one(target.dims[0])
            symbol.cols = none_if_one(target.dims[1]) if len(target.dims) > 1 else None
        if any(isinstance(each, Special) and each.kind == "ellipsis" for each in target.items):
            symbol.domain = "natural"
            first, last = target.items[0], target.items[-1]
            span = target.span
            relation = Relation((first, item, last), ("<=", "<="), (span, span), span)
            model.assumptions.append(Assumption(relation, item.span, "range"))
            note_dimension(model, last)
            symbol.properties.add("index")
            return symbol
        symbol.domain, symbol.choices = "finite", target.items
        return symbol
    return None


def _plus_one(top: Node) -> Node:
    """`K - 1` to `K`."""
    if isinstance(top, Add) and len(top.terms) == 2 and top.terms[1][0] == -1:
        last = top.terms[1][1]
        if isinstance(last, Num) and last.value == 1:
            return top.terms[0][1]
    return Add(((1, top), (1, Num(Fraction(1), top.span))), top.span)
