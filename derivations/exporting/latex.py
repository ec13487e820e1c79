r"""LaTeX that compiles as it is: our own small writer over the tokens of the text.

Displays keep their environment, labels and tags, so that `\eqref` finds what it found on the page. A formula that does
not close what it opens stands as its source in typewriter type, and of commands only those reach the document that
print (commands.py): whoever compiles it runs nothing of a note's, and no file is read or written for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from derivations.rendering import render_note
from mathtext import markdown as dialect
from mathtext import tex as displays
from mathtext.engine import MACROS
from readings.models import Work

from .commands import ALIASES, COMMANDS, ENVIRONMENTS, PACKAGES, UNKNOWN_TO_LATEX
from .gathering import PICTURE, Exported
from .letters import declarations

# Names that a group's macro does not take over in a document: LaTeX itself would be another.
_TEXS_OWN = re.compile(
    r"(?:input|include\w*|document|usepackage|documentclass|openin|openout|read|write|immediate|special|catcode|csname"
    r"|endcsname|let|par|item|output|shipout|verbatim|filecontents|section|subsection|subsubsection|paragraph"
    r"|subparagraph|footnote|cite|bibitem|href|url|emph|maketitle|title|author|date|hrule|hline|endhead|linewidth|IfFileExists|fbox)$"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)|\\.", re.DOTALL)
_COMMENT = re.compile(r"(\\.)|[ \t]*%[^\n]*(?:\n[ \t]*|$)", re.DOTALL)
_OPENS = re.compile(r"\\(?:begin|end)(?![A-Za-z])(?:\s*\{([A-Za-z]+)\*?\})?")
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "\u00a0": "~", "\u2026": r"\ldots{}", "\u2192": r"$\to$", "\u2264": r"$\le$", "\u2265": r"$\ge$",
    "\u00d7": r"$\times$", "\u2212": r"$-$", "\u221e": r"$\infty$", "\u2208": r"$\in$", "\u2713": r"\checkmark{}",
}  # fmt: skip
MACRO_NAMES = frozenset(name[1:] for name in MACROS)
SECTIONS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph", "subparagraph")
# A length must follow, or TeX stops.
_LENGTH = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)\s*(em|ex|pt|mm|cm|in|bp|pc|mu)(?![A-Za-z])")
_SKIPS = {"kern": "", "hskip": "", "mkern": "mu", "mskip": "mu"}
_COLOURS = re.compile(
    r"\\(?:(?:text)?color(?:\s*\[[^\[\]]*\])?\s*\{[^{}]*\}|(?P<box>fcolorbox\s*\{[^{}]*\}|colorbox)\s*\{[^{}]*\})"
)
# A prime is a superscript to TeX, and two that follow each other stop it.
_PRIME = re.compile(r"(\^(?:\{[^{}]*\}|\\[A-Za-z]+|[^\s\\{}']))'")
_TEXT_ACCENT = re.compile(r"\\([Hcruv])\s*\{([A-Za-z])\}")
# In a formula these stop LaTeX, or change what comes after it.
_STOPPING = frozenset({"above", "arraycolsep", "hbox", "long", "lower", "matrix", "raise", "vcenter", *"Hcruv"})
DEEPEST = 4
LINE = 80  # characters that a line holds, more or less
LONG_TABLE = 24  # rows
_parser = dialect.build()

PREAMBLE_END = r"""\usepackage{hyperref}
\allowdisplaybreaks
\setcounter{MaxMatrixCols}{100}
"""
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[utf8]{inputenc}
  \usepackage[T1]{fontenc}
  \usepackage{lmodern}
\else
  \usepackage{fontspec}
\fi
\usepackage[margin=1in]{geometry}
\usepackage{amsmath,amssymb,amsthm,mathtools,bm,mathrsfs}
\usepackage{graphicx}
"""


class _Resolver:
    """Lets the parser find `[[…]]`; where they lead is not asked."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds | {"cite"}


def parsed(note: Exported) -> SyntaxTreeNode:
    """The tree of a note's text. Raises RecursionError where it is nested beyond reason."""
    return SyntaxTreeNode(_parser.parse(dialect.protect_pipes(note.body), {"resolver": _Resolver(note.kinds)}))


def latex_of(note: Exported, *, marks: bool = False, plain: bool = False) -> str:
    """The note as a LaTeX document. `marks`: a line below each display says how its steps were judged. `plain`: for
    pandoc, with numbers written out."""
    writer = _Writer(note, marks=marks, plain=plain)
    tree = parsed(note)
    writer.levels = sorted({each.tag for each in tree.walk() if each.type == "heading"})
    body = writer.blocks(tree.children)
    authors = r" \and ".join(escaped(name) for name in note.authors)
    title, readings = escaped(note.title), _bibliography(note.works)
    macros = _macros(note, body)
    head = [
        PREAMBLE
        + _packages(macros + body)
        + PREAMBLE_END
        + declarations(title + authors + macros + body + readings)
        + macros,
        rf"\title{{{title}}}",
        rf"\author{{{authors}}}",
        rf"\date{{{note.changed_at:%-d %B %Y}}}",
        r"\begin{document}",
        r"\maketitle",
        "",
    ]
    return "\n".join(head) + body + readings + "\\end{document}\n"


def _width(rows: Sequence[SyntaxTreeNode]) -> int:
    return max((len(row.children) for row in rows), default=1)


def _columns(rows: Sequence[SyntaxTreeNode]) -> str:
    """The columns of a table: as wide as they need, or, where a line does not hold that, shared by what is in them."""
    longest = [1] * _width(rows)
    for row in rows:
        for place, cell in enumerate(row.children):
            longest[place] = max(longest[place], sum(len(inline.content) for inline in cell.children))
    if sum(longest) <= LINE:
        return "l" * len(longest)
    shares = [max(min(each, LINE), LINE // 8) for each in longest]
    room = 0.97 - 0.03 * len(longest)  # what stays between the columns
    return "".join(f"p{{{max(room, 0.3) * share / sum(shares):.3f}\\linewidth}}" for share in shares)


def _packages(text: str) -> str:
    """The lines that load what only some documents need."""
    used = set(re.findall(r"\\([A-Za-z]+)", text))
    names = [name for name, commands in PACKAGES.items() if used & commands]
    return "".join(f"\\usepackage{'[normalem]' if name == 'ulem' else ''}{{{name}}}\n" for name in names)


def _macros(note: Exported, body: str) -> str:
    """Definitions of the macros that occur: the group's, and those that every note has."""
    lines = []
    used = set(re.findall(r"\\[A-Za-z]+", body))
    own = _own_macros(note)
    for name in own:
        macro = note.macros.table.table[name]
        text, taken = for_latex(harmless(macro.body, own), own), f"[{macro.arity}]" if macro.arity else ""
        taken += f"[{harmless(macro.default, own)}]" if macro.default is not None else ""
        lines.append(rf"\providecommand{{\{name}}}{{}}\renewcommand{{\{name}}}{taken}{{{text}}}")
        used |= set(re.findall(r"\\[A-Za-z]+", text))
    for name, text in {**MACROS, **ALIASES}.items():
        if name in used and name[1:] not in own:
            arity = max((int(each) for each in re.findall(r"#(\d)", text)), default=0)
            lines.append(rf"\providecommand{{{name}}}{f'[{arity}]' if arity else ''}{{{text}}}")
    return "".join(f"{line}\n" for line in lines)


def _own_macros(note: Exported) -> frozenset[str]:
    """The names of the group's macros that a document may define."""
    return frozenset(
        macro.name
        for macro in note.macros.table
        if not _TEXS_OWN.match(macro.name) and is_harmless(macro.body) and is_harmless(macro.default or "")
    )


def _bibliography(works: Sequence[Work]) -> str:
    if not works:
        return ""
    items = []
    for work in works:
        shown = [rf"\emph{{{escaped(work.title)}}}"]
        if work.author_line:
            shown.insert(0, escaped(work.author_line))
        shown += [escaped(each) for each in (work.venue or work.publisher, work.year) if each]
        link = f"https://doi.org/{work.doi}" if work.doi else work.url
        if link and re.fullmatch(r"https?://[^\s{}\\%#^~]+", link):
            shown.append(rf"\url{{{link}}}")
        items.append(rf"\bibitem{{{_key(work.key)}}} {', '.join(shown)}.")
    return "\n\\begin{thebibliography}{99}\n" + "\n".join(items) + "\n\\end{thebibliography}\n"


def _key(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9:.+/_-]", "-", key)


def escaped(text: str) -> str:
    """Text of a note as text of LaTeX."""
    return "".join(_ESCAPES.get(char, char) for char in text if char >= " " or char in "\n\t")


def harmless(tex: str, own: frozenset[str] = frozenset()) -> str:
    """A formula with the names of those commands that do not just print; `own` are macros that the document defines."""

    def printed(match: re.Match[str]) -> str:
        name = match[1]
        if match[0] == "\\@":
            return "@"
        if name is None or name in COMMANDS or name in MACRO_NAMES or name in own or name in ("begin", "end"):
            return match[0]
        return rf"\texttt{{{name}}}"

    return _COMMAND.sub(printed, without_comments(tex))


def for_latex(tex: str, own: frozenset[str] = frozenset()) -> str:
    """A harmless formula without what stops LaTeX: names that it does not know, colours, lengths that are none."""

    def printed(match: re.Match[str]) -> str:
        name = match[1]
        if name is None or name in own or name in MACRO_NAMES:
            return match[0]
        if name in _SKIPS:
            length = _LENGTH.match(tex, match.end())
            is_fit = length is not None and (length[1] == "mu") == (_SKIPS[name] == "mu")
        elif name in ("LaTeX", "TeX"):
            return rf"\text{{\{name}}}"
        else:
            is_fit = name not in UNKNOWN_TO_LATEX and name not in _STOPPING
        return match[0] if is_fit else rf"\texttt{{{name}}}"

    tex = _PRIME.sub(r"\1{}'", tex).replace("{darray}", "{array}")
    tex = _COLOURS.sub(lambda match: r"\boxed" if match["box"] else "", tex)
    pieces = _TEXT_ACCENT.split(tex)  # text, command, letter, text, …
    made = []
    for place in range(0, len(pieces), 3):
        tex = pieces[place]
        made.append(_COMMAND.sub(printed, tex))
        if place + 2 < len(pieces):
            made.append(rf"\text{{\{pieces[place + 1]}{{{pieces[place + 2]}}}}}")
    return "".join(made)


def is_harmless(tex: str) -> bool:
    """Whether a formula can be made harmless: no `^^`, by which TeX writes any character, no strange environment."""
    return "^^" not in tex and all(match[1] in ENVIRONMENTS for match in _OPENS.finditer(without_comments(tex)))


def without_comments(tex: str) -> str:
    """A comment at the end of a formula would swallow what closes it."""
    return _COMMENT.sub(lambda match: match[1] or " ", tex) if "%" in tex else tex


def is_balanced(tex: str) -> bool:
    """Whether braces, environments, `\\left` and `\\right` close in order, and no dollar ends the formula early."""
    stack: list[str] = []
    inside = re.sub(r"\\(?:text|mbox|textrm|textbf|textit)\s*\{[^{}]*\}", "", tex)
    if re.search(r"(?<!\\)\$", inside) or re.search(r"(?<!\\)#", tex):
        return False
    pattern = (
        r"\\begin\s*\{([a-zA-Z]+\*?)\}|\\end\s*\{([a-zA-Z]+\*?)\}"
        r"|\\left(?![a-zA-Z])|\\right(?![a-zA-Z])|\\[()\[\]]|\\.|[{}]"
    )
    for match in re.finditer(pattern, tex, re.DOTALL):
        piece = match[0]
        if match[1]:
            stack.append(match[1])
        elif match[2]:
            if not stack or stack.pop() != match[2]:
                return False
        elif piece in ("{", "\\left"):
            stack.append(piece)
        elif piece in ("}", "\\right"):
            if not stack or stack.pop() != {"}": "{", "\\right": "\\left"}[piece]:
                return False
        elif piece in ("\\(", "\\)", "\\[", "\\]"):
            return False
    return not stack


class _Writer:
    def __init__(self, note: Exported, *, marks: bool, plain: bool) -> None:
        self.note, self.marks, self.plain = note, marks, plain
        self.labels: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.count = 0
        self.levels: list[str] = []  # of headings in use, closed up as on the page
        self.depth = 0  # of lists and quotations: TeX takes no more than four of a kind within each other
        self.is_heading = False
        self._open: list[Any] = []  # the footnotes being written: one within itself ends
        self.works = {work.key for work in note.works}
        self.own = _own_macros(note)
        rendered = render_note(note.body, macros=note.macros)
        self.numbers = {each.label: each.number for each in rendered.equations if each.label is not None}
        self.unread = tuple(each.source.removesuffix(" …") for each in rendered.problems if each.source)

    # -- blocks ---------------------------------------------------------------------------------------------------

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        return "".join(self.block(node) for node in nodes)

    def block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "heading":
                command = SECTIONS[min(self.levels.index(node.tag), 5)]
                self.is_heading = True
                text = self.inlines(node.children)
                self.is_heading = False
                return f"\\{command}{{{text}}}\n\n" if command.endswith("section") else f"\\{command}{{{text}}}\n"
            case "paragraph":
                return self.inlines(node.children) + "\n\n"
            case "math_block":
                return self.display(node.meta["formula"], node.map) + "\n\n"
            case "bullet_list" | "ordered_list":
                return self.listed(node)
            case "blockquote":
                text = self.within(node)
                return f"\\begin{{quote}}\n{text}\\end{{quote}}\n\n" if self.depth < DEEPEST else text
            case "fence" | "code_block":
                return self.code(node.content)
            case "hr":
                return "\\bigskip\\hrule\\bigskip\n\n"
            case "table":
                return self.table(node)
            case "footnote_block":
                return ""
            case "inline":
                return self.inlines([node])
            case _:
                return self.blocks(node.children)

    def listed(self, node: SyntaxTreeNode) -> str:
        name = "itemize" if node.type == "bullet_list" else "enumerate"
        items = [self.within(item).strip() for item in node.children]
        if self.depth >= DEEPEST:
            return "".join(f"\\textendash{{}} {item}\n\n" for item in items)
        # What follows `\item` in brackets would be its label.
        written = "".join(f"\\item {{}}{item}\n" for item in items)
        return f"\\begin{{{name}}}\n{written}\\end{{{name}}}\n\n"

    def within(self, node: SyntaxTreeNode) -> str:
        self.depth += 1
        try:
            return self.blocks(node.children)
        finally:
            self.depth -= 1

    def code(self, content: str) -> str:
        if "\\end{verbatim}" in content or self._open:  # would end early; in a footnote TeX reads it as commands
            lines = [rf"\texttt{{{escaped(line)}}}\\" for line in content.rstrip("\n").split("\n")]
            return "\\begin{flushleft}\n" + "\n".join(lines) + "\n\\end{flushleft}\n\n"
        return f"\\begin{{verbatim}}\n{content.rstrip(chr(10))}\n\\end{{verbatim}}\n\n"

    def table(self, node: SyntaxTreeNode) -> str:
        """A table; one with long cells has columns that break lines, one that is long may go on on the next page."""
        rows = [row for part in node.children for row in part.children]
        lines = [" & ".join(self.inlines(cell.children) for cell in row.children) + r" \\" for row in rows]
        breaks = len(rows) > LONG_TABLE and not (self.depth or self._open or self.plain)
        if lines:
            lines.insert(1, r"\hline" + (r"\endhead" if breaks else ""))
        name = "longtable" if breaks else "tabular"
        columns = "l" * _width(rows) if self.plain else _columns(rows)
        return f"\\begin{{{name}}}{{{columns}}}\n" + "\n".join(lines) + f"\n\\end{{{name}}}\n\n"

    # -- inlines --------------------------------------------------------------------------------------------------

    def inlines(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        return "".join(self.inline(node) for node in nodes)

    def inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text":
                return escaped(dialect.reveal_pipes(node.content))
            case "softbreak":
                return "\n"
            case "hardbreak":
                return "\\\\\n"
            case "strong" | "em" | "s":
                command = {"strong": "textbf", "em": "emph", "s": "sout"}[node.type]
                return rf"\{command}{{{self.inlines(node.children)}}}"
            case "code_inline":
                return rf"\texttt{{{escaped(dialect.reveal_pipes(node.content))}}}"
            case "link":
                return self.link(str(node.attrs.get("href", "")), self.inlines(node.children))
            case "image":
                return self.image(node)
            case "math_inline":
                formula = node.meta["formula"]
                if not self.is_fit(formula):
                    return rf"\texttt{{{escaped(formula.source)}}}"
                if formula.display:
                    return "\n" + self.display(formula, None) + "\n"
                return f"${self.references(self.formula(formula.tex.strip()))}$"
            case "equation_reference":
                return self.reference(node.content, with_parentheses=bool(node.meta["with_parentheses"]))
            case "reference":
                return self.named(node)
            case "task_box":
                return r"$\boxtimes$ " if node.meta["done"] else r"$\square$ "
            case "footnote_ref":
                return self.footnote(node)
            case "footnote_anchor":
                return ""
            case _:
                return self.inlines(node.children)

    def link(self, href: str, text: str) -> str:
        if re.fullmatch(r"(?:https?://|mailto:)[^\s{}\\^~]+", href):
            address = re.sub(r"([%#&_])", r"\\\1", href)
            return rf"\href{{{address}}}{{{text or escaped(href)}}}"
        return text

    def image(self, node: SyntaxTreeNode) -> str:
        words = escaped("".join(child.content for child in node.children if child.type == "text"))
        name = PICTURE.fullmatch(str(node.attrs.get("src", "")))
        if name is None:
            return words
        if self.plain:
            return rf"\includegraphics{{{name[1]}}}"
        return (
            rf"\IfFileExists{{{name[1]}}}{{\includegraphics[width=\linewidth,height=0.5\textheight,keepaspectratio]"
            rf"{{{name[1]}}}}}{{\fbox{{{words or 'picture'}}}}}"
        )

    def footnote(self, node: SyntaxTreeNode) -> str:
        wanted = node.meta.get("id")
        root = node
        while root.parent is not None:
            root = root.parent
        for block in root.children:
            if block.type == "footnote_block":
                for each in block.children:
                    if each.meta.get("id") == wanted and not self._within(each):
                        self._open.append(wanted)
                        try:
                            protect = r"\protect" if self.is_heading else ""  # the table of contents reads headings
                            return rf"{protect}\footnote{{{self.blocks(each.children).strip()}}}"
                        finally:
                            self._open.pop()
        return ""

    def _within(self, node: SyntaxTreeNode) -> bool:
        return node.meta.get("id") in self._open

    def named(self, node: SyntaxTreeNode) -> str:
        reference = node.meta["reference"]
        text = self.inlines([child for child in node.children if child.type != "reference_text"])
        if reference.kind == "cite":
            if reference.name in self.works and not self.plain:
                return rf"\cite{{{_key(reference.name)}}}"
            return f"[{text or escaped(reference.name)}]"
        return text or rf"\emph{{{escaped(reference.name)}}}"

    # -- formulas -------------------------------------------------------------------------------------------------

    def is_fit(self, formula: dialect.Formula) -> bool:
        """Whether it can stand as a formula: what the page does not draw stops LaTeX too."""
        tex, source = without_comments(formula.tex), formula.source.strip()
        if any(source.startswith(each) and len(each) >= min(len(source), 100) for each in self.unread):
            return False
        return is_harmless(tex) and is_balanced(tex) and "\n\n" not in tex.strip()

    def formula(self, tex: str) -> str:
        tex = harmless(tex, self.own)
        return tex if self.plain else for_latex(tex, self.own)

    def display(self, formula: dialect.Formula, lines: Any) -> str:
        if not self.is_fit(formula):
            written = self.code(formula.source)
        else:
            written = self.environment(displays.read_display(without_comments(formula.tex)), formula.tex.strip())
        return written.rstrip("\n") + (self.verdicts(formula, lines) if self.marks else "")

    def environment(self, display: displays.Display, source: str) -> str:
        tex = self.formula(source)
        labelled = any(row.label is not None for row in display.rows)
        if self.plain:
            return self._numbered(display)
        if display.environment:
            return self.references(self._relabelled(tex))
        inner = f"\\begin{{gathered}}\n{tex}\n\\end{{gathered}}" if display.has_lines else tex
        if labelled:
            return f"\\begin{{equation}}\n{self.references(self._relabelled(inner))}\n\\end{{equation}}"
        return f"\\[\n{self.references(inner)}\n\\]"

    def _relabelled(self, tex: str) -> str:
        return re.sub(r"\\label\s*\{([^{}]*)\}", lambda match: rf"\label{{{_key(match[1].strip())}}}", tex)

    def references(self, tex: str) -> str:
        if self.plain:
            return displays.REFERENCE.sub(lambda m: rf"\text{{{self.numbers.get(m[2].strip(), '(??)')}}}", tex)
        return displays.REFERENCE.sub(lambda m: rf"\text{{\{m[1]}{{{_key(m[2].strip())}}}}}", tex)

    def reference(self, label: str, *, with_parentheses: bool) -> str:
        if self.plain:
            number = self.numbers.get(label, "(??)")
            return escaped(number if with_parentheses else number.strip("()"))
        return rf"\{'eqref' if with_parentheses else 'ref'}{{{_key(label)}}}"

    def _numbered(self, display: displays.Display) -> str:
        """For pandoc: rows with their numbers written behind them."""
        rows = []
        for row in display.rows:
            tex = self.references(harmless(row.tex.strip(), self.own))
            if row.tag is not None:
                tex += rf" \qquad \text{{{row.tag if row.tag_is_starred else f'({row.tag})'}}}"
            elif (display.numbers_itself and not row.unnumbered) or (not display.environment and row.label is not None):
                self.count += 1
                tex += rf" \qquad \text{{({self.count})}}"
            rows.append(tex)
        body = " \\\\\n".join(rows)
        if len(rows) > 1 or any("&" in row for row in rows) or display.has_lines:
            name = "aligned" if any("&" in row for row in rows) else "gathered"
            if display.environment or display.has_lines:
                body = f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}"
        return f"\\[\n{body}\n\\]"

    def verdicts(self, formula: dialect.Formula, lines: Any) -> str:
        first = lines[0] + 1 if lines else formula.line
        last = lines[1] if lines else formula.line + formula.source.count("\n")
        judged = [step for step in self.note.steps if first <= step["line"] <= last]
        if not judged:
            return ""
        words = ", ".join(f"step {step['index'] + 1} {_said(step['verdict'])}" for step in judged)
        return f"\n\n{{\\small\\itshape {escaped(words)}\\par}}"


def _said(verdict: str) -> str:
    return verdict if verdict in ("holds", "fails") else "is unchecked"
