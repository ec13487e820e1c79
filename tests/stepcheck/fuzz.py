"""Broken notes without end: `python -m tests.stepcheck.fuzz --minutes 10` (`make fuzz MINUTES=10`).

Each round takes a note of the cases, breaks it in one to four ways, and examines what the checker makes of it: no
exception but NotationError, an end within the bounds of time and memory, every span inside the note. What is found is
shrunk, told once for each place in the code, and kept in `--keep`. Ends with 1 where something was found.

`test_fuzz.py` runs a short part of the same within the suite.
"""

import argparse
import contextlib
import json
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from stepcheck import Budget, NotationError, check
from stepcheck.cases import load_cases
from stepcheck.reading import read

CASES = Path(__file__).parent / "cases"
NOTES = [case["note"] for case in load_cases([*sorted(CASES.glob("given/*.jsonl")), *sorted(CASES.glob("*.jsonl"))])]
BUDGET = Budget(step_seconds=0.5, note_seconds=3.0, clock=time.thread_time)
GRACE_SECONDS = 2.0  # between two looks at the clock, on a slow machine
HANGS_AFTER_SECONDS = 60
MEMORY_BYTES = 4 * 2**30


class Hang(BaseException):
    """Not an Exception: nothing may take it for a problem of its own."""


class Broken(AssertionError):
    """A report that is not as it must be."""


# -- what must hold of every note -------------------------------------------------------------------------------------


def examine(note, budget=BUDGET):
    """Check `note`; raises whatever must not happen. Returns the report, or None where the note was refused."""
    start = time.thread_time()
    try:
        report = check(note, budget=budget)
    except NotationError as problem:
        inside(problem.span, note, "the refusal")
        if not problem.remedy:
            raise Broken("A refusal without a remedy.") from problem
        return None
    finally:
        used = time.thread_time() - start
        if used > budget.note_seconds + GRACE_SECONDS:
            raise Broken(f"{used:.1f} s for a note that may take {budget.note_seconds:g} s.")
    for part in (report.givens, report.definitions, report.steps):
        for each in part:
            inside(each.span, note, type(each).__name__)
            if each.line != note.count("\n", 0, each.span.start) + 1:
                raise Broken(f"{type(each).__name__} is said to stand in line {each.line}.")
    for place, step in enumerate(report.steps):
        if step.index != place:
            raise Broken(f"Step {place} is called {step.index}.")
        if step.verdict == "unchecked" and not step.reason:
            raise Broken("An unchecked step without a reason.")
        if step.verdict == "fails" and step.counterexample is None:
            raise Broken("A failing step without a counterexample.")
    json.dumps(report.as_dict(), allow_nan=False)
    return report


def inside(span, note, what):
    if not 0 <= span.start <= span.end <= len(note):
        raise Broken(f"The span of {what} is {span}, and the note has {len(note)} characters.")


def readable(note):
    """Whether `note` is read and not refused; raises whatever must not happen, Broken for a place outside the note."""
    try:
        reading = read(note)
    except NotationError as problem:
        inside(problem.span, note, "the refusal")
        return False
    for claim in reading.claims:
        inside(claim.span, note, f"claim {claim.index}")
    return True


# -- ways to break a note ---------------------------------------------------------------------------------------------

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.S)
LOOKALIKES = {
    "a": "аａ𝑎α", "e": "еｅ𝑒", "o": "оοｏ", "p": "рρ", "x": "хｘ𝑥×", "c": "сｃ", "A": "АΑＡ𝐴", "B": "ВΒ", "n": "ｎ𝑛",
    "=": "＝≡⩵", "+": "＋", "-": "−–—‐", "*": "∗×", "<": "‹＜", "0": "０", "1": "１¹", "2": "２²", "(": "（", "'": "′’",
    "\\": "＼∖", "{": "｛", "}": "｝", "^": "ˆ", "_": "＿", "$": "＄", "|": "∣‖", ",": "，،",
}  # fmt: skip
ODD = [
    "\0",
    "\x01",
    "\x7f",
    "\u200b",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ud800",
    "\r",
    "\v",
    "\f",
    "\x85",
    "🙂",
    "e\u0301",
]
HUGE = [
    "9^{9^{9}}", "10^{400}", "1000000!", "(10^9)!", "10^{-400}", "\\binom{10^9}{5}", "2^{2^{2^{2^{2}}}}", "9" * 5000,
    "\\sum_{k=1}^{10^{12}} k", "\\prod_{k=1}^{10^{9}} k", "\\frac{1}{0}", "0^0", "\\sqrt{-1}", "1.5.2", "1e999", "00",
    "\\int_{-\\infty}^{\\infty} e^{9^9 x}\\,dx", "\\lim_{x \\to 0} \\frac{1}{x}", "\\mathbb{R}^{1000000}",
    "\\mathbb{R}^{10^{9} \\times 10^{9}}", "\\{1, \\dots, 10^{9}\\}", "\\Gamma(10^{6})", "x^{x^{x^{x}}}",
    "\\exp(\\exp(\\exp(99)))",
]  # fmt: skip
MACROS = [
    "\\newcommand{\\a}{\\a\\a}\\a",
    "\\def\\a{\\b}\\def\\b{\\a}\\a",
    "\\newcommand{\\x}[1]{#1#1#1}\\x{\\x{\\x{\\x{y}}}}",
    "\\let\\b=\\begin\\b{x}",
    "\\input{/etc/passwd}",
    "\\csname end\\endcsname",
    "\\expandafter\\expandafter",
    "\\catcode`\\$=12",
    "\\begin{align}\\begin{align}\\end{align}",
    "\\verb|$x$|",
]
WRAPS = [
    ("{", "}"), ("(", ")"), ("\\left(", "\\right)"), ("\\frac{", "}{2}"), ("\\sqrt{", "}"), ("x^{", "}"), ("x_{", "}"),
    ("\\lVert ", "\\rVert"), ("|", "|"), ("\\mathbb{E}[", "]"), ("\\frac{d}{dx} ", ""), ("\\nabla_x ", ""),
    ("\\sum_{i=1}^n ", ""), ("\\int_0^1 ", "\\,dx"), ("\\text{", "}"), ("\\begin{pmatrix}", "\\end{pmatrix}"),
    ("\\log ", ""), ("-", ""), ("\\begin{cases}", "\\end{cases}"), ("\\hat{", "}"), ("\\operatorname{", "}"),
    ("", "^\\top"), ("", "!"), ("", "'"), ("", "/x"),
]  # fmt: skip


def tokens(note):
    return TOKEN.findall(note)


def some(rng, found, most=6):
    start = rng.randrange(len(found) + 1)
    return start, min(len(found), start + rng.randint(1, most))


def delete(rng, note):
    found = tokens(note)
    start, end = some(rng, found)
    return "".join(found[:start] + found[end:])


def duplicate(rng, note):
    found = tokens(note)
    start, end = some(rng, found, 12)
    return "".join(found[:end] + found[start:end] * rng.randint(1, 3) + found[end:])


def swap(rng, note):
    found = tokens(note)
    if len(found) > 1:
        a, b = rng.randrange(len(found)), rng.randrange(len(found))
        found[a], found[b] = found[b], found[a]
    return "".join(found)


def borrow(rng, note):
    """Put tokens of another note into this one."""
    found, other = tokens(note), tokens(rng.choice(NOTES))
    start, end = some(rng, other, 20)
    place = rng.randrange(len(found) + 1)
    return "".join(found[:place] + other[start:end] + found[place + rng.choice([0, end - start]) :])


def splice(rng, note):
    other = rng.choice(NOTES)
    return note[: rng.randrange(len(note) + 1)] + other[rng.randrange(len(other) + 1) :]


def cut(rng, note):
    return note[: rng.randrange(len(note) + 1)]


def cut_front(rng, note):
    return note[rng.randrange(len(note) + 1) :]


def look_alike(rng, note):
    letter = rng.choice(list(LOOKALIKES))
    return note.replace(letter, rng.choice(LOOKALIKES[letter]), rng.choice([1, 3, -1]))


def odd_character(rng, note):
    place = rng.randrange(len(note) + 1)
    return note[:place] + rng.choice(ODD) * rng.randint(1, 3) + note[place:]


def insert(rng, note, word):
    """At a token of a formula more often than not."""
    places = [match.end() for match in re.finditer(r"[=+({]|\\le\b|\$", note)] or [0]
    place = rng.choice(places) if rng.random() < 0.8 else rng.randrange(len(note) + 1)
    return note[:place] + word + note[place:]


def huge(rng, note):
    if rng.random() < 0.5:
        return re.sub(r"(?<=[{ ^])(\d|[nmNKd])(?=[} ,])", lambda _: rng.choice(HUGE), note, count=rng.randint(1, 3))
    return insert(rng, note, rng.choice(HUGE))


def macro(rng, note):
    return insert(rng, note, rng.choice(MACROS))


def nest(rng, note):
    found = tokens(note)
    start, end = some(rng, found, 8)
    times = rng.choice([1, 2, 5, 30, 59, 61, 89, 91, 300, 2000])
    before, after = rng.choice(WRAPS)
    return "".join([*found[:start], before * times, *found[start:end], after * times, *found[end:]])


def repeat(rng, note):
    """Grow a piece of it, sometimes to nearly the length that a note may have."""
    found = tokens(note)
    start, end = some(rng, found, rng.choice([1, 5, 60]))
    piece = "".join(found[start:end]) or "x"
    times = rng.choice([10, 100, 1000, max(1, (99_000 - len(note)) // len(piece))])
    times = min(times, max(1, (99_000 - len(note)) // len(piece)))
    return "".join(found[:start]) + piece * times + "".join(found[start:])


def renamed(rng, note):
    """Another letter for each use of one: names collide, shapes clash."""
    letters = sorted(set(re.findall(r"(?<![\\A-Za-z])[A-Za-z](?![A-Za-z])", note)))
    if not letters:
        return note
    old, new = rng.choice(letters), rng.choice([*letters, "\\Gamma", "\\hat{x}", "x_1", "\\mathbf{1}", "E", "P", "e"])
    return re.sub(rf"(?<![\\A-Za-z]){old}(?![A-Za-z])", lambda _: new, note)


WAYS = [
    delete, delete, duplicate, swap, swap, borrow, borrow, splice, cut, cut_front, look_alike, odd_character, huge,
    macro, nest, repeat, renamed,
]  # fmt: skip


def broken(rng):
    """A note of the cases, broken in one to four ways, and the names of these."""
    note = rng.choice(NOTES)
    ways = [rng.choice(WAYS) for _ in range(rng.choice([1, 1, 2, 2, 3, 4]))]
    for way in ways:
        note = way(rng, note)
    return note[:100_050], "+".join(way.__name__ for way in ways)


# -- formulas by hypothesis -------------------------------------------------------------------------------------------

GIVENS = (
    "Let $x, y \\in \\mathbb{R}^n$, $A, B \\in \\mathbb{R}^{n \\times n}$, $C \\in \\mathbb{R}^{m \\times n}$, "
    "$S \\succ 0$, $t > 0$, $k \\in \\mathbb{N}$, $p \\in \\Delta^{n-1}$, $X \\sim \\mathcal{N}(0, 1)$ and "
    "$f : \\mathbb{R}^n \\to \\mathbb{R}$.\n\n"
)
ATOMS = [
    "x", "y", "A", "B", "C", "S", "t", "k", "n", "p", "X", "0", "1", "2", "-1", "0.5", "I", "\\mathbf{1}", "e", "\\pi",
    "x_i", "A_{ij}", "p_k", "f(x)", "\\infty", "e_i", "\\delta_{ij}", "\\hat{x}", "x_1",
]  # fmt: skip
SHAPES = [
    "{0} + {1}", "{0} - {1}", "{0} {1}", "\\frac{{{0}}}{{{1}}}", "{0}^{{{1}}}", "{0}_{{{1}}}", "({0})", "\\log {0}",
    "\\exp({0})", "\\sqrt{{{0}}}", "{0}^\\top {1}", "({0})^{{-1}}", "\\operatorname{{tr}}({0})", "\\det({0})", "|{0}|",
    "\\lVert {0} \\rVert_2", "\\nabla_x {0}", "\\frac{{\\partial {0}}}{{\\partial x}}", "\\frac{{d}}{{dt}} {0}",
    "\\sum_{{i=1}}^n {0}", "\\sum_{{i,j}} {0}", "\\prod_{{k=1}}^{{n}} {0}", "\\int_0^1 {0} \\,dt",
    "\\lim_{{t \\to 0}} {0}",
    "\\mathbb{{E}}[{0}]", "\\operatorname{{Var}}({0})", "\\operatorname{{Cov}}({0}, {1})", "P({0} \\le {1})", "H({0})",
    "D_{{\\mathrm{{KL}}}}({0} \\,\\|\\, {1})", "\\max({0}, {1})", "\\max_i {0}", "\\operatorname{{diag}}({0})",
    "{0} \\odot {1}",
    "{0} \\otimes {1}", "\\langle {0}, {1} \\rangle", "\\begin{{pmatrix}} {0} & {1} \\\\ {1} & {0} \\end{{pmatrix}}",
    "\\begin{{cases}} {0} & t > 1 \\\\ {1} & t \\le 1 \\end{{cases}}", "{0}!", "\\binom{{{0}}}{{{1}}}",
    "\\mathbb{{1}}[{0} > {1}]",
    "\\operatorname{{softmax}}({0})_i", "\\lambda_{{\\max}}({0})", "\\mathbb{{E}}[{0} \\mid {1}]", "f({0})", "{0}'",
]  # fmt: skip
SIGNS = ["=", "\\le", "\\ge", "<", "\\ne", "\\preceq", "\\approx", "\\propto", ":=", "\\implies", "\\iff"]


def formulas():
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda below: st.builds(lambda shape, a, b: shape.format(a, b), st.sampled_from(SHAPES), below, below),
        max_leaves=8,
    )


def claims():
    """A whole note with one claim of random form over declared symbols."""
    return st.builds(lambda a, sign, b: f"{GIVENS}$${a} {sign} {b}$$\n", formulas(), st.sampled_from(SIGNS), formulas())


# -- the long run -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def no_longer_than(seconds):
    def stop(number, frame):
        raise Hang(f"still at work after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def trouble(note, examined=examine):
    """What went wrong with `note`: the kind of exception and its place, or None."""
    try:
        with no_longer_than(HANGS_AFTER_SECONDS):
            examined(note)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        frames = traceback.extract_tb(problem.__traceback__)
        ours = [frame for frame in frames if "/stepcheck/" in frame.filename and "/tests/" not in frame.filename]
        words = re.sub(r"[\d.]+", "#", str(problem))[:80]
        if isinstance(problem, Broken):
            return f"Broken: {words}"
        last = ours[-1] if ours and not isinstance(problem, Hang) else None
        return f"{type(problem).__name__}: {words} ({Path(last.filename).name}:{last.lineno})" if last else words
    return None


def shrunk(note, name, seconds=20.0):
    """A shorter note with the same trouble."""
    ends = time.monotonic() + seconds
    found = tokens(note)
    size = max(1, len(found) // 2)
    while size and time.monotonic() < ends:
        place = 0
        while place < len(found) and time.monotonic() < ends:
            without = found[:place] + found[place + size :]
            if trouble("".join(without)) == name:
                found = without
            else:
                place += size
        size //= 2
    return "".join(found)


class Finds:
    """Troubles by name, each with one note, told when it is first met."""

    def __init__(self, keep):
        self.keep = keep
        self.counts = Counter()

    def add(self, name, note, how):
        self.counts[name] += 1
        if self.counts[name] > 1:
            return
        small = shrunk(note, name) if not name.startswith("still") else note
        self.keep.mkdir(parents=True, exist_ok=True)
        file = self.keep / f"{len(self.counts):03}.md"
        file.write_text(small, encoding="utf-8", errors="surrogatepass")
        say(f"\n{name}\n  by {how}, kept as {file}\n  {small[-300:]!a}")


def say(words):
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def prefixes(finds, ends, stride):
    """Every `stride`-th prefix of every note of the cases is read. Returns how many were."""
    done = 0
    for note in NOTES:
        for end in range(0, len(note), stride):
            if time.monotonic() > ends:
                return done
            if name := trouble(note[:end], readable):
                finds.add(name, note[:end], "prefix")
            done += 1
    return done


def breakages(finds, ends, start):
    """Broken notes by consecutive seeds. Returns how many, and how long the longest took."""
    done, longest = 0, (0.0, 0, "")
    while time.monotonic() < ends:
        note, how = broken(random.Random(start + done))
        before = time.thread_time()
        name = trouble(note)
        longest = max(longest, (time.thread_time() - before, start + done, how))
        if name:
            finds.add(name, note, f"{how}, seed {start + done}")
        done += 1
    return done, longest


EXAMPLES = settings(
    max_examples=500,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def random_claims(finds, ends, start):
    """Claims of random form, by hypothesis. Returns how many."""
    done = 0

    def one(note):
        nonlocal done
        if time.monotonic() < ends:
            done += 1
            if name := trouble(note):
                finds.add(name, note, "claims()")

    while time.monotonic() < ends:
        run = given(claims())(one)
        run = settings(
            max_examples=500,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(run)
        seed(start + done)(run)()
    return done


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.stepcheck.fuzz", description="Broken notes without end.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stride", type=int, default=7, help="between the prefixes that are read; 1: all of them (7)")
    parser.add_argument("--keep", type=Path, default=Path("var/fuzz"), help="where what is found is written")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    finds = Finds(options.keep)
    begin = time.monotonic()
    share = options.minutes * 60
    say(f"{len(NOTES)} notes, seed {options.seed}, {options.minutes:g} minutes.")
    read_prefixes = prefixes(finds, begin + 0.3 * share, options.stride)
    made = random_claims(finds, time.monotonic() + 0.3 * (begin + share - time.monotonic()), options.seed)
    count, longest = breakages(finds, begin + share, options.seed)
    say(f"\n{read_prefixes} prefixes read, {made} random claims and {count} broken notes judged.")
    say(f"The longest took {longest[0]:.1f} s: {longest[2]}, seed {longest[1]}.")
    say("\n".join(f"{count} × {name}" for name, count in finds.counts.most_common()) or "Nothing was found.")
    return 1 if finds.counts else 0


if __name__ == "__main__":
    sys.exit(main())
