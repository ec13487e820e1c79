"""Programs that live and die together."""

import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from studygroup.processes import Program, Together
from tests.services.running import wait_until_gone

ANSWERING = "import socket; s = socket.socket(fileno={}); c, _ = s.accept(); c.recv(9); c.send(b'ok'); c.close()"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def said():
    return []


@pytest.fixture
def together(said):
    return Together(write=said.append, environment=os.environ, cwd=Path.cwd())


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def question_to(listener: socket.socket) -> socket.socket:
    connection = socket.create_connection(listener.getsockname())
    connection.sendall(b"hello")
    return connection


def is_alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def test_each_line_stands_behind_the_name_of_its_program(together, said, listener):
    waiting = python("import signal; signal.pause()")
    together.start([Program("web", python("print('one'); print('two', end='')")), Program("worker", waiting)])
    together.run(first_answer=question_to(listener), on_ready=list)
    assert [line for line in said if line.startswith("web")] == ["web    | one", "web    | two"]


def test_readiness_is_told_once_the_web_server_has_answered(together, said, listener):
    code = ANSWERING.format(listener.fileno())
    together.start([Program("web", python(code), sockets=[listener.fileno()])])
    together.run(first_answer=question_to(listener), on_ready=lambda: said.append("ready"))
    assert said == ["ready"]


def test_a_program_that_ends_is_named_and_takes_the_others_with_it(together, listener):
    together.start([Program("web", python("import time; time.sleep(600)")), Program("beat", python("exit(3)"))])
    reason = together.run(first_answer=question_to(listener), on_ready=list)
    assert reason == "beat ended by itself (exit code 3)"
    assert [is_alive(running.process.pid) for running in together._running] == [False, False]


def test_a_program_killed_from_outside_is_named_with_the_signal(together, listener):
    together.start([Program("worker", python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))])
    assert together.run(first_answer=question_to(listener), on_ready=list) == (
        "worker ended by itself (killed by SIGKILL)"
    )


def test_who_does_not_stop_in_time_is_killed_and_named(together, said, listener):
    # The other program ends only once the stubborn one has had the time to become stubborn: it waits for its word.
    read, write = os.pipe()
    stubborn = (
        f"import signal, os; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.write({write}, b'x'); signal.pause()"
    )
    together.start(
        [
            Program("worker", python(stubborn), sockets=[write]),
            Program("web", python(f"import os; os.read({read}, 1)"), sockets=[read]),
        ]
    )
    reason = together.run(first_answer=question_to(listener), on_ready=list, grace_seconds=0.2)
    os.close(read)
    os.close(write)
    assert reason == "web ended by itself (exit code 0)"
    assert said == ["worker did not stop within 0.2 s and will be killed."]
    assert not is_alive(together._running[0].process.pid)


def test_what_a_program_has_started_is_ended_with_it(together, said, listener):
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    together.start([Program("web", python(code))])
    together.run(first_answer=question_to(listener), on_ready=list)
    grandchild = int(said[0].split("|")[1])
    wait_until_gone([grandchild], seconds=5)  # it has been killed; the kernel may still be clearing up
    assert not is_alive(grandchild)


def test_a_stop_signal_stops_all_and_is_no_failure(together, listener):
    code = ANSWERING.format(listener.fileno()) + "; import signal; signal.pause()"
    together.start([Program("web", python(code), sockets=[listener.fileno()])])
    reason = together.run(
        first_answer=question_to(listener), on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM), grace_seconds=5
    )
    assert reason is None
    assert together._running[0].process.returncode == -signal.SIGTERM


def test_a_program_that_the_same_ctrl_c_reached_while_it_was_started_is_no_failure(together, listener):
    # Between fork and setsid a program is still in the group of who starts it, and Ctrl-C ends it there.
    def start_another_and_press_ctrl_c():
        together.start([Program("worker", python("import os, signal; os.kill(os.getpid(), signal.SIGINT)"))])
        os.waitid(os.P_PID, together._running[-1].process.pid, os.WEXITED | os.WNOWAIT)
        os.kill(os.getpid(), signal.SIGINT)

    code = ANSWERING.format(listener.fileno()) + "; import signal; signal.pause()"
    together.start([Program("web", python(code), sockets=[listener.fileno()])])
    reason = together.run(first_answer=question_to(listener), on_ready=start_another_and_press_ctrl_c)
    assert reason is None
    assert [is_alive(running.process.pid) for running in together._running] == [False, False]
