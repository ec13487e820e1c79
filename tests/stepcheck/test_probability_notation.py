"""Probability, statistics and information in the habits of many hands: true and false twins."""

import pytest

from stepcheck import check

XY = "Let $X$ and $Y$ be random variables. "
XYZ = "Let $X$, $Y$ and $Z$ be random variables with finitely many values. "
EVENTS = "Let $A$ and $B$ be events with $0 < P(B) < 1$, and write $A^c$ for the complement of $A$. "
TABLE = "Let $X$ and $Y$ be random variables with a positive joint table $p(x, y)$ and marginals $p(x)$, $p(y)$. "
LATENT = (
    "Let $p(x, z)$ be a positive joint table with posterior $p(z \\mid x)$ and let $q(z)$ be a positive distribution. "
)
SAMPLE = (
    "Let $X_1, \\dots, X_n$ be independent random variables with mean $\\mu$ and variance $\\sigma^2$, let "
    "$\\bar X_n = \\frac1n \\sum_{i=1}^n X_i$ and $S^2 = \\frac{1}{n-1} \\sum_{i=1}^n (X_i - \\bar X_n)^2$. "
)


def verdicts(givens, formula):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$").steps]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        ("Suppose that $X$ and $Y$ are random variables. ", r"E[X+Y] = E[X] + E[Y]", r"E[XY] = E[X] E[Y]"),
        (
            "**The best guess.** Let $X$ and $Y$ be random variables and let $f : \\mathbb{R} \\to \\mathbb{R}$. ",
            r"E[f(X) + Y] = E[f(X)] + E[Y]",
            r"E[f(X) Y] = E[f(X)] E[Y]",
        ),
        (
            "Let $X$ be a random variable with mean $\\mu$ and variance $\\sigma^2 > 0$, and let $t > 0$. ",
            r"P(|X - \mu| \ge t) \le \sigma^2 / t^2",
            r"P(|X - \mu| \ge t) \le \sigma^2 / (2 t^2)",
        ),
        (XY, r"\mathbb{V}[2X] = 4\,\mathrm{var}(X)", r"\mathbb{V}(2X) = 2\,\mathrm{var}(X)"),
        (XY, r"\mathbb{V}\mathrm{ar}(X + 1) = \mathbb{V}[X]", r"\mathbb{V}\mathrm{ar}(X + 1) = \mathbb{V}[X] + 1"),
        (XY, r"\operatorname{Corr}(2X, Y) = \operatorname{Corr}(X, Y)", r"\operatorname{Corr}(X, Y)^2 \ge 1"),
        (XY, r"\operatorname{sd}(-2X) = 2\operatorname{sd}(X)", r"\operatorname{sd}(2X) = 4\operatorname{sd}(X)"),
        (XY, r"E(X + Y) = \mathbb{E}X + \mathrm{E}Y", r"E(X Y) = \mathbb{E}X\, \mathrm{E}Y"),
        (XYZ, r"I(X; Y, Z) = I(X; Y) + I(X; Z \mid Y)", r"I(X; Y, Z) = I(X; Y) + I(X; Z \mid Y) + 1"),
        (XYZ, r"I(X, Y; Z) = I(X; Z) + I(Y; Z \mid X)", r"I(X, Y; Z) = I(X; Z) + 1"),
        (XYZ, r"\mathbb{I}(X; Y) = \mathbb{H}[X] - \mathbb{H}(X \mid Y)", r"\mathbb{I}(X; Y) = 2\operatorname{H}(X)"),
        # a sum up to a natural number that differs from point to point, and what stands below it
        (
            "Let $n \\in \\mathbb{N}$ and $x, y \\in \\mathbb{R}$. ",
            r"(x+y)^n = \sum_{k=0}^n \binom{n}{k} x^k y^{n-k}",
            r"(x+y)^n = \sum_{k=1}^n \binom{n}{k} x^k y^{n-k}",
        ),
        (
            "Let $n \\in \\mathbb{N}$. ",
            r"\sum_{k=0}^n k(k-1) \binom nk = n(n-1) 2^{n-2}",
            r"\sum_{k=0}^n k (k-1) \binom nk = n(n-1) 2^{n-1}",
        ),
        ("Let $n \\in \\mathbb{N}$. ", r"\prod_{k=1}^n k = n!", r"\prod_{k=1}^{n-1} k = n!"),
        (
            "Let $X \\sim \\mathrm{Binomial}(n, p)$ with $n \\in \\mathbb{N}$ and $p \\in (0, 1)$. ",
            r"\mathbb{E}[X] = \sum_{k=1}^n P(X \ge k)",
            r"\mathbb{E}[X] = \sum_{k=0}^n P(X \ge k)",
        ),
        # a condition below a sum that differs from point to point
        (
            "Let $x \\in \\mathbb{R}^n$. ",
            r"\sum_{i : x_i > 0} x_i = \sum_i \max(x_i, 0)",
            r"\sum_{i : x_i > 0} x_i = \sum_i x_i",
        ),
        (
            "Let $p \\in \\Delta^{K-1}$ with positive entries. ",
            r"\sum_k \sum_{k'} p_k p_{k'} = 1",
            r"\sum_k p_k \sum_{k'} p_{k'}^2 = 1",
        ),
        # events
        (EVENTS, r"P(A \cup B) = P(A) + P(B) - P(A \cap B)", r"P(A \cup B) = P(A) + P(B)"),
        (EVENTS, r"P(A \mid B) + P(A^c \mid B) = 1", r"P(A \mid B) + P(A \mid B^c) = 1"),
        (EVENTS, r"\Pr(A \setminus B) = \Pr(A) - \Pr(A, B)", r"\Pr(A \setminus B) = \Pr(A) - \Pr(B)"),
        (EVENTS, r"\mathbb{P}(A \overline{B}) = \mathbb{P}(A) - \mathbb{P}(AB)", r"\mathbb{P}(\bar A) = \mathbb{P}(A)"),
        (EVENTS, r"\operatorname{Var}(\mathbf{1}_A) = P(A)(1 - P(A))", r"\mathbb{E}[\mathbf{1}_A] = P(A)^2"),
        (
            "Suppose the events $A$ and $B$ are independent. ",
            r"P(A^c \cap B^c) = (1 - P(A))(1 - P(B))",
            r"P(A \cup B) = P(A) + P(B)",
        ),
        ("Let $A$ and $B$ be disjoint events. ", r"P(A \cup B) = P(A) + P(B)", r"P(A \cap B) = P(A) P(B)"),
        (
            "Let $A$ and $B$ be events with $A \\cap B = \\emptyset$. ",
            r"P(A) + P(B) \le 1",
            r"P(A) + P(B) = 1",
        ),
        ("Let $A$ and $B$ be events with $A \\subseteq B$. ", r"P(B \setminus A) = P(B) - P(A)", r"P(B) \le P(A)"),
        (
            "Let $B_1, \\dots, B_n$ be a partition of the sample space and $A$ an event. ",
            r"P(A) = \sum_{i=1}^n P(A \mid B_i) P(B_i)",
            r"P(A) = \sum_{i=1}^n P(A \mid B_i)",
        ),
        (
            "Let $A_1, \\dots, A_n$ be events. ",
            r"P\Bigl(\bigcup_{i=1}^n A_i\Bigr) \le \sum_{i=1}^n P(A_i)",
            r"P\Bigl(\bigcup_{i=1}^n A_i\Bigr) = \sum_{i=1}^n P(A_i)",
        ),
        (
            "Let $A_1, \\dots, A_n$ be independent events. ",
            r"P(\bigcap_{i=1}^n A_i^c) = \prod_{i=1}^n (1 - P(A_i))",
            r"P(\bigcup_{i=1}^n A_i) = \prod_{i=1}^n P(A_i)",
        ),
        (
            "Suppose $P(D) = \\pi$, $P(T \\mid D) = s$ and $P(T \\mid D^c) = 1 - c$ with $\\pi, s, c \\in (0, 1)$. ",
            r"P(D \mid T) = \frac{s \pi}{s \pi + (1 - c)(1 - \pi)}",
            r"P(D \mid T) = s \pi",
        ),
        (
            "Let $A$ and $B$ be events with $P(A) = 0.5$, $P(B) = 0.4$ and $P(A \\cap B) = 0.3$. ",
            r"P(A \mid B) = 0.75",
            r"P(A \mid B) = 0.6",
        ),
        (
            "Let $A$, $B$ and $C$ be events, $A$ and $B$ conditionally independent given $C$. ",
            r"P(A \mid B, C) = P(A \mid C)",
            r"P(A \mid B) = P(A)",
        ),
        # what is said of dependence
        (
            "Let $X$ and $Y$ be random variables with $E[XY] = E[X] E[Y]$. ",
            r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)",
            r"E[X^2 Y^2] = E[X^2] E[Y^2]",
        ),
        (
            "Let $X_1, \\dots, X_n$ be uncorrelated random variables with variance $\\sigma^2$. ",
            r"\operatorname{Var}\Bigl(\sum_{i=1}^n X_i\Bigr) = n \sigma^2",
            r"\operatorname{Var}\Bigl(\sum_{i=1}^n X_i\Bigr) = n^2 \sigma^2",
        ),
        (
            "Let $X$, $Y$ and $Z$ be random variables with $Z \\to X \\to Y$. ",
            r"I(Z; Y) \le I(X; Y)",
            r"I(Z; Y) \ge I(X; Y)",
        ),
        # claims between random quantities, at every outcome
        (XY, r"(X + Y)^2 = X^2 + 2XY + Y^2", r"(X + Y)^2 = X^2 + Y^2"),
        (XY, r"|X + Y| \le |X| + |Y|", r"X \le Y"),
        (
            "Let $X \\sim \\mathrm{Bernoulli}(\\theta)$ with $0 < \\theta < 1$. ",
            r"X^2 = X",
            r"X^2 = 2X",
        ),
        (
            SAMPLE,
            r"\mathbb{E}[S^2] = \sigma^2",
            r"\mathbb{E}[S^2] = \frac{n-1}{n} \sigma^2",
        ),
        # tables by name
        (
            TABLE,
            r"I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)\, p(y)}",
            r"I(X; Y) = \sum_{x, y} p(x)\, p(y) \log \frac{p(x, y)}{p(x)\, p(y)}",
        ),
        (TABLE, r"\mathbb{E}[X] = \sum_x x\, p(x)", r"\mathbb{E}[X] = \sum_x p(x)"),
        (TABLE, r"p(y \mid x) = \frac{p(x, y)}{\sum_{y'} p(x, y')}", r"p(x, y) = p(x)\, p(y)"),
        (
            LATENT,
            r"\log p(x) = \mathbb{E}_{q(z)}[\log p(x, z) - \log q(z)] + D_{\mathrm{KL}}(q(z) \,\|\, p(z \mid x))",
            r"\log p(x) = \mathbb{E}_{q(z)}[\log p(x, z) - \log q(z)] + D_{\mathrm{KL}}(p(z \mid x) \,\|\, q(z))",
        ),
        (
            LATENT,
            r"\log p(x) \ge \mathbb{E}_{z \sim q}[\log p(x \mid z)] - \mathrm{KL}[q \,\|\, p(z)]",
            r"\log p(x) \le \mathbb{E}_{z \sim q}[\log p(x \mid z)] - \mathrm{KL}(q, p(z))",
        ),
        (
            "Let $q_\\phi(z \\mid x)$ be a conditional distribution and $p_\\theta(x, z)$ a joint distribution. ",
            r"\log p_\theta(x) \ge \mathbb{E}_{z \sim q_\phi(\cdot \mid x)}[\log (p_\theta(x, z) / q_\phi(z \mid x))]",
            r"\log p_\theta(x) = \mathbb{E}_{q_\phi(z \mid x)}[\log p_\theta(x, z)]",
        ),
        (
            "Let $p(x, y)$ and $q(x, y)$ be positive joint tables. ",
            r"D_{\mathrm{KL}}(p \,\|\, q) \ge \sum_x p(x) \log \frac{p(x)}{q(x)}",
            r"D_{\mathrm{KL}}(p \,\|\, q) = \sum_x p(x) \log \frac{p(x)}{q(x)}",
        ),
        (
            "Let $p$ and $q$ be strictly positive probability vectors with $K$ entries. ",
            r"\mathbb{E}_{k \sim q}\left[\frac{p_k^2}{q_k^2}\right] = \sum_{k=1}^K \frac{p_k^2}{q_k}",
            r"\mathbb{E}_{k \sim q}\left[\frac{p_k^2}{q_k^2}\right] = 1",
        ),
        (
            "Let $p$ and $q$ be distributions on $\\{1, \\dots, K\\}$. ",
            r"H(p, q) = H(p) + \sum_x p(x) \log \frac{p(x)}{q(x)}",
            r"H(p, q) = H(q)",
        ),
        (
            "Let $X$ be a random variable with finitely many values. ",
            r"\mathbb{E}[X] = \sum_x x\, P(X = x)",
            r"\mathbb{E}[X^2] = \sum_x x\, P(X = x)",
        ),
    ],
)
def test_a_true_step_holds_and_its_false_twin_fails(givens, true, false):
    assert (verdicts(givens, true), verdicts(givens, false)) == (["holds"], ["fails"])


def test_a_strict_sign_between_tables_that_may_coincide_does_not_hold():
    givens = "Let $p(x)$ and $q(x)$ be two pmfs on a finite set. "
    assert verdicts(givens, r"D_{\mathrm{KL}}(p \,\|\, q) > 0") == ["unchecked"]
    assert verdicts(givens, r"D_{\mathrm{KL}}(p \,\|\, q) \ge 0") == ["holds"]


NORMAL = (
    r"Let $Y \sim \mathcal{N}(0, 1)$ and $Z \sim \mathcal{N}(0, 1)$ independent, $y \in \mathbb{R}$, and $X = 2 Y + Z$."
)
ANY = r"Let $X$ and $Y$ be random variables with finitely many values, let $y \in \mathbb{R}$ and $c \in \mathbb{R}$."


@pytest.mark.parametrize("claim", [r"\mathbb{E}[X \mid Y = y] = 2 y", r"\operatorname{Var}(X \mid Y = y) = 1"])
def test_what_is_not_evaluated_is_not_called_undefined(claim):
    assert verdicts(NORMAL, claim) == ["unchecked"]


def test_a_value_that_was_drawn_beside_those_of_the_variable_refutes_nothing():
    assert verdicts(ANY, r"\mathbb{E}[X - X + c \mid Y = y] = c") == ["unchecked"]
    assert verdicts(ANY, r"\mathbb{E}[X - X + c \mid Y = y] = 2 c") == ["fails"]
