"""What is independent of what: `X and Y are independent`, `Z is independent of X and Y`, `X, Y uncorrelated`."""

from __future__ import annotations

import re

from stepcheck.extract import Inline, Text
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tokens import OVER_SIM
from stepcheck.tree import Expect, Node, Relation, walk

from .definitions import is_zero
from .sentences import Sentence
from .vocabulary import RANDOM

_LIST = r"§(?:\s*(?:,|and|,\s*and)\s*§)*"
_WORD = r"(?:(?:mutually|pairwise|statistically|all|both|each)\s+)?independent(?:ly)?"
_BESIDE = re.compile(rf"({_LIST})\s*(?:be|are|is)\s+(?:{_WORD})\b", re.I)
_OF = re.compile(rf"({_LIST})[^§.;]{{0,40}}?\bindependent(?:ly)?\s+of\s+(?:the\s+)?(?:\w+\s+){{0,2}}?({_LIST})", re.I)
_OF_ALL = re.compile(
    rf"({_LIST})[^§;]{{0,40}}?\bindependent(?:ly)? of (?:it|everything|them|all|both|the others?|the rest)\b", re.I
)
_CONDITIONAL = re.compile(rf"({_LIST})[^§.;]{{0,40}}conditionally independent(?:\s+given\s+(§))?", re.I)
_GIVEN = re.compile(rf"({_LIST})[^§.;]{{0,40}}independent[^§.;]{{0,20}}\bgiven\s+(§)", re.I)
_NOT = re.compile(
    r"(?:\bnot|need not|\bno|neither|without|never|whether)\b[^.;§]{0,40}independen|not\b[^.;]{0,30}independen", re.I
)
_ALIKE = re.compile(r"\bi\.?\s?i\.?\s?d\b\.?|\brandom sample\b|\bindependen(?:t|tly|ce)\b", re.I)


def read_independence(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    words = sentence.words
    _read_chain(model, sentence)
    _read_perpendicular(model, sentence)
    places = [place for place, part in enumerate(sentence.parts) if not isinstance(part, Text)]
    text = sentence.before(len(sentence.parts))

    def random_in(which: list[int]) -> frozenset[str]:
        names = {name_of(each) or "" for place in which for node in formulas.get(place, []) for each in walk(node)}
        return frozenset(name for name in names if name in model.symbols and model.symbols[name].kind == "random")

    def listed(match: re.Match[str], group: int) -> frozenset[str]:
        first = text.count("§", 0, match.start(group))
        return random_in(places[first : first + match.group(group).count("§")])

    everything = random_in(places)
    _read_covariances(model, formulas)
    if (
        re.search(r"\buncorrelated\b", words, re.I)
        and not re.search(r"\bnot uncorrelated\b", words, re.I)
        and everything
    ):
        model.uncorrelated.append(everything)
    for place in places:
        for above in _above_sims(sentence.parts[place]):
            drawn = random_in([place])
            if above in ("iid", "ind", "indep", "independent", "independently") and drawn:
                model.independent.append(drawn)
                if above == "iid":
                    model.identical.append(drawn)
    if not _ALIKE.search(re.sub(r"linearly independent", "", words, flags=re.I)):
        return
    if _NOT.search(text) or re.search(r"needs? no independence|depend on each other", words, re.I):
        return
    conditional = _CONDITIONAL.search(text) or _GIVEN.search(text)
    if conditional is not None:
        middle = listed(conditional, 2) if conditional.group(2) else frozenset()
        ends = sorted(listed(conditional, 1) - middle)
        if any(model.is_event(name) for name in ends):
            return  # which `events` reads
        model.chains.append((ends[0], *middle, ends[1]) if len(ends) == 2 and len(middle) == 1 else ())
        return
    if not everything:
        return
    if re.search(r"\bi\.?\s?i\.?\s?d\b|identically distributed|independent copies", words, re.I):
        model.identical.append(everything)
    match = _OF_ALL.search(text)
    if match is not None and (one := listed(match, 1)):
        others = frozenset(name for name, symbol in model.symbols.items() if symbol.kind == "random") - one
        model.apart.append((one, others))
        return
    match = _OF.search(text)
    if match is not None and (one := listed(match, 1)) and (other := listed(match, 2) - one):
        model.apart.append((one, other))
        if re.search(r"\bi\.?i\.?d\b|independent and|each other", words, re.I):
            model.independent.append(one)
        return
    beside = _BESIDE.search(text)
    model.independent.append((listed(beside, 1) if beside is not None else None) or everything)


def _above_sims(part: Inline | Text) -> list[str]:
    """The letters over the signs `~` of a formula: `iid`."""
    if not isinstance(part, Inline):
        return []
    found = (match["above"] or match["beside"] or match["bare"] or "" for match in OVER_SIM.finditer(part.latex))
    return [re.sub(r"[^a-z]", "", re.sub(r"\\[A-Za-z]+", "", each).lower()) for each in found]


def _read_chain(model: Model, sentence: Sentence) -> None:
    r"""`X \to Y \to Z` of random variables: each depends on the first through those between.

    Dashes are arrows where the sentence says that it is a Markov chain.
    """
    says_markov = "markov" in sentence.words.lower()
    arrows = r"\\(?:to|rightarrow|longrightarrow|leftrightarrow)\b"
    dashes = r"|[-\u2013\u2014]{1,3}" if says_markov else ""
    for part in sentence.parts:
        if isinstance(part, Inline):
            names = [name.strip(" ${}") for name in re.split(arrows + dashes, part.latex)]
            if len(names) >= 3 and (says_markov or all(model.is_random(name) for name in names)):
                model.chains.append(tuple(names))


_PERP = re.compile(r"\\(?:perp|bot|indep|independent|Perp|upmodels)\b(?:\\!|\\mkern-?\d*mu|\s|\\perp\b|\\bot\b)*")


def _read_perpendicular(model: Model, sentence: Sentence) -> None:
    r"""`X \perp Y`, `X \perp\!\!\!\perp (Y, Z)`, `X \perp Y \mid Z` of what is random."""
    for part in sentence.parts:
        if not isinstance(part, Inline) or not _PERP.search(part.latex):
            continue
        told, *given = re.split(r"\\mid\b|\\vert\b|\|", part.latex)
        sides = [frozenset(re.findall(r"\\?[A-Za-z]+(?:_\w|_\{\w+\})?", side)) for side in _PERP.split(told)]
        names = frozenset().union(*sides)
        for name in names:
            if name not in model.symbols and RANDOM.search(sentence.words):
                model.declare(Symbol(name, part.span, "random"))
        if not all(name in model.symbols and model.symbols[name].kind == "random" for name in names):
            continue
        if not given:
            model.apart.append(tuple(sides))
        elif len(sides) == 2 and all(len(side) == 1 for side in sides):
            model.chains.append((next(iter(sides[0])), given[0].strip(), next(iter(sides[1]))))
        else:
            model.chains.append(())


def _read_covariances(model: Model, formulas: dict[int, list[Node]]) -> None:
    r"""`\operatorname{Cov}(X, Y) = 0` as a given."""
    for nodes in formulas.values():
        for node in nodes:
            if (
                isinstance(node, Relation)
                and node.signs == ("=",)
                and isinstance(node.sides[0], Expect)
                and node.sides[0].kind == "Cov"
                and len(node.sides[0].args) == 2
                and is_zero(node.sides[1])
            ):
                names = [name_of(arg) for arg in node.sides[0].args]
                if names[0] != names[1] and None not in names:
                    model.uncorrelated.append(frozenset(name for name in names if name is not None))
