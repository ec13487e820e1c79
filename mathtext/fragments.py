"""TeX as it is compared: what is written in two ways is one sequence of tokens, so that a fragment is found.

>>> key(r"A^{-\\top}") == key(r"{A} ^ { - \\mathsf T }")
True
>>> key(r"A^{-\\top}") in key(r"\\mathrm d A^{-1} = \\left( A^{-\\top} \\right)")
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"%[^\n]*|\\[a-zA-Z]+\*?|\\.|[0-9]+|\s+|.", re.DOTALL)
_DEEPEST = 40


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_TOKENS = 4_000

_SILENT = _words(
    r"\, \; \: \! ~ \quad \qquad \left \right \middle \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr "
    r"\displaystyle \textstyle \notag \nonumber \limits \nolimits \thinspace"
) | {"\\ "}
_WITH_DELIMITER = frozenset({"\\left", "\\right", "\\middle"})
_DROPPED_WITH_ARGUMENT = frozenset({"\\label", "\\tag", "\\tag*", "\\hspace", "\\hspace*", "\\vspace"})
# Letters in bold or upright type are the letters: who looks for A finds it in a note that prints matrices in bold.
_PLAIN_FONTS = _words(r"\mathbf \boldsymbol \bm \mathit \pmb \boldmath \mathnormal")
_NAMES = _words(r"\mathrm \operatorname \operatorname* \text \textrm \textup \mathsf \textsf \mathtt")
_ONE_ARGUMENT = _words(
    r"\hat \bar \tilde \vec \dot \ddot \widehat \widetilde \overline \underline \check \breve \acute \mathcal \mathscr "
    r"\mathfrak \mathbb \mathds \mathbbm \norm \abs \overbrace \underbrace \boxed \cancel \phantom \textbf"
)
_TWO_ARGUMENTS = _words(r"\frac \binom \inner \stackrel \overset \underset")
_SAME = {
    "\\tfrac": "\\frac", "\\dfrac": "\\frac", "\\cfrac": "\\frac", "\\tbinom": "\\binom", "\\dbinom": "\\binom",
    "\\le": "\\leq", "\\ge": "\\geq", "\\ne": "\\neq", "\\intercal": "\\top", "\\transpose": "\\top", "\\T": "\\top",
    "\\lVert": "\\|", "\\rVert": "\\|", "\\Vert": "\\|", "\\lvert": "|", "\\rvert": "|", "\\vert": "|", "\\mid": "|",
    "\\lbrace": "\\{", "\\rbrace": "\\}", "\\lbrack": "[", "\\rbrack": "]", "\\to": "\\rightarrow", "\\colon": ":",
    "\\Tr": "\\tr", "\\trace": "\\tr", "\\widehat": "\\hat", "\\widetilde": "\\tilde", "\\overline": "\\bar",
    "\\varepsilon": "\\epsilon", "\\varphi": "\\phi", "\\dots": "\\ldots", "\\cdots": "\\ldots", "\\ast": "*",
    "\\land": "\\wedge", "\\implies": "\\Rightarrow", "\\iff": "\\Leftrightarrow", "\\coloneqq": ":=",
}  # fmt: skip
_ACCENTS = _words(r"\hat \bar \tilde \vec \dot \ddot \check \mathcal \mathscr \mathfrak \mathbb")
_NO_SYMBOLS = (
    _TWO_ARGUMENTS
    | _ONE_ARGUMENT - _ACCENTS
    | _words(
        r"\top \sqrt \begin \end \cdot \times \leq \geq \neq \in \sum \int \prod \| \{ \} \\ \ldots \rightarrow "
        r"\Rightarrow "
        r"\prime \circ \odot \otimes \succ \succeq \prec \preceq \approx \equiv "
        r"\infty \forall \exists \langle \rangle"
    )
)


def tokens(tex: str) -> list[str]:
    """Return the tokens of `tex` in one way of writing: scripts and arguments in braces, no other braces, no spacing.

    What is open at the end of a fragment stays open: `A^{-` begins like `A^{-1}`. Never raises.
    """
    read = [piece for piece in _TOKEN.findall(tex) if not piece.isspace() and not piece.startswith("%")]
    return _Reader(read[:MOST_TOKENS]).sequence(until_brace=False, depth=0)


def key(tex: str) -> str:
    """The tokens as one text with spaces around each: one formula holds another where its key holds the other's."""
    found = tokens(tex)
    return f" {' '.join(found)} " if found else ""


def symbols(tex: str) -> list[str]:
    """The letters, names and accented letters of `tex`, each once: `x`, `\\Sigma`, `\\hat{\\beta}`, `\\log`."""
    found: dict[str, None] = {}
    read = tokens(tex)
    for place, token in enumerate(read):
        if token in _ACCENTS:
            if (inside := _argument(read, place)) is not None:
                found[f"{token}{{{inside}}}"] = None
        elif (token.isalpha() and len(token) == 1) or (token.startswith("\\") and token not in _NO_SYMBOLS):
            found[token] = None
    return list(found)


def _argument(read: list[str], place: int) -> str | None:
    """What stands in the braces behind `place`, if it is one token."""
    if read[place + 1 : place + 2] == ["{"] and read[place + 3 : place + 4] == ["}"]:
        return read[place + 2]
    return None


class _Reader:
    def __init__(self, read: list[str]) -> None:
        self._read = read
        self._at = 0
        self._is_open = False  # whether the text ended before the last group did

    def _peek(self) -> str:
        return self._read[self._at] if self._at < len(self._read) else ""

    def sequence(self, *, until_brace: bool, depth: int) -> list[str]:
        out: list[str] = []
        while piece := self._peek():
            if piece == "}":
                self._at += 1
                if until_brace:
                    return out
                continue
            out.extend(self._item(depth))
        self._is_open = True
        return out

    def _item(self, depth: int) -> Iterator[str]:
        """One thing: a token, a command with its arguments, a script, a group without its braces."""
        piece = self._read[self._at]
        self._at += 1
        piece = _SAME.get(piece, piece)
        if piece in _SILENT:
            if piece in _WITH_DELIMITER and self._peek() == ".":
                self._at += 1
        elif piece == "{":
            if depth < _DEEPEST:
                yield from self.sequence(until_brace=True, depth=depth + 1)
        elif piece in _DROPPED_WITH_ARGUMENT:
            self._taken(depth)
        elif piece in ("^", "_"):
            yield piece
            yield from self._braced(depth, is_script=True)
        elif piece == "'":
            primes = 1
            while self._peek() == "'":
                self._at, primes = self._at + 1, primes + 1
            yield from ("^", "{", *["\\prime"] * primes, "}")
        elif piece in _PLAIN_FONTS:
            yield from self._taken(depth)
        elif piece in _NAMES:
            yield from _name(self._taken(depth))
        elif piece == "\\mathbb" and (inside := self._taken(depth)) is not None:
            yield from ("\\R",) if inside == ["R"] else ("\\E",) if inside == ["E"] else (piece, "{", *inside, "}")
        elif piece in _ONE_ARGUMENT:
            yield piece
            yield from self._braced(depth)
        elif piece in _TWO_ARGUMENTS:
            yield piece
            yield from self._braced(depth)
            if self._peek():
                yield from self._braced(depth)
        elif piece == "\\sqrt":
            yield piece
            if self._peek() != "[":
                yield from self._braced(depth)
        else:
            yield piece

    def _taken(self, depth: int) -> list[str]:
        """The next argument: a group, or one token; of a number without braces TeX takes the first digit."""
        piece = self._peek()
        if not piece or piece == "}":
            return []
        if piece == "{":
            self._at += 1
            return self.sequence(until_brace=True, depth=depth + 1) if depth < _DEEPEST else []
        if piece.isdigit() and len(piece) > 1:
            self._read[self._at] = piece[1:]
            return [piece[0]]
        return list(self._item(depth + 1)) if depth < _DEEPEST else []

    def _braced(self, depth: int, *, is_script: bool = False) -> list[str]:
        if not self._peek():
            self._is_open = True
            return []
        self._is_open = False
        inside = self._taken(depth)
        if is_script and inside in (["T"], ["-", "T"], ["-", "\\T"]):
            inside = [*inside[:-1], "\\top"]  # the transpose as many write it
        return ["{", *inside] if self._is_open else ["{", *inside, "}"]


def _name(inside: list[str]) -> list[str]:
    """`\\operatorname{tr}` is `\\tr`; an upright letter is the letter."""
    if len(inside) > 1 and all(len(piece) == 1 and piece.isalpha() for piece in inside):
        return ["\\" + "".join(inside).replace("Tr", "tr")]
    return inside


__all__ = ["key", "symbols", "tokens"]
