"""Matrices as nested lists of numbers of any field, each with a bound on its degree.

The degree of a matrix is that of its entries as quotients of polynomials in everything drawn, over one common
denominator. It is never too small; it may be too large, as nothing is cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .scalars import Dual, Field, Misfit, NotExact, Scalar, Vanished, plain, reciprocal

MAX_ENTRIES = 400
Rows = list[list[Scalar]]


@dataclass(frozen=True, slots=True)
class Degree:
    """Of a quotient of polynomials: numerator and denominator."""

    top: int = 0
    bottom: int = 0

    def plus(self, other: Degree) -> Degree:
        if other.bottom == self.bottom == 0:
            return Degree(max(self.top, other.top))
        return Degree(max(self.top + other.bottom, other.top + self.bottom), self.bottom + other.bottom)

    def times(self, other: Degree) -> Degree:
        return Degree(self.top + other.top, self.bottom + other.bottom)

    def over(self, other: Degree) -> Degree:
        return Degree(self.top + other.bottom, self.bottom + other.top)

    def differentiated(self, by: Degree) -> Degree:
        """`(N'D - ND')/D^2`, where what is differentiated by is itself a quotient."""
        if self.bottom == 0 and by.bottom == 0:
            return self
        return Degree(self.top + self.bottom + by.top + by.bottom, 2 * self.bottom + by.top + by.bottom)


@dataclass(frozen=True, slots=True)
class Value:
    """A matrix; a number is 1 by 1 and a column n by 1."""

    rows: Rows
    degree: Degree = Degree()

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def is_number(self) -> bool:
        return self.shape == (1, 1)

    @property
    def entry(self) -> Scalar:
        """The one entry of a number."""
        if not self.is_number:
            raise Misfit
        return self.rows[0][0]

    def entries(self) -> list[Scalar]:
        return [each for row in self.rows for each in row]


def number(x: Scalar, degree: Degree = Degree()) -> Value:
    return Value([[x]], degree)


def mapped(f: Callable[[Scalar], Scalar], a: Value, degree: Degree | None = None) -> Value:
    return Value([[f(x) for x in row] for row in a.rows], a.degree if degree is None else degree)


def filled(shape: tuple[int, int], x: Scalar) -> Value:
    rows, cols = shape
    if rows * cols > MAX_ENTRIES:
        raise NotExact
    return Value([[x] * cols for _ in range(rows)])


def identity(n: int) -> Value:
    return Value([[int(r == c) for c in range(n)] for r in range(n)])


def add(a: Value, b: Value) -> Value:
    """Entry by entry; a 1 by 1 value spreads over the other."""
    return _entrywise(lambda x, y: x + y, a, b, a.degree.plus(b.degree))


def sub(a: Value, b: Value) -> Value:
    return _entrywise(lambda x, y: x - y, a, b, a.degree.plus(b.degree))


def times(a: Value, b: Value) -> Value:
    return _entrywise(lambda x, y: x * y, a, b, a.degree.times(b.degree))


def _entrywise(f: Callable[[Scalar, Scalar], Scalar], a: Value, b: Value, degree: Degree) -> Value:
    if a.shape == b.shape:
        return Value(
            [[f(x, y) for x, y in zip(s, t, strict=True)] for s, t in zip(a.rows, b.rows, strict=True)], degree
        )
    if b.is_number:
        y = b.entry
        return Value([[f(x, y) for x in row] for row in a.rows], degree)
    if a.is_number:
        x = a.entry
        return Value([[f(x, y) for y in row] for row in b.rows], degree)
    raise Misfit


def negative(a: Value) -> Value:
    return mapped(lambda x: -x, a)


def matmul(a: Value, b: Value) -> Value:
    if a.shape[1] != b.shape[0]:
        raise Misfit
    columns = [[row[c] for row in b.rows] for c in range(b.shape[1])]
    return Value([[dot(row, column) for column in columns] for row in a.rows], a.degree.times(b.degree))


def dot(a: Sequence[Scalar], b: Sequence[Scalar]) -> Scalar:
    total: Scalar = 0
    for x, y in zip(a, b, strict=True):
        if not (_is_zero(x) or _is_zero(y)):
            total = total + x * y
    return total


def _is_zero(x: Scalar) -> bool:
    return isinstance(x, int) and x == 0


def transpose(a: Value) -> Value:
    return Value([list(column) for column in zip(*a.rows, strict=True)], a.degree)


def trace(a: Value) -> Value:
    _square(a)
    return number(total([a.rows[i][i] for i in range(a.shape[0])]), a.degree)


def total(entries: Sequence[Scalar]) -> Scalar:
    made: Scalar = 0
    for each in entries:
        made = made + each
    return made


def _square(a: Value) -> int:
    if a.shape[0] != a.shape[1]:
        raise Misfit
    return a.shape[0]


def _pivot(field: Field, rows: Rows, at: int) -> int | None:
    """The row with the largest entry where numbers can be compared, else the first that is not zero."""
    candidates = [r for r in range(at, len(rows)) if plain(rows[r][at]) != 0]
    try:
        return max(candidates, key=lambda r: abs(field.comparable(rows[r][at])), default=None)
    except NotExact:  # a prime field has no order and needs none
        return candidates[0]


def inverse(field: Field, a: Value) -> Value:
    """By elimination. Raises Vanished where singular, or where the digits cannot tell."""
    n = _square(a)
    largest = _largest(field, a)
    degree = Degree((n - 1) * a.degree.top + a.degree.bottom, n * a.degree.top)
    left = [list(row) for row in a.rows]
    right = [list(row) for row in identity(n).rows]
    for at in range(n):
        chosen = _pivot(field, left, at)
        if chosen is None or field.is_lost(left[chosen][at], largest):
            raise Vanished
        left[at], left[chosen] = left[chosen], left[at]
        right[at], right[chosen] = right[chosen], right[at]
        scale = reciprocal(field, left[at][at])
        left[at] = [x * scale for x in left[at]]
        right[at] = [x * scale for x in right[at]]
        for r in range(n):
            factor = left[r][at]
            if r != at and not _is_zero(factor):
                left[r] = [x - factor * y for x, y in zip(left[r], left[at], strict=True)]
                right[r] = [x - factor * y for x, y in zip(right[r], right[at], strict=True)]
    return Value(right, degree)


def _largest(field: Field, a: Value) -> Scalar:
    try:
        return max((abs(field.comparable(x)) for x in a.entries()), default=0)
    except NotExact:
        return 1


def determinant(field: Field, a: Value) -> Value:
    """By elimination; by the sum over permutations where a pivot vanishes but has derivatives, for small sizes."""
    n = _square(a)
    degree = Degree(n * a.degree.top, n * a.degree.bottom)
    if n <= 3 or any(isinstance(x, Dual) for x in a.entries()):
        return number(_laplace(a.rows), degree) if n <= 5 else _refuse()
    rows = [list(row) for row in a.rows]
    made: Scalar = 1
    for at in range(n):
        chosen = _pivot(field, rows, at)
        if chosen is None:
            return number(0, degree)
        if chosen != at:
            rows[at], rows[chosen] = rows[chosen], rows[at]
            made = -made
        made = made * rows[at][at]
        scale = reciprocal(field, rows[at][at])
        for r in range(at + 1, n):
            factor = rows[r][at] * scale
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[at], strict=True)]
    return number(made, degree)


def _refuse() -> Value:
    raise NotExact


def _laplace(rows: Rows) -> Scalar:
    """Along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    if len(rows) == 2:
        return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    made: Scalar = 0
    for c, x in enumerate(rows[0]):
        if _is_zero(x):
            continue
        part = x * _laplace([row[:c] + row[c + 1 :] for row in rows[1:]])
        made = made + part if c % 2 == 0 else made - part
    return made


def power(field: Field, a: Value, n: int) -> Value:
    if n < 0:
        return power(field, inverse(field, a), -n)
    made = identity(_square(a))
    for _ in range(n):
        made = matmul(made, a)
    return made


def diagonal_matrix(column: Value) -> Value:
    entries = [row[0] for row in column.rows]
    return Value([[x if r == c else 0 for c in range(len(entries))] for r, x in enumerate(entries)], column.degree)


def diagonal_of(a: Value) -> Value:
    return Value([[a.rows[i][i]] for i in range(_square(a))], a.degree)


def vec(a: Value) -> Value:
    """Columns stacked."""
    return Value([[row[c]] for c in range(a.shape[1]) for row in a.rows], a.degree)


def kron(a: Value, b: Value) -> Value:
    if a.shape[0] * a.shape[1] * b.shape[0] * b.shape[1] > MAX_ENTRIES:
        raise NotExact
    return Value([[x * y for x in s for y in t] for s in a.rows for t in b.rows], a.degree.times(b.degree))


def blocks(grid: Sequence[Sequence[Value]]) -> Value:
    rows: Rows = []
    degree = Degree()
    for line in grid:
        if len({each.shape[0] for each in line}) != 1:
            raise Misfit
        for parts in zip(*(each.rows for each in line), strict=True):
            rows.append([x for part in parts for x in part])
        for each in line:
            degree = degree.plus(each.degree)
    if len({len(row) for row in rows}) != 1:
        raise Misfit
    return Value(rows, degree)


__all__ = [
    "Degree", "Rows", "Value", "add", "blocks", "determinant", "diagonal_matrix", "diagonal_of", "dot", "filled",
    "identity", "inverse", "kron", "mapped", "matmul", "negative", "number", "power", "sub", "times", "total", "trace",
    "transpose", "vec",
]  # fmt: skip
