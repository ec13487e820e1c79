"""A file by its kind: the name says which, and the bytes must agree."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from derivations.exporting.markdown import split_front_matter
from derivations.rendering import LIMITS, render_note
from mathtext import markdown as dialect

from .archive import read_archive
from .found import Draft, Found, Trouble, Unreadable
from .latex import read_latex
from .notebook import read_notebook

READING_SECONDS = 12.0  # after which further texts of an archive are not read
DRAWING_SECONDS = 4.0  # after which the drafts of one file are counted and no longer drawn
TEXTS = (".md", ".markdown", ".txt", ".tex", ".ipynb")
_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_parser = dialect.build()


def read_upload(name: str, data: bytes) -> Found:
    """Everything in a file that can become notes. Raises Unreadable; never anything else for what a file holds."""
    if not data:
        raise Unreadable("This file is empty.")
    suffix = PurePosixPath(name.lower()).suffix
    if data[:4] == b"PK\x03\x04" or suffix == ".zip":
        texts, rows, troubles, pictures, bibliography = read_archive(data)
        ends = time.monotonic() + READING_SECONDS
        drafts = [
            _draft(file, text, rows.get(file, {}))
            if time.monotonic() < ends
            else Draft(file[:120], "", file, refusal="Reading took too long before this file came. Import it apart.")
            for file, text in texts.items()
        ]
        found = Found(tuple(drafts), tuple(troubles), pictures, bibliography)
    elif suffix in TEXTS:
        found = Found((_draft(name, data, {}),))
    else:
        raise Unreadable(
            "Files ending in .md, .tex, .ipynb and .zip are read. Save the text as one of these.", status=415
        )
    if not found.drafts:
        raise Unreadable("This archive holds no file ending in .md, .tex or .ipynb.")
    return replace(found, drafts=tuple(_drawn(list(found.drafts))))


def _draft(name: str, data: bytes, row: Mapping[str, Any]) -> Draft:
    """One file as one note to be made."""
    stem = PurePosixPath(name.replace("\\", "/")).stem[:120] or "Imported note"
    text, troubles = _text(data)
    matter: dict[str, Any] = {}
    first = 0
    title, works = "", ()
    try:
        match PurePosixPath(name.lower()).suffix:
            case ".tex":
                title, body, more = read_latex(text)
            case ".ipynb":
                title, body, more, works = read_notebook(text)
            case _:
                matter, body, taken = split_front_matter(text)
                more, first = [], taken
    except Unreadable as reason:
        return Draft(stem, "", name, refusal=str(reason))
    title = _words(matter.get("title")) or title
    if not title and (heading := _HEADING.match(body)):
        title, body = heading[1], body[heading.end() :].lstrip("\n")
    listed = matter.get("works") or row.get("works") or works
    works = tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list | tuple) else ()
    title = _words(row.get("title")) or title or stem
    return _counted(Draft(title[:200], body, name, works=works[:100], troubles=(*troubles, *more), first=first))


def _words(value: object) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _text(data: bytes) -> tuple[str, list[Trouble]]:
    """The text, its line ends made ours. What is no UTF-8 is read as Latin-1, which reads everything."""
    troubles: list[Trouble] = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        troubles.append(Trouble(line, "This file is not UTF-8; it was read as Latin-1. Look at its accented letters."))
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), troubles


def _counted(draft: Draft) -> Draft:
    if not draft.body.strip():
        return replace(draft, refusal="There is no text in it.")
    if len(draft.body) > LIMITS.note_chars:
        words = f"It has {len(draft.body):,} characters; at most {LIMITS.note_chars:,} fit into a note. Split it up."
        return replace(draft, refusal=words)
    tokens = _parser.parse(dialect.protect_pipes(draft.body))
    count = sum("formula" in each.meta for token in tokens for each in (token, *(token.children or ())))
    if count > LIMITS.max_formulas:
        words = f"It has {count:,} formulas; at most {LIMITS.max_formulas:,} of a note are drawn. Split it up."
        return replace(draft, formulas=count, refusal=words)
    return replace(draft, formulas=count)


def _drawn(drafts: list[Draft]) -> list[Draft]:
    """With the places that could not be read as meant, for as many as the time allows."""
    ends = time.monotonic() + DRAWING_SECONDS
    made = []
    for draft in drafts:
        if draft.refusal or time.monotonic() > ends:
            made.append(draft)
            continue
        problems = render_note(draft.body).problems[:50]
        found = [Trouble(each.line + draft.first, f"{each.message} {each.source[:80]}".strip()) for each in problems]
        made.append(replace(draft, troubles=(*draft.troubles, *found)))
    return made
