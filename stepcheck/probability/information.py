"""Entropies, mutual information and divergences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, is_number, shape_of
from stepcheck.grammar import name_of
from stepcheck.tree import Info, Law, Node, Relation, Sequence
from stepcheck.values import Value

from .conditioning import is_continuous, random_names
from .moving import entered
from .tables import divergence_over, entropy_over, is_table, whole_table

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
    if node.kind == "H" and len(node.args) == 1 and not node.given:
        law = whole_table(evaluator, node.args[0])
        if is_table(evaluator, law):
            return entropy_over(evaluator, law, scope)
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
    continuous = _entropy_of_normal(evaluator, node, scope)
    if continuous is not None:
        return continuous
    if any(is_continuous(evaluator, name) for name in random):
        raise Unsupported("entropy", node.span, "The entropy of this continuous law is not evaluated.")
    scope, factor = entered(evaluator, (*node.args, *node.given), scope)

    def entropy(*variables: Node) -> Value:
        return _entropy(evaluator, variables, scope, factor)

    if node.kind == "H":
        return v.sub(entropy(*node.args, *node.given), entropy(*node.given))
    if len(node.args) != 2:
        raise Unsupported("information", node.span, "Mutual information takes two arguments.")
    x, y = node.args
    z = node.given
    made = v.add(entropy(x, *z), entropy(y, *z))
    return v.sub(v.sub(made, entropy(x, y, *z)), entropy(*z))


def _entropy_of_normal(evaluator: Evaluator, node: Info, scope: Scope) -> Value | None:
    """The differential entropy of one variable or vector with a normal law: ½ log det(2πe Σ). None of anything else."""
    name = name_of(node.args[0])
    symbol = evaluator.model.symbols.get(name or "")
    if node.kind != "H" or len(node.args) != 1 or node.given or symbol is None or symbol.kind != "random":
        return None
    law = symbol.law
    if not isinstance(law, Law) or law.name != "Normal" or "entries" in symbol.properties or symbol.family is not None:
        return None
    rows = evaluator.size(symbol.rows)
    spread = evaluator.value(law.params[1], scope, (rows, rows))
    if shape_of(spread) != (rows, rows) or v.plain(spread).shape[-3] != 1:
        return None
    logs = v.log(v.determinant(v.times(v.const(2 * np.pi * np.e), spread)))
    return v.times(v.const(0.5), logs)


def _entropy(evaluator: Evaluator, variables: tuple[Node, ...], scope: Scope, factor: Value | None) -> Value:
    """Entropy of the joint law of `variables`, natural logarithm; 0 of nothing. `factor` multiplies the weights."""
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
    if factor is not None:
        weights = v.times(w, factor)
        sums = v.linear(lambda a: np.einsum("pab,...pb->...pa", same, a[..., 0, 0])[..., None, None], weights)
        return v.neg(v.linear(lambda a: a.sum(axis=-3, keepdims=True), _xlogy(weights, sums)))
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
    left, right = whole_table(evaluator, left), whole_table(evaluator, right)
    if is_table(evaluator, left):
        return divergence_over(evaluator, left, right, scope)
    laws = [each if isinstance(each, Law) else evaluator.model.laws.get(name_of(each) or "") for each in (left, right)]
    if laws[0] is not None and laws[1] is not None:
        return _divergence_of_laws(evaluator, laws[0], laws[1], scope)
    p, q = evaluator._all([left, right], scope, (None, None))
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
    a, b = ([evaluator.value(each, scope) for each in law.params] for law in (p, q))
    one = v.const(1)

    def log_ratio(x: Value, y: Value) -> Value:
        return v.sub(v.log(x), v.log(y))

    match p.name:
        case "Poisson":
            return v.add(v.times(a[0], log_ratio(a[0], b[0])), v.sub(b[0], a[0]))
        case "Bernoulli" | "Binomial":
            if p.name == "Binomial" and not np.array_equal(v.plain(a[0]), v.plain(b[0])):
                raise Unsupported("divergence", p.span, "A divergence of binomial laws of different sizes.")
            x, y = a[-1], b[-1]
            falls = v.times(v.sub(one, x), log_ratio(v.sub(one, x), v.sub(one, y)))
            made = v.add(v.times(x, log_ratio(x, y)), falls)
            return v.times(a[0], made) if p.name == "Binomial" else made
        case "Geometric":
            stays = v.divide(v.sub(one, a[0]), a[0])
            return v.add(log_ratio(a[0], b[0]), v.times(stays, log_ratio(v.sub(one, a[0]), v.sub(one, b[0]))))
        case "Categorical":
            return v.total(v.sub(_xlogy(a[0], a[0]), _xlogy(a[0], b[0])))
        case "Exponential":
            scale = evaluator.model.says("scale")
            x, y = (v.divide(one, a[0]), v.divide(one, b[0])) if scale else (a[0], b[0])
            return v.sub(v.add(log_ratio(x, y), v.divide(y, x)), one)
        case _:
            raise Unsupported("divergence", p.span, f"The divergence of `{p.name}` laws is not evaluated.")
