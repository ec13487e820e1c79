r"""LaTeX as Markdown: our own reader of the document body. No TeX is run and no other file is opened.

Sections, lists, emphasis, quotations, theorems, citations and footnotes become Markdown; mathematics stays as it is,
with the document's own macros written out. A command that reads or writes files is left out and named with its line;
any other unknown command leaves its argument as text.
"""

from __future__ import annotations

import re
import time
import unicodedata

from mathtext.tex import NUMBERED_ENVIRONMENTS, PLAIN_ENVIRONMENTS
from stepcheck import Macros, NotationError, read_macros

from .found import Trouble, Unreadable

MOST_CHARS = 600_000
SECONDS = 5  # of the clock: brackets that nothing closes are looked for to the end, each anew
MOST_DEPTH = 40
MOST_MACROS = 120
MOST_TROUBLES = 200
MATH = NUMBERED_ENVIRONMENTS | PLAIN_ENVIRONMENTS
FILES = {
    "input", "include", "includeonly", "subfile", "import", "openin", "openout", "read", "readline", "write",
    "immediate", "closein", "closeout", "special", "verbatiminput", "lstinputlisting", "InputIfFileExists",
    "includegraphics", "bibliography", "addbibresource", "directlua", "ShellEscape", "catcode", "csname", "let",
    "def", "edef", "gdef", "xdef",
}  # fmt: skip
SECTIONS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
WRAPS = {"textbf": "**", "textit": "*", "emph": "*", "textsl": "*", "texttt": "`", "sout": "~~", "underline": "*"}
SILENT = {
    "maketitle", "tableofcontents", "newpage", "clearpage", "noindent", "bigskip", "medskip", "smallskip", "centering",
    "raggedright", "small", "large", "Large", "normalsize", "footnotesize", "bf", "it", "rm", "em", "qed", "qedhere",
    "par", "hfill", "vfill", "appendix", "indent", "item", "protect", "nopagebreak", "pagebreak", "allowdisplaybreaks",
}  # fmt: skip
DROPPED = {"label", "vspace", "hspace", "usepackage", "documentclass", "date", "author", "title", "thanks", "pagestyle",
           "bibliographystyle", "setlength", "setcounter", "newtheorem", "theoremstyle", "graphicspath", "hypersetup",
           "thispagestyle", "vskip", "hskip", "input@path", "renewcommand", "phantom", "index", "geometry"}  # fmt: skip
SIGNS = {"%": "%", "&": "&", "#": "\\#", "_": "\\_", "$": "\\$", "{": "{", "}": "}", " ": " ", ",": " ", ";": " ",
         "/": "", "-": "", "@": "", "!": ""}  # fmt: skip
NAMED = {"ldots": "…", "dots": "…", "textbackslash": "\\\\", "LaTeX": "LaTeX", "TeX": "TeX", "ss": "ß", "quad": " ",
         "qquad": " ", "textendash": "–", "textemdash": "—", "S": "§", "copyright": "©", "o": "ø",
         "ae": "æ"}  # fmt: skip
# What stands between such a command and its braces, or in their stead.
_REST = {
    "write": r"\d*", "read": r"\s*-?\d*\s*(?:to\s*\\[a-zA-Z]+)?", "openin": r"[^\s{}$]*", "openout": r"[^\s{}$]*",
    "input": r"(?![ \t]*\{)[ \t]*[^\s{}$\\]*", "let": r"\s*\\[a-zA-Z]+\s*=?\s*(?:\\[a-zA-Z]+|.)",
    "catcode": r"[ \t]*`?\\?.=?[ \t]*\d*", "csname": r".*?\\endcsname",
    **dict.fromkeys(("def", "edef", "gdef", "xdef"), r"\s*\\[a-zA-Z]+[#\d]*"),
}  # fmt: skip
THEOREMS = {"theorem", "lemma", "proposition", "corollary", "definition", "remark", "example", "claim", "assumption"}
_DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand|renewcommand|providecommand|DeclareMathOperator)(\*?)\s*\{?\s*\\([a-zA-Z]+)\s*\}?"
    r"\s*(?:\[(\d)\])?\s*(?:\[([^\]]*)\])?\s*\{"
)
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|lstlisting|minted)\}(?:\[[^\]\n]*\])?")
_NEXT = re.compile(
    r"\\begin\s*\{([^{}]*)\}|\\([a-zA-Z@]+)\*?|\\(.)|\$\$|\$|[{}~*_`\[\]<]|``|''|---?|\n[ \t]*\n", re.DOTALL
)


def read_latex(text: str) -> tuple[str, str, list[Trouble]]:
    """Title, body in Markdown, what could not be read with its line. Raises Unreadable."""
    if len(text) > MOST_CHARS:
        raise Unreadable(f"This file has {len(text):,} characters; at most {MOST_CHARS:,} are read. Split it.")
    reader = _Reader(text)
    body = reader.document()
    return reader.title, body, reader.troubles


class _Reader:
    def __init__(self, text: str) -> None:
        self.troubles: list[Trouble] = []
        self.known: set[str] = set()
        self.notes: list[str] = []
        self.title = ""
        self.depth = 0
        self.kept: list[str] = []  # verbatim pieces, by the number in their place
        self.macros = Macros()
        self.ends = time.monotonic() + SECONDS
        self.text = self._prepared(text)

    def trouble(self, place: int, what: str) -> None:
        if len(self.troubles) < MOST_TROUBLES and what not in self.known:
            line = self.text.count("\n", 0, place) + 1
            self.known.add(what)
            self.troubles.append(Trouble(line, what))

    def _in_time(self) -> None:
        if time.monotonic() > self.ends:
            raise Unreadable(f"Reading this document takes more than {SECONDS} seconds. Take a part of it.")

    def _prepared(self, text: str) -> str:
        """Without comments; verbatim pieces set aside; as many lines as before."""

        text = re.sub("[\ue000\ue001]", "\ufffd", text)
        parts, place = [], 0
        for match in _VERBATIM.finditer(text):
            closing = f"\\end{{{match[1]}}}"
            end = text.find(closing, match.end()) if match.start() >= place else -1
            if end < 0:
                if match.start() >= place:
                    break  # nothing closes it, and nothing behind it is looked through again
                continue
            self.kept.append(text[match.end() : end].strip("\n"))
            lines = text.count("\n", match.start(), end)
            parts += [text[place : match.start()], f"\ue000{len(self.kept) - 1}\ue001" + "\n" * lines]
            place = end + len(closing)
        text = "".join([*parts, text[place:]])
        return re.sub(r"(?<!\\)((?:\\\\)*)%[^\n]*", r"\1", text)

    def document(self) -> str:
        start, end = self.text.find("\\begin{document}"), self.text.find("\\end{document}")
        self._read_macros()
        if (title := re.search(r"\\title\s*(?:\[[^\]]*\])?\s*\{", self.text)) is not None:
            inner, _ = self._group(title.end() - 1)
            shown = self.convert(title.end(), title.end() + len(inner))
            self.title = " ".join(re.sub(r"[*`\\]", "", shown).split())
        begin = start + len("\\begin{document}") if start >= 0 else 0
        body = self.convert(begin, end if end > begin else len(self.text))
        body = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
        if self.notes:
            body += "\n" + "\n".join(f"[^{place}]: {words}" for place, words in enumerate(self.notes, 1)) + "\n"
        return re.sub("\ue000(\\d+)\ue001", lambda match: _fenced(self.kept[int(match[1])]), body)

    def _read_macros(self) -> None:
        """The document's own macros; each that cannot be read is named, and stays as it is."""
        lines: list[str] = []
        for count, match in enumerate(_DEFINITION.finditer(self.text)):
            if count == MOST_MACROS:
                self.trouble(
                    match.start(), f"The first {MOST_MACROS} macros of the document are read; the others stay."
                )
                break
            self._in_time()
            inner, _ = self._group(match.end() - 1)
            operator = "DeclareMathOperator" in match[0]
            taken = "" if operator else (f"[{match[3]}]" if match[3] else "") + (f"[{match[4]}]" if match[4] else "")
            command = f"DeclareMathOperator{match[1]}" if operator else "newcommand"
            line = f"\\{command}{{\\{match[2]}}}{taken}{{{' '.join(inner.split())}}}"
            try:
                read_macros("\n".join([*lines, line]))
            except NotationError as problem:
                self.trouble(match.start(), f"The macro \\{match[2]} is not read: {problem.remedy}")
            else:
                lines.append(line)
        self.macros = read_macros("\n".join(lines))

    def _group(self, opening: int) -> tuple[str, int]:
        """What stands in the braces that open at `opening`, and the place behind them."""
        depth = 0
        for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text, opening):
            depth += (match[0] == "{") - (match[0] == "}")
            if match[0] == "}" and depth == 0:
                return self.text[opening + 1 : match.start()], match.end()
        return self.text[opening + 1 :], len(self.text)

    # -- the body -------------------------------------------------------------------------------------------------

    def convert(self, place: int, end: int) -> str:
        """Text from `place` to `end` as Markdown."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Unreadable("This document is nested deeper than is read. Take a part of it.")
        out: list[str] = []
        while place < end:
            self._in_time()
            match = _NEXT.search(self.text, place, end)
            if match is None:
                out.append(self.text[place:end])
                break
            out.append(self.text[place : match.start()])
            made, place = self._one(match, end)
            out.append(made)
        self.depth -= 1
        return "".join(out)

    def _one(self, match: re.Match[str], end: int) -> tuple[str, int]:
        piece, place = match[0], match.end()
        if match[1] is not None:
            return self._environment(match, end)
        if match[2] is not None:
            return self._command(match[2], match.start(), self._behind(place, match[2]), end)
        if match[3] is not None:
            return self._sign(match[3], match.start(), place, end)
        match piece:
            case "$" | "$$":
                close = self._closing_dollar(place, piece, end)
                if close < 0:
                    self.trouble(match.start(), "A dollar that opens a formula is never closed; it stands as text.")
                    return "\\$" * len(piece), place
                return self._math(match.start(), close, display=piece == "$$"), close
            case "{" | "}":
                return "", place
            case "~":
                return " ", place
            case "``" | "''":
                return "“" if piece == "``" else "”", place
            case "--" | "---":
                return "–" if piece == "--" else "—", place
            case "*" | "_" | "`" | "[" | "]" | "<":
                return f"\\{piece}", place
            case _:
                return "\n\n" if piece.isspace() else piece, place

    def _behind(self, place: int, name: str) -> int:
        """Behind the space that ends a command's name, except at a new paragraph."""
        match = re.compile(r"[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?").match(self.text, place)
        behind = match.end() if match is not None else place
        return behind if self.text[behind : behind + 1] in ("{", "[") or name in SILENT else place

    def _closing_dollar(self, place: int, sign: str, end: int) -> int:
        for match in re.compile(r"\\.|\$\$?", re.DOTALL).finditer(self.text, place, end):
            if match[0] == sign or (sign == "$" and match[0].startswith("$")):
                return match.start() + len(sign)
            if sign == "$" and "\n\n" in self.text[place : match.start()]:
                return -1
        return -1

    def _math(self, start: int, end: int, *, display: bool) -> str:
        source = self.text[start:end]
        try:
            source = self.macros.written_out(source)
        except NotationError as problem:
            self.trouble(start, f"A macro in this formula is not written out: {problem.remedy}")
        source = re.sub(r"\n[ \t]*\n+", "\n", source)
        return f"\n\n{source.strip()}\n\n" if display else " ".join(source.split())

    def _sign(self, sign: str, start: int, place: int, end: int) -> tuple[str, int]:
        if sign in "([":
            close = self.text.find("\\)" if sign == "(" else "\\]", place, end)
            if close < 0:
                self.trouble(start, f"`\\{sign}` opens a formula that is never closed; it stands as text.")
                return "", place
            return self._math(start, close + 2, display=sign == "["), close + 2
        if sign == "\\":
            match = re.compile(r"\*?(?:\[[^\]\n]*\])?[ \t]*\n?").match(self.text, place)
            return "\\\n", match.end() if match is not None else place
        if sign in "'`^\"~=.":  # an accent over the next letter
            marks = {
                "'": "\u0301",
                "`": "\u0300",
                "^": "\u0302",
                '"': "\u0308",
                "~": "\u0303",
                "=": "\u0304",
                ".": "\u0307",
            }
            letter = re.compile(r"\s*\{?\\?([A-Za-z])\}?").match(self.text, place)
            if letter is not None:
                return unicodedata.normalize("NFC", letter[1] + marks[sign]), letter.end()
        return SIGNS.get(sign, sign), place

    def _argument(self, place: int, end: int) -> tuple[int, int, int] | None:
        """From where to where the braces at `place` reach, options before them passed over; and the place behind."""
        match = re.compile(r"\s*(?:\[[^\]]*\]\s*)*\{").match(self.text, place, end)
        if match is None:
            return None
        inner, behind = self._group(match.end() - 1)
        return match.end(), match.end() + len(inner), min(behind, end)

    def _command(self, name: str, start: int, place: int, end: int) -> tuple[str, int]:
        if name in SILENT:
            return ("\n\n" if name == "par" else ""), place
        if name in NAMED:
            return NAMED[name], place
        if name in (
            "eqref",
            "ref",
            "autoref",
            "cref",
            "Cref",
            "cite",
            "citep",
            "citet",
            "parencite",
            "textcite",
            "url",
            "href",
        ):
            return self._reference(name, place, end)
        if _DEFINITION.match(self.text, start):
            _, behind = self._group(_DEFINITION.match(self.text, start).end() - 1)  # type: ignore[union-attr]  # matched
            return "", behind
        if name in FILES:
            return "", self._left_out(name, start, place, end)
        argument = self._argument(place, end)
        if name in DROPPED:
            while argument is not None:
                place = argument[2]
                argument = self._argument(place, end) if name in ("setlength", "setcounter", "newtheorem") else None
            return "", place
        if argument is None:
            self.trouble(start, f"`\\{name}` is not read, and left out.")
            return "", place
        low, high, behind = argument
        if name in SECTIONS:
            words = " ".join(self.convert(low, high).split())
            return f"\n\n{'#' * SECTIONS[name]} {words}\n\n", behind
        if name in WRAPS:
            inner = self.text[low:high].strip() if WRAPS[name] == "`" else self.convert(low, high).strip()
            return (f"{WRAPS[name]}{inner}{WRAPS[name]}" if inner else ""), behind
        if name == "footnote":
            self.notes.append(" ".join(self.convert(low, high).split()))
            return f"[^{len(self.notes)}]", behind
        if name not in ("text", "mbox", "textrm", "textsf", "textsc", "textnormal", "textup"):
            self.trouble(start, f"`\\{name}` is not read; what it is applied to stands as text.")
        return self.convert(low, high), behind

    def _left_out(self, name: str, start: int, place: int, end: int) -> int:
        """Behind a command that reads, writes or redefines, and all that belongs to it on its line."""
        shape = _REST.get(name)
        match = re.compile(shape).match(self.text, place, end) if shape is not None else None
        behind = match.end() if match is not None else place
        argument = self._argument(behind, end)
        if argument is not None and "\n" not in self.text[behind : argument[0]]:
            behind = argument[2]
        shown = "write18" if name == "write" and self.text.startswith("18", place) else name
        what = "a picture from a file" if name == "includegraphics" else "reads, writes or redefines"
        words = "shows" if name == "includegraphics" else ""
        said = f"`\\{shown}` {words} {what}".replace("  ", " ")
        self.trouble(start, f"{said}: left out. Nothing was opened.")
        return behind

    def _reference(self, name: str, place: int, end: int) -> tuple[str, int]:
        argument = self._argument(place, end)
        if argument is None:
            return "", place
        low, high, behind = argument
        inner = self.text[low:high].strip()
        if name == "url":
            return f"<{inner}>" if re.fullmatch(r"https?://[^\s<>]+", inner) else inner, behind
        if name == "href":
            words = self._argument(behind, end)
            if words is None:
                return inner, behind
            shown = self.convert(words[0], words[1]).strip()
            address = inner.replace("\\", "")
            return (f"[{shown}](<{address}>)" if re.fullmatch(r"https?://[^\s<>]+", address) else shown), words[2]
        if name in ("eqref", "ref", "autoref", "cref", "Cref"):
            return f"\\{'ref' if name == 'ref' else 'eqref'}{{{inner}}}", behind
        keys = [key.strip() for key in inner.split(",") if re.fullmatch(r"[^\s\[\]|#]+", key.strip())]
        return ", ".join(f"[[cite:{key}]]" for key in keys), behind

    def _environment(self, match: re.Match[str], end: int) -> tuple[str, int]:
        name, place = match[1].strip(), match.end()
        close = self._closing(name, place, end)
        if close is None:
            self.trouble(match.start(), f"`\\begin{{{name[:40]}}}` is never closed; what follows is read as text.")
            return "", place
        inner_end, behind = close
        plain = name.rstrip("*")
        if plain in MATH:
            return self._math(match.start(), behind, display=True), behind
        if plain in ("itemize", "enumerate", "description"):
            return self._list(place, inner_end, numbered=plain == "enumerate"), behind
        if plain in ("quote", "quotation", "abstract"):
            text = self.convert(place, inner_end).strip()
            return "\n\n" + "\n".join(f"> {line}".rstrip() for line in text.split("\n")) + "\n\n", behind
        if plain == "thebibliography":
            self.trouble(match.start(), "The list of references is left out; import it with the readings.")
            return "", behind
        option = re.compile(r"\s*\[([^\]\n]*)\]").match(self.text, place, inner_end)
        if plain in THEOREMS or plain == "proof":
            head = f"**{plain.capitalize()}**"
            if option is not None:
                head, place = f"{head} ({self.convert(option.start(1), option.end(1))})", option.end()
            return f"\n\n{head}. {self.convert(place, inner_end).strip()}\n\n", behind
        if plain not in ("center", "flushleft", "flushright", "document"):
            self.trouble(match.start(), f"The environment `{name[:40]}` is not read; what is in it stands as text.")
        return f"\n\n{self.convert(option.end() if option is not None else place, inner_end).strip()}\n\n", behind

    def _closing(self, name: str, place: int, end: int) -> tuple[int, int] | None:
        depth = 1
        pattern = re.compile(rf"\\(begin|end)\s*\{{\s*{re.escape(name)}\s*\}}")
        for match in pattern.finditer(self.text, place, end):
            depth += 1 if match[1] == "begin" else -1
            if depth == 0:
                return match.start(), match.end()
        return None

    def _list(self, place: int, end: int, *, numbered: bool) -> str:
        starts: list[tuple[int, int]] = []
        depth = 0
        for match in re.compile(r"\\begin\s*\{|\\end\s*\{|\\item(?![a-zA-Z])").finditer(self.text, place, end):
            if match[0].startswith("\\item"):
                if depth == 0:
                    starts.append((match.start(), match.end()))
            else:
                depth += 1 if match[0].startswith("\\begin") else -1
        lines: list[str] = []
        for number, (_, begin) in enumerate(starts, 1):
            stop = starts[number][0] if number < len(starts) else end
            option = re.compile(r"\s*\[([^\]\n]*)\]").match(self.text, begin, stop)
            head = f"**{self.convert(option.start(1), option.end(1))}** " if option is not None else ""
            text = head + self.convert(option.end() if option is not None else begin, stop).strip()
            mark = f"{number}. " if numbered else "- "
            lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
        return "\n\n" + "\n".join(lines) + "\n\n"


def _fenced(source: str) -> str:
    fence = "```"
    while fence in source:
        fence += "`"
    return f"\n\n{fence}\n{source}\n{fence}\n\n"
