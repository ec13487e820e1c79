r"""LaTeX math to tokens, each with its place. Spacing, labels, colours and sizes are dropped; nothing else is.

A command that only sets a font becomes part of the name of the letter it dresses (see grammar); `\text{…}` is one
token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import NotationError, Span

MAX_TOKENS = 6_000
MAX_DIGITS = 300  # of a number; more than a double can tell apart or reach


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is one of: number, letter, command, text, row, amp, quad, end, or the character itself."""

    kind: str
    value: str
    span: Span
    spaced: bool = False  # white space or a thin space stood before it


IGNORED = {
    *(",", ":", ";", "!", " ", ">", "/"),
    *(
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigm",
        "Bigm",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "limits",
        "nolimits",
    ),
    *("nonumber", "notag", "quad", "qquad", "hfill", "noindent", "relax", "thinspace", "medspace", "thickspace"),
    *("negthinspace", "allowbreak", "nobreak", "strut", "mathstrut", "centering", "hline", "smallskip", "medskip"),
}
LEFT = {"left", "bigl", "Bigl", "biggl", "Biggl"}
RIGHT = {"right", "bigr", "Bigr", "biggr", "Biggr"}
ARGUMENT_DROPPED = {
    "tag",
    "label",
    "hspace",
    "vspace",
    "phantom",
    "hphantom",
    "vphantom",
    "color",
    "intertext",
    "mspace",
}
ARGUMENT_KEPT = {"boxed", "mathstrut", "mathord", "mathbin", "mathop", "mathrel", "ensuremath", "smash"}
TEXT = {"text", "textrm", "textit", "textbf", "textsf", "mbox", "hbox", "textnormal", "textup", "mathtext"}
ALIASES = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "tbinom": "binom", "dbinom": "binom",
    "le": "leq", "ge": "geq", "ne": "neq", "leqslant": "leq", "geqslant": "geq", "vert": "|",
    "|": "Vert", "intercal": "top", "to": "rightarrow", "colon": ":",
    "lbrack": "[", "rbrack": "]", "lbrace": "{lit", "rbrace": "}lit", "{": "{lit", "}": "}lit",
    "eps": "epsilon", "iff": "iff", "Leftrightarrow": "iff", "Longleftrightarrow": "iff",
    "Rightarrow": "implies", "Longrightarrow": "implies", "coloneqq": ":=", "triangleq": ":=", "equiv": ":=",
    "coloneq": ":=", "defeq": ":=", "bm": "boldsymbol", "mathbold": "boldsymbol", "pmb": "boldsymbol",
    "succcurlyeq": "succeq", "preccurlyeq": "preceq", "dots": "ldots", "cdots": "ldots", "dotsc": "ldots",
    "dotsb": "ldots", "vdots": "ldots", "ddots": "ldots", "hdots": "ldots", "ast": "*", "land": "wedge",
    "tr": "opname:tr", "Tr": "opname:tr", "diag": "opname:diag", "rank": "opname:rank",
    "dd": "differential", "minus": "-", "plus": "+", "lt": "<", "gt": ">", "thinspace": ",",
    "bot": "perp", "Perp": "perp", "indep": "perp", "independent": "perp", "ci": "perp", "longrightarrow": "rightarrow",
    "leftrightarrow": "rightarrow", "bigcup": "union", "bigcap": "intersection", "smallsetminus": "setminus",
    "varnothing": "emptyset", "Pr": "opname:Pr", "KL": "opname:KL",
    "upmu": "mu", "R": "reals", "E": "expectation", "Var": "opname:Var", "Cov": "opname:Cov",
}  # fmt: skip
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)", re.S)
# `\\[2pt]`: a length, and not the bracket with which the next row begins
_ROW_END = re.compile(r"\*?[ \t]*\[\s*-?(?:[\d.]+\s*(?:pt|em|ex|mm|cm|in|bp|pc|mu|\\\w+)|\\\w+)\s*\]|\*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_SPACE = re.compile(r"(?:\s|~|%[^\n]*\n?)+")
PLAIN = set("+-=<>()[]/|!,.;:'*^_&{}?\"`@")
TYPOGRAPHIC = {"−": "-", "·": "cdot", "×": "times", "≤": "leq", "≥": "geq", "≠": "neq", "′": "'", "∞": "infty"}


def tokenise(source: str, offset: int = 0) -> list[Token]:
    """Return the tokens of `source`, which begins at `offset` in the note, closed by an `end` token.

    Raises NotationError for a character that mathematics does not have here (a Cyrillic look-alike, say), for an
    unclosed argument, and past MAX_TOKENS.
    """
    tokens: list[Token] = []
    place, spaced, side = 0, False, ""

    def add(kind: str, value: str, start: int, end: int) -> None:
        nonlocal spaced, side
        if value in ("|", "Vert"):  # which side a bar is on decides between |x|, P(A | B) and f|_{x=a}
            kind, value = value, value + side
        side = ""
        if len(tokens) >= MAX_TOKENS:
            span = Span(offset + start, offset + end)
            raise NotationError("too-long", span, f"This formula has more than {MAX_TOKENS} symbols. Split it.")
        tokens.append(Token(kind, value, Span(offset + start, offset + end), spaced))
        spaced = False

    while place < len(source):
        if match := _SPACE.match(source, place):
            place, spaced = match.end(), True
            continue
        char = source[place]
        if char == "\\":
            match = _COMMAND.match(source, place)
            if match is None:
                raise NotationError("stray-backslash", Span(offset + place, offset + place + 1), "A backslash ends it.")
            name, end = match.group(1), match.end()
            if name in TEXT:
                words, end = _argument(source, end, offset)
                add("text", words, place, end)
            elif name in ("operatorname", "mathrm", "mathsf", "mathit", "operatorname*", "mathop"):
                if source[end : end + 1] == "*":
                    end += 1
                words, end = _argument(source, end, offset)
                add("name", re.sub(r"\\[,;:! ]|[\s{}]|\\(?:mathrm|text|operatorname)", "", words), place, end)
            elif name in ARGUMENT_DROPPED:
                _, end = _argument(source, end, offset)
                spaced = True
            elif match := OVER_SIM.match(source, place):
                place, end = match.span()
                add("command", ALIASES.get("sim", "sim"), place, end)
            elif name in ARGUMENT_KEPT:
                spaced = True
            elif name in ("quad", "qquad"):
                add("quad", name, place, end)
            elif name == "\\":
                skip = _ROW_END.match(source, end)
                end = skip.end() if skip else end
                add("row", "\\\\", place, end)
            elif name in LEFT or name in RIGHT:
                side = "l" if name in LEFT else "r"
                if source[end : end + 1] == ".":
                    end += 1
                    add("leftnull" if name in LEFT else "rightnull", ".", place, end)
            elif name in ("lvert", "rvert", "lVert", "rVert"):
                side = name[0]
                add("bar", "|" if name.endswith("vert") else "Vert", place, end)
            elif name in IGNORED:
                spaced = True
            else:
                value = ALIASES.get(name, name)
                if value.startswith("opname:"):
                    add("name", value[7:], place, end)
                elif value == "implies" or len(value) > 1 or value.isalpha():
                    add("command", value, place, end)
                else:
                    add(value, value, place, end)
            place = end
            continue
        if match := _NUMBER.match(source, place):
            if len(match.group()) > MAX_DIGITS:
                span = Span(offset + place, offset + match.end())
                raise NotationError("too-long", span, f"This number has more than {MAX_DIGITS} digits. Write a power.")
            add("number", match.group(), place, match.end())
            place = match.end()
        elif char.isascii() and char.isalpha():
            add("letter", char, place, place + 1)
            place += 1
        elif char == "&":
            add("amp", "&", place, place + 1)
            place += 1
        elif char in PLAIN:
            if source.startswith(":=", place):
                add("command", ":=", place, place + 2)
                place += 2
            else:
                add(char, char, place, place + 1)
                place += 1
        elif char in TYPOGRAPHIC:
            plain = TYPOGRAPHIC[char]
            add("command" if len(plain) > 1 else plain, plain, place, place + 1)
            place += 1
        else:
            span = Span(offset + place, offset + place + 1)
            raise NotationError(
                "unknown-character", span, f"`{char}` (U+{ord(char):04X}) is not LaTeX mathematics. Write its command."
            )
    tokens.append(Token("end", "", Span(offset + len(source), offset + len(source)), spaced))
    return tokens


# `\overset{\text{iid}}{\sim}`, `\sim_{\text{i.i.d.}}`: what is written on the sign is read with its sentence.
OVER_SIM = re.compile(
    r"\\(?:overset|stackrel)\s*\{(?P<above>(?:[^{}]|\{[^{}]*\})*)\}\s*(?:\{\s*\\sim\s*\}|\\sim\b)"
    r"|\\sim\s*[_^]\s*(?:\{(?P<beside>(?:[^{}]|\{[^{}]*\})*)\}|\\(?:text|mathrm)\{(?P<bare>[^{}]*)\})"
)


def _argument(source: str, place: int, offset: int) -> tuple[str, int]:
    """The braced (or single-character) argument at `place`, and where it ends."""
    while place < len(source) and source[place].isspace():
        place += 1
    if source[place : place + 1] != "{":
        if place >= len(source):
            span = Span(offset + place - 1, offset + place)
            raise NotationError("missing-argument", span, "An argument in braces is missing here.")
        return source[place], place + 1
    depth = 0
    for index in range(place, len(source)):
        if source[index] == "{" and source[index - 1] != "\\":
            depth += 1
        elif source[index] == "}" and source[index - 1] != "\\":
            depth -= 1
            if depth == 0:
                return source[place + 1 : index], index + 1
    span = Span(offset + place, offset + place + 1)
    raise NotationError("unclosed-brace", span, "This brace is never closed.")
