"""Recurrences: `x_{k+1} = F(x_k)` defines the later members of a sequence from any, and from the first."""

import pytest

from stepcheck import check

DESCENT = (
    r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric, $w \in \mathbb{R}^n$, "
    r"$L(w) = \tfrac12 w^\top A w$ and $\eta > 0$. "
    r"Gradient descent sets $w_{t+1} = w_t - \eta \nabla L(w_t)$."
)
FIRST = r"Let $A \in \mathbb{R}^{n \times n}$, $x_0 \in \mathbb{R}^n$ and $x_{k+1} = x_k - A x_k$ for $k \ge 0$."
MOMENTUM = r"""Let $w_t, v_t \in \mathbb{R}^n$, $\beta \in (0, 1)$, $\eta > 0$ and let
$L : \mathbb{R}^n \to \mathbb{R}$ be differentiable. Momentum, with $v_0 = 0$, is

$$v_{t+1} = \beta v_t + \nabla L(w_t), \qquad w_{t+1} = w_t - \eta v_{t+1}.$$
Then"""
HIDDEN = (
    r"Let $h_t \in \mathbb{R}^d$, $x_t \in \mathbb{R}^m$, $W \in \mathbb{R}^{d \times d}$ and "
    r"$U \in \mathbb{R}^{d \times m}$, "
    r"with $h_{t+1} = W h_t + U x_{t+1}$."
)
NEWTON = r"""Newton's iteration for $f(x) = x^2 - a$ with $a > 0$ and $x_0 > 0$ is
$$x_{k+1} = x_k - \frac{f(x_k)}{f'(x_k)}$$
so"""


def answers(givens, *formulas):
    return [step.verdict for step in check("\n\n".join([givens, *(f"$${each}$$" for each in formulas)])).steps]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (DESCENT, r"w_{t+1} = (I - \eta A) w_t", r"w_{t+1} = (I + \eta A) w_t"),
        (DESCENT, r"w_{t+2} = (I - \eta A)^2 w_t", r"w_{t+2} = (I - 2 \eta A) w_t"),
        (DESCENT, r"w_1 = (I - \eta A) w_0", r"w_1 = (I - A) w_0"),
        (FIRST, r"x_{k+1} = (I - A) x_k", r"x_{k+1} = (A - I) x_k"),
        (FIRST, r"x_2 = (I - A)^2 x_0", r"x_2 = (I - A) x_0"),
        (FIRST, r"x_3 = (I - A)^2 x_1", r"x_3 = (I - A)^3 x_1"),
        (MOMENTUM, r"w_{t+1} = w_t - \eta \beta v_t - \eta \nabla L(w_t)", r"v_1 = 2 \nabla L(w_0)"),
        (MOMENTUM, r"w_1 = w_0 - \eta \nabla L(w_0)", r"w_1 = w_0 + \eta \nabla L(w_0)"),
        (
            MOMENTUM,
            r"w_2 = w_0 - \eta (1 + \beta) \nabla L(w_0) - \eta \nabla L(w_1)",
            r"w_2 = w_0 - \eta \nabla L(w_0) - \eta \nabla L(w_1)",
        ),
        (HIDDEN, r"h_{t+2} = W^2 h_t + W U x_{t+1} + U x_{t+2}", r"h_{t+2} = W^2 h_t + U x_{t+1} + U x_{t+2}"),
        (HIDDEN, r"\frac{\partial h_{t+2}}{\partial h_t} = W^2", r"\frac{\partial h_{t+1}}{\partial h_t} = W^\top"),
        (NEWTON, r"x_1 = \frac12 (x_0 + \frac{a}{x_0})", r"x_1 = \frac12 (x_0 - \frac{a}{x_0})"),
        (r"Let $a_0, r \in \mathbb{R}$ and $a_{n+1} = r a_n$.", "a_3 = r^3 a_0", "a_3 = r^2 a_0"),
    ],
)  # fmt: skip
def test_the_members_of_a_sequence_follow_from_each_other(givens, true, false):
    assert answers(givens, true) == ["holds"]
    assert answers(givens, false) == ["fails"]


def test_what_a_function_takes_says_what_is_iterated():
    givens = (
        r"Let $f: \mathbb{R}^n \to \mathbb{R}$, $f(x) = \tfrac12 x^\top A x$, with "
        r"$A \in \mathbb{R}^{n \times n}$ symmetric. "
        r"Gradient descent with step $\eta > 0$ is $x_{k+1} = x_k - \eta \nabla f(x_k)$."
    )
    true, false = r"x_{k+1} = (I - \eta A) x_k", r"x_{k+1} = (I - \eta^2 A) x_k"
    assert answers(givens, true, false) == ["holds", "fails"]


@pytest.mark.parametrize(
    ("givens", "claim"),
    [
        (NEWTON, r"x_{k+1} \ge \sqrt{a}"),  # from x_0 > 0 each is positive
        (
            r"Let $Q \in \mathbb{R}^{n \times n}$ be orthogonal, $x_0 \in \mathbb{R}^n$ and $x_{k+1} = Q x_k$.",
            r"\|x_k\| = \|x_0\|",
        ),
        (r"Let $p_0 \in \mathbb{R}$, $p_0 = 1$ and $p_{k+1} = p_k^2$.", "p_k = 1"),
    ],
)  # fmt: skip
def test_what_is_true_of_the_members_that_are_reached_is_no_failure(givens, claim):
    assert answers(givens, claim) == ["unchecked"]


def test_a_rule_of_the_entries_of_a_vector_is_no_sequence_of_vectors():
    givens = r"Let $x \in \mathbb{R}^n$ and $c \in \mathbb{R}$, with entries $x_{i+1} = x_i + c$."
    assert answers(givens, "x_2 = x_1 + c", r"\|x\|^2 = x^\top x") == ["unchecked", "holds"]


def test_a_power_by_the_counter_is_left_unchecked():
    assert answers(FIRST, "x_k = (I - A)^k x_0", "x_k = (I - A)^{k+1} x_0") == ["unchecked", "unchecked"]


def test_the_report_shows_the_recurrence_once_and_says_what_a_member_is():
    report = check(f"{FIRST}\n\n$$x_3 = (I - A)^3 x_0$$")
    assert [each.latex for each in report.definitions] == ["x_{k+1} = x_k - A x_k"]
    assert any("any member of its sequence" in each for each in report.assumed)
