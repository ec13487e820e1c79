"""The checker held ready, without its stand-in: real processes, ended in all the ways they can end."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from derivations.forkserver import Ended, ForkServer, Late

ROOT = Path(__file__).resolve().parents[2]
NOTE = "Let $x \\in \\mathbb{R}$.\n\n$$ (x + 1)^2 = x^2 + 2 x + 1 $$\n"
WRONG = NOTE.replace("2 x", "3 x")
LONG = [NOTE.replace("1", str(number)) for number in range(2, 2000)]


def question(note=NOTE, **bounds):
    return {"task": "check", "asked": {"note": note, "seed": 0}, "seconds": 20, "megabytes": 2048, **bounds}


def verdicts(answer):
    return [step["verdict"] for step in answer["steps"]]


@pytest.fixture(scope="module")
def one_server():
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def server(one_server):
    return one_server


def test_questions_are_answered_side_by_side_and_each_by_a_child_of_its_own(server):
    told = {}

    def ask(number):
        told[number] = verdicts(server.ask(question(WRONG if number % 2 else NOTE), seconds=60))

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert told == {number: ["fails" if number % 2 else "holds"] for number in range(6)}


def test_a_child_is_ended_at_its_bound_of_processor_time(server):
    asked = {"notes": LONG, "seed": 0}
    with pytest.raises(Ended):
        server.ask(question(task="check-all", asked=asked, seconds=1), seconds=60)
    assert verdicts(server.ask(question(), seconds=60)) == ["holds"]


def test_a_child_is_ended_at_its_bound_of_memory(server):
    answer = {"stopped": True}
    with suppress(Ended):
        answer = server.ask(question(task="check-all", asked={"notes": LONG, "seed": 0}, megabytes=64), seconds=60)
    assert answer == {"stopped": True}
    assert verdicts(server.ask(question(), seconds=60)) == ["holds"]


def test_a_child_that_nobody_waits_for_any_more_ends(server):
    with pytest.raises(Late):
        server.ask(question(task="check-all", asked={"notes": LONG, "seed": 0}, seconds=60), seconds=0.5)
    ends = time.monotonic() + 20
    while children_of(server.process.pid):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_server_that_was_killed_is_started_anew(server):
    server.ask(question(), seconds=60)
    first = server.process.pid
    os.kill(first, signal.SIGKILL)
    assert verdicts(server.ask(question(), seconds=60)) == ["holds"]
    assert server.process.pid != first


def test_a_server_without_questions_ends_by_itself_and_the_next_one_is_answered():
    brief = "import socket, derivations.check_process as p; p.IDLE_SECONDS = 0.01; p.main('forks')"
    server = ForkServer(command=(sys.executable, "-c", brief))
    try:
        assert verdicts(server.ask(question(), seconds=60)) == ["holds"]
        assert server.process.wait(20) == 0
        assert verdicts(server.ask(question(), seconds=60)) == ["holds"]
    finally:
        server.close()


def test_a_fault_of_the_checker_is_told_with_its_name(server):
    answer = server.ask(question(asked={"note": None, "seed": 0}), seconds=60)
    assert "Error: " in answer["fault"]


def test_an_answer_that_json_has_no_word_for_is_a_fault_of_ours_and_no_want_of_time():
    program = (
        "import derivations.check_process as p\np.TASKS['check'] = lambda **asked: {'x': float('nan')}\np.main('forks')"
    )
    server = ForkServer(command=(sys.executable, "-c", program))
    try:
        assert server.ask(question(), seconds=60)["fault"].startswith("ValueError")
    finally:
        server.close()


def test_a_checker_that_does_not_start_is_an_error_and_no_wait():
    server = ForkServer(command=(sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(RuntimeError, match="did not start"):
        server.ask(question(), seconds=60)
    server.close()


def test_it_ends_with_whoever_started_it_however_they_end():
    program = (
        "import os, signal\nfrom derivations.forkserver import checker\n"
        f"checker.ask({question()!r}, seconds=60)\nprint(checker.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == -signal.SIGKILL
    ends = time.monotonic() + 20
    while is_running(int(ran.stdout)):
        assert time.monotonic() < ends
        time.sleep(0.05)


def children_of(pid):
    return [each for each in map(status_of, Path("/proc").glob("[0-9]*")) if each and each[1] == pid and each[0] != "Z"]


def is_running(pid):
    status = status_of(Path("/proc") / str(pid))
    return bool(status) and status[0] != "Z"


def status_of(process):
    """Its state and its parent's id, None where it is gone."""
    try:
        state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return state, int(parent)
