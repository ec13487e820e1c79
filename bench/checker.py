"""The checker beside other engines: `python -m bench checker [--seconds 5] [--show] [--write]`.

Each given case of level 1 puts one claim: its last step, or its first false one. stepcheck is given the note. SymPy's
two LaTeX parsers and Math-Verify are given what they are made for: the LaTeX of the two sides, to be read, and whether
the sides are equal (for an inequality, whether it is one), to be decided as their own documentation does it. They know
nothing of the givens, since they have no place to say them; that is a part of what is compared.

Right is a true claim accepted or a false one rejected, wrong is the opposite. No answer: not read, undecided (for
stepcheck: `unchecked`), or not done within the time limit, which is the same for all.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from bench import document
from bench.machine import conditions
from stepcheck import check
from stepcheck.cases import load_cases
from stepcheck.reading import read
from stepcheck.tokens import tokenise

CASES = Path(__file__).resolve().parents[1] / "tests" / "stepcheck" / "cases" / "given"
SIGNS = {"=": "=", "leq": "<=", "geq": ">=", "<": "<", ">": ">", "preceq": "preceq", "succeq": "succeq"}


class OutOfTime(BaseException):
    """Not an Exception, so that no engine takes it for a problem of its own."""


class NotRead(Exception):
    """The engine could not read a side. Anything that an engine raises while reading counts as this."""


@dataclass(frozen=True)
class Claim:
    """One claim with the note it stands in; `sides` are LaTeX."""

    id: str
    note: str
    step: int
    sides: tuple[str, str]
    sign: str
    is_true: bool


# An engine reads a claim, and then says True, False, or None where it cannot tell.
Question = Callable[[], bool | None]
Engine = Callable[[Claim], Question]


@dataclass
class Tally:
    """What one engine made of all claims, in milliseconds and counts."""

    name: str
    waits_ms: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, result: str, wait_ms: float, claim: Claim) -> None:
        self.waits_ms.append(wait_ms)
        self.counts["read"] += result not in ("not read", "out of time while reading")
        self.counts["right"] += result == ("accepted" if claim.is_true else "rejected")
        self.counts["false accepted"] += result == "accepted" and not claim.is_true
        self.counts["true rejected"] += result == "rejected" and claim.is_true
        self.counts["out of time"] += result.startswith("out of time")
        self.counts["all"] += 1

    @property
    def wrong(self) -> int:
        return self.counts["false accepted"] + self.counts["true rejected"]


# -- engines ----------------------------------------------------------------------------------------------------------


def stepcheck(claim: Claim) -> Question:
    """Read and answer the whole note. A step whose notation is refused is not read."""
    problem = read(claim.note).claims[claim.step].problem
    if problem is not None:
        raise NotRead(problem.remedy)
    return lambda: {"holds": True, "fails": False, "unchecked": None}[check(claim.note).steps[claim.step].verdict]


def sympy_parser(backend: str) -> Engine:
    def read_sides(claim: Claim) -> Question:
        from sympy.parsing.latex import parse_latex

        left, right = (parse_latex(side, backend=backend) for side in claim.sides)
        return lambda: decided_by_sympy(left, right, claim.sign)

    return read_sides


def decided_by_sympy(left: Any, right: Any, sign: str) -> bool | None:
    """Ask SymPy whether `left sign right`: `simplify`, then `.equals`, which tries numbers as well."""
    import sympy

    left, right = (each.doit() for each in (left, right))
    if sign == "=":
        difference = sympy.simplify(left - right)
        if difference == 0:
            return True
        answer = difference.equals(0)
        return None if answer is None else bool(answer)
    kinds = {"<=": sympy.Le, ">=": sympy.Ge, "<": sympy.Lt, ">": sympy.Gt}
    if sign not in kinds:
        return None
    found = sympy.simplify(kinds[sign](left, right))
    return {sympy.true: True, sympy.false: False}.get(found)


def math_verify(claim: Claim) -> Question:
    """`verify(parse(left), parse(right))`. Read is what became an expression and not a string; its own clock is off."""
    from math_verify import parse, verify

    sides = [parse(f"${side}$", fallback_mode="no_fallback", parsing_timeout=None) for side in claim.sides]
    if not all(sides):
        raise NotRead("Math-Verify found no expression in a side.")

    def decide() -> bool | None:
        if claim.sign != "=":
            return None  # it compares answers: of two sides it can only say whether they are equal
        return bool(verify(sides[0], sides[1], timeout_seconds=None))

    return decide


ENGINES: dict[str, Engine] = {
    "stepcheck": stepcheck,
    "SymPy, antlr parser": sympy_parser("antlr"),
    "SymPy, lark parser": sympy_parser("lark"),
    "Math-Verify": math_verify,
}


# -- asking -----------------------------------------------------------------------------------------------------------


def claims() -> Iterator[Claim]:
    for case in load_cases(sorted(CASES.glob("*.jsonl"))):
        if case["level"] != 1:
            continue
        found = read(case["note"]).claims
        step = case["steps"] - 1 if case["first_false"] is None else case["first_false"]
        if len(found) != case["steps"]:
            raise SystemExit(f"{case['id']}: {len(found)} claims are found, and it has {case['steps']}.")
        left, sign, right = sides_of(found[step].latex)
        if not left:  # the claim goes on with a chain
            left = sides_of(found[step - 1].latex)[2]
        yield Claim(case["id"], case["note"], step, (left, right), sign, case["first_false"] is None)


def sides_of(latex: str) -> tuple[str, str, str]:
    """The LaTeX left and right of the first relation at the outer level, and its sign."""
    depth = 0
    for token in tokenise(latex, 0):
        depth += (token.value in OPEN) - (token.value in SHUT)
        if depth == 0 and token.value in SIGNS:
            left, right = latex[: token.span.start], latex[token.span.end :]
            return clean(left), SIGNS[token.value], clean(right)
    raise SystemExit(f"No relation is found in {latex!r}.")


OPEN = {"(", "[", "{", "{lit", "langle", "lfloor", "lceil"}
SHUT = {")", "]", "}", "}lit", "rangle", "rfloor", "rceil"}


def clean(side: str) -> str:
    """Without what belongs to the display and not to the formula."""
    if r"\begin" not in side:
        side = side.replace("&", " ").replace("\\\\", " ")
    return " ".join(side.split()).rstrip(".,; ")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in here after `seconds`."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def asked(engine: Engine, claim: Claim, seconds: float) -> tuple[str, float]:
    """What `engine` says of `claim`, and how many milliseconds reading and deciding took."""
    result = "out of time while reading"
    start = time.perf_counter()
    try:
        with at_most(seconds):
            try:
                question = engine(claim)
            except Exception:  # of whatever kind: each engine has its own
                result = "not read"
            else:
                result = "out of time"
                try:
                    answer = question()
                except Exception:  # likewise: an engine that raises has not decided
                    answer = None
                result = {True: "accepted", False: "rejected", None: "undecided"}[answer]
    except OutOfTime:
        pass
    return result, 1000 * (time.perf_counter() - start)


def measured(all_claims: list[Claim], seconds: float, *, show: bool) -> list[Tally]:
    """Each claim is put to each engine in turn, after one that is not counted: what is loaded late is loaded then."""
    tallies = [Tally(name) for name in ENGINES]
    for engine in ENGINES.values():
        asked(engine, all_claims[0], 60)
    for claim in all_claims:
        for tally, engine in zip(tallies, ENGINES.values(), strict=True):
            result, wait_ms = asked(engine, claim, seconds)
            tally.add(result, wait_ms, claim)
            if show:
                truth = "true" if claim.is_true else "false"
                print(f"{claim.id:8} {truth:5} {tally.name:20} {result:12} {wait_ms:8.1f} ms", flush=True)
    return tallies


# -- telling ----------------------------------------------------------------------------------------------------------

HEADS = (
    "engine", "read", "right", "wrong", "false accepted", "true rejected", "no answer", "out of time",
    "ms each, median", "p95",
)  # fmt: skip


def cells(tally: Tally) -> list[str]:
    counts, waits = tally.counts, sorted(tally.waits_ms)
    no_answer = counts["all"] - counts["right"] - tally.wrong
    numbers = [
        counts["read"],
        counts["right"],
        tally.wrong,
        counts["false accepted"],
        counts["true rejected"],
        no_answer,
        counts["out of time"],
    ]
    p95 = waits[int(0.95 * (len(waits) - 1))]
    return [tally.name, *map(str, numbers), f"{statistics.median(waits):.1f}", f"{p95:.1f}"]


def as_table(tallies: list[Tally]) -> str:
    table = [list(HEADS), *(cells(tally) for tally in tallies)]
    widths = [max(len(line[n]) for line in table) for n in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.rjust(widths[n]) if n else cell.ljust(widths[n]) for n, cell in enumerate(line)).rstrip()
        for line in table
    )


def as_markdown(tallies: list[Tally], all_claims: list[Claim], words: str) -> str:
    rows = [list(HEADS), ["---", *["---:"] * (len(HEADS) - 1)], *(cells(tally) for tally in tallies)]
    true = sum(claim.is_true for claim in all_claims)
    equalities = sum(claim.sign == "=" for claim in all_claims)
    told = INTRODUCTION.format(
        heading=document.CHECKER_HEADING,
        conditions=words,
        claims=len(all_claims),
        true=true,
        false=len(all_claims) - true,
        others=len(all_claims) - equalities,
    )
    return told + "\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


INTRODUCTION = """{heading}

Written by `python -m bench checker --write`; `make bench` prints it. One claim from each of the {claims} given cases of
level 1 ({true} true, {false} false) is put to each engine in turn, in one run. stepcheck is given the note. The others
are given the LaTeX of the two sides, which is what they are made to read: SymPy's parsers (`parse_latex`), whose trees
are compared by `doit`, `simplify` and `.equals`; Math-Verify by `verify(parse(left), parse(right))`, without its
fallback to comparing strings. They cannot be told the givens, so a transpose, a gradient or an expectation may be read
as a product of letters, and is then counted as read. {others} of the claims are no equalities: SymPy is asked to
simplify the relation, and Math-Verify has no answer to these.

*Right* is a true claim accepted or a false one rejected; *wrong* is the opposite; *no answer* is the rest: not read,
not decided, or out of time. Milliseconds are of reading and deciding one claim by the wall clock, all modules loaded;
for stepcheck they are those of the whole note, with every step in it. SymPy's `.equals` tries random numbers, so that
its counts move by a few claims from run to run; those of stepcheck do not.

Conditions: {conditions}
"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench checker", description="stepcheck beside other engines.")
    parser.add_argument("--seconds", type=float, default=5.0, help="that an engine has for one claim (5)")
    parser.add_argument("--show", action="store_true", help="print each answer")
    parser.add_argument("--write", action="store_true", help="write its part of docs/performance.md as well")
    options = parser.parse_args(arguments)
    logging.disable(logging.ERROR)  # Math-Verify logs what it cannot read
    warnings.simplefilter("ignore")
    all_claims = list(claims())
    print(f"\nThe checker beside other engines, {len(all_claims)} claims:", flush=True)
    tallies = measured(all_claims, options.seconds, show=options.show)
    print(as_table(tallies), flush=True)
    if options.write:
        words = (
            f"{conditions('SymPy', 'lark', 'antlr4-python3-runtime', 'Math-Verify')}. A limit of {options.seconds:g} s "
            f"a claim. Load average at the end {os.getloadavg()[0]:.1f}, of which 1 is this run's."
        )
        document.write(document.with_checker(document.current(), as_markdown(tallies, all_claims, words)))


__all__ = ["asked", "claims", "main", "sides_of"]
