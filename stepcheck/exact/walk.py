"""The meaning of a tree over any field of numbers.

It follows the numeric evaluator in what names, indices and sizes mean, and asks it where an index without a range runs
and what a definition rests on; values it never takes from there. Whatever it does not know raises NotExact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product as cartesian

import numpy as np

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.evaluate import Evaluator, NeedsSize, ShapeClash, names_in, ranges_of
from stepcheck.evaluate import Scope as NumericScope
from stepcheck.evaluate.arithmetic import adds_a_literal
from stepcheck.grammar import name_of
from stepcheck.model import Definition, Model
from stepcheck.tree import (
    Add,
    Apply,
    At,
    Big,
    Binder,
    Call,
    Cases,
    Deriv,
    Div,
    Grid,
    Index,
    Infix,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Relation,
    Sequence,
    Special,
    Sym,
    walk,
)

from . import matrix as m
from .matrix import Degree, Value
from .scalars import (
    PRIME,
    Dual,
    Field,
    Misfit,
    NotExact,
    Scalar,
    Vanished,
    composed,
    pi,
    power,
    reciprocal,
)

Want = tuple[int | None, int | None]
NOTHING: Want = (None, None)
MAX_TERMS = 400
MAX_CALLS = 20_000
MAX_WORK = 40_000  # entries made, derivatives counted
ENTRYWISE = {
    "log", "exp", "sqrt", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "arcsin",
    "arccos", "arctan", "arctanh", "arcsinh", "erf", "sigmoid", "softplus", "logit",
}  # fmt: skip
ORDERED = {"sign", "relu", "floor", "ceil"}


class SizeUnknown(NotExact):
    """`I` or `0` stands where nothing says its size; the neighbours may."""


@dataclass(slots=True)
class World:
    """Values of what the note leaves free, made when first asked for."""

    numbers: Field
    companion: Evaluator
    make: Callable[[str], Value]
    make_family: Callable[[str], dict[int, Value]]
    values: dict[str, Value] = field(default_factory=dict)
    families: dict[str, dict[int, Value]] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        if name not in self.values:
            self.values[name] = self.make(name)
        return self.values[name]

    def family(self, name: str) -> dict[int, Value]:
        if name not in self.families:
            self.families[name] = self.make_family(name)
        return self.families[name]

    @property
    def used(self) -> set[str]:
        return {*self.values, *self.families}


@dataclass(frozen=True, slots=True)
class Scope:
    """Names bound on the way down."""

    bound: dict[str, Value] = field(default_factory=dict)
    entrywise: bool = False
    beside_entries: bool = False
    level: int = 0

    def with_names(self, names: dict[str, Value]) -> Scope:
        return replace(self, bound={**self.bound, **names})


class Walker:
    """Evaluates trees in one world. Raises NotExact, and nothing else on purpose."""

    def __init__(self, model: Model, world: World, *, bound: int = MAX_WORK) -> None:
        self.model, self.world, self.bound = model, world, bound
        self.field = world.numbers
        self.companion = world.companion
        self.memo: dict[str, Value] = {}
        self.calls = self.work = 0

    def value(self, node: Node, scope: Scope | None = None, want: Want = NOTHING) -> Value:
        self.calls += 1
        if not self.calls & 31:
            self.model.watch()
        if self.calls > MAX_CALLS:
            raise NotExact
        made = self._value(node, scope or Scope(), want)
        first = made.rows[0][0]
        self.work += made.shape[0] * made.shape[1] * (1 + (len(first.d) if isinstance(first, Dual) else 0))
        if self.work > self.bound:
            raise NotExact
        return made

    def number(self, node: Node, scope: Scope) -> Value:
        made = self.value(node, scope)
        if not made.is_number:
            raise Misfit
        return made

    def integer(self, node: Node, scope: Scope) -> int:
        """A whole number that the formula spells out: an index, a dimension, a bound."""
        x = self.number(node, scope).entry
        if isinstance(x, Fraction) and x.denominator == 1:
            x = int(x)
        if not isinstance(x, int):
            raise NotExact
        return x

    def sides(self, left: Node, right: Node, scope: Scope) -> tuple[Value, Value]:
        """Both sides of a relation, of one shape."""
        a, b = self._all([left, right], scope, NOTHING)
        if a.shape != b.shape:
            raise Misfit
        return a, b

    # -- dispatch -------------------------------------------------------------------------------------------------

    def _value(self, node: Node, scope: Scope, want: Want) -> Value:
        match node:
            case Num(value):
                if value != 0 and (value.numerator % PRIME == 0 or value.denominator % PRIME == 0):
                    raise NotExact  # a zero of the field that is none
                return m.number(int(value) if value.denominator == 1 else value)
            case Sym():
                return self._symbol(node.name, scope, want)
            case Special():
                return self._special(node, scope, want)
            case Index():
                return self._index(node, scope, want)
            case Add():
                return self._add(node, scope, want)
            case Mul():
                return self._mul(node, scope, want)
            case Div(top, bottom):
                return self._div(self.value(top, scope, want), self.value(bottom, scope), scope)
            case Pow():
                return self._pow(node, scope, want)
            case Post():
                return self._post(node, scope, want)
            case Infix():
                return self._infix(node, scope, want)
            case Call():
                return self._call(node, scope, want)
            case Apply():
                return self._apply(node, scope)
            case Big():
                return self._big(node, scope, want)
            case Deriv():
                return self._deriv(node, scope)
            case At(body, names, values):
                named = {name: self.value(each, scope) for name, each in zip(names, values, strict=True)}
                return self.value(body, scope.with_names(named))
            case Grid():
                return self._grid(node, scope)
            case Cases():
                return self._cases(node, scope, want)
            case Sequence(items, brackets) if brackets in ("()", "[]") and len(items) > 1:
                return m.blocks([[self.number(item, scope)] for item in items])
            case _:
                raise NotExact

    # -- names ----------------------------------------------------------------------------------------------------

    def _symbol(self, name: str, scope: Scope, want: Want) -> Value:
        if name in scope.bound:
            return scope.bound[name]
        drawn = self.companion.world
        if name in drawn.values and not self._depends_on_bound(name, scope):
            return self.world.value(name)
        if name in self.model.definitions:
            return self._defined(name, scope, want)
        if name in drawn.dims:
            return m.number(drawn.dims[name])
        if name in drawn.values:
            return self.world.value(name)
        if name in drawn.families:
            members = {k: scope.bound.get(f"{name}_{k}", each) for k, each in self.world.family(name).items()}
            return m.blocks([[m.number(member.entry, member.degree)] for member in members.values()])
        if name in drawn.functions:
            raise NotExact
        if name == "e":
            return m.number(self.field.call("exp", 1), Degree(1, 1))
        if name == "\\pi" and not self.model.is_pi_a_letter:
            return m.number(pi(self.field), Degree(1))
        for other in _fonts(name):
            if other in self.model.symbols or other in self.model.definitions:
                return self._symbol(other, scope, want)
        raise NotExact

    def _depends_on_bound(self, name: str, scope: Scope) -> bool:
        if name not in self.model.definitions or not scope.bound:
            return False
        roots = {bound.split("_")[0].split("^")[0] for bound in scope.bound} | set(scope.bound)
        return bool(self.companion.depends(name) & roots - {name})

    def _defined(self, name: str, scope: Scope, want: Want) -> Value:
        definition = self.model.definitions[name]
        if definition.params:
            arguments = {param: self._symbol(param, scope, NOTHING) for param in definition.params}
            return self.value(definition.body, scope.with_names(arguments))
        if definition.indices:
            return self._collected(definition, scope)
        touched = self._depends_on_bound(name, scope)
        if not touched and name in self.memo:
            return self.memo[name]
        declared = self._declared_shape(name)
        made = self.value(definition.body, scope if touched else Scope(), declared or want)
        if declared is not None and made.shape != declared and not made.is_number:
            raise Misfit
        if not touched:
            self.memo[name] = made
        return made

    def _declared_shape(self, name: str) -> tuple[int, int] | None:
        symbol = self.model.symbols.get(name)
        if symbol is None or symbol.is_number or symbol.kind == "function":
            return None
        sides = [1 if dim is None else self.integer(dim, Scope()) for dim in (symbol.rows, symbol.cols)]
        return sides[0], sides[1]

    def _collected(self, definition: Definition, scope: Scope) -> Value:
        shape = self._declared_shape(definition.name)
        if shape is None:
            ranges = self._ranges(definition.indices, definition.body, scope)
            shape = (len(ranges[0]), len(ranges[1]) if len(ranges) > 1 else 1)
        grid = []
        for r in range(shape[0]):
            line = []
            for c in range(shape[1]):
                places = dict(zip(definition.indices, (m.number(r + 1), m.number(c + 1)), strict=False))
                line.append(self.number(definition.body, scope.with_names(places)))
            grid.append(line)
        return m.blocks(grid)

    # -- indices --------------------------------------------------------------------------------------------------

    def _index(self, node: Index, scope: Scope, want: Want) -> Value:
        drawn = self.companion.world
        whole = name_of(node)
        if whole is not None and (
            whole in scope.bound or whole in self.model.definitions or whole in drawn.values or whole in drawn.dims
        ):
            if whole not in scope.bound and whole not in drawn.dims and names_in(node.indices) & scope.bound.keys():
                raise NotExact
            return self._symbol(whole, scope, want)
        base = name_of(node.base)
        if base == "\\delta" and len(node.indices) == 2 and not self._known(base, scope):
            return m.number(int(self.integer(node.indices[0], scope) == self.integer(node.indices[1], scope)))
        definition = self.model.definitions.get(base or "")
        if definition is not None and definition.indices and base not in scope.bound:
            if len(definition.indices) < len(node.indices):
                head = Index(node.base, node.indices[: len(definition.indices)], node.style, node.span)
                rest = Index(head, node.indices[len(definition.indices) :], node.style, node.span)
                return self._entry(self._index(head, scope, NOTHING), rest, scope)
            if len(definition.indices) == len(node.indices):
                names = {
                    index: m.number(self.integer(each, scope))
                    for index, each in zip(definition.indices, node.indices, strict=True)
                }
                return self.value(definition.body, scope.with_names(names))
        if base is not None and base not in scope.bound:
            if base not in drawn.families and base not in self.model.definitions:
                base = next((font for font in _fonts(base) if font in drawn.families), base)
            if base in drawn.families:
                return self._member(base, node, scope)
        return self._entry(self.value(node.base, scope), node, scope)

    def _member(self, base: str, node: Index, scope: Scope) -> Value:
        place = self.integer(node.indices[0], scope)
        member = scope.bound.get(f"{base}_{place}") or self.world.family(base).get(place)
        if member is None:
            raise NotExact
        if len(node.indices) == 1:
            return member
        return self._entry(member, Index(node.base, node.indices[1:], node.style, node.span), scope)

    def _entry(self, inner: Value, node: Index, scope: Scope) -> Value:
        r, c = self._place(inner.shape, node, scope)
        return m.number(inner.rows[r][c], inner.degree)

    def _place(self, shape: tuple[int, int], node: Index, scope: Scope) -> tuple[int, int]:
        rows, cols = shape
        places = [self.integer(each, scope) - 1 for each in node.indices]
        if len(places) == 1:
            if cols == 1:
                places = [places[0], 0]
            elif rows == 1:
                places = [0, places[0]]
        if len(places) != 2 or not (0 <= places[0] < rows and 0 <= places[1] < cols):
            raise Misfit
        return places[0], places[1]

    def _known(self, name: str, scope: Scope) -> bool:
        return name in scope.bound or name in self.model.symbols or name in self.model.definitions

    # -- sizes that fit -------------------------------------------------------------------------------------------

    def _special(self, node: Special, scope: Scope, want: Want) -> Value:
        rows, cols = want
        sizes: list[int] = []
        if node.size is not None and node.kind != "basis":
            items = node.size.items if isinstance(node.size, Sequence) else (node.size,)
            sizes = [self.integer(each, scope) for each in items]
        match node.kind:
            case "identity":
                if "I" in scope.bound:
                    return scope.bound["I"]
                size = sizes[0] if sizes else rows or cols
                if size is None:
                    raise SizeUnknown
                return m.identity(size)
            case "ones" | "zeros":
                if sizes:
                    return m.filled((sizes[0], sizes[1] if len(sizes) > 1 else 1), int(node.kind == "ones"))
                if rows is None:
                    raise SizeUnknown
                return m.filled((rows, cols or 1), int(node.kind == "ones"))
            case "basis":
                dims = self.companion.world.dims
                if rows is None and len(dims) == 1:
                    rows = next(iter(dims.values()))
                if rows is None or node.size is None:
                    raise SizeUnknown
                place = self.integer(node.size, scope) - 1
                if not 0 <= place < rows:
                    raise Misfit
                return Value([[int(r == place)] for r in range(rows)])
            case _:
                raise NotExact

    def _all(self, nodes: list[Node], scope: Scope, want: Want) -> list[Value]:
        """Values of things that must have one shape: those that know theirs first."""
        made: list[Value | None] = []
        for node in nodes:
            try:
                made.append(None if _is_plain_zero(node) and len(nodes) > 1 else self.value(node, scope))
            except SizeUnknown:
                made.append(None)
        known = [each.shape for each in made if each is not None]
        big = next((shape for shape in known if shape != (1, 1)), None)
        fit: Want = big or (want if want != NOTHING else (known[0] if known else NOTHING))
        found: list[Value] = []
        for node, each in zip(nodes, made, strict=True):
            if each is not None:
                found.append(each)
            elif _is_plain_zero(node):
                found.append(m.filled((fit[0] or 1, fit[1] or 1), 0))
            elif fit == NOTHING:
                raise SizeUnknown
            else:
                found.append(self.value(node, scope, fit))
        return found

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def _add(self, node: Add, scope: Scope, want: Want) -> Value:
        made: Value | None = None
        for (sign, _), part in zip(node.terms, self._all([term for _, term in node.terms], scope, want), strict=True):
            if made is None:
                made = part if sign > 0 else m.negative(part)
                continue
            spreads = scope.entrywise or (scope.beside_entries and adds_a_literal(node))
            if made.shape != part.shape and not (spreads and (made.is_number or part.is_number)):
                raise Misfit
            made = m.add(made, part) if sign > 0 else m.sub(made, part)
        assert made is not None
        return made

    def _mul(self, node: Mul, scope: Scope, want: Want) -> Value:
        made: list[Value | None] = []
        for factor in node.factors:
            try:
                made.append(self.value(factor, scope))
            except SizeUnknown:
                made.append(None)
        if any(each is None for each in made):
            solid = [place for place, each in enumerate(made) if each is None or not each.is_number]
            for _ in range(2):
                for at, place in enumerate(solid):
                    if made[place] is not None:
                        continue
                    before = made[solid[at - 1]] if at else None
                    after = made[solid[at + 1]] if at + 1 < len(solid) else None
                    rows = before.shape[1] if before is not None else (want[0] if at == 0 else None)
                    cols = after.shape[0] if after is not None else (want[1] if at + 1 == len(solid) else None)
                    try:
                        made[place] = self.value(node.factors[place], scope, (rows, cols))
                    except SizeUnknown:
                        continue
        product: Value | None = None
        for each in made:
            if each is None:
                raise SizeUnknown
            product = each if product is None else self._times(product, each, scope)
        assert product is not None
        return product

    def _times(self, a: Value, b: Value, scope: Scope) -> Value:
        if a.is_number or b.is_number or (scope.entrywise and a.shape == b.shape):
            return m.times(a, b)
        return m.matmul(a, b)

    def _div(self, top: Value, bottom: Value, scope: Scope) -> Value:
        if not bottom.is_number and not scope.entrywise:
            raise Misfit
        degree = _spread(Degree().over(bottom.degree), bottom)
        return m.times(top, m.mapped(lambda x: reciprocal(self.field, x), bottom, degree))

    def _pow(self, node: Pow, scope: Scope, want: Want) -> Value:
        if isinstance(node.base, Sym) and node.base.name == "e" and not self._known("e", scope):
            return self._exp(self.value(node.exponent, scope, want), scope)
        even = self._even_power(node, scope)
        if even is not None:
            return even
        base = self.value(node.base, scope, want)
        rows, cols = base.shape
        if base.is_number or scope.entrywise or (cols == 1 and scope.beside_entries):
            return self._powers(base, self.value(node.exponent, scope))
        if rows == cols:
            n = self.number(node.exponent, scope).entry
            if not isinstance(n, int) or abs(n) > 12:
                raise NotExact
            return m.power(self.field, base, n)
        raise Misfit

    def _even_power(self, node: Pow, scope: Scope) -> Value | None:
        """`|x|^2`, and even powers of the norm of a vector: no root is taken."""
        base = node.base
        if not (isinstance(base, Call) and base.name in ("norm", "norm2", "normF", "bars") and not scope.entrywise):
            return None
        if not (isinstance(node.exponent, Num) and node.exponent.value.denominator == 1):
            return None
        n = int(node.exponent.value)
        inner = self.value(base.args[0], scope)
        euclidean = inner.shape[1] == 1 or inner.shape[0] == 1 or base.name == "normF"
        if n % 2 or not euclidean or abs(n) > 24 or (base.name == "bars" and not inner.is_number):
            return None
        square = m.number(m.total([x * x for x in inner.entries()]), inner.degree.times(inner.degree))
        return self._powers(square, m.number(n // 2))

    def _powers(self, base: Value, exponent: Value) -> Value:
        """Entry-wise."""
        if exponent.is_number:
            n = exponent.entry
            if isinstance(n, Fraction) and n.denominator == 1:
                n = int(n)
            if isinstance(n, int):
                if abs(n) > 64:
                    raise NotExact
                degree = Degree(abs(n) * base.degree.top, abs(n) * base.degree.bottom)
                if n < 0:
                    degree = _spread(Degree().over(degree), base)
                return m.mapped(lambda x: power(self.field, x, n), base, degree)
            if isinstance(n, Fraction) and n.denominator == 2 and abs(n) <= 32:
                root = self._function("sqrt", base)
                return self._powers(root, m.number(int(2 * n)))
        logs = self._function("log", base)
        return self._function("exp", m.times(exponent, logs))

    def _function(self, name: str, a: Value) -> Value:
        """A function of each entry. Its degree leaves room for what differentiating it brings in."""
        both = a.degree.top + a.degree.bottom
        degree = _spread(Degree(4 + both, 4 + both), a)
        return m.mapped(lambda x: composed(self.field, name, x), a, degree)

    def _exp(self, inner: Value, scope: Scope) -> Value:
        rows, cols = inner.shape
        if rows == cols and rows > 1 and not scope.entrywise and not self.model.says("entry by entry"):
            raise NotExact
        return self._function("exp", inner)

    def _post(self, node: Post, scope: Scope, want: Want) -> Value:
        if node.kind == "prime":
            return self._prime(node, scope)
        if node.kind == "transpose":
            return m.transpose(self.value(node.base, scope, (want[1], want[0])))
        base = self.value(node.base, scope, want if node.kind == "inverse" else NOTHING)
        if node.kind == "factorial":
            return m.number(_factorial(base.entry))
        if node.kind not in ("inverse", "inverse-transpose"):
            raise NotExact
        if scope.entrywise and not base.is_number:
            return self._powers(base, m.number(-1))
        made = m.inverse(self.field, base)
        return m.transpose(made) if node.kind == "inverse-transpose" else made

    def _infix(self, node: Infix, scope: Scope, want: Want) -> Value:
        if node.kind == "kron":
            return m.kron(self.value(node.left, scope), self.value(node.right, scope))
        if node.kind == "cross":
            raise NotExact
        left, right = self._all([node.left, node.right], replace(scope, beside_entries=True), want)
        if left.shape != right.shape and not (scope.entrywise and (left.is_number or right.is_number)):
            raise Misfit
        return (
            m.times(left, right) if node.kind == "hadamard" else self._div(left, right, replace(scope, entrywise=True))
        )

    def _grid(self, node: Grid, scope: Scope) -> Value:
        if any(isinstance(cell, Special) and cell.kind == "ellipsis" for row in node.rows for cell in row):
            raise NotExact
        made: list[list[Value | None]] = []
        for row in node.rows:
            line: list[Value | None] = []
            for cell in row:
                try:
                    line.append(None if _is_plain_zero(cell) else self.value(cell, scope))
                except SizeUnknown:
                    line.append(None)
            made.append(line)
        heights = [max((each.shape[0] for each in line if each is not None), default=1) for line in made]
        widths = [
            max((each.shape[1] for line in made if (each := line[c]) is not None), default=1)
            for c in range(len(node.rows[0]))
        ]
        grid: list[list[Value]] = []
        for r, row in enumerate(node.rows):
            grid.append([])
            for c, cell in enumerate(row):
                fit = (heights[r], widths[c])
                each = made[r][c]
                if each is None:
                    each = m.filled(fit, 0) if _is_plain_zero(cell) else self.value(cell, scope, fit)
                if each.shape != fit:
                    raise Misfit
                grid[-1].append(each)
        return m.blocks(grid)

    def _cases(self, node: Cases, scope: Scope, want: Want) -> Value:
        for value, condition in node.branches:
            if condition is None or self.truth(condition, scope):
                return self.value(value, scope, want)
        raise Vanished

    # -- functions ------------------------------------------------------------------------------------------------

    def _call(self, node: Call, scope: Scope, want: Want) -> Value:
        name = node.name
        if name in ENTRYWISE or name in ORDERED:
            inner = self.value(node.args[0], scope, want)
            if name == "exp":
                return self._exp(inner, scope)
            rows, cols = inner.shape
            if rows == cols and rows > 1 and not scope.entrywise and not self.model.says("entry by entry"):
                raise NotExact
            return self._function(name, inner) if name in ENTRYWISE else self._stepwise(name, inner)
        match name:
            case "row" | "column":
                inner = self.value(node.args[0], scope)
                place = self.integer(node.args[1], scope) - 1
                across = m.transpose(inner) if name == "column" else inner
                if not 0 <= place < across.shape[0]:
                    raise Misfit
                return Value([[x] for x in across.rows[place]], inner.degree)
            case "diag":
                return self._diag(node, scope, want)
            case "max" | "min":
                return self._extremum([self.value(arg, scope) for arg in node.args], largest=name == "max")
            case "indicator":
                return m.number(int(self.truth(node.args[0], scope)))
            case "inner":
                left, right = self._all(list(node.args), scope, NOTHING)
                if left.shape != right.shape:
                    raise Misfit
                return m.number(m.dot(left.entries(), right.entries()), left.degree.times(right.degree))
            case "binom":
                n, k = (self.number(arg, scope).entry for arg in node.args)
                if not (isinstance(n, int) and isinstance(k, int)):
                    raise NotExact
                return m.number(Fraction(_factorial(n), _factorial(k) * _factorial(n - k)) if 0 <= k <= n else 0)
            case "root":
                order = self.integer(node.args[1], scope)
                if order < 2:
                    raise NotExact
                return self._powers(self.number(node.args[0], scope), m.number(Fraction(1, order)))
            case "logbase":
                inner, base = (self._function("log", self.value(arg, scope)) for arg in node.args)
                return self._div(inner, base, scope)
        if name.startswith("norm"):
            return self._norm(node, scope)
        return self._matrix_function(node, scope, want)

    def _matrix_function(self, node: Call, scope: Scope, want: Want) -> Value:
        name = node.name
        inner = self.value(node.args[0], scope, want if name == "softmax" else NOTHING)
        match name:
            case "tr":
                return m.trace(inner)
            case "det":
                return m.determinant(self.field, inner)
            case "logdet":
                return self._function("log", m.determinant(self.field, inner))
            case "vec":
                return m.vec(inner)
            case "bars":
                if inner.is_number or scope.entrywise:
                    return self._absolute(inner)
                return m.determinant(self.field, inner)
            case "softmax":
                if inner.shape[0] != 1 and inner.shape[1] != 1:
                    if not self.model.says("row"):
                        raise NotExact
                    return m.blocks([[self._softmax(Value([row], inner.degree))] for row in inner.rows])
                return self._softmax(inner)
            case "logsumexp":
                exps = self._function("exp", inner)
                return self._function("log", m.number(m.total(exps.entries()), exps.degree))
            case _:
                raise NotExact

    def _softmax(self, inner: Value) -> Value:
        exps = self._function("exp", inner)
        return self._div(exps, m.number(m.total(exps.entries()), exps.degree), Scope())

    def _diag(self, node: Call, scope: Scope, want: Want) -> Value:
        if len(node.args) > 1:
            if any(isinstance(arg, Special) and arg.kind == "ellipsis" for arg in node.args):
                raise NotExact
            return m.diagonal_matrix(m.blocks([[self.number(arg, scope)] for arg in node.args]))
        inner = self.value(node.args[0], replace(scope, entrywise=True) if _vectorial(node.args[0]) else scope, want)
        if inner.shape[1] == 1:
            return m.diagonal_matrix(inner)
        if inner.shape[0] == 1:
            return m.diagonal_matrix(m.transpose(inner))
        return m.diagonal_of(inner)

    def _norm(self, node: Call, scope: Scope) -> Value:
        inner = self.value(node.args[0], scope)
        vector = 1 in inner.shape
        kind = node.name
        if (kind in ("norm", "norm2") and vector) or kind == "normF":
            square = m.number(m.total([x * x for x in inner.entries()]), inner.degree.times(inner.degree))
            return self._function("sqrt", square)
        if not vector or kind not in ("norm1", "norminf", "normmax"):
            raise NotExact
        sizes = self._absolute(inner)
        if kind == "norm1":
            return m.number(m.total(sizes.entries()))
        return self._extremum([sizes], largest=True)

    # What follows needs an order; `comparable` raises NotExact where there is none.

    def _absolute(self, a: Value) -> Value:
        return m.mapped(lambda x: -x if self.field.comparable(x) < 0 else x, a)

    def _stepwise(self, name: str, a: Value) -> Value:
        def at(x: Scalar) -> Scalar:
            number = self.field.comparable(x)
            if isinstance(x, Dual) and number == 0:
                raise NotExact
            match name:
                case "relu":
                    return x if number > 0 else 0
                case "sign":
                    return int(number > 0) - int(number < 0)
                case "floor":
                    return int(number // 1)
                case _:
                    return -int((-number) // 1)

        return m.mapped(at, a)

    def _extremum(self, parts: list[Value], *, largest: bool) -> Value:
        entries = parts[0].entries() if len(parts) == 1 else [part.entry for part in parts]
        best = (max if largest else min)(entries, key=self.field.comparable)
        return m.number(best, max((part.degree for part in parts), key=lambda degree: degree.top + degree.bottom))

    def truth(self, node: Node, scope: Scope) -> bool:
        match node:
            case Relation(sides, signs):
                for place, sign in enumerate(signs):
                    left, right = self.sides(sides[place], sides[place + 1], scope)
                    if sign not in COMPARE or not left.is_number:
                        raise NotExact
                    if not COMPARE[sign](self.field.comparable(left.entry), self.field.comparable(right.entry)):
                        return False
                return True
            case Logic("and", parts) | Sequence(parts):
                return all(self.truth(part, scope) for part in parts)
            case Logic("or", parts):
                return any(self.truth(part, scope) for part in parts)
            case Logic("not", parts):
                return not self.truth(parts[0], scope)
            case _:
                raise NotExact

    # -- application ----------------------------------------------------------------------------------------------

    def _apply(self, node: Apply, scope: Scope) -> Value:
        head = node.head
        primes = 0
        while isinstance(head, Post) and head.kind == "prime":
            primes, head = primes + 1, head.base
        if isinstance(head, Deriv):
            if not isinstance(head.body, Sym):
                raise NotExact
            inner = Apply(head.body, node.args, node.span)
            return self._deriv(Deriv(inner, head.wrt, head.style, node.span), scope)
        name = name_of(head)
        if name is None:
            raise NotExact
        if primes:
            return self._derivative_of_function(name, node, scope, primes)
        return self._applied(name, [self.value(arg, scope) for arg in node.args], node, scope)

    def _applied(self, name: str, arguments: list[Value], node: Node, scope: Scope) -> Value:
        definition = self.model.definitions.get(name)
        if definition is None or not definition.params:
            logistic = (
                name == "\\sigma"
                and definition is None
                and name not in self.companion.world.functions
                and self.model.says("sigmoid")
            )
            if logistic and len(arguments) == 1 and 1 in arguments[0].shape:
                return self._function("sigmoid", arguments[0])
            raise NotExact
        if len(definition.params) != len(arguments):
            raise NotExact
        inner = scope.with_names(dict(zip(definition.params, arguments, strict=True)))
        try:
            return self.value(definition.body, inner)
        except Misfit:
            known = self.model.symbols
            if (
                scope.entrywise
                or all(each.is_number for each in arguments)
                or any(param in known and not known[param].is_number for param in definition.params)
            ):
                raise
            return self.value(definition.body, replace(inner, entrywise=True))

    # -- big operators --------------------------------------------------------------------------------------------

    def _ranges(self, names: tuple[str, ...], body: Node, scope: Scope) -> list[range]:
        """Where indices without a range run, by the numeric evaluator, which needs only shapes for this."""
        bound: dict[str, v.Value] = {}
        for name, value in scope.bound.items():
            known = value.rows[0][0]
            index = value.is_number and isinstance(known, int) and abs(known) < 10**9
            bound[name] = v.const(float(known)) if index else np.ones((1, 1, *value.shape))
        try:
            found = ranges_of(self.companion, names, body, NumericScope(bound=bound))
        except (NotationError, ShapeClash, NeedsSize, v.Undefined, np.linalg.LinAlgError) as unknown:
            raise NotExact from unknown
        if found is None:
            raise NotExact
        return found

    def _assignments(self, binder: Binder, body: Node, scope: Scope) -> Iterator[Scope]:
        if binder.low is not None:
            low = self.integer(binder.low, scope)
            if binder.high is None:
                ranges = [range(low, each.stop) for each in self._ranges(binder.names, body, scope)]
            elif isinstance(binder.high, Special):
                raise NotExact
            else:
                ranges = [range(low, self.integer(binder.high, scope) + 1)] * len(binder.names)
        else:
            ranges = self._ranges(binder.names, body, scope)
        count = 1
        for each in ranges:
            count *= len(each)
        if count > MAX_TERMS:
            raise NotExact
        for places in cartesian(*ranges):
            inner = scope.with_names({name: m.number(place) for name, place in zip(binder.names, places, strict=True)})
            if binder.condition is None or self.truth(binder.condition, inner):
                yield inner

    def _big(self, node: Big, scope: Scope, want: Want) -> Value:
        parts = [self.value(node.body, inner, want) for inner in self._assignments(node.binder, node.body, scope)]
        if node.kind == "sum":
            if not parts:
                return m.filled((want[0] or 1, want[1] or 1), 0)
            made = parts[0]
            for part in parts[1:]:
                made = m.add(made, part)
            return made
        if node.kind == "prod":
            made = m.number(1)
            for part in parts:
                made = self._times(made, part, scope)
            return made
        if node.kind in ("max", "min", "sup", "inf") and parts:
            return self._extremum(
                [m.number(part.entry, part.degree) for part in parts], largest=node.kind in ("max", "sup")
            )
        raise NotExact

    # -- derivatives ----------------------------------------------------------------------------------------------

    def _deriv(self, node: Deriv, scope: Scope) -> Value:
        body, wrt = node.body, node.wrt
        if node.style == "laplacian" or (not wrt and node.style not in ("gradient", "hessian")):
            raise NotExact
        if not wrt:
            of_function = self._gradient_of_function if node.style == "gradient" else self._hessian_of_function
            return of_function(body, scope)
        if any(isinstance(each, Call) for each in wrt):
            if len(wrt) == 1 and isinstance(wrt[0], Call) and wrt[0].name == "vec" and node.style != "hessian":
                return self._by_vec(body, wrt[0].args[0], scope)
            raise NotExact
        if node.style == "hessian":
            return self._hessian(body, wrt[0], scope) if len(wrt) == 1 else _refuse()
        if node.style == "partial" and len(wrt) > 1:
            if len(wrt) == 2 and not self.value(wrt[0], scope).is_number:
                return self._hessian(body, wrt[0], scope)
            return self._one(Deriv(body, wrt[1:], "partial", node.span), wrt[0], scope, node)
        if len(wrt) > 1:
            return m.blocks([[self._one(body, each, scope, node)] for each in wrt])
        return self._one(body, wrt[0], scope, node)

    def _variable(self, wrt: Node, scope: Scope) -> tuple[str, Value, list[tuple[int, int]], tuple[int, int]]:
        """The name to override, its present value, the entries that vary, and the shape of what varies."""
        drawn, definitions = self.companion.world, self.model.definitions
        if isinstance(wrt, Post) and wrt.kind == "transpose":
            return self._variable(wrt.base, scope)
        name = name_of(wrt)

        def known(each: str) -> bool:
            return each in scope.bound or each in definitions or each in drawn.values

        if isinstance(wrt, Index) and not (name is not None and known(name)):
            base = name_of(wrt.base)
            if base is None:
                raise NotExact
            if base in drawn.families and base not in scope.bound:
                place = self.integer(wrt.indices[0], scope)
                member = scope.bound.get(f"{base}_{place}") or self.world.family(base).get(place)
                if member is None or len(wrt.indices) != 1:
                    raise NotExact
                return f"{base}_{place}", member, _places(member.shape), member.shape
            present = self.value(wrt.base, scope)
            if not known(base):
                raise NotExact
            return base, present, [self._place(present.shape, wrt, scope)], (1, 1)
        if name is None:
            raise NotExact
        present = self.value(wrt, scope)
        if not known(name):
            name = next((font for font in _fonts(name) if font in drawn.values or font in definitions), name)
        return name, present, _places(present.shape), present.shape

    def _tangents(
        self, body: Node, name: str, present: Value, places: list[tuple[int, int]], scope: Scope
    ) -> tuple[Value, Callable[[Scalar, int], Scalar], Degree]:
        """The value of `body` with `name` varying, how to read a derivative off an entry, and its degree."""
        level = scope.level + 1
        ways = {place: way for way, place in enumerate(places)}
        seeded = Value(
            [
                [Dual(x, {ways[r, c]: 1}, level) if (r, c) in ways else x for c, x in enumerate(row)]
                for r, row in enumerate(present.rows)
            ],
            present.degree,
        )
        made = self.value(body, replace(scope.with_names({name: seeded}), level=level))

        def along(x: Scalar, way: int) -> Scalar:
            return x.d.get(way, 0) if isinstance(x, Dual) and x.level == level else 0

        return made, along, made.degree.differentiated(present.degree)

    def _one(self, body: Node, wrt: Node, scope: Scope, node: Deriv) -> Value:
        name, present, places, shape = self._variable(wrt, scope)
        made, along, degree = self._tangents(body, name, present, places, scope)
        if len(places) == 1:
            return m.mapped(lambda x: along(x, 0), made, degree)
        if made.is_number:
            flat = [along(made.entry, way) for way in range(len(places))]
            return Value([flat[r * shape[1] : (r + 1) * shape[1]] for r in range(shape[0])], degree)
        if made.shape[1] == 1 and shape[1] == 1 and node.style != "gradient":
            jacobian = Value([[along(row[0], way) for way in range(len(places))] for row in made.rows], degree)
            return m.transpose(jacobian) if self.model.denominator_layout else jacobian
        raise NotExact

    def _by_vec(self, body: Node, wrt: Node, scope: Scope) -> Value:
        name, present, _, (rows, cols) = self._variable(wrt, scope)
        places = [(r, c) for c in range(cols) for r in range(rows)]
        made, along, degree = self._tangents(body, name, present, places, scope)
        if made.is_number:
            return Value([[along(made.entry, way)] for way in range(len(places))], degree)
        if made.shape[1] != 1:
            raise NotExact
        return Value([[along(row[0], way) for way in range(len(places))] for row in made.rows], degree)

    def _hessian(self, body: Node, wrt: Node, scope: Scope) -> Value:
        name, present, places, shape = self._variable(wrt, scope)

        def taken(seeded: Value, inner: Scope) -> Value:
            return self.value(body, inner.with_names({name: seeded}))

        return self._second_of(taken, present, places, shape, scope)

    def _second_of(
        self,
        taken: Callable[[Value, Scope], Value],
        present: Value,
        places: list[tuple[int, int]],
        shape: tuple[int, int],
        scope: Scope,
    ) -> Value:
        """The second derivatives of the number that is `taken` where `present` varies in `places`."""
        if 1 not in shape:
            raise NotExact
        low, high = scope.level + 1, scope.level + 2
        ways = {place: way for way, place in enumerate(places)}
        seeded = [
            [
                Dual(Dual(x, {ways[r, c]: 1}, low), {ways[r, c]: 1}, high) if (r, c) in ways else x
                for c, x in enumerate(row)
            ]
            for r, row in enumerate(present.rows)
        ]
        made = taken(Value(seeded, present.degree), replace(scope, level=high))
        if not made.is_number:
            raise NotExact
        degree = made.degree.differentiated(present.degree).differentiated(present.degree)
        count = range(len(places))
        return Value([[_second(made.entry, p, q, low, high) for q in count] for p in count], degree)

    def _hessian_of_function(self, body: Node, scope: Scope) -> Value:
        r"""`\nabla^2 f(a)` of a function of one vector, taken at `a`."""
        name, arguments = self._function_at(body, scope)
        if len(arguments) != 1:
            raise NotExact

        def taken(seeded: Value, inner: Scope) -> Value:
            return self._applied(name, [seeded], body, inner)

        present = arguments[0]
        return self._second_of(taken, present, _places(present.shape), present.shape, scope)

    def _gradient_of_function(self, body: Node, scope: Scope) -> Value:
        r"""`\nabla f(a)` of a function of one argument, or of several stacked, taken at `a`."""
        name, arguments = self._function_at(body, scope)
        level = scope.level + 1
        count = 0
        seeded: list[Value] = []
        base = Degree()
        for each in arguments:
            varied: m.Rows = []
            for row in each.rows:
                varied.append([Dual(x, {count + c: 1}, level) for c, x in enumerate(row)])
                count += len(row)
            seeded.append(Value(varied, each.degree))
            base = base.plus(each.degree)
        made = self._applied(name, seeded, body, replace(scope, level=level))
        x = made.entry
        flat = [x.d.get(way, 0) if isinstance(x, Dual) and x.level == level else 0 for way in range(count)]
        degree = made.degree.differentiated(base)
        if len(arguments) == 1 and arguments[0].shape[1] > 1:
            rows, cols = arguments[0].shape
            return Value([flat[r * cols : (r + 1) * cols] for r in range(rows)], degree)
        return Value([[each] for each in flat], degree)

    def _function_at(self, body: Node, scope: Scope) -> tuple[str, list[Value]]:
        """The function that `f(a)` names, or `f` of its own parameters, and what it is taken at."""
        if isinstance(body, Apply):
            name = name_of(body.head)
            arguments = [self.value(arg, scope) for arg in body.args]
        else:
            name = name_of(body)
            definition = self.model.definitions.get(name or "")
            if definition is None or not definition.params:
                raise NotExact
            arguments = [self._symbol(param, scope, NOTHING) for param in definition.params]
        if name is None:
            raise NotExact
        return name, arguments

    def _prime(self, node: Post, scope: Scope) -> Value:
        order, inner = 1, node.base
        while isinstance(inner, Post) and inner.kind == "prime":
            order, inner = order + 1, inner.base
        name = name_of(inner)
        definition = self.model.definitions.get(name or "")
        if name is None or definition is None or len(definition.params) != 1:
            raise NotExact
        made = Apply(inner, (Sym(definition.params[0], node.span),), node.span)
        return self._derivative_of_function(name, made, scope, order)

    def _derivative_of_function(self, name: str, node: Apply, scope: Scope, order: int) -> Value:
        """`f'(a)`, `f''(a)`: of a function of one number, or entry-wise."""
        if len(node.args) != 1:
            raise NotExact
        argument = self.value(node.args[0], scope)

        def at(x: Value, depth: int, level: int) -> Value:
            if depth == 0:
                return self._applied(name, [x], node, replace(scope, level=level))
            above = level + 1
            made = at(m.mapped(lambda each: Dual(each, {0: 1}, above), x), depth - 1, above)
            return m.mapped(
                lambda each: each.d.get(0, 0) if isinstance(each, Dual) and each.level == above else 0,
                made,
                made.degree.differentiated(x.degree),
            )

        return at(argument, order, scope.level)


def _second(x: Scalar, p: int, q: int, low: int, high: int) -> Scalar:
    """The derivative in direction p of level `high`, then q of level `low`."""
    inner = x.d.get(p, 0) if isinstance(x, Dual) and x.level == high else 0
    return inner.d.get(q, 0) if isinstance(inner, Dual) and inner.level == low else 0


def _refuse() -> Value:
    raise NotExact


def _spread(degree: Degree, over: Value) -> Degree:
    """Of entries that have a denominator each, over a common one."""
    count = len(over.entries())
    return Degree(degree.top + (count - 1) * degree.bottom, count * degree.bottom)


def _places(shape: tuple[int, int]) -> list[tuple[int, int]]:
    return [(r, c) for r in range(shape[0]) for c in range(shape[1])]


def _fonts(name: str) -> list[str]:
    """The same letter in bold, and not in bold."""
    plain_name = name.removeprefix("\\mathbf{").removesuffix("}")
    return [f"\\mathbf{{{name}}}"] + ([plain_name] if plain_name != name else [])


def _factorial(n: Scalar) -> int:
    from math import factorial

    if not isinstance(n, int) or n > 170:
        raise NotExact
    if n < 0:
        raise Vanished
    return factorial(n)


def _is_plain_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (
        isinstance(node, Special) and node.kind == "zeros" and node.size is None
    )


def _vectorial(node: Node) -> bool:
    """Whether what stands in `diag(.)` is built of entries rather than of matrix products."""
    return not any(
        isinstance(each, Mul) or (isinstance(each, Post) and each.kind in ("transpose", "inverse", "inverse-transpose"))
        for each in walk(node)
    )


COMPARE: dict[str, Callable[[Scalar, Scalar], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
}

__all__ = ["Scope", "Walker", "World"]
