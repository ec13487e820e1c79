"""`python -m stepcheck`: one note, and files of cases."""

import io
import json
from collections import Counter

import pytest

from stepcheck import cli
from stepcheck.cases import CaseError, Outcome, StepAnswer, figures, load_cases, result_of, run_case, table
from stepcheck.cli import main, plain

NOTE = r"""# A worked note

Let $A \in \mathbb{R}^{m \times n}$ and let $x \in \mathbb{R}^n$ and $t \in \mathbb{R}$.

$$f(x) := \lVert A x \rVert^2$$

$$f(x) = x^\top A^\top A x$$

$$A^\top A = A A^\top$$

$$\Gamma x = x$$
"""


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on a note with this text; returns its exit code and what it printed."""

    def run(text, *options):
        note = tmp_path / "note.md"
        note.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main([str(note), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


# -- one note ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$$1 + 1 = 2$$", 0),
        ("No mathematics at all.", 0),
        ("", 0),
        (r"$$\Gamma = 1 + \Gamma^2$$", 0),
        ("$$1 + 1 = 3$$", 1),
        ("$$1 + 1 = 2$$ $$1 + 1 = 3$$ $$1 + 1 = 2$$", 1),
        ("x" * 100_001, 2),
        (b"\xff\xfe$$1 = 1$$", 2),
    ],
    ids=["holds", "no step", "empty", "unchecked", "fails", "one fails", "too long", "not UTF-8"],
)
def test_the_exit_code_says_whether_a_step_fails(run, text, code):
    assert run(text)[0] == code


def test_the_answer_shows_what_was_read_and_each_step_with_its_line(run):
    _, printed, _ = run(NOTE)
    lines = [line.strip() for line in printed.splitlines()]
    assert "line 3: A: matrix, m by n" in lines
    assert "line 3: x: vector, n" in lines
    assert "line 3: t: number" in lines
    assert lines[lines.index("Definitions") + 1].startswith("line 5: f(x) := ")
    steps = [line.split(maxsplit=4)[:4] for line in lines[lines.index("Steps") :] if "  line " in line]
    assert steps == [["0", "line", "7", "holds"], ["1", "line", "9", "fails"], ["2", "line", "11", "unchecked"]]
    assert r"\Gamma" in printed.split("unchecked", 1)[1]
    assert lines[-1] == "1 holds, 1 fails, 1 unchecked."


def test_what_was_assumed_is_told(run):
    _, printed, _ = run(r"Let $\lambda > 0$. $$\sqrt{\lambda^2} = \lambda$$")
    assert "`\\lambda` is taken as a real number." in printed.split("Assumed")[1].split("Steps")[0]
    assert "Assumed" not in run(r"Let $\lambda \in \mathbb{R}$. $$\lambda = \lambda$$")[1]


def test_a_counterexample_is_printed_with_both_sides(run):
    _, printed, _ = run("Let $x \\in \\mathbb{R}$. $$x^2 = 2x$$")
    told = dict(
        line.strip().split(" = ") for line in printed.splitlines() if line.startswith("       ") and "=" in line
    )
    x = float(told["x"])
    assert float(told["left"]) == pytest.approx(x**2)
    assert float(told["right"]) == pytest.approx(2 * x)


def test_json_has_exactly_these_keys(run):
    code, printed, _ = run(NOTE, "--json")
    found = json.loads(printed)
    assert code == 1
    assert list(found) == ["givens", "definitions", "assumed", "steps"]
    wanted = ["index", "line", "span", "latex", "relation", "verdict", "evidence", "reason", "counterexample"]
    assert [list(step) for step in found["steps"]] == [wanted] * 3
    assert [(step["index"], step["line"], step["verdict"]) for step in found["steps"]] == [
        (0, 7, "holds"),
        (1, 9, "fails"),
        (2, 11, "unchecked"),
    ]
    for step in found["steps"]:
        assert NOTE[slice(*step["span"])] == step["latex"]
    for given in found["givens"]:
        assert NOTE[slice(*given["span"])] == given["name"]


def test_json_has_null_where_a_side_is_not_defined(run):
    _, printed, _ = run("Let $t \\in \\mathbb{R}$. $$\\sqrt{t} = \\sqrt{|t|}$$", "--json")

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    (step,) = json.loads(printed, parse_constant=refuse)["steps"]
    assert step["verdict"] == "fails"
    assert step["counterexample"]["left"] is None


@pytest.mark.parametrize("name", ["no-such-file.md", "."])
def test_what_is_no_file_is_refused_by_name(capsys, name):
    assert main([name]) == 2
    assert capsys.readouterr().err.startswith(f"{name}: ")


def test_a_note_that_is_not_text_is_refused_with_the_place(run):
    code, printed, told = run(b"ab\xff")
    assert (code, printed) == (2, "")
    assert "not UTF-8: byte 0xff at 2" in told


def test_a_dash_reads_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\ufeff$$1 + 1 = 3$$\r\n".encode())))
    assert main(["-"]) == 1


def test_a_seed_is_a_whole_number(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--seed", "-1", "note.md"])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (-0.5, "-0.5"),
        (float("nan"), "not defined"),
        (float("inf"), "inf"),
        ([[1.0, 2.5], [0.0, -1.0]], "[[1, 2.5], [0, -1]]"),
        (3, "3"),
        ("2 by 3", "2 by 3"),
    ],
)
def test_a_value_is_printed_as_one_would_write_it(value, text):
    assert plain(value) == text


# -- cases ------------------------------------------------------------------------------------------------------------

H, F, U = "holds", "fails", "unchecked"


@pytest.mark.parametrize(
    ("answers", "first", "steps", "result"),
    [
        ([H, H], None, 2, "passed"),
        ([H], None, 2, "miscounted"),
        ([H, H, H], None, 2, "miscounted"),
        ([], None, 2, "miscounted"),
        ([F, H, H], None, 2, "false alarm"),
        ([H, U], None, 2, "unchecked"),
        ([U, F], None, 2, "false alarm"),
        ([H, F], 1, 2, "caught"),
        ([H, F, F], 1, 3, "caught"),
        ([H, H, F], 1, 3, "called holds"),
        ([F, F], 1, 2, "elsewhere"),
        ([H, U], 1, 2, "unchecked"),
        ([U, F], 1, 2, "unchecked"),
        ([U, H], 1, 2, "called holds"),
        ([H, F, F], 1, 2, "miscounted"),
        ([H], 1, 2, "called holds"),
        ([H, H, H], 1, 2, "called holds"),
        ([], 1, 2, "miscounted"),
    ],
)
def test_the_answers_of_a_case_come_to_this(answers, first, steps, result):
    assert result_of(answers, first, steps) == result


def outcome(name, topic, level, *, is_true, result, ms=()):
    steps = [StepAnswer("x", H, "", "", each / 1000) for each in ms]
    return Outcome(name, topic, level, is_true, result, steps=steps)


OUTCOMES = [
    outcome("a", "calculus", 1, is_true=True, result="passed", ms=[10, 20]),
    outcome("b", "calculus", 1, is_true=True, result="false alarm", ms=[30]),
    outcome("c", "calculus", 2, is_true=False, result="caught", ms=[1]),
    outcome("d", "statistics", 1, is_true=False, result="called holds"),
    outcome("e", "statistics", 1, is_true=False, result="bug"),
]


def test_outcomes_are_counted_by_topic_and_level():
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(OUTCOMES).splitlines()]
    assert rows[2:] == [
        ["calculus", "1", "1 of 2", "0", "1", "0", "0 of 0", "0", "0", "0", "0", "0", "20.0", "20.0"],
        ["calculus", "2", "0 of 0", "0", "0", "0", "1 of 1", "0", "0", "0", "0", "0", "1.0", "1.0"],
        ["statistics", "1", "0 of 0", "0", "0", "0", "0 of 2", "1", "0", "0", "0", "1", "0.0", "0.0"],
        ["**all**", "", "1 of 2", "0", "1", "0", "1 of 3", "1", "0", "0", "0", "1", "15.0", "20.0"],
    ]
    found = figures(OUTCOMES)
    assert (found.true, found.false) == (
        Counter({"passed": 1, "false alarm": 1}),
        Counter({"caught": 1, "called holds": 1, "bug": 1}),
    )
    assert (found.passed, found.caught) == (1 / 2, 1 / 3)


def case(**changed):
    made = {"id": "a-1", "topic": "calculus", "level": 1, "note": "$$1 + 1 = 2$$", "steps": 1, "first_false": None}
    return {key: value for key, value in {**made, **changed}.items() if value != "left out"}


@pytest.fixture
def cases_file(tmp_path):
    def write(*cases, name="cases.jsonl"):
        file = tmp_path / name
        file.write_text("".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in cases))
        return file

    return write


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{\n", "cases.jsonl:2: not JSON"),
        ("[1]\n", "cases.jsonl:2: a case is an object"),
        (case(note="left out"), "cases.jsonl:2: the key `note` is missing"),
        (case(level="1"), 'cases.jsonl:2: `level` is "1"'),
        (case(first_false=True), "cases.jsonl:2: `first_false` is true"),
        (case(first_false=1), "cases.jsonl:2: `first_false` is 1 and there are 1 steps"),
    ],
)
def test_a_line_that_is_no_case_is_refused_with_its_place(cases_file, capsys, line, words):
    file = cases_file(case(), line)
    with pytest.raises(CaseError) as refused:
        list(load_cases([file]))
    assert words in str(refused.value)
    assert main(["cases", str(file)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (case(), 0),
        (case(note="$$1 + 1 = 3$$", first_false=0), 0),
        (case(note=r"$$\Gamma = 2$$"), 0),
        (case(note="$$1 + 1 = 3$$"), 1),
        (case(first_false=0), 1),
    ],
    ids=["passed", "caught", "unchecked", "false alarm", "called holds"],
)
def test_the_run_fails_where_something_false_was_said(cases_file, capsys, given, code):
    assert main(["cases", str(cases_file(given))]) == code


def test_cases_as_json_carry_answers_reasons_and_figures(cases_file, capsys):
    file = cases_file(case(), case(id="a-2", note=r"$$\Gamma = 2 \Gamma$$", level=2))
    assert main(["cases", "--json", str(file)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["id"], each["result"], each["answers"]) for each in found["outcomes"]] == [
        ("a-1", "passed", ["holds"]),
        ("a-2", "unchecked", ["unchecked"]),
    ]
    assert r"\Gamma" in found["outcomes"][1]["steps"][0]["reason"]
    assert found["figures"]["all"]["true"] == {
        "cases": 2,
        "passed": 1,
        "unchecked": 1,
        "false alarm": 0,
        "miscounted": 0,
        "bug": 0,
    }
    assert [(row["topic"], row["level"]) for row in found["figures"]["by topic and level"]] == [
        ("calculus", 1),
        ("calculus", 2),
    ]


def test_two_processes_answer_as_one_does(cases_file, capsys):
    file = cases_file(*(case(id=f"a-{n}", note=f"$${n} + 1 = 2$$") for n in range(5)))
    answers = []
    for jobs in ("1", "2"):
        main(["cases", "--json", "--jobs", jobs, str(file)])
        found = json.loads(capsys.readouterr().out)["outcomes"]
        answers.append([(each["id"], each["result"]) for each in found])
    assert answers[0] == answers[1]


def test_one_case_is_shown_with_what_is_expected_of_it(cases_file, capsys):
    file = cases_file(case(), case(id="a-2", note="$$1 + 1 = 3$$", first_false=0))
    assert main(["cases", "--show", "a-2", str(file)]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("$$1 + 1 = 3$$")
    assert "0  line 1  fails" in printed
    assert printed.endswith("Expected: step 0 fails, and those before it hold.\n")
    assert main(["cases", "--show", "a-3", str(file)]) == 2
    assert "No case is called a-3." in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_only(cases_file, capsys, monkeypatch):
    file = cases_file(case(), case(id="a-2"))
    main(["cases", str(file)])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    main(["cases", str(file)])
    assert terminal.getvalue().endswith(f"[{'#' * 30}] 2/2 {'a-2':20}\n")


def test_an_exception_is_our_bug_and_the_run_goes_on(cases_file, capsys, monkeypatch):
    def broken(*arguments):
        raise ZeroDivisionError("no")

    monkeypatch.setattr("stepcheck.cases.judge", broken)
    found = run_case(case())
    assert found.result == "bug"
    assert "ZeroDivisionError: no" in found.detail
    assert main(["cases", str(cases_file(case()))]) == 1
    assert "| 1 |" in capsys.readouterr().out


def test_the_command_is_documented_in_its_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "cases FILE.jsonl" in capsys.readouterr().out
    assert (cli.HOLDS, cli.FAILS, cli.UNREADABLE) == (0, 1, 2)
