"""Probability, statistics and information in the habits of many hands: true and false twins."""

import pytest

from stepcheck import check

XY = "Let $X$ and $Y$ be random variables. "
XYZ = "Let $X$, $Y$ and $Z$ be random variables with finitely many values. "


def verdicts(givens, formula):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        ("Suppose that $X$ and $Y$ are random variables. ", r"E[X+Y] = E[X] + E[Y]", r"E[XY] = E[X] E[Y]"),
        (
            "**The best guess.** Let $X$ and $Y$ be random variables and let $f : \\mathbb{R} \\to \\mathbb{R}$. ",
            r"E[f(X) + Y] = E[f(X)] + E[Y]",
            r"E[f(X) Y] = E[f(X)] E[Y]",
        ),
        (
            "Let $X$ be a random variable with mean $\\mu$ and variance $\\sigma^2 > 0$, and let $t > 0$. ",
            r"P(|X - \mu| \ge t) \le \sigma^2 / t^2",
            r"P(|X - \mu| \ge t) \le \sigma^2 / (2 t^2)",
        ),
        (XY, r"\mathbb{V}[2X] = 4\,\mathrm{var}(X)", r"\mathbb{V}(2X) = 2\,\mathrm{var}(X)"),
        (XY, r"\mathbb{V}\mathrm{ar}(X + 1) = \mathbb{V}[X]", r"\mathbb{V}\mathrm{ar}(X + 1) = \mathbb{V}[X] + 1"),
        (XY, r"\operatorname{Corr}(2X, Y) = \operatorname{Corr}(X, Y)", r"\operatorname{Corr}(X, Y)^2 \ge 1"),
        (XY, r"\operatorname{sd}(-2X) = 2\operatorname{sd}(X)", r"\operatorname{sd}(2X) = 4\operatorname{sd}(X)"),
        (XY, r"E(X + Y) = \mathbb{E}X + \mathrm{E}Y", r"E(X Y) = \mathbb{E}X\, \mathrm{E}Y"),
        (XYZ, r"I(X; Y, Z) = I(X; Y) + I(X; Z \mid Y)", r"I(X; Y, Z) = I(X; Y) + I(X; Z \mid Y) + 1"),
        (XYZ, r"I(X, Y; Z) = I(X; Z) + I(Y; Z \mid X)", r"I(X, Y; Z) = I(X; Z) + 1"),
        (XYZ, r"\mathbb{I}(X; Y) = \mathbb{H}[X] - \mathbb{H}(X \mid Y)", r"\mathbb{I}(X; Y) = 2\operatorname{H}(X)"),
        # a sum up to a natural number that differs from point to point, and what stands below it
        (
            "Let $n \\in \\mathbb{N}$ and $x, y \\in \\mathbb{R}$. ",
            r"(x+y)^n = \sum_{k=0}^n \binom{n}{k} x^k y^{n-k}",
            r"(x+y)^n = \sum_{k=1}^n \binom{n}{k} x^k y^{n-k}",
        ),
        (
            "Let $n \\in \\mathbb{N}$. ",
            r"\sum_{k=0}^n k(k-1) \binom nk = n(n-1) 2^{n-2}",
            r"\sum_{k=0}^n k (k-1) \binom nk = n(n-1) 2^{n-1}",
        ),
        ("Let $n \\in \\mathbb{N}$. ", r"\prod_{k=1}^n k = n!", r"\prod_{k=1}^{n-1} k = n!"),
        (
            "Let $X \\sim \\mathrm{Binomial}(n, p)$ with $n \\in \\mathbb{N}$ and $p \\in (0, 1)$. ",
            r"\mathbb{E}[X] = \sum_{k=1}^n P(X \ge k)",
            r"\mathbb{E}[X] = \sum_{k=0}^n P(X \ge k)",
        ),
        # a condition below a sum that differs from point to point
        (
            "Let $x \\in \\mathbb{R}^n$. ",
            r"\sum_{i : x_i > 0} x_i = \sum_i \max(x_i, 0)",
            r"\sum_{i : x_i > 0} x_i = \sum_i x_i",
        ),
        (
            "Let $p \\in \\Delta^{K-1}$ with positive entries. ",
            r"\sum_k \sum_{k'} p_k p_{k'} = 1",
            r"\sum_k p_k \sum_{k'} p_{k'}^2 = 1",
        ),
    ],
)
def test_a_true_step_holds_and_its_false_twin_fails(givens, true, false):
    assert (verdicts(givens, true), verdicts(givens, false)) == (["holds"], ["fails"])
