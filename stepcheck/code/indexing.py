"""Entries of arrays and members of families: `A_{ij}` is `A[i - 1, j - 1]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.evaluate.indexing import names_in
from stepcheck.grammar import name_of
from stepcheck.tree import Index

from .place import Place
from .printed import ATOM, CannotPrint, Printed, Want, shifted
from .symbols import entry_of, family, family_name, member, print_symbol

if TYPE_CHECKING:
    from .printer import Printer


def print_index(printer: Printer, node: Index, place: Place, want: Want) -> Printed:
    model, world = printer.model, printer.evaluator.world
    whole = name_of(node)
    if whole is not None and (
        whole in place.bound or whole in model.definitions or whole in world.values or whole in world.dims
    ):
        if whole not in place.bound and whole not in world.dims and names_in(node.indices) & place.bound.keys():
            raise CannotPrint(node.span, "Over which members an index runs here is not said.")
        return print_symbol(printer, whole, node, place, want)
    base = name_of(node.base)
    if base == "\\delta" and len(node.indices) == 2 and not _is_known(printer, base, place):
        i, j = (printer.whole(each, place).text for each in node.indices)
        return Printed(f"int({i} == {j})", ATOM, counts=True)
    definition = model.definitions.get(base or "")
    if definition is not None and definition.indices and base not in place.bound:
        count = len(definition.indices)
        if count < len(node.indices):
            head = Index(node.base, node.indices[:count], node.style, node.span)
            return entry(printer, print_index(printer, head, place, (None, None)), node, place, skip=count)
        if count == len(node.indices):
            indices = [printer.whole(each, place) for each in node.indices]
            return entry_of(printer, definition, indices, node, place)
    known = family_name(printer, base, place) if base is not None else None
    if known is not None:
        of = family(printer, known, node, place)
        found = member(of, printer.whole(node.indices[0], place).text)
        return found if len(node.indices) == 1 else entry(printer, found, node, place, skip=1)
    return entry(printer, printer.printed(node.base, place), node, place)


def _is_known(printer: Printer, name: str, place: Place) -> bool:
    return name in place.bound or name in printer.model.symbols or name in printer.model.definitions


def entry(printer: Printer, inner: Printed, node: Index, place: Place, *, skip: int = 0) -> Printed:
    """The entry of `inner` at the indices of `node` behind the first `skip`."""
    places = [shifted(printer.whole(each, place).text, -1) for each in node.indices[skip:]]
    if len(places) == 1 and (inner.is_column or inner.is_row):
        return Printed(f"{inner.at_least(ATOM)}[{places[0]}]", ATOM)
    if len(places) == 2 and inner.is_matrix:
        return Printed(f"{inner.at_least(ATOM)}[{places[0]}, {places[1]}]", ATOM)
    raise CannotPrint(node.span, "An index of this kind is not written as code.")
