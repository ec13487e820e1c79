"""Named functions and norms. A new one is an entry of CALLS, or of MATRIX where its one argument is printed first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck.tree import Call, Node

from .arithmetic import factorial, print_exponential
from .conditions import print_condition
from .libraries import SAME_NAME
from .matrices import print_diagonal
from .place import Place
from .printed import ATOM, NOTHING, ONE, POWER, PRODUCT, SUM, UNARY, CannotPrint, Dim, Printed, Want, shifted

if TYPE_CHECKING:
    from .printer import Printer

HELPED = ("sigmoid", "softplus", "erf")
_RECIPROCAL = {"cot": "tan", "sec": "cos", "csc": "sin", "coth": "tanh", "sech": "cosh"}


def print_call(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    if node.name in CALLS:
        return CALLS[node.name](printer, node, place, want)
    if node.name.startswith("norm"):
        return _norm(printer, node, place)
    if node.name == "log":
        return _log(printer, node, place, want)
    inner = printer.printed(
        node.args[0], place, want if node.name == "softmax" or _is_entrywise(node.name) else NOTHING
    )
    if node.name == "exp":
        return print_exponential(printer, inner, node, place)
    if _is_entrywise(node.name):
        return _entrywise(printer, node.name, inner)
    if node.name in MATRIX:
        return MATRIX[node.name](printer, node, inner, place)
    raise CannotPrint(node.span, f"`{_shown(node.name)}` is not written as code.")


def _shown(name: str) -> str:
    return name if name.isidentifier() else "This function"


def _is_entrywise(name: str) -> bool:
    return name in SAME_NAME or name in HELPED or name in _RECIPROCAL or name in ("relu", "logit", "exp")


def _entrywise(printer: Printer, name: str, inner: Printed) -> Printed:
    library = printer.library
    if name in HELPED:
        if inner.counts and name == "erf":
            return Printed(f"math.erf({inner.text})", ATOM, counts=True)
        return replace(inner, text=library.helper(name, inner), strength=ATOM, counts=False)
    if name in _RECIPROCAL:
        return replace(inner, text=f"1 / {library.entrywise(_RECIPROCAL[name], inner)}", strength=PRODUCT)
    if name == "relu":
        return replace(inner, text=library.relu(inner), strength=ATOM)
    if name == "logit":
        text = f"{inner.at_least(PRODUCT)} / (1 - {inner.at_least(UNARY)})"
        return replace(inner, text=library.entrywise("log", replace(inner, text=text)), strength=ATOM)
    counts = inner.counts and name != "sign"
    return replace(inner, text=library.entrywise(name, inner), strength=ATOM, counts=counts)


def _log(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    """`log`, and of a determinant the logarithm that does not overflow."""
    of = node.args[0]
    if isinstance(of, Call) and of.name in ("det", "bars"):
        inner = printer.printed(of.args[0], place)
        if inner.is_matrix and inner.rows == inner.cols:
            return Printed(f"{printer.library.linalg}.slogdet({inner.text})[1]", ATOM)
    inner = printer.printed(of, place, want)
    if inner.is_matrix and inner.rows == inner.cols and not place.entrywise and not _says_entrywise(printer):
        raise CannotPrint(node.span, "The logarithm of a matrix is not written as code.")
    return _entrywise(printer, "log", inner)


def _says_entrywise(printer: Printer) -> bool:
    from stepcheck.evaluate.arithmetic import says_entrywise

    return says_entrywise(printer.evaluator)


# -- functions that print their arguments themselves -------------------------------------------------------------------


def _line(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    inner = printer.printed(node.args[0], place)
    at = shifted(printer.whole(node.args[1], place).text, -1)
    if not inner.is_matrix:
        raise CannotPrint(node.span, f"A {node.name} of a vector is not written as code.")
    if node.name == "row":
        return Printed(f"{inner.at_least(ATOM)}[{at}]", ATOM, inner.cols, ONE)
    return Printed(f"{inner.at_least(ATOM)}[:, {at}]", ATOM, inner.rows, ONE)


def _extremum(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    parts = [printer.printed(each, place) for each in node.args]
    library = printer.library
    if len(parts) == 1:
        return parts[0] if parts[0].is_number else Printed(library.largest(parts[0], node.name), ATOM)
    if not all(each.is_number for each in parts):
        raise CannotPrint(node.span, "The larger of two vectors is not written as code.")
    if all(each.counts for each in parts):
        return Printed(f"{node.name}({', '.join(each.text for each in parts)})", ATOM, counts=True)
    return Printed(library.largest(Printed(library.line(parts)), node.name), ATOM)


def _indicator(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    test = print_condition(printer, node.args[0], place)
    return Printed(f"1.0 * ({test.text})", PRODUCT, counts=test.counts)


def _inner(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    left, right = printer.all_of(list(node.args), place, NOTHING)
    if left.shape != right.shape:
        raise CannotPrint(node.span, "The shapes of this inner product do not conform.")
    if left.is_number:
        return Printed(f"{left.at_least(PRODUCT)} * {right.at_least(UNARY)}", PRODUCT)
    if left.is_matrix:
        return Printed(printer.library.total(Printed(f"{left.at_least(PRODUCT)} * {right.at_least(UNARY)}")), ATOM)
    return Printed(f"{left.at_least(PRODUCT)} @ {right.at_least(UNARY)}", PRODUCT)


def _binom(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    n, k = (printer.scalar(each, place) for each in node.args)
    if n.counts and k.counts:
        return Printed(f"math.comb({n.text}, {k.text})", ATOM, counts=True)
    rest = Printed(f"{n.at_least(SUM)} - {k.at_least(PRODUCT)}", SUM, counts=n.counts and k.counts)
    under = f"{factorial(printer, k).text} * {factorial(printer, rest).text}"
    return Printed(f"{factorial(printer, n).text} / ({under})", PRODUCT)


def _root(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    inner, order = (printer.scalar(each, place) for each in node.args)
    return Printed(
        f"{inner.at_least(ATOM)} ** (1 / {order.at_least(UNARY)})", POWER, counts=inner.counts and order.counts
    )


def _logbase(printer: Printer, node: Call, place: Place, want: Want) -> Printed:
    inner, base = (printer.scalar(each, place) for each in node.args)
    top, bottom = (printer.library.entrywise("log", each) for each in (inner, base))
    return Printed(f"{top} / {bottom}", PRODUCT, counts=inner.counts and base.counts)


CALLS: dict[str, Callable[[Printer, Call, Place, Want], Printed]] = {
    "row": _line,
    "column": _line,
    "diag": print_diagonal,
    "max": _extremum,
    "min": _extremum,
    "indicator": _indicator,
    "inner": _inner,
    "binom": _binom,
    "root": _root,
    "logbase": _logbase,
}

# -- functions of one value --------------------------------------------------------------------------------------------


def _square(node: Node, inner: Printed) -> Printed:
    if inner.rows != inner.cols:
        raise CannotPrint(node.span, "This is taken of square matrices.")
    return inner


def _trace(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_number:
        return inner
    return Printed(printer.library.call("trace", _square(node, inner).text), ATOM)


def _det(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_number:
        return inner
    return Printed(f"{printer.library.linalg}.det({_square(node, inner).text})", ATOM)


def _logdet(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_number:
        return _entrywise(printer, "log", inner)
    return Printed(f"{printer.library.linalg}.slogdet({_square(node, inner).text})[1]", ATOM)


def _bars(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_number or place.entrywise:
        return replace(inner, text=printer.library.absolute(inner), strength=ATOM)
    return _det(printer, node, inner, place)


def _rank(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if not inner.is_matrix:
        raise CannotPrint(node.span, "The rank of a vector is not written as code.")
    return Printed(f"{printer.library.linalg}.matrix_rank({inner.text})", ATOM)


def _vec(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if not inner.is_matrix:
        return inner.shaped(inner.rows if inner.cols == ONE else inner.cols, ONE)
    size = Dim(inner.rows.size * inner.cols.size, f"({inner.rows.text}) * ({inner.cols.text})")
    return Printed(printer.library.reshaped(f"{inner.at_least(ATOM)}.T", "-1"), ATOM, size, ONE)


def _expm(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    return replace(_square(node, inner), text=printer.library.helper("expm", inner), strength=ATOM)


def _softmax(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_matrix and not printer.model.says("row"):
        raise CannotPrint(node.span, "Softmax of a matrix: say “row-wise” in the note.")
    return replace(inner, text=printer.library.helper("softmax", inner), strength=ATOM)


def _logsumexp(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    if inner.is_matrix or inner.is_number:
        raise CannotPrint(node.span, "Log-sum-exp is written for vectors.")
    return Printed(printer.library.helper("logsumexp", inner), ATOM)


MATRIX: dict[str, Callable[[Printer, Call, Printed, Place], Printed]] = {
    "tr": _trace,
    "det": _det,
    "logdet": _logdet,
    "bars": _bars,
    "rank": _rank,
    "vec": _vec,
    "expm": _expm,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
}


# -- norms -------------------------------------------------------------------------------------------------------------


def _norm(printer: Printer, node: Call, place: Place) -> Printed:
    inner = printer.printed(node.args[0], place)
    library, kind = printer.library, node.name
    norm = f"{library.linalg}.norm"
    if inner.is_number:
        if kind in ("norm", "norm1", "norm2", "normF", "norminf"):
            return Printed(library.absolute(inner), ATOM)
        raise CannotPrint(node.span, "This norm of a number is not written as code.")
    vector = not inner.is_matrix
    if kind == "norm" and not vector:
        raise CannotPrint(node.span, "Which norm of a matrix this is cannot be told.")
    if kind in ("norm", "normF") or (kind == "norm2" and vector):
        return Printed(f"{norm}({inner.text})", ATOM)
    if kind in ("norm2", "normop"):
        return Printed(f"{norm}({inner.text}, 2)", ATOM)
    if kind == "normnuc":
        return Printed(library.total(Printed(library.singular_values(inner))), ATOM)
    if kind in ("norm1", "norminf") or (kind == "normmax" and vector):
        return Printed(f"{norm}({inner.text}, {'1' if kind == 'norm1' else 'math.inf'})", ATOM)
    if kind == "normmax":
        return Printed(library.largest(Printed(library.absolute(inner)), "max"), ATOM)
    if kind == "normp":
        return _of_order(printer, node, inner, place)
    raise CannotPrint(node.span, "This norm is not written as code.")


def _of_order(printer: Printer, node: Call, inner: Printed, place: Place) -> Printed:
    r"""`\lVert x \rVert_p`, and `\lVert x \rVert_A` with a matrix below."""
    order = printer.printed(node.args[1], place)
    library = printer.library
    if order.is_number and not inner.is_matrix:
        powers = f"{library.absolute(inner)} ** {order.at_least(POWER)}"
        return Printed(f"{library.total(Printed(powers))} ** (1 / {order.at_least(UNARY)})", POWER)
    if order.is_matrix and order.shape == (inner.rows, inner.rows) and inner.is_column:
        square = f"{inner.at_least(PRODUCT)} @ {order.at_least(UNARY)} @ {inner.at_least(UNARY)}"
        return Printed(library.entrywise("sqrt", Printed(square)), ATOM)
    raise CannotPrint(node.span, "This norm is not written as code.")
