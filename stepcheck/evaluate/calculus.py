r"""Derivatives, integrals and limits of expressions at drawn points.

Derivatives are forward mode on the tree itself, exact up to round-off. A derivative with respect to a quantity that the
note has defined holds that quantity free and recomputes what is built on it. Layout: a scalar by a vector or matrix has
the shape of what it is differentiated by (denominator layout); a vector by a vector is the Jacobian, rows by the vector
above. Source: Magnus & Neudecker, *Matrix Differential Calculus*, 3rd ed., ch. 5 and 9 (on the layouts).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Call, Deriv, Index, Integral, Limit, Node, Post, Special, Sym, walk
from stepcheck.values import Value

from .definitions import apply_function
from .indexing import row_and_column
from .limits import extrapolated
from .shapes import NeedsSize, ShapeClash, Unsupported, is_number, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def derivative(evaluator: Evaluator, node: Deriv, scope: Scope) -> Value:
    body, wrt = node.body, node.wrt
    if node.style in ("gradient", "hessian") and not wrt:
        variable = only_vector(evaluator, body, scope)
        if variable is None:
            return _of_function(evaluator, node, scope)
        wrt = (Sym(variable, node.span),)
        _assume(evaluator, f"`\\nabla` without a letter is taken by `{variable}`, the one vector that it rests on.")
    if node.style == "hessian":
        if len(wrt) != 1:
            raise Unsupported("hessian", node.span, "A Hessian is taken with respect to one thing.")
        return _hessian(evaluator, body, wrt[0], scope)
    if node.style == "partial" and len(wrt) > 1:
        if len(wrt) == 2 and not _is_scalar_variable(evaluator, wrt[0], scope):
            return _hessian(evaluator, body, wrt[0], scope)
        inner = Deriv(body, wrt[1:], "partial", node.span)
        return _one(evaluator, inner, wrt[0], scope, node)
    if len(wrt) > 1:
        parts = [_one(evaluator, body, each, scope, node) for each in wrt]
        return v.blocks([[part] for part in parts])
    return _one(evaluator, body, wrt[0], scope, node)


def only_vector(evaluator: Evaluator, body: Node, scope: Scope) -> str | None:
    r"""What a bare `\nabla` of an expression is taken by: the one declared vector in it, or the one matrix.

    None where there is none or a choice, and where `body` is a function or a name, which say it themselves.
    """
    if isinstance(body, Apply | Post):
        return None
    if isinstance(body, Sym | Index) and evaluator.model.is_function(name_of(body) or ""):
        return None
    rests_on: set[str] = set()
    for each in walk(body):
        name = name_of(each)
        if name is not None:
            rests_on |= {name} if name in scope.bound else evaluator.depends(name)
    symbols = [evaluator.model.symbols[name] for name in sorted(rests_on) if name in evaluator.model.symbols]
    shaped = [symbol for symbol in symbols if symbol.kind == "value" and symbol.rows is not None and not symbol.family]
    vectors = [symbol for symbol in shaped if symbol.cols is None] or shaped
    return vectors[0].name if len(vectors) == 1 else None


def _assume(evaluator: Evaluator, words: str) -> None:
    if words not in evaluator.model.assumed:
        evaluator.model.assumed.append(words)


def _is_scalar_variable(evaluator: Evaluator, wrt: Node, scope: Scope) -> bool:
    if isinstance(wrt, Call):
        return False
    try:
        return is_number(evaluator.value(wrt, scope))
    except (NotationError, NeedsSize, ShapeClash):
        return True


def _one(evaluator: Evaluator, body: Node, wrt: Node, scope: Scope, node: Deriv) -> Value:
    """The derivative of `body` by one variable."""
    if isinstance(wrt, Call) and wrt.name == "vec":
        return _by_vec(evaluator, body, wrt, scope, node)
    level = scope.level + 1
    name, base, entries, shape = _variable(evaluator, wrt, scope)
    seeded = v.seed(base, level, entries)
    inner = replace(scope.with_names({name: seeded}), level=level)
    made = evaluator.value(_function_at_its_own_symbols(body), inner)
    rows, cols = shape_of(made)
    tangent = v.tangents(made, level, len(entries))
    if len(entries) == 1:
        return v.linear(lambda a: a[0], tangent)
    if (rows, cols) == (1, 1):
        column = v.directions_to_rows(tangent)
        if shape[1] == 1 or shape[0] == 1:
            return column if shape[1] == 1 else v.transpose(column)
        return v.linear(lambda a: a.reshape(*a.shape[:-2], shape[0], shape[1]), column)
    if cols == 1 and shape[1] == 1:
        if node.style == "gradient":
            raise Unsupported(
                "layout", node.span, "The gradient of a vector: write a Jacobian, `\\partial y/\\partial x`."
            )
        jacobian = v.linear(lambda a: np.moveaxis(a[..., 0], 0, -1), tangent)
        return v.transpose(jacobian) if evaluator.model.denominator_layout else jacobian
    raise Unsupported("derivative", node.span, "The derivative of a matrix by a matrix has four indices: write `vec`.")


def _function_at_its_own_symbols(body: Node) -> Node:
    return body


def _variable(
    evaluator: Evaluator, wrt: Node, scope: Scope
) -> tuple[str, Value, list[tuple[int, int]], tuple[int, int]]:
    """The name to override, its present value, the entries that vary, and its shape."""
    name = name_of(wrt)
    world, model = evaluator.world, evaluator.model
    if isinstance(wrt, Post) and wrt.kind == "transpose":
        return _variable(evaluator, wrt.base, scope)
    if isinstance(wrt, Index) and not (
        name is not None and (name in scope.bound or name in model.definitions or name in world.values)
    ):
        base_name = name_of(wrt.base)
        if base_name is None:
            raise Unsupported("variable", wrt.span, "One differentiates by a letter or an entry of one.")
        if base_name in world.families and base_name not in scope.bound:
            place = evaluator.integer(wrt.indices[0], scope)
            member = scope.bound.get(f"{base_name}_{place}", world.families[base_name].get(place))
            if member is None:
                raise Unsupported("index", wrt.span, "There is no such member.")
            rows, cols = shape_of(member)
            if len(wrt.indices) == 1:
                return f"{base_name}_{place}", member, _entries(rows, cols), (rows, cols)
            raise Unsupported("variable", wrt.span, "An entry of a family's member is no variable here.")
        present = evaluator.value(wrt.base, scope)
        rows, cols = shape_of(present)
        places = [evaluator.integer(each, scope) - 1 for each in wrt.indices]
        places = row_and_column(wrt, places, rows, cols)
        if len(places) == 1:
            places = [places[0], 0] if cols == 1 else [0, places[0]]
        if not (0 <= places[0] < rows and 0 <= places[1] < cols):
            raise Unsupported("index", wrt.span, "This index is outside of what it indexes.")
        return base_name, present, [(places[0], places[1])], (1, 1)
    if name is None:
        raise Unsupported("variable", wrt.span, "One differentiates by a letter or an entry of one.")
    present = evaluator.value(wrt, scope)
    rows, cols = shape_of(present)
    resolved = name
    if name not in scope.bound and name not in model.definitions and name not in world.values:
        for other in (f"\\mathbf{{{name}}}", name.removeprefix("\\mathbf{").removesuffix("}")):
            if other in world.values or other in model.definitions:
                resolved = other
    return resolved, present, _entries(rows, cols), (rows, cols)


def _entries(rows: int, cols: int) -> list[tuple[int, int]]:
    return [(r, c) for r in range(rows) for c in range(cols)]


def _by_vec(evaluator: Evaluator, body: Node, wrt: Call, scope: Scope, node: Deriv) -> Value:
    """The Jacobian by a stacked matrix: columns in the order of `vec`."""
    name, base, _, (rows, cols) = _variable(evaluator, wrt.args[0], scope)
    entries = [(r, c) for c in range(cols) for r in range(rows)]
    level = scope.level + 1
    inner = replace(scope.with_names({name: v.seed(base, level, entries)}), level=level)
    made = evaluator.value(body, inner)
    tangent = v.tangents(made, level, len(entries))
    if is_number(made):
        return v.directions_to_rows(tangent)
    if shape_of(made)[1] != 1:
        raise Unsupported("derivative", node.span, "The derivative of a matrix by a vector: write `vec` above as well.")
    return v.linear(lambda a: np.moveaxis(a[..., 0], 0, -1), tangent)


def _hessian(evaluator: Evaluator, body: Node, wrt: Node, scope: Scope) -> Value:
    name, base, entries, (rows, cols) = _variable(evaluator, wrt, scope)
    if cols != 1 and rows != 1:
        raise Unsupported("hessian", wrt.span, "The Hessian by a matrix has four indices.")
    level = scope.level + 2
    first = v.seed(base, level - 1, entries)
    both = v.Dual(first, v.seed(v.plain(base), level, entries).d, level)
    inner = replace(scope.with_names({name: both}), level=level)
    made = evaluator.value(body, inner)
    if not is_number(made):
        raise Unsupported("hessian", body.span, "A Hessian is taken of a number.")
    outer = v.tangents(made, level, len(entries))
    rows_of = v.directions_to_rows(outer)
    second = v.tangents(rows_of, level - 1, len(entries))
    return v.linear(lambda a: np.moveaxis(a[..., 0], 0, -1), second)


def _of_function(evaluator: Evaluator, node: Deriv, scope: Scope) -> Value:
    r"""`\nabla f(a)`: the gradient (or Hessian) of `f` by its arguments, taken at `a`; `\nabla f` where `f` stands."""
    body = node.body
    if isinstance(body, Apply):
        name = name_of(body.head)
        arguments = [evaluator.value(arg, scope) for arg in body.args]
    elif isinstance(body, Sym | Index):
        name = name_of(body)
        definition = evaluator.model.definitions.get(name or "")
        if definition is None or not definition.params:
            raise Unsupported("gradient", node.span, "By what is differentiated? Write it below the nabla.")
        arguments = [evaluator.value(Sym(param, node.span), scope) for param in definition.params]
    else:
        raise Unsupported("gradient", node.span, "By what is differentiated? Write it below the nabla.")
    if name is None:
        raise Unsupported("gradient", node.span, "What is differentiated here is not a function.")
    if node.style == "gradient":
        return _gradient_at(evaluator, name, arguments, body, scope)
    level = scope.level + 2
    sizes = [shape_of(each) for each in arguments]
    total = sum(rows * cols for rows, cols in sizes)
    seeded: list[Value] = []
    for place, each in enumerate(arguments):
        offset = sum(rows * cols for rows, cols in sizes[:place])
        first = _seed_of_many(each, level - 1, offset, total)
        outer = _seed_of_many(v.plain(each), level, offset, total)
        seeded.append(v.Dual(first, outer.d, level))
    made = apply_function(evaluator, name, seeded, body, replace(scope, level=level))
    tangent = v.tangents(made, level, total)
    second = v.tangents(v.directions_to_rows(tangent), level - 1, total)
    return v.linear(lambda a: np.moveaxis(a[..., 0], 0, -1), second)


def _seed_of_many(x: Value, level: int, offset: int, total: int) -> v.Dual:
    rows, cols = shape_of(x)
    entries = _entries(rows, cols)
    made = np.zeros((total, *([1] * (level - 1)), 1, 1, rows, cols))
    for place, (r, c) in enumerate(entries):
        made[offset + place, ..., r, c] = 1.0
    return v.Dual(x, made, level)


def _gradient_at(evaluator: Evaluator, name: str, arguments: list[Value], body: Node, scope: Scope) -> Value:
    level = scope.level + 1
    sizes = [shape_of(each) for each in arguments]
    total = sum(rows * cols for rows, cols in sizes)
    seeded: list[Value] = []
    for place, each in enumerate(arguments):
        offset = sum(rows * cols for rows, cols in sizes[:place])
        seeded.append(_seed_of_many(each, level, offset, total))
    made = apply_function(evaluator, name, seeded, body, replace(scope, level=level))
    if not is_number(made):
        raise Unsupported(
            "gradient", body.span, "The gradient of a vector: write a Jacobian, `\\partial y/\\partial x`."
        )
    column = v.directions_to_rows(v.tangents(made, level, total))
    if len(arguments) == 1 and sizes[0][1] > 1:
        rows, cols = sizes[0]
        return v.linear(lambda a: a.reshape(*a.shape[:-2], rows, cols), column)
    return column


def derivative_of_function(evaluator: Evaluator, name: str | None, node: Apply, scope: Scope, order: int) -> Value:
    """`f'(a)`, `f''(a)`: derivatives of a function of one number, or entry-wise of one applied to a vector."""
    if name is None or len(node.args) != 1:
        raise Unsupported("prime", node.span, "A prime is read on a function of one argument.")
    definition, declared = evaluator.model.definitions.get(name), evaluator.model.symbols.get(name)
    of = evaluator.model.symbols.get(definition.params[0]) if definition is not None and definition.params else None
    if (of is not None and not of.is_number) or (declared is not None and declared.source_rows is not None):
        raise Unsupported("prime", node.span, "A prime is read on a function of a number. Write a gradient.")
    argument = evaluator.value(node.args[0], scope)
    rows, cols = shape_of(argument)

    def at(x: Value, depth: int, level: int) -> Value:
        if depth == 0:
            return apply_function(evaluator, name, [x], node, replace(scope, level=level))
        shaped = np.ones((1, *([1] * level), 1, 1, rows, cols))
        made = at(v.Dual(x, shaped, level + 1), depth - 1, level + 1)
        return v.linear(lambda a: a[0], v.tangents(made, level + 1, 1))

    return at(argument, order, scope.level)


def prime(evaluator: Evaluator, node: Post, scope: Scope) -> Value:
    r"""`f'` and `\dot{f}` where `f` stands for its value at the symbol it is defined at."""
    order = 0
    inner: Node = node
    while isinstance(inner, Post) and inner.kind in ("prime", "dot"):
        order, inner = order + 1, inner.base
    name = name_of(inner)
    definition = evaluator.model.definitions.get(name or "")
    if definition is None or len(definition.params) != 1:
        raise Unsupported("prime", node.span, "A prime is read on a function of one argument.")
    made = Apply(inner, (Sym(definition.params[0], node.span),), node.span)
    return derivative_of_function(evaluator, name, made, scope, order)


# -- integrals and limits ------------------------------------------------------------------------------------------

_NODES = {count: np.polynomial.legendre.leggauss(count) for count in (60, 90, 160)}


def integral(evaluator: Evaluator, node: Integral, scope: Scope) -> Value:
    """Gauss–Legendre on a finite range, after x = t/(1 − t²) on an infinite one; two orders must agree to 1e-9."""
    if node.low is None or node.high is None:
        raise Unsupported("indefinite", node.span, "An integral without bounds is not evaluated.")
    low, high = evaluator.number(node.low, scope), evaluator.number(node.high, scope)
    made = [_quadrature(evaluator, node, scope, low, high, count) for count in (60, 90)]
    coarse, fine = v.plain(made[0]), v.plain(made[1])
    with np.errstate(all="ignore"):
        off = np.abs(coarse - fine) > 1e-8 * (1 + np.abs(fine))
    if np.any(off & np.isfinite(fine)):
        finer = _quadrature(evaluator, node, scope, low, high, 160)
        with np.errstate(all="ignore"):
            settled = np.abs(v.plain(finer) - fine) <= 1e-9 * (1 + np.abs(fine))
        if np.all(settled):
            return finer
        made = [_pieces(evaluator, node, scope, low, high, parts) for parts in (8, 12)]
        coarse, fine = v.plain(made[0]), v.plain(made[1])
        if np.any(np.abs(coarse - fine) > 1e-8 * (1 + np.abs(fine))):
            raise Unsupported("quadrature", node.span, "This integral does not settle under quadrature.")
    return made[1]


def _quadrature(
    evaluator: Evaluator,
    node: Integral,
    scope: Scope,
    low: Value,
    high: Value,
    count: int,
    cut: tuple[float, float] = (0, 1),
) -> Value:
    points, weights = _NODES[count]
    if not any(isinstance(each, Integral | Limit) for each in walk(node.body)) and evaluator.world.weights is None:
        return _at_once(evaluator, node, scope, low, high, count, cut)
    a, b = v.plain(low), v.plain(high)
    total: Value | None = None
    for each, weight in zip(points, weights, strict=True):
        u = cut[0] + (cut[1] - cut[0]) * (each + 1) / 2
        scale = (cut[1] - cut[0]) / 2 * weight
        x, jacobian = _mapped(low, high, a, b, u)
        part = evaluator.value(node.body, scope.with_names({node.name: x}))
        term = v.times(v.times(part, jacobian), v.const(scale))
        total = term if total is None else v.add(total, term)
    assert total is not None
    return total


def _at_once(
    evaluator: Evaluator, node: Integral, scope: Scope, low: Value, high: Value, count: int, cut: tuple[float, float]
) -> Value:
    """All nodes in one evaluation, on the axis that atoms have elsewhere."""
    points, weights = _NODES[count]
    u = (cut[0] + (cut[1] - cut[0]) * (points + 1) / 2)[None, :, None, None]
    scale = ((cut[1] - cut[0]) / 2 * weights)[None, :, None, None]
    x, jacobian = _mapped(low, high, v.plain(low), v.plain(high), u)
    part = evaluator.value(node.body, scope.with_names({node.name: x}))
    term = v.times(v.times(part, jacobian), scale)
    return v.linear(lambda a: a.sum(axis=-3, keepdims=True), term)


def _pieces(evaluator: Evaluator, node: Integral, scope: Scope, low: Value, high: Value, parts: int) -> Value:
    total: Value | None = None
    for place in range(parts):
        cut = (place / parts, (place + 1) / parts)
        part = _quadrature(evaluator, node, scope, low, high, 60, cut)
        total = part if total is None else v.add(total, part)
    assert total is not None
    return total


def _mapped(low: Value, high: Value, a: v.Array, b: v.Array, u: v.Array | float) -> tuple[Value, Value]:
    """The point of (low, high) at the fraction `u`, and dx/du."""
    w = np.asarray(u, dtype=float).reshape((1, -1, 1, 1))
    if np.all(np.isinf(a)) and np.all(np.isinf(b)):
        t = 2 * w - 1
        return t / (1 - t * t), 2 * (1 + t * t) / (1 - t * t) ** 2
    if np.all(np.isinf(b)):
        return v.add(low, w / (1 - w)), 1 / (1 - w) ** 2
    if np.all(np.isinf(a)):
        return v.sub(high, (1 - w) / w), 1 / w**2
    width = v.sub(high, low)
    return v.add(low, v.times(w, width)), v.times(np.ones_like(w), width)


def limit(evaluator: Evaluator, node: Limit, scope: Scope) -> Value:
    """The limit by extrapolation from ever closer points, on each side asked for; refused where it does not settle."""
    target = evaluator.number(node.target, scope)
    at = v.plain(target)
    infinite = bool(np.all(np.isinf(at)))
    sides = [1.0] if node.side == "right" or infinite else [-1.0] if node.side == "left" else [1.0, -1.0]
    found: list[v.Array] = []
    for side in sides:
        values: list[v.Array] = []
        for step in range(13):
            h = 0.25 * 0.5**step
            x = v.const(float(np.sign(at.flat[0])) / h) if infinite else v.add(target, v.const(side * h))
            value = evaluator.value(node.body, scope.with_names({node.name: x}))
            if isinstance(value, v.Dual):
                raise Unsupported("limit", node.span, "The derivative of a limit is not evaluated.")
            values.append(value)
        made = extrapolated(values)
        if made is None:
            raise Unsupported("limit", node.span, "This limit does not settle under extrapolation.")
        evaluator.pass_over(np.isnan(made))
        found.append(made)
    if len(found) == 2 and np.any(np.abs(found[0] - found[1]) > 1e-6 * (1 + np.abs(found[0]))):
        raise Unsupported("limit", node.span, "The limits from the two sides differ.")
    return found[0]


__all__ = ["Special", "derivative", "derivative_of_function", "integral", "limit", "prime"]
