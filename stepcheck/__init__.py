"""Checks worked derivations written in ordinary LaTeX, step by step. Pure Python: no Django, no network, no `eval`.

>>> from stepcheck import check
>>> report = check(r"Let $x \\in \\mathbb{R}$. $$(x+1)^2 = x^2 + 2x + 1$$")
>>> [step.verdict for step in report.steps]
['holds']
"""

from typing import TYPE_CHECKING, Any

from .bounds import Budget
from .errors import NotationError, Span
from .macros import Macro, Macros, commands_in, read_macros, sample_call, written_out

if TYPE_CHECKING:
    from .memo import Memo, Remembered
    from .replaying import CannotReplay, Replay, replay
    from .report import Defined, Given, Report, StepReport, check
    from .verdict import Counterexample

# What judges needs NumPy and SciPy, which take a second: it is imported when it is asked for.
_LATER = {
    "CannotReplay", "Counterexample", "Defined", "Given", "Memo", "Remembered", "Replay", "Report", "StepReport",
    "check", "replay",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import memo, replaying, report, verdict

    return next(getattr(module, name) for module in (memo, replaying, report, verdict) if hasattr(module, name))


__all__ = [
    "Budget",
    "CannotReplay",
    "Counterexample",
    "Defined",
    "Given",
    "Macro",
    "Macros",
    "Memo",
    "NotationError",
    "Remembered",
    "Replay",
    "Report",
    "Span",
    "StepReport",
    "check",
    "commands_in",
    "read_macros",
    "replay",
    "sample_call",
    "written_out",
]
