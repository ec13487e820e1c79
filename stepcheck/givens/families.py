"""Families `x_1, …, x_n`, and those that are the rows or columns of a matrix."""

from __future__ import annotations

import re

from stepcheck.extract import Text
from stepcheck.grammar import name_of
from stepcheck.model import Definition, Model, Symbol
from stepcheck.tree import Apply, Call, Index, Node, Post, Relation, Sequence, Sym

from .definitions import is_known
from .names import declared_names, note_dimension
from .sentences import Sentence
from .vocabulary import RANDOM


def read_family_mention(model: Model, node: Sequence, before: str) -> None:
    r"""`the rows $x_1^\top, \dots, x_N^\top$`: a family whose members other words explain."""
    for name, family, item in declared_names(node):
        if family is not None and name not in model.symbols:
            model.symbols[name] = Symbol(name, item.span, family=family, declared_by="mention")
            note_dimension(model, family[1])
        elif name not in model.symbols and RANDOM.search(before):
            model.symbols[name] = Symbol(name, item.span, "random")


def read_families_inside(model: Model, node: Node) -> None:
    r"""`\operatorname{diag}(s_1, \dots, s_d)`: numbers named nowhere else are free numbers."""
    items = node.args if isinstance(node, Call | Apply) else node.items if isinstance(node, Sequence) else ()
    if len(items) < 3:
        return
    for name, family, item in declared_names(Sequence(tuple(items), "", node.span)):
        if family is not None and not is_known(model, name):
            model.symbols[name] = Symbol(name, item.span, family=family, declared_by="mention")
            note_dimension(model, family[1])


def merge_members(model: Model) -> None:
    r"""`\lambda_i > 0` before the family `\lambda_1, \dots, \lambda_n` that it speaks of: a bound on the family."""
    for name in [each for each, symbol in model.symbols.items() if symbol.declared_by == "bound"]:
        base, _, index = name.rpartition("_")
        family = model.symbols.get(base)
        is_index = len(index) == 1 and index.isalpha() and index not in model.symbols
        if is_index and family is not None and family.family is not None:
            del model.symbols[name]


def _matrix_before(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> str | None:
    r"""The last matrix in front of `having rows`, `with columns`."""
    found: str | None = None
    for place, part in enumerate(sentence.parts):
        if isinstance(part, Text):
            if re.search(r"\b(?:have|has|having|with|whose)\s+(?:the\s+)?(?:rows?|columns?)\b", part.words):
                return found
            continue
        for node in formulas.get(place, []):
            for name, _, _ in declared_names(node.sides[0] if isinstance(node, Relation) else node):
                symbol = model.symbols.get(name)
                if symbol is not None and symbol.rows is not None and symbol.cols is not None:
                    found = name
    return None


def define_columns(model: Model, matrix: str, members: Node) -> None:
    r"""`X = [x_1, \dots, x_N] \in \mathbb{R}^{d \times N}`: the members are the columns of `X`."""
    for name, family, item in declared_names(members):
        if family is not None and name not in model.definitions:
            body = Call("column", (Sym(matrix, item.span), Sym("i", item.span)), item.span)
            model.definitions[name] = Definition(name, (), ("i",), body, item.span)
            model.symbols.pop(name, None)


_PARTS = re.compile(r"\b(rows?|columns?)\b(?!\s+(?:rank|space|vector))(?<!orthonormal columns)")


def read_rows_and_columns(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`the rows $x_i^\top$ of $X$`, `$u_j$ and $v_j$ denote the columns of $U$ and $V$`."""
    words = sentence.words
    match = _PARTS.search(words)
    if match is None:
        return
    kind = "row" if match.group(1).startswith("row") else "column"
    members: list[tuple[str, Node]] = []
    matrices: list[str] = []
    for place in sorted(formulas):
        for node in formulas[place]:
            left = node.sides[0] if isinstance(node, Relation) else node
            for name, family, item in declared_names(left):
                symbol = model.symbols.get(name)
                base = item.base if isinstance(item, Post) else item
                if symbol is not None and symbol.rows is not None and symbol.cols is not None and family is None:
                    matrices.append(name)
                elif family is not None:
                    members.append((name, base))
                elif isinstance(base, Index) and len(base.indices) == 1 and (root := name_of(base.base)) is not None:
                    known = model.symbols.get(root)
                    if root not in model.definitions and (known is None or known.family):
                        members.append((root, base))
    members = list(dict(members).items())
    matrices = list(dict.fromkeys(matrices))
    if len(matrices) > len(members) == 1 and (before := _matrix_before(model, sentence, formulas)) is not None:
        matrices = [before]
    if not members or not matrices:
        return
    pairs = list(zip(members, matrices, strict=False)) if len(members) == len(matrices) else [(members[0], matrices[0])]
    for (name, node), matrix in pairs:
        if name in model.definitions or name == matrix or matrix in model.definitions:
            continue
        span = node.span
        body = Call(kind, (Sym(matrix, span), Sym("i", span)), span)
        model.definitions[name] = Definition(name, (), ("i",), body, span)
        model.symbols.pop(name, None)
