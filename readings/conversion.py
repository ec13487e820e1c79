"""Between a bibliography's records and a group's rows."""

import re
from collections.abc import Iterable
from datetime import datetime

from members.models import Group, User

from .bibtex import Entry, Kind, Name, names_from_bibtex
from .bibtex.names import UnreadableName
from .bibtex.writing import type_for
from .models import Section, Work, names_from_json, names_to_json

WHOLE = {
    Work.Kind.BOOK: "Whole book",
    Work.Kind.PAPER: "Whole paper",
    Work.Kind.NOTES: "Whole notes",
    Work.Kind.VIDEO: "Whole video",
    Work.Kind.REPOSITORY: "Whole repository",
}

# `3.2 Convex sets (pp. 27–40)`: a number as printed, the title, the pages; the first and the last may be missing.
_SECTION = re.compile(
    r"(?:(?P<number>\d+(?:\.\d+)*[a-z]?|[A-Z]\.\d+(?:\.\d+)*|[IVX]+(?=\.\s)|第\S{1,4}[章节講讲])[.:]?\s+)?"
    r"(?P<title>.+?)(?:\s+\(pp?\.\s*(?P<pages>[\dxvi–-]+)\))?"
)

# A bare "I" before a title would be its first word.
_ROMAN = re.compile(r"[IVX]+")


def work_from_entry(entry: Entry, *, group: Group, by: User | None, now: datetime, key: str, position: int) -> Work:
    """The row for `entry`, unsaved, its derived columns filled."""
    work = Work(
        group=group,
        kind=Work.Kind(entry.kind.value),
        key=key,
        title=entry.title,
        authors=names_to_json(entry.authors or entry.editors),
        year=str(entry.year) if entry.year is not None else "",
        venue=entry.venue,
        publisher=entry.publisher,
        doi=entry.doi,
        arxiv_id=entry.arxiv,
        isbn=entry.isbn,
        url=entry.url,
        entry_type=entry.type[:40],
        fields=dict(entry.fields),
        position=position,
        added_by=by,
        added_at=now,
        changed_at=now,
    )
    work.fill_derived()
    return work


def sections_from_entry(entry: Entry, work: Work) -> list[Section]:
    """The sections of a new work, unsaved: its chapters, or the whole of it."""
    if not entry.chapters:
        return [Section(work=work, title=WHOLE[Work.Kind(work.kind)], position=1)]
    return [
        Section(work=work, position=place, **section_parts(chapter)) for place, chapter in enumerate(entry.chapters, 1)
    ]


def section_parts(text: str) -> dict[str, str]:
    """`3.2 Convex sets (pp. 27–40)` as the columns of a section."""
    text = " ".join(text.split())
    match = _SECTION.fullmatch(text)
    if match is None:
        return {"number": "", "title": text[:300], "pages": ""}
    number, title, pages = match.group("number", "title", "pages")
    if number and len(number) > 20:
        number, title = "", text
    return {"number": number or "", "title": title[:300], "pages": (pages or "")[:40]}


def section_text(section: Section) -> str:
    """One line for a section, which `section_parts` reads back."""
    number = f"{section.number}." if _ROMAN.fullmatch(section.number) else section.number
    return f"{number} {section.title}".strip() + (f" (pp. {section.pages})" if section.pages else "")


def is_whole(section: Section, work: Work) -> bool:
    """Whether `section` only stands for its work as a whole."""
    return not section.number and section.title == WHOLE[Work.Kind(work.kind)]


def entry_from_work(work: Work, sections: Iterable[Section]) -> Entry:
    """The record of a work, as `bibtex.write` takes it."""
    sections = list(sections)
    whole = len(sections) == 1 and is_whole(sections[0], work)
    names = names_from_json(work.authors)
    edited = bool(work.fields.get("editor")) and not work.fields.get("author")
    return Entry(
        key=work.key,
        type=work.entry_type or type_for(Kind(work.kind), venue=work.venue),
        kind=Kind(work.kind),
        title=work.title,
        authors=() if edited else names,
        editors=names if edited else _editors(work),
        year=int(work.year) if work.year.isdecimal() else None,
        venue=work.venue,
        publisher=work.publisher,
        doi=work.doi,
        arxiv=work.arxiv_id,
        isbn=work.isbn,
        url=work.url,
        chapters=() if whole else tuple(section_text(section) for section in sections),
        fields=work.fields,
    )


def _editors(work: Work) -> tuple[Name, ...]:
    try:
        return names_from_bibtex(work.fields.get("editor", ""))
    except UnreadableName:
        return ()
