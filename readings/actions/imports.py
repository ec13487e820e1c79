"""Bringing a bibliography in: read it and hold it, then add what was ticked, and undo that where nobody has used it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from members.models import Group, User
from readings.bibtex import Entry, Kind, Name, Problem, Severity, UnreadableFile, parse
from readings.conversion import sections_from_entry, work_from_entry
from readings.models import ImportDraft, Section, Work
from readings.twins import Shelf

from .works import lock_list, next_position, works_in_use

KEPT_FOR = timedelta(days=7)
BATCH = 500


class CannotImport(Exception):
    """Why a bibliography cannot be brought in, in words fit to show a member."""


@dataclass(frozen=True)
class ImportResult:
    """What an import, or undoing one, came to. `completed` works were there and had gaps filled in."""

    done: int
    left: int = 0
    completed: int = 0


def hold_import(*, group: Group, data: bytes | str, source_name: str, by: User, now: datetime) -> ImportDraft:
    """Read a bibliography and keep what was found for the preview. Nothing is added yet. Raises CannotImport."""
    try:
        bibliography = parse(data)
    except UnreadableFile as reason:
        raise CannotImport(str(reason)) from reason
    text = data if isinstance(data, str) else data.decode(_codec(bibliography.encoding), "replace")
    with transaction.atomic():
        ImportDraft.objects.filter(user=by, confirmed_at=None, created_at__lt=now - KEPT_FOR).delete()
        return ImportDraft.objects.create(
            group=group,
            user=by,
            source_name=source_name[:200],
            text=text.replace("\0", ""),
            entries=[asdict(entry) for entry in bibliography.entries],
            problems=[asdict(problem) for problem in bibliography.problems],
            created_at=now,
        )


def entries_of(draft: ImportDraft) -> list[Entry]:
    """The records that a draft holds."""
    return [_entry(row) for row in draft.entries]


def problems_of(draft: ImportDraft) -> list[Problem]:
    return [Problem(**{**row, "severity": Severity(row["severity"])}) for row in draft.problems]


@transaction.atomic
def confirm_import(
    *, draft: ImportDraft, chosen: Collection[int], by: User, now: datetime, completing: Collection[int] = ()
) -> ImportResult:
    """Add the entries whose places in the draft are `chosen`, and fill in the gaps of listed works from `completing`.

    A key that the list has taken in the meantime gets a number; it is never given to two works. Raises CannotImport
    where nothing is chosen, and where the draft was confirmed already.
    """
    draft = ImportDraft.objects.select_for_update().select_related("group").get(pk=draft.pk)
    if draft.confirmed_at is not None:
        raise CannotImport("This import was added already. Nothing was added twice.")
    entries = entries_of(draft)
    picked = [entries[place] for place in sorted(set(chosen)) if 0 <= place < len(entries)]
    completed = _complete(draft.group, [entries[place] for place in completing if 0 <= place < len(entries)], now=now)
    if not picked and not completed:
        raise CannotImport("Nothing is ticked. Tick the readings to add, or leave the import.")
    added = add_entries(group=draft.group, entries=picked, by=by, now=now)
    draft.confirmed_at = now
    draft.added = [work.pk for work in added]
    draft.text = ""
    draft.entries = []
    draft.save()
    return ImportResult(done=len(added), left=len(entries) - len(picked), completed=completed)


@transaction.atomic
def undo_import(*, draft: ImportDraft, by: User, now: datetime) -> ImportResult:
    """Remove the works that an import added, except those that someone has marked, assigned, linked or edited since."""
    draft = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.confirmed_at is None or draft.undone_at is not None:
        raise CannotImport("There is nothing to undo: this import was undone already, or never added.")
    used = works_in_use(draft.added)
    removed = 0
    for start in range(0, len(draft.added), BATCH):
        some = [pk for pk in draft.added[start : start + BATCH] if pk not in used]
        untouched = Work.objects.filter(pk__in=some, group_id=draft.group_id, changed_at=draft.confirmed_at)
        removed += untouched.count()
        untouched.delete()
    still_there = 0
    for start in range(0, len(draft.added), BATCH):
        still_there += Work.objects.filter(pk__in=draft.added[start : start + BATCH]).count()
    draft.undone_at = now
    draft.save(update_fields=["undone_at"])
    return ImportResult(done=removed, left=still_there)


def add_entries(*, group: Group, entries: list[Entry], by: User | None, now: datetime) -> list[Work]:
    """Add records as works at the end of the list, whether or not they are on it; for use inside a transaction."""
    lock_list(group)
    taken = {key.lower() for key in Work.objects.filter(group=group).values_list("key", flat=True)}
    position = next_position(group)
    works = []
    for place, entry in enumerate(entries):
        key = entry.key
        if key.lower() in taken:
            key = _free(key, taken)
        taken.add(key.lower())
        works.append(work_from_entry(entry, group=group, by=by, now=now, key=key, position=position + place))
    works = Work.objects.bulk_create(works, batch_size=BATCH)
    sections = [
        section for entry, work in zip(entries, works, strict=True) for section in sections_from_entry(entry, work)
    ]
    Section.objects.bulk_create(sections, batch_size=BATCH)
    return works


def gaps_of(work: Work, entry: Entry) -> dict[str, str]:
    """What `entry` knows and `work` does not, by column: the DOI of a paper that was listed as a preprint, say."""
    known = {
        "doi": entry.doi,
        "arxiv_id": entry.arxiv,
        "isbn": entry.isbn,
        "url": entry.url,
        "venue": entry.venue,
        "publisher": entry.publisher,
        "year": str(entry.year or ""),
    }
    return {column: value for column, value in known.items() if value and not getattr(work, column)}


def _complete(group: Group, entries: list[Entry], *, now: datetime) -> int:
    shelf = Shelf(group)
    completed = 0
    for entry in entries:
        twin = shelf.twin_of(entry)
        if twin is None:
            continue  # it was removed in the meantime
        work = Work.objects.select_for_update().get(pk=twin.pk)
        gaps = gaps_of(work, entry)
        if gaps:
            for column, value in gaps.items():
                setattr(work, column, value)
            work.changed_at = now
            work.save(update_fields=[*gaps, "changed_at"])
            completed += 1
    return completed


def new_entries(group: Group, entries: list[Entry]) -> list[Entry]:
    """Those of `entries` that are not on the group's list yet, archived works counted in."""
    shelf = Shelf(group)
    fresh = []
    for entry in entries:
        if shelf.twin_of(entry) is None:
            shelf.add(entry, entry.key)
            fresh.append(entry)
    return fresh


def _free(key: str, taken: set[str]) -> str:
    number = 2
    while f"{key[:110]}-{number}".lower() in taken:
        number += 1
    return f"{key[:110]}-{number}"


def _entry(row: dict[str, Any]) -> Entry:
    names = {role: tuple(Name(**name) for name in row[role]) for role in ("authors", "editors")}
    return Entry(**{**row, **names, "kind": Kind(row["kind"]), "chapters": tuple(row["chapters"])})


def _codec(encoding: str) -> str:
    return {"utf-8": "utf-8-sig", "latin-1": "cp1252"}.get(encoding, encoding)
