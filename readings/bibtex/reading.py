"""A .bib file → records and problems. One bad entry never loses the others, and nothing is passed over in silence.

bibtexparser splits the file block by block and finds its feet again after a broken one; pybtex then resolves strings,
`#`, months and names of each block on its own. bibtexparser alone leaves `#` unresolved and glues fields where a comma
is missing; pybtex alone gives up the whole file at the first bad entry.
"""

import codecs
import logging
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass

from bibtexparser.exceptions import ParserStateException
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    ExplicitComment,
    ImplicitComment,
    ParsingFailedBlock,
    Preamble,
    String,
)
from bibtexparser.model import Entry as EntryBlock
from bibtexparser.splitter import Splitter
from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.scanner import PybtexSyntaxError, Token

from readings.bibtex.keys import legal_key
from readings.bibtex.records import Bibliography, Entry, Problem, Severity, UnreadableFile
from readings.bibtex.works import Unusable, entry_of

MAX_BYTES = 8_000_000
MAX_ENTRIES = 10_000
MAX_PROBLEMS = 500
MAX_ENTRY_CHARS = 500_000
MAX_EXPANSION = 20_000_000
MAX_MENDS = 20
MAX_CROSSREFS = 5

# It logs each broken block as a warning; we report them to the member instead.
logging.getLogger("bibtexparser").setLevel(logging.ERROR)

_SPLIT_TYPE = re.compile(r"(?m)^([ \t]*)@[ \t]*(\w+)([ \t]*\n\s*)([{(])")
_SPACED_TYPE = re.compile(r"(?m)^([ \t]*)@[ \t]+(\w+)[ \t]*(?=[{(])")
_ENTRY_START = re.compile(r"(?m)^[ \t]*@\w")
_LOOKS_LIKE_ENTRY = re.compile(r"@\s*([\w.+-]+)\s*[{(]")
_LOOKS_LIKE_FIELDS = re.compile(r"(?m)^\s*(?:,\s*)?(\w+)\s*=\s*[{\"\d]")
_KEYLESS = re.compile(r"(?im)^([ \t]*@(?!string|comment|preamble)\w+[ \t]*[{(])(?=\s*[a-z][\w-]*\s*=)")
_EMPTY_KEY = re.compile(r"(?s)(@\w*\s*[{(])(\s*)(?=,)")
_SPACED_KEY = re.compile(r"(?s)(@\w*\s*[{(]\s*)([^,={}\"]*?\S\s+\S[^,={}\"]*?)(?=\s*,)")

# What identifies or describes the parent only: two chapters of one volume must not end as one work.
_NOT_INHERITED = ("doi", "eprint", "url", "isbn", "entrysubtype", "chapters", "note", "abstract", "keywords")


def parse(data: bytes | str) -> Bibliography:
    """Read a .bib file. Raises UnreadableFile where it is no bibliography at all, or too large."""
    text, encoding, problems = _decode(data)
    text = _joined_types(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(_ENTRY_START.findall(text)) > 3 * MAX_ENTRIES:
        raise UnreadableFile(
            f"A file may bring {MAX_ENTRIES:,} entries at once; this one has many more. Import it in parts."
        )
    try:
        library = Splitter(text).split()
    except ParserStateException as error:
        raise UnreadableFile(
            "The braces and quotes of this file are tangled so that no entry can be told from the next. "
            "Export it again from the program that made it, or paste it in parts."
        ) from error
    reader = _Reader(problems)
    for block in library.blocks:
        reader.read(block)
    if not reader.raw_entries and not any(problem.severity is Severity.LOST for problem in problems):
        raise UnreadableFile(
            "No entry was found. A BibTeX entry begins with @ and its type, for example "
            "@book{key, title = {…}, author = {…}, year = {…}}."
        )
    entries = tuple(reader.entries())
    problems.sort(key=lambda problem: problem.line)
    if len(problems) > MAX_PROBLEMS:
        left = len(problems) - MAX_PROBLEMS
        del problems[MAX_PROBLEMS:]
        last = problems[-1].line
        problems.append(
            Problem(last, f"{left:,} more problems follow.", "Mend these first, then import again.", Severity.NOTICE)
        )
    return Bibliography(entries=entries, problems=tuple(problems), encoding=encoding)


def _decode(data: bytes | str) -> tuple[str, str, list[Problem]]:
    problems: list[Problem] = []
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise UnreadableFile(
            f"This is {size / 1e6:.1f} MB; a bibliography may have up to {MAX_BYTES / 1e6:.0f} MB. "
            "Import it in parts, or without its abstracts and notes."
        )
    if isinstance(data, str):
        text, encoding = data.removeprefix("\ufeff"), "utf-8"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text, encoding = data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise UnreadableFile("This file says that it is UTF-16 text, and is not. Save it as UTF-8.") from error
    elif b"\0" in data:
        raise UnreadableFile(
            "This is not a text file. Choose the .bib file itself, not a PDF, an archive or a database."
        )
    else:
        try:
            text, encoding = data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError as error:
            text, encoding = data.decode("cp1252", "replace"), "latin-1"
            controls = sum(letter < " " and letter not in "\t\n\r\f" for letter in text)
            if controls * 50 > len(text):
                raise UnreadableFile(
                    "This is not a text file. Choose the .bib file itself, not a PDF or an archive."
                ) from error
            problems.append(
                Problem(
                    data.count(b"\n", 0, error.start) + 1,
                    "This file is not UTF-8; it was read as Latin-1 (Windows-1252).",
                    "Look at the accented letters below. If they are wrong, save it as UTF-8 and import it again.",
                    Severity.NOTICE,
                )
            )
    if re.match(r"\s*<(?:!doctype|html|\?xml|head|body)\b", text, re.IGNORECASE):
        raise UnreadableFile(
            "This is a web page, not a .bib file. Where a site shows BibTeX, copy its text and paste it, "
            "or use the site's link for downloading the citation."
        )
    if not text.strip():
        raise UnreadableFile("There is nothing in it. Paste BibTeX entries, or choose a .bib file.")
    return text.replace("\0", ""), encoding, problems


def _joined_types(text: str) -> str:
    """`@article⏎{` → `@article{⏎`, and `@book{title = …}` → `@book{,title = …}`; lines keep their numbers.

    bibtexparser takes the first for a comment and stumbles over the second.
    """
    text = _SPLIT_TYPE.sub(r"\1@\2\4\3", text)
    text = _SPACED_TYPE.sub(r"\1@\2", text)
    return _KEYLESS.sub(r"\1,", text)


@dataclass
class _RawEntry:
    """One entry with its values resolved, before cross-references."""

    type: str
    key: str
    line: int
    fields: dict[str, str]


class _BlockParser(LowLevelParser):  # type: ignore[misc]  # pybtex carries no types
    """pybtex's parser for one block. It keeps an undefined string as its name and is linear in the block's length."""

    _BRACES = re.compile(r"[{}]")
    _BRACES_AND_QUOTE = re.compile(r'[{}"]')

    def __init__(self, text: str, macros: Mapping[str, str], *, expanded: int = 0) -> None:
        super().__init__(text, macros=macros)
        self.undefined: list[str] = []
        self.expanded = expanded

    def substitute_macro(self, name: str) -> str:
        value = self.macros.get(name.lower())
        if value is None:
            self.undefined.append(name)
            return name
        self.expanded += len(value)
        if self.expanded > MAX_EXPANSION:
            raise UnreadableFile(
                "The @string definitions of this file grow without end. Write the text where it is used instead."
            )
        return str(value)

    def skip_to(self, patterns: list[object]) -> Token | None:
        # The original searches each pattern to the end of the text, which is quadratic in a field with many braces.
        if self.RBRACE not in patterns:
            return super().skip_to(patterns)
        found = (self._BRACES_AND_QUOTE if self.QUOTE in patterns else self._BRACES).search(self.text, self.pos)
        if found is None:
            return None
        value: str = self.text[self.pos : found.end()]
        self.pos: int = found.end()
        self.update_lineno(value)
        return Token(value, {"{": self.LBRACE, "}": self.RBRACE, '"': self.QUOTE}[found.group()])


class _Reader:
    """Goes through the blocks of one file; keeps its strings, entries and problems."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.macros: MutableMapping[str, str] = dict(month_names)
        self.raw_entries: dict[str, _RawEntry] = {}
        self._last_key = ""
        self._expanded = 0  # characters that @string definitions stood for so far

    def read(self, block: Block) -> None:
        line = (block.start_line or 0) + 1
        match block:
            case DuplicateBlockKeyBlock(ignore_error_block=EntryBlock() | DuplicateFieldKeyBlock() | String() as inner):
                self.read(inner)
            case DuplicateFieldKeyBlock() | EntryBlock():
                self._read_entry(block.raw or "", line)
            case ParsingFailedBlock():
                self._report_broken(block, line)
            case String():
                self._read_string(block.raw or "", line)
            case ImplicitComment():
                self._look_into_comment(block.comment, line)
            case ExplicitComment() | Preamble():
                pass  # written for programs and for TeX: nothing of a work stands in them

    def _read_string(self, raw: str, line: int) -> None:
        parser = _BlockParser(raw, self.macros, expanded=self._expanded)
        try:
            for _command, (name, value) in parser:
                self.macros[name.lower()] = "".join(value)
        except PybtexSyntaxError as error:
            self._problem(
                line + error.lineno - 1,
                f"This @string cannot be read: {_said(error)}.",
                "Write it as @string{name = {text}}.",
            )
        self._expanded = parser.expanded
        self._report_undefined(parser, line, "")

    def _read_entry(self, raw: str, line: int) -> None:
        if len(raw) > MAX_ENTRY_CHARS:
            self._problem(
                line,
                f"This entry has {len(raw):,} characters.",
                f"Shorten it to {MAX_ENTRY_CHARS:,}; an abstract can go.",
            )
            return
        if len(self.raw_entries) >= MAX_ENTRIES:
            if len(self.raw_entries) == MAX_ENTRIES and not any(
                "entries at once" in problem.what for problem in self.problems
            ):
                self._problem(
                    line,
                    f"From here on nothing was read: a file may bring {MAX_ENTRIES:,} entries at once.",
                    "Import these, then the rest of the file.",
                )
            return
        raw = self._with_key(raw, line)
        for _ in range(MAX_MENDS):
            parser = _BlockParser(raw, self.macros, expanded=self._expanded)
            try:
                (kind, (key, fields)), *_rest = parser
            except PybtexSyntaxError as error:
                mended = self._with_comma(raw, error, line)
                if mended is None:
                    self._problem(
                        line + error.lineno - 1,
                        f"{self._named(raw)} cannot be read: {_said(error)}.",
                        "Write each field as name = {value}, with a comma behind it, and close every brace.",
                    )
                    return
                raw = mended
            else:
                self._expanded = parser.expanded
                self._report_undefined(parser, line, key)
                self._keep(kind.lower(), key, fields, line)
                return
        self._problem(
            line, f"{self._named(raw)} has more than {MAX_MENDS} mistakes.", "Write a comma behind each field."
        )

    def _with_key(self, raw: str, line: int) -> str:
        if spaced := _SPACED_KEY.match(raw):
            key = legal_key(spaced.group(2))
            self._problem(
                line,
                f"The key “{' '.join(spaced.group(2).split())}” has a blank in it; it was read as “{key}”.",
                "Correct the key if papers cite it.",
                Severity.MENDED,
                key,
            )
            return raw[: spaced.start(2)] + key + raw[spaced.end(2) :]
        if keyless := _EMPTY_KEY.match(raw):
            return f"{keyless.group(1)}\x7fkeyless{line}{keyless.group(2)}{raw[keyless.end() :]}"
        return raw

    def _with_comma(self, raw: str, error: PybtexSyntaxError, line: int) -> str | None:
        """The entry with the comma put in where only a comma is missing between two fields, and a word about it."""
        position = error.error_context_info[2]
        following = re.match(r"\s*([A-Za-z][\w-]*)\s*=\s*[{\"\w]", raw[position : position + 200])
        before = raw[:position].rstrip()
        if (
            "expected" not in str(error)
            or following is None
            or not (before[-1:] in ('"', "}") or before[-1:].isalnum())
        ):
            return None
        if before.count("=") == 0:
            return None  # it is the comma behind the key: bibtexparser reports that itself
        self._problem(
            line + raw.count("\n", 0, len(before)),
            f"{self._named(raw)}: a comma is missing before “{following.group(1)}”; it was read as if it stood there.",
            "Nothing to do here; put the comma into your file.",
            Severity.MENDED,
            _key_in(raw),
        )
        return f"{before},{raw[len(before) :]}"

    def _keep(self, kind: str, key: str, fields: list[tuple[str, list[str]]], line: int) -> None:
        values: dict[str, str] = {}
        for name, parts in fields:
            value = " ".join("".join(parts).split())
            name = name.lower()
            if name not in values:
                values[name] = value
            elif value != values[name]:
                self._problem(
                    line,
                    f"“{key}” gives “{name}” twice; the first was kept.",
                    f"Delete the wrong “{name}”.",
                    Severity.NOTICE,
                    key,
                )
        if key.startswith("\x7f"):
            key = ""
        entry = _RawEntry(type=kind, key=key, line=line, fields=values)
        if not key:
            entry.key = f"\x7f{line}"
        elif key.lower() in self.raw_entries:
            earlier = self.raw_entries[key.lower()]
            if earlier.fields == values:
                self._problem(
                    line,
                    f"“{key}” stands here a second time, as in line {earlier.line}; it was taken once.",
                    "Nothing to do.",
                    Severity.NOTICE,
                    key,
                )
                return
            number = 2
            while f"{key}-{number}".lower() in self.raw_entries:
                number += 1
            entry.key = f"{key}-{number}"
            self._problem(
                line,
                f"The key “{key}” is taken by the entry in line {earlier.line}; this one was read as “{entry.key}”.",
                "Give each entry its own key, or leave one of the two out.",
                Severity.MENDED,
                entry.key,
            )
        self.raw_entries[entry.key.lower()] = entry
        self._last_key = entry.key

    def entries(self) -> Iterator[Entry]:
        """The works, with cross-references resolved and keys made for those that had none."""
        taken = {key for key in self.raw_entries if not key.startswith("\x7f")}
        for raw in self.raw_entries.values():
            keyless = raw.key.startswith("\x7f")
            fields = self._inherited(raw)
            try:
                entry, notices = entry_of(
                    type=raw.type, key="" if keyless else raw.key, fields=fields, line=raw.line, taken=taken
                )
            except Unusable as reason:
                self._problem(
                    raw.line, f"{_quoted(raw)}: {reason}", reason.remedy, Severity.LOST, "" if keyless else raw.key
                )
                continue
            if keyless:
                taken.add(entry.key.lower())
                self._problem(
                    raw.line,
                    f"This entry has no key; “{entry.key}” was made for it.",
                    "Correct the key after importing, if papers cite it by another.",
                    Severity.MENDED,
                    entry.key,
                )
            for what, remedy in notices:
                self._problem(raw.line, f"“{entry.key}”: {what}", remedy, Severity.NOTICE, entry.key)
            yield entry

    def _inherited(self, raw: _RawEntry) -> dict[str, str]:
        """The fields with those of its `crossref` and `xdata`, as BibTeX and biber fill them in."""
        fields = dict(raw.fields)
        targets = [*_targets(fields)]
        seen = {raw.key.lower()}
        for _ in range(MAX_CROSSREFS):
            if not targets:
                break
            relation, key = targets.pop(0)
            parent = self.raw_entries.get(key.lower())
            if parent is None:
                self._problem(
                    raw.line,
                    f"“{raw.key}” refers to “{key}”, which is not in this file.",
                    "Add that entry to the file, or fill in by hand what is missing.",
                    Severity.NOTICE,
                    raw.key,
                )
                continue
            if key.lower() in seen:
                continue
            seen.add(key.lower())
            inherited = dict(parent.fields)
            if relation == "crossref" and raw.type in (
                "inproceedings",
                "incollection",
                "inbook",
                "suppbook",
                "conference",
            ):
                if "title" in inherited:
                    inherited.setdefault("booktitle", inherited["title"])
                if raw.type != "inbook":
                    inherited.pop("title", None)
                    inherited.pop("author", None)
            for own in _NOT_INHERITED if relation == "crossref" else ():
                inherited.pop(own, None)
            targets.extend(_targets(inherited))
            for name, value in inherited.items():
                fields.setdefault(name, value)
        fields.pop("crossref", None)
        fields.pop("xdata", None)
        return fields

    def _report_broken(self, block: ParsingFailedBlock, line: int) -> None:
        raw = block.raw or ""
        reason = str(getattr(block.error, "abort_reason", block.error))
        if "Unexpected block start" in reason or "end of file" in reason:
            what, remedy = (
                "a brace or a quote is not closed",
                "Close it; the next entry was found again by its @ at the start of a line.",
            )
        elif "comma after entry key" in reason:
            what, remedy = "there is no comma behind its key", "Write it as @type{key, title = {…}, …}."
        elif "`=`" in reason:
            what, remedy = (
                f"a field has no “=”, or a comma is missing ({reason.rstrip('.')})",
                "Write each field as name = {value}.",
            )
        else:
            what, remedy = reason.rstrip("."), "Write each field as name = {value}, with a comma behind it."
        self._problem(line, f"{self._named(raw)} cannot be read: {what}.", remedy, Severity.LOST, _key_in(raw))

    def _look_into_comment(self, comment: str, line: int) -> None:
        """Text between entries is a comment in BibTeX. What looks like the rest of a broken entry is reported."""
        text = "\n".join(row for row in comment.split("\n") if not row.lstrip().startswith(("%", "//", "#")))
        if entry := _LOOKS_LIKE_ENTRY.search(text):
            self._problem(
                line + comment.count("\n", 0, max(comment.find(entry.group()), 0)),
                f"“@{entry.group(1)}” looks like an entry and cannot be read as one.",
                "Write the type in letters, with the brace right behind it: @article{key, …}.",
            )
        elif _LOOKS_LIKE_FIELDS.search(text):
            of = f" after “{self._last_key}”" if self._last_key else ""
            self._problem(
                line,
                f"Fields stand outside of any entry{of}: “{' '.join(text.split())[:60]}”.",
                "A brace too many closed the entry above. Delete it, so that these fields belong to it again.",
                Severity.NOTICE,
                self._last_key,
            )

    def _report_undefined(self, parser: _BlockParser, line: int, key: str) -> None:
        key = "" if key.startswith("\x7f") else key
        user = f"“{key}” uses" if key else "This uses"
        for name in dict.fromkeys(parser.undefined):
            self._problem(
                line,
                f"{user} the string “{name}”, which is not defined above it; its name was taken as the text.",
                f"Add @string{{{name} = {{…}}}} above, or put the text in braces.",
                Severity.NOTICE,
                key,
            )

    def _named(self, raw: str) -> str:
        key = _key_in(raw)
        return f"The entry “{key}”" if key else "This entry"

    def _problem(self, line: int, what: str, remedy: str, severity: Severity = Severity.LOST, key: str = "") -> None:
        self.problems.append(Problem(line=line, what=what, remedy=remedy, severity=severity, key=key))


def _targets(fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    if target := fields.pop("crossref", "").strip():
        yield "crossref", target
    for target in fields.pop("xdata", "").split(","):
        if target.strip():
            yield "xdata", target.strip()


def _key_in(raw: str) -> str:
    found = re.match(r"@\w*\s*[{(]\s*([^\s,{}()=\"]{1,120})(?=[\s,]|$)", raw[:400])
    return found.group(1) if found and not found.group(1).startswith("\x7f") else ""


def _quoted(raw: _RawEntry) -> str:
    return "This entry" if raw.key.startswith("\x7f") else f"“{raw.key}”"


def _said(error: PybtexSyntaxError) -> str:
    said = str(error).split(": ", 1)[-1]
    if "premature end" in said:
        return "it ends before its last brace or quote is closed"
    if "unbalanced" in said:
        return "its braces do not pair"
    return said.replace("'", "“", 1).replace("'", "”", 1) if said.count("'") == 2 else said
