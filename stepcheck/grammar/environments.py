r"""`\begin{…}`: matrices, cases, aligned lines."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import Call, Cases, Grid, Node, Num, Special

from .vocabulary import MATRICES

if TYPE_CHECKING:
    from .parser import Parser


def read_environment(parser: Parser, token: Token) -> Node:
    name = "".join(each.value for each in parser.argument_tokens())
    if name == "array" and parser.at("{"):
        parser.argument_tokens()
    rows: list[list[list[Token]]] = [[[]]]
    depth = 1
    while True:
        each = parser.next()
        if each.kind == "end":
            raise NotationError("unclosed-environment", token.span, f"`\\begin{{{name}}}` is never ended.")
        if each.kind == "command" and each.value == "begin":
            depth += 1
        elif each.kind == "command" and each.value == "end":
            depth -= 1
            if depth == 0:
                break
        if depth == 1 and each.kind == "row":
            rows.append([[]])
        elif depth == 1 and each.kind == "amp":
            rows[-1].append([])
        else:
            rows[-1][-1].append(each)
    closing = parser.argument_tokens()
    span = token.span.to(closing[-1].span if closing else token.span)
    rows = [row for row in rows if any(cell for cell in row)]
    if name in MATRICES:
        return _grid(parser, name, rows, span)
    if name in ("cases", "dcases", "rcases"):
        return _cases(parser, rows, span)
    if name in ("aligned", "split", "gathered", "alignedat", "multlined"):
        flat = [cell_token for row in rows for cell in row for cell_token in cell]
        inner = parser.inner(flat)
        return inner.finished(inner.statement())
    raise NotationError("unknown-environment", span, f"The environment `{name}` is not read inside a formula.")


def _grid(parser: Parser, name: str, rows: list[list[list[Token]]], span: Span) -> Node:
    read: list[tuple[Node, ...]] = []
    for row in rows:
        cells: list[Node] = []
        for cell in row:
            if not cell:
                cells.append(Num(Fraction(0), span))
                continue
            if len(cell) == 1 and cell[0].value in ("ldots", "cdots", "vdots", "ddots"):
                cells.append(Special("ellipsis", None, cell[0].span))
                continue
            inner = parser.inner(cell)
            cells.append(inner.finished(inner.expression()))
        read.append(tuple(cells))
    if not read or len({len(row) for row in read}) != 1:
        raise NotationError("ragged-matrix", span, "The rows of this matrix differ in length.")
    grid = Grid(tuple(read), span)
    if name == "vmatrix":
        return Call("det", (grid,), span)
    if name == "Vmatrix":
        return Call("norm", (grid,), span)
    return grid


def _cases(parser: Parser, rows: list[list[list[Token]]], span: Span) -> Node:
    branches: list[tuple[Node, Node | None]] = []
    for row in rows:
        inner = parser.inner(row[0])
        value = inner.expression()
        while inner.accept(",", ";"):
            pass
        rest = [*inner.tokens[inner.place : -1], *[token for cell in row[1:] for token in cell]]
        words = " ".join(token.value for token in rest if token.kind == "text").strip().lower().strip(".,;")
        logic = [token for token in rest if token.kind != "text"]
        while logic and logic[-1].value in (",", ".", ";"):
            logic.pop()
        if logic:
            below = parser.inner(logic)
            branches.append((value, below.finished(below.statement())))
        elif words.startswith(("otherwise", "else", "sonst")) or not rest:
            branches.append((value, None))
        else:
            raise NotationError("case-condition", span, f"The condition “{words}” is not read.")
    if not branches:
        raise NotationError("empty-cases", span, "These cases are empty.")
    return Cases(tuple(branches), span)
