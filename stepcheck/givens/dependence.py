r"""“A loss $\ell$ that depends on $w$”: on what a letter rests, where the note says so and does not write how."""

from __future__ import annotations

import re

from stepcheck.extract import Text
from stepcheck.grammar import name_of
from stepcheck.model import Model
from stepcheck.tree import Apply, Index, Node, Prob, Relation

from .names import declared_names
from .sentences import Sentence

_ON = re.compile(
    r"(§(?:\s*(?:,|and|,\s*and)\s*§)*)[^§.;]{0,80}?\b"
    r"(?:depend(?:s|ing)?\s+(?:\w+ly\s+)?(?:up)?on|functions?\s+of|parametri[sz]ed\s+by)\s+"
    r"(?:the\s+)?(?:(?:parameters?|weights?|inputs?|variables?|vectors?|matri(?:x|ces))\s+)?"
    r"(§(?:\s*(?:,|and|,\s*and)\s*§)*)",
    re.I,
)


def read_dependence(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Note which letters depend on which."""
    text = sentence.before(len(sentence.parts))
    places = [place for place, part in enumerate(sentence.parts) if not isinstance(part, Text)]
    for match in _ON.finditer(text):
        if re.search(r"\bnot\s+(?:\w+ly\s+)?depend", match.group(), re.I):
            continue
        left, right = (
            places[text.count("§", 0, match.start(group)) :][: match.group(group).count("§")] for group in (1, 2)
        )
        on = {name for place in right for node in formulas.get(place, []) for name in _names(node)}
        for place in left:
            for node in formulas.get(place, []):
                for name in _names(node):
                    model.depending.setdefault(name, set()).update(on - {name})


def _names(node: Node) -> set[str]:
    left = node.sides[0] if isinstance(node, Relation) else node
    if isinstance(left, Prob):
        return {left.name}
    if isinstance(left, Apply):
        left = left.head
    names = {name for name, _, _ in declared_names(left)}
    whole = name_of(left)
    if whole is not None:
        names.add(whole)
    if isinstance(left, Index):
        names.add(name_of(left.base) or "")
    return names - {""}
