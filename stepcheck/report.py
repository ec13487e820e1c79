"""What a note was read as, and the answer to each of its steps, everything with its place in the note."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from .bounds import Budget, OutOfTime, Watch
from .errors import NotationError, Span
from .grammar import written
from .macros import Macros, Source, source_of
from .memo import Keys, Memo, Remembered, recall, remember
from .model import Definition, Model, Symbol
from .reading import Claim, read
from .tree import Node, Num
from .verdict import Answer, Checker, Counterexample, Verdict


@dataclass(frozen=True, slots=True)
class Given:
    """One declared symbol as it was read. `shape` is text: `n`, `m by n`, empty for a number."""

    name: str
    kind: str
    shape: str
    properties: tuple[str, ...]
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Defined:
    """One definition as it was read."""

    name: str
    latex: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What the note says of a symbol and was not understood: `given`, in its own words."""

    name: str
    given: str


@dataclass(frozen=True, slots=True)
class StepReport:
    """The answer to one claim. `counterexample` holds what is needed to work it by hand."""

    index: int
    line: int
    span: Span
    latex: str
    relation: str
    verdict: Answer
    evidence: str
    reason: str
    counterexample: Counterexample | None
    sign_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Report:
    givens: tuple[Given, ...]
    definitions: tuple[Defined, ...]
    assumed: tuple[str, ...]
    steps: tuple[StepReport, ...]
    seed: int = 0
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def fails(self) -> bool:
        return any(step.verdict == "fails" for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """Plain lists, dictionaries, numbers and text, as `--json` prints them; None is a value that is not defined."""
        made = asdict(self)
        for part in ("givens", "definitions", "steps"):
            for each in made[part]:
                each["span"] = [each["span"]["start"], each["span"]["end"]]
                each.pop("sign_span", None)  # for pages, which have the report itself
        parts = ("givens", "definitions", "assumed", "steps")
        return {part: _finite(made[part]) for part in parts}


def _finite(found: Any) -> Any:
    """The same without NaN, for which JSON has no word; an infinity is text."""
    match found:
        case dict():
            return {key: _finite(each) for key, each in found.items()}
        case list() | tuple():
            return [_finite(each) for each in found]
        case float() if not math.isfinite(found):
            return None if math.isnan(found) else str(found)
        case _:
            return found


def check(
    note: str,
    *,
    seed: int = 0,
    budget: Budget | None = None,
    second_opinion: bool = False,
    macros: Macros | None = None,
    memo: Memo | None = None,
) -> Report:
    """Judge every step of `note`. Raises NotationError only where nothing of it can be read (it is too long).

    `macros` are written out before anything is read; what the report says is placed in `note` as it stands.
    `second_opinion` asks SymPy, in a process of its own and for seconds at most, of each step that holds numerically.
    `memo` holds what earlier checks of the caller's have kept (see `memo`): a step found there is not judged again.
    Any other exception is our bug and is not swallowed here.
    """
    budget = budget or Budget()
    if len(note) > budget.source:
        span = Span(budget.source, len(note))
        raise NotationError("too-long", span, f"A note may have {budget.source:,} characters. Split it.")
    watch = Watch(budget)
    source = source_of(note, macros, limit=budget.source)
    with np.errstate(all="ignore"):
        try:
            reading = read(source.text, watch)
        except OutOfTime as late:
            raise NotationError("too-long", Span(0, len(note)), late.bound) from late
        told = [*reading.model.assumed]
        keys = Keys(reading.model, seed=seed, step_seconds=budget.step_seconds, second_opinion=second_opinion)
        checker = Checker(reading.model, seed=seed)
        judging = _Judging(checker, watch, budget, second_opinion, keys, {} if memo is None else memo)
        steps = tuple(_step(claim, source, judging, told) for claim in reading.claims)
        reading.model.assumed = told
    lines = _Lines(note)
    return Report(
        givens=tuple(_given(symbol, source, lines) for symbol in reading.model.symbols.values()),
        definitions=tuple(_defined(each, source, lines) for each in _as_written(reading.model)),
        assumed=_assumed(reading.model),
        steps=steps,
        seed=seed,
        passed_over=tuple(PassedOver(*each) for each in reading.model.unread.items()),
    )


@dataclass(frozen=True, slots=True)
class _Judging:
    """With what the steps of a note are judged."""

    checker: Checker
    watch: Watch
    budget: Budget
    second_opinion: bool
    keys: Keys
    memo: Memo

    def verdict(self, claim: Claim) -> Remembered:
        """The verdict on one claim, and what was taken for granted for it."""
        is_kept = claim.problem is None and claim.index < self.budget.steps
        key = self.keys.key(claim) if is_kept else ""
        kept = recall(self.memo, key, claim) if is_kept else None
        if kept is not None:
            return kept
        verdict = judge(self.checker, claim, self.watch, self.budget)
        assumed = tuple(self.checker.assumed)
        if self.second_opinion:
            from . import second  # only who asks for it pays for the import

            verdict = second.second_opinion(self.checker.model_under(claim.conditions), claim, verdict)
        if is_kept and not self.watch.note_is_over:
            remember(self.memo, key, claim, verdict, assumed)
        return Remembered(verdict, assumed)


def _step(claim: Claim, source: Source, judging: _Judging, told: list[str]) -> StepReport:
    found = judging.verdict(claim)
    told += [words for words in found.assumed if words not in told]
    verdict = found.verdict
    span = source.place(claim.span)
    example = verdict.counterexample
    if example is not None and example.spans is not None:
        left, right = example.spans
        example = replace(example, spans=(source.place(left), source.place(right)))
    return StepReport(
        index=claim.index,
        line=source.note.count("\n", 0, span.start) + 1,
        span=span,
        latex=claim.latex if source.text is source.note else source.note[span.start : span.end],
        relation=claim.sign,
        verdict=verdict.answer,
        evidence=verdict.evidence,
        reason=(claim.problem is not None and source.reason(span)) or verdict.reason,
        counterexample=example,
        sign_span=source.place(claim.sign_span) if claim.sign_span is not None else None,
    )


def judge(checker: Checker, claim: Claim, watch: Watch, budget: Budget) -> Verdict:
    """The verdict on one claim within its bounds."""
    if claim.index >= budget.steps:
        return Verdict("unchecked", reason=f"A note may have {budget.steps} steps, and this one comes after them.")
    try:
        watch.begin_step()
        watch()
        return checker.check(claim)
    except OutOfTime as late:
        return Verdict("unchecked", reason=late.bound)
    except RecursionError:
        return Verdict("unchecked", reason="This step is nested deeper than the bound. Name a part of it.")


class _Lines:
    """Line numbers, from 1, of places in a note."""

    def __init__(self, note: str) -> None:
        self.starts = np.array([0, *(place + 1 for place, char in enumerate(note) if char == "\n")])

    def at(self, place: int) -> int:
        return int(np.searchsorted(self.starts, place, side="right"))


def _given(symbol: Symbol, source: Source, lines: _Lines) -> Given:
    note, span = source.text, source.place(symbol.span)
    sides = [_dimension(each, note) for each in (symbol.rows, symbol.cols)]
    shape = "" if symbol.is_number else sides[0] if sides[1] == "1" else f"{sides[0]} by {sides[1]}"
    kind: str = symbol.kind
    if kind == "value":
        kind = "number" if symbol.is_number else "vector" if sides[1] == "1" else "matrix"
        if "index" in symbol.properties:
            kind = "index"
        elif kind == "number" and symbol.domain in ("natural", "integer", "finite"):
            kind = {"natural": "natural number", "integer": "integer", "finite": "one of a finite set"}[symbol.domain]
    if symbol.family is not None:
        low, high = (_dimension(each, note) for each in symbol.family)
        kind = f"family of {kind}, {low} to {high}"
    return Given(symbol.name, kind, shape, tuple(sorted(symbol.properties)), lines.at(span.start), span)


def _dimension(node: Node | None, note: str) -> str:
    if node is None:
        return "1"
    if isinstance(node, Num):
        return str(node.value)
    return written(node) or note[node.span.start : node.span.end]


def _defined(definition: Definition, source: Source, lines: _Lines) -> Defined:
    span = source.place(definition.span.to(definition.body.span))
    return Defined(definition.name, source.note[span.start : span.end].strip(), lines.at(span.start), span)


def _as_written(model: Model) -> list[Definition]:
    """The definitions of the note, without the members of a sequence that its recurrence was written out for."""
    found: dict[Span, Definition] = {}
    for each in model.definitions.values():
        found.setdefault(each.span, each)
    return list(found.values())


def _assumed(model: Model) -> tuple[str, ...]:
    """What the checker took for granted or could not use."""
    found = dict.fromkeys(model.assumed)
    for name, symbol in model.symbols.items():
        if symbol.declared_by != "declared" and symbol.kind != "dimension" and "index" not in symbol.properties:
            if symbol.declared_by == "recurrence":
                found[f"`{name}` is taken as any member of its sequence, of one shape with the others."] = None
                continue
            number = "a natural number" if symbol.domain == "natural" else "a real number"
            found[f"`{name}` is taken as {number if symbol.is_number else 'its use asks'}."] = None
    return tuple(found)


__all__ = ["Budget", "Counterexample", "Defined", "Given", "PassedOver", "Report", "StepReport", "check", "judge"]
