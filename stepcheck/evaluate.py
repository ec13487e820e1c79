"""The value of an expression at drawn points.

Shapes are those of arrays: a number is 1 by 1, a column n by 1. Dimensions are drawn distinct and never 1, so that what
does not conform clashes, and the clash is reported with the symbols that forced it. What takes "the size that fits"
(`I`, `0`, the ones vector, `e_i`) is evaluated last, with the size its neighbours ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product as cartesian
from typing import Any, assert_never

import numpy as np

from . import values as v
from .errors import NotationError, Span
from .grammar import name_of
from .model import Definition, Model, Symbol
from .tree import (
    Add,
    Apply,
    At,
    Big,
    Binder,
    Call,
    Cases,
    Deriv,
    Div,
    Expect,
    Grid,
    Index,
    Infix,
    Info,
    Integral,
    Law,
    Limit,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Prob,
    Relation,
    Sequence,
    SetOf,
    Special,
    Sym,
    Words,
    walk,
)
from .values import Array, Undefined, Value

MAX_TERMS = 300
Shape = tuple[int, int]
Want = tuple[int | None, int | None]
NOTHING: Want = (None, None)


class ShapeClash(Exception):
    """Two things that do not conform: the place, both shapes, and what each side is."""

    def __init__(self, span: Span, left: Shape, right: Shape, operation: str) -> None:
        super().__init__(operation)
        self.span, self.left, self.right, self.operation = span, left, right, operation


class NeedsSize(Exception):
    """Something takes the size that fits, and nothing here says which."""

    def __init__(self, span: Span, what: str) -> None:
        super().__init__(what)
        self.span, self.what = span, what


class Unsupported(NotationError):
    """Notation that is read but not evaluated."""


@dataclass(slots=True)
class World:
    """Values drawn for what the note leaves free."""

    dims: dict[str, int] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    families: dict[str, dict[int, Value]] = field(default_factory=dict)
    functions: dict[str, Callable[[list[Value]], Value]] = field(default_factory=dict)
    weights: Array | None = None  # (P, A, 1, 1): the finite joint law of everything random
    points: int = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Names bound on the way down: parameters, indices, variables of differentiation."""

    bound: dict[str, Value] = field(default_factory=dict)
    entrywise: bool = False
    level: int = 0

    def bind(self, **names: Value) -> Scope:
        return replace(self, bound={**self.bound, **names})

    def with_names(self, names: dict[str, Value]) -> Scope:
        return replace(self, bound={**self.bound, **names})


def shape_of(x: Value) -> Shape:
    a = v.plain(x)
    return a.shape[-2], a.shape[-1]


def is_number(x: Value) -> bool:
    return shape_of(x) == (1, 1)


class Evaluator:
    """Evaluates trees in one world. Raises ShapeClash, NeedsSize, Unsupported, Undefined."""

    def __init__(self, model: Model, world: World) -> None:
        self.model = model
        self.world = world
        self.memo: dict[str, Value] = {}
        self.dependencies: dict[str, frozenset[str]] = {}
        self.calls = 0

    # -- entry points ---------------------------------------------------------------------------------------------

    def value(self, node: Node, scope: Scope | None = None, want: Want = NOTHING) -> Value:
        self.calls += 1
        if not self.calls & 31:
            self.model.watch()
        if self.calls > 400_000:
            raise Unsupported("too-much-work", node.span, "This step takes more evaluations than the bound allows.")
        return self._value(node, scope or Scope(), want)

    def number(self, node: Node, scope: Scope) -> Value:
        made = self.value(node, scope)
        if not is_number(made):
            raise ShapeClash(node.span, shape_of(made), (1, 1), "a number is expected here")
        return made

    def integer(self, node: Node, scope: Scope) -> int:
        """A whole number that is the same at every point: an index, a dimension, a bound of a sum."""
        if isinstance(node, Num) and node.value.denominator == 1:
            return int(node.value)
        made = np.unique(np.round(v.plain(self.number(node, scope)), 9))
        if made.size != 1 or not float(made[0]).is_integer():
            raise Unsupported("index", node.span, "This index is not a whole number here.")
        return int(made[0])

    # -- dispatch -------------------------------------------------------------------------------------------------

    def _value(self, node: Node, scope: Scope, want: Want) -> Value:
        match node:
            case Num(value):
                return v.const(float(value))
            case Sym():
                return self._symbol(node.name, node, scope, want)
            case Special():
                return self._special(node, scope, want)
            case Index():
                return self._index(node, scope, want)
            case Add():
                return self._add(node, scope, want)
            case Mul():
                return self._mul(node, scope, want)
            case Div():
                return self._div(node, scope, want)
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
            case At():
                return self._at(node, scope)
            case Grid():
                return self._grid(node, scope, want)
            case Cases():
                return self._cases(node, scope, want)
            case Integral():
                return self._integral(node, scope)
            case Limit():
                return self._limit(node, scope)
            case Sequence(items, brackets):
                if brackets in ("()", "[]") and len(items) > 1:
                    return v.blocks([[self.number(item, scope)] for item in items])
                raise Unsupported("list", node.span, "A list stands where a value is expected.")
            case Expect() | Prob() | Info() | Law():
                from .probability import probable

                return probable(self, node, scope)
            case Relation() | Logic():
                return self._truth(node, scope)
            case SetOf() | Words():
                raise Unsupported("no-value", node.span, "This has no value here.")
            case _:
                assert_never(node)

    # -- names ----------------------------------------------------------------------------------------------------

    def _symbol(self, name: str, node: Node, scope: Scope, want: Want) -> Value:
        if name in scope.bound:
            return scope.bound[name]
        if name in self.world.values and not self._depends_on_bound(name, scope):
            return self.world.values[name]
        if name in self.model.definitions:
            return self._defined(name, node, scope, want)
        if name in self.world.dims:
            return v.const(self.world.dims[name])
        if name in self.world.values:
            return self.world.values[name]
        if name in self.world.families:
            members = {k: scope.bound.get(f"{name}_{k}", each) for k, each in self.world.families[name].items()}
            if all(is_number(member) for member in members.values()):
                return v.blocks([[member] for member in members.values()])
            raise Unsupported("family", node.span, f"`{name}` is a family: write one of its members.")
        if name in self.world.functions and name in self.model.arguments:
            return self.world.functions[name]([self.value(each, scope) for each in self.model.arguments[name]])
        if name == "e":
            return v.const(float(np.e))
        if name == "\\pi":
            return v.const(float(np.pi))
        plain = name.removeprefix("\\mathbf{").removesuffix("}")
        bold = f"\\mathbf{{{name}}}"
        if bold != name and (bold in self.model.symbols or bold in self.model.definitions):
            return self._symbol(bold, node, scope, want)
        if plain != name and (plain in self.model.symbols or plain in self.model.definitions):
            return self._symbol(plain, node, scope, want)
        raise NotationError(
            "undeclared-symbol", node.span, f"`{name}` is not defined in this note. Declare it in prose first."
        )

    def depends(self, name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """Everything that the definition of `name` rests on, itself included."""
        known = self.dependencies.get(name)
        if known is not None:
            return known
        if name in seen:
            return frozenset({name})
        definition = self.model.definitions.get(name)
        found = {name}
        if definition is not None and name not in seen:
            hidden = {*definition.params, *definition.indices}
            for each in walk(definition.body):
                below = name_of(each)
                if below is not None and below not in hidden:
                    found |= self.depends(below, seen | {name})
        made = frozenset(found)
        if not seen:
            self.dependencies[name] = made
        return made

    def _depends_on_bound(self, name: str, scope: Scope) -> bool:
        if name not in self.model.definitions or not scope.bound:
            return False
        roots = {bound.split("_")[0].split("^")[0] for bound in scope.bound} | set(scope.bound)
        return bool(self.depends(name) & roots - {name})

    def _defined(self, name: str, node: Node, scope: Scope, want: Want) -> Value:
        definition = self.model.definitions[name]
        if definition.params:
            arguments = {param: self._symbol(param, node, scope, NOTHING) for param in definition.params}
            return self.value(definition.body, scope.with_names(arguments))
        if definition.indices:
            return self._collected(definition, node, scope)
        touched = self._depends_on_bound(name, scope)
        if not touched and name in self.memo:
            return self.memo[name]
        wanted = self._declared_shape(name) or want
        inner = scope if touched else Scope()
        made = self.value(definition.body, inner, wanted)
        declared = self._declared_shape(name)
        if declared is not None and shape_of(made) != declared and not is_number(made):
            raise ShapeClash(definition.span, shape_of(made), declared, f"`{name}` is declared with another shape")
        if not touched:
            self.memo[name] = made
        return made

    def _declared_shape(self, name: str) -> Shape | None:
        symbol = self.model.symbols.get(name)
        if symbol is None or symbol.is_number or symbol.kind == "function":
            return None
        return self.size(symbol.rows), self.size(symbol.cols)

    def size(self, dim: Node | None) -> int:
        return 1 if dim is None else self.integer(dim, Scope())

    def _collected(self, definition: Definition, node: Node, scope: Scope) -> Value:
        """All members of `p_i = …` as a column, or of `P_{ij} = …` as a matrix."""
        shape = self._declared_shape(definition.name)
        if shape is None:
            ranges = self.ranges(definition.indices, definition.body, scope)
            if ranges is None:
                raise Unsupported("range", node.span, f"How many members `{definition.name}` has is not said.")
            shape = (len(ranges[0]), len(ranges[1]) if len(ranges) > 1 else 1)
        rows: list[list[Value]] = []
        for r in range(shape[0]):
            line = []
            for c in range(shape[1]):
                names: dict[str, Value] = dict(zip(definition.indices, (v.const(r + 1), v.const(c + 1)), strict=False))
                line.append(self.number(definition.body, scope.with_names(names)))
            rows.append(line)
        return v.blocks(rows)

    # -- indices --------------------------------------------------------------------------------------------------

    def _index(self, node: Index, scope: Scope, want: Want) -> Value:
        whole = name_of(node)
        if whole is not None and (
            whole in scope.bound or whole in self.model.definitions or whole in self.world.values
            or whole in self.world.dims
        ):  # fmt: skip
            return self._symbol(whole, node, scope, want)
        base = name_of(node.base)
        if base == "\\delta" and len(node.indices) == 2 and not self._known(base, scope):
            return v.const(float(self.integer(node.indices[0], scope) == self.integer(node.indices[1], scope)))
        definition = self.model.definitions.get(base or "")
        if definition is not None and definition.indices and base not in scope.bound:
            if len(definition.indices) < len(node.indices):
                head = Index(node.base, node.indices[: len(definition.indices)], node.style, node.span)
                rest = Index(head, node.indices[len(definition.indices) :], node.style, node.span)
                return self._entry(self._index(head, scope, NOTHING), rest, scope)
            if len(definition.indices) == len(node.indices):
                names: dict[str, Value] = {
                    index: v.const(self.integer(each, scope))
                    for index, each in zip(definition.indices, node.indices, strict=True)
                }
                return self.value(definition.body, scope.with_names(names))
        if base is not None and base not in scope.bound:
            member = self._member(base, node, scope)
            if member is not None:
                return member
        if isinstance(node.base, Call) and node.base.name in ("softmax",):
            return self._entry(self.value(node.base, scope), node, scope)
        inner = self.value(node.base, scope)
        return self._entry(inner, node, scope)

    def _member(self, base: str, node: Index, scope: Scope) -> Value | None:
        """A member of an indexed family, `x_i`; None where `base` is no family."""
        if base not in self.world.families and base not in self.model.definitions:
            for font in (f"\\mathbf{{{base}}}", base.removeprefix("\\mathbf{").removesuffix("}")):
                if font in self.world.families:
                    base = font
        family = self.world.families.get(base)
        if family is None:
            return None
        place = self.integer(node.indices[0], scope)
        bound = scope.bound.get(f"{base}_{place}")
        member = bound if bound is not None else family.get(place)
        if member is None:
            raise Unsupported("index", node.span, f"`{base}` has no member {place}.")
        if len(node.indices) == 1:
            return member
        rest = Index(node.base, node.indices[1:], node.style, node.span)
        return self._entry(member, rest, scope)

    def _entry(self, inner: Value, node: Index, scope: Scope) -> Value:
        rows, cols = shape_of(inner)
        places = [self.integer(each, scope) - 1 for each in node.indices]
        if len(places) == 1:
            if cols == 1 and rows > 1:
                places = [places[0], 0]
            elif rows == 1 and cols > 1:
                places = [0, places[0]]
            else:
                raise Unsupported("index", node.span, "One index of a matrix may be a row or a column: write which.")
        if len(places) != 2 or not (0 <= places[0] < rows and 0 <= places[1] < cols):
            raise Unsupported("index", node.span, "This index is outside of what it indexes.")
        return v.entry(inner, places[0], places[1])

    # -- sizes that fit -------------------------------------------------------------------------------------------

    def _special(self, node: Special, scope: Scope, want: Want) -> Value:
        rows, cols = want
        sizes: list[int] = []
        if node.size is not None and node.kind != "basis":
            items = node.size.items if isinstance(node.size, Sequence) else (node.size,)
            sizes = [self.integer(each, scope) for each in items]
        if node.kind == "identity":
            if "I" in scope.bound:
                return scope.bound["I"]
            size = sizes[0] if sizes else rows or cols
            if size is None:
                raise NeedsSize(node.span, "I")
            return np.eye(size)[None, None]
        if node.kind == "ones":
            if sizes:
                return np.ones((1, 1, sizes[0], sizes[1] if len(sizes) > 1 else 1))
            if rows is None:
                raise NeedsSize(node.span, "\\mathbf{1}")
            return np.ones((1, 1, rows, cols or 1))
        if node.kind == "zeros":
            if sizes:
                return np.zeros((1, 1, sizes[0], sizes[1] if len(sizes) > 1 else 1))
            if rows is None:
                raise NeedsSize(node.span, "\\mathbf{0}")
            return np.zeros((1, 1, rows, cols or 1))
        if node.kind == "basis":
            if rows is None and len(self.world.dims) == 1:
                rows = next(iter(self.world.dims.values()))
            if rows is None or node.size is None:
                raise NeedsSize(node.span, "e_i")
            made = np.zeros((1, 1, rows, 1))
            place = self.integer(node.size, scope) - 1
            if not 0 <= place < rows:
                raise Unsupported("index", node.span, "This index is outside of the space.")
            made[..., place, 0] = 1
            return made
        if node.kind == "infinity":
            return v.const(np.inf)
        raise Unsupported("ellipsis", node.span, "Dots are read in lists only. Write a sum.")

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def _all(self, nodes: list[Node], scope: Scope, want: Want) -> list[Value]:
        """Values of things that must have one shape: those that know theirs first."""
        made: list[Value | None] = []
        waiting: NeedsSize | None = None
        for node in nodes:
            try:
                made.append(None if _is_plain_zero(node) and len(nodes) > 1 else self.value(node, scope, NOTHING))
            except NeedsSize as missing:
                waiting = missing
                made.append(None)
        known = [shape_of(each) for each in made if each is not None]
        big = next((shape for shape in known if shape != (1, 1)), None)
        fit: Want = big or (want if want != NOTHING else (known[0] if known else NOTHING))
        found: list[Value] = []
        for node, each in zip(nodes, made, strict=True):
            if each is not None:
                found.append(each)
            elif _is_plain_zero(node):
                rows, cols = fit
                found.append(np.zeros((1, 1, rows or 1, cols or 1)))
            elif fit == NOTHING and waiting is not None:
                raise waiting
            else:
                found.append(self.value(node, scope, fit))
        return found

    def _add(self, node: Add, scope: Scope, want: Want) -> Value:
        parts = self._all([term for _, term in node.terms], scope, want)
        total: Value | None = None
        for (sign, term), part in zip(node.terms, parts, strict=True):
            signed = part if sign > 0 else v.neg(part)
            if total is None:
                total = signed
                continue
            left, right = shape_of(total), shape_of(signed)
            if left != right and not (scope.entrywise and (1, 1) in (left, right)):
                raise ShapeClash(term.span, left, right, "a sum")
            total = v.add(total, signed)
        assert total is not None
        return total

    def _mul(self, node: Mul, scope: Scope, want: Want) -> Value:
        factors = list(node.factors)
        made: list[Value | None] = []
        waiting: NeedsSize | None = None
        for factor in factors:
            try:
                made.append(self.value(factor, scope, NOTHING))
            except NeedsSize as missing:
                waiting = missing
                made.append(None)
        if waiting is not None:
            solid = [place for place, each in enumerate(made) if each is None or not is_number(each)]
            for _ in range(2):
                for at, place in enumerate(solid):
                    if made[place] is not None:
                        continue
                    before = made[solid[at - 1]] if at else None
                    after = made[solid[at + 1]] if at + 1 < len(solid) else None
                    rows = shape_of(before)[1] if before is not None else (want[0] if at == 0 else None)
                    cols = shape_of(after)[0] if after is not None else (want[1] if at + 1 == len(solid) else None)
                    try:
                        made[place] = self.value(factors[place], scope, (rows, cols))
                    except NeedsSize as missing:
                        waiting = missing
            if any(each is None for each in made):
                raise waiting
        total: Value | None = None
        for factor, part in zip(factors, made, strict=True):
            assert part is not None
            total = part if total is None else self._times(total, part, factor.span, scope)
        assert total is not None
        return total

    def _times(self, a: Value, b: Value, span: Span, scope: Scope) -> Value:
        left, right = shape_of(a), shape_of(b)
        if (1, 1) in (left, right):
            return v.times(a, b)
        if scope.entrywise and left == right:
            return v.times(a, b)
        if left[1] != right[0]:
            raise ShapeClash(span, left, right, "a product")
        return v.matmul(a, b)

    def _div(self, node: Div, scope: Scope, want: Want) -> Value:
        top = self.value(node.top, scope, want)
        bottom = self.value(node.bottom, scope, NOTHING)
        if not is_number(bottom) and not scope.entrywise:
            raise ShapeClash(
                node.bottom.span, shape_of(top), shape_of(bottom), "a division: the lower part is no number"
            )
        return v.divide(top, bottom)

    def _pow(self, node: Pow, scope: Scope, want: Want) -> Value:
        exponent_node = node.exponent
        if isinstance(node.base, Sym) and node.base.name == "e" and not self._known("e", scope):
            inner = self.value(exponent_node, scope, want)
            return self._exp(inner, scope, exponent_node.span)
        base = self.value(node.base, scope, want)
        rows, cols = shape_of(base)
        if (rows, cols) == (1, 1) or scope.entrywise:
            return v.power(base, self.value(exponent_node, scope))
        if rows == cols:
            exponent = self._rational(exponent_node, scope)
            if exponent is not None and exponent.denominator == 1 and abs(exponent) <= 12:
                return v.matrix_power(base, int(exponent))
            if exponent is not None and exponent.denominator == 2 and abs(exponent) <= 6:
                root = v.matrix_root(base)
                return v.matrix_power(root, int(exponent * 2))
            raise Unsupported("matrix-power", node.span, "Powers of a matrix are read for whole and half exponents.")
        if cols == 1:
            raise Unsupported("vector-power", node.span, "A power of a vector is read entry-wise inside `diag` only.")
        raise ShapeClash(node.span, (rows, cols), (rows, cols), "a power of a matrix that is not square")

    def _rational(self, node: Node, scope: Scope) -> Fraction | None:
        try:
            made = np.unique(v.plain(self.number(node, scope)))
        except (ShapeClash, NeedsSize):
            return None
        return Fraction(float(made[0])).limit_denominator(64) if made.size == 1 else None

    def _known(self, name: str, scope: Scope) -> bool:
        return name in scope.bound or name in self.model.symbols or name in self.model.definitions

    def _exp(self, inner: Value, scope: Scope, span: Span) -> Value:
        rows, cols = shape_of(inner)
        if rows == cols and rows > 1 and not scope.entrywise and not self._entrywise_words():
            return v.matrix_exponential(inner)
        return v.exp(inner)

    def _entrywise_words(self) -> bool:
        words = self.model.words.lower()
        return "entry-wise" in words or "entrywise" in words or "element-wise" in words or "elementwise" in words

    def _post(self, node: Post, scope: Scope, want: Want) -> Value:
        if node.kind in ("prime", "dot"):
            return self._prime(node, scope)
        if node.kind == "transpose":
            return v.transpose(self.value(node.base, scope, (want[1], want[0])))
        base = self.value(node.base, scope, want if node.kind == "inverse" else NOTHING)
        rows, cols = shape_of(base)
        if node.kind == "factorial":
            if (rows, cols) != (1, 1):
                raise ShapeClash(node.span, (rows, cols), (1, 1), "a factorial of a matrix")
            return _factorial(base)
        if node.kind == "pinv":
            return v.pseudo_inverse(base)
        if scope.entrywise and (rows, cols) != (1, 1):
            return v.reciprocal(base)
        if rows != cols:
            raise ShapeClash(node.span, (rows, cols), (rows, cols), "the inverse of a matrix that is not square")
        made = v.inverse(base)
        return v.transpose(made) if node.kind == "inverse-transpose" else made

    def _infix(self, node: Infix, scope: Scope, want: Want) -> Value:
        if node.kind == "kron":
            return v.kron(self.value(node.left, scope), self.value(node.right, scope))
        left, right = self._all([node.left, node.right], scope, want)
        if shape_of(left) != shape_of(right) and not (scope.entrywise and (1, 1) in (shape_of(left), shape_of(right))):
            raise ShapeClash(node.span, shape_of(left), shape_of(right), "an entry-wise product")
        return v.times(left, right) if node.kind == "hadamard" else v.divide(left, right)

    def _grid(self, node: Grid, scope: Scope, want: Want) -> Value:
        if any(isinstance(cell, Special) and cell.kind == "ellipsis" for row in node.rows for cell in row):
            return self._grid_with_dots(node, scope)
        made: list[list[Value | None]] = []
        for row in node.rows:
            line: list[Value | None] = []
            for cell in row:
                try:
                    line.append(None if _is_plain_zero(cell) else self.value(cell, scope))
                except NeedsSize:
                    line.append(None)
            made.append(line)
        heights = [max((shape_of(each)[0] for each in line if each is not None), default=1) for line in made]
        widths = [
            max((shape_of(line[c])[1] for line in made if line[c] is not None), default=1)  # type: ignore[arg-type]
            for c in range(len(node.rows[0]))
        ]
        blocks: list[list[Value]] = []
        for r, row in enumerate(node.rows):
            blocks.append([])
            for c, cell in enumerate(row):
                fit = (heights[r], widths[c])
                each = made[r][c]
                if each is None:
                    each = np.zeros((1, 1, *fit)) if _is_plain_zero(cell) else self.value(cell, scope, fit)
                if shape_of(each) != fit:
                    raise ShapeClash(cell.span, shape_of(each), fit, "a block of this matrix")
                blocks[-1].append(each)
        return v.blocks(blocks)

    def _grid_with_dots(self, node: Grid, scope: Scope) -> Value:
        """`(x_1 … x_n)`: the members of a family side by side, or one below the other."""
        cells = [cell for row in node.rows for cell in row]
        if len(cells) == 3 and isinstance(cells[0], Index | Post) and type(cells[0]) is type(cells[2]):
            first = cells[0].base if isinstance(cells[0], Post) else cells[0]
            last = cells[2].base if isinstance(cells[2], Post) else cells[2]
            if isinstance(first, Index) and isinstance(last, Index):
                low, high = self.integer(first.indices[0], scope), self.integer(last.indices[0], scope)
                members: list[Value] = []
                for place in range(low, high + 1):
                    at = Index(first.base, (Num(Fraction(place), first.span),), first.style, first.span)
                    member = self.value(at, scope)
                    members.append(v.transpose(member) if isinstance(cells[0], Post) else member)
                return v.blocks([members] if len(node.rows) == 1 else [[member] for member in members])
        raise Unsupported("ellipsis", node.span, "The dots in this matrix are not read.")

    def _cases(self, node: Cases, scope: Scope, want: Want) -> Value:
        made: Value | None = None
        for value, condition in reversed(node.branches):
            part = self.value(value, scope, want)
            if made is None and condition is None:
                made = part
                continue
            if condition is None:
                raise Unsupported("cases", node.span, "“Otherwise” must come last.")
            mask = v.plain(self._truth(condition, scope)) > 0.5
            made = v.choose(mask, part, made if made is not None else v.times(v.const(np.nan), part))
        assert made is not None
        return made

    # -- functions ------------------------------------------------------------------------------------------------

    def _call(self, node: Call, scope: Scope, want: Want) -> Value:
        name = node.name
        if name in ENTRYWISE:
            inner = self.value(node.args[0], scope, want)
            rows, cols = shape_of(inner)
            if name == "exp":
                return self._exp(inner, scope, node.span)
            if (
                rows == cols
                and rows > 1
                and name in ("log", "sin", "cos")
                and not scope.entrywise
                and not self._entrywise_words()
            ):
                raise Unsupported("matrix-function", node.span, f"`{name}` of a matrix is not evaluated.")
            return ENTRYWISE[name](inner)
        if name in ("row", "column"):
            inner = self.value(node.args[0], scope)
            place = self.integer(node.args[1], scope) - 1
            if not 0 <= place < shape_of(inner)[0 if name == "row" else 1]:
                raise Unsupported("index", node.span, f"There is no such {name}.")
            return v.transpose(v.row(inner, place)) if name == "row" else v.column(inner, place)
        if name == "diag":
            if len(node.args) > 1:
                return self._diagonal_of_list(node, scope)
            inner = self.value(
                node.args[0], replace(scope, entrywise=True) if _vectorial(node.args[0]) else scope, want
            )
            rows, cols = shape_of(inner)
            if cols == 1:
                return v.diagonal_matrix(inner)
            if rows == 1:
                return v.diagonal_matrix(v.transpose(inner))
            if rows == cols:
                return v.diagonal_of(inner)
            raise ShapeClash(node.span, (rows, cols), (rows, cols), "`diag` of a matrix that is not square")
        if name in ("max", "min"):
            return self._extremum([self.value(arg, scope) for arg in node.args], name)
        if name == "indicator":
            return self._truth(node.args[0], scope)
        if name == "inner":
            left, right = self._all(list(node.args), scope, NOTHING)
            if shape_of(left) != shape_of(right):
                raise ShapeClash(node.span, shape_of(left), shape_of(right), "an inner product")
            return v.total(v.times(left, right))
        if name == "binom":
            n, k = (self.number(arg, scope) for arg in node.args)
            return v.divide(_factorial(n), v.times(_factorial(k), _factorial(v.sub(n, k))))
        if name == "root":
            inner, order = (self.number(arg, scope) for arg in node.args)
            return v.power(inner, v.reciprocal(order))
        if name == "logbase":
            inner, base = (self.value(arg, scope) for arg in node.args)
            return v.divide(v.log(inner), v.log(base))
        if name.startswith("norm"):
            return self._norm(node, scope)
        if name == "normp":
            return self._norm(node, scope)
        return self._matrix_function(node, scope, want)

    def _matrix_function(self, node: Call, scope: Scope, want: Want) -> Value:
        name = node.name
        inner = self.value(node.args[0], scope, want if name in ("softmax",) else NOTHING)
        rows, cols = shape_of(inner)
        if name in ("tr", "det", "logdet", "expm") and rows != cols:
            what = {"tr": "the trace", "det": "the determinant"}.get(name, name)
            raise ShapeClash(node.span, (rows, cols), (rows, cols), f"{what} of a matrix that is not square")
        match name:
            case "tr":
                return v.trace(inner)
            case "det":
                return v.determinant(inner)
            case "logdet":
                return v.log(v.determinant(inner))
            case "expm":
                return v.matrix_exponential(inner)
            case "rank":
                return v.rank(inner)
            case "vec":
                return v.vec(inner)
            case "bars":
                if (rows, cols) == (1, 1) or scope.entrywise:
                    return v.absolute(inner)
                if rows == cols:
                    return v.determinant(inner)
                raise Unsupported("bars", node.span, "Bars around a vector are not read: write a norm.")
            case "softmax":
                if rows != 1 and cols != 1:
                    if "row" not in self.model.words.lower():
                        raise Unsupported("softmax", node.span, "Softmax of a matrix: say “row-wise” in the note.")
                    shifted = v.exp(v.sub(inner, v.plain(inner).max(axis=-1, keepdims=True)))
                    sums = v.linear(lambda a: a.sum(axis=-1, keepdims=True), shifted)
                    return v.divide(shifted, sums)
                shifted = v.exp(v.sub(inner, v.plain(inner).max(axis=(-1, -2), keepdims=True)))
                return v.divide(shifted, v.total(shifted))
            case "logsumexp":
                top = v.plain(inner).max(axis=(-1, -2), keepdims=True)
                return v.add(v.log(v.total(v.exp(v.sub(inner, top)))), top)
            case "eigmax" | "eigmin" | "eig":
                raise Unsupported("eigenvalue", node.span, "This eigenvalue is not evaluated.")
            case "differential":
                raise Unsupported("differential", node.span, "Differentials are not evaluated here.")
            case _:
                raise Unsupported("function", node.span, f"`{name}` is not evaluated.")

    def _diagonal_of_list(self, node: Call, scope: Scope) -> Value:
        args = list(node.args)
        if len(args) == 3 and isinstance(args[1], Special) and args[1].kind == "ellipsis":
            first, last = args[0], args[2]
            if isinstance(first, Index) and isinstance(last, Index):
                low, high = self.integer(first.indices[0], scope), self.integer(last.indices[0], scope)
                entries = [
                    self.value(Index(first.base, (Num(Fraction(k), first.span),), first.style, first.span), scope)
                    for k in range(low, high + 1)
                ]
                return v.diagonal_matrix(v.blocks([[each] for each in entries]))
            entries = self._pattern(args, scope)
            return v.diagonal_matrix(v.blocks([[each] for each in entries]))
        return v.diagonal_matrix(v.blocks([[self.number(arg, scope)] for arg in args]))

    def _pattern(self, args: list[Node], scope: Scope) -> list[Value]:
        """`f(x_1), …, f(x_n)`: the first and last must differ in one index only."""
        first, last = args[0], args[2]
        ends = [each for each in walk(last) if isinstance(each, Sym) and each.name in self.world.dims]
        if not ends:
            raise Unsupported("ellipsis", first.span, "These dots are not read.")
        high = self.world.dims[ends[0].name]
        from .rewrite import replace_index

        return [self.value(replace_index(last, ends[0].name, k), scope) for k in range(1, high + 1)]

    def _extremum(self, parts: list[Value], name: str) -> Value:
        choose = v.larger if name in ("max", "sup") else v.smaller
        if len(parts) == 1 and not is_number(parts[0]):
            rows, cols = shape_of(parts[0])
            parts = [v.entry(parts[0], r, c) for r in range(rows) for c in range(cols)]
        made = parts[0]
        for part in parts[1:]:
            made = choose(made, part)
        return made

    def _norm(self, node: Call, scope: Scope) -> Value:
        inner = self.value(node.args[0], scope)
        rows, cols = shape_of(inner)
        vector = rows == 1 or cols == 1
        kind = node.name
        if kind == "norm" and not vector:
            raise Unsupported("norm", node.span, "Which norm of a matrix? Write `\\lVert A \\rVert_F` or `_2`.")
        if kind == "norm" or kind == "normF" or (kind == "norm2" and vector):
            return v.sqrt(v.total(v.times(inner, inner)))
        if kind in ("norm2", "normop"):
            return v.entry(v.singular_values(inner), 0, 0)
        if kind == "normnuc":
            return v.total(v.singular_values(inner))
        if kind == "norm1" and vector:
            return v.total(v.absolute(inner))
        if kind in ("norminf", "normmax") and vector:
            return self._extremum([v.absolute(inner)], "max")
        if kind == "norm0" and vector:
            return v.total(v.times(v.sign(inner), v.sign(inner)))
        if kind == "normmax":
            return self._extremum([v.absolute(inner)], "max")
        if kind == "normp" and vector:
            order = self.number(node.args[1], scope)
            return v.power(v.total(v.power(v.absolute(inner), order)), v.reciprocal(order))
        if kind == "norm1":
            sums = v.linear(lambda a: np.swapaxes(a.sum(axis=-2, keepdims=True), -1, -2), v.absolute(inner))
            return self._extremum([sums], "max")
        if kind == "norminf":
            sums = v.linear(lambda a: a.sum(axis=-1, keepdims=True), v.absolute(inner))
            return self._extremum([sums], "max")
        if kind == "normp":
            order_node = node.args[1]
            under = name_of(order_node)
            if under is not None:  # ‖x‖_A = sqrt(xᵀ A x)
                weight = self.value(order_node, scope)
                if shape_of(weight) == (rows, rows):
                    return v.sqrt(v.matmul(v.transpose(inner), v.matmul(weight, inner)))
        raise Unsupported("norm", node.span, "This norm is not evaluated.")

    def _apply(self, node: Apply, scope: Scope) -> Value:
        head = node.head
        primes = 0
        while isinstance(head, Post) and head.kind == "prime":
            primes, head = primes + 1, head.base
        if isinstance(head, Deriv) and isinstance(head.body, Sym):
            made = Deriv(Apply(head.body, node.args, node.span), head.wrt, head.style, node.span)
            return self._deriv(made, scope)
        name = name_of(head)
        if primes:
            return self._derivative_of_function(name, node, scope, primes)
        spectral = self._spectral(head, node, scope)
        if spectral is not None:
            return spectral
        if name is None:
            raise Unsupported("application", node.span, "What is applied here is not a function.")
        return self.apply(name, [self.value(arg, scope) for arg in node.args], node, scope)

    def apply(self, name: str, arguments: list[Value], node: Node, scope: Scope) -> Value:
        definition = self.model.definitions.get(name)
        if definition is None and isinstance(node, Apply) and isinstance(node.head, Index):
            base = name_of(node.head.base) or ""
            definition = self.model.definitions.get(base)
            if definition is not None and definition.indices and definition.params:
                places: dict[str, Value] = {
                    index: v.const(self.integer(each, scope))
                    for index, each in zip(definition.indices, node.head.indices, strict=False)
                }
                scope = scope.with_names(places)
        if definition is not None and definition.params:
            if len(definition.params) != len(arguments):
                raise Unsupported(
                    "arguments", node.span, f"`{name}` takes {len(definition.params)} arguments, not {len(arguments)}."
                )
            inner = scope.with_names(dict(zip(definition.params, arguments, strict=True)))
            if scope.entrywise or not any(not is_number(each) for each in arguments):
                return self.value(definition.body, inner)
            try:
                return self.value(definition.body, inner)
            except (ShapeClash, Unsupported):
                if any(
                    param in self.model.symbols and not self.model.symbols[param].is_number
                    for param in definition.params
                ):
                    raise
                return self.value(definition.body, replace(inner, entrywise=True))
        if name in self.world.functions:
            return self.world.functions[name](arguments)
        if name == "\\sigma" and len(arguments) == 1 and self._says("sigmoid", "logistic"):
            return ENTRYWISE["sigmoid"](arguments[0])
        if self.model.is_variable(name) or name in scope.bound or name in self.world.values:
            raise Unsupported("application", node.span, f"`{name}` is not a function. Write a product with `\\cdot`.")
        raise NotationError(
            "undeclared-function", node.span, f"`{name}` is not defined in this note. Define it in prose first."
        )

    def _says(self, *words: str) -> bool:
        return any(word in self.model.words.lower() for word in words)

    def _spectral(self, head: Node, node: Apply, scope: Scope) -> Value | None:
        r"""`\lambda_{\max}(A)`, `\lambda_i(A)`, `\sigma_{\max}(A)`, `\sigma_i(A)`."""
        name = name_of(head) or ""
        root = name.split("_")[0]
        if root not in ("\\lambda", "\\sigma", "s") or "_" not in name or len(node.args) != 1:
            return None
        if name in self.model.definitions or root in self.model.definitions:
            return None
        inner = self.value(node.args[0], scope)
        rows, cols = shape_of(inner)
        if (rows, cols) == (1, 1):
            return None
        if root == "\\lambda":
            if rows != cols:
                raise ShapeClash(node.span, (rows, cols), (rows, cols), "an eigenvalue of a matrix that is not square")
            flat = v.plain(inner)
            if not np.allclose(flat, np.swapaxes(flat, -1, -2), atol=1e-8 * (1 + np.abs(flat).max()), equal_nan=True):
                raise Unsupported("eigenvalue", node.span, "Eigenvalues are evaluated for symmetric matrices only.")
            found = v.eigenvalues(inner)
        else:
            found = v.singular_values(inner)
        count = shape_of(found)[0]
        which = name.split("_", 1)[1]
        if which == "max":
            return v.entry(found, 0, 0)
        if which == "min":
            return v.entry(found, count - 1, 0)
        assert isinstance(head, Index)
        place = self.integer(head.indices[0], scope)
        if not 1 <= place <= count:
            raise Unsupported("index", node.span, "There is no such eigenvalue.")
        return v.entry(found, place - 1, 0)

    # -- big operators --------------------------------------------------------------------------------------------

    def assignments(self, binder: Binder, body: Node, scope: Scope) -> Iterator[Scope]:
        """The scopes in which the body of a sum stands, one for each choice of its indices."""
        if binder.low is not None and binder.high is not None:
            low = self.integer(binder.low, scope)
            if isinstance(binder.high, Special) and binder.high.kind == "infinity":
                raise Unsupported("infinite", binder.span, "This range is infinite.")
            ranges = [range(low, self.integer(binder.high, scope) + 1)] * len(binder.names)
        elif binder.low is not None and isinstance(binder.low, Node) and binder.high is None:
            found = self.ranges(binder.names, body, scope)
            if found is None:
                raise Unsupported("range", binder.span, f"Up to where does `{binder.names[0]}` run? Write it above.")
            low = self.integer(binder.low, scope)
            ranges = [range(low, each.stop) for each in found]
        else:
            found = self.ranges(binder.names, body, scope)
            if found is None:
                raise Unsupported("range", binder.span, f"Over what does `{binder.names[0]}` run? Write its range.")
            ranges = found
        if np.prod([len(each) for each in ranges], dtype=float) > 5_000:
            raise Unsupported("too-many-terms", binder.span, "This sum has more terms than the bound of 5000.")
        for places in cartesian(*ranges):
            names: dict[str, Value] = {name: v.const(k) for name, k in zip(binder.names, places, strict=True)}
            inner = scope.with_names(names)
            if binder.condition is None or bool(np.all(v.plain(self._truth(binder.condition, inner)) > 0.5)):
                yield inner

    def ranges(self, names: tuple[str, ...], body: Node, scope: Scope) -> list[range] | None:
        """Where indices without a range run: over what they index in `body`, or as the note declares them."""
        found: list[range] = []
        for name in names:
            size = self._declared_range(name, scope)
            if size is None:
                size = self._used_range(name, body, scope)
            if size is None:
                return None
            found.append(size)
        return found

    def _declared_range(self, name: str, scope: Scope) -> range | None:
        for assumption in self.model.assumptions:
            relation = assumption.relation
            if assumption.words == "range" and isinstance(relation, Relation) and name_of(relation.sides[1]) == name:
                low, high = relation.sides[0], relation.sides[2]
                return range(self.integer(low, scope), self.integer(high, scope) + 1)
        return None

    def _used_range(self, name: str, body: Node, scope: Scope) -> range | None:
        for each in walk(body):
            if not isinstance(each, Index):
                if isinstance(each, Special) and each.kind == "basis":
                    continue
                continue
            for place, index in enumerate(each.indices):
                if not (isinstance(index, Sym) and index.name == name):
                    continue
                base = name_of(each.base)
                if base is not None and base in self.world.families:
                    members = self.world.families[base]
                    if place == 0:
                        return range(min(members), max(members) + 1)
                    return range(1, shape_of(next(iter(members.values())))[0] + 1)
                definition = self.model.definitions.get(base or "")
                if (
                    definition is not None
                    and isinstance(definition.body, Call)
                    and definition.body.name in ("row", "column")
                ):
                    rows, cols = shape_of(self.value(definition.body.args[0], scope))
                    if place == 0:
                        return range(1, (rows if definition.body.name == "row" else cols) + 1)
                    return range(1, (cols if definition.body.name == "row" else rows) + 1)
                if definition is not None and definition.indices and self._declared_shape(base or "") is None:
                    renamed = definition.indices[place] if place < len(definition.indices) else None
                    if renamed is not None:
                        deeper = self.ranges((renamed,), definition.body, scope)
                        if deeper:
                            return deeper[0]
                    continue
                try:
                    rows, cols = shape_of(self.value(each.base, scope))
                except (NotationError, ShapeClash, NeedsSize, Undefined):
                    continue
                if len(each.indices) == 1:
                    return range(1, max(rows, cols) + 1)
                return range(1, (rows if place == 0 else cols) + 1)
        return None

    def _big(self, node: Big, scope: Scope, want: Want) -> Value:
        if node.kind in ("sum", "prod") and isinstance(node.binder.high, Special):
            return self._infinite(node, scope)
        scopes = list(self.assignments(node.binder, node.body, scope))
        if node.kind == "sum":
            total: Value | None = None
            for inner in scopes:
                part = self.value(node.body, inner, want)
                total = part if total is None else v.add(total, part)
            if total is None:
                rows, cols = want
                return np.zeros((1, 1, rows or 1, cols or 1))
            return total
        if node.kind == "prod":
            made: Value = v.const(1)
            for inner in scopes:
                made = self._times(made, self.value(node.body, inner, want), node.span, scope)
            return made
        parts = [self.number(node.body, inner) for inner in scopes]
        if not parts:
            raise Unsupported("empty", node.span, "An extremum over nothing has no value.")
        if node.kind in ("argmax", "argmin"):
            best = parts[0]
            where: Value = v.const(v.plain(scopes[0].bound[node.binder.names[0]]).flat[0])
            for part, inner in zip(parts[1:], scopes[1:], strict=True):
                better = v.plain(part) > v.plain(best) if node.kind == "argmax" else v.plain(part) < v.plain(best)
                where = v.choose(better, inner.bound[node.binder.names[0]], where)
                best = v.choose(better, part, best)
            return where
        return self._extremum(parts, node.kind)

    def _infinite(self, node: Big, scope: Scope) -> Value:
        """A series, summed until its terms vanish beside the sum; refused where they do not within MAX_TERMS."""
        if node.binder.low is None or len(node.binder.names) != 1 or node.kind != "sum":
            raise Unsupported("infinite", node.span, "Only infinite sums over one index are evaluated.")
        low = self.integer(node.binder.low, scope)
        total: Value | None = None
        quiet = 0
        for place in range(low, low + MAX_TERMS):
            part = self.value(node.body, scope.with_names({node.binder.names[0]: v.const(place)}))
            total = part if total is None else v.add(total, part)
            size = np.abs(v.plain(total))
            quiet = quiet + 1 if np.all(np.abs(v.plain(part)) <= 1e-17 * np.maximum(size, 1e-30)) else 0
            if quiet >= 6:
                return total
        raise Unsupported("series", node.span, f"This series has not settled after {MAX_TERMS} terms.")

    # -- calculus -------------------------------------------------------------------------------------------------

    def _deriv(self, node: Deriv, scope: Scope) -> Value:
        from .calculus import derivative

        return derivative(self, node, scope)

    def _prime(self, node: Post, scope: Scope) -> Value:
        from .calculus import prime

        return prime(self, node, scope)

    def _derivative_of_function(self, name: str | None, node: Apply, scope: Scope, order: int) -> Value:
        from .calculus import derivative_of_function

        return derivative_of_function(self, name, node, scope, order)

    def _at(self, node: At, scope: Scope) -> Value:
        named = dict(zip(node.names, (self.value(each, scope) for each in node.values), strict=True))
        return self.value(node.body, scope.with_names(named))

    def _integral(self, node: Integral, scope: Scope) -> Value:
        from .calculus import integral

        return integral(self, node, scope)

    def _limit(self, node: Limit, scope: Scope) -> Value:
        from .calculus import limit

        return limit(self, node, scope)

    # -- truth ----------------------------------------------------------------------------------------------------

    def _truth(self, node: Node, scope: Scope) -> Value:
        """1 where a condition holds, 0 where not."""
        match node:
            case Relation(sides, signs):
                made: Array | None = None
                for place, sign in enumerate(signs):
                    if sign in ("in", "notin"):
                        part = self._element(sides[place], sides[place + 1], scope)
                        part = 1 - part if sign == "notin" else part
                    else:
                        left, right = self._all([sides[place], sides[place + 1]], scope, NOTHING)
                        if sign not in COMPARE:
                            raise Unsupported("condition", node.span, "This condition is not evaluated.")
                        part = (
                            COMPARE[sign](v.plain(left), v.plain(right)).astype(float).min(axis=(-1, -2), keepdims=True)
                        )
                    made = part if made is None else made * part
                assert made is not None
                return made
            case Logic(kind, parts):
                truths = [v.plain(self._truth(part, scope)) for part in parts]
                match kind:
                    case "and":
                        return np.asarray(np.prod(np.broadcast_arrays(*truths), axis=0))
                    case "or":
                        return np.asarray(np.max(np.broadcast_arrays(*truths), axis=0))
                    case "not":
                        return 1 - truths[0]
                    case "implies":
                        return np.asarray(np.maximum(1 - truths[0], truths[1]))
                    case "iff":
                        return np.asarray(np.equal(*np.broadcast_arrays(*truths[:2])), dtype=float)
                    case _:
                        assert_never(kind)
            case Sequence(items):
                made = v.plain(self._truth(items[0], scope))
                for item in items[1:]:
                    made = made * v.plain(self._truth(item, scope))
                return made
            case _:
                raise Unsupported("condition", node.span, "This condition is not evaluated.")

    def _element(self, item: Node, of: Node, scope: Scope) -> Array:
        value = v.plain(self.value(item, scope))
        if isinstance(of, SetOf) and of.kind == "interval":
            low, high = (v.plain(self.value(each, scope)) for each in of.dims)
            marks = of.items[0].text if isinstance(of.items[0], Words) else "()"
            above = value >= low if marks[0] == "[" else value > low
            below = value <= high if marks[-1] == "]" else value < high
            return (above & below).astype(float)
        if isinstance(of, SetOf) and of.kind == "finite":
            choices = [v.plain(self.value(each, scope)) for each in of.items]
            return np.asarray(
                np.max(np.broadcast_arrays(*[np.equal(value, each).astype(float) for each in choices]), axis=0)
            )
        raise Unsupported("condition", of.span, "This membership is not evaluated.")


def _factorial(x: Value) -> Value:
    flat = v.plain(x)
    if np.all(np.equal(np.mod(flat, 1), 0)) and np.all(flat >= 0) and np.all(flat <= 170):
        from scipy.special import factorial

        return np.asarray(factorial(flat, exact=False), dtype=float)
    if np.any(flat < 0):
        return np.where(flat >= 0, np.exp(v.plain(v.gammaln(np.where(flat >= 0, flat, 0) + 1))), np.nan)
    return v.exp(v.gammaln(v.add(x, v.const(1))))


def _is_plain_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (
        isinstance(node, Special) and node.kind == "zeros" and node.size is None
    )


def _vectorial(node: Node) -> bool:
    """Whether what stands in `diag(·)` is built of entries rather than of matrix products."""
    return not any(
        isinstance(each, Post) and each.kind in ("transpose", "inverse", "inverse-transpose") for each in walk(node)
    ) and not _has_products(node)


def _has_products(node: Node) -> bool:
    return any(isinstance(each, Mul) for each in walk(node))


def sigmoid(x: Value) -> Value:
    half = v.times(v.const(0.5), x)
    return v.times(v.const(0.5), v.add(v.const(1), v.tanh(half)))


def softplus(x: Value) -> Value:
    def slope(y: Value) -> Value:
        return sigmoid(y)

    return v.entrywise(lambda a: np.logaddexp(0, a), slope, x)


ENTRYWISE: dict[str, Callable[[Value], Value]] = {
    "log": v.log,
    "exp": v.exp,
    "sqrt": v.sqrt,
    "sin": v.sin,
    "cos": v.cos,
    "tan": lambda x: v.divide(v.sin(x), v.cos(x)),
    "cot": lambda x: v.divide(v.cos(x), v.sin(x)),
    "sec": lambda x: v.reciprocal(v.cos(x)),
    "csc": lambda x: v.reciprocal(v.sin(x)),
    "sinh": v.sinh,
    "cosh": v.cosh,
    "tanh": v.tanh,
    "coth": lambda x: v.reciprocal(v.tanh(x)),
    "sech": lambda x: v.reciprocal(v.cosh(x)),
    "arcsin": v.arcsin,
    "arccos": v.arccos,
    "arctan": v.arctan,
    "arctanh": v.arctanh,
    "arcsinh": v.arcsinh,
    "erf": v.erf,
    "sign": v.sign,
    "relu": lambda x: v.times(v.step(x), x),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logit": lambda x: v.log(v.divide(x, v.sub(v.const(1), x))),
    "floor": v.floor,
    "ceil": v.ceil,
}

COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "=": lambda a, b: np.isclose(a, b, rtol=1e-9, atol=1e-12),
    "!=": lambda a, b: ~np.isclose(a, b, rtol=1e-9, atol=1e-12),
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}

__all__ = ["Evaluator", "NeedsSize", "Scope", "ShapeClash", "Unsupported", "World", "is_number", "shape_of"]
_ = (Any, Symbol)
