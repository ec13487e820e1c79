"""What is random, whether it is independent, and with which moments."""

from __future__ import annotations

import re

from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.probability import Moments
from stepcheck.tree import Expect, Index, Node, Relation, walk

from .names import declare_free, declared_names
from .sentences import Sentence
from .vocabulary import RANDOM, RANDOM_LIST

_LISTED = re.compile(
    r"((?:§\s*(?:,|and|,\s*and)?\s*)+)(?:be|are|is|denote)\b(?:(?!\b(?:let|where|with|for|of|that)\b)[^§.;])*"
    r"\b(?:random (?:variable|vector|quantit|sign)|r\.?v\.?s?\b)",
    re.I,
)


def read_random(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Which letters are random, whether they are independent, and with which moments."""
    words = sentence.words
    if re.search(r"\bindependent\b|\bi\.?i\.?d\.?\b", words, re.I):
        negated = re.search(r"(?:not|need not|no|neither|without)\b[^.]{0,40}independen", words, re.I)
        needs_none = re.search(r"needs? no independence|depend on each other", words, re.I)
        if not negated and not needs_none and not re.search(r"linearly independent", words, re.I):
            names: set[str] = set()
            for nodes in formulas.values():
                for node in nodes:
                    for each in walk(node):
                        name = name_of(each)
                        symbol = model.symbols.get(name or "")
                        if symbol is not None and (symbol.kind == "random" or RANDOM.search(words)):
                            names.add(name or "")
            if names:
                model.independent.append(frozenset(names))
            if re.search(r"independent of (?:it|everything|them|all)", words, re.I):
                model.all_independent = True
    if not RANDOM.search(words):
        return
    for match in _LISTED.finditer(sentence.before(len(sentence.parts))):
        first = match.string[: match.start(1)].count("§")
        for place in sorted(formulas)[first : first + match.group(1).count("§")]:
            for node in formulas[place]:
                for name, family, item in declared_names(node.sides[0] if isinstance(node, Relation) else node):
                    if name not in model.definitions:
                        model.declare(Symbol(name, item.span, "random", family=family)).kind = "random"
    for place, nodes in formulas.items():
        before = sentence.before(place)
        if not RANDOM.search(before + " " + sentence.after(place)[:60]):
            continue
        for node in nodes:
            left = node.sides[0] if isinstance(node, Relation) else node
            if isinstance(node, Relation) and node.signs[0] not in ("in", ">", "<", ">=", "<=", "~"):
                continue
            tail = re.split(r"[.;]", before)[-1]
            if re.search(r"\b(mean|variance|covariance|constants?|numbers?|moments?|expectation)s?\s*$", tail, re.I):
                continue
            described = re.match(r"[^§]{0,24}\b(?:be|is|are)\b[^§]{0,40}random", sentence.after(place), re.I)
            joins = re.search(r"\b(let|and|with|where|constants?|fixed|in)\s*$", tail, re.I)
            if described is None and joins and not RANDOM_LIST.search(sentence.before(place)):
                continue
            if not RANDOM.search(tail) and described is None:
                continue
            for name, family, item in declared_names(left):
                if name in model.definitions:
                    continue
                symbol = model.symbols.get(name)
                if symbol is not None and symbol.declared_by == "size":
                    continue
                if isinstance(item, Index) and name_of(item.base) in model.symbols:
                    continue
                if symbol is None:
                    symbol = model.declare(Symbol(name, item.span, "random", family=family))
                if symbol.declared_by in ("bound", "mention", "declared") and symbol.kind in ("value", "random"):
                    symbol.kind = "random"


_MOMENT = re.compile(r"\b(means?|variances?|covariances?|expectation)\b[^§]{0,12}$", re.I)


def read_moments(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`with mean $\mu$ and variance $\sigma^2$`, `$\operatorname{Var}(q_i) = \sigma_q^2$` for what is random."""

    subjects: list[str] = []
    for place in sorted(formulas):
        tail = re.split(r"§", sentence.before(place))[-1]
        what = _MOMENT.search(tail)
        for node in formulas[place]:
            if isinstance(node, Relation) and isinstance(node.sides[0], Expect) and node.signs[0] == "=":
                _moment_equation(model, node)
                continue
            left = node.sides[0] if isinstance(node, Relation) else node
            if what is None:
                named = []
                for name, _, item in declared_names(left):
                    symbol = model.symbols.get(name)
                    if symbol is None and isinstance(item, Index) and (base := name_of(item.base)) in model.symbols:
                        symbol, name = model.symbols[base or ""], base or name
                    if symbol is not None and symbol.kind == "random":
                        named.append(name)
                if named:
                    join = re.search(r"^\s*(and|,|, and)\s*$", tail, re.I)
                    subjects = [*subjects, *named] if join else named
                continue
            if isinstance(node, Relation) and node.signs[0] in (">", ">=", "succ", "succeq"):
                node = node.sides[0]  # `variance $\sigma^2 > 0$`
            if not subjects or isinstance(node, Relation):
                continue
            kind = what.group(1).lower()
            for name in subjects:
                before = model.moments.get(name)
                mean, variance = (before.mean, before.variance) if before is not None else (None, None)
                rows = model.symbols[name].rows
                if kind.startswith(("mean", "expect")):
                    mean = node
                    declare_free(model, node, rows, None)
                else:
                    variance = node
                    declare_free(model, node, rows, rows, positive=True)
                model.moments[name] = Moments(mean, variance)


def _moment_equation(model: Model, node: Relation) -> None:

    left = node.sides[0]
    assert isinstance(left, Expect)
    target = left.args[0]
    name = name_of(target)
    if name is not None and name not in model.symbols and isinstance(target, Index):
        name = name_of(target.base)
    if name is None or name not in model.symbols or left.given or len(left.args) != 1:
        return
    before = model.moments.get(name)
    mean, variance = (before.mean, before.variance) if before is not None else (None, None)
    rows = model.symbols[name].rows
    declare_free(model, node.sides[1], None, None, positive=left.kind == "Var")
    model.moments[name] = Moments(node.sides[1], variance) if left.kind == "E" else Moments(mean, node.sides[1])
    _ = rows
