r"""Words in roman type: `\operatorname{Var}`, `\text{KL}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import Call, Div, Expect, Law, Mul, Node, Sym

from .big import read_big
from .calculus import read_differential
from .functions import read_function
from .probability import read_expectation, read_information, read_law, read_probability, read_two_laws
from .vocabulary import FUNCTIONS, LAWS

if TYPE_CHECKING:
    from .parser import Parser


Reader = Callable[["Parser", str, Span], Node]
ANY_BRACKET = ("(", "[", "{lit")


def _expectation(kind: str) -> Reader:
    return lambda parser, name, span: read_expectation(parser, kind, span)


def _two_laws(kind: str) -> Reader:
    return lambda parser, name, span: read_two_laws(parser, kind, span)


def _information(kind: str) -> Reader:
    return lambda parser, name, span: read_information(parser, kind, span)


def _probability(parser: Parser, name: str, span: Span) -> Node:
    return read_probability(parser, "P", span)


def _correlation(parser: Parser, name: str, span: Span) -> Node:
    """The covariance over the root of the product of the variances."""
    made = read_expectation(parser, "Cov", span)
    if not isinstance(made, Expect) or len(made.args) != 2:
        raise NotationError("correlation", span, "A correlation takes two variables.")
    spreads = tuple(Expect("Var", (arg,), made.given, made.under, made.span) for arg in made.args)
    return Div(made, Call("sqrt", (Mul(spreads, made.span),), made.span), made.span)


def _deviation(parser: Parser, name: str, span: Span) -> Node:
    made = read_expectation(parser, "Var", span)
    return Call("sqrt", (made,), made.span)


# The words, what must follow them (nothing in particular where it is empty), and how they are read.
KINDS: list[tuple[tuple[str, ...], tuple[str, ...], Reader]] = [
    (("E", "Ex", "Exp"), (*ANY_BRACKET, "_"), _expectation("E")),
    (("Var", "var", "Variance", "V"), (), _expectation("Var")),
    (("Cov", "cov"), (), _expectation("Cov")),
    (("KL", "DKL", "kl"), ANY_BRACKET, _two_laws("KL")),
    (("JS", "JSD"), ("(", "["), _two_laws("JS")),
    (("P", "Pr", "Prob", "Prb"), ANY_BRACKET, _probability),
    (("H", "Ent", "Entropy"), ("(", "["), _information("H")),
    (("I", "MI"), ("(", "["), _information("I")),
    (("Corr", "corr", "Cor", "cor"), ANY_BRACKET, _correlation),
    (("SD", "sd", "Std", "std", "stdev"), ANY_BRACKET, _deviation),
    (("argmax", "argmin", "max", "min", "sup", "inf"), (), read_big),
]
WITHOUT_PARAMETERS = {"Rademacher"}
READERS = {word: (openers, reader) for words, openers, reader in KINDS for word in words}


def _is_drawn(parser: Parser, token: Token) -> bool:
    r"""Whether `token` stands right of `\sim`, where only a law can: `X \sim \mathrm{Exp}(\lambda)`."""
    place = next((at for at, each in enumerate(parser.tokens) if each is token), 0)
    return place > 0 and parser.tokens[place - 1].value in ("sim", "~")


def read_word(parser: Parser, token: Token) -> Node:
    r"""`\operatorname{…}` and its like."""
    name = token.value
    if name in LAWS and parser.at("(") and _is_drawn(parser, token):
        return read_law(parser, LAWS[name], token.span)
    if name in READERS:
        openers, reader = READERS[name]
        if not openers or parser.at(*openers):
            return reader(parser, name, token.span)
    if name == "E" and parser.starts_factor() and not parser.names.is_variable("\\mathrm{E}"):
        return read_expectation(parser, "E", token.span)
    if name in FUNCTIONS:
        return read_function(parser, FUNCTIONS[name], token.span)
    if name in LAWS and parser.at("("):
        return read_law(parser, LAWS[name], token.span)
    if name in WITHOUT_PARAMETERS:
        return Law(LAWS[name], (), None, token.span)
    if name == "e" and not parser.names.is_variable("e"):
        return Sym("e", token.span)
    if name == "d" and (parser.token.kind in ("letter", "command", "name") or parser.at("(", "[", "^")):
        return read_differential(parser, token)
    return Sym(f"\\mathrm{{{name}}}", token.span)
