"""Whether two sides are equal as rational functions, by random points over a large prime field.

A polynomial of degree d that is not zero vanishes at a random point of a field of p elements with chance at most d/p
(Schwartz 1980, Zippel 1979). The difference of the sides is a quotient of polynomials, so d is the degree of its
numerator, and the chance is taken among the points where the denominator is not zero: (numerator + denominator) / p
bounds it. A difference whose coefficients are all multiples of p is not seen here; the real points see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import floor, log10

from stepcheck.evaluate import Evaluator
from stepcheck.evaluate import Scope as NumericScope
from stepcheck.model import Assumption, Model
from stepcheck.sample import free_index_scopes
from stepcheck.tree import Node, Relation, Sym, walk

from . import matrix as m
from .matrix import Value
from .points import bound_by_equations, has_chance, over_prime_field
from .scalars import PRIME, NotExact, PrimeField, Vanished
from .walk import Scope, Walker

MAX_COMPONENTS = 4
MAX_SCOPES = 40
WEAKEST = 1e-9  # a chance above this proves nothing


@dataclass(frozen=True, slots=True)
class Proof:
    """What the prime field says. `conclusive`: whether a difference here is one over the real numbers as well."""

    equal: bool
    conclusive: bool
    points: int
    chance: float
    sizes: dict[str, tuple[int, ...]]
    opaque: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        sizes = "; ".join(f"{name} = {', '.join(map(str, each))}" for name, each in self.sizes.items())
        free = f", with {', '.join(self.opaque)} as free symbols" if self.opaque else ""
        power = floor(-log10(self.chance))
        chance = f"chance of a wrong `holds` below 10^-{power}"
        if sizes:
            return (
                f"exact: equal over a field of 2^61-1 elements at {self.points} points{free}, sizes {sizes}; "
                f"{chance} for these sizes"
            )
        return f"exact: equal over a field of 2^61-1 elements at {self.points} points{free}; {chance}"


def prove(
    model: Model, conditions: Iterable[Assumption], companions: list[Evaluator], left: Node, right: Node, *, seed: int
) -> Proof:
    """Compare `left` and `right` at the sizes of `companions`. Raises NotExact where that says nothing."""
    conditions = list(conditions)
    whole = Relation((left, right), ("=",), (right.span,), left.span.to(right.span))
    points, chance = 0, 0.0
    opaque: set[str] = set()
    equal = conclusive = True
    used: set[str] = set()
    sizes: list[dict[str, int]] = []
    for companion in companions:
        if sizes and not _matters(model, used, [left, right], companion):
            break
        scopes = [exact_scope(scope) for scope in free_index_scopes(companion, whole)]
        if not scopes or len(scopes) > MAX_SCOPES:
            raise NotExact
        sizes.append(dict(companion.world.dims))
        made = _at_sizes(model, companion, left, right, scopes, f"{seed}/{len(sizes)}")
        points += made.points
        chance = max(chance, made.chance)
        opaque |= made.opaque
        used |= made.used
        equal, conclusive = made.equal, conclusive and not made.relaxed
        if not equal:
            break
    if opaque or has_chance(model) or bound_by_equations(model, conditions, companions[0], used):
        conclusive = False
    if equal and chance > WEAKEST:
        raise NotExact
    return Proof(
        equal, conclusive, points, max(chance, 1e-99), _shown(model, used, [left, right], sizes), tuple(sorted(opaque))
    )


@dataclass(slots=True)
class _Compared:
    equal: bool
    points: int
    chance: float
    opaque: set[str]
    used: set[str]
    relaxed: bool


def _at_sizes(model: Model, companion: Evaluator, left: Node, right: Node, scopes: list[Scope], seed: str) -> _Compared:
    """Two points; where a kind of matrix has two components, a point in each."""
    flips: dict[str, bool] = {}
    first = _at_point(model, companion, left, right, scopes, f"{seed}/0", flips)
    names = list(flips)
    if len(names) > MAX_COMPONENTS:
        raise NotExact
    others: list[dict[str, bool]] = [
        dict(zip(names, choice, strict=True)) for choice in product((False, True), repeat=len(names))
    ][1:]
    made = first
    for place, chosen in enumerate(others or [{}]):
        if not made.equal:
            break
        again = _at_point(model, companion, left, right, scopes, f"{seed}/{place + 1}", chosen)
        made = _Compared(
            again.equal, made.points + 1, max(made.chance, again.chance), made.opaque | again.opaque,
            made.used | again.used, made.relaxed or again.relaxed,
        )  # fmt: skip
    if not names and made.points == 2:
        made.chance = made.chance**2
    return made


def _at_point(
    model: Model, companion: Evaluator, left: Node, right: Node, scopes: list[Scope], seed: str, flips: dict[str, bool]
) -> _Compared:
    for attempt in range(3):
        field = PrimeField(f"{seed}/{attempt}")
        walker = Walker(model, over_prime_field(model, companion, field, flips))
        try:
            degree, equal = 0, True
            for scope in scopes:
                a, b = walker.sides(left, right, scope)
                whole = a.degree.plus(b.degree)
                degree = max(degree, whole.top + whole.bottom)
                if not _equal(a, b):
                    equal = False
                    break
        except Vanished:
            continue
        pairs = len(field.atoms) * (len(field.atoms) - 1) // 2
        return _Compared(
            equal, 1, max(degree, 1) * (1 + pairs) / PRIME, field.opaque, walker.world.used, bool(field.relaxed)
        )
    raise NotExact


def _equal(a: Value, b: Value) -> bool:
    return all(x == y if not isinstance(x, int) else y == x for x, y in zip(a.entries(), b.entries(), strict=True))


def exact_scope(scope: NumericScope) -> Scope:
    """The indices that a numeric scope binds."""
    from stepcheck import values as v

    bound: dict[str, Value] = {}
    for name, value in scope.bound.items():
        x = float(v.plain(value).flat[0])
        if v.plain(value).size != 1 or not x.is_integer():
            raise NotExact
        bound[name] = m.number(int(x))
    return Scope(bound)


def _dimensions(model: Model, used: set[str], nodes: list[Node], companion: Evaluator) -> list[str]:
    """The sizes on which what is used or written depends."""
    found: set[str] = set()
    names = set(used)
    for node in nodes:
        for each in walk(node):
            if isinstance(each, Sym):
                names |= companion.depends(each.name)
    for name in names:
        symbol = model.symbols.get(name)
        dims = (symbol.rows, symbol.cols, *(symbol.family or ())) if symbol is not None else ()
        for dim in dims:
            if dim is not None:
                found |= {each.name for each in walk(dim) if isinstance(each, Sym)}
    return [name for name in companion.world.dims if name in found | names]


def _matters(model: Model, used: set[str], nodes: list[Node], companion: Evaluator) -> bool:
    return bool(_dimensions(model, used, nodes, companion))


def _shown(model: Model, used: set[str], nodes: list[Node], sizes: list[dict[str, int]]) -> dict[str, tuple[int, ...]]:
    from stepcheck.evaluate import World as NumericWorld

    companion = Evaluator(model, NumericWorld(dims=sizes[0]))
    return {
        name: tuple(sorted({each[name] for each in sizes if name in each}))
        for name in _dimensions(model, used, nodes, companion)
    }


__all__ = ["Proof", "exact_scope", "prove"]
