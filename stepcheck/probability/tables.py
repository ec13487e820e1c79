"""Tables of probabilities by name: `p(x, z)`, its marginals and conditionals, sums over a table's variables.

A table is drawn positive and normalised, over as many values of each variable as the note says, else two to four. Where
the letters are those of declared random variables, `p(x, y)` is their joint law, and `x` runs over the values of `X`.
"""

from __future__ import annotations

from itertools import product as cartesian
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported
from stepcheck.grammar import name_of
from stepcheck.model import Model, Table
from stepcheck.tree import Apply, Expect, Index, Info, Law, Node, Prob, Relation, Sequence, Sym
from stepcheck.values import Array, Value

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator

COUNTS = (3, 2, 4, 2, 3)
MOST_LEVELS = 400


def draw_tables(model: Model, evaluator: Evaluator, rng: np.random.Generator, points: int) -> None:
    """Give every table its entries, and every variable of a table its values."""
    world = evaluator.world
    _draw_levels(model, evaluator)
    variables = dict.fromkeys(name for table in model.tables.values() for name in table.variables if name)
    for place, name in enumerate(variables):
        if name in world.levels:
            continue
        count = _declared_count(evaluator, name) or COUNTS[place % len(COUNTS)]
        world.levels[name] = np.broadcast_to(np.arange(1.0, count + 1), (points, count))
    alike: dict[tuple[str, ...], Array] = {}
    for name, table in model.tables.items():
        if table.variables == ("",):
            continue
        if all(_random_behind(model, each) for each in table.variables) and name in ("p", "P", "f"):
            world.tables[name] = _joint_law(evaluator, table)
            continue
        sizes = [world.levels[each].shape[1] for each in table.variables]
        drawn = rng.gamma(1.2, size=(points, *sizes)) + 0.04
        drawn[min(1, points - 1)] = 1.0  # the uniform table, and below one that two tables share
        over = tuple(1 + place for place, each in enumerate(table.variables) if each in table.events)
        drawn = drawn / drawn.sum(axis=over, keepdims=True)
        if table.events == frozenset(table.variables):  # at one point two tables are the same: a divergence is 0 there
            drawn[0] = alike.setdefault(table.variables, drawn)[0]
        world.tables[name] = drawn


def _random_behind(model: Model, letter: str) -> bool:
    return letter.isalpha() and len(letter) == 1 and letter.islower() and model.is_random(letter.upper())


def _draw_levels(model: Model, evaluator: Evaluator) -> None:
    """`x` runs over the values of a declared `X` with finitely many."""
    world = evaluator.world
    for name, symbol in model.symbols.items():
        letter = name.lower()
        if symbol.kind != "random" or len(name) != 1 or not name.isupper() or letter in model.symbols:
            continue
        if letter in model.definitions or name not in world.values or "event" in symbol.properties:
            continue
        if isinstance(symbol.law, Law) and symbol.law.name not in ("Bernoulli", "Categorical", "Binomial", "Poisson"):
            continue
        values = v.plain(world.values[name])
        if values.shape[-2:] != (1, 1):
            continue
        flat = np.broadcast_to(values[:, :, 0, 0], (world.points, values.shape[1]))
        columns = np.unique(flat.T, axis=0)
        if len(columns) <= MOST_LEVELS:
            world.levels[letter] = columns.T.copy()


def _joint_law(evaluator: Evaluator, table: Table) -> Array:
    world = evaluator.world
    assert world.weights is not None
    weights = world.weights[:, :, 0, 0]
    made = np.zeros((world.points, *[world.levels[each].shape[1] for each in table.variables]))
    for at, places in enumerate(cartesian(*[range(size) for size in made.shape[1:]])):
        here = np.ones_like(weights)
        for each, place in zip(table.variables, places, strict=True):
            values = v.plain(world.values[each.upper()])[:, :, 0, 0]
            here = here * (values == world.levels[each][:, place : place + 1])
        made.reshape(world.points, -1)[:, at] = (weights * here).sum(axis=1)
    made[~np.isclose(made.reshape(world.points, -1).sum(axis=1), 1)] = np.nan  # two values coincide at this point
    return made


def _declared_count(evaluator: Evaluator, name: str) -> int | None:
    for assumption in evaluator.model.assumptions:
        relation = assumption.relation
        if assumption.words == "range" and isinstance(relation, Relation) and name_of(relation.sides[1]) == name:
            return evaluator.integer(relation.sides[2], Scope())
    return None


def is_table(evaluator: Evaluator, node: Node) -> bool:
    name = name_of(node.head) if isinstance(node, Apply) else node.name if isinstance(node, Prob) else None
    table = evaluator.model.tables.get(name or "")
    return table is not None and table.variables != ("",)  # a vector of probabilities is evaluated as one


def table_parts(node: Apply | Prob) -> tuple[str, tuple[Node, ...], tuple[Node, ...]]:
    if isinstance(node, Apply):
        return name_of(node.head) or "", node.args, ()
    return node.name, node.events, node.given


def table_name(node: Node) -> str:
    assert isinstance(node, Apply | Prob)
    return table_parts(node)[0]


def letters_of(evaluator: Evaluator, node: Expect | Info) -> tuple[str, ...]:
    """The letters that an expectation below a table, a divergence or an entropy of tables runs over."""
    law: Node | None
    if isinstance(node, Expect):
        law = node.under
        if isinstance(law, Relation) and law.signs == ("~",):
            items = law.sides[0].items if isinstance(law.sides[0], Sequence) else (law.sides[0],)
            return tuple(name for each in items if (name := name_of(each)) is not None)
    else:
        law = node.args[0]
    law = whole_table(evaluator, law) if law is not None else None
    if law is None or not is_table(evaluator, law) or (isinstance(node, Info) and node.kind == "I"):
        return ()
    assert isinstance(law, Apply | Prob)
    return tuple(name for each in table_parts(law)[1] if (name := name_of(each)) is not None)


def evaluate_table(evaluator: Evaluator, node: Apply | Prob, scope: Scope) -> Value:
    """`p(x, z)`, a marginal `p(x)`, a conditional `p(z | x)`."""
    name, events, given = table_parts(node)
    table = evaluator.model.tables[name]
    if table.variables == ("",):
        if len(events) != 1 or given:
            raise Unsupported("table", node.span, f"`{name}` is a vector of probabilities: write one argument.")
        return evaluator.value(Index(Sym(name, node.span), events, "sub", node.span), scope)
    picked = [_picked(evaluator, table, each, place, len(events), scope) for place, each in enumerate(events)]
    under = [_picked(evaluator, table, each, -1, 0, scope) for each in given]
    free = {each for each in table.variables if each not in table.events}
    if free - {variable for variable, _ in (*picked, *under)} or free & {variable for variable, _ in picked}:
        raise Unsupported("table", node.span, f"`{name}` is given as a conditional law only: condition it as declared.")
    top = _mass(evaluator, table, [*picked, *under])
    return top if not under or {variable for variable, _ in under} == free else top / _mass(evaluator, table, under)


def _picked(evaluator: Evaluator, table: Table, node: Node, place: int, count: int, scope: Scope) -> tuple[str, Array]:
    """The variable that an argument stands for, and its value."""
    from stepcheck.givens.tables import bare

    name = bare(name_of(node) or "")
    value = node
    if isinstance(node, Relation) and node.signs == ("=",):
        name, value = bare(name_of(node.sides[0]) or ""), node.sides[1]
    if name.lower() in table.variables and name not in table.variables:
        name = name.lower()
    if name not in table.variables:
        if count != len(table.variables):
            raise Unsupported("table", node.span, f"Which variable of `{table.name}` this is cannot be told.")
        name = table.variables[place]
    return name, v.plain(evaluator.number(value, scope))


def _mass(evaluator: Evaluator, table: Table, picked: list[tuple[str, Array]]) -> Array:
    """The sum of the entries in which the picked variables have their values, (P, A, 1, 1)."""
    world = evaluator.world
    entries = world.tables[table.name]
    made = entries[:, None]  # (P, 1, s_1, …, s_k), and A in place of 1 where a picked value is random
    for variable, value in picked:
        levels = world.levels[variable]
        fits = np.abs(value[:, :, :, 0] - levels[:, None]) <= 1e-12 * (1 + np.abs(levels[:, None]))  # (P, A, s)
        shape = [1] * (made.ndim - 2)
        shape[table.variables.index(variable)] = levels.shape[1]
        made = made * fits.reshape(*fits.shape[:2], *shape)
    total = made.reshape(*made.shape[:2], -1).sum(axis=-1)
    return np.asarray(total[:, :, None, None])


def bound_over(evaluator: Evaluator, node: Node, scope: Scope) -> tuple[str, ...]:
    """The names that `q(z)` or `p(x, z)` below an expectation, or on the left of a divergence, runs over."""
    assert isinstance(node, Apply | Prob)
    _, events, _ = table_parts(node)
    names = [name_of(each) for each in events]
    if any(name is None for name in names):
        raise Unsupported("table", node.span, "Write the letters that this law is over.")
    return tuple(name for name in names if name is not None)


def scopes_over(evaluator: Evaluator, names: tuple[str, ...], scope: Scope, node: Node) -> list[Scope]:
    from stepcheck.givens.tables import bare

    levels: list[Array] = []
    for name in names:
        found = evaluator.world.levels.get(bare(name))
        if found is None:
            raise Unsupported("table", node.span, f"Over what does `{name}` run? Declare its law in prose.")
        levels.append(found)
    return [
        scope.with_names(
            {
                name: level[:, place][:, None, None, None]
                for name, level, place in zip(names, levels, places, strict=True)
            }
        )
        for places in cartesian(*[range(level.shape[1]) for level in levels])
    ]


def mean_over(evaluator: Evaluator, law: Node, body: Node, scope: Scope) -> Value:
    r"""`\\mathbb{E}_{q(z)}[…]`: the sum over z of q(z) times the body."""
    total: Value = v.const(0)
    for inner in scopes_over(evaluator, bound_over(evaluator, law, scope), scope, law):
        total = v.add(total, v.times(evaluator.number(law, inner), evaluator.value(body, inner)))
    return total


def divergence_over(evaluator: Evaluator, left: Node, right: Node, scope: Scope) -> Value:
    """The sum of p log(p/q) over the variables of the left law."""
    total: Value = v.const(0)
    for inner in scopes_over(evaluator, bound_over(evaluator, left, scope), scope, left):
        p, q = evaluator.number(left, inner), evaluator.number(right, inner)
        total = v.add(total, v.times(p, v.log(v.divide(p, q))))
    return total


def entropy_over(evaluator: Evaluator, law: Node, scope: Scope) -> Value:
    total: Value = v.const(0)
    for inner in scopes_over(evaluator, bound_over(evaluator, law, scope), scope, law):
        p = evaluator.number(law, inner)
        total = v.sub(total, v.times(p, v.log(p)))
    return total


def whole_table(evaluator: Evaluator, node: Node) -> Node:
    """A table's name alone as the table of all its variables: `q` as `q(z)`."""
    name = name_of(node) if isinstance(node, Sym | Index) else None
    table = evaluator.model.tables.get(name or "")
    if table is None or table.variables == ("",) or set(table.variables) != table.events:
        return node
    return Apply(node, tuple(Sym(each, node.span) for each in table.variables), node.span)
