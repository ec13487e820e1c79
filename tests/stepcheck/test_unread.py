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
        (rf"Let $A, B {SQUARE}$ be block-circulant matrices.", r"AB = BA", "block-circulant"),
        (rf"Let $P {SQUARE}$ be a stochastic matrix.", r"P \mathbf{1} = \mathbf{1}", "stochastic"),
        (rf"Consider a rank-one matrix $A {SQUARE}$.", r"A^2 = \operatorname{tr}(A) A", "rank-one"),
        (rf"Let $H {SQUARE}$ be a Hankel matrix and $B = 2H$.", r"B^\top = B", "Hankel"),
        (r"Let $x \in \mathbb{R}^n$ be such that $x \mathrel{R} 0 \foo 3$.", r"x = 0", r"\foo"),
        (r"Let $a, b \in \mathbb{R}^n$ be mutually orthogonal.", r"a^\top b = 0", "mutually orthogonal"),
        (rf"Let $A {SQUARE}$ be a frobnicated matrix.", r"A^\top = A", "frobnicated"),
        (rf"Suppose the matrix $A {SQUARE}$ is wobbly.", r"A^\top = A", "wobbly"),
        (r"Let $A$ be an $n \times n$ magic matrix.", r"A^\top = A", "magic"),
        (rf"Let $A {SQUARE}$, a Hilbert matrix, be given.", r"A^\top = A", "Hilbert"),
        (rf"Take a frobnicated matrix $A {SQUARE}$.", r"A^\top = A", "frobnicated"),
        (rf"Let $K {SQUARE}$ be a kernel matrix.", r"K^\top = K", "kernel"),
        (rf"Let $A {SQUARE}$ have zero trace.", r"\operatorname{{tr}}(A) = 0", "zero trace"),
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
        rf"Let $A {SQUARE}$ not be sparse.",
        rf"Let $A {SQUARE}$ be a weight matrix. It is well known that convex functions are easy.",
        rf"Let $A {SQUARE}$ and let $f : \mathbb{{R}} \to \mathbb{{R}}$ be convex.",
        rf"Let $A {SQUARE}$ be arbitrary.",
        rf"Let $A {SQUARE}$ be the weight matrix.",
        rf"Let $A {SQUARE}$ be a given, fixed matrix of learnable weights.",
        rf"Let the learnable matrix $A {SQUARE}$ be known.",
        rf"Let $B {SQUARE}$ be a frobnicated matrix and $A {SQUARE}$.",
        rf"Let $A {SQUARE}$ be a hidden matrix and $B {SQUARE}$ a wobbly matrix.",
    ],
)
def test_words_that_say_nothing_of_the_symbol_do_not_shield_a_wrong_step(givens):
    assert [verdict for verdict, _ in steps(f"{givens}\n\n$$A^\\top = A$$")] == ["fails"]


def test_shapes_that_clash_do_so_whatever_a_word_says():
    note = r"Let $A \in \mathbb{R}^{n \times n}$ be a Hankel matrix and $x \in \mathbb{R}^m$. $$A x = x$$"
    assert [verdict for verdict, _ in steps(note)] == ["fails"]


def test_what_holds_without_the_given_holds():
    assert [verdict for verdict, _ in steps(rf"Let $A {SQUARE}$ be a Hankel matrix. $$(A^\top)^\top = A$$")] == [
        "holds"
    ]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (rf"Let $A {SQUARE}$ be unitary.", r"A^\top A = I", r"A^\top = A"),
        (rf"Let $A {SQUARE}$ be Hermitian.", r"A^\top = A", r"A^\top A = I"),
        (rf"Let $A {SQUARE}$ be self-adjoint and positive definite.", r"\operatorname{tr}(A) > 0", r"A^\top A = I"),
        (r"Let $A$ be an $n \times n$ symmetric matrix.", r"A^\top = A", r"A^\top A = I"),
        (r"Let $A$ be an $n \times n$ real orthogonal matrix.", r"A^\top A = I", r"A^\top = A"),
    ],
)
def test_words_for_real_matrices_and_words_behind_a_size_are_properties(givens, true, false):
    assert [verdict for verdict, _ in steps(f"{givens}\n\n$${true}$$\n\n$${false}$$")] == ["holds", "fails"]


@pytest.mark.parametrize("claim", [r"U^\top U = I", r"U + U = 2U", r"V = 2U"])
def test_complex_values_are_not_tried_and_nothing_is_said_of_them(claim):
    note = rf"Let $U \in \mathbb{{C}}^{{n \times n}}$ be unitary and $V = 2U$. $${claim}$$"
    ((verdict, reason),) = steps(note)
    assert verdict == "unchecked"
    assert "complex" in reason
