"""A Jupyter notebook: the text in Markdown cells, and below a display the NumPy code of its steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mathtext import markdown as dialect

from .gathering import Exported, bibliography

_parser = dialect.build()


def notebook_of(note: Exported, *, codes: Mapping[int, str] | None = None, marks: bool = False) -> str:
    """The note as nbformat 4.5. `codes`: the NumPy source of steps, by their index from 0."""
    codes = codes or {}
    cells = [_markdown(f"# {note.title}\n\n{', '.join(note.authors)}, {note.changed_at:%-d %B %Y}", "title")]
    lines = note.body.split("\n")
    start = 0
    for place, end in enumerate(_ends(note.body)):
        here = [step for step in note.steps if start < step["line"] <= end]
        written = [step for step in here if step["index"] in codes]
        if not written and not (marks and here):
            continue
        _add_text(cells, lines[start:end], place)
        if marks:
            said = ", ".join(f"step {step['index'] + 1}: {step['verdict']}" for step in here)
            cells.append(_markdown(f"*{said}*", f"verdict-{place}"))
        for step in written:
            cells.append(_code(codes[step["index"]], f"step-{step['index'] + 1}"))
        start = end
    _add_text(cells, lines[start:], len(lines))
    if note.works:
        entries = bibliography(note.works)
        cells.append(_markdown(f"## Readings\n\n```bibtex\n{entries.rstrip()}\n```", "readings"))
    made = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "studygroup": {"title": note.title, "works": list(note.keys), "revision": note.revision},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _ends(body: str) -> list[int]:
    """The lines behind which a text may be cut: those of its top blocks with a display."""
    tokens = _parser.parse(dialect.protect_pipes(body))
    return [token.map[1] for token in tokens if token.level == 0 and token.map and token.nesting <= 0]


def _add_text(cells: list[dict[str, Any]], lines: list[str], place: int) -> None:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        cells.append(_markdown(text, f"text-{place}"))


def _markdown(text: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(source: str, name: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "id": name, "metadata": {"studygroup": "step"}, "outputs": [],
        "source": source.splitlines(keepends=True),
    }  # fmt: skip


__all__ = ["notebook_of"]
