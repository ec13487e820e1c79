"""Named functions. A new one is an entry of CALLS, or of MATRIX where its one argument is evaluated first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepcheck import values as v
from stepcheck.tree import Call
from stepcheck.values import Value

from .arithmetic import exponential, factorial_of, says_entrywise
from .conditions import truth_of
from .differentials import evaluate_differential
from .entrywise import ENTRYWISE
from .logarithms import logarithm
from .matrices import evaluate_diagonal
from .norms import evaluate_norm
from .shapes import NOTHING, ShapeClash, Unsupported, Want, shape_of
from .sums import extremum_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_call(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    """The value of a named function: an entry of ENTRYWISE, a norm, an entry of CALLS or of MATRIX."""
    if node.name in ENTRYWISE:
        return _entrywise(evaluator, node, scope, want)
    if node.name in CALLS:
        return CALLS[node.name](evaluator, node, scope, want)
    if node.name.startswith("norm"):
        return evaluate_norm(evaluator, node, scope)
    return _matrix_function(evaluator, node, scope, want)


def _entrywise(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    name = node.name
    inner = evaluator.value(node.args[0], scope, want)
    rows, cols = shape_of(inner)
    if name == "exp":
        return exponential(evaluator, inner, scope, node.span)
    if (
        rows == cols
        and rows > 1
        and name in ("log", "sin", "cos")
        and not scope.entrywise
        and not says_entrywise(evaluator)
    ):
        raise Unsupported("matrix-function", node.span, f"`{name}` of a matrix is not evaluated.")
    if name == "log" and (rows, cols) == (1, 1):
        return logarithm(evaluator, node.args[0], inner, scope)
    return ENTRYWISE[name](inner)


# -- functions that evaluate their arguments themselves --------------------------------------------------------------


def _line(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    """A row of a matrix, as a column, or a column."""
    name = node.name
    inner = evaluator.value(node.args[0], scope)
    place = evaluator.integer(node.args[1], scope) - 1
    if not 0 <= place < shape_of(inner)[0 if name == "row" else 1]:
        raise Unsupported("index", node.span, f"There is no such {name}.")
    return v.transpose(v.row(inner, place)) if name == "row" else v.column(inner, place)


def _extremum(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    parts = [evaluator.value(arg, scope) for arg in node.args]
    sized = [shape_of(part) for part in parts if shape_of(part) != (1, 1)]
    if any(shape != sized[0] for shape in sized):
        raise ShapeClash(node.span, sized[0], next(shape for shape in sized if shape != sized[0]), f"a {node.name}")
    return extremum_of(parts, node.name)


def _indicator(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    return truth_of(evaluator, node.args[0], scope)


def _inner(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    left, right = evaluator._all(list(node.args), scope, NOTHING)
    if shape_of(left) != shape_of(right):
        raise ShapeClash(node.span, shape_of(left), shape_of(right), "an inner product")
    return v.total(v.times(left, right))


def _binom(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    n, k = (evaluator.number(arg, scope) for arg in node.args)
    return v.divide(factorial_of(n), v.times(factorial_of(k), factorial_of(v.sub(n, k))))


def _root(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    inner, order = (evaluator.number(arg, scope) for arg in node.args)
    return v.power(inner, v.reciprocal(order))


def _logbase(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    inner, base = (evaluator.value(arg, scope) for arg in node.args)
    return v.divide(v.log(inner), v.log(base))


CALLS: dict[str, Callable[[Evaluator, Call, Scope, Want], Value]] = {
    "row": _line,
    "column": _line,
    "diag": evaluate_diagonal,
    "differential": evaluate_differential,
    "max": _extremum,
    "min": _extremum,
    "indicator": _indicator,
    "inner": _inner,
    "binom": _binom,
    "root": _root,
    "logbase": _logbase,
}

# -- functions of one value, which is evaluated first -----------------------------------------------------------------


def _matrix_function(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    name = node.name
    inner = evaluator.value(node.args[0], scope, want if name in ("softmax",) else NOTHING)
    rows, cols = shape_of(inner)
    if name in SQUARE and rows != cols:
        raise ShapeClash(node.span, (rows, cols), (rows, cols), f"{SQUARE[name]} of a matrix that is not square")
    if name in MATRIX:
        return MATRIX[name](evaluator, node, inner, scope)
    if name in ("eigmax", "eigmin", "eig"):
        raise Unsupported("eigenvalue", node.span, "This eigenvalue is not evaluated.")
    raise Unsupported("function", node.span, f"`{name}` is not evaluated.")


def _bars(evaluator: Evaluator, node: Call, inner: Value, scope: Scope) -> Value:
    rows, cols = shape_of(inner)
    if (rows, cols) == (1, 1) or scope.entrywise:
        return v.absolute(inner)
    if rows == cols:
        return v.determinant(inner)
    raise Unsupported("bars", node.span, "Bars around a vector are not read: write a norm.")


def _softmax(evaluator: Evaluator, node: Call, inner: Value, scope: Scope) -> Value:
    rows, cols = shape_of(inner)
    if rows != 1 and cols != 1:
        if not evaluator.model.says("row"):
            raise Unsupported("softmax", node.span, "Softmax of a matrix: say “row-wise” in the note.")
        shifted = v.exp(v.sub(inner, v.plain(inner).max(axis=-1, keepdims=True)))
        sums = v.linear(lambda a: a.sum(axis=-1, keepdims=True), shifted)
        return v.divide(shifted, sums)
    shifted = v.exp(v.sub(inner, v.plain(inner).max(axis=(-1, -2), keepdims=True)))
    return v.divide(shifted, v.total(shifted))


def _logsumexp(evaluator: Evaluator, node: Call, inner: Value, scope: Scope) -> Value:
    top = v.plain(inner).max(axis=(-1, -2), keepdims=True)
    return v.add(v.log(v.total(v.exp(v.sub(inner, top)))), top)


def _plainly(function: Callable[[Value], Value]) -> MatrixFunction:
    return lambda evaluator, node, inner, scope: function(inner)


MatrixFunction = Callable[["Evaluator", Call, Value, Scope], Value]
# What takes square matrices only, and its name in a clash of shapes.
SQUARE = {"tr": "the trace", "det": "the determinant", "logdet": "logdet", "expm": "expm"}
MATRIX: dict[str, MatrixFunction] = {
    "tr": _plainly(v.trace),
    "det": _plainly(v.determinant),
    "logdet": _plainly(lambda inner: v.log(v.determinant(inner))),
    "expm": _plainly(v.matrix_exponential),
    "rank": _plainly(v.rank),
    "vec": _plainly(v.vec),
    "bars": _bars,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
}
