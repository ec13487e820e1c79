"""How much work something is, whatever machine does it and whoever else uses it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import coverage

FIXED_PIECE_SECONDS = 0.05  # what the fixed piece takes of an ordinary processor of 2024
WORDS = re.compile(r"[a-z]+|\d+|\\.")


def _fixed_piece() -> float:
    """Do a piece of work of the kind that pages are made of, and return its processor time in seconds."""
    started = time.process_time()
    for _ in range(180):
        found = WORDS.findall("let x_1 be \\a 22 of $y$ and so on " * 40)
        counts = {word: len(word) + place for place, word in enumerate(found)}
        sorted(counts.items(), key=lambda each: (each[1], each[0]))
        "".join(found).replace("a", "&amp;").split("&")
    return time.process_time() - started


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
def work_within(seconds: float) -> Iterator[None]:
    """Hold what stands inside to so many seconds of an ordinary processor, measured beside a fixed piece of work.

    Coverage does not trace it.
    """
    with untraced():
        before = _fixed_piece()
        started = time.process_time()
        yield
        spent = time.process_time() - started
        ordinary = spent * FIXED_PIECE_SECONDS * 2 / (before + _fixed_piece())
    assert ordinary < seconds, f"{ordinary:.1f} s of an ordinary processor ({spent:.1f} s of this one), not {seconds}"
