"""Broken, endless and hostile notes neither crash nor hang; they are `unchecked`, with the reason."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepcheck import Budget, NotationError, check
from stepcheck.cases import load_cases
from tests.stepcheck.fuzz import readable

NOTES = [case["note"] for case in load_cases(sorted((Path(__file__).parent / "cases" / "given").glob("*.jsonl")))]
HEAD = "Let $x \\in \\mathbb{R}$.\n\n$$"


def ticking(step):
    """A clock that moves by `step` each time it is read."""
    ticks = itertools.count()
    return lambda: next(ticks) * step


@pytest.mark.parametrize("note", NOTES[::12], ids=range(len(NOTES[::12])))
def test_every_prefix_of_a_note_can_be_read_or_is_refused(note):
    assert sum(readable(note[:end]) for end in range(0, len(note), 3)) > 0


@pytest.mark.parametrize("note", NOTES[5::40], ids=range(len(NOTES[5::40])))
def test_prefixes_are_judged_without_a_crash(note):
    for end in range(0, len(note), max(1, len(note) // 6)):
        report = check(note[:end], budget=Budget(step_seconds=0.5))
        assert {step.verdict for step in report.steps} <= {"holds", "fails", "unchecked"}


@pytest.mark.parametrize(
    "note",
    [
        r"$A\in\mathbb{R}^{10^{-40}}$ $\mu\preceq A$,$$\lVert x\rVert\le\lVert x\rVert$$",
        r"Let $x \in \mathbb{R}^2$, $y \in \mathbb{R}^3$ with $x \ge y$. $$x^\top x \ge 0$$",
        r"$X\sim\mathcal{N}(),)$",
        r"Let $y\in\mathbb{R}^n$ and $C\in\mathbb{R}^{m}$. $$1 \le\max(C,y)$$",
        r"$X\sim\mathcal{N}(\mu)$ $$\mathbb{E}[X] = \mu$$",
        "$p\\in(0,1)$ $X\\sim\\mathrm{Geometric}(1)$\n\n$$\\operatorname{Var}(X)={p}{p}$$",
    ],
    ids=range(6),
)
def test_notes_that_broke_the_checker_once_are_answered(note):
    assert {step.verdict for step in check(note).steps} <= {"holds", "fails", "unchecked"}


@pytest.mark.parametrize(
    "formula",
    [
        "x = 9^{9^{9}}",
        "x = 9^{9^{9^{9^{9}}}}",
        "x = 100000!",
        "x = \\sum_{k=1}^{10^{12}} k",
        "(" * 500 + "x" + ")" * 500 + " = x",
        "{" * 2000 + "x" + "}" * 2000 + " = x",
        "\\frac{" * 300 + "x" + "}{x}" * 300 + " = x",
        "x" + "^{x" * 300 + "}" * 300 + " = x",
        "x" + "/x" * 2000 + " = x",
        "x" + "+x" * 20_000 + " = x",
        "\\nabla_x " * 400 + "x = x",
        "\\frac{d}{dx}" * 40 + "x = 0",
        "\\sum_i " * 300 + "x = x",
        "|" * 301 + "x = x",
        "\\left(" * 90 + "x = x",
        "х = x",  # the first is Cyrillic
        "x = x\u202e",
        "\\begin{pmatrix}" * 60 + " = x",
        "\\newcommand{\\a}{\\a\\a} \\a = x",
        "\\",
        "= = =",
        "x =",
        "x = \\text{",
        "x _ _ = x ^ ^",
    ],
    ids=lambda formula: formula[:16],
)
def test_hostile_formulas_are_answered(formula):
    report = check(HEAD + formula + "$$")
    assert (
        "holds" not in [step.verdict for step in report.steps if step.latex.strip() not in ("x", "")] or "x" in formula
    )
    assert all(step.reason for step in report.steps if step.verdict == "unchecked")


@pytest.mark.parametrize(
    "note",
    [
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$.\n\n$${Ef($$",
        "Let $V \\in \\mathbb{R}^{d \\times d}$.\n\n$$V^{9^{9^{9}}} = V$$",
        "$y$berandom vector mean$\\beta$ $\\beta\\in\\mathbb{R}^d$\n\n$$[y]=r$$",
        "$V\\in\\mathbb{R}^{n}$ $y$berandom vector variance$V$\n\n$$\n$$$$(y)\\preceq\\operatorname}(y)$$",
        "$$I_{-1}<{x}{I}$$",
        "$p \\in \\mathbb{R}^n$ $C \\in \\mathbb{R}^m$ $t > 0$\n\n$$\\begin{cases}p&t>1\\\\C\\end{cases} = p$$",
        "$B \\in \\mathbb{R}^n$ $C \\in \\mathbb{R}^m$\n\n$$\\mathbf{1}[B > C] \\ge 0$$",
        "$$\\begin{bminby$$",
    ],
    ids=[
        "bracket at the end",
        "infinite power",
        "mean of a size that is not said",
        "variance that is a vector",
        "identity of a negative size",
        "cases of two shapes",
        "comparison of two shapes",
        "environment without an end",
    ],
)
def test_what_fuzzing_found_stays_mended(note):
    assert all(step.verdict != "holds" for step in check(note).steps)


def test_a_note_that_is_too_long_is_refused_with_the_bound_named():
    with pytest.raises(NotationError, match="100,000"):
        check("x" * 100_001)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "a ",
        "ab",
        "is ",
        "\n \n",
        "$x$ ",
        "$$ x ",
        "\\(",
        "\\[",
        "\\begin{align}",
        "$",
        "`",
        "```\n",
        "# ",
        "let $x$ be ",
    ],
)
def test_long_runs_of_one_mark_are_read_quickly(unit, ends):
    with ends():
        readable(unit * (90_000 // len(unit)))


def test_a_step_past_its_time_is_unchecked_and_names_the_bound():
    note = HEAD + "(x+1)^2 = x^2 + 2x + 1$$"
    (step,) = check(note, budget=Budget(clock=ticking(0.001), step_seconds=0.0001, note_seconds=1e9)).steps
    assert (step.verdict, "bound of 0.0001 s" in step.reason) == ("unchecked", True)


def test_more_steps_than_allowed_are_unchecked():
    steps = check(HEAD + "x = x = x = x$$", budget=Budget(steps=2)).steps
    assert [step.verdict for step in steps] == ["holds", "holds", "unchecked"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                r"x",
                r"y",
                r"A",
                r"n",
                r"1",
                r"2",
                r"+",
                r"-",
                r"=",
                r"\le",
                r"^",
                r"_",
                r"{",
                r"}",
                r"(",
                r")",
                r"[",
                r"]",
                r"|",
                r"\frac",
                r"\sum_{i=1}^n",
                r"\int",
                r"\nabla",
                r"\partial",
                r"^\top",
                r"\mathbb{E}",
                r"\left(",
                r"\right)",
                r",",
                r"&",
                r"\\",
                r"\text{for}",
                r"\begin{cases}",
                r"\end{cases}",
                r"\lVert",
                r"\rVert",
                r"d",
                r"'",
                r"!",
                r"\quad",
                r":=",
                r"\mid",
            ]
        ),
        max_size=25,
    )
)
def test_random_tokens_are_read_or_refused(tokens):
    readable("Let $x, y \\in \\mathbb{R}$ and $A \\in \\mathbb{R}^{n \\times n}$. $$" + " ".join(tokens) + "$$")
