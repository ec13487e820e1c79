"""Declared laws: their nodes and weights, quantiles, log masses and densities. A new law has its case in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import scipy  # scipy.special is loaded when it is first named: most notes have no use for it

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported, shape_of
from stepcheck.model import Symbol
from stepcheck.tree import Law, Node, Num
from stepcheck.values import Array, Value

from .blocks import MAX_ATOMS, Block, block_of
from .masses import log_binomial, log_geometric, log_poisson

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

MAX_ENTRIES = 7_000  # atoms of an array whose entries have one law
CONTINUOUS = {"Normal", "Uniform", "Exponential", "Gamma", "Beta", "Laplace", "LogNormal", "Gumbel"}


def parameter(evaluator: Evaluator, node: Node, points: int, what: str, scope: Scope | None = None) -> Array:
    made = v.plain(evaluator.number(node, scope or Scope()))
    if made.shape[1] != 1:
        raise Unsupported("hierarchical", node.span, f"{what} is itself random: that is not evaluated.")
    return np.broadcast_to(made, (points, 1, 1, 1))[:, 0, 0, 0]


def named_law(
    evaluator: Evaluator, symbol: Symbol, label: str, law: Law, points: int, order: int, scope: Scope | None = None
) -> Block:
    """Nodes and weights of a declared law; a continuous one has `order` nodes, exact up to degree 2 order - 1."""
    params = law.params
    if "entries" in symbol.properties:
        return _of_entries(evaluator, symbol, label, law, points, order, scope)
    match law.name:
        case "Normal":
            rows = evaluator.size(symbol.rows)
            if rows > 1:
                return _normal_vector(evaluator, label, law, points, rows, order, scope)
            mean = parameter(evaluator, params[0], points, "The mean", scope)
            variance = parameter(evaluator, params[1], points, "The variance", scope)
            x, w = scipy.special.roots_hermitenorm(order)
            values = mean[:, None] + np.sqrt(variance)[:, None] * x[None]
            return block_of(label, values, np.broadcast_to(w / w.sum(), values.shape))
        case "Laplace":  # exact for polynomials on either side of the middle
            middle, scale = (parameter(evaluator, each, points, "A parameter", scope)[:, None] for each in params)
            x, w = scipy.special.roots_laguerre(min(order, 40))
            x, w = np.concatenate([-x[::-1], x]), np.concatenate([w[::-1], w]) / (2 * w.sum())
            return block_of(label, middle + scale * x, np.broadcast_to(w, (points, w.size)))
        case "LogNormal":
            if order < 16:
                raise Unsupported("law", law.span, "So many variables beside a log-normal one are not evaluated.")
            middle, variance = (parameter(evaluator, each, points, "A parameter", scope)[:, None] for each in params)
            x, w = scipy.special.roots_hermitenorm(order)
            return block_of(
                label, np.exp(middle + np.sqrt(variance) * x), np.broadcast_to(w / w.sum(), (points, w.size))
            )
        case "Gumbel":
            if order < 64:
                raise Unsupported("law", law.span, "Other variables beside a Gumbel one are not evaluated.")
            middle, scale = (parameter(evaluator, each, points, "A parameter", scope)[:, None] for each in params)
            x, w = _of_gumbel()
            return block_of(label, middle + scale * x, np.broadcast_to(w, (points, w.size)))
        case "Uniform":
            if len(params) == 1:
                raise Unsupported("law", law.span, "Write the ends of the interval.")
            low, high = (parameter(evaluator, each, points, "An end", scope) for each in params)
            x, w = scipy.special.roots_legendre(order)
            values = low[:, None] + (high - low)[:, None] * (x[None] + 1) / 2
            return block_of(label, values, np.broadcast_to(w / 2, values.shape))
        case "Exponential" | "Gamma":
            shape = (
                np.ones(points)
                if law.name == "Exponential"
                else parameter(evaluator, params[0], points, "The shape", scope)
            )
            rate = parameter(evaluator, params[-1], points, "The rate", scope)
            if evaluator.model.says("scale"):
                rate = 1 / rate
            rows_x, rows_w = [], []
            for one, two in zip(shape, rate, strict=True):
                x, w = scipy.special.roots_genlaguerre(min(order, 40), one - 1)
                rows_x.append(x / two)
                rows_w.append(w / w.sum())
            return block_of(label, np.array(rows_x), np.array(rows_w))
        case "Beta":
            a, b = (parameter(evaluator, each, points, "A parameter", scope) for each in params)
            rows_x, rows_w = [], []
            for one, two in zip(a, b, strict=True):
                x, w = scipy.special.roots_sh_jacobi(min(order, 40), one + two - 1, one)
                rows_x.append(x)
                rows_w.append(w / w.sum())
            return block_of(label, np.array(rows_x), np.array(rows_w))
        case "Bernoulli" | "Rademacher":
            p = parameter(evaluator, params[0], points, "The probability", scope) if params else np.full(points, 0.5)
            least = 0.0 if law.name == "Bernoulli" else -1.0
            values = np.broadcast_to(np.array([least, 1.0]), (points, 2))
            return block_of(label, values, np.stack([1 - p, p], axis=1))
        case "Poisson" | "Geometric" | "Binomial":
            return _counting(evaluator, label, law, points, scope)
        case "Categorical":
            p = v.plain(evaluator.value(params[0], scope))[:, 0, :, 0]
            values = np.broadcast_to(np.arange(1.0, p.shape[1] + 1), (points, p.shape[1]))
            return block_of(label, values, np.broadcast_to(p, values.shape))
        case _:
            raise Unsupported("law", law.span, f"The law `{law.name}` is not evaluated.")


def _of_gumbel() -> tuple[Array, Array]:
    """Nodes and weights of the standard Gumbel law, by panels: exact to rounding for polynomials of moderate degree."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(-4.5, 60.0, 44)
    half = np.diff(edges)[:, None] / 2
    x = (edges[:-1, None] + half * (nodes + 1)).ravel()
    w = (half * weights).ravel() * np.exp(-x - np.exp(-x))
    return x, w / w.sum()


def _of_entries(
    evaluator: Evaluator, symbol: Symbol, label: str, law: Law, points: int, order: int, scope: Scope | None
) -> Block:
    """An array whose entries are independent of each other and have one law."""
    if not any(symbol.name in group for group in evaluator.model.independent):
        what = f"Say whether the entries of `{symbol.name}` are independent of each other."
        raise Unsupported("dependence", symbol.span, what)
    rows, cols = evaluator.size(symbol.rows), evaluator.size(symbol.cols)
    count = rows * cols
    most = int(MAX_ENTRIES ** (1 / count))
    one = named_law(evaluator, Symbol(symbol.name, symbol.span, "random", law=law), label, law, points, order, scope)
    if one.weights.shape[1] > max(most, 2):
        one = named_law(
            evaluator, Symbol(symbol.name, symbol.span, "random", law=law), label, law, points, max(most, 2), scope
        )
    size = one.weights.shape[1]
    if law.name in CONTINUOUS:
        evaluator.world.thin[symbol.name] = 2 * size - 1
    if size**count > MAX_ATOMS:
        raise Unsupported("too-many-atoms", symbol.span, "Too many random entries at once.")
    grid = np.indices((size,) * count).reshape(count, -1)
    x = np.broadcast_to(one.values[label][:, :, 0, 0], one.weights.shape)
    values = np.moveaxis(x[:, grid], 1, 2).reshape(points, -1, rows, cols)
    return Block(one.weights[:, grid].prod(axis=1), {label: values})


def _counting(evaluator: Evaluator, label: str, law: Law, points: int, scope: Scope | None) -> Block:
    parameters = [parameter(evaluator, each, points, "A parameter", scope) for each in law.params]
    if law.name == "Binomial":
        top = int(parameters[0].max())
        k = np.arange(0, top + 1.0)
        weights = np.exp(log_binomial(k[None], parameters[0][:, None], parameters[1][:, None]))
    elif law.name == "Poisson":
        top = int(parameters[0].max() + 14 * np.sqrt(parameters[0].max()) + 30)
        k = np.arange(0, top + 1.0)
        weights = np.exp(log_poisson(k[None], parameters[0][:, None]))
    else:
        least = min(max(float(parameters[0].min()), 0.02), 1 - 1e-9)  # at 1 the law has one value
        k = np.arange(1, int(np.ceil(-38 / np.log1p(-least))) + 1.0)
        weights = np.exp(log_geometric(k[None], parameters[0][:, None]))
    return block_of(label, np.broadcast_to(k, weights.shape), weights)


def _normal_vector(
    evaluator: Evaluator, label: str, law: Law, points: int, rows: int, order: int, scope: Scope | None
) -> Block:
    mean = np.broadcast_to(v.plain(evaluator.value(law.params[0], scope, (rows, 1))), (points, 1, rows, 1))
    if isinstance(law.params[0], Num):
        mean = np.zeros((points, 1, rows, 1))
    cov = np.broadcast_to(v.plain(evaluator.value(law.params[1], scope, (rows, rows))), (points, 1, rows, rows))
    x, w = scipy.special.roots_hermitenorm(min(order, 7 if rows <= 3 else 4))
    grid = np.stack([each.ravel() for each in np.meshgrid(*[x] * rows, indexing="ij")], axis=1)
    weights = np.prod(np.stack(np.meshgrid(*[w / w.sum()] * rows, indexing="ij")), axis=0).ravel()
    root = np.linalg.cholesky(cov + 1e-14 * np.eye(rows))
    values = mean + root @ grid[None, :, :, None]
    return Block(np.broadcast_to(weights, (points, weights.size)).copy(), {label: values})


def quantile_of(evaluator: Evaluator, name: str) -> Callable[[Array], Array]:
    law = evaluator.model.symbols[name].law
    assert isinstance(law, Law)
    points = evaluator.world.points
    params = [parameter(evaluator, each, points, "A parameter")[:, None] for each in law.params]
    match law.name:
        case "Normal":
            return lambda u: params[0] + np.sqrt(params[1]) * scipy.special.ndtri(u)
        case "Uniform":
            return lambda u: params[0] + (params[1] - params[0]) * u
        case "Exponential":
            return lambda u: -np.log1p(-u) / params[0]
        case "Gamma":
            return lambda u: scipy.special.gammaincinv(params[0], u) / params[1]
        case "Laplace":
            return lambda u: params[0] - params[1] * np.sign(u - 0.5) * np.log1p(-2 * np.abs(u - 0.5))
        case "LogNormal":
            return lambda u: np.exp(params[0] + np.sqrt(params[1]) * scipy.special.ndtri(u))
        case "Gumbel":
            return lambda u: params[0] - params[1] * np.log(-np.log(u))
        case "Beta":
            return lambda u: scipy.special.betaincinv(params[0], params[1], u)
        case _:
            raise Unsupported("law", law.span, f"The law `{law.name}` has no distribution function here.")


def distribution_function(evaluator: Evaluator, law: Law, x: Value, scope: Scope) -> Value | None:
    """P(X ≤ x) as a value that can be differentiated; None for a law whose distribution function is not elementary."""
    params = [evaluator.number(each, scope) for each in law.params]
    plain = v.plain(x)
    one, zero = v.const(1), v.const(0)
    match law.name:
        case "Normal":
            standard = v.divide(v.sub(x, params[0]), v.sqrt(v.times(v.const(2), params[1])))
            return v.times(v.const(0.5), v.add(one, v.erf(standard)))
        case "Uniform" if len(params) == 2:
            share = v.divide(v.sub(x, params[0]), v.sub(params[1], params[0]))
            inside = v.choose(plain <= v.plain(params[0]), zero, share)
            return v.choose(plain >= v.plain(params[1]), one, inside)
        case "Exponential":
            rate = v.divide(one, params[0]) if evaluator.model.says("scale") else params[0]
            return v.choose(plain <= 0, zero, v.sub(one, v.exp(v.neg(v.times(rate, x)))))
        case _:
            return None


def evaluate_density(evaluator: Evaluator, node: Law, scope: Scope) -> Value:
    """`\\mathcal{N}(x; \\mu, \\Sigma)` as a number."""
    if node.point is None:
        raise Unsupported("law", node.span, "A law stands where a value is expected.")
    if node.name != "Normal":
        raise Unsupported("density", node.span, f"The density of `{node.name}` is not evaluated.")
    return v.exp(log_density(evaluator, node, scope))


def log_density(evaluator: Evaluator, node: Law, scope: Scope) -> Value:
    """The logarithm of the density of a normal law at its point, which is a number far out as well."""
    assert node.point is not None
    point, mean = evaluator._all([node.point, node.params[0]], scope, (None, None))
    rows = shape_of(point)[0]
    cov = evaluator.value(node.params[1], scope, (rows, rows))
    gap = v.sub(point, mean)
    form = v.matmul(v.transpose(gap), v.matmul(v.inverse(cov), gap))
    size = v.add(v.const(rows * np.log(2 * np.pi)), v.log(v.determinant(cov)))
    return v.times(v.const(-0.5), v.add(form, size))
