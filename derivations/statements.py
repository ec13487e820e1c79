"""From a checked note to the statements of the cookbook: each claim that holds, with what it stands on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mathtext.fragments import key, symbols
from readings.models import folded

MOST_WORDS = 500
MOST_CONDITIONS = 6
MOST_SENTENCE = 600
_MARKS = re.compile(r"\\(?:tag|label)\*?\s*\{[^{}]*\}|\\(?:notag|nonumber)(?![a-zA-Z])")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}")
_REFERENCE = re.compile(r"\\(?:eqref|ref)\s*\{([^{}]*)\}")
_LINK = re.compile(r"\[\[(?:[a-z]+:)?([^\[\]|]*)(?:\|([^\[\]]*))?\]\]")
_SENTENCE_END = re.compile(r"(?<=[.:!?])\s+(?=[A-Z])")
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\begin\{([a-z]+\*?)\}.*?\\end\{\1\}", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A claim that holds: the number of its step, from 1, and its TeX on one line."""

    number: int
    tex: str
    conditions: tuple[str, ...]
    heading: str
    tex_key: str
    symbols: str
    words: str


def statements_of(
    body: str, report: Mapping[str, Any], *, title: str, topic: str = "", labels: Mapping[str, str] | None = None
) -> list[FoundStatement]:
    """Return the claims of `report` that hold, in their order. `report` is that of this very `body`.

    A claim that goes on from the line above, `= b`, gets the left side that it was checked with. `labels` are the
    numbers of the note's equations, for sentences that refer to them.
    """
    found = []
    headings = [(match.start(), match[1]) for match in _HEADING.finditer(body)]
    right_before = ""
    for step in report.get("steps", ()):
        left, sign, right = _sides(step)
        left = left or right_before
        right_before = right
        if step["verdict"] != "holds" or not left or not right:
            continue
        tex = f"{left} {sign} {right}".strip()
        heading = next((text for start, text in reversed(headings) if start < step["span"][0]), "")
        conditions = _conditions(body, report, tex, before=step["span"][0], labels=labels or {})
        around = _words_around(body, step["span"][0])
        words = folded(" ".join([topic, title, heading, around, *map(_plain, conditions)]))
        found.append(
            FoundStatement(
                number=step["index"] + 1,
                tex=tex,
                conditions=conditions,
                heading=heading,
                tex_key=key(tex),
                symbols=f" {' '.join(symbols(tex))} ",
                words=words[:MOST_WORDS],
            )
        )
    return found


def clean(latex: str) -> str:
    """A row of a display as a formula by itself: without its number, and without the `&` and `\\\\` of its rows; those
    of a matrix in it stay."""
    latex = _MARKS.sub(" ", latex)
    out, depth, position = [], 0, 0
    for match in re.finditer(r"\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\\\(?:\[[^\]]*\])?|\\.|&", latex, re.DOTALL):
        piece = match.group()
        depth += piece.startswith("\\begin") - piece.startswith("\\end")
        if depth <= 0 and (piece == "&" or piece.startswith("\\\\")):
            out += [latex[position : match.start()], " "]
            position = match.end()
    return " ".join("".join([*out, latex[position:]]).split()).rstrip(" .,;")


def _sides(step: Mapping[str, Any]) -> tuple[str, str, str]:
    """Left side (empty where the claim goes on from another line), sign and right side as they are written."""
    latex = step["latex"]
    place = step["sign"] - step["span"][0] if step.get("sign") is not None else latex.find(step["relation"])
    if not 0 <= place < len(latex):
        return "", "", clean(latex)
    sign = re.match(r"\\[a-zA-Z]+|:=|.", latex[place:], re.DOTALL)
    written = sign.group() if sign else ""
    return clean(latex[:place]), written, clean(latex[place + len(written) :])


def _conditions(
    body: str, report: Mapping[str, Any], tex: str, *, before: int, labels: Mapping[str, str]
) -> tuple[str, ...]:
    """The sentences and definitions of the note, in their order, that say what the symbols of `tex` are."""
    wanted = set(symbols(tex))
    places: dict[int, str] = {}
    for _ in range(3):  # what a definition is made of is declared as well
        for definition in report.get("definitions", ()):
            names = set(symbols(definition["name"])) or {definition["name"]}
            if names & wanted and definition["span"][0] < before:
                wanted |= set(symbols(definition["latex"]))
                places[definition["span"][0]] = f"${clean(definition['latex'])}$"
    for given in report.get("givens", ()):
        names = set(symbols(given["name"])) or {given["name"]}
        if names & wanted and given["kind"] != "dimension" and given["span"][0] < before:
            start, sentence = _sentence(body, given["span"][0])
            if sentence and start not in places and not any(sentence in known for known in places.values()):
                places[start] = sentence
    said = [_tidy(places[start], labels) for start in sorted(places)]
    for assumed in report.get("assumed", ()):
        if any(f"`{name}`" in assumed for name in wanted):
            said.append(re.sub(r"`([^`]*)`", r"$\1$", assumed))
    return tuple(dict.fromkeys(said))[:MOST_CONDITIONS]


def _sentence(body: str, place: int) -> tuple[int, str]:
    """The sentence of the paragraph in which `place` stands, with where it begins; displays are not cut."""
    start = body.rfind("\n\n", 0, place) + 2 if "\n\n" in body[:place] else 0
    end = body.find("\n\n", place)
    paragraph = body[start : end if end >= 0 else len(body)]
    begin = start
    for match in [*_SENTENCE_END.finditer(paragraph), None]:
        stop = start + match.end() if match else start + len(paragraph)
        if place < stop:
            return begin, body[begin:stop].strip()[:MOST_SENTENCE]
        begin = stop
    return begin, ""


def _tidy(sentence: str, labels: Mapping[str, str]) -> str:
    """A sentence that stands alone: no heading, no display, no list mark, no reference into its note."""
    if not (sentence.startswith("$") and sentence.endswith("$")):
        sentence = re.sub(r"^(?:[-*+>]|\d+[.)]|#{1,6})\s+", "", sentence)
        sentence = _LINK.sub(lambda match: match[2] or match[1], sentence)
        sentence = _REFERENCE.sub(lambda match: labels.get(match[1].strip(), f"({match[1].strip()})"), sentence)
        sentence = re.sub(r"\s*[,:]$", ".", sentence.strip())
    return " ".join(sentence.split())


def _words_around(body: str, place: int) -> str:
    """The words of the paragraph above a display, without its formulas."""
    above = _FORMULA.sub(" ", body[max(0, place - 600) : place])
    paragraphs = [text for text in above.split("\n\n") if re.search(r"[a-zA-Z]{3}", _plain(text))]
    return _plain(paragraphs[-1])[:240] if paragraphs else ""


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\\[a-zA-Z]+|[^\w\s'-]", " ", _FORMULA.sub(" ", text)).split())


__all__: Sequence[str] = ["FoundStatement", "clean", "statements_of"]
