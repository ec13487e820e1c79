"""Written code is vetted, and the NumPy of it run: only what agreed with the checker's own evaluation is offered.

Runs in the bounded process of `check_process`, without Django. The source is our own printer's; that it holds nothing
but what the printer can write is looked at once more before a line of it runs.
"""

from __future__ import annotations

import ast
import builtins
import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

IMPORTS = {"math", "numpy", "torch", "jax", "jax.numpy", "scipy.linalg"}
BUILTINS = {"abs", "dict", "float", "int", "max", "min", "range", "sum", "zip"}
SLACK = 20  # times the tolerance: a point of the checker's may be worse conditioned than a test's


class Unfit(Exception):
    """Written code that must not be offered: a fault of ours."""


def vet(source: str) -> None:
    """Raise Unfit where `source` does anything but define functions, import what is listed and compute."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if all(each.name in IMPORTS for each in names):
                pass
            case ast.ImportFrom(module=module, level=0) if module in IMPORTS:
                pass
            case ast.Import() | ast.ImportFrom() | ast.ClassDef() | ast.AsyncFunctionDef() | ast.Global() | ast.With():
                raise Unfit(f"line {node.lineno}: {type(node).__name__}")
            case ast.Attribute(attr=name) if name.startswith("_"):
                raise Unfit(f"line {node.lineno}: {name}")
            case ast.Name(id=name) if name.startswith("_") and name != "__name__":
                raise Unfit(f"line {node.lineno}: {name}")
            case ast.Call(func=ast.Name(id=name)) if hasattr(builtins, name) and name not in BUILTINS:
                raise Unfit(f"line {node.lineno}: {name}")
            case ast.arg(arg=name) if name.startswith("_"):
                raise Unfit(f"line {node.lineno}: {name}")
            case ast.FunctionDef(decorator_list=[_, *_]):
                raise Unfit(f"line {node.lineno}: a decorator")


def run(source: str) -> dict[str, Any]:
    """What a NumPy source defines."""
    vet(source)
    space: dict[str, Any] = {"__name__": "step"}
    exec(compile(source, "step", "exec"), space)  # noqa: S102 - our own printer's, vetted, in a bounded process
    return space


def try_code(code: Any) -> dict[str, Any]:
    """Return how many points agree and whether the written test passes. Raises Unfit where the code is not right."""
    for source in code.files.values():
        vet(source)
    space = run(code.files["numpy"])
    with np.errstate(all="ignore"):
        for point, left, right in zip(code.points, code.left, code.right, strict=True):
            given = {name: np.array(value) if isinstance(value, list) else value for name, value in point.items()}
            for side, expected in (("left", left), ("right", right)):
                if side not in code.refusals:
                    _compare(space[side](**given), expected, SLACK * code.tolerance, side)
        try:
            space["test_the_sides_agree"]()
        except AssertionError:
            passes = False
        else:
            passes = True
    return {"points": len(code.points), "passes": passes}


def _compare(found: Any, expected: Any, tolerance: float, side: str) -> None:
    a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if a.shape != b.shape:
        raise Unfit(f"the {side} side has shape {a.shape}, not {b.shape}")
    scale = max(1.0, float(np.abs(b).max(initial=0)))
    gap = float(np.abs(a - b).max(initial=0))
    if not (math.isfinite(gap) and gap <= tolerance * scale):
        raise Unfit(f"the {side} side is off by {gap}")


def coded(note: str, index: int, seed: int) -> Mapping[str, Any]:
    """The task `code`: a step as code, run and compared; or why not, in words fit to show."""
    from stepcheck import Budget
    from stepcheck.code import CannotPrint, code_of_step

    try:  # by processor time, as verdicts are; a step has the time of several, for it is the only one
        budget = Budget(clock=time.process_time, step_seconds=6)
        code = code_of_step(note, index, seed=seed, budget=budget)
    except CannotPrint as refusal:
        return {"refused": refusal.reason}
    try:
        tried = try_code(code)
    except (Unfit, ArithmeticError, ValueError, TypeError, LookupError, NameError, SyntaxError, np.linalg.LinAlgError):
        return {
            "refused": "The code written for this step did not agree with the checker when it was run: not offered."
        }
    return {"files": dict(code.files), "refusals": dict(code.refusals), "names": dict(code.names), **tried}


__all__ = ["Unfit", "coded", "run", "try_code", "vet"]
