"""Values of what a note leaves free, over the prime field or with many digits.

Over the prime field a symbol with a property is a generic point of all that have it: symmetric for positive definite,
the Cayley transform for orthogonal, a rational point of the sphere for a unit vector. Where no such form is known it is
drawn freer than the note says, and then only what holds there means something. With many digits it is the drawn float,
moved onto its property.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Evaluator
from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Index, Relation, walk

from . import matrix as m
from .matrix import Degree, Rows, Value
from .scalars import PRIME, Mod, NotExact, PrimeField, Reals, Scalar, apply
from .walk import World

OPEN = {"positive", "nonnegative", "nonzero", "invertible", "full-column-rank", "full-row-rank", "index"}
"""Properties that a generic point has, or that are inequalities: they bind nothing."""
SYMMETRIC = {"symmetric", "spd", "psd"}
ORDERINGS = {"<", ">", "<=", ">=", "!=", "prec", "succ", "preceq", "succeq"}


def over_prime_field(model: Model, companion: Evaluator, field: PrimeField, flips: dict[str, bool]) -> World:
    """A random point of the sizes of `companion`. `flips` gets a name for each symbol whose kind has two components
    (orthogonal matrices), and is asked which of them to take."""

    def make(name: str) -> Value:
        symbol = _symbol_of(model, name)
        rows, cols = _sizes(companion, symbol)
        return _point_of_kind(symbol, rows, cols, _stream(f"{field.seed}/{name}"), flips, field, name)

    def make_family(name: str) -> dict[int, Value]:
        symbol = _symbol_of(model, name)
        rows, cols = _sizes(companion, symbol)
        return {
            k: _point_of_kind(symbol, rows, cols, _stream(f"{field.seed}/{name}/{k}"), flips, field, name)
            for k in companion.world.families[name]
        }

    return World(field, companion, make, make_family)


def at_drawn_point(model: Model, companion: Evaluator, field: Reals, point: int, *, nudged: bool = False) -> World:
    """The point that the numeric engine drew, with its properties exact to all digits. `nudged`: every value changed by
    a part in a million or less."""

    def make(name: str) -> Value:
        return _lifted(_symbol_of(model, name), companion.world.values[name], point, field, name if nudged else "")

    def make_family(name: str) -> dict[int, Value]:
        symbol = _symbol_of(model, name)
        return {
            k: _lifted(symbol, each, point, field, f"{name}/{k}" if nudged else "")
            for k, each in companion.world.families[name].items()
        }

    return World(field, companion, make, make_family)


def bound_by_equations(model: Model, conditions: Iterable[Assumption], companion: Evaluator, used: set[str]) -> bool:
    """Whether an assumed relation other than an inequality speaks of `used`: then a generic point is too free."""
    for assumption in [*model.assumptions, *conditions]:
        if assumption.words in ("range", "invertible"):
            continue
        relation = assumption.relation
        if isinstance(relation, Relation) and all(sign in ORDERINGS for sign in relation.signs):
            continue
        names: set[str] = set()
        for each in walk(relation):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is not None:
                    names |= companion.depends(name)
        if names & used:
            return True
    return False


def has_chance(model: Model) -> bool:
    """Whether anything of the note is random: then letters may be tied to each other by what they are moments of."""
    return bool(model.probabilities or model.laws or model.moments) or any(
        symbol.kind == "random" for symbol in model.symbols.values()
    )


def _symbol_of(model: Model, name: str) -> Symbol:
    symbol = model.symbols.get(name)
    if symbol is None or symbol.kind != "value" or symbol.law is not None:
        raise NotExact
    return symbol


def _sizes(companion: Evaluator, symbol: Symbol) -> tuple[int, int]:
    return companion.size(symbol.rows), companion.size(symbol.cols)


def _stream(seed: str) -> Callable[[], Mod]:
    """Random elements of the field, the same for the same seed."""
    count = 0

    def following() -> Mod:
        nonlocal count
        count += 1
        digest = hashlib.blake2b(f"{seed}/{count}".encode(), digest_size=16).digest()
        return Mod(1 + int.from_bytes(digest, "big") % (PRIME - 1))

    return following


def _point_of_kind(
    symbol: Symbol, rows: int, cols: int, draw: Callable[[], Mod], flips: dict[str, bool], field: PrimeField, name: str
) -> Value:
    made = None
    if symbol.domain not in ("finite", "complex"):
        made = _generic(symbol, rows, cols, draw, flips, name)
    if made is None:
        field.relaxed.add(name)
        mirrored = rows == cols and bool(symbol.properties & {*SYMMETRIC, "projection"})
        free = [[draw() for _ in range(cols)] for _ in range(rows)]
        made = Value(_mirrored(free) if mirrored else free, Degree(1))
    return made


def _generic(
    symbol: Symbol, rows: int, cols: int, draw: Callable[[], Mod], flips: dict[str, bool], name: str
) -> Value | None:
    """A generic member of the symbol's kind; None where its kind has no rational form here."""
    kind = symbol.properties - OPEN
    square = rows == cols and rows > 1
    free = [[draw() for _ in range(cols)] for _ in range(rows)]
    match sorted(kind):
        case []:
            return Value(free, Degree(1))
        case ["simplex"] if cols == 1:
            free[-1][0] = 1 - m.total([row[0] for row in free[:-1]])
            return Value(free, Degree(1))
        case ["centred"]:
            free[-1] = [-m.total([row[c] for row in free[:-1]]) for c in range(cols)]
            return Value(free, Degree(1))
        case ["unit"] if cols == 1 and rows > 1:
            # the inverse of the stereographic projection
            square_sum = m.total([row[0] * row[0] for row in free[:-1]])
            below = (square_sum + 1).inverse()
            return Value([[2 * row[0] * below] for row in free[:-1]] + [[(square_sum - 1) * below]], Degree(2, 2))
        case ["orthogonal"] if square:
            return _cayley(free, flips.setdefault(name, False))
        case ["orthonormal-columns"] if rows > cols:
            whole = _cayley([[draw() for _ in range(rows)] for _ in range(rows)], flipped=False)
            return Value([row[:cols] for row in whole.rows], whole.degree)
        case ["orthonormal-rows"] if rows < cols:
            whole = _cayley([[draw() for _ in range(cols)] for _ in range(cols)], flipped=False)
            return Value(whole.rows[:rows], whole.degree)
        case _ if not square:
            if kind <= SYMMETRIC | {"diagonal"} and (rows, cols) == (1, 1):
                return Value(free, Degree(1))
            return None
        case ["antisymmetric"]:
            return Value(_skew(free), Degree(1))
        case ["upper-triangular"]:
            return Value([[x if c >= r else 0 for c, x in enumerate(row)] for r, row in enumerate(free)], Degree(1))
        case ["lower-triangular"]:
            return Value([[x if c <= r else 0 for c, x in enumerate(row)] for r, row in enumerate(free)], Degree(1))
        case _ if "diagonal" in kind and kind <= SYMMETRIC | {"diagonal"}:
            return Value([[x if c == r else 0 for c, x in enumerate(row)] for r, row in enumerate(free)], Degree(1))
        case _ if kind <= SYMMETRIC:
            return Value(_mirrored(free), Degree(1))
        case _:
            return None


def _mirrored(free: Rows) -> Rows:
    n = len(free)
    return [[free[min(r, c)][max(r, c)] for c in range(n)] for r in range(n)]


def _skew(free: Rows) -> Rows:
    n = len(free)
    return [[0 if r == c else free[r][c] if r < c else -free[c][r] for c in range(n)] for r in range(n)]


def _cayley(free: Rows, flipped: bool) -> Value:
    """`(I - S)(I + S)^{-1}` of an antisymmetric S: a generic rotation; flipped, a generic reflection.

    Source: Golub & Van Loan, *Matrix Computations*, 4th ed., problem P2.1.9.
    """
    skew = Value(_skew(free), Degree(1))
    n = len(free)
    eye = m.identity(n)
    made = m.matmul(m.sub(eye, skew), m.inverse(PrimeField(""), m.add(eye, skew)))
    rows = made.rows
    if flipped:
        rows = [[-x for x in rows[0]], *rows[1:]]
    return Value(rows, Degree(n, n))


def _lifted(symbol: Symbol, drawn: v.Value, point: int, field: Reals, nudge: str) -> Value:
    a = v.plain(drawn)
    if a.ndim != 4 or a.shape[1] != 1 or not np.isfinite(a).all():
        raise NotExact
    floats = a[point if a.shape[0] > 1 else 0, 0]
    if symbol.domain != "real":
        if not np.equal(np.mod(floats, 1), 0).all():
            raise NotExact
        return Value([[int(x) for x in row] for row in floats])
    rows: Rows = [[field.number(float(x)) for x in row] for row in floats]
    if nudge:
        by = _stream(nudge)
        rows = [[x * (1 + Fraction(by().n, PRIME) / 10**6) for x in row] for row in rows]
    return Value(_onto(symbol.properties - OPEN, rows, field))


def _onto(kind: set[str], rows: Rows, field: Reals) -> Rows:
    """`rows` with what its kind asks for met to all digits: it was met to sixteen."""
    n, cols = len(rows), len(rows[0])
    square = n == cols and n > 1
    match sorted(kind):
        case [] | ["diagonal"] | ["upper-triangular"] | ["lower-triangular"] | ["one-hot"] | ["permutation"]:
            return rows
        case ["simplex"] if cols == 1:
            whole = m.total([row[0] for row in rows])
            return [[row[0] / whole] for row in rows]
        case ["unit"] if cols == 1:
            length = apply(field, "sqrt", m.total([row[0] * row[0] for row in rows]))
            return [[row[0] / length] for row in rows]
        case ["centred"]:
            means = [m.total([row[c] for row in rows]) / n for c in range(cols)]
            return [[x - mean for x, mean in zip(row, means, strict=True)] for row in rows]
        case ["orthogonal"] if square:
            return _orthonormal(rows, field)
        case ["orthonormal-columns"] if n >= cols:
            return _orthonormal(rows, field)
        case ["orthonormal-rows"] if n <= cols:
            return m.transpose(Value(_orthonormal(m.transpose(Value(rows)).rows, field))).rows
        case _ if kind <= SYMMETRIC | {"diagonal"}:
            return _mirrored(rows) if square else rows
        case ["antisymmetric"] if square:
            return _skew(rows)
        case _:
            raise NotExact


def _orthonormal(rows: Rows, field: Reals) -> Rows:
    """Gram and Schmidt on the columns, which are orthonormal to sixteen digits already."""
    made: list[list[Scalar]] = []
    for column in m.transpose(Value(rows)).rows:
        for before in made:
            along = m.dot(column, before)
            column = [x - along * y for x, y in zip(column, before, strict=True)]
        length = apply(field, "sqrt", m.dot(column, column))
        made.append([x / length for x in column])
    return m.transpose(Value(made)).rows


__all__ = ["at_drawn_point", "bound_by_equations", "has_chance", "over_prime_field"]
