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


_EDGE = re.compile(
    r"\$\$|(?<!\\)\\\[|\\\]|\\(?:begin|end)\{(?:NAMES)\*?\}".replace("NAMES", "|".join(DISPLAY_ENVIRONMENTS))
)


def pieces(note: str) -> list[Piece]:
    """The pieces of `note` in order. Raises NotationError for a note longer than MAX_NOTE characters."""
    if len(note) > MAX_NOTE:
        raise NotationError(
            "too-long", Span(MAX_NOTE, len(note)), f"A note may have {MAX_NOTE:,} characters. Split it."
        )
    visible = _hidden(unquoted(note))
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


def _hidden(note: str) -> str:
    """`note` with spaces for its fenced code and comments."""
    for start, end in [match.span() for pattern in (_FENCE, _COMMENT) for match in pattern.finditer(note)]:
        note = note[:start] + re.sub(r"[^\n]", " ", note[start:end]) + note[end:]
    return note


def unquoted(note: str) -> str:
    """`note` with spaces for the `>` that its quotations begin their lines with; every place stays where it is.

    Within a display only as many are marks as stood where it began, for `>` is a relation sign too.
    """
    if not re.search(r"^ {0,3}>", note, re.M):
        return note
    lines = _hidden(note).splitlines(keepends=True)
    kept = note.splitlines(keepends=True)
    opened = opened_depth = 0  # displays open at the start of a line, and the marks in front of the first
    for number, line in enumerate(lines):
        match = re.match(
            r" {0,3}(?:>[ \t]?(?: {0,3}(?=>))?)+" if not opened else rf" {{0,3}}(?:> ?){{0,{opened_depth}}}", line
        )
        marks = match.group() if match else ""
        kept[number] = " " * len(marks) + kept[number][len(marks) :]
        for edge in _EDGE.finditer(line, len(marks)):
            if edge.group() == "$$":
                opened = int(not opened)
            else:
                opened = max(0, opened + (1 if edge.group().startswith(("\\[", "\\b")) else -1))
            if opened and marks.count(">") and not opened_depth:
                opened_depth = marks.count(">")
        if not opened:
            opened_depth = 0
    return "".join(kept)


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
    problem: NotationError | None = None


SIGNS = {
    "=", "<", ">", "leq", "geq", "neq", "preceq", "succeq", "prec", "succ", "approx", "propto", ":=", "in", "sim",
    "simeq", "not", "ll", "gg", "perp",
}  # fmt: skip
OPENERS = {"(": 1, "[": 1, "{": 1, "{lit": 1, "langle": 1, "lfloor": 1, "lceil": 1}
SHUTTERS = {")": 1, "]": 1, "}": 1, "}lit": 1, "rangle": 1, "rfloor": 1, "rceil": 1}
_REMARK = re.compile(r"^\W*(since|because|by|using|as|from|due to|recall|cf|see)\b", re.I)
_EQUALITY = re.compile(r"^\W*(with )?equality\b", re.I)  # `with equality iff p = q` says when, and claims nothing here
_CONDITION = re.compile(
    r"\b(for|if|when|whenever|where|provided|with|on|in case|as long as|at|subject to|such that)\b|\bs\.\s?t\.", re.I
)
_SOME = re.compile(r"\bfor (?:some|a suitable|an appropriate)\b|\bthere (?:is|are|exists?)\b", re.I)
_JOINING_WORDS = {
    "iff": "iff", "if and only if": "iff", "is equivalent to": "iff", "implies": "implies", "implies that": "implies",
}  # fmt: skip
_CONTINUES = {"+", "-", "cdot", "times", "odot", "otimes", "circ", "/", "*"}


def chunks(display: Display) -> list[Chunk]:
    """The formulas of `display` in order. Raises NotationError where its tokens cannot be read."""
    found: list[Chunk] = []
    for tokens, environment in _blocks(tokenise(display.latex, display.span.start)[:-1], display.environment):
        if environment.startswith("alignat") and tokens and tokens[0].kind == "{":
            tokens = tokens[3:]
        rows = _split(tokens, "row")
        if environment in ("multline", "multlined", "equation", "") and len(rows) > 1:
            rows = _rows_that_belong_together(rows)
        for row in _with_continuations(rows):
            for column in _columns(_split(row, "amp")):
                _chunks_of(column, found)
    return [chunk for chunk in found if chunk.tokens or chunk.lead]


def _columns(cells: list[list[Token]]) -> list[list[Token]]:
    """The cells two by two. A later column of words is a remark, or limits the column before it."""
    pairs = [[token for cell in cells[place : place + 2] for token in cell] for place in range(0, len(cells), 2)]
    columns: list[list[Token]] = []
    for pair in pairs:
        if columns and _is_words(pair):
            words = next((token.value for token in pair if token.kind == "text"), "")
            limits = any(token.kind in ("letter", "command", "number") for token in pair)
            if limits and _CONDITION.search(words) and not _REMARK.match(words.strip()):
                columns[-1] += [token for token in pair if token.value not in ("(", ")") or token.kind == "letter"]
            continue
        columns.append(pair)
    return columns


def _with_continuations(rows: list[list[Token]]) -> list[list[Token]]:
    """A row that begins with an operator behind its `&`, or inside open brackets, goes on with the row before it."""
    joined: list[list[Token]] = []
    for row in rows:
        solid = [token for token in row if token.kind not in ("amp", "quad")]
        behind = bool(row) and row[0].kind in ("amp", "quad")
        goes_on = bool(solid) and solid[0].value in _CONTINUES and (behind or not _outer_sign(solid))
        if joined and (goes_on or _is_open(joined[-1])):
            joined[-1] = [*joined[-1], *(token for token in row if token.kind != "amp")]
        else:
            joined.append(row)
    return joined


def _is_open(tokens: list[Token]) -> bool:
    """Whether a round bracket or a brace of these tokens is not closed."""
    kinds = [token.value for token in tokens if token.kind not in ("letter", "text", "name")]
    return sum(value in ("(", "[", "{") for value in kinds) > sum(value in (")", "]", "}") for value in kinds)


def _blocks(tokens: list[Token], environment: str) -> list[tuple[list[Token], str]]:
    r"""The display as one block; or, where an `aligned` stands beside others, the parts between its outer `\quad`s."""
    whole = _unwrap(_without_left_brace(tokens), environment)
    if whole[1] != environment or not any(token.kind == "quad" for token in tokens):
        return [whole]
    if not any(_unwrap(part, "")[1] for part in _split(tokens, "quad")):
        return [whole]
    return [_unwrap(part, environment) for part in _split(tokens, "quad") if part]


def _without_left_brace(tokens: list[Token]) -> list[Token]:
    r"""`\left\{ \begin{aligned} … \end{aligned} \right.` without the brace that binds its rows together."""
    if tokens and tokens[0].value == "{lit" and any(token.kind == "rightnull" for token in tokens[-2:]):
        return [token for token in tokens[1:] if token.kind != "rightnull"]
    return tokens


def _unwrap(tokens: list[Token], environment: str) -> tuple[list[Token], str]:
    """Strip an `aligned` or `split` that wraps everything but punctuation."""
    while True:
        start = next((i for i, token in enumerate(tokens) if token.kind == "command" and token.value == "begin"), None)
        if start is None or tokens[:start] or len(tokens) < 8:
            return tokens, environment
        name = ""
        place = start + 2
        while place < len(tokens) and tokens[place].kind == "letter":
            name += tokens[place].value
            place += 1
        if name not in ("aligned", "split", "gathered", "alignedat", "multlined", "array", "cases", "dcases"):
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
        if name in ("cases", "dcases"):  # a system of equations, where each row is one
            rows = [row for row in _split(tokens[place + 1 : index], "row") if row]
            if not all(_outer_sign(_split(row, "amp")[0]) or _outer_sign(row[:6]) for row in rows):
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
        if current.tokens and found and _bounds_indices(current.tokens, found[-1].tokens):
            found[-1].conditions.append(current.tokens)
        elif current.tokens:
            current.joins = _first_is_sign(current.tokens)
            found.append(current)
        # a condition in front, `if x > 0, then …`, is one of the claim that follows
        current = Chunk(
            [],
            conditions=[] if current.tokens else current.conditions,
            problem=None if current.tokens else current.problem,
        )

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
        is_script = place > 0 and tokens[place - 1].kind in ("^", "_")  # `\theta^\text{new}`
        if depth == 0 and token.kind == "text" and not is_script:
            words = token.value.strip().lower()
            if _SOME.search(words):
                remedy = "A claim that there is something is not judged. Name it and define it."
                current.problem = NotationError("for-some", token.span, remedy)
            if words.strip(" ,.:;") in _JOINING_WORDS and current.tokens and mode == "claim":
                value = _JOINING_WORDS[words.strip(" ,.:;")]
                current.tokens.append(Token("command", value, token.span))
                place += 1
                continue
            if _REMARK.match(words) or _EQUALITY.match(words):
                break  # whatever follows on this row belongs to the remark
            if words in _FUNCTION_WORDS:
                _target(current, mode).append(token)
            elif words.strip(" ,.:;") == "and" and mode == "condition" and tokens[place - 1].kind not in (",", "quad"):
                current.conditions.append([])  # `whenever x > 0 and y > 0`
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
                if mode == "claim" and _outer_sign(current.tokens) and _outer_sign(tokens[place + 1 :]):
                    close()  # `a = b \\text{ which gives } c = d`
                if not current.tokens:
                    current.lead += f" {words}"
                elif mode == "claim":
                    # words behind a formula that are no remark we know: kept, so that nothing is dropped in silence
                    current.lead += f" {words}"
            place += 1
            continue
        if depth == 0 and token.kind == "command" and token.value == "forall":
            heads = not current.tokens
            current.conditions.append([])
            mode = "forall" if heads else "condition"
            place += 1
            continue
        in_front = mode in ("forall", "condition") and not current.tokens and bool(current.conditions)
        if depth == 0 and in_front and _ends_quantifier(token, current.conditions[-1]):
            mode = "claim"
            place += 1
            continue
        if depth == 0 and token.kind == "quad":
            following = tokens[place + 1 :]
            limit = _bracketed_condition(following)
            if limit and current.tokens and mode == "claim":
                current.conditions.append(limit)
                break
            chains = _outer_sign(following) and not _first_is_sign(following)
            if chains and current.tokens and not _begins_with_words(following):
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
    limits = current.conditions if not current.tokens else []
    close()
    if limits and found:
        found[-1].conditions += limits
    if words_before and not found:
        found.append(Chunk([], lead=words_before))


def _bracketed_condition(tokens: list[Token]) -> list[Token]:
    r"""What stands in the bracket of `= 0 \quad (i \ne j)`; nothing where no relation in brackets ends the row."""
    solid = [token for token in tokens if token.kind != "quad" and token.value not in (".", ",", ";")]
    if len(solid) < 3 or solid[0].value != "(" or solid[-1].value != ")" or _outer_sign(solid):
        return []
    inner = solid[1:-1]
    return inner if _outer_sign(inner) and not _is_open(inner) and inner[0].kind != "text" else []


def _bounds_indices(tokens: list[Token], before: list[Token]) -> bool:
    r"""Whether a formula only says over what the indices of the one before it run: `i = 1, \dots, n`, `i \ne j`."""
    if not _outer_sign(tokens) or tokens[0].kind != "letter":
        return False
    plain = {",", "ldots", "=", "neq", "leq", "geq", "<", ">"}
    if any(token.kind not in ("letter", "number") and token.value not in plain for token in tokens):
        return False
    letters = {token.value for token in tokens if token.kind == "letter"}
    dotted = any(token.value == "ldots" for token in tokens)
    scripts = _subscript_letters(before)
    first = {token.value for token in tokens[: 1 + 2 * dotted] if token.kind == "letter"}
    return first <= scripts and (dotted or letters <= scripts & set("ijklmrst"))


def _subscript_letters(tokens: list[Token]) -> set[str]:
    found: set[str] = set()
    depth = 0  # of braces, counted from the subscript
    for place, token in enumerate(tokens):
        if depth:
            depth += (token.kind == "{") - (token.kind == "}")
        elif place and tokens[place - 1].kind == "_":
            depth = int(token.kind == "{")
        else:
            continue
        if token.kind == "letter":
            found.add(token.value)
    return found


def _target(chunk: Chunk, mode: str) -> list[Token]:
    return chunk.conditions[-1] if mode in ("condition", "forall") and chunk.conditions else chunk.tokens


def _ends_quantifier(token: Token, said: list[Token]) -> bool:
    r"""Whether `token` ends the `\forall x \in S` in front of a claim: a colon, a quad, a comma behind the set."""
    if token.kind == "quad" or token.value in (":", "mid"):
        return True
    return token.value == "," and _outer_sign(said)


_FUNCTION_WORDS = {"tr", "diag", "det", "rank", "vec", "sign", "log", "exp", "softmax", "relu", "var", "cov", "kl"}


def _splits_here(rest: list[Token]) -> bool:
    """Whether what follows an outer comma is a chain of its own: it has a sign before its next outer comma."""
    depth, listed = 0, False
    for place, token in enumerate(rest):
        if token.value in OPENERS and token.kind not in ("letter", "text"):
            depth += 1
        elif token.value in SHUTTERS and token.kind not in ("letter", "text"):
            depth -= 1
        elif depth == 0 and token.kind == "text" and rest[place - 1].kind not in ("^", "_"):
            return False
        elif depth == 0 and token.value == ",":
            if not _are_names(rest[:place]):
                return False
            listed = True
        elif depth == 0 and place and token.value in SIGNS and token.kind not in ("letter", "text", "name"):
            return token.value == "in" if listed else token.value != "in" or _are_names(rest[:place])
    return False


def _are_names(tokens: list[Token]) -> bool:
    """Letters with subscripts and commas between them, and nothing else: what stands in front of an `∈`."""
    plain = ("letter", "command", "number", "{", "}", "_", ",")
    return bool(tokens) and all(token.kind in plain and token.value not in SIGNS for token in tokens)


def _first_is_sign(tokens: list[Token]) -> bool:
    first = next((token for token in tokens if token.kind not in ("quad",)), None)
    return first is not None and first.value in SIGNS and first.kind not in ("letter", "text", "name")


def _begins_with_words(tokens: list[Token]) -> bool:
    first = next((token for token in tokens if token.kind != "quad"), None)
    return first is not None and (first.kind == "text" or first.value == "forall")


def by_commas(tokens: list[Token]) -> list[list[Token]]:
    """`x > 0, y > 0` as two relations; one group where not every part between commas has a sign."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.value in OPENERS) - (token.value in SHUTTERS) if token.kind not in ("letter", "text") else 0
        if depth == 0 and token.value == "," and token.kind != "letter":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if all(_outer_sign(part) for part in parts) else [tokens]


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
