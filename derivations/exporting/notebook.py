"""A Jupyter notebook: the text in Markdown cells, and below a display the NumPy code of its steps.

Other programs draw HTML that stands in Markdown, and some of them run it. On our page it is text, and so it is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from mathtext import markdown as dialect

from .gathering import Exported, bibliography

_parser = dialect.build()
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_TARGET = re.compile(r"\](\(|:)(?=\s*<?([^\n]{0,120}))")
_PIECE = re.compile(
    r"(?P<code>(?<![\\`])(?P<ticks>`+)(?!`)[^\n|]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<math>(?<!\\)\$\$[^$]*\$\$|(?<!\\)\$[^$\n]*\$|\\\([^\n]*?\\\))"
    r"|<(?:https?://|mailto:)[^<>\s`\"']*>"
    r"|(?P<tag><(?=[A-Za-z/!?]))"
    r"|(?P<target>\](?:\(|:))(?=\s*<?(?P<address>[^\n]{0,120}))"
)


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


def inert(text: str) -> str:
    """Markdown in which HTML is text, and no link leads to what is no page or mail."""
    lines = text.split("\n")
    made: list[str] = []
    start = 0
    for token in _parser.parse(dialect.protect_pipes(text)):
        if token.type in ("fence", "code_block") and token.map and token.map[0] >= start:
            first, end = token.map
            made += _inert("\n".join(lines[start:first])).split("\n") if first > start else []
            made += lines[first:end]
            start = end
    made += _inert("\n".join(lines[start:])).split("\n") if start < len(lines) else []
    return "\n".join(made)


def _inert(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        if match["math"]:  # a space is nothing in a formula
            formula = _TAG.sub("< ", match["math"])
            return _TARGET.sub(lambda m: f"] {m[1]}" if _is_strange(m[2]) else m[0], formula)
        if match["tag"]:
            return "&lt;"
        if match["target"] and _is_strange(match["address"]):
            return f"]\\{match['target'][1]}"
        return match[0]

    return _PIECE.sub(written, text)


def _is_strange(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20\\]", "", unescape(address)).lower()
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", plain)
    return scheme is not None and scheme[1] not in ("http", "https", "mailto")


def _markdown(text: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": inert(text).splitlines(keepends=True)}


def _code(source: str, name: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "id": name, "metadata": {"studygroup": "step"}, "outputs": [],
        "source": source.splitlines(keepends=True),
    }  # fmt: skip


__all__ = ["inert", "notebook_of"]
