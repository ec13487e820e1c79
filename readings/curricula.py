"""The curricula that ship with the product: one TOML file each in `data/curricula`, read and judged on load.

A further curriculum is one more file there; `tests/readings/test_curricula.py` reads whatever it finds. A file holds
`key`, `title`, `summary`, `weeks = [least, most]` and `[[units]]`, each with `title`, `weeks`, `mathematics`, two or
three `outcomes`, `readings` (`work`, a key of `data/bibliography.bib`, and `sections`, numbers of its chapters) and one
to three `derivations` (`title`, `statement`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from .bibtex import Entry, parse
from .conversion import section_parts

DATA = Path(__file__).parent / "data"
BIBLIOGRAPHY = DATA / "bibliography.bib"
CURRICULA = DATA / "curricula"


class BrokenCurriculum(Exception):
    """What is wrong with a curriculum, and where: `five.toml, unit 2: …`."""


@dataclass(frozen=True)
class Assigned:
    """A work by its key, and the numbers of the sections to read; none means the whole."""

    work: str
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anchor:
    """A statement that the group derives at the session."""

    title: str
    statement: str


@dataclass(frozen=True)
class Unit:
    title: str
    weeks: int
    mathematics: str
    outcomes: tuple[str, ...]
    readings: tuple[Assigned, ...]
    derivations: tuple[Anchor, ...]


@dataclass(frozen=True)
class Curriculum:
    """`weeks` is the least and the most that it takes at one session a week."""

    key: str
    title: str
    summary: str
    weeks: tuple[int, int]
    units: tuple[Unit, ...]

    @property
    def works(self) -> tuple[str, ...]:
        """The keys of the works, in the order in which they are first read."""
        return tuple(dict.fromkeys(reading.work for unit in self.units for reading in unit.readings))

    @property
    def span(self) -> str:
        """`13–16 weeks`."""
        least, most = self.weeks
        return f"{least} weeks" if least == most else f"{least}–{most} weeks"


@cache
def shipped_bibliography() -> dict[str, Entry]:
    """The works that ship, by key, in the order of the file."""
    return {entry.key: entry for entry in parse(BIBLIOGRAPHY.read_bytes()).entries}


@cache
def shipped_curricula() -> tuple[Curriculum, ...]:
    """The curricula that ship, in the order of their files. Raises BrokenCurriculum."""
    return tuple(read_curriculum(file) for file in sorted(CURRICULA.glob("*.toml")))


def curriculum_called(key: str) -> Curriculum | None:
    return next((curriculum for curriculum in shipped_curricula() if curriculum.key == key), None)


def read_curriculum(file: Path, *, works: Mapping[str, Entry] | None = None) -> Curriculum:
    """Read one file and hold it against `works`, by default the shipped ones. Raises BrokenCurriculum."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenCurriculum(f"{file.name}: {error}") from error
    return _Reading(file.name, shipped_bibliography() if works is None else works).curriculum(told)


class _Reading:
    """One file being judged; `where` names the place that a complaint is about."""

    def __init__(self, file: str, works: Mapping[str, Entry]) -> None:
        self.file = file
        self.works = works

    def curriculum(self, told: dict[str, Any]) -> Curriculum:
        self._only(told, {"key", "title", "summary", "weeks", "units"}, "the top")
        weeks = told.get("weeks")
        if not (isinstance(weeks, list) and len(weeks) == 2 and all(type(n) is int and n > 0 for n in weeks)):
            self._refuse("the top", "`weeks` is the least and the most, as [13, 16]")
        least, most = weeks
        if least > most:
            self._refuse("the top", f"`weeks` says at least {least} and at most {most}")
        rows = self._rows(told, "units", "the top")
        units = tuple(self.unit(row, f"unit {place}") for place, row in enumerate(rows, 1))
        total = sum(unit.weeks for unit in units)
        if not least <= total <= most:
            self._refuse("the top", f"its units take {total} weeks together, and `weeks` says {least} to {most}")
        return Curriculum(
            key=self._text(told, "key", "the top"),
            title=self._text(told, "title", "the top"),
            summary=self._text(told, "summary", "the top"),
            weeks=(least, most),
            units=units,
        )

    def unit(self, told: dict[str, Any], where: str) -> Unit:
        self._only(told, {"title", "weeks", "mathematics", "outcomes", "readings", "derivations"}, where)
        weeks = told.get("weeks")
        if type(weeks) is not int or weeks < 1:
            self._refuse(where, "`weeks` is a whole number")
        outcomes = told.get("outcomes")
        if not (isinstance(outcomes, list) and 2 <= len(outcomes) <= 3 and all(self._is_text(o) for o in outcomes)):
            self._refuse(where, "`outcomes` are two or three sentences")
        derivations = self._rows(told, "derivations", where)
        if len(derivations) > 3:
            self._refuse(where, f"it has {len(derivations)} derivations; one to three can be anchors")
        return Unit(
            title=self._text(told, "title", where),
            weeks=weeks,
            mathematics=self._text(told, "mathematics", where),
            outcomes=tuple(outcomes),
            readings=tuple(self.assigned(row, where) for row in self._rows(told, "readings", where)),
            derivations=tuple(self.anchor(row, where) for row in derivations),
        )

    def assigned(self, told: dict[str, Any], where: str) -> Assigned:
        self._only(told, {"work", "sections"}, where)
        key = self._text(told, "work", where)
        if key not in self.works:
            self._refuse(where, f"it reads “{key}”, which is not in the bibliography")
        sections = told.get("sections", [])
        if not (isinstance(sections, list) and all(self._is_text(number) for number in sections)):
            self._refuse(where, f'the sections of “{key}” are numbers in quotes, as ["2", "3"]')
        known = {section_parts(chapter)["number"] for chapter in self.works[key].chapters}
        unknown = [number for number in sections if number not in known]
        if unknown:
            self._refuse(where, f"“{key}” has no section {', '.join(unknown)}")
        return Assigned(work=key, sections=tuple(sections))

    def anchor(self, told: dict[str, Any], where: str) -> Anchor:
        self._only(told, {"title", "statement"}, where)
        return Anchor(title=self._text(told, "title", where), statement=self._text(told, "statement", where))

    def _rows(self, told: dict[str, Any], name: str, where: str) -> list[dict[str, Any]]:
        rows = told.get(name)
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
            self._refuse(where, f"`{name}` has at least one entry")
        return rows

    def _text(self, told: dict[str, Any], name: str, where: str) -> str:
        value = told.get(name)
        if not self._is_text(value):
            self._refuse(where, f"`{name}` is missing")
        return str(value).strip()

    def _only(self, told: dict[str, Any], known: set[str], where: str) -> None:
        unknown = sorted(set(told) - known)
        if unknown:
            self._refuse(where, f"`{unknown[0]}` is no field; there are {', '.join(sorted(known))}")

    def _refuse(self, where: str, what: str) -> NoReturn:
        raise BrokenCurriculum(f"{self.file}, {where}: {what}.")

    @staticmethod
    def _is_text(value: object) -> bool:
        return isinstance(value, str) and bool(value.strip())
