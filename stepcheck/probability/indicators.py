r"""Events as numbers: the indicator of `A \cup B`, `A^c`, `\bar A`, `\bigcap_i A_i`, as an expression of 0 and 1."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from stepcheck.grammar import name_of
from stepcheck.model import Model
from stepcheck.tree import (
    Add,
    Big,
    Call,
    Expect,
    Index,
    Info,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Prob,
    Relation,
    Sym,
    walk,
)  # fmt: skip

T = TypeVar("T", Prob, Expect, Info)
_COMPLEMENTS = {"c", "\\mathrm{c}", "C", "\\complement", "\\mathrm{C}", "\\mathbf{c}"}


def speaks_of_events(model: Model, node: Node) -> bool:
    return any(_is_event(model, each) for each in walk(node))


def _is_event(model: Model, node: Node) -> bool:
    name = name_of(node)
    if name is None:
        return False
    return model.is_event(name) or _barred(model, name) is not None or (
        isinstance(node, Index) and model.is_event(name_of(node.base) or "")
    )  # fmt: skip


def _barred(model: Model, name: str) -> str | None:
    """The event under the bar of `\\bar{A}`, where the note has not given that name to something else."""
    if name.startswith("\\bar{") and name.endswith("}") and not model.is_variable(name):
        inner = name[5:-1]
        return inner if model.is_event(inner) else None
    return None


def indicator_of(model: Model, node: Node) -> Node:
    """The event as an expression with the values 0 and 1."""
    span = node.span
    one = Num(Fraction(1), span)
    match node:
        case Pow(base, exponent) if name_of(exponent) in _COMPLEMENTS:
            return Add(((1, one), (-1, indicator_of(model, base))), span)
        case Post(base, "prime"):
            return Add(((1, one), (-1, indicator_of(model, base))), span)
        case Logic("not", (inner,)):
            return Add(((1, one), (-1, indicator_of(model, inner))), span)
        case Logic("and", parts):
            return Mul(tuple(indicator_of(model, each) for each in parts), span)
        case Logic("or", (left, right)):
            a, b = indicator_of(model, left), indicator_of(model, right)
            return Add(((1, a), (1, b), (-1, Mul((a, b), span))), span)
        case Mul(factors):
            return Mul(tuple(indicator_of(model, each) for each in factors), span)
        case Big(kind, binder, body) if kind in ("max", "min"):
            return Big(kind, binder, indicator_of(model, body), span)
        case Relation():
            return Call("indicator", (node,), span)
        case Sym(name) if _barred(model, name) is not None:
            return Add(((1, one), (-1, Sym(_barred(model, name) or "", span))), span)
        case Sym("\\emptyset"):
            return Num(Fraction(0), span)
        case Sym("\\Omega") if not model.is_variable("\\Omega"):
            return one
        case Index(Sym(name), indices) if _barred(model, name) is not None:
            return Add(((1, one), (-1, Index(Sym(_barred(model, name) or "", span), indices, node.style, span))), span)
        case _:
            return node


def as_event(model: Model, node: Node) -> Node:
    """A condition that is true where the event happens; a node that names no event stays as it is."""
    if isinstance(node, Relation) or not speaks_of_events(model, node):
        return node
    span = node.span
    return Relation((indicator_of(model, node), Num(Fraction(1), span)), ("=",), (span,), span)


def with_events(model: Model, node: T) -> T:
    """`node` with the events that it is taken of, or given, as conditions."""
    if not any("event" in symbol.properties for symbol in model.symbols.values()):
        return node
    given = tuple(as_event(model, each) for each in node.given)
    if isinstance(node, Prob):
        return replace(node, events=tuple(as_event(model, each) for each in node.events), given=given)
    return replace(node, given=given)
