"""The comparison with other engines: each is asked what it is made for, and counted by the same rule."""

import pytest

from bench import document
from bench.checker import ENGINES, Claim, Tally, asked, cells, claims, sides_of


@pytest.mark.parametrize(
    ("latex", "sides"),
    [
        ("a = b", ("a", "=", "b")),
        (r"\sum_{i = 1}^n x_i \le n.", (r"\sum_{i = 1}^n x_i", "<=", "n")),
        (r"P(X \ge 1) &= \frac12 \\", (r"P(X \ge 1)", "=", r"\frac12")),
        (r"= x^2", ("", "=", "x^2")),
    ],
)
def test_a_claim_is_taken_apart_at_its_outer_relation(latex, sides):
    assert sides_of(latex) == sides


def test_every_given_case_of_level_1_puts_one_claim_with_two_sides():
    found = list(claims())
    assert len(found) == len({claim.id for claim in found}) == 100
    assert all(all(claim.sides) for claim in found)
    assert {claim.is_true for claim in found} == {True, False}


NOTE = "Let $A, B \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}$.\n\n$$%s = %s$$\n"


def claim(left, right, *, is_true):
    return Claim("a", NOTE % (left, right), 0, (left, right), "=", is_true)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("stepcheck", ("accepted", "rejected", "rejected")),
        ("SymPy, antlr parser", ("accepted", "rejected", "accepted")),
        ("SymPy, lark parser", ("accepted", "rejected", "accepted")),
        ("Math-Verify", ("accepted", "rejected", "accepted")),
    ],
)
def test_each_engine_is_really_asked_and_the_others_take_matrices_for_numbers(name, answers):
    put = [
        claim("(x + 1)^2", "x^2 + 2 x + 1", is_true=True),
        claim("(x + 1)^2", "x^2 + 1", is_true=False),
        claim("A B", "B A", is_true=False),
    ]
    assert tuple(asked(ENGINES[name], each, 60)[0] for each in put) == answers


def test_what_takes_too_long_or_breaks_is_no_answer():
    def endless(claim):
        while True:
            pass

    def broken(claim):
        raise KeyError("no")

    def undecided(claim):
        return lambda: None

    put = claim("x", "x", is_true=True)
    assert [asked(engine, put, 0.05)[0] for engine in (endless, lambda claim: lambda: endless(claim))] == [
        "out of time while reading",
        "out of time",
    ]
    assert [asked(engine, put, 5)[0] for engine in (broken, undecided)] == ["not read", "undecided"]


def test_right_and_wrong_are_counted_by_what_is_true():
    tally = Tally("engine")
    for result, is_true in [
        ("accepted", True),
        ("rejected", False),
        ("accepted", False),
        ("rejected", True),
        ("undecided", True),
        ("not read", False),
        ("out of time", True),
        ("out of time while reading", True),
    ]:
        tally.add(result, 1.0, claim("x", "x", is_true=is_true))
    assert cells(tally) == ["engine", "6", "2", "2", "1", "1", "4", "2", "1.0", "1.0"]


def test_each_part_of_the_document_is_replaced_alone():
    checker = f"{document.CHECKER_HEADING}\n\nold\n"
    both = document.with_checker("# Pages\n", checker)
    assert both == f"# Pages\n\n{checker}"
    assert document.with_pages(both, "# New\n") == f"# New\n\n{checker}"
    assert document.with_checker(both, checker.replace("old", "new")) == both.replace("old", "new")
    assert document.with_pages("# Pages\n", "# New\n") == "# New\n"
    editor = f"{document.EDITOR_HEADING}\n\nfirst\n"
    three = document.with_editor(both, editor)
    assert three == f"# Pages\n\n{editor}\n{checker}"
    assert document.with_editor(three, editor.replace("first", "second")) == three.replace("first", "second")
    assert document.with_pages(three, "# New\n") == three.replace("# Pages", "# New")
    with pytest.raises(ValueError, match="begins with"):
        document.with_checker(both, "anything")
