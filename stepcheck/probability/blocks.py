"""Blocks: variables on atoms of their own, laid out on the product of all atoms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepcheck.evaluate import Scope, Unsupported
from stepcheck.model import Model, Symbol
from stepcheck.values import Array

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

MAX_ATOMS = 60_000


@dataclass(slots=True)
class Block:
    """Variables on atoms of their own: weights (P, q), values (P, q, r, c)."""

    weights: Array
    values: dict[str, Array]


def block_of(label: str, values: Array, weights: Array) -> Block:
    return Block(np.array(weights), {label: np.array(values)[:, :, None, None]})


def members_of(evaluator: Evaluator, symbol: Symbol) -> list[str]:
    if symbol.family is None:
        return [symbol.name]
    low = evaluator.integer(symbol.family[0], Scope())
    high = evaluator.integer(symbol.family[1], Scope())
    return [f"{symbol.name}\x00{place}" for place in range(low, high + 1)]


def atoms_of(blocks: list[Block]) -> float:
    """How many atoms the product of the blocks has."""
    return float(np.prod([block.weights.shape[1] for block in blocks], dtype=float))


def spread_out(model: Model, evaluator: Evaluator, blocks: list[Block], points: int, rng: np.random.Generator) -> None:
    """Lay blocks out on the product of their atoms, dependent where the note does not set them apart."""
    from .coupling import coupling_of

    sizes = [block.weights.shape[1] for block in blocks]
    if atoms_of(blocks) > MAX_ATOMS:
        raise Unsupported(
            "too-many-atoms", next(iter(model.symbols.values())).span, "Too many random variables at once."
        )
    total = int(np.prod(sizes))
    grids = np.indices(sizes).reshape(len(sizes), -1)
    weights = np.ones((points, total))
    for place, block in enumerate(blocks):
        chosen = grids[place]
        weights = weights * block.weights[:, chosen]
        for label, array in block.values.items():
            spread = array[:, chosen]
            name, _, member = label.partition("\x00")
            if member:
                evaluator.world.families.setdefault(name, {})[int(member)] = spread
            else:
                evaluator.world.values[name] = spread
    coupling = coupling_of(model, blocks, grids, rng, points)
    evaluator.world.coupled = coupling is not None
    if coupling is not None:
        weights = weights * coupling
    evaluator.world.weights = weights[:, :, None, None]
