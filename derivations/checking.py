"""A note's steps, judged in a process with bounds, so that no note can hold up or bring down a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import stepcheck

from .forkserver import Ended, Late, checker

SECONDS = 40  # of processor time; the checker itself stops at 20 s of the clock a note
MEGABYTES = 2048  # of address space, of which NumPy and its libraries reserve some hundred without using them
REPLAY_SECONDS = 8
CODE_SECONDS = 12
GRACE_SECONDS = 30


class CheckStopped(Exception):
    """Why a note could not be checked, in words fit to show a member."""


def check_body(body: str, *, seed: int, macros: str = "") -> dict[str, Any]:
    """Return the report on `body` as JSON, with the place of each step's sign. Raises CheckStopped.

    Needs up to SECONDS of processor time. `macros` is the text of the group's.
    The same body, macros, seed and `checker_version()` give the same report.
    """
    return _ask("check", {"note": body, "seed": seed, "macros": macros}, seconds=SECONDS)


def check_bodies(bodies: Sequence[str], *, seed: int) -> list[dict[str, Any]]:
    """The reports on several short notes of our own, from one process: what the guide shows. Raises CheckStopped."""
    reports: list[dict[str, Any]] = _ask("check-all", {"notes": list(bodies), "seed": seed}, seconds=SECONDS)["reports"]
    return reports


def replay_step(body: str, step: dict[str, Any], *, macros: str = "") -> dict[str, Any]:
    """Return both sides of a step of a report at the values of its counterexample, and those of their parts.

    Worked anew from `body`, in up to REPLAY_SECONDS of processor time. Raises CheckStopped.
    """
    asked = {"note": body, "index": step["index"], "counterexample": step["counterexample"], "macros": macros}
    return _ask("replay", asked, seconds=REPLAY_SECONDS)


def code_step(body: str, index: int, *, seed: int, macros: str = "") -> dict[str, Any]:
    """Return a step as code, run and compared with the checker, in up to CODE_SECONDS of processor time.

    `files` by library, `refusals` by side, `names`: identifiers by letter, `points` at which it was compared, `passes`:
    whether the sides agree there. Raises CheckStopped, with the reason, where nothing is written.
    """
    return _ask("code", {"note": body, "index": index, "seed": seed, "macros": macros}, seconds=CODE_SECONDS)


def code_steps(body: str, indices: list[int], *, seed: int, macros: str = "") -> dict[int, str]:
    """Return the NumPy source of those of the steps that can be written, by index; as many as fit into the time."""
    asked = {"note": body, "indices": indices, "seed": seed, "macros": macros}
    return {int(index): source for index, source in _ask("codes", asked, seconds=SECONDS)["codes"].items()}


def _ask(task: str, asked: dict[str, Any], *, seconds: int) -> dict[str, Any]:
    question = {"task": task, "asked": asked, "seconds": seconds, "megabytes": MEGABYTES}
    try:
        answer = checker.ask(question, seconds=seconds + GRACE_SECONDS)
    except Late as late:
        raise CheckStopped("Checking took too long and was stopped. Split the note into several.") from late
    except Ended:
        answer = {"stopped": True}
    if "stopped" in answer:
        raise CheckStopped("Checking used up its time or memory and was stopped. Split the note into several.")
    if "fault" in answer:
        raise RuntimeError(f"The checker failed, which is a fault of ours: {answer['fault']}")
    if "refused" in answer:
        raise CheckStopped(answer["refused"])
    return answer


@lru_cache(maxsize=1)
def checker_version() -> str:
    """Twelve hex digits of the checker's own source: a verdict is kept with the checker that gave it."""
    digest = hashlib.sha256()
    root = Path(stepcheck.__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


__all__ = [
    "CheckStopped",
    "check_bodies",
    "check_body",
    "checker_version",
    "code_step",
    "code_steps",
    "replay_step",
]
