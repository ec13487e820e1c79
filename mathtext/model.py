"""What goes in and what comes out: limits, problems, and the rendered text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from mathtext.references import Reference


@dataclass(frozen=True, slots=True)
class Limits:
    """Past these bounds a text or a formula is not read, and the answer says which bound it was.

    Units: `note_chars`, `formula_chars` in characters; `max_formulas` a count; `formula_seconds`, `total_seconds` of
    the clock on the wall; `memory_bytes` of the V8 heap; `max_expand` macro expansions in one formula.
    """

    note_chars: int = 262_144
    formula_chars: int = 10_240
    max_formulas: int = 3_000
    formula_seconds: float = 0.5
    total_seconds: float = 4.0
    memory_bytes: int = 192 * 1024 * 1024
    max_expand: int = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the text that could not be read as meant: where it is, what stands there, and why.

    `line` counts from 1 in the whole text, `column` from 1 in that line (None where it is not known).
    """

    line: int
    column: int | None
    source: str
    message: str


@dataclass(frozen=True, slots=True)
class Equation:
    """A displayed equation with a number or tag: `anchor` is its id in the HTML, `label` what `\\eqref` calls it."""

    number: str
    label: str | None
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text; `level` as written (1–6), `anchor` its id in the HTML."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML, what could not be read, what can be linked to, and what it links to itself."""

    html: str
    problems: tuple[Problem, ...] = ()
    equations: tuple[Equation, ...] = ()
    headings: tuple[Heading, ...] = ()
    references: tuple[Reference, ...] = ()


class Cache(Protocol):
    """A second place for typeset formulas, behind the one in the process; Django's caches have this shape."""

    def get_many(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Return those of `keys` that are known."""

    def set_many(self, data: Mapping[str, str]) -> object:
        """Remember `data`."""


class MacroRefused(ValueError):
    """Why a macro in a formula could not be written out, in words fit to show a member."""


class Macros(Protocol):
    """Abbreviations of the reader's group, written out before a formula is typeset."""

    def written_out(self, tex: str) -> str:
        """Return `tex` with each of them written out, its newlines kept. Raises MacroRefused."""
