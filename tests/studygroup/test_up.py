"""`manage.py up`, started for real in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.services.running import ROOT, Up, environment, processes_of, wait_until_gone

pytestmark = pytest.mark.slow


@pytest.fixture
def start(tmp_path, request):
    started = []

    def up(*, from_nothing: bool = False, **more: str) -> Up:
        var = tmp_path / "var"
        if not from_nothing and not var.exists():
            var.mkdir()
            shutil.copy(request.getfixturevalue("migrated_sqlite"), var / "studygroup.sqlite3")
        started.append(Up(var, **more))
        return started[-1]

    yield up
    for each in started:
        each.clear_up()


def run_once(var: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment(var, **more), capture_output=True, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_pages_until_a_signal_and_leaves_no_process_behind(start, number):
    up = start(from_nothing=number == signal.SIGINT)
    address = up.ready()
    up.until(" ready.")  # the worker
    with urllib.request.urlopen(address + "health/") as answer:
        assert (answer.status, answer.read()) == (200, b'{"status": "ok"}')
    assert len(processes_of(up.var)) >= 4
    assert up.stop(number) == 0
    assert up.said[-1] == "Stopped."
    assert processes_of(up.var) == {}


def test_a_child_that_dies_is_named_and_the_others_are_stopped(start):
    up = start()
    up.until(" ready.")
    os.kill(up.child("studygroup beat"), signal.SIGKILL)
    assert up.ended() == 1
    assert up.said[-1] == (
        "CommandError: beat ended by itself (killed by SIGKILL). The lines above say why; everything was stopped."
    )
    assert processes_of(up.var) == {}


def test_children_of_a_killed_parent_leave_and_the_next_start_finds_its_place(start):
    up = start()
    up.until(" ready.")
    children = processes_of(up.var).keys() - {up.process.pid}
    assert len(children) >= 4
    up.process.kill()
    wait_until_gone(children, seconds=15)
    assert processes_of(up.var) == {}

    again = start()
    again.ready()
    assert again.stop() == 0


def test_a_second_one_on_the_same_folder_is_refused(start):
    up = start()
    up.until("web ")
    refused = run_once(up.var)
    assert refused.returncode == 1
    assert f"studygroup runs already on {up.var} (process {up.process.pid})" in refused.stderr
    up.stop()


def test_a_taken_port_is_named_with_the_remedy_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run_once(tmp_path / "var", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"CommandError: Port {port} on 127.0.0.1 is taken by another program. "
        f"Stop that program, or choose another port: PORT={port + 1} make run\n"
    )
    assert not (tmp_path / "var" / "studygroup.sqlite3").exists()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"HOST": "192.0.2.1"}, "HOST is '192.0.2.1', which is no address of this machine"),
        ({"PORT": "abc"}, "PORT is set to 'abc', which cannot be read"),
        ({"PORT": "70000"}, "PORT is 70000; a port is a number from 1 to 65535"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "The database at 127.0.0.1 does not answer"),
    ],
)
def test_a_wrong_setting_is_named_without_a_traceback(tmp_path, variables, words):
    refused = run_once(tmp_path / "var", **variables)
    assert refused.returncode == 1
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").touch()
    refused = run_once(tmp_path / "file" / "var")
    assert refused.returncode == 1
    assert f"{tmp_path}/file/var cannot be written to" in refused.stderr
    assert "set VAR_DIR to another folder" in refused.stderr
