r"""Laws whose parameters move: `\frac{d}{d\lambda} \mathbb{E}[X]` differentiates through the law of `X`.

An expectation is entered with the parameters of the laws of what is random in it, as they stand in the scope around it.
Where such a parameter is a variable of differentiation, or has another value than it was drawn with, a variable of a
location and scale moves with it (X = μ + σZ, X = E/λ), and the weights of a counting variable are multiplied by the
ratio of its masses. What is differentiated inside an expectation finds the variable held fixed.

Source: Mohamed, Rosca, Figurnov & Mnih (2020), *Monte Carlo Gradient Estimation in Machine Learning*, §4 and §5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported
from stepcheck.tree import Law, Node, walk
from stepcheck.values import Array, Dual, Value

from .conditioning import random_names

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def entered(
    evaluator: Evaluator, nodes: tuple[Node, ...], scope: Scope, *, conditional: bool = False
) -> tuple[Scope, Value | None]:
    """The scope within an expectation of `nodes`, and what its weights are multiplied by (None: nothing).

    Raises Unsupported where the parameters move and what is asked for depends on more than the note says.
    """
    names = list(dict.fromkeys(name for node in nodes for name in random_names(evaluator, node)))
    movers = [name for name in names if _moves(evaluator, name, scope)]
    if not movers:
        return scope, None
    world, place = evaluator.world, nodes[0].span
    if conditional:
        raise Unsupported("moving-law", place, "A condition on a law whose parameter varies is not evaluated.")
    members = sum(len(world.families.get(name, {0: None})) for name in names)
    if world.coupled and members > 1:
        raise Unsupported(
            "moving-law", place, "This depends on how the variables depend on each other. Say which are independent."
        )
    bound: dict[str, Value] = {}
    factor: Value | None = None
    for name in movers:
        law = evaluator.model.symbols[name].law
        if not isinstance(law, Law) or "entries" in evaluator.model.symbols[name].properties:
            raise Unsupported("moving-law", place, f"How the law of `{name}` depends on this parameter is not said.")
        drawn = [v.plain(evaluator.value(each, Scope())) for each in law.params]
        told = (
            {f"{name}_{k}": x for k, x in world.families[name].items()}
            if name in world.families
            else {name: world.values[name]}
        )
        for label, x in told.items():
            moved, ratio = moved_law(evaluator, law, v.plain(x), drawn, scope)
            if moved is not None:
                bound[label] = moved
            if ratio is not None:
                factor = ratio if factor is None else v.times(factor, ratio)
    return scope.with_names(bound), factor


def _moves(evaluator: Evaluator, name: str, scope: Scope) -> bool:
    """Whether a parameter of the law of `name` is bound to something else than it was drawn with."""
    if name in scope.bound:
        return False
    for below in evaluator.depends(name) - {name}:
        for label in (below, *(each for each in scope.bound if each.split("_")[0] == below)):
            value = scope.bound.get(label)
            if value is None:
                continue
            drawn = evaluator.world.values.get(below)
            if isinstance(value, Dual) or drawn is None or not np.array_equal(v.plain(drawn), value):
                return True
    return False


def moved_law(
    evaluator: Evaluator, law: Law, x: Array, drawn: list[Array], scope: Scope
) -> tuple[Value | None, Value | None]:
    """`x`, drawn at the parameters `drawn`, at those of the scope: its values, or the ratio of its masses."""
    if not any(_differs(evaluator, node, old, scope) for node, old in zip(law.params, drawn, strict=True)):
        return None, None
    new = [evaluator.value(each, scope, old.shape[-2:]) for each, old in zip(law.params, drawn, strict=True)]
    one = v.const(1)
    match law.name:
        case "Normal" if x.shape[-2] == 1:
            standard = (x - drawn[0]) / np.sqrt(drawn[1])
            return v.add(new[0], v.times(v.sqrt(new[1]), standard)), None
        case "Normal":
            return None, v.exp(v.sub(_log_normal(x, new), _log_normal(x, list(drawn))))
        case "Laplace" | "Gumbel":
            return v.add(new[0], v.times(new[1], (x - drawn[0]) / drawn[1])), None
        case "LogNormal":
            standard = (np.log(x) - drawn[0]) / np.sqrt(drawn[1])
            return v.exp(v.add(new[0], v.times(v.sqrt(new[1]), standard))), None
        case "Uniform" if len(new) == 2:
            share = (x - drawn[0]) / (drawn[1] - drawn[0])
            return v.add(new[0], v.times(v.sub(new[1], new[0]), share)), None
        case "Exponential":
            scale = evaluator.model.says("scale")
            return (v.times(x / drawn[0], new[0]) if scale else v.divide(x * drawn[0], new[0])), None
        case "Gamma" if not _differs(evaluator, law.params[0], drawn[0], scope):
            scale = evaluator.model.says("scale")
            return (v.times(x / drawn[1], new[1]) if scale else v.divide(x * drawn[1], new[1])), None
        case "Bernoulli":

            def mass(p: Value) -> Value:
                return v.add(v.times(x, p), v.times(1 - x, v.sub(one, p)))

            return None, v.divide(mass(new[0]), mass(drawn[0]))
        case "Poisson":
            ratio = v.log(v.divide(new[0], drawn[0]))
            return None, v.exp(v.sub(v.times(x, ratio), v.sub(new[0], drawn[0])))
        case "Geometric":
            stays = v.log(v.divide(v.sub(one, new[0]), 1 - drawn[0]))
            return None, v.exp(v.add(v.times(x - 1, stays), v.log(v.divide(new[0], drawn[0]))))
        case "Binomial" if not _differs(evaluator, law.params[0], drawn[0], scope):
            falls = v.log(v.divide(v.sub(one, new[1]), 1 - drawn[1]))
            comes = v.log(v.divide(new[1], drawn[1]))
            return None, v.exp(v.add(v.times(x, comes), v.times(drawn[0] - x, falls)))
        case "Categorical":
            rows = drawn[0].shape[-2]
            picked = (x == np.arange(1.0, rows + 1).reshape(1, 1, 1, rows)).astype(float)
            return None, v.divide(v.matmul(picked, new[0]), v.matmul(picked, drawn[0]))
        case _:
            raise Unsupported("moving-law", law.span, f"A parameter of `{law.name}` that varies is not evaluated.")


def _differs(evaluator: Evaluator, node: Node, old: Array, scope: Scope) -> bool:
    new = evaluator.value(node, scope, old.shape[-2:])
    return isinstance(new, Dual) or not np.array_equal(
        np.broadcast_arrays(new, old)[0], np.broadcast_to(old, np.broadcast_shapes(np.shape(new), old.shape))
    )


def _log_normal(x: Value, params: list[Value] | list[Array]) -> Value:
    """The logarithm of the density of a normal vector, but for a constant."""
    gap = v.sub(x, params[0])
    form = v.matmul(v.transpose(gap), v.matmul(v.inverse(params[1]), gap))
    return v.times(v.const(-0.5), v.add(form, v.log(v.determinant(params[1]))))


def is_differentiated(evaluator: Evaluator, node: Node, scope: Scope) -> bool:
    """Whether anything in `node` is a variable of a differentiation around it."""
    return any(
        isinstance(value, Dual) and any(below == label or label.split("_")[0] == below for below in mentioned)
        for mentioned in [_mentioned(evaluator, node)]
        for label, value in scope.bound.items()
    )


def _mentioned(evaluator: Evaluator, node: Node) -> set[str]:
    from stepcheck.grammar import name_of

    names = {name for each in walk(node) if (name := name_of(each)) is not None}
    return {below for name in names for below in evaluator.depends(name)} | names
