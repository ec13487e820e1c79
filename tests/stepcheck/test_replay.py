"""Counterexamples: plain values, and both sides come out again at exactly the values that are printed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stepcheck import CannotReplay, check, replay
from stepcheck.cases import load_cases

CASES = sorted((Path(__file__).parent / "cases" / "given").glob("*.jsonl"))


def failing(cases):
    for case in cases:
        note = case["note"] if isinstance(case, dict) else case.note
        for step in check(note).steps:
            if step.verdict == "fails" and step.counterexample is not None:
                yield note, step


def test_a_failure_comes_out_again_at_the_values_that_are_printed():
    told = {True: 0, False: 0}
    for note, step in failing(list(load_cases(CASES))[::3]):
        example = step.counterexample
        told[example.replayable] += 1
        if not example.replayable:
            with pytest.raises(CannotReplay):
                replay(note, step.index, example)
            continue
        left, right, parts = replay(note, step.index, example)
        assert np.allclose(left, example.left, rtol=1e-5, atol=1e-9), step.latex
        assert np.allclose(right, example.right, rtol=1e-5, atol=1e-9), step.latex
        assert not np.allclose(left, right, rtol=1e-5, atol=0) or step.relation not in ("=",), step.latex
        assert parts
    assert told[True] > told[False]


@pytest.mark.parametrize(
    ("note", "values"),
    [
        ("Let $x, y \\in \\mathbb{R}$. $$(x + y)^2 = x^2 + y^2$$", {"x": 1.0, "y": 1.0}),
        ("Let $t \\in \\mathbb{R}$. $$\\sqrt{t^2} = t$$", {"t": -1.0}),
    ],
)
def test_values_are_as_plain_as_the_failure_allows(note, values):
    (step,) = check(note).steps
    assert step.counterexample.values == values


def test_parts_stand_with_their_values():
    note = "Let $x, y \\in \\mathbb{R}$. $$(x + y)^2 = x^2 + y^2$$"
    (step,) = check(note).steps
    left, right, parts = replay(note, 0, step.counterexample)
    assert (left, right) == (4.0, 2.0)
    assert {part.latex: part.value for part in parts}["x + y"] == 2.0


@pytest.mark.parametrize(
    "note",
    [
        r"Let $X \in \mathbb{R}^{2 \times 2}$ be invertible. $$\mathrm{d}(X^{-1}) = X^{-1} (\mathrm{d}X) X^{-1}$$",
        r"Let $X \in \mathbb{R}^{2 \times 2}$. Let $W := \mathrm{d}(X X)$. $$W = 2 X (\mathrm{d}X)$$",
    ],
)
def test_the_increment_of_a_differential_is_among_the_values_and_the_replay_stands_on_it(note):
    (step,) = check(note).steps
    increment = step.counterexample.values[r"\mathrm{d}X"]
    assert np.shape(increment) == (2, 2)
    there = replay(note, 0, step.counterexample)
    assert np.allclose(there.left, step.counterexample.left, rtol=1e-5)
    twice = {**step.counterexample.values, r"\mathrm{d}X": (2 * np.array(increment)).tolist()}
    again = replay(note, 0, replace(step.counterexample, values=twice))
    assert np.allclose(again.left, 2 * np.array(there.left))
    assert np.allclose(again.right, 2 * np.array(there.right))


def test_a_part_is_shown_with_the_brackets_that_it_opens():
    note = r"Let $X \in \mathbb{R}^{2 \times 2}$ be invertible. $$\mathrm{d} (X^{-1}) = X^{-1} (\mathrm{d}X) X^{-1}$$"
    step = check(note).steps[0]
    assert step.counterexample is not None
    parts = [part.latex for part in replay(note, 0, step.counterexample).parts]
    assert "X^{-1}" in parts
    assert r"\mathrm{d} (X^{-1})" in parts
    assert all(part.count("{") == part.count("}") and part.count("(") == part.count(")") for part in parts)
