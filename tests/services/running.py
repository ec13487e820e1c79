"""`manage.py up` as a process of the test's own: start it, read what it says, stop it, look what is left."""

import os
import select
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def environment(var: Path, **more: str) -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEBUG", "PRODUCTION", "COV_CORE_SOURCE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "VAR_DIR": str(var), "PORT": "0", **more}


def processes_of(var: Path) -> dict[int, str]:
    """Living processes that were started with this VAR_DIR, by their command lines."""
    found = {}
    for process in Path("/proc").iterdir():
        try:
            if f"VAR_DIR={var}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):  # not a process, or one that has just ended, or not ours to look into
            continue
    return {pid: command for pid, command in found.items() if command}


def wait_until_gone(pids: Iterable[int], *, seconds: float) -> None:
    """Return once these processes have ended, or `seconds` have passed for one of them."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        select.select([descriptor], [], [], seconds)
        os.close(descriptor)


class Up:
    """`manage.py up` on `var`, with its output read as it comes."""

    def __init__(self, var: Path, **more: str) -> None:
        self.var = var
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment(var, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until(self, words: str) -> str:
        """Read on to the line that holds `words`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if words in line:
                return line
        pytest.fail(f"It ended before it said {words!r}:\n" + "\n".join(self.said))

    def ready(self) -> str:
        return self.until("studygroup is at").split()[3]

    def stopped(self) -> int:
        assert self.process.stdout is not None
        self.said += self.process.stdout.read().splitlines()
        return self.process.wait(timeout=30)

    def child(self, words: str) -> int:
        return next(pid for pid, command in processes_of(self.var).items() if words in command)
