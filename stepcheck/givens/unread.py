r"""Givens that were not understood, and of which symbols they speak.

A given that is passed over makes a true claim fail. So the formulas of an assuming sentence that cannot be read, and
the words that say of a symbol what no point is drawn to meet (`circulant`, `convex`), are kept in `Model.unread`: a
claim that fails and mentions such a symbol is answered `unchecked`, with the given named. A new word is one entry of
UNREAD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from stepcheck.extract import Inline, Text
from stepcheck.grammar import name_of
from stepcheck.grammar.vocabulary import GREEK
from stepcheck.model import Model
from stepcheck.tree import Apply, Index, Node, Relation, SetOf, walk

from .names import declared_names
from .properties import PROPERTIES, sized
from .sentences import Sentence
from .statements import ranges_of_part
from .unknown import PLACES, unknown_words
from .vocabulary import ASSUMING

UNREAD = re.compile(
    r"\bblock[- ](?:circulant|toeplitz)|\bhankel|\bvandermonde|\bhadamard matri\w+"
    r"|\bstochastic matri\w+"
    r"|\b(?:strictly |strongly |quasi-?)?(?:convex|concave)\b(?! (?:set|hull|combination|problem|program|optimi))"
    r"|(?:^|\s|-)lipschitz\b|^-smooth\b|\bsmooth with constant"
    r"|\b(?:strictly )?(?:monotone|monotonic|monotonically|increasing|decreasing|non-?increasing|non-?decreasing)\b"
    r"(?! order)"
    r"|\bsparse\b|\bseparable\b|\bhomogeneous\b|\bbounded (?:by|above|below|away)\b"
    r"|\b(?:bi|bi-|block[- ])diagonal\b|\bbanded\b|\bhessenberg\b|\bcompanion matri\w+"
    r"|\bpersymmetric|\bcentrosymmetric|\bM-matri\w+|\bdiagonally dominant|\btraceless|"
    r"\b(?:zero|vanishing) trace\b|\btrace[- ](?:zero|free)"
    r"|\bsingular matri\w+|\bis singular\b|\bbe singular\b|\brank[- ](?:one|two|deficient|\d)\b|\blow[- ]rank\b"
    r"|\bdiagonali[sz]able|\bunimodular|\birreducible|\bcontraction\b|\bcontractive\b|\bnon-?expansive|\bbijective"
    r"|\bharmonic\b(?! mean)"
    r"|\b(?:even|odd|periodic|linear|affine|additive|multiplicative|submodular) (?:function|map)s?\b"
    r"|\bsub-?gaussian\b|\blog-?(?:concave|convex)\b|\bunimodal\b|\bexchangeable\b|\bstationary (?:process|chain)"
    r"|\bmartingale\b|\bsorted\b|\bordered (?:so|such)|\bcoprime\b|\bprime number|\b(?:is|are|be) (?:even|odd|prime)\b"
    r"|\blinearly independent\b(?! (?:rows|columns))|\bmutually orthogonal\b|\bpairwise orthogonal\b"
    r"|\bsimultaneously diagonali[sz]able\b|\bsimilar\b(?= (?:to|matrices))|\bcongruent to\b",
    re.I,
)
_FOUND = re.compile(
    r"\b(?:so|hence|thus|therefore|show|shows|that is why|gives?|implies)\b(?!\s+that\s+§)[^.;]*$", re.I
)
_RELATION = re.compile(r"[=<>]|\\(?:in|le|leq|ge|geq|ne|neq|sim|succ|succeq|prec|preceq|perp|approx|ll|gg|subset)\b")
_NOT = re.compile(r"\b(?:not|no|never|need not|without|non)\b[^.;]{0,24}$", re.I)


def read_unread(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Note what `sentence` assumes and was not understood."""
    for name, symbol in model.symbols.items():
        if symbol.kind == "function" and symbol.properties:  # no word that is read shapes a function
            _note(model, [name], min(symbol.properties))
    for place, part in enumerate(sentence.parts):
        if isinstance(part, Inline):
            if ASSUMING.search(sentence.before(place)) and not re.search(r"\\(?:to|rightarrow)\b", part.latex):
                _unread_formula(model, part, formulas.get(place, []))
            continue
        for match in UNREAD.finditer(part.words):
            before = sentence.before(place) + " " + part.words[: match.start()]
            if not _NOT.search(part.words[: match.start()]) and not _FOUND.search(before):
                _unread_word(model, sentence, formulas, place, part.words, match)
        _note_unknown(model, sentence, formulas, place, part.words)


def _note_unknown(model: Model, sentence: Sentence, formulas: dict[int, list[Node]], place: int, words: str) -> None:
    """Note the words beside a formula that may give its symbol a property, and that no list knows."""
    known = [match.span() for pattern, _ in PROPERTIES for match in re.finditer(pattern, words, re.I)]
    known += [match.span() for match in UNREAD.finditer(words)]
    for match, ahead in unknown_words(words):
        start, end = match.span("word")
        if any(low < end and start < high for low, high in known) or _NOT.search(words[:start]):
            continue
        if _FOUND.search(sentence.before(place) + " " + words[:start]):
            continue
        at, step = (place + 1, 2) if ahead else (place - 1, -2)
        if match.re is PLACES[-2]:
            at = sized(sentence, place)
            if at < 0:
                continue
        for node in _listed(sentence, formulas, at, step):
            left = node.sides[0] if isinstance(node, Relation) else node
            left = left.head if isinstance(left, Apply) else left
            names = {name for name, _, _ in declared_names(left)}
            _note(model, names - set(model.definitions), match.group("word"))


def _listed(sentence: Sentence, formulas: dict[int, list[Node]], at: int, step: int) -> list[Node]:
    """The statements of the formula at this place, and of those that commas and “and” join to it."""
    found = [*formulas.get(at, [])]
    while at in formulas and at + step in formulas and _joins(sentence.parts[at + step // 2]):
        at += step
        found += formulas[at]
    return found


def _unread_formula(model: Model, part: Inline, nodes: list[Node]) -> None:
    ranges, states_more = ranges_of_part(part)
    if ranges and not states_more:
        return
    if nodes:
        for node in nodes:
            if isinstance(node, Relation) and node.signs[0] == "in" and not isinstance(node.sides[1], SetOf):
                names = {name for name, _, _ in declared_names(node.sides[0])}
                known = {name for name in names if name in model.symbols and not model.symbols[name].is_number}
                _note(model, names - known, f"${part.latex}$")
        ends = [*(node.span.end for node in nodes), *(each.high.span.end for each in ranges)]
        left = part.latex[max(0, max(ends) - part.span.start) :]
        behind = re.match(r"(?:\^?\{[^{}]*\}|[_^]\w|[}\s)\]+])*[,;](.*)", left, re.S)
        if behind is not None and _RELATION.search(behind.group(1)):  # a statement behind the last that was read
            _note(model, _letters(behind.group(1)), f"${behind.group(1).strip()}$")
        return
    plain = re.sub(r"\\(?:operatorname|mathrm|text)\*?\{[^{}]*\}", "", part.latex)
    if _RELATION.search(plain) or len(set(re.findall(r"(?<![\\a-zA-Z])[a-zA-Z]", plain))) > 1:
        _note(model, _letters(part.latex), f"${part.latex}$")


def _letters(latex: str) -> set[str]:
    """The names that a formula may speak of, as far as they can be told without reading it."""
    plain = re.sub(r"\\(?:begin|end|text|operatorname|mathrm|label|tag)\*?\s*\{[^{}]*\}", " ", latex)
    found = re.findall(r"\\(?:mathbf|boldsymbol|hat|bar|tilde|vec|mathcal)\{.\}|\\[a-zA-Z]+|[a-zA-Z]", plain)
    return {name for name in found if not name.startswith("\\") or name.endswith("}") or name[1:] in GREEK}


def _unread_word(
    model: Model,
    sentence: Sentence,
    formulas: dict[int, list[Node]],
    place: int,
    words: str,
    match: re.Match[str],
) -> None:
    """The word speaks of the letter right behind it, or of those that a verb joins to it."""
    rest, start = words[match.end() :], words[: match.start()]
    after = re.fullmatch(
        r"[\s,]*(?:(?:and|or|\w+ly|real|square|matri\w+|functions?|maps?|vectors?|[\w-]+)\s+){0,3}", rest
    )
    behind = place - 1 in formulas and re.match(
        r"^\s*(?:,\s*)?(?:\)|-|(?:is|are|be|being|has|have|both|which|that|an?|with|satisf\w+|denote[sd]?)\b|"
        r"\w+(?:ly|-)?\s*(?:\w+\s+)?(?:matri\w+|functions?)\b)",
        start + match.group(),
    )
    named: list[Node] = []
    if words.startswith("-") and match.start() <= 1 and place - 3 in formulas:  # “$f$ is $L$-smooth”
        named += formulas[place - 3]
    elif behind:
        at = place - 1
        named += formulas[at]
        while at - 2 in formulas and _joins(sentence.parts[at - 1]):
            at -= 2
            named += formulas[at]
    elif after is not None and place + 1 in formulas:
        at = place + 1
        named += formulas[at]
        while at + 2 in formulas and _joins(sentence.parts[at + 1]):
            at += 2
            named += formulas[at]
    for node in named:
        left = node.sides[0] if isinstance(node, Relation) else node
        if isinstance(left, Apply):
            left = left.head
        _note(model, {name for name, _, _ in declared_names(left)}, match.group().strip())


def _joins(part: Text | Inline) -> bool:
    return isinstance(part, Text) and re.fullmatch(r"\s*(?:,|and|,\s*and)\s*", part.words) is not None


def _note(model: Model, names: Iterable[str], what: str) -> None:
    for name in sorted(names):
        model.unread.setdefault(name, what)


def unread_in(model: Model, nodes: Iterable[Node]) -> tuple[str, str] | None:
    """A symbol that `nodes` mention, themselves or by what the note defines, of which a given was not understood."""
    if not model.unread:
        return None
    waiting, seen = list(nodes), set[str]()
    while waiting:
        for each in walk(waiting.pop()):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is None or name in seen:
                    continue
                seen.add(name)
                if name in model.unread:
                    return name, model.unread[name]
                if name in model.definitions:
                    waiting.append(model.definitions[name].body)
    return None


__all__ = ["read_unread", "unread_in"]
