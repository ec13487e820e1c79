r"""`f \propto g` as functions of a variable: f(λ) g(λ') = f(λ') g(λ) for any two values λ and λ'.

The variable is the one that the note names ("as a function of $\lambda$"), or what a density or table on the left is of
and not given. The second value is a letter of its own with what the note says of the first.
"""

from __future__ import annotations

from dataclasses import replace

from .errors import NotationError
from .evaluate import Evaluator, World
from .grammar import name_of
from .model import Assumption, Model
from .reading import Claim
from .rewrite import rewritten
from .tree import At, Index, Mul, Node, Prob, Sym, walk

NEAR = 500  # characters of the note


def as_equation(model: Model, claim: Claim) -> tuple[Model, Claim]:
    """The model with a second value of the variable, and the claim of products that `claim` stands for.

    Raises NotationError where the variable is not said, or is nothing that can vary by itself.
    """
    left, right = claim.left, claim.right
    assert left is not None
    assert right is not None
    name = _variable_of(model, claim, left)
    symbol = model.symbols.get(name)
    if symbol is None or symbol.kind != "value" or symbol.family is not None or name in model.definitions:
        raise NotationError("proportional", claim.span, f"`{name}` is nothing that can vary by itself here.")
    evaluator = Evaluator(model, World())
    if not any(_rests_on(evaluator, side, name) for side in (left, right)):
        raise NotationError("proportional", claim.span, f"Neither side mentions `{name}`: say in which variable.")
    other = f"{name}'"
    if other in model.symbols or other in model.definitions or claim.conditions:
        raise NotationError("proportional", claim.span, "`\\propto` is not judged where this is all that is said.")

    def primed(each: Node) -> Node | None:
        return Sym(other, each.span) if isinstance(each, Sym) and each.name == name else None

    told = [
        Assumption(rewritten(each.relation, primed), each.span, each.words)
        for each in model.assumptions
        if any(isinstance(below, Sym) and below.name == name for below in walk(each.relation))
    ]
    grown = replace(
        model,
        symbols={**model.symbols, other: replace(symbol, name=other, properties=set(symbol.properties))},
        assumptions=[*model.assumptions, *told],
    )

    def there(side: Node) -> Node:
        return At(side, (name,), (Sym(other, side.span),), side.span)

    sides = (Mul((left, there(right)), claim.span), Mul((there(left), right), claim.span))
    return grown, replace(claim, left=sides[0], sign="=", right=sides[1], whole=None)


def said_before(model: Model, claim: Claim) -> str | None:
    """The variable that the note names in front of this step, and near it."""
    said = [name for place, name in model.proportional if 0 < claim.span.start - place < NEAR]
    return said[-1] if said else None


def _variable_of(model: Model, claim: Claim, left: Node) -> str:
    said = said_before(model, claim)
    if said is not None:
        return said
    if isinstance(left, Prob) and left.given and len(left.events) == 1:
        return name_of(left.events[0]) or ""
    raise NotationError("proportional", claim.span, "Say in which variable this is proportional.")


def _rests_on(evaluator: Evaluator, node: Node, name: str) -> bool:
    names = (
        name_of(part)
        for each in walk(node)
        for part in ((each, each.base) if isinstance(each, Index) else (each,))
        if isinstance(part, Sym | Index)
    )
    return any(name in evaluator.depends(each) for each in names if each is not None)


__all__ = ["as_equation"]
