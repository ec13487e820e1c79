"""What is remembered of a step is said again only where nothing that the step rests on has changed."""

import ast
import itertools
import random
import re
import time
from dataclasses import fields
from pathlib import Path

import pytest

import stepcheck
from stepcheck import Budget, check
from stepcheck.bounds import Watch
from stepcheck.memo import OF_THE_MOMENT, Keys
from stepcheck.model import ASKED, Model
from stepcheck.reading import read
from tests.stepcheck import fuzz
from tests.stepcheck.fuzz import NOTES

PATIENT = Budget(step_seconds=300, note_seconds=3000, clock=time.thread_time)
NOTE = r"""Let $A, B \in \mathbb{R}^{n \times n}$ be symmetric and $x \in \mathbb{R}^n$. We write $q := x^\top A x$.

$$(A + B)^\top = A + B$$

Hence

\begin{align}
x^\top (A + B) x &= q + x^\top B x \\
&= x^\top B x + x^\top A x .
\end{align}
"""


class Counting(dict):
    """A memo that counts what was found in it."""

    found = 0

    def get(self, key, default=None):
        kept = super().get(key, default)
        self.found += kept is not None
        return kept


def again(before, after, **how):
    """`after` checked with what is remembered of `before`, and how many of its steps were; equal to a fresh check."""
    memo = Counting()
    check(before, memo=memo, budget=PATIENT)
    memo.found = 0
    report = check(after, memo=memo, budget=PATIENT, **how)
    assert repr(report) == repr(check(after, budget=PATIENT, **how))
    return memo.found


def test_the_same_note_is_answered_from_the_memo():
    assert again(NOTE, NOTE) == 3


def test_a_changed_step_is_judged_and_the_others_are_remembered():
    assert again(NOTE, NOTE.replace("(A + B)^\\top = A + B", "(A + B)^\\top = A - B")) == 2
    assert again(NOTE, NOTE.replace("&= q + x^\\top B x", "&= q - x^\\top B x")) == 1  # two steps have this side


def test_a_step_is_remembered_where_it_is_moved_to():
    assert again(NOTE, f"# A title\n\nSome words.\n\n{NOTE}\nAnd more words.") == 3


def test_a_counterexample_is_remembered_with_its_places_moved():
    wrong = r"Let $x \in \mathbb{R}$. $$x + 1 = x + 2$$"
    assert again(wrong, f"Words in front.\n\n{wrong}") == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("be symmetric", "be given"),
        ("be symmetric", "be orthogonal"),
        (r"\mathbb{R}^{n \times n}$ be", r"\mathbb{R}^{3 \times 3}$ be"),
        (r"x \in \mathbb{R}^n$.", r"x \in \mathbb{R}^n$ with $\lVert x \rVert = 1$."),
        (r"q := x^\top A x", r"q := x^\top B x"),
        (r"q := x^\top A x", r"q := 2 x^\top A x"),
        ("We write", r"Suppose that $A B = B A$. We write"),
        ("We write", r"Let $c > 0$. We write"),
        ("\nHence", "\nHence, row by row,"),  # `row` is a word that judging may ask for
    ],
)
def test_a_changed_given_definition_premise_or_word_is_never_answered_from_the_memo(was, becomes):
    assert was in NOTE
    assert again(NOTE, NOTE.replace(was, becomes)) == 0


def test_a_definition_in_an_earlier_display_changes_the_steps_below():
    note = r"""Let $a, b \in \mathbb{R}$.

$$s = a + b$$

$$s^2 = a^2 + 2ab + b^2$$"""
    memo = {}
    assert [step.verdict for step in check(note, memo=memo).steps] == ["holds"]
    changed = note.replace("s = a + b", "s = a - b")
    assert [step.verdict for step in check(changed, memo=memo).steps] == ["fails"]
    assert [step.verdict for step in check(note, memo=memo).steps] == ["holds"]


def test_a_condition_above_a_step_is_part_of_what_it_rests_on():
    note = r"""Let $t \in \mathbb{R}$.

Suppose that

$$t = 2 .$$

Then

$$t^2 = 4 .$$"""
    assert [step.verdict for step in check(note).steps] == ["holds"]
    memo = {}
    check(note, memo=memo)
    changed = note.replace("t = 2", "t = 3")
    assert [step.verdict for step in check(changed, memo=memo).steps] == ["fails"]


def test_a_local_condition_is_part_of_what_a_step_rests_on():
    note = r"Let $x \in \mathbb{R}$. $$\sqrt{x^2} = x \quad \text{for } x > 0$$"
    memo = {}
    assert [step.verdict for step in check(note, memo=memo).steps] == ["holds"]
    assert check(note.replace("x > 0", "x < 0"), memo=memo).steps[0].verdict == "fails"


def test_another_seed_or_bound_is_another_question():
    assert again(NOTE, NOTE, seed=1) == 0
    memo = Counting()
    check(NOTE, memo=memo, budget=PATIENT)
    check(NOTE, memo=memo, budget=Budget(step_seconds=299, note_seconds=3000, clock=time.thread_time))
    assert memo.found == 0


def test_a_step_that_the_notes_bound_cut_off_is_not_remembered():
    def ticking(most):
        ticks = iter(range(10**9))  # a clock that a look at it moves on
        return Budget(step_seconds=10**9, note_seconds=most, clock=lambda: float(next(ticks)))

    looks = [0, 0]  # at the clock: until the note is read, and until it is judged
    for place, work in enumerate((read, lambda note, watch: check(note, budget=watch.budget))):
        watch = Watch(ticking(10**9))
        work(NOTE, watch)
        looks[place] = int(watch.budget.clock())
    memo = {}
    report = check(NOTE, budget=ticking(sum(looks) // 2), memo=memo)
    cut = [step for step in report.steps if "bound" in step.reason]
    assert cut
    assert len(memo) == len(report.steps) - len(cut)
    assert repr(check(NOTE, memo=memo, budget=PATIENT)) == repr(check(NOTE, budget=PATIENT))


def test_a_check_that_remembers_gets_one_step_further_however_short_its_time():
    def ticking(note_seconds, step_seconds):
        return Budget(note_seconds=note_seconds, step_seconds=step_seconds, clock=itertools.count().__next__)

    watch = Watch(ticking(10**9, 10**9))
    read(NOTE, watch)
    for_reading = watch.budget.clock()
    whole = ticking(10**9, 10**9)
    report = check(NOTE, budget=whole)
    for_all = whole.clock()
    memo = {}
    for judged in range(1, len(report.steps) + 1):
        again = check(NOTE, budget=ticking(for_reading, for_all), memo=memo)
        assert len(memo) == judged
    assert repr(again) == repr(report)


def test_a_first_step_that_takes_too_long_says_so_and_the_next_check_gets_past_it():
    watch = Watch(Budget(note_seconds=10**9, step_seconds=10**9, clock=itertools.count().__next__))
    read(NOTE, watch)
    for_reading = watch.budget.clock()
    memo = {}
    for place in range(3):
        ticking = Budget(note_seconds=for_reading, step_seconds=0, clock=itertools.count().__next__)
        steps = check(NOTE, budget=ticking, memo=memo).steps
        assert [step.index for step in steps if "This step reached its bound" in step.reason] == [*range(place + 1)]
        assert len(memo) == place + 1


def test_who_changes_a_report_changes_no_memo():
    memo = {}
    wrong = r"Let $x \in \mathbb{R}^2$. $$x + x = 3x$$"
    first = check(wrong, memo=memo)
    told = repr(first)
    first.steps[0].counterexample.values["x"][0] = "spoilt"
    first.steps[0].counterexample.left.clear()
    assert repr(check(wrong, memo=memo)) == told


def test_what_was_assumed_on_the_way_is_remembered_too():
    note = r"""Let $x \in \mathbb{R}^n$ and $A \in \mathbb{R}^{n \times n}$ be symmetric.

$$\nabla (x^\top x) = 2 x$$

$$\nabla (x^\top A x) = 2 A x$$"""
    first = check(note, budget=PATIENT)
    assert any("nabla" in words or "gradient" in words.lower() for words in first.assumed)
    assert again(note, note) == 2
    assert again(note, note.replace(r"2 x$$", r"3 x$$")) == 1


def edits(note, rng):
    """A note after another small change of the kind that is made while writing."""
    places = [match.start() for match in re.finditer(r"[0-9+\-A-Za-z]", note)]
    place = rng.choice(places) if places else 0
    match rng.randrange(7):
        case 0:
            return note[:place] + rng.choice("0123456789+-abxyAB ") + note[place + 1 :]
        case 1:
            return note[:place] + rng.choice("23+-x ") + note[place:]
        case 2:
            return note[:place] + note[place + 1 :]
        case 3:
            return f"Some words in front of it.\n\n{note}"
        case 4:
            return note.replace(rng.choice(["symmetric", "positive definite", "invertible", "independent"]), "given", 1)
        case 5:
            lines = note.split("\n")
            del lines[rng.randrange(len(lines))]
            return "\n".join(lines)
        case _:
            return fuzz.broken(rng)[0] if rng.random() < 0.1 else note.replace(" = ", r" \le ", 1)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_edits_the_memo_answers_as_a_fresh_check_does(seed):
    rng = random.Random(seed)
    memo, short = Counting(), [note for note in NOTES if len(note) < 900]
    note = rng.choice(short)
    for _ in range(6):
        fresh = outcome(note)
        assert outcome(note, memo=memo) == fresh
        note = rng.choice([edits(note, rng), edits(note, rng), rng.choice(short)])
    assert outcome(note, memo=memo) == outcome(note)
    assert outcome(note, memo=memo) == outcome(note)
    assert memo.found


def outcome(note, **how):
    try:
        return repr(check(note, budget=PATIENT, **how))
    except stepcheck.NotationError as problem:
        return problem.remedy


def test_each_field_of_a_model_is_in_the_key_or_is_of_the_moment():
    assert {each.name for each in fields(Model)} >= OF_THE_MOMENT
    for note in NOTES[::7]:  # every kind of thing that a model may hold can be written as a key
        reading = read(note)
        keys = Keys(reading.model, seed=0, step_seconds=2.0, second_opinion=False)
        for claim in reading.claims:
            assert keys.key(claim) == keys.key(claim)


def test_judging_asks_the_prose_for_listed_words_only():
    root = Path(stepcheck.__file__).parent
    readers = [
        file.relative_to(root).as_posix()
        for file in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "words" and ast.unparse(node.value).endswith("model")
    ]
    assert readers == ["givens/reader.py"]
    assert all(each.search(words) for each, words in zip(ASKED.values(), ASKED_WORDS, strict=True))


ASKED_WORDS = (
    "Row-wise", "for every", "with scale", "its entries", "element-wise", "the logistic function", "a Markov chain",
    "Pairwise", "pairwise independent", "gradient descent",
)  # fmt: skip


def test_half_a_character_raises_nothing():
    check("\ud800\ud800$(z)>0$", memo={})
