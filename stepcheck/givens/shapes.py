r"""Shapes in words: `two $n \times n$ matrices $A$ and $B$`, `an $n$-vector $x$`, `scalars $a$, $b$`.

A phrase of shape speaks of the letters that follow it at once, or else of those that its verb joins to it
(`Let $A$ and $B$ be … matrices in …`). Only letters that nothing has declared are declared here.
"""

from __future__ import annotations

import re

from stepcheck.errors import Span
from stepcheck.extract import Inline, Text
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tree import Index, Node, Relation, Sequence, SetOf, Sym

from .names import declared_names, none_if_one, note_dimension, note_dimensions
from .sentences import Sentence
from .statements import statements_of
from .vocabulary import RANDOM

_TIMES = re.compile(r"^\s*([\w\\{}]+(?:\s*[+-]\s*\w+)?)\s*\\times\s*([\w\\{}]+(?:\s*[+-]\s*\w+)?)\s*$")
_NOUN = r"(?:matri(?:x|ces)|vectors?|scalars?|numbers?|reals?|integers?|naturals|constants?)"
_ADJECTIVES = (
    r"(?:(?<![\w-])[\w-]+\s+){0,4}?"  # from the start of a word: a long one is not tried from each of its letters
)
_AFTER_TIMES = re.compile(rf"^\s*-?\s*(?:,?\s*{_ADJECTIVES}matri(?:x|ces)|$)", re.I)
_AFTER_SIZE = re.compile(rf"^\s*-\s*(?:dimensional\s+)?(?:{_ADJECTIVES})vectors?", re.I)
_OF_ORDER = re.compile(
    rf"(square\s+)?{_ADJECTIVES}(matri(?:x|ces)|vectors?)\s+of (?:order|size|dimension|length)\s*$", re.I
)
_NUMBERS = re.compile(
    r"\b(?P<sign>(?:strictly\s+)?positive\s+|non-?negative\s+)?"
    r"(?P<kind>(?:real\s+)?scalars?|real numbers?|reals|real constants?|natural numbers?|integers?|numbers?"
    r"|constants?)\b",
    re.I,
)
_JOIN = re.compile(r"\s*(?:,|and|,\s*and|or)?\s*(?:also\s+)?$", re.I)
_VERB = re.compile(r"^\s*(?:,\s*)?(?:both\s+|each\s+|all\s+)?(?:be|is|are|denote[sd]?)\b", re.I)


def read_shapes(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Declare the letters that the words of `sentence` give a shape or call numbers."""
    for place, part in enumerate(sentence.parts):
        if isinstance(part, Inline):
            found = _space_at(model, sentence, formulas, place)
            if found is not None:
                _declare(model, sentence, formulas, found, place, place)
        elif not RANDOM.search(sentence.words):
            for match in _NUMBERS.finditer(part.words):
                _read_numbers(model, sentence, formulas, place, part.words, match)


def _space_at(model: Model, sentence: Sentence, formulas: dict[int, list[Node]], place: int) -> SetOf | None:
    """The space that the formula at `place` names together with the words around it."""
    part = sentence.parts[place]
    assert isinstance(part, Inline)
    following = sentence.parts[place + 1] if place + 1 < len(sentence.parts) else None
    preceding = sentence.parts[place - 1] if place else None
    after = following.words if isinstance(following, Text) else ""
    before = preceding.words if isinstance(preceding, Text) else ""
    times = _TIMES.match(part.latex)
    if times and (_AFTER_TIMES.match(after) or re.search(r"\b(?:size|order|shape)\s*$", before)):
        return _space(model, part.latex, part.span)
    if re.fullmatch(r"\s*[\w\\]+\s*", part.latex):
        if _AFTER_SIZE.match(after):
            return _space(model, part.latex, part.span)
        order = _OF_ORDER.search(before)
        if order is not None:
            square = order.group(2).lower().startswith("matri")
            return _space(model, f"{part.latex} \\times {part.latex}" if square else part.latex, part.span)
    nodes = formulas.get(place, [])
    if len(nodes) == 1 and isinstance(nodes[0], SetOf) and nodes[0].dims and nodes[0].kind.startswith("reals"):
        return nodes[0] if re.search(r"\b(?:in|of|on|from)\s*$", before) else None
    return None


def _space(model: Model, dims: str, span: Span) -> SetOf | None:
    nodes = statements_of(Inline(f"\\mathbb{{R}}^{{{dims}}}", span), model)
    return nodes[0] if len(nodes) == 1 and isinstance(nodes[0], SetOf) and nodes[0].dims else None


def _declare(
    model: Model, sentence: Sentence, formulas: dict[int, list[Node]], space: SetOf, place: int, last: int
) -> None:
    named = [*_ahead(sentence, formulas, last), *_behind(sentence, formulas, place)]
    for name, family, item in named:
        if _is_taken(model, name, item):
            continue
        note_dimensions(model, space)
        rows = none_if_one(space.dims[0])
        cols = none_if_one(space.dims[1]) if len(space.dims) > 1 else None
        model.declare(Symbol(name, item.span, rows=rows, cols=cols, family=family))
        if family is not None:
            note_dimension(model, family[1])


def _is_taken(model: Model, name: str, item: Node) -> bool:
    if name in model.definitions or not isinstance(item, Sym | Index):
        return True
    if isinstance(item, Index) and name_of(item) == name and name_of(item.base) in model.symbols:
        return True
    symbol = model.symbols.get(name)
    return symbol is not None and symbol.declared_by not in ("bound", "mention", "order")


def _plain(nodes: list[Node]) -> list[tuple[str, tuple[Node, Node] | None, Node]]:
    """The letters of a formula that is nothing but letters, possibly with a bound."""
    found: list[tuple[str, tuple[Node, Node] | None, Node]] = []
    for node in nodes:
        if isinstance(node, Relation) and node.signs[0] in (">", "<", ">=", "<=", "!=", "succ", "succeq"):
            node = node.sides[0]
        if isinstance(node, Sym | Index | Sequence):
            found += declared_names(node)
    return found


def _ahead(
    sentence: Sentence, formulas: dict[int, list[Node]], place: int
) -> list[tuple[str, tuple[Node, Node] | None, Node]]:
    """Letters right behind a phrase: `$n \times n$ matrices $A$ and $B$`."""
    text = sentence.parts[place + 1] if place + 1 < len(sentence.parts) else None
    if not isinstance(text, Text) or not re.fullmatch(rf"\s*-?\s*{_ADJECTIVES}{_NOUN}\s*", text.words, re.I):
        return []
    found = _plain(formulas.get(place + 2, []))
    many = re.search(r"(?:ces|s)\s*$", text.words, re.I)
    at = place + 3
    while many and at + 1 in formulas and isinstance(sentence.parts[at], Text):
        between = sentence.parts[at]
        if not isinstance(between, Text) or not _JOIN.fullmatch(between.words):
            break
        found += _plain(formulas[at + 1])
        at += 2
    return found


def _behind(
    sentence: Sentence, formulas: dict[int, list[Node]], place: int
) -> list[tuple[str, tuple[Node, Node] | None, Node]]:
    """Letters that a verb joins to a phrase behind it, or that the phrase follows at once: `vectors $x$, $y$ in …`."""
    text = sentence.parts[place - 1] if place else None
    if not isinstance(text, Text) or place - 2 not in formulas:
        return []
    words = text.words
    if not _VERB.match(words) and not re.fullmatch(r"\s*(?:in|of|on|from|,)\s*", words):
        return []
    found = _plain(formulas[place - 2])
    at = place - 3
    while at - 1 in formulas and isinstance(sentence.parts[at], Text):
        between = sentence.parts[at]
        if not isinstance(between, Text) or not _JOIN.fullmatch(between.words):
            break
        found += _plain(formulas[at - 1])
        at -= 2
    return found


def _read_numbers(
    model: Model,
    sentence: Sentence,
    formulas: dict[int, list[Node]],
    place: int,
    words: str,
    match: re.Match[str],
) -> None:
    named: list[tuple[str, tuple[Node, Node] | None, Node]] = []
    if not words[match.end() :].strip() and place + 1 in formulas:
        named = _plain(formulas[place + 1])
        at = place + 2
        while match.group("kind").endswith("s") and at + 1 in formulas:
            between = sentence.parts[at]
            if not isinstance(between, Text) or not _JOIN.fullmatch(between.words):
                break
            named += _plain(formulas[at + 1])
            at += 2
    elif _VERB.match(words) and len(words[: match.start()].split()) <= 4:
        named = _behind(sentence, formulas, place + 1)
    kind = match.group("kind").lower()
    for name, family, item in named:
        if _is_taken(model, name, item):
            continue
        symbol = Symbol(name, item.span, family=family)
        if kind.startswith("natural") or (kind.startswith("integer") and match.group("sign")):
            symbol.domain = "natural"
        elif kind.startswith("integer"):
            symbol.domain = "integer"
        elif match.group("sign"):
            symbol.properties.add("nonnegative" if match.group("sign").lower().startswith("non") else "positive")
        model.declare(symbol)
        if family is not None:
            note_dimension(model, family[1])


__all__ = ["read_shapes"]
