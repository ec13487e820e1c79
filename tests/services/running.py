"""`manage.py up` as a process of the test's own: start it, read what it says, stop it, look what is left."""

import os
import select
import signal
import subprocess
import sys
import threading
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


class Running:
    """A Python program on `var`, whose output is read as it comes, so that it never waits for its reader."""

    def __init__(self, var: Path, *command: str, **more: str) -> None:
        self.var = var
        self.said: list[str] = []
        self._heard = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(var, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                with self._heard:
                    self.said.append(line.rstrip("\n"))
                    self._heard.notify_all()
        with self._heard:
            self.said.append("")  # the end
            self._heard.notify_all()

    def until(self, words: str, *, seconds: float = 60) -> str:
        """Return the first line that holds `words`, once it has been said."""

        def found() -> str | None:
            return next((line for line in self.said if words in line), None)

        def over() -> bool:
            return found() is not None or (self.said[-1:] == [""] and self.process.poll() is not None)

        with self._heard:
            self._heard.wait_for(over, timeout=seconds)
            line = found()
            if line is None:
                pytest.fail(f"It did not say {words!r}:\n" + "\n".join(self.said))
            return line

    def stop(self, number: int = signal.SIGINT) -> int:
        """As a terminal or a dying `make` does it: to everyone in the foreground group at once."""
        os.killpg(self.process.pid, number)
        return self.ended()

    def ended(self) -> int:
        """Return the exit code, once it has ended and everything it said has been read."""
        returncode = self.process.wait(timeout=30)
        self._listener.join()
        while self.said[-1:] == [""]:
            self.said.pop()
        return returncode

    def clear_up(self) -> None:
        """Whatever the test did, leave no process behind, of this or of any other program on `var`."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        left = processes_of(self.var)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        wait_until_gone(left, seconds=5)
        self._listener.join()


class Up(Running):
    """`manage.py up` on `var`."""

    def __init__(self, var: Path, *arguments: str, **more: str) -> None:
        super().__init__(var, "manage.py", "up", *arguments, **more)

    def ready(self) -> str:
        """Return the address, once the web server answers; it ends with a slash."""
        return self.until("studygroup is at").split()[3]

    def child(self, words: str) -> int:
        return next(pid for pid, command in processes_of(self.var).items() if words in command)
