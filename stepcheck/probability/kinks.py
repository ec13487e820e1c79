r"""Expectations of what has a kink or a jump, as `\mathbb{E}[\max(0, X)]` or `\mathbb{E}[\mathbb{1}[X > a]]`.

The nodes of a law are exact for polynomials, and a hundredth off across a kink. So where the branches taken differ
between values of one continuous variable, the expectation is taken again by panels that end at the kinks, which are
found by bisection on the branches, point by point; two orders must agree. Of several continuous variables at once it is
refused, as is a derivative that moves a jump.

Source: Davis & Rabinowitz, *Methods of Numerical Integration*, 2nd ed., §2.12 (splitting at singularities).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import scipy  # scipy.special is loaded when it is first named: most notes have no use for it

from stepcheck import values as v
from stepcheck.evaluate import NOTHING, Scope, Unsupported
from stepcheck.grammar import name_of
from stepcheck.tree import Add, Div, Expect, Index, Law, Mul, Node, Num, Pow, Sym, walk
from stepcheck.values import Array, Value
from stepcheck.values.branches import recorded

from .conditioning import is_continuous, random_names
from .laws import parameter

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

GRID = 241
MOST = 12
BISECTIONS = 48
_ORDERS = {count: np.polynomial.legendre.leggauss(count) for count in (14, 20)}
Averaging = Callable[[list[Value], Array], Value]


def split_at_kinks(evaluator: Evaluator, node: Expect, scope: Scope, average: Averaging) -> Value | None:
    """The expectation by panels between kinks; None where no branch depends on a continuous variable.

    `average` makes the answer of the arguments and the weights of their atoms.
    """
    names = list(dict.fromkeys(name for arg in node.args for name in random_names(evaluator, arg)))
    moving = [name for name in names if is_continuous(evaluator, name) and name not in scope.bound]
    if not moving:
        return None
    world = evaluator.world
    freed = {name: world.values[name] for name in moving if name in world.values}
    freed |= {f"{name}_{k}": x for name in moving for k, x in world.families.get(name, {}).items()}
    with recorded() as branches:
        for arg in node.args:
            evaluator.value(arg, scope.with_names(freed), NOTHING)
    atoms = 1 if world.weights is None else world.weights.shape[1]
    if not any(_varies(mask, atoms) for mask in branches.masks):
        return None
    law = evaluator.model.symbols[moving[0]].law
    several = "entries" in evaluator.model.symbols[moving[0]].properties
    if several or len(names) > 1 or moving[0] not in world.values or node.given or not isinstance(law, Law):
        raise _refused(node)
    return over_law(evaluator, node, moving[0], law, scope, average)


def kinked_under_law(evaluator: Evaluator, node: Expect, name: str, x: Value, scope: Scope) -> bool:
    r"""Whether `node`, an expectation over `name` with the values `x`, takes branches that depend on it."""
    with recorded() as branches:
        for arg in node.args:
            evaluator.value(arg, scope.with_names({name: x}), NOTHING)
    return any(_varies(mask, v.plain(x).shape[-3]) for mask in branches.masks)


def is_kinked(evaluator: Evaluator, node: Expect, scope: Scope) -> bool:
    """Whether `node` takes branches that differ between atoms."""
    with recorded() as branches:
        for arg in node.args:
            evaluator.value(arg, scope, NOTHING)
    atoms = 1 if evaluator.world.weights is None else evaluator.world.weights.shape[1]
    return any(_varies(mask, atoms) for mask in branches.masks)


SMOOTH = {
    "Normal",
    "Uniform",
    "Exponential",
    "Gamma",
    "Beta",
    "Laplace",
    "LogNormal",
    "Gumbel",
}  # the laws that `_line` knows


def is_polynomial(evaluator: Evaluator, node: Node, name: str) -> bool:
    """Whether `node` is a polynomial in `name`, of which the nodes of a law are exact."""

    def free(each: Node) -> bool:
        return not any(name in evaluator.depends(found) for below in walk(each) if (found := name_of(below)))

    definition = evaluator.model.definitions.get(name_of(node) or "")
    if free(node):
        return True
    match node:
        case Sym() | Index():
            return definition is None or is_polynomial(evaluator, definition.body, name)
        case Add():
            return all(is_polynomial(evaluator, each, name) for _, each in node.terms)
        case Mul():
            return all(is_polynomial(evaluator, each, name) for each in node.factors)
        case Div(top, bottom):
            return free(bottom) and is_polynomial(evaluator, top, name)
        case Pow(exponent=Num(value)) if value.denominator == 1 and value >= 0:
            return is_polynomial(evaluator, node.base, name)
        case _:
            return False


def by_panels(evaluator: Evaluator, node: Expect, scope: Scope, average: Averaging) -> Value | None:
    """The expectation by panels, of one number with a continuous law and no polynomial; None of anything else."""
    names = list(dict.fromkeys(name for arg in node.args for name in random_names(evaluator, arg)))
    if len(names) != 1 or node.given or scope.level or names[0] in scope.bound:
        return None
    law, x = evaluator.model.symbols[names[0]].law, evaluator.world.values.get(names[0])
    if not isinstance(law, Law) or law.name not in SMOOTH or x is None or v.plain(x).shape[-2:] != (1, 1):
        return None
    if law.name == "Uniform" and len(law.params) != 2:
        return None
    if law.name != "LogNormal" and all(is_polynomial(evaluator, arg, names[0]) for arg in node.args):
        return None
    try:
        whole = over_law(evaluator, node, names[0], law, scope, average)
        inner = over_law(evaluator, node, names[0], law, scope, average, reach=0.85)
    except Unsupported:
        if law.name != "Uniform":
            raise  # its nodes would be a guess
        whole = over_law(evaluator, node, names[0], law, scope, average, logistic=True)
        inner = over_law(evaluator, node, names[0], law, scope, average, reach=0.85, logistic=True)
    settled = np.abs(v.plain(whole) - v.plain(inner)) <= 1e-9 * (1e-3 + np.abs(v.plain(whole)))
    if np.any(settled):
        evaluator.pass_over(~settled)  # there the tails that are left out may matter
    else:
        raise Unsupported("quadrature", node.span, "This expectation does not settle under quadrature.")
    return whole


def _refused(node: Node) -> Unsupported:
    return Unsupported("kink", node.span, "An expectation across a kink is evaluated for one variable with a law only.")


def _varies(mask: Array, atoms: int) -> bool:
    return atoms > 1 and mask.ndim >= v.CORE and mask.shape[-3] == atoms and bool(np.any(mask != mask[..., :1, :, :]))


def over_law(
    evaluator: Evaluator,
    node: Expect,
    name: str,
    law: Law,
    scope: Scope,
    average: Averaging,
    reach: float = 1.0,
    logistic: bool = False,
) -> Value:
    """The expectation under `law` of one variable, by panels that end where a branch changes."""
    points = evaluator.world.points
    at, log_weight, low, high = _line(evaluator, law, points, scope, logistic=logistic)
    if law.name != "Uniform" or logistic:
        low, high = reach * low, reach * high

    def taken(w: Array) -> tuple[list[Value], list[Array], bool]:
        """The arguments at the nodes `w` (P, N), and the branches taken there, (P, N, entries) each."""
        x = at(w)[:, :, None, None]
        with recorded() as branches:
            made = [evaluator.value(arg, scope.with_names({name: x}), NOTHING) for arg in node.args]
        count = w.shape[1]
        masks = [
            np.broadcast_to(mask, (*mask.shape[:-4], points, *mask.shape[-3:])).reshape(
                -1, points, count, mask[0, 0].size
            )
            for mask in branches.masks
            if mask.ndim >= v.CORE and mask.shape[-3] == count
        ]
        return made, [np.moveaxis(mask, 0, -1).reshape(points, count, -1) for mask in masks], branches.jumps

    grid = np.broadcast_to(np.linspace(low, high, GRID), (points, GRID))
    _, masks, jumps = taken(grid)
    if scope.level > 1 or (scope.level and jumps):
        raise Unsupported("kink", node.span, "A derivative of an expectation across a jump is not evaluated.")
    roots = _roots(node, masks, grid, lambda w: taken(w)[1])
    edges = np.sort(np.concatenate([np.broadcast_to(np.linspace(low, high, 25), (points, 25)), roots], axis=1), axis=1)
    found: list[Value] = []
    for nodes, weights in _ORDERS.values():
        half = np.diff(edges, axis=1)[:, :, None] / 2
        w = (edges[:, :-1, None] + half * (nodes + 1)).reshape(points, -1)
        mass = (half * weights).reshape(points, -1) * np.exp(log_weight(w))
        args, _, _ = taken(w)
        found.append(average(args, (mass / mass.sum(axis=1, keepdims=True))[:, :, None, None]))
    coarse, fine = v.plain(found[0]), v.plain(found[1])
    with np.errstate(all="ignore"):
        if np.any(np.abs(coarse - fine) > 1e-9 * (1 + np.abs(fine))):
            raise Unsupported("quadrature", node.span, "This expectation does not settle under quadrature.")
    return found[1]


def _roots(node: Node, masks: list[Array], grid: Array, taken: Callable[[Array], list[Array]]) -> Array:
    """Where the branches change, (P, M), as exactly as numbers allow; padded with ends of the grid."""
    if not masks:
        return grid[:, :0]
    stacked = np.concatenate(masks, axis=-1)
    changes = stacked[:, 1:] != stacked[:, :-1]
    # branches that change together are one kink
    most = int(changes.sum(axis=1).max(initial=0))
    per_point = [_distinct(stacked[p], np.argwhere(each)) for p, each in enumerate(changes)]
    count = max(len(each) for each in per_point)
    if count > MOST or most > GRID // 4:
        raise Unsupported("kink", node.span, "This expectation has too many kinks to be taken exactly.")
    cells = np.zeros((len(grid), count), dtype=int)
    entries = np.zeros((len(grid), count), dtype=int)
    real = np.zeros((len(grid), count), dtype=bool)
    for p, each in enumerate(per_point):
        cells[p, : len(each)], entries[p, : len(each)], real[p, : len(each)] = each[:, 0], each[:, 1], True
    rows = np.arange(len(grid))[:, None]
    low, high = grid[rows, cells], grid[rows, cells + 1]
    before = stacked[rows, cells, entries]
    if not count:
        return low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        now = np.concatenate(taken(middle), axis=-1)[rows, np.arange(count)[None], entries]
        low, high = np.where(now == before, middle, low), np.where(now == before, high, middle)
    return np.where(real, (low + high) / 2, grid[:, :1])


def _distinct(branches: Array, places: Array) -> Array:
    """The changes (cell, branch), one only of those in a cell whose branches agree everywhere up to their sign."""
    columns = branches[:, places[:, 1]]
    columns = np.where(columns[:1], columns, ~columns).T
    kinds = np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1) if len(places) else places[:, 0]
    return np.asarray(places[np.unique(kinds * GRID + places[:, 0], return_index=True)[1]])


def _line(
    evaluator: Evaluator, law: Law, points: int, scope: Scope, *, logistic: bool = False
) -> tuple[Callable[[Array], Array], Callable[[Array], Array], float, float]:
    """A law on a line where its weight is smooth: the value at `w`, the log weight there up to a constant, the ends."""
    params = [parameter(evaluator, each, points, "A parameter", scope)[:, None] for each in law.params]
    match law.name:
        case "Normal":
            return lambda w: params[0] + np.sqrt(params[1]) * w, lambda w: -w * w / 2, -13.0, 13.0
        case "Uniform" if len(params) == 2 and logistic:  # for what is singular at an end
            low, high = params
            return (
                lambda w: np.where(
                    w < 0, low + (high - low) * scipy.special.expit(w), high - (high - low) * scipy.special.expit(-w)
                ),
                lambda w: scipy.special.log_expit(w) + scipy.special.log_expit(-w),
                -34.0,
                34.0,
            )
        case "Uniform" if len(params) == 2:
            return lambda w: params[0] + (params[1] - params[0]) * w, np.zeros_like, 0.0, 1.0
        case "Exponential" | "Gamma":
            shape = np.ones((points, 1)) if law.name == "Exponential" else params[0]
            rate = 1 / params[-1] if evaluator.model.says("scale") else params[-1]
            top = float(shape.max())
            ends = (-40 / min(float(shape.min()), 1.0), float(np.log(top + 60 + 10 * np.sqrt(top))))
            return lambda w: np.exp(w) / rate, lambda w: shape * w - np.exp(w) - scipy.special.gammaln(shape), *ends
        case "Laplace":  # an edge of panels stands in the middle
            return lambda w: params[0] + params[1] * w, lambda w: -np.abs(w), -84.0, 84.0
        case "LogNormal":
            return lambda w: np.exp(params[0] + np.sqrt(params[1]) * w), lambda w: -w * w / 2, -15.0, 15.0
        case "Gumbel":
            return lambda w: params[0] + params[1] * w, lambda w: -w - np.exp(-w), -4.5, 45.0
        case "Beta":
            a, b = params
            ends = (-40 / min(float(a.min()), 1.0), min(40 / min(float(b.min()), 1.0), 36.0))  # 1 - 2e-16 is a number
            return (
                scipy.special.expit,
                lambda w: a * scipy.special.log_expit(w) + b * scipy.special.log_expit(-w),
                *ends,
            )
        case _:
            raise Unsupported("kink", law.span, f"An expectation across a kink is not evaluated for `{law.name}`.")


__all__ = ["by_panels", "is_kinked", "kinked_under_law", "over_law", "split_at_kinks"]
