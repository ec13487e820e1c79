"""Sums, products, quotients, powers, and the marks behind a factor, by shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck.evaluate.arithmetic import adds_a_literal
from stepcheck.evaluate.entrywise import ENTRYWISE
from stepcheck.tree import Add, Call, Div, Infix, Mul, Node, Num, Post, Pow, Sym, walk

from .printed import ATOM, NOTHING, ONE, POWER, PRODUCT, SUM, UNARY, CannotPrint, Dim, Printed, Want

if TYPE_CHECKING:
    from .place import Place
    from .printer import Printer


def print_sum(printer: Printer, node: Add, place: Place, want: Want) -> Printed:
    parts = printer.all_of([term for _, term in node.terms], place, want)
    shape = next((each.shape for each in parts if not each.is_number), (ONE, ONE))
    text = ""
    for (sign, term), part in zip(node.terms, parts, strict=True):
        spreads = place.entrywise or (place.beside_entries and adds_a_literal(node))
        if part.shape != shape and not (spreads and part.is_number):
            raise CannotPrint(term.span, "The shapes of this sum do not conform.")
        if not text:
            text = part.at_least(SUM) if sign > 0 else f"-{part.at_least(UNARY)}"
        else:
            text += f" {'+' if sign > 0 else '-'} {part.at_least(PRODUCT)}"
    strength = SUM if len(parts) > 1 else UNARY if node.terms[0][0] < 0 else parts[0].strength
    return Printed(text, strength, *shape, counts=all(each.counts for each in parts))


def print_product(printer: Printer, node: Mul, place: Place, want: Want) -> Printed:
    from .parts import NeedsSize

    made: list[Printed | None] = []
    waiting: NeedsSize | None = None
    for factor in node.factors:
        try:
            made.append(printer.printed(factor, place))
        except NeedsSize as missing:
            waiting = missing
            made.append(None)
    if waiting is not None:
        solid = [at for at, each in enumerate(made) if each is None or not each.is_number]
        for _ in range(2):
            for at, spot in enumerate(solid):
                if made[spot] is not None:
                    continue
                before = made[solid[at - 1]] if at else None
                after = made[solid[at + 1]] if at + 1 < len(solid) else None
                rows = before.cols if before is not None else (want[0] if at == 0 else None)
                cols = after.rows if after is not None else (want[1] if at + 1 == len(solid) else None)
                try:
                    made[spot] = printer.printed(node.factors[spot], place, (rows, cols))
                except NeedsSize as missing:
                    waiting = missing
    total: Printed | None = None
    for factor, part in zip(node.factors, made, strict=True):
        if part is None:
            raise waiting or CannotPrint(factor.span, "The size of this is not said.")
        total = part if total is None else multiplied(printer, total, part, factor, place)
    assert total is not None
    return total


def multiplied(printer: Printer, a: Printed, b: Printed, node: Node, place: Place) -> Printed:
    """The product of two values, by their shapes."""
    if a.is_number or b.is_number or (place.entrywise and a.shape == b.shape):
        shape = a.shape if not a.is_number else b.shape
        text = f"{a.at_least(PRODUCT)} * {b.at_least(UNARY)}"
        return Printed(text, PRODUCT, *shape, counts=a.counts and b.counts)
    if a.cols != b.rows:
        raise CannotPrint(node.span, "The shapes of this product do not conform.")
    if a.cols == ONE:  # a column and a row
        return Printed(printer.library.call("outer", a.text, b.text), ATOM, a.rows, b.cols)
    return Printed(f"{a.at_least(PRODUCT)} @ {b.at_least(UNARY)}", PRODUCT, a.rows, b.cols)


def print_quotient(printer: Printer, node: Div, place: Place, want: Want) -> Printed:
    top, bottom = printer.printed(node.top, place, want), printer.printed(node.bottom, place)
    if not bottom.is_number and not (place.entrywise and (top.is_number or top.shape == bottom.shape)):
        raise CannotPrint(node.bottom.span, "What is divided by is no number.")
    shape = top.shape if not top.is_number else bottom.shape
    text = f"{top.at_least(PRODUCT)} / {bottom.at_least(UNARY)}"
    return Printed(text, PRODUCT, *shape, counts=top.counts and bottom.counts)


def print_power(printer: Printer, node: Pow, place: Place, want: Want) -> Printed:
    if isinstance(node.base, Sym) and node.base.name == "e" and not _is_known(printer, "e", place):
        return print_exponential(printer, printer.printed(node.exponent, place, want), node, place)
    base = printer.printed(node.base, place, want)
    named = isinstance(node.base, Call) and node.base.name in ENTRYWISE
    if base.is_number or place.entrywise or (base.is_column and (named or place.beside_entries)):
        exponent = printer.printed(node.exponent, place)
        if not exponent.is_number and exponent.shape != base.shape:
            raise CannotPrint(node.exponent.span, "The shape of this exponent does not conform.")
        text = f"{base.at_least(ATOM)} ** {exponent.at_least(POWER)}"
        shape = base.shape if not base.is_number else exponent.shape
        return Printed(text, POWER, *shape, counts=base.counts and exponent.counts)
    if base.rows == base.cols:
        exponent = printer.whole(node.exponent, place)
        parts = list(walk(node.exponent))
        if any(isinstance(each, Div) or (isinstance(each, Num) and each.value.denominator != 1) for each in parts):
            raise CannotPrint(node.span, "A root of a matrix is not written as code.")
        linalg = printer.library.linalg
        return Printed(f"{linalg}.matrix_power({base.text}, {exponent.text})", ATOM, *base.shape)
    raise CannotPrint(node.span, "A power of this shape is not written as code.")


def _is_known(printer: Printer, name: str, place: Place) -> bool:
    return name in place.bound or name in printer.model.symbols or name in printer.model.definitions


def print_exponential(printer: Printer, inner: Printed, node: Node, place: Place) -> Printed:
    from stepcheck.evaluate.arithmetic import says_entrywise

    if inner.is_matrix and inner.rows == inner.cols and not place.entrywise and not says_entrywise(printer.evaluator):
        return replace(inner, text=printer.library.helper("expm", inner), strength=ATOM)
    return replace(inner, text=printer.library.entrywise("exp", inner), strength=ATOM)


def print_mark(printer: Printer, node: Post, place: Place, want: Want) -> Printed:
    from .calculus import print_prime

    if node.kind in ("prime", "dot"):
        return print_prime(printer, node, place)
    if node.kind == "transpose":
        return transposed(printer.printed(node.base, place, (want[1], want[0])))
    base = printer.printed(node.base, place, want if node.kind == "inverse" else NOTHING)
    linalg = printer.library.linalg
    if node.kind == "factorial":
        if not base.is_number:
            raise CannotPrint(node.span, "A factorial is of a number.")
        return factorial(printer, base)
    if node.kind == "pinv":
        if not base.is_matrix:
            raise CannotPrint(node.span, "The pseudo-inverse of a vector is not written as code.")
        return Printed(f"{linalg}.pinv({base.text})", ATOM, base.cols, base.rows)
    if base.is_number:
        return Printed(f"1 / {base.at_least(UNARY)}", PRODUCT, counts=base.counts)
    if place.entrywise:
        return replace(base, text=f"1 / {base.at_least(UNARY)}", strength=PRODUCT)
    if base.rows != base.cols:
        raise CannotPrint(node.span, "The inverse of a matrix that is not square.")
    made = Printed(f"{linalg}.inv({base.text})", ATOM, *base.shape)
    return transposed(made) if node.kind == "inverse-transpose" else made


def transposed(item: Printed) -> Printed:
    if item.is_matrix:
        return Printed(f"{item.at_least(ATOM)}.T", ATOM, item.cols, item.rows)
    return item.shaped(item.cols, item.rows)  # an array of one axis is both


def print_infix(printer: Printer, node: Infix, place: Place, want: Want) -> Printed:
    if node.kind == "kron":
        left, right = printer.printed(node.left, place), printer.printed(node.right, place)
        if left.is_matrix != right.is_matrix or (not left.is_matrix and left.is_row != right.is_row):
            raise CannotPrint(node.span, "A Kronecker product of a matrix and a vector is not written as code.")
        text = printer.library.call("kron", left.text, right.text)
        return Printed(text, ATOM, _times(left.rows, right.rows), _times(left.cols, right.cols))
    if node.kind == "cross":
        raise CannotPrint(node.span, "A cross product is not written as code.")
    left, right = printer.all_of([node.left, node.right], replace(place, beside_entries=True), want)
    if left.shape != right.shape and not (place.entrywise and (left.is_number or right.is_number)):
        raise CannotPrint(node.span, "The shapes of this product do not conform.")
    sign = "*" if node.kind == "hadamard" else "/"
    shape = left.shape if not left.is_number else right.shape
    return Printed(f"{left.at_least(PRODUCT)} {sign} {right.at_least(UNARY)}", PRODUCT, *shape)


def _times(one: Dim, other: Dim) -> Dim:
    if ONE in (one, other):
        return other if one == ONE else one
    return Dim(one.size * other.size, f"({one.text}) * ({other.text})")


def factorial(printer: Printer, item: Printed) -> Printed:
    if item.counts:
        return Printed(f"math.factorial({item.text})", ATOM, counts=True)
    return Printed(printer.library.gamma(replace(item, text=f"{item.at_least(SUM)} + 1", strength=SUM)), ATOM)
