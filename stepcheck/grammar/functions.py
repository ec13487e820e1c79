r"""Named functions and their arguments: `\log x y`, `\sin^2(x)`, `\operatorname{tr}(A)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tree import Call, Index, Node, Pow

from .brackets import read_arguments, read_group
from .products import read_tight_product

if TYPE_CHECKING:
    from .parser import Parser


def read_function(parser: Parser, name: str, span: Span) -> Node:
    r"""A named function with its argument: bracketed, or the product that follows (`\log x y` is log(xy))."""
    base: Node | None = None
    power: Node | None = None
    inverse = False
    primes = 0
    while parser.at("_", "^", "'"):
        if parser.accept("'"):
            primes += 1
        elif parser.accept("_"):
            inner = parser.inner(parser.script_tokens())
            base = inner.finished(inner.sequence())
        else:
            parser.next()
            tokens = parser.script_tokens()
            if [each.value for each in tokens] == ["-", "1"] and name not in ("det", "tr"):
                inverse = True
            else:
                inner = parser.inner(tokens)
                power = inner.finished(inner.expression())
    if inverse:
        arc = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "tanh": "arctanh", "sinh": "arcsinh"}
        if name not in arc:
            raise NotationError("inverse-function", span, f"`{name}^{{-1}}` is not read. Write what you mean.")
        name = arc[name]
    args, end = _function_arguments(parser, name, span)
    node: Node
    if base is not None and name == "log":
        node = Call("logbase", (*args, base), span.to(end))
    elif base is not None and name in ("softmax", "logsumexp"):
        node = Index(Call(name, args, span.to(end)), (base,), "sub", span.to(end))
    elif base is not None:
        raise NotationError("function-subscript", span, f"A subscript of `{name}` is not read.")
    else:
        node = Call(name, args, span.to(end))
    if primes:
        node = Call(f"{name}{chr(39) * primes}", args, span.to(end))
    return node if power is None else Pow(node, power, span.to(end))


def _function_arguments(parser: Parser, name: str, span: Span) -> tuple[tuple[Node, ...], Span]:
    if parser.at("(", "[", "{lit") and not _closing_is_followed_by_script(parser):
        opened = parser.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = read_arguments(parser, close)
        if given is not None:
            raise NotationError("conditioning", span, "A bar inside this function is not read.")
        return args, closed
    if parser.at("{"):
        parser.next()
        arg = read_group(parser, "}")
        return (arg,), arg.span
    if not (parser.starts_factor() or parser.at("-")):
        raise parser.error("missing-argument", f"What is `{name}` applied to?")
    if parser.at("-"):
        inner = parser.signed_factor()
        return (inner,), inner.span
    arg = read_tight_product(parser)
    return (arg,), arg.span


def _closing_is_followed_by_script(parser: Parser) -> bool:
    r"""`\log (x+y)^2`: the power belongs to the bracket, so the bracket is a factor of the argument."""
    depth = 0
    for index, token in enumerate(parser.tokens[parser.place :], start=parser.place):
        depth += (token.value in ("(", "[", "{lit", "{")) - (token.value in (")", "]", "}lit", "}"))
        if depth == 0:
            following = parser.tokens[min(index + 1, len(parser.tokens) - 1)]
            return following.value == "^" and parser.tokens[parser.place].spaced
    return False
