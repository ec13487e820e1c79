r"""Decorated letters: a note that defines `x^+`, `x^\dagger` or `x^{k+1}` owns that symbol."""

import pytest

from stepcheck import check

STEP = r"Let $x, g \in \mathbb{R}^n$ and $\eta > 0$. "
KALMAN = (
    r"Let $P^- \succ 0$ with $P^- \in \mathbb{R}^{n \times n}$, $h \in \mathbb{R}^n$, $r > 0$ and "
    r"$k = P^- h / (h^\top P^- h + r)$. The update is $$P^+ = P^- - k h^\top P^-.$$"
)
LEAST_SQUARES = (
    r"Let $A \in \mathbb{R}^{m \times n}$, $b \in \mathbb{R}^m$, let $A^\dagger$ be its Moore-Penrose "
    r"pseudoinverse, and let $x^\dagger = A^\dagger b$."
)


def verdicts(givens, formula):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


@pytest.mark.parametrize("mark", ["+", "{+}", r"\dagger", "-", r"{\text{new}}", r"\text{new}", r"{\mathrm{new}}", "*"])
@pytest.mark.parametrize(
    "definition", [r"Let $x^M := x - \eta g$.", r"Set $x^M = x - \eta g$.", r"One step is $$x^M = x - \eta g.$$"]
)
def test_a_definition_of_a_decorated_letter_beats_any_other_meaning(mark, definition):
    givens = STEP + definition.replace("M", mark)
    assert verdicts(givens, rf"x^{mark} - x = -\eta g") == ["holds"]
    assert verdicts(givens, rf"x^{mark} - x = \eta g") == ["fails"]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $A \in \mathbb{R}^{n \times n}$, $u, v \in \mathbb{R}^n$ and $A^+ := A + u v^\top$.",
            r"\operatorname{tr}(A^+) = \operatorname{tr}(A) + u^\top v",
            r"\operatorname{tr}(A^+) = \operatorname{tr}(A) - u^\top v",
        ),
        (
            r"Let $x \in \mathbb{R}$, $x^+ = \max(x, 0)$ and $x^- = \max(-x, 0)$.",
            r"|x| = x^+ + x^-",
            r"|x| = x^+ - x^-",
        ),
        (
            r"Let $z, z^+, z_1^-, \dots, z_K^- \in \mathbb{R}^d$.",
            r"\sum_{k=1}^K (z^\top z^+ - z^\top z_k^-) = K z^\top z^+ - z^\top \sum_{k=1}^K z_k^-",
            r"\sum_{k=1}^K (z^\top z^+ - z^\top z_k^-) = z^\top z^+ - z^\top \sum_{k=1}^K z_k^-",
        ),
        (
            r"Let $u,v\in\mathbb{R}^n$, $v\ne0$, $u^\parallel = \frac{v^\top u}{v^\top v} v$, $u^\perp=u-u^\parallel$.",
            r"v^\top u^\perp = 0",
            r"v^\top u^\parallel = 0",
        ),
        (
            KALMAN,
            r"P^+ = (P^+)^\top",
            r"P^+ = P^- - k h^\top",
        ),
        (
            r"Let $\pi^{\text{old}}, \pi^{\text{new}} \in \Delta^{K-1}$.",
            r"\sum_k \pi_k^{\text{new}} = \sum_k \pi_k^{\text{old}}",
            r"\sum_k \pi_k^{\text{new}} = 2",
        ),
        (
            LEAST_SQUARES,
            r"A^\dagger A x^\dagger = x^\dagger",
            r"A x^\dagger = b",
        ),
    ],
)
def test_marks_in_the_habits_of_many_hands(givens, true, false):
    assert (verdicts(givens, true), verdicts(givens, false)) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $w^t, g^t, w^* \in \mathbb{R}^n$ and $\eta > 0$. The step is $$w^{t+1} = w^t - \eta g^t.$$",
            r"\|w^{t+1} - w^*\|^2 = \|w^t - w^*\|^2 - 2 \eta g^{t\top} (w^t - w^*) + \eta^2 \|g^t\|^2",
            r"\|w^{t+1} - w^*\|^2 = \|w^t - w^*\|^2 - 2 \eta g^{t\top} (w^t - w^*) - \eta^2 \|g^t\|^2",
        ),
        (
            r"Let $\mathbf{x}^k, \mathbf{g}^k \in \mathbb{R}^n$, $t>0$, $\mathbf{x}^{k+1}=\mathbf{x}^k-t\mathbf{g}^k$.",
            r"\mathbf{x}^{k+1} + t \mathbf{g}^k = \mathbf{x}^k",
            r"\mathbf{x}^{k+1} - t \mathbf{g}^k = \mathbf{x}^k",
        ),
        (r"Let $A \in \mathbb{R}^{n \times n}$.", r"A^{3} = A A^2", r"A^{3} = A^2"),
        (
            r"Let $\mathbf{P} \in \mathbb{R}^{n \times n}$ be idempotent.",
            r"\mathbf{P}^2 = \mathbf{P}",
            r"\mathbf{P}^2 = 2 \mathbf{P}",
        ),
        (r"Let $t \in \mathbb{R}$, $k \in \mathbb{N}$.", r"t^{k+1} = t\, t^k", r"t^{k+1} = t^k"),
    ],
)
def test_a_superscript_of_what_is_never_alone_numbers_iterates(givens, true, false):
    assert (verdicts(givens, true), verdicts(givens, false)) == (["holds"], ["fails"])


def test_a_display_that_speaks_of_the_pseudo_inverse_of_a_matrix_claims_it():
    givens = r"Let $A \in \mathbb{R}^{m \times n}$ have full column rank."
    assert verdicts(givens, r"A^+ = (A^\top A)^{-1} A^\top") == ["holds"]
    assert verdicts(givens, r"A^+ = A^\top") == ["fails"]
    assert verdicts(givens, r"A^{2\top} = A") != ["holds"]


def test_a_mark_behind_a_vector_that_the_note_does_not_explain_is_left_unchecked():
    assert verdicts(STEP, r"x^+ - x = -\eta g") == ["unchecked"]
    assert verdicts(STEP, r"x^\dagger x = 1") == ["unchecked"]
    given = r"Let $x \in \mathbb{R}^n$ be nonzero and $x^+$ its pseudo-inverse."
    assert (verdicts(given, "x^+ x = 1"), verdicts(given, "x^+ x = 2")) == (["holds"], ["fails"])
