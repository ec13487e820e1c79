"""What a note declares, as a panel beside it: made from the report when a check is kept, and only printed when read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from commons.templatetags.commons import trusted_html
from mathtext import Macros

from .verdicts import shown_name, typeset

_BLOCK = re.compile(r'<(?P<tag>[a-z][a-z0-9]*)(?P<before>[^<>]*?) data-line="(?P<line>\d+)"(?P<after>[^<>]*)>')
_ID = re.compile(r' id="([^"]+)"')
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class ShownGiven:
    """One symbol or definition: typeset, what it was read as, and where. `anchor` is empty where the page has none."""

    symbol: SafeString
    words: str
    shape: SafeString | str
    line: int
    anchor: str


@dataclass(frozen=True, slots=True)
class ShownGivens:
    """All that a note declares, and what the checker took for granted or passed over."""

    symbols: tuple[ShownGiven, ...]
    definitions: tuple[ShownGiven, ...]
    assumed: tuple[SafeString, ...]
    passed_over: tuple[tuple[SafeString, str], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.symbols or self.definitions or self.assumed or self.passed_over)


def with_givens(
    html: str, report: Mapping[str, Any], *, anchor_prefix: str = "", macros: Macros | None = None
) -> tuple[str, str]:
    """Return the note's HTML with places to jump to, and the panel leading there; empty where nothing is declared."""
    lines = {each["line"] for part in ("givens", "definitions") for each in report.get(part, ())}
    html, anchors = _anchored(html, lines, anchor_prefix)
    shown = shown_givens(report, anchors, macros)
    return html, "" if shown.is_empty else render_to_string("derivations/_givens.html", {"givens": shown})


def shown_givens(report: Mapping[str, Any], anchors: Mapping[int, str], macros: Macros | None = None) -> ShownGivens:
    return ShownGivens(
        symbols=tuple(_given(each, anchors) for each in report.get("givens", ())),
        definitions=tuple(_definition(each, anchors, macros) for each in report.get("definitions", ())),
        assumed=tuple(_sentence(words) for words in report.get("assumed", ())),
        passed_over=tuple((shown_name(each["name"]), each["given"]) for each in report.get("passed_over", ())),
    )


def _given(given: Mapping[str, Any], anchors: Mapping[int, str]) -> ShownGiven:
    words = ", ".join([given["kind"], *given["properties"]])
    shape = typeset(given["shape"].replace(" by ", r" \times ")) if given["shape"] else ""
    return ShownGiven(shown_name(given["name"]), words, shape, given["line"], anchors.get(given["line"], ""))


def _definition(defined: Mapping[str, Any], anchors: Mapping[int, str], macros: Macros | None) -> ShownGiven:
    latex = typeset(_on_one_line(defined["latex"]), macros)
    return ShownGiven(latex, "", "", defined["line"], anchors.get(defined["line"], ""))


def _on_one_line(latex: str) -> str:
    return " ".join(latex.replace("&", " ").replace(r"\\", " ").split())


def _sentence(words: str) -> SafeString:
    """A sentence of the checker's, with the names in it typeset."""
    parts = _CODE.split(words)
    return trusted_html("".join(shown_name(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)))


def _anchored(html: str, lines: Sequence[int] | set[int], prefix: str) -> tuple[str, dict[int, str]]:
    """Give the blocks that `lines` stand in an id, unless they have one."""
    starts = sorted({int(match["line"]) for match in _BLOCK.finditer(html)})
    block_of = {line: starts[place - 1] for line in lines if (place := bisect_right(starts, line))}
    wanted, ids = set(block_of.values()), dict[int, str]()

    def named(match: re.Match[str]) -> str:
        line = int(match["line"])
        if line not in wanted or line in ids:
            return match[0]
        known = _ID.search(match["before"]) or _ID.search(match["after"])
        ids[line] = known[1] if known else f"{prefix}line-{line}"
        return match[0] if known else f'{match[0][:-1]} id="{ids[line]}">'

    html = _BLOCK.sub(named, html)
    return html, {line: ids[start] for line, start in block_of.items()}


__all__ = ["ShownGiven", "ShownGivens", "shown_givens", "with_givens"]
