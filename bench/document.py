"""docs/performance.md, of which each comparison writes its own part."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
EDITOR_HEADING = "## The editor"
CHECKER_HEADING = "## The checker beside other engines"
NOTES_HEADING = "## Lists of thousands of notes"
HEADINGS = (EDITOR_HEADING, CHECKER_HEADING, NOTES_HEADING)  # in their order, behind the part of the pages


def with_pages(document: str, pages: str) -> str:
    """`document` with its first part, that of the pages, replaced."""
    return _joined({**_parts(document), "": pages})


def with_editor(document: str, editor: str) -> str:
    """`document` with the part of the editor replaced. `editor` begins with its heading."""
    return _with(document, EDITOR_HEADING, editor)


def with_checker(document: str, checker: str) -> str:
    """`document` with the part of the checker replaced. `checker` begins with its heading."""
    return _with(document, CHECKER_HEADING, checker)


def with_notes(document: str, notes: str) -> str:
    """`document` with its very last part, that of the lists, replaced. `notes` begins with its heading."""
    return _with(document, NOTES_HEADING, notes)


def _with(document: str, heading: str, part: str) -> str:
    if not part.startswith(heading):
        raise ValueError(f"This part begins with {heading!r}.")
    return _joined({**_parts(document), heading: part})


def _parts(document: str) -> dict[str, str]:
    """The parts by their headings; that of the pages has none."""
    places = sorted((place, heading) for heading in HEADINGS if (place := document.find(heading)) >= 0)
    starts = [(0, ""), *places]
    ends = [place for place, _ in places] + [len(document)]
    return {heading: document[start:end] for (start, heading), end in zip(starts, ends, strict=True)}


def _joined(parts: dict[str, str]) -> str:
    return "\n\n".join(parts[each].rstrip() for each in ("", *HEADINGS) if parts.get(each)) + "\n"


def current() -> str:
    return DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""


def write(text: str) -> None:
    DOCUMENT.write_text(text, encoding="utf-8")
    print(f"\nWrote docs/{DOCUMENT.name}.")
