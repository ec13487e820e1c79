"""How practitioners write: numbers beside vectors in an entry-wise product, laws by name, arguments without a word."""

import pytest

from stepcheck import check

A = r"Let $a, b \in \mathbb{R}^n$ and $c \in \mathbb{R}$. "
NET = (
    r"Let $W \in \mathbb{R}^{k \times h}$, $a \in \mathbb{R}^h$ and $t \in \mathbb{R}^k$. Define $z = \sigma(a)$ with "
    r"the logistic sigmoid $\sigma$ applied element-wise, and $E = \frac12 \|W z - t\|^2$. "
)
LAWS = r"Let $p = \mathcal{N}(\mu_1, s_1^2)$ and $q = \mathcal{N}(\mu_2, s_2^2)$ with $s_1, s_2 > 0$. "
VAE = (
    r"Let $q = \mathcal{N}(\mu, \operatorname{diag}(\sigma^2))$ with $\mu \in \mathbb{R}^d$ and $\sigma \in "
    r"\mathbb{R}^d_{>0}$, and $p = \mathcal{N}(0, I)$. "
)
MATRICES = (
    r"Let $Q, K \in \mathbb{R}^{n \times d}$, $S = Q K^\top$ and let $L : \mathbb{R}^{n \times n} \to \mathbb{R}$ be "
    r"differentiable. "
)
CENTRED = (
    r"Let $x \in \mathbb{R}^d$, $m = \frac1d \mathbf{1}^\top x$ and $C = I - \frac1d \mathbf{1} \mathbf{1}^\top$. "
)
MOMENTS = (
    r"For $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$ a random vector with mean $m$ and covariance $S$ we "
    r"have "
)
HUBER = (
    r"Let $h(r) = \begin{cases} \frac12 r^2 & \text{if } |r| \le 1 \\ |r| - \frac12 & \text{otherwise} "
    r"\end{cases}$. "
)
LOGISTIC = (
    r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \{0,1\}^n$, $w \in \mathbb{R}^d$, $p = \sigma(Xw)$ with the sigmoid "
    r"$\sigma$ entrywise, and $\ell(w) = -\sum_{i=1}^n \left[ y_i \log p_i + (1-y_i) \log(1-p_i) \right]$. "
)


def verdict(note, formula):
    (step,) = check(f"{note}$${formula}$$").steps
    return step


@pytest.mark.parametrize(
    ("note", "true", "false"),
    [
        (A, r"a \odot (1 - a) = a - a \odot a", r"a \odot (1 - a) = a - a \odot b"),
        (A, r"b \odot (1 - a^2) = b - b \odot a \odot a", r"b \odot (1 - a^2) = b - b \odot a"),
        (A, r"b \odot (1 - \tanh(a)^2) = b - b \odot \tanh^2(a)", r"b \odot (1 - \tanh(a)^2) = b - b \odot \tanh(a)"),
        (
            NET,
            r"\frac{\partial E}{\partial a} = W^\top (W z - t) \odot z \odot (1 - z)",
            r"\frac{\partial E}{\partial a} = W^\top (W z - t) \odot z \odot (1 + z)",
        ),
        (
            LAWS,
            r"D_{\mathrm{KL}}(p \| q) = \log \frac{s_2}{s_1} + \frac{s_1^2 + (\mu_1 - \mu_2)^2}{2 s_2^2} - \frac12",
            r"D_{\mathrm{KL}}(p \| q) = \log \frac{s_1}{s_2} + \frac{s_1^2 + (\mu_1 - \mu_2)^2}{2 s_2^2} - \frac12",
        ),
        (
            VAE,
            r"\mathrm{KL}(q \| p) = \frac12 \sum_{j=1}^d \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)",
            r"\mathrm{KL}(q \| p) = \frac12 \sum_{j=1}^d \left( \mu_j^2 + \sigma_j^2 - 1 + \log \sigma_j^2 \right)",
        ),
        (
            r"Let $p(x) = \mathcal{N}(x; m, s)$ and $q(x) = \mathcal{N}(x; 0, 1)$ with $s > 0$. ",
            r"\mathrm{KL}(p \| q) = \frac12 (s + m^2 - 1 - \log s)",
            r"\mathrm{KL}(p \| q) = \frac12 (s + m - 1 - \log s)",
        ),
        (
            r"Let $\sigma(x) = \frac{1}{1+e^{-x}}$. ",
            r"\sigma'(x) = \sigma(x) (1 - \sigma(x))",
            r"\sigma'(x) = \sigma(x) (1 + \sigma(x))",
        ),
        (r"Let $F(x) = e^{-e^{-x}}$ for real $x$. ", r"F'(x) = e^{-x} F(x)", r"F'(x) = e^{x} F(x)"),
        (MATRICES, r"\nabla_Q L(S) = \nabla L(S) K", r"\nabla_Q L(S) = \nabla L(S)^\top K"),
        (MATRICES, r"\nabla_K L(Q K^\top) = \nabla L(S)^\top Q", r"\nabla_K L(Q K^\top) = \nabla L(S) Q"),
        (
            r"Let $x, u \in \mathbb{R}^n$, $J : \mathbb{R}^n \to \mathbb{R}^{m \times n}$ and $w \in \mathbb{R}^m$. ",
            r"w^\top J(x) u = \operatorname{tr}(J(x) u w^\top)",
            r"w^\top J(x) u = \operatorname{tr}(J(u) u w^\top)",
        ),
        (CENTRED, r"C^2 = C", r"C^2 = I"),
        (A, r"a \cdot b = \sum_{i=1}^n a_i b_i", r"a \cdot b = \|a\| \|b\|"),
        (A, r"(a - b) \cdot a = \|a\|^2 - a^\top b", r"(a - b) \cdot a = \|a\|^2 + a^\top b"),
        (A, r"a^\top b \cdot a = a a^\top b", r"a^\top b \cdot a = b b^\top a"),
        (
            r"Let $M \in \mathbb{R}^{n \times n}$ and $x, y \in \mathbb{R}^n$. ",
            r"y \cdot M x = M^\top y \cdot x",
            r"y \cdot M x = M y \cdot x",
        ),
        (
            r"Let $x_1, \dots, x_N, w \in \mathbb{R}^d$. ",
            r"\sum_{i=1}^N w \cdot x_i = w \cdot \sum_{i=1}^N x_i",
            r"\sum_{i=1}^N w \cdot x_i = N w \cdot \sum_{i=1}^N x_i",
        ),
        (
            r"Let $M \in \mathbb{S}^n_{++}$ and $x \in \mathbb{R}^n$. ",
            r"\|x\|_M^2 = x^\top M x",
            r"\|x\|_M^2 = x^\top M^{-1} x",
        ),
        (
            r"Let $M \in \mathbb{S}^n_{++}$ and $x, m \in \mathbb{R}^n$. ",
            r"\|x - m\|_{M^{-1}}^2 = (x - m)^\top M^{-1} (x - m)",
            r"\|x - m\|_{M^{-1}}^2 = (x + m)^\top M^{-1} (x - m)",
        ),
        ("", r"\sum_{i=1}^n i = \frac{n(n+1)}{2}", r"\sum_{i=1}^n i = \frac{n(n-1)}{2}"),
        (
            r"Let $0 < \gamma < 1$. ",
            r"\sum_{t=0}^{T-1} \gamma^t = \frac{1 - \gamma^T}{1 - \gamma}",
            r"\sum_{t=0}^{T-1} \gamma^t = \frac{1 - \gamma^{T+1}}{1 - \gamma}",
        ),
        (
            r"Let $x_1, \dots, x_N \in \mathbb{R}^d$. ",
            r"\sum_{t=1}^N x_t^T x_t = \sum_{t=1}^N \|x_t\|^2",
            r"\sum_{t=1}^N x_t^T x_t = \sum_{t=1}^N \|x_t\|",
        ),
        (
            HUBER,
            r"h(2) = \frac32",
            r"h(2) = 2",
        ),
        (CENTRED, r"\|C x\|^2 = \|x\|^2 - d m^2", r"\|C x\|^2 = \|x\|^2 - m^2"),
        (
            MOMENTS,
            r"\mathbb{E}[x^\top A x] = \operatorname{tr}(A S) + m^\top A m",
            r"\mathbb{E}[x^\top A x] = \operatorname{tr}(A S)",
        ),
    ],
)
def test_what_practitioners_write_is_judged(note, true, false):
    step = verdict(note, true)
    assert step.verdict == "holds", step
    assert verdict(note, false).verdict == "fails"


def test_a_hessian_that_is_nearly_singular_is_no_failure_of_its_sign():
    assert verdict(LOGISTIC, r"\nabla^2 \ell(w) \succeq 0").verdict == "holds"
    step = verdict(LOGISTIC, r"\nabla^2 \ell(w) \preceq 0")
    assert step.verdict == "fails"
    assert max(max(map(abs, row)) for row in step.counterexample.left) > 1e-3


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        (r"a + 1 = 1 + a", "unchecked"),
        (r"1 - a = \mathbf{1} - a", "unchecked"),
        (r"a + c = a + c \mathbf{1}", "unchecked"),
        (r"a + c = a + 2 c \mathbf{1}", "fails"),
        (r"a + c = b", "fails"),
        (r"b \odot (c - a) = c b - a \odot b", "unchecked"),
        (r"a \odot (b b) = b", "fails"),
    ],
)
def test_a_number_that_is_added_to_a_vector_is_asked_for_with_its_shape(formula, answer):
    step = verdict(A, formula)
    assert step.verdict == answer
    if answer == "unchecked":
        assert "Write it with that shape, as `c \\mathbf{1}`." in step.reason
    else:
        assert "Shapes do not conform" in step.reason


def test_the_size_and_the_number_that_were_taken_for_granted_are_listed():
    report = check(f"{CENTRED}$$C^2 = C$$")
    assert "`\\mathbf{1}` has the size `d`, the only one in this note." in report.assumed
    report = check(r"Let $\sigma(x) = \frac{1}{1+e^{-x}}$. $$\sigma'(x) = \sigma(x) (1 - \sigma(x))$$")
    assert "`x` is taken as a real number." in report.assumed


@pytest.mark.parametrize(
    ("note", "formula"),
    [
        (r"Let $f(x) = x^\top x$. ", r"f(x) = \|x\|^2"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ and $f(x) = x^2 + \det A$. ", r"f'(x) = 2 x"),
        (r"Let $f(x) = x_1 + x_2$. ", r"f(x) = x_2 + x_1"),
    ],
)
def test_an_argument_that_may_be_a_vector_is_not_taken_for_a_number(note, formula):
    step = verdict(note, formula)
    assert step.verdict == "unchecked"
    assert "not defined" in step.reason


@pytest.mark.parametrize(
    ("note", "formula", "answer"),
    [
        (r"Let $P$ be a Markov chain's matrix with stationary distribution $\pi$. ", r"\pi = 3", "unchecked"),
        (r"Let $P \in \mathbb{R}^{n \times n}$ be row-stochastic. ", r"\pi^\top P = \pi^\top", "unchecked"),
        (r"Let $t \in [0, 2\pi)$. ", r"\sin(t + \pi) = -\sin t", "holds"),
        ("", r"\cos \pi = -1", "holds"),
    ],
)
def test_pi_is_the_constant_where_it_is_not_spoken_of_as_a_letter(note, formula, answer):
    assert verdict(note, formula).verdict == answer


def test_a_transpose_is_no_power_where_the_letter_is_a_limit_too():
    report = check(
        r"Let $A \in \mathbb{R}^{n \times n}$. $$\operatorname{tr}(A^T A) = \sum_{i=1}^n \sum_{t=1}^T A_{it}^2$$"
    )
    assert "`T` is taken as a natural number." not in report.assumed


def test_what_is_not_understood_of_a_formula_names_its_letters_in_one_order():
    report = check(r"Let $q(r) \models \begin{cases} \delta & \text{otherwise} \end{cases}$. $$r = r$$")
    assert [each.name for each in report.passed_over] == sorted(each.name for each in report.passed_over)
    assert not {each.name for each in report.passed_over} & {"\\begin", "\\end", "c", "o", "\\text"}


def test_a_function_on_the_outcomes_of_a_distribution_is_no_distribution():
    note = (
        r"Let $\pi(y)$ and $\rho(y)$ be distributions on a finite set with full support, $\beta > 0$, and $r(y)$ a "
        r"function with $\pi(y) = \frac{1}{Z} \rho(y) \exp(r(y)/\beta)$ where $Z = \sum_y \rho(y) \exp(r(y)/\beta)$. "
    )
    assert verdict(note, r"r(y) = \beta \log \frac{\pi(y)}{\rho(y)} + \beta \log Z").verdict == "unchecked"
    assert verdict(note, r"\sum_y \rho(y) = 1").verdict == "holds"


def test_a_failure_of_tables_at_one_outcome_is_shrunk_at_that_outcome():
    note = r"Let $\beta > 0$, and let $p(y)$ and $q(y)$ be distributions on a finite set with full support. "
    step = verdict(note, r"\beta \log p(y) = \log q(y)")
    assert step.verdict == "fails"
    assert step.counterexample.values["\\beta"] > 0


@pytest.mark.parametrize(
    ("note", "formula"),
    [
        (
            r"Let $p_\theta(x)$ be a positive table that depends smoothly on $\theta \in \mathbb{R}$. ",
            r"\frac{\partial}{\partial \theta} p_\theta(x) = 0",
        ),
        (r"Let $\theta \in \mathbb{R}$ and $p_\theta(x)$ a positive table. ", r"\nabla_\theta \sum_x p_\theta(x) = 0"),
        (
            r"Let $f_\theta : \mathbb{R} \to \mathbb{R}$ and $\theta, x \in \mathbb{R}$. ",
            r"\frac{\partial f_\theta(x)}{\partial \theta} = 0",
        ),
        (r"Let $x \in \mathbb{R}^n$, and let $y \in \mathbb{R}$ depend on $x$. ", r"\nabla_x y = 0"),
        (r"Let $w \in \mathbb{R}^d$, and let $c \in \mathbb{R}$ be a smooth function of $w$. ", r"\nabla_w c = 0"),
        (r"Let $w \in \mathbb{R}^d$ and $L_w \in \mathbb{R}$. ", r"\nabla_w L_w = 0"),
        (r"Let $x, y \in \mathbb{R}$ with $x^2 + y^2 = 1$. ", r"\frac{dy}{dx} = 0"),
        (r"Let $x, y \in \mathbb{R}$ with $x^2 + y^2 = 1$. ", r"2x + 2y \frac{dy}{dx} = 0"),
        (r"Let $x, y \in \mathbb{R}$ with $x^2 + y^2 = 1$. ", r"\frac{d}{dx} (x^2 + y^2) = 0"),
        (
            r"Let $z, x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{n \times n}$ with $z = \tanh(W z + x)$. ",
            r"\frac{\partial z}{\partial x} = 0",
        ),
        (
            r"Let $\theta \in \mathbb{R}$, and let $X$ be a random variable whose law depends on $\theta$. ",
            r"\frac{\partial}{\partial \theta} \mathbb{E}[X] = 0",
        ),
        (
            r"Let $w \in \mathbb{R}^d$, and let $c \in \mathbb{R}$ depend on $w$. Let $u := c w$. ",
            r"\frac{\partial u}{\partial w} = c I",
        ),
        (r"Let $x \in \mathbb{R}$ and let $y \in \mathbb{R}$ depend on $x$. ", r"\mathrm{d}(x y) = y \, \mathrm{d}x"),
    ],
)
def test_a_derivative_along_a_dependence_that_is_not_written_is_not_zero(note, formula):
    step = verdict(note, formula)
    assert step.verdict == "unchecked"
    assert "is not written" in step.reason


@pytest.mark.parametrize(
    ("note", "true", "false"),
    [
        (
            r"Let $W_x \in \mathbb{R}^{n \times d}$, $x \in \mathbb{R}^d$ and $b \in \mathbb{R}^n$. ",
            r"\frac{\partial (W_x x + b)}{\partial x} = W_x",
            r"\frac{\partial (W_x x + b)}{\partial x} = 2 W_x",
        ),
        (
            r"Let $f_\theta(x) = \theta x^2$ with $\theta, x \in \mathbb{R}$. ",
            r"\frac{\partial}{\partial \theta} f_\theta(x) = x^2",
            r"\frac{\partial}{\partial \theta} f_\theta(x) = 0",
        ),
        (
            r"Let $f : \mathbb{R}^n \to \mathbb{R}$ be a differentiable function of $x \in \mathbb{R}^n$. ",
            r"\nabla_x f(x) = \nabla f(x)",
            r"\nabla_x f(x) = 2 \nabla f(x)",
        ),
        (
            r"Let $y = A x$ depend on $x \in \mathbb{R}^n$ with $A \in \mathbb{R}^{m \times n}$. ",
            r"\frac{\partial y}{\partial x} = A",
            r"\frac{\partial y}{\partial x} = 2 A",
        ),
        (
            r"Let $x, b \in \mathbb{R}^n$ and $A \in \mathbb{R}^{n \times n}$ with $A x = b$. ",
            r"\nabla_x \|A x - b\|^2 = 2 A^\top (A x - b)",
            r"\nabla_x \|A x - b\|^2 = 2 A^\top A x",
        ),
        (
            r"Let $x \in \mathbb{R}^n$. ",
            r"\frac{\partial x_i}{\partial x_j} = \delta_{ij}",
            r"\frac{\partial x_i}{\partial x_j} = 1 - \delta_{ij}",
        ),
        (
            r"Let $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ and $y = W x$. ",
            r"\frac{\partial y_i}{\partial W_{jk}} = \delta_{ij} x_k",
            r"\frac{\partial y_i}{\partial W_{jk}} = \delta_{ik} x_j",
        ),
        (
            r"Let $x \in \mathbb{R}^n$. The loss depends on $x$. Let $c \in \mathbb{R}^n$ be independent of $x$. ",
            r"\nabla_x (c^\top x) = c",
            r"\nabla_x (c^\top x) = x",
        ),
        (
            r"Let $x \in \mathbb{R}^n$, and let $c \in \mathbb{R}^n$ not depend on $x$. ",
            r"\nabla_x (c^\top x) = c",
            r"\nabla_x (c^\top x) = x",
        ),
    ],
)
def test_a_dependence_that_is_written_or_denied_hides_nothing(note, true, false):
    assert verdict(note, true).verdict == "holds"
    assert verdict(note, false).verdict == "fails"
