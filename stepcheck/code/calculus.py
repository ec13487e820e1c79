"""Derivatives: nested functions of what is differentiated by, handed to `jacobian` and `hessian`.

The library takes the derivative: by autograd in PyTorch and JAX, by central differences in NumPy. Layout as in the
evaluator: a number by a vector or matrix has the shape of that, a vector by a vector is the Jacobian.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck.evaluate.calculus import only_vector
from stepcheck.evaluate.world import Scope
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Call, Deriv, Index, Node, Post, Sym

from .arithmetic import transposed
from .place import Block, Place
from .printed import ATOM, ONE, CannotPrint, Printed, less, shifted
from .symbols import family, family_name, function_of, in_other_fonts, print_symbol

if TYPE_CHECKING:
    from .printer import Printer


def print_derivative(printer: Printer, node: Deriv, place: Place) -> Printed:
    body, wrt = node.body, node.wrt
    if node.style == "laplacian":
        raise CannotPrint(node.span, "A Laplacian is not written as code.")
    if node.style in ("gradient", "hessian") and not wrt:
        scope = Scope(dict.fromkeys(place.bound))  # type: ignore[arg-type]  # only its names are asked for
        variable = only_vector(printer.evaluator, body, scope)
        if variable is None:
            return _of_function(printer, node, place)
        wrt = (Sym(variable, node.span),)
    if node.style == "hessian":
        if len(wrt) != 1:
            raise CannotPrint(node.span, "A Hessian is taken with respect to one thing.")
        return _hessian(printer, body, wrt[0], place)
    if node.style == "partial" and len(wrt) > 1:
        if len(wrt) == 2 and not _is_number(printer, wrt[0], place):
            return _hessian(printer, body, wrt[0], place)
        return _one(printer, Deriv(body, wrt[1:], "partial", node.span), wrt[0], place, node)
    if len(wrt) > 1:
        parts = [_one(printer, body, each, place, node) for each in wrt]
        if not all(each.is_number for each in parts):
            raise CannotPrint(node.span, "A gradient by several vectors at once is not written as code.")
        from .parts import fixed

        return Printed(printer.library.line(parts), ATOM, fixed(len(parts)), ONE)
    return _one(printer, body, wrt[0], place, node)


def _is_number(printer: Printer, wrt: Node, place: Place) -> bool:
    if isinstance(wrt, Call):
        return False
    try:
        return printer.printed(wrt, place).is_number
    except CannotPrint:
        return True


def _one(printer: Printer, body: Node, wrt: Node, place: Place, node: Deriv) -> Printed:
    if isinstance(wrt, Call):
        raise CannotPrint(node.span, "A derivative by `vec` of a matrix is not written as code.")
    name, variable, at = _variable(printer, wrt, place)
    function, made = _function(printer, body, name, variable, place)
    text = printer.library.jacobian(function, variable.text, step=printer.nested)
    if at is not None:  # by one entry, or one member of a family
        if made.is_number:
            text = f"{text}[{at}]"
        elif variable.low is None:
            text = f"{text}[..., {at}]"
        else:
            raise CannotPrint(node.span, "The derivative of a vector by a member of a family is not written as code.")
        shape = made.shape if variable.low is None else (variable.rows, variable.cols)
        return Printed(text, ATOM, *shape)
    if variable.is_number:
        return Printed(text, ATOM, *made.shape)
    if made.is_number:
        return Printed(text, ATOM, *variable.shape)
    if made.is_column and variable.is_column:
        if node.style == "gradient":
            raise CannotPrint(node.span, "The gradient of a vector: write a Jacobian.")
        jacobian = Printed(text, ATOM, made.rows, variable.rows)
        return transposed(jacobian) if printer.model.denominator_layout else jacobian
    raise CannotPrint(node.span, "A derivative with more than two indices is not written as code.")


def _variable(printer: Printer, wrt: Node, place: Place) -> tuple[str, Printed, str | None]:
    """The name that the nested function takes, its present value, and the entry of it that is meant."""
    if isinstance(wrt, Post) and wrt.kind == "transpose":
        return _variable(printer, wrt.base, place)
    name, world, model = name_of(wrt), printer.evaluator.world, printer.model
    if isinstance(wrt, Index) and not (
        name is not None and (name in place.bound or name in model.definitions or name in world.values)
    ):
        base = name_of(wrt.base)
        if base is None:
            raise CannotPrint(wrt.span, "One differentiates by a letter or an entry of one.")
        known = family_name(printer, base, place)
        if known is not None:
            of = family(printer, known, wrt, place)
            if len(wrt.indices) != 1:
                raise CannotPrint(wrt.span, "An entry of a family's member is no variable here.")
            return known, of, less(printer.whole(wrt.indices[0], place).text, of.low or "1")
        present = print_symbol(printer, base, wrt, place, (None, None))
        places = [shifted(printer.whole(each, place).text, -1) for each in wrt.indices]
        if len(places) != (2 if present.is_matrix else 1):
            raise CannotPrint(wrt.span, "An index of this kind is not written as code.")
        return _resolved(printer, base, place), present, ", ".join(places)
    if name is None:
        raise CannotPrint(wrt.span, "One differentiates by a letter or an entry of one.")
    present = print_symbol(printer, name, wrt, place, (None, None))
    if present.counts:
        raise CannotPrint(wrt.span, "One does not differentiate by a whole number.")
    return _resolved(printer, name, place), present, None


def _resolved(printer: Printer, name: str, place: Place) -> str:
    known = (place.bound, printer.model.definitions, printer.evaluator.world.values)
    if any(name in each for each in known):
        return name
    others = [each for each in in_other_fonts(name) if any(each in names for names in known)]
    return others[-1] if others else name


def _function(printer: Printer, body: Node, name: str, variable: Printed, place: Place) -> tuple[str, Printed]:
    """`body` as a function of `name`: a nested one, or a lambda where it is short or rests on what is loose."""
    param = printer.identifiers.of(name)
    bound = {**place.bound, name: replace(variable, text=param, strength=ATOM)}
    if place.loose:
        made = printer.printed(body, replace(place, bound=bound, loose=place.loose | {name}))
        return f"lambda {param}: {made.text}", made
    block = Block(place.block, bound, place.entrywise)
    made = printer.printed(body, Place(block, bound, place.entrywise))
    if not block.lines and len(made.text) < 60:
        return f"lambda {param}: {made.text}", made
    identifier = printer.identifiers.fresh(f"of_{param}")
    printer.defined(identifier, [param], block, made, place.block)
    return identifier, made


def _hessian(printer: Printer, body: Node, wrt: Node, place: Place) -> Printed:
    name, variable, at = _variable(printer, wrt, place)
    if variable.is_matrix or at is not None or variable.low is not None:
        raise CannotPrint(wrt.span, "A Hessian is written as code by a vector or a number.")
    function, made = _function(printer, body, name, variable, place)
    if not made.is_number:
        raise CannotPrint(body.span, "A Hessian is taken of a number.")
    size = variable.rows if variable.cols == ONE else variable.cols
    return Printed(printer.library.hessian(function, variable.text), ATOM, size, size)


def _of_function(printer: Printer, node: Deriv, place: Place) -> Printed:
    r"""`\nabla f(a)`: by the one argument of `f`, taken at `a`; `\nabla f` where `f` stands."""
    body = node.body
    name = name_of(body.head) if isinstance(body, Apply) else name_of(body)
    definition = printer.model.definitions.get(name or "")
    if definition is None or not definition.params or name is None:
        raise CannotPrint(node.span, "By what is differentiated here is not written as code.")
    nodes = body.args if isinstance(body, Apply) else tuple(Sym(each, node.span) for each in definition.params)
    if len(nodes) != 1:
        raise CannotPrint(node.span, "A gradient by several arguments at once is not written as code.")
    argument = printer.printed(nodes[0], place)
    function, made = _callable(printer, name, argument, body, place)
    if not made.is_number:
        raise CannotPrint(node.span, "The gradient of a vector: write a Jacobian.")
    if node.style == "hessian":
        if argument.is_matrix:
            raise CannotPrint(node.span, "A Hessian is written as code by a vector or a number.")
        size = argument.rows if argument.cols == ONE else argument.cols
        return Printed(printer.library.hessian(function, argument.text), ATOM, size, size)
    text = printer.library.jacobian(function, argument.text, step=printer.nested)
    shape = argument.shape if argument.is_matrix or argument.is_column else (argument.cols, ONE)
    return Printed(text, ATOM, *shape)


def _callable(printer: Printer, name: str, argument: Printed, node: Node, place: Place) -> tuple[str, Printed]:
    """A function of the note as something to call: its identifier, or a lambda."""
    floating = replace(argument, counts=False)
    function, made = function_of(printer, name, [floating], node, place)
    if function is not None:
        return function, made
    letter = printer.identifiers.fresh("t")
    _, made = function_of(printer, name, [replace(floating, text=letter, strength=ATOM)], node, place)
    return f"lambda {letter}: {made.text}", made


def print_derivative_of_function(printer: Printer, name: str | None, node: Apply, place: Place, order: int) -> Printed:
    """`f'(a)`, `f''(a)`: of a function of one number, or entry by entry of one applied to a vector."""
    if name is None or len(node.args) != 1:
        raise CannotPrint(node.span, "A prime is read on a function of one argument.")
    argument = printer.printed(node.args[0], place)
    if argument.is_matrix:
        raise CannotPrint(node.span, "A prime on a function of a matrix is not written as code.")
    number = Printed("t") if not argument.is_number else argument
    text, made = _callable(printer, name, number, node, place)
    if not made.is_number:
        raise CannotPrint(node.span, "A prime is read on a function of a number.")
    library = printer.library
    for _ in range(order - 1):
        letter = printer.identifiers.fresh("t")
        text = f"lambda {letter}: {library.jacobian(text, letter, step=printer.nested)}"
    if argument.is_number:
        return Printed(library.jacobian(text, argument.text, step=printer.nested), ATOM)
    letter = printer.identifiers.fresh("t")
    each = Printed(library.jacobian(text, letter, step=printer.nested))
    return Printed(library.collected(each, f"for {letter} in {argument.text}"), ATOM, *argument.shape)


def print_prime(printer: Printer, node: Post, place: Place) -> Printed:
    r"""`f'` where `f` stands for its value at the symbol it is defined at."""
    order = 0
    inner: Node = node
    while isinstance(inner, Post) and inner.kind in ("prime", "dot"):
        order, inner = order + 1, inner.base
    name = name_of(inner)
    definition = printer.model.definitions.get(name or "")
    if definition is None or len(definition.params) != 1:
        raise CannotPrint(node.span, "A prime is read on a function of one argument.")
    made = Apply(inner, (Sym(definition.params[0], node.span),), node.span)
    return print_derivative_of_function(printer, name, made, place, order)
