"""docs/stepcheck-results.md, as `make check-cases` writes it."""

from stepcheck.cases import Outcome, StepAnswer
from tests.stepcheck.results import GOALS, PAGE, Fresh, goals_table, page, unsettled


def outcome(name, *, is_true, result, reason="", ms=10):
    answer = {"passed": "holds", "caught": "fails", "false alarm": "fails", "called holds": "holds"}
    steps = [StepAnswer("a|b = `c`", answer.get(result, "unchecked"), "", reason, ms / 1000)]
    return Outcome(name, "calculus", 1, is_true, result, steps=steps)


GOOD = [outcome("a", is_true=True, result="passed"), outcome("b", is_true=False, result="caught")]


def missed(outcomes, seconds=1.0):
    lines = goals_table(outcomes, Fresh(seconds, 0.5))
    return [line.split(" | ")[0].strip("| ") for line in lines if "**missed**" in line]


def test_each_goal_is_reached_by_good_outcomes():
    assert missed({"given": GOOD, "own": GOOD}) == []


def test_each_goal_can_be_missed():
    bad = [
        outcome("c", is_true=True, result="false alarm", ms=900),
        outcome("d", is_true=False, result="called holds", ms=900),
        outcome("e", is_true=False, result="bug", ms=900),
    ]
    assert missed({"given": GOOD, "own": bad}, seconds=1.6) == [
        *(goal.name for goal in GOALS),
        "import and first answer, whole process (processor time: 0.50 s)",
    ]


def test_a_share_just_below_its_goal_is_missed():
    many = [outcome(str(n), is_true=True, result="unchecked" if n < 6 else "passed") for n in range(100)]
    assert missed({"given": many}) == ["true cases passed whole"]
    assert missed({"given": many[1:]}) == ["true cases passed whole"]
    assert missed({"given": many[6:] + many[:4]}) == []


def test_what_is_unchecked_is_listed_with_its_reason():
    lines = unsettled({"own": [*GOOD, outcome("u", is_true=True, result="unchecked", reason="No |x| here.")]})
    assert lines == [
        "| times | reason of an `unchecked` step in these cases |",
        "| ---: | --- |",
        "| 1 | No \\|x\\| here. |",
        "",
        "- **u** (calculus, true): unchecked.",
        "  - step 0 `unchecked`: `` a|b = `c` ``. No |x| here.",
    ]
    assert unsettled({"own": GOOD}) == ["Nothing: every case is passed or caught."]


def test_the_page_in_the_docs_was_written_by_this():
    found = PAGE.read_text(encoding="utf-8")
    headings = [line for line in found.splitlines() if line.startswith("#")]
    wanted = page({"the given cases": GOOD, "our own cases": GOOD}, Fresh(1.0, 0.5), "")
    assert headings == [line for line in wanted.splitlines() if line.startswith("#")]
    assert all(f"| {goal.name} |" in found for goal in GOALS)
    assert "commit " in found
