r"""Operators with an index below: `\sum`, `\prod`, `\max`, `\argmin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import Big, Binder, Call, Logic, Node, Post, Relation, Sequence, Sym

from .brackets import read_arguments, read_group
from .names import name_of
from .products import read_tight_product

if TYPE_CHECKING:
    from .parser import Parser


def read_big(parser: Parser, kind: str, span: Span) -> Node:
    low_tokens: list[Token] | None = None
    high: Node | None = None
    while parser.at("_", "^"):
        if parser.accept("_"):
            low_tokens = parser.script_tokens()
        else:
            parser.next()
            inner = parser.inner(parser.script_tokens())
            high = inner.finished(inner.expression())
    if kind in ("max", "min", "sup", "inf") and low_tokens is None:
        return _extremum_of_list(parser, kind, span)
    if low_tokens is None:
        raise parser.error("no-index", f"Over what does this {kind} run? Write an index below it.")
    binder = _binder(parser, low_tokens, high)
    outside = parser.bound
    parser.bound = outside | set(binder.names)
    try:
        body = parser.product() if kind in ("sum", "prod") else _extremum_body(parser)
    finally:
        parser.bound = outside
    return Big(kind, binder, body, span.to(body.span))  # type: ignore[arg-type]  # one of the kinds


def _extremum_body(parser: Parser) -> Node:
    if parser.at("{lit"):
        parser.next()
        return read_group(parser, "}lit")
    return parser.signed_product()


def _extremum_of_list(parser: Parser, kind: str, span: Span) -> Node:
    if parser.at("(", "[", "{lit"):
        opened = parser.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = read_arguments(parser, close)
        if given is not None:
            raise NotationError("conditioning", span, "A bar inside this bracket is not read.")
        return Call(kind, args, span.to(closed))
    arg = read_tight_product(parser)
    return Call(kind, (arg,), span.to(arg.span))


def _binder(parser: Parser, tokens: list[Token], high: Node | None) -> Binder:
    inner = parser.inner([token for token in tokens if token.value != "substack"])
    parts: list[Node] = []
    while inner.token.kind != "end":
        statement = inner.statement()
        items = statement.items if isinstance(statement, Sequence) else (statement,)
        parts += items
        if not inner.accept("row", ",", ":", "|", "mid"):
            break
    if inner.token.kind != "end" or not parts:
        raise inner.unread()
    names: list[str] = []
    low: Node | None = None
    conditions: list[Node] = []
    for part in parts:
        name = _index_name(part)
        if name is not None:
            names.append(name)
            continue
        if not isinstance(part, Relation):
            raise NotationError("binder", part.span, "This index is not read. Write `i = 1` or `i`.")
        flat = part
        first = _index_name(flat.sides[0]) if not isinstance(flat.sides[0], Sequence) else None
        if flat.signs[0] == "=" and first is not None and len(flat.signs) == 1:
            names.append(first)
            low = flat.sides[1]
            continue
        listed = flat.sides[0].items if isinstance(flat.sides[0], Sequence) else ()
        several = [_index_name(each) for each in listed]
        if flat.signs == ("=",) and several and all(several):  # `i, j = 1` below, `n` above
            names += [each for each in several if each is not None]
            low = flat.sides[1]
            continue
        conditions.append(flat)
        for side in flat.sides:
            for each in side.items if isinstance(side, Sequence) else (side,):
                bound = name_of(each)
                if bound is None or bound in names or not _is_index_letter(bound) or low:
                    continue
                if not parser.names.is_variable(bound) or side is flat.sides[0]:
                    names.append(bound)
    if not names:
        raise NotationError("binder", parts[0].span, "This index is not read. Write `i = 1` or `i`.")
    condition: Node | None = None
    if conditions:
        span = conditions[0].span.to(conditions[-1].span)
        condition = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions), span)
    span = parts[0].span.to(parts[-1].span)
    return Binder(tuple(dict.fromkeys(names)), low, high, condition, span)


def _index_name(node: Node) -> str | None:
    """`i`, and `i'`, which is an index of its own."""
    if isinstance(node, Post) and node.kind == "prime" and isinstance(node.base, Sym):
        return f"{node.base.name}'"
    return name_of(node)


def _is_index_letter(name: str) -> bool:
    return len(name) == 1 and name.isalpha()


def read_arg_extremum(parser: Parser, token: Token) -> Node:
    if parser.at("max", "min"):
        return read_big(parser, "arg" + parser.next().value, token.span)
    raise parser.unread()
