"""Entries of arrays and members of families: `A_{ij}`, `x_i`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Call, Index, Node, Num, Sym, walk
from stepcheck.values import Value

from .names import evaluate_symbol, is_known, refuse_thin
from .shapes import NOTHING, Unsupported, Want, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_index(evaluator: Evaluator, node: Index, scope: Scope, want: Want) -> Value:
    whole = name_of(node)
    if whole is not None and (
        whole in scope.bound or whole in evaluator.model.definitions or whole in evaluator.world.values
        or whole in evaluator.world.dims
    ):  # fmt: skip
        _refuse_general(evaluator, whole, node, scope)
        return evaluate_symbol(evaluator, whole, node, scope, want)
    base = name_of(node.base)
    if base == "\\delta" and len(node.indices) == 2 and not is_known(evaluator, base, scope):
        return v.const(float(evaluator.integer(node.indices[0], scope) == evaluator.integer(node.indices[1], scope)))
    definition = evaluator.model.definitions.get(base or "")
    if definition is not None and definition.indices and base not in scope.bound:
        if len(definition.indices) < len(node.indices):
            head = Index(node.base, node.indices[: len(definition.indices)], node.style, node.span)
            rest = Index(head, node.indices[len(definition.indices) :], node.style, node.span)
            return _entry(evaluator, evaluate_index(evaluator, head, scope, NOTHING), rest, scope)
        if len(definition.indices) == len(node.indices):
            names: dict[str, Value] = {
                index: v.const(evaluator.integer(each, scope))
                for index, each in zip(definition.indices, node.indices, strict=True)
            }
            return evaluator.value(definition.body, scope.with_names(names))
    if base is not None and base not in scope.bound:
        member = _member(evaluator, base, node, scope)
        if member is not None:
            return member
    if isinstance(node.base, Call) and node.base.name in ("softmax",):
        return _entry(evaluator, evaluator.value(node.base, scope), node, scope)
    inner = evaluator.value(node.base, scope)
    return _entry(evaluator, inner, node, scope)


def _refuse_general(evaluator: Evaluator, whole: str, node: Index, scope: Scope) -> None:
    """A member `x_i` whose range the note leaves open is one symbol, and no value for each `i` of a sum."""
    if whole in scope.bound or whole in evaluator.world.dims:
        return
    # a letter that something is differentiated by is no index: `W_x x` by `x`
    if any(name in scope.bound and not isinstance(scope.bound[name], v.Dual) for name in names_in(node.indices)):
        raise Unsupported("family", node.span, f"Over which members does `{whole}` run? Give the range of its index.")


def names_in(indices: tuple[Node, ...]) -> frozenset[str]:
    """The letters in a subscript."""
    return frozenset(each.name for index in indices for each in walk(index) if isinstance(each, Sym))


def _member(evaluator: Evaluator, base: str, node: Index, scope: Scope) -> Value | None:
    """A member of an indexed family, `x_i`; None where `base` is no family."""
    if base not in evaluator.world.families and base not in evaluator.model.definitions:
        for font in (f"\\mathbf{{{base}}}", base.removeprefix("\\mathbf{").removesuffix("}")):
            if font in evaluator.world.families:
                base = font
    family = evaluator.world.families.get(base)
    if family is None:
        return None
    refuse_thin(evaluator, base, node)
    place = evaluator.integer(node.indices[0], scope)
    bound = scope.bound.get(f"{base}_{place}")
    member = bound if bound is not None else family.get(place)
    if member is None:
        raise Unsupported("index", node.span, f"`{base}` has no member {place}.")
    if len(node.indices) == 1:
        return member
    rest = Index(node.base, node.indices[1:], node.style, node.span)
    return _entry(evaluator, member, rest, scope)


def row_and_column(node: Index, places: list[int], rows: int, cols: int) -> list[int]:
    """`A_{12}` of a matrix: row 1, column 2. Other places, counted from 0, as they are."""
    if len(places) == 1 and rows > 1 and cols > 1 and isinstance(node.indices[0], Num):
        digits = str(places[0] + 1)
        if len(digits) == 2 and "0" not in digits:
            return [int(digit) - 1 for digit in digits]
    return places


def _is_column(evaluator: Evaluator, base: Node) -> bool:
    """Whether what is indexed is declared as a vector, which may have one entry only."""
    symbol = evaluator.model.symbols.get(name_of(base) or "")
    return symbol is not None and symbol.rows is not None and symbol.cols is None


def _entry(evaluator: Evaluator, inner: Value, node: Index, scope: Scope) -> Value:
    rows, cols = shape_of(inner)
    places = [evaluator.integer(each, scope) - 1 for each in node.indices]
    places = row_and_column(node, places, rows, cols)
    if len(places) == 1:
        if cols == 1 and (rows > 1 or _is_column(evaluator, node.base)):
            places = [places[0], 0]
        elif rows == 1 and cols > 1:
            places = [0, places[0]]
        else:
            raise Unsupported("index", node.span, "One index of a matrix may be a row or a column: write which.")
    if len(places) != 2 or not (0 <= places[0] < rows and 0 <= places[1] < cols):
        raise Unsupported("index", node.span, "This index is outside of what it indexes.")
    return v.entry(inner, places[0], places[1])
