"""Brackets, bars and fences: groups, arguments of a function, events and conditions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import Apply, Call, Deriv, Index, Logic, Node, Num, Post, Prob, Relation, Sequence, Special, Sym

from .names import name_of
from .sets import read_set
from .vocabulary import RELATIONS

if TYPE_CHECKING:
    from .parser import Parser


def read_group(parser: Parser, close: str) -> Node:
    parser.fences.append(close)
    try:
        inner = parser.statement()
        parser.expect(close, "a closing bracket")
    finally:
        parser.fences.pop()
    return inner


def read_bracketed(parser: Parser) -> Node:
    opened = parser.next()
    value = opened.value
    close = {"(": ")", "[": "]", "{lit": "}lit"}[value]
    parser.fences.append(close)
    try:
        inner = parser.statement()
        closed = parser.token
        if not (parser.at(close) or (value in "([" and parser.at("]", ")"))):
            raise parser.unread()
        parser.next()
    finally:
        parser.fences.pop()
    span = opened.span.to(closed.span)
    brackets = value.removesuffix("lit") + closed.value.removesuffix("lit")
    if isinstance(inner, Sequence):
        return Sequence(inner.items, brackets, span)
    if brackets == "{}" and isinstance(inner, Num | Sym):
        return Sequence((inner,), brackets, span) if parser.at("^") else inner
    return inner


def read_barred(parser: Parser, kind: str) -> Node:
    opened = parser.next()
    parser.fences.append(kind)
    try:
        inner = parser.expression()
        if parser.token.kind != kind:
            raise parser.unread()
        closed = parser.next()
    finally:
        parser.fences.pop()
    span = opened.span.to(closed.span)
    if kind == "Vert":
        return Call("norm", (inner,), span)
    return Call("bars", (inner,), span)


def applies(parser: Parser, base: Node) -> bool:
    """Whether the bracket that follows holds the arguments of `base`."""
    if not parser.at("("):
        return False
    head = base
    while isinstance(head, Post) and head.kind in ("prime", "dot"):
        head = head.base
    if isinstance(base, Deriv) and base.style == "gradient" and isinstance(base.body, Sym):
        return True
    name = name_of(head)
    if name is None:
        return False
    if head is base and name in parser.bound:
        return False  # `k(k-1)` inside a sum over k is a product
    if parser.names.is_function(name):
        return not (isinstance(head, Sym) and _stands_bare_inside(parser, head))
    if isinstance(head, Special):
        return False
    if head is not base:
        return True
    root = head.base if isinstance(head, Index) else head
    known = parser.names.is_variable(name) or parser.names.is_variable(name_of(root) or "")
    if isinstance(head, Index) and name_of(root) in ("\\lambda", "\\sigma", "s"):
        return (
            name_of(root) != "s" or not known
        )  # eigenvalues and singular values; resolved by what stands in the bracket
    if isinstance(head, Index) and parser.names.is_function(name_of(root) or ""):
        return True
    return not known


def _stands_bare_inside(parser: Parser, base: Sym) -> bool:
    r"""Whether the bracket holds `base` itself unapplied: `r x (1 - x/K)` of an `x(t)` is a product."""
    depth = 0
    for token, following in pairwise(parser.tokens[parser.place :]):  # the last one is the end
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth == 0:
            return False
        written = f"\\{token.value}" if token.kind == "command" else token.value
        if written == base.name and following.value not in ("(", "'", "_", "^"):
            return True
    return False


def read_application(parser: Parser, head: Node) -> Node:
    opened = parser.expect("(", "an opening bracket")
    args, given, closed = read_arguments(parser, ")")
    span = head.span.to(closed)
    name = name_of(head)
    if given is not None:
        return Prob(name or "p", args, given, span)
    if not args:
        raise NotationError("no-arguments", opened.span.to(closed), "These brackets are empty.")
    return Apply(head, args, span)


def read_arguments(parser: Parser, close: str) -> tuple[tuple[Node, ...], tuple[Node, ...] | None, Span]:
    """Comma-separated arguments up to `close`, and what they are conditioned on, if anything."""
    parser.fences.append("cond")
    args: list[Node] = []
    given: list[Node] | None = None
    try:
        while not parser.at(close):
            target = args if given is None else given
            if parser.at("cdot") and parser.peek().value in ("mid", "|", ")", ",", ";"):
                target.append(Sym("\\cdot", parser.next().span))  # `q(\cdot \mid x)`
            else:
                target.append(_event(parser))
            if parser.accept(",", ";"):
                continue
            if parser.at("mid") or (parser.at("|") and parser.token.value != "|l"):
                if given is not None:
                    raise parser.unread()
                parser.next()
                given = []
                continue
            if not parser.at(close):
                raise parser.unread()
        closed = parser.next().span
    finally:
        parser.fences.pop()
    return tuple(args), None if given is None else tuple(given), closed


def _event(parser: Parser) -> Node:
    return read_more_events(parser, _relation_without_commas(parser), lambda: _relation_without_commas(parser))


def read_more_events(parser: Parser, left: Node, read: Callable[[], Node]) -> Node:
    r"""What follows an event: `\cup B`, `\cap B`, `\setminus B`; `left` itself where nothing does."""
    while parser.at("cup", "cap", "wedge", "vee", "setminus"):
        sign = parser.next().value
        right = read()
        span = left.span.to(right.span)
        if sign == "setminus":
            right = Logic("not", (right,), right.span)
        left = Logic("or" if sign in ("cup", "vee") else "and", (left, right), span)
    return left


def _relation_without_commas(parser: Parser) -> Node:
    sides = [parser.expression()]
    signs: list[str] = []
    spans: list[Span] = []
    while parser.token.kind not in ("letter", "text", "name", "number") and parser.token.value in RELATIONS:
        token = parser.next()
        signs.append(RELATIONS[token.value])
        spans.append(token.span)
        sides.append(read_set(parser) if signs[-1] in ("in", "notin") else parser.expression())
    if not signs:
        return sides[0]
    return Relation(tuple(sides), tuple(signs), tuple(spans), sides[0].span.to(sides[-1].span))


def fenced(name: str, close: str) -> Callable[[Parser, Token], Node]:
    def read(parser: Parser, token: Token) -> Node:
        parser.fences.append(close)
        try:
            body = parser.sequence()
            closed = parser.expect(close, f"`\\{close}`")
        finally:
            parser.fences.pop()
        args = body.items if isinstance(body, Sequence) else (body,)
        if name == "inner" and len(args) != 2:
            raise NotationError("inner-product", token.span.to(closed.span), "An inner product takes two arguments.")
        return Call(name, args, token.span.to(closed.span))

    return read
