"""Events named in prose, and what is said of them: independent, disjoint, a partition."""

from __future__ import annotations

import re
from fractions import Fraction

from stepcheck.errors import Span
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.probability import Apart
from stepcheck.tree import Add, Big, Binder, Index, Logic, Node, Num, Relation, Special, Sym

from .names import declared_names, note_dimension
from .sentences import Sentence

_BEFORE = re.compile(r"\b(?:events?|partition(?:ed)? (?:into|by))\s*(?:§\s*(?:,|and|,\s*and|or)?\s*)*$", re.I)
_AFTER = re.compile(
    r"\s*(?:(?:,|and|,\s*and)?\s*§\s*)*(?:be|are|is|denote)\b[^§.;]*\b(?:events?|partitions?)\b(?! that)"
    r"|\s*(?:,\s*)?(?:an?|any|some) (?:\w+ )?event\b(?! that)",
    re.I,
)
_SETS = {"\\Omega", "\\mathcal{F}", "\\mathcal{A}", "\\mathcal{S}", "S"}
_NEGATED = re.compile(r"\b(?:not|need not|no|neither|without|cannot)\b[^.;]{0,40}$", re.I)
_DISJOINT = re.compile(r"\b(?:pairwise |mutually )?(?:disjoint|exclusive)\b", re.I)
_PARTITION = re.compile(r"\bpartition(?:s|ing)?\b", re.I)
CONDITIONAL = re.compile(
    r"\b(?:conditionally independent|independent (?:of each other )?(?:given|conditional))\b", re.I
)


def speaks_of_events(sentence: Sentence) -> bool:
    return bool(re.search(r"\bevents?\b|\bpartition", sentence.words, re.I))


def read_events(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """`Let $A$ and $B$ be disjoint events`: what is an event, and what every outcome meets."""
    words = sentence.words
    found: list[Node] = []
    parts: list[Node] = []
    for place in sorted(formulas):
        named = _BEFORE.search(sentence.before(place)) or _AFTER.match(sentence.after(place))
        for node in formulas[place]:
            if isinstance(node, Relation) and name_of(node.sides[-1]) in _SETS and node.signs[0] in ("in", "subset"):
                node = node.sides[0]
            elif not named or isinstance(node, Relation | Logic):
                continue
            made = _declared(model, node)
            found += made
            if named and _PARTITION.search(named.group()):
                parts += made
    if found and not _says_not(words, _DISJOINT) and _DISJOINT.search(words):
        model.event_rules.append(_total(model, found, "<="))
    if parts:
        model.event_rules.append(_total(model, parts, "="))
    if CONDITIONAL.search(words):
        _read_conditional(model, sentence, formulas)
    elif found and re.search(r"\bindependent\b", words) and not _says_not(words, re.compile(r"\bindependen", re.I)):
        names = tuple(dict.fromkeys(_root(model, each) for each in found))
        model.factored.append(Apart(tuple((name,) for name in names), (), found[0].span))


def _says_not(words: str, pattern: re.Pattern[str]) -> bool:
    return any(_NEGATED.search(words[: match.start()]) for match in pattern.finditer(words))


def _declared(model: Model, node: Node) -> list[Node]:
    made: list[Node] = []
    span = node.span
    for name, family, item in declared_names(node):
        if name in model.definitions or not isinstance(item, Sym | Index | Special):
            continue
        symbol = model.symbols.get(name)
        if symbol is not None and symbol.kind == "random" and "event" not in symbol.properties:
            continue  # a random variable stays one
        declare_event(model, name, span, family)
        made.append(item)
    return made


def declare_event(model: Model, name: str, span: Span, family: tuple[Node, Node] | None = None) -> None:
    """An event is a random variable with the values 0 and 1."""
    choices = (Num(Fraction(0), span), Num(Fraction(1), span))
    symbol = Symbol(name, span, "random", domain="finite", choices=choices, family=family, properties={"event"})
    model.symbols[name] = symbol
    if family is not None:
        note_dimension(model, family[1])


def _root(model: Model, node: Node) -> str:
    return (name_of(node.base) if isinstance(node, Index) and _is_family(model, node) else name_of(node)) or ""


def _is_family(model: Model, node: Node) -> bool:
    root = name_of(node.base) if isinstance(node, Index) else None
    return root is not None and root in model.symbols and model.symbols[root].family is not None


def _total(model: Model, found: list[Node], sign: str) -> Node:
    """That at most one (`<=`) or exactly one (`=`) of the events happens."""
    span = found[0].span.to(found[-1].span)
    terms: list[tuple[int, Node]] = []
    for each in found:
        if isinstance(each, Index) and _is_family(model, each):
            family = model.symbols[name_of(each.base) or ""].family
            assert family is not None
            binder = Binder(("i",), family[0], family[1], None, span)
            terms.append((1, Big("sum", binder, Index(each.base, (Sym("i", span),), "sub", span), span)))
        else:
            terms.append((1, each))
    return Relation((Add(tuple(terms), span), Num(Fraction(1), span)), (sign,), (span,), span)


def _read_conditional(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """`$A$ and $B$ are conditionally independent given $C$`, of events."""
    text = sentence.before(len(sentence.parts))
    split = re.search(r"\b(?:given|conditional(?:ly)? on)\b", text, re.I)
    if split is None or _says_not(sentence.words, CONDITIONAL):
        return
    count = text[: split.start()].count("§")
    order = sorted(formulas)

    def events_in(places: list[int]) -> tuple[str, ...]:
        names = [name for place in places for node in formulas[place] for name, _, _ in declared_names(node)]
        return tuple(dict.fromkeys(name for name in names if model.is_event(name)))

    given = events_in(order[count : count + 1])
    sides = tuple(name for name in events_in(order[:count]) if name not in given)
    if len(sides) > 1 and given:
        model.factored.append(Apart(tuple((name,) for name in sides), given, Span(0, 0)))
