r"""Decorated letters to which a note gives a meaning: `x^+ := x - \eta g`, `z^+ \in \mathbb{R}^d`, `x^{k+1} = …`.

Found before anything is read, for how `x^+` is read hangs on it: a note that defines `x^+` owns that symbol, and it is
no pseudo-inverse; and `x^k` is an iterate, not a power, where the note defines `x^{k+1}` and never writes `x` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepcheck.errors import NotationError, Span
from stepcheck.extract import Display, Inline, Piece, Text
from stepcheck.grammar import Parser, name_of
from stepcheck.grammar.vocabulary import ACCENTS, FONTS, PLAIN_ACCENT
from stepcheck.model import Mark, Model
from stepcheck.tokens import Token, tokenise
from stepcheck.tree import Apply, Index, Sequence, Sym

PSEUDO = re.compile(r"\bpseudo-?\s?invers|\bMoore\b|\bPenrose\b|\bgenerali[sz]ed inverse", re.I)
_NAMING = re.compile(r"\b(let|define[sd]?|set|put|write|denote[sd]?|call(?:ed)?|introduce|consider)\b[^.]*$", re.I)
_SIGNS = (":=", "=", "in", "sim")
_OPEN, _SHUT = ("(", "[", "{", "{lit"), (")", "]", "}", "}lit")
_FONTS = {"boldsymbol": "mathbf", "symbf": "mathbf", "symbfit": "mathbf", **PLAIN_ACCENT}
_STRENGTH: tuple[Mark, ...] = ("said", "shown", "beside")
_ENDS = ("quad", "text", "row", "amp", ";", ",")


class _Asked:
    """Names under which every mark is of the letter, and which remember of what they were asked."""

    def __init__(self) -> None:
        self.marked: list[str] = []
        self.iterates: list[tuple[str, frozenset[str]]] = []

    def is_function(self, name: str) -> bool:
        return False

    def is_variable(self, name: str) -> bool:
        return False

    def is_column(self, name: str, base: str | None) -> bool:
        return False

    def is_random(self, name: str) -> bool:
        return False

    def is_marked(self, name: str) -> bool:
        self.marked.append(name)
        return True

    def is_iterate(self, name: str, letters: frozenset[str]) -> bool:
        self.iterates.append((name, letters))
        return True


def find_marks(model: Model, found: list[Piece]) -> None:
    """Note in `model` which decorated letters are the note's own."""
    words = " ".join(piece.words for piece in found if isinstance(piece, Text))
    model.has_pseudo_inverses = bool(PSEUDO.search(words))
    formulas = [(piece, _tokens(piece)) for piece in found if isinstance(piece, Inline | Display)]
    lead = ""
    candidates: list[tuple[str, frozenset[str], bool]] = []
    for piece in found:
        if isinstance(piece, Text):
            lead = (lead + piece.words)[-200:]
            continue
        tokens = next((each for other, each in formulas if other is piece), [])
        is_prose = isinstance(piece, Inline)
        for left, sign in _left_sides(tokens):
            is_said = sign != "=" or (is_prose and bool(_NAMING.search(re.split(r"[.!?]\s", lead)[-1])))
            asked = _asked(left)
            how: Mark = "said" if is_said else "shown"
            if sign != ":=" and model.has_pseudo_inverses:
                how = "beside"
            for name in asked.marked:
                model.marked[name] = min(how, model.marked.get(name, how), key=_STRENGTH.index)
            candidates += [(name, letters, sign == ":=") for name, letters in asked.iterates if letters]
        if not is_prose:
            lead = ""
        else:
            lead += "§"
    for name, letters, is_certain in candidates:
        if is_certain:
            model.iterates.setdefault(name, set()).update(letters)
            continue
        places = [(tokens, place) for _, tokens in formulas for place in _places(tokens, name)]
        if places and all(_is_raised(tokens, place) for tokens, place in places):
            model.iterates.setdefault(name, set()).update(letters, {""})


def _tokens(piece: Inline | Display) -> list[Token]:
    try:
        return tokenise(piece.latex, piece.span.start)
    except NotationError:
        return []


def _left_sides(tokens: list[Token]) -> Iterator[tuple[list[Token], str]]:
    """What stands left of the first sign of each statement, split at commas, and that sign."""
    depth, groups, current, is_left = 0, [], list[Token](), True
    for token in tokens:
        is_plain = token.kind not in ("letter", "text", "name")
        if is_plain:
            depth += (token.value in _OPEN) - (token.value in _SHUT)
        if depth == 0 and (token.kind in _ENDS or token.value in (",", ";")) and token.kind != "letter":
            if is_left and current:
                groups.append(current)
            if token.value != ",":
                groups = []
            current, is_left = [], True
        elif depth == 0 and is_plain and is_left and token.value in _SIGNS:
            for group in [*groups, current]:
                if group:
                    yield group, token.value
            groups, current, is_left = [], [], False
        elif depth == 0 and is_plain and token.value in ("<", ">", "leq", "geq", "neq", "implies", "iff"):
            groups, is_left, current = [], token.value in ("implies", "iff"), []
        elif is_left:
            current.append(token)


def _asked(left: list[Token]) -> _Asked:
    """What was asked of the names of `left`, where it is a letter with its marks and indices, or that of something."""
    asked = _Asked()
    if not any(token.kind == "^" for token in left):
        return asked
    end = left[-1].span.end
    try:
        parser = Parser([*left, Token("end", "", Span(end, end))], asked)
        node = parser.finished(parser.expression())
    except (NotationError, RecursionError):
        return _Asked()
    head = node.head if isinstance(node, Apply) else node
    is_letter = isinstance(head, Sym | Index) and name_of(head) is not None and not isinstance(node, Sequence)
    return asked if is_letter else _Asked()


def _places(tokens: list[Token], name: str) -> Iterator[int]:
    r"""The places behind the letter `name`, `x` or `\mathbf{x}`, in a formula."""
    font, _, letter = name.removesuffix("}").rpartition("{")
    plain = [token for token in tokens if token.kind not in ("{", "}")]
    for place, token in enumerate(tokens):
        shown = f"\\{token.value}" if token.kind == "command" else token.value
        if shown != letter or token.kind not in ("letter", "command"):
            continue
        at = next(at for at, each in enumerate(plain) if each is token)
        dress = plain[at - 1] if at and plain[at - 1].kind == "command" else None
        worn = (
            f"\\{_FONTS.get(dress.value, dress.value)}" if dress is not None and dress.value in FONTS | ACCENTS else ""
        )
        if worn == font:
            yield place + 1 + (bool(font) and tokens[place + 1].kind == "}")


def _is_raised(tokens: list[Token], place: int) -> bool:
    return tokens[place].kind == "^"
