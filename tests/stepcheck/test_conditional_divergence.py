r"""`D(p(y \mid x) \,\|\, q(y \mid x))` with a free `x`: for each, or the mean over `p(x)`, as in the chain rule."""

import pytest

from stepcheck import check

TABLES = r"Let $p(x, y)$ and $q(x, y)$ be positive joint tables."
D = r"D(p(y \mid x) \,\|\, q(y \mid x))"
WHOLE = r"D(p(x, y) \,\|\, q(x, y))"
PART = r"D(p(x) \,\|\, q(x))"


def step(formula, words=""):
    (found,) = check(f"{TABLES} {words}\n\n$${formula}$$").steps
    return found


def test_what_is_true_in_both_readings_holds_and_what_is_false_in_both_fails():
    assert step(rf"{D} \ge 0").verdict == "holds"
    assert step(rf"{D} > 1").verdict == "fails"
    reversed_d = r"D(q(y \mid x) \,\|\, p(y \mid x))"
    assert step(rf"{WHOLE} = {PART} + {reversed_d}").verdict == "fails"


@pytest.mark.parametrize(
    "formula", [rf"{WHOLE} = {PART} + {D}", rf"{D} = \sum_{{x, y}} p(x, y) \log \frac{{p(y \mid x)}}{{q(y \mid x)}}"]
)
def test_where_the_readings_differ_the_mean_has_to_be_written(formula):
    found = step(formula)
    assert found.verdict == "unchecked"
    assert "Write the mean" in found.reason
    assert step(formula, "For each $x$,").verdict == "fails"


@pytest.mark.parametrize("mean", [r"\sum_x p(x) ", r"\mathbb{E}_{x \sim p} "])
def test_the_mean_written_out_is_the_chain_rule(mean):
    assert step(f"{WHOLE} = {PART} + {mean}{D}").verdict == "holds"
    assert step(f"{WHOLE} = {PART} + 2 {mean}{D}").verdict == "fails"


def test_a_letter_that_is_free_elsewhere_too_means_each_of_its_values():
    terms = r"\sum_y p(y \mid x) \log \frac{p(y \mid x)}{q(y \mid x)}"
    assert step(f"{D} = {terms}").verdict == "holds"
    assert step(f"{D} = -{terms}").verdict == "fails"
