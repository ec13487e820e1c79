"""A few programs run together: their lines behind their names, none restarted in silence, none left behind.

One thread and one `select`, no polling: output, signals and the first answer of the web server are all things to read.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

LEASH = Path(__file__).with_name("leash.py")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """What to start: `command[0]` is a path; `sockets` are file descriptors that it inherits."""

    name: str
    command: Sequence[str]
    sockets: Sequence[int] = ()


@dataclass
class _Running:
    name: str
    process: subprocess.Popen[bytes]
    unfinished_line: bytes = b""
    ended: bool = field(default=False)


class Together:
    """Programs that live and die together.

    `write` receives each line of theirs, with the name of its program in front, in a column of at least `width`. Each
    program leads a process group of its own, so that Ctrl-C reaches only this process, which then stops them in order,
    and so that whatever a program started can be ended with it.
    """

    def __init__(
        self, *, write: Callable[[str], None], environment: Mapping[str, str], cwd: Path, width: int = 0
    ) -> None:
        self._write = write
        self._environment = dict(environment)
        self._cwd = cwd
        self._running: list[_Running] = []
        self._selector = selectors.DefaultSelector()
        self._width = width

    def start(self, programs: Sequence[Program]) -> None:
        self._width = max(self._width, *(len(program.name) for program in programs))
        for program in programs:
            process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *program.command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(program.sockets),
                env=self._environment,
                cwd=self._cwd,
                start_new_session=True,
            )
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            running = _Running(program.name, process)
            self._running.append(running)
            self._selector.register(process.stdout, selectors.EVENT_READ, running)

    def run(
        self, *, first_answer: socket.socket, on_ready: Callable[[], None], grace_seconds: float = 10
    ) -> str | None:
        """Run until a stop signal or until one program ends; then stop all. Returns why, or None after a signal.

        `first_answer` is a connection on which a request waits; `on_ready` is called once it is answered. Programs get
        `grace_seconds` to finish, or until a second stop signal; then they are killed with all that they started.
        """
        signals, wakeup = socket.socketpair()
        for end in (signals, wakeup):
            end.setblocking(False)
        before = {number: signal.signal(number, _noted) for number in (*STOP_SIGNALS, signal.SIGCHLD)}
        old_wakeup = signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        self._selector.register(signals, selectors.EVENT_READ, signals)
        self._selector.register(first_answer, selectors.EVENT_READ, first_answer)
        try:
            reason = self._until_something_ends(signals, first_answer, on_ready)
            self._stop(signals, grace_seconds)
            return reason
        finally:
            self._kill_what_is_left()
            signal.set_wakeup_fd(old_wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()
            for end in (signals, wakeup, first_answer):
                end.close()

    def _until_something_ends(
        self, signals: socket.socket, first_answer: socket.socket, on_ready: Callable[[], None]
    ) -> str | None:
        while True:
            for source in self._read_what_came():
                if source is signals and self._stop_was_asked(signals):
                    return None
                if source is first_answer:
                    self._selector.unregister(first_answer)
                    if _was_answered(first_answer):  # otherwise the web server has died, and says so itself
                        on_ready()
            for running in self._running:
                if running.process.poll() is not None:
                    # Ctrl-C while a program is being started reaches that one too, before it has a group of its own.
                    if self._stop_was_asked(signals):
                        return None
                    return f"{running.name} ended by itself ({_how(running.process.returncode)})"

    def _stop(self, signals: socket.socket, grace_seconds: float) -> None:
        for running in self._running:
            if running.process.poll() is None:
                running.process.terminate()
        deadline = time.monotonic() + grace_seconds
        while any(running.process.poll() is None for running in self._running):
            left = deadline - time.monotonic()
            if left <= 0:
                slow = [running.name for running in self._running if running.process.poll() is None]
                self._write(f"{' and '.join(slow)} did not stop within {grace_seconds:g} s and will be killed.")
                return
            if signals in self._read_what_came(timeout=left) and self._stop_was_asked(signals):
                return

    def _kill_what_is_left(self) -> None:
        for running in self._running:
            with suppress(ProcessLookupError):  # nothing left, as it should be
                os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()
            self._pump_to_the_end(running)
            if running.unfinished_line:
                self._line(running, running.unfinished_line)
            assert running.process.stdout is not None
            running.process.stdout.close()

    def _read_what_came(self, timeout: float | None = None) -> list[object]:
        """Write out the programs' lines; return the other things that have something to read."""
        others = []
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, _Running):
                if not self._pump(key.data):
                    self._selector.unregister(key.fileobj)
            else:
                others.append(key.data)
        return others

    def _pump(self, running: _Running) -> bool:
        """Write out what a program has said; False once it can say no more."""
        assert running.process.stdout is not None
        while True:
            try:
                said = os.read(running.process.stdout.fileno(), 65536)
            except BlockingIOError:
                return True
            if not said:
                return False
            *lines, running.unfinished_line = (running.unfinished_line + said).split(b"\n")
            for line in lines:
                self._line(running, line)

    def _pump_to_the_end(self, running: _Running) -> None:
        """Its output ends when the last process that could write to it has gone, which a kill does not await."""
        assert running.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(running.process.stdout, selectors.EVENT_READ)
            while selector.select(timeout=1) and self._pump(running):
                pass

    def _line(self, running: _Running, line: bytes) -> None:
        self._write(f"{running.name:<{self._width}} | {line.decode(errors='replace').rstrip()}")

    @staticmethod
    def _stop_was_asked(signals: socket.socket) -> bool:
        try:
            return any(number in STOP_SIGNALS for number in signals.recv(4096))
        except BlockingIOError:
            return False


def _noted(number: int, frame: FrameType | None) -> None:
    """Python writes the signal's number to the wake-up socket; there is nothing else to do here."""


def _was_answered(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1))
    except OSError:
        return False


def _how(returncode: int) -> str:
    return f"exit code {returncode}" if returncode >= 0 else f"killed by {signal.Signals(-returncode).name}"
