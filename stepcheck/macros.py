r"""Macros of a group: `\newcommand` lines read into a table, and formulas with its macros written out.

Written out, a formula still knows where each of its characters stands in the note, so that an answer points at what was
typed. Work is bounded, and a macro that would reach itself is refused when the table is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .errors import NotationError, Span
from .extract import DISPLAY_ENVIRONMENTS, Display, Inline, pieces

MAX_TEXT = 20_000  # characters of a table
MAX_MACROS = 200
MAX_BODY = 500  # characters of one macro
MAX_WRITTEN = 2_000  # characters of one macro, written out with arguments of one letter
MAX_EXPANSIONS = 1_000  # in one formula
MAX_FORMULA = 40_000  # characters of one formula, written out

# What gives a note its structure means the same in every group.
_KEPT = frozenset(
    [
        "begin",
        "end",
        "left",
        "right",
        "middle",
        "text",
        "mbox",
        "tag",
        "label",
        "ref",
        "eqref",
        "notag",
        "nonumber",
        "newcommand",
        "renewcommand",
        "providecommand",
        "DeclareMathOperator",
        "def",
        "gdef",
        "edef",
        "xdef",
        "let",
        "global",
        "operatorname",
    ]
)
_REFUSED = frozenset(
    [
        "tag",
        "label",
        "ref",
        "eqref",
        "cite",
        "notag",
        "nonumber",
        "newcommand",
        "renewcommand",
        "providecommand",
        "DeclareMathOperator",
        "def",
        "gdef",
        "edef",
        "xdef",
        "let",
        "futurelet",
        "global",
        "catcode",
        "csname",
        "endcsname",
        "expandafter",
        "noexpand",
        "input",
        "include",
        "includegraphics",
        "write",
        "immediate",
        "openout",
        "openin",
        "read",
        "special",
        "href",
        "url",
        "class",
        "cssId",
        "style",
        "htmlClass",
        "htmlId",
        "htmlStyle",
        "htmlData",
        "require",
        "usepackage",
    ]
)
_TAKES_ONE = frozenset(
    [
        "sqrt",
        "hat",
        "bar",
        "tilde",
        "vec",
        "dot",
        "ddot",
        "widehat",
        "widetilde",
        "overline",
        "underline",
        "mathbf",
        "mathrm",
        "mathcal",
        "mathbb",
        "mathsf",
        "mathfrak",
        "boldsymbol",
        "bm",
        "frac",
        "dfrac",
        "tfrac",
        "binom",
    ]
)
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)", re.S)
_NAMES = re.compile(r"\\([a-zA-Z]+)")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-zA-Z]*)\*?\}")


@dataclass(frozen=True, slots=True)
class Macro:
    r"""`\name` with `arity` arguments, of which the first may have a `default`, stands for `body`.

    `line` is that of its definition, `words` what the comment behind it says.
    """

    name: str
    arity: int
    default: str | None
    body: str
    line: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Macros:
    """A table of macros, none of which reaches itself."""

    table: Mapping[str, Macro] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.table)

    def __iter__(self) -> Iterator[Macro]:
        return iter(self.table.values())

    def used_in(self, text: str) -> set[str]:
        """The names of macros that `text` calls, whether in mathematics or not."""
        return {name for name in _NAMES.findall(text) if name in self.table}

    def written_out(self, tex: str) -> str:
        """`tex` with every macro written out. Raises NotationError, with its place in `tex`."""
        if not self.used_in(tex):
            return tex
        return "".join(char for char, _start, _end in _write_out(tex, 0, self.table))

    def differing(self, other: Macros) -> set[str]:
        """The names that mean one thing here and another, or nothing, in `other`."""
        names = self.table.keys() | other.table.keys()
        return {name for name in names if self._meaning(name) != other._meaning(name)}

    def _meaning(self, name: str) -> tuple[int, str | None, str] | None:
        macro = self.table.get(name)
        if macro is None:
            return None
        default = self.written_out(macro.default) if macro.default is not None else None
        return macro.arity, default, _sample(macro, self.table)


@dataclass(frozen=True, slots=True)
class Source:
    """A note with its macros written out, as it is read; `place` leads back to the note as it was typed.

    `refused` are the formulas whose macros could not be written out, with the reason; nothing of them is read.
    """

    note: str
    text: str
    refused: tuple[tuple[Span, str], ...] = ()
    _starts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), compare=False)
    _origins: tuple[tuple[int, int, bool], ...] = ()  # of each stretch: its place in the note, and whether it is a copy

    def place(self, span: Span) -> Span:
        """Where in the note `span` of the text stands: from macros it leads to their calls."""
        if not self._starts.size:
            return span
        start = self._at(span.start)[0]
        return Span(start, max(start, self._at(span.end - 1)[1])) if span.end > span.start else Span(start, start)

    def _at(self, place: int) -> tuple[int, int]:
        nth = max(0, int(np.searchsorted(self._starts, place, side="right")) - 1)
        start, end, copied = self._origins[nth]
        if copied:
            here = start + place - int(self._starts[nth])
            return here, here + 1
        return start, end

    def reason(self, span: Span) -> str:
        """Why nothing is read at `span` of the note; empty where it is."""
        return next((words for at, words in self.refused if at.start < span.end and span.start < at.end), "")


def source_of(note: str, macros: Macros | None, *, limit: int) -> Source:
    """Return `note` as it is read with `macros`. Raises NotationError past `limit` characters."""
    if not macros or not macros.used_in(note):
        return Source(note, note)
    parts: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, int, bool]] = []
    refused: list[tuple[Span, str]] = []
    length = place = 0

    def copy(start: int, end: int) -> None:
        nonlocal length
        if end > start:
            parts.append(note[start:end])
            starts.append(length)
            origins.append((start, end, True))
            length += end - start

    for piece in pieces(note):
        if not isinstance(piece, Inline | Display) or not macros.used_in(piece.latex):
            continue
        copy(place, piece.span.start)
        place = piece.span.end
        try:
            written = _write_out(piece.latex, piece.span.start, macros.table)
        except NotationError as problem:
            refused.append((piece.span, problem.remedy))
            written = [("\ufffd", piece.span.start, piece.span.end)]  # no notation: whatever meets it is unchecked
        for char, start, end in written:
            copied = end == start + 1
            last = origins[-1] if origins else (0, 0, False)
            goes_on = last[2] and last[0] + length - starts[-1] == start if copied else last == (start, end, False)
            if not origins or not goes_on:
                starts.append(length)
                origins.append((start, end, copied))
            parts.append(char)
            length += 1
        if length > limit:
            words = f"With its macros written out this note has more than {limit:,} characters. Split it."
            raise NotationError("too-long", piece.span, words)
    copy(place, len(note))
    return Source(note, "".join(parts), tuple(refused), np.array(starts, np.int64), tuple(origins))


def written_out(note: str, macros: Macros | None, *, limit: int = 100_000) -> str:
    """`note` with its macros written out in its formulas. Raises NotationError past `limit` characters."""
    return source_of(note, macros, limit=limit).text


_Char = tuple[str, int, int]  # a character, and from where to where in the note it is answered for


def _write_out(tex: str, offset: int, table: Mapping[str, Macro]) -> list[_Char]:
    """The characters of `tex` with macros written out; `tex` begins at `offset` in the note."""
    todo = [(char, offset + i, offset + i + 1) for i, char in enumerate(tex)][::-1]
    made: list[_Char] = []
    expansions = 0
    while todo:
        char, start, _end = todo[-1]
        if char == "%":
            while todo and todo[-1][0] != "\n":
                made.append(todo.pop())
            continue
        if char != "\\":
            made.append(todo.pop())
            continue
        name, call = _command(todo)
        macro = table.get(name)
        if macro is None:
            made.extend(call)
            continue
        expansions += 1
        # What a macro writes answers for its whole call; a call within a macro has the outer one's place already.
        arguments, end = _arguments(todo, macro, Span(start, call[-1][2]))
        whole = (start, max(end, call[-1][2]))
        body = _filled(macro, arguments, whole)
        if _binds(made):
            body = [("{", *whole), *body, ("}", *whole)]
        elif todo and todo[-1][0].isalpha() and _ends_in_command(body):
            body.append((" ", *whole))
        if expansions > MAX_EXPANSIONS or len(made) + len(todo) + len(body) > MAX_FORMULA:
            words = f"The macro `\\{name}` makes this formula too long to read. Write a part of it without macros."
            raise NotationError("macro-too-long", Span(*whole), words)
        todo.extend(reversed(body))
    return made


def _command(todo: list[_Char]) -> tuple[str, list[_Char]]:
    r"""The command at the end of `todo`, taken off it: its name without the backslash, and its characters."""
    call = [todo.pop()]
    if todo and not (todo[-1][0].isascii() and todo[-1][0].isalpha()):
        call.append(todo.pop())
        return "", call
    while todo and todo[-1][0].isascii() and todo[-1][0].isalpha():
        call.append(todo.pop())
    return "".join(char for char, _start, _end in call[1:]), call


def _arguments(todo: list[_Char], macro: Macro, place: Span) -> tuple[list[list[_Char]], int]:
    """The arguments behind a call, taken off `todo`, and where in the note the last of them ends."""
    found: list[list[_Char]] = []
    end = place.end
    if macro.default is not None:
        ahead = _next_solid(todo)
        if ahead is not None and todo[ahead][0] == "[":
            del todo[ahead + 1 :]
            argument, end = _until(todo, "[", "]", macro, place)
            found.append(argument)
        else:
            found.append([(char, place.start, place.end) for char in macro.default])
    while len(found) < macro.arity:
        ahead = _next_solid(todo)
        if ahead is None or todo[ahead][0] in "}&^_=<>,;|)]":
            raise NotationError("macro-argument", place, _takes(macro, len(found)))
        del todo[ahead + 1 :]
        if todo[-1][0] == "{":
            argument, end = _until(todo, "{", "}", macro, place)
        else:
            argument = _command(todo)[1] if todo[-1][0] == "\\" else [todo.pop()]
            end = argument[-1][2]
        found.append(argument)
    return found, end


def _takes(macro: Macro, given: int) -> str:
    many = f"{macro.arity} argument{'s' if macro.arity > 1 else ''}"
    return f"The macro `\\{macro.name}` takes {many} in braces, and {given or 'none'} stand{'s' * (given < 2)} here."


def _next_solid(todo: list[_Char]) -> int | None:
    place = len(todo) - 1
    while place >= 0 and todo[place][0].isspace():
        place -= 1
    return place if place >= 0 else None


def _until(todo: list[_Char], opening: str, closing: str, macro: Macro, place: Span) -> tuple[list[_Char], int]:
    """What stands between the bracket at the end of `todo` and the one that closes it, taken off; where that ends."""
    todo.pop()
    depth = 0
    found: list[_Char] = []
    while todo:
        each = todo.pop()
        if each[0] == "\\" and todo:
            found += [each, todo.pop()]
            continue
        if each[0] == closing and depth == 0:
            return found, each[2]
        depth += (each[0] == "{") - (each[0] == "}")
        if depth < 0:
            break
        found.append(each)
    words = f"The `{opening}` behind `\\{macro.name}` is never closed. Put a `{closing}` behind its argument."
    raise NotationError("macro-argument", place, words)


def _filled(macro: Macro, arguments: list[list[_Char]], whole: tuple[int, int]) -> list[_Char]:
    made: list[_Char] = []
    for nth, part in enumerate(re.split(r"(#[1-9])", macro.body)):
        if nth % 2 == 0:
            made.extend((char, *whole) for char in part)
            continue
        argument = arguments[int(part[1]) - 1]
        if argument and argument[0][0].isalpha() and _ends_in_command(made):
            made.append((" ", *whole))
        made.extend(argument)
    return made


def _ends_in_command(made: list[_Char]) -> bool:
    return bool(re.search(r"(?<!\\)(?:\\\\)*\\[a-zA-Z]+$", "".join(each[0] for each in made[-40:])))


def _binds(made: list[_Char]) -> bool:
    """Whether what was written last takes only the next sign, as `^` does, so that a body needs its braces."""
    words = "".join(each[0] for each in made[-40:]).rstrip()
    if words.endswith(("^", "_")) and not words.endswith(("\\^", "\\_")):
        return True
    match = re.search(r"\\([a-zA-Z]+)$", words)
    return match is not None and match[1] in _TAKES_ONE


def _sample(macro: Macro, table: Mapping[str, Macro]) -> str:
    """A macro written out with one letter for each argument."""
    call = f"\\{macro.name}" + (f"[{'x'}]" if macro.default is not None else "")
    call += "".join(f"{{{chr(ord('x') + n % 3)}}}" for n in range(macro.arity - (macro.default is not None)))
    return "".join(char for char, _start, _end in _write_out(call, 0, table))


def commands_in(text: str) -> set[str]:
    r"""The names of the commands in `text`, without their backslashes."""
    return set(_NAMES.findall(text))


def sample_call(macro: Macro) -> str:
    r"""How a macro is called, with a letter for each argument: `\norm{x}`."""
    return f"\\{macro.name}" + "".join(
        f"{{{'xyzuvwabc'[n]}}}" for n in range(macro.arity - (macro.default is not None))
    )


# ── reading a table ──────────────────────────────────────────────────────────────────────────────────────────────────


def read_macros(text: str) -> Macros:
    r"""Return the macros that `text` defines by `\newcommand`, `\DeclareMathOperator` or `\def`, with `%` comments.

    Raises NotationError, with its place in `text`, for anything else in it, for a macro that reaches itself, and past a
    bound.
    """
    if len(text) > MAX_TEXT:
        words = f"These macros have {len(text):,} characters; at most {MAX_TEXT:,} are read. Leave some out."
        raise NotationError("too-long", Span(MAX_TEXT, len(text)), words)
    table: dict[str, Macro] = {}
    places: dict[str, Span] = {}
    place = 0
    last = ""
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif text[place] == "%":
            end = text.find("\n", place)
            end = len(text) if end < 0 else end
            if last and "\n" not in text[places[last].end : place]:  # behind a definition it says what it is for
                macro = table[last]
                words = text[place:end].strip("% \t")[:200]
                table[last] = Macro(macro.name, macro.arity, macro.default, macro.body, macro.line, words)
            place = end
        else:
            macro, end = _definition(text, place)
            span = Span(place, end)
            if macro.name in table:
                words = f"`\\{macro.name}` was defined on line {table[macro.name].line} already. Keep one of the two."
                raise NotationError("macro-twice", span, words)
            table[macro.name], places[macro.name], last, place = macro, span, macro.name, end
            if len(table) > MAX_MACROS:
                raise NotationError("too-long", span, f"A group may have {MAX_MACROS} macros. Leave some out.")
    _refuse_circles(table, places)
    for name, macro in table.items():
        try:
            length = len(_sample(macro, table))
        except NotationError as problem:
            remedy = problem.remedy
            if problem.kind == "macro-too-long":
                remedy = f"`\\{name}` written out is too long to read. Let it call fewer macros."
            raise NotationError(problem.kind, places[name], remedy) from problem
        if length > MAX_WRITTEN:
            words = f"`\\{name}` written out has more than {MAX_WRITTEN:,} characters. Let it call fewer macros."
            raise NotationError("macro-too-long", places[name], words)
    return Macros(table)


_NEW = re.compile(r"\\(?:re|provide)?(?:new)?command\*?\s*(?:\{\s*\\([a-zA-Z]+)\s*\}|\\([a-zA-Z]+))\s*")
_OPERATOR = re.compile(r"\\DeclareMathOperator(\*?)\s*(?:\{\s*\\([a-zA-Z]+)\s*\}|\\([a-zA-Z]+))\s*")
_DEF = re.compile(r"\\def\s*\\([a-zA-Z]+)\s*((?:#[1-9])*)\s*")
_ARITY = re.compile(r"\[\s*(\d+)\s*\]\s*")


def _definition(text: str, place: int) -> tuple[Macro, int]:
    """The definition that begins at `place`, and where it ends."""
    line = text.count("\n", 0, place) + 1
    arity, default, star = 0, None, None
    if match := _OPERATOR.match(text, place):
        name, star, end = match[2] or match[3], match[1], match.end()
    elif match := _NEW.match(text, place):
        name, end = match[1] or match[2], match.end()
        if many := _ARITY.match(text, end):
            arity, end = int(many[1]), many.end()
            if text[end : end + 1] == "[":
                close = _closing(text, end, "[", "]")
                default, end = text[end + 1 : close - 1], close
                while text[end : end + 1].isspace():
                    end += 1
    elif match := _DEF.match(text, place):
        name, arity, end = match[1], len(match[2]) // 2, match.end()
        if match[2] != "".join(f"#{n + 1}" for n in range(arity)):
            raise NotationError("macro-argument", Span(place, end), f"Number the arguments of `\\{name}` in order.")
    else:
        stop = text.find("\n", place)
        stop = len(text) if stop < 0 else stop
        words = r"A definition was expected here, such as `\newcommand{\norm}[1]{\lVert #1 \rVert}`."
        raise NotationError("no-definition", Span(place, stop), words)
    here = Span(place, end)
    if name in _KEPT:
        raise NotationError(
            "macro-name", here, f"`\\{name}` has a meaning of its own in every note. Choose another name."
        )
    if not 0 <= arity <= 9 or (default is not None and arity == 0):
        raise NotationError("macro-argument", here, f"`\\{name}` may take up to nine arguments.")
    if text[end : end + 1] != "{":
        raise NotationError("macro-body", here, f"What `\\{name}` stands for is missing: put it in braces.")
    close = _closing(text, end, "{", "}")
    body = " ".join(text[end + 1 : close - 1].split())
    span = Span(place, close)
    for part in (body, default or ""):
        _refuse_part(name, part, arity if part is body else 0, span)
    if star is not None:
        body = f"\\operatorname{star}{{{body}}}"
    return Macro(name, arity, default, body, line), close


def _closing(text: str, place: int, opening: str, closing: str) -> int:
    """The place behind the bracket that closes the one at `place`."""
    depth, index = 0, place
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 2
            continue
        if char in "{}" and opening == "[":
            depth += 1 if char == "{" else -1
        if (char == opening and (opening == "{" or index == place)) or (
            char == closing and (opening == "{" or depth == 1)
        ):
            depth += 1 if char == opening else -1
            if depth == 0:
                return index + 1
        index += 1
    raise NotationError("unclosed-brace", Span(place, place + 1), f"This `{opening}` is never closed.")


def _refuse_part(name: str, body: str, arity: int, span: Span) -> None:
    """Raise NotationError for what a body may not hold."""

    def refuse(words: str) -> None:
        raise NotationError("macro-body", span, f"`\\{name}` {words}")

    if len(body) > MAX_BODY:
        refuse(f"stands for {len(body):,} characters; at most {MAX_BODY} are read. Make it shorter.")
    plain = _COMMAND.sub(lambda match: "" if match[1] in ("$", "#", "%", "{", "}", "&") else match[0], body)
    for sign, why in (
        ("$", "already stands in a formula"),
        ("`", "stands in a formula"),
        ("%", "is read to its brace"),
    ):
        if sign in plain:
            refuse(f"may not hold `{sign}`: it {why}.")
    if re.search(r"#(?![1-9])", plain) or any(int(n) > arity for n in re.findall(r"#([1-9])", plain)):
        refuse(
            f"takes {arity or 'no'} argument{'s' * (arity != 1)}, and its text asks for another. Say how many: `[1]`."
        )
    if re.search(r"\\[()\[\]]", body):
        refuse(r"may not open or close a formula. Leave out `\[`, `\(` and their closings.")
    if body.startswith(">"):
        refuse(r"may not begin with `>`, which opens a quotation. Write `\gt`.")
    for command in _NAMES.findall(body):
        if command in _REFUSED:
            refuse(f"may not hold `\\{command}`.")
    depth, opened = 0, []
    for match in re.finditer(r"\\(?:begin|end)\{[a-zA-Z]*\*?\}|\\\\|\\.|[{}&]", body, re.S):
        piece = match.group()
        if environment := _ENVIRONMENT.match(piece):
            if environment[2] in DISPLAY_ENVIRONMENTS:
                refuse(f"may not hold the environment `{environment[2]}`, which stands by itself in a note.")
            if environment[1] == "begin":
                opened.append(environment[2])
            elif not opened or opened.pop() != environment[2]:
                refuse(f"closes the environment `{environment[2]}` that it does not open.")
        elif piece in ("{", "}"):
            depth += 1 if piece == "{" else -1
            if depth < 0:
                refuse("has a `}` too many.")
        elif piece in ("&", "\\\\") and not opened and not depth:
            refuse(f"may hold `{piece}` only inside an environment such as `pmatrix`.")
    if opened:
        refuse(f"opens the environment `{opened[-1]}` and does not close it.")
    if depth:
        refuse("opens a brace and does not close it.")


def _refuse_circles(table: Mapping[str, Macro], places: Mapping[str, Span]) -> None:
    settled: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " → ".join(f"`\\{each}`" for each in (*path[path.index(name) :], name))
            words = f"`\\{name}` calls itself: {circle}. Let one of them end."
            raise NotationError("macro-circle", places[name], words)
        if name in settled:
            return
        macro = table[name]
        for called in _NAMES.findall(macro.body + " " + (macro.default or "")):
            if called in table:
                visit(called, (*path, name))
        settled.add(name)

    for name in table:
        visit(name, ())


__all__ = ["Macro", "Macros", "Source", "commands_in", "read_macros", "sample_call", "source_of", "written_out"]
