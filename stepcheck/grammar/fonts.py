r"""Letters in a font or under an accent: `\mathbf{1}`, `\mathbb{R}`, `\hat{x}`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.rewrite import rewritten
from stepcheck.tokens import Token
from stepcheck.tree import Index, Mul, Node, Sequence, Special, Sym

from .names import name_of
from .probability import (
    has_semicolon,
    read_expectation,
    read_indicator,
    read_information,
    read_law,
    read_probability,
)
from .sets import read_set_letter
from .vocabulary import ACCENTS, PLAIN_ACCENT, RELATIONS

if TYPE_CHECKING:
    from .parser import Parser


def read_font(parser: Parser, token: Token) -> Node:
    tokens = parser.argument_tokens()
    values = [each.value for each in tokens]
    span = token.span.to(tokens[-1].span) if tokens else token.span
    font = token.value
    if font in ("mathbf", "boldsymbol", "symbf", "symbfit", "mathbb"):
        if values == ["1"]:
            return _ones(parser, span)
        if values == ["0"]:
            return Special("zeros", _size(parser), span)
        if values == ["I"] and font != "mathbb" and not parser.names.is_variable("\\mathbf{I}"):
            return Special("identity", _size(parser), span)
        if values == ["e"] and font != "mathbb" and parser.at("_") and not parser.names.is_variable("\\mathbf{e}"):
            parser.next()
            inner = parser.inner(parser.script_tokens())
            which = inner.finished(inner.expression())
            return Special("basis", which, span.to(which.span))
    if font == "mathbb":
        if values == ["E"]:
            return read_expectation(parser, "E", span)
        if values == ["P"]:
            return read_probability(parser, "P", span)
        if values == ["I"] and parser.at("(", "[") and has_semicolon(parser):
            return read_information(parser, "I", span)
        if values == ["I"] and parser.at("[", "(", "{lit", "_"):
            return read_indicator(parser, span)
        if values == ["V"] and parser.at("[", "(", "{lit", "_"):
            return read_expectation(parser, "Var", span)
        if values == ["H"] and parser.at("[", "("):
            return read_information(parser, "H", span)
        if values in (["V"], ["C"]) and parser.token.kind in ("name", "text"):
            kind = {"Var": "Var", "Cov": "Cov"}.get(values[0] + parser.token.value)
            if kind is not None:  # `\mathbb{V}\mathrm{ar}`
                parser.next()
                return read_expectation(parser, kind, span)
        return read_set_letter(parser, values, span)
    if font == "mathbf" and values == ["E"] and parser.at("[", "_") and not parser.names.is_variable("\\mathbf{E}"):
        return read_expectation(parser, "E", span)
    if font == "mathbf" and values == ["P"] and parser.at("(") and not parser.names.is_variable("\\mathbf{P}"):
        return read_probability(parser, "P", span)
    if font == "mathcal" and values == ["N"] and parser.at("("):
        return read_law(parser, "Normal", span)
    if font == "mathcal" and values in (["U"],) and parser.at("("):
        return read_law(parser, "Uniform", span)
    if len(tokens) == 1:
        shown = f"\\{values[0]}" if tokens[0].kind == "command" else values[0]
        kind = "mathbf" if font in ("boldsymbol", "symbf", "symbfit") else font
        name = f"\\{kind}{{{shown}}}"
        if kind == "mathcal" and shown == "H" and parser.at("(", "["):
            return read_information(parser, "H", span)
        return Sym(name, span)
    if not tokens:
        raise NotationError("empty-font", span, "This font command is empty.")
    inner = parser.inner(tokens)
    dress = "mathbf" if font in ("boldsymbol", "symbf", "symbfit") else font
    return rewritten(inner.finished(inner.expression()), lambda each: _dressed(each, dress))


def _dressed(node: Node, font: str) -> Node | None:
    r"""The font on each letter inside: `\mathbf{Ax}` is two bold letters, `\mathbf{\hat{x}}` is `\hat{\mathbf{x}}`."""
    if isinstance(node, Index):
        base = _dressed(node.base, font)
        return node if base is None else replace(node, base=base)
    if not isinstance(node, Sym):
        return None
    *accents, letter = node.name.split("{")
    if any(each.removeprefix("\\") not in ACCENTS for each in accents):
        return node
    bare = letter.rstrip("}")
    return Sym("{".join([*accents, f"\\{font}{{{bare}}}"]) + "}" * len(accents), node.span)


def read_accent(parser: Parser, token: Token) -> Node:
    tokens = parser.argument_tokens()
    if not tokens:
        raise NotationError("empty-accent", token.span, "This accent stands over nothing.")
    span = token.span.to(tokens[-1].span)
    inner = parser.inner(tokens)
    base = inner.finished(inner.expression())
    accent = PLAIN_ACCENT.get(token.value, token.value)
    if isinstance(base, Index):
        name = name_of(base.base)
        if name is not None:
            return Index(Sym(f"\\{accent}{{{name}}}", span), base.indices, base.style, span)
    if isinstance(base, Special) and base.kind in ("identity", "basis") and base.size is None:
        return Sym(f"\\{accent}{{I}}", span)
    name = name_of(base)
    if name is None and accent == "underline":
        return base  # a line under a whole expression only points at it
    if name is None:
        raise NotationError("accent", span, f"`\\{token.value}` over a whole expression is not read. Name it first.")
    return Sym(f"\\{accent}{{{name}}}", span)


def _ones(parser: Parser, span: Span) -> Node:
    if parser.at("[", "{lit", "("):
        return read_indicator(parser, span)
    if parser.at("_") and _subscript_is_relation(parser):
        return read_indicator(parser, span)
    return Special("ones", _size(parser), span)


def _subscript_is_relation(parser: Parser) -> bool:
    depth = 0
    for token in parser.tokens[parser.place + 1 :]:
        depth += (token.kind == "{") - (token.kind == "}")
        if token.value in RELATIONS and token.kind not in ("letter", "name"):
            return True
        if depth <= 0:
            return False
    return False


def _size(parser: Parser) -> Node | None:
    if not parser.at("_"):
        return None
    parser.next()
    inner = parser.inner(parser.script_tokens())
    sizes = inner.sequence()
    if inner.accept("times"):
        sizes = Sequence((sizes, inner.expression()), "", sizes.span)
    elif isinstance(sizes, Mul) and len(sizes.factors) == 2 and any(t.value == "times" for t in inner.tokens):
        sizes = Sequence(sizes.factors, "", sizes.span)
    return inner.finished(sizes)
