"""Givens that are not understood: what fails for want of them is `unchecked`, and the given is named."""

import pytest

from stepcheck import check

SQUARE = r"\in \mathbb{R}^{n \times n}"
MAP = r": \mathbb{R}^n \to \mathbb{R}"


def steps(note):
    return [(step.verdict, step.reason) for step in check(note).steps]


@pytest.mark.parametrize(
    ("givens", "claim", "named"),
    [
        (
            rf"Let $f {MAP}$ be convex, $x, y \in \mathbb{{R}}^n$.",
            r"f(y) \ge f(x) + \nabla f(x)^\top (y - x)",
            "convex",
        ),
        (
            rf"Let $f {MAP}$ be $\mu$-strongly convex, $x, y \in \mathbb{{R}}^n$.",
            r"f(y) \ge f(x) + \nabla f(x)^\top (y - x)",
            "strongly convex",
        ),
        (rf"Let $f {MAP}$ be $L$-smooth with $L > 0$, $x \in \mathbb{{R}}^n$.", r"f(x) \le L", "smooth"),
        (r"Let the function $f : \mathbb{R} \to \mathbb{R}$ be $1$-Lipschitz.", r"|f(2) - f(1)| \le 1", "Lipschitz"),
        (r"Suppose $f : \mathbb{R} \to \mathbb{R}$ is increasing and $a \le b$.", r"f(a) \le f(b)", "increasing"),
        (r"Let $f : \mathbb{R} \to \mathbb{R}$ be an even function.", r"f(-1) = f(1)", "even"),
        (rf"Let $A, B {SQUARE}$ be circulant matrices.", r"AB = BA", "circulant"),
        (rf"Let $P {SQUARE}$ be doubly stochastic.", r"P \mathbf{1} = \mathbf{1}", "doubly stochastic"),
        (rf"Consider a rank-one matrix $A {SQUARE}$.", r"A^2 = \operatorname{tr}(A) A", "rank-one"),
        (rf"Let $H {SQUARE}$ be a Hankel matrix and $B = 2H$.", r"B^\top = B", "Hankel"),
        (r"Let $x \in \mathbb{R}^n$ be such that $x \mathrel{R} 0 \foo 3$.", r"x = 0", r"\foo"),
        (r"Let $a, b \in \mathbb{R}^n$ be mutually orthogonal.", r"a^\top b = 0", "mutually orthogonal"),
    ],
)
def test_what_fails_for_want_of_a_given_is_unchecked_and_the_given_is_named(givens, claim, named):
    ((verdict, reason),) = steps(f"{givens}\n\n$${claim}$$")
    assert verdict == "unchecked"
    assert named in reason


@pytest.mark.parametrize(
    "givens",
    [
        rf"Let $A {SQUARE}$ be the data matrix of a convex problem.",
        rf"Let $A {SQUARE}$ not be circulant.",
        rf"Let $A {SQUARE}$ be a weight matrix. It is well known that convex functions are easy.",
        rf"Let $A {SQUARE}$ and let $f : \mathbb{{R}} \to \mathbb{{R}}$ be convex.",
        rf"Let $A {SQUARE}$ be arbitrary.",
    ],
)
def test_words_that_say_nothing_of_the_symbol_do_not_shield_a_wrong_step(givens):
    assert [verdict for verdict, _ in steps(f"{givens}\n\n$$A^\\top = A$$")] == ["fails"]


def test_shapes_that_clash_do_so_whatever_a_word_says():
    note = r"Let $A \in \mathbb{R}^{n \times n}$ be circulant and $x \in \mathbb{R}^m$. $$A x = x$$"
    assert [verdict for verdict, _ in steps(note)] == ["fails"]


def test_what_holds_without_the_given_holds():
    assert [verdict for verdict, _ in steps(rf"Let $A {SQUARE}$ be circulant. $$(A^\top)^\top = A$$")] == ["holds"]
