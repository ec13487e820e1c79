"""A failing point made plain: small whole numbers, zeros and ones, as far as the failure and the givens survive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from . import values as v
from .evaluate import Evaluator, World
from .model import Model
from .sample import Draw
from .search import gathered, movable, unmoved
from .values import Array

ENTRY_BY_ENTRY = {
    "symmetric", "diagonal", "positive", "nonnegative", "nonzero", "invertible", "full-column-rank", "full-row-rank",
}  # fmt: skip
PLAIN = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0)
MOST_ENTRIES = 40
Fails = Callable[[Draw], Array]  # which points of a draw meet the givens and fail, (P,)


def plainer(model: Model, made: Draw, point: int, fails: Fails) -> Draw:
    """A draw of one point that fails as `point` of `made` does, with plainer values where there are some."""
    world = gathered(made.world, np.array([point]))
    letters = movable(model, world)
    if not letters:
        return Draw(world, Evaluator(model, world), made.scale)
    for digits in (0, 1, 2):
        rounded = _with(model, world, {name: np.round(x, digits) for name, x in _arrays(world, letters)})
        if rounded is not None and fails(rounded)[0]:
            world = rounded.world
            break
    budget = MOST_ENTRIES
    for name, x in list(_arrays(world, letters)):
        if not model.symbols[name.partition("\x00")[0]].properties <= ENTRY_BY_ENTRY:
            continue
        for r, c in np.ndindex(x.shape[-2:]):
            budget -= 1
            if budget < 0:
                break
            world = _entry(model, world, name, r, c, fails)
    return Draw(world, Evaluator(model, world), made.scale)


def _entry(model: Model, world: World, name: str, r: int, c: int, fails: Fails) -> World:
    """The world with the plainest value of one entry at which the claim still fails."""
    x = dict(_arrays(world, [name.partition("\x00")[0]]))[name]
    now = float(x[0, 0, r, c])
    tried = [value for value in PLAIN if _rank(value) < _rank(now)]
    props = model.symbols[name.partition("\x00")[0]].properties
    if not tried or ("diagonal" in props and r != c) or ("symmetric" in props and r > c):
        return world
    many = np.repeat(x, len(tried), axis=0)
    many[:, 0, r, c] = tried
    if "symmetric" in props:
        many[:, 0, c, r] = tried
    made = _with(model, gathered(world, np.zeros(len(tried), dtype=int)), {name: many}, every=False)
    good: Array = (
        np.flatnonzero(fails(made) & unmoved(model, made, name.partition("\x00")[0]))
        if made is not None
        else np.zeros(0)
    )
    return world if not len(good) or made is None else gathered(made.world, np.array([good[0]]))


def _rank(value: float) -> float:
    return PLAIN.index(value) if value in PLAIN else len(PLAIN) + abs(value)


def _arrays(world: World, letters: list[str]) -> Iterator[tuple[str, Array]]:
    """Name and array of each letter, a member of a family under `name NUL place`."""
    for name in letters:
        if name in world.values:
            yield name, v.plain(world.values[name])
        else:
            for place, member in world.families[name].items():
                yield f"{name}\x00{place}", v.plain(member)


def _with(model: Model, world: World, arrays: dict[str, Array], *, every: bool = True) -> Draw | None:
    """The world with these arrays; None where a letter would lose its properties or range at all points (`every`)."""
    values, families = dict(world.values), {name: dict(members) for name, members in world.families.items()}
    for name, x in arrays.items():
        root, _, place = name.partition("\x00")
        if place:
            families[root][int(place)] = x
        else:
            values[root] = x
    made = replace(world, values=values, families=families)
    draw = Draw(made, Evaluator(model, made), 1.0)
    if every and not all(unmoved(model, draw, name.partition("\x00")[0]).all() for name in arrays):
        return None
    return draw


def printed(model: Model, draw: Draw, digits: int) -> Draw:
    """The draw at the values that `digits` significant digits leave of it: what a reader is shown."""

    def short(x: v.Value) -> v.Value:
        a = v.plain(x)
        return np.array([float(f"{each:.{digits}g}") for each in a.ravel()]).reshape(a.shape)

    world = replace(
        draw.world,
        values={name: short(x) for name, x in draw.world.values.items()},
        families={name: {k: short(x) for k, x in members.items()} for name, members in draw.world.families.items()},
    )
    return Draw(world, Evaluator(model, world), draw.scale)
