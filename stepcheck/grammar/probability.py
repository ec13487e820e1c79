"""Expectations, probabilities, entropies, divergences, laws and indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tree import Call, Expect, Info, Law, Node, Pow, Prob, Sequence

from .brackets import read_arguments
from .products import read_tight_product
from .vocabulary import TWO_PARAMETERS

if TYPE_CHECKING:
    from .parser import Parser


def read_expectation(parser: Parser, kind: str, span: Span) -> Node:
    under: Node | None = None
    power: Node | None = None
    while parser.at("_", "^"):
        if parser.accept("_"):
            inner = parser.inner(parser.script_tokens())
            under = inner.finished(inner.statement())
        else:
            parser.next()
            inner = parser.inner(parser.script_tokens())
            power = inner.finished(inner.expression())
    if parser.at("(", "[", "{lit"):
        opened = parser.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = read_arguments(parser, close)
    elif parser.starts_factor():
        arg = read_tight_product(parser)
        args, given, closed = (arg,), None, arg.span
    else:
        raise parser.error("missing-argument", "What is this the expectation of?")
    if not args:
        raise NotationError("no-arguments", span, "These brackets are empty.")
    made: Node = Expect(kind, args, given or (), under, span.to(closed))  # type: ignore[arg-type]  # E, Var, Cov
    return made if power is None else Pow(made, power, span.to(closed))


def read_probability(parser: Parser, name: str, span: Span) -> Node:
    if parser.at("_"):
        parser.next()
        inner = parser.inner(parser.script_tokens())
        under = inner.finished(inner.statement())
        raise NotationError("probability-subscript", under.span, "A subscript of `P` is not read.")
    if not parser.at("(", "[", "{lit"):
        raise parser.error("missing-argument", "What is this the probability of?")
    opened = parser.next()
    close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
    args, given, closed = read_arguments(parser, close)
    return Prob(name, args, given or (), span.to(closed))


def read_information(parser: Parser, kind: str, span: Span) -> Node:
    opened = parser.next()
    close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
    args, given, closed = read_arguments(parser, close)
    whole = span.to(closed)
    if kind == "I":
        args = _groups(parser, args, whole)
    return Info(kind, args, given or (), whole)  # type: ignore[arg-type]  # H or I


def has_semicolon(parser: Parser) -> bool:
    """Whether a semicolon stands in the brackets that follow."""
    depth = 0
    for token in parser.tokens[parser.place :]:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if token.value == ";" and depth == 1:
            return True
        if depth == 0:
            return False
    return False


def _groups(parser: Parser, args: tuple[Node, ...], span: Span) -> tuple[Node, ...]:
    """`X; Y, Z` as two things, the second of them a pair; without a semicolon each argument is one thing."""
    marks = _semicolons_at_top(parser, span)
    if not marks:
        return args
    groups: list[list[Node]] = [[] for _ in range(len(marks) + 1)]
    for arg in args:
        groups[sum(mark < arg.span.start for mark in marks)].append(arg)
    if not all(groups):
        raise NotationError("information", span, "Something is missing beside this semicolon.")
    return tuple(
        group[0] if len(group) == 1 else Sequence(tuple(group), "", group[0].span.to(group[-1].span))
        for group in groups
    )


def read_divergence(parser: Parser, span: Span) -> Node | None:
    """`D_{KL}(p ‖ q)`, also without the subscript; None where the letter is just a letter."""
    save = parser.place
    kind = "KL"
    if parser.accept("_"):
        words = "".join(token.value for token in parser.script_tokens() if token.kind not in ("{", "}"))
        words = words.replace("mathrm", "").replace("operatorname", "")
        if words not in ("KL", "kl", "JS"):
            parser.place = save
            return None
        kind = "JS" if words == "JS" else "KL"
    elif not _has_double_bar(parser):
        return None
    if parser.at("(", "[", "{lit"):
        return read_two_laws(parser, kind, span)
    parser.place = save
    return None


def _has_double_bar(parser: Parser) -> bool:
    if not parser.at("(", "["):
        return False
    depth = 0
    for token in parser.tokens[parser.place :]:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if token.kind == "Vert" and depth == 1:
            return True
        if depth == 0:
            return False
    return False


def read_two_laws(parser: Parser, kind: str, span: Span) -> Node:
    opened = parser.next()
    close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
    parser.fences.append("kl")
    try:
        left = parser.expression()
        if parser.token.kind == "Vert":
            parser.next()
        elif parser.at("|") and parser.peek().kind == "|":
            parser.next()
            parser.next()
        elif not parser.accept(","):
            raise parser.unread()
        right = parser.expression()
        closed = parser.expect(close, "a closing bracket")
    finally:
        parser.fences.pop()
    return Info(kind, (left, right), (), span.to(closed.span))  # type: ignore[arg-type]  # KL or JS


def read_law(parser: Parser, name: str, span: Span) -> Node:
    parser.expect("(", "the parameters")
    args, given, closed = read_arguments(parser, ")")
    span = span.to(closed)
    if given is not None:
        if len(args) != 1:
            raise NotationError("density", span, "A density is taken at one point.")
        return _with_all_parameters(Law(name, given, args[0], span))
    if _semicolons_at_top(parser, span) and len(args) >= 2:
        return _with_all_parameters(Law(name, args[1:], args[0], span))
    return _with_all_parameters(Law(name, args, None, span))


def _with_all_parameters(law: Law) -> Law:
    least = 2 if law.name in TWO_PARAMETERS else 1
    if len(law.params) < least and law.name != "Rademacher":
        needed = "two parameters" if least == 2 else "a parameter"
        raise NotationError("law", law.span, f"The law `{law.name}` takes {needed}.")
    return law


def _semicolons_at_top(parser: Parser, span: Span) -> list[int]:
    """Where the semicolons of the outermost brackets within `span` stand."""
    depth, found = 0, []
    for token in parser.tokens:
        if span.start <= token.span.start < span.end:
            depth += (token.value in ("(", "[", "{", "{lit")) - (token.value in (")", "]", "}", "}lit"))
            if token.value == ";" and depth == 1:
                found.append(token.span.start)
    return found


def read_indicator(parser: Parser, span: Span) -> Node:
    if parser.accept("_"):
        inner = parser.inner(parser.script_tokens())
        if inner.at("{lit", "["):
            inner.next()
            inner.tokens = [*inner.tokens[:-2], inner.tokens[-1]]
        condition = inner.finished(inner.statement())
        return Call("indicator", (condition,), span.to(condition.span))
    opened = parser.next()
    close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
    args, given, closed = read_arguments(parser, close)
    if given is not None or len(args) != 1:
        raise NotationError("indicator", span, "An indicator takes one condition.")
    return Call("indicator", args, span.to(closed))
