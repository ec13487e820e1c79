"""A Jupyter notebook as one text: Markdown as it is, code as code. Outputs are left out, whatever they hold."""

from __future__ import annotations

import json
from typing import Any

from .found import Trouble, Unreadable

MOST_CELLS = 5_000
OURS = ("title", "readings")


def read_notebook(text: str) -> tuple[str, str, list[Trouble], tuple[str, ...]]:
    """Title, body, what was left out, citation keys. Raises Unreadable."""
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise Unreadable(f"This is no notebook: the JSON breaks off{f' in line {line}' if line else ''}.") from error
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(
            "This notebook has no list of cells; notebooks of format 4 are read. Save it again in Jupyter."
        )
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"This notebook has {len(cells):,} cells; at most {MOST_CELLS:,} are read. Split it.")
    metadata = book.get("metadata") if isinstance(book.get("metadata"), dict) else {}
    own = metadata.get("studygroup") if isinstance(metadata.get("studygroup"), dict) else None
    parts: list[str] = []
    outputs = pages = attachments = steps = 0
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        source, kind = _joined(cell.get("source")), cell.get("cell_type")
        if own is not None and (cell.get("id") in OURS or str(cell.get("id", "")).startswith("verdict-")):
            continue
        if kind == "code":
            made = cell.get("outputs") if isinstance(cell.get("outputs"), list) else []
            outputs += len(made)
            pages += sum(isinstance(each, dict) and "text/html" in (each.get("data") or {}) for each in made)
            cell_metadata = cell.get("metadata")
            if isinstance(cell_metadata, dict) and cell_metadata.get("studygroup") == "step":
                steps += 1  # written from a step, which will write it again
                continue
        attachments += len(cell.get("attachments") or {}) if isinstance(cell.get("attachments"), dict) else 0
        if not source.strip():
            continue
        parts.append(source.strip("\n") if kind == "markdown" else _fenced(source, "python" if kind == "code" else ""))
    troubles = []
    if outputs:
        of_pages = f", {pages} of them HTML," if pages else ""
        words = f"{outputs} output{'s' if outputs > 1 else ''} of its cells{of_pages} left out."
        troubles.append(Trouble(0, words))
    if attachments:
        troubles.append(Trouble(0, f"{attachments} attached picture(s) left out. Paste them in."))
    if steps:
        troubles.append(
            Trouble(0, f"The code of {steps} step{'s' if steps > 1 else ''}, which can be written again, left out.")
        )
    title = own.get("title") if own is not None and isinstance(own.get("title"), str) else ""
    works = own.get("works") if own is not None and isinstance(own.get("works"), list) else []
    return title, "\n\n".join(parts) + "\n", troubles, tuple(each for each in works if isinstance(each, str))


def _joined(source: Any) -> str:
    if isinstance(source, list):
        return "".join(each for each in source if isinstance(each, str))
    return source if isinstance(source, str) else ""


def _fenced(source: str, language: str) -> str:
    fence = "```"
    while fence in source:
        fence += "`"
    return f"{fence}{language}\n{source.strip(chr(10))}\n{fence}"
