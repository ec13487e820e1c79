"""What a note declares: symbols with shape and properties, definitions, assumptions, what was assumed in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from .bounds import unwatched
from .errors import Span
from .tree import Node

# What is asked of a note's prose after it is read. A word that is not here cannot be asked: the words that a verdict
# rests on are among what it is remembered by (see `memo`).
ASKED = {
    "row": re.compile("row", re.I),
    "for each": re.compile(
        r"\b(?:for|at) (?:each|every|all|any|an? (?:given|fixed)|fixed|given)\b|\bpointwise\b|\bfix\b", re.I
    ),
    "scale": re.compile("scale", re.I),
    "entries": re.compile(r"\bentries\b"),
    "entry by entry": re.compile("(?:entry|element)-?wise", re.I),
    "sigmoid": re.compile("sigmoid|logistic", re.I),
    "Markov chain": re.compile("markov chain", re.I),
    "pairwise": re.compile("pairwise", re.I),
    "pairwise independent": re.compile("pairwise independent", re.I),
    "iterating": re.compile(
        r"\b(?:iterat\w+|updat\w+|recur\w+|sequence|gradient (?:ascent|step|flow)|descent|step[- ]size|learning rate"
        r"|momentum|newton|adam|sgd|hidden states?|dynamics|trajectory|fixed[- ]point)\b",
        re.I,
    ),
}

Domain = Literal["real", "natural", "integer", "finite", "complex"]
# how a note gives `x^{+}` a meaning: it says so, it only writes `x^+ = …`, or it does so and speaks of pseudo-inverses
Mark = Literal["said", "shown", "beside"]
Kind = Literal["value", "function", "random", "dimension"]


@dataclass(slots=True)
class Symbol:
    r"""One declared letter. `rows` and `cols` are expressions in dimensions; None is 1. Both None: a number.

    `family` holds (first, last) of an indexed family `x_1, \dots, x_n`, whose members have this shape.
    """

    name: str
    span: Span
    kind: Kind = "value"
    rows: Node | None = None
    cols: Node | None = None
    domain: Domain = "real"
    choices: tuple[Node, ...] = ()
    family: tuple[Node, Node] | None = None
    properties: set[str] = field(default_factory=set)
    law: Node | None = None
    source_rows: Node | None = None  # of a declared map f: R^n -> R^m
    source_cols: Node | None = None  # of one of matrices, f: R^{n x k} -> R^m
    declared_by: str = "declared"

    @property
    def is_number(self) -> bool:
        return self.rows is None and self.cols is None


@dataclass(frozen=True, slots=True)
class Definition:
    r"""`f(x) = body`, `m_k = body`, `c = body`: parameters and indices bound in the body."""

    name: str
    params: tuple[str, ...]
    indices: tuple[str, ...]
    body: Node
    span: Span
    entrywise: bool = False


@dataclass(frozen=True, slots=True)
class General:
    """The general member `x_i` of a family: its letter, and from where to where that runs."""

    letter: str
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Table:
    """A table of probabilities over `variables`; `events` are those it is a law of, the others it is given."""

    name: str
    variables: tuple[str, ...]
    events: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class Assumption:
    """A relation taken as given, with where it stands and, for a condition, the heading level it holds under."""

    relation: Node
    span: Span
    words: str = ""


@dataclass(slots=True)
class Model:
    """Everything that claims may use."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    conditions: list[Assumption] = field(default_factory=list)
    probabilities: list[Assumption] = field(default_factory=list)
    independent: list[frozenset[str]] = field(default_factory=list)
    apart: list[tuple[frozenset[str], ...]] = field(default_factory=list)  # groups that are independent of each other
    identical: list[frozenset[str]] = field(default_factory=list)  # have one and the same law
    chains: list[tuple[str, ...]] = field(default_factory=list)  # X → Y → Z; empty: one that was not understood
    uncorrelated: list[frozenset[str]] = field(default_factory=list)
    all_independent: bool = False
    factored: list[Any] = field(default_factory=list)  # probability.Apart: (conditional) independence of events
    event_rules: list[Node] = field(default_factory=list)  # what every outcome meets: disjoint events, a partition
    words: str = ""
    unread: dict[str, str] = field(default_factory=dict)  # name -> a given that speaks of it and was not understood
    mentioned: dict[str, int] = field(default_factory=dict)  # name -> where it is first mentioned in prose
    moments: dict[str, Any] = field(default_factory=dict)  # name of a random symbol -> probability.Moments
    laws: dict[str, Any] = field(default_factory=dict)  # `p` declared as the density or mass function of a law
    tables: dict[str, Table] = field(default_factory=dict)
    members: dict[str, General] = field(default_factory=dict)  # families that are introduced by their general member
    marked: dict[str, Mark] = field(default_factory=dict)  # `x^{+}` that the note gives a meaning
    has_pseudo_inverses: bool = False  # whether the note speaks of them
    recurrences: dict[str, Any] = field(default_factory=dict)  # `x` of `x_{k+1} = F(x_k)` -> a Recurrence
    iterates: dict[str, set[str]] = field(default_factory=dict)  # `x` of `x^{k+1} = …` -> `k`; "": it is never alone
    arguments: dict[str, tuple[Node, ...]] = field(default_factory=dict)  # `f(x, y)`: what a generic f is taken of
    differentials: set[str] = field(default_factory=set)  # letters whose own differential the note writes, `dX`
    assumed: list[str] = field(default_factory=list)
    below: bool = False  # whether the sentence that is read stands below a display
    leads: bool = False  # whether it leads into a display
    sizes: list[Assumption] = field(default_factory=list)  # `$d = 64$` below claims with `d`: of what follows only
    indexed: dict[str, tuple[str, str]] = field(default_factory=dict)  # `w_i` with a law -> its letter and its index
    index_ranges: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    proportional: list[tuple[int, str]] = field(default_factory=list)  # where a note says in what things are functions
    denominator_layout: bool = False
    depending: dict[str, set[str]] = field(default_factory=dict)  # name -> what the prose says it depends on
    is_pi_a_letter: bool = False  # whether the prose speaks of `\\pi` as of something of its own
    one_size: bool = False  # whether what nothing gives a size to has the one size that the note speaks of
    spreads: bool = False  # whether a number that is added to a vector is added to each entry, as arrays do
    watch: Callable[[], None] = unwatched  # called now and then; raises OutOfTime

    def says(self, what: str) -> bool:
        """Whether the note's prose has one of the words ASKED for."""
        return ASKED[what].search(self.words) is not None

    def is_function(self, name: str) -> bool:
        definition = self.definitions.get(name)
        if definition is not None and definition.params:
            return True
        symbol = self.symbols.get(name)
        return name in self.tables or (symbol is not None and symbol.kind == "function")

    def is_column(self, name: str, base: str | None) -> bool:
        symbol = self.symbols.get(name)
        of = self.symbols.get(base or "") if symbol is None else None
        symbol = of if of is not None and of.family is not None else symbol
        is_one = symbol is not None and (symbol.family is None or symbol is of) and symbol.kind in ("value", "random")
        return is_one and symbol is not None and symbol.rows is not None and symbol.cols is None

    def is_variable(self, name: str) -> bool:
        definition = self.definitions.get(name)
        if definition is not None:
            return not definition.params
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.kind != "function"

    def is_event(self, name: str) -> bool:
        symbol = self.symbols.get(name)
        return symbol is not None and "event" in symbol.properties

    def is_random(self, name: str) -> bool:
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.kind == "random"

    def is_marked(self, name: str) -> bool:
        """Whether the note gives the decorated letter `name` a meaning of its own.

        A display that only writes `A^+ = …` of a matrix claims something of its pseudo-inverse.
        """
        how = self.marked.get(name)
        if how is None or how == "said":
            return how is not None
        base = name.partition("^")[0]
        symbol = self.symbols.get(base)
        if symbol is None or base in self.definitions:
            return base not in self.definitions or (how == "shown" and base.rstrip("}")[-1:].islower())
        return how == "shown" and (symbol.rows is None or symbol.cols is None)

    def is_iterate(self, name: str, letters: frozenset[str]) -> bool:
        known = self.iterates.get(name)
        return known is not None and ("" in known or bool(known & letters))

    def declare(self, symbol: Symbol) -> Symbol:
        """Add `symbol`, or add what it says to what is known of that name."""
        known = self.symbols.get(symbol.name)
        if known is None:
            self.symbols[symbol.name] = symbol
            return symbol
        if known.declared_by != "declared" or (known.is_number and not symbol.is_number):
            known.rows, known.cols, known.family = symbol.rows, symbol.cols, symbol.family or known.family
            known.domain, known.choices = symbol.domain, symbol.choices
            known.declared_by = symbol.declared_by
            if known.kind == "dimension" and symbol.kind == "value":
                known.kind = "value" if not symbol.is_number or symbol.domain == "real" else "dimension"
        elif symbol.domain != "real":
            known.domain, known.choices = symbol.domain, symbol.choices
        if symbol.law is not None:
            known.law = symbol.law
        if symbol.kind == "random":
            known.kind = "random"
        known.properties |= symbol.properties
        return known

    def names(self) -> Iterable[str]:
        return [*self.symbols, *self.definitions]
