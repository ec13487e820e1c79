r"""Every notation that the grammar knows has an example here, true and false, and a line in docs/stepcheck.md.

Whoever adds an entry to a table of the package finds the test that fails until both are there.
"""

import re
import time
from pathlib import Path

import pytest

from stepcheck import Budget, check
from stepcheck.evaluate.entrywise import ENTRYWISE
from stepcheck.evaluate.functions import CALLS, MATRIX
from stepcheck.givens.properties import PROPERTIES
from stepcheck.grammar import Parser
from stepcheck.grammar.commands import COMMANDS
from stepcheck.grammar.vocabulary import ACCENTS, BIG, FONTS, FUNCTIONS, GREEK, LAWS, MATRICES, RELATIONS
from stepcheck.grammar.words import KINDS
from stepcheck.tokens import tokenise
from stepcheck.tree import Call

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "stepcheck.md").read_text(encoding="utf-8")
IN_CODE = set(re.findall(r"`([^`\n]+)`", PAGE))

GIVENS = (
    r"Let $x, y \in \mathbb{R}^n$, $A, B \in \mathbb{R}^{n \times n}$, $t \in \mathbb{R}$, $0 < s < 1$, $u > 1$ and "
    r"$k \in \mathbb{N}$. Let $S \succ 0$ with $S \in \mathbb{R}^{n \times n}$. Let $p, q \in \Delta^{n-1}$. "
    r"Let $X$ and $Y$ be independent random variables with finitely many values."
)


BUDGET = Budget(clock=time.thread_time)  # whoever else uses the machine


def answers(formula, givens=GIVENS):
    return [step.verdict for step in check(f"{givens}\n\n$${formula}$$\n", budget=BUDGET).steps]


def told_apart(true, false, givens=GIVENS):
    assert (answers(true, givens), answers(false, givens)) == (["holds"], ["fails"])


# -- functions --------------------------------------------------------------------------------------------------------

FUNCTION_EXAMPLES = {
    "log": (r"\log(us) = \log u + \log s", r"\log(u + s) = \log u + \log s"),
    "exp": (r"\exp(t + s) = \exp(t)\exp(s)", r"\exp(ts) = \exp(t)\exp(s)"),
    "sin": (r"\sin(2t) = 2\sin t\cos t", r"\sin(2t) = 2\sin t"),
    "cos": (r"\cos(2t) = 1 - 2\sin^2 t", r"\cos(2t) = 1 - \sin^2 t"),
    "tan": (r"\tan t\,\cos t = \sin t", r"\tan t\,\sin t = \cos t"),
    "cot": (r"\cot(s)\sin(s) = \cos(s)", r"\cot(s)\cos(s) = \sin(s)"),
    "sec": (r"\sec(s)\cos(s) = 1", r"\sec(s)\sin(s) = 1"),
    "csc": (r"\csc(s)\sin(s) = 1", r"\csc(s)\cos(s) = 1"),
    "sinh": (r"\sinh t = \frac{e^t - e^{-t}}{2}", r"\sinh t = \frac{e^t + e^{-t}}{2}"),
    "cosh": (r"\cosh^2 t - \sinh^2 t = 1", r"\cosh^2 t + \sinh^2 t = 1"),
    "tanh": (r"\tanh t = \frac{\sinh t}{\cosh t}", r"\tanh t = \frac{\cosh t}{\sinh t}"),
    "coth": (r"\coth(u)\tanh(u) = 1", r"\coth(u) = \tanh(u)"),
    "sech": (r"\operatorname{sech}(t)\cosh(t) = 1", r"\operatorname{sech}(t) = \cosh(t)"),
    "arcsin": (r"\sin(\arcsin s) = s", r"\cos(\arcsin s) = s"),
    "arccos": (r"\arccos s = \frac{\pi}{2} - \arcsin s", r"\arccos s = \pi - \arcsin s"),
    "arctan": (r"\frac{d}{dt}\arctan t = \frac{1}{1 + t^2}", r"\frac{d}{dt}\arctan t = \frac{1}{1 - t^2}"),
    "arctanh": (
        r"\operatorname{artanh}(s) = \frac12\log\frac{1+s}{1-s}",
        r"\operatorname{artanh}(s) = \frac12\log\frac{1-s}{1+s}",
    ),
    "arcsinh": (
        r"\operatorname{arsinh}(t) = \log(t + \sqrt{t^2 + 1})",
        r"\operatorname{arsinh}(t) = \log(t + \sqrt{t^2 + 2})",
    ),
    "erf": (
        r"\frac{d}{dt}\operatorname{erf}(t) = \frac{2}{\sqrt{\pi}} e^{-t^2}",
        r"\frac{d}{dt}\operatorname{erf}(t) = \frac{1}{\sqrt{\pi}} e^{-t^2}",
    ),
    "det": (r"\det(AB) = \det(A)\det(B)", r"\det(A + B) = \det(A) + \det(B)"),
    "logdet": (r"\operatorname{logdet}(S) = \log\det S", r"\operatorname{logdet}(S) = \det S"),
    "tr": (
        r"\operatorname{tr}(A^\top B) = \operatorname{tr}(B^\top A)",
        r"\operatorname{tr}(AB) = \operatorname{tr}(A)",
    ),
    "rank": (r"\operatorname{rank}(xy^\top) \le 1", r"\operatorname{rank}(A) \le 1"),
    "diag": (r"\operatorname{diag}(x)\,y = x \odot y", r"\operatorname{diag}(x)\,y = x + y"),
    "vec": (
        r"\operatorname{vec}(xy^\top) = y \otimes x",
        r"\operatorname{vec}(xy^\top) = x \otimes y",
    ),
    "expm": (r"\operatorname{expm}(A)\operatorname{expm}(-A) = I", r"\operatorname{expm}(A)\operatorname{expm}(A) = I"),
    "sign": (r"\operatorname{sign}(t)\,|t| = t", r"\operatorname{sign}(t)\,t = t"),
    "relu": (
        r"\operatorname{ReLU}(t) - \operatorname{ReLU}(-t) = t",
        r"\operatorname{ReLU}(t) + \operatorname{ReLU}(-t) = t",
    ),
    "softmax": (
        r"\operatorname{softmax}(x + t\mathbf{1}) = \operatorname{softmax}(x)",
        r"\operatorname{softmax}(t x) = \operatorname{softmax}(x)",
    ),
    "logsumexp": (
        r"\operatorname{logsumexp}(x + t\mathbf{1}) = \operatorname{logsumexp}(x) + t",
        r"\operatorname{logsumexp}(t x) = t\operatorname{logsumexp}(x)",
    ),
    "sigmoid": (
        r"\operatorname{sigmoid}(-t) = 1 - \operatorname{sigmoid}(t)",
        r"\operatorname{sigmoid}(-t) = -\operatorname{sigmoid}(t)",
    ),
    "softplus": (
        r"\operatorname{softplus}(t) = \log(1 + e^t)",
        r"\operatorname{softplus}(t) = \log(1 - e^t)",
    ),
    "logit": (r"\operatorname{sigmoid}(\operatorname{logit}(s)) = s", r"\operatorname{logit}(s) = s"),
}
READ_ONLY = {"span", "dim"}  # read, so that a note with them is not refused, and answered `unchecked`


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS.values()) - READ_ONLY))
def test_a_function_has_a_true_and_a_false_example(name):
    assert name in FUNCTION_EXAMPLES, f"Give `{name}` an example in FUNCTION_EXAMPLES."
    told_apart(*FUNCTION_EXAMPLES[name])


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_a_function_that_is_only_read_is_unchecked(name):
    assert answers(rf"\operatorname{{{name}}}(A) = \operatorname{{{name}}}(B)") == ["unchecked"]


@pytest.mark.parametrize("spelling", sorted(FUNCTIONS))
def test_every_spelling_of_a_function_is_that_function(spelling):
    parser = Parser(tokenise(rf"\operatorname{{{spelling}}}(x)", 0))
    node = parser.finished(parser.statement())
    assert isinstance(node, Call)
    assert node.name == FUNCTIONS[spelling]


def test_every_function_is_evaluated_somewhere():
    assert set(FUNCTIONS.values()) - READ_ONLY - set(ENTRYWISE) - set(CALLS) - set(MATRIX) == set()


# -- commands and words -----------------------------------------------------------------------------------------------

COMMAND_EXAMPLES = {
    "frac": (r"\frac{1}{u} + \frac{1}{s} = \frac{u + s}{us}", r"\frac{1}{u} + \frac{1}{s} = \frac{2}{u + s}"),
    "nabla": (r"\nabla_x\, x^\top x = 2x", r"\nabla_x\, x^\top x = x"),
    "sqrt": (r"\sqrt[3]{u^3} = u", r"\sqrt{u^3} = u"),
    "binom": (r"\binom{k+1}{2} = \frac{k(k+1)}{2}", r"\binom{k+1}{2} = \frac{k(k-1)}{2}"),
    "langle": (r"\langle x, y \rangle = y^\top x", r"\langle x, y \rangle = x^\top x"),
    "lfloor": (r"\lfloor t \rfloor \le t", r"\lfloor t \rfloor \ge t"),
    "lceil": (r"\lceil t \rceil \ge t", r"\lceil t \rceil \le t"),
    "begin": (
        r"\begin{pmatrix} s & 0 \\ 0 & u \end{pmatrix}^{-1} = \begin{pmatrix} 1/s & 0 \\ 0 & 1/u \end{pmatrix}",
        r"\begin{pmatrix} s & 0 \\ 0 & u \end{pmatrix}^{-1} = \begin{pmatrix} 1/u & 0 \\ 0 & 1/s \end{pmatrix}",
    ),
    "int": (r"\int_0^1 t^2 \,dt = \frac13", r"\int_0^1 t^2 \,dt = \frac12"),
    "lim": (r"\lim_{h \to 0} \frac{\sin h}{h} = 1", r"\lim_{h \to 0} \frac{\sin h}{h} = 0"),
    "arg": (r"\arg\max_{i} x_i = \arg\max_i\, (x_i + t)", r"\arg\max_{i} x_i = \arg\min_i x_i"),
    "argmax": (r"\argmax_{i} x_i = \argmax_i\, (x_i + t)", r"\argmax_{i} x_i = \argmax_i\, (-x_i)"),
    "argmin": (r"\argmin_{i} x_i = \argmax_i\, (-x_i)", r"\argmin_{i} x_i = \argmax_i x_i"),
    "infty": (r"\lVert x \rVert_\infty \le \lVert x \rVert_2", r"\lVert x \rVert_2 \le \lVert x \rVert_\infty"),
    "partial": (r"\frac{\partial}{\partial t} (t^2 s) = 2ts", r"\frac{\partial}{\partial t} (t^2 s) = t^2"),
    "dot": (r"\dot{z} = r z", r"\dot{z} = z"),
    "ddot": (r"\ddot{z} = r^2 z", r"\ddot{z} = r z"),
    "dddot": (r"\dddot{z} = r^3 z", r"\dddot{z} = r z"),
    "underbrace": (r"\underbrace{t + t}_{\text{twice}} = 2t", r"\underbrace{t + t}_{\text{twice}} = t"),
    "overbrace": (r"\overbrace{t + t}^{\text{twice}} = 2t", r"\overbrace{t + t}^{\text{twice}} = t"),
    "emptyset": (r"P(F \cup \emptyset) = P(F)", r"P(F \cup \emptyset) = P(G)"),
    "ind": (r"\ind[t > 0] + \ind[t \le 0] = 1", r"\ind[t > 0] = 1"),
    "Pr": (r"\Pr(X \le 1) + \Pr(X > 1) = 1", r"\Pr(X \le 1) = 1"),
    "expectation": (r"\E[X + Y] = \E[X] + \E[Y]", r"\E[X^2] = \E[X]^2"),
    "reals": (r"t^2 \ge 0", r"t^3 \ge 0"),
    "neg": (r"P(\neg (X > 1)) = 1 - P(X > 1)", r"P(\neg (X > 1)) = P(X > 1)"),
}
COMMAND_GIVENS = {
    "dot": r"Let $r > 0$ and let $z(t) = e^{rt}$ for $t \in \mathbb{R}$.",
    "ddot": r"Let $r > 0$ and let $z(t) = e^{rt}$ for $t \in \mathbb{R}$.",
    "dddot": r"Let $r > 0$ and let $z(t) = e^{rt}$ for $t \in \mathbb{R}$.",
    "emptyset": "Let $F$ and $G$ be events.",
    "reals": r"Let $t \in \reals$.",
}
COMMANDS_ELSEWHERE = {"ldots": "in lists, `x_1, \\dots, x_n`; in a sum it is refused"}


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(COMMANDS_ELSEWHERE)))
def test_a_command_has_a_true_and_a_false_example(name):
    assert name in COMMAND_EXAMPLES, f"Give `\\{name}` an example in COMMAND_EXAMPLES."
    told_apart(*COMMAND_EXAMPLES[name], COMMAND_GIVENS.get(name, GIVENS))


WORD_EXAMPLES = {
    "E": (
        r"\operatorname{E}[XY] = \operatorname{E}[X]\operatorname{E}[Y]",
        r"\operatorname{E}[X^2] = \operatorname{E}[X]^2",
    ),
    "Var": (r"\operatorname{Var}(2X) = 4\operatorname{Var}(X)", r"\operatorname{Var}(2X) = 2\operatorname{Var}(X)"),
    "Cov": (r"\operatorname{Cov}(X, X) = \operatorname{Var}(X)", r"\operatorname{Cov}(X, X + 1) = 1"),
    "Corr": (r"\operatorname{Corr}(X, X) = 1", r"\operatorname{Corr}(X, X) = 0"),
    "SD": (r"\operatorname{SD}(X)^2 = \operatorname{Var}(X)", r"\operatorname{SD}(X) = \operatorname{Var}(X)"),
    "KL": (r"\operatorname{KL}(p \,\|\, q) \ge 0", r"\operatorname{KL}(p \,\|\, q) = \operatorname{KL}(q \,\|\, p)"),
    "P": (r"\operatorname{P}(X \le 1) \le 1", r"\operatorname{P}(X \le 1) \ge 1"),
    "H": (
        r"\operatorname{H}(X, Y) = \operatorname{H}(X) + \operatorname{H}(Y)",
        r"\operatorname{H}(X) = \operatorname{H}(Y)",
    ),
    "I": (r"\operatorname{I}(X; Y) = 0", r"\operatorname{I}(X; X) = 0"),
    "argmax": (r"\operatorname{max}_i x_i \le \sum_i |x_i|", r"\operatorname{max}_i x_i \le \operatorname{min}_i x_i"),
}


READ_ONLY_WORDS = {"JS"}  # answered `unchecked`, with the advice to write it out
KIND_WORDS = [words for words, _, _ in KINDS if words[0] not in READ_ONLY_WORDS]


@pytest.mark.parametrize("words", KIND_WORDS, ids=lambda words: words[0])
def test_a_word_in_roman_type_has_a_true_and_a_false_example(words):
    assert words[0] in WORD_EXAMPLES, f"Give `{words[0]}` an example in WORD_EXAMPLES."
    told_apart(*WORD_EXAMPLES[words[0]])


# -- relations --------------------------------------------------------------------------------------------------------

RELATION_EXAMPLES = {
    "=": (r"t + t = 2t", r"t + t = t^2"),
    "<": (r"s^2 < s", r"s < s^2"),
    ">": (r"u^2 > u", r"u > u^2"),
    "<=": (r"t \le |t|", r"|t| \le t"),
    ">=": (r"|t| \geq t", r"t \geq |t|"),
    "!=": (r"u \ne s", r"t \ne 1"),
    "preceq": (r"0 \preceq S", r"S \preceq 0"),
    "succeq": (r"S + I \succeq I", r"I \succeq S + I"),
    "prec": (r"0 \prec S", r"S \prec 0"),
    "succ": (r"S + I \succ I", r"I \succ S + I"),
}
RELATIONS_ELSEWHERE = {
    ":=": "a definition",
    "in": "a given",
    "~": "a given",
    "perp": "a given",
}
READ_ONLY_RELATIONS = {"~=", "propto", "<<", ">>", "subset", "notin"}


@pytest.mark.parametrize("name", sorted(set(RELATIONS.values()) - set(RELATIONS_ELSEWHERE) - READ_ONLY_RELATIONS))
def test_a_relation_has_a_true_and_a_false_example(name):
    assert name in RELATION_EXAMPLES, f"Give `{name}` an example in RELATION_EXAMPLES."
    told_apart(*RELATION_EXAMPLES[name])


# -- laws -------------------------------------------------------------------------------------------------------------

LAW_EXAMPLES = {
    "Bernoulli": (r"\mathrm{Bernoulli}(s)", r"\mathbb{E}[X^2] = s", r"\mathbb{E}[X] = 1 - s"),
    "Uniform": (r"\mathrm{Uniform}(0, u)", r"\operatorname{Var}(X) = \frac{u^2}{12}", r"\mathbb{E}[X] = u"),
    "Exponential": (r"\mathrm{Exponential}(u)", r"\mathbb{E}[X] = \frac1u", r"\mathbb{E}[X] = u"),
    "Poisson": (r"\mathrm{Poisson}(u)", r"\operatorname{Var}(X) = u", r"\mathbb{E}[X^2] = u"),
    "Categorical": (r"\mathrm{Categorical}(p)", r"P(X = 1) = p_1", r"P(X = 1) = 1 - p_1"),
    "Gamma": (r"\mathrm{Gamma}(u, 2)", r"\mathbb{E}[X] = \frac u2", r"\mathbb{E}[X] = 2u"),
    "Beta": (r"\mathrm{Beta}(u, 2)", r"\mathbb{E}[X] = \frac{u}{u + 2}", r"\mathbb{E}[X] = \frac{2}{u + 2}"),
    "Binomial": (r"\mathrm{Binomial}(k, s)", r"\mathbb{E}[X] = ks", r"\operatorname{Var}(X) = ks"),
    "Geometric": (r"\mathrm{Geometric}(s)", r"\mathbb{E}[X] = \frac1s", r"\mathbb{E}[X] = \frac{1-s}{s}"),
    "Normal": (r"\mathcal{N}(t, u^2)", r"\mathbb{E}[X^2] = t^2 + u^2", r"\mathbb{E}[X^2] = u^2"),
    "Laplace": (r"\mathrm{Laplace}(t, u)", r"\operatorname{Var}(X) = 2u^2", r"\operatorname{Var}(X) = u^2"),
    "LogNormal": (r"\mathrm{LogNormal}(t, s^2)", r"\mathbb{E}[X] = e^{t + s^2/2}", r"\mathbb{E}[X] = e^t"),
    "Gumbel": (r"\mathrm{Gumbel}(t, u)", r"\operatorname{Var}(X) = \frac{\pi^2}{6} u^2", r"\mathbb{E}[X] = t"),
    "Rademacher": (r"\mathrm{Rademacher}", r"\mathbb{E}[X^2] = 1", r"\mathbb{E}[X] = 1"),
}
READ_ONLY_LAWS = {"Dirichlet", "Multinomial"}  # read, and answered `unchecked` with the name of the law
LAW_GIVENS = (
    r"Let $t \in \mathbb{R}$, $u > 1$, $0 < s < 1$, $k \in \mathbb{N}$ and $p \in \Delta^{K-1}$. Let $X \sim %s$."
)


@pytest.mark.parametrize("name", sorted(set(LAWS.values()) - READ_ONLY_LAWS))
def test_a_law_has_a_true_and_a_false_example(name):
    assert name in LAW_EXAMPLES, f"Give `{name}` an example in LAW_EXAMPLES."
    law, true, false = LAW_EXAMPLES[name]
    told_apart(true, false, LAW_GIVENS % law)


UNKNOWN_LAWS = [r"\mathrm{Zipf}(2)", r"\mathrm{Cauchy}(0, 1)", r"\operatorname{Weibull}(2, 1)", r"\mathrm{Zipf}"]


@pytest.mark.parametrize("law", [*(rf"\mathrm{{{name}}}(p)" for name in sorted(READ_ONLY_LAWS)), *UNKNOWN_LAWS])
def test_what_follows_a_law_that_is_not_known_is_unchecked(law):
    (step,) = check(LAW_GIVENS % law + r" $$\mathbb{E}[X^2] = 1$$").steps
    assert step.verdict == "unchecked"
    assert "law" in step.reason


@pytest.mark.parametrize("law", [r"p", r"\mathcal{D}", r"p_{\mathrm{data}}"])
def test_a_letter_for_a_law_stands_for_any_law(law):
    given = f"Let $X$ be a random variable with finitely many values, $X \\sim {law}$."
    told_apart(r"\mathbb{E}[2X] = 2\mathbb{E}[X]", r"\mathbb{E}[X^2] = 1", given)


# -- properties -------------------------------------------------------------------------------------------------------

SQUARE, VECTOR = r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"
SYMMETRIC = r"A \in \mathbb{S}^n"
TALL = r"A \in \mathbb{R}^{m \times n}"
PROPERTY_EXAMPLES = {  # words after "Let $…$ be", the declaration, and a claim that fails without the words
    "spd": ("symmetric positive definite", SQUARE, r"\operatorname{tr}(A) > 0"),
    "psd": ("symmetric positive semidefinite", SQUARE, r"\operatorname{tr}(A) \ge 0"),
    "antisymmetric": ("antisymmetric", SQUARE, r"A^\top = -A"),
    "symmetric": ("symmetric", SQUARE, r"A^\top = A"),
    "orthogonal": ("orthogonal", SQUARE, r"A A^\top = I"),
    "upper-triangular": ("upper triangular", SQUARE, r"\det A = \prod_{i=1}^n A_{ii}"),
    "lower-triangular": ("lower triangular", SQUARE, r"\det A = \prod_{i=1}^n A_{ii}"),
    "diagonal": ("diagonal", SQUARE, r"A^\top = A"),
    "idempotent": ("idempotent", SQUARE, r"A^3 = A"),
    "nilpotent": ("nilpotent", SQUARE, r"\operatorname{tr}(A) = 0"),
    "involutory": ("involutory", SQUARE, r"A^2 = I"),
    "row-stochastic": ("row-stochastic", TALL, r"A \mathbf{1} = \mathbf{1}"),
    "column-stochastic": ("column-stochastic", TALL, r"A^\top \mathbf{1} = \mathbf{1}"),
    "doubly-stochastic": ("doubly stochastic", SQUARE, r"\mathbf{1}^\top A = \mathbf{1}^\top A^2"),
    "circulant": ("circulant", SQUARE, r"A^\top A = A A^\top"),
    "toeplitz": ("Toeplitz", SQUARE, r"\operatorname{tr}(A) = n A_{1,1}"),
    "tridiagonal": ("tridiagonal", SQUARE, r"\sum_{i=1}^{n} \sum_{j=1}^{n} (|i - j| - 1) A_{ij}^2 \le 0"),
    "normal": ("a normal matrix", SQUARE, r"A^\top A = A A^\top"),
    "projection": ("a projection matrix", SQUARE, r"A^3 = A"),
    "permutation": ("a permutation matrix", SQUARE, r"A A^\top = I"),
    "distinct-eigenvalues": ("with distinct eigenvalues", SYMMETRIC, r"\lambda_1(A) > \lambda_2(A)"),
    "simple-largest-eigenvalue": ("with a simple largest eigenvalue", SYMMETRIC, r"\lambda_1(A) > \lambda_2(A)"),
    "unit": ("a unit vector", VECTOR, r"\lVert x \rVert = 1"),
    "one-hot": ("one-hot", VECTOR, r"x \odot x = x"),
    "simplex": ("a probability vector", VECTOR, r"\sum_{i=1}^n x_i = 1"),
}
CLAUSE_EXAMPLES = {  # a clause of its own, the declaration, and a claim that fails without it
    "orthonormal-columns": ("has orthonormal columns", TALL, r"A^\top A = I"),
    "orthonormal-rows": ("has orthonormal rows", TALL, r"A A^\top = I"),
    "centred": ("is centred", VECTOR, r"\sum_{i=1}^n x_i = 0"),
    "positive": ("has positive entries", VECTOR, r"\sum_{i=1}^n x_i > 0"),
    "nonnegative": ("has nonnegative entries", VECTOR, r"\sum_{i=1}^n x_i \ge 0"),
}
# These only keep points away from where a claim is not defined, or belong to what is random.
PROPERTIES_ELSEWHERE = {"invertible", "full-column-rank", "full-row-rank", "nonzero", "zero-mean"}


@pytest.mark.parametrize("name", sorted({name for _, name in PROPERTIES} - PROPERTIES_ELSEWHERE))
def test_a_property_makes_a_claim_true_that_fails_without_it(name):
    if name in PROPERTY_EXAMPLES:
        words, declared, claim = PROPERTY_EXAMPLES[name]
        sentence = f"Let ${declared}$ be {words}."
    else:
        assert name in CLAUSE_EXAMPLES, f"Give `{name}` an example in PROPERTY_EXAMPLES."
        words, declared, claim = CLAUSE_EXAMPLES[name]
        sentence = f"Let ${declared}$. Suppose that ${declared[0]}$ {words}."
    assert answers(claim, sentence) == ["holds"]
    assert answers(claim, f"Let ${declared}$.") == ["fails"]


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "written"),
    [
        (FUNCTIONS, "{0}"),
        (LAWS, "{0}"),
        ({name for name in RELATIONS if name.isalpha()}, r"\{0}"),
        (COMMANDS, r"\{0}"),
        ({word for words, _, _ in KINDS for word in words}, "{0}"),
        (ACCENTS, r"\{0}"),
        (FONTS, r"\{0}"),
        (BIG, r"\{0}"),
        (MATRICES, "{0}"),
        ({name for _, name in PROPERTIES}, "{0}"),
    ],
    ids=["functions", "laws", "relations", "commands", "words", "accents", "fonts", "big", "matrices", "properties"],
)
def test_every_entry_of_the_vocabulary_is_in_the_docs(table, written):
    assert sorted(name for name in table if written.format(name) not in IN_CODE) == []


def test_the_greek_letters_are_read_as_letters():
    for name in GREEK - {"Delta", "pi"}:
        given = rf"Let $\{name} \in \mathbb{{R}}$."
        assert answers(rf"(\{name} + 1)^2 = \{name}^2 + 2\{name} + 1", given) == ["holds"], name
