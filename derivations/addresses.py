"""A key for each step of a note that stays with it while the text around it changes.

A step is known by what it says and by where it stands among the others: from one revision to the next, equal steps are
set side by side first, then those that were moved, then those at the same place that were changed a little. Pure
functions; the checker's report is the only thing they know.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

Item = TypeVar("Item")

_PLACING = re.compile(r"\\(?:tag|label)\*?\s*\{[^{}]*\}|\\(?:notag|nonumber|quad|qquad)\b|&|\\\\|\\[,;:! ]|~")
_TOKEN = re.compile(r"\\[A-Za-z]+|\d+|\S")
ALIKE = 0.5  # of two steps' tokens in common, from which on one is the other, changed
WITHIN = 0.8  # of the shorter one's tokens found in the longer, from which on it is the other, written out or cut short
FEW = 4  # tokens: of fewer nearly all stand in any other step


class Addressed(NamedTuple):
    """A step under its key: `text` is `text_of` its LaTeX."""

    key: str
    text: str


def text_of(latex: str) -> str:
    """What a step says, without spacing, numbering and the full stop at its end."""
    return " ".join(_TOKEN.findall(_PLACING.sub(" ", latex))).rstrip(" .,;")


def keys_for(texts: Sequence[str], before: Sequence[Addressed] = ()) -> list[str]:
    """Return a key for each of `texts`, in which the steps of `before` keep theirs. All keys are different.

    A step that is new gets a key made of its text: a step that was taken out and is put back has the key that it began
    with. Needs time in the order of `len(texts) * len(before)`.
    """
    old = [each.text for each in before]
    in_order = _equal_in_order(old, texts)
    pairs = in_order | _moved(old, texts, in_order)
    pairs |= _alike(old, texts, in_order, pairs)
    keys = {new: before[place].key for place, new in pairs.items()}
    used = set(keys.values())
    for place, text in enumerate(texts):
        if place not in keys:
            keys[place] = _fresh(text, used)
            used.add(keys[place])
    return [keys[place] for place in range(len(texts))]


def with_keys(report: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return `report` with a key on each step, carried over from the report `before` it."""
    steps = report.get("steps", [])
    keys = keys_for([text_of(step["latex"]) for step in steps], addressed(before or {}))
    return {**report, "steps": [{**step, "key": key} for step, key in zip(steps, keys, strict=True)]}


def addressed(report: Mapping[str, Any]) -> list[Addressed]:
    """The steps of a report that have keys."""
    return [Addressed(step["key"], text_of(step["latex"])) for step in report.get("steps", ()) if step.get("key")]


def _fresh(text: str, used: set[str]) -> str:
    number = 0
    while True:  # ends: `used` is finite
        digest = hashlib.sha256(f"{text}\0{number}".encode("utf-8", "replace")).hexdigest()
        if f"s{digest[:11]}" not in used:
            return f"s{digest[:11]}"
        number += 1


def _equal_in_order(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """A longest common subsequence as places, old to new; what begins and ends both is in it."""
    low = 0
    while low < min(len(old), len(new)) and old[low] == new[low]:
        low += 1
    tail = 0
    while tail < min(len(old), len(new)) - low and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    inner = _best_in_order(
        old[low : len(old) - tail], new[low : len(new) - tail], lambda one, other: float(one == other)
    )
    pairs = {place: place for place in range(low)}
    pairs.update({one + low: other + low for one, other in inner.items()})
    pairs.update({len(old) - n: len(new) - n for n in range(tail, 0, -1)})
    return pairs


def _moved(old: Sequence[str], new: Sequence[str], pairs: Mapping[int, int]) -> dict[int, int]:
    """Steps taken from one place to another, where there is no doubt which."""
    taken = set(pairs.values())
    left = Counter(text for place, text in enumerate(old) if place not in pairs)
    right = Counter(text for place, text in enumerate(new) if place not in taken)
    places = {text: place for place, text in enumerate(new) if place not in taken}
    return {
        place: places[text]
        for place, text in enumerate(old)
        if place not in pairs and left[text] == 1 and right[text] == 1
    }


def _alike(
    old: Sequence[str], new: Sequence[str], in_order: Mapping[int, int], pairs: Mapping[int, int]
) -> dict[int, int]:
    """Steps that were changed where they stand: between the same neighbours, in their order."""
    taken = set(pairs.values())
    found: dict[int, int] = {}
    begins = (-1, -1)
    for ends in [*sorted(in_order.items()), (len(old), len(new))]:
        ones = [place for place in range(begins[0] + 1, ends[0]) if place not in pairs]
        others = [place for place in range(begins[1] + 1, ends[1]) if place not in taken]
        best = _best_in_order(
            [Counter(old[place].split()) for place in ones],
            [Counter(new[place].split()) for place in others],
            _likeness,
        )
        found.update({ones[one]: others[other] for one, other in best.items()})
        begins = ends
    return found


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Of all tokens of two steps, how many they share; 0 where neither is the other, changed."""
    shared, shorter = (one & other).total(), min(one.total(), other.total())
    both = 2 * shared / max(1, one.total() + other.total())
    return both if both >= ALIKE or (shorter >= FEW and shared >= WITHIN * shorter) else 0.0


def _best_in_order(old: Sequence[Item], new: Sequence[Item], worth: Callable[[Item, Item], float]) -> dict[int, int]:
    """The pairs, old to new and none crossing another, that are worth most together."""
    rows, columns = len(old), len(new)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    worths = [[worth(one, other) for other in new] for one in old]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            paired = best[i + 1][j + 1] + worths[i][j] if worths[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: dict[int, int] = {}
    i = j = 0
    while i < rows and j < columns:
        if worths[i][j] and best[i][j] == best[i + 1][j + 1] + worths[i][j]:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


__all__ = ["Addressed", "addressed", "keys_for", "text_of", "with_keys"]
