"""Is this work on the list already? By DOI, arXiv id, ISBN, or by title with year or first author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from members.models import Group

from .bibtex import Entry
from .models import Work, folded


@dataclass(frozen=True)
class Twin:
    """A work on the list that a new one seems to be, and by what: `DOI 10.1000/182`."""

    pk: int
    title: str
    key: str
    by: str
    archived: bool = False


class Shelf:
    """The works of one group by everything that tells two records of a work apart from two works. Costs one query.

    A preprint and its journal version share title and first author, not the year: they are one work here.
    """

    def __init__(self, group: Group, *, apart_from: int | None = None) -> None:
        self._by: dict[tuple[str, str], Twin] = {}
        self.keys: set[str] = set()
        rows = Work.objects.filter(group=group).values_list(
            "pk", "title", "key", "authors", "year", "doi", "arxiv_id", "isbn", "archived_at"
        )
        for pk, title, key, authors, year, doi, arxiv_id, isbn, archived_at in rows:
            self.keys.add(key.lower())
            if pk == apart_from:
                continue
            family = (authors[0].get("family") or authors[0].get("given", "")) if authors else ""
            marks = _marks(doi=doi, arxiv=arxiv_id, isbn=isbn, title=title, year=year, family=family)
            for kind, value in marks:
                known = self._by.get((kind, value))
                if known is None or known.archived:
                    self._by[kind, value] = Twin(pk, title, key, _said(kind, value), archived_at is not None)

    def twin_of(self, entry: Entry) -> Twin | None:
        """The work that `entry` is, if the group has it."""
        return next((self._by[mark] for mark in _marks_of(entry) if mark in self._by), None)

    def add(self, entry: Entry, key: str) -> None:
        """Count `entry` in, so that a second record of it in the same file is seen."""
        for kind, value in _marks_of(entry):
            self._by.setdefault((kind, value), Twin(0, entry.title, key, _said(kind, value)))


def _marks_of(entry: Entry) -> list[tuple[str, str]]:
    names = entry.authors or entry.editors
    return _marks(
        doi=entry.doi,
        arxiv=entry.arxiv,
        isbn=entry.isbn,
        title=entry.title,
        year=str(entry.year or ""),
        family=names[0].family if names else "",
    )


def _marks(*, doi: str, arxiv: str, isbn: str, title: str, year: str, family: str) -> list[tuple[str, str]]:
    plain = "".join(letter for letter in folded(title) if letter.isalnum())
    marks = [("DOI", doi.lower()), ("arXiv", arxiv), ("ISBN", isbn)]
    marks.append(("title and year", f"{plain} {year}" if plain and year else ""))
    marks.append(("title and first author", f"{plain} {folded(family)}" if plain and family else ""))
    if not year and not family:
        marks.append(("title", plain))
    return [mark for mark in marks if mark[1]]


def _said(kind: str, value: str) -> str:
    return f"{kind} {value}" if kind in ("DOI", "arXiv", "ISBN") else kind


def twins_of(group: Group, entries: Iterable[Entry]) -> list[Twin | None]:
    """For each entry the work that it is, on the list already or earlier among `entries` (then with pk 0)."""
    shelf = Shelf(group)
    found = []
    for entry in entries:
        twin = shelf.twin_of(entry)
        found.append(twin)
        if twin is None:
            shelf.add(entry, entry.key)
    return found
