"""Gives every random symbol its values on the atoms, and the world its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck.evaluate import Unsupported
from stepcheck.model import Model, Symbol
from stepcheck.tree import Apply, Law, Mul, Sym

from .blocks import Block, members_of, spread_out
from .dependence import keep_dependence
from .facts import facts_of
from .generic import draw_generic
from .laws import named_law

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
    blocks: list[Block] = []
    generic: list[str] = []
    facts = facts_of(model)
    conditioned = {each for told in facts.values() for fact in told for each, _ in fact.given}
    for name in names:
        symbol = model.symbols[name]
        if name in conditioned and isinstance(symbol.law, Law) and symbol.law.name == "Bernoulli":
            generic.append(name)
        elif symbol.law is not None and isinstance(symbol.law, Law):
            members = members_of(evaluator, symbol)
            for label in members:
                blocks.append(named_law(evaluator, symbol, label, symbol.law, points, len(names) * len(members)))
        else:
            _refuse_unknown(symbol)
            generic += members_of(evaluator, symbol)
    named = [label for block in blocks for label in block.values]
    blocks += draw_generic(model, evaluator, generic, named, rng, points, scale, style)
    spread_out(model, evaluator, blocks, points, rng)
    keep_dependence(model, evaluator)


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
