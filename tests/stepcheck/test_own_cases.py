"""Our own cases say what they say of themselves: each is tried by NumPy alone, at points that satisfy its givens.

This is a test of the cases, and not of the checker: nothing of `stepcheck` is imported.
"""

import json
import zlib
from collections import Counter, defaultdict
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests.stepcheck.cases.checking import Outcome, check, checks, outcome

HERE = Path(__file__).parent / "cases"
FILES = sorted(HERE.glob("*.jsonl"))
POINTS = 20

KEYS = {"id", "topic", "source", "level", "note", "steps", "first_false", "error", "twin"}
TOPICS = {
    "linear-algebra",
    "matrix-calculus",
    "calculus",
    "probability",
    "statistics",
    "information-theory",
    "optimization",
    "deep-learning",
    "numerical-stability",
}
ERRORS = {
    "sign",
    "transpose",
    "factor",
    "order",
    "index",
    "missing-term",
    "shape",
    "wrong-domain",
    "exponent",
    "inequality-direction",
    "chain-rule",
    "constant",
    "conditioning",
}

for file in FILES:
    import_module(f"tests.stepcheck.cases.checks_{file.stem}")

CASES = {}
for file in FILES:
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["id"] in CASES:
            raise ValueError(f"Two cases are called {case['id']}.")
        CASES[case["id"]] = case


def tried(case: dict) -> dict[int, list[Outcome]]:
    """What came of each step of a case, over all points."""
    rng = np.random.default_rng(zlib.crc32(case["id"].encode()))
    outcomes = defaultdict(list)
    for _ in range(POINTS):
        yielded = set()
        for step, left, relation, right in checks[case["id"]](rng):
            if relation == "shape":
                assert case["error"] == "shape"
                assert step == case["first_false"]
            outcomes[step].append(outcome(left, relation, right))
            yielded.add(step)
        if case["first_false"] is None:
            assert yielded == set(range(case["steps"]))
        else:
            assert set(range(case["first_false"] + 1)) <= yielded <= set(range(case["steps"]))
    return outcomes


@pytest.mark.parametrize("case_id", CASES)
def test_a_case_is_true_or_false_where_it_says(case_id):
    case = CASES[case_id]
    outcomes = tried(case)
    true_steps = range(case["steps"] if case["first_false"] is None else case["first_false"])
    for step in true_steps:
        assert set(outcomes[step]) <= {Outcome.HOLDS, Outcome.VACUOUS}, f"step {step}: {Counter(outcomes[step])}"
        assert Outcome.HOLDS in outcomes[step], f"step {step} was never put to the test"
    if case["first_false"] is not None:
        assert Outcome.FAILS in outcomes[case["first_false"]], f"step {case['first_false']} never fails"


@pytest.mark.parametrize("case_id", CASES)
def test_a_case_has_the_form_of_a_case(case_id):
    case = CASES[case_id]
    assert set(case) == KEYS
    assert case["topic"] in TOPICS
    assert case["level"] in {1, 2, 3}
    assert case["steps"] >= 1
    if case["first_false"] is None:
        assert (case["error"], case["twin"]) == (None, None)
    else:
        assert 0 <= case["first_false"] < case["steps"]
        assert case["error"] in ERRORS
        assert case["twin"] is None or CASES[case["twin"]]["first_false"] is None
        assert case["twin"] is None or CASES[case["twin"]]["note"] != case["note"]


def test_each_case_has_a_check_and_each_check_a_case():
    assert set(checks) == set(CASES)


def test_no_note_is_posted_twice():
    assert [note for note, count in Counter(case["note"] for case in CASES.values()).items() if count > 1] == []


@pytest.mark.parametrize(
    ("relation", "good", "bad"),
    [
        ("=", ([1.0, 2.0], [1.0, 2.0 + 1e-9]), ([1.0, 2.0], [1.0, 2.01])),
        ("!=", (1.0, 2.0), (1.0, 1.0)),
        ("<=", (1.0, 1.0), (1.01, 1.0)),
        (">=", ([1.0, 2.0], [0.0, 2.0]), ([1.0, 2.0], [0.0, 2.1])),
        ("<", (1.0, 2.0), (1.0, 1.0)),
        (">", (2.0, 1.0), (1.0, 1.0)),
        ("psd<=", (np.eye(2), [[2.0, 1.0], [1.0, 2.0]]), (np.eye(2), [[1.0, 1.0], [1.0, 1.0]])),
        ("psd>=", (np.eye(2), np.zeros((2, 2))), ([[1.0, 1.0], [0.0, 1.0]], np.zeros((2, 2)))),
        ("holds", (True, True), (True, False)),
    ],
)
def test_each_relation_of_the_harness_can_hold_and_can_fail(relation, good, bad):
    assert outcome(good[0], relation, good[1]) is Outcome.HOLDS
    assert outcome(bad[0], relation, bad[1]) is Outcome.FAILS


def test_the_harness_decides_nothing_close_to_round_off():
    assert outcome(1.0, "=", 1.0 + 1e-4) is Outcome.UNDECIDED
    assert outcome(False, "holds", False) is Outcome.VACUOUS
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(\)"):
        outcome([1.0, 1.0], "=", 1.0)
    with pytest.raises(ValueError, match="not a relation"):
        outcome(1.0, "~", 1.0)


def test_a_case_cannot_have_two_checks():
    some_id = next(iter(checks))
    with pytest.raises(ValueError, match="two checks"):
        check(some_id)(lambda rng: iter(()))
