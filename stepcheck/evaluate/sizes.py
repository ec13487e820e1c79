"""How large what is declared is, and over what an index runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck import values as v
from stepcheck.errors import NotationError
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Call, Index, Node, Relation, Special, Sym, walk
from stepcheck.values import Undefined, Value

from .shapes import NeedsSize, Shape, ShapeClash, shape_of
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def declared_shape(evaluator: Evaluator, name: str) -> Shape | None:
    symbol = evaluator.model.symbols.get(name)
    if symbol is None or symbol.is_number or symbol.kind == "function":
        return None
    return evaluator.size(symbol.rows), evaluator.size(symbol.cols)


def ranges_of(evaluator: Evaluator, names: tuple[str, ...], body: Node, scope: Scope) -> list[range] | None:
    """Where indices without a range run: over what they index in `body`, or as the note declares them."""
    found: list[range] = []
    for name in names:
        levels = evaluator.world.levels.get(_plain(name))
        size = range(1, levels.shape[1] + 1) if levels is not None else _declared_range(evaluator, name, scope)
        if size is None:
            size = _used_range(evaluator, name, body, scope)
        if size is None:
            return None
        found.append(size)
    return found


def _plain(name: str) -> str:
    return name.rstrip("'")


def index_value(evaluator: Evaluator, name: str, place: int) -> Value:
    """What an index stands for at its `place`: the number itself, or a value that a variable of a table takes."""
    levels = evaluator.world.levels.get(_plain(name))
    if levels is None:
        return v.const(place)
    return levels[:, place - 1][:, None, None, None]


def _declared_range(evaluator: Evaluator, name: str, scope: Scope) -> range | None:
    for assumption in evaluator.model.assumptions:
        relation = assumption.relation
        if assumption.words == "range" and isinstance(relation, Relation) and name_of(relation.sides[1]) == name:
            low, high = relation.sides[0], relation.sides[2]
            return range(evaluator.integer(low, scope), evaluator.integer(high, scope) + 1)
    return None


def _used_range(evaluator: Evaluator, name: str, body: Node, scope: Scope) -> range | None:
    for each in walk(body):
        if isinstance(each, Apply) and any(isinstance(arg, Sym) and arg.name == name for arg in each.args):
            shape = declared_shape(evaluator, name_of(each.head) or "")
            if shape is not None and name_of(each.head) in evaluator.model.tables:  # `p(k)` of a vector p
                return range(1, shape[0] + 1)
        if not isinstance(each, Index):
            if isinstance(each, Special) and each.kind == "basis":
                continue
            continue
        for place, index in enumerate(each.indices):
            if not (isinstance(index, Sym) and index.name == name):
                continue
            base = name_of(each.base)
            if base is not None and base in evaluator.world.families:
                members = evaluator.world.families[base]
                if place == 0:
                    return range(min(members), max(members) + 1)
                return range(1, shape_of(next(iter(members.values())))[0] + 1)
            definition = evaluator.model.definitions.get(base or "")
            if (
                definition is not None
                and isinstance(definition.body, Call)
                and definition.body.name in ("row", "column")
            ):
                rows, cols = shape_of(evaluator.value(definition.body.args[0], scope))
                if place == 0:
                    return range(1, (rows if definition.body.name == "row" else cols) + 1)
                return range(1, (cols if definition.body.name == "row" else rows) + 1)
            if definition is not None and definition.indices and declared_shape(evaluator, base or "") is None:
                renamed = definition.indices[place] if place < len(definition.indices) else None
                if renamed is not None:
                    deeper = ranges_of(evaluator, (renamed,), definition.body, scope)
                    if deeper:
                        return deeper[0]
                continue
            before, evaluator.averaging = evaluator.averaging, True  # a shape is asked for, and no outcome
            try:
                rows, cols = shape_of(evaluator.value(each.base, scope))
            except (NotationError, ShapeClash, NeedsSize, Undefined):
                continue
            finally:
                evaluator.averaging = before
            if len(each.indices) == 1:
                return range(1, max(rows, cols) + 1)
            return range(1, (rows if place == 0 else cols) + 1)
    return None
