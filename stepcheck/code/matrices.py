"""Matrices written out, diagonal ones, and what takes the size that fits: `I`, `0`, the ones vector, `e_i`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck.evaluate.matrices import is_vectorial
from stepcheck.evaluate.special import speaks_of_event
from stepcheck.tree import Call, Grid, Index, Node, Post, Sequence, Special, Sym

from .parts import NeedsSize, fixed, is_zero
from .place import Place
from .printed import ATOM, ONE, CannotPrint, Dim, Printed, Want, shifted

if TYPE_CHECKING:
    from .printer import Printer


def print_special(printer: Printer, node: Special, place: Place, want: Want) -> Printed:
    rows, cols = want
    library = printer.library
    if node.size is not None and node.kind in ("ones", "identity") and speaks_of_event(printer.evaluator, node.size):
        raise CannotPrint(node.span, "The indicator of an event is not written as code.")
    sizes: list[Dim] = []
    if node.size is not None and node.kind != "basis":
        items = node.size.items if isinstance(node.size, Sequence) else (node.size,)
        sizes = [dimension(printer, each) for each in items]
    match node.kind:
        case "identity":
            if "I" in place.bound:
                return place.bound["I"]
            size = sizes[0] if sizes else rows or cols
            if size is None:
                raise NeedsSize(node.span, "The size of an identity is not said.")
            if size == ONE:
                return Printed("1", counts=True)
            return Printed(library.eye(size), ATOM, size, size)
        case "ones" | "zeros":
            if sizes:
                shape = (sizes[0], sizes[1] if len(sizes) > 1 else ONE)
            elif rows is None:
                raise NeedsSize(node.span, f"The size of a vector of {node.kind} is not said.")
            else:
                shape = (rows, cols or ONE)
            axes = [each for each in shape if each != ONE]
            if not axes:
                return Printed("1" if node.kind == "ones" else "0", counts=True)
            return Printed(library.filled(node.kind, axes), ATOM, *shape)
        case "basis":
            if rows is None and len(printer.evaluator.world.dims) == 1:
                name, value = next(iter(printer.evaluator.world.dims.items()))
                rows = Dim(value, printer.identifiers.of(name))
            if rows is None or node.size is None:
                raise NeedsSize(node.span, "The size of a unit vector is not said.")
            at = shifted(printer.whole(node.size, place).text, -1)
            return Printed(f"{library.eye(rows)}[{at}]", ATOM, rows, ONE)
        case "infinity":
            return Printed("math.inf", counts=True)
        case _:
            raise CannotPrint(node.span, "Dots are written as code in a few lists only.")


def dimension(printer: Printer, node: Node | None) -> Dim:
    """A size that the note gives, as a number at the points drawn and as code."""
    if node is None:
        return ONE
    size = printer.evaluator.size(node)
    made = printer.printed(node, Place(printer.root))
    if not made.counts:
        raise CannotPrint(node.span, "This size is no whole number of the note's own.")
    return Dim(size, made.text)


def print_grid(printer: Printer, node: Grid, place: Place, want: Want) -> Printed:
    if any(isinstance(cell, Special) and cell.kind == "ellipsis" for row in node.rows for cell in row):
        return _grid_with_dots(printer, node, place)
    made: list[list[Printed | None]] = []
    for row in node.rows:
        line: list[Printed | None] = []
        for cell in row:
            try:
                line.append(None if is_zero(cell) else printer.printed(cell, place))
            except NeedsSize:
                line.append(None)
        made.append(line)
    heights = [next((each.rows for each in line if each is not None), ONE) for line in made]
    columns = range(len(node.rows[0]))
    widths = [next((each.cols for line in made if (each := line[c]) is not None), ONE) for c in columns]
    cells: list[list[Printed]] = []
    for r, row in enumerate(node.rows):
        cells.append([])
        for c, cell in enumerate(row):
            fit = (heights[r], widths[c])
            each = made[r][c] or (printer.sized_zero(fit) if is_zero(cell) else printer.printed(cell, place, fit))
            if each.shape != fit:
                raise CannotPrint(cell.span, "The blocks of this matrix do not conform.")
            cells[-1].append(each)
    rows, cols = _total(heights), _total(widths)
    if all(each.is_number for line in cells for each in line):
        if cols == ONE or rows == ONE:
            flat = [each for line in cells for each in line]
            return flat[0] if len(flat) == 1 else Printed(printer.library.line(flat), ATOM, rows, cols)
        lines = [Printed(printer.library.line(line)) for line in cells]
        return Printed(printer.library.line(lines), ATOM, rows, cols)
    text = printer.library.block(cells)
    if cols == ONE or rows == ONE:
        text = printer.library.reshaped(text, "-1")
    return Printed(text, ATOM, rows, cols)


def _total(sizes: list[Dim]) -> Dim:
    if len(sizes) == 1:
        return sizes[0]
    if all(each == ONE for each in sizes):
        return fixed(len(sizes))
    return Dim(sum(each.size for each in sizes), " + ".join(each.text for each in sizes))


def _grid_with_dots(printer: Printer, node: Grid, place: Place) -> Printed:
    """`(x_1 … x_n)`: the members of a family side by side, or one below the other."""
    cells = [cell for row in node.rows for cell in row]
    first, last = (cells[0], cells[2]) if len(cells) == 3 else (None, None)
    turned = isinstance(first, Post) and isinstance(last, Post)
    if isinstance(first, Post) and isinstance(last, Post):
        first, last = first.base, last.base
    if not isinstance(first, Index) or not isinstance(last, Index):
        raise CannotPrint(node.span, "The dots in this matrix are not written as code.")
    low, high = (printer.whole(each.indices[0], place) for each in (first, last))
    count = _between(printer, first, last)
    letter = Printed(printer.identifiers.fresh("k"), counts=True)
    at = replace(first, indices=(Sym(_INDEX, first.span),))
    member = printer.printed(at, place.with_names({_INDEX: letter}))
    loops = f"for {letter.text} in range({low.text}, {shifted(high.text, 1)})"
    made = printer.library.collected(member, loops)
    if member.is_number:
        return Printed(made, ATOM, count, ONE) if len(node.rows) > 1 else Printed(made, ATOM, ONE, count)
    side_by_side = len(node.rows) == 1
    if not member.is_column or turned == side_by_side:
        raise CannotPrint(node.span, "The dots in this matrix are not written as code.")
    return Printed(f"{made}.T", ATOM, member.rows, count) if side_by_side else Printed(made, ATOM, count, member.rows)


_INDEX = "\0index"  # no name of a note: the grammar reads no such letter


def _between(printer: Printer, first: Index, last: Index) -> Dim:
    low, high = (printer.evaluator.size(each.indices[0]) for each in (first, last))
    top = dimension(printer, last.indices[0])
    return top if low == 1 else Dim(high - low + 1, f"{top.text} - {low - 1}")


def print_diagonal(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    """`diag` of a list, of a vector (the matrix), or of a square matrix (its diagonal)."""
    library = printer.library
    if len(node.args) > 1:
        return _diagonal_of_list(printer, node, place)
    inner = printer.printed(node.args[0], replace(place, entrywise=True) if is_vectorial(node.args[0]) else place, want)
    if inner.is_number:
        return inner
    if inner.is_matrix:
        if inner.rows != inner.cols:
            raise CannotPrint(node.span, "`diag` of a matrix that is not square.")
        return Printed(library.call("diag", inner.text), ATOM, inner.rows, ONE)
    size = inner.rows if inner.cols == ONE else inner.cols
    return Printed(library.call("diag", inner.text), ATOM, size, size)


def _diagonal_of_list(printer: Printer, node: Call, place: Place) -> Printed:
    first, last = node.args[0], node.args[-1]
    middle = node.args[1]
    if len(node.args) == 3 and isinstance(middle, Special) and middle.kind == "ellipsis":
        if not isinstance(first, Index) or not isinstance(last, Index):
            raise CannotPrint(node.span, "These dots are not written as code.")
        column = _grid_with_dots(printer, Grid(((first,), (middle,), (last,)), node.span), place)
        return Printed(printer.library.call("diag", column.text), ATOM, column.rows, column.rows)
    parts = [printer.scalar(each, place) for each in node.args]
    size = fixed(len(parts))
    return Printed(printer.library.call("diag", printer.library.line(parts)), ATOM, size, size)
