"""What expressions are evaluated in: the drawn values, and the names bound on the way down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from stepcheck.values import Array, Dual, Value


@dataclass(slots=True)
class World:
    """Values drawn for what the note leaves free."""

    dims: dict[str, int] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    families: dict[str, dict[int, Value]] = field(default_factory=dict)
    functions: dict[str, Callable[[list[Value]], Value]] = field(default_factory=dict)
    tables: dict[str, Array] = field(default_factory=dict)  # (P, s_1, …, s_k): probabilities by name
    levels: dict[str, Array] = field(default_factory=dict)  # (P, s): the values that a variable of a table takes
    weights: Array | None = None  # (P, A, 1, 1): the finite joint law of everything random
    coupled: bool = False  # whether variables with laws of their own depend on each other
    thin: dict[str, int] = field(default_factory=dict)  # random, by nodes exact up to this degree in it only
    points: int = 1
    increments: dict[str, Array] = field(default_factory=dict)  # (1, 1, r, c), where they are not to be made up


@dataclass(frozen=True, slots=True)
class Scope:
    """Names bound on the way down: parameters, indices, variables of differentiation."""

    bound: dict[str, Value] = field(default_factory=dict)
    entrywise: bool = False
    beside_entries: bool = False  # within an entry-wise product: `1 - a` takes `a` from 1 entry by entry
    level: int = 0

    def bind(self, **names: Value) -> Scope:
        return replace(self, bound={**self.bound, **names})

    def with_names(self, names: dict[str, Value]) -> Scope:
        return replace(self, bound={**self.bound, **names})

    def at_point(self, point: int) -> Scope:
        """With what is bound as it is at this one of the drawn points."""
        here: dict[str, Value] = {
            name: each if isinstance(each, Dual) or len(each) == 1 else each[point : point + 1]
            for name, each in self.bound.items()
        }
        return replace(self, bound=here)
