"""A counterexample worked once more, at exactly the values that are printed, with what stands between."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import values as v
from .bounds import Budget, Watch
from .errors import NotationError, Span
from .evaluate import Evaluator, NeedsSize, Scope, ShapeClash, World, shape_of
from .macros import Macros, Source, source_of
from .model import Model
from .reading import Claim, read
from .tree import Node, Num, Relation, Sym, walk
from .values import Array, Undefined
from .verdict import INCREMENT, Counterexample, sides, tidy

MOST_PARTS = 60


class CannotReplay(Exception):
    """Why a counterexample cannot be worked from its printed values, in words fit to show."""


class Part(NamedTuple):
    """A part of a side: as the note writes it, where, and its value."""

    latex: str
    span: Span
    value: object


class Replay(NamedTuple):
    """Both sides, and the parts of them that have a value by themselves, inner ones first."""

    left: object
    right: object
    parts: tuple[Part, ...]


def replay(
    note: str,
    step_index: int,
    counterexample: Counterexample,
    *,
    budget: Budget | None = None,
    macros: Macros | None = None,
) -> Replay:
    """Both sides of a step at the values that `counterexample` prints.

    Raises CannotReplay where values are not all there is to it (a random variable, a generic function, shapes), and
    where the note has no such step.
    """
    if not counterexample.replayable:
        raise CannotReplay(counterexample.note or "This failure is not one of values alone.")
    with np.errstate(all="ignore"):
        budget = budget or Budget()
        source = source_of(note, macros, limit=budget.source)
        reading = read(source.text, Watch(budget))
        claim = next((each for each in reading.claims if each.index == step_index), None)
        if claim is None:
            raise CannotReplay("The note has no such step.")
        left, right, sign = _sides(claim, counterexample, source)
        world, scope = _world(reading.model, counterexample)
        evaluator = Evaluator(reading.model, world)
        try:
            a, b = sides(evaluator, left, right, sign, scope)
        except (NotationError, ShapeClash, NeedsSize, Undefined) as problem:
            raise CannotReplay(str(problem)) from problem
        return Replay(tidy(a[0]), tidy(b[0]), tuple(_parts(evaluator, source, (left, right), scope)))


def _sides(claim: Claim, example: Counterexample, source: Source) -> tuple[Node, Node, str]:
    """The two sides that differ: of the claim, or of the relation inside an implication."""
    relations = [each for each in walk(claim.whole) if isinstance(each, Relation)] if claim.whole is not None else []
    for relation in relations:
        for place, sign in enumerate(relation.signs):
            left, right = relation.sides[place : place + 2]
            if (source.place(left.span), source.place(right.span)) == example.spans:
                return left, right, sign
    if claim.left is None or claim.right is None:
        raise CannotReplay("The sides of this step are not found again.")
    return claim.left, claim.right, claim.sign


def _world(model: Model, example: Counterexample) -> tuple[World, Scope]:
    world = World(dims=dict(example.dims))
    bound: dict[str, v.Value] = {}
    for name, value in example.values.items():
        array = _array(value)
        if name.startswith(INCREMENT):
            world.increments[name.removeprefix(INCREMENT)] = array
            continue
        symbol = model.symbols.get(name)
        root, _, place = name.rpartition("_")
        family = model.symbols.get(root)
        if symbol is not None and "index" not in symbol.properties:
            world.values[name] = array
        elif family is not None and family.family is not None and place.lstrip("-").isdigit():
            world.families.setdefault(root, {})[int(place)] = array
        else:
            bound[name] = array
    return world, Scope().with_names(bound)


def _array(value: object) -> Array:
    """A printed value as (1, 1, r, c): a number, a list as a column, or a list of rows."""
    made = np.asarray(value, dtype=float)
    if made.ndim == 1:
        made = made[:, None]
    return made.reshape(1, 1, *(made.shape or (1, 1)))


def _parts(evaluator: Evaluator, source: Source, both: tuple[Node, Node], scope: Scope) -> list[Part]:
    found: dict[Span, Part] = {}
    for side in both:
        for node in reversed(list(walk(side))):
            if isinstance(node, Num) or node.span in found or len(found) >= MOST_PARTS:
                continue
            try:
                value = v.plain(evaluator.value(node, scope))
            except (NotationError, ShapeClash, NeedsSize, Undefined, np.linalg.LinAlgError):
                continue  # a bound letter, a size that only its neighbours give
            span = _closed(source.note, source.place(node.span))
            latex = " ".join(source.note[span.start : span.end].split())
            if latex and value.shape[:2] == (1, 1) and not (isinstance(node, Sym) and shape_of(value) == (0, 0)):
                found[node.span] = Part(latex, span, tidy(value[0]))
    return list(found.values())


def _closed(note: str, span: Span) -> Span:
    r"""The place with the brackets behind it that it opens: a tree ends with its last part, `X^{-1` of `X^{-1}`."""
    end = span.end
    missing: list[str] = []
    for char in note[span.start : end].replace(r"\{", "  ").replace(r"\}", "  "):
        if char in "{(":
            missing.append("}" if char == "{" else ")")
        elif missing and char == missing[-1]:
            missing.pop()
    while missing and note[end : end + 1] == missing[-1]:
        missing.pop()
        end += 1
    return Span(span.start, end)
