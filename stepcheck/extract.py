r"""A Markdown note to its pieces: headings, words, inline and display mathematics, each with its place.

Mathematics inside code is not mathematics. Display mathematics is taken apart into chunks: one for each row and for
each `\quad` or outer comma in it, with remarks (`(\text{since } …)`, a `&&` column of words) left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import NotationError, Span
from .tokens import Token, tokenise

MAX_NOTE = 100_000
MAX_FORMULAS = 1_000


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class Inline:
    latex: str
    span: Span  # of the LaTeX between the dollars


@dataclass(frozen=True, slots=True)
class Display:
    latex: str
    environment: str
    span: Span


Piece = Heading | Text | Inline | Display

DISPLAY_ENVIRONMENTS = (
    "equation",
    "align",
    "gather",
    "multline",
    "eqnarray",
    "alignat",
    "flalign",
    "displaymath",
    "math",
)
_FENCE = re.compile(
    r"^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n(?:.*?\n)??(?: {0,3}\1[`~]*[ \t]*(?:\n|\Z)|\Z)", re.S | re.M
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+[^\n]*", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
_MATH = re.compile(
    r"""
    \$\$(?P<dollars>.+?)\$\$
    | \\\[(?P<brackets>(?:(?!(?<!\\)\\\[).)+?)\\\]
    | \\begin\{(?P<env>(?:NAMES)\*?)\}(?P<body>(?:(?!\\begin\{(?P=env)\}).)+?)\\end\{(?P=env)\}
    | \\\((?P<parens>(?:(?!\\\().)+?)\\\)
    | (?<![\\$])\$(?!\s)(?P<dollar>(?:[^$\\]|\\.)+?)(?<!\s)\$(?![\d$])
    """.replace("NAMES", "|".join(DISPLAY_ENVIRONMENTS)),
    re.S | re.X,
)


def pieces(note: str) -> list[Piece]:
    """The pieces of `note` in order. Raises NotationError for a note longer than MAX_NOTE characters."""
    if len(note) > MAX_NOTE:
        raise NotationError(
            "too-long", Span(MAX_NOTE, len(note)), f"A note may have {MAX_NOTE:,} characters. Split it."
        )
    hidden = [(match.start(), match.end()) for pattern in (_FENCE, _COMMENT) for match in pattern.finditer(note)]
    visible = note
    for start, end in hidden:
        visible = visible[:start] + re.sub(r"[^\n]", " ", visible[start:end]) + visible[end:]
    visible = _CODE.sub(lambda match: " " * len(match.group()), visible)
    found: list[Piece] = []
    place = 0
    for match in _MATH.finditer(visible):
        _words(found, visible, place, match.start())
        if len(found) > 2 * MAX_FORMULAS:
            span = Span(match.start(), len(note))
            raise NotationError("too-long", span, f"A note may have {MAX_FORMULAS:,} formulas. Split it.")
        for name in ("dollars", "brackets", "body", "parens", "dollar"):
            if match.group(name) is not None:
                latex, span = match.group(name), Span(match.start(name), match.end(name))
                if name in ("parens", "dollar"):
                    found.append(Inline(latex, span))
                else:
                    environment = (match.group("env") or "").rstrip("*")
                    found.append(Display(latex, environment, span))
        place = match.end()
    _words(found, visible, place, len(visible))
    return found


def _words(found: list[Piece], source: str, start: int, end: int) -> None:
    place = start
    for match in _HEADING.finditer(source, start, end):
        if match.start() > place:
            found.append(Text(source[place : match.start()], Span(place, match.start())))
        found.append(Heading(len(match.group(1)), Span(match.start(), match.end())))
        found.append(Text(match.group().lstrip("# ") + "\n\n", Span(match.start(), match.end())))
        place = match.end()
    if end > place:
        found.append(Text(source[place:end], Span(place, end)))


@dataclass(slots=True)
class Chunk:
    """One formula of a display: its tokens (without an end), the words that stood in front of it, and what limits it.

    `joins` tells that it goes on with the chain before it, because it begins with a relation sign.
    """

    tokens: list[Token]
    joins: bool = False
    lead: str = ""
    conditions: list[list[Token]] = field(default_factory=list)
    prose: bool = False


SIGNS = {
    "=", "<", ">", "leq", "geq", "neq", "preceq", "succeq", "prec", "succ", "approx", "propto", ":=", "in", "sim",
    "simeq", "not", "ll", "gg", "perp",
}  # fmt: skip
OPENERS = {"(": 1, "[": 1, "{": 1, "{lit": 1, "langle": 1, "lfloor": 1, "lceil": 1}
SHUTTERS = {")": 1, "]": 1, "}": 1, "}lit": 1, "rangle": 1, "rfloor": 1, "rceil": 1}
_REMARK = re.compile(r"^\W*(since|because|by|using|as|from|due to|recall|cf|see)\b", re.I)
_CONDITION = re.compile(r"\b(for|if|when|whenever|where|provided|with|on|in case|as long as|at)\b", re.I)


def chunks(display: Display) -> list[Chunk]:
    """The formulas of `display` in order. Raises NotationError where its tokens cannot be read."""
    tokens = tokenise(display.latex, display.span.start)[:-1]
    environment = display.environment
    tokens, environment = _unwrap(tokens, environment)
    if environment.startswith("alignat") and tokens and tokens[0].kind == "{":
        tokens = tokens[3:]
    found: list[Chunk] = []
    rows = _split(tokens, "row")
    if environment in ("multline", "multlined", "equation", "") and len(rows) > 1:
        rows = _rows_that_belong_together(rows)
    for row in rows:
        cells = _split(row, "amp")
        columns = [[token for cell in cells[place : place + 2] for token in cell] for place in range(0, len(cells), 2)]
        for number, column in enumerate(columns):
            if number and _is_words(column):
                continue
            _chunks_of(column, found)
    return [chunk for chunk in found if chunk.tokens or chunk.lead]


def _unwrap(tokens: list[Token], environment: str) -> tuple[list[Token], str]:
    """Strip an `aligned` or `split` that wraps everything but punctuation."""
    while True:
        start = next((i for i, token in enumerate(tokens) if token.kind == "command" and token.value == "begin"), None)
        if start is None or tokens[:start] or len(tokens) < 8:
            return tokens, environment
        name = ""
        place = start + 2
        while tokens[place].kind == "letter":
            name += tokens[place].value
            place += 1
        if name not in ("aligned", "split", "gathered", "alignedat", "multlined", "array"):
            return tokens, environment
        depth = 0
        for index in range(start, len(tokens)):
            if tokens[index].kind == "command" and tokens[index].value in ("begin", "end"):
                depth += 1 if tokens[index].value == "begin" else -1
                if depth == 0:
                    break
        tail = tokens[index:]
        after = tail[3 + len(name) :]
        if any(token.value not in (".", ",", ";") for token in after):
            return tokens, environment
        place += 1
        if name in ("alignedat", "array") and tokens[place].kind == "{":
            while tokens[place].kind != "}":
                place += 1
            place += 1
        tokens, environment = tokens[place:index], name


def _split(tokens: list[Token], kind: str) -> list[list[Token]]:
    """Split at `kind` where it stands outside braces and inner environments."""
    found: list[list[Token]] = [[]]
    braces = environments = 0
    for token in tokens:
        if token.kind in ("{", "}"):
            braces += 1 if token.kind == "{" else -1
        elif token.kind == "command" and token.value in ("begin", "end"):
            environments += 1 if token.value == "begin" else -1
        if token.kind == kind and not braces and not environments:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _rows_that_belong_together(rows: list[list[Token]]) -> list[list[Token]]:
    return [[token for row in rows for token in row]]


def _is_words(tokens: list[Token]) -> bool:
    solid = [token for token in tokens if token.value not in ("(", ")", ".", ",", ";", "quad", "qquad")]
    return not solid or solid[0].kind == "text"


def _chunks_of(tokens: list[Token], found: list[Chunk]) -> None:
    """Take one row (or column of it) apart: remarks dropped, quads, outer commas and words split."""
    tokens = _without_parenthesised_remarks(tokens)
    current = Chunk([])
    words_before = ""

    def close() -> None:
        nonlocal current
        while current.tokens and current.tokens[-1].value in (",", ".", ";"):
            current.tokens.pop()
        if current.tokens:
            current.joins = _first_is_sign(current.tokens)
            found.append(current)
        current = Chunk([])

    depth = 0
    place = 0
    mode = "claim"
    while place < len(tokens):
        token = tokens[place]
        if token.value in OPENERS and token.kind not in ("letter", "text"):
            depth += 1
        elif token.value in SHUTTERS and token.kind not in ("letter", "text"):
            depth -= 1
        elif token.kind == "command" and token.value in ("begin", "end"):
            depth += 1 if token.value == "begin" else -1
        if depth == 0 and token.kind == "text":
            words = token.value.strip().lower()
            if _REMARK.match(words):
                break  # whatever follows on this row belongs to the remark
            if words in _FUNCTION_WORDS:
                _target(current, mode).append(token)
            elif words.strip(" ,.:;") in (
                "and",
                "or",
                "so",
                "hence",
                "thus",
                "then",
                "i.e.",
                "that is",
                "therefore",
                "",
            ):
                if mode != "claim" or current.tokens:
                    close()
                mode = "claim"
            elif _CONDITION.search(words):
                current.lead += f" {words}"
                if re.match(r"\W*where\b|\W*with\b", words):
                    close()
                    current.prose, current.lead = True, words
                    mode = "claim"
                else:
                    current.conditions.append([])
                    mode = "condition"
            elif current.tokens and not re.search(r"[a-z]{2}", words):
                pass
            else:
                words_before = words
                if not current.tokens:
                    current.lead += f" {words}"
                elif mode == "claim":
                    # words behind a formula that are no remark we know: kept, so that nothing is dropped in silence
                    current.lead += f" {words}"
            place += 1
            continue
        if depth == 0 and token.kind == "quad":
            following = tokens[place + 1 :]
            if following and _outer_sign(following) and not _first_is_sign(following):
                close()
                mode = "claim"
            place += 1
            continue
        if depth == 0 and token.value in (",", ";") and token.kind != "letter" and mode == "claim":
            rest = tokens[place + 1 :]
            if _outer_sign(current.tokens) and _splits_here(rest):
                close()
                place += 1
                continue
        if depth == 0 and not current.tokens and token.value in ("implies", "iff") and mode == "claim":
            place += 1
            continue
        _target(current, mode).append(token)
        place += 1
    close()
    if words_before and not found:
        found.append(Chunk([], lead=words_before))


def _target(chunk: Chunk, mode: str) -> list[Token]:
    return chunk.conditions[-1] if mode == "condition" and chunk.conditions else chunk.tokens


_FUNCTION_WORDS = {"tr", "diag", "det", "rank", "vec", "sign", "log", "exp", "softmax", "relu", "var", "cov", "kl"}


def _splits_here(rest: list[Token]) -> bool:
    """Whether what follows an outer comma is a chain of its own: it has a sign before its next outer comma."""
    depth = 0
    for place, token in enumerate(rest):
        if token.value in OPENERS and token.kind not in ("letter", "text"):
            depth += 1
        elif token.value in SHUTTERS and token.kind not in ("letter", "text"):
            depth -= 1
        elif depth == 0 and (token.value == "," or token.kind == "text"):
            return False
        elif depth == 0 and place and token.value in SIGNS and token.kind not in ("letter", "text", "name"):
            return token.value != "in"
    return False


def _first_is_sign(tokens: list[Token]) -> bool:
    first = next((token for token in tokens if token.kind not in ("quad",)), None)
    return first is not None and first.value in SIGNS and first.kind not in ("letter", "text", "name")


def _outer_sign(tokens: list[Token]) -> bool:
    depth = 0
    for token in tokens:
        if token.value in OPENERS and token.kind not in ("letter", "text"):
            depth += 1
        elif token.value in SHUTTERS and token.kind not in ("letter", "text"):
            depth -= 1
        elif depth == 0 and token.value in SIGNS and token.kind not in ("letter", "text", "name"):
            return True
    return False


def _without_parenthesised_remarks(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.value in ("(", "[") and following is not None and following.kind == "text":
            depth, end = 0, place
            while end < len(tokens):
                depth += (tokens[end].value in ("(", "[")) - (tokens[end].value in (")", "]"))
                end += 1
                if depth == 0:
                    break
            place = end
            continue
        kept.append(token)
        place += 1
    return kept
