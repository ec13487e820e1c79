r"""Products, and the one that an unbracketed `\log` is taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.tree import Div, Index, Mul, Node, Num, Sym

from .calculus import is_d
from .vocabulary import BIG, FUNCTIONS

if TYPE_CHECKING:
    from .parser import Parser


def multiplied(left: Node, right: Node) -> Node:
    before = left.factors if isinstance(left, Mul) else (left,)
    after = (right,)
    return Mul((*before, *after), left.span.to(right.span))


def read_tight_product(parser: Parser) -> Node:
    r"""Factors side by side, up to an operator or another named function: the argument of an unbracketed `\log`."""
    left = parser.factor()
    while parser.starts_factor() and not _starts_function(parser) and not parser.at("(", "[", "|", "Vert"):
        if parser.at("frac") and parser.peek().value == "{" and is_d(parser.peek(2)):
            break  # `\cos\theta\, \frac{\partial f}{\partial x}` is a product of two things
        left = multiplied(left, parser.factor())
    if parser.at("/") and isinstance(left, Num | Sym | Index | Mul) and parser.peek().kind in ("number", "letter"):
        parser.next()
        right = parser.factor()
        left = Div(left, right, left.span.to(right.span))
    return left


def _starts_function(parser: Parser) -> bool:
    token = parser.token
    if token.kind == "command":
        return token.value in FUNCTIONS or token.value in BIG or token.value in ("int", "lim", "nabla")
    return token.kind in ("name", "text") and (token.value in FUNCTIONS or token.value in ("Var", "Cov", "E"))
