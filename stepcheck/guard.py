r"""Against vacuity: a claim that was only tried where nothing could fail is not called right.

**Equations.** Up to three slips of our own (`mutate`), of different kinds, are put to the points at which the claim
agreed. Each must fail there, and there must be two at least. A slip whose side has the value of the original at every
point is either no slip (the transpose of a symmetric matrix, the sign of a zero) or shows that the points are poor; the
two cannot be told apart at these points, so the claim is then tried at further ones of other sizes, and another slip is
chosen. Where both sides are zero at all points, those further ones included, a factor and a sign on a side change
nothing by nature, and often nothing inside does: the claim is `0 = 0` in every draw, and stands.

**Inequalities.** A slip in a side of `a <= b` may well be another true inequality (`log x <= x` stays true without the
logarithm), so surviving ones say nothing. What is wrong wherever the points have any power is the reversed claim,
`a >= b`: it survives only if the sides are equal at every point. Then what was seen is an equation, and the slips of
equations must fail. A scaled slack, `b` moved past `a` by a part of the gap, is wrong exactly where the reversed claim
is, so it adds nothing. That the points come near the places where the claim is tight is the work of `search`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import NeedsSize, Scope, ShapeClash, shape_of
from .model import Model
from .mutate import Kind, Letters, Mutant, mutants, whole_mutants
from .reading import Claim
from .sample import Draw
from .tree import Sym, walk
from .values import Array, Undefined

Seen = tuple[Draw, Scope, Array, Array]  # both sides of a claim in one draw: (P, 1, r, c) each
WANTED, NEEDED = 3, 2
TRIES = 12  # slips looked at, equivalent ones included
REVERSED = {
    "<=": ">=", "<": ">=", ">=": "<=", ">": "<=",
    "preceq": "succeq", "prec": "succeq", "succeq": "preceq", "succ": "preceq",
}  # fmt: skip
Fate = Literal["fails", "survives", "same", "unfit"]


@dataclass(frozen=True, slots=True)
class Guarded:
    """What slips came to: kinds that failed, those that passed although they differ, those that changed nothing."""

    failed: tuple[Kind, ...]
    survived: tuple[Mutant, ...]
    same: tuple[Mutant, ...]

    @property
    def is_strong(self) -> bool:
        return len(self.failed) >= NEEDED and not self.survived


def guard_equation(claim: Claim, model: Model, seen: list[Seen], *, cheaply: bool = False) -> Guarded:
    """Put slips of different kinds to the points of `seen` until three have failed.

    `cheaply`: slips of whole sides only, for a claim that is slow to evaluate.
    """
    assert claim.left is not None
    assert claim.right is not None
    letters = letters_of(claim, model, seen)
    failed: list[Kind] = []
    survived: list[Mutant] = []
    same: list[Mutant] = []
    tried = 0
    slips = whole_mutants(claim.left, claim.right) if cheaply else mutants(claim.left, claim.right, letters)
    for mutant in slips:
        if mutant.kind in failed:
            continue
        match fate(mutant, seen):
            case "fails":
                failed.append(mutant.kind)
            case "survives":
                survived.append(mutant)
            case "same":
                same.append(mutant)
            case "unfit":
                continue
        tried += 1
        if len(failed) >= WANTED or tried >= TRIES:
            break
    return Guarded(tuple(failed), tuple(survived), tuple(same))


def letters_of(claim: Claim, model: Model, seen: list[Seen]) -> Letters:
    """The letters of a claim that are no numbers, and pairs of letters that have one shape where they were drawn."""
    assert claim.left is not None
    assert claim.right is not None
    matrices = {name for name, symbol in model.symbols.items() if not symbol.is_number} | set(model.definitions)
    drawn = seen[0][0].world.values if seen else {}
    names = [each.name for side in (claim.left, claim.right) for each in walk(side) if isinstance(each, Sym)]
    by_shape: dict[tuple[int, int], list[str]] = {}
    for name in dict.fromkeys(name for name in names if name in drawn):
        by_shape.setdefault(shape_of(drawn[name]), []).append(name)
    twins = {name: other for group in by_shape.values() for name, other in pairwise(group)}
    return Letters(frozenset(matrices), twins)


def fate(mutant: Mutant, seen: Iterable[Seen]) -> Fate:
    """What a slip comes to at the points: it fails, it passes, it changes nothing, or it does not conform."""
    from .verdict import agrees

    differs = False
    for made, scope, left, right in seen:
        original, other = (left, right) if mutant.side == "left" else (right, left)
        if mutant.times is not None:
            slip = original * mutant.times
        else:
            try:
                slip = v.plain(made.evaluator.value(mutant.node, scope, shape_of(other)))
            except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return "unfit"
        outcomes = (1, original.shape[1], other.shape[1])  # more than one where the claim is between random quantities
        if shape_of(slip) != shape_of(other) or slip.ndim != other.ndim or slip.shape[1] not in outcomes:
            return "unfit"
        for now, before, against in _points(slip, original, other):
            if agrees(now, before, "=") is False:
                differs = True
                if agrees(now, against, "=") is False:
                    return "fails"
    return "survives" if differs else "same"


def _points(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The arrays point by point, where all of them are finite."""
    together = np.broadcast_arrays(*arrays)
    for point in range(together[0].shape[0]):
        each = tuple(array[point] for array in together)
        if all(np.isfinite(array).all() for array in each):
            yield each


def reversed_fails(claim: Claim, seen: Iterable[Seen]) -> bool:
    """Whether the claim with its sign turned round is wrong at some point, as it is unless the sides are equal."""
    from .verdict import agrees

    sign = REVERSED[claim.sign]
    return any(agrees(a, b, sign) is False for _, _, left, right in seen for a, b in _points(left, right))


def vanishes(seen: Iterable[Seen]) -> bool:
    """Whether both sides are zero at every point."""
    return all(np.nanmax(np.abs(side), initial=0) <= 1e-9 for _, _, left, right in seen for side in (left, right))
