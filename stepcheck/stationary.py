r"""“Setting the gradient to zero gives …”: what is set to zero, and what the display behind such words is.

The words claim that something follows from a condition. An equation in the unknown (`A^\top A x = A^\top b`) states the
condition itself; the solved form (`x = \dots`) and the value there (`f(x) = \dots`) are claims under it, and for these
the condition is built from the derivative that the note speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from .errors import NotationError, Span
from .extract import Inline
from .givens import names_mentioned
from .grammar import Parser, name_of
from .model import Assumption, Model
from .tokens import tokenise
from .tree import Apply, Deriv, Node, Num, Post, Relation, Sym, walk

_RESULT = (
    r"(?:gives?|yields?|leads? to|results? in|implies|produces?|shows?(?: that)?|leaves|"
    r"(?:obtain|get|find|arrive at|conclude)s?|(?:we|one) (?:then |now |thus )?(?:sees?|have)|we are left with)"
)
_SET = (
    r"\b(?:setting|equating|putting|set|equate|put)\b[^.;]{0,90}?(?:\bto (?:be )?|\bequal to |\bwith |=\s*)(?:zero|0|§)"
    r"|\b(?:setting|equating|putting) §"
    r"|\b(?:gradients?|derivatives?|partials?|slope) (?:\w+ ){0,3}?(?:vanish(?:es)?|(?:is|are) (?:both |all )?zero)"
    r"|\b(?:from|solving) §"
)
LEAD = re.compile(rf"(?:{_SET})[^.;]*?\b{_RESULT}\b[^.;]{{0,60}}$", re.I)
_SLOPE = re.compile(r"gradient|derivative|partial|slope", re.I)
_PRONOUN = re.compile(r"\b(?:this|it|them|these|both|that|all|equating to|setting to)\b", re.I)
_MANY = re.compile(r"gradients|derivatives|partials|\b(?:both|them|these|all|each)\b", re.I)


def speaks_of_setting(model: Model, words: str, formulas: Sequence[Inline], earlier: Sequence[Node]) -> bool:
    """Whether the words in front of a display say that it follows from a derivative set to zero.

    `formulas` stand in the sentence, `earlier` are left sides of steps in the note so far. `Setting $t = 0$ gives` says
    no such thing.
    """
    match = LEAD.search(words)
    if match is None:
        return False
    if any(_stated(model, each) is not None for each in formulas):
        return True
    if re.match(r"\w+ §", match.group()):
        return False
    if _SLOPE.search(match.group()):
        return True
    return bool(_PRONOUN.search(match.group())) and bool(earlier) and _is_slope(earlier[-1])


def is_solved(model: Model, relation: Relation) -> bool:
    """Whether a relation gives the unknown, or the value of what the note has defined, rather than an equation."""
    left, right = relation.sides[0], relation.sides[1]
    head = name_of(left.head) if isinstance(left, Apply) else None
    if relation.signs[0] != "=" or head in model.definitions:
        return True
    name = name_of(left)
    if name is None:
        return False
    return name in model.definitions or name not in {each for each, _ in names_mentioned(model, right)}


def conditions_of(
    model: Model, relation: Relation, words: str, formulas: Sequence[Inline], earlier: Sequence[Node]
) -> list[Assumption]:
    """The derivatives that are zero where `relation` is claimed. Raises NotationError where it is not clear which.

    `formulas` stand in the sentence, `earlier` are left sides of steps in the note so far.
    """
    span = relation.span
    unknown = name_of(relation.sides[0])
    symbol = model.symbols.get(unknown or "")
    if symbol is None or unknown in model.definitions:
        unknown = None
    stated = [node for each in formulas if (node := _stated(model, each)) is not None]
    if stated:
        return [_zero(each, span) for each in stated]
    slopes: list[Node] = []
    for node in reversed(earlier):
        if _is_slope(node) and (unknown is None or _MANY.search(words) or _is_by(model, node, unknown)):
            if all(not _same_variable(node, each) for each in slopes):
                slopes.append(node)
            if not _MANY.search(words):
                break
    if slopes and (unknown is None or any(_is_by(model, each, unknown) for each in slopes)):
        return [_zero(each, span) for each in slopes]
    left = relation.sides[0]
    if unknown is None and isinstance(left, Apply) and len(left.args) == 1 and name_of(left.args[0]) in model.symbols:
        return [_zero(Deriv(left, left.args, "partial", span), span)]
    if unknown is not None:
        for definition in sorted(model.definitions.values(), key=lambda each: -each.span.start):
            names = {name for name, _ in names_mentioned(model, definition.body)}
            if definition.span.start < span.start and unknown in names and not definition.indices:
                head: Node = Sym(definition.name, span)
                if definition.params:
                    head = Apply(head, tuple(Sym(each, span) for each in definition.params), span)
                return [_zero(Deriv(head, (Sym(unknown, span),), "partial", span), span)]
    raise NotationError("stationary", span, "It is not clear whose derivative is zero here. Write it before this step.")


def _zero(node: Node | Relation, span: Span) -> Assumption:
    if not isinstance(node, Relation):
        node = Relation((node, Num(Fraction(0), span)), ("=",), (span,), span)
    return Assumption(node, span, "condition")


def _stated(model: Model, formula: Inline) -> Node | None:
    r"""`\nabla f(x) = 0`, or `\nabla f(x)` that is said to be set to zero; None for any other formula."""
    try:
        parser = Parser(tokenise(formula.latex, formula.span.start), model)
        node = parser.finished(parser.statement())
    except NotationError:
        return None
    if isinstance(node, Relation):
        return node if _is_slope(node.sides[0]) and all(sign == "=" for sign in node.signs) else None
    return node if _is_slope(node) else None


def _is_slope(node: Node) -> bool:
    if isinstance(node, Apply):
        node = node.head
    return (isinstance(node, Deriv) and node.style in ("partial", "gradient") and len(node.wrt) < 2) or (
        isinstance(node, Post) and node.kind == "prime" and not isinstance(node.base, Post)
    )


def _variable(node: Node) -> str | None:
    if isinstance(node, Deriv) and node.wrt:
        return name_of(node.wrt[0])
    inner = node.body if isinstance(node, Deriv) else node
    return name_of(inner.args[0]) if isinstance(inner, Apply) and len(inner.args) == 1 else None


def _is_by(model: Model, node: Node, name: str) -> bool:
    variable = _variable(node)
    return variable == name or (
        variable is None and name in {each for below in walk(node) for each, _ in names_mentioned(model, below)}
    )


def _same_variable(one: Node, other: Node) -> bool:
    return _variable(one) == _variable(other)
