"""A fragment of TeX is found in a formula whatever way both are written, and nowhere else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mathtext.fragments import key, symbols, tokens


@pytest.mark.parametrize(
    ("fragment", "formula"),
    [
        (r"A^{-\top}", r"\frac{\partial \log\det A}{\partial A} = A^{-\top}"),
        (r"A ^ { - \top }", r"B A^{-\top} C"),
        (r"{A}^{-\top}", r"A^{-\top}"),
        (r"A^{-T}", r"A^{-\top}"),
        (r"A^{-\top}", r"\mathbf{A}^{-\mathsf{T}}"),
        (r"x^\top A x", r"f(x) = \tfrac12 x^{\top}\,A\,x - b"),
        (r"\frac12", r"\tfrac{1}{2} x"),
        (r"\operatorname{tr}(AB)", r"\mathrm{tr} \left( A B \right)"),
        (r"\tr(AB)", r"\operatorname{tr}(A\,B)"),
        (r"(X^\top X)^{-1}", r"\hat\beta = \left(X^\top X\right)^{-1} X^\top y"),
        (r"A^{-", r"A^{-1} b"),
        (r"\frac{\partial", r"\frac{\partial f}{\partial x}"),
        (r"^{-1}", r"A^{-1}"),
        (r"\|x\|", r"\lVert x \rVert^2"),
        (r"\mathbb{R}^n", r"x \in \R^n"),
        (r"a \le b", r"a \leq b"),
        (r"x_i", r"\sum_{i} x_{i}^2"),
        (r"f'(x)", r"f^{\prime}(x)"),
    ],
)
def test_a_fragment_is_found_however_it_is_written(fragment, formula):
    assert key(fragment) in key(formula)


@pytest.mark.parametrize(
    ("fragment", "formula"),
    [
        (r"A^{-\top}", r"A^{-1}"),
        (r"A^{-\top}", r"A^\top"),
        (r"x^2y", r"x^{2y}"),
        (r"x_{ij}", r"x_i j"),
        (r"\top", r"\topology"),
        (r"12", r"123"),
        (r"2", r"12"),
        (r"a b", r"b a"),
        (r"\frac{a}{b}", r"\frac{b}{a}"),
        (r"A", r"a"),
        (r"\sigma", r"\Sigma"),
    ],
)
def test_what_is_another_thing_is_not_found(fragment, formula):
    assert key(fragment) not in key(formula)


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\hat\beta = (X^\top X)^{-1} X^\top y", [r"\hat{\beta}", r"\beta", "X", "y"]),
        (r"\log \det \Sigma", [r"\log", r"\det", r"\Sigma"]),
        (r"\mathbf{w} \sim \mathcal{N}(0, I)", ["w", r"\sim", r"\mathcal{N}", "N", "I"]),
        (r"\frac{1}{2}", []),
    ],
)
def test_the_symbols_of_a_formula(tex, found):
    assert symbols(tex) == found


def test_an_empty_fragment_has_no_key():
    assert key("") == key(" { } % x") == ""


def test_deep_nesting_ends():
    assert tokens("{" * 5_000 + "x" + "}" * 5_000) is not None
    assert tokens("x^{" * 3_000)
    assert tokens("\\hat" * 3_000)


@example("^^")
@given(st.text(alphabet="\\{}^_'abT12 $&%~[].\n-()=", max_size=80))
def test_no_text_breaks_it_and_a_key_is_stable(text):
    once = key(text)
    assert key(once) == once or "\\" in text or "[" in text


@given(st.text(alphabet="abxyAB+-=()", min_size=1, max_size=20), st.text(alphabet="abxyAB+-=() ", max_size=20))
def test_a_part_of_a_plain_formula_is_found_in_the_whole(part, rest):
    assert key(part) in key(f"{rest}{part}{rest}")
