"""What the checker says of small notes: true and false twins, shapes, weak samples, the report."""

import json

import numpy as np
import pytest

from stepcheck import check
from stepcheck.mutate import mutants
from stepcheck.reading import read

GIVENS = (
    "Let $A, B \\in \\mathbb{R}^{n \\times n}$, $C \\in \\mathbb{R}^{m \\times n}$, "
    "$x, a, b \\in \\mathbb{R}^n$, $t \\in \\mathbb{R}$. "
)


def verdicts(formula, givens=GIVENS):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"(AB)^\top = B^\top A^\top", r"(AB)^\top = A^\top B^\top"),
        (r"(A+B)^2 = A^2 + AB + BA + B^2", r"(A+B)^2 = A^2 + 2AB + B^2"),
        (r"\operatorname{tr}(AB) = \operatorname{tr}(BA)", r"AB = BA"),
        (r"\nabla_x\, x^\top A x = (A + A^\top) x", r"\nabla_x\, x^\top A x = 2 A x"),
        (r"\nabla_x \tfrac12 \lVert C x\rVert^2 = C^\top C x", r"\nabla_x \tfrac12 \lVert C x\rVert^2 = C^\top x"),
        (r"\nabla_x (a^\top x)^2 = 2 (a^\top x)\, a", r"\nabla_x (a^\top x)^2 = 2 (a^\top x)\, x"),
        (r"\nabla_x e^{a^\top x} = e^{a^\top x} a", r"\nabla_x e^{a^\top x} = e^{a^\top x} x"),
        (r"\frac{d}{dt}\sin^2 t = \sin 2t", r"\frac{d}{dt}\sin^2 t = \cos 2t"),
        (r"|a^\top b| \le \lVert a\rVert \lVert b\rVert", r"a^\top b \ge 0"),
        (r"\lVert x\rVert_1 \le \sqrt{n}\, \lVert x\rVert_2", r"\lVert x\rVert_1 \le \lVert x\rVert_2"),
        (r"t = 1 \implies t^2 = 1", r"t^2 = 1 \implies t = 1"),
        (r"t^3 = 8 \iff t = 2", r"t^2 = 4 \iff t = 2"),
    ],
)
def test_a_true_step_holds_and_its_false_twin_fails(true, false):
    assert (verdicts(true), verdicts(false)) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("formula", "shapes"),
    [
        (r"A C = C A", {"n by n", "m by n"}),
        (r"C x = x", {"m by 1", "n by 1"}),
        (r"x + C = x", {"n by 1", "m by n"}),
    ],
)
def test_a_shape_clash_fails_and_names_both_shapes(formula, shapes):
    (step,) = check(f"{GIVENS}\n\n$${formula}$$").steps
    assert (step.verdict, step.evidence) == ("fails", "shapes")
    assert step.counterexample is not None
    assert str(step.counterexample.left) != str(step.counterexample.right)
    assert str(step.counterexample.left) in step.reason
    assert str(step.counterexample.right) in step.reason


def test_a_counterexample_can_be_worked_by_hand():
    (step,) = check(f"{GIVENS}\n\n$$AB = BA$$").steps
    values = {name: np.array(value) for name, value in step.counterexample.values.items()}
    assert np.allclose(values["A"] @ values["B"], step.counterexample.left, atol=1e-4)
    assert np.allclose(values["B"] @ values["A"], step.counterexample.right, atol=1e-4)


def test_an_undeclared_letter_leaves_a_step_unchecked_and_is_named():
    (step,) = check("Let $x \\in \\mathbb{R}$. $$x = \\Gamma$$").steps
    assert step.verdict == "unchecked"
    assert "\\Gamma" in step.reason


def test_contradictory_givens_never_hold():
    assert verdicts("x = x + 1", "Let $x \\in \\mathbb{R}$ with $x > 2$ and $x < 1$.") != ["holds"]


def test_an_overflow_is_no_evidence():
    assert verdicts("t = 9^{9^{9}}") == ["unchecked"]


def test_slips_of_our_own_differ_from_the_claim():
    (claim,) = read(f"{GIVENS}\n\n$$A^\\top x = A^\\top x - 0 x$$").claims
    found = list(mutants(claim.left, claim.right))
    assert len({slip.kind for slip in found}) >= 3
    assert all(slip.times is not None or slip.node not in (claim.left, claim.right) for slip in found)


def test_a_claim_that_its_slips_pass_as_well_is_not_called_right():
    assert verdicts("t^2 = t", "Let $t \\in \\{0, 1\\}$.") == ["holds"]
    assert verdicts("0 t = 0 t^2") == ["holds"]


def test_the_report_points_into_the_note_and_is_plain_json():
    note = f"{GIVENS}\n\n$$A^\\top = A$$\n"
    report = check(note)
    (step,) = json.loads(json.dumps(report.as_dict()))["steps"]
    start, end = step["span"]
    assert note[start:end].strip().startswith("A^\\top")
    assert (step["index"], step["line"], step["relation"], step["verdict"]) == (0, 3, "=", "fails")


@pytest.mark.parametrize(
    ("lead", "formula", "expected"),
    [
        ("To first order in $t$,", r"\det(I + tA) \approx 1 + t \operatorname{tr} A", "holds"),
        ("To first order in $t$,", r"\det(I + tA) \approx 1 - t \operatorname{tr} A", "fails"),
        ("Up to second order in $t$,", r"\cos t \approx 1 - \tfrac12 t^2", "holds"),
        ("Up to second order in $t$,", r"\cos t \approx 1 - t^2", "fails"),
        ("To second order in $t$,", r"e^t \approx 1 + t", "fails"),
        ("For small $t$,", r"(I + tA)^{-1} \approx I - tA", "holds"),
        ("For small $t$,", r"\cos t \approx 2 - t", "fails"),
        ("For small $t$,", r"e^t \approx 1", "unchecked"),
        ("For small $t$,", r"\frac{\sin t}{t} \approx 1", "unchecked"),
        ("For small $t$,", r"\sin x_1 \approx x_1", "unchecked"),
        ("We have", r"e^t \approx 1 + t", "unchecked"),
    ],
)
def test_an_approximation_is_judged_to_the_order_that_the_note_says(lead, formula, expected):
    (step,) = check(f"{GIVENS}{lead} $${formula}$$").steps
    assert step.verdict == expected
