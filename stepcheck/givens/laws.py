r"""Laws: `X \sim \mathcal{N}(\mu, \sigma^2)`, and names for mass functions."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from stepcheck.grammar import name_of
from stepcheck.model import Assumption, Model, Symbol
from stepcheck.tree import Apply, Grid, Index, Law, Mul, Node, Num, Pow, Relation, Sym

from .definitions import head_of
from .entries import read_entries
from .names import declare_free, declared_names, note_dimension
from .sentences import Sentence

LOCATED = {"Normal", "Uniform", "Laplace", "LogNormal", "Gumbel"}  # the first parameter is any number
POSITIVE_SPREAD = LOCATED - {"Normal", "Uniform"}
_NAMED = {"t": "Student t", "\\mathrm{St}": "Student t", "\\mathcal{T}": "Student t"}


def _read_as_law(model: Model, node: Node) -> Node:
    r"""`\chi^2_k` as the Gamma law that it is; `t_\nu` as a law that is not known. Others as they are."""
    base: Node = node
    size: Node | None = None
    if isinstance(base, Apply) and len(base.args) == 1:
        size, base = base.args[0], base.head
    elif isinstance(base, Mul) and len(base.factors) == 2:
        base, size = base.factors
    elif isinstance(base, Index) and len(base.indices) == 1:
        size, base = base.indices[0], base.base
    if isinstance(base, Pow) and isinstance(base.exponent, Num) and base.exponent.value == 2:
        inner = base.base
        if isinstance(inner, Index) and size is None:
            size, inner = inner.indices[0], inner.base
        base = inner
        if size is not None and name_of(base) == "\\chi" and not model.says("scale"):
            half = Num(Fraction(1, 2), node.span)
            return Law("Gamma", (Mul((half, size), node.span), half), None, node.span)
    if size is not None and name_of(base) in _NAMED and name_of(base) not in model.symbols:
        return Sym(f"\\mathrm{{{_NAMED[name_of(base) or '']}}}", node.span)
    return node


def read_law(model: Model, node: Relation) -> None:
    law = _read_as_law(model, node.sides[-1])
    if law is not node.sides[-1]:
        node = Relation((*node.sides[:-1], law), node.signs, node.sign_spans, node.span)
    if read_entries(model, node):
        if isinstance(node.sides[-1], Law):
            for place, param in enumerate(node.sides[-1].params):
                positive = place == 1 or node.sides[-1].name not in LOCATED
                declare_free(model, param, None, None, positive=positive)
        return
    for name, family, item in declared_names(node.sides[0]):
        if isinstance(item, Index) and family is None and len(item.indices) == 1 and isinstance(item.indices[0], Sym):
            model.indexed[name] = (name_of(item.base) or "", item.indices[0].name)
        law = node.sides[-1]
        symbol = Symbol(name, item.span, "random", law=law)
        known = model.symbols.get(name)
        if known is not None:
            known.kind, known.law = "random", law
        else:
            if family is not None:
                symbol.family = family
                note_dimension(model, family[1])
            model.symbols[name] = symbol
    if isinstance(node.sides[0], Grid):
        for row in node.sides[0].rows:
            for cell in row:
                entry = name_of(cell)
                if entry is not None:
                    model.declare(Symbol(entry, cell.span, "random"))
        model.probabilities.append(Assumption(node, node.span, "joint-law"))
    law = node.sides[-1]
    if isinstance(law, Law):
        vector = next((model.symbols[n] for n, _, _ in declared_names(node.sides[0]) if n in model.symbols), None)
        rows = vector.rows if vector is not None else None
        for place, param in enumerate(law.params):
            spread = law.name == "Normal" and place == 1
            square = rows if spread else None
            declare_free(
                model,
                param,
                rows,
                square,
                positive=spread or law.name not in LOCATED or (place == 1 and law.name in POSITIVE_SPREAD),
            )


def name_law(model: Model, left: Node, right: Node) -> bool:
    r"""Whether `p = \mathcal{N}(\mu, \Sigma)` named a law. `p(x) = \mathcal{N}(x; \mu, \Sigma)` does, and defines a
    density beside it."""
    head = head_of(left)
    if head is None or not isinstance(right, Law) or head[2] or head[0] in model.symbols:
        return False
    name, params, _ = head
    is_density = len(params) == 1 and right.point is not None and name_of(right.point) == params[0]
    if not is_density and (params or right.point is not None):
        return False
    _declare_parameters(model, right)
    model.laws[name] = replace(right, point=None)
    return not is_density


def _declare_parameters(model: Model, law: Law) -> None:
    """The letters of a law that nothing has declared: numbers, and beside a mean that is a vector what goes with it."""
    mean = model.symbols.get(name_of(law.params[0]) or "") if law.params else None
    rows = mean.rows if mean is not None and law.name == "Normal" else None
    for place, param in enumerate(law.params):
        spread = law.name == "Normal" and place == 1
        positive = spread or law.name not in LOCATED or (place == 1 and law.name in POSITIVE_SPREAD)
        declare_free(model, param, rows, rows if spread else None, positive=positive)


def read_mass_functions(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`Let $p$ be the mass function of $\mathrm{Poisson}(\lambda)$ and $q$ that of …`: names for laws."""
    if not re.search(
        r"\b(mass functions?|densit(?:y|ies)|laws?|distributions?) (?:function )?of\b|that of", sentence.words, re.I
    ):
        return
    waiting: str | None = None
    for place in sorted(formulas):
        for node in formulas[place]:
            if isinstance(node, Law) and waiting is not None:
                model.laws[waiting] = node
                model.symbols.pop(waiting, None)
                waiting = None
            elif isinstance(node, Sym):
                waiting = node.name
