"""Notations in the habits of many hands: each row is a note's givens, a true step in them and a false twin of it."""

import pytest

from stepcheck import check

V = r"Let $A, B \in \mathbb{R}^{n \times n}$, $x, v \in \mathbb{R}^n$, $t \in \mathbb{R}$. "


def verdicts(givens, formula):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


def assert_twins(givens, true, false):
    assert (verdicts(givens, true), verdicts(givens, false)) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            r"\frac{d}{ds} \operatorname{tr}(A + s B) \Big|_{s=0} = \operatorname{tr} B",
            r"\frac{d}{ds} \operatorname{tr}(A + s B) \Big|_{s=0} = 0",
        ),
        (
            r"\left. \frac{d}{ds} \lVert x + s v \rVert^2 \right|_{s=0} = 2 x^\top v",
            r"\left. \frac{d}{ds} \lVert x + s v \rVert^2 \right|_{s=0} = x^\top v",
        ),
        (
            r"\frac{d}{ds}\Big|_{s=0} \lVert x + s v \rVert^2 = 2 x^\top v",
            r"\frac{d}{ds}\Big|_{s=0} \lVert x + s v \rVert^2 = 0",
        ),
        (r"\frac{d}{dt} t^3 \bigg\rvert_{t=2} = 12", r"\frac{d}{dt} t^3 \bigg\rvert_{t=2} = 8"),
        (r"t \frac{d}{dt} \sin t \Big|_{t=0} = t", r"t \frac{d}{dt} \sin t \Big|_{t=0} = 0"),
        (r"\nabla_x (x^\top x) \big|_{x=v} = 2 v", r"\nabla_x (x^\top x) \big|_{x=v} = 2 x"),
        (r"\left. \nabla_x (x^\top x) \right|_{v} = 2 v", r"\left. \nabla_x (x^\top x) \right|_{v} = 2 x"),
    ],
)
def test_a_bar_with_a_point_takes_the_derivative_first(true, false):
    assert_twins(V, true, false)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"Ax \odot Bx = \operatorname{diag}(Ax) B x", r"Ax \odot Bx = \operatorname{diag}(Ax) x"),
        (r"Ax \odot Bv = Bv \odot Ax", r"Ax \odot Bv = Bx \odot Av"),
        (r"v \odot -Ax = -Ax \odot v", r"v \odot -Ax = Ax \odot v"),
        (r"AB \otimes BA = (A \otimes B)(B \otimes A)", r"AB \otimes BA = (B \otimes A)(A \otimes B)"),
    ],
)
def test_factors_side_by_side_bind_tighter_than_an_entrywise_product(true, false):
    assert_twins(V, true, false)


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $\vec{x}, \vec{y} \in \mathbb{R}^n$.",
            r"\vec{x}^\top\vec{y} = \vec y^\top \vec x",
            r"\vec{x} = \vec{y}",
        ),
        (
            r"Let $\underline{x}, x \in \mathbb{R}^n$.",
            r"\underline{x}^\top x = x^\top\underline{x}",
            r"\underline{x} = x",
        ),
        (
            r"Let $\mathsf{A} \in \mathbb{R}^{n \times n}$.",
            r"\operatorname{tr}\mathsf{A}^\top = \operatorname{tr} \mathsf{A}",
            r"\mathsf{A}^\top = \mathsf{A}",
        ),
        (
            r"Let $\dot{x}, x \in \mathbb{R}^n$.",
            r"x^\top \dot{x} = \dot{x}^\top x",
            r"x = \dot{x}",
        ),
        (
            r"Let $x \in \mathbb{R}^n$, $c \in \mathbb{R}$ and write $x' = x + c \mathbf{1}$.",
            r"\operatorname{softmax}(x')_i = \operatorname{softmax}(x)_i",
            r"\lVert x' \rVert = \lVert x \rVert",
        ),
        (r"Let $x, x' \in \mathbb{R}^n$.", r"x_i' - x_i = (x' - x)_i", r"x'_i = x_i"),
        (
            r"Let $r, K, c > 0$ and $x(t) = \frac{K}{1 + c e^{-rt}}$ for $t \in \mathbb{R}$.",
            r"\dot{x} = r x \left(1 - \frac{x}{K}\right)",
            r"\dot{x} = r x \left(K - x\right)",
        ),
        (
            r"Let $a \in \mathbb{R}$ and $x(t) = \sin(at)$ for $t \in \mathbb{R}$.",
            r"\ddot{x}(t) = -a^2 x(t)",
            r"\ddot{x}(t) = -a\, x(t)",
        ),
        (
            r"Let $\theta, \theta_t, g \in \mathbb{R}^n$, $\eta > 0$ and $\theta_{t+1} = \theta_t - \eta g$.",
            r"\lVert \theta_{t+1} - \theta_t \rVert = \eta \lVert g \rVert",
            r"\theta_{t+1} = \theta_t",
        ),
        (
            r"Let $m_1, m_2 \in \mathbb{R}$ and $m = \max(m_1, m_2)$.",
            r"m \ge m_1",
            r"m = m_1",
        ),
        (
            r"Let $f_t, c_{t-1}, o_t \in \mathbb{R}^n$, $c_t = f_t \odot c_{t-1}$ and $h_t = o_t \odot c_t$.",
            r"\frac{\partial h_t}{\partial c_{t-1}} = \operatorname{diag}(o_t \odot f_t)",
            r"\frac{\partial h_t}{\partial c_{t-1}} = \operatorname{diag}(o_t)",
        ),
        (
            r"Let $\mathbf{z} \in \mathbb{R}^K$ and $\mathbf{p} = \operatorname{softmax}(\mathbf{z})$.",
            r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = 0",
        ),
        (
            r"Let $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ and $y = Wx$.",
            r"y_i = \sum_j w_{ij} x_j",
            r"y_i = \sum_j w_{ij}",
        ),
        (
            r"Let $U \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ and $y = \tanh(Ux)$, entry-wise.",
            r"\frac{\partial y}{\partial x} = \operatorname{diag}(\mathbf{1} - \tanh^2(Ux)) U",
            r"\frac{\partial y}{\partial x} = \operatorname{diag}(\mathbf{1} - \tanh(Ux)) U",
        ),
    ],
)
def test_letters_with_marks_fonts_and_subscripts_are_names(givens, true, false):
    assert_twins(givens, true, false)


@pytest.mark.parametrize(
    ("givens", "definition", "true", "false"),
    [
        (r"Let $X \in \mathbb{R}^{n \times p}$ have full column rank, $n \ge p$.", r"H = X(X^\top X)^{-1}X^\top",
         r"HX = X", r"H^\top = -H"),
        (r"Let $w \in \mathbb{R}^d$.", r"E(w) = \tfrac12 \lVert w \rVert^2", r"\nabla E(w) = w", r"\nabla E(w) = 2w"),
        (r"Let $w \in \mathbb{R}^d$.", r"H(w) = w w^\top", r"H(w) w = \lVert w \rVert^2 w", r"H(w) w = w"),
        (r"Let $A$ be the matrix", r"A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}", r"\lambda_{\max}(A) = 3",
         r"\lambda_{\max}(A) = 2"),
        (r"Let $\theta, \theta_t, g \in \mathbb{R}^n$.", r"\theta_{t+1} = \theta_t - g", r"\theta_t - \theta_{t+1} = g",
         r"\theta_{t+1} = \theta"),
    ],
)  # fmt: skip
def test_a_display_may_define_what_is_new(givens, definition, true, false):
    assert_twins(f"{givens}\n\n$${definition}$$\n\n", true, false)


@pytest.mark.parametrize(
    "formula",
    [
        r"\lambda_{\max}(A) = 3",
        r"\lambda_{\min}(A) = \lambda_{\max}(A)",
        r"\lambda_1(A) = 3",
        r"\sigma_{\max}(A) = 3",
        r"\sigma_1(A) = \operatorname{tr} A",
        r"\operatorname{rank}(A) = 1",
        r"\det(A) = 0",
        r"\lVert A \rVert_F = 1",
        r"\operatorname{tr}(A) = 0",
    ],
)
def test_a_functional_of_the_field_is_never_defined_by_a_display(formula):
    assert verdicts(r"Let $A \in \mathbb{S}^n$. ", formula) == ["fails"]


@pytest.mark.parametrize("formula", [r"\rho(A) = 3", r"f'(x) = 1", r"V'(x) = x"])
def test_what_is_said_of_an_unknown_functional_is_a_claim_and_unchecked(formula):
    assert verdicts(r"Let $A \in \mathbb{S}^n$, $x \in \mathbb{R}^n$. ", formula) == ["unchecked"]


def test_a_prime_of_a_function_of_a_vector_is_no_derivative_along_ones():
    givens = r"Let $x \in \mathbb{R}^n$, $P \in \mathbb{S}^n$ and $V(x) = x^\top P x$. "
    assert verdicts(givens, r"V'(x) = 2\, \mathbf{1}^\top P x") == ["unchecked"]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (r"\begin{split} x + y &= y + x , \end{split} \qquad x - y = y - x", ["holds", "fails"]),
        (r"\left\{ \begin{aligned} x + y &= y + x \\ x - y &= y - x \end{aligned} \right.", ["holds", "fails"]),
        (r"\begin{cases} x + y = y + x \\ x = y \end{cases}", ["holds", "fails"]),
        (r"|x| = \begin{cases} x & x \ge 0 \\ -x & \text{otherwise} \end{cases}", ["holds"]),
        (r"\begin{aligned} (x + y)^2 &= x^2 + 2xy \\ &\quad + y^2 \\ &= x^2 + y^2 \end{aligned}", ["holds", "fails"]),
        (r"\begin{aligned} (uv^\top)_{ij} &= u_i v_j, \\ [u]_i &= v_i \end{aligned}", ["holds", "fails"]),
        (r"\begin{aligned} x &= x \\[2pt] y &= x \end{aligned}", ["holds", "fails"]),
        (r"x^2 \ge 0 \quad \forall x \in \mathbb{R}", ["holds"]),
        (r"\forall x : \quad x^2 > 0", ["fails"]),
        (r"x^2 > 0 \quad \text{for } x \ne 0", ["holds"]),
        (r"x^2 > 0 \quad (x > 0)", ["holds"]),
        (r"\text{if } x > 0, \text{ then } x + y > y", ["holds"]),
        (r"xy > 0 \quad \text{whenever } x > 0 \text{ and } y > 0", ["holds"]),
        (r"xy > 0 \quad \text{whenever } x > 0 \text{ and } y > -1", ["fails"]),
        (r"D_{ij} = 0 \quad \text{for all } i \ne j", ["holds"]),
        (r"D_{ij} = 0, \quad i \ne j", ["holds"]),
        (r"D_{ij} = 0, \qquad i = 1, \dots, n", ["fails"]),
        (r"\begin{aligned} D_{ij} &= 0 && \text{for } i < j \\ D_{ij} &= 0 && \text{for } i \le j \end{aligned}",
         ["holds", "fails"]),
        (r"x^2 = 4 \text{ if and only if } x = 2", ["fails"]),
        (r"x = 2 \text{ implies } x^2 = 4", ["holds"]),
        (r"x^2 \ge 0 \quad \text{with equality iff } x = 1, ", ["holds"]),
        (r"x = 2y \text{ for some } y", ["unchecked"]),
        (r"x + y = y + x \quad \text{which gives } x = y", ["holds", "fails"]),
        (r"u + v = v + u \in \mathbb{R}^n", ["holds"]),
        (r"L = w^\top w, \qquad w \in \mathbb{R}^d, \; M \in \mathbb{R}^{m \times d}", []),
        (r"L = w^\top w, \quad \nabla_w L = w, \qquad w \in \mathbb{R}^d", ["fails"]),
        (r"Z \sim \mathcal{N}(0, 1), \qquad \mathbb{E}[Z^2] = 1", ["holds"]),
        (r"\underbrace{x + x}_{\text{twice}} = 2x", ["holds"]),
    ],
)  # fmt: skip
def test_a_display_is_taken_apart_into_its_claims(display, expected):
    givens = r"Let $x, y \in \mathbb{R}$, $u, v \in \mathbb{R}^n$ and let $D \in \mathbb{R}^{n \times n}$ be diagonal. "
    assert verdicts(givens, display) == expected


def test_a_condition_that_is_not_read_is_named_and_not_dropped():
    (step,) = check(r"Let $x \in \mathbb{R}$. $$x^2 > 0 \quad \text{for } x \bowtie 0$$").steps
    assert (step.verdict, step.reason) == ("unchecked", "The condition that begins here is not read.")


M = r"Let $A, X \in \mathbb{R}^{n \times n}$ with $X$ invertible, and $f(X) = \operatorname{tr}(AX)$. "


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\mathrm{d}(X^{-1}) = -X^{-1} (\mathrm{d}X) X^{-1}", r"\mathrm{d}(X^{-1}) = X^{-1} (\mathrm{d}X) X^{-1}"),
        (
            r"\mathrm{d} \det X = \det(X) \operatorname{tr}(X^{-1} dX)",
            r"\mathrm{d} \det X = \operatorname{tr}(X^{-1} dX)",
        ),
        (r"\mathrm{d}f = \operatorname{tr}(A\, \mathrm{d}X)", r"\mathrm{d}f = \operatorname{tr}(A^\top \mathrm{d}X)"),
        (r"df = \operatorname{tr}(A\, dX)", r"df = \operatorname{tr}(dX)"),
        (r"\mathrm{d}(AX^2) = A\,\mathrm{d}X\,X + AX\,\mathrm{d}X", r"\mathrm{d}(AX^2) = 2AX\,\mathrm{d}X"),
        (
            r"\mathrm{d}^2 \operatorname{tr}(X^\top X) = 2 \operatorname{tr}(\mathrm{d}X^\top \mathrm{d}X)",
            r"\mathrm{d}(\mathrm{d} \operatorname{tr}(X^\top X)) = \operatorname{tr}(\mathrm{d}X^\top \mathrm{d}X)",
        ),
    ],
)
def test_a_differential_is_a_derivative_along_a_fixed_increment(true, false):
    assert_twins(M, true, false)


@pytest.mark.parametrize(
    ("givens", "formula", "reason"),
    [
        (r"Let $x, y \in \mathbb{R}^n$.", r"\mathrm{d}(x^\top y) = 0", "What varies"),
        (
            r"Let $Q \in \mathbb{R}^{n \times n}$ be orthogonal.",
            r"\mathrm{d}(Q^\top Q) = \mathrm{d}Q",
            "increment of `Q`",
        ),
        (r"Let $f : \mathbb{R}^n \to \mathbb{R}$ and $x \in \mathbb{R}^n$.", r"\mathrm{d}f = 0", "At what"),
        (r"Let $x, y \in \mathbb{R}^n$.", r"\nabla (x^\top y) = y", "By what"),
    ],
)
def test_what_varies_is_not_guessed(givens, formula, reason):
    (step,) = check(f"{givens} $${formula}$$").steps
    assert step.verdict == "unchecked"
    assert reason in step.reason


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\nabla \lVert x \rVert^4 = 4 \lVert x \rVert^2 x", r"\nabla \lVert x \rVert^4 = 4 x"),
        (
            r"\nabla^2 \lVert x \rVert^4 = 4 \lVert x \rVert^2 I + 8 x x^\top",
            r"\nabla^2 \lVert x \rVert^4 = 4 \lVert x \rVert^2 I",
        ),
        (r"\nabla (x^\top A x) = (A + A^\top) x", r"\nabla (x^\top A x) = 2 A x"),
        (r"\nabla q = (A + A^\top) x", r"\nabla q = A x"),
    ],
)
def test_a_bare_nabla_is_taken_by_the_one_vector_there_is(true, false):
    givens = r"Let $A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$ and $q = x^\top A x$. "
    assert_twins(givens, true, false)
    assert any("`x`" in words for words in check(f"{givens} $${true}$$").assumed)


COVARIANCE = (
    r"Let $t \in \mathbb{R}^B$ be a random vector with mean $\mu$ and covariance "
    r"$\Sigma = \sigma^2 ((1 - \rho) I + \rho \mathbf{1}\mathbf{1}^\top)$, where $\sigma > 0$ and $0 < \rho < 1$."
)


SECOND = r"\frac{\partial^2 \ell}{\partial z_j \partial z_k}"


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (V, r"x^\top A x = \sum_{i,j=1}^{n} A_{ij} x_i x_j", r"x^\top A x = \sum_{i,j=1}^{n} A_{ij} x_j^2"),
        (V, r"\sum_{i,j,k=1}^n A_{ij} A_{jk} = \mathbf{1}^\top A^2 \mathbf{1}",
         r"\sum_{i,j,k=1}^n A_{ij} A_{jk} = \mathbf{1}^\top A \mathbf{1}"),
        (r"The update is $\Delta W := BA$, with $B \in \mathbb{R}^{d \times r}$ and $A \in \mathbb{R}^{r \times k}$.",
         r"\operatorname{rank}(\Delta W) \le r", r"\operatorname{rank}(\Delta W) \le r - 1"),
        (r"Let $x, \Delta x \in \mathbb{R}^n$.", r"(x + \Delta x)^\top x = x^\top x + x^\top \Delta x",
         r"(x + \Delta x)^\top x = x^\top x + 2 x^\top \Delta x"),
        (r"Let $\Delta, x \in \mathbb{R}$.", r"(x + \Delta)^2 = x^2 + 2 \Delta x + \Delta^2",
         r"(x + \Delta)^2 = x^2 + \Delta x + \Delta^2"),
        (COVARIANCE, r"\operatorname{Var}(\tfrac1B \mathbf{1}^\top t) = \rho \sigma^2 + \frac{1 - \rho}{B} \sigma^2",
         r"\operatorname{Var}(\tfrac1B \mathbf{1}^\top t) = \rho \sigma^2 + \frac{1 - \rho}{B^2} \sigma^2"),
        (COVARIANCE, r"\operatorname{Var}(\mathbf{1}^\top t) = \mathbf{1}^\top \Sigma \mathbf{1}",
         r"\operatorname{Var}(\mathbf{1}^\top t) = \operatorname{tr} \Sigma"),
        (r"Let $X$ be a random variable with mean $\mu = 2$ and variance $\sigma^2 = 3$.",
         r"\mathbb{E}[X^2] = 7", r"\mathbb{E}[X^2] = 5"),
        (r"Let $X$ be a random variable with mean $m = a + b$ and variance $v = c^2$, where $a, b, c \in \mathbb{R}$.",
         r"\mathbb{E}[X^2] = (a + b)^2 + c^2", r"\mathbb{E}[X^2] = (a + b)^2"),
        (r"Let $A \in \mathbb{R}^{2 \times 2}$.", r"\det A = A_{11} A_{22} - A_{12} A_{21}",
         r"\det A = A_{11} A_{22} - A_{12}^2"),
        (r"Let $A \in \mathbb{R}^{2 \times 2}$.", r"\frac{\partial}{\partial A_{12}} \det A = -A_{21}",
         r"\frac{\partial}{\partial A_{12}} \det A = A_{21}"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric.", r"A_{12} = A_{21}", r"A_{11} = A_{22}"),
        (r"Let $X \sim \mathrm{Geometric}(1)$.", r"\operatorname{Var}(X) = 0", r"\operatorname{Var}(X) = 1"),
        (r"Let $z \in \mathbb{R}^K$, $y \in \{1, \dots, K\}$ and $\ell(z) = \log \sum_{k=1}^K e^{z_k} - z_y$.",
         SECOND + r" = \operatorname{softmax}(z)_j (\delta_{jk} - \operatorname{softmax}(z)_k)",
         SECOND + r" = \operatorname{softmax}(z)_j (1 - \operatorname{softmax}(z)_k)"),
    ],
)  # fmt: skip
def test_indices_increments_and_moments_as_they_are_commonly_written(givens, true, false):
    assert_twins(givens, true, false)
