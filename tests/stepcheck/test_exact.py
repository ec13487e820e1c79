"""The second engine: equations compared over a prime field, and both sides with ever more digits."""

import logging
from dataclasses import replace
from fractions import Fraction

import pytest

from stepcheck import check, verdict
from stepcheck.evaluate import Scope as NumericScope
from stepcheck.exact import NotExact, at_point, prove
from stepcheck.exact import matrix as m
from stepcheck.exact.matrix import Degree, Value
from stepcheck.exact.points import over_prime_field
from stepcheck.exact.scalars import PRIME, Dual, Mod, PrimeField, Reals, Vanished, apply, divide
from stepcheck.exact.walk import Scope, Walker, World
from stepcheck.reading import read
from stepcheck.verdict import Checker

GIVENS = (
    "Let $A, B \\in \\mathbb{R}^{n \\times n}$ be invertible, $C \\in \\mathbb{R}^{m \\times n}$, "
    "$S \\in \\mathbb{R}^{n \\times n}$ symmetric positive definite, $K \\in \\mathbb{R}^{n \\times n}$ antisymmetric, "
    "$Q \\in \\mathbb{R}^{n \\times n}$ orthogonal, $D \\in \\mathbb{R}^{n \\times n}$ diagonal, "
    "$x, a, b \\in \\mathbb{R}^n$, $s, t \\in \\mathbb{R}$. "
)


def step(formula, givens=GIVENS):
    (found,) = check(f"{givens}\n\n$${formula}$$").steps
    return found


def proof_of(formula, givens=GIVENS):
    reading = read(f"{givens}\n\n$${formula}$$")
    (claim,) = reading.claims
    draws = list(Checker(reading.model).worlds(()))
    return prove(reading.model, (), [each.evaluator for each in draws[:3]], claim.left, claim.right, seed=0)


def digits_of(formula, givens=GIVENS):
    reading = read(f"{givens}\n\n$${formula}$$")
    (claim,) = reading.claims
    made = list(Checker(reading.model).worlds(()))[1]
    return at_point(reading.model, (), made.evaluator, 0, NumericScope(), claim.left, claim.right)


# -- what it must leave alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "source"),
    [
        (r"|t| = \sqrt{t^2}", "a root of a square needs the order of the real numbers"),
        (r"\max(s, t) = \frac{s + t + |s - t|}{2}", "an extremum needs an order"),
        (r"\lVert A \rVert_2 = \sigma_{\max}(A)", "singular values are not rational"),
        (r"\operatorname{tr}(S) = \sum_{i=1}^n \lambda_i(S)", "eigenvalues are not rational"),
        (r"\int_0^1 t\, dt = \frac12", "an integral is no finite sum"),
    ],
)
def test_the_prime_field_does_not_decide_what_is_not_rational(formula, source):
    try:
        found = proof_of(formula)
    except NotExact:
        return
    assert not found.conclusive, source


@pytest.mark.parametrize(
    "formula",
    [
        r"\log(s^2 t^2) = 2 \log|s t|",
        r"\sqrt{s^2}\sqrt{t^2} = |s t|",
        r"\sin 2t = 2 \sin t \cos t",
        r"e^{s+t} = e^s e^t",
    ],
)
def test_a_function_that_is_a_free_symbol_there_is_not_called_different(formula):
    assert step(formula).verdict == "holds"
    assert step(formula).evidence.startswith("numeric")


def test_a_step_that_rests_on_an_assumed_equation_is_not_called_different():
    givens = "Let $p, q \\in \\mathbb{R}$ with $p^2 + q^2 = 1$."
    assert step("p^4 - q^4 = p^2 - q^2", givens).verdict == "holds"
    assert step("p^4 - q^4 = p^2 + q^2", givens).verdict == "fails"


def test_a_symbol_of_a_kind_it_cannot_draw_is_drawn_freer_and_a_difference_means_nothing():
    givens = "Let $P \\in \\mathbb{R}^{n \\times n}$ be idempotent and $t \\in \\{0, 1\\}$."
    assert not proof_of("P^2 = P", givens).conclusive
    assert not proof_of("t^2 = t", givens).conclusive
    assert step("P^2 = P", givens).evidence.startswith("numeric")
    assert step("(I + P)^2 = I + 2P + P^2", givens).evidence.startswith("exact")


def test_points_that_meet_the_givens_to_sixteen_digits_only_are_not_read_with_more():
    givens = "Let $P \\in \\mathbb{R}^{n \\times n}$ be idempotent and $p, q \\in \\mathbb{R}$ with $p^2 + q^2 = 1$."
    for formula in ("P^2 = P", "p^2 = 1 - q^2"):
        with pytest.raises(NotExact):
            digits_of(formula, givens)


def test_values_that_are_tied_to_sixteen_digits_make_no_small_gap():
    reading = read("Let $p, q, r \\in \\mathbb{R}$.\n\n$$p + q = r$$\n\n$$p + 10^{-15} = p$$")
    tied, apart = reading.claims
    made = next(Checker(reading.model).worlds(()))
    made.world.values["r"] = made.world.values["p"] + made.world.values["q"]  # in double precision
    found = {"tied": 0, "apart": 0}
    for point in range(made.world.points):
        for name, claim in (("tied", tied), ("apart", apart)):
            try:
                digits = at_point(reading.model, (), made.evaluator, point, NumericScope(), claim.left, claim.right)
            except NotExact:
                continue
            found[name] += digits.verdict == "differ"
    assert found == {"tied": 0, "apart": made.world.points}


def test_letters_beside_random_ones_may_be_tied_so_a_difference_means_nothing():
    givens = "Let $X$ be a random variable with mean $\\mu$ and variance $\\sigma^2$, and $s = \\mathbb{E}[X^2]$."
    assert not proof_of(r"\sigma^2 = \mu^2", givens).conclusive


def test_a_matrix_that_is_singular_to_all_digits_has_no_inverse():
    givens = "Let $A \\in \\mathbb{R}^{m \\times n}$ and $b \\in \\mathbb{R}^m$, with $m > n$."
    with pytest.raises(NotExact):
        digits_of(r"A A^\top (A A^\top)^{-1} b = 2 b", givens)


# -- true and false twins ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("true", "false", "source"),
    [
        (r"(AB)^{-1} = B^{-1} A^{-1}", r"(AB)^{-1} = A^{-1} B^{-1}", "folklore"),
        (
            r"(A + a b^\top)^{-1} = A^{-1} - \frac{A^{-1} a b^\top A^{-1}}{1 + b^\top A^{-1} a}",
            r"(A + a b^\top)^{-1} = A^{-1} + \frac{A^{-1} a b^\top A^{-1}}{1 + b^\top A^{-1} a}",
            "Sherman and Morrison (1950)",
        ),
        (
            r"(S + C^\top C)^{-1} = S^{-1} - S^{-1} C^\top (I + C S^{-1} C^\top)^{-1} C S^{-1}",
            r"(S + C^\top C)^{-1} = S^{-1} - S^{-1} C^\top (I - C S^{-1} C^\top)^{-1} C S^{-1}",
            "Woodbury (1950)",
        ),
        (r"\det(AB) = \det(A)\det(B)", r"\det(A + B) = \det(A) + \det(B)", "folklore"),
        (
            r"\nabla_A \operatorname{tr}(A^{-1} B) = -(A^{-1} B A^{-1})^\top",
            r"\nabla_A \operatorname{tr}(A^{-1} B) = -A^{-1} B A^{-1}",
            "The Matrix Cookbook (2012), eq. 124",
        ),
        (r"\nabla_A \log\det A = A^{-\top}", r"\nabla_A \log\det A = A^{-1}", "The Matrix Cookbook (2012), eq. 57"),
        (
            r"\nabla_x^2\, x^\top A x = A + A^\top",
            r"\nabla_x^2\, x^\top A x = 2 A",
            "The Matrix Cookbook (2012), eq. 98",
        ),
        (r"x^\top K x = 0", r"x^\top K a = 0", "folklore"),
        (r"\det(Q)^2 = 1", r"\det(Q) = 1", "orthogonal matrices have two components"),
        (
            r"\lVert Q x \rVert = \lVert x \rVert",
            r"\lVert Q x + a\rVert^2 = \lVert x \rVert^2 + \lVert a\rVert^2",
            "folklore",
        ),
        (r"S D = (D S)^\top", r"S D = D S", "folklore"),
        (r"\sum_{i=1}^n i^2 = \frac{n(n+1)(2n+1)}{6}", r"\sum_{i=1}^n i^2 = \frac{n(n+1)(2n-1)}{6}", "folklore"),
        (r"x_i a_i = (x \odot a)_i", r"x_i a_i = x_i^2 a_i", "free indices mean all of them"),
        (
            r"\operatorname{vec}(A B) = (I_n \otimes A) \operatorname{vec}(B)",
            r"\operatorname{vec}(A B) = (A \otimes I_n) \operatorname{vec}(B)",
            "Magnus and Neudecker, ch. 2",
        ),
        (
            r"\nabla_x \log\sum_{i=1}^n e^{x_i} = \operatorname{softmax}(x)",
            r"\nabla_x \log\sum_{i=1}^n e^{x_i} = e^{x}",
            "folklore",
        ),
        (
            r"\frac{d}{dt} \frac{1}{1 + e^{-t}} = \frac{1}{1 + e^{-t}} \cdot \frac{1}{1 + e^{t}}",
            r"\frac{d}{dt} \frac{1}{1 + e^{-t}} = \frac{1}{1 + e^{-t}} \cdot \frac{1}{1 - e^{t}}",
            "folklore",
        ),
        (r"\cos^2 t + \sin^2 t = 1", r"\cos^2 t - \sin^2 t = 1", "folklore"),
        (r"\nabla_x \lVert x \rVert = \frac{x}{\lVert x \rVert}", r"\nabla_x \lVert x \rVert = x", "folklore"),
    ],
)
def test_the_prime_field_tells_twins_apart(true, false, source):
    held, failed = step(true), step(false)
    assert (held.verdict, failed.verdict) == ("holds", "fails"), source
    assert held.evidence.startswith("exact: equal over a field of 2^61-1 elements"), held.evidence


@pytest.mark.parametrize(
    ("givens", "true", "false"),
    [
        ("Let $u \\in \\mathbb{R}^n$ be a unit vector.", r"(I - 2 u u^\top)^2 = I", r"(I - u u^\top)^2 = I"),
        (
            "Let $V \\in \\mathbb{R}^{n \\times k}$ have orthonormal columns, with $n > k$.",
            r"(V V^\top)^2 = V V^\top",
            r"V V^\top = I",
        ),
        ("Let $L \\in \\mathbb{R}^{n \\times n}$ be lower triangular.", r"e_1^\top L e_2 = 0", r"e_2^\top L e_1 = 0"),
    ],
)
def test_objects_are_generic_points_of_their_kind(givens, true, false):
    assert step(true, givens).evidence.startswith("exact")
    assert step(false, givens).verdict == "fails"


@pytest.mark.parametrize(
    ("true", "false", "source"),
    [
        (r"\sqrt{1 + 2 \cdot 10^{-12} + 10^{-24}} = 1 + 10^{-12}", r"\sqrt{1 + 10^{-12}} = 1", "a gap of 5e-13"),
        (r"1.000000001 t = t + 10^{-9} t", r"1.000000001 t = t", "a relative gap of 1e-9"),
        (r"(t + 10^{20}) - 10^{20} = t", r"(t + 10^{20}) - 10^{20} = 0", "Higham, ch. 1: cancellation"),
        (
            r"\frac{1 - \cos(10^{-8} t)}{10^{-16}} = \frac{2 \sin^2(10^{-8} t / 2)}{10^{-16}}",
            r"\frac{1 - \cos(10^{-8} t)}{10^{-16}} = \frac{t^2}{2}",
            "Higham, section 1.7",
        ),
        (
            r"\log(1 + 10^{-15} e^{t}) = -\log\left(\frac{1}{1 + 10^{-15} e^{t}}\right)",
            r"\log(1 + 10^{-15} e^{t}) = 10^{-15} e^{t}",
            "Higham, section 1.14: log1p",
        ),
        (
            r"\sum_{i=1}^n (x_i - 10^{9})^2 = \sum_{i=1}^n x_i^2 - 2 \cdot 10^{9} \sum_{i=1}^n x_i + 10^{18} n",
            r"\sum_{i=1}^n (x_i - 10^{9})^2 = \sum_{i=1}^n x_i^2 - 2 \cdot 10^{9} \sum_{i=1}^n x_i + 10^{18} n + 1",
            "Chan, Golub and LeVeque (1983): the textbook variance",
        ),
        (
            r"(S + 10^{10} a a^\top)^{-1} a = \frac{S^{-1} a}{1 + 10^{10} a^\top S^{-1} a}",
            r"(S + 10^{10} a a^\top)^{-1} a = \frac{S^{-1} a}{10^{10} a^\top S^{-1} a}",
            "a nearly singular inverse",
        ),
    ],
)
def test_more_digits_tell_round_off_from_a_small_gap(true, false, source):
    assert (step(true).verdict, step(false).verdict) == ("holds", "fails"), source


def test_round_off_at_many_points_hides_no_failure_at_others():
    """Cancellation everywhere, and wrong where t is negative only."""
    held = r"\left((|t| + 10^{20}) - 10^{20}\right) t = t|t|"
    wrong = r"\left((|t| + 10^{20}) - 10^{20}\right) t = t^2"
    assert (step(held).verdict, step(wrong).verdict) == ("holds", "fails")


def test_a_small_gap_is_shown_with_the_digits_that_show_it():
    found = step(r"\sqrt{1 + 10^{-12}} = 1")
    assert (found.counterexample.left, found.counterexample.right) == ("1.0000000000005", "1.0")
    assert "differ by 5.0e-13" in found.counterexample.note


def test_a_gap_below_sixteen_digits_is_shown_at_short_values():
    found = step(r"1.000000001 t = t")
    t = Fraction(str(found.counterexample.values["t"]))
    assert Fraction(found.counterexample.left) == t + t / 10**9
    assert Fraction(found.counterexample.right) == t


def test_an_equation_that_only_digits_confirm_says_so():
    assert step(r"\max(s, t) = \frac{s + t + |s - t|}{2}").evidence.endswith("of them to 25 digits or more")


# -- the error bound --------------------------------------------------------------------------------------------------


def test_sizes_and_chance_are_stated():
    found = proof_of(r"(AB)^\top = B^\top A^\top")
    assert found.equal
    assert set(found.sizes) == {"n"}
    assert len(found.sizes["n"]) >= 2
    assert 1 not in found.sizes["n"]
    assert 0 < found.chance < 1e-16
    assert "chance of a wrong `holds` below 10^-" in found.evidence


def test_degrees_are_never_too_small():
    x = Degree(1)
    assert Degree(2, 1).plus(Degree(3, 2)) == Degree(4, 3)
    assert Degree(2, 1).times(Degree(3, 2)) == Degree(5, 3)
    assert x.over(Degree(2, 1)) == Degree(2, 2)
    generic = Value([[Mod(3), Mod(1)], [Mod(2), Mod(5)]], x)
    assert m.inverse(PrimeField(""), generic).degree == Degree(1, 2)
    assert m.determinant(PrimeField(""), generic).degree == Degree(2, 0)


def test_a_multiple_of_the_prime_is_no_zero():
    with pytest.raises(NotExact):
        proof_of(rf"{PRIME} t = 0")
    assert step(rf"{PRIME} t = 0").verdict == "fails"


def test_engines_that_disagree_leave_a_step_unchecked_and_are_logged(monkeypatch, caplog):
    said = prove

    def wrong(*args, **kwargs):
        found = said(*args, **kwargs)
        return replace(found, equal=not found.equal, conclusive=True)

    monkeypatch.setattr(verdict, "prove", wrong)
    with caplog.at_level(logging.WARNING, logger="stepcheck"):
        answers = [step(formula) for formula in (r"s t = t s", r"s t = s + t")]
    assert [each.verdict for each in answers] == ["unchecked", "unchecked"]
    assert all("disagree" in each.reason for each in answers)
    assert len(caplog.records) == 2


# -- the numbers themselves -------------------------------------------------------------------------------------------


def test_the_prime_field_is_a_field():
    a, b = Mod(12345678901234567), Mod(98765432109876543)
    assert a * a.inverse() == 1
    assert (a + b) * b == a * b + b * b
    assert Fraction(1, 3) * Mod(3) == 1
    assert 1 - a == -(a - 1)
    with pytest.raises(Vanished):
        Mod(PRIME).inverse()


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "erf", "arctan", "arcsin", "sinh"])
def test_slopes_agree_with_differences(name):
    field = Reals(50)
    x, h = field.number(Fraction(3, 7)), Fraction(1, 10**15)
    slope = apply(field, name, Dual(x, {0: 1}, 1)).d[0]
    difference = divide(field, apply(field, name, x + h) - apply(field, name, x - h), 2 * h)
    assert abs(slope - difference) < Fraction(1, 10**25)


def test_dual_numbers_nest():
    field = Reals(30)
    x = Dual(Dual(Fraction(2), {0: 1}, 1), {0: 1}, 2)
    made = divide(field, 1, x * x)  # 1/x², whose second derivative is 6/x⁴
    assert made.d[0].d[0] == Fraction(6, 16)


def test_fractions_stay_fractions():
    reading = read(f"{GIVENS}\n\n$$A^{{-1}} x = A^{{-1}} x$$")
    (claim,) = reading.claims
    companion = list(Checker(reading.model).worlds(()))[1].evaluator
    values = {
        "A": Value([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]]),
        "x": Value([[Fraction(1)], [Fraction(1, 3)]]),
    }
    walker = Walker(reading.model, World(Reals(30), companion, values.__getitem__, dict))
    assert walker.value(claim.left).rows == [[Fraction(-5, 3)], [Fraction(4, 3)]]


def test_a_reflection_and_a_rotation_are_both_tried():
    reading = read(f"{GIVENS}\n\n$$Q = Q$$")
    companion = next(Checker(reading.model).worlds(())).evaluator
    found = []
    for flipped in (False, True):
        field = PrimeField("seed")
        walker = Walker(reading.model, over_prime_field(reading.model, companion, field, {"Q": flipped}))
        q = walker._symbol("Q", Scope(), (None, None))
        assert m.matmul(q, m.transpose(q)).rows == m.identity(len(q.rows)).rows
        found.append(m.determinant(field, q).entry)
    assert found[0] == 1
    assert found[1] == -1
