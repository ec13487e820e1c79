r"""Recurrences: `x_{k+1} = x_k - \eta \nabla f(x_k)` says how each member of a sequence follows from the one before.

`x_k` is any member and drawn freely, of the shape of `x_0`, of `x` where the note speaks of iterating and `x` is what
is iterated, or of what a function of the rule takes. The later ones are defined by it: `x_{k+1}`, `x_{k+2}`, and `x_1`,
`x_2` from `x_0`. Without this a subscript behind a vector is one of its entries.

A claim with `x_k` holds where it does so for every value of `x_k`. Where it fails at some, and the note says something
of `x_0`, or the claim speaks of both, nothing is known: the sequence may never come there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from stepcheck.extract import Display, Inline, Piece
from stepcheck.grammar import name_of
from stepcheck.model import Definition, Model, Symbol
from stepcheck.rewrite import rewritten
from stepcheck.tree import Add, Apply, Big, Index, Integral, Mul, Node, Num, Relation, Sym, children, walk

from .definitions import is_zero

_FURTHEST = 6  # steps that are written out


@dataclass(slots=True)
class Recurrence:
    """The letter that counts, the left side and the rule, its text, and which numbers the note uses for the letter."""

    letter: str
    left: Index
    rule: Node
    latex: str
    numbers: set[int] = field(default_factory=set)


def find_recurrences(model: Model, found: Iterable[Piece], formulas_of: Callable[[Piece], Iterable[Node]]) -> None:
    """Note in `model.recurrences` which letters the note steps on, by letter."""
    numbered: dict[str, set[int]] = {}
    for piece in found:
        model.watch()
        for node in formulas_of(piece):
            for each in walk(node):
                base, index = _subscript(each)
                if base is not None and isinstance(index, Num) and index.value.denominator == 1:
                    numbered.setdefault(base, set()).add(int(index.value))
            for base, letter, left, rule in _stepped_on(node):
                latex = piece.latex.strip() if isinstance(piece, Inline | Display) else ""
                known = model.recurrences.setdefault(base, Recurrence(letter, left, rule, latex))
                if known.letter != letter:
                    known.letter = ""  # `x_{k+1}` and `x_{t+1}`: which of them counts is not known
    for base, each in list(model.recurrences.items()):
        if each.letter:
            each.numbers = numbered.get(base, set())
        else:
            del model.recurrences[base]


def declare_iterates(model: Model) -> None:
    """Declare `x_k`, and `x_0` where the note uses it, as what is stepped on; forget what is no such recurrence."""
    for base, found in list(model.recurrences.items()):
        general, first = _named(found, Sym(found.letter, found.left.span)), _named(found, _number(found, 0))
        whole = model.symbols.get(base)
        is_family = base in model.members or (whole is not None and whole.family is not None)
        if is_family or base in model.definitions or (whole is not None and whole.kind != "value"):
            del model.recurrences[base]
            continue
        start = model.symbols.get(first) or model.symbols.get(_named(found, _number(found, 1)))
        shown = start or (whole if model.says("iterating") else None)
        if shown is None and whole is None:
            shown = _argument(model, found, general)
        if general not in model.symbols:
            if shown is None or shown.kind != "value" or shown.family is not None or general in model.definitions:
                if shown is None and whole is not None and not whole.is_number:  # of its entries
                    model.unread.setdefault(base, f"${found.latex}$")
                del model.recurrences[base]
                continue
            alike = replace(shown, properties=set(), law=None, declared_by="recurrence")
            model.declare(replace(alike, name=general))
        member = model.symbols[general]
        if 0 in found.numbers and start is None and first not in model.definitions:
            model.declare(replace(member, name=first, properties=set(), declared_by="recurrence"))
        at_first = model.definitions.get(first)
        if at_first is not None and not member.is_number and is_zero(at_first.body):  # `v_0 = 0` is a vector
            zero = Mul(
                (_number(found, 0), replace(found.left, indices=(Sym(found.letter, found.left.span),))), at_first.span
            )
            model.definitions[first] = replace(at_first, body=zero)


def _argument(model: Model, found: Recurrence, general: str) -> Symbol | None:
    r"""What a declared `f: \mathbb{R}^n \to \mathbb{R}` of the rule takes at `x_k`."""
    for each in walk(found.rule):
        if isinstance(each, Apply) and [name_of(arg) for arg in each.args] == [general]:
            function = model.symbols.get(name_of(each.head) or "")
            if function is not None and function.kind == "function" and function.source_rows is not None:
                return Symbol(general, found.left.span, rows=function.source_rows)
    return None


def write_out(model: Model, node: Node) -> None:
    """Define the members that `node` mentions by the recurrence, where the member that they follow from is known."""
    rules = [model.definitions.get(_next(each)) for each in model.recurrences.values()]
    known = [each for rule in rules if rule is not None for each in walk(rule.body)]
    for each in [*known, *walk(node)] if model.recurrences else ():
        base, _ = _subscript(each)
        if base in model.recurrences and isinstance(each, Index):
            _define(model, model.recurrences[base], each, _FURTHEST)
        elif base is not None and isinstance(each, Index):
            _declare_alike(model, base, each)


def _declare_alike(model: Model, base: str, member: Index) -> None:
    r"""`x_{t+1}` of which the note declares `x_t`, and says no more, beside `h_{t+1} = W h_t + U x_{t+1}`."""
    name = name_of(member)
    if name is None or name in model.symbols or name in model.definitions or base in model.symbols:
        return
    for letter in {each.letter for each in model.recurrences.values()}:
        general = model.symbols.get(name_of(replace(member, indices=(Sym(letter, member.span),))) or "")
        if general is None or general.kind != "value" or general.family is not None or general.properties:
            continue
        if _step(member.indices[0], letter) is None and not isinstance(member.indices[0], Num):
            continue
        if not any(general.name in _names(each.relation) for each in model.assumptions):
            model.declare(replace(general, name=name, declared_by="recurrence"))
            return


def may_not_be_reached(model: Model, sides: Iterable[Node]) -> str | None:
    """The general member of a sequence in `sides`, where the note or they themselves say something of its beginning."""
    if not model.recurrences:
        return None
    names = _names_below(model, sides)
    for found in model.recurrences.values():
        general = _named(found, Sym(found.letter, found.left.span))
        if general not in names:
            continue
        for number in found.numbers | {0, 1}:
            first = _named(found, _number(found, number))
            known, meant = model.symbols.get(first), model.definitions.get(first)
            is_told = known is not None and (known.properties or known.law is not None)
            is_told = is_told or (meant is not None and meant.span != model.definitions[_next(found)].span)
            if first in names or is_told or any(first in _names(each.relation) for each in model.assumptions):
                return general
    return None


def _names_below(model: Model, sides: Iterable[Node]) -> set[str]:
    """The names that `sides` rest on; what is taken 0 times, as in `v_0 = 0`, is none of them."""
    found: set[str] = set()
    waiting = list(sides)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mul) and isinstance(node.factors[0], Num) and node.factors[0].value == 0:
            continue
        name = name_of(node)
        if name is not None and name not in found:
            found.add(name)
            if name in model.definitions:
                waiting.append(model.definitions[name].body)
        waiting += children(node)
    return found


def _names(node: Node) -> set[str]:
    return {name for each in walk(node) if (name := name_of(each)) is not None}


def _next(found: Recurrence) -> str:
    return _named(found, _plus(found, Sym(found.letter, found.left.span), 1))


def _define(model: Model, found: Recurrence, member: Index, left: int) -> bool:
    """Whether `member` is known, after writing it out where it is not."""
    name = name_of(member)
    if name is None or name in model.symbols or name in model.definitions:
        return name is not None and (name in model.symbols or not _is_plain_number(model, name))
    rule = model.definitions.get(_next(found))
    before = _before(found, member.indices[0])
    if rule is None or rule.params or rule.indices or before is None or left == 0:
        return False
    if any(isinstance(each, Big | Integral | Apply) and _binds(each, found.letter) for each in walk(rule.body)):
        return False
    if not _define(model, found, replace(found.left, indices=(before,)), left - 1):
        return False
    body = rewritten(rule.body, _moved(found, before))
    model.definitions[name] = Definition(name, (), (), body, rule.span)
    for each in walk(body):  # `v_{k+1}` in the rule of `x_{k+1}`
        base, _ = _subscript(each)
        other = model.recurrences.get(base or "")
        if isinstance(each, Index) and other is not None and other is not found:
            _define(model, other, each, left - 1)
        elif isinstance(each, Index) and other is None and base is not None:
            _declare_alike(model, base, each)
    return True


def _is_plain_number(model: Model, name: str) -> bool:
    """Whether the definition gives a number, as `m_0 = 0`, which may stand for a vector."""
    definition = model.definitions.get(name)
    return definition is not None and isinstance(definition.body, Num)


def _binds(node: Node, letter: str) -> bool:
    if isinstance(node, Big):
        return letter in node.binder.names
    return isinstance(node, Integral) and node.name == letter


def _moved(found: Recurrence, before: Node) -> Callable[[Node], Node | None]:
    """A change of trees: the letter becomes `before`."""

    def change(node: Node) -> Node | None:
        if isinstance(node, Sym) and node.name == found.letter:
            return before
        if isinstance(node, Add) and (step := _step(node, found.letter)) is not None:
            return _plus(found, before, step)
        return None

    return change


def _before(found: Recurrence, index: Node) -> Node | None:
    """`k` of `k+1`, `k+1` of `k+2`, `0` of `1`."""
    if isinstance(index, Num) and index.value.denominator == 1 and index.value >= 1:
        return _number(found, int(index.value) - 1)
    if isinstance(index, Add) and (step := _step(index, found.letter)) is not None and step >= 1:
        return _plus(found, Sym(found.letter, index.span), step - 1)
    return None


def _plus(found: Recurrence, node: Node, step: int) -> Node:
    if isinstance(node, Num):
        return _number(found, int(node.value) + step)
    if isinstance(node, Add):
        return _plus(found, node.terms[0][1], (_step(node, found.letter) or 0) + step)
    sign = 1 if step > 0 else -1
    return node if step == 0 else Add(((1, node), (sign, _number(found, abs(step)))), found.left.span)


def _number(found: Recurrence, value: int) -> Num:
    return Num(Fraction(value), found.left.span)


def _named(found: Recurrence, index: Node) -> str:
    return name_of(replace(found.left, indices=(index,))) or ""


def _step(node: Node, letter: str) -> int | None:
    """1 of `k+1`, -1 of `k-1`."""
    if not isinstance(node, Add) or len(node.terms) != 2:
        return None
    (sign, first), (how, second) = node.terms
    if sign != 1 or not isinstance(first, Sym) or first.name != letter:
        return None
    if not isinstance(second, Num) or second.value.denominator != 1:
        return None
    return how * int(second.value)


def _subscript(node: Node) -> tuple[str | None, Node | None]:
    if isinstance(node, Index) and len(node.indices) == 1 and isinstance(node.base, Sym):
        return name_of(node.base), node.indices[0]
    return None, None


def _stepped_on(node: Node) -> Iterator[tuple[str, str, Index, Node]]:
    r"""The letter, its counter and the two sides of `x_{k+1} = F(x_k)`."""
    if not isinstance(node, Relation) or node.signs[0] not in ("=", ":="):
        return
    left = node.sides[0]
    base, index = _subscript(left)
    if base is None or not isinstance(left, Index) or not isinstance(index, Add):
        return
    letter = next((each.name for _, each in index.terms if isinstance(each, Sym)), "")
    if _step(index, letter) != 1:
        return
    for each in walk(node.sides[1]):
        other, at = _subscript(each)
        if other == base and isinstance(at, Sym) and at.name == letter:
            yield base, letter, left, node.sides[1]
            return


__all__ = ["Recurrence", "declare_iterates", "find_recurrences", "may_not_be_reached", "write_out"]
