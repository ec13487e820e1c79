"""Definitions: what a left side defines, and whether it may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Definition, Model
from stepcheck.tree import Apply, Index, Node, Num, Post, Prob, Relation, Special, Sym, children, walk


def is_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (isinstance(node, Special) and node.kind == "zeros")


def is_known(model: Model, name: str) -> bool:
    return name in model.symbols or name in model.definitions


def head_of(left: Node) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Name, parameters and indices of what a definition's left side defines; None where it is no such thing."""
    if isinstance(left, Apply):
        if isinstance(left.head, Post):  # `f'(x) = …` says something of `f`
            return None
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
    if name is not None and isinstance(left, Sym | Index | Special | Post):
        return name, (), ()
    return None


def is_sibling(model: Model, left: Node) -> bool:
    r"""Whether `left` is a name with a subscript like others of the note: `\theta_{t+1}` beside `\theta_t`.

    Its subscript is no index of a declared vector then, but a part of the name.
    """
    if not isinstance(left, Index):
        return False
    base, own = name_of(left.base), name_of(left)
    letters = {each.name for index in left.indices for each in walk(index) if isinstance(each, Sym)}
    if base is None or any(name in model.symbols and "index" in model.symbols[name].properties for name in letters):
        return False
    stem = f"{base}_" if left.style == "sub" else f"{base}^("
    others = [name[len(stem) :] for name in model.names() if name.startswith(stem) and name != own]
    if not letters:
        return bool(others) and base not in model.symbols
    return any(letter in re.findall(r"\\[a-zA-Z]+|[a-zA-Z]", other) for letter in letters for other in others)


def names_mentioned(model: Model, node: Node, *, inside: bool = True) -> Iterator[tuple[str, Node]]:
    r"""The names in `node`, and where. A name with a subscript, as `m_1` beside `m_2`, does not mention `m`.

    With `inside=False` it does not mention what stands in its subscript either.
    """
    name = name_of(node)
    if name is not None:
        yield name, node
    if isinstance(node, Index) and (is_known(model, name or "") or is_sibling(model, node)):
        below: Iterable[Node] = node.indices if inside else ()
    else:
        below = children(node)
    for each in below:
        yield from names_mentioned(model, each, inside=inside)


def _is_reserved(model: Model, left: Node, right: Node) -> bool:
    r"""Whether `left` is a functional with a meaning of its own, as `\lambda_{\max}(A)`: that is never defined.

    Neither is a new function said to be a number, as `\rho(A) = 3`: that says something of `A`.
    """
    if not isinstance(left, Apply):
        return False
    root, _, which = (name_of(left.head) or "").partition("_")
    declared = [model.symbols.get(name_of(arg) or "") for arg in left.args]
    if root in ("\\lambda", "\\sigma", "s") and which and len(left.args) == 1:
        of, is_defined = declared[0], name_of(left.args[0]) in model.definitions
        if which in ("max", "min") or is_defined or (of is not None and of.rows is not None and of.cols is not None):
            return True
    known = any(each is not None for each in declared) or any(name_of(arg) in model.definitions for arg in left.args)
    return known and not any(isinstance(each, Sym | Special | Apply) for each in walk(right))


def may_define(model: Model, left: Node, right: Node) -> bool:
    head = head_of(left)
    if head is None:
        return False
    name, params, indices = head
    if _is_reserved(model, left, right):
        return False
    if isinstance(left, Post):  # `x' = x + c` of a declared `x`; of a function `f' = …` is a claim
        base = model.symbols.get(name_of(left.base) or "")
        if base is None or base.kind != "value" or base.name in model.definitions or name in model.definitions:
            return False
    if is_sibling(model, left):
        return name_of(left) not in model.symbols and name_of(left) not in model.definitions
    if name_of(left) is not None and name_of(left) in model.definitions:
        return False
    if name in model.definitions:
        return False
    symbol = model.symbols.get(name_of(left) or name)
    mentions = {each for each, _ in names_mentioned(model, right)}
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
    """Keep what `left` means. What gets a value and is no name, as in `A^{-1} := B`, is an equation that is given."""
    head = head_of(left)
    if head is None:
        model.assumptions.append(Assumption(Relation((left, right), ("=",), (span,), span), span, "definition"))
        return
    name, params, indices = head
    if is_sibling(model, left):
        name, indices = name_of(left) or name, ()
    taken = any(index in model.symbols and "index" not in model.symbols[index].properties for index in indices)
    if taken and name not in model.symbols:
        name, indices = name_of(left) or name, ()
    if indices and all(len(index) == 1 and index.isalpha() for index in indices):
        free = {each for each, node in names_mentioned(model, right, inside=False) if isinstance(node, Sym)}
        if not set(indices) & free and name_of(left) is not None and name not in model.symbols:
            name, indices = name_of(left) or name, ()
    elif indices:
        name, indices = name_of(left) or name, ()
    model.definitions[name] = Definition(name, params, indices, right, span)
