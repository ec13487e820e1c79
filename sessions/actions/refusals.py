"""Why something cannot be done with a session, in words fit to show a member."""

from __future__ import annotations


class CannotSchedule(Exception):
    """Why a time, a place or a series cannot be as asked. `field` names the form's field that can mend it."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.field = field


class CannotChange(Exception):
    """Why a session, its agenda, its answers or its attendance cannot be changed now."""


class MinutesChanged(Exception):
    """Someone else saved the minutes since this text was begun. Nothing was stored; `current` is what stands there."""

    def __init__(self, *, current: str, version: int) -> None:
        super().__init__("Someone else saved the minutes while you were writing. Both texts are below.")
        self.current = current
        self.version = version
