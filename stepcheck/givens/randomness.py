"""What is random, whether it is independent, and with which moments."""

from __future__ import annotations

import re
from fractions import Fraction

from stepcheck.extract import Text
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.probability import Moments
from stepcheck.tree import Expect, Index, Law, Node, Num, Relation, Sequence, Special, walk

from .independence import read_independence
from .names import declare_free, declared_names
from .sentences import Sentence
from .vocabulary import RANDOM, RANDOM_LIST

_ADJECTIVE = (
    r"(?:an?|any|two|three|some|real|real-valued|scalar|discrete|continuous|finite|general|arbitrary|generic|possibly"
    r"|(?:in|mutually |pairwise |conditionally )?dependent|(?:mutually |pairwise |conditionally )?independent"
    r"|non-?\s?negative|positive|bounded|integer-valued|binary|zero-mean|centred|centered|square-integrable|integrable"
    r"|identically distributed|(?:pairwise )?uncorrelated|jointly \w+|i\.?i\.?d\.?|not necessarily|strictly"
    r"|Rademacher|standard normal|standard Gaussian|with|and|or|both|all|,)"
)
_NOUN = r"random (?:variables?|vectors?|signs?|quantit(?:y|ies)|matri(?:x|ces))|r\.?v\.?(?:'?s)?\b|Markov chain"
_LIST = r"§(?:\s*(?:,|and|,\s*and)\s*§)*"
_BESIDE = re.compile(rf"({_LIST})\s*(?:be|is|are|both|,)?\s*((?:{_ADJECTIVE}\s*)*)({_NOUN}|random\b(?!\s+\w))", re.I)
_AHEAD = re.compile(rf"((?:{_ADJECTIVE}\s*)*)({_NOUN})\s*(?:called|named|namely|:)?\s*({_LIST})", re.I)
_ONE = re.compile(r"(?:variable|vector|sign|quantity|matrix|r\.?v\.?)$", re.I)
_ALIKE = re.compile(rf"({_LIST})\s*(?:be|is|are|,)\s*(?:all\s+)?i\.?\s?i\.?\s?d\.?", re.I)
_APART = re.compile(
    rf"({_LIST})\s*(?:be|is|are)\s*(?:(?:mutually|pairwise|statistically)\s+)?independent\b"
    r"(?=.{0,60}\b(?:mean|variance|expectation|distribut|moment))",
    re.I,
)


def _text_of(sentence: Sentence) -> tuple[str, list[int]]:
    """The sentence with `§` for each formula, and the places of the formulas in order."""
    places = [place for place, part in enumerate(sentence.parts) if not isinstance(part, Text)]
    return sentence.before(len(sentence.parts)), places


def left_of(node: Node) -> Node:
    return node.sides[0] if isinstance(node, Relation) else node


def _listed(text: str, places: list[int], match: re.Match[str], group: int) -> list[int]:
    """The places of the formulas within a group of a match."""
    first = text.count("§", 0, match.start(group))
    return places[first : first + match.group(group).count("§")]


def read_random(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Which letters are random and within which bounds, and which are independent of which."""
    if RANDOM.search(sentence.words) or _APART.search(_text_of(sentence)[0]):
        _declare_random(model, sentence, formulas)
    read_independence(model, sentence, formulas)


def _declare_random(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    text, places = _text_of(sentence)
    found: dict[int, str] = {}
    for pattern, listed, adjectives in ((_BESIDE, 1, 2), (_AHEAD, 3, 1), (_ALIKE, 1, 0), (_APART, 1, 0)):
        for match in pattern.finditer(text):
            beside = _listed(text, places, match, listed)
            if pattern is _AHEAD and _ONE.search(match.group(2)):
                beside = beside[:1]
            elif pattern is _BESIDE and _ONE.search(match.group(3)) and re.match(r"an?\b", match.group(2), re.I):
                beside = beside[-1:]  # "for $A \in …$ and $x \in …$ a random vector"
            for place in beside:
                found[place] = found.get(place, "") + (match.group(adjectives) if adjectives else "")
    for place, words in found.items():
        for node in formulas.get(place, []):
            if isinstance(node, Relation) and node.signs[0] not in ("in", ">", "<", ">=", "<=", "~", "perp"):
                continue
            sides = node.sides if isinstance(node, Relation) and node.signs[0] == "perp" else (left_of(node),)
            for side in sides:
                for name, family, item in declared_names(side):
                    _make_random(model, name, family, item, words)
    if not found:
        _declare_random_loosely(model, sentence, formulas)


def _make_random(model: Model, name: str, family: tuple[Node, Node] | None, item: Node, words: str) -> None:
    if name in model.definitions:
        return
    symbol = model.symbols.get(name)
    if symbol is not None and symbol.declared_by == "size":
        return
    if isinstance(item, Index) and name_of(item.base) in model.symbols and symbol is None:
        return
    if symbol is None:
        symbol = model.declare(Symbol(name, item.span, "random", family=family))
    if symbol.kind not in ("value", "random"):
        return
    symbol.kind = "random"
    if re.search(r"non-?\s?negative", words, re.I):
        symbol.properties.add("nonnegative")
    elif re.search(r"\bpositive\b", words, re.I):
        symbol.properties.add("positive")
    if symbol.law is None and re.search(r"\bRademacher\b", words):
        symbol.law = Law("Rademacher", (), None, item.span)
    elif symbol.law is None and re.search(r"\bstandard (?:normal|Gaussian)\b", words, re.I):
        zero, one = (Num(Fraction(each), item.span) for each in (0, 1))
        spread = one if symbol.is_number else Special("identity", None, item.span)
        symbol.law = Law("Normal", (zero, spread), None, item.span)
    if re.search(r"integer-valued", words, re.I):
        symbol.domain = "natural" if symbol.properties & {"nonnegative", "positive"} else "integer"
    if re.search(r"\bbinary\b", words, re.I) and not symbol.choices:
        symbol.domain, symbol.choices = "finite", (Num(Fraction(0), item.span), Num(Fraction(1), item.span))


def _declare_random_loosely(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """What stands beside words of chance in no form that is known better."""
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
            joins = re.search(r"\b(let|and|with|where|for|constants?|fixed|in)\s*$", tail, re.I)
            if described is None and joins and not RANDOM_LIST.search(sentence.before(place)):
                continue
            if not RANDOM.search(tail) and described is None:
                continue
            for name, family, item in declared_names(left):
                symbol = model.symbols.get(name)
                if symbol is None or symbol.declared_by in ("bound", "mention", "declared"):
                    _make_random(model, name, family, item, "")


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
            if isinstance(node, Relation) and node.signs[0] in (">", ">=", "succ", "succeq", "in"):
                node = node.sides[0]  # `variance $\sigma^2 > 0$`
            stated = isinstance(node, Relation) and not any(isinstance(each, Expect) for each in walk(node))
            if isinstance(node, Relation) and node.signs == ("=",) and stated:  # `covariance $\Sigma = \sigma^2 I$`
                node = node.sides[0] if name_of(node.sides[0]) in model.definitions else node.sides[1]
            if not subjects or isinstance(node, Relation | Sequence):
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
