"""Checks worked derivations written in ordinary LaTeX, step by step. Pure Python: no Django, no network, no `eval`.

>>> from stepcheck import check
>>> report = check(r"Let $x \\in \\mathbb{R}$. $$(x+1)^2 = x^2 + 2x + 1$$")
>>> [step.verdict for step in report.steps]
['holds']
"""

from .bounds import Budget
from .errors import NotationError, Span
from .macros import Macro, Macros, commands_in, read_macros, sample_call, written_out
from .memo import Memo, Remembered
from .replay import CannotReplay, Replay, replay
from .report import Defined, Given, Report, StepReport, check
from .verdict import Counterexample

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
