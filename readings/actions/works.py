"""Adding, editing, archiving and removing works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Model

from members.models import Group, User
from readings.bibtex import Entry, Kind, Name, citation_key
from readings.bibtex.writing import type_for
from readings.conversion import sections_from_entry, work_from_entry
from readings.models import Progress, Section, Work, names_to_json
from readings.twins import Shelf, Twin


class CannotChangeWork(Exception):
    """Why a work cannot be changed, in words fit to show a member."""


class AlreadyListed(Exception):
    """The work is on the list already; `twin` is the one it seems to be."""

    def __init__(self, twin: Twin) -> None:
        where = "among the archived readings" if twin.archived else "on the list"
        super().__init__(f"“{twin.title}” is {where} already, with the same {twin.by}.")
        self.twin = twin


@dataclass(frozen=True)
class WorkData:
    """What a member types of a work, identifiers in their normal form. `key` is made where it is empty."""

    kind: Kind
    title: str
    authors: tuple[Name, ...] = ()
    year: str = ""
    venue: str = ""
    publisher: str = ""
    doi: str = ""
    arxiv_id: str = ""
    isbn: str = ""
    url: str = ""
    why: str = ""
    key: str = ""
    sections: tuple[str, ...] = ()

    def as_entry(self) -> Entry:
        return Entry(
            key=self.key,
            type=type_for(self.kind, venue=self.venue),
            kind=self.kind,
            title=self.title,
            authors=self.authors,
            year=int(self.year) if self.year else None,
            venue=self.venue,
            publisher=self.publisher,
            doi=self.doi,
            arxiv=self.arxiv_id,
            isbn=self.isbn,
            url=self.url,
            chapters=self.sections,
        )


@transaction.atomic
def add_work(*, group: Group, data: WorkData, by: User, now: datetime, although_listed: bool = False) -> Work:
    """Put a work at the end of the group's list, with its sections or one for the whole of it.

    Raises AlreadyListed unless `although_listed`, and CannotChangeWork where the citation key is taken.
    """
    lock_list(group)
    shelf = Shelf(group)
    entry = data.as_entry()
    twin = shelf.twin_of(entry)
    if twin is not None and not although_listed:
        raise AlreadyListed(twin)
    if data.key and data.key.lower() in shelf.keys:
        raise CannotChangeWork(f"The citation key “{data.key}” is taken by another work. Choose another.")
    key = data.key or citation_key(authors=entry.authors, year=entry.year, title=entry.title, taken=shelf.keys)
    work = work_from_entry(entry, group=group, by=by, now=now, key=key, position=next_position(group))
    work.why = data.why
    work.save()
    Section.objects.bulk_create(sections_from_entry(entry, work))
    return work


@transaction.atomic
def edit_work(*, work: Work, data: WorkData, by: User, now: datetime, seen: datetime | None = None) -> Work:
    """Change what is known of a work. Its sections and marks stay.

    Raises CannotChangeWork where the key is taken, or where someone changed the work after `seen`.
    """
    lock_list(work.group)
    work = Work.objects.select_for_update().select_related("group").get(pk=work.pk)
    if seen is not None and work.changed_at > seen:
        raise CannotChangeWork(
            "Someone changed this reading while you were editing it. What you typed is still here: compare it with "
            "the reading in another tab, then save again to put yours in its place."
        )
    if data.key and data.key != work.key:
        taken = Work.objects.filter(group=work.group, key__iexact=data.key).exclude(pk=work.pk)
        if taken.exists():
            raise CannotChangeWork(f"The citation key “{data.key}” is taken by another work. Choose another.")
        work.key = data.key
    was = work.kind
    work.kind = Work.Kind(data.kind.value)
    work.title = data.title
    work.authors = names_to_json(data.authors)
    work.year, work.venue, work.publisher = data.year, data.venue, data.publisher
    work.doi, work.arxiv_id, work.isbn, work.url = data.doi, data.arxiv_id, data.isbn, data.url
    work.why = data.why
    work.changed_at = now
    if was != work.kind and not work.fields:
        work.entry_type = type_for(data.kind, venue=data.venue)
    work.save()
    return work


@transaction.atomic
def archive_work(*, work: Work, by: User, now: datetime) -> Work:
    """Take a work off the list; it keeps its sections and marks, and can be brought back."""
    work = Work.objects.select_for_update().get(pk=work.pk)
    if work.archived_at is not None:
        raise CannotChangeWork("This reading is in the archive already.")
    work.archived_at = work.changed_at = now
    work.save(update_fields=["archived_at", "changed_at"])
    return work


@transaction.atomic
def restore_work(*, work: Work, by: User, now: datetime) -> Work:
    """Put an archived work back on the list, at its old place."""
    work = Work.objects.select_for_update().get(pk=work.pk)
    if work.archived_at is None:
        raise CannotChangeWork("This reading is on the list already.")
    work.archived_at, work.changed_at = None, now
    work.save(update_fields=["archived_at", "changed_at"])
    return work


@transaction.atomic
def remove_work(*, work: Work, by: User, now: datetime) -> str:
    """Delete a work with its sections and everybody's marks. Returns its title, for saying what was removed."""
    work = Work.objects.select_for_update().get(pk=work.pk)
    work.delete()
    return work.title


@dataclass(frozen=True)
class Use:
    """How many things of one kind hang on a work: `3 marks of progress`."""

    number: int
    what: str


def uses_of(work: Work) -> list[Use]:
    """What other rows would go, or lose their link, with this work: progress, assignments, links of notes and ideas."""
    uses = [Use(Progress.objects.filter(section__work=work).exclude(status="to-read").count(), "marks of progress")]
    for model, lookup in _links():
        uses.append(
            Use(model._default_manager.filter(**{lookup: work.pk}).count(), str(model._meta.verbose_name_plural))
        )
    return [use for use in uses if use.number]


def works_in_use(pks: Iterable[int]) -> set[int]:
    """Those of the works `pks` that someone has marked, assigned or linked since they were added."""
    pks = list(pks)
    used: set[int] = set()
    for start in range(0, len(pks), 500):  # SQLite takes a bounded number of parameters
        some = pks[start : start + 500]
        used |= set(Progress.objects.filter(section__work__in=some).values_list("section__work", flat=True))
        for model, lookup in _links():
            used |= set(model._default_manager.filter(**{f"{lookup}__in": some}).values_list(lookup, flat=True))
    return used


def _links() -> Iterator[tuple[type[Model], str]]:
    """The models of higher rooms that point at a work or at a section, and how to get from them to the work.

    This room does not know them: Django's registry does.
    """
    for target, path in ((Work, ""), (Section, "__work")):
        for relation in target._meta.related_objects:
            model = relation.related_model
            if model in (Section, Progress) or isinstance(model, str):
                continue
            yield model, f"{relation.field.name}{path}"


def lock_list(group: Group) -> None:
    """Let one change of the list go after the other: keys and places are given out under this lock."""
    Group.objects.select_for_update().get(pk=group.pk)


def next_position(group: Group) -> int:
    highest = Work.objects.filter(group=group).aggregate(highest=Max("position"))["highest"]
    return (highest or 0) + 1
