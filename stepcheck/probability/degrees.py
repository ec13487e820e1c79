r"""Polynomials in what is random: of which degree an expression is in the components of one variable.

Of many continuous variables at once few nodes each are laid out, which are exact for polynomials up to a degree and for
nothing else. An expectation asks here whether what it is taken of is such a polynomial; elsewhere the nodes of such a
variable are not to be read at all, for they say nothing of single outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.evaluate import Unsupported
from stepcheck.grammar import name_of
from stepcheck.tree import (
    Add,
    Apply,
    Big,
    Call,
    Div,
    Expect,
    Grid,
    Index,
    Infix,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Sequence,
    Sym,
    walk,
)

from .conditioning import random_names

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

LINEAR = {"tr", "diag", "Diag", "vec"}
LENGTHS = {"norm", "norm2", "normF", "abs"}
MANY = "Too many random variables at once for what is not a polynomial of low degree in them."


def polynomial_in_thin(evaluator: Evaluator, node: Expect) -> bool:
    """Whether thin variables are mentioned in `node`, and its mean is exact over their nodes.

    Raises Unsupported where it is not.
    """
    thin = evaluator.world.thin
    names = {name for part in (*node.args, *node.given) for name in random_names(evaluator, part)} & thin.keys()
    if not names:
        return False
    for name in names:
        degrees = [degree_in(evaluator, arg, name, {}) for arg in node.args]
        if node.given or None in degrees:
            raise Unsupported("too-many-atoms", node.span, MANY)
        total = sum(each or 0 for each in degrees)
        if node.kind == "Var" or (node.kind == "Cov" and len(node.args) == 1):
            total *= 2
        if total > thin[name]:
            raise Unsupported("too-many-atoms", node.span, MANY)
    return True


def degree_in(evaluator: Evaluator, node: Node, name: str, bound: dict[str, int]) -> int | None:
    """The degree of `node` in the components of `name`; None where it is no polynomial, or not seen to be one.

    `bound` holds the degrees of parameters of functions of the note.
    """

    def below(each: Node) -> int | None:
        return degree_in(evaluator, each, name, bound)

    def highest(nodes: tuple[Node, ...]) -> int | None:
        found = [below(each) for each in nodes]
        return None if None in found else max((each or 0 for each in found), default=0)

    def added(nodes: tuple[Node, ...]) -> int | None:
        found = [below(each) for each in nodes]
        return None if None in found else sum(each or 0 for each in found)

    if not any(_touches(evaluator, each, name, bound) for each in walk(node)):
        return 0
    match node:
        case Sym() | Index():
            return _of_name(evaluator, node, name, bound)
        case Add(terms):
            return highest(tuple(term for _, term in terms))
        case Mul(factors):
            return added(factors)
        case Div(top, bottom):
            return below(top) if below(bottom) == 0 else None
        case Pow(base, Num(value)) if value.denominator == 1 and value >= 0:
            if isinstance(base, Call) and base.name in LENGTHS and len(base.args) == 1 and value % 2 == 0:
                base = base.args[0]
            inner = below(base)
            return None if inner is None else inner * int(value)
        case Pow(base, Sym("\\top" | "T")):
            return below(base)
        case Post(base, "transpose"):
            return below(base)
        case Infix("hadamard" | "kron" | "cross", left, right):
            return added((left, right))
        case Infix("hdiv", left, right):
            return below(left) if below(right) == 0 else None
        case Call("inner", args):
            return added(args)
        case Call(called, args) if called in LINEAR:
            return highest(args)
        case Grid(rows):
            return highest(tuple(cell for row in rows for cell in row))
        case Sequence(items):
            return highest(items)
        case Big("sum", _, body):
            return below(body)
        case Big("prod", binder, body) if _one_by_one(body, name, binder.names):
            return below(body)
        case Apply(head, args):
            return _of_application(evaluator, head, args, name, bound)
        case Expect(_, _, (), None):
            return 0
        case _:
            return None


def _touches(evaluator: Evaluator, node: Node, name: str, bound: dict[str, int]) -> bool:
    if not isinstance(node, Sym | Index):
        return False
    called = {name_of(node), name_of(node.base) if isinstance(node, Index) else None} - {None}
    return any(bound.get(each or "", 0) > 0 or name in evaluator.depends(each or "") for each in called)


def _of_name(evaluator: Evaluator, node: Sym | Index, name: str, bound: dict[str, int]) -> int | None:
    names = [name_of(node)]
    if isinstance(node, Index):
        if any(_touches(evaluator, each, name, bound) for index in node.indices for each in walk(index)):
            return None
        names.append(name_of(node.base))
    for each in names:
        if each in bound:
            return bound[each]
        if each == name:
            return 1
        definition = evaluator.model.definitions.get(each or "")
        if definition is not None and not definition.params:
            return degree_in(evaluator, definition.body, name, bound)
    return degree_in(evaluator, node.base, name, bound) if isinstance(node, Index) else None


def _of_application(
    evaluator: Evaluator, head: Node, args: tuple[Node, ...], name: str, bound: dict[str, int]
) -> int | None:
    called = name_of(head)
    degrees = [degree_in(evaluator, arg, name, bound) for arg in args]
    if None in degrees:
        return None
    definition = evaluator.model.definitions.get(called or "")
    if definition is not None and definition.params:
        inner = dict(zip(definition.params, (each or 0 for each in degrees), strict=False))
        return degree_in(evaluator, definition.body, name, inner)
    if called is None or evaluator.model.is_function(called):
        return None
    front = degree_in(evaluator, head, name, bound)  # `2(X + Y)`, a product
    return None if front is None else front + sum(each or 0 for each in degrees)


def _one_by_one(body: Node, name: str, indices: tuple[str, ...]) -> bool:
    r"""Whether each factor of `\prod_i` is of a member of its own: `X_i^2`."""
    if len(indices) != 1:
        return False
    members = [each for each in walk(body) if isinstance(each, Index) and name_of(each.base) == name]
    plain = [each for each in walk(body) if isinstance(each, Sym) and each.name == name]
    own = all(len(each.indices) == 1 and name_of(each.indices[0]) == indices[0] for each in members)
    return own and len(plain) == len(members)


__all__ = ["MANY", "degree_in", "polynomial_in_thin"]
