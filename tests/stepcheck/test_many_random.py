"""Many random components at once, and sizes that a note says as numbers: true and false twins."""

import pytest

from stepcheck import check

PAIR = (
    "Let $q \\in \\mathbb{R}^d$ and $k \\in \\mathbb{R}^d$ be independent random vectors with "
    "$q \\sim \\mathcal{N}(0, I)$ and $k \\sim \\mathcal{N}(0, I)$. "
)
WEIGHTS = (
    "Let $w_1, \\dots, w_n \\sim \\mathcal{N}(0, \\sigma^2)$ be i.i.d., let $x \\in \\mathbb{R}^n$ and "
    "$y = \\sum_i w_i x_i$. "
)
MASKS = (
    "Let $m_1, \\dots, m_n \\sim \\mathrm{Bernoulli}(p)$ be independent, $0 < p < 1$, and let $x \\in \\mathbb{R}^n$. "
)


def verdicts(note):
    return [step.verdict for step in check(note).steps]


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (PAIR, r"\mathbb{E}[q_i k_i] = \mathbb{E}[q_i]\,\mathbb{E}[k_i]", r"\mathbb{E}[q_i k_i] = 1"),
        (PAIR, r"\mathbb{E}[(q_i k_i)^2] = 1", r"\mathbb{E}[(q_i k_i)^2] = 3"),
        (PAIR, r"\operatorname{Var}(q^\top k) = d", r"\operatorname{Var}(q^\top k) = d^2"),
        (PAIR, r"\operatorname{Var}\left(\frac{q^\top k}{\sqrt d}\right) = 1", r"\operatorname{Var}(q^\top k) = 1"),
        (PAIR, r"\mathbb{E}[\lVert q \rVert^4] = d (d + 2)", r"\mathbb{E}[\lVert q \rVert^4] = d^2"),
        (WEIGHTS, r"\operatorname{Var}(y) = \sigma^2 \lVert x \rVert^2", r"\operatorname{Var}(y) = \sigma^2"),
        (WEIGHTS, r"\mathbb{E}[y^4] = 3 \sigma^4 \lVert x \rVert^4", r"\mathbb{E}[y^4] = \sigma^4 \lVert x \rVert^4"),
        (
            MASKS,
            r"\operatorname{Var}\left(\sum_i \frac{m_i x_i}{p}\right) = \frac{1 - p}{p} \lVert x \rVert^2",
            r"\operatorname{Var}\left(\sum_i \frac{m_i x_i}{p}\right) = p (1 - p) \lVert x \rVert^2",
        ),
    ],
)
def test_means_of_polynomials_in_many_variables_are_exact(givens, true, false):
    assert verdicts(f"{givens}\n\n$${true}$$") == ["holds"]
    assert verdicts(f"{givens}\n\n$${false}$$") == ["fails"]


@pytest.mark.parametrize(
    "formula",
    [
        r"q_i^2 = 1",
        r"q_i^3 k_i = 3 q_i k_i",
        r"\mathbb{E}[e^{q^\top k}] = 1",
        r"\mathbb{E}[\cos(q^\top k)] = 1",
        r"\mathbb{E}[(q_1 k_1)^{20}] = 1",
        r"P(q_1 > 0) = 1",
    ],
)
def test_what_few_nodes_do_not_settle_is_unchecked(formula):
    assert verdicts(f"{PAIR}\n\n$${formula}$$") == ["unchecked"]


SIZED = "Let $A \\in \\mathbb{R}^{n \\times n}$. $$\\det(2A) = 2^n \\det A$$ "


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        (SIZED + "With $n = 64$ this is a factor of $2^{64}$.", ["holds"]),
        (SIZED + "With $n = 64$ this is large. $$\\det(2A) = 4 \\det A$$", ["holds", "fails"]),
        (SIZED + "Suppose now that $n = 2$. Then $$\\det(2A) = 4 \\det A$$", ["holds", "holds"]),
        (SIZED + "Suppose now that $n = 3$. Then $$\\det(2A) = 4 \\det A$$", ["holds", "fails"]),
        (
            SIZED + "With $n = 2$, $$\\det(2A) = 4 \\det A$$ In general, $$\\det(3A) = 9 \\det A$$",
            ["holds", "holds", "fails"],
        ),
        ("Let $x \\in \\mathbb{R}^d$ with $d = 64$. $$\\lVert x \\rVert_1 \\le 8 \\lVert x \\rVert_2$$", ["holds"]),
        ("Let $x \\in \\mathbb{R}^d$ with $d = 64$. $$\\lVert x \\rVert_1 \\le 7 \\lVert x \\rVert_2$$", ["fails"]),
        ("Let $x \\in \\mathbb{R}^d$ with $d = 1$. $$\\lVert x \\rVert_1 = \\lVert x \\rVert_2$$", ["holds"]),
    ],
)
def test_a_size_given_as_a_number_holds_for_what_follows(note, wanted):
    assert verdicts(note) == wanted


NORMAL = "\\mathcal{N}(0, \\sigma^2)"
VARIANCE = (
    r"\operatorname{Var}(\sum_i w_i x_i) = \sigma^2 \lVert x \rVert^2",
    r"\operatorname{Var}(\sum_i w_i x_i) = \sigma^2",
)
SECOND = (
    r"\mathbb{E}[\lVert Wx \rVert^2] = m \sigma^2 \lVert x \rVert^2",
    r"\mathbb{E}[\lVert Wx \rVert^2] = n \sigma^2 \lVert x \rVert^2",
)
MEAN = (r"\operatorname{Var}(\bar X) = \frac{\sigma^2}{n}", r"\operatorname{Var}(\bar X) = \frac{\sigma^2}{n^2}")


@pytest.mark.parametrize(
    ("givens", "twins"),
    [
        (f"Let $x \\in \\mathbb{{R}}^n$, and $w_i \\sim {NORMAL}$ for $i = 1, \\dots, n$ be i.i.d.", VARIANCE),
        (f"The weights $w_i \\sim {NORMAL}$ are independent and $x \\in \\mathbb{{R}}^n$ is fixed.", VARIANCE),
        (f"Let $x, w \\in \\mathbb{{R}}^n$, where $w$ has independent entries $w_i \\sim {NORMAL}$.", VARIANCE),
        (
            (
                "Let $W \\in \\mathbb{R}^{m \\times n}$ have i.i.d. entries "
                f"$W_{{ij}} \\sim {NORMAL}$ and let $x \\in \\mathbb{{R}}^n$ be fixed."
            ),
            SECOND,
        ),
        (
            (
                "Let $X_1, \\dots, X_n \\overset{\\text{iid}}{\\sim} \\mathcal{N}(\\mu, \\sigma^2)$ and "
                "$\\bar X = \\frac1n \\sum_i X_i$."
            ),
            MEAN,
        ),
        (
            (
                "Let $X_1, \\dots, X_n \\sim_{\\mathrm{i.i.d.}} \\mathcal{N}(\\mu, \\sigma^2)$ and "
                "$\\bar X = \\frac1n \\sum_i X_i$."
            ),
            MEAN,
        ),
        (
            "Let $m \\in \\{0, 1\\}^n$ have independent entries $m_i \\sim \\mathrm{Bernoulli}(p)$, $0 < p < 1$.",
            (r"\operatorname{Cov}(m) = p (1 - p) I", r"\operatorname{Cov}(m) = p I"),
        ),
        (
            "Let $s_1, \\dots, s_n$ be independent Rademacher random variables and $a \\in \\mathbb{R}^n$.",
            (
                r"\mathbb{E}[(\sum_i s_i a_i)^2] = \lVert a \rVert^2",
                r"\mathbb{E}[(\sum_i s_i a_i)^2] = 2 \lVert a \rVert^2",
            ),
        ),
        ("Let $Z$ be a standard normal random variable.", (r"\mathbb{E}[Z^4] = 3", r"\mathbb{E}[Z^4] = 1")),
        (
            "Let $X \\sim \\mathrm{Exp}(\\lambda)$.",
            (
                r"\mathbb{E}[\sqrt X] = \frac12 \sqrt{\frac{\pi}{\lambda}}",
                r"\mathbb{E}[\sqrt X] = \sqrt{\frac{\pi}{\lambda}}",
            ),
        ),
        ("Let $U \\sim \\mathrm{Uniform}(0, 1)$.", (r"\mathbb{E}[-\log U] = 1", r"\mathbb{E}[-\log U] = 2")),
    ],
)
def test_entries_and_families_with_one_law(givens, twins):
    assert [verdicts(f"{givens}\n\n$${each}$$") for each in twins] == [["holds"], ["fails"]]


IID = "Let $x \\in \\mathbb{R}^n$ have i.i.d. entries $x_i \\sim \\mathcal{N}(0, 1)$. "


@pytest.mark.parametrize(
    "note",
    [
        IID.replace("i.i.d. ", "") + "$$\\operatorname{Var}(\\sum_i x_i) = n$$",
        IID + "$$P(x_1 > 0) = 1$$",
        IID + "$$x_1^2 = 1$$",
    ],
)
def test_entries_of_which_too_little_is_known_are_unchecked(note):
    assert verdicts(note) == ["unchecked"]


LAPLACE = "Let $X \\sim \\mathrm{Laplace}(\\mu, b)$."
LOGNORMAL = "Let $X \\sim \\mathrm{LogNormal}(\\mu, \\sigma^2)$."
GUMBEL = "Let $X \\sim \\mathrm{Gumbel}(\\mu, \\beta)$."
NORMAL_VECTOR = "Let $x \\sim \\mathcal{N}(\\mu, \\Sigma)$ with $\\mu \\in \\mathbb{R}^d$ and $\\Sigma \\succ 0$."


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (LAPLACE, r"\operatorname{Var}(X) = 2 b^2", r"\operatorname{Var}(X) = b^2"),
        (LAPLACE, r"\mathbb{E}[|X - \mu|] = b", r"\mathbb{E}[|X - \mu|] = 2b"),
        (LAPLACE, r"P(X > \mu + b) = \frac{1}{2e}", r"P(X > \mu + b) = \frac{1}{e}"),
        (LAPLACE, r"\frac{d}{db} \operatorname{Var}(X) = 4b", r"\frac{d}{db} \operatorname{Var}(X) = 0"),
        (LOGNORMAL, r"\mathbb{E}[X] = e^{\mu + \sigma^2 / 2}", r"\mathbb{E}[X] = e^\mu"),
        (LOGNORMAL, r"\mathbb{E}[\log X] = \mu", r"\mathbb{E}[\log X] = \mu + \sigma^2 / 2"),
        (
            GUMBEL,
            r"\operatorname{Var}(X) = \frac{\pi^2}{6} \beta^2",
            r"\operatorname{Var}(X) = \frac{\pi^2}{3} \beta^2",
        ),
        (GUMBEL, r"P(X \le \mu) = e^{-1}", r"P(X \le \mu) = \frac12"),
        ("Let $X \\sim \\chi^2_k$.", r"\operatorname{Var}(X) = 2k", r"\operatorname{Var}(X) = k"),
        (
            "Let $X \\sim \\chi^2(k)$ with $k > 2$.",
            r"\mathbb{E}[1 / X] = \frac{1}{k - 2}",
            r"\mathbb{E}[1 / X] = 1 / k",
        ),
        (
            "Let $X \\sim \\mathrm{Gamma}(\\alpha, \\beta)$ with $\\alpha > 1$ and $\\beta > 0$.",
            r"\mathbb{E}\left[\frac1X\right] = \frac{\beta}{\alpha - 1}",
            r"\mathbb{E}\left[\frac1X\right] = \frac{\beta}{\alpha}",
        ),
        (
            "Let $p \\in (0, 1)$ and $X \\sim \\mathrm{Geometric}(p)$.",
            r"\mathbb{E}[X] = \sum_{k=1}^\infty k (1 - p)^{k-1} p",
            r"\mathbb{E}[X] = \sum_{k=0}^\infty k (1 - p)^k p",
        ),
        (NORMAL_VECTOR, r"H(x) = \frac12 \log \det(2 \pi e \Sigma)", r"H(x) = \frac12 \log \det(2 \pi \Sigma)"),
        (
            "Let $p \\in \\Delta^{K-1}$ and let $u = \\frac1K \\mathbf{1}$.",
            r"D_{\mathrm{KL}}(p \,\|\, u) = \log K - H(p)",
            r"D_{\mathrm{KL}}(u \,\|\, p) = \log K - H(p)",
        ),
    ],
)
def test_further_laws(givens, true, false):
    assert verdicts(f"{givens}\n\n$${true}$$") == ["holds"]
    assert verdicts(f"{givens}\n\n$${false}$$") == ["fails"]


def test_a_law_that_is_not_known_is_not_taken_for_any_law():
    assert verdicts("Let $T \\sim t_\\nu$ with $\\nu > 2$. $$\\operatorname{Var}(T) = 1$$") == ["unchecked"]


COUNTS = (
    "Counts $x_1, \\dots, x_n \\in \\mathbb{N}$, a rate $\\lambda > 0$ and $a, b > 0$. As a function of $\\lambda$, "
    "likelihood times prior is"
)
MEAN_OF_NORMAL = "Let $\\theta, x \\in \\mathbb{R}$ and $s > 0$. Up to a factor that does not depend on $\\theta$,"


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        (
            COUNTS,
            (
                r"\lambda^{a - 1} e^{-b \lambda} \prod_{i=1}^n \frac{\lambda^{x_i} e^{-\lambda}}{x_i!}"
                r"\propto \lambda^{a - 1 + \sum_i x_i} e^{-(b + n) \lambda}"
            ),
            (
                r"\lambda^{a - 1} e^{-b \lambda} \prod_{i=1}^n \frac{\lambda^{x_i} e^{-\lambda}}{x_i!}"
                r"\propto \lambda^{a - 1 + \sum_i x_i} e^{-b \lambda}"
            ),
        ),
        (
            MEAN_OF_NORMAL,
            r"e^{-(x - \theta)^2 / (2 s)} \propto e^{-\theta^2 / (2 s) + x \theta / s}",
            r"e^{-(x - \theta)^2 / (2 s)} \propto e^{-\theta^2 / (2 s) - x \theta / s}",
        ),
    ],
)
def test_proportional_in_the_variable_that_is_said(givens, true, false):
    assert verdicts(f"{givens}\n\n$${true}$$") == ["holds"]
    assert verdicts(f"{givens}\n\n$${false}$$") == ["fails"]


@pytest.mark.parametrize("note", ["Let $x > 0$. $$2x \\propto x$$", f"{MEAN_OF_NORMAL} $$2 x \\propto x^2$$"])
def test_proportional_without_a_variable_is_unchecked(note):
    assert verdicts(note) == ["unchecked"]
