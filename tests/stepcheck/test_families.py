"""Symbols introduced by their general member, `x_i`: a family over `i`, of values of their own."""

import pytest

from stepcheck import check


def verdicts(note):
    return [step.verdict for step in check(note).steps]


SQUARE = r"\left(\sum_{i=1}^4 x_i\right)^2", r"4\sum_{i=1}^4 x_i^2"


@pytest.mark.parametrize(
    "givens",
    [
        r"Let $x_i \in \mathbb{R}$ for $i = 1, \dots, 4$.",
        r"Let $x_i \in \mathbb{R}$, $i = 1, \ldots, 4$.",
        r"Let $x_i \in \mathbb{R}, \; i = 1, \dots, 4$.",
        r"Let $x_i \in \mathbb{R}, i = 1, 2, 3, 4$.",
        r"Let $x_i \in \mathbb{R}$ for $i \in \{1, \dots, 4\}$.",
        r"Let $x_i \in \mathbb{R}$ for $1 \le i \le 4$.",
        r"Let $x_i > 0$ for all $i$.",
        r"Suppose that $x_i > 0$ for $i = 1, \dots, 4$.",
        r"Let $x_i \in \mathbb{R}$ be the $i$-th observation.",
        r"Let $x_1, x_2, x_3, x_4$ be real numbers, each $x_i > 0$.",
        r"Consider real numbers $x_i$.",
        r"Let $\{x_i\}_{i=1}^4 \subset \mathbb{R}$.",
        r"Let $(x_i)_{i=1}^{4}$ be real numbers.",
    ],
)
def test_the_members_differ_however_their_range_is_said(givens):
    left, right = SQUARE
    assert verdicts(f"{givens}\n\n$${left} \\le {right}$$") == ["holds"]
    assert verdicts(f"{givens}\n\n$${left} = {right}$$") == ["fails"]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $x_i \in \mathbb{R}^p$ for $i = 1, \dots, 4$ and $m := \frac14 \sum_{i=1}^4 x_i$.",
            r"\sum_{i=1}^4 (x_i - m) = 0",
            r"\sum_{i=1}^4 \lVert x_i - m \rVert^2 = 0",
        ),
        (
            r"Let $x_i \in \mathbb{R}$ for $i = 1, \dots, n$, with $m := \frac1n \sum_{i=1}^n x_i$.",
            r"\sum_{i=1}^n (x_i - m)^2 = \sum_{i=1}^n x_i^2 - n m^2",
            r"\sum_{i=1}^n (x_i - m)^2 = 0",
        ),
        (
            r"Given data points $x_i \in \mathbb{R}^d$, let $m = \frac1n \sum_{i=1}^n x_i$.",
            r"\sum_{j=1}^n (x_j - m) = 0",
            r"\sum_{j=1}^n (x_j - x_1) = 0",
        ),
        (
            r"Let $x_i \in \mathbb{R}$ for $i=1,\dots,3$.",
            r"\sum_{i \ne j} x_i x_j = \left(\sum_i x_i\right)^2 - \sum_i x_i^2",
            r"\sum_{i \ne j} x_i x_j = 6 x_1^2",
        ),
        (
            r"Let $w_i > 0, i = 1, \dots, m$.",
            r"\max_i w_i \le \sum_{i=1}^m w_i",
            r"m \max_i w_i = \sum_{i=1}^m w_i",
        ),
        (
            r"Let $(x_i, y_i)_{i=1}^n$ be data, $x_i \in \mathbb{R}^d$, $y_i \in \mathbb{R}$; $w \in \mathbb{R}^d$.",
            r"\nabla_w \sum_{i=1}^n (y_i - w^\top x_i)^2 = -2\sum_{i=1}^n (y_i - w^\top x_i) x_i",
            r"\sum_{i=1}^n (y_i - w^\top x_i)^2 = n (y_1 - w^\top x_1)^2",
        ),
        (
            r"Let $(x_i, y_i) \in \mathbb{R}^d \times \mathbb{R}$ for $i = 1, \ldots, n$ and $w \in \mathbb{R}^d$.",
            r"\sum_{i=1}^n (w^\top x_i)^2 = w^\top \left(\sum_{i=1}^n x_i x_i^\top\right) w",
            r"\sum_{i=1}^n y_i^2 = n y_1^2",
        ),
        (
            r"Let $p_i \ge 0$ for $i = 1, \dots, n$ with $\sum_{i=1}^n p_i = 1$.",
            r"\sum_{i=1}^n p_i^2 \le 1",
            r"\sum_{i=1}^n p_i^2 = \frac{1}{n}",
        ),
    ],
)
def test_a_sum_over_members_is_one_over_different_values(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $\epsilon_i \sim \mathcal{N}(0,1)$ be independent for $i = 1,\dots,3$.",
            r"\operatorname{Var}\left(\sum_{i=1}^3 \epsilon_i\right) = 3",
            r"\operatorname{Var}\left(\sum_{i=1}^3 \epsilon_i\right) = 9",
        ),
        (
            r"Let $\epsilon_i \sim \mathcal{N}(0,1)$ be i.i.d.",
            r"\operatorname{Var}\left(\sum_{i=1}^3 \epsilon_i\right) = 3",
            r"\operatorname{Var}\left(\sum_{i=1}^3 \epsilon_i\right) = 9",
        ),
        (
            (
                r"Let $X_1, X_2, X_3, X_4$ be independent random variables, each "
                r"$X_i \sim \mathcal{N}(\mu, \sigma^2)$, and let $\bar{X} := \frac14 \sum_{i=1}^4 X_i$."
            ),
            r"\operatorname{Var}(\bar X) = \sigma^2/4",
            r"\operatorname{Var}(\bar X) = \sigma^2",
        ),
        (
            r"Let $X_1, \dots, X_4$ be independent random variables, each $X_i \sim \mathcal{N}(\mu, \sigma^2)$.",
            r"\operatorname{Var}(X_1 + X_2) = 2\sigma^2",
            r"\operatorname{Var}(X_1 + X_2) = 4\sigma^2",
        ),
        (
            r"Let $X_i \sim \mathrm{Bernoulli}(p)$ be independent, $i=1,2$.",
            r"\mathbb{E}\left[\prod_{i=1}^2 X_i\right] = p^2",
            r"\mathbb{E}\left[\prod_{i=1}^2 X_i\right] = p",
        ),
        (
            r"Let $X_i \sim \mathcal{N}(\mu_i, 1)$ be independent for $i = 1, 2, 3$.",
            r"\mathbb{E}\left[\sum_{i=1}^3 X_i\right] = \sum_{i=1}^3 \mu_i",
            r"\mathbb{E}\left[\sum_{i=1}^3 X_i\right] = 3 \mu_1",
        ),
        (
            r"Let $X_i$ be i.i.d. random variables with mean $\mu$ and variance $\sigma^2$, $i = 1, 2, 3$.",
            r"\operatorname{Var}\left(\sum_{i=1}^3 X_i\right) = 3\sigma^2",
            r"\operatorname{Var}\left(\sum_{i=1}^3 X_i\right) = 9\sigma^2",
        ),
    ],
)
def test_random_members_are_as_independent_as_is_said(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    "note",
    [
        r"Let $A_{ij} \in \mathbb{R}$. $$\sum_{i=1}^3 \sum_{j=1}^3 A_{ij} = 9 A_{ij}$$",
        r"Let $x_i \in \mathbb{R}$. $$\sum_i x_i = x_i$$",
        r"Let $(X_i, Y_i)$ be i.i.d. random pairs, $i = 1, 2$. $$\operatorname{Cov}(X_1, Y_1) = 0$$",
        r"Let $x_i \in \mathbb{R}$. $$\sum_{i=1}^2 x_i + \sum_{i=1}^3 x_i = 5 x_i$$",
    ],
)
def test_a_member_without_a_range_is_no_value_for_each_term(note):
    assert verdicts(note) == ["unchecked"]
