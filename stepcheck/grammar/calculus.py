"""Derivatives, gradients, integrals and limits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import Call, Deriv, Div, Index, Integral, Limit, Node, Num, Post, Sequence, Special, Sym, walk

from .brackets import applies, read_application
from .names import name_of
from .scripts import declared_mark, primed, read_evaluated_at, read_subscript, read_superscript
from .vocabulary import RELATIONS

if TYPE_CHECKING:
    from .parser import Parser


def read_fraction(parser: Parser, token: Token) -> Node:
    top = parser.argument_tokens()
    bottom = parser.argument_tokens()
    if not top or not bottom:
        raise NotationError("empty-fraction", token.span, "This fraction has an empty part.")
    span = token.span.to(bottom[-1].span)
    derivative = _derivative(parser, top, bottom, span)
    if derivative is not None:
        return derivative
    inner = parser.inner(top)
    upper = inner.finished(inner.expression())
    inner = parser.inner(bottom)
    lower = inner.finished(inner.expression())
    return Div(upper, lower, span)


def is_d(token: Token) -> bool:
    return token.value in ("partial", "differential") or (token.kind in ("letter", "name") and token.value == "d")


def _derivative(parser: Parser, top: list[Token], bottom: list[Token], span: Span) -> Node | None:
    r"""`\frac{\partial f}{\partial x}`, `\frac{d^2}{dx^2}`, mixed orders; None where it is just a fraction."""
    if not is_d(top[0]) or not is_d(bottom[0]) or len(bottom) < 2:
        return None
    if bottom[1].value in ("+", "-", "/", "^", "_", "cdot"):
        return None
    inner = parser.inner(top[1:])
    order = 1
    if inner.at("^"):
        inner.next()
        script = inner.inner(inner.script_tokens())
        power = script.finished(script.expression())
        if not isinstance(power, Num) or power.value.denominator != 1 or not 1 <= power.value <= 6:
            raise NotationError("derivative-order", power.span, "The order of a derivative must be a small number.")
        order = int(power.value)
    body: Node | None = None
    if inner.token.kind != "end":
        body = inner.finished(inner.expression())
    wrt: list[Node] = []
    lower = parser.inner(bottom)
    while lower.token.kind != "end":
        if not is_d(lower.token):
            raise lower.unread()
        lower.next()
        variable = lower.atom()
        while lower.at("_", "'", "(") or (lower.at("^") and lower.peek().value in ("star", "*", "{")):
            if lower.at("^"):
                save = lower.place
                lower.next()
                values = [each.value for each in lower.script_tokens()]
                lower.place = save
                if values[0] not in ("star", "*", "("):
                    break
                variable = read_superscript(lower, variable)
            elif lower.at("("):
                break
            else:
                variable = read_subscript(lower, variable) if lower.at("_") else lower.postfix(variable)
        times = 1
        if lower.at("^"):
            lower.next()
            values = [each.value for each in lower.script_tokens()]
            if values in (["top"], ["T"]):
                times = 1
            elif len(values) == 1 and values[0].isdigit():
                times = int(values[0])
            else:
                raise NotationError("derivative-order", span, "The order of a derivative must be a small number.")
        wrt += [variable] * times
    if len(wrt) != order:
        raise NotationError("derivative-order", span, f"The order is {order} above and {len(wrt)} below.")
    if body is None and parser.at_evaluation_bar():  # `\\frac{d}{dt} \\Big|_{t=0} f(t)`
        asked = read_evaluated_at(parser, Deriv(Num(Fraction(0), span), tuple(wrt), "partial", span))
        body = parser.differentiated(parser.signed_product)
        return replace(asked, body=Deriv(body, tuple(wrt), "partial", span.to(body.span)))
    if body is None:
        if not (parser.starts_factor() or parser.at("-")):
            raise NotationError("missing-argument", span, "What is differentiated here?")
        body = parser.differentiated(parser.signed_product)
    return Deriv(body, tuple(wrt), "partial", span.to(body.span))


def read_nabla(parser: Parser, token: Token) -> Node:
    wrt: tuple[Node, ...] = ()
    style = "gradient"
    while parser.at("_", "^"):
        if parser.accept("_"):
            inner = parser.inner(parser.script_tokens())
            below = inner.finished(inner.sequence())
            wrt = below.items if isinstance(below, Sequence) else (below,)
        else:
            parser.next()
            values = [each.value for each in parser.script_tokens()]
            if values != ["2"]:
                raise NotationError("nabla-power", token.span, "Only `\\nabla` and `\\nabla^2` are read.")
            style = "hessian"
    if not parser.starts_factor():
        raise parser.error("missing-argument", "What is differentiated here?")
    start = parser.place
    body = parser.differentiated(lambda: parser.nested(parser.atom))
    if _takes_the_term(parser, body, wrt):
        parser.place = start
        body = parser.differentiated(parser.juxtaposed)
        return Deriv(body, wrt, "hessian" if style == "hessian" else "gradient", token.span.to(body.span))
    if not isinstance(body, Sym | Index | Special) and parser.at("^"):  # `\nabla_x \lVert x \rVert^2`: of the square
        power = parser.peek(2) if parser.peek().value == "{" else parser.peek()
        if power.kind == "number":
            body = read_superscript(parser, body)
    while parser.at("_", "'") or (parser.at("^") and parser.peek().value in ("star", "*")):
        body = read_subscript(parser, body) if parser.at("_") else _one_mark(parser, body)
    if applies(parser, body):
        body = read_application(parser, body)
    return Deriv(body, wrt, "hessian" if style == "hessian" else "gradient", token.span.to(body.span))


def _takes_the_term(parser: Parser, body: Node, wrt: tuple[Node, ...]) -> bool:
    r"""Whether `\nabla_x` is taken of the whole term that `body` begins, as in `\nabla_x \tfrac12 x^\top A x`.

    It is where `body` alone has no gradient worth writing: a number, `e` with a power, a letter that is no function
    and in whose term the variable stands. `\nabla f(x)^\top d` and
    `\nabla_x L^\top d` keep to the name.
    """
    number = all(isinstance(each, Num | Div) for each in walk(body))
    if isinstance(body, Sym) and body.name == "e" and parser.at("^"):
        return True
    name = name_of(body)
    if number:
        return True
    if name is None or not wrt or parser.names.is_function(name) or not parser.at("^"):
        return False
    names = {name_of(each) for each in wrt}
    if name in names:
        return True
    depth = 0
    for token in parser.tokens[parser.place :]:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth < 0 or (depth == 0 and token.value in ("+", "-", ",", "amp", "quad", *RELATIONS)):
            return False
        if token.value in names and token.kind in ("letter", "command", "name"):
            return True
    return False


def _one_mark(parser: Parser, body: Node) -> Node:
    if parser.at("^"):
        return read_superscript(parser, body)
    return primed(parser, body, body.span.to(parser.next().span))


def read_integral(parser: Parser, token: Token) -> Node:
    low: Node | None = None
    high: Node | None = None
    while parser.at("_", "^"):
        lower = parser.next().value == "_"
        inner = parser.inner(parser.script_tokens())
        bound = inner.finished(inner.expression())
        low, high = (bound, high) if lower else (low, bound)
    variable = _integration_variable(parser)
    if variable is None:
        raise NotationError("no-differential", token.span, "Over what is integrated? End the integral with `\\,dx`.")
    outer, parser.differential = parser.differential, "?"
    try:
        body: Node
        if parser.at_differential() or parser.at("differential"):
            body = Num(Fraction(1), token.span)
        else:
            body = parser.expression()
    finally:
        parser.differential = outer
    if not is_d(parser.token):
        raise parser.unread()
    parser.next()
    named = parser.atom()
    while parser.at("_"):
        named = read_subscript(parser, named)
    return Integral(body, name_of(named) or variable, low, high, token.span.to(named.span))


def _integration_variable(parser: Parser) -> str | None:
    depth = 0
    for index in range(parser.place, len(parser.tokens) - 1):
        token, following = parser.tokens[index], parser.tokens[index + 1]
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth < 0:
            return None
        if depth == 0 and is_d(token) and following.kind in ("letter", "command") and token.value != "partial":
            if token.kind == "letter" and not (token.spaced or token.value != "d" or index == parser.place):
                # `…}dx`: glued to a bracket or a letter; still the differential where nothing else can be
                later = [t for t in parser.tokens[index + 2 :] if t.kind == "letter" and t.value == "d"]
                if later and later[0].spaced:
                    continue
            return following.value
    return None


def read_limit(parser: Parser, token: Token) -> Node:
    parser.expect("_", "where the limit is taken")
    inner = parser.inner(parser.script_tokens())
    variable = inner.factor()
    name = name_of(variable)
    if name is None or not inner.accept("rightarrow", "downarrow", "uparrow"):
        raise NotationError("limit", token.span, "Write the limit as `x \\to a`.")
    side = "both"
    if inner.tokens[inner.place - 1].value != "rightarrow":
        side = "right" if inner.tokens[inner.place - 1].value == "downarrow" else "left"
    rest = inner.tokens[inner.place :]
    if len(rest) >= 3 and rest[-3].value == "^" and rest[-2].value in ("+", "-"):
        side = "right" if rest[-2].value == "+" else "left"
        inner.tokens = [*inner.tokens[:-3], inner.tokens[-1]]
    target = inner.finished(inner.expression())
    body = parser.signed_product()
    return Limit(body, name, target, side, token.span.to(body.span))  # type: ignore[arg-type]  # one of three


def read_partial(parser: Parser, token: Token) -> Node:
    r"""`\partial_x f`."""
    if not parser.accept("_"):
        raise NotationError("partial", token.span, "Write `\\frac{\\partial f}{\\partial x}` or `\\partial_x f`.")
    inner = parser.inner(parser.script_tokens())
    below = inner.finished(inner.sequence())
    wrt = below.items if isinstance(below, Sequence) else (below,)
    body = parser.differentiated(parser.factor)
    return Deriv(body, wrt, "partial", token.span.to(body.span))


def read_differential(parser: Parser, token: Token) -> Node:
    r"""`\mathrm{d}f`, `\mathrm{d}(X^{-1})`, `\mathrm{d}^2 f`: of one factor, an unbracketed function included."""
    order = 1
    if parser.at("^"):
        parser.next()
        values = [each.value for each in parser.script_tokens()]
        if values not in (["1"], ["2"], ["3"]):
            raise NotationError("differential", token.span, "The order of a differential is 1, 2 or 3.")
        order = int(values[0])
    body = parser.factor()
    for _ in range(order):
        body = Call("differential", (body,), token.span.to(body.span))
    return body


def read_dotted(parser: Parser, token: Token) -> Node:
    r"""`\dot{x}`, `\ddot{x}`: derivatives by the one argument of `x`, unless the note declares a letter so written."""
    body = parser.argument()
    for _ in range(len(token.value) - len("ot")):
        body = Post(body, "dot", token.span.to(body.span))
    return declared_mark(parser, body)
