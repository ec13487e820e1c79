"""The names that a formula declares, families recognised, and the dimensions they mention."""

from __future__ import annotations

from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tree import Index, Node, Num, Post, Sequence, SetOf, Special, Sym, walk

from .definitions import is_known


def items_of(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


def declared_names(left: Node) -> list[tuple[str, tuple[Node, Node] | None, Node]]:
    r"""The names on the left of `∈`, families recognised: `x_1, \dots, x_n, y` gives (x, 1..n) and y."""
    items = list(items_of(left))
    found: list[tuple[str, tuple[Node, Node] | None, Node]] = []
    place = 0
    while place < len(items):
        item = items[place]
        dots = next(
            (
                ahead
                for ahead, each in enumerate(items[place + 1 : place + 4], place + 1)
                if isinstance(each, Special) and each.kind == "ellipsis"
            ),
            None,
        )
        first, last = item, items[dots + 1] if dots is not None and dots + 1 < len(items) else None
        family = _family_of(first, last) if last is not None else None
        if family is not None and dots is not None:
            root, low, high = family
            found.append((root, (low, high), item))
            place = dots + 2
            continue
        name = name_of(item)
        if name is None and isinstance(item, Post) and item.kind == "transpose":
            name = name_of(item.base)
        if name is not None:
            found.append((name, None, item))
        place += 1
    return found


def _family_of(first: Node, last: Node) -> tuple[str, Node, Node] | None:
    """`x_1` and `x_n` (or their transposes) as the family x from 1 to n."""
    if isinstance(first, Post) and isinstance(last, Post):
        first, last = first.base, last.base
    if isinstance(first, Index) and isinstance(last, Index) and len(first.indices) == len(last.indices) == 1:
        name = name_of(first.base)
        if name is not None and name == name_of(last.base) and isinstance(first.indices[0], Num):
            return name, first.indices[0], last.indices[0]
    return None


def none_if_one(node: Node) -> Node | None:
    return None if isinstance(node, Num) and node.value == 1 else node


def note_dimensions(model: Model, target: SetOf) -> None:
    for dim in target.dims if not target.kind.startswith("interval") else target.dims[2:]:
        note_dimension(model, dim)


def note_dimension(model: Model, node: Node) -> None:
    for each in walk(node):
        if isinstance(each, Sym):
            known = model.symbols.get(each.name)
            if known is None:
                model.symbols[each.name] = Symbol(
                    each.name, each.span, "dimension", domain="natural", declared_by="size"
                )
            elif (known.is_number and known.domain in ("natural", "integer")) or known.declared_by == "bound":
                known.kind = "dimension"
                known.domain = "natural"


def declare_free(model: Model, node: Node, rows: Node | None, cols: Node | None, *, positive: bool = False) -> None:
    """Declare the undeclared letters of a moment or a parameter: numbers, or shaped as what they are moments of."""
    for each in walk(node):
        if isinstance(each, Special) and each.kind == "identity":
            if each.size is not None:
                note_dimension(model, each.size)
            cols = rows = None  # `\\sigma^2 I`: what multiplies it is a number
    for each in walk(node):
        name = name_of(each)
        if name is None or is_known(model, name) or not isinstance(each, Sym | Index):
            continue
        if isinstance(each, Index) and is_known(model, name_of(each.base) or ""):
            continue
        root = name_of(each.base) if isinstance(each, Index) else None
        general = model.members.get(root or "")
        if root is not None and general is not None:
            family = Symbol(root, each.span, family=(general.low, general.high), declared_by="moment")
            family.properties |= {"positive"} if positive else set()
            model.declare(family)
            continue
        symbol = model.declare(Symbol(name, each.span, rows=rows, cols=cols, declared_by="moment"))
        if positive:
            symbol.properties.add("spd" if cols is not None else "positive")
        if isinstance(each, Index):
            return
