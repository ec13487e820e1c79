"""Commands by name. A new command is one entry of COMMANDS: a function that reads what follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError
from stepcheck.tokens import Token
from stepcheck.tree import Call, Logic, Node, SetOf, Special, Sym

from .big import read_arg_extremum, read_big
from .brackets import fenced
from .calculus import read_dotted, read_fraction, read_integral, read_limit, read_nabla, read_partial
from .environments import read_environment
from .fonts import read_accent, read_font
from .functions import read_function
from .probability import read_expectation, read_indicator, read_probability
from .sets import read_set_letter
from .vocabulary import ACCENTS, BIG, FONTS, FUNCTIONS, GREEK

if TYPE_CHECKING:
    from .parser import Parser


def _increment(parser: Parser, token: Token) -> Node | None:
    r"""`\Delta W` as one name, where the note has no `\Delta` of its own."""
    own = parser.names.is_variable("\\Delta") or parser.names.is_function("\\Delta")
    letter = parser.token
    is_letter = letter.kind == "letter" or (letter.kind == "command" and letter.value in GREEK)
    if token.value != "Delta" or own or not is_letter:
        return None
    parser.next()
    name = f"\\{letter.value}" if letter.kind == "command" else letter.value
    return Sym(f"\\Delta {name}", token.span.to(letter.span))


def read_command(parser: Parser, token: Token) -> Node:
    value = token.value
    if value in GREEK:
        name = f"\\{value}"
        if value == "Delta" and parser.at("^") and not parser.names.is_variable(name):
            parser.next()
            inner = parser.inner(parser.script_tokens())
            top = inner.finished(inner.expression())
            return SetOf("simplex", (top,), (), token.span.to(top.span))
        return _increment(parser, token) or Sym(name, token.span)
    if value in FUNCTIONS and not (value == "vec" and _is_arrow(parser)):
        return read_function(parser, FUNCTIONS[value], token.span)
    if value in FONTS:
        return read_font(parser, token)
    if value in ACCENTS:
        return read_accent(parser, token)
    if value in BIG:
        return read_big(parser, BIG[value], token.span)
    if value in COMMANDS:
        return COMMANDS[value](parser, token)
    raise NotationError("unknown-command", token.span, f"`\\{value}` is not read. Define it in prose or spell it out.")


def _is_arrow(parser: Parser) -> bool:
    r"""Whether `\vec` is the arrow over a letter, and not the stacking `\vec(A)` that a macro may stand for."""
    if parser.at("(", "["):
        return False
    following = parser.peek() if parser.at("{") else parser.token
    name = f"\\{following.value}" if following.kind == "command" else following.value
    return not parser.names.is_variable(name) or parser.names.is_variable(f"\\vec{{{name}}}")


def _sqrt(parser: Parser, token: Token) -> Node:
    order: Node | None = None
    if parser.at("["):
        parser.next()
        order = parser.expression()
        parser.expect("]", "the end of the root's order")
    body = parser.argument()
    span = token.span.to(body.span)
    return Call("sqrt", (body,), span) if order is None else Call("root", (body, order), span)


def _binom(parser: Parser, token: Token) -> Node:
    top = parser.argument()
    bottom = parser.argument()
    return Call("binom", (top, bottom), token.span.to(bottom.span))


def _braced(parser: Parser, token: Token) -> Node:
    r"""`\underbrace{a + b}_{\text{why}}` is `a + b`."""
    body = parser.argument()
    if parser.at("_", "^"):
        parser.next()
        parser.script_tokens()
    return body


def _infinity(parser: Parser, token: Token) -> Node:
    return Special("infinity", None, token.span)


def _ellipsis(parser: Parser, token: Token) -> Node:
    return Special("ellipsis", None, token.span)


def _indicator_command(parser: Parser, token: Token) -> Node:
    return read_indicator(parser, token.span)


def _probability_command(parser: Parser, token: Token) -> Node:
    return read_probability(parser, "P", token.span)


def _expectation_command(parser: Parser, token: Token) -> Node:
    return read_expectation(parser, "E", token.span)


def _reals_command(parser: Parser, token: Token) -> Node:
    return read_set_letter(parser, ["R"], token.span)


def _complement(parser: Parser, token: Token) -> Node:
    body = parser.factor()
    return Logic("not", (body,), token.span.to(body.span))


COMMANDS: dict[str, Callable[[Parser, Token], Node]] = {
    "frac": read_fraction,
    "nabla": read_nabla,
    "sqrt": _sqrt,
    "binom": _binom,
    "langle": fenced("inner", "rangle"),
    "lfloor": fenced("floor", "rfloor"),
    "lceil": fenced("ceil", "rceil"),
    "begin": read_environment,
    "int": read_integral,
    "lim": read_limit,
    "arg": read_arg_extremum,
    "argmax": lambda parser, token: read_big(parser, "argmax", token.span),
    "argmin": lambda parser, token: read_big(parser, "argmin", token.span),
    "infty": _infinity,
    "ldots": _ellipsis,
    "partial": read_partial,
    "underbrace": _braced,
    "overbrace": _braced,
    "dot": read_dotted,
    "ddot": read_dotted,
    "dddot": read_dotted,
    "ind": _indicator_command,
    "Pr": _probability_command,
    "expectation": _expectation_command,
    "reals": _reals_command,
    "neg": _complement,
    "emptyset": lambda parser, token: Sym("\\emptyset", token.span),
}
