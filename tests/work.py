"""How much work something is, and that it ends, whatever machine does it and whoever else uses it."""

import cProfile
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import coverage

HANGS_SECONDS = 90  # what ends at all ends within a second or two on an idle machine


@contextmanager
def untraced() -> Iterator[None]:
    """Keep coverage from what stands inside.

    In the processes of pytest-xdist two measure, one on top of the other. pytest-cov's marker `no_cover` stops the
    upper one, and so puts the lower one to work.
    """
    stopped: list[coverage.Coverage] = []
    while (measuring := coverage.Coverage.current()) is not None:
        measuring.stop()
        stopped.append(measuring)
    try:
        yield
    finally:
        for each in reversed(stopped):
            each.start()


@contextmanager
def ends() -> Iterator[None]:
    """Fail where what stands inside hangs. It measures nothing: a busy machine has all the time that it needs.

    Coverage does not trace it.
    """

    def give_up(*_: object) -> None:
        raise AssertionError(f"It has not ended after {HANGS_SECONDS} s.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(HANGS_SECONDS)
    try:
        with untraced():
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions `work` calls: the same on every machine, and twice as many for twice the work."""
    profile = cProfile.Profile()
    with untraced():
        profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())  # type: ignore[attr-defined]
