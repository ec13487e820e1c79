r"""Sizes that are not drawn for shapes: 1, equal ones, and many. A claim that holds at the drawn sizes may fail there.

Shapes are compared at distinct sizes from 2 up, for at 1 every product conforms. But a size may be 1 unless the note
says otherwise: `n > 1` of a declared `x \in \mathbb{R}^n` is refuted by `n = 1`, and `m \ne n` by equal ones. A claim
on sizes alone is tried on a grid of them; an inequality that rests on drawn values as well, at sizes of 1 and at equal
ones. Where a side has no value at such a size, as `\frac{1}{n-1}` at `n = 1`, that size says nothing, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from . import values as v
from .errors import NotationError
from .evaluate import Evaluator, NeedsSize, ShapeClash, World
from .grammar import name_of
from .model import Model, Symbol
from .sample import Draw, allowed_sizes, dimension_names
from .search import gathered
from .special import below
from .tree import Add, Call, Div, Index, Mul, Node, Num, Post, Pow, Sym
from .values import Undefined

SMALL = (*range(1, 13), 16, 25, 64)
LARGE = (100, 1000)  # where a side is plain arithmetic, and no array of that size is made
PAIRS = (1, 2, 3, 4, 5, 7, 10, 30)
FEW = (1, 2, 3, 5, 12)
MOST = 400  # sizes tried of one claim
# functions that take a matrix of one row or column for a vector, and one of one entry for a number
BY_SHAPE = {"bars", "norm1", "norminf", "normp", "softmax", "logsumexp", "vec", "diag"}


def sizes_alone(model: Model, evaluator: Evaluator, *sides: Node) -> list[str]:
    """The sizes that a claim speaks of, where it speaks of nothing else that was drawn; else none."""
    world = evaluator.world
    found: dict[str, None] = {}
    for each in below(model, *sides):
        for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
            if name is None:
                continue
            for part in evaluator.depends(name):
                symbol = model.symbols.get(part)
                if part in world.dims or (symbol is not None and is_counted(symbol)):
                    found[part] = None
                elif part in model.tables or part in model.laws or _is_drawn(model, world, part):
                    return []
    return list(found)


def is_counted(symbol: Symbol) -> bool:
    """Whether a symbol is a natural number that was drawn, as `k` of `k \\in \\mathbb{N}` is."""
    return symbol.kind == "value" and symbol.is_number and symbol.domain == "natural" and symbol.family is None


def is_plain(model: Model, *sides: Node) -> bool:
    """Whether the sides are plain arithmetic, in which nothing saturates and no array is made."""
    return all(
        isinstance(each, Num | Sym | Add | Mul | Div | Pow) or (isinstance(each, Post) and each.kind == "factorial")
        for each in below(model, *sides)
    )


def _is_drawn(model: Model, world: World, name: str) -> bool:
    symbol = model.symbols.get(name)
    if symbol is None:
        return False
    if name in {*world.values, *world.families, *world.tables, *world.functions, *world.levels}:
        return True
    return symbol.kind in ("random", "function") and name not in model.definitions


def grid_of_sizes(model: Model, made: Draw, names: list[str], *sides: Node) -> Iterator[Draw]:
    """Worlds without drawn values at many sizes `names`, small ones first, that meet what the note says of sizes."""
    plain = is_plain(model, *sides)
    menu: tuple[int, ...] = (*SMALL, *LARGE) if plain else SMALL[:12]
    if len(names) > 1:
        menu = (*PAIRS, 100) if plain and len(names) == 2 else PAIRS[:6] if len(names) == 2 else FEW
    tried = 0
    for chosen in sorted(product(menu, repeat=min(len(names), 4)), key=sum):
        other = _at(model, made, dict(zip(names, chosen, strict=False)))
        if other is not None:
            tried += 1
            yield other
        if tried >= MOST:
            return


def _at(model: Model, made: Draw, chosen: dict[str, int]) -> Draw | None:
    """A world of these sizes and natural numbers, without other values; None where the note forbids them."""
    dims = {name: chosen.get(name, size) for name, size in made.world.dims.items()}
    if not allowed_sizes(model, dims):
        return None
    values = {name: np.full((1, 1, 1, 1), float(size)) for name, size in chosen.items() if name not in dims}
    world = World(dims=dims, values=dict(values), points=1)
    return Draw(world, Evaluator(model, world), made.scale)


def unusual_sizes(model: Model, made: Draw, *sides: Node) -> Iterator[dict[str, int]]:
    """Sizes of 1, one of them and all, and all of them equal, that meet what the note says of sizes."""
    free = [name for name in dimension_names(model) if name in made.world.dims]
    usual = made.world.dims
    plans = [dict.fromkeys(free, 1)]
    if len(free) > 1:
        plans += [{name: 1} for name in free[:3]] + [dict.fromkeys(free, size) for size in (2, 3)]
    by_shape = any(isinstance(each, Call) and each.name in BY_SHAPE for each in below(model, *sides))
    for plan in plans:
        dims = {**usual, **plan}
        if dims != usual and allowed_sizes(model, dims) and not (by_shape and _flattens(model, usual, dims)):
            yield dims


def larger_naturals(model: Model, made: Draw, *sides: Node) -> Draw | None:
    r"""The points of `made` with its natural numbers past those that are drawn; None where the sides have none."""
    used = {name_of(each) for each in below(model, *sides)}
    names = [name for name, symbol in model.symbols.items() if is_counted(symbol) and name in made.world.values]
    if not used & set(names):
        return None
    world = gathered(made.world, np.arange(made.world.points))
    rng = np.random.default_rng(made.world.points)
    for name in names:
        world.values[name] = rng.integers(7, 21, size=(world.points, 1, 1, 1)).astype(float)
    return Draw(world, Evaluator(model, world), made.scale)


def _flattens(model: Model, usual: dict[str, int], dims: dict[str, int]) -> bool:
    """Whether a matrix that is none of one row or column at the usual sizes becomes one here."""
    here, there = (Evaluator(model, World(dims=each)) for each in (usual, dims))
    for symbol in model.symbols.values():
        if symbol.rows is None or symbol.cols is None:
            continue
        try:
            before = here.size(symbol.rows), here.size(symbol.cols)
            after = there.size(symbol.rows), there.size(symbol.cols)
        except (NotationError, NeedsSize, ShapeClash, Undefined):
            return True
        if 1 not in before and 1 in after:
            return True
    return False


def size_of(made: Draw, name: str) -> int:
    """A size or a natural number of this world."""
    return made.world.dims.get(name) or int(v.plain(made.world.values[name]).flat[0])


def neighbours(model: Model, made: Draw, names: list[str], *sides: Node) -> Iterator[Draw]:
    """The same sizes with one of them larger by one; smaller as well where nothing in the sides can saturate."""
    here = {name: size_of(made, name) for name in names}
    for name in names:
        for step in (1, -1) if is_plain(model, *sides) else (1,):
            other = _at(model, made, {**here, name: here[name] + step}) if here[name] + step > 0 else None
            if other is not None:
                yield other


__all__ = [
    "grid_of_sizes", "is_counted", "is_plain", "larger_naturals", "neighbours", "size_of", "sizes_alone",
    "unusual_sizes",
]  # fmt: skip
