"""Expectations across a kink or a jump of a continuous law. True and false twins; source: integration by hand."""

import pytest

from stepcheck import check

NORMAL = r"Let $u \sim \mathcal{N}(0, s^2)$ with $s > 0$, and let $h(z) = \max(0, z)$. Set $y = |u|$."
UNIFORM = r"Let $X \sim \mathrm{Uniform}(0, 1)$, $a \in (0, 1)$."
WAITING = r"Let $X \sim \mathrm{Exponential}(\lambda)$ with rate $\lambda > 0$, $a > 0$."
NOISE = r"Let $\epsilon \sim \mathcal{N}(0, 1)$, $s > 0$, $m \in \mathbb{R}$."


def answer(formula, givens):
    (step,) = check(f"{givens}\n\n$${formula}$$").steps
    return step.verdict


@pytest.mark.parametrize(
    ("givens", "left", "true", "false"),
    [
        (NORMAL, r"\mathbb{E}[\max(0, u)]", r"\frac{s}{\sqrt{2\pi}}", r"\frac{s}{2}"),
        (NORMAL, r"\mathbb{E}[h(u)]", r"\frac{s}{\sqrt{2\pi}}", r"\frac{s}{\pi}"),
        (NORMAL, r"\mathbb{E}[|u|]", r"s \sqrt{2/\pi}", r"s \sqrt{1/\pi}"),
        (NORMAL, r"\mathbb{E}[y]", r"s \sqrt{2/\pi}", r"s"),
        (NORMAL, r"\mathbb{E}[\max(0, u)^2]", r"\frac{s^2}{2}", r"s^2"),
        (NORMAL, r"\operatorname{Var}(|u|)", r"s^2 (1 - 2/\pi)", r"s^2 (1 - 1/\pi)"),
        (NORMAL, r"\mathbb{E}[\mathbb{1}[u > 0]]", r"\frac12", r"\frac13"),
        (UNIFORM, r"\mathbb{E}[|X - a|]", r"\frac{a^2 + (1 - a)^2}{2}", r"\frac{a^2 - (1 - a)^2}{2}"),
        (WAITING, r"\mathbb{E}[\max(X - a, 0)]", r"\frac{1}{\lambda} e^{-\lambda a}", r"e^{-\lambda a}"),
        (WAITING, r"\mathbb{E}[\mathbb{1}[X \ge a]]", r"e^{-\lambda a}", r"1 - e^{-\lambda a}"),
        (r"Let $X \sim \mathrm{Beta}(2, 2)$.", r"\mathbb{E}[\max(X, \tfrac12)]", r"\tfrac{19}{32}", r"\tfrac{18}{32}"),
        (NOISE, r"\mathbb{E}_{x \sim \mathcal{N}(0, 1)}[\max(x, 0)]", r"\frac{1}{\sqrt{2\pi}}", r"\frac{1}{2\pi}"),
        (NOISE, r"\frac{\partial}{\partial s} \mathbb{E}[|s \epsilon|]", r"\sqrt{2/\pi}", r"2/\pi"),
        (NOISE, r"\mathbb{E}[(m + s\epsilon)^2]", r"m^2 + s^2", r"m^2 + s"),
    ],
)
def test_an_expectation_is_split_at_its_kinks(givens, left, true, false):
    assert (answer(f"{left} = {true}", givens), answer(f"{left} = {false}", givens)) == ("holds", "fails")


@pytest.mark.parametrize(
    ("givens", "formula"),
    [
        (r"Let $X \sim \mathcal{N}(0,1)$ and $Y \sim \mathcal{N}(0,1)$ independent.", r"\mathbb{E}[\max(X, Y)] = 0.56"),
        (NOISE, r"\frac{\partial}{\partial m} \mathbb{E}[\mathbb{1}[\epsilon > m]] = 0"),
        (NOISE, r"\frac{\partial^2}{\partial m^2} \mathbb{E}[|\epsilon - m|] = 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_split_is_left_unchecked(givens, formula):
    assert answer(formula, givens) == "unchecked"
