"""Records → a .bib file that reads back to equal records.

Fields that still say what the record says are written as they were read, so that braces which a member put around a
proper name outlive an import and an export; the others are written anew.
"""

import re
from collections.abc import Iterable

from readings.bibtex.latex import from_latex, to_latex
from readings.bibtex.names import UnreadableName, names_from_bibtex, names_to_bibtex
from readings.bibtex.records import Entry, Kind, Name
from readings.bibtex.works import (
    BOOKS,
    PUBLISHER_FIELDS,
    VENUE_FIELDS,
    chapters_from_bibtex,
    entry_of,
    kind_of,
    venue_of,
)

_FIELD_NAME = re.compile(r"[a-z][\w+:./-]*", re.ASCII)
_SUBTYPE = {
    Kind.BOOK: "book",
    Kind.PAPER: "paper",
    Kind.NOTES: "lecture notes",
    Kind.VIDEO: "video",
    Kind.REPOSITORY: "repository",
}
_VENUE_FIELD = {
    "article": "journal",
    "inproceedings": "booktitle",
    "conference": "booktitle",
    "incollection": "booktitle",
    "inbook": "booktitle",
    "phdthesis": "school",
    "mastersthesis": "school",
    "thesis": "institution",
    "techreport": "institution",
    "report": "institution",
}


def write(entries: Iterable[Entry]) -> str:
    """The entries as one .bib in UTF-8, in their order."""
    return "\n".join(write_entry(entry) for entry in entries)


def write_entry(entry: Entry) -> str:
    """One entry, ending in a line break."""
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(entry).items() if value]
    return f"@{entry.type}{{{entry.key},\n" + "\n".join(lines) + "\n}\n"


def type_for(kind: Kind, *, venue: str = "") -> str:
    """The entry type for a work that was typed in by hand."""
    match kind:
        case Kind.BOOK:
            return "book"
        case Kind.PAPER:
            return "article" if venue else "misc"
        case Kind.NOTES | Kind.VIDEO | Kind.REPOSITORY:
            return "misc"


def _fields(entry: Entry) -> dict[str, str]:
    fields = {name: value for name, value in entry.fields.items() if _writable(name, value)}
    before, _ = _as_read(entry, fields)
    _put_title(entry, fields)
    _put_names(fields, "author", entry.authors)
    _put_names(fields, "editor", entry.editors)
    if before is None or before.year != entry.year:
        for name in ("year", "date", "origdate"):
            fields.pop(name, None)
        fields["year"] = str(entry.year) if entry.year is not None else ""
    if venue_of(fields) != entry.venue:
        for name in VENUE_FIELDS:
            fields.pop(name, None)
        fields[_VENUE_FIELD.get(entry.type, "howpublished")] = to_latex(entry.venue)
    if before is None or before.publisher != entry.publisher:
        for name in PUBLISHER_FIELDS:
            fields.pop(name, None)
        fields["publisher"] = to_latex(entry.publisher)
    _put_identifiers(entry, fields, before)
    if chapters_from_bibtex(fields.get("chapters", "")) != entry.chapters:
        fields["chapters"] = "; ".join(_chapter(title) for title in entry.chapters)
    if kind_of(entry.type, fields, entry.url) is not entry.kind:
        fields["entrysubtype"] = _SUBTYPE[entry.kind]
    return fields


def _as_read(entry: Entry, fields: dict[str, str]) -> tuple[Entry | None, object]:
    """What the kept fields say by themselves, to see which of them the record has outgrown."""
    if not fields:
        return None, None
    return entry_of(type=entry.type, key=entry.key, fields={"title": "untitled", **fields}, line=0)


def _put_title(entry: Entry, fields: dict[str, str]) -> None:
    kept = f"{fields['title']}: {fields['subtitle']}" if fields.get("subtitle") else fields.get("title", "")
    if from_latex(kept) != entry.title:
        fields.pop("subtitle", None)
        title = to_latex(entry.title, protect=True)
        rest = {name: value for name, value in fields.items() if name != "title"}
        fields.clear()
        fields.update({"title": title, **rest})


def _put_names(fields: dict[str, str], role: str, names: tuple[Name, ...]) -> None:
    try:
        kept = names_from_bibtex(fields.get(role, ""))
    except UnreadableName:
        kept = None
    if kept != names and not (kept is None and len(names) == 1):
        fields[role] = names_to_bibtex(names)


def _put_identifiers(entry: Entry, fields: dict[str, str], before: Entry | None) -> None:
    if before is None or before.doi != entry.doi:
        fields["doi"] = entry.doi
    if before is None or before.url != entry.url:
        fields["url"] = entry.url
    if entry.type in BOOKS and (before is None or before.isbn != entry.isbn):
        fields["isbn"] = entry.isbn
    if before is None or before.arxiv != entry.arxiv:
        for name in ("arxivid", "arxiv", "eprint", "archiveprefix", "eprinttype"):
            fields.pop(name, None)
        if entry.arxiv:
            fields.update(eprint=entry.arxiv, archiveprefix="arXiv")


def _chapter(title: str) -> str:
    written = to_latex(title)
    return f"{{{written}}}" if ";" in written else written


def _writable(name: str, value: str) -> bool:
    return bool(_FIELD_NAME.fullmatch(name)) and value.count("{") == value.count("}")
