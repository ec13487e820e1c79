"""Entropies, mutual information and divergences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, is_number, shape_of
from stepcheck.grammar import name_of
from stepcheck.model import Symbol
from stepcheck.tree import Info, Law, Node, Relation, Sequence
from stepcheck.values import Value

from .conditioning import is_continuous, random_names
from .laws import log_mass, named_law, parameter

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


def _xlogy(x: Value, y: Value) -> Value:
    zero = v.plain(x) == 0
    return v.choose(zero, v.times(v.const(0), v.plain(x)), v.times(x, v.log(v.choose(zero, v.const(1), y))))


def evaluate_information(evaluator: Evaluator, node: Info, scope: Scope) -> Value:
    if node.kind == "KL":
        return _divergence(evaluator, node.args[0], node.args[1], scope)
    if node.kind == "JS":
        raise Unsupported("divergence", node.span, "Write the Jensen–Shannon divergence out.")
    random = [name for arg in (*node.args, *node.given) for name in random_names(evaluator, arg)]
    if node.kind == "H" and not random:
        p = evaluator.value(node.args[0], scope)
        if is_number(p):
            raise Unsupported("entropy", node.span, "The entropy of a number: say of which variable or vector.")
        q = evaluator.value(node.args[1], scope) if len(node.args) > 1 else p
        return v.neg(v.total(_xlogy(p, q)))
    gaussian = _gaussian_information(evaluator, node)
    if gaussian is not None:
        return gaussian
    if any(is_continuous(evaluator, name) for name in random):
        raise Unsupported("entropy", node.span, "The entropy of this continuous law is not evaluated.")
    if node.kind == "H":
        return v.sub(_entropy(evaluator, (*node.args, *node.given), scope), _entropy(evaluator, node.given, scope))
    if len(node.args) != 2:
        raise Unsupported("information", node.span, "Mutual information takes two arguments.")
    x, y = node.args
    z = node.given
    made = v.add(_entropy(evaluator, (x, *z), scope), _entropy(evaluator, (y, *z), scope))
    return v.sub(v.sub(made, _entropy(evaluator, (x, y, *z), scope)), _entropy(evaluator, z, scope))


def _entropy(evaluator: Evaluator, variables: tuple[Node, ...], scope: Scope) -> Value:
    """Entropy of the joint law of `variables`, natural logarithm; 0 of nothing."""
    variables = tuple(item for each in variables for item in (each.items if isinstance(each, Sequence) else (each,)))
    if not variables:
        return v.const(0)
    w = evaluator.world.weights
    if w is None:
        raise Unsupported("entropy", variables[0].span, "Nothing random is declared here.")
    flat = w[:, :, 0, 0]
    if flat.shape[1] > 600:
        raise Unsupported("entropy", variables[0].span, "This law has too many atoms for an entropy.")
    same = np.ones((flat.shape[0], flat.shape[1], flat.shape[1]), dtype=bool)
    for each in variables:
        value = v.plain(evaluator.value(each, scope))
        x = np.broadcast_to(value, (*flat.shape, *value.shape[-2:]))
        same &= np.isclose(x[:, :, None], x[:, None, :]).all(axis=(-1, -2))
    mass = (same * flat[:, None, :]).sum(axis=-1)
    with np.errstate(all="ignore"):
        terms = np.where(flat > 0, -flat * np.log(np.where(mass > 0, mass, 1)), 0)
    return np.asarray(terms.sum(axis=1)[:, None, None, None])


def _gaussian_information(evaluator: Evaluator, node: Info) -> Value | None:
    """Mutual information of two blocks of a jointly Gaussian vector."""
    for assumption in evaluator.model.probabilities:
        if assumption.words != "joint-law" or not isinstance(assumption.relation, Relation):
            continue
        law = assumption.relation.sides[-1]
        from stepcheck.tree import Grid

        grid = assumption.relation.sides[0]
        if not isinstance(law, Law) or law.name != "Normal" or not isinstance(grid, Grid):
            continue
        cells = [cell for row in grid.rows for cell in row]
        names = [name_of(cell) for cell in cells]
        wanted = [name_of(arg) for arg in node.args]
        if node.kind != "I" or node.given or any(name not in names for name in wanted):
            continue
        if any(
            name in evaluator.model.symbols and evaluator.size(evaluator.model.symbols[name].rows) > 1
            for name in names
            if name
        ):
            return None
        cov = evaluator.value(law.params[1])
        a, b = (names.index(name) for name in wanted)
        joint = v.blocks([[v.entry(cov, a, a), v.entry(cov, a, b)], [v.entry(cov, b, a), v.entry(cov, b, b)]])
        ratio = v.divide(v.times(v.entry(cov, a, a), v.entry(cov, b, b)), v.determinant(joint))
        return v.times(v.const(0.5), v.log(ratio))
    return None


def _divergence(evaluator: Evaluator, left: Node, right: Node, scope: Scope) -> Value:
    laws = [each if isinstance(each, Law) else evaluator.model.laws.get(name_of(each) or "") for each in (left, right)]
    if laws[0] is not None and laws[1] is not None:
        return _divergence_of_laws(evaluator, laws[0], laws[1], scope)
    p, q = evaluator.value(left, scope), evaluator.value(right, scope)
    if shape_of(p) != shape_of(q) or is_number(p):
        raise Unsupported("divergence", left.span, "A divergence is taken between two laws or probability vectors.")
    return v.total(v.sub(_xlogy(p, p), _xlogy(p, q)))


def _divergence_of_laws(evaluator: Evaluator, p: Law, q: Law, scope: Scope) -> Value:
    if p.name != q.name:
        raise Unsupported("divergence", p.span, "A divergence between laws of different kinds is not evaluated.")
    if p.name == "Normal":
        means = evaluator._all([p.params[0], q.params[0]], scope, (None, None))
        rows = shape_of(means[0])[0]
        covs = [evaluator.value(each.params[1], scope, (rows, rows)) for each in (p, q)]
        inverse = v.inverse(covs[1])
        gap = v.sub(means[1], means[0])
        total = v.add(v.trace(v.matmul(inverse, covs[0])), v.matmul(v.transpose(gap), v.matmul(inverse, gap)))
        logs = v.sub(v.log(v.determinant(covs[1])), v.log(v.determinant(covs[0])))
        return v.times(v.const(0.5), v.add(v.sub(total, v.const(rows)), logs))
    points = evaluator.world.points
    symbol = Symbol("x", p.span, "random", law=p)
    if p.name in ("Poisson", "Geometric", "Binomial", "Bernoulli", "Categorical"):
        block = named_law(evaluator, symbol, "x", p, points, 1)
        x = block.values["x"]
        masses = [log_mass(evaluator, law, x, points) for law in (p, q)]
        terms = np.where(block.weights > 0, block.weights * (masses[0] - masses[1]), 0)
        return np.asarray(terms.sum(axis=1)[:, None, None, None])
    if p.name == "Exponential":
        a, b = (parameter(evaluator, law.params[0], points, "A rate") for law in (p, q))
        return (np.log(a / b) + b / a - 1)[:, None, None, None]
    raise Unsupported("divergence", p.span, f"The divergence of `{p.name}` laws is not evaluated.")
