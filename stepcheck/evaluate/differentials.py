r"""Differentials: `\mathrm{d}F` is the derivative of `F` along an increment `\mathrm{d}X`, held fixed, of each letter
that the note varies. Source: Magnus & Neudecker, *Matrix Differential Calculus*, 3rd ed., ch. 5."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Call, walk
from stepcheck.values import Array, Value

from .shapes import Unsupported, Want, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator

FREE = {
    "invertible", "positive", "nonnegative", "psd", "spd", "symmetric", "diagonal", "full-column-rank", "full-row-rank",
}  # fmt: skip


def evaluate_differential(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    """The derivative of the argument along the increments of the letters that vary: those whose own differential the
    note writes, or else the one letter that the argument rests on."""
    body = node.args[0]
    level = scope.level + 1
    seeded: dict[str, Value] = {}
    for name, d in increments(evaluator, node, scope).items():
        tangent = d.reshape(1, *([1] * (level - 1)), *d.shape)
        seeded[name] = v.Dual(_present(evaluator, name, scope), tangent, level)
    made = evaluator.value(body, replace(scope.with_names(seeded), level=level), want)
    return v.linear(lambda a: a[0], v.tangents(made, level, 1))


def increments(evaluator: Evaluator, node: Call, scope: Scope) -> dict[str, Array]:
    """The increment (1, 1, rows, cols) of each letter that varies under this differential.

    Raises Unsupported where it is not clear which letters vary, or an increment would have to keep a property.
    """
    return {
        name: _increment(evaluator, name, shape_of(_present(evaluator, name, scope)), node)
        for name in _varied(evaluator, node)
    }


def _present(evaluator: Evaluator, name: str, scope: Scope) -> Value:
    return scope.bound.get(name, evaluator.world.values[name])


def _varied(evaluator: Evaluator, node: Call) -> list[str]:
    model, world = evaluator.model, evaluator.world
    rests_on: set[str] = set()
    for each in walk(node):
        name = name_of(each)
        if name is None:
            continue
        rests_on |= evaluator.depends(name)
        if name in model.definitions:
            rests_on |= set(model.definitions[name].params)  # `\\mathrm{d}f` of an `f(X)` is taken where X is
        elif each is node.args[0] and model.is_function(name):
            raise Unsupported("differential", node.span, f"At what is `{name}` taken? Write its argument.")
    free = [name for name in sorted(rests_on & set(world.values)) if name in model.symbols]
    if model.differentials:
        return [name for name in free if name in model.differentials]
    shaped = [name for name in free if not model.symbols[name].is_number] or free
    if len(shaped) == 1:
        return shaped
    raise Unsupported("differential", node.span, "What varies under this differential? Write `\\mathrm{d}X` once.")


def _increment(evaluator: Evaluator, name: str, shape: tuple[int, int], node: Call) -> Array:
    """(1, 1, rows, cols): small numbers, symmetric or diagonal where the letter is; the same at every point. The one
    that the world gives, where it gives one."""
    if name in evaluator.world.increments:
        return evaluator.world.increments[name]
    properties = evaluator.model.symbols[name].properties
    if properties - FREE or evaluator.model.symbols[name].kind != "value":
        raise Unsupported("differential", node.span, f"An increment of `{name}` that keeps its property is not drawn.")
    rng = np.random.default_rng([*name.encode()])
    d = rng.integers(1, 9, size=shape) * rng.choice([-0.5, 0.5], size=shape)
    if properties & {"symmetric", "psd", "spd"}:
        d = d + d.T
    if "diagonal" in properties:
        d = np.diag(np.diag(d))
    return np.asarray(d, dtype=float)[None, None]
