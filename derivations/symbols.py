"""The symbol ledger: which letter means what in which note, and where two notes do not agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Min, Window
from django.db.models.functions import RowNumber
from django.utils.safestring import SafeString

from members.models import Group

from .macros import NO_MACROS, GroupMacros, macros_of
from .models import Note, Symbol
from .rendering import typeset

_FONT = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathrm|mathcal|mathbb|mathsf|mathit|hat|bar|tilde|operatorname)\b|[\\{} ]"
)
_MEANING = ("name", "kind", "shape", "properties", "meaning")
MOST_PLACES = 5  # shown of one meaning of a letter
MOST_PLACES_OF_ONE = 200
MOST_MEANINGS = 12
_WORDS = {
    "dimension": "dimension",
    "random": "random variable",
    "function": "function",
    "defined": "defined",
    "law": "law",
}


def keep_symbols(note: Note, report: Mapping[str, Any]) -> None:
    """Let the ledger say of `note` what `report`, that of its latest revision, says. Two queries."""
    found: dict[str, Symbol] = {}
    for given in report.get("givens", ()):
        name = given["name"][:200]
        found[name] = Symbol(
            note=note,
            name=name,
            kind=given["kind"][:100],
            shape=given["shape"][:200],
            properties=given["properties"],
            line=given["line"],
        )
    for defined in report.get("definitions", ()):
        name = defined["name"][:200]
        known = found.setdefault(name, Symbol(note=note, name=name, kind="defined", line=defined["line"]))
        known.meaning = " ".join(defined["latex"].replace("&", " ").split())[:500]
    Symbol.objects.filter(note=note).delete()
    Symbol.objects.bulk_create(found.values())


class Place(NamedTuple):
    """Where a note says it."""

    note_pk: int
    note_title: str
    line: int


@dataclass(slots=True)
class Use:
    """One meaning of a letter: what it is, in how many notes, some of the places. `note_title` is one of the notes."""

    note_title: str
    kind: str
    shape: str
    properties: tuple[str, ...]
    meaning: str
    count: int = 1
    macros: GroupMacros = NO_MACROS
    places: list[Place] = field(default_factory=list)

    @property
    def more(self) -> int:
        """In how many notes it stands beside those of `places`."""
        return self.count - len(self.places)

    @property
    def words(self) -> str:
        """What it is, in words; the shape stands beside it."""
        if self.kind == "matrix" and self.shape.startswith("1 by "):
            return "row vector"
        if self.kind == "random" and self.shape:
            return "random matrix" if " by " in self.shape else "random vector"
        return {"vector": "column vector", **_WORDS}.get(self.kind, self.kind)

    @property
    def shape_html(self) -> SafeString:
        sides = (
            self.shape.removeprefix("1 by ").split(" by ") if self.words == "row vector" else self.shape.split(" by ")
        )
        return typeset(r" \times ".join(sides)) if self.shape else SafeString("")

    @property
    def meaning_html(self) -> SafeString:
        return typeset(self.meaning, macros=self.macros) if self.meaning else SafeString("")


@dataclass(slots=True)
class Letter:
    """A letter with all that it means in the group; `clashes` says in words where notes do not agree."""

    name: str
    uses: list[Use] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)

    @property
    def html(self) -> SafeString:
        return typeset(self.name)

    @property
    def shown(self) -> list[Use]:
        return self.uses[:MOST_MEANINGS]

    @property
    def more(self) -> int:
        """How many meanings are not shown."""
        return max(0, len(self.uses) - MOST_MEANINGS)


SORTS = {"letter": "By letter", "notes": "By how many notes", "clashes": "Clashes first"}


def ledger_of(group: Group, *, words: str = "", only_clashes: bool = False, sort: str = "letter") -> list[Letter]:
    """The letters of the group's notes. `words` narrows to a letter, or to what it is called. Two queries."""
    meanings = Symbol.objects.filter(note__group=group, note__deleted_at=None).order_by("name")
    rows = meanings.values_list(*_MEANING).annotate(count=Count("pk"), title=Min("note__title"), first=Min("note"))
    letters: dict[str, Letter] = {}
    macros = macros_of(group)
    for name, kind, shape, properties, meaning, count, title, _first in rows.order_by("name", "first"):
        use = Use(title, kind, shape, tuple(properties), meaning, count, macros)
        letters.setdefault(name, Letter(name)).uses.append(use)
    found = list(letters.values())
    for letter in found:
        letter.clashes = clashes_of(letter.uses)
    if only_clashes:
        found = [letter for letter in found if letter.clashes]
    if words:
        found = [letter for letter in found if _matches(letter, words)]
    keys: dict[str, Callable[[Letter], Any]] = {
        "letter": lambda letter: plain_name(letter.name),
        "notes": lambda letter: (-sum(use.count for use in letter.uses), plain_name(letter.name)),
        "clashes": lambda letter: (-len(letter.clashes), plain_name(letter.name)),
    }
    return sorted(found, key=keys[sort])


def find_places(letters: Sequence[Letter], group: Group) -> None:
    """Give each meaning of `letters` some of its places; more of them where there is one letter. One query."""
    most = MOST_PLACES_OF_ONE if len(letters) == 1 else MOST_PLACES
    nth = Window(RowNumber(), partition_by=list(_MEANING), order_by=["note__title", "note"])
    rows = Symbol.objects.filter(note__group=group, note__deleted_at=None, name__in=[each.name for each in letters])
    rows = rows.annotate(nth=nth).filter(nth__lte=most).order_by("nth")
    places: dict[tuple[Any, ...], list[Place]] = {}
    for name, kind, shape, properties, meaning, pk, title, line in rows.values_list(
        *_MEANING, "note", "note__title", "line"
    ):
        places.setdefault((name, kind, shape, tuple(properties), meaning), []).append(Place(pk, title, line))
    for letter in letters:
        for use in letter.uses:
            use.places = places.get((letter.name, use.kind, use.shape, use.properties, use.meaning), [])


def plain_name(name: str) -> tuple[str, str]:
    r"""The order of letters: `\alpha` stands under a, beside `a` and before `A`."""
    bare = _FONT.sub("", name)
    return bare.casefold(), bare.swapcase()


def _matches(letter: Letter, words: str) -> bool:
    words = words.strip()
    if words.strip("$\\{} ") in (letter.name, _FONT.sub("", letter.name)) or words.strip("$ ") == letter.name:
        return True
    if len(words) < 3:
        return False
    said = " ".join(f"{use.words} {' '.join(use.properties)}" for use in letter.uses).casefold()
    return all(word in said for word in words.casefold().split())


def clashes_of(uses: Iterable[Use]) -> list[str]:
    """Where notes do not agree on one letter, a sentence each: what it is, its sizes, what it stands for."""
    uses = list(uses)
    found: list[str] = []
    kinds: dict[str, Use] = {}
    for use in uses:
        kinds.setdefault(_kind(use), use)
    if len(kinds) > 1:
        row, column = kinds.get("row vector"), kinds.get("column vector")
        if row is not None and column is not None:
            found.append(f"A row vector in “{row.note_title}”, a column vector in “{column.note_title}”.")
        others = [use for kind, use in kinds.items() if not (row and column and kind == "row vector")]
        if len(others) > 1:
            told = "; ".join(f"{_a(_kind(use))} in “{use.note_title}”" for use in others[:4])
            found.append(f"{told[0].upper()}{told[1:]}.")
    by_kind: dict[str, dict[str, Use]] = {}
    for use in uses:
        if use.shape:
            by_kind.setdefault(_kind(use), {}).setdefault(use.shape, use)
    for kind, shapes in by_kind.items():
        if len(shapes) > 1:
            told = "; ".join(f"{shape} in “{use.note_title}”" for shape, use in list(shapes.items())[:4])
            found.append(f"As {_a(kind)} its sizes have other letters: {told}.")
    meanings: dict[str, Use] = {}
    for use in uses:
        if use.meaning:
            meanings.setdefault(re.sub(r"\\[,;:! ]|[\s{}.,;]|\\(?:left|right)|:", "", use.meaning), use)
    if len(meanings) > 1:
        told = "” and “".join(use.note_title for use in list(meanings.values())[:4])
        found.append(f"It is defined in different ways in “{told}”.")
    return found


def _kind(use: Use) -> str:
    if use.kind in ("natural number", "integer", "dimension", "index", "one of a finite set"):
        return "whole number"
    return "quantity with a definition" if use.kind == "defined" else use.words


def _a(words: str) -> str:
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


__all__ = ["SORTS", "Letter", "Place", "Use", "clashes_of", "find_places", "keep_symbols", "ledger_of"]
