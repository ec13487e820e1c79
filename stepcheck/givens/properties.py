"""Words that give a symbol a property or a space. A new property word is one entry of PROPERTIES."""

from __future__ import annotations

import re
from dataclasses import replace

from stepcheck.extract import Inline, Text
from stepcheck.grammar import written
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.qualities import SQUARE
from stepcheck.tree import Node, Post, Relation, SetOf, Sym

from .memberships import read_membership
from .names import declared_names, none_if_one, note_dimensions
from .sentences import Sentence
from .statements import statements_of
from .vocabulary import ASSUMING

PROPERTIES: list[tuple[str, str]] = [
    (r"symmetric\s+(?:and\s+)?positive[- ]definite|\bSPD\b|\bs\.?p\.?d\.?\b", "spd"),
    (r"symmetric\s+(?:and\s+)?positive[- ]semi-?definite|\bPSD\b", "psd"),
    (r"(?:hermitian|self-?adjoint)\s+(?:and\s+)?positive[- ]definite", "spd"),
    (r"(?:hermitian|self-?adjoint)\s+(?:and\s+)?positive[- ]semi-?definite", "psd"),
    (r"positive[- ]definite", "spd"),
    (r"positive[- ]semi-?definite", "psd"),
    (r"(?:anti|skew)-?\s?symmetric", "antisymmetric"),
    (r"(?<!anti)(?<!skew)(?<!anti-)(?<!skew-)symmetric", "symmetric"),
    (r"\bhermitian\b|\bself-?adjoint\b", "symmetric"),  # of real matrices: no other are drawn
    (r"\bunitary\b", "orthogonal"),
    (r"orthonormal columns", "orthonormal-columns"),
    (r"orthonormal rows", "orthonormal-rows"),
    (r"\borthogonal(?!\s+(?:to|complement|projection))", "orthogonal"),
    (r"full column[- ]rank|(?:linearly )independent columns|\binjective|\btall\b", "full-column-rank"),
    (r"full row[- ]rank|(?:linearly )independent rows|\bsurjective|\bwide\b", "full-row-rank"),
    (r"invertible|nonsingular|non-singular|full rank", "invertible"),
    (r"upper[- ]triangular", "upper-triangular"),
    (r"lower[- ]triangular", "lower-triangular"),
    (r"doubly[- ]stochastic|\bbistochastic", "doubly-stochastic"),
    (r"\b(?:row|right)[- ]stochastic", "row-stochastic"),
    (r"\b(?:column|left)[- ]stochastic", "column-stochastic"),
    (r"(?<!block-)(?<!block )\bcirculant", "circulant"),
    (r"(?<!block-)(?<!block )\btoeplitz", "toeplitz"),
    (r"\btri-?diagonal\b", "tridiagonal"),
    (r"(?<!-)\bdiagonal\b(?!\s+entries)", "diagonal"),
    (r"idempotent", "idempotent"),
    (r"nilpotent", "nilpotent"),
    (r"involutory|\ban? involution", "involutory"),
    (r"\bnormal matri", "normal"),
    (r"(?:simple|distinct) eigenvalues", "distinct-eigenvalues"),
    (r"simple (?:largest|top|leading|dominant) eigenvalue", "simple-largest-eigenvalue"),
    (r"projection matrix|projector", "projection"),
    (r"unit[- ](?:norm\s+)?vectors?|of unit (?:length|norm)|normali[sz]ed to (?:unit|length one)", "unit"),
    (r"one-?\s?hot", "one-hot"),
    (r"probability vectors?|probability distribution", "simplex"),
    (r"permutation matri", "permutation"),
    (r"\bcentred\b|\bcentered\b", "centred"),
    (r"(?:strictly )?positive entries|entries (?:are )?(?:all )?positive", "positive"),
    (r"non-?negative entries", "nonnegative"),
    (r"\bnon-?zero\b|\beigenvectors?\b", "nonzero"),
    (r"zero[- ]mean|mean zero", "zero-mean"),
]
_NOUNS = r"\s*(?:(?:matri(?:x|ces)|vectors?|variables?|numbers?)\s+)?"
_NOT = re.compile(r"\b(not|no|never|need not|without|non)\b[^.;]{0,24}$", re.I)


def read_properties(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Attach the property words of `sentence` to the symbols beside them."""
    for place, part in enumerate(sentence.parts):
        if not isinstance(part, Text):
            continue
        words = part.words
        taken: list[tuple[int, int]] = []
        for pattern, name in PROPERTIES:
            for match in re.finditer(pattern, words, re.I):
                if any(start <= match.start() < end for start, end in taken):
                    continue
                taken.append((match.start(), match.end()))
                if _NOT.search(words[: match.start()]):
                    continue
                _attach(model, sentence, formulas, place, words, match, name)
    for symbol in model.symbols.values():  # the entries that a diagonal matrix is said to have are on its diagonal
        if "diagonal" in symbol.properties and _is_square(symbol):
            for said, meant in (("positive", "spd"), ("nonnegative", "psd")):
                if said in symbol.properties:
                    symbol.properties -= {said}
                    symbol.properties.add(meant)


def _attach(
    model: Model,
    sentence: Sentence,
    formulas: dict[int, list[Node]],
    place: int,
    words: str,
    match: re.Match[str],
    name: str,
) -> None:
    rest = words[match.end() :]
    ahead = re.fullmatch(
        r"\s*(?:,|and|or|real|square|matri(?:x|ces)|vectors?|targets?|labels?|n|columns?|random|variables?|full"
        r"|rank|constants?|numbers?|positive|definite|\s)*\s*",
        rest,
        re.I,
    )
    right = place + 1
    left = max((each for each in formulas if each < place), default=None)
    attributive = re.search(
        r"(?:^|\b(?:an?|any|every|let|for|the|some|of|two|with|and|be)\b[^§]{0,14})$", words[: match.start()], re.I
    )
    predicative = re.search(
        r"\b(?:is|are|be|being|has|have|,)\s*(?:an?\s+|any\s+|also\s+|real\s+|square\s+)*$"
        # “be an invertible symmetric matrix and $x$”: a second adjective speaks of what the first does
        r"|\b(?:is|are|be|being)\s+(?:an?\s+)?(?:(?!and\b|or\b|let\b|the\b|with\b|for\b|where\b)[\w-]+,?\s+){1,3}$",
        words[: match.start()],
        re.I,
    )
    named = sized(sentence, place)
    if named in formulas and re.fullmatch(r"\s*(?:[\w-]+\s+(?:(?:and|,)\s+)?){0,3}", words[: match.start()]):
        for node in formulas[named]:
            _give(model, node, name, alone=True)
        return
    targets: list[int] = []
    assuming = bool(ASSUMING.search(sentence.before(place) + " " + words[: match.start()]))
    subject = left is not None and not re.sub(
        r"[\s§,]|\band\b|\bhere\b|\ba\b|\bthe\b|\bmatrix\b|\bvector\b", "", sentence.before(left), flags=re.I
    )
    # “$p$ a probability vector, $s, t$” and “$A$ symmetric and $B$ diagonal” speak of the formula in front
    article = r"\s*(?:,\s*)?(?:(?:an?|any|some|both|all|real|square|strictly|also|with|having|of)\s+){0,6}"
    apposed = left == place - 1 and re.fullmatch(article, words[: match.start()], re.I)
    parted = re.search(r"(?:,|;|\band|\bwith|\bwhile|\bwhereas)\s*(?:let|an?|any|the|some)?\s*$", rest, re.I)
    if apposed and parted:
        targets = [left] if left is not None else []
    elif right in formulas and re.fullmatch(r"\s*,\s*", words[: match.start()]) and re.fullmatch(_NOUNS, rest, re.I):
        targets = [right]  # “symmetric $A$, positive definite $B$”
    elif right in formulas and ahead is not None and attributive is not None and not (predicative and left is not None):
        targets = [right]
    elif left is not None and (place - left) <= 1 and (assuming or subject):
        targets = [left]
        # “$A$ and $B$ are symmetric”, but “$A$ and $D$ be a diagonal matrix” speaks of the last alone
        one = re.search(r"\b(?:an?|the|one)\s+(?:[\w-]+\s+){0,3}$", words[: match.start()], re.I)
        verb = re.search(r"\b(?:be|are|both|all|have|being)\b", words[: match.start()], re.I)
        previous = left - 2
        while verb and one is None and previous in formulas and isinstance(sentence.parts[previous + 1], Text):
            between = sentence.parts[previous + 1]
            if isinstance(between, Text) and re.fullmatch(r"\s*(,|and|,\s*and)\s*", between.words):
                targets.append(previous)
                previous -= 2
            else:
                break
    elif right in formulas and ahead is not None:
        targets = [right]
    if targets == [right] and re.search(r"(?:matrices|vectors)\s*$", match.group() + rest, re.I):
        # “unit vectors $u$ and $v$”
        following = right + 2
        while following in formulas:
            between = sentence.parts[following - 1]
            if not isinstance(between, Text) or not re.fullmatch(r"\s*(,|and|,\s*and)\s*", between.words):
                break
            targets.append(following)
            following += 2
    for target in targets:
        for node in formulas[target]:
            _give(model, node, name, alone=len(targets) == 1)


def sized(sentence: Sentence, place: int) -> int:
    r"""The place of the formula that “$A$ be an $n \times n$ …” speaks of, with its last words at `place`; else -1."""
    if place < 3:
        return -1
    verb, size = sentence.parts[place - 2 : place]
    is_size = isinstance(size, Inline) and re.search(r"\\times\b", size.latex) and "\\in" not in size.latex
    said = isinstance(verb, Text) and re.fullmatch(r"\s*(?:be|is|are|,|denotes?)\s+an?\s*(?:real\s+)?", verb.words)
    return place - 3 if is_size and said else -1


def _is_square(symbol: Symbol) -> bool:
    rows, cols = symbol.rows, symbol.cols
    return rows is not None and cols is not None and written(rows) == written(cols)


def _fits(symbol: Symbol, quality: str) -> bool:
    """Whether a symbol of this shape can have the quality: of several named together, only those have it."""
    if quality in SQUARE:
        return symbol.is_number or _is_square(symbol)
    if quality in ("unit", "one-hot", "simplex"):
        return symbol.cols is None
    return True


def _give(model: Model, node: Node, name: str, *, alone: bool) -> None:
    left = node.sides[0] if isinstance(node, Relation) else node
    found = False
    for each, _, item in declared_names(left):
        symbol = model.symbols.get(each)
        if symbol is None and name in ("zero-mean",) and isinstance(item, Sym):
            symbol = model.declare(Symbol(each, item.span, "random"))
        if symbol is not None and not isinstance(item, Post) and (alone or _fits(symbol, name)):
            symbol.properties.add(name)
            found = True
    if not found and name == "invertible":
        model.assumptions.append(Assumption(left, left.span, "invertible"))


_VALUES = re.compile(r"\b(?:values?|supported|support)\s+(?:in|on)(?:\s+the (?:set|interval))?\s*$", re.I)


def read_spaces(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`Let $x$ be a random vector in $\mathbb{R}^n$`: the shape of what was named last."""
    last: list[Symbol] = []
    random: list[Symbol] = []
    for place in sorted(formulas):
        part = sentence.parts[place]
        if _VALUES.search(sentence.before(place)) and isinstance(part, Inline):
            for symbol in random:
                stated = replace(part, latex=f"{symbol.name} \\in {part.latex}")
                for node in statements_of(stated, model):
                    if isinstance(node, Relation) and node.signs == ("in",):
                        read_membership(model, node)
            continue
        for node in formulas[place]:
            if isinstance(node, SetOf) and node.dims and re.search(r"\b(?:in|of|on)\s*$", sentence.before(place)):
                for symbol in last:
                    if symbol.is_number and node.kind.startswith("reals"):
                        note_dimensions(model, node)
                        symbol.rows = none_if_one(node.dims[0])
                        symbol.cols = none_if_one(node.dims[1]) if len(node.dims) > 1 else None
                continue
            named = [name for name, _, _ in declared_names(node.sides[0] if isinstance(node, Relation) else node)]
            last = [model.symbols[name] for name in named if name in model.symbols]
            random += [symbol for symbol in last if symbol.kind == "random"]
