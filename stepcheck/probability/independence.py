"""Which random variables a note calls independent, and which of them may therefore depend on each other.

A statement of independence is a tuple of groups: the groups are mutually independent, and what stands within one group
may depend on each other. `X, Y, Z independent` has three groups of one; `X independent of (Y, Z)` has two.
"""

from __future__ import annotations

from itertools import combinations

from stepcheck.model import Model

Statement = tuple[frozenset[str], ...]


def statements_of(model: Model) -> list[Statement]:
    mutual = [tuple(frozenset({name}) for name in sorted(group)) for group in model.independent]
    return [*mutual, *model.apart]


def root(label: str) -> str:
    """`X` of the member `X_3` of a family."""
    return label.partition("\x00")[0]


def are_apart(model: Model, first: str, second: str) -> bool:
    """Whether the note says that these two are independent. Members of a family are, where the family is."""
    a, b = root(first), root(second)
    if model.all_independent:
        return True
    for groups in statements_of(model):
        places = [[place for place, group in enumerate(groups) if name in group] for name in (a, b)]
        if not places[0] or not places[1]:
            continue
        if places[0] != places[1] or (a == b and len(groups[places[0][0]]) == 1):
            return True
    return False


def may_depend_as_three(model: Model, labels: tuple[str, str, str]) -> bool:
    """Whether three may depend on each other beyond what their pairs show: no statement sets one apart from both
    others. `Pairwise independent` speaks of pairs only."""
    if model.says("pairwise independent"):
        return True
    if model.all_independent:
        return False
    names = [root(label) for label in labels]
    for groups in statements_of(model):
        places = [next((place for place, group in enumerate(groups) if name in group), None) for name in names]
        if None not in places and (len(set(places)) > 1 or len(set(names)) < len(names)):
            return False
    return True


def components(model: Model, labels: list[str], others: list[str]) -> list[list[str]]:
    """Labels parted into sets within which everything may depend on everything, and which all else sees alike.

    `others` are variables that are drawn elsewhere. What cannot be parted so stands alone.
    """
    everything = [*labels, *others]
    loose = {name for group in model.uncorrelated for name in group}  # drawn apart, and coupled without correlation
    linked = {frozenset(pair) for pair in combinations(everything, 2) if not are_apart(model, *pair)}

    def sees(label: str) -> frozenset[str]:
        linked_to = frozenset(other for other in everything if frozenset((label, other)) in linked)
        return linked_to | {label, f"{label} alone"} if root(label) in loose else linked_to | {label}

    groups: dict[frozenset[str], list[str]] = {}
    for label in labels:
        groups.setdefault(sees(label), []).append(label)
    return list(groups.values())
