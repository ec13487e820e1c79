"""The evaluator: which function evaluates which node, and what all of them ask of it."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from stepcheck import values as v
from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Model
from stepcheck.tree import (
    Add,
    Apply,
    At,
    Big,
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
from stepcheck.values import Array, Value

from .application import evaluate_application
from .arithmetic import evaluate_infix, evaluate_mark, evaluate_power, evaluate_product, evaluate_quotient, evaluate_sum
from .calculus import derivative, integral, limit
from .conditions import evaluate_cases, truth_of
from .functions import evaluate_call
from .indexing import evaluate_index
from .matrices import evaluate_grid
from .names import evaluate_symbol
from .shapes import NOTHING, NeedsSize, ShapeClash, SizeTooSmall, Unsupported, Want, is_number, shape_of
from .special import evaluate_special, is_plain_zero
from .sums import evaluate_big
from .world import Scope, World


class Evaluator:
    """Evaluates trees in one world. Raises ShapeClash, NeedsSize, Unsupported, Undefined."""

    def __init__(self, model: Model, world: World) -> None:
        self.model = model
        self.world = world
        self.memo: dict[str, Value] = {}
        self.dependencies: dict[str, frozenset[str]] = {}
        self.calls = 0
        self.unsettled: Array | None = None
        self.averaging = False  # within the mean of what is seen to be a polynomial in `world.thin`

    def pass_over(self, mask: Array) -> None:
        """Remember the points at which something did not settle: nothing is said of a claim there."""
        if mask.any():
            here = np.broadcast_to(mask.reshape(len(mask), -1).any(axis=1), (self.world.points,))
            self.unsettled = here if self.unsettled is None else self.unsettled | here

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

    def value_of(self, name: str) -> Value:
        """The value of a declared or defined name."""
        return evaluate_symbol(self, name, Sym(name, Span(0, 0)), Scope(), NOTHING)

    def integer(self, node: Node, scope: Scope) -> int:
        """A whole number that is the same at every point: an index, a dimension, a bound of a sum."""
        if isinstance(node, Num) and node.value.denominator == 1:
            return int(node.value)
        only = v.only(np.round(v.plain(self.number(node, scope)), 9))
        if only is None or not only.is_integer():
            raise Unsupported("index", node.span, "This index is not a whole number here.")
        return int(only)

    # -- dispatch -------------------------------------------------------------------------------------------------

    def _value(self, node: Node, scope: Scope, want: Want) -> Value:
        match node:
            case Num(value):
                return v.const(float(value))
            case Sym():
                return evaluate_symbol(self, node.name, node, scope, want)
            case Special():
                return evaluate_special(self, node, scope, want)
            case Index():
                return evaluate_index(self, node, scope, want)
            case Add():
                return evaluate_sum(self, node, scope, want)
            case Mul():
                return evaluate_product(self, node, scope, want)
            case Div():
                return evaluate_quotient(self, node, scope, want)
            case Pow():
                return evaluate_power(self, node, scope, want)
            case Post():
                return evaluate_mark(self, node, scope, want)
            case Infix():
                return evaluate_infix(self, node, scope, want)
            case Call():
                return evaluate_call(self, node, scope, want)
            case Apply():
                return evaluate_application(self, node, scope)
            case Big():
                return evaluate_big(self, node, scope, want)
            case Deriv():
                return derivative(self, node, scope)
            case At():
                named = dict(zip(node.names, (self.value(each, scope) for each in node.values), strict=True))
                return self.value(node.body, scope.with_names(named))
            case Grid():
                return evaluate_grid(self, node, scope, want)
            case Cases():
                return evaluate_cases(self, node, scope, want)
            case Integral():
                return integral(self, node, scope)
            case Limit():
                return limit(self, node, scope)
            case Sequence(items, brackets):
                if brackets in ("()", "[]") and len(items) > 1:
                    return v.blocks([[self.number(item, scope)] for item in items])
                raise Unsupported("list", node.span, "A list stands where a value is expected.")
            case Expect() | Prob() | Info() | Law():
                from stepcheck.probability import probable  # which rests on this package

                return probable(self, node, scope)
            case Relation() | Logic():
                return truth_of(self, node, scope)
            case SetOf() | Words():
                raise Unsupported("no-value", node.span, "This has no value here.")
            case _:
                assert_never(node)

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
        else:
            for node in self._parameters(name):
                for each in walk(node):
                    below = name_of(each)
                    if below is not None and below != name:
                        found |= self.depends(below, seen | {name})
        made = frozenset(found)
        if not seen:
            self.dependencies[name] = made
        return made

    def _parameters(self, name: str) -> list[Node]:
        """What the law of a random variable rests on: its parameters, or the moments that are given."""
        symbol = self.model.symbols.get(name)
        if symbol is None or symbol.kind != "random":
            return []
        moments = self.model.moments.get(name)
        told = [moments.mean, moments.variance] if moments is not None else []
        law = symbol.law
        return [each for each in (*(law.params if isinstance(law, Law) else ()), *told) if each is not None]

    def size(self, dim: Node | None) -> int:
        if dim is None:
            return 1
        size = self.integer(dim, Scope())
        if size < 1:
            raise SizeTooSmall("size", dim.span, f"This size is {size} here; a size is a whole number from 1 on.")
        return size

    # -- what several nodes ask for -------------------------------------------------------------------------------

    def _all(self, nodes: list[Node], scope: Scope, want: Want) -> list[Value]:
        """Values of things that must have one shape: those that know theirs first."""
        made: list[Value | None] = []
        waiting: NeedsSize | None = None
        for node in nodes:
            try:
                made.append(None if is_plain_zero(node) and len(nodes) > 1 else self.value(node, scope, NOTHING))
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
            elif is_plain_zero(node):
                rows, cols = fit
                found.append(np.zeros((1, 1, rows or 1, cols or 1)))
            elif fit == NOTHING and waiting is not None:
                raise waiting
            else:
                found.append(self.value(node, scope, fit))
        return found
