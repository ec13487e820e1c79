"""Sums, products and extrema over indices: comprehensions over ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.errors import NotationError
from stepcheck.evaluate import NeedsSize, ShapeClash
from stepcheck.grammar import name_of
from stepcheck.tree import Big, Binder, Call, Index, Node, Relation, Special, Sym, walk
from stepcheck.values import Undefined

from .conditions import print_condition
from .matrices import dimension
from .place import Place
from .printed import ATOM, CannotPrint, Dim, Printed, Want, shifted
from .symbols import declared_shape, family, family_name

if TYPE_CHECKING:
    from .printer import Printer


def print_big(printer: Printer, node: Big, place: Place, want: Want) -> Printed:
    inner, loops = _loops(printer, node.binder, node.body, place)
    body = printer.printed(node.body, inner, want)
    library = printer.library
    match node.kind:
        case "sum":
            return Printed(f"sum({body.text} {loops})", ATOM, *body.shape, counts=body.counts)
        case "prod" if body.is_number:
            return Printed(f"math.prod({body.text} {loops})", ATOM, counts=body.counts)
        case "prod":
            raise CannotPrint(node.span, "A product of matrices over an index is not written as code.")
    if not body.is_number:
        raise CannotPrint(node.span, "An extremum is of numbers.")
    values = Printed(library.collected(body, loops))
    if node.kind in ("argmax", "argmin"):
        if len(node.binder.names) != 1 or node.binder.condition is not None:
            raise CannotPrint(node.span, "This is written as code over one whole range only.")
        low, _ = _range(printer, node.binder, node.binder.names[0], node.body, place)
        at = library.which(values, node.kind)
        return Printed(f"({at} + {low})", ATOM, counts=True)
    kind = {"sup": "max", "inf": "min"}.get(node.kind, node.kind)
    return Printed(library.largest(values, kind), ATOM)


def _loops(printer: Printer, binder: Binder, body: Node, place: Place) -> tuple[Place, str]:
    """The place within, and `for i in range(1, n + 1) …`."""
    loops = []
    names: dict[str, Printed] = {}
    for name in binder.names:
        low, high = _range(printer, binder, name, body, place)
        letter = printer.identifiers.of(name)
        loops.append(f"for {letter} in range({low}, {shifted(high, 1)})")
        names[name] = Printed(letter, counts=True)
    inner = place.with_names(names)
    if binder.condition is not None:
        test = print_condition(printer, binder.condition, inner)
        if not test.counts:
            raise CannotPrint(binder.condition.span, "A condition below a sum is written as code for indices only.")
        loops.append(f"if {test.text}")
    return inner, " ".join(loops)


def _range(printer: Printer, binder: Binder, name: str, body: Node, place: Place) -> tuple[str, str]:
    """The texts of the first and the last value of an index."""
    if isinstance(binder.high, Special):
        raise CannotPrint(binder.span, "An infinite series is not written as code: where to end it is yours to say.")
    if binder.low is not None and binder.high is not None:
        return printer.whole(binder.low, place).text, printer.whole(binder.high, place).text
    found = range_of(printer, name, body, place)
    if found is None:
        raise CannotPrint(binder.span, "Over what this index runs is not written as code.")
    low = found[0] if binder.low is None else printer.whole(binder.low, place).text
    return low, found[1].text


def range_of(printer: Printer, name: str, body: Node, place: Place) -> tuple[str, Dim] | None:
    """From where to where an index without a range runs: as the note declares it, or over what it indexes."""
    for assumption in printer.model.assumptions:
        relation = assumption.relation
        if assumption.words == "range" and isinstance(relation, Relation) and name_of(relation.sides[1]) == name:
            return dimension(printer, relation.sides[0]).text, dimension(printer, relation.sides[2])
    for each in walk(body):
        if not isinstance(each, Index):
            continue
        for at, index in enumerate(each.indices):
            if isinstance(index, Sym) and index.name == name:
                found = _indexed(printer, each, at, place)
                if found is not None:
                    return found
    return None


def _indexed(printer: Printer, node: Index, at: int, place: Place) -> tuple[str, Dim] | None:
    base = name_of(node.base)
    known = family_name(printer, base, place) if base is not None else None
    if known is not None:
        of = family(printer, known, node, place)
        if at == 0:
            low = of.low or "1"
            return low, of.count if low == "1" else Dim(of.count.size, f"{of.count.text} + {low} - 1")
        return "1", of.rows
    definition = printer.model.definitions.get(base or "")
    if definition is not None and isinstance(definition.body, Call) and definition.body.name in ("row", "column"):
        return None
    if definition is not None and definition.indices and declared_shape(printer, base or "") is None:
        if at < len(definition.indices):
            return range_of(printer, definition.indices[at], definition.body, place)
        return None
    before = dict(printer.arguments)
    lines = [list(each) for each in (place.block.lines, printer.root.lines)]
    try:
        made = printer.printed(node.base, place)
    except (CannotPrint, NotationError, ShapeClash, NeedsSize, Undefined):
        printer.arguments = before
        place.block.lines[:], printer.root.lines[:] = lines
        return None
    if len(node.indices) == 1:
        return "1", made.rows if made.is_column else made.cols
    return "1", made.rows if at == 0 else made.cols
