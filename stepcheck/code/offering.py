"""The code of one step of a note, with the points that it is to be tried at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from stepcheck import values as v
from stepcheck.bounds import Budget, OutOfTime, Watch
from stepcheck.errors import NotationError, Span
from stepcheck.evaluate import NeedsSize, Scope, ShapeClash
from stepcheck.grammar import name_of
from stepcheck.reading import Claim, read
from stepcheck.sample import Draw, Unsatisfiable, free_index_scopes
from stepcheck.tree import Deriv, Node, Post, Relation, children
from stepcheck.values import Array, Undefined
from stepcheck.verdict import Checker, sides

from .libraries import LIBRARIES
from .names import Identifiers
from .parts import is_zero
from .printed import NOTHING, ONE, CannotPrint, Printed, Want
from .printer import Printer
from .writing import Points, Written, join_sizes, write_file

FEWEST = 5  # points that code is tried at before it is offered
MOST_SHOWN = 5
MOST_NUMBERS = 600  # literal numbers in a file
SIGNS = {"=", "!=", "<", "<=", ">", ">=", "preceq", "succeq", "prec", "succ"}


@dataclass(frozen=True, slots=True)
class Code:
    """Both sides of a step as code.

    `files`: source by library. `refusals`: by side, why it is not written. `names`: identifiers by the note's letters.
    `points`, `left`, `right`: arguments by identifier, and what the checker makes of each side there, nested lists.
    `tolerance`: to which the sides agree, relative and absolute; wider where NumPy takes derivatives by differences.
    """

    files: Mapping[str, str]
    refusals: Mapping[str, str]
    names: Mapping[str, str]
    points: tuple[Mapping[str, object], ...]
    left: tuple[object, ...]
    right: tuple[object, ...]
    tolerance: float


@dataclass(slots=True)
class _Point:
    values: dict[str, object]
    left: object
    right: object
    numbers: int = field(default=0)


def code_of_step(note: str, index: int, *, seed: int = 0, budget: Budget | None = None) -> Code:
    """The code of step `index` of `note`, counted from 0. Raises CannotPrint where neither side is written."""
    with np.errstate(all="ignore"):
        watch = Watch(budget or Budget())
        try:
            reading = read(note, watch)
        except OutOfTime as late:
            raise CannotPrint(Span(0, len(note)), late.bound) from late
        claim = next((each for each in reading.claims if each.index == index), None)
        if claim is None:
            raise CannotPrint(Span(0, 0), "The note has no such step.")
        if claim.problem is not None:
            raise CannotPrint(claim.span, claim.problem.remedy)
        if claim.left is None or claim.right is None or claim.sign not in SIGNS:
            raise CannotPrint(claim.span, "Only a relation of two values is written as code, and this step is none.")
        watch.begin_step()
        try:
            return _code(Checker(reading.model, seed=seed), claim, claim.left, claim.right)
        except OutOfTime as late:
            raise CannotPrint(claim.span, late.bound) from late
        except (NotationError, ShapeClash, NeedsSize, Undefined, Unsatisfiable, np.linalg.LinAlgError) as problem:
            raise CannotPrint(
                claim.span, f"The checker itself cannot evaluate this step: {_words(problem)}"
            ) from problem


def _words(problem: Exception) -> str:
    return str(getattr(problem, "remedy", "") or problem or "no point satisfies the givens.")


def _code(checker: Checker, claim: Claim, left: Node, right: Node) -> Code:
    checker.turn_to(claim.conditions)
    draws = list(checker.worlds(claim.conditions))
    whole = Relation((left, right), (claim.sign,), (claim.span,), claim.span)
    first = draws[0]
    indices = next(iter(free_index_scopes(first.evaluator, whole)), Scope()).bound
    files: dict[str, str] = {}
    kept: dict[str, list[_Point]] = {}
    refusals: dict[str, str] = {}
    names: dict[str, str] = {}
    second = _orders(checker, left, right)
    tolerance = 1e-4 if second > 1 else 1e-6 if second else 1e-8
    for key, kind in LIBRARIES.items():
        library, identifiers = kind(), Identifiers()
        bound = {name: Printed(identifiers.of(name), counts=True) for name in indices}
        printers = {side: Printer(library, checker.model, first.evaluator, identifiers, second > 1) for side in SIDES}
        written = _both_sides(printers, {"left": left, "right": right}, bound)
        refusals = {side: made.refusal for side, made in written.items() if made.refusal}
        if len(refusals) == len(SIDES):
            raise CannotPrint(claim.span, _both(refusals))
        by_name = {**bound, **printers["left"].arguments, **printers["right"].arguments}
        arguments = {item.text: item for item in by_name.values()}
        sizes = _sizes(first, identifiers, arguments, written)
        passed = {
            identifiers.known[name]: name for name in first.world.dims if not sizes.get(_known(identifiers, name), "-")
        }
        if not kept:
            kept["all"] = _points(draws, claim, left, right, whole, by_name, passed)
        shown = _shown(kept["all"])
        points = Points(
            tuple(each.values for each in shown),
            tuple(each.left for each in shown),
            tuple(each.right for each in shown),
        )
        title = f"Step {claim.index + 1} in {library.name}: both sides of one claim, and a test that runs them."
        files[key] = write_file(library, title, arguments, sizes, written, claim.sign, points, tolerance)
        names = {name: identifiers.known[name] for name in [*by_name, *first.world.dims] if name in identifiers.known}
    tried = kept["all"]
    return Code(
        files, refusals, names, tuple(each.values for each in tried),
        tuple(each.left for each in tried), tuple(each.right for each in tried), tolerance,
    )  # fmt: skip


SIDES = ("left", "right")


def _known(identifiers: Identifiers, name: str) -> str:
    return identifiers.known.get(name, "")


def _both(refusals: Mapping[str, str]) -> str:
    left, right = (refusals[side] for side in SIDES)
    return left if left == right else f"Left side: {left} Right side: {right}"


def _orders(checker: Checker, *nodes: Node) -> int:
    """How many derivatives are taken one within the other, definitions included: 0, 1 or 2 for more."""

    def depth(node: Node, seen: frozenset[str]) -> int:
        deepest = max((depth(each, seen) for each in children(node)), default=0)
        name = name_of(node)
        definition = checker.model.definitions.get(name or "")
        if definition is not None and name not in seen:
            deepest = max(deepest, depth(definition.body, seen | {name or ""}))
        if isinstance(node, Deriv):
            return deepest + (2 if node.style == "hessian" else max(1, len(node.wrt)))
        return deepest + (1 if isinstance(node, Post) and node.kind in ("prime", "dot") else 0)

    return min(2, max(depth(node, frozenset()) for node in nodes))


def _both_sides(
    printers: Mapping[str, Printer], nodes: Mapping[str, Node], bound: Mapping[str, Printed]
) -> dict[str, Written]:
    """Both sides; a plain zero and whatever else takes the size that fits has that of the other side."""
    made = {side: _written(printers[side], node, bound) for side, node in nodes.items()}
    for side, other in (SIDES, SIDES[::-1]):
        if (is_zero(nodes[side]) or made[side].refusal) and not made[other].refusal:
            made[side] = _written(printers[side], nodes[side], bound, printers[other].outcome)
    return {side: made[side] for side in SIDES}


def _written(printer: Printer, node: Node, bound: Mapping[str, Printed], want: Want = NOTHING) -> Written:
    try:
        lines = printer.function(node, dict(bound), want)
        return Written(lines, printer.shape)
    except CannotPrint as refusal:
        printer.arguments.clear()
        return Written(refusal=refusal.reason)
    except (NotationError, ShapeClash, NeedsSize, Undefined) as problem:
        printer.arguments.clear()
        return Written(refusal=_words(problem))
    except RecursionError:
        printer.arguments.clear()
        return Written(refusal="This side is nested deeper than the bound.")


def _sizes(
    first: Draw, identifiers: Identifiers, arguments: Mapping[str, Printed], written: Mapping[str, Written]
) -> dict[str, str]:
    """The sizes that the written sides mention, and how they are read from the arguments."""
    text = "\n".join(line for side in written.values() for line in side.lines)
    names = [identifiers.known[name] for name in first.world.dims if name in identifiers.known]
    needed = [name for name in names if name not in arguments and re.search(rf"\b{name}\b", text)]
    return join_sizes(arguments, needed)


# -- points ------------------------------------------------------------------------------------------------------------


def _points(
    draws: list[Draw],
    claim: Claim,
    left: Node,
    right: Node,
    whole: Relation,
    by_name: Mapping[str, Printed],
    passed: Mapping[str, str],
) -> list[_Point]:
    """At least FEWEST points of several sizes at which both sides are defined. Raises CannotPrint."""
    found: list[_Point] = []
    for made in reversed(draws):  # short decimals and whole numbers were drawn last
        evaluator, world = made.evaluator, made.world
        for turn, scope in enumerate(list(free_index_scopes(evaluator, whole))[:4]):
            a, b = sides(evaluator, left, right, claim.sign, scope)
            if a.shape[1] != 1 or b.shape[1] != 1:
                raise CannotPrint(claim.span, "A claim between random variables is not written as code.")
            for point in range(turn, world.points, max(1, world.points // 3)):
                one, other = (side[point if side.shape[0] > 1 else 0, 0] for side in (a, b))
                if not _is_fit(one, other):
                    continue
                values = _values(made, scope, point, by_name, passed)
                found.append(_Point(values, _plain(one), _plain(other), _count(values)))
                break
    for made in reversed(draws):  # more of each, until there are enough
        scope = next(iter(free_index_scopes(made.evaluator, whole)))
        a, b = sides(made.evaluator, left, right, claim.sign, scope)
        for point in range(made.world.points):
            if len(found) >= FEWEST + 2:
                break
            one, other = (side[point if side.shape[0] > 1 else 0, 0] for side in (a, b))
            if _is_fit(one, other):
                values = _values(made, scope, point, by_name, passed)
                if all(each.values != values for each in found):
                    found.append(_Point(values, _plain(one), _plain(other), _count(values)))
    if not found or (by_name and len(found) < FEWEST):
        raise CannotPrint(claim.span, "Both sides are defined at too few of the points drawn to try the code at.")
    return found


LARGEST = 1e3


def _is_fit(one: Array, other: Array) -> bool:
    """Whether both sides are defined at a point, and of a size at which derivatives by differences tell something."""
    return bool(np.all(np.abs(one) < LARGEST) and np.all(np.abs(other) < LARGEST))


def _values(
    made: Draw, scope: Scope, point: int, by_name: Mapping[str, Printed], passed: Mapping[str, str]
) -> dict[str, object]:
    world = made.world
    values: dict[str, object] = {}

    def here(x: v.Value) -> Array:
        a = v.plain(x)
        return np.asarray(a[point if a.shape[0] > 1 else 0, 0], dtype=float)

    for name, item in by_name.items():
        if name in scope.bound:
            values[item.text] = int(here(scope.bound[name])[0, 0])
        elif name in world.families:
            values[item.text] = [_shaped(here(each), item) for each in world.families[name].values()]
        else:
            value = _shaped(here(world.values[name]), item)
            values[item.text] = int(value) if item.counts and isinstance(value, float) else value
    return {**values, **{identifier: world.dims[name] for identifier, name in passed.items()}}


def _shaped(x: Array, item: Printed) -> object:
    """A value of (r, c) with the axes that the code gives it."""
    if item.rows == ONE and item.cols == ONE:
        return float(x[0, 0])
    made: list[object] = x.tolist() if item.rows != ONE and item.cols != ONE else x.ravel().tolist()
    return made


def _plain(x: Array) -> object:
    if x.shape == (1, 1):
        return float(x[0, 0])
    made: list[object] = x.ravel().tolist() if 1 in x.shape else x.tolist()
    return made


def _count(values: Mapping[str, object]) -> int:
    return sum(int(np.size(np.asarray(each))) for each in values.values())


def _shown(points: list[_Point]) -> list[_Point]:
    """The points that stand in the file: short ones, no more numbers than the bound."""
    shown: list[_Point] = []
    numbers = 0
    for each in points:
        if len(shown) < MOST_SHOWN and (not shown or numbers + each.numbers <= MOST_NUMBERS):
            shown.append(each)
            numbers += each.numbers
    return shown
