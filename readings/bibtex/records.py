"""What a bibliography is once it has been read: frozen records without any LaTeX outside their mathematics."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U000323af]+")


class Kind(StrEnum):
    """What a work is to a group that reads it. The values are those that the database stores."""

    BOOK = "book"
    PAPER = "paper"
    NOTES = "notes"
    VIDEO = "video"
    REPOSITORY = "repository"


class Severity(StrEnum):
    """What became of the entry that a problem is about."""

    LOST = "lost"  # the entry could not be read
    MENDED = "mended"  # it was read, after a guess that is spelt out
    NOTICE = "notice"  # it was read; something in it is worth a look


class UnreadableFile(Exception):
    """Why a file cannot be read as a bibliography at all, in words fit to show a member."""


@dataclass(frozen=True)
class Name:
    """One author. `family` carries the particle ("van der Maaten"); an organisation has a family name only."""

    family: str
    given: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        if self.given and _CJK.fullmatch(self.family) and _CJK.fullmatch(self.given):
            return f"{self.family}{self.given}"  # 龚昇: family name first, without a blank
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)


@dataclass(frozen=True)
class Entry:
    """One work. Texts are Unicode with mathematics as `$…$`; identifiers are normalised; what is unknown is empty.

    `fields` holds every field of the file as LaTeX, with strings, months and cross-references resolved, so that
    writing an entry that nobody edited gives back what was read. It and `line` take no part in comparisons.
    """

    key: str
    type: str
    kind: Kind
    title: str
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    year: int | None = None
    venue: str = ""
    publisher: str = ""
    doi: str = ""
    arxiv: str = ""
    isbn: str = ""
    url: str = ""
    chapters: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    fields: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Problem:
    """Something in the file that a member should look at: where, what, and what to do about it."""

    line: int
    what: str
    remedy: str
    severity: Severity = Severity.LOST
    key: str = ""


@dataclass(frozen=True)
class Bibliography:
    """A file as read. `encoding` is the one it was decoded with, for saying so where that was a guess."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    encoding: str = "utf-8"

    @property
    def lost(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.LOST)
