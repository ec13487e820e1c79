"""The command line: one note, or files of cases with a table by topic and level."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .bounds import Budget, Watch
from .errors import NotationError
from .reading import read
from .report import Report, check, judge
from .verdict import Checker


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["cases"]:
        return _cases(arguments[1:])
    return _note(arguments)


# -- one note ---------------------------------------------------------------------------------------------------------


def _note(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m stepcheck",
        description="Check the steps of a worked derivation. Exit 0: nothing fails; 1: a step fails; 2: not readable.",
        epilog="`python -m stepcheck cases FILE.jsonl…` runs files of cases.",
    )
    parser.add_argument("note", help="a Markdown file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--seed", type=int, default=0, help="of the points drawn (0)")
    chosen = parser.parse_args(arguments)
    try:
        source = sys.stdin.read() if chosen.note == "-" else Path(chosen.note).read_text(encoding="utf-8")
        report = check(source, seed=chosen.seed)
    except (OSError, UnicodeDecodeError) as problem:
        return _refused(f"{chosen.note}: {problem}")
    except NotationError as problem:
        return _refused(f"{chosen.note}: {problem.remedy}")
    if chosen.json:
        _say(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        _print_report(report)
    return 1 if report.fails else 0


def _refused(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 2


def _say(words: str = "") -> None:
    sys.stdout.write(words + "\n")


def _print_report(report: Report) -> None:
    if report.givens:
        _say("Givens as read")
        for given in report.givens:
            said = ", ".join(part for part in (given.kind, given.shape, *given.properties) if part)
            _say(f"  line {given.line}: {given.name}: {said}")
    if report.definitions:
        _say("Definitions")
        for each in report.definitions:
            _say(f"  line {each.line}: {' '.join(each.latex.split())}")
    if report.assumed:
        _say("Assumed")
        for words in report.assumed:
            _say(f"  {words}")
    _say("Steps")
    for step in report.steps:
        _say(f"  {step.index}  line {step.line}  {step.verdict:9}  {' '.join(step.latex.split())}")
        detail = "; ".join(part for part in (step.evidence, step.reason) if part)
        if detail:
            _say(f"       {detail}")
        if step.counterexample is not None:
            example = step.counterexample
            for name, value in {**example.dims, **example.values}.items():
                _say(f"       {name} = {value}")
            _say(f"       left = {example.left}")
            _say(f"       right = {example.right}")
    if not report.steps:
        _say("  none: a step is a relation in display mathematics.")


# -- cases ------------------------------------------------------------------------------------------------------------

TRUE = ("passed", "unchecked", "false alarm")
HEADS = ("true: passed", *TRUE[1:], "false: caught", "called holds", "unchecked", "elsewhere", "bugs")
FALSE = ("caught", "called holds", "unchecked", "elsewhere")


@dataclass(slots=True)
class Outcome:
    """What one case came to. `result` is a word of TRUE or FALSE, or `bug`."""

    id: str
    topic: str
    level: int
    is_true: bool
    result: str
    answers: list[str] = field(default_factory=list)
    detail: str = ""
    seconds: list[float] = field(default_factory=list)


def run_case(case: dict[str, Any], seed: int = 0) -> Outcome:
    """Judge one case. An exception is reported as our bug, with its place, and does not stop the run."""
    first = case["first_false"]
    outcome = Outcome(case["id"], case["topic"], case["level"], first is None, "bug")
    budget = Budget(clock=time.thread_time)  # what a case comes to must not depend on who else uses the machine
    details: list[str] = []
    try:
        with np.errstate(all="ignore"):
            reading = read(case["note"], watch := Watch(budget))
            checker = Checker(reading.model, seed=seed)
            for claim in reading.claims:
                start = time.perf_counter()
                verdict = judge(checker, claim, watch, budget)
                outcome.seconds.append(time.perf_counter() - start)
                outcome.answers.append(verdict.answer)
                if verdict.answer != "holds":
                    latex = " ".join(claim.latex.split())[:60]
                    details.append(f"step {claim.index} {verdict.answer}: {latex} | {verdict.reason}")
    except NotationError as problem:
        details.append(problem.remedy)
    except Exception as problem:  # the run goes on with the next case, and this one is counted and shown as our bug
        last = traceback.extract_tb(problem.__traceback__)[-1]
        outcome.detail = f"{type(problem).__name__}: {problem} ({Path(last.filename).name}:{last.lineno})"
        return outcome
    outcome.result = _result(outcome.answers, first, case["steps"])
    outcome.detail = "; ".join(details[:3])
    if len(outcome.answers) != case["steps"]:
        outcome.detail = f"read {len(outcome.answers)} steps of {case['steps']}; {outcome.detail}"
    return outcome


def _result(answers: list[str], first: int | None, steps: int) -> str:
    if first is None:
        if "fails" in answers:
            return "false alarm"
        return "passed" if len(answers) == steps and set(answers) <= {"holds"} else "unchecked"
    before, at = answers[:first], answers[first] if first < len(answers) else "unchecked"
    if "fails" in before:
        return "elsewhere"
    if at == "holds":
        return "called holds"
    return "caught" if at == "fails" and set(before) <= {"holds"} else "unchecked"


def load_cases(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _cases(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m stepcheck cases", description="Run files of cases.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print outcomes and figures as JSON")
    parser.add_argument("--show", metavar="ID", help="the whole report on one case")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (1)")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    try:
        cases = list(load_cases(chosen.files))
    except (OSError, ValueError) as problem:
        return _refused(str(problem))
    if chosen.show:
        return _show(cases, chosen.show, chosen.seed, chosen.json)
    outcomes: list[Outcome] = []
    for outcome in _run(cases, chosen.seed, chosen.jobs):
        outcomes.append(outcome)
        _progress(len(outcomes), len(cases), outcome.id)
    if chosen.json:
        shown = [
            {"id": each.id, "result": each.result, "answers": each.answers, "detail": each.detail} for each in outcomes
        ]
        _say(json.dumps({"outcomes": shown, "figures": figures(outcomes)}, ensure_ascii=False, indent=2))
    else:
        _say(table(outcomes))
    good = all(each.result not in ("bug", "called holds", "false alarm") for each in outcomes)
    return 0 if good else 1


def _show(cases: list[dict[str, Any]], wanted: str, seed: int, as_json: bool) -> int:
    case = next((each for each in cases if each["id"] == wanted), None)
    if case is None:
        return _refused(f"No case is called {wanted}.")
    report = check(case["note"], seed=seed)
    if as_json:
        _say(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return 0
    _say(case["note"])
    _say()
    _print_report(report)
    first = case["first_false"]
    _say("expected: every step holds" if first is None else f"expected: step {first} fails")
    return 0


def _run(cases: list[dict[str, Any]], seed: int, jobs: int) -> Iterator[Outcome]:
    if jobs <= 1:
        for case in cases:
            yield run_case(case, seed)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_case, cases, [seed] * len(cases), chunksize=4)


def _progress(done: int, total: int, name: str) -> None:
    if sys.stderr.isatty():
        filled = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} {name:12}{end}")
        sys.stderr.flush()


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    """Counts over all, and milliseconds a step."""
    counts = Counter(("true " if each.is_true else "false ") + each.result for each in outcomes)
    times = sorted(1000 * seconds for each in outcomes for seconds in each.seconds)
    return {
        **dict(sorted(counts.items())),
        "steps": len(times),
        "median_ms": round(statistics.median(times), 1) if times else 0.0,
        "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1) if times else 0.0,
    }


def table(outcomes: list[Outcome]) -> str:
    """A Markdown table by topic and level, then every case that was not passed or caught."""
    groups: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for each in outcomes:
        groups[each.topic, each.level].append(each)
    lines = [
        "| topic | level | " + " | ".join(HEADS) + " |",
        "| --- | --- " + "| --- " * 8 + "|",
    ]
    for (topic, level), members in sorted(groups.items()):
        lines.append(_row(topic, str(level), members))
    lines.append(_row("**all**", "", outcomes))
    totals = figures(outcomes)
    lines += ["", f"{totals['steps']} steps, {totals['median_ms']} ms median, {totals['p95_ms']} ms p95."]
    rest = [each for each in outcomes if each.result not in ("passed", "caught")]
    if rest:
        lines += ["", *(f"- {each.id}: {each.result}. {each.detail}" for each in rest)]
    return "\n".join(lines)


def _row(topic: str, level: str, members: list[Outcome]) -> str:
    trues = Counter(each.result for each in members if each.is_true)
    falses = Counter(each.result for each in members if not each.is_true)
    cells = [f"{trues[TRUE[0]]} of {sum(trues.values())}", *(str(trues[word]) for word in TRUE[1:])]
    cells += [f"{falses[FALSE[0]]} of {sum(falses.values())}", *(str(falses[word]) for word in FALSE[1:])]
    cells.append(str(trues["bug"] + falses["bug"]))
    return f"| {topic} | {level} | " + " | ".join(cells) + " |"
