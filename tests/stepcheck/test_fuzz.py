"""A short part of `make fuzz` within the suite: broken notes end in a report or a refusal, within their bounds."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepcheck import Budget, NotationError
from stepcheck.errors import Span
from stepcheck.report import Report, StepReport
from tests.stepcheck import fuzz
from tests.stepcheck.fuzz import NOTES, WAYS, Broken, Hang, broken, claims, examine, readable, shrunk, trouble

QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@settings(QUICK, max_examples=40)
@given(claims())
def test_a_claim_of_any_form_is_answered(note):
    examine(note)


@settings(QUICK, max_examples=40)
@given(st.integers(0, 2**32))
def test_a_broken_note_is_answered_or_refused(seed):
    note, _ = broken(random.Random(seed))
    examine(note, Budget(step_seconds=0.2, note_seconds=1.0, clock=fuzz.BUDGET.clock))


@pytest.mark.parametrize("way", list(dict.fromkeys(WAYS)), ids=lambda way: way.__name__)
def test_each_way_to_break_a_note_leaves_one_that_can_be_read_or_is_refused(way):
    for place in range(6):
        readable(way(random.Random(place), NOTES[place * len(NOTES) // 6]))


@QUICK
@given(st.text(max_size=80))
def test_any_text_between_dollars_is_read_or_refused(text):
    readable(f"Let $x \\in \\mathbb{{R}}$. $${text}$$ and ${text}$")


@pytest.mark.parametrize("way", list(dict.fromkeys(WAYS)), ids=lambda way: way.__name__)
def test_each_way_changes_notes(way):
    assert any(way(random.Random(seed), NOTES[seed]) != NOTES[seed] for seed in range(30))


# -- the examination itself -------------------------------------------------------------------------------------------


def step(**changed):
    made = {
        "index": 0, "line": 1, "span": Span(0, 2), "latex": "ab", "relation": "=", "verdict": "holds", "evidence": "",
        "reason": "", "counterexample": None,
    }  # fmt: skip
    return StepReport(**{**made, **changed})


@pytest.mark.parametrize(
    "bad",
    [
        {"span": Span(0, 99)},
        {"span": Span(2, 1)},
        {"line": 2},
        {"index": 1},
        {"verdict": "unchecked"},
        {"verdict": "fails"},
    ],
    ids=str,
)
def test_a_report_that_is_not_as_it_must_be_is_found(monkeypatch, bad):
    monkeypatch.setattr(fuzz, "check", lambda note, budget: Report((), (), (), (step(**bad),)))
    with pytest.raises(Broken):
        examine("ab")


def test_an_exception_is_named_with_its_place_and_a_refusal_is_none(monkeypatch):
    def refused(note, budget):
        raise NotationError("too-long", Span(0, 1), "Split it.")

    monkeypatch.setattr(fuzz, "check", refused)
    assert trouble("ab") is None

    def outside(note, budget):
        raise NotationError("too-long", Span(0, 3), "Split it.")

    monkeypatch.setattr(fuzz, "check", outside)
    assert "The span of the refusal" in trouble("ab")

    def crash(note, budget):
        raise KeyError(note)

    monkeypatch.setattr(fuzz, "check", crash)
    assert "ab" in trouble("ab")


def test_what_never_ends_is_stopped(monkeypatch):
    def endless(note, budget):
        while True:
            try:
                pass
            except Exception:
                continue

    monkeypatch.setattr(fuzz, "check", endless)
    monkeypatch.setattr(fuzz, "HANGS_AFTER_SECONDS", 0.2)
    assert trouble("ab").startswith("still at work")
    assert issubclass(Hang, BaseException)


def test_what_is_found_is_shrunk(monkeypatch):
    def crash(note, budget):
        if "b" in note:
            raise ZeroDivisionError("division")
        return Report((), (), (), ())

    monkeypatch.setattr(fuzz, "check", crash)
    note = "a" * 40 + "b" + "c" * 40
    assert shrunk(note, trouble(note)) == "b"
