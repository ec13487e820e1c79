"""Slips of our own: a sign, a factor, a transpose. A sample that lets them pass was too weak."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from .rewrite import rewritten
from .tree import Add, Mul, Node, Num, Post


def mutants(left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
    """Wrong twins of `left = right`, most telling first."""
    two = Num(Fraction(2), right.span)
    yield left, Mul((two, right), right.span)
    flipped = _flip_last_sign(right)
    if flipped is not None:
        yield left, flipped
    dropped = _drop_transpose(right)
    if dropped is not None:
        yield left, dropped
    yield left, Add(((-1, right),), right.span)


def _flip_last_sign(node: Node) -> Node | None:
    if isinstance(node, Add) and len(node.terms) > 1:
        *before, (sign, last) = node.terms
        return Add((*before, (-sign, last)), node.span)
    return None


def _drop_transpose(node: Node) -> Node | None:
    done = False

    def change(each: Node) -> Node | None:
        nonlocal done
        if not done and isinstance(each, Post) and each.kind == "transpose":
            done = True
            return each.base
        return None

    made = rewritten(node, change)
    return made if done else None
