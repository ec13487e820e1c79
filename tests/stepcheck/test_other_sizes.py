"""Sizes that are not drawn for shapes: 1, equal ones, many. What the note says of its sizes bounds them."""

import pytest

from stepcheck import check

VECTOR = r"Let $x \in \mathbb{R}^n$."
MATRIX = r"Let $A \in \mathbb{R}^{m \times n}$."
SPD = r"Let $A \in \mathbb{R}^{n \times n}$ be positive definite."


def step(formula, givens):
    (found,) = check(f"{givens}\n\n$${formula}$$").steps
    return found


@pytest.mark.parametrize(
    ("true", "false", "givens"),
    [
        (r"n \ge 1", r"n \ge 2", VECTOR),
        (r"n > 0", r"n > 1", VECTOR),
        (r"n \ne 0", r"n \ne 3", VECTOR),
        (r"2^n > n", r"n < 10", VECTOR),
        (r"2^n \ne n^2 - 2", r"2^n \ne n^2", VECTOR),
        (r"n \log n \ge 0", r"n \log n > 0", VECTOR),
        (r"\operatorname{tr}(I_n) \ge 1", r"\operatorname{tr}(I_n) \ge 2", VECTOR),
        (r"n^2 - n = n(n-1)", r"(n-2)(n-3)(n-4) = 0", VECTOR),
        (r"m + n \ge 2", r"m + n \ge 3", MATRIX),
        (r"m n \ge m", r"m n > m", MATRIX),
        (r"(m - n)^2 \ge 0", r"m \ne n", MATRIX),
        (r"n > 1", r"n > 2", r"Let $x \in \mathbb{R}^n$ with $n \ge 2$."),
        (r"n - 1 \ge 1", r"n - 2 \ge 1", r"Let $x \in \mathbb{R}^n$, $n > 1$."),
        (r"n < 6", r"n < 5", r"Let $x \in \mathbb{R}^n$ with $3 \le n \le 5$."),
        (r"m \ne n", r"m \ne n + 1", r"Let $A \in \mathbb{R}^{m \times n}$ with $m > n$."),
        (r"k^2 \ge k", r"k \le 9", r"Let $k \in \mathbb{N}$."),
    ],
)
def test_a_claim_on_sizes_alone_is_tried_at_small_equal_and_large_ones(true, false, givens):
    assert (step(true, givens).verdict, step(false, givens).verdict) == ("holds", "fails")


@pytest.mark.parametrize(
    ("true", "false", "givens"),
    [
        (r"\operatorname{rank}(A) \ge 1", r"\operatorname{rank}(A) \ge 2", SPD),
        (r"\tfrac1n \lVert x \rVert^2 \le \lVert x \rVert^2",
         r"\tfrac1n \lVert x \rVert^2 \le \tfrac12 \lVert x \rVert^2", VECTOR),
        (r"\lVert A \rVert_F \ge 1", r"\lVert A \rVert_F \ge 1.2",
         r"Let $A \in \mathbb{R}^{n \times n}$ be orthogonal."),
        (r"\tfrac1n x^\top x \le \tfrac12 x^\top x", r"\tfrac1n x^\top x \le \tfrac13 x^\top x",
         r"Let $x \in \mathbb{R}^n$ with $n \ge 2$."),
        (r"k x^2 \ge x^2", r"k x^2 \le 9 x^2", r"Let $k \in \mathbb{N}$ and $x \in \mathbb{R}$."),
    ],
)  # fmt: skip
def test_an_inequality_may_fail_at_a_size_of_one_or_at_a_large_number(true, false, givens):
    assert (step(true, givens).verdict, step(false, givens).verdict) == ("holds", "fails")


@pytest.mark.parametrize(
    ("strict", "weak", "givens"),
    [
        (r"\operatorname{tr}(A) > \lambda_{\max}(A)", r"\operatorname{tr}(A) \ge \lambda_{\max}(A)", SPD),
        (r"\operatorname{rank}(A) < m", r"\operatorname{rank}(A) \le m",
         r"Let $A \in \mathbb{R}^{m \times n}$ have full column rank."),
        (r"-\sum_{i=1}^K p_i \log p_i > 0", r"-\sum_{i=1}^K p_i \log p_i \ge 0",
         r"Let $p \in \Delta^{K-1}$ with $p_i > 0$."),
    ],
)  # fmt: skip
def test_a_strict_sign_between_what_is_equal_at_a_size_of_one_asks_which_sizes_are_meant(strict, weak, givens):
    assert step(weak, givens).verdict == "holds"
    found = step(strict, givens)
    assert found.verdict == "unchecked"
    assert "Say which sizes are meant" in found.reason


def test_what_is_not_defined_at_a_size_of_one_says_so_and_does_not_fail():
    found = step(r"\frac{1}{n-1} > 0", VECTOR)
    assert found.verdict == "holds"
    assert "not defined at n = 1" in found.evidence


@pytest.mark.parametrize("formula", [r"e^{-n^2} > 0", r"n + e^{-n} > n", r"\tanh(n) < 1"])
def test_a_function_that_saturates_at_a_large_size_is_no_equality(formula):
    assert step(formula, VECTOR).verdict == "holds"


def test_sizes_of_products_stay_distinct_and_above_one():
    assert step(r"x x^\top = x^\top x", VECTOR).evidence == "shapes"
