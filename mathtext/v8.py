"""Scripts of front-end packages inside this process, run by V8 under hard limits of time and memory.

One V8 context for each `Scripts`, made on first use (it does not survive a fork), used under a lock, thrown away when
it ran out of memory.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from py_mini_racer import (
    DEFAULT_V8_FLAGS,
    JSEvalException,
    JSOOMException,
    JSTimeoutException,
    MiniRacer,
    init_mini_racer,
)

# V8 guards its code by the processor's memory keys, which only the thread that started V8 and its children hold: a
# second context made in an older thread would end the process by a segmentation fault.
V8_FLAGS = (*DEFAULT_V8_FLAGS, "--no-memory-protection-keys")


class ScriptNotFound(RuntimeError):
    """A script is nowhere: the front end was not built and `npm ci` has not run."""


class Stopped(Exception):
    """A call gave no answer."""


class TookTooLong(Stopped):
    """It used up its time."""


class OutOfMemory(Stopped):
    """It used up its memory."""


class Failed(Stopped):
    """The script raised, or its stack was too deep."""


def find_script(places: Sequence[str], *, start: Path | None = None) -> Path:
    """Return the first of `places` that the nearest parent folder holds. Raises ScriptNotFound, naming the remedy."""
    here = start or Path(__file__).resolve().parent
    for base in [here, *here.parents]:
        for place in places:
            if (base / place).is_file():
                return base / place
    raise ScriptNotFound(f"{Path(places[0]).name} was not found. Run `npm ci && npm run build`.")


class Scripts:
    """A V8 context with some scripts in it. Safe to share between threads."""

    def __init__(self, sources: Callable[[], Sequence[str]]) -> None:
        """`sources` gives the text of the scripts when the context is made."""
        self._sources = sources
        self._lock = threading.Lock()
        self._context: MiniRacer | None = None
        _every.add(self)

    def call(self, function: str, argument: str, *, seconds: float, memory_bytes: int) -> str:
        """Return what `function` of the scripts answers to `argument`. Raises Stopped, and what `sources` raises."""
        with self._lock:
            context = self._context or self._start()
            self._context = context
            try:
                return str(context.call(function, argument, timeout_sec=seconds, max_memory=memory_bytes))
            except JSTimeoutException as late:
                raise TookTooLong from late
            except JSOOMException as full:
                self._context = None
                raise OutOfMemory from full
            except JSEvalException as raised:
                self._context = None
                raise Failed(str(raised)) from raised

    def _start(self) -> MiniRacer:
        sources = self._sources()
        init_mini_racer(flags=V8_FLAGS, ignore_duplicate_init=True)
        # Made in a thread without an event loop: under ASGI mini-racer would tie itself to the server's loop, and then
        # takes no timeouts.
        with ThreadPoolExecutor(max_workers=1) as maker:
            context = maker.submit(MiniRacer).result()
        for source in sources:
            context.eval(source)
        return context

    def close(self) -> None:
        """Let go of the context; the next call makes another."""
        with self._lock:
            context, self._context = self._context, None
            if context is not None:
                context.close()

    def forget_after_fork(self) -> None:
        """Drop the parent's context without closing it: its threads do not exist in this process."""
        _abandoned.append(self._context)
        self._context = None
        self._lock = threading.Lock()


def _forget_all() -> None:
    for scripts in list(_every):
        scripts.forget_after_fork()


def _close_all() -> None:
    """Before Python goes: V8's thread, ended while its interpreter is torn down, may wait for it without end."""
    for scripts in list(_every):
        scripts.close()


_abandoned: list[MiniRacer | None] = []
_every: weakref.WeakSet[Scripts] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forget_all)
atexit.register(_close_all)
