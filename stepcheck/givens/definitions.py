"""Definitions: what a left side defines, and whether it may."""

from __future__ import annotations

from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Definition, Model
from stepcheck.tree import Apply, Index, Node, Num, Prob, Special, Sym, walk


def is_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (isinstance(node, Special) and node.kind == "zeros")


def is_known(model: Model, name: str) -> bool:
    return name in model.symbols or name in model.definitions


def head_of(left: Node) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Name, parameters and indices of what a definition's left side defines; None where it is no such thing."""
    if isinstance(left, Apply):
        base, indices = left.head, ()
        name = name_of(base)
        params = [name_of(arg) for arg in left.args]
        if name is not None and all(param is not None for param in params):
            return name, tuple(param for param in params if param is not None), indices
        return None
    if isinstance(left, Prob) and not left.given:
        return None
    if isinstance(left, Index):
        name = name_of(left.base)
        inner = [each.name if isinstance(each, Sym) else None for each in left.indices]
        if name is not None and all(each is not None for each in inner):
            return name, (), tuple(each for each in inner if each is not None)
    name = name_of(left)
    if name is not None and isinstance(left, Sym | Index | Special):
        return name, (), ()
    return None


def may_define(model: Model, left: Node, right: Node) -> bool:
    head = head_of(left)
    if head is None:
        return False
    name, params, indices = head
    if name_of(left) is not None and name_of(left) in model.definitions:
        return False
    if name in model.definitions:
        return False
    symbol = model.symbols.get(name_of(left) or name)
    mentions = {each for node in walk(right) if (each := name_of(node)) is not None}
    if params:
        return symbol is None or symbol.kind == "function"
    if name in mentions and not indices:
        return False
    if symbol is None and indices and name in model.symbols:
        symbol = model.symbols[name]
    if symbol is None:
        return True
    if symbol.kind in ("random", "function"):
        return False
    if symbol.kind == "dimension":
        return False
    if isinstance(right, Num) or is_zero(right):
        return symbol.declared_by == "bound" or symbol.is_number
    return name not in mentions


def define(model: Model, left: Node, right: Node, span: Span) -> None:
    head = head_of(left)
    if head is None:
        return
    name, params, indices = head
    taken = any(index in model.symbols and "index" not in model.symbols[index].properties for index in indices)
    if taken and name not in model.symbols:
        name, indices = name_of(left) or name, ()
    if indices and all(len(index) == 1 and index.isalpha() for index in indices):
        free = {each.name for each in walk(right) if isinstance(each, Sym)}
        if not set(indices) & free and name_of(left) is not None and name not in model.symbols:
            name, indices = name_of(left) or name, ()
    elif indices:
        name, indices = name_of(left) or name, ()
    model.definitions[name] = Definition(name, params, indices, right, span)
