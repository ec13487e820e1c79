"""Limits and series: true and false twins, and what has no limit. Source: any first course of analysis."""

import pytest

from stepcheck import check

GIVENS = "Let $s, t \\in \\mathbb{R}$, $x \\in \\mathbb{R}^n$, $q \\in (-1, 1)$, $p \\in (0, 1)$. "


def answer(formula):
    (step,) = check(f"{GIVENS}\n\n$${formula}$$").steps
    return step.verdict


@pytest.mark.parametrize(
    ("left", "true", "false"),
    [
        (r"\lim_{h \to 0} \frac{\sin h}{h}", "1", "2"),
        (r"\lim_{h \to 0} \frac{1 - \cos h}{h^2}", r"\frac12", r"\frac13"),
        (r"\lim_{h \to 0} \frac{e^{s + h} - e^s}{h}", "e^s", "e^{-s}"),
        (r"\lim_{h \to 0^+} \frac{|h|}{h}", "1", "-1"),
        (r"\lim_{h \to 0^-} \frac{|h|}{h}", "-1", "1"),
        (r"\lim_{h \to 0^+} h \log h", "0", "1"),
        (r"\lim_{m \to \infty} \left(1 + \frac{s}{m}\right)^m", "e^s", "e^{-s}"),
        (r"\lim_{u \to \infty} \tanh(u)", "1", r"\frac{9}{10}"),
        (r"\lim_{u \to -\infty} \tanh(u)", "-1", "1"),
        (r"\lim_{u \to \infty} \frac{1}{\sqrt{1 + u}}", "0", r"\frac{1}{100}"),
        (r"\lim_{\beta \to \infty} \frac1\beta \log \sum_{i=1}^n e^{\beta x_i}", r"\max_i x_i", r"\min_i x_i"),
        (r"\sum_{k=0}^\infty q^k", r"\frac{1}{1-q}", r"\frac{1}{1+q}"),
        (r"\sum_{k=1}^\infty k q^{k-1}", r"\frac{1}{(1-q)^2}", r"\frac{q}{(1-q)^2}"),
        (r"\sum_{k=1}^\infty k (1-p)^{k-1} p", r"\frac1p", r"\frac{1}{p^2}"),
        (r"\sum_{k=0}^\infty \frac{t^k}{k!}", r"e^t", r"e^t - 1"),
        (r"\sum_{k=1}^\infty \frac{1}{k^2}", r"\frac{\pi^2}{6}", r"\frac{\pi^2}{8}"),
        (r"\sum_{k=1}^\infty \frac{1}{k (k+1)}", "1", r"\frac12"),
        (r"\sum_{k=1}^\infty \frac{(-1)^{k+1}}{k}", r"\log 2", r"\log 3"),
    ],
)
def test_a_limit_is_followed_until_it_settles(left, true, false):
    assert (answer(f"{left} = {true}"), answer(f"{left} = {false}")) == ("holds", "fails")


@pytest.mark.parametrize(
    "formula",
    [
        r"\lim_{u \to \infty} \log u = 5",
        r"\lim_{u \to \infty} \sin u = 0",
        r"\lim_{h \to 0} \frac{1}{h} = 0",
        r"\lim_{h \to 0} \frac{|h|}{h} = 1",
        r"\sum_{k=1}^\infty \frac{1}{k} = 100",
        r"\sum_{k=2}^\infty \frac{1}{k \log k} = 3",
        r"\sum_{k=0}^\infty (-1)^k = \frac12",
        r"\sum_{k=0}^\infty 2^k = -1",
        r"\sum_{k=1}^\infty 1 = -\frac12",
    ],
)
def test_what_has_no_limit_is_left_unchecked(formula):
    assert answer(formula) == "unchecked"
