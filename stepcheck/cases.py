"""Files of cases (one JSON object a line): what each came to, counted by topic and level.

A case is a note with the number of its steps and the index of its first false one. The true ones pass when every step
`holds`; the false ones are caught when the first `fails` stands at the false step and every step before it `holds`.
"""

from __future__ import annotations

import json
import statistics
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

import numpy as np

from .bounds import Budget, Watch
from .errors import NotationError
from .reading import read
from .report import judge
from .verdict import Answer, Checker


class Case(TypedDict):
    """What is needed of a case; its other keys (source, error, twin) are for people."""

    id: str
    topic: str
    level: int
    note: str
    steps: int
    first_false: int | None


KINDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "topic": (str,),
    "level": (int,),
    "note": (str,),
    "steps": (int,),
    "first_false": (int, type(None)),
}


class CaseError(ValueError):
    """A line that is no case; the words name the file and the line."""


Result = Literal["passed", "false alarm", "caught", "called holds", "unchecked", "elsewhere", "miscounted", "bug"]


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """The answer to one step, and the seconds of one core that judging it took, whoever else uses the machine."""

    latex: str
    verdict: Answer
    evidence: str
    reason: str
    seconds: float


@dataclass(slots=True)
class Outcome:
    """What one case came to. `problem` says why, where it is neither passed nor caught."""

    id: str
    topic: str
    level: int
    is_true: bool
    result: Result = "bug"
    problem: str = ""
    steps: list[StepAnswer] = field(default_factory=list)
    reading_seconds: float = 0.0

    @property
    def answers(self) -> list[Answer]:
        return [step.verdict for step in self.steps]

    @property
    def is_good(self) -> bool:
        return self.result in ("passed", "caught")

    @property
    def is_wrong(self) -> bool:
        """Whether something was said that is not so, or the checker broke."""
        return self.result in ("called holds", "false alarm", "bug")

    @property
    def detail(self) -> str:
        """One line on what was not `holds`: at most three steps."""
        told = [
            f"step {place} {step.verdict}: {' '.join(step.latex.split())[:60]} | {step.reason}"
            for place, step in enumerate(self.steps)
            if step.verdict != "holds"
        ]
        return "; ".join(part for part in (self.problem, *told[:3]) if part)


# -- reading files ----------------------------------------------------------------------------------------------------


def load_cases(paths: Iterable[Path]) -> Iterator[Case]:
    """The cases of `paths` in order. Raises CaseError, with file and line, for a line that is none; OSError."""
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                yield _case(line, f"{path}:{number}")


def _case(line: str, place: str) -> Case:
    try:
        found = json.loads(line)
    except ValueError as problem:
        raise CaseError(f"{place}: not JSON: {problem}") from None
    if not isinstance(found, dict):
        raise CaseError(f"{place}: a case is an object with keys, and this is a {type(found).__name__}.")
    for key, wanted in KINDS.items():
        if key not in found:
            raise CaseError(f"{place}: the key `{key}` is missing.")
        if not isinstance(found[key], wanted) or isinstance(found[key], bool):
            raise CaseError(f"{place}: `{key}` is {json.dumps(found[key])[:40]}, which is not of its kind.")
    if found["first_false"] is not None and not 0 <= found["first_false"] < found["steps"]:
        raise CaseError(f"{place}: `first_false` is {found['first_false']} and there are {found['steps']} steps.")
    return cast(Case, found)


# -- judging ----------------------------------------------------------------------------------------------------------


def run_case(case: Case, seed: int = 0) -> Outcome:
    """Judge one case. An exception is reported as our bug, with its place, and does not stop the run."""
    first = case["first_false"]
    outcome = Outcome(case["id"], case["topic"], case["level"], first is None)
    budget = Budget(clock=time.thread_time)  # what a case comes to must not depend on who else uses the machine
    try:
        with np.errstate(all="ignore"):
            start = time.process_time()
            reading = read(case["note"], watch := Watch(budget))
            checker = Checker(reading.model, seed=seed)
            outcome.reading_seconds = time.process_time() - start
            for claim in reading.claims:
                start = time.process_time()
                verdict = judge(checker, claim, watch, budget)
                seconds = time.process_time() - start
                outcome.steps.append(StepAnswer(claim.latex, verdict.answer, verdict.evidence, verdict.reason, seconds))
    except NotationError as problem:
        outcome.problem = problem.remedy
    except Exception as problem:  # the run goes on with the next case, and this one is counted and shown as our bug
        last = traceback.extract_tb(problem.__traceback__)[-1]
        outcome.problem = f"{type(problem).__name__}: {problem} ({Path(last.filename).name}:{last.lineno})"
        return outcome
    outcome.result = result_of(outcome.answers, first, case["steps"])
    if len(outcome.steps) != case["steps"]:
        outcome.problem = f"read {len(outcome.steps)} steps of {case['steps']}. {outcome.problem}".rstrip()
    return outcome


def result_of(answers: list[Answer], first: int | None, steps: int) -> Result:
    """What the answers to a case of `steps` steps come to; `first` is its first false step, None for a true case.

    Where another number of steps was read, nothing is known of the false one by its place: a note that is said to hold
    whole is still wrong, and anything else is `miscounted`.
    """
    if first is None:
        if "fails" in answers:
            return "false alarm"
        if len(answers) != steps:
            return "miscounted"
        return "passed" if set(answers) <= {"holds"} else "unchecked"
    if len(answers) != steps:
        return "called holds" if answers and set(answers) <= {"holds"} else "miscounted"
    before, at = answers[:first], answers[first] if first < len(answers) else "unchecked"
    if "fails" in before:
        return "elsewhere"
    if at == "holds":
        return "called holds"
    return "caught" if at == "fails" and set(before) <= {"holds"} else "unchecked"


def run_cases(cases: list[Case], *, seed: int = 0, jobs: int = 1) -> Iterator[Outcome]:
    """The outcomes in the order of `cases`, each as soon as it is there."""
    if jobs <= 1:
        for case in cases:
            yield run_case(case, seed)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_case, cases, [seed] * len(cases), chunksize=4)


# -- counting ---------------------------------------------------------------------------------------------------------

TRUE: tuple[Result, ...] = ("passed", "unchecked", "false alarm", "miscounted")
FALSE: tuple[Result, ...] = ("caught", "called holds", "unchecked", "elsewhere", "miscounted")
HEADS = (
    "topic", "level", "true: passed", "unchecked", "false alarm", "miscounted", "false: caught", "called `holds`",
    "unchecked", "elsewhere", "miscounted", "bugs", "ms a step: median", "p95",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over some outcomes, and milliseconds of one core a step."""

    true: Counter[Result]
    false: Counter[Result]
    steps: int
    median_ms: float
    p95_ms: float

    @property
    def passed(self) -> float:
        """The share of the true cases in which every step holds; 1 where there is none."""
        return self.true["passed"] / self.true.total() if self.true else 1.0

    @property
    def caught(self) -> float:
        """The share of the false cases that are caught at the right step; 1 where there is none."""
        return self.false["caught"] / self.false.total() if self.false else 1.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "true": {"cases": self.true.total(), **{word: self.true[word] for word in (*TRUE, "bug")}},
            "false": {"cases": self.false.total(), **{word: self.false[word] for word in (*FALSE, "bug")}},
            "steps": self.steps,
            "median_ms": round(self.median_ms, 1),
            "p95_ms": round(self.p95_ms, 1),
        }


def figures(outcomes: Iterable[Outcome]) -> Figures:
    outcomes = list(outcomes)
    times = sorted(1000 * step.seconds for each in outcomes for step in each.steps)
    return Figures(
        true=Counter(each.result for each in outcomes if each.is_true),
        false=Counter(each.result for each in outcomes if not each.is_true),
        steps=len(times),
        median_ms=statistics.median(times) if times else 0.0,
        p95_ms=times[int(0.95 * (len(times) - 1))] if times else 0.0,
    )


def by_topic_and_level(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], list[Outcome]]:
    groups: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for each in outcomes:
        groups[each.topic, each.level].append(each)
    return dict(sorted(groups.items()))


def table(outcomes: list[Outcome]) -> str:
    """A Markdown table by topic and level."""
    rows = [(topic, str(level), members) for (topic, level), members in by_topic_and_level(outcomes).items()]
    lines = [list(HEADS), ["---", "---", *["---:"] * (len(HEADS) - 2)]]
    lines += [[topic, level, *_cells(figures(members))] for topic, level, members in rows]
    lines.append(["**all**", "", *_cells(figures(outcomes))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(found: Figures) -> list[str]:
    cells = [f"{found.true[TRUE[0]]} of {found.true.total()}", *(str(found.true[word]) for word in TRUE[1:])]
    cells += [f"{found.false[FALSE[0]]} of {found.false.total()}", *(str(found.false[word]) for word in FALSE[1:])]
    return [*cells, str(found.true["bug"] + found.false["bug"]), f"{found.median_ms:.1f}", f"{found.p95_ms:.1f}"]


__all__ = [
    "Case",
    "CaseError",
    "Figures",
    "Outcome",
    "StepAnswer",
    "by_topic_and_level",
    "figures",
    "load_cases",
    "result_of",
    "run_case",
    "run_cases",
    "table",
]
