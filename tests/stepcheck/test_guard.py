"""Slips of our own must fail where a claim holds: poor points are noticed, and slips that change nothing pass over."""

import numpy as np
import pytest

from stepcheck import check
from stepcheck.guard import fate, guard_equation, letters_of, reversed_fails
from stepcheck.mutate import mutants
from stepcheck.reading import read
from stepcheck.verdict import Checker

GIVENS = (
    "Let $A, B \\in \\mathbb{R}^{n \\times n}$ and $S \\in \\mathbb{R}^{n \\times n}$ symmetric, "
    "$x, y \\in \\mathbb{R}^n$, $t \\in \\mathbb{R}$. "
)


def prepared(formula, change=None):
    """A checker whose usual draws are made, each changed by `change(values)`, and the first claim."""
    reading = read(f"{GIVENS}\n\n$${formula}$$")
    checker = Checker(reading.model)
    for made in checker.worlds(()):
        if change is not None:
            change(made.world.values)
            made.evaluator.memo.clear()
    return checker, reading.claims[0]


def symmetric(values):
    values["A"] = values["A"] + np.swapaxes(values["A"], -1, -2)


def zero(values):
    values["x"] = values["x"] * 0
    values["t"] = values["t"] * 0


def equal(values):
    values["y"] = values["x"]


def commuting(values):
    values["B"] = values["A"] @ values["A"]


@pytest.mark.parametrize(
    ("formula", "poor"),
    [
        (r"A^\top = A", symmetric),
        (r"x^\top A^\top y = x^\top A y", symmetric),
        (r"x = 2 x", zero),
        (r"t + x^\top y = 0", zero),
        (r"A B = B A", commuting),
        (r"x y^\top = y x^\top", equal),
        (r"x^\top x \le x^\top y", equal),
        (r"\operatorname{tr}(A B A^\top) = \operatorname{tr}(A A^\top B)", commuting),
    ],
)
def test_points_at_which_a_wrong_claim_holds_by_chance_do_not_make_it_right(formula, poor):
    checker, claim = prepared(formula, poor)
    assert checker.check(claim).answer != "holds"
    assert check(f"{GIVENS}\n\n$${formula}$$").steps[0].verdict == "fails"


@pytest.mark.parametrize(
    "formula",
    [
        r"x^\top S^\top x = x^\top S x",
        r"S^\top = S",
        r"x^\top x = (x^\top x)^\top",
        r"t^\top = t",
        r"\lVert x \rVert^2 = x^\top x",
        r"x^\top (A - A^\top) x = 0",
        r"A - A = 0",
        r"0 t = 0 t^2",
        r"\frac{d}{dt} 3 = 0",
        r"A x + 0 y = A x",
        r"t - 0 = t + 0",
        r"\operatorname{tr}(A^\top) = \operatorname{tr}(A)",
        r"1 + 1 = 2",
        r"\sum_{i=1}^{n} x_i = \sum_{i=1}^{n} x_i",
        r"t^2 = |t|^2",
        r"t^2 \le |t|^2",
        r"0 \le 0 t",
        r"x^\top x \ge 0",
    ],
)
def test_slips_that_change_nothing_leave_a_true_step_right(formula):
    (step,) = check(f"{GIVENS}\n\n$${formula}$$").steps
    assert (step.verdict, step.reason) == ("holds", "")


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        (r"(A B)^\top = B^\top A^\top", {"transpose", "order"}),
        (r"(A + B) x = A x + B x", {"sign", "letter", "factor"}),
        (r"e^{2 t} = (e^t)^2", {"operation", "factor"}),
        (r"\sum_{i=1}^{n} x_i^2 = x^\top x", {"index", "operation"}),
    ],
)
def test_several_kinds_of_slip_fail_where_a_claim_is_right(formula, kinds):
    checker, claim = prepared(formula)
    seen = [seen for made in checker.worlds(()) for seen in checker._try(claim, made).seen]
    guarded = guard_equation(claim, checker.model, seen)
    assert guarded.is_strong
    assert len(guarded.failed) == 3
    assert kinds <= set(guarded.failed)


def test_a_slip_is_judged_by_what_it_changes():
    checker, claim = prepared(r"x^\top S^\top x + 0 t = x^\top S x")
    seen = [seen for made in checker.worlds(()) for seen in checker._try(claim, made).seen]
    fates = [
        (slip.kind, fate(slip, seen))
        for slip in mutants(claim.left, claim.right, letters_of(claim, checker.model, seen))
    ]
    assert ("transpose", "unfit") in fates  # x S x
    assert ("transpose", "same") in fates  # S^T is S
    assert ("sign", "same") in fates  # the term is zero
    assert ("factor", "fails") in fates
    assert not any(each == "survives" for _, each in fates)


def test_a_reversed_inequality_fails_unless_the_sides_are_equal():
    for formula, expected in ((r"0 \le t^2", True), (r"t^2 \le |t|^2", False)):
        checker, claim = prepared(formula)
        seen = [seen for made in checker.worlds(()) for seen in checker._try(claim, made).seen]
        assert reversed_fails(claim, seen) is expected
