"""Run all cases and write docs/stepcheck-results.md: `python -m tests.stepcheck.results` (`make check-cases`).

The given cases and our own are counted apart. Ends with 1 where a goal other than those of time is missed.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from stepcheck.cases import figures, load_cases, run_cases, table

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "cases"
PAGE = ROOT / "docs" / "stepcheck-results.md"
FRESH_PROCESSES = 5
NOTE = (
    "Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$.\n\n"
    "$$\\nabla_x\\, x^\\top A x = (A + A^\\top) x$$\n"
)


@dataclass(frozen=True)
class Goal:
    """A figure of the issue: its name, how it is read off, its bound, and whether more or less is better."""

    name: str
    value: object
    bound: float
    at_least: bool = False
    unit: str = ""
    of_time: bool = False

    def reached(self, found):
        return self.value(found) >= self.bound if self.at_least else self.value(found) <= self.bound

    def shown(self, number):
        return f"{number:.0f}" if self.unit == "" else f"{number:.1f} {self.unit}"


GOALS = [
    Goal("false cases whose false step is called `holds`", lambda found: found.false["called holds"], 0),
    Goal("true cases with a step called `fails`", lambda found: found.true["false alarm"], 0),
    Goal("exceptions", lambda found: found.true["bug"] + found.false["bug"], 0),
    Goal("true cases passed whole", lambda found: 100 * found.passed, 95, at_least=True, unit="%"),
    Goal("false cases caught at the right step", lambda found: 100 * found.caught, 95, at_least=True, unit="%"),
    Goal("time a step, median", lambda found: found.median_ms, 60, unit="ms", of_time=True),
    Goal("time a step, p95", lambda found: found.p95_ms, 600, unit="ms", of_time=True),
]
PROCESS_GOAL_SECONDS = 1.5


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.stepcheck.results", description="Run all cases.")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes; times are those of one (1)")
    parser.add_argument("--no-write", action="store_true", help="print the page instead of writing it")
    options = parser.parse_args()
    groups = {
        "the given cases": sorted((CASES / "given").glob("*.jsonl")),
        "our own cases": sorted(CASES.glob("*.jsonl")),
    }
    outcomes = {name: run(name, files, options.jobs) for name, files in groups.items()}
    text = page(outcomes, fresh_processes(), conditions(options.jobs))
    if options.no_write:
        say(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        say("\n".join(goals_table(outcomes, fresh=None)))
        say(f"Wrote {PAGE.relative_to(ROOT)}.")
    return 0 if all(goal.of_time or goal.reached(figures(each)) for each in outcomes.values() for goal in GOALS) else 1


def say(words):
    sys.stdout.write(words + "\n")


def run(name, files, jobs):
    cases = list(load_cases(files))
    outcomes = []
    for outcome in run_cases(cases, jobs=jobs):
        outcomes.append(outcome)
        if sys.stderr.isatty():
            end = "\n" if len(outcomes) == len(cases) else ""
            sys.stderr.write(f"\r{name}: {len(outcomes)}/{len(cases)} {outcome.id[:20]:20}{end}")
            sys.stderr.flush()
    return outcomes


@dataclass(frozen=True)
class Fresh:
    """The medians over whole processes that read one small note and answer its one step."""

    wall_seconds: float
    processor_seconds: float


def fresh_processes():
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note.md"
        note.write_text(NOTE)
        command = [sys.executable, "-m", "stepcheck", str(note)]
        wall, processor = [], []
        for _ in range(FRESH_PROCESSES):
            before, start = processor_seconds_of_children(), time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            wall.append(time.perf_counter() - start)
            processor.append(processor_seconds_of_children() - before)
    return Fresh(statistics.median(wall), statistics.median(processor))


def processor_seconds_of_children():
    used = os.times()
    return used.children_user + used.children_system


def conditions(jobs):
    cpu = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    git = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(git, cwd=ROOT, check=False, capture_output=True, text=True).stdout.strip() or "not known"
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    processes = "one process" if jobs == 1 else f"{jobs} processes"
    return (
        f"{time.strftime('%-d %B %Y', time.gmtime())}; commit {commit}; {os.cpu_count()} cores "
        f"({cpu or platform.machine()}), {processes}; Python {platform.python_version()}, {packages}; seed 0. "
        f"Load average at the end {os.getloadavg()[0]:.1f}."
    )


def _lines(path):
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return []


# -- the page ---------------------------------------------------------------------------------------------------------


def page(outcomes, fresh, words):
    """The whole page. `outcomes` by the name of the group; `words`: the conditions."""
    parts = [INTRODUCTION.format(conditions=words), *goals_table(outcomes, fresh)]
    for name, each in outcomes.items():
        steps = figures(each).steps
        reading = statistics.median(1000 * one.reading_seconds for one in each) if each else 0.0
        title = name[0].upper() + name[1:]
        told = (
            f"{len(each)} cases, {steps} steps. Reading a note takes {reading:.1f} ms (median) before its first step."
        )
        parts += [f"\n## {title}\n", f"{told}\n", table(each)]
    parts += ["\n## What is not settled, and why\n", *unsettled(outcomes)]
    return "\n".join(parts).rstrip() + "\n"


def goals_table(outcomes, fresh):
    heads = ["", *outcomes, "goal", ""]
    lines = [heads, ["---", *["---:"] * (len(outcomes) + 1), "---"]]
    found = [figures(each) for each in outcomes.values()]
    for goal in GOALS:
        reached = all(goal.reached(each) for each in found)
        bound = f"{'≥' if goal.at_least else '≤'} {goal.bound:g}{' ' if goal.unit else ''}{goal.unit}"
        values = [goal.shown(goal.value(each)) for each in found]
        lines.append([goal.name, *values, bound if goal.bound else "0", "reached" if reached else "**missed**"])
    if fresh is not None:
        said = "reached" if fresh.wall_seconds <= PROCESS_GOAL_SECONDS else "**missed**"
        name = f"import and first answer, whole process (processor time: {fresh.processor_seconds:.2f} s)"
        blank = [f"{fresh.wall_seconds:.2f} s", *[""] * (len(outcomes) - 1)]
        lines.append([name, *blank, f"≤ {PROCESS_GOAL_SECONDS:g} s", said])
    return [f"| {' | '.join(line)} |" for line in lines]


def unsettled(outcomes):
    """Reasons with how often each was given, then every case that is neither passed nor caught."""
    rest = [one for each in outcomes.values() for one in each if not one.is_good]
    if not rest:
        return ["Nothing: every case is passed or caught."]
    reasons = Counter(shortened(step.reason) for one in rest for step in one.steps if step.verdict == "unchecked")
    lines = ["| times | reason of an `unchecked` step in these cases |", "| ---: | --- |"]
    lines += [f"| {count} | {cell(reason)} |" for reason, count in reasons.most_common()]
    lines.append("")
    for one in rest:
        lines.append(
            f"- **{one.id}** ({one.topic}, {'true' if one.is_true else 'false'}): {one.result}. {one.problem}".rstrip()
        )
        lines += [
            f"  - step {place} `{step.verdict}`: {code(step.latex)}. {step.reason}".rstrip()
            for place, step in enumerate(one.steps)
            if step.verdict != "holds"
        ]
    return lines


def shortened(reason):
    return reason if len(reason) <= 140 else reason[:139] + "…"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def code(latex):
    """Inline code of the formula on one line; more backticks where it holds one."""
    text = " ".join(latex.split())
    text = text if len(text) <= 160 else text[:159] + "…"
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


INTRODUCTION = """# What the checker makes of its cases

Written by `make check-cases`, which judges every step of every case in `tests/stepcheck/cases/`: those that the project
was given, and our own, which are checked by NumPy alone before they judge anything. What the words mean, and what
`holds` does not mean, is told in [stepcheck.md](stepcheck.md).

A true case is *passed* when each of its steps `holds`. A false case is *caught* when its first `fails` is at its false
step and each step before it `holds`. *Elsewhere* is a false case with a `fails` before its false step. Times are
processor time of one core for judging a step; the whole process is timed by the wall clock, the median of five.

Conditions: {conditions}
"""

if __name__ == "__main__":
    sys.exit(main())
