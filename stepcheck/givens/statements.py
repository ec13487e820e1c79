"""The statements of one inline formula, and declarations of functions."""

from __future__ import annotations

from stepcheck.errors import NotationError, Span
from stepcheck.extract import Inline
from stepcheck.grammar import Parser, name_of, read_set
from stepcheck.model import Model, Symbol
from stepcheck.tokens import Token, tokenise
from stepcheck.tree import Node, Relation, Sequence, SetOf

from .names import note_dimension, note_dimensions
from .ranges import CLOSE, OPEN, Range, split_ranges


def statements_of(part: Inline, model: Model) -> list[Node]:
    """The statements of one inline formula; nothing where it cannot be read."""
    try:
        tokens = tokenise(part.latex, part.span.start)
    except NotationError:
        return []
    arrow = _function_declaration(tokens, model)
    if arrow:
        return arrow
    kept, ranges = split_ranges(tokens[:-1])
    for each in ranges:
        note_dimension(model, each.high)
    groups: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(kept):
        is_script = place > 0 and kept[place - 1].kind in ("^", "_")  # `\theta^\text{new}`
        depth += (token.value in OPEN) - (token.value in CLOSE)
        if depth == 0 and not is_script and (token.kind in ("quad", "text") or token.value == ";"):
            groups.append([])
        else:
            groups[-1].append(token)
    found: list[Node] = []
    for group in groups:
        if not group:
            continue
        parser = Parser([*group, Token("end", "", Span(group[-1].span.end, group[-1].span.end))], model)
        try:
            found.append(parser.finished(parser.statement()))
        except NotationError:
            found += _by_commas(group, model)
    return found


def ranges_of_part(part: Inline) -> tuple[list[Range], bool]:
    r"""The ranges that an inline formula states, `i = 1, \dots, n`, and whether it says anything else."""
    try:
        kept, ranges = split_ranges(tokenise(part.latex, part.span.start)[:-1])
    except NotationError:
        return [], True
    return ranges, any(token.kind not in ("quad", "text") and token.value not in (",", ";") for token in kept)


def _by_commas(group: list[Token], model: Model) -> list[Node]:
    """`x \\in A, y \\in B` in one pair of dollars: statements one by one."""
    found: list[Node] = []
    start, depth = 0, 0
    pieces: list[list[Token]] = []
    for place, token in enumerate(group):
        depth += (token.value in OPEN) - (token.value in CLOSE)
        if depth == 0 and token.value == "," and token.kind != "letter":
            pieces.append(group[start:place])
            start = place + 1
    pieces.append(group[start:])
    if len(pieces) < 2:
        return []
    pending: list[Token] = []
    for piece in pieces:
        tokens = [*pending, *piece]
        if not tokens:
            continue
        end = tokens[-1].span.end
        parser = Parser([*tokens, Token("end", "", Span(end, end))], model)
        try:
            node = parser.finished(parser.statement())
        except NotationError:
            return found
        if isinstance(node, Relation):
            found.append(node)
            pending = []
        else:
            pending = [*tokens, Token(",", ",", Span(end, end))]
    return found


def _function_declaration(tokens: list[Token], model: Model) -> list[Node]:
    r"""`f : \mathbb{R}^n \to \mathbb{R}` declares a generic smooth map."""
    colon = next((place for place, token in enumerate(tokens) if token.value == ":"), None)
    arrow = next((place for place, token in enumerate(tokens) if token.value in ("rightarrow", "mapsto")), None)
    if colon is None or arrow is None or arrow < colon:
        return []
    end = Token("end", "", tokens[-1].span)
    try:
        head = Parser([*tokens[:colon], end], model)
        names = head.finished(head.sequence())
        source = Parser([*tokens[colon + 1 : arrow], end], model)
        domain = source.finished(read_set(source))
        target = Parser([*tokens[arrow + 1 :], end] if tokens[-1].kind != "end" else tokens[arrow + 1 :], model)
        codomain = target.finished(read_set(target))
    except NotationError:
        return []
    for item in names.items if isinstance(names, Sequence) else (names,):
        name = name_of(item)
        if name is None:
            continue
        rows, cols = _dims(codomain)
        source_rows, source_cols = _dims(domain)
        if isinstance(domain, SetOf):
            note_dimensions(model, domain)
        if isinstance(codomain, SetOf):
            note_dimensions(model, codomain)
        model.symbols[name] = Symbol(
            name, item.span, "function", rows=rows, cols=cols, source_rows=source_rows, source_cols=source_cols
        )
    return [names]


def _dims(of: Node) -> tuple[Node | None, Node | None]:
    """Rows and columns of the members of a set, None where they have none."""
    dims = of.dims if isinstance(of, SetOf) else ()
    return (dims[0] if dims else None), (dims[1] if len(dims) == 2 else None)
