"""The command line: one note, or files of cases with a table by topic and level."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cases import Case, CaseError, Outcome, by_topic_and_level, figures, load_cases, run_case, run_cases, table
from .errors import NotationError
from .report import Report, check

HOLDS, FAILS, UNREADABLE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """The exit code: 0 where nothing fails, 1 where a step fails, 2 where nothing could be read."""
    if arguments[:1] == ["cases"]:
        return _cases(arguments[1:])
    return _note(arguments)


def _say(words: str = "") -> None:
    sys.stdout.write(words.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _refused(words: str) -> int:
    sys.stderr.write(words.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    return UNREADABLE


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)


# -- one note ---------------------------------------------------------------------------------------------------------


def _note(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m stepcheck",
        description="Check the steps of a worked derivation. Exit 0: nothing fails; 1: a step fails; 2: not readable.",
        epilog="`python -m stepcheck cases FILE.jsonl…` runs files of cases.",
    )
    parser.add_argument("note", help="a Markdown file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--seed", type=_whole, default=0, help="of the points drawn (0)")
    parser.add_argument("--second-opinion", action="store_true", help="ask SymPy of each step that holds numerically")
    chosen = parser.parse_args(arguments)
    try:
        source = _source(chosen.note)
    except OSError as problem:
        return _refused(f"{chosen.note}: {problem.strerror or problem}.")
    except UnicodeDecodeError as problem:
        return _refused(f"{chosen.note}: not UTF-8: byte {problem.object[problem.start]:#04x} at {problem.start}.")
    try:
        report = check(source, seed=chosen.seed, second_opinion=chosen.second_opinion)
    except NotationError as problem:
        line = source.count("\n", 0, problem.span.start) + 1
        return _refused(f"{chosen.note}:{line}: {problem.remedy}")
    if chosen.json:
        _say(_json(report.as_dict()))
    else:
        _say(told(report))
    return FAILS if report.fails else HOLDS


def _whole(text: str) -> int:
    """A number that a generator can be seeded with."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("is a whole number from 0 on")
    return number


def _source(name: str) -> str:
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return raw.decode("utf-8-sig").replace("\r\n", "\n")


def told(report: Report) -> str:
    """The report as text: givens, definitions, what was assumed, then each step and how many came to what."""
    lines: list[str] = []
    if report.givens:
        lines.append("Givens as read")
        for given in report.givens:
            said = ", ".join(part for part in (given.kind, given.shape, *given.properties) if part)
            lines.append(f"  line {given.line}: {given.name}: {said}")
    if report.definitions:
        lines.append("Definitions")
        lines += [f"  line {each.line}: {' '.join(each.latex.split())}" for each in report.definitions]
    if report.assumed:
        lines.append("Assumed")
        lines += [f"  {words}" for words in report.assumed]
    lines.append("Steps")
    for step in report.steps:
        lines.append(f"  {step.index}  line {step.line}  {step.verdict:9}  {' '.join(step.latex.split())}")
        detail = "; ".join(part for part in (step.evidence, step.reason) if part)
        if detail:
            lines.append(f"       {detail}")
        if step.counterexample is not None:
            example = step.counterexample
            values = {**example.dims, **example.values, "left": example.left, "right": example.right}
            lines += [f"       {name} = {plain(value)}" for name, value in values.items()]
    if report.steps:
        answers = [step.verdict for step in report.steps]
        lines.append(", ".join(f"{answers.count(word)} {word}" for word in dict.fromkeys(answers)) + ".")
    else:
        lines.append("  none: a step is a relation in display mathematics.")
    return "\n".join(lines)


def plain(value: object) -> str:
    """A value as one would write it: 2 for 2.0, and a word for what has none."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(plain(each) for each in value)}]"
    if isinstance(value, float):
        if value != value:
            return "not defined"
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    return str(value)


# -- cases ------------------------------------------------------------------------------------------------------------


def _cases(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m stepcheck cases",
        description="Run files of cases. Exit 0: nothing false was said; 1: it was; 2: a file is no file of cases.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--json", action="store_true", help="print outcomes and figures as JSON")
    parser.add_argument("--show", metavar="ID", help="the whole report on one case")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (1)")
    parser.add_argument("--seed", type=_whole, default=0, help="of the points drawn (0)")
    chosen = parser.parse_args(arguments)
    try:
        cases = list(load_cases(chosen.files))
    except OSError as problem:
        return _refused(f"{problem.filename}: {problem.strerror or problem}.")
    except (CaseError, UnicodeDecodeError) as problem:
        return _refused(str(problem))
    if chosen.show:
        return _show(cases, chosen.show, chosen.seed, as_json=chosen.json)
    outcomes: list[Outcome] = []
    for outcome in run_cases(cases, seed=chosen.seed, jobs=chosen.jobs):
        outcomes.append(outcome)
        _progress(len(outcomes), len(cases), outcome.id)
    _say(_json(_as_dict(outcomes)) if chosen.json else _told_cases(outcomes))
    return FAILS if any(each.is_wrong for each in outcomes) else HOLDS


def _show(cases: list[Case], wanted: str, seed: int, *, as_json: bool) -> int:
    case = next((each for each in cases if each["id"] == wanted), None)
    if case is None:
        return _refused(f"No case is called {wanted}.")
    try:
        report = check(case["note"], seed=seed)
    except NotationError as problem:
        return _refused(f"{wanted}: {problem.remedy}")
    if as_json:
        _say(_json(report.as_dict()))
    else:
        first = case["first_false"]
        expected = "every step holds" if first is None else f"step {first} fails, and those before it hold"
        _say(f"{case['note']}\n\n{told(report)}\nExpected: {expected}.")
    return FAILS if report.fails else HOLDS


def _progress(done: int, total: int, name: str) -> None:
    if sys.stderr.isatty():
        filled = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} {name[:20]:20}{end}")
        sys.stderr.flush()


def _told_cases(outcomes: list[Outcome]) -> str:
    totals = figures(outcomes)
    lines = [table(outcomes), ""]
    lines.append(f"{totals.steps} steps, {totals.median_ms:.1f} ms median, {totals.p95_ms:.1f} ms p95.")
    rest = [each for each in outcomes if not each.is_good]
    if rest:
        lines += ["", *(f"- {each.id}: {each.result}. {each.detail}" for each in rest)]
    return "\n".join(lines)


def _as_dict(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "outcomes": [{**asdict(each), "answers": each.answers, "detail": each.detail} for each in outcomes],
        "figures": {
            "all": figures(outcomes).as_dict(),
            "by topic and level": [
                {"topic": topic, "level": level, **figures(members).as_dict()}
                for (topic, level), members in by_topic_and_level(outcomes).items()
            ],
        },
    }


__all__ = ["figures", "load_cases", "main", "plain", "run_case", "table", "told"]
