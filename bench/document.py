"""docs/performance.md, of which each comparison writes its own part."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
CHECKER_HEADING = "## The checker beside other engines"
NOTES_HEADING = "## Lists of thousands of notes"


def with_pages(document: str, pages: str) -> str:
    """`document` with its first part, that of the pages, replaced."""
    _, heading, checker = document.partition(CHECKER_HEADING)
    return pages.rstrip() + "\n" + (f"\n{heading}{checker}" if heading else "")


def with_checker(document: str, checker: str) -> str:
    """`document` with its last part, that of the checker, replaced. `checker` begins with its heading."""
    if not checker.startswith(CHECKER_HEADING):
        raise ValueError(f"The part of the checker begins with {CHECKER_HEADING!r}.")
    pages, _, rest = document.partition(CHECKER_HEADING)
    _, heading, notes = rest.partition(NOTES_HEADING)
    return f"{pages.rstrip()}\n\n{checker.rstrip()}\n" + (f"\n{heading}{notes}" if heading else "")


def with_notes(document: str, notes: str) -> str:
    """`document` with its very last part, that of the lists, replaced. `notes` begins with its heading."""
    before, _, _ = document.partition(NOTES_HEADING)
    return f"{before.rstrip()}\n\n{notes.rstrip()}\n"


def current() -> str:
    return DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""


def write(text: str) -> None:
    DOCUMENT.write_text(text, encoding="utf-8")
    print(f"\nWrote docs/{DOCUMENT.name}.")
