r"""Sizes that a note leaves to its reader: `\Sigma` in `x \sim \mathcal{N}(\mu, \Sigma)`, `A \succ 0` in `x^\top A x`.

What has no size of its own takes the one that fits: from the mean, the covariance or the law that it stands in, else
from the first product or sum with something whose size is declared. What fits nowhere stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.rewrite import rewritten
from stepcheck.tree import Add, Index, Law, Mul, Node, Num, Post, Pow, Special, Sym, walk

ROUNDS = 3  # what fits one thing may then fit another


def fit_sizes(model: Model, claims: Iterable[Node]) -> None:
    """Give sizes to the symbols of `model` that have none, from their laws and their use."""
    nodes = [
        *claims,
        *(each.body for each in model.definitions.values()),
        *(each.relation for each in model.assumptions),
    ]
    nodes += [each.law for each in model.symbols.values() if each.law is not None]
    nodes += [side for told in model.moments.values() for side in (told.mean, told.variance) if side is not None]
    for _ in range(ROUNDS):
        for group in _groups(model, nodes):
            _fit_group(model, group, nodes)
        for name, symbol in model.symbols.items():
            if symbol.declared_by == "order" and (size := _size_in_use(model, name, nodes)) is not None:
                symbol.rows = symbol.cols = size
                symbol.declared_by = "fitted"


Group = tuple[list[Node], list[Node]]  # columns, and square matrices, of one size


def _groups(model: Model, nodes: list[Node]) -> Iterator[Group]:
    for name, symbol in model.symbols.items():
        if symbol.kind != "random" or symbol.family is not None:
            continue
        here: list[Node] = [Sym(name, symbol.span)]
        told = model.moments.get(name)
        if isinstance(symbol.law, Law) and symbol.law.name == "Normal" and len(symbol.law.params) == 2:
            yield [*here, symbol.law.params[0]], [symbol.law.params[1]]
        elif told is not None:
            yield [*here, *([told.mean] if told.mean else [])], [told.variance] if told.variance else []
    for node in nodes:
        for each in walk(node):
            if isinstance(each, Law) and each.name == "Normal" and len(each.params) == 2:
                yield [*([each.point] if each.point is not None else []), each.params[0]], [each.params[1]]


def _fit_group(model: Model, group: Group, nodes: list[Node]) -> None:
    columns, squares = group
    for each in squares:
        declared = model.symbols.get(name_of(each) or "")
        if declared is not None and declared.rows is not None and "psd" not in declared.properties:
            declared.properties.add("spd")  # a covariance
    size = next((found for each in (*columns, *squares) if (found := _rows(model, each)) is not None), None)
    loose = [symbol for each in columns if (symbol := _loose(model, each)) is not None]
    wide = [symbol for each in squares if (symbol := _loose(model, each)) is not None]
    if size is None and wide and (wide[0].declared_by == "order" or _is_capital(wide[0].name)):
        uses = (_size_in_use(model, each.name, nodes) for each in (*loose, *wide))
        size = next((found for found in uses if found is not None), None)
    if size is None:
        return
    for each in squares:
        _size_inside(model, each, size)
    for symbol in loose:
        symbol.rows = size
    for symbol in wide:
        symbol.rows = symbol.cols = size
        symbol.properties |= {"spd"}
        symbol.properties -= {"positive"}
        symbol.declared_by = "fitted"


def _size_inside(model: Model, node: Node, size: Node) -> None:
    r"""Give `I` and `\mathbf{1}` their size in what a covariance is defined as: `I + \mathbf{1}\mathbf{1}^\top`."""
    name = name_of(node) if isinstance(node, Sym | Index) else None
    definition = model.definitions.get(name or "")
    if definition is None or name is None or definition.params or definition.indices:
        return
    if _shape(model, definition.body) is not None:
        return

    def sized(each: Node) -> Node | None:
        if isinstance(each, Special) and each.kind in ("identity", "ones") and each.size is None:
            return replace(each, size=size)
        return None

    model.definitions[name] = replace(definition, body=rewritten(definition.body, sized))


def _is_capital(name: str) -> bool:
    return name.lstrip("\\")[:1].isupper()


def _loose(model: Model, node: Node) -> Symbol | None:
    """The symbol of a plain letter whose size is not declared."""
    symbol = model.symbols.get(name_of(node) or "") if isinstance(node, Sym | Index) else None
    if symbol is None or symbol.kind not in ("value", "random") or symbol.family is not None:
        return None
    return symbol if symbol.is_number or symbol.declared_by == "order" else None


def _shape(model: Model, node: Node) -> tuple[Node | None, Node | None] | None:
    """Rows and columns where they are declared; None where they are not, or for a number."""
    match node:
        case Sym() | Index():
            name = name_of(node) or ""
            symbol = model.symbols.get(name)
            if symbol is not None:
                sized = symbol.kind in ("value", "random") and not symbol.is_number and symbol.declared_by != "order"
                return (symbol.rows, symbol.cols) if sized else None
            definition = model.definitions.get(name)
            return _shape(model, definition.body) if definition is not None and not definition.params else None
        case Post(kind="transpose"):
            inner = _shape(model, node.base)
            return (inner[1], inner[0]) if inner is not None else None
        case Post(kind="inverse") | Pow():
            return _shape(model, node.base)
        case Special(kind="identity", size=size) if size is not None:
            return size, size
        case Add():
            return next((found for _, each in node.terms if (found := _shape(model, each)) is not None), None)
        case Mul():
            shapes = [found for each in node.factors if (found := _shape(model, each)) is not None]
            unsized = any(_loose_inside(model, each) for each in node.factors)
            return (shapes[0][0], shapes[-1][1]) if shapes and not unsized else None
        case _:
            return None


def _loose_inside(model: Model, node: Node) -> bool:
    base = node.base if isinstance(node, Post) else node
    symbol = model.symbols.get(name_of(base) or "")
    return symbol is not None and symbol.declared_by == "order"


def _rows(model: Model, node: Node) -> Node | None:
    found = _shape(model, node)
    return found[0] if found is not None else None


def _size_in_use(model: Model, name: str, nodes: list[Node]) -> Node | None:
    """What stands beside `name` in a product or a sum, and has a size."""
    for node in nodes:
        for each in walk(node):
            if isinstance(each, Mul):
                for place, factor in enumerate(each.factors):
                    if not _is(factor, name):
                        continue
                    before = _shape(model, each.factors[place - 1]) if place else None
                    after = _shape(model, each.factors[place + 1]) if place + 1 < len(each.factors) else None
                    turned = isinstance(factor, Post) and factor.kind == "transpose"
                    if after is not None and after[0] is not None and (turned or _square(model, name)):
                        return after[0]
                    if before is not None and before[1] is not None and not turned:
                        return before[1]
            elif isinstance(each, Add) and any(_is(term, name) for _, term in each.terms):
                for _, term in each.terms:
                    if not _is(term, name) and (found := _rows(model, term)) is not None:
                        return found
    return None


def _square(model: Model, name: str) -> bool:
    return model.symbols[name].declared_by == "order" or "spd" in model.symbols[name].properties


def _is(node: Node, name: str) -> bool:
    base: Node = node
    while isinstance(base, Post | Pow):
        base = base.base
    return name_of(base) == name and not isinstance(base, Num)
