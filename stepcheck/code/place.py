"""Where something is printed: the names bound on the way down, and the body of the function that it becomes part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .printed import Printed


@dataclass(slots=True)
class Block:
    """The body of one written function: its lines before `return`, and the names they have given values to."""

    parent: Block | None = None
    bound: Mapping[str, Printed] = field(default_factory=dict)  # all names bound where it begins
    entrywise: bool = False
    lines: list[str] = field(default_factory=list)
    made: dict[object, Printed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """`loose`: names bound since the block began, as the index of a sum: what rests on one may not be hoisted."""

    block: Block
    bound: Mapping[str, Printed] = field(default_factory=dict)
    entrywise: bool = False
    beside_entries: bool = False
    loose: frozenset[str] = frozenset()

    def with_names(self, names: Mapping[str, Printed]) -> Place:
        """The place within an expression that binds `names`."""
        return replace(self, bound={**self.bound, **names}, loose=self.loose | set(names))


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else line for line in lines]
