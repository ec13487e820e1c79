"""Which letters of a statement are free indices, and over what they run."""

from __future__ import annotations

from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, ranges_of, shape_of
from .grammar import name_of
from .tree import Apply, Big, Expect, Index, Info, Node, Special, Sym, children, walk
from .values import Undefined

_NAMED, _OF_TABLES = (Sym, Index), (Expect, Info)  # made once: every node of every side is asked


def free_indices(evaluator: Evaluator, node: Node, scope: Scope) -> dict[str, range]:
    """Letters that index something and are bound by nothing, with their ranges: a claim holds for all of them."""
    candidates: dict[str, None] = {}
    _collect(evaluator, node, frozenset(scope.bound), candidates)
    found: dict[str, range] = {}
    for name in candidates:
        ranges = ranges_of(evaluator, (name,), node, scope)
        if ranges is None:
            ranges = _spectral(evaluator, node, name, scope)
        if ranges is not None:
            found[name] = ranges[0]
    return found


def _spectral(evaluator: Evaluator, node: Node, name: str, scope: Scope) -> list[range] | None:
    r"""The range of `i` in `\sigma_i(M)` and `\lambda_i(M)`: as many as every matrix it is of has."""
    counts: list[int] = []
    for each in walk(node):
        head = each.head if isinstance(each, Apply) and len(each.args) == 1 else None
        if not isinstance(each, Apply) or not isinstance(head, Index):
            continue
        of = [index.name for index in head.indices if isinstance(index, Sym)]
        if of == [name] and name_of(head.base) in ("\\sigma", "\\lambda"):
            try:
                counts.append(min(shape_of(evaluator.value(each.args[0], scope))))
            except (NotationError, ShapeClash, NeedsSize, Undefined):
                return None
    return [range(1, min(counts) + 1)] if counts else None


def _collect(evaluator: Evaluator, node: Node, bound: frozenset[str], found: dict[str, None]) -> None:
    model, world = evaluator.model, evaluator.world
    if isinstance(node, Big):
        inner = bound | set(node.binder.names)
        for each in children(node):
            _collect(evaluator, each, inner, found)
        return
    if isinstance(node, _NAMED):
        found |= dict.fromkeys(_within(evaluator, name_of(node), bound, frozenset()))
    if isinstance(node, Index):
        whole = name_of(node)
        if whole is not None and (whole in model.definitions or whole in model.symbols):
            return
        for index in node.indices:
            for letter in _letters(index):
                symbol = model.symbols.get(letter)
                is_index = symbol is None or "index" in symbol.properties
                if letter not in bound and is_index and letter not in world.dims and letter not in model.definitions:
                    found[letter] = None
    if isinstance(node, Special) and node.kind == "basis" and node.size is not None:
        for letter in _letters(node.size):
            if letter not in bound and letter not in model.symbols:
                found[letter] = None
    if isinstance(node, Apply) and name_of(node.head) in model.tables:
        known = {*bound, *model.symbols, *model.definitions}
        found |= dict.fromkeys(arg.name for arg in node.args if isinstance(arg, Sym) and arg.name not in known)
    if isinstance(node, _OF_TABLES):
        bound = bound | _runs_over(evaluator, node)
    if isinstance(node, Sym):
        if node.name.rstrip("'") in world.levels and node.name not in bound and node.name not in model.symbols:
            found[node.name] = None
        symbol = model.symbols.get(node.name)
        if symbol is not None and "index" in symbol.properties and node.name not in bound:
            found[node.name] = None
    for each in children(node):
        _collect(evaluator, each, bound, found)


def _within(evaluator: Evaluator, name: str | None, bound: frozenset[str], seen: frozenset[str]) -> list[str]:
    r"""The declared indices, as the class `$y \in \{1, \dots, K\}$`, that the definition of `name` rests on."""
    definition = evaluator.model.definitions.get(name or "")
    if definition is None or name is None or name in seen:
        return []
    return _declared(evaluator, definition.body, bound | {*definition.params, *definition.indices}, seen | {name})


def _declared(evaluator: Evaluator, node: Node, bound: frozenset[str], seen: frozenset[str]) -> list[str]:
    if isinstance(node, Big):
        bound = bound | set(node.binder.names)
    found: list[str] = []
    if isinstance(node, Sym):
        symbol = evaluator.model.symbols.get(node.name)
        if symbol is not None and "index" in symbol.properties and node.name not in bound:
            found.append(node.name)
    if isinstance(node, _NAMED):
        found += _within(evaluator, name_of(node), bound, seen)
    for each in children(node):
        found += _declared(evaluator, each, bound, seen)
    return found


def _runs_over(evaluator: Evaluator, node: Expect | Info) -> frozenset[str]:
    r"""The letters that `\\mathbb{E}_{q(z)}`, a divergence or an entropy of tables runs over."""
    from .probability import letters_of

    return frozenset(letters_of(evaluator, node))


def _letters(node: Node) -> list[str]:
    if isinstance(node, Sym):
        return [node.name]
    return [name for each in children(node) for name in _letters(each)]
