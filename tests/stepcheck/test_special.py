"""Claims that fail at an exceptional point only: equality under a strict sign, a rank that drops."""

import pytest

from stepcheck import check

GIVENS = (
    "Let $A, B \\in \\mathbb{R}^{n \\times n}$, $J \\in \\mathbb{R}^{m \\times n}$, $x, y \\in \\mathbb{R}^n$, "
    "$s, t \\in \\mathbb{R}$, $p, q \\in \\Delta^{K-1}$, $k \\in \\mathbb{N}$, "
    "$S \\in \\mathbb{R}^{n \\times n}$ with $S \\succ 0$. "
)
TWO_POINTS = "Let $X \\sim \\mathrm{Bernoulli}(p)$ with $p \\in (0,1)$."
NONZERO = GIVENS.replace("y \\in \\mathbb{R}^n$", "y \\in \\mathbb{R}^n$ with $x \\ne 0$")
TABLE = "Let $X$ and $Y$ be random variables with finitely many values."


def verdict(formula, givens=GIVENS):
    (step,) = check(f"{givens}\n\n$${formula}$$").steps
    return step.verdict


@pytest.mark.parametrize(
    ("true", "false", "givens"),
    [
        (r"1 + t^2 > 0", r"t^2 > 0", GIVENS),
        (r"1 + t^2 > t", r"1 + t^2 > 2t", GIVENS),
        (r"t < e^t", r"1 + t < e^t", GIVENS),
        (r"s^2 + t^2 + 1 > 2st", r"s^2 + t^2 > 2st", GIVENS),
        (r"\max(s, t) + 1 > s", r"\max(s, t) > s", GIVENS),
        (r"(t - 0.3)^2 + 0.01 > 0", r"(t - 0.3)^2 > 0", GIVENS),
        (r"\sin t < 1.1", r"\sin t < 1", GIVENS),
        (r"|s + t| < |s| + |t| + 1", r"|s + t| < |s| + |t|", GIVENS),
        (r"\log t < t", r"\log t < t - 1", "Let $t > 0$."),
        (r"\sin x < x", r"\sin x \le x - 1", "Let $x > 0$."),
        (r"\frac{a+b}{2} > \sqrt{ab} - 1", r"\frac{a+b}{2} > \sqrt{ab}", "Let $a, b > 0$."),
        (r"p(1-p) < \tfrac12", r"p(1-p) < \tfrac14", "Let $0 \\le p \\le 1$."),
        (r"k! > 2^{k-2}", r"k! > 2^{k-1}", GIVENS),
        (r"k^2 \ge k", r"k^2 > k", GIVENS),
        (r"\lVert x + y\rVert < \lVert x\rVert + \lVert y\rVert + 1",
         r"\lVert x + y\rVert < \lVert x\rVert + \lVert y\rVert", GIVENS),
        (r"\lVert x \rVert_2 > -1", r"\lVert x \rVert_2 > 0", GIVENS),
        (r"e^t \ne -1", r"e^t \ne 1", GIVENS),
        (r"e^t \ne -2", r"e^t \ne 2", GIVENS),
        (r"x + y \ne x + y + \mathbf{1}", r"x \ne y", GIVENS),
        (r"\sum_k p_k \log\frac{p_k}{q_k} > -1", r"\sum_k p_k \log\frac{p_k}{q_k} > 0", GIVENS),
        (r"J^\top J + S \succ 0", r"J^\top J \succ 0", GIVENS),
        (r"2 S \succ S", r"S \succ \tfrac12 S + \tfrac12 I", GIVENS),
        (r"x^\top S x > 0", r"x^\top x > 1", NONZERO),
        (r"\operatorname{Var}(X) < \frac12", r"\operatorname{Var}(X) < \frac14", TWO_POINTS),
        (r"\operatorname{Var}(X) + 1 > 0", r"\operatorname{Var}(X) > 0", TABLE),
        (r"\lambda_1(S) > \lambda_2(S) - 1", r"\lambda_1(S) > \lambda_2(S)", "Let $S \\in \\mathbb{S}^n$."),
        (r"k \ne 4", r"k \ne 2", "Let $k \\in \\{1, 2, 3\\}$."),
        (r"k < 4", r"k < 3", "Let $k \\in \\{1, 2, 3\\}$."),
        (r"H(X \mid Y) < H(X) + 1", r"H(X \mid Y) < H(X)", TABLE),
    ],
)  # fmt: skip
def test_equality_refutes_a_strict_sign(true, false, givens):
    assert (verdict(true, givens), verdict(false, givens)) == ("holds", "fails")


@pytest.mark.parametrize(
    "formula",
    [r"\tanh t < 1", r"\tanh(100 t) < 1", r"e^t > 0", r"\frac{1}{1+e^{-t}} < 1", r"\log(e^s + e^t) > \max(s, t)"],
)
def test_a_gap_below_round_off_is_no_equality(formula):
    assert verdict(formula) == "holds"


def test_a_gap_lost_to_underflow_does_not_refute():
    assert verdict(r"e^{-1000 t^2} > 0") != "fails"


def test_the_reason_says_that_the_sides_are_equal():
    (step,) = check("Let $t \\in \\mathbb{R}$. $$t^2 > 0$$").steps
    assert "equal" in step.reason
    assert step.counterexample is not None
    assert step.counterexample.values == {"t": 0.0}


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\operatorname{rank}(A^\top A) = \operatorname{rank}(A)",
         r"\operatorname{rank}(A^2) = \operatorname{rank}(A)"),
        (r"\operatorname{rank}(J) = \operatorname{rank}(J^\top)", r"\operatorname{rank}(AB) = \operatorname{rank}(BA)"),
        (r"\operatorname{rank}(A) \le n", r"\operatorname{rank}(A) = n"),
        (r"\operatorname{rank}(x y^\top) \le 1", r"\operatorname{rank}(x y^\top) = 1"),
        (r"\operatorname{rank}(AB) \le \operatorname{rank}(B)", r"\operatorname{rank}(AB) \ge \operatorname{rank}(B)"),
        (r"A A^+ A = A", r"A A^+ = I"),
        (r"(A^\top)^+ = (A^+)^\top", r"(AB)^+ = B^+ A^+"),
        (r"\operatorname{sign}(t)\, |t| = t", r"\operatorname{sign}(t)^2 = 1"),
        (r"\det(AB) = \det(A)\det(B)", r"\det(A) \ne 0"),
    ],
)  # fmt: skip
def test_a_claim_on_ranks_is_tried_at_singular_and_nilpotent_matrices(true, false):
    assert (verdict(true), verdict(false)) == ("holds", "fails")


def test_an_inverse_that_the_note_takes_for_granted_makes_no_failure():
    wide = "Let $C \\in \\mathbb{R}^{m \\times n}$ and $b \\in \\mathbb{R}^m$."
    assert verdict(r"C C^\top (C C^\top)^{-1} b = b", wide) == "unchecked"
    assert verdict(r"\log(t^2) = 2 \log t", "Let $t \\in \\mathbb{R}$.") == "fails"
