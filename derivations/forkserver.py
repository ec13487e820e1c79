"""The checker held ready: a process that has it loaded and forks a child for every question.

Each child has bounds of its own and begins as the one before began, so nothing of a note reaches the next, and none
waits for the checker to be loaded. One server for each of our processes, started on first use, ended after a while
without a question and with the process that started it: its input ends then, and so do those of its children.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
START_SECONDS = 60
TRIES = 3  # a server that ends for want of questions may do so as one comes


class Late(Exception):
    """There was no answer in time."""


class Ended(Exception):
    """The child came to its end before it had an answer."""


@dataclass
class ForkServer:
    """Any thread may ask; the questions are answered side by side."""

    command: tuple[str, ...] = (sys.executable, "-m", "derivations.check_process", "forks")
    process: subprocess.Popen[bytes] | None = None
    door: socket.socket | None = None
    owner: int = 0  # the process id of who started it
    starting: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Return the answer of a child to `question`, waiting up to `seconds` for it. Raises Late and Ended."""
        for _ in range(TRIES):
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    server = self._handed(theirs)
                heard = _Lines(ours)
                if heard.line(START_SECONDS) is None:  # the server ended with our question in its hands, or before
                    self._give_up(server)
                    continue
                try:
                    ours.settimeout(START_SECONDS)
                    ours.sendall(json.dumps(question).encode() + b"\n")
                except OSError:
                    raise Ended from None
                answer = heard.line(seconds)
                if answer is None:
                    raise Ended
                told: dict[str, Any] = json.loads(answer)
                return told
        raise RuntimeError("The checker did not start.")

    def _handed(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        """Give the server the other end of a question, to answer on it. Returns the server."""
        with self.starting:
            if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
                process = self._start()
            else:
                process = self.process
            assert self.door is not None
            with suppress(OSError):  # it has ended: nothing comes back then
                socket.send_fds(self.door, [b"?"], [theirs.fileno()])
            return process

    def _give_up(self, server: subprocess.Popen[bytes]) -> None:
        with self.starting:
            if self.process is server:  # no other thread has started another meanwhile
                self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                self.command,
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parents[1],
                env={**os.environ, **ONE_THREAD},
            )
        self.door, self.owner = ours, os.getpid()
        return self.process

    def close(self) -> None:
        """End the server, but no child that is at an answer; the next question starts another."""
        process, door = self.process, self.door
        self.process = self.door = None
        if door is not None:
            door.close()
        if process is not None and self.owner == os.getpid():  # else it is our parent's, and we are a fork
            process.kill()
            process.wait()


class _Lines:
    def __init__(self, heard: socket.socket) -> None:
        self.socket = heard
        self.rest = b""

    def line(self, seconds: float) -> bytes | None:
        """The next line, None where there is none any more. Raises Late."""
        ends = time.monotonic() + seconds
        parts = [self.rest]
        while b"\n" not in parts[-1]:
            left = ends - time.monotonic()
            if left <= 0:
                raise Late
            self.socket.settimeout(left)
            try:
                part = self.socket.recv(1 << 16)
            except TimeoutError:
                raise Late from None
            except OSError:
                part = b""
            if not part:
                return None
            parts.append(part)
        line, _, self.rest = b"".join(parts).partition(b"\n")
        return line


checker = ForkServer()
atexit.register(checker.close)

__all__ = ["ONE_THREAD", "Ended", "ForkServer", "Late", "checker"]
