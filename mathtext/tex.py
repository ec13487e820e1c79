"""Equation numbers: reads the rows of a display, and writes the tags that Temml is to show.

Temml numbers with a CSS counter that knows neither labels nor the rest of the note, so the numbers are ours: a numbered
environment becomes its starred form with an explicit `\\tag` (and `\\label`, which Temml turns into the row's id).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# One number a row; `equation` and `multline` carry one number in all.
ROW_ENVIRONMENTS = frozenset({"align", "alignat", "flalign", "gather", "eqnarray"})
WHOLE_ENVIRONMENTS = frozenset({"equation", "multline"})
NUMBERED_ENVIRONMENTS = ROW_ENVIRONMENTS | WHOLE_ENVIRONMENTS
# Displays that never carry a number of their own but may stand without dollars around them.
_PLAIN = (
    "aligned alignedat gathered split cases rcases matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array "
    "displaymath math"
)
PLAIN_ENVIRONMENTS = frozenset(_PLAIN.split())
# Temml has no flalign and no eqnarray; both look the same as align once the row numbers are ours.
DRAWN_AS = {"flalign": "align", "eqnarray": "align"}

_OUTER = re.compile(r"\s*\\begin\{([a-zA-Z]+)(\*?)\}(\s*\{[^{}]*\})?", re.DOTALL)
_TOKENS = re.compile(
    r"%[^\n]*"  # a comment
    r"|\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}"
    r"|\\(?:label|tag\*?)\s*\{"
    r"|\\(?:notag|nonumber)(?![a-zA-Z])"
    r"|\\\\\*?(?:\[[^\]\n]*\])?"  # a new row, with its optional space
    r"|\\[a-zA-Z]+|\\."  # any other command, among them \{ \} \& \%
    r"|[{}&]",
    re.DOTALL,
)
REFERENCE = re.compile(r"\\(eqref|ref)\s*\{([^{}]*)\}")


@dataclass(slots=True)
class Row:
    """One row of a display: its TeX without `\\label`, `\\tag` and `\\notag`, and what these said."""

    tex: str
    label: str | None = None
    tag: str | None = None  # with its parentheses already decided: `(A)`, or `A` for \tag*
    tag_is_starred: bool = False
    unnumbered: bool = False
    extra_labels: list[str] = field(default_factory=list)
    number: str | None = None
    anchor: str | None = None

    @property
    def is_empty(self) -> bool:
        return not re.sub(r"%[^\n]*|&|\\hline", "", self.tex).strip() and self.label is None and self.tag is None


@dataclass(slots=True)
class Display:
    """A display formula taken apart into rows. `environment` is empty for `$$…$$`."""

    environment: str
    starred: bool
    argument: str
    rows: list[Row]
    separators: list[str]
    has_lines: bool = False  # `\\\\` in a bare `$$…$$`, which TeX ignores and everyone expects to break the line

    @property
    def numbers_itself(self) -> bool:
        """True where a row without `\\tag` gets the next number."""
        return self.environment in NUMBERED_ENVIRONMENTS and not self.starred

    def tex(self) -> str:
        """Return the TeX for Temml, with our numbers as tags."""
        parts: list[str] = []
        for i, row in enumerate(self.rows):
            parts.append(f"\\begin{{gathered}}{row.tex}\n\\end{{gathered}}" if self.has_lines else row.tex)
            # A comment on the last line would swallow the tag.
            gap = "\n" if "%" in row.tex.rpartition("\n")[2] else ""
            if row.tag is not None:
                parts.append(f"{gap}\\tag{'*' if row.tag_is_starred else ''}{{{row.tag}}}")
            elif row.number is not None:
                parts.append(f"{gap}\\tag{{{row.number}}}")
            if row.anchor is not None and (row.tag is not None or row.number is not None):
                parts.append(f"\\label{{{row.anchor}}}")
            if i < len(self.separators):
                parts.append(self.separators[i])
        body = "".join(parts)
        if not self.environment:
            return body
        name = DRAWN_AS.get(self.environment, self.environment)
        star = "*" if self.environment in NUMBERED_ENVIRONMENTS else ""
        return f"\\begin{{{name}{star}}}{self.argument}{body}\\end{{{name}{star}}}"


def read_display(tex: str) -> Display:
    """Take a display formula apart: its outer environment if it is one as a whole, its rows, labels and tags.

    Never raises; what is unbalanced is left as it stands for Temml to name.
    """
    environment, starred, argument, body = _outer_environment(tex)
    by_row = environment in ROW_ENVIRONMENTS
    rows: list[Row] = []
    separators: list[str] = []
    current = Row("")
    parts: list[str] = []
    start = 0
    environments = braces = ampersands = 0
    position = 0
    breaks = columns = False
    while match := _TOKENS.search(body, position):
        piece = match.group()
        position = match.end()
        if piece.startswith("\\begin"):
            environments += 1
        elif piece.startswith("\\end"):
            environments -= 1
        elif piece == "{":
            braces += 1
        elif piece == "}":
            braces -= 1
        elif piece.startswith(("\\label", "\\tag")) and piece.endswith("{"):
            close = _closing_brace(body, position)
            if close is None:
                continue
            parts.append(body[start : match.start()])
            content = body[position:close].strip()
            if piece.startswith("\\label"):
                if current.label is None:
                    current.label = content
                else:
                    current.extra_labels.append(content)
            else:
                current.tag, current.tag_is_starred = content, "*" in piece
            # Newlines stay, so that an error's line is still the member's line.
            parts.append("\n" * body.count("\n", match.start(), close))
            start = position = close + 1
        elif piece in ("\\notag", "\\nonumber"):
            parts.append(body[start : match.start()])
            current.unnumbered = True
            start = position
        elif piece == "&" and not environments and not braces:
            ampersands, columns = ampersands + 1, True
            if ampersands == 2 and environment == "eqnarray":  # `a &=& b` is read as `a &= b`
                parts.append(body[start : match.start()])
                start = position
        elif piece.startswith("\\\\") and not environments and not braces and not by_row:
            breaks = True
        elif piece.startswith("\\\\") and by_row and not environments and not braces:
            parts.append(body[start : match.start()])
            current.tex = "".join(parts)
            rows.append(current)
            separators.append(piece)
            current, parts, start, ampersands = Row(""), [], position, 0
    parts.append(body[start:])
    current.tex = "".join(parts)
    rows.append(current)
    if len(rows) > 1 and rows[-1].is_empty:  # a `\\` after the last row makes no row
        tail = rows.pop()
        separators.pop()
        rows[-1].tex += tail.tex
        rows[-1].unnumbered = rows[-1].unnumbered or tail.unnumbered
    has_lines = breaks and not columns and environment in ("", "equation")
    return Display(environment, starred, argument, rows, separators, has_lines)


def _outer_environment(tex: str) -> tuple[str, bool, str, str]:
    """Return (name, starred, argument, body), with an empty name unless one numbered environment spans all of `tex`."""
    opening = _OUTER.match(tex)
    if opening is None or opening.group(1) not in NUMBERED_ENVIRONMENTS:
        return "", False, "", tex
    name, star, argument = opening.group(1), opening.group(2), opening.group(3) or ""
    if name != "alignat" and argument:
        argument, body_start = "", opening.start(3)
    else:
        body_start = opening.end()
    closing = f"\\end{{{name}{star}}}"
    stripped = tex.rstrip()
    if not stripped.endswith(closing) or tex.count(closing) != 1 or tex.count(f"\\begin{{{name}{star}}}") != 1:
        return "", False, "", tex
    leading = "\n" * tex.count("\n", 0, opening.start(1))
    return name, bool(star), argument, leading + tex[body_start : len(stripped) - len(closing)]


def _closing_brace(text: str, position: int) -> int | None:
    """Return the index of the brace that closes the one opened just before `position`."""
    depth = 1
    for match in re.finditer(r"\\.|[{}]", text[position:], re.DOTALL):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return position + match.start()
    return None
