"""A note with the verdicts on its steps: signs that carry them, and below each display the evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from commons.templatetags.commons import trusted_html
from mathtext import MacroRefused, Macros, Mark, Resolver

from .rendering import render_note

MARKS = {"holds": "✓", "fails": "✕", "unchecked": "○"}
SAID = {"holds": "holds", "fails": "fails", "unchecked": "is unchecked"}
CODABLE = {"=", "!=", "<", "<=", ">", ">=", "preceq", "succeq", "prec", "succ"}  # offered as code
_PLACE = re.compile(r'<div class="math-marked" data-line="([\d ]+)"></div>\n?')
_TALK_PLACE = re.compile(r'<span class="step-marks" data-steps="([^"]*)"></span>')
_QUESTIONS = '<a class="step-mark" data-talk-at href="steps/{0}/">Step {1}: {2} open question{3}</a>'
_NAME = re.compile(r"[\\A-Za-z0-9_{}'^*]+\Z")


class Tally(NamedTuple):
    """How many steps came to what."""

    hold: int = 0
    fail: int = 0
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its verdict as it is printed; `number` counts from 1, `index` from 0 as the checker does."""

    index: int
    number: int
    verdict: str
    mark: str
    line: int
    latex: SafeString
    evidence: str
    reason: str
    values: tuple[SafeString, ...]
    sides: tuple[SafeString, ...]
    note: str
    replayable: bool
    codable: bool
    key: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdicts below one display: those that hold together, each other one by itself."""

    holding: tuple[ShownStep, ...]
    others: tuple[ShownStep, ...]


def tally_of(report: Mapping[str, Any]) -> Tally:
    answers = [step["verdict"] for step in report.get("steps", ())]
    return Tally(answers.count("holds"), answers.count("fails"), answers.count("unchecked"))


def doubts_of(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that do not hold, by their numbers from 1, for jumping to them."""
    steps = report.get("steps", ())
    return [{"number": s["index"] + 1, "verdict": s["verdict"]} for s in steps if s["verdict"] != "holds"]


def checked_html(
    body: str,
    report: Mapping[str, Any],
    *,
    anchor_prefix: str = "",
    links: Resolver | None = None,
    macros: Macros | None = None,
    is_saved: bool = True,
) -> str:
    """Return the note as its page shows it, each step with its verdict. `report` is that of this very `body`.

    A counterexample can be worked again where it `is_saved` and its page has no other texts beside it.
    """
    steps = report.get("steps", [])
    marks = [
        Mark(step["span"][0])
        if step["sign"] is None
        else Mark(
            step["sign"],
            f"{anchor_prefix}step-{step['index'] + 1}",
            f"math-step math-{step['verdict']}",
            f"Step {step['index'] + 1} {SAID[step['verdict']]}",
        )
        for step in steps
    ]
    html = render_note(body, anchor_prefix=anchor_prefix, marks=marks, links=links, macros=macros).html

    def evidence(match: re.Match[str]) -> str:
        shown = tuple(shown_step(steps[int(number)], macros) for number in match[1].split())
        return _below(shown, anchor_prefix, is_saved and not anchor_prefix)

    return _PLACE.sub(evidence, html)


@lru_cache(maxsize=1024)  # while a note is written, most of its displays stay as they are
def _below(steps: Sequence[ShownStep], prefix: str, can_replay: bool) -> str:
    settled = Settled(
        holding=tuple(step for step in steps if step.verdict == "holds"),
        others=tuple(step for step in steps if step.verdict != "holds"),
    )
    keys = "" if prefix else " ".join(f"{step.key}:{step.number}" for step in steps if step.key)
    context = {"settled": settled, "prefix": prefix, "keys": keys, "can_replay": can_replay}
    return render_to_string("derivations/_verdicts.html", context)


def shown_step(step: Mapping[str, Any], macros: Macros | None = None) -> ShownStep:
    """Return one step of a report in words and typeset values."""
    example = step["counterexample"] or {}
    values = {**example.get("dims", {}), **example.get("values", {})}
    sides = [("left", example.get("left")), ("right", example.get("right"))] if example else []
    return ShownStep(
        index=step["index"],
        number=step["index"] + 1,
        verdict=step["verdict"],
        mark=MARKS[step["verdict"]],
        line=step["line"],
        latex=typeset(_one_line(step["latex"]), macros),
        evidence=step["evidence"],
        reason=step["reason"],
        values=tuple(typeset(f"{_name(name)} = {_value(value)}") for name, value in values.items()),
        sides=tuple(typeset(rf"\text{{{side}}} = {_value(value)}") for side, value in sides),
        note=example.get("note", "") if example.get("note") != step["reason"] else "",
        replayable=bool(example.get("replayable")),
        codable=step.get("relation") in CODABLE and step["evidence"] != "shapes",
        key=step.get("key", ""),
    )


@dataclass(frozen=True, slots=True)
class ShownReplay:
    """A counterexample worked again: each part of the two sides with its value, inner ones first."""

    parts: tuple[tuple[SafeString, SafeString], ...]
    left: SafeString
    right: SafeString


def shown_replay(step: Mapping[str, Any], replay: Mapping[str, Any], macros: Macros | None = None) -> ShownReplay:
    """Return what `replay_step` answered, typeset: each part once, and not the letters that are given anyway."""
    given = (step["counterexample"] or {}).get("values", {})
    parts = {part["latex"]: part["value"] for part in replay["parts"] if part["latex"] not in given}
    return ShownReplay(
        parts=tuple((typeset(latex, macros), typeset(_value(value))) for latex, value in parts.items()),
        left=typeset(_value(replay["left"])),
        right=typeset(_value(replay["right"])),
    )


def typeset_step(latex: str, macros: Macros | None = None) -> SafeString:
    """A step as one line of mathematics."""
    return typeset(_one_line(latex), macros)


def with_open_questions(html: str, open_at: Mapping[str, int], *, base: str = "") -> str:
    """Return `checked_html` with the number of open questions at each step that has some, by its key.

    `base` is the note's address, for a page that stands elsewhere.
    """

    def marks(match: re.Match[str]) -> str:
        steps = [pair.split(":") for pair in match[1].split()]
        asked = [(key, number, open_at[key]) for key, number in steps if key in open_at]
        return "".join(_QUESTIONS.format(key, number, count, "" if count == 1 else "s") for key, number, count in asked)

    html = _TALK_PLACE.sub(marks, html)
    return html.replace('="steps/', f'="{base}steps/') if base else html


@dataclass(frozen=True, slots=True)
class _Formula:
    """A formula, and what it is once the macros in it are written out: known again by both."""

    tex: str
    written_out: str
    macros: Macros | None = field(compare=False)


def typeset(tex: str, macros: Macros | None = None) -> SafeString:
    """Inline mathematics without the paragraph that Markdown puts around it."""
    try:
        return _typeset(_Formula(tex, tex if macros is None else macros.written_out(tex), macros))
    except MacroRefused:
        return _typeset.__wrapped__(_Formula(tex, "", macros))


@lru_cache(maxsize=4096)
def _typeset(formula: _Formula) -> SafeString:
    html = render_note(f"${formula.tex}$", macros=formula.macros).html.strip()
    return trusted_html(re.sub(r"^<p[^>]*>|</p>$", "", html))


def shown_name(name: str) -> SafeString:
    """A letter of a note, typeset."""
    return typeset(_name(name))


def _one_line(latex: str) -> str:
    """A step as one line: without what only places it among other rows."""
    latex = re.sub(r"\\(?:tag|label)\*?\{[^{}]*\}|\\(?:notag|nonumber|quad|qquad)\b", " ", latex)
    return " ".join(latex.replace("&", " ").replace(r"\\", " ").split())


def _name(name: str) -> str:
    return name if _NAME.match(name) else rf"\text{{{name}}}"


def _value(value: Any) -> str:
    match value:
        case None:
            return r"\text{not defined}"
        case bool():
            return rf"\text{{{'true' if value else 'false'}}}"
        case int():
            return str(value)
        case float():
            return _number(value)
        case [[*_], *_]:
            rows = r" \\ ".join(" & ".join(_value(entry) for entry in row) for row in value)
            return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
        case [*_]:
            return _value([[entry] for entry in value])  # a column
        case _:
            return rf"\text{{{value}}}"


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


__all__ = [
    "Settled",
    "ShownStep",
    "Tally",
    "checked_html",
    "doubts_of",
    "shown_name",
    "shown_replay",
    "shown_step",
    "tally_of",
    "typeset",
    "typeset_step",
    "with_open_questions",
]
