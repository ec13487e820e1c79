"""Equations that say of one symbol what a property word says: `A^2 = A` is idempotent, `Q^\top Q = I` orthogonal.

The equation stays an assumption, which every point must meet; the property lets points be built to meet it. A new form
is one entry of FORMS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

from stepcheck.grammar import name_of, written
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Add, Call, Mul, Node, Num, Post, Pow, Relation, Special

from .definitions import is_zero
from .names import declared_names
from .sentences import Sentence
from .vocabulary import ASSUMING

Sides = tuple[Node, Node]


def quality_of(model: Model, node: Relation) -> tuple[str, str] | None:
    """The name and the property that an equation gives it, or None."""
    if node.signs != ("=",):
        return None
    left, right = node.sides
    for sides in ((left, right), (right, left)):
        for form in FORMS:
            found = form(model, sides)
            if found is not None and found[0] in model.symbols:
                return found
    return None


def _is_identity(node: Node) -> bool:
    return isinstance(node, Special) and node.kind == "identity"


def _is_square(symbol: Symbol | None) -> bool:
    if symbol is None or symbol.rows is None or symbol.cols is None:
        return False
    return written(symbol.rows) == written(symbol.cols)


def _transposed(node: Node) -> str | None:
    return name_of(node.base) if isinstance(node, Post) and node.kind == "transpose" else None


def _squared(node: Node) -> str | None:
    """`A` of `A^2` and of `AA`."""
    if isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value == 2:
        return name_of(node.base)
    if isinstance(node, Mul) and len(node.factors) == 2:
        first, second = (name_of(each) for each in node.factors)
        return first if first == second else None
    return None


def _of_transpose(model: Model, sides: Sides) -> tuple[str, str] | None:
    r"""`A^\top = A` and `A^\top = -A`."""
    name, right = _transposed(sides[0]), sides[1]
    if name is None or not _is_square(model.symbols.get(name)):
        return None
    if name_of(right) == name:
        return name, "symmetric"
    if isinstance(right, Add) and len(right.terms) == 1 and right.terms[0][0] == -1:
        return (name, "antisymmetric") if name_of(right.terms[0][1]) == name else None
    return None


def _of_gram(model: Model, sides: Sides) -> tuple[str, str] | None:
    r"""`Q^\top Q = I` and `Q Q^\top = I`, and `A^\top A = A A^\top`."""
    left, right = sides
    if not isinstance(left, Mul) or len(left.factors) != 2:
        return None
    first, second = left.factors
    name = _transposed(first)
    columns = name is not None and name == name_of(second)
    if not columns:
        name = _transposed(second)
        if name is None or name != name_of(first):
            return None
    assert name is not None
    symbol = model.symbols.get(name)
    if symbol is None or symbol.cols is None or symbol.rows is None:
        return None
    if _is_identity(right):
        if _is_square(symbol):
            return name, "orthogonal"
        return name, "orthonormal-columns" if columns else "orthonormal-rows"
    if isinstance(right, Mul) and len(right.factors) == 2 and _is_square(symbol):
        one, two = right.factors
        if (name_of(one), _transposed(two)) == (name, name) or (_transposed(one), name_of(two)) == (name, name):
            return name, "normal"
    return None


def _of_square(model: Model, sides: Sides) -> tuple[str, str] | None:
    """`A^2 = A`, `A^2 = I`, `A^2 = 0`."""
    name, right = _squared(sides[0]), sides[1]
    if name is None or not _is_square(model.symbols.get(name)):
        return None
    if name_of(right) == name:
        return name, "idempotent"
    if _is_identity(right):
        return name, "involutory"
    return (name, "square-zero") if is_zero(right) else None


def _of_length(model: Model, sides: Sides) -> tuple[str, str] | None:
    r"""`\lVert x \rVert = 1`, `x^\top x = 1`, `\lVert x \rVert^2 = 1`."""
    left, right = sides
    if not isinstance(right, Num) or right.value != 1:
        return None
    if isinstance(left, Pow) and isinstance(left.exponent, Num) and left.exponent.value == 2:
        left = left.base
    name: str | None = None
    if isinstance(left, Call) and left.name in ("norm", "norm2") and left.args:
        name = name_of(left.args[0])
        if len(left.args) > 1 and written(left.args[1]) != "2":
            return None
    elif isinstance(left, Mul) and len(left.factors) == 2 and _transposed(left.factors[0]) is not None:
        name = _transposed(left.factors[0])
        name = name if name == name_of(left.factors[1]) else None
    symbol = model.symbols.get(name or "")
    if name is None or symbol is None or symbol.rows is None or symbol.cols is not None:
        return None
    return name, "unit"


def _of_rank(model: Model, sides: Sides) -> tuple[str, str] | None:
    r"""`\operatorname{rank}(A) = n` where n is one of its sizes."""
    left, right = sides
    if not isinstance(left, Call) or left.name != "rank" or not left.args:
        return None
    name = name_of(left.args[0])
    symbol = model.symbols.get(name or "")
    if name is None or symbol is None or symbol.rows is None or symbol.cols is None:
        return None
    if _is_square(symbol) and written(symbol.rows) == written(right):
        return name, "invertible"
    if written(symbol.cols) == written(right):
        return name, "full-column-rank"
    return (name, "full-row-rank") if written(symbol.rows) == written(right) else None


def read_commuting(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """`commuting matrices $A$, $B$`, `$A$ and $B$ commute`: the equation that the words stand for."""
    match = re.search(r"\b(commut(?:e|es|ing))\b", sentence.words, re.I)
    if match is None or not ASSUMING.search(sentence.words[: match.start()]):
        return
    if re.search(r"\b(?:not|never|need not|if and only if)\b[^.]{0,24}$", sentence.words[: match.start()], re.I):
        return
    names: dict[str, Node] = {}
    for place in sorted(formulas):
        for node in formulas[place]:
            for name, _, item in declared_names(node.sides[0] if isinstance(node, Relation) else node):
                if _is_square(model.symbols.get(name)) and name not in model.definitions:
                    names.setdefault(name, item)
    for first, second in combinations(names.values(), 2):
        span = second.span
        sides = (Mul((first, second), span), Mul((second, first), span))
        model.assumptions.append(Assumption(Relation(sides, ("=",), (span,), span), span, "commute"))


FORMS: list[Callable[[Model, Sides], tuple[str, str] | None]] = [
    _of_transpose, _of_gram, _of_square, _of_length, _of_rank,
]  # fmt: skip

__all__ = ["quality_of", "read_commuting"]
