"""Where a function takes one of several branches: recorded, so that a quadrature can be split at kinks and jumps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .dual import Array


@dataclass(slots=True)
class Branches:
    """The branches taken, in the order of evaluation: truth values of the shape of what was evaluated. `jumps`: whether
    one of them may change the value itself and not its slope only."""

    masks: list[Array] = field(default_factory=list)
    jumps: bool = False


_open: list[Branches] = []


@contextmanager
def recorded() -> Iterator[Branches]:
    """Record every branch taken inside the block."""
    made = Branches()
    _open.append(made)
    try:
        yield made
    finally:
        _open.remove(made)


def branch(mask: Array, *, jumps: bool = False) -> None:
    """Say which branch is taken where. Costs nothing while nobody records."""
    for each in _open:
        each.masks.append(mask)
        each.jumps |= jumps


__all__ = ["Branches", "branch", "recorded"]
