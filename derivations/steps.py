"""The steps of a note as the page knows them: those of the latest revision that was judged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .addresses import text_of
from .models import Check, Note


@dataclass(frozen=True, slots=True)
class Step:
    """One step under its address: `revision` is the one that was judged, `number` its place in it from 1."""

    key: str
    number: int
    line: int
    latex: str
    verdict: str
    revision: int

    @property
    def said(self) -> str:
        return digest_of(self.latex)


def digest_of(latex: str) -> str:
    """The same for two steps that say the same."""
    return hashlib.sha256(text_of(latex).encode("utf-8", "replace")).hexdigest()[:32]


def steps_in(report: Mapping[str, Any], *, revision: int) -> list[Step]:
    """The steps of a report that have addresses."""
    return [
        Step(
            key=step["key"],
            number=step["index"] + 1,
            line=step["line"],
            latex=step["latex"],
            verdict=step["verdict"],
            revision=revision,
        )
        for step in report.get("steps", ())
        if step.get("key")
    ]


def steps_of(note: Note) -> list[Step]:
    """The steps of the latest revision that was judged, which may not be the latest. One query."""
    judged = (
        Check.objects.filter(revision__note=note, state=Check.State.DONE)
        .order_by("-revision__number")
        .values_list("report", "revision__number")
        .first()
    )
    return steps_in(judged[0], revision=judged[1]) if judged else []


__all__ = ["Step", "digest_of", "steps_in", "steps_of"]
