"""Verdicts while one types: the real checker in its warm process, with its bounds."""

import os
import re
import subprocess
import sys
import threading
import time

import pytest
from django.urls import reverse

from derivations import live as module
from derivations.actions import create_note, run_check
from derivations.check_process import kilobytes_in_use
from derivations.checking import CheckStopped, check_body
from derivations.live import Busy, LiveChecker, Overtaken
from derivations.models import Check
from derivations.views import live as views
from tests.conftest import NOON
from tests.derivations.test_checks import FALSE, TRUE

SLOW = "Let $x \\in \\mathbb{R}$ with $x > 0$.\n\n" + "\n\n".join(
    f"$$\\int_0^1 \\int_0^1 e^{{{k} s t x}} \\, ds \\, dt \\ge x - {k} x$$" for k in range(1, 120)
)


@pytest.fixture
def checker():
    made = LiveChecker()
    yield made
    made.close()


def at(group):
    return reverse("derivations:check-written", args=[group.slug])


def test_what_is_typed_is_shown_as_the_saved_page_shows_it(client_of, member, group):
    client = client_of(member)
    answer = client.post(at(group), {"content": FALSE.replace("\n", "\r\n")}).json()
    note = create_note(group=group, by=member, title="Quadratic", body=FALSE, now=NOON)
    run_check(check_id=Check.objects.get().pk, now=NOON)
    note.refresh_from_db()
    own = re.compile(
        r'<(p><a|a) class="text-link".*?</a>(</p>)?|<span class="step-marks".*?</span>|\s+'
    )  # a saved note's
    assert own.sub("", answer["html"]) == own.sub("", note.checked_html)
    assert "steps/" in note.checked_html
    assert "steps/" not in answer["html"]
    assert "1 of 2 steps hold" in answer["strip"]
    assert '<a href="#verdict-2">step 2</a>' in answer["strip"]
    assert answer["givens"] == note.outline["check"]["givens_html"]
    assert answer["unfinished"] == 0


def test_a_text_that_cannot_be_checked_says_why_in_the_strip(client_of, member, group, monkeypatch):
    client = client_of(member)
    assert client.post(at(group)).status_code == 422
    assert client.post(at(group), {"content": "x" * 262_145}).status_code == 413
    too_long = client.post(at(group), {"content": TRUE + "Words. " * 15_000}).json()
    assert "Not checked. A note may have 100,000 characters. Split it." in too_long["strip"]
    assert "<math>" in too_long["html"]
    monkeypatch.setattr(views, "CHECKS_A_MINUTE", 1)
    refused = client.post(at(group), {"content": TRUE})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")


def test_a_busy_checker_says_so_and_when_to_ask_again(client_of, member, group, monkeypatch):
    def busy(*args, **more):
        raise Busy

    monkeypatch.setattr(views.live, "judge", busy)
    answer = client_of(member).post(at(group), {"content": TRUE})
    assert answer.json()["again_seconds"] == 2
    assert "busy with other notes" in answer.json()["error"]
    page = client_of(member).post(reverse("derivations:new", args=[group.slug]), {"body": TRUE, "preview": "1"}).text
    assert "busy with other notes" in page
    assert "<math" in page


def test_the_preview_without_javascript_has_the_verdicts(client_of, member, group):
    page = (
        client_of(member)
        .post(reverse("derivations:new", args=[group.slug]), {"title": "Mine", "body": FALSE, "preview": "1"})
        .text
    )
    shown = page.split('id="shown-preview"')[1]
    assert "1 of 2 steps hold" in shown
    assert 'class="math-step math-fails"' in shown
    assert "What it declares: " in shown
    assert "2 A x ." in page.split("<textarea")[1].split("</textarea>")[0]


def test_the_warm_process_answers_as_the_one_for_saved_notes_does(checker):
    for body in (FALSE, TRUE, FALSE):
        judged = checker.judge(body, writer="ana")
        assert judged.unfinished == ()
        assert judged.report == check_body(body, seed=0)


def test_a_later_text_overtakes_an_earlier_one_of_the_same_writer(checker):
    checker.judge(TRUE, writer="ana")
    ended = {}

    def ask(name, body, writer):
        try:
            ended[name] = checker.judge(body, writer=writer)
        except Overtaken as overtaken:
            ended[name] = overtaken

    asking = threading.Thread(target=ask, args=("first", SLOW, "ana"))
    asking.start()
    while not checker.answering:
        time.sleep(0.01)
    started = time.monotonic()
    ask("second", TRUE, "ana")
    assert time.monotonic() - started < 3  # the slow note has 4 s of processor time
    asking.join()
    assert isinstance(ended["first"], Overtaken)
    assert ended["second"].report["steps"][0]["verdict"] == "holds"


def test_only_so_many_writers_wait(checker, monkeypatch):
    checker.judge(TRUE, writer="ana")
    monkeypatch.setattr(module, "MOST_WAITING", 0)
    asking = threading.Thread(target=lambda: checker.judge(SLOW, writer="ana"))
    asking.start()
    while not checker.answering:
        time.sleep(0.01)
    with pytest.raises(Busy):
        checker.judge(TRUE, writer="ben")
    asking.join()
    assert checker.judge(TRUE, writer="ben").report["steps"]


def test_a_long_note_is_judged_slice_by_slice(checker, monkeypatch):
    monkeypatch.setattr(module, "SLICE_SECONDS", 0.25)
    note = "Let $A, B \\in \\mathbb{R}^{n \\times n}$.\n\n" + "\n\n".join(
        f"$$(A + {k} B)^2 = A^2 + {k} A B + {k} B A + {k * k} B^2$$" for k in range(1, 40)
    )
    left = [checker.judge(note, writer="ana").unfinished]
    assert left[0]
    while left[-1] and len(left) < 60:
        left.append(checker.judge(note, writer="ana").unfinished)
    assert left[-1] == ()
    judged = checker.judge(note, writer="ana")
    assert {step["verdict"] for step in judged.report["steps"]} == {"holds"}


def test_a_note_that_ends_the_process_is_said_so_and_another_process_takes_over(checker, monkeypatch):
    first = checker.judge(TRUE, writer="ana")
    before = checker.process
    checker.command = (*checker.command[:-2], "1", checker.command[-1])  # a second of processor time
    checker.close()
    monkeypatch.setattr(module, "SLICE_SECONDS", 60.0)
    with pytest.raises(CheckStopped, match="used up its time or memory"):
        checker.judge(SLOW, writer="ana")
    assert checker.process is None
    with pytest.raises(CheckStopped, match="used up"):  # at once, and without a process
        checker.judge(SLOW, writer="ana")
    assert checker.process is None
    assert checker.judge(TRUE, writer="ana") == first
    assert checker.process.pid != before.pid


def test_the_process_has_a_bound_of_memory():
    checker = LiveChecker(command=(sys.executable, "-m", "derivations.check_process", "serve", "15", "64"))
    with pytest.raises(CheckStopped, match="did not start"):
        checker.judge(TRUE, writer="ana")


def test_a_process_that_does_not_answer_is_ended(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.2)
    silent = "import sys, time; print('ready', flush=True); time.sleep(60)"
    checker = LiveChecker(command=(sys.executable, "-c", silent))
    with pytest.raises(CheckStopped, match="took too long"):
        checker.judge(TRUE, writer="ana")
    assert checker.process is None


def test_a_process_that_has_grown_retires_after_its_answer(checker, monkeypatch):
    judged = checker.judge(TRUE, writer="ana")
    grown = "import derivations.check_process as p; p.MOST_KILOBYTES = 1; p.main('serve', 15, 2048)"
    checker.close()
    checker.command = (sys.executable, "-c", grown)
    for _ in range(2):
        assert checker.judge(TRUE, writer="ana") == judged
        assert checker.process is None


def test_what_the_process_has_grown_by_is_its_own_and_not_that_of_a_large_parent():
    ballast = b"x" * 300_000_000
    told = "from derivations.check_process import kilobytes_in_use as used; print(used())"
    child = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert kilobytes_in_use() > len(ballast) // 1024 > int(child.stdout) > 1024


def test_the_process_ends_with_the_one_that_started_it(tmp_path):
    program = (
        "import os, sys\nfrom derivations.live import live\n"
        f"live.judge({TRUE!r}, writer='ana')\nprint(live.process.pid, flush=True)\nos._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    pid = int(ended.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("The checker outlived the process that started it.")
