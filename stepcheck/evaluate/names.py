"""The value of a name: bound, drawn, or defined in the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.model import Definition
from stepcheck.tree import Node
from stepcheck.values import Value

from .shapes import NOTHING, ShapeClash, Unsupported, Want, is_number, shape_of
from .sizes import declared_shape, ranges_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_symbol(evaluator: Evaluator, name: str, node: Node, scope: Scope, want: Want) -> Value:
    if name in scope.bound:
        return scope.bound[name]
    refuse_thin(evaluator, name, node)
    if name in evaluator.world.values and not _depends_on_bound(evaluator, name, scope):
        return evaluator.world.values[name]
    if name in evaluator.model.definitions:
        return _defined(evaluator, name, node, scope, want)
    if name in evaluator.world.dims:
        return v.const(evaluator.world.dims[name])
    if name in evaluator.world.values:
        return evaluator.world.values[name]
    if name in evaluator.world.families:
        members = {k: scope.bound.get(f"{name}_{k}", each) for k, each in evaluator.world.families[name].items()}
        if all(is_number(member) for member in members.values()):
            return v.blocks([[member] for member in members.values()])
        raise Unsupported("family", node.span, f"`{name}` is a family: write one of its members.")
    if name in evaluator.world.functions and name in evaluator.model.arguments:
        return evaluator.world.functions[name](
            [evaluator.value(each, scope) for each in evaluator.model.arguments[name]]
        )
    if name == "e":
        return v.const(float(np.e))
    if name == "\\pi" and not evaluator.model.is_pi_a_letter:
        return v.const(float(np.pi))
    plain = name.removeprefix("\\mathbf{").removesuffix("}")
    bold = f"\\mathbf{{{name}}}"
    if bold != name and (bold in evaluator.model.symbols or bold in evaluator.model.definitions):
        return evaluate_symbol(evaluator, bold, node, scope, want)
    if plain != name and (plain in evaluator.model.symbols or plain in evaluator.model.definitions):
        return evaluate_symbol(evaluator, plain, node, scope, want)
    raise NotationError(
        "undeclared-symbol", node.span, f"`{name}` is not defined in this note. Declare it in prose first."
    )


def refuse_thin(evaluator: Evaluator, name: str, node: Node) -> None:
    """The nodes of a thin variable are exact for means of polynomials, and say nothing of single outcomes."""
    if name in evaluator.world.thin and not evaluator.averaging:
        raise Unsupported(
            "too-many-atoms",
            node.span,
            "Too many random variables at once for what is no mean of a polynomial in them.",
        )


def _depends_on_bound(evaluator: Evaluator, name: str, scope: Scope) -> bool:
    if name not in evaluator.model.definitions or not scope.bound:
        return False
    roots = {bound.split("_")[0].split("^")[0] for bound in scope.bound} | set(scope.bound)
    return bool(evaluator.depends(name) & roots - {name})


def _defined(evaluator: Evaluator, name: str, node: Node, scope: Scope, want: Want) -> Value:
    definition = evaluator.model.definitions[name]
    if definition.params:
        arguments = {param: evaluate_symbol(evaluator, param, node, scope, NOTHING) for param in definition.params}
        return evaluator.value(definition.body, scope.with_names(arguments))
    if definition.indices:
        return _collected(evaluator, definition, node, scope)
    touched = _depends_on_bound(evaluator, name, scope) or bool(evaluator.depends(name) & evaluator.world.thin.keys())
    if not touched and name in evaluator.memo:
        return evaluator.memo[name]
    wanted = declared_shape(evaluator, name) or want
    inner = scope if touched else Scope()
    made = evaluator.value(definition.body, inner, wanted)
    declared = declared_shape(evaluator, name)
    if declared is not None and shape_of(made) != declared and not is_number(made):
        raise ShapeClash(definition.span, shape_of(made), declared, f"`{name}` is declared with another shape")
    if not touched:
        evaluator.memo[name] = made
    return made


def _collected(evaluator: Evaluator, definition: Definition, node: Node, scope: Scope) -> Value:
    """All members of `p_i = …` as a column, or of `P_{ij} = …` as a matrix."""
    shape = declared_shape(evaluator, definition.name)
    if shape is None:
        ranges = ranges_of(evaluator, definition.indices, definition.body, scope)
        if ranges is None:
            raise Unsupported("range", node.span, f"How many members `{definition.name}` has is not said.")
        shape = (len(ranges[0]), len(ranges[1]) if len(ranges) > 1 else 1)
    rows: list[list[Value]] = []
    for r in range(shape[0]):
        line = []
        for c in range(shape[1]):
            names: dict[str, Value] = dict(zip(definition.indices, (v.const(r + 1), v.const(c + 1)), strict=False))
            line.append(evaluator.number(definition.body, scope.with_names(names)))
        rows.append(line)
    return v.blocks(rows)


def is_known(evaluator: Evaluator, name: str, scope: Scope) -> bool:
    return name in scope.bound or name in evaluator.model.symbols or name in evaluator.model.definitions
