"""Gives every random symbol its values on the atoms, and the world its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported
from stepcheck.model import Model, Symbol
from stepcheck.tree import Apply, Law, Mul, Sym

from .blocks import MAX_ATOMS, Block, atoms_of, block_of, members_of, spread_out
from .dependence import keep_dependence
from .facts import facts_of
from .generic import draw_generic
from .laws import named_law

THIN_ATOMS = 7_000

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def draw_laws(
    model: Model, evaluator: Evaluator, rng: np.random.Generator, points: int, scale: float, style: str
) -> None:
    """Give every random symbol its values on the atoms, and the world its weights."""
    names = [
        name for name, symbol in model.symbols.items() if symbol.kind == "random" and name not in model.definitions
    ]
    if not names:
        return
    evaluator.world.thin = {}
    named: list[tuple[Symbol, str, Law]] = []
    generic: list[str] = []
    facts = facts_of(model)
    conditioned = {each for told in facts.values() for fact in told for each, _ in fact.given}
    for name in names:
        symbol = model.symbols[name]
        if name in conditioned and isinstance(symbol.law, Law) and symbol.law.name == "Bernoulli":
            generic.append(name)
        elif symbol.law is not None and isinstance(symbol.law, Law):
            named += [(symbol, label, symbol.law) for label in members_of(evaluator, symbol)]
        else:
            _refuse_unknown(symbol)
            generic += members_of(evaluator, symbol)
    count = max(len(named), len(names))
    blocks = [named_law(evaluator, *each, points, _order_for(count), _at_member(model, each[1])) for each in named]
    labels = [label for block in blocks for label in block.values]
    tables = draw_generic(model, evaluator, generic, labels, rng, points, scale, style)
    if atoms_of([*blocks, *tables]) > MAX_ATOMS:
        blocks = _thinned(evaluator, named, blocks, tables, points)
    blocks += tables
    spread_out(model, evaluator, blocks, points, rng)
    keep_dependence(model, evaluator)


def _order_for(count: int) -> int:
    """How many nodes a continuous variable has where `count` are random."""
    return 64 if count == 1 else 40 if count == 2 else 16 if count <= 3 else 9


def _thinned(
    evaluator: Evaluator, named: list[tuple[Symbol, str, Law]], blocks: list[Block], tables: list[Block], points: int
) -> list[Block]:
    """The named laws by so few nodes each that all of them together have few atoms; exact for polynomials only.

    `world.thin` then says up to which degree. Where nothing helps, the blocks come back as they were.
    """
    for order in (5, 4, 3, 2):
        made = [
            _few(named_law(evaluator, *each, points, order, _at_member(evaluator.model, each[1])), order)
            for each in named
        ]
        if atoms_of([*made, *tables]) > THIN_ATOMS:
            continue
        for (symbol, _, _), few, full in zip(named, made, blocks, strict=True):
            if few.weights.shape[1] < full.weights.shape[1]:
                evaluator.world.thin[symbol.name] = 2 * order - 1
        return made
    return blocks


def _few(block: Block, order: int) -> Block:
    """A counting law by the Gauss rule of its own weights, point by point. Source: Golub & Welsch (1969)."""
    label, x = next(iter(block.values.items()))
    if x.shape[-2:] != (1, 1) or block.weights.shape[1] <= max(order, 2):
        return block
    values, weights = np.broadcast_to(x[:, :, 0, 0], block.weights.shape), block.weights
    if (np.count_nonzero(weights > 1e-300, axis=1) <= order).any():
        return block
    total = weights.sum(axis=1)
    basis = [np.sqrt(weights / total[:, None])]
    diagonal, beside = [], []
    for place in range(order):
        moved = values * basis[-1]
        diagonal.append((moved * basis[-1]).sum(axis=1))
        for each in basis:  # orthogonalised twice over, for round-off
            moved = moved - (moved * each).sum(axis=1)[:, None] * each
        for each in basis:
            moved = moved - (moved * each).sum(axis=1)[:, None] * each
        length = np.linalg.norm(moved, axis=1)
        if place < order - 1:
            beside.append(length)
            basis.append(moved / length[:, None])
    jacobi = np.zeros((len(values), order, order))
    for place in range(order):
        jacobi[:, place, place] = diagonal[place]
        if place < order - 1:
            jacobi[:, place, place + 1] = jacobi[:, place + 1, place] = beside[place]
    nodes, vectors = np.linalg.eigh(jacobi)
    return block_of(label, nodes, vectors[:, 0, :] ** 2)


def _at_member(model: Model, label: str) -> Scope:
    r"""`X_i \sim \mathcal{N}(\mu_i, 1)` has a mean of its own at each place of `i`."""
    name, _, place = label.partition("\x00")
    general = model.members.get(name)
    return Scope().with_names({general.letter: v.const(int(place))}) if place and general is not None else Scope()


def _refuse_unknown(symbol: Symbol) -> None:
    r"""`X \sim \mathrm{Cauchy}(0, 1)` says more than that X is random; `X \sim p` and `X \sim \mathcal{D}` do not."""
    law = symbol.law
    if isinstance(law, Apply):
        law = law.head
    elif isinstance(law, Mul):
        law = law.factors[0]
    if isinstance(law, Sym) and law.name.startswith("\\mathrm{"):
        word = law.name.removeprefix("\\mathrm{").removesuffix("}")
        raise Unsupported("law", law.span, f"The law `{word}` is not known here. Give its moments, or its density.")
