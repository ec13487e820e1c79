r"""Decompositions: the factors of `A = Q \Lambda Q^\top` get their shapes from `A`, and what the words say of them.

Shapes are unified along the product. What that leaves open the name of the decomposition settles, where the sentence
names it; so it does with what the factors are (orthogonal, diagonal, triangular).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepcheck.errors import Span
from stepcheck.grammar import name_of, written
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Call, Index, Mul, Node, Post, Relation, Special, Sym, walk

from .equations import quality_of
from .names import none_if_one, note_dimension
from .sentences import Sentence

Shape = list[Node | None]  # rows and columns, None where they are not known


@dataclass(frozen=True, slots=True)
class Kind:
    """A decomposition by name: what its factors are, in order, and which of them are square."""

    words: re.Pattern[str]
    count: int
    qualities: tuple[frozenset[str], ...]
    square: tuple[int, ...] = ()


def _kind(words: str, *qualities: str, square: tuple[int, ...] = ()) -> Kind:
    return Kind(re.compile(words, re.I), len(qualities), tuple(frozenset(each.split()) for each in qualities), square)


_DECOMPOSITION = r"(?:decomposition|factori[sz]ation)"
KINDS = [
    _kind(
        rf"\b(?:spectral|eigen-?(?:value)?)\s*{_DECOMPOSITION}|\borthogonally diagonali[sz]ed",
        "orthogonal", "diagonal", "orthogonal", square=(0, 1, 2),
    ),
    _kind(
        rf"\bsingular[- ]value {_DECOMPOSITION}|\bSVD\b",
        "orthonormal-columns", "diagonal nonnegative", "orthonormal-columns", square=(1,),
    ),
    _kind(r"\bCholesky\b", "lower-triangular invertible", "lower-triangular invertible", square=(0, 1)),
    _kind(rf"\bQR[- ]?(?:{_DECOMPOSITION})?", "orthonormal-columns", "upper-triangular", square=(1,)),
    _kind(rf"\bLU[- ]?(?:{_DECOMPOSITION})?", "lower-triangular", "upper-triangular", square=(0, 1)),
    _kind(rf"\bpolar {_DECOMPOSITION}", "orthonormal-columns", "psd", square=(1,)),
]  # fmt: skip


def read_decompositions(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Declare the factors of products that the sentence equates with a matrix of known shape."""
    for nodes in formulas.values():
        for node in nodes:
            if isinstance(node, Relation) and node.signs[0] in ("=", ":="):
                _eigenvalue(model, node)
                _factors(model, sentence, node)


def _eigenvalue(model: Model, node: Relation) -> None:
    r"""`A v = \lambda v` with a `\lambda` that nothing declares: a number."""
    left, right = node.sides[0], node.sides[1]
    if not isinstance(left, Mul) or not isinstance(right, Mul) or len(right.factors) != 2:
        return
    number, vector = right.factors
    if name_of(vector) is None or written(vector) != written(left.factors[-1]) or not isinstance(number, Sym | Index):
        return
    base = number.base if isinstance(number, Index) and isinstance(vector, Index) else number
    name = name_of(base) or ""
    if not name or name in model.symbols or name in model.definitions or name_of(number) in model.symbols:
        return
    of = model.symbols.get(name_of(vector.base) or "") if isinstance(vector, Index) else None
    if base is number or (of is not None and of.family is not None):
        model.declare(Symbol(name, number.span, family=of.family if of is not None else None))


def _factors(model: Model, sentence: Sentence, node: Relation) -> None:
    left, right = node.sides[0], node.sides[1]
    of = model.symbols.get(name_of(left) or "")
    if not isinstance(right, Mul) or of is None or of.rows is None or of.cols is None or of.kind != "value":
        return
    factors = [(name_of(_base(each)), _is_turned(each), each) for each in right.factors]
    if len(factors) > 4 or any(name is None or not isinstance(_base(each), Sym) for name, _, each in factors):
        return
    names = [name or "" for name, _, _ in factors]
    new = {name for name in names if name not in model.symbols and name not in model.definitions}
    if not new:
        return
    kind = next((each for each in KINDS if each.count == len(names) and each.words.search(sentence.words)), None)
    shapes: dict[str, Shape] = {name: _shape(model, name) for name in names}
    for name in new:
        _columns_said(model, name, shapes[name])
    for _ in range(4):
        _unify(shapes, factors, of)
    if kind is not None:
        open_square = [names[place] for place in kind.square]
        for _ in range(4):
            for name in open_square:
                known = shapes[name][0] or shapes[name][1]
                shapes[name] = [shapes[name][0] or known, shapes[name][1] or known]
            _unify(shapes, factors, of)
        inner = _inner(model, sentence, of) if any(None in shapes[name] for name in new) else None
        if inner is not None:
            shapes[names[0]][1] = shapes[names[0]][1] or inner
            for _ in range(4):
                for name in open_square:
                    known = shapes[name][0] or shapes[name][1]
                    shapes[name] = [shapes[name][0] or known, shapes[name][1] or known]
                _unify(shapes, factors, of)
    elif len(set(names)) == 1 or _is_square(of):
        for name in new:  # `LL^\top`: square where nothing else is said
            known = shapes[name][0] or shapes[name][1]
            shapes[name] = [shapes[name][0] or known, shapes[name][1] or known]
        _unify(shapes, factors, of)
    for place, (name, (_, _, each)) in enumerate(zip(names, factors, strict=True)):
        if name not in new or None in shapes[name]:
            continue
        if name not in model.symbols:
            rows, cols = shapes[name]
            for size in (rows, cols):
                if size is not None:
                    note_dimension(model, size)
            model.declare(Symbol(name, each.span, rows=_size(rows), cols=_size(cols)))
        if kind is not None and not (place and names[place] in names[:place]):
            model.symbols[name].properties |= _qualities(model.symbols[name], kind.qualities[place])
    for assumption in model.assumptions:
        _quality(model, assumption)


def _qualities(symbol: Symbol, found: frozenset[str]) -> set[str]:
    square = symbol.rows is not None and symbol.cols is not None and written(symbol.rows) == written(symbol.cols)
    if "orthonormal-columns" in found and square:
        return {"orthogonal"}
    if {"diagonal", "nonnegative"} <= found:
        return {"diagonal", "psd"} if square else set()
    return set(found)


_THIN = re.compile(r"\b(?:thin|compact|reduced|economy|economic|skinny)\b", re.I)


def _inner(model: Model, sentence: Sentence, of: Symbol) -> Node | None:
    r"""The number of columns of a first factor, where it is neither said nor forced.

    That of a square matrix is its size. Of others a thin decomposition has as many as the rank, which is a size of its
    own where nothing is said of it; whether a decomposition is thin or full must be said.
    """
    if _is_square(of):
        return of.cols
    if not _THIN.search(sentence.words):
        orthonormal = re.search(r"\bQR\b.*\borthonormal columns\b", sentence.words, re.I | re.S)
        return of.cols if orthonormal else None
    if re.search(r"\bQR\b", sentence.words) or "full-column-rank" in of.properties:
        return of.cols
    if re.search(r"full column[- ]rank", sentence.words, re.I):
        return of.cols
    if "full-row-rank" in of.properties or re.search(r"full row[- ]rank", sentence.words, re.I):
        return of.rows
    for assumption in model.assumptions:
        relation = assumption.relation
        if isinstance(relation, Relation) and isinstance(relation.sides[0], Call) and relation.sides[0].name == "rank":
            return relation.sides[1] if name_of(relation.sides[0].args[0]) == of.name else None
    free = next((each for each in ("r", "k", "s") if each not in model.symbols and each not in model.definitions), None)
    return Sym(free, of.span) if free is not None else None


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Post) and node.kind in ("transpose", "inverse") else node


def _is_turned(node: Node) -> bool:
    return isinstance(node, Post) and node.kind == "transpose"


def _is_square(symbol: Symbol) -> bool:
    return symbol.rows is not None and symbol.cols is not None and written(symbol.rows) == written(symbol.cols)


def _size(node: Node | None) -> Node | None:
    return none_if_one(node) if node is not None else None


def _shape(model: Model, name: str) -> Shape:
    symbol = model.symbols.get(name)
    if symbol is not None and symbol.rows is not None:
        return [symbol.rows, symbol.cols]
    return [None, None]


def _columns_said(model: Model, name: str, shape: Shape) -> None:
    r"""`U^\top U = I_r` says how many columns a new `U` has."""
    for assumption in model.assumptions:
        relation = assumption.relation
        if not isinstance(relation, Relation) or set(relation.signs) != {"="}:
            continue
        last = relation.sides[-1]
        if not isinstance(last, Special) or last.kind != "identity" or last.size is None:
            continue
        for side in relation.sides[:-1]:
            if isinstance(side, Mul) and len(side.factors) == 2:
                first, second = side.factors
                if _is_turned(first) and name_of(_base(first)) == name == name_of(second):
                    shape[1] = shape[1] or last.size
                if _is_turned(second) and name_of(_base(second)) == name == name_of(first):
                    shape[0] = shape[0] or last.size


def _unify(shapes: dict[str, Shape], factors: list[tuple[str | None, bool, Node]], of: Symbol) -> None:
    """One pass along the product: neighbours share a size, the ends have those of the whole."""

    def get(place: int, side: int) -> Node | None:
        name, turned, _ = factors[place]
        return shapes[name or ""][1 - side if turned else side]

    def put(place: int, side: int, size: Node | None) -> None:
        name, turned, _ = factors[place]
        at = 1 - side if turned else side
        shapes[name or ""][at] = shapes[name or ""][at] or size

    put(0, 0, of.rows)
    put(len(factors) - 1, 1, of.cols)
    for place in range(len(factors) - 1):
        put(place, 1, get(place + 1, 0))
        put(place + 1, 0, get(place, 1))


def _quality(model: Model, assumption: Assumption) -> None:
    """What an equation that was read before its letters had a shape says of them."""
    relation = assumption.relation
    if not isinstance(relation, Relation) or set(relation.signs) != {"="}:
        return
    span: Span = relation.span
    for side in relation.sides[:-1]:
        found = quality_of(model, Relation((side, relation.sides[-1]), ("=",), (span,), span))
        if found is not None and any(name_of(each) == found[0] for each in walk(side)):
            model.symbols[found[0]].properties.add(found[1])


__all__ = ["read_decompositions"]
