"""The built-in guide “How to write so that it can be checked”: short notes with the verdicts of the real checker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from django.core.cache import cache

from .checking import CheckStopped, check_bodies, checker_version
from .rendering import render_note
from .verdicts import checked_html

KEPT_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Example:
    """`key` is the file's name without its ending, `verdicts` what the checker says of each step, by this page."""

    key: str
    title: str
    words: str
    verdicts: tuple[str, ...]
    body: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """The examples in the order of the page. Raises ValueError, naming the file, where its head is not as expected."""
    folder = resources.files("derivations") / "data" / "guide"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return tuple(_read(file.name, file.read_text(encoding="utf-8")) for file in files)


def _read(name: str, text: str) -> Example:
    opening, head, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    if opening or fields.keys() != {"title", "verdicts", "words"}:
        raise ValueError(f"{name} needs a head with title, verdicts and words between two lines of ---.")
    verdicts = tuple(fields["verdicts"].split())
    return Example(name.removesuffix(".md"), fields["title"], fields["words"], verdicts, body)


def example_or_none(key: str) -> Example | None:
    return next((example for example in examples() if example.key == key), None)


def shown_examples() -> list[tuple[Example, str]]:
    """Each example with its HTML as on the page of a note, checked on first use and kept for this version.

    Without verdicts where the check was stopped, as on a machine without memory; that is not kept.
    """
    keys = {_key(example): example for example in examples()}
    known: dict[str, str] = cache.get_many(list(keys))
    missing = [example for key, example in keys.items() if key not in known]
    if missing:
        try:
            reports = check_bodies([example.body for example in missing], seed=0)
        except CheckStopped:
            plain = {e.key: render_note(e.body, anchor_prefix=f"{e.key}-").html for e in missing}
            return [(e, known.get(_key(e)) or plain[e.key]) for e in examples()]
        made = {
            _key(example): checked_html(example.body, report, anchor_prefix=f"{example.key}-")
            for example, report in zip(missing, reports, strict=True)
        }
        cache.set_many(made, timeout=KEPT_SECONDS)
        known = {**known, **made}
    return [(example, known[key]) for key, example in keys.items()]


def _key(example: Example) -> str:
    text = hashlib.sha256(example.body.encode()).hexdigest()[:16]
    return f"guide:{checker_version()}:{example.key}:{text}"


__all__ = ["Example", "example_or_none", "examples", "shown_examples"]
