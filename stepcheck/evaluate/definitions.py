"""Functions of the note applied to values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Index, Node
from stepcheck.values import Value

from .entrywise import ENTRYWISE
from .shapes import ShapeClash, Unsupported, is_number
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def apply_function(evaluator: Evaluator, name: str, arguments: list[Value], node: Node, scope: Scope) -> Value:
    definition = evaluator.model.definitions.get(name)
    if definition is None and isinstance(node, Apply) and isinstance(node.head, Index):
        base = name_of(node.head.base) or ""
        definition = evaluator.model.definitions.get(base)
        if definition is not None and definition.indices and definition.params:
            places: dict[str, Value] = {
                index: v.const(evaluator.integer(each, scope))
                for index, each in zip(definition.indices, node.head.indices, strict=False)
            }
            scope = scope.with_names(places)
    if definition is not None and definition.params:
        if len(definition.params) != len(arguments):
            raise Unsupported(
                "arguments", node.span, f"`{name}` takes {len(definition.params)} arguments, not {len(arguments)}."
            )
        inner = scope.with_names(dict(zip(definition.params, arguments, strict=True)))
        if scope.entrywise or not any(not is_number(each) for each in arguments):
            return evaluator.value(definition.body, inner)
        try:
            return evaluator.value(definition.body, inner)
        except (ShapeClash, Unsupported):
            if any(
                param in evaluator.model.symbols and not evaluator.model.symbols[param].is_number
                for param in definition.params
            ):
                raise
            return evaluator.value(definition.body, replace(inner, entrywise=True))
    if name in evaluator.world.functions:
        return evaluator.world.functions[name](arguments)
    if name == "\\sigma" and len(arguments) == 1 and evaluator.model.says("sigmoid"):
        return ENTRYWISE["sigmoid"](arguments[0])
    if evaluator.model.is_variable(name) or name in scope.bound or name in evaluator.world.values:
        raise Unsupported("application", node.span, f"`{name}` is not a function. Write a product with `\\cdot`.")
    raise NotationError(
        "undeclared-function", node.span, f"`{name}` is not defined in this note. Define it in prose first."
    )
