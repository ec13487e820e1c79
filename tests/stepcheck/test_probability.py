r"""What is said of random variables: words of chance and independence, and laws that are as generic as the note leaves
them. Each row: the givens, a claim that follows, and a twin that does not."""

import pytest

from stepcheck import check

XY = "Let $X$ and $Y$ be random variables."
XYZ = "Let $X$, $Y$ and $Z$ be random variables."
NORMALS = r"Let $X \sim \mathcal{N}(\mu, \sigma^2)$ and $Y \sim \mathcal{N}(\nu, \tau^2)$, where $\sigma, \tau > 0$."


def verdict(givens, formula):
    (step,) = check(f"{givens}\n\n$${formula}$$").steps
    return step.verdict


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        # three variables, of which none is a function of the others
        (XYZ, r"H(Z \mid X, Y) \le H(Z \mid Y)", r"H(Z \mid X, Y) = 0"),
        (XYZ, r"I(X; Y \mid Z) \ge 0", r"I(X; Y \mid Z) = 0"),
        (XYZ, r"H(X, Y, Z) = H(X, Y) + H(Z \mid X, Y)", r"H(X, Y, Z) = H(X, Y)"),
        (XYZ, r"H(Y) \le H(X, Y)", r"H(Y) \le H(Z)"),
        (XYZ, r"I(X; Y \mid Z) \le H(X \mid Z)", r"I(X; Y \mid Z) \le I(X; Y)"),
        # words of independence
        (
            "Suppose $X$ and $Y$ are independent random variables.",
            r"\operatorname{Var}(X - 2Y) = \operatorname{Var}(X) + 4 \operatorname{Var}(Y)",
            r"\operatorname{Var}(X - 2Y) = \operatorname{Var}(X) - 4 \operatorname{Var}(Y)",
        ),
        (
            XYZ + " Assume that $X$ and $Y$ are independent.",
            r"\mathbb{E}[XY] = \mathbb{E}[X]\,\mathbb{E}[Y]",
            r"\mathbb{E}[XZ] = \mathbb{E}[X]\,\mathbb{E}[Z]",
        ),
        (
            XYZ + " Assume that $X$ is independent of $Y$ and $Z$.",
            r"\operatorname{Cov}(X, YZ) = 0",
            r"\operatorname{Cov}(Y, Z) = 0",
        ),
        (
            r"Let $X, Y, Z$ be random variables with $X \perp\!\!\!\perp (Y, Z)$.",
            r"\mathbb{E}[XYZ] = \mathbb{E}[X]\,\mathbb{E}[YZ]",
            r"\mathbb{E}[XYZ] = \mathbb{E}[X]\,\mathbb{E}[Y]\,\mathbb{E}[Z]",
        ),
        (
            "Let $X$, $Y$ and $Z$ be pairwise independent random variables.",
            r"\operatorname{Cov}(X + Y, Z) = 0",
            r"\mathbb{E}[XYZ] = \mathbb{E}[X]\,\mathbb{E}[Y]\,\mathbb{E}[Z]",
        ),
        (
            "Let $X$ and $Y$ be uncorrelated random variables.",
            r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)",
            r"\mathbb{E}[X^2 Y] = \mathbb{E}[X^2]\,\mathbb{E}[Y]",
        ),
        (
            r"Let $X$ and $Y$ be random variables with $\operatorname{Cov}(X, Y) = 0$.",
            r"\operatorname{Var}(X - Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)",
            r"\operatorname{Var}(X - Y) = \operatorname{Var}(X) - \operatorname{Var}(Y)",
        ),
        (
            XYZ + " Let $X$ and $Y$ be conditionally independent given $Z$.",
            r"I(X; Y \mid Z) = 0",
            r"I(X; Y) = 0",
        ),
        (
            r"Let $X, Y, Z$ be random variables that form a Markov chain $Y \to X \to Z$.",
            r"I(Y; Z) \le I(X; Z)",
            r"I(X; Z) \le I(X; Y)",
        ),
        (
            r"Let $X_1, \dots, X_n$ be i.i.d. random variables with mean $\mu$ and variance $\sigma^2$.",
            r"\operatorname{Var}\Big(\frac1n \sum_{i=1}^n X_i\Big) = \frac{\sigma^2}{n}",
            r"\operatorname{Var}\Big(\frac1n \sum_{i=1}^n X_i\Big) = \sigma^2",
        ),
        (
            "Let $X$ and $Y$ be i.i.d. random variables.",
            r"\mathbb{E}[(X - Y)^2] = 2 \operatorname{Var}(X)",
            r"\mathbb{E}[(X - Y)^2] = \operatorname{Var}(X)",
        ),
        # laws by name depend on each other, unless the note says that they do not
        (NORMALS, r"\mathbb{E}[2X - Y] = 2\mu - \nu", r"\mathbb{E}[(X - Y)^2] = (\mu - \nu)^2 + \sigma^2 + \tau^2"),
        (
            NORMALS + " They are independent: $X$ and $Y$ are independent.",
            r"\mathbb{E}[(X - Y)^2] = (\mu - \nu)^2 + \sigma^2 + \tau^2",
            r"\mathbb{E}[(X - Y)^2] = (\mu - \nu)^2 + \sigma^2 - \tau^2",
        ),
        (
            r"Let $X_1, \dots, X_n \sim \mathrm{Bernoulli}(p)$, with $p \in (0, 1)$.",
            r"\mathbb{E}\Big[\sum_{i=1}^n X_i\Big] = np",
            r"\operatorname{Var}\Big(\sum_{i=1}^n X_i\Big) = np(1 - p)",
        ),
        # what is random, and what stands beside it
        (
            r"Let $X$ be a random variable and let $c \in \mathbb{R}$.",
            r"\operatorname{Var}(c + X) = \operatorname{Var}(X)",
            r"\operatorname{Var}(cX) = c \operatorname{Var}(X)",
        ),
        (
            "For a non-negative random variable $X$ and $a > 0$:",
            r"P(X \ge a) \le \frac{\mathbb{E}[X]}{a}",
            r"P(X \ge a) \ge \frac{\mathbb{E}[X]}{a}",
        ),
        ("Let $X$ be an integer-valued random variable.", r"\mathbb{E}[X^2] \ge \mathbb{E}[X]", r"\mathbb{E}[X] \ge 0"),
        (
            r"Let $X$ and $Y$ be random variables taking values in $\{0, 1\}$.",
            r"\mathbb{E}[X^2] = \mathbb{E}[X]",
            r"\mathbb{E}[XY] = \mathbb{E}[X]\,\mathbb{E}[Y]",
        ),
        (
            "Let $X$ be a random variable supported on $[0, 1]$.",
            r"\operatorname{Var}(X) \le \mathbb{E}[X] (1 - \mathbb{E}[X])",
            r"\operatorname{Var}(X) \ge \mathbb{E}[X] (1 - \mathbb{E}[X])",
        ),
        # a parameter of a law that varies moves the law
        (
            r"Let $X \sim \mathrm{Exponential}(\lambda)$ with rate $\lambda > 0$.",
            r"\frac{d}{d\lambda} \mathbb{E}[X] = -\frac{1}{\lambda^2}",
            r"\frac{d}{d\lambda} \mathbb{E}[X] = 0",
        ),
        (
            r"Let $X \sim \mathrm{Poisson}(\lambda)$ with $\lambda > 0$.",
            r"\frac{d^2}{d\lambda^2} \mathbb{E}[X^2] = 2",
            r"\frac{d}{d\lambda} \mathbb{E}[X^2] = 1",
        ),
        (
            r"Let $X \sim \mathrm{Bernoulli}(p)$ with $p = \frac{1}{1 + e^{-\eta}}$ and $\eta \in \mathbb{R}$.",
            r"\frac{d}{d\eta} \mathbb{E}[X] = p(1 - p)",
            r"\frac{d}{d\eta} \mathbb{E}[X] = p",
        ),
        (
            r"Let $X \sim \mathrm{Bernoulli}(p)$ with $p \in (0, 1)$.",
            r"\frac{d}{dp} H(X) = \log \frac{1 - p}{p}",
            r"\frac{d}{dp} H(X) = 0",
        ),
        (
            r"Let $\mu \in \mathbb{R}$ and $\sigma > 0$.",
            (
                r"\frac{\partial}{\partial \mu} \mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2)}[x^3] = "
                r"\mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2)}\left[x^3 \frac{\partial}{\partial \mu} "
                r"\log \mathcal{N}(x; \mu, \sigma^2)\right]"
            ),
            r"\frac{\partial}{\partial \mu} \mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2)}[x^3] = 3\mu^2",
        ),
        (
            r"Let $X \sim \mathcal{N}(\mu, \sigma^2)$ with $\sigma > 0$, and let $t \in \mathbb{R}$.",
            r"\frac{d}{dt} P(X \le t) = \mathcal{N}(t; \mu, \sigma^2)",
            r"\frac{d}{dt} P(X \le t) = 0",
        ),
        (
            r"Let $\lambda, \mu > 0$.",
            (
                r"\frac{d}{d\lambda} D_{\mathrm{KL}}(\mathrm{Poisson}(\lambda) \,\|\, \mathrm{Poisson}(\mu)) = "
                r"\log \frac{\lambda}{\mu}"
            ),
            r"\frac{d}{d\lambda} D_{\mathrm{KL}}(\mathrm{Poisson}(\lambda) \,\|\, \mathrm{Poisson}(\mu)) = 0",
        ),
        (
            r"Let $X_1, \dots, X_n \sim \mathrm{Bernoulli}(p)$ be independent, with $p \in (0, 1)$.",
            r"\frac{d}{dp} \operatorname{Var}\Big(\sum_{i=1}^n X_i\Big) = n(1 - 2p)",
            r"\frac{d}{dp} \operatorname{Var}\Big(\sum_{i=1}^n X_i\Big) = n(1 - p)",
        ),
        # densities that are too small for a number
        (
            r"Let $\lambda > 0$ and $p(x) = \lambda e^{-\lambda x}$ for $x \ge 0$.",
            r"-\int_0^\infty p(x) \log p(x) \, dx = 1 - \log \lambda",
            r"-\int_0^\infty p(x) \log p(x) \, dx = 1 + \log \lambda",
        ),
        (
            r"Let $\mu \in \mathbb{R}$ and $\sigma > 0$.",
            (
                r"\mathbb{E}_{z \sim \mathcal{N}(\mu, \sigma^2)}[\log \mathcal{N}(z; \mu, \sigma^2) "
                r"- \log \mathcal{N}(z; 0, 1)] = \frac12 (\mu^2 + \sigma^2 - 1) - \log \sigma"
            ),
            (
                r"\mathbb{E}_{z \sim \mathcal{N}(\mu, \sigma^2)}[\log \mathcal{N}(z; \mu, \sigma^2) "
                r"- \log \mathcal{N}(z; 0, 1)] = \frac12 (\mu^2 + \sigma^2 - 1) + \log \sigma"
            ),
        ),
        # sizes that fit
        (
            r"Let $x \in \mathbb{R}^d$ and $A \succ 0$.",
            r"x^\top A x \ge 0",
            r"x^\top A x \ge x^\top x",
        ),
        (
            r"Let $x \sim \mathcal{N}(\mu, \Sigma)$ with $\mu \in \mathbb{R}^d$ and $\Sigma \succ 0$.",
            r"\operatorname{Cov}(x) = \Sigma",
            r"\operatorname{Cov}(x) = 2\Sigma",
        ),
        (
            (
                r"Let $X \in \mathbb{R}^{n \times d}$, $\beta \in \mathbb{R}^d$ and $y = X\beta + \varepsilon$, where "
                r"$\varepsilon \sim \mathcal{N}(0, \sigma^2 I_n)$."
            ),
            r"\operatorname{Cov}(X^\top y) = \sigma^2 X^\top X",
            r"\operatorname{Cov}(X^\top y) = \sigma^2 X X^\top",
        ),
        (
            r"Let $z \sim \mathcal{N}(0, I_n)$.",
            r"\mathbb{E}[z^\top z] = n",
            r"\mathbb{E}[z^\top z] = n^2",
        ),
        (
            (
                r"Let $x$ be a random vector with mean $\mu \in \mathbb{R}^n$ and covariance $\Sigma$. "
                r"Given $A \in \mathbb{R}^{n \times n}$ and $b \in \mathbb{R}^n$, define $y = Ax + b$."
            ),
            r"\operatorname{Cov}(y) = A \Sigma A^\top",
            r"\operatorname{Cov}(y) = A^\top \Sigma A",
        ),
        (
            r"Let $x, \mu \in \mathbb{R}^d$ and $\Sigma \succ 0$.",
            (
                r"\log \mathcal{N}(x \mid \mu, \Sigma) = -\frac d2 \log(2\pi) - \frac12 \log\det\Sigma "
                r"- \frac12 (x - \mu)^\top \Sigma^{-1} (x - \mu)"
            ),
            (
                r"\log \mathcal{N}(x \mid \mu, \Sigma) = -\frac d2 \log(2\pi) - \frac12 \log\det\Sigma "
                r"- \frac12 (x - \mu)^\top \Sigma (x - \mu)"
            ),
        ),
    ],
)
def test_a_claim_on_random_variables_holds_and_its_twin_fails(givens, true, false):
    assert (verdict(givens, true), verdict(givens, false)) == ("holds", "fails")


@pytest.mark.parametrize(
    ("givens", "formula"),
    [
        (r"Let $X$ be a random variable and $t \in \mathbb{R}$.", r"\frac{d}{dt} P(X \le t) = 0"),
        (r"Let $X$ be a random variable with mean $\mu$.", r"\frac{d}{d\mu} \mathbb{E}[X^2] = 2\mu"),
        (
            r"Let $X \sim \mathrm{Poisson}(\lambda)$ and $Y \sim \mathrm{Poisson}(\mu)$, where $\lambda, \mu > 0$.",
            r"\frac{d}{d\lambda} \mathbb{E}[XY] = \mu",
        ),
        (
            r"Let $X \sim \mathrm{Gamma}(\alpha, \beta)$ with $\alpha, \beta > 0$.",
            r"\frac{\partial}{\partial \alpha} \mathbb{E}[X] = 0",
        ),
    ],
)
def test_a_law_that_moves_in_a_way_not_said_leaves_its_steps_unchecked(givens, formula):
    assert verdict(givens, formula) == "unchecked"


def test_a_moment_that_is_not_drawn_leaves_its_steps_unchecked():
    givens = r"Let $X, Y$ be random variables with $\operatorname{Cov}(X, Y) = 1$."
    assert (
        verdict(givens, r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y) + 2") == "unchecked"
    )
