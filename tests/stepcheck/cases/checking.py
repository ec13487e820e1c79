"""The independent check of our own cases: NumPy against NumPy, with nothing of `stepcheck` in it.

A file of cases `NAME.jsonl` has its checks in `checks_NAME.py` beside it. A check draws one point that satisfies the
givens of its case and yields, for each step in order, `(step, left, relation, right)`:

    @check("oa-001")
    @check("oa-002", wrong=True)  # the false twin: the same points, another right side
    def gradient_of_a_quadratic_form(rng, wrong=False):
        A, x = rng.normal(size=(3, 3)), rng.normal(size=3)
        right = 2 * A @ x if wrong else (A + A.T) @ x
        yield 0, slopes(lambda x: x @ A @ x, x), "=", right

Relations: `=`, `!=`, `<=`, `>=`, `<`, `>` (entry by entry); `psd<=`, `psd>=` (the ordering of symmetric matrices); and
`holds` (booleans: where the left is true the right is true; an equivalence yields its step twice, sides exchanged);
`shape` (the sides do not conform; only for a case whose `error` is `shape`). A step may be yielded more than once, for
instance once for each value of a free index: it holds where all of them do.

The two sides should come by different roads: finite differences for a derivative, sums over all outcomes for an
expectation, quadrature for an integral.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import Any

import numpy as np

Step = tuple[int, Any, str, Any]
Check = Callable[[np.random.Generator], Iterator[Step]]

AGREES = 1e-5  # relative to the larger side, or to 1: what finite differences leave
DIFFERS = 1e-3  # a false step must miss by this much somewhere; between the two nothing is decided

checks: dict[str, Check] = {}


class Outcome(Enum):
    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"
    VACUOUS = "vacuous"  # an implication whose left side is not met here


def check(case_id: str, **parameters: Any) -> Callable[[Callable[..., Iterator[Step]]], Callable[..., Iterator[Step]]]:
    """Register the decorated function, with these parameters, as the check of `case_id`. Decorators may be stacked."""

    def register(function: Callable[..., Iterator[Step]]) -> Callable[..., Iterator[Step]]:
        if case_id in checks:
            raise ValueError(f"{case_id} has two checks.")
        checks[case_id] = partial(function, **parameters)
        return function

    return register


def outcome(left: Any, relation: str, right: Any) -> Outcome:
    """Say whether `left relation right` holds, with room for round-off and none for a factor.

    Raises ValueError for an unknown relation, for sides of different shapes, and for values that are not finite.
    """
    if relation == "shape":
        return Outcome.FAILS
    if relation == "holds":
        if not left:
            return Outcome.VACUOUS
        return Outcome.HOLDS if right else Outcome.FAILS
    left, right = np.asarray(left), np.asarray(right)
    if left.shape != right.shape:
        raise ValueError(f"The sides have shapes {left.shape} and {right.shape}.")
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("A side is not finite.")
    scale = max(1.0, float(np.abs(left).max(initial=0)), float(np.abs(right).max(initial=0)))
    match relation:
        case "=":
            return _from_gap(float(np.abs(left - right).max(initial=0)) / scale)
        case "!=":
            return Outcome.HOLDS if float(np.abs(left - right).max(initial=0)) / scale > AGREES else Outcome.FAILS
        case "<=":
            return _from_gap(float((left - right).max(initial=0)) / scale)
        case ">=":
            return _from_gap(float((right - left).max(initial=0)) / scale)
        case "<":
            return Outcome.HOLDS if (left < right).all() else Outcome.FAILS
        case ">":
            return Outcome.HOLDS if (left > right).all() else Outcome.FAILS
        case "psd<=":
            return _psd(right - left, scale)
        case "psd>=":
            return _psd(left - right, scale)
    raise ValueError(f"{relation!r} is not a relation of this harness.")


def _from_gap(gap: float) -> Outcome:
    if gap <= AGREES:
        return Outcome.HOLDS
    return Outcome.FAILS if gap >= DIFFERS else Outcome.UNDECIDED


def _psd(difference: Any, scale: float) -> Outcome:
    if np.abs(difference - difference.T).max() / scale > AGREES:
        return Outcome.FAILS
    return _from_gap(-float(np.linalg.eigvalsh((difference + difference.T) / 2).min()) / scale)


def slopes(f: Callable[[Any], Any], x: Any, *, step: float = 1e-3) -> Any:
    """Differences of fourth order of `f` at `x`: a gradient, a Jacobian, or ∂f/∂A.

    Shapes: the result has the shape of `f(x)`, then that of `x`. `f` must be smooth within two `step` of `x`.
    """
    x = np.asarray(x, dtype=float)
    columns = []
    for index in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[index] = step
        near = np.asarray(f(x + nudge)) - np.asarray(f(x - nudge))
        far = np.asarray(f(x + 2 * nudge)) - np.asarray(f(x - 2 * nudge))
        columns.append((8 * near - far) / (12 * step))
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


def curvature(f: Callable[[Any], Any], x: Any, *, step: float = 1e-3) -> Any:
    """The second derivatives of `f` at `x`, as slopes of its slopes: for a scalar `f` of a vector, its Hessian."""
    return slopes(lambda y: slopes(f, y, step=step), x, step=step)
