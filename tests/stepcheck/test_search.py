r"""Inequalities that fail in a small region, each beside a true twin.

Sources: [HLP] Hardy, Littlewood, Pólya, *Inequalities*, 2nd ed.; [BV] Boyd & Vandenberghe, *Convex Optimization*;
[BLM] Boucheron, Lugosi, Massart, *Concentration Inequalities*; [HJ] Horn & Johnson, *Matrix Analysis*, 2nd ed.;
[CT] Cover & Thomas, *Elements of Information Theory*, 2nd ed.
"""

import numpy as np
import pytest

from stepcheck import check
from stepcheck.search import with_properties

V = r"Let $x, y \in \mathbb{R}^n$."
T = r"Let $t \in \mathbb{R}$."
P = r"Let $x > -1$ be real."
AB = r"Let $a, b > 0$ be real."
PSD = r"Let $A, B \in \mathbb{R}^{n \times n}$ be symmetric positive semidefinite."
SYM = r"Let $A, B \in \mathbb{R}^{n \times n}$ be symmetric."
SPD = r"Let $A, B \in \mathbb{R}^{n \times n}$ be symmetric positive definite."
ANY = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$."
PQ = r"Let $p, q \in \mathbb{R}^n$ be probability vectors."
U = r"Let $u, w \in \mathbb{R}^n$ be unit vectors."
I01 = r"Let $p \in (0, 1)$."

TWINS = [
    # norms [HLP 2.10]: equality for vectors of equal entries
    (V, r"\lVert x\rVert_1 \le \sqrt{n}\,\lVert x\rVert_2", r"\lVert x\rVert_1 \le 0.98\sqrt{n}\,\lVert x\rVert_2"),
    (V, r"\lVert x\rVert_2^2 \le \lVert x\rVert_1 \lVert x\rVert_\infty",
        r"\lVert x\rVert_2^2 \le 0.95 \lVert x\rVert_1 \lVert x\rVert_\infty"),
    # Cauchy and Schwarz: only nearly parallel vectors break the constant
    (V, r"x^\top y \le \lVert x\rVert \lVert y\rVert", r"x^\top y \le 0.999 \lVert x\rVert \lVert y\rVert"),
    (V, r"\lVert x + y\rVert^2 \le 2\lVert x\rVert^2 + 2\lVert y\rVert^2",
        r"\lVert x + y\rVert^2 \le 1.98\lVert x\rVert^2 + 1.98\lVert y\rVert^2"),
    # arithmetic and geometric mean [HLP 2.5]: tight at ties
    (AB, r"\sqrt{ab} \le \frac{a+b}{2}", r"\sqrt{ab} \le 0.999\,\frac{a+b}{2}"),
    (AB, r"\frac{2ab}{a+b} \le \sqrt{ab}", r"\frac{2ab}{a+b} \le \sqrt{ab} - 10^{-3}(a + b)"),
    # Young, exponents 3 and 3/2: tight on the curve b = a^2
    (AB, r"ab \le \frac{a^3}{3} + \frac{2 b^{3/2}}{3}", r"ab \le \frac{a^3}{3} + 0.66\, b^{3/2}"),
    # logarithms and exponentials [BLM 2.4]
    (P, r"\log(1+x) \le x", r"\log(1+x) \le x - \frac{x^2}{4}"),
    (AB, r"\log(1+a) \ge \frac{2a}{2+a}", r"\log(1+a) \ge \frac{2a}{2+a} + 10^{-3} a"),
    (T, r"\cosh t \le e^{t^2/2}", r"\cosh t \le e^{t^2/2.1}"),
    (T, r"\cosh t \le e^{t^2/2}", r"\cosh t \le e^{t^2/2.02}"),
    (T, r"e^t \ge 1 + t + \frac{t^2}{2} + \frac{t^3}{6}", r"e^t \ge 1 + t + 0.51 t^2 + \frac{t^3}{6}"),
    (T, r"e^t \ge e t", r"e^t \ge e t + 10^{-3}"),
    # polynomials: negative in two narrow windows, around sqrt(1/2) and around 7
    (T, r"t^4 - t^2 + 0.2501 \ge 0", r"t^4 - t^2 + 0.2499 \ge 0"),
    (T, r"(t - 7)^2 (t^2 + 1) \ge 0", r"(t - 7)^2 (t^2 + 1) \ge 0.01"),
    # traces and orderings [HJ 7.1]
    (PSD, r"\operatorname{tr}(AB) \le \operatorname{tr}(A)\operatorname{tr}(B)",
          r"\operatorname{tr}(AB) \le 0.9 \operatorname{tr}(A)\operatorname{tr}(B)"),
    (PSD, r"\operatorname{tr}(AB) \ge 0", r"AB + BA \succeq 0"),
    (PSD, r"A \preceq \operatorname{tr}(A) I", r"A \preceq 0.9 \operatorname{tr}(A) I"),
    (SPD, r"\det(A + B) \ge \det A + \det B", r"\det(A + B) \ge \det A + \det B + 0.1 \det(A)"),
    (SPD, r"A + A^{-1} \succeq 2 I", r"A + A^{-1} \succeq 2.01 I"),
    (ANY, r"\lVert A x\rVert \le \lVert A\rVert_F \lVert x\rVert",
          r"\lVert A x\rVert \le 0.97\lVert A\rVert_F \lVert x\rVert"),
    (ANY, r"\lVert A\rVert_2 \le \lVert A\rVert_F", r"\lVert A\rVert_2 \le 0.97\lVert A\rVert_F"),
    # information [CT 11.6]: Pinsker is tight near p = q with half of the mass on each side
    (PQ, r"\lVert p - q\rVert_1^2 \le 2 \sum_{i=1}^{n} p_i \log \frac{p_i}{q_i}",
         r"\lVert p - q\rVert_1^2 \le 1.9 \sum_{i=1}^{n} p_i \log \frac{p_i}{q_i}"),
    (PQ, r"-\sum_{i=1}^{n} p_i \log p_i \le \log n", r"-\sum_{i=1}^{n} p_i \log p_i \le 0.995 \log n"),
    (PQ, r"\sum_{i=1}^{n} \sqrt{p_i q_i} \le 1", r"\sum_{i=1}^{n} \sqrt{p_i q_i} \le 0.9995"),
    (I01, r"p(1-p) \le \frac14", r"p(1-p) \le 0.2499"),
    (I01, r"-p\log p \le e^{-1}", r"-p\log p \le 0.3678"),
    (U, r"|u^\top w| \le 1", r"|u^\top w| \le 0.9999"),
    # symmetric only
    (SYM, r"\operatorname{tr}(AB)^2 \le \operatorname{tr}(A^2)\operatorname{tr}(B^2)",
          r"\operatorname{tr}(AB)^2 \le 0.98 \operatorname{tr}(A^2)\operatorname{tr}(B^2)"),
    (SYM, r"\operatorname{tr}(ABAB) \le \operatorname{tr}(A^2 B^2)",
          r"\operatorname{tr}(AB) \le \operatorname{tr}(A)\operatorname{tr}(B)"),
]  # fmt: skip


@pytest.mark.parametrize(("givens", "true", "false"), TWINS)
def test_an_inequality_that_fails_in_a_small_region_is_caught_and_its_true_twin_holds(givens, true, false):
    (right,) = check(f"{givens}\n\n$${true}$$").steps
    (wrong,) = check(f"{givens}\n\n$${false}$$").steps
    assert (right.verdict, right.reason) == ("holds", "")
    assert wrong.verdict == "fails"


def test_the_answer_says_that_nothing_was_proved():
    (step,) = check(f"{V}\n\n$$x^\\top x \\ge 0$$").steps
    assert step.evidence.startswith("numeric: no counterexample in ")


@pytest.mark.parametrize(
    ("properties", "met"),
    [
        ({"simplex"}, lambda x: np.allclose(x.sum(axis=-2), 1) and (x > 0).all()),
        ({"unit"}, lambda x: np.allclose((x**2).sum(axis=(-1, -2)), 1)),
        ({"orthogonal"}, lambda x: np.allclose(x @ np.swapaxes(x, -1, -2), np.eye(x.shape[-1]))),
        ({"symmetric"}, lambda x: np.allclose(x, np.swapaxes(x, -1, -2))),
        ({"antisymmetric"}, lambda x: np.allclose(x, -np.swapaxes(x, -1, -2))),
        ({"symmetric", "psd"}, lambda x: (np.linalg.eigvalsh(x) >= -1e-9).all()),
        ({"symmetric", "spd"}, lambda x: (np.linalg.eigvalsh(x) > 0).all()),
        ({"diagonal", "spd"}, lambda x: np.allclose(x, x * np.eye(3)) and (np.linalg.eigvalsh(x) > 0).all()),
        ({"orthogonal", "symmetric"}, lambda x: np.allclose(x @ x, np.eye(3)) and np.allclose(x, np.swapaxes(x, 2, 3))),
        ({"upper-triangular"}, lambda x: np.allclose(x, np.triu(x))),
        ({"positive"}, lambda x: (x > 0).all()),
        ({"centred"}, lambda x: np.allclose(x.mean(axis=-2), 0)),
    ],
    ids=lambda each: " ".join(sorted(each)) if isinstance(each, set) else "",
)
@pytest.mark.parametrize("start", ["random", "zero"])
def test_moved_values_are_brought_back_to_their_properties(properties, met, start):
    cols = 1 if properties & {"simplex", "unit", "centred"} else 3
    x = np.random.default_rng(0).normal(size=(20, 1, 3, cols)) * (start == "random")
    assert met(with_properties(properties, x))


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (T, r"e^t \ge 1 + t", r"e^t > 1 + t"),
        (T, r"\tanh t < 1", r"\tanh t \ne 0"),
        (T, r"e^{-t} > 0", r"e^t \ne 1"),
        (T, r"\frac{1}{1 + t^2} > 0", r"\frac{1}{1 + t^2} < 1"),
        (V, r"\lVert x\rVert^2 < 1 + \lVert x\rVert^2", r"\lVert x\rVert^2 > 0"),
        (V, r"x^\top y < 1 + \lVert x\rVert^2 + \lVert y\rVert^2", r"x^\top y < \lVert x\rVert^2 + \lVert y\rVert^2"),
        (I01, r"p(1-p) < 0.2501", r"p(1-p) < \frac14"),
        (I01, r"-p\log p > 0", r"-p\log p - (1-p)\log(1-p) < \log 2"),
        (PQ[:-1] + r" with $n \ge 2$.", r"-\sum_{i=1}^{n} p_i \log p_i > 0", r"-\sum_{i=1}^{n} p_i \log p_i < \log n"),
        (AB, r"\sqrt{ab} < a + b", r"\sqrt{ab} < \frac{a+b}{2}"),
        (r"Let $n \in \mathbb{N}$ with $n \ge 1$.", r"n! < 2^{n^2}", r"n! > 2^{n-1}"),
        (r"Let $x > 0$ be real.", r"\log x < x", r"\log x < x - 1"),
    ],
)
def test_a_strict_sign_fails_where_equality_is_reached_and_not_where_values_saturate(givens, true, false):
    (right,) = check(f"{givens}\n\n$${true}$$").steps
    (wrong,) = check(f"{givens}\n\n$${false}$$").steps
    assert (right.verdict, right.reason) == ("holds", "")
    assert wrong.verdict == "fails"
