"""A note's steps, judged while the note is being written: by a warm process that remembers what it said of each step.

One process for each web process, started on first use (a web server forks after it has loaded us), with bounds of
memory and processor time, started anew when it has died, and ended with the process that started it, since its input
ends then. It takes one note at a time. A note that is asked for while another of the same writer's is under way
overtakes that one; where too many wait, the writer is told so, and nothing is lost: what is saved is checked anyway.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .checking import MEGABYTES, CheckStopped
from .forkserver import ONE_THREAD

logger = logging.getLogger(__name__)

SLICE_SECONDS = 4.0  # of processor time; each slice gets one step further at least
SECONDS = 15  # of processor time, at which the kernel ends the process: a step does not look at its clock all the time
PATIENCE_SECONDS = 30  # of the clock on the wall, for an answer
START_SECONDS = 30
MOST_WAITING = 2  # beside the one that is answered: each of them holds up a thread of the web server
WAIT_SECONDS = 8
MOST_FATAL = 100


class Overtaken(Exception):
    """The same writer has asked about a later text."""


class Busy(Exception):
    """Others are being answered."""

    def __init__(self) -> None:
        super().__init__(
            "The checker is busy with other notes. The verdicts come in a moment, and with saving at any rate."
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A report on a text, and the indices of the steps that it says nothing of yet: ask again."""

    report: dict[str, Any]
    unfinished: tuple[int, ...]


@dataclass
class LiveChecker:
    """The process, and who waits for it. Any thread may ask."""

    command: tuple[str, ...] = (
        sys.executable,
        "-m",
        "derivations.check_process",
        "serve",
        str(SECONDS),
        str(MEGABYTES),
    )
    process: subprocess.Popen[bytes] | None = None
    owner: int = 0  # the process id of who started it
    turn: threading.Lock = field(default_factory=threading.Lock)  # to be answered
    state: threading.Lock = field(default_factory=threading.Lock)  # of what follows; held for moments
    last_number: int = 0
    latest: dict[str, int] = field(default_factory=dict)  # the number of each writer's latest question
    answering: int = 0
    fatal: OrderedDict[bytes, str] = field(default_factory=OrderedDict)  # texts that ended the process, and how

    def judge(self, text: str, *, writer: str, macros: str = "", seed: int = 0) -> Judged:
        """Return what the checker says of `text` within one slice. Raises Overtaken, Busy, CheckStopped."""
        digest = blake2b(f"{len(macros)} {macros}{text}".encode(errors="surrogatepass")).digest()
        if digest in self.fatal:  # it would end the process again
            raise CheckStopped(self.fatal[digest])
        number = self._enter(writer)
        try:
            if not self.turn.acquire(timeout=WAIT_SECONDS):
                raise Busy
            try:
                self._begin(writer, number)
                return self._answered(text, macros, number, seed, digest)
            finally:
                self.answering = 0
                self.turn.release()
        finally:
            with self.state:
                if self.latest.get(writer) == number:
                    del self.latest[writer]

    def _enter(self, writer: str) -> int:
        with self.state:
            before = self.latest.get(writer)
            if before is None and len(self.latest) > MOST_WAITING:
                raise Busy
            self.last_number += 1
            self.latest[writer] = self.last_number
            if before is not None and before == self.answering:
                self._say({"overtaken": before})
            return self.last_number

    def _begin(self, writer: str, number: int) -> None:
        with self.state:
            if self.latest.get(writer) != number:
                raise Overtaken
            self.answering = number

    def _answered(self, text: str, macros: str, number: int, seed: int, digest: bytes) -> Judged:
        process = self._running()
        question = {"id": number, "note": text, "seed": seed, "macros": macros, "slice_seconds": SLICE_SECONDS}
        with self.state:
            self._say(question)
        line = _line_from(process, PATIENCE_SECONDS)
        if line is None:
            self._end()
            self._remember_fatal(digest, "Checking took too long and was stopped. Split the note into several.")
        if not line:
            code = process.wait()
            self._end()
            logger.warning("The live checker ended with %s.", code)
            self._remember_fatal(
                digest, "Checking used up its time or memory and was stopped. Split the note into several."
            )
        answer = json.loads(line or b"{}")
        if answer["retires"]:
            self._end()
        if "overtaken" in answer:
            raise Overtaken
        if "refused" in answer:
            raise CheckStopped(answer["refused"])
        return Judged(answer["report"], tuple(answer["unfinished"]))

    def _remember_fatal(self, digest: bytes, words: str) -> None:
        self.fatal[digest] = words
        if len(self.fatal) > MOST_FATAL:
            self.fatal.popitem(last=False)
        raise CheckStopped(words)

    def _say(self, message: dict[str, Any]) -> None:
        process = self.process
        if process is None or process.stdin is None or self.owner != os.getpid():
            return
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            logger.info("The live checker has ended; its end is met where its answer is read.")

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.owner != os.getpid():
            self.process = None  # we are a fork, and it is our parent's
        if self.process is not None and self.process.poll() is not None:
            self._end()
        if self.process is None:
            process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parents[1],
                env={**os.environ, **ONE_THREAD},
            )
            self.owner, self.process = os.getpid(), process
            if b"ready" not in (_line_from(process, START_SECONDS) or b""):
                self._end()
                raise CheckStopped("The checker did not start. The verdicts come with saving.")
        return self.process

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    logger.debug("A pipe of the ended checker was broken.")

    def close(self) -> None:
        """End the process, whatever is under way; the next question starts another."""
        self._end()


def _line_from(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The next line that `process` says, empty where it ended, None where it did not in time."""
    assert process.stdout is not None
    number, said = process.stdout.fileno(), b""
    ends = time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        waiting.register(number, selectors.EVENT_READ)
        while not said.endswith(b"\n"):
            if not waiting.select(max(0.0, ends - time.monotonic())):
                return None
            part = os.read(number, 1 << 16)
            if not part:
                return b""
            said += part
    return said


live = LiveChecker()
atexit.register(live.close)

__all__ = ["Busy", "Judged", "LiveChecker", "Overtaken", "live"]
