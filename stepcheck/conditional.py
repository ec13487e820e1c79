r"""`D(p(y \mid x) \,\|\, q(y \mid x))` with a free `x`: for each `x`, or the mean over `p(x)`.

A free index means “for all”, and so it is evaluated. But the chain rule of divergences is printed without a mean, which
is meant (Cover & Thomas, *Elements of Information Theory*, 2nd ed., eq. 2.65). Where `x` stands nowhere else in a claim
both readings are tried, and they must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .model import Model
from .reading import Claim
from .rewrite import rewritten
from .tree import Apply, Big, Binder, Expect, Info, Mul, Node, Prob, Relation, Sym, children, walk


def averaged(model: Model, claim: Claim) -> tuple[Claim, str] | None:
    """The claim with the mean of such divergences over what they are given, and the letters; None where it has none."""
    if claim.left is None or claim.right is None or model.says("for each"):
        return None
    sides = (claim.left, claim.right)
    found = [each for side in sides for each in _open_divergences(model, side, frozenset())]
    letters = {name for each in found for name in _given(each)}
    if not found or letters & {name for side in sides for name in _free(side, frozenset(), found)}:
        return None

    def mean(each: Node) -> Node | None:
        if not isinstance(each, Info) or all(each is not other for other in found):
            return None
        law = each.args[0]
        assert isinstance(law, Prob)
        weight = Apply(Sym(law.name, law.span), law.given, law.span)
        binder = Binder(tuple(_given(each)), None, None, None, each.span)
        return Big("sum", binder, Mul((weight, each), each.span), each.span)

    left, right = (rewritten(side, mean) for side in sides)
    return replace(claim, left=left, right=right), ", ".join(f"`{name}`" for name in sorted(letters))


def _given(node: Info) -> list[str]:
    law = node.args[0]
    return [each.name for each in law.given if isinstance(each, Sym)] if isinstance(law, Prob) else []


def _bound(node: Node) -> frozenset[str]:
    if isinstance(node, Big):
        return frozenset(node.binder.names)
    if isinstance(node, Expect) and node.under is not None:
        under = node.under.sides[0] if isinstance(node.under, Relation) else node.under
        return frozenset(each.name for each in walk(under) if isinstance(each, Sym))
    return frozenset()


def _open_divergences(model: Model, node: Node, bound: frozenset[str]) -> Iterator[Info]:
    if isinstance(node, Info) and node.kind == "KL" and isinstance(node.args[0], Prob):
        names, law = _given(node), node.args[0]
        known = {*bound, *model.symbols, *model.definitions}
        if names and len(names) == len(law.given) and law.name in model.tables and not known & set(names):
            yield node
        return
    for each in children(node):
        yield from _open_divergences(model, each, bound | _bound(node))


def _free(node: Node, bound: frozenset[str], apart: list[Info]) -> Iterator[str]:
    """The letters of `node` that nothing binds, outside of the divergences `apart`."""
    if any(node is each for each in apart):
        return
    if isinstance(node, Sym) and node.name not in bound:
        yield node.name
    inner = bound | _bound(node)
    if isinstance(node, Info):
        laws = [each for each in node.args if isinstance(each, Prob | Apply)]
        events = [event for each in laws for event in (each.events if isinstance(each, Prob) else each.args)]
        inner |= {event.name for event in events if isinstance(event, Sym)}
    for each in children(node):
        yield from _free(each, inner, apart)


__all__ = ["averaged"]
