"""Markdown with front matter. Each value is JSON, which YAML reads as well: nothing in a title can end the block."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .gathering import Exported

FENCE = "---\n"


def markdown_of(note: Exported, *, marks: bool = False) -> str:
    """The note as it was typed, below what is known of it; with `marks`, the verdict on each step as well."""
    tally = {
        answer: sum(step["verdict"] == answer for step in note.steps) for answer in ("holds", "fails", "unchecked")
    }
    matter: dict[str, Any] = {
        "title": note.title,
        "authors": list(note.authors),
        "status": note.status,
        "date": note.changed_at.date().isoformat(),
        "created": note.created_at.isoformat(),
        "revision": note.revision,
        "works": list(note.keys),
    }
    if note.givens:
        matter["givens"] = [
            " ".join(part for part in (each["name"], each["kind"], each["shape"]) if part) for each in note.givens
        ]
    if marks and note.steps:
        matter["steps"] = tally
        matter["verdicts"] = [f"{step['index'] + 1} {step['verdict']}" for step in note.steps]
    return front_matter(matter) + note.body


def front_matter(matter: Mapping[str, Any]) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in matter.items()]
    return FENCE + "\n".join(lines) + "\n" + FENCE


def split_front_matter(text: str) -> tuple[dict[str, Any], str, int]:
    """What stands in the front matter, the rest, and how many lines the front matter takes."""
    if not text.startswith(FENCE):
        return {}, text, 0
    end = text.find("\n---\n", len(FENCE) - 1)
    if end < 0 or end > 20_000:
        return {}, text, 0
    found: dict[str, Any] = {}
    for line in text[len(FENCE) : end + 1].split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.isidentifier():
            found[name] = _value(value.strip())
    body = text[end + len("\n---\n") :]
    return found, body, text.count("\n", 0, len(text) - len(body))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip("'\"")
