"""Matrices written out, and diagonal ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.rewrite import replace_index
from stepcheck.tree import Call, Grid, Index, Mul, Node, Num, Post, Special, Sym, walk
from stepcheck.values import Value

from .shapes import NeedsSize, ShapeClash, Unsupported, Want, shape_of
from .special import is_plain_zero
from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def evaluate_grid(evaluator: Evaluator, node: Grid, scope: Scope, want: Want) -> Value:
    if any(isinstance(cell, Special) and cell.kind == "ellipsis" for row in node.rows for cell in row):
        return _grid_with_dots(evaluator, node, scope)
    made: list[list[Value | None]] = []
    for row in node.rows:
        line: list[Value | None] = []
        for cell in row:
            try:
                line.append(None if is_plain_zero(cell) else evaluator.value(cell, scope))
            except NeedsSize:
                line.append(None)
        made.append(line)
    heights = [max((shape_of(each)[0] for each in line if each is not None), default=1) for line in made]
    widths = [
        max((shape_of(line[c])[1] for line in made if line[c] is not None), default=1)  # type: ignore[arg-type]
        for c in range(len(node.rows[0]))
    ]
    blocks: list[list[Value]] = []
    for r, row in enumerate(node.rows):
        blocks.append([])
        for c, cell in enumerate(row):
            fit = (heights[r], widths[c])
            each = made[r][c]
            if each is None:
                each = np.zeros((1, 1, *fit)) if is_plain_zero(cell) else evaluator.value(cell, scope, fit)
            if shape_of(each) != fit:
                raise ShapeClash(cell.span, shape_of(each), fit, "a block of this matrix")
            blocks[-1].append(each)
    return v.blocks(blocks)


def _grid_with_dots(evaluator: Evaluator, node: Grid, scope: Scope) -> Value:
    """`(x_1 … x_n)`: the members of a family side by side, or one below the other."""
    cells = [cell for row in node.rows for cell in row]
    if len(cells) == 3 and isinstance(cells[0], Index | Post) and type(cells[0]) is type(cells[2]):
        first = cells[0].base if isinstance(cells[0], Post) else cells[0]
        last = cells[2].base if isinstance(cells[2], Post) else cells[2]
        if isinstance(first, Index) and isinstance(last, Index):
            low, high = evaluator.integer(first.indices[0], scope), evaluator.integer(last.indices[0], scope)
            members: list[Value] = []
            for place in range(low, high + 1):
                at = Index(first.base, (Num(Fraction(place), first.span),), first.style, first.span)
                member = evaluator.value(at, scope)
                members.append(v.transpose(member) if isinstance(cells[0], Post) else member)
            return v.blocks([members] if len(node.rows) == 1 else [[member] for member in members])
    raise Unsupported("ellipsis", node.span, "The dots in this matrix are not read.")


def evaluate_diagonal(evaluator: Evaluator, node: Call, scope: Scope, want: Want) -> Value:
    """`diag` of a list, of a vector (the matrix), or of a square matrix (its diagonal)."""
    if len(node.args) > 1:
        return _diagonal_of_list(evaluator, node, scope)
    inner = evaluator.value(node.args[0], replace(scope, entrywise=True) if is_vectorial(node.args[0]) else scope, want)
    rows, cols = shape_of(inner)
    if cols == 1:
        return v.diagonal_matrix(inner)
    if rows == 1:
        return v.diagonal_matrix(v.transpose(inner))
    if rows == cols:
        return v.diagonal_of(inner)
    raise ShapeClash(node.span, (rows, cols), (rows, cols), "`diag` of a matrix that is not square")


def _diagonal_of_list(evaluator: Evaluator, node: Call, scope: Scope) -> Value:
    args = list(node.args)
    if len(args) == 3 and isinstance(args[1], Special) and args[1].kind == "ellipsis":
        first, last = args[0], args[2]
        if isinstance(first, Index) and isinstance(last, Index):
            low, high = evaluator.integer(first.indices[0], scope), evaluator.integer(last.indices[0], scope)
            entries = [
                evaluator.value(Index(first.base, (Num(Fraction(k), first.span),), first.style, first.span), scope)
                for k in range(low, high + 1)
            ]
            return v.diagonal_matrix(v.blocks([[each] for each in entries]))
        entries = _pattern(evaluator, args, scope)
        return v.diagonal_matrix(v.blocks([[each] for each in entries]))
    return v.diagonal_matrix(v.blocks([[evaluator.number(arg, scope)] for arg in args]))


def _pattern(evaluator: Evaluator, args: list[Node], scope: Scope) -> list[Value]:
    """`f(x_1), …, f(x_n)`: the first and last must differ in one index only."""
    first, last = args[0], args[2]
    ends = [each for each in walk(last) if isinstance(each, Sym) and each.name in evaluator.world.dims]
    if not ends:
        raise Unsupported("ellipsis", first.span, "These dots are not read.")
    high = evaluator.world.dims[ends[0].name]
    return [evaluator.value(replace_index(last, ends[0].name, k), scope) for k in range(1, high + 1)]


def is_vectorial(node: Node) -> bool:
    """Whether what stands in `diag(·)` is built of entries rather than of matrix products."""
    return not any(
        isinstance(each, Post) and each.kind in ("transpose", "inverse", "inverse-transpose") for each in walk(node)
    ) and not _has_products(node)


def _has_products(node: Node) -> bool:
    return any(isinstance(each, Mul) for each in walk(node))
