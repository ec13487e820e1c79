"""Givens and conditions: what they say of which symbols, and that points are drawn to meet all of it."""

import pytest

from stepcheck import check


def verdicts(note):
    return [step.verdict for step in check(note).steps]


SQUARE = r"\in \mathbb{R}^{n \times n}"


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $u \in \mathbb{R}^m$, $v \in \mathbb{R}^n$ be unit vectors.",
            r"u^\top u + v^\top v = 2",
            r"u^\top u + v^\top v = 1",
        ),
        (rf"Let $A {SQUARE}$ and $B {SQUARE}$ be symmetric.", r"(AB)^\top = BA", r"(AB)^\top = AB"),
        (rf"Let $A {SQUARE}$ and $D {SQUARE}$ be a diagonal matrix.", r"D^\top = D", r"A^\top = A"),
        (r"Let unit vectors $u$ and $v$ in $\mathbb{R}^n$ be given.", r"u^\top u = v^\top v", r"u^\top u = u^\top v"),
        (r"Let $p \in \mathbb{R}^n$ a probability vector, $t \in \mathbb{R}$.", r"\sum_i p_i = 1", r"(t^2)^{1/2} = t"),
        (rf"Let $A {SQUARE}$ symmetric and $B {SQUARE}$ diagonal.", r"AB = (BA)^\top", r"AB = BA"),
        (
            r"Let $c \in \mathbb{R}^n$ with positive entries, $d \in \mathbb{R}^n$.",
            r"\sum_i c_i > 0",
            r"\sum_i d_i > 0",
        ),
        (rf"For symmetric $A {SQUARE}$, positive definite $B {SQUARE}$.", r"B \succ 0", r"A \succ 0"),
    ],
)
def test_a_property_reaches_all_symbols_it_is_said_of_and_no_others(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (r"Let $A$ and $B$ be symmetric matrices in $\mathbb{R}^{n \times n}$.", r"(AB)^\top = BA", r"(AB)^\top = AB"),
        (r"Let $A$ and $B$ be positive definite $n \times n$ matrices.", r"A + B \succeq A", r"A \succeq B"),
        (r"Consider two $n \times n$ matrices $A$ and $B$.", r"(AB)^\top = B^\top A^\top", r"AB = BA"),
        (r"Let $A$ be an $m \times n$ matrix and let $x$ be an $n$-vector.", r"(Ax)^\top = x^\top A^\top", r"Ax = 0"),
        (r"Let $x$ be a vector of length $n$.", r"x^\top x = \lVert x \rVert^2", r"x^\top x = \lVert x \rVert"),
        (r"Let $A$ be a square matrix of order $n$.", r"(A^\top)^\top = A", r"A^\top = A"),
        (r"Let $a$ and $b$ be real numbers.", r"(a + b)^2 = a^2 + 2ab + b^2", r"(a + b)^2 = a^2 + b^2"),
        (r"For scalars $a$, $b$ and $c$,", r"a(b + c) = ab + ac", r"a(b + c) = ab + c"),
    ],
)
def test_a_shape_may_stand_in_words(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (rf"Suppose that $A, B {SQUARE}$ commute, i.e. $AB = BA$.", r"(AB)^2 = A^2 B^2", r"(AB)^2 = A^2 B"),
        (rf"Suppose that $A, B {SQUARE}$ commute.", r"(A + B)^2 = A^2 + 2AB + B^2", r"(A + B)^2 = A^2 + B^2"),
        (rf"Let $A {SQUARE}$ with $A^2 = A$.", r"\operatorname{tr}(A) = \operatorname{rank}(A)", r"A^\top = A"),
        (rf"Let $A {SQUARE}$ with $A^2 = 0$.", r"(I - A)^{-1} = I + A", r"(I - A)^{-1} = I - A"),
        (rf"Let $A {SQUARE}$ satisfy $A^2 = I$.", r"A^{-1} = A", r"A^\top = A"),
        (
            rf"Let $A {SQUARE}$ with $A^\top A = A A^\top$, $x \in \mathbb{{R}}^n$.",
            r"\lVert Ax \rVert = \lVert A^\top x \rVert",
            r"Ax = A^\top x",
        ),
        (rf"Let $A, B {SQUARE}$ with $AB = I$.", r"BA = I", r"A^2 = I"),
        (rf"Let $A {SQUARE}$ be nilpotent.", r"\operatorname{tr}(A) = 0", r"A^2 = 0"),
        (r"Let $X \in \mathbb{R}^{m \times n}$ have full column rank.", r"X^+ X = I", r"X^+ X = 2I"),
        (r"Let $A \in \mathbb{R}^{m \times n}$ have full row rank.", r"A A^+ = I", r"A A^+ = 2I"),
        (r"Let $A \in \mathbb{R}^{m \times n}$ with $\operatorname{rank}(A) = n$.", r"A^+ A = I", r"A^+ A = 2I"),
        (
            r"Let $W \in \mathbb{R}^{d \times k}$ with $W^\top W = I_k$, $x \in \mathbb{R}^k$.",
            r"\lVert Wx \rVert = \lVert x \rVert",
            r"\lVert Wx \rVert = 2\lVert x \rVert",
        ),
        (rf"Let $A {SQUARE}$ with $\lVert A \rVert_2 < 1$.", r"\det(I - A) > 0", r"\det(A) > 0"),
        (
            rf"Let $A {SQUARE}$ with $\lVert A \rVert_2 < 1$.",
            r"(I - A)^{-1} = \sum_{k=0}^\infty A^k",
            r"(I - A)^{-1} = \sum_{k=1}^\infty A^k",
        ),
        (
            rf"Let $A {SQUARE}$ be symmetric with $\lVert A \rVert_F \le 1$.",
            r"\operatorname{tr}(A^2) \le 1",
            r"\operatorname{tr}(A^2) \le \frac{9}{10}",
        ),
        (r"Let $x \in \mathbb{R}^n$ with $\lVert x \rVert \le 1$.", r"x^\top x \le 1", r"x^\top x \le \frac{98}{100}"),
        (r"Let $A \in \mathbb{R}^{d \times d}$ and $n \in \mathbb{N}$.", r"A^n A = A^{n+1}", r"A^n A = A^{n+2}"),
        (
            rf"Let $A {SQUARE}$ and $K \in \mathbb{{N}}$.",
            r"\sum_{k=0}^K A^k (I - A) = I - A^{K+1}",
            r"\sum_{k=0}^K A^k (I - A) = I - A^K",
        ),
        (
            r"Let $P \in \mathbf{S}^n_{++}$ and $x \in \mathbf{R}^n$.",
            r"x^\top P x \ge 0",
            r"x^\top P x \ge x^\top x",
        ),
        (
            rf"Let $A {SQUARE}$ be symmetric with $\operatorname{{tr}}(A) = 1$.",
            r"\operatorname{tr}(2A) = 2",
            r"\operatorname{tr}(A^2) = 1",
        ),
        (
            (
                "Let $v \\in \\mathbb{R}^n$ be a unit vector, $\\lambda \\in \\mathbb{R}$, "
                rf"and let $A {SQUARE}$ be symmetric with $Av = \lambda v$."
            ),
            r"v^\top A v = \lambda",
            r"A = \lambda v v^\top",
        ),
        (rf"Let $W {SQUARE}$ be symmetric with $W_{{ij}} \ge 0$.", r"\sum_{i,j} W_{ij} \ge 0", r"\det W \ge 0"),
        (
            rf"Let $P {SQUARE}$ with $P_{{ij}} \ge 0$ and $\sum_j P_{{ij}} = 1$.",
            r"P \mathbf{1} = \mathbf{1}",
            r"P^\top \mathbf{1} = \mathbf{1}",
        ),
    ],
)
def test_points_are_drawn_to_meet_what_is_assumed(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            rf"Let $A {SQUARE}$ be symmetric with eigendecomposition $A = Q \Lambda Q^\top$.",
            r"A^2 = Q \Lambda^2 Q^\top",
            r"A^2 = Q^\top \Lambda^2 Q",
        ),
        (
            (
                rf"Let $A {SQUARE}$ be symmetric with $A = Q \Lambda Q^\top$, where $Q$ is orthogonal and "
                r"$\Lambda = \operatorname{diag}(\lambda_1, \dots, \lambda_n)$ with $\lambda_i > 0$."
            ),
            r"\log\det A = \sum_{i=1}^n \log \lambda_i",
            r"\operatorname{tr} A = \sum_{i=1}^n \log \lambda_i",
        ),
        (
            r"Let $X \in \mathbb{R}^{m \times n}$ have the thin SVD $X = U \Sigma V^\top$.",
            r"X^\top X = V \Sigma^2 V^\top",
            r"V V^\top = I",
        ),
        (
            (
                r"Let $A \in \mathbb{R}^{m \times n}$ have rank $r$ and $A = U \Sigma V^\top$ with $U^\top U = I_r$, "
                r"$V^\top V = I_r$, and $\Sigma \in \mathbb{R}^{r \times r}$ diagonal with positive entries."
            ),
            r"A^+ = V \Sigma^{-1} U^\top",
            r"A A^+ = V V^\top",
        ),
        (
            rf"Let $A {SQUARE}$ be positive definite with Cholesky factor $L$, so that $A = L L^\top$.",
            r"\det A = \prod_{i=1}^n L_{ii}^2",
            r"\det A = \prod_{i=1}^n L_{ii}",
        ),
        (
            r"Let $A \in \mathbb{R}^{m \times n}$ have the thin QR decomposition $A = QR$.",
            r"A^\top A = R^\top R",
            r"Q Q^\top = I",
        ),
        (rf"Let $A {SQUARE}$ have the LU factorisation $A = LU$.", r"\det A = \prod_{i=1}^n L_{ii} U_{ii}", r"LU = UL"),
        (rf"Let $A {SQUARE}$ have the polar decomposition $A = UP$.", r"A^\top A = P^2", r"A A^\top = P^2"),
        (
            rf"Let $A {SQUARE}$, $v \in \mathbb{{R}}^n$ with $Av = \lambda v$.",
            r"A^2 v = \lambda^2 v",
            r"A^2 v = \lambda v",
        ),
    ],
)
def test_the_factors_of_a_decomposition_get_their_shapes_from_the_whole(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            r"Let $X = [x_1, \dots, x_N] \in \mathbb{R}^{d \times N}$.",
            r"XX^\top = \sum_{n=1}^N x_n x_n^\top",
            r"XX^\top = 2 \sum_{n=1}^N x_n x_n^\top",
        ),
        (
            r"Let $M \in \mathbb{R}^{m \times n}$.",
            r"\sigma_i(M)^2 = \lambda_i(M^\top M)",
            r"\sigma_i(M) = \lambda_i(M^\top M)",
        ),
        (
            (
                r"Consider points $x_1, \dots, x_N \in \mathbb{R}^D$ and $M \in \mathbb{R}^{D \times D}$; "
                r"with $X \in \mathbb{R}^{N \times D}$ having rows $x_n^\top$,"
            ),
            r"\sum_{n=1}^N x_n^\top M x_n = \operatorname{tr}(M X^\top X)",
            r"\sum_{n=1}^N x_n^\top x_n = \operatorname{tr}(M X^\top X)",
        ),
        (
            (
                rf"Let $A {SQUARE}$ be symmetric with simple largest eigenvalue, and let $v \in \mathbb{{R}}^n$ be a "
                r"unit vector with $A v = \lambda_{\max}(A) v$."
            ),
            r"\frac{\partial \lambda_{\max}(A)}{\partial A} = v v^\top",
            r"\frac{\partial \lambda_{\max}(A)}{\partial A} = 2 v v^\top",
        ),
    ],
)
def test_columns_rows_and_eigenvalues_by_number_are_read(givens, true, false):
    assert (verdicts(f"{givens}\n\n$${true}$$"), verdicts(f"{givens}\n\n$${false}$$")) == (["holds"], ["fails"])


def test_a_decomposition_that_may_be_thin_or_full_is_not_guessed():
    givens = r"Let $X \in \mathbb{R}^{m \times n}$ have the singular value decomposition $X = U \Sigma V^\top$."
    assert verdicts(givens + r" $$U U^\top = I$$") == ["unchecked"]


@pytest.mark.parametrize(
    "lead",
    [
        "Suppose that",
        "Suppose now that",
        "Assume further that",
        "We require",
        "We also require",
        "If",
        "Setting",
        "At the optimum,",
        "Suppose that $x$ is feasible,",
        "The first-order condition is",
        "Stationarity requires",
        "Let $x$ satisfy",
    ],
)
def test_a_condition_is_no_step_and_holds_for_what_follows(lead):
    givens = rf"Let $A {SQUARE}$ be invertible and $b, x \in \mathbb{{R}}^n$."
    assert verdicts(f"{givens} {lead} $$Ax = b.$$ Then $$x = A^{{-1}} b$$") == ["holds"]
    assert verdicts(f"{givens} {lead} $$Ax = b.$$ Then $$x = A b$$") == ["fails"]


@pytest.mark.parametrize(
    "lead",
    [
        "We have",
        "If $A$ is symmetric, then",
        "When $A$ is symmetric, we have",
        "The optimality gap is",
        "Suppose $A$ is symmetric. Then",
    ],
)
def test_a_display_that_only_follows_an_assumption_is_a_step(lead):
    assert verdicts(rf"Let $A {SQUARE}$. {lead} $$A A^\top = A A^\top + 1$$") != []


def test_a_new_symbol_after_the_words_of_a_condition_is_defined():
    note = (
        r"Let $C \in \mathbb{R}^{n \times n}$ be symmetric positive definite, $w \in \mathbb{R}^n$, "
        r"$\nu \in \mathbb{R}$. "
        r"We minimise $w^\top C w$ subject to $\mathbf{1}^\top w = 1$, with the Lagrangian "
        r"$$L(w, \nu) = w^\top C w - \nu(\mathbf{1}^\top w - 1).$$ Then $$\nabla_w L(w, \nu) = 2Cw - \nu\mathbf{1}$$"
    )
    assert verdicts(note) == ["holds"]
    assert verdicts(note.replace("2Cw -", "2Cw +")) == ["fails"]


def test_the_condition_of_a_section_ends_at_the_next_heading():
    note = r"""Let $A \in \mathbb{S}^n_{++}$ and $x \in \mathbb{R}^n$.

### At the minimiser

The gradient of $x^\top A x$ is $$\nabla_x\, x^\top A x = 2Ax.$$ Setting it to zero, $$2Ax = 0$$ gives $$x = 0$$

### Everywhere

We have $$x = 0$$"""
    assert verdicts(note) == ["holds", "holds", "fails"]


def test_conditions_that_share_symbols_are_met_together():
    givens = r"Let $p \in \mathbb{R}^n$ with $p_i > 0$ and $\lambda \in \mathbb{R}$. Setting the gradient to zero, "
    note = givens + r"$$-\log p_i - 1 + \lambda = 0$$ so $$p_i = e^{\lambda - 1}$$ We also require "
    note += r"$$\sum_{i=1}^n p_i = 1.$$ Hence $$p_i = \frac1n$$"
    assert verdicts(note) == ["holds", "holds"]
    assert verdicts(note.replace(r"\frac1n", r"\frac2n")) == ["holds", "fails"]


def test_the_premise_of_an_implication_keeps_the_givens():
    givens = r"Let $A, B \in \mathbb{S}^n_{++}$."
    assert verdicts(givens + r" $$A \preceq B \implies A^{1/2} \preceq B^{1/2}$$") == ["holds"]
    assert verdicts(givens + r" $$A \preceq B \implies A^{-1} \preceq B^{-1}$$") == ["fails"]


SETTINGS = [
    "Setting the gradient to zero gives",
    "Setting the gradient to zero leads to the normal equations",
    r"Setting $\nabla f(x) = 0$ yields",
    r"Setting $\nabla f(x)$ to zero, we get",
    "Equating the gradient to zero and solving for $x$ gives",
    "We set the derivative with respect to $x$ equal to zero and find",
    "The gradient vanishes, which gives",
]


@pytest.mark.parametrize("lead", SETTINGS)
@pytest.mark.parametrize("gradient", [r"Its gradient is $$\nabla f(x) = A^\top(Ax - b).$$ ", ""])
def test_what_follows_from_a_gradient_set_to_zero_is_claimed_under_that(lead, gradient):
    note = r"Let $A \in \mathbb{R}^{m \times n}$ have full column rank, $b \in \mathbb{R}^m$, $x \in \mathbb{R}^n$. "
    note += r"Define $$f(x) := \tfrac12 \lVert Ax - b \rVert^2.$$ " + gradient + lead
    before = ["holds"] * bool(gradient)
    assert verdicts(note + r" $$x = (A^\top A)^{-1} A^\top b.$$") == [*before, "holds"]
    assert verdicts(note + r" $$x = 2(A^\top A)^{-1} A^\top b.$$") == [*before, "fails"]
    assert verdicts(note + r" $$f(x) = \tfrac12 b^\top b - \tfrac12 b^\top A x.$$") == [*before, "holds"]
    assert verdicts(note + r" $$f(x) = \tfrac12 b^\top b - b^\top A x.$$") == [*before, "fails"]
    normal = r" $$A^\top A x = A^\top b,$$ so "
    assert verdicts(note + normal + r"$$x = (A^\top A)^{-1} A^\top b.$$") == [*before, "holds"]
    assert verdicts(note + normal + r"$$x = 2(A^\top A)^{-1} A^\top b.$$") == [*before, "fails"]


def test_several_derivatives_are_zero_together():
    note = (
        r"Let $x_1, \dots, x_n \in \mathbb{R}$, $\mu \in \mathbb{R}$, $v > 0$ and "
        r"$$L(\mu, v) = -\frac n2 \log v - \frac{1}{2v} \sum_{i=1}^n (x_i - \mu)^2$$ "
        r"$$\frac{\partial L}{\partial \mu} = \frac1v \sum_i (x_i - \mu), \quad "
        r"\frac{\partial L}{\partial v} = -\frac{n}{2v} + \frac{1}{2v^2} \sum_i (x_i - \mu)^2$$ "
        r"Setting both to zero gives $$\mu = \frac1n \sum_i x_i, \quad v = \frac1n \sum_i (x_i - \mu)^2$$"
    )
    assert verdicts(note) == ["holds"] * 4
    assert verdicts(note.replace(r"v = \frac1n", r"v = \frac{1}{n - 1}")) == ["holds", "holds", "holds", "fails"]


def test_points_that_flee_from_a_condition_do_not_meet_it():
    r"""`-n / 2v + S / 2v^2` is as small as you like far from its root."""
    note = (
        r"Let $x_1, \dots, x_n \in \mathbb{R}$, $\mu \in \mathbb{R}$, $v > 0$ and "
        r"$$L(\mu, v) = -\frac n2 \log v - \frac{1}{2v} \sum_{i=1}^n (x_i - \mu)^2$$ Setting the derivatives to zero, "
        r"$$\frac{\partial L}{\partial \mu} = 0, \quad \frac{\partial L}{\partial v} = 0,$$ "
    )
    assert verdicts(note + r"$$v = \frac1n \sum_i (x_i - \mu)^2$$") == ["holds"]
    assert verdicts(note + r"$$v = \frac{1}{n - 1} \sum_i (x_i - \mu)^2$$") == ["fails"]


@pytest.mark.parametrize("lead", ["Setting $t = 0$ gives", "For $t = 0$ we have", "When $t = 0$,", "At $t = 0$,"])
def test_an_instance_is_of_the_claims_that_its_sentence_leads_to(lead):
    note = rf"Let $t \in \mathbb{{R}}$. {lead} $$e^t = 1$$ Hence $$e^{{2t}} = 1$$ "
    assert verdicts(note + r"In general, $$e^{-t} = 1 / e^t$$") == ["holds"] * 3
    assert verdicts(note + r"In general, $$e^{-t} = 1$$") == ["holds", "holds", "fails"]
    assert verdicts(note.replace("2t} = 1", "2t} = 2")) == ["holds", "fails"]


@pytest.mark.parametrize(
    ("words", "true", "false"),
    [
        (
            "doubly stochastic",
            r"\lVert A x \rVert_2 \le \lVert x \rVert_2",
            r"\lVert A x \rVert_2 \le 0.9 \lVert x \rVert_2",
        ),
        ("row-stochastic", r"A^2 \mathbf{1} = \mathbf{1}", r"\mathbf{1}^\top A = \mathbf{1}^\top"),
        ("symmetric and doubly stochastic", r"A = A^\top", r"A = A^2"),
        ("symmetric and tridiagonal", r"A = A^\top", r"A^2 = A"),
        ("a symmetric Toeplitz matrix", r"A = A^\top", r"A^2 = A"),
        ("an invertible symmetric matrix", r"A^{-1} = A^{-\top}", r"A^{-1} = A"),
        ("an orthogonal symmetric matrix", r"A A = I", r"A = I"),
        ("an invertible upper triangular matrix", r"\det A = \prod_{i=1}^n A_{ii}", r"A = A^\top"),
        ("an invertible circulant matrix", r"A^{-1} A^\top = A^\top A^{-1}", r"A = A^\top"),
    ],
)
def test_structured_matrices_have_their_structure_and_no_more(words, true, false):
    givens = rf"Let $A \in \mathbb{{R}}^{{n \times n}}$ be {words} and $x \in \mathbb{{R}}^n$."
    found = [step.verdict for step in check(f"{givens}\n\n$${true}$$\n\n$${false}$$").steps]
    assert found == ["holds", "fails"]
