"""Names: bound, an argument of the written function, or defined in the note; and functions of the note applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.model import Definition
from stepcheck.tree import Apply, Deriv, Index, Node, Post, Sym

from .matrices import dimension
from .place import Block, Place
from .printed import ATOM, ONE, CannotPrint, Dim, Printed, Want, less

if TYPE_CHECKING:
    from .printer import Printer


def print_symbol(printer: Printer, name: str, node: Node, place: Place, want: Want) -> Printed:
    if name in place.bound:
        return place.bound[name]
    model, world = printer.model, printer.evaluator.world
    if name in world.values and not (name in model.definitions and touches(printer, name, place.bound)):
        return argument(printer, name, node)
    if name in model.definitions:
        return _defined(printer, name, node, place, want)
    if name in world.dims:
        return Printed(printer.identifiers.of(name), counts=True)
    if name in world.families:
        whole = family(printer, name, node, place)
        if not whole.is_number:
            raise CannotPrint(node.span, "A whole family stands here: write one of its members.")
        return replace(whole, low=None, rows=whole.count, count=ONE)
    if name in world.functions:
        raise CannotPrint(node.span, "A function that the note leaves open is not written as code.")
    if name == "e":
        return Printed("math.e", counts=True)
    if name == "\\pi":
        return Printed("math.pi", counts=True)
    for other in in_other_fonts(name):
        if other in model.symbols or other in model.definitions:
            return print_symbol(printer, other, node, place, want)
    raise CannotPrint(node.span, "A name that stands here is not declared.")


def in_other_fonts(name: str) -> list[str]:
    """A name in bold, and a bold one in plain."""
    return [each for each in (f"\\mathbf{{{name}}}", name.removeprefix("\\mathbf{").removesuffix("}")) if each != name]


def touches(printer: Printer, name: str, bound: Mapping[str, object] | frozenset[str]) -> bool:
    """Whether the definition of `name` rests on one of `bound`, and must be worked anew where that is."""
    if name not in printer.model.definitions or not bound:
        return False
    roots = {each.split("_")[0].split("^")[0] for each in bound} | set(bound)
    return bool(printer.evaluator.depends(name) & roots - {name})


def argument(printer: Printer, name: str, node: Node) -> Printed:
    """A declared letter, which the written function takes as an argument."""
    symbol = printer.model.symbols.get(name)
    drawn = v.plain(printer.evaluator.world.values[name])
    if symbol is None or symbol.kind == "random" or drawn.shape[1] != 1:
        raise CannotPrint(node.span, "A random variable is not written as code.")
    if name not in printer.arguments:
        counts = symbol.is_number and symbol.domain in ("natural", "integer")
        rows, cols = dimension(printer, symbol.rows), dimension(printer, symbol.cols)
        printer.arguments[name] = Printed(printer.identifiers.of(name), ATOM, rows, cols, counts=counts)
    return printer.arguments[name]


def family(printer: Printer, name: str, node: Node, place: Place) -> Printed:
    """A family as an array with its members along the first axis."""
    if name in place.bound:
        return place.bound[name]
    if name not in printer.arguments:
        symbol = printer.model.symbols[name]
        if symbol.family is None or symbol.kind == "random":
            raise CannotPrint(node.span, "A family of random variables is not written as code.")
        low, high = (dimension(printer, each) for each in symbol.family)
        text = high.text if low.text == "1" else f"{high.text} - ({low.text}) + 1"
        count = Dim(high.size - low.size + 1, text)
        rows, cols = dimension(printer, symbol.rows), dimension(printer, symbol.cols)
        printer.arguments[name] = Printed(printer.identifiers.of(name), ATOM, rows, cols, low=low.text, count=count)
    return printer.arguments[name]


def family_name(printer: Printer, name: str, place: Place) -> str | None:
    """The name under which a family is declared, in whatever font; None where there is none."""
    families = printer.evaluator.world.families
    for each in (name, *in_other_fonts(name)):
        if each in families or (each in place.bound and place.bound[each].low is not None):
            return each
    return None


def member(whole: Printed, index: str) -> Printed:
    """One member of a family."""
    at = less(index, whole.low or "1")
    return Printed(f"{whole.text}[{at}]", ATOM, whole.rows, whole.cols)


# -- definitions -------------------------------------------------------------------------------------------------------


def home_of(printer: Printer, name: str, place: Place) -> Block | None:
    """The outermost block in which the definition of `name` can be worked; None where it rests on what is loose."""
    if touches(printer, name, place.loose):
        return None
    block = place.block
    while block.parent is not None and not touches(printer, name, _renewed(block)):
        block = block.parent
    return block


def _renewed(block: Block) -> frozenset[str]:
    """The names that a block binds, or binds anew: what rests on one is another thing outside of it."""
    above = block.parent.bound if block.parent is not None else {}
    return frozenset(name for name, item in block.bound.items() if above.get(name) is not item)


def _defined(printer: Printer, name: str, node: Node, place: Place, want: Want) -> Printed:
    definition = printer.model.definitions[name]
    if definition.params:
        values = {each: print_symbol(printer, each, node, place, (None, None)) for each in definition.params}
        return printer.printed(definition.body, place.with_names(values))
    block = home_of(printer, name, place)
    if block is not None and name in block.made:
        return block.made[name]
    inner = place if block is None else Place(block, block.bound)
    if definition.indices:
        made = _collected(printer, definition, node, inner)
    else:
        declared = declared_shape(printer, name)
        made = printer.printed(definition.body, inner, declared or want)
        if declared is not None and made.shape != declared and not made.is_number:
            raise CannotPrint(definition.span, "A name is declared with another shape than its definition has.")
    if block is None:
        return made
    block.made[name] = printer.assigned(name, block, made)
    return block.made[name]


def declared_shape(printer: Printer, name: str) -> tuple[Dim, Dim] | None:
    symbol = printer.model.symbols.get(name)
    if symbol is None or symbol.is_number or symbol.kind == "function":
        return None
    return dimension(printer, symbol.rows), dimension(printer, symbol.cols)


def _collected(printer: Printer, definition: Definition, node: Node, place: Place) -> Printed:
    """All members of `p_i = …` as a column, or of `P_{ij} = …` as a matrix."""
    from .sums import range_of

    shape = declared_shape(printer, definition.name)
    if shape is None:
        found = [range_of(printer, each, definition.body, place) for each in definition.indices]
        if any(each is None or each[0] != "1" for each in found):
            raise CannotPrint(node.span, "How many members this definition has is not said.")
        counts = [each[1] for each in found if each is not None]
        shape = (counts[0], counts[1] if len(counts) > 1 else ONE)
    letters = [printer.identifiers.of(each) for each in definition.indices]
    made = printer.library.collected
    bound = {each: Printed(letter, counts=True) for each, letter in zip(definition.indices, letters, strict=True)}
    inner = place.with_names(bound)
    entry = entry_of(printer, definition, [bound[each] for each in definition.indices], node, inner)
    if not entry.is_number:
        raise CannotPrint(node.span, "What this definition gives is no number.")
    if len(letters) == 1:
        return Printed(made(entry, f"for {letters[0]} in range(1, {shape[0].text} + 1)"), ATOM, *shape)
    line = Printed(made(entry, f"for {letters[1]} in range(1, {shape[1].text} + 1)"))
    return Printed(made(line, f"for {letters[0]} in range(1, {shape[0].text} + 1)"), ATOM, *shape)


def entry_of(printer: Printer, definition: Definition, indices: list[Printed], node: Node, place: Place) -> Printed:
    """`p_i` of a definition `p_i = …`: a nested function of the index."""
    bound = dict(zip(definition.indices, indices, strict=True))
    outside = replace(place, loose=place.loose - set(definition.indices))
    block = home_of(printer, definition.name, outside)
    if block is None:
        return printer.printed(definition.body, place.with_names(bound))
    key = (definition.name, "entry")
    if key not in block.made:
        params = [printer.identifiers.of(each) for each in definition.indices]
        names = {
            **block.bound,
            **{each: Printed(param, counts=True) for each, param in zip(definition.indices, params, strict=True)},
        }
        body = Block(block, names)
        result = printer.printed(definition.body, Place(body, names))
        identifier = printer.identifiers.fresh(f"{printer.identifiers.of(definition.name)}_entry")
        printer.defined(identifier, params, body, result, block)
        block.made[key] = replace(result, text=identifier, strength=ATOM, counts=False)
    function = block.made[key]
    return replace(function, text=f"{function.text}({', '.join(each.text for each in indices)})")


# -- applications ------------------------------------------------------------------------------------------------------


def print_application(printer: Printer, node: Apply, place: Place) -> Printed:
    from .calculus import print_derivative, print_derivative_of_function
    from .spectra import print_spectral

    head: Node = node.head
    primes = 0
    while isinstance(head, Post) and head.kind in ("prime", "dot"):
        primes, head = primes + 1, head.base
    if isinstance(head, Deriv) and isinstance(head.body, Sym):
        made = Deriv(Apply(head.body, node.args, node.span), head.wrt, head.style, node.span)
        return print_derivative(printer, made, place)
    name = name_of(head)
    if primes:
        return print_derivative_of_function(printer, name, node, place, primes)
    if name in printer.model.tables:
        return _table(printer, name or "", node, place)
    spectral = print_spectral(printer, head, node, place)
    if spectral is not None:
        return spectral
    if name is None:
        raise CannotPrint(node.span, "What is applied here is not a function.")
    return applied(printer, name, [printer.printed(each, place) for each in node.args], node, place)


def _table(printer: Printer, name: str, node: Apply, place: Place) -> Printed:
    if printer.model.tables[name].variables == ("",) and len(node.args) == 1:  # a vector of probabilities
        return printer.printed(Index(Sym(name, node.span), node.args, "sub", node.span), place)
    raise CannotPrint(node.span, "A table of probabilities is not written as code.")


def applied(printer: Printer, name: str, arguments: list[Printed], node: Node, place: Place) -> Printed:
    """A function of the note at `arguments`: a nested function, written once for arguments of these shapes."""
    function, outcome = function_of(printer, name, arguments, node, place)
    if function is None:
        return outcome
    return replace(outcome, text=f"{function}({', '.join(each.text for each in arguments)})", strength=ATOM)


def function_of(
    printer: Printer, name: str, arguments: list[Printed], node: Node, place: Place
) -> tuple[str | None, Printed]:
    """The identifier of a function of the note and what it returns; None where its value is written in place."""
    definition = printer.model.definitions.get(name)
    if definition is None and isinstance(node, Apply) and isinstance(node.head, Index):
        base = printer.model.definitions.get(name_of(node.head.base) or "")
        if base is not None and base.indices and base.params:
            indices = [printer.whole(each, place) for each in node.head.indices]
            place = place.with_names(dict(zip(base.indices, indices, strict=False)))
            return None, _inline(printer, base, arguments, node, place)
    if definition is None or not definition.params:
        if name == "\\sigma" and len(arguments) == 1 and printer.model.says("sigmoid"):
            return None, replace(
                arguments[0], text=printer.library.helper("sigmoid", arguments[0]), strength=ATOM, counts=False
            )
        if name in printer.evaluator.world.functions:
            raise CannotPrint(node.span, "A function that the note leaves open is not written as code.")
        raise CannotPrint(node.span, "What is applied here is no function of the note.")
    if len(definition.params) != len(arguments):
        raise CannotPrint(node.span, "A function is given another number of arguments than it takes.")
    outside = replace(place, loose=place.loose - set(definition.params))
    block = home_of(printer, name, outside)
    if block is None or any(each.low is not None for each in arguments):
        return None, _inline(printer, definition, arguments, node, place)
    key = (name, place.entrywise, *((each.rows.size, each.cols.size, each.counts) for each in arguments))
    if key not in block.made:
        block.made[key] = _written(printer, definition, arguments, node, block, entrywise=place.entrywise)
    return block.made[key].text, block.made[key]


def _written(
    printer: Printer, definition: Definition, arguments: list[Printed], node: Node, block: Block, *, entrywise: bool
) -> Printed:
    params = [printer.identifiers.of(each) for each in definition.params]
    bound = {
        **block.bound,
        **{
            each: replace(argument, text=param, strength=ATOM)
            for each, param, argument in zip(definition.params, params, arguments, strict=True)
        },
    }
    body = Block(block, bound, entrywise)
    try:
        result = printer.printed(definition.body, Place(body, bound, entrywise))
    except CannotPrint:
        symbols = printer.model.symbols
        shaped = any(each in symbols and not symbols[each].is_number for each in definition.params)
        if entrywise or shaped or all(each.is_number for each in arguments):
            raise
        body = Block(block, bound, entrywise=True)
        result = printer.printed(definition.body, Place(body, bound, entrywise=True))
    identifier = printer.identifiers.of(definition.name)
    if any(isinstance(key, tuple) and key[0] == definition.name for key in block.made):
        identifier = printer.identifiers.fresh(f"{identifier}_again")  # of arguments of other shapes
    printer.defined(identifier, params, body, result, block)
    return replace(result, text=identifier, strength=ATOM, counts=False)


def _inline(printer: Printer, definition: Definition, arguments: list[Printed], node: Node, place: Place) -> Printed:
    inner = place.with_names(dict(zip(definition.params, arguments, strict=True)))
    return printer.printed(definition.body, inner)
