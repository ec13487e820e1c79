"""What meets a premise or a condition: beside the size of what stands in it, and never because both sides are small."""

import pytest

from stepcheck import check

SMALL = r"Let $c > 30$, $x \in \mathbb{R}$ and $u, v \in \mathbb{R}^n$. "


def verdicts(givens, formula):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"e^{-c}(x - 1) = 0 \iff x = 1", r"e^{-c}(x - 1) = 0 \iff x = 2"),
        (r"e^{-c} u = e^{-c} v \implies u = v", r"e^{-c} u = e^{-c} v \implies u = 2v"),
        (r"e^{-2c} x \le 0 \implies x \le 0", r"e^{-2c} x \le 0 \implies x \le -1"),
        (r"e^{-c}(x^2 - 4) = 0 \implies x^2 = 4", r"e^{-c}(x^2 - 4) = 0 \implies x = 2"),
    ],
)
def test_a_premise_is_not_met_because_both_its_sides_are_small(true, false):
    assert (verdicts(SMALL, true), verdicts(SMALL, false)) == (["holds"], ["fails"])


@pytest.mark.parametrize("given", [r"with $e^{-c} (x - 3) = 0$", r"with $e^{-c} x = 3 e^{-c}$"])
def test_a_given_is_not_met_because_both_its_sides_are_small(given):
    givens = rf"Let $c > 30$ and $x \in \mathbb{{R}}$ {given}."
    assert (verdicts(givens, "x = 3"), verdicts(givens, "x = 4")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    "claim",
    [
        r"e^{-c} \lVert u \rVert^2 = 0 \implies u = 0",
        r"x^4 = 0 \implies x = 0",
        r"(x - 1)^2 = 0 \iff x = 1",
        r"e^{-c} x \ge 3 e^{-c} \implies x \ge 3",
    ],
)
def test_a_gap_within_what_meets_the_premise_is_no_failure(claim):
    assert verdicts(SMALL, claim) != ["fails"]


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"u_i - x v_i = 0 \iff u_i = x v_i", r"u_i - x v_i = 0 \iff v_i = x u_i"),
        (r"u_i = 2 \implies u_i^2 = 4", r"u_i^2 = 4 \implies u_i = 2"),
        (r"u_i = i \implies u_i \ge 1", r"u_i = i \implies u_i \le 2"),
        (r"\sum_j e^{-v_i^2} (v_j - x) = 0 \iff \sum_j v_j = n x", r"\sum_j e^{-v_i^2} (v_j - x) = 0 \iff v_1 = x"),
    ],
)
def test_an_implication_with_a_free_index_is_of_each_of_its_values_alone(true, false):
    assert (verdicts(SMALL, true), verdicts(SMALL, false)) == (["holds"], ["fails"])


@pytest.mark.parametrize("given", ["Put $A^{-1} := B$.", "\n\n$$A^{-1} := B$$\n"])
def test_what_gets_a_value_and_is_no_name_is_an_equation_that_is_given(given):
    letters = r"Let $A \in \mathbb{R}^{n \times n}$ be invertible and $B \in \mathbb{R}^{n \times n}$."
    assert verdicts(f"{letters} {given}", "A B = I") == ["holds"]
    assert verdicts(f"{letters} {given}", "A B = 2 I") == ["fails"]


@pytest.mark.parametrize("said", ["Put $f'(x) := 3 x$.", "Assume that $f'(x) = 3 x$."])
def test_a_function_that_is_given_at_a_letter_fails_at_that_letter_only(said):
    letters = rf"Let $x \in \mathbb{{R}}$ and $f: \mathbb{{R}} \to \mathbb{{R}}$ be differentiable {said}"
    (answer,) = check(f"{letters}\n\n$$f'(2) = 7$$").steps
    assert answer.verdict == "unchecked"
    assert "given at `x`" in answer.reason
    assert verdicts(letters, "x^2 = 2 x") == ["fails"]


def test_a_derivative_that_is_given_is_that_derivative():
    letters = r"Let $x \in \mathbb{R}$ and $f: \mathbb{R} \to \mathbb{R}$ be differentiable. Put $f'(x) := 3 x$."
    assert verdicts(letters, "2 f'(x) = 6 x") == ["holds"]
    assert verdicts(letters, "2 f'(x) = 5 x") == ["fails"]


def test_a_size_that_is_a_difference_is_drawn_from_one_on():
    letters = r"Let $A \in \mathbb{R}^{n \times k}$ and $N \in \mathbb{R}^{n \times (n-k)}$ with $A^\top N = 0$."
    assert verdicts(letters, r"(2A)^\top N = 0") == ["holds"]
    assert verdicts(letters, r"(2A)^\top N = A^\top A") == ["fails"]


@pytest.mark.parametrize("size", ["10^{-40}", "(n-n)", "(2-3)"])
def test_a_size_below_one_is_no_size(size):
    letters = (
        rf"Let $n \in \mathbb{{N}}$, $x \in \mathbb{{R}}^9$ and $P \in \mathbb{{R}}^{{{size} \times 9}}$, $P \succ 0$."
    )
    (answer,) = check(f"{letters}\n\n$$P x = P x + 0$$").steps
    assert answer.verdict == "unchecked"
    assert "size" in answer.reason


@pytest.mark.parametrize(("mean", "covariance"), [("n", r"n \times n"), ("d", r"n \times n"), ("d", "n")])
def test_moments_of_other_sizes_than_their_variable_leave_its_steps_unchecked(mean, covariance):
    letters = (
        r"Let $y \in \mathbb{R}^d$ be a random vector with mean $\beta$ and covariance $V$, "
        rf"$\beta \in \mathbb{{R}}^{{{mean}}}$, $V \in \mathbb{{R}}^{{{covariance}}}$."
    )
    assert verdicts(letters, r"\mathbb{E}[y] = 2 \beta") == ["unchecked"]
