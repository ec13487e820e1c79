r"""Dependences that a note speaks of and does not write out: `p_\theta(x)`, “a loss $\ell$ that depends on $w$”.

What is drawn for them rests on nothing, so that a derivative by `\theta` would come out as zero, whatever is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .grammar import name_of
from .model import Model
from .tree import Apply, Call, Deriv, Index, Node, Prob, Relation, Sym, walk

_LETTERS = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]")


def hidden_dependence(model: Model, nodes: Iterable[Node]) -> tuple[str, str] | None:
    """A name below a derivative, and the letter of that derivative on which it depends in a way that is not written."""
    for each in _reached(model, nodes):
        if isinstance(each, Deriv):
            letters, below = {name for wrt in each.wrt for name in _names(wrt)}, [each.body]
            found = _alone(model, each.body, letters) or _tied(model, each.body, letters)
            if found is not None:
                return found
        elif isinstance(each, Call) and each.name == "differential":
            letters, below = set(model.differentials), list(each.args)
        else:
            continue
        for letter in sorted(letters):
            heads: set[int] = set()  # of applications to the letter, which are seen before their heads
            for node in _reached(model, below):
                if isinstance(node, Apply) and _is_taken_of(node, letter):
                    heads |= {id(node), id(node.head)}
                for name in _names(node) if id(node) not in heads else ():
                    if name not in model.definitions and letter in _hidden_letters(model, name):
                        return name, letter
    return None


def _alone(model: Model, body: Node, letters: set[str]) -> tuple[str, str] | None:
    r"""`\frac{dy}{dx}` of two letters that the note leaves free: it speaks of a `y` that depends on `x`."""
    if not letters or not isinstance(body, Sym | Index):
        return None
    names = list(_names(body))
    known = [model.symbols[name] for name in names if name in model.symbols]
    if letters & set(names) or any(name in model.definitions or name in model.recurrences for name in names):
        return None
    is_free = any(symbol.kind in ("value", "random") and "index" not in symbol.properties for symbol in known)
    return (names[0], min(letters)) if is_free else None


def _tied(model: Model, body: Node, letters: set[str]) -> tuple[str, str] | None:
    """A number below the derivative that an equation of the note ties to the number by which it is taken."""
    numbers = {name for name, symbol in model.symbols.items() if symbol.is_number and symbol.kind == "value"}
    for letter in sorted(letters & numbers):
        used = {name for node in _reached(model, [body]) for name in _names(node)} & numbers - {letter}
        for given in (*model.assumptions, *model.conditions):
            relation = given.relation
            if isinstance(relation, Relation) and "=" in relation.signs:
                tied = {name for node in _reached(model, [relation]) for name in _names(node)}
                if letter in tied and used & tied:
                    return min(used & tied), letter
    return None


def _reached(model: Model, nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes in `nodes`, and in the definitions that they rest on."""
    waiting, seen = list(nodes), set[str]()
    while waiting:
        for each in walk(waiting.pop()):
            yield each
            for name in _names(each):
                if name in model.definitions and name not in seen:
                    seen.add(name)
                    waiting.append(model.definitions[name].body)


def _names(node: Node) -> Iterator[str]:
    heads = [node, node.base] if isinstance(node, Index) else [node.head] if isinstance(node, Apply) else [node]
    for each in heads:
        name = each.name if isinstance(each, Prob) else name_of(each)
        if name is not None:
            yield name


def _is_taken_of(node: Apply, letter: str) -> bool:
    """Whether `f(x)` has the letter in what `f` is taken of."""
    return any(name_of(each) == letter for arg in node.args for each in walk(arg))


def _hidden_letters(model: Model, name: str) -> set[str]:
    """The letters that a name carries in its index, and those that the prose says it depends on.

    A matrix is only labelled by its index: `W_x x` is linear in `x`.
    """
    symbol = model.symbols.get(name)
    # a declared map rests on what it is taken of: “$f(x, y)$ as a function of $(r, \theta)$”
    found = set() if symbol is not None and symbol.kind == "function" else set(model.depending.get(name, ()))
    is_matrix = symbol is not None and symbol.kind == "value" and symbol.cols is not None
    if not is_matrix and (symbol is not None or name in model.tables or name in model.laws):
        found |= set(_LETTERS.findall(re.split(r"[_^]", name, maxsplit=1)[1])) if re.search(r"[_^]", name) else set()
    return found
