r"""Givens that say something of a function at a letter: `f'(x) = 3x`.

Read to the letter this is said of one `x`, and `f'(2) = 6` does not follow; most writers mean every `x`. So a claim
that fails and asks for the function at anything else is answered `unchecked`, with the given named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from stepcheck.grammar import name_of
from stepcheck.model import Model
from stepcheck.special import below
from stepcheck.tree import Apply, Node, Post, Relation, Sym, walk


def said_at_a_letter(model: Model, sides: Iterable[Node]) -> tuple[str, str] | None:
    """A function that `sides` ask for elsewhere than a given speaks of it, and the letter that it is given at."""
    given = dict(_given(model))
    if not given:
        return None
    for node in below(model, *sides):
        if isinstance(node, Apply) and (name := _function(model, node)) in given:
            letter = given[name]
            if _letters(node) != [letter]:
                return name, letter
    return None


def _given(model: Model) -> Iterator[tuple[str, str]]:
    """Functions with the letter at which an equation of theirs is given, where the letter stands beside them too."""
    for assumption in model.assumptions:
        if not isinstance(assumption.relation, Relation) or set(assumption.relation.signs) != {"="}:
            continue
        nodes = list(walk(assumption.relation))
        letters = Counter(each.name for each in nodes if isinstance(each, Sym))
        for node in nodes:
            if not isinstance(node, Apply) or len(node.args) != 1 or not isinstance(node.args[0], Sym):
                continue
            name, letter = _function(model, node), node.args[0].name
            inside = sum(
                1 for each in nodes if isinstance(each, Apply) and [name_of(arg) for arg in each.args] == [letter]
            )
            if name is not None and letters[letter] > inside:
                yield name, letter


def _letters(node: Apply) -> list[str | None]:
    return [name_of(each) for each in node.args]


def _function(model: Model, node: Apply) -> str | None:
    head = node.head
    while isinstance(head, Post):
        head = head.base
    name = name_of(head)
    return name if name is not None and name not in model.definitions and model.is_function(name) else None


__all__ = ["said_at_a_letter"]
