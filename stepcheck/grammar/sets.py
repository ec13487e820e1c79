r"""What stands right of `∈`: intervals, finite sets, `\mathbb{R}^{m \times n}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tree import Add, Node, SetOf, Words

if TYPE_CHECKING:
    from .parser import Parser


def read_set(parser: Parser) -> Node:
    """What stands right of `∈`."""
    if parser.at("(", "["):
        opened = parser.next()
        low = parser.expression()
        if not parser.accept(","):
            parser.expect(")", "a closing bracket")
            return low
        high = parser.expression()
        closed = parser.token
        if not parser.at(")", "]"):
            raise parser.unread()
        parser.next()
        return _power_of(
            parser,
            SetOf(
                "interval",
                (low, high),
                (Words(opened.value + closed.value, opened.span),),
                opened.span.to(closed.span),
            ),
        )
    if parser.at("{lit"):
        opened = parser.next()
        items: list[Node] = []
        while not parser.at("}lit"):
            items.append(parser.expression())
            if not parser.accept(","):
                break
        closed = parser.expect("}lit", "a closing brace")
        return _power_of(parser, SetOf("finite", (), tuple(items), opened.span.to(closed.span)))
    return _bold_set(parser) or parser.expression()


def _bold_set(parser: Parser) -> Node | None:
    r"""`\mathbf{R}^n`, `\mathbf{S}^n_{++}`: what other texts write with `\mathbb`."""
    token, place = parser.token, parser.place
    if token.value not in ("mathbf", "bf", "mathrm") or token.kind != "command":
        return None
    parser.next()
    values = [each.value for each in parser.argument_tokens()]
    known = len(values) == 1 and parser.names.is_variable(f"\\{token.value}{{{values[0]}}}")
    if values in (["R"], ["N"], ["Z"], ["S"]) and not known and (values != ["S"] or parser.at("^")):
        return read_set_letter(parser, values, token.span)
    parser.place = place
    return None


def _power_of(parser: Parser, base: SetOf) -> Node:
    if not parser.at("^"):
        return base
    parser.next()
    inner = parser.inner(parser.script_tokens())
    dims = _dims(inner)
    return SetOf(base.kind + "-power", (*base.dims, *dims) if base.kind == "interval" else dims, base.items, base.span)


def _dims(inner: Parser) -> tuple[Node, ...]:
    dims = [_dimension(inner)]
    while inner.accept("times"):
        dims.append(_dimension(inner))
    inner.finished(dims[0])
    return tuple(dims)


def _dimension(parser: Parser) -> Node:
    terms: list[tuple[int, Node]] = [(parser.signs(), parser.juxtaposed())]
    while parser.at("+", "-"):
        sign = parser.signs()
        terms.append((sign, parser.juxtaposed()))
    if len(terms) == 1 and terms[0][0] == 1:
        return terms[0][1]
    return Add(tuple(terms), terms[0][1].span.to(terms[-1][1].span))


def read_set_letter(parser: Parser, values: list[str], span: Span) -> Node:
    kinds = {"R": "reals", "N": "naturals", "Z": "integers", "S": "symmetric", "C": "complexes", "Q": "rationals"}
    if len(values) != 1 or values[0] not in kinds:
        raise NotationError("unknown-set", span, f"`\\mathbb{{{''.join(values)}}}` is not read.")
    kind = kinds[values[0]]
    dims: tuple[Node, ...] = ()
    while parser.at("^", "_"):
        if parser.accept("^"):
            inner = parser.inner(parser.script_tokens())
            if inner.at("+", "++") and len(inner.tokens) <= 3:
                kind += "+" * (len(inner.tokens) - 1)
            else:
                dims = _dims(inner)
        else:
            parser.next()
            text = "".join(token.value for token in parser.script_tokens())
            marks = {"+": "+", "++": "++", ">0": "++", "geq0": "+", ">0,": "++", "neq0": "*", ">=0": "+"}
            if text not in marks:
                raise NotationError("unknown-set", span, f"The subscript `{text}` of this set is not read.")
            kind += marks[text]
    return SetOf(kind, dims, (), span)
