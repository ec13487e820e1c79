"""What rests on what, as a drawing: notes in layers, each above those that it rests on. Pure: no database, no HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

WIDTH, HEIGHT = 190, 58  # of a box
GAP_X, GAP_Y = 26, 54
SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Box(Generic[Key]):
    key: Key
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """A curve from the lower edge of a note to the upper edge of what it rests on. `turns_back` closes a circle."""

    path: str
    turns_back: bool


@dataclass(frozen=True, slots=True)
class Drawing(Generic[Key]):
    boxes: tuple[Box[Key], ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def layers_of(keys: Sequence[Key], edges: Iterable[tuple[Key, Key]]) -> tuple[list[list[Key]], set[tuple[Key, Key]]]:
    """Put each of `keys` into the highest layer that is below all that rest on it. An edge is (what rests, on what).

    Returns the layers from the top, and the edges left out because they would close a circle. In time linear in both.
    """
    below: dict[Key, list[Key]] = {key: [] for key in keys}
    for upper, lower in dict.fromkeys(edges):
        if upper in below and lower in below and upper != lower:
            below[upper].append(lower)
    back: set[tuple[Key, Key]] = set()
    finished: list[Key] = []
    state: dict[Key, int] = {}
    for root in keys:
        if root in state:
            continue
        state[root] = 1
        walk = [(root, iter(below[root]))]
        while walk:
            here, rest = walk[-1]
            for lower in rest:
                if state.get(lower) == 1:
                    back.add((here, lower))
                elif lower not in state:
                    state[lower] = 1
                    walk.append((lower, iter(below[lower])))
                    break
            else:
                state[here] = 2
                finished.append(here)
                walk.pop()
    depth: dict[Key, int] = dict.fromkeys(keys, 0)
    for key in reversed(finished):  # what rests on others comes before them
        for lower in below[key]:
            if (key, lower) not in back:
                depth[lower] = max(depth[lower], depth[key] + 1)
    layers: list[list[Key]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for key in keys:
        layers[depth[key]].append(key)
    return layers, back


def draw(keys: Sequence[Key], edges: Sequence[tuple[Key, Key]]) -> Drawing[Key]:
    """Lay the notes out in layers, neighbours near each other, and join them by curves."""
    layers, back = layers_of(keys, edges)
    near: dict[Key, list[Key]] = defaultdict(list)
    known = set(keys)
    joined = [(upper, lower) for upper, lower in dict.fromkeys(edges) if {upper, lower} <= known and upper != lower]
    for upper, lower in joined:
        near[upper].append(lower)
        near[lower].append(upper)
    _order(layers, near)
    widest = max((len(layer) for layer in layers), default=0)
    width = widest * (WIDTH + GAP_X) + GAP_X
    places: dict[Key, tuple[int, int]] = {}
    for depth, layer in enumerate(layers):
        start = (width - len(layer) * (WIDTH + GAP_X) + GAP_X) // 2
        for nth, key in enumerate(layer):
            places[key] = start + nth * (WIDTH + GAP_X), GAP_X + depth * (HEIGHT + GAP_Y)
    lines = tuple(Line(_curve(places[a], places[b]), (a, b) in back) for a, b in joined)
    boxes = tuple(Box(key, *places[key]) for layer in layers for key in layer)
    return Drawing(boxes, lines, width, len(layers) * (HEIGHT + GAP_Y) - GAP_Y + 2 * GAP_X if layers else 0)


def _order(layers: list[list[Key]], near: Mapping[Key, Sequence[Key]]) -> None:
    """Move each note in its layer towards the middle of those it is joined with: some sweeps down and up."""
    for sweep in range(SWEEPS):
        place = {key: nth / max(1, len(layer) - 1) for layer in layers for nth, key in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            middle = {
                key: sum(place[other] for other in near[key]) / len(near[key]) if near.get(key) else place[key]
                for key in layer
            }
            layer.sort(key=middle.__getitem__)  # stable: equal ones stay in their order
            place.update({key: nth / max(1, len(layer) - 1) for nth, key in enumerate(layer)})


def _curve(upper: tuple[int, int], lower: tuple[int, int]) -> str:
    x1, y1 = upper[0] + WIDTH // 2, upper[1] + HEIGHT
    x2, y2 = lower[0] + WIDTH // 2, lower[1]
    if y2 <= y1:  # up again, or along its own layer: out at the side
        x1, y1, x2, y2 = upper[0] + WIDTH, upper[1] + HEIGHT // 2, lower[0] + WIDTH, lower[1] + HEIGHT // 2
        return f"M{x1} {y1}C{x1 + GAP_X} {y1} {x2 + GAP_X} {y2} {x2} {y2}"
    bend = (y2 - y1) // 2
    return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"


def lines_of(title: str, *, chars: int = 24) -> tuple[str, str]:
    """A title on two lines of a box, cut with an ellipsis where it is longer."""
    first, rest = "", title.split()
    while rest and len(f"{first} {rest[0]}".strip()) <= chars:
        first = f"{first} {rest.pop(0)}".strip()
    if not first and rest:  # one long word
        word = rest.pop(0)
        first, rest = word[:chars], [word[chars:], *rest]
    second = " ".join(rest)
    return first, second if len(second) <= chars else second[: chars - 1].rstrip() + "…"
