"""Small rewritings of trees: an index set to a number, a subtree put in another's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from .tree import Binder, Node, Num, Sym


def replace_index(node: Node, name: str, value: int) -> Node:
    """`node` with the letter `name` replaced by a number."""

    def swap(each: Node) -> Node | None:
        return Num(Fraction(value), each.span) if isinstance(each, Sym) and each.name == name else None

    return rewritten(node, swap)


def rewritten(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """`node` with `change` applied from the top: what it returns is taken, None descends."""
    changed = change(node)
    if changed is not None:
        return changed
    updates: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        new = _inside(value, change)
        if new is not value:
            updates[field.name] = new
    return replace(node, **updates) if updates else node


def _inside(value: Any, change: Callable[[Node], Node | None]) -> Any:
    if isinstance(value, tuple):
        new = tuple(_inside(each, change) for each in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if isinstance(value, Binder):
        low, high, condition = (_inside(each, change) for each in (value.low, value.high, value.condition))
        if (low, high, condition) == (value.low, value.high, value.condition):
            return value
        return replace(value, low=low, high=high, condition=condition)
    if isinstance(value, Node):
        return rewritten(value, change)
    return value
