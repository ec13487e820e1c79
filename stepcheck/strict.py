r"""Strict signs: a point at which the two sides of `<`, `>`, `\ne`, `\prec` or `\succ` are equal refutes the claim.

That two floating-point numbers are equal does not show it: `\tanh(40) < 1` is true, and rounds to `1 < 1`. A tie is
taken for an equality only if the gap opens around it as a power of the distance (in `1 + x < e^x` as its square), which
a gap lost to underflow or saturation does not do; or if the sides stay equal in a whole neighbourhood while both move,
also at half the size. Where nothing real can be moved, a neighbouring whole number has to show a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, World
from .model import Model
from .sample import Draw
from .search import free_tables
from .special import remade
from .values import Array, Undefined

STRICT = ("<", ">", "!=", "prec", "succ")
ULP = 2.0**-52
STEP = 1e-2
TOUCH = 1e-9  # gaps below this say nothing of how a gap opens
DIRECTIONS = 6
Found = tuple[Draw, int, Scope, Array, Array]
Sides = Callable[[Evaluator, Scope], tuple[Array, Array]]


@dataclass(slots=True)
class Ties:
    """Looks for equality under a strict sign. `sides` evaluates both sides; `letters` are what they rest on."""

    model: Model
    sign: str
    sides: Sides
    letters: list[str]
    most: int = 12  # ties looked into

    def find(self, made: Draw, scopes: Iterable[Scope], good: Array) -> Found | None:
        """A valid point of `made` at which the sides are equal, if one is confirmed."""
        for scope in scopes:
            try:
                a, b = self.sides(made.evaluator, scope)
            except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return None
            a, b = _spread(a, b, made.world.points)
            gap, scale = _gap(self.sign, a, b)
            tied = np.flatnonzero(good & (gap <= np.maximum(8 * ULP * scale, 1e-14)))
            for point in tied:
                if self.most <= 0:
                    return None
                self.most -= 1
                if self._is_equality(made, int(point), scope):
                    return made, int(point), scope, a[point], b[point]
        return None

    def between(self, made: Draw, scopes: Iterable[Scope], good: Callable[[Draw], Array]) -> Found | None:
        """Of `\\ne` between numbers: a point of equality between two points at which the gap has different signs."""
        if not self._real() or made.world.weights is not None:
            return None
        for scope in scopes:
            try:
                a, b = _spread(*self.sides(made.evaluator, scope), made.world.points)
                if a.shape[1:] != (1, 1):
                    return None
                gap = (a - b)[:, 0, 0]
                above, below = np.flatnonzero(gap > 0), np.flatnonzero(gap < 0)
                if not (above.size and below.size):
                    continue
                ends = [_single(made.world, int(each[0]), 1) for each in (above, below)]
                for _ in range(60):
                    middle = _mean(ends[0], ends[1], self._real())
                    at = Draw(middle, Evaluator(self.model, middle), made.scale)
                    x, y = _spread(*self.sides(at.evaluator, scope), 1)
                    if not np.isfinite(x - y).all():
                        break
                    if x[0, 0, 0] == y[0, 0, 0]:
                        break
                    ends[0 if x[0, 0, 0] > y[0, 0, 0] else 1] = middle
                found = self.find(at, [scope], good(at))
            except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return None
            if found is not None:
                return found
        return None

    def _is_equality(self, made: Draw, point: int, scope: Scope) -> bool:
        if not self._can_move(made.world):
            return self._neighbour_differs(made, point, scope)
        far, near = (self._gaps(self._moved(made.world, point, h), scope) for h in (STEP, STEP / 2))
        if far is None or near is None:
            return False
        with np.errstate(all="ignore"):
            opens = (far[0] > TOUCH) & (far[0] > 1.3 * near[0]) & (far[0] < 70 * near[0])
        return bool(np.any(opens)) or self._stays(made, point, scope, *far)

    def _real(self) -> list[str]:
        return [name for name in self.letters if self.model.symbols[name].domain == "real"]

    def _can_move(self, world: World) -> bool:
        return bool(self._real()) or (world.weights is not None and free_tables(self.model))

    def _moved(self, world: World, point: int, distance: float, size: float = 1.0) -> World:
        """The point moved so far in several directions, each taken both ways; `size` shrinks it first."""
        moved = _single(world, point, 2 * DIRECTIONS)
        rng = np.random.default_rng((point, 5))  # the same directions at each distance

        def away(name: str, x: v.Value) -> v.Value:
            a = v.plain(x)
            way = _kept(rng.normal(size=(DIRECTIONS, *a.shape[1:])), self.model.symbols[name].properties)
            return size * a + distance * np.concatenate([way, -way])

        for name in self._real():
            if name in moved.values:
                moved.values[name] = away(name, moved.values[name])
            else:
                moved.families[name] = {k: away(name, x) for k, x in moved.families[name].items()}
        if moved.weights is not None and free_tables(self.model) and not self.model.independent:
            raw = moved.weights + distance * rng.random(moved.weights.shape) / moved.weights.shape[1]
            moved.weights = raw / raw.sum(axis=1, keepdims=True)
        elif moved.weights is not None:
            remade(self.model, moved, np.random.default_rng(5))
        return moved

    def _gaps(self, world: World, scope: Scope) -> tuple[Array, Array] | None:
        """The gap at each moved point, as a part of the sides where these are large, and the larger side."""
        try:
            a, b = self.sides(Evaluator(self.model, world), scope)
        except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            return None
        gap, scale = _gap(self.sign, *_spread(a, b, world.points))
        return gap / np.maximum(scale, 1.0), scale

    def _stays(self, made: Draw, point: int, scope: Scope, far: Array, moved: Array) -> bool:
        """Whether the sides are equal all around the point while they move, and at half the size as well."""
        if not np.isfinite(far).any() or np.nanmax(far) > 8 * ULP:
            return False
        here = self._gaps(self._moved(made.world, point, 0.0), scope)
        half = self._gaps(self._moved(made.world, point, STEP, size=0.5), scope)
        if here is None or half is None or not np.isfinite(half[0]).any():
            return False
        moves = np.abs(moved - here[1]) > 1e-6 * (1e-3 + np.abs(here[1]))
        return bool(np.any(moves)) and bool(np.nanmax(half[0]) <= 8 * ULP)

    def _neighbour_differs(self, made: Draw, point: int, scope: Scope) -> bool:
        """Whether a gap shows at one of the next whole numbers, or at another of finitely many values."""
        whole = [name for name in self.letters if self.model.symbols[name].domain in ("natural", "integer")]
        finite = {
            name: self._choices(made, name) for name in self.letters if self.model.symbols[name].domain == "finite"
        }
        for turn, step in enumerate((1.0, 2.0, 3.0, -1.0)):
            world = _single(made.world, point, 1)
            for name in whole:
                if name in world.values:
                    world.values[name] = v.plain(world.values[name]) + step
            for name, choices in finite.items():
                if name in world.values and choices:
                    here = v.plain(world.values[name])
                    other = [each for each in choices if each != float(here.flat[0])]
                    if here.size == 1 and other:
                        world.values[name] = np.full_like(here, other[turn % len(other)])
            found = self._gaps(world, scope)
            if found is not None and np.isfinite(found[0]).all() and found[0][0] > TOUCH:
                return True
        return False

    def _choices(self, made: Draw, name: str) -> list[float]:
        try:
            values = [v.plain(made.evaluator.value(each)) for each in self.model.symbols[name].choices]
        except (ShapeClash, NotationError, NeedsSize, Undefined):
            return []
        return [float(each.flat[0]) for each in values]


def _kept(way: Array, properties: set[str]) -> Array:
    """Directions in which a symmetric matrix stays symmetric, a diagonal one diagonal."""
    if way.shape[-1] != way.shape[-2]:
        return way
    turned = np.swapaxes(way, -1, -2)
    if properties & {"symmetric", "spd", "psd"}:
        way = (way + turned) / 2
    elif "antisymmetric" in properties:
        way = (way - turned) / 2
    return way * np.eye(way.shape[-1]) if "diagonal" in properties else way


def _spread(a: Array, b: Array, points: int) -> tuple[Array, Array]:
    shape = np.broadcast_shapes(a.shape, b.shape, (points, 1, 1, 1))
    return np.broadcast_to(a, shape)[:, 0], np.broadcast_to(b, shape)[:, 0]


def _gap(sign: str, a: Array, b: Array) -> tuple[Array, Array]:
    """How far each point is from equality, (P,), and the size of the sides there. NaN where a side has no value."""
    fine: Array = np.all(np.isfinite(a) & np.isfinite(b), axis=(-1, -2))
    a, b = np.where(fine[:, None, None], a, 0.0), np.where(fine[:, None, None], b, 0.0)
    scale = np.maximum(np.abs(a), np.abs(b))
    if sign in ("prec", "succ"):
        diff = b - a if sign == "prec" else a - b
        if diff.shape[-1] != diff.shape[-2]:
            return np.full(fine.shape, np.nan), scale.max(axis=(-1, -2))
        gap = np.abs(np.linalg.eigvalsh((diff + np.swapaxes(diff, -1, -2)) / 2)).min(axis=-1)
        gap = np.where(gap <= 1e-13 * np.maximum(scale.max(axis=(-1, -2)), 1e-3), 0.0, gap)
        return np.where(fine, gap, np.nan), scale.max(axis=(-1, -2))
    each = np.abs(a - b)
    if sign == "!=":
        return np.where(fine, each.max(axis=(-1, -2)), np.nan), scale.max(axis=(-1, -2))
    flat, sizes = each.reshape(len(each), -1), scale.reshape(len(each), -1)
    at = np.argmin(flat / np.maximum(sizes, 1e-300), axis=1)[:, None]
    gap = np.take_along_axis(flat, at, axis=1)[:, 0]
    return np.where(fine, gap, np.nan), np.take_along_axis(sizes, at, axis=1)[:, 0]


def _mean(first: World, second: World, names: list[str]) -> World:
    """The world half way between two, in these letters."""

    def mean(x: v.Value, y: v.Value) -> v.Value:
        return (v.plain(x) + v.plain(y)) / 2

    return replace(
        first,
        values={name: mean(x, second.values[name]) if name in names else x for name, x in first.values.items()},
        families={
            name: {k: mean(x, second.families[name][k]) for k, x in members.items()} if name in names else members
            for name, members in first.families.items()
        },
    )


def _single(world: World, point: int, copies: int) -> World:
    """The world at one point, so many times over."""

    def at(x: v.Value) -> v.Value:
        a = v.plain(x)
        return np.repeat(a[point if a.shape[0] > 1 else 0][None], copies, axis=0)

    return replace(
        world,
        values={name: at(x) for name, x in world.values.items()},
        families={name: {k: at(x) for k, x in members.items()} for name, members in world.families.items()},
        weights=None if world.weights is None else np.asarray(at(world.weights)),
        points=copies,
    )


__all__ = ["STRICT", "Ties"]
