"""A value for a free letter, of the claims that its sentence leads to: “With $b = 1$ we get …”."""

import pytest

from stepcheck import check

AB = r"Let $a, b \in \mathbb{R}$. "


def verdicts(note):
    return [step.verdict for step in check(note).steps]


@pytest.mark.parametrize(
    ("givens", "instance", "claim", "next_sentence"),
    [
        (AB, "With $b = 1$ we get", "ab = a", "In general,"),
        (AB, "With $b = -1$, it follows that", "ab = -a", "The general statement is"),
        (AB, "Taking $b = 0$ gives", "a + b = a", "We claim that"),
        (AB, "Now with $a = 2$ and $b = 1$ we find", "a + b = 3", "So in general"),
        (AB, "With $b = 1$ we get", "ab = a", "This is short. The whole is"),
        (r"Let $x \in \mathbb{R}^n$. $$\lVert x \rVert \ge 0$$ ", "For $n = 2$ this becomes", "n^2 = 4", "But"),
        (r"Let $x_1, \dots, x_n \in \mathbb{R}$. ", "If $n = 2$ this becomes", r"\sum_{i=1}^n x_i = x_1 + x_2", "But"),
        (r"Let $k \in \mathbb{N}$. ", "For $k = 1$ we obtain", "k^2 = k", "For general $k$"),
    ],
)
def test_an_instance_is_of_its_own_sentence(givens, instance, claim, next_sentence):
    note = f"{givens}{instance} $${claim}.$$ {next_sentence} $${claim}.$$"
    assert verdicts(note)[-2:] == ["holds", "fails"]
    assert verdicts(f"{givens}{instance} $${claim} + 1.$$")[-1] == "fails"


def test_what_follows_from_an_instance_is_under_it_still():
    assert verdicts(AB + "With $b = 1$ we get $$ab = a.$$ Hence $$ab + b = a + 1.$$") == ["holds", "holds"]


def test_with_inside_a_sentence_says_what_is_given():
    note = r"Let $a, b \in \mathbb{R}$ with $b = 1$. $$ab = a$$ The rest: $$ab = a$$"
    assert verdicts(note) == ["holds", "holds"]


@pytest.mark.parametrize(
    ("aside", "true", "false"),
    [
        (AB + "If $b = 0$ there is nothing to show.", "ab = ba", "ab = b"),
        (r"Let $x \in \mathbb{R}^n$. For $n = 2$ this is easy. In all cases:", "n^2 = n n", "n^2 = 4"),
    ],
)
def test_an_aside_is_no_given_of_the_note(aside, true, false):
    assert verdicts(f"{aside} $${true}$$") == ["holds"]
    assert verdicts(f"{aside} $${false}$$") == ["unchecked"]
