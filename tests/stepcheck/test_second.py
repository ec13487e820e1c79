"""SymPy as a second opinion: what it adds, where it disagrees, that it can be stopped. The worker is the real one."""

import logging
import sys
import time
from dataclasses import replace
from fractions import Fraction

import pytest

from stepcheck import Span, check
from stepcheck.cli import main
from stepcheck.reading import read
from stepcheck.second import Worker, question_of, second_opinion
from stepcheck.symbolic import Question, decide
from stepcheck.tree import Num
from stepcheck.verdict import Verdict

GIVENS = (
    "Let $x, y \\in \\mathbb{R}^n$, $A, B \\in \\mathbb{R}^{n \\times n}$, "
    "$S \\in \\mathbb{R}^{n \\times n}$ symmetric, "
    "$a, b > 0$ and $t \\in \\mathbb{R}$. "
)
HELD = Verdict("holds", evidence="numeric: both sides agree at 9 points", points=9)


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.close()


def asked(formula, givens=GIVENS):
    reading = read(f"{givens}\n\n$${formula}$$")
    question = question_of(reading.model, reading.claims[0])
    return "unknown" if question is None else decide(question)


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        (r"\log(ab) = \log a + \log b", "equal"),
        (r"\log(ab) = \log a + 2\log b", "different"),
        (r"\sqrt{t^2} = |t|", "equal"),
        (r"\sqrt{t^2} = t", "different"),
        (r"\cosh^2 t - \sinh^2 t = 1", "equal"),
        (r"\cosh^2 t + \sinh^2 t = 1", "different"),
        (r"\frac{d}{dt} e^{t^2} = 2 t e^{t^2}", "equal"),
        (r"\frac{d}{dt} e^{t^2} = t e^{t^2}", "different"),
        (r"\int_0^1 u^2 \, du = \frac13", "equal"),
        (r"\int_0^1 u^2 \, du = \frac12", "different"),
        (r"(AB)^\top = B^\top A^\top", "equal"),
        (r"AB = BA", "different"),
        (r"S^\top = S", "equal"),
        (r"A^\top = A", "different"),
        (r"\nabla_x\, x^\top A x = (A + A^\top) x", "equal"),
        (r"\nabla_x\, x^\top A x = 2 A x", "different"),
        (r"\sum_{k=1}^{10} k = 55", "equal"),
        (r"t^2 + a \ge 0", "equal"),
        (r"t \ge a", "unknown"),
        (r"\lVert x \rVert_1 = \lVert x \rVert_1", "unknown"),
    ],
)
def test_what_is_translated_is_decided_and_the_rest_is_left_alone(formula, answer):
    assert asked(formula) == answer


def test_a_difference_does_not_count_where_a_given_could_not_be_told():
    givens = "Let $u, w \\in \\mathbb{R}$ with $u + w = 1$. "
    assert asked("u^2 + w = u + w^2", givens) == "unknown"
    assert asked("u^2 + w = u + w^2", "Let $u, w \\in \\mathbb{R}$. ") == "different"


def test_a_proof_is_told_beside_the_points_and_with_its_sizes():
    formulas = (r"\log(ab) = \log a + \log b", r"x^\top x + \log(ab) = x^\top x + \log a + \log b", "AB = BA")
    note = GIVENS + "".join(f"\n\n$${each}$$" for each in formulas)
    proved, sized, wrong = check(note, second_opinion=True).steps
    assert proved.evidence.startswith("proved by SymPy and numeric: both sides agree at ")
    assert sized.evidence.startswith("proved by SymPy at sizes n = 2 and numeric: ")
    assert (wrong.verdict, wrong.evidence) == ("fails", "counterexample")


def test_sympy_is_asked_only_where_it_is_wanted(monkeypatch):
    monkeypatch.setattr("stepcheck.second.shared", None)
    monkeypatch.setattr("stepcheck.second.Worker.ask", lambda *_, **__: pytest.fail("asked"))
    (step,) = check("Let $a > 0$. $$\\log a^2 = 2 \\log a$$").steps
    assert "SymPy" not in step.evidence


def test_where_it_disagrees_nobody_is_believed_and_the_log_says_so(worker, caplog):
    reading = read("Let $t \\in \\mathbb{R}$. $$t^2 = t^2 + 1$$")
    with caplog.at_level(logging.WARNING, logger="stepcheck.second"):
        verdict = second_opinion(reading.model, reading.claims[0], HELD, worker=worker)
    assert (verdict.answer, verdict.evidence) == ("unchecked", "")
    assert "SymPy finds a difference" in verdict.reason
    assert "disagree" in caplog.text


def slow_claim():
    """Nested sines and cosines, which SymPy simplifies for longer than a test may take."""
    inner = "t"
    for _ in range(5):
        inner = rf"\sin({inner} + \cos({inner}))"
    return read(f"Let $t \\in \\mathbb{{R}}$. $$\\frac{{1}}{{1 + {inner}^2}} = \\frac{{1}}{{2 + {inner}^3}}$$")


def test_an_expression_that_hangs_is_stopped_and_the_next_question_is_answered(worker):
    hanging, reading = slow_claim(), read("Let $a > 0$. $$\\log a^2 = 2 \\log a$$")
    question = question_of(reading.model, reading.claims[0])
    assert worker.ask(question, seconds=30) == "equal"
    before = worker.process.pid
    slow = question_of(hanging.model, hanging.claims[0])
    assert slow is not None
    started = time.monotonic()
    assert worker.ask(slow, seconds=0.3) == "unknown"
    assert time.monotonic() - started < 5
    assert worker.process is None
    assert worker.ask(question, seconds=30) == "equal"
    assert worker.process.pid != before


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(3)",
        "import sys; sys.stdout.write('ready'.ljust(16)); sys.stdout.flush(); sys.stdin.buffer.read(4); sys.exit(4)",
        "import sys; sys.stdout.write('nonsense' * 9); sys.stdout.flush(); sys.stdin.buffer.read(4)",
    ],
    ids=["never starts", "dies", "talks nonsense"],
)
def test_a_worker_that_breaks_changes_nothing(code):
    broken = Worker((sys.executable, "-c", code))
    reading = read("Let $t \\in \\mathbb{R}$. $$t^2 = t^2 + 1$$")
    try:
        assert second_opinion(reading.model, reading.claims[0], HELD, worker=broken) == HELD
    finally:
        broken.close()


def test_the_worker_cannot_take_the_memory_of_the_machine(worker):
    code = (
        "import sys; from stepcheck import symbolic\n"
        "symbolic.decide = lambda question: str(len(bytearray(3 * 1024**3)))\n"
        "symbolic.serve(sys.stdin.buffer, sys.stdout.buffer)"
    )
    greedy = Worker((sys.executable, "-c", code))
    span = Span(0, 1)
    question = Question(Num(Fraction(1), span), Num(Fraction(2), span), "=", {}, {}, {}, complete=True)
    try:
        assert greedy.ask(question, seconds=30) == "unknown"
        assert greedy.process.poll() is None  # refused, not killed
        assert worker.ask(replace(question), seconds=30) == "different"
    finally:
        greedy.close()


def test_the_command_asks_for_it(tmp_path, capsys):
    note = tmp_path / "note.md"
    note.write_text("Let $a > 0$. $$\\log a^2 = 2 \\log a$$")
    assert main([str(note), "--second-opinion"]) == 0
    assert "proved by SymPy" in capsys.readouterr().out
