r"""Limits and series by extrapolation, with an estimate of the error; what does not settle is refused.

A limit is followed along points that come twice as close each time (or go twice as far), and a series along partial
sums of twice as many terms. Three ways to extrapolate are tried: none, where the values stand still (exponential
convergence); Richardson's, for errors in whole powers; and the epsilon algorithm, for a sum of geometric errors. Each
is its own judge: the last two estimates must agree. Values whose steps do not shrink, as the partial sums of
\sum 1/k, have no limit here, whatever an extrapolation makes of them.

Source: Sidi, *Practical Extrapolation Methods* (2003), ch. 1 and 16 (Richardson, Shanks and the epsilon algorithm).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stepcheck.values import Array

SETTLED = 1e-8
SHRINKS = 0.8  # each step of a sequence that converges is at most this part of the one before, near the end


def extrapolated(sequence: list[Array]) -> Array | None:
    """The limit of values at points that come twice as close each time, entry by entry.

    NaN where an entry does not settle; None where more than half of them do not. What is not finite ends a sequence.
    """
    rows = np.stack(np.broadcast_arrays(*sequence))
    flat = rows.reshape(len(rows), -1)
    made = [_limit_of(flat[:, place]) for place in range(flat.shape[1])]
    settled = [each for each in made if each is not None]
    if 2 * len(settled) < len(made):
        return None
    return np.array([np.nan if each is None else each for each in made]).reshape(rows.shape[1:])


def _limit_of(values: Array) -> float | None:
    finite = np.isfinite(values)
    values = values if finite.all() else values[: int(np.argmin(finite))]
    if len(values) < 5:
        return None
    steps = np.abs(np.diff(values))
    scale = 1e-300 + float(np.abs(values[-3:]).max())
    noise = 64 * 2.0**-52 * float(np.abs(values).max()) + 1e-300
    if not _shrinks(steps, noise):
        return None  # among others a value that jumps to zero by underflow and stays there
    if np.all(steps[-3:] <= max(1e-13 * scale, noise)):
        return float(values[-1])
    candidates = [each for each in (_richardson(values), _epsilon(values)) if each is not None]
    if not candidates:
        return None
    best = min(candidates, key=lambda each: each[1])
    return best[0] if best[1] <= SETTLED * (1 + abs(best[0])) else None


def _shrinks(steps: Array, noise: float) -> bool:
    """Whether each step, but for the first three, is a part of the one before, down to round-off."""
    last = steps[min(3, len(steps) - 4) :]
    return all(after <= max(SHRINKS * before, 1e3 * noise) for before, after in pairwise(last))


def _richardson(values: Array) -> tuple[float, float] | None:
    """The limit and its error for an error in whole powers of the distance: best where neighbours agree most."""
    row = [float(values[0])]
    best: tuple[float, float] | None = None
    for place in range(1, len(values)):
        now = [float(values[place])]
        for order in range(1, place + 1):
            now.append(now[-1] + (now[-1] - row[order - 1]) / (2.0**order - 1))
            error = max(abs(now[-1] - now[-2]), abs(now[-1] - row[order - 1]))
            if best is None or error < best[1]:
                best = (now[-1], error)
        row = now
    return best


def _epsilon(values: Array) -> tuple[float, float] | None:
    """The limit and its error by Wynn's epsilon algorithm: exact for a few geometric errors."""
    before = np.zeros(len(values) + 1)
    now = np.asarray(values, dtype=float)
    best: tuple[float, float] | None = None
    for column in range(1, len(values)):
        gaps = np.diff(now)
        if np.any(gaps == 0) or not np.all(np.isfinite(gaps)):
            return best
        following = before[1 : len(now)] + 1 / gaps
        before, now = now, following
        if column % 2 == 0 and len(now) >= 3:
            error = float(np.abs(np.diff(now[-3:])).max())
            if best is None or error < best[1]:
                best = (float(now[-1]), error)
    return best


__all__ = ["extrapolated"]
