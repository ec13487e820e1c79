"""Numbers, zeros, and what takes the size that fits."""

from __future__ import annotations

from fractions import Fraction

from stepcheck.tree import Node, Num, Special

from .printed import ATOM, PRODUCT, UNARY, CannotPrint, Dim, Printed


class NeedsSize(CannotPrint):
    """Something takes the size that fits, and nothing here says which."""


def number(value: Fraction) -> Printed:
    """A literal number; `0.9` where that is exact, `1 / 3` where not."""
    if value.denominator == 1:
        text = str(value.numerator)
        return Printed(text, UNARY if value < 0 else ATOM, counts=True)
    text = repr(float(value))
    if Fraction(text) == value:
        return Printed(text, UNARY if value < 0 else ATOM, counts=True)
    return Printed(f"{value.numerator} / {value.denominator}", PRODUCT, counts=True)


def fixed(size: int) -> Dim:
    return Dim(size, str(size))


def is_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (
        isinstance(node, Special) and node.kind == "zeros" and node.size is None
    )
