"""Letters that may stand for more than a variable: `I`, `E`, `P`, `H`, `D`, `e`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.tree import Node, Special, Sym

from .calculus import read_differential
from .probability import has_semicolon, read_divergence, read_expectation, read_information, read_probability
from .vocabulary import GREEK

if TYPE_CHECKING:
    from .parser import Parser


def read_letter(parser: Parser) -> Node:
    token = parser.next()
    letter = token.value
    if letter == "I" and not parser.names.is_variable("I"):
        if parser.at("(", "[") and has_semicolon(parser):
            return read_information(parser, "I", token.span)
        if parser.at("(") and _plain_arguments(parser):
            return Sym("I", token.span)
        if parser.at("_"):
            save = parser.place
            parser.next()
            inner = parser.inner(parser.script_tokens())
            size = inner.finished(inner.expression())
            if parser.at("(", "["):
                parser.place = save
            else:
                return Special("identity", size, token.span.to(size.span))
        return Special("identity", None, token.span)
    if letter == "E" and not parser.names.is_variable("E") and (_bracket_follows(parser) or _random_inside(parser)):
        return read_expectation(parser, "E", token.span)
    if (
        letter == "P"
        and not parser.names.is_variable("P")
        and not parser.names.is_function("P")
        and parser.at("(", "[", "{lit")
    ):
        return read_probability(parser, "P", token.span)
    if (
        letter == "H"
        and not parser.names.is_variable("H")
        and not parser.names.is_function("H")
        and parser.at("(", "[")
    ):
        return read_information(parser, "H", token.span)
    if letter == "D" and (parser.at("_") or not (parser.names.is_variable("D") or parser.names.is_function("D"))):
        found = read_divergence(parser, token.span)
        if found is not None:
            return found
    if letter == "e" and parser.at("_") and not parser.names.is_variable("e"):
        following = parser.tokens[parser.place + 1 : parser.place + 4]
        if (following and following[0].value != "{") or (len(following) > 2 and following[2].value == "}"):
            parser.next()
            inner = parser.inner(parser.script_tokens())
            which = inner.finished(inner.expression())
            return Special("basis", which, token.span.to(which.span))
    if letter == "d" and _is_differential(parser):
        return read_differential(parser, token)
    return Sym(letter, token.span)


def _is_differential(parser: Parser) -> bool:
    """Whether a `d` that the note does not declare is glued to a letter that it does: `dX`."""
    token, names = parser.token, parser.names
    if names.is_variable("d") or names.is_function("d") or token.spaced or token.kind not in ("letter", "command"):
        return False
    name = f"\\{token.value}" if token.kind == "command" else token.value
    return names.is_variable(name) or names.is_function(name)


def _plain_arguments(parser: Parser) -> bool:
    """Whether a bracket with nothing but letters and commas follows: `I(a)` is then a function's value."""
    place, tokens = parser.place + 1, parser.tokens
    while tokens[place].kind == "letter" or tokens[place].value in GREEK or tokens[place].value == ",":
        place += 1
    return parser.tokens[place].value == ")" and place > parser.place + 1


def _bracket_follows(parser: Parser) -> bool:
    """Whether `[`, or a subscript and then a bracket, follows: the mark of an expectation."""
    if parser.at("["):
        return True
    if not parser.at("_"):
        return False
    place, depth = parser.place + 1, 0
    while place < len(parser.tokens):
        token = parser.tokens[place]
        depth += (token.kind == "{") - (token.kind == "}")
        place += 1
        if depth == 0:
            break
    return place < len(parser.tokens) and parser.tokens[place].value in ("[", "(")


def _random_inside(parser: Parser) -> bool:
    """Whether what stands in the brackets that follow is declared as random: `E(X)` is then an expectation."""
    if not parser.at("("):
        return False
    depth = 0
    for token in parser.tokens[parser.place :]:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        name = f"\\{token.value}" if token.value in GREEK else token.value
        if token.kind in ("letter", "command") and parser.names.is_random(name):
            return True
        if depth == 0:
            return False
    return False
