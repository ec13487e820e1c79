"""What an export holds of a note: text, people, readings, verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from commons.links import linkers
from derivations.linking import present_source, with_former_names
from derivations.macros import NO_MACROS, GroupMacros, macros_of
from derivations.models import Check, Image, Note
from members.models import Group
from readings.bibtex import write
from readings.conversion import entry_from_work
from readings.models import Work

CITED = re.compile(r"\[\[\s*cite\s*:\s*([^\]|#\n]{1,120}?)\s*(?:[|#][^\]\n]*)?\]\]")
PICTURE = re.compile(r"/pictures/([A-Za-z0-9_-]{4,40}-\d{1,5}x\d{1,5}\.(?:png|jpg|webp))")


@dataclass(frozen=True, slots=True)
class Exported:
    """One note, gathered. `works` are those it cites or stands beside; `steps` the report on its latest revision."""

    pk: int
    title: str
    body: str
    status: str
    authors: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    revision: int
    works: tuple[Work, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    givens: tuple[dict[str, Any], ...] = ()
    seed: int = 0
    macros: GroupMacros = NO_MACROS
    kinds: frozenset[str] = field(default_factory=frozenset)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(work.key for work in self.works)

    @property
    def file_stem(self) -> str:
        """A name for files: ASCII letters, digits and hyphens."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:60].strip("-")
        return words or f"note-{self.pk}"


def gather(note: Note) -> Exported:
    """Everything that an export of one note holds."""
    return _gathered([note], note.group)[0]


def gather_group(group: Group) -> list[Exported]:
    """The same of every note of a group, at a fixed number of queries."""
    notes = Note.objects.of(group).select_related("author", "changed_by").prefetch_related("works").order_by("pk")
    return _gathered(list(notes), group)


def _gathered(notes: Sequence[Note], group: Group) -> list[Exported]:
    macros, kinds = macros_of(group), frozenset(linkers())
    of_group = {work.key: work for work in Work.objects.filter(group=group)}
    checks = Check.objects.filter(revision__note__in=[note.pk for note in notes], state=Check.State.DONE)
    reports = {(c.revision.note_id, c.revision.number): c for c in checks.select_related("revision")}
    former = with_former_names(notes, group)  # elsewhere only what a thing is called now leads to it
    found = []
    for note in notes:
        works = {work.key: work for work in note.works.all()}
        for key in CITED.findall(note.body):
            if key in of_group:
                works.setdefault(key, of_group[key])
        check = reports.get((note.pk, note.number))
        people = [note.author, note.changed_by]
        names = dict.fromkeys(person.display_name for person in people if person is not None)
        found.append(
            Exported(
                pk=note.pk, title=note.title, body=present_source(note) if note.pk in former else note.body,
                status=note.status, authors=tuple(names),
                created_at=note.created_at, changed_at=note.changed_at, revision=note.number,
                works=tuple(works.values()), steps=tuple(check.report.get("steps", ())) if check else (),
                givens=tuple(check.report.get("givens", ())) if check else (), seed=check.seed if check else 0,
                macros=macros, kinds=kinds,
            )
        )  # fmt: skip
    return found


def bibliography(works: Iterable[Work]) -> str:
    """The works as one .bib."""
    return write([entry_from_work(work, ()) for work in works])


def pictures_in(body: str, group: Group) -> dict[str, bytes]:
    """The group's own pictures that a text shows, by name; a file that is not there is left out."""
    names = set(PICTURE.findall(body))
    found: dict[str, bytes] = {}
    for image in Image.objects.filter(group=group, name__in=names) if names else ():
        try:
            with image.file.open("rb") as file:
                found[image.name] = file.read()
        except FileNotFoundError:
            continue
    return found
