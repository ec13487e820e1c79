r"""Tables: `a positive joint table $p(x, z)$`, `distributions $p$ and $q$ on $\{1, \dots, K\}$`."""

from __future__ import annotations

import re
from dataclasses import replace

from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol, Table
from stepcheck.tree import Apply, Node, Prob, Relation, Sequence, SetOf, Sym

from .names import note_dimension
from .sentences import Sentence

_TABLE = re.compile(
    r"\b(?:tables?|distributions?|pmfs?|p\.m\.f\.?s?|mass functions?|joint (?:law|probabilit\w+)|posteriors?|priors?"
    r"|marginals?)\b",
    re.I,
)
_CONTINUOUS = re.compile(r"\b(?:densit\w+|pdfs?|continuous|gaussian|normal)\b", re.I)
_VECTORS = re.compile(
    r"\b(?:probability vectors?|(?:probability |discrete )?distributions?|pmfs?|(?:probability )?mass functions?)\b"
    r"[^§.;]{0,30}$",
    re.I,
)
_CALLED = re.compile(
    r"\s*(?:(?:,|and|,\s*and)?\s*§\s*)*(?:be|are|is|denote)\b[^§.;]*"
    r"\b(?:probability vector|distribution|pmf|mass function)",
    re.I,
)
_FUNCTION = (
    r"(?:(?<!mass )(?<!probability )(?<!distribution )function(?:al)?"
    r"|reward|loss|cost|utility|score|energy|potential|map)s?\b"
)
_CALLED_FUNCTION = re.compile(rf"\s*(?:,|be|is|denotes?)?\s*(?:an?|the|some|any)\s+(?:[\w-]+ )?{_FUNCTION}", re.I)
_FUNCTION_CALLED = re.compile(rf"\b{_FUNCTION}\s*$", re.I)
_ENTRIES = re.compile(r"\s*(?:entries|elements|outcomes|components|categories|classes|values|states|symbols)\b", re.I)


def speaks_of_tables(sentence: Sentence) -> bool:
    return bool(_TABLE.search(sentence.words)) or "probability vector" in sentence.words.lower()


def read_tables(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """The tables that a sentence declares, by the letters that they are written with."""
    if not _CONTINUOUS.search(sentence.words):
        for place, nodes in formulas.items():
            if _CALLED_FUNCTION.match(sentence.after(place)) or _FUNCTION_CALLED.search(sentence.before(place)):
                continue  # "distributions $p(y)$ and $q(y)$, and $r(y)$ a function"
            for node in nodes:
                inner = node.sides[0] if isinstance(node, Relation) and node.signs[0] in (">", ">=") else node
                _read_table(model, inner)
    _read_vectors(model, sentence, formulas)


def bare(name: str) -> str:
    """The variable of a table that `z'`, `\\tilde{z}` or `z` stand for."""
    while name.endswith("'"):
        name = name[:-1]
    match = re.fullmatch(r"\\(?:tilde|hat|bar)\{(.*)\}", name)
    return match.group(1) if match else name


def _read_table(model: Model, node: Node) -> None:
    given: tuple[Node, ...] = ()
    if isinstance(node, Apply):
        name, events = name_of(node.head), node.args
    elif isinstance(node, Prob) and node.name != "P":
        name, events, given = node.name, node.events, node.given
    else:
        return
    letters = [name_of(each) for each in (*events, *given)]
    if name is None or any(letter is None for letter in letters) or name in model.definitions:
        return
    if name in model.symbols or name in model.laws or any(model.is_random(letter or "") for letter in letters):
        return
    variables = tuple(bare(letter or "") for letter in letters)
    known = model.tables.get(name, Table(name, (), frozenset(), node.span))
    found = tuple(dict.fromkeys((*known.variables, *variables)))
    model.tables[name] = replace(known, variables=found, events=known.events | set(variables[: len(events)]))


def _read_vectors(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Names for whole distributions: probability vectors with as many entries as the sentence says."""
    names: list[Sym] = []
    size: Node | None = None
    for place in sorted(formulas):
        before, after = sentence.before(place), sentence.after(place)
        tail = before.rpartition("§")[2]
        listed = before.replace("§ and", "").replace("§,", "")
        for node in formulas[place]:
            is_set = isinstance(node, SetOf) and node.kind == "finite"
            is_set = is_set or (isinstance(node, Sequence) and node.brackets == "{}")
            if is_set and isinstance(node, SetOf | Sequence) and node.items and re.search(r"\b(?:on|over)\b", tail):
                size = node.items[-1]
            elif isinstance(node, Sym) and re.search(r"\b(?:with|on|over|of)\s*$", tail) and _ENTRIES.match(after):
                size = node
            elif isinstance(node, Sym) and (_VECTORS.search(listed) or _CALLED.match(after)):
                names.append(node)
    if not names or (size is None and not re.search(r"\bfinite (?:set|alphabet)|\bprobability vector", sentence.words)):
        return
    for each in names:
        if each.name in model.symbols or each.name in model.definitions or model.is_random(each.name):
            continue
        rows = size if size is not None else Sym("K", each.span)
        symbol = model.declare(Symbol(each.name, each.span, rows=rows, properties={"simplex"}))
        symbol.properties.add("simplex")
        note_dimension(model, rows)
        model.tables[each.name] = Table(each.name, ("",), frozenset({""}), each.span)
