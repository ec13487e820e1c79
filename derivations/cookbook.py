"""The cookbook as one document: Markdown, and through it LaTeX that compiles as it is, and PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.urls import reverse

from members.models import Group

from .exporting import Exported, latex_of, pdf_of
from .macros import macros_of
from .models import Statement

WITHOUT_TOPIC = "Without a topic"


def _chapters(group: Group) -> Iterator[tuple[str, Iterator[Statement]]]:
    """The statements by topic, in the order of the book. One query."""
    rows = Statement.objects.of(group).select_related("text", "note").order_by("place")
    rows = rows.only("number", "topic", "place", "text__tex", "text__conditions", "note__title")
    return groupby(rows.iterator(chunk_size=500), key=lambda row: row.topic or WITHOUT_TOPIC)


def _body(group: Group, site: str) -> str:
    parts = []
    for topic, statements in _chapters(group):
        parts.append(f"## {_line(topic)}\n")
        for each in statements:
            address = reverse("derivations:detail", args=[group.slug, each.note_id])
            title = re.sub(r"([\\`*_{}\[\]<>$#&|~])", r"\\\1", _line(each.note.title))
            if each.text.conditions:
                parts.append("\n".join(each.text.conditions) + "\n")
            parts.append(f"$$\n{each.text.tex}\n$$\n")
            parts.append(f"Derived in [{title}, step {each.number}]({site}{address}#step-{each.number}).\n")
    return "\n".join(parts) or "Nothing is reviewed and holds yet.\n"


def cookbook_markdown(group: Group, *, site: str = "") -> str:
    """The group's cookbook in Markdown, each statement with what it stands on and where it is derived. `site` is what
    comes before an address, such as https://study.example.org."""
    return f"# {_title(group)}\n\n{_body(group, site)}"


def cookbook_latex(group: Group, *, site: str = "", now: datetime) -> str:
    """The same as a LaTeX document, with the group's macros; it does nothing but print, as every export."""
    return latex_of(_exported(group, site, now))


def cookbook_pdf(group: Group, *, site: str = "", now: datetime, seconds: int) -> bytes:
    """The same as PDF, in up to `seconds` of processor time. Raises CannotMakePdf, in words fit to show a member."""
    return pdf_of(_exported(group, site, now), seconds=seconds)


def _exported(group: Group, site: str, now: datetime) -> Exported:
    return Exported(
        pk=0,
        title=_title(group),
        body=_body(group, site),
        status="reviewed",
        authors=(),
        created_at=now,
        changed_at=now,
        revision=1,
        macros=macros_of(group),
    )


def _title(group: Group) -> str:
    return f"The cookbook of {_line(group.name)}"


def _line(text: str) -> str:
    return " ".join(text.split())


__all__ = ["cookbook_latex", "cookbook_markdown", "cookbook_pdf"]
