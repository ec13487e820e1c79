"""What one note may cost. Past a bound the answer is `unchecked`, and the bound is named.

The package asks no clock to decide anything. The one that `check` is given (by default a monotonic one) is read only to
stop, so the same note with the same seed has the same answers wherever it is not stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


class OutOfTime(Exception):
    """The step or the note used up its time. `bound` names which."""

    def __init__(self, bound: str) -> None:
        super().__init__(bound)
        self.bound = bound


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds of one check: characters of the note, claims in it, seconds a step and seconds the note.

    The first step that is judged has its seconds even where reading the note has used up those of the note, so that a
    check that remembers what was said before (see `memo`) gets further each time it is asked.
    """

    source: int = 100_000
    steps: int = 400
    step_seconds: float = 2.0
    note_seconds: float = 20.0
    clock: Callable[[], float] = time.monotonic

    @property
    def note_bound(self) -> str:
        """Why a step is `unchecked` that the note's time did not suffice for."""
        return f"The note reached its bound of {self.note_seconds:g} s. Split it."


class Watch:
    """Called now and then during the work; raises OutOfTime once the time is up."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.note_ends = budget.clock() + budget.note_seconds
        self.step_ends = self.note_ends
        self.note_is_over = False
        self.steps_begun = 0

    def begin_step(self) -> None:
        self.step_ends = self.budget.clock() + self.budget.step_seconds
        self.steps_begun += 1

    def __call__(self) -> None:
        now = self.budget.clock()
        if now > self.note_ends and self.steps_begun != 1:  # the first step has its own bound alone
            self.note_is_over = True
            raise OutOfTime(self.budget.note_bound)
        if now > self.step_ends:
            raise OutOfTime(f"This step reached its bound of {self.budget.step_seconds:g} s. Take it in smaller steps.")


def unwatched() -> None:
    """The watch of work without a bound."""


__all__ = ["Budget", "OutOfTime", "Watch", "unwatched"]
