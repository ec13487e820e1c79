"""Gaussian densities, and entropies and divergences of vectors of probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.grammar import name_of
from stepcheck.tree import Info, Law, Node

from .place import Place
from .printed import ATOM, PRODUCT, SUM, UNARY, CannotPrint, Printed

if TYPE_CHECKING:
    from .printer import Printer


def print_law(printer: Printer, node: Law, place: Place) -> Printed:
    r"""The density `\mathcal{N}(x; \mu, \Sigma)`; of a number the second parameter is the variance."""
    if node.name != "Normal" or node.point is None or len(node.params) != 2:
        raise CannotPrint(node.span, "Of the named laws, only a Gaussian density is written as code.")
    point = printer.printed(node.point, place)
    mean = printer.printed(node.params[0], place, point.shape)
    library = printer.library
    away = (
        point if mean.text == "0" else Printed(f"{point.at_least(SUM)} - {mean.at_least(PRODUCT)}", SUM, *point.shape)
    )
    if point.is_number:
        variance = printer.scalar(node.params[1], place)
        exponent = f"-{away.at_least(ATOM)} ** 2 / (2 * {variance.at_least(UNARY)})"
        top = library.entrywise("exp", Printed(exponent, PRODUCT))
        bottom = library.entrywise("sqrt", Printed(f"2 * math.pi * {variance.at_least(UNARY)}", counts=variance.counts))
        return Printed(f"{top} / {bottom}", PRODUCT)
    if not point.is_column or (mean.shape != point.shape and mean.text != "0"):
        raise CannotPrint(node.span, "The shapes of this density do not conform.")
    covariance = printer.printed(node.params[1], place, (point.rows, point.rows))
    if covariance.shape != (point.rows, point.rows):
        raise CannotPrint(node.span, "The shapes of this density do not conform.")
    linalg = library.linalg
    square = f"{away.at_least(PRODUCT)} @ {linalg}.inv({covariance.text}) @ {away.at_least(UNARY)}"
    top = library.entrywise("exp", Printed(f"-({square}) / 2", PRODUCT))
    inside = Printed(f"{linalg}.det(2 * math.pi * {covariance.at_least(UNARY)})")
    return Printed(f"{top} / {library.entrywise('sqrt', inside)}", PRODUCT)


def print_information(printer: Printer, node: Info, place: Place) -> Printed:
    """Entropies and divergences of vectors of probabilities, in nats; of anything random they are not written."""
    if node.given or not all(_is_simplex(printer, each) for each in node.args):
        raise CannotPrint(
            node.span, "An entropy or divergence of anything but vectors of probabilities is not written."
        )
    library = printer.library
    vectors = [printer.printed(each, place) for each in node.args]
    logs = [library.entrywise("log", each) for each in vectors]
    match node.kind, vectors:
        case "H", [p]:
            return Printed(f"-{library.total(Printed(f'{p.at_least(PRODUCT)} * {logs[0]}'))}", UNARY)
        case "H", [p, _]:
            return Printed(f"-{library.total(Printed(f'{p.at_least(PRODUCT)} * {logs[1]}'))}", UNARY)
        case "KL", [p, _]:
            return Printed(library.total(Printed(f"{p.at_least(PRODUCT)} * ({logs[0]} - {logs[1]})")), ATOM)
        case _:
            raise CannotPrint(node.span, "This quantity of information is not written as code.")


def _is_simplex(printer: Printer, node: Node) -> bool:
    symbol = printer.model.symbols.get(name_of(node) or "")
    return symbol is not None and symbol.kind == "value" and "simplex" in symbol.properties
