"""What stands behind a factor: `^`, `_`, and `|_{x = a}`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import (
    Add,
    At,
    Call,
    Deriv,
    Index,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Relation,
    Sequence,
    Special,
    Sym,
    walk,
)

from .names import name_of
from .vocabulary import MARKS, PSEUDO, STARS

if TYPE_CHECKING:
    from .parser import Parser


def read_superscript(parser: Parser, base: Node) -> Node:
    hat = parser.expect("^", "`^`")
    tokens = parser.script_tokens()
    if not tokens:
        raise NotationError("empty-script", hat.span, "This exponent is empty.")
    return _raised(parser, base, tokens)


def _raised(parser: Parser, base: Node, tokens: list[Token]) -> Node:
    """`base` with the superscript that these tokens are."""
    span = base.span.to(tokens[-1].span)
    values = [token.value for token in tokens]
    if values[-1] == "top" and len(values) > 1 and values[0] not in ("-", "prime", *STARS):  # `g^{t\top}`
        return Post(_raised(parser, base, tokens[:-1]), "transpose", span)
    # decorations come first: x^{\star\top}, x^{(i)\top}
    while values and values[0] in STARS and values[0] != "dagger":
        if values[0] in ("prime", "circ"):
            break
        if values[0] == "*" and not isinstance(base, Sym | Index):
            break
        base = _decorated(base, "\\star" if values[0] in ("star", "*") else f"\\{values[0]}", span)
        tokens, values = tokens[1:], values[1:]
    if not values:
        return base
    if values[0] == "(" and ")" in values and isinstance(base, Sym | Index):
        close = _matching(values, 0)
        inner = parser.inner(tokens[1:close])
        index = inner.finished(inner.sequence())
        items = index.items if isinstance(index, Sequence) else (index,)
        base = Index(base, items, "sup", span)
        tokens, values = tokens[close + 1 :], values[close + 1 :]
        if not values:
            return base
    if isinstance(base, Sym | Index) and (mark := _mark(parser, base, tokens)) is not None:
        base = _decorated(base, mark, span)
        tokens, values = tokens[1:], values[1:]
        if not values:
            return base
    if values == ["top"] or (values == ["T"] and not parser.names.is_variable("T")):
        return Post(base, "transpose", span)
    if values in (["mathsf", "{", "T", "}"], ["mathbf", "{", "T", "}"], ["prime", "top"]):
        return Post(base, "transpose", span)
    if values == ["mathrm", "{", "T", "}"] or (len(tokens) == 1 and tokens[0].kind == "name" and values == ["T"]):
        return Post(base, "transpose", span)
    if values in (["-", "top"], ["-", "T"]) or (len(values) == 2 and values[0] == "-" and values[1] == "top"):
        return Post(base, "inverse-transpose", span)
    if values in (["+"], ["dagger"]):
        return Post(base, "pinv", span)
    if values == ["-", "1"]:
        return Post(base, "inverse", span)
    if all(value in ("prime", "'") for value in values):
        for _ in values:
            base = primed(parser, base, span)
        return base
    if values == ["complement"]:
        return Pow(base, Sym("c", span), span)
    if values == ["circ"]:
        raise NotationError("degrees", tokens[0].span, "Degrees are not read. Write radians.")
    inner = parser.inner(tokens)
    exponent = inner.finished(inner.expression())
    if isinstance(base, Sym | Index) and _is_number_of_iterate(parser, base, exponent):
        return Index(base, (exponent,), "sup", span)
    return Pow(base, exponent, span)


def _root(base: Sym | Index) -> str | None:
    return name_of(base.base if isinstance(base, Index) else base)


def _mark(parser: Parser, base: Sym | Index, tokens: list[Token]) -> str | None:
    r"""The mark that a superscript begins with and that makes another letter: `x^+`, `x^\perp`, `x^{\text{new}}`.

    `+` and a dagger do so where the note says what `x^+` is: else they are a pseudo-inverse.
    """
    first, rest = tokens[0], [token.value for token in tokens[1:]]
    if rest not in ([], ["top"], ["T"]):
        return None
    if first.kind in ("text", "name"):
        word = first.value.strip()
        is_name = parser.names.is_variable(f"\\mathrm{{{word}}}") or (_root(base) == "e" and isinstance(base, Sym))
        return None if is_name or len(word) < 2 or word in ("th", "st", "nd", "rd") else word
    mark = MARKS.get(first.value) if first.kind not in ("letter", "number") else None
    if mark is None or (first.value == "-" and rest):
        return None
    if first.value in PSEUDO and not parser.names.is_marked(f"{_root(base)}^{{{mark}}}"):
        return None
    return mark


def _is_number_of_iterate(parser: Parser, base: Sym | Index, exponent: Node) -> bool:
    """Whether `x^k`, `x^{k+1}` or `x^0` is an iterate of the note."""
    letters = frozenset(each.name for each in walk(exponent) if isinstance(each, Sym))
    plain = all(isinstance(each, Sym | Num | Add) for each in walk(exponent))
    numbered = letters <= set("ijklmnst") and (letters or isinstance(exponent, Num))
    root = _root(base)
    return bool(plain and numbered and root and root != "e" and parser.names.is_iterate(root, letters))


def primed(parser: Parser, base: Node, span: Span) -> Node:
    """`f'` is a derivative; `z'` below or inside a sum over `z'` is an index of its own."""
    if isinstance(base, Sym) and f"{base.name}'" in parser.bound:
        return Sym(f"{base.name}'", span)
    return declared_mark(parser, Post(base, "prime", span))


def read_subscript(parser: Parser, base: Node) -> Node:
    low = parser.expect("_", "`_`")
    tokens = parser.script_tokens()
    if not tokens:
        raise NotationError("empty-script", low.span, "This subscript is empty.")
    span = base.span.to(tokens[-1].span)
    values = [token.value for token in tokens]
    if isinstance(base, Sym) and not parser.names.is_variable(f"{base.name}_{''.join(values)}"):
        base = _whole_of_entries(parser, base, values)
    if isinstance(base, Call) and base.name == "norm":
        return _norm_kind(parser, base, tokens, span)
    if all(token.kind in ("text", "name") or token.value in ("max", "min") for token in tokens):
        return _decorated(base, "_" + "".join(values), span)
    if values in (["+"], ["++"], ["+", "+"], ["*"], ["star"]):
        return _decorated(base, "_" + "".join(values), span)
    if all(token.kind in ("letter", "number") for token in tokens) and len(tokens) > 1:
        items: list[Node] = []
        for token in tokens:
            if token.kind == "letter":
                items.append(Sym(token.value, token.span))
            else:
                items += [Num(Fraction(digit), token.span) for digit in token.value]
        if isinstance(base, Sym) and parser.names.is_variable(f"{base.name}_{''.join(values)}"):
            return Sym(f"{base.name}_{''.join(values)}", span)
        return Index(base, tuple(items), "sub", span)
    inner = parser.inner(tokens)
    content = inner.sequence()
    # \nabla_{x,y}-like and A_{i j} with commands: juxtaposition of index letters means several indices
    if isinstance(content, Mul) and all(isinstance(each, Sym | Index) for each in content.factors):
        content = Sequence(content.factors, "", content.span)
    if inner.token.kind != "end" and not inner.at(":"):
        raise inner.unread()
    if inner.at(":"):
        raise NotationError("slice", inner.token.span, "Slices are not read. Name the part you mean.")
    indices = content.items if isinstance(content, Sequence) else (content,)
    return Index(base, indices, "sub", span)


def declared_mark(parser: Parser, node: Node) -> Node:
    r"""`x'` or `\dot{x}` as a name where the note declares one so written, else as the derivative it is."""
    name = name_of(node)
    if name is not None and parser.names.is_variable(name):
        return Sym(name, node.span)
    if isinstance(node, Post) and isinstance(node.base, Index):  # `x_i'` is the entry of `x'`
        whole = name_of(Post(node.base.base, node.kind, node.span))
        if whole is not None and parser.names.is_variable(whole):
            return Index(Sym(whole, node.span), node.base.indices, node.base.style, node.span)
    return node


def _whole_of_entries(parser: Parser, base: Sym, values: list[str]) -> Sym:
    r"""The `\mathbf{p}` of an entry `p_i`, the `W` of an entry `w_{ij}`, where no plain `p` or `w` is known."""
    names = parser.names
    if names.is_variable(base.name) or names.is_function(base.name) or not base.name.isalnum():
        return base
    pair = [value for value in values if value != ","]
    twins = [f"\\mathbf{{{base.name}}}"]
    if len(base.name) == 1 and base.name.islower() and len(pair) == 2 and all(len(each) == 1 for each in pair):
        twins += [base.name.upper(), f"\\mathbf{{{base.name.upper()}}}"]
    known = [twin for twin in twins if names.is_variable(twin)]
    return Sym(known[0], base.span) if known else base


def _norm_kind(parser: Parser, base: Call, tokens: list[Token], span: Span) -> Node:
    values = [token.value for token in tokens]
    kinds = {"2": "norm2", "1": "norm1", "infty": "norminf", "F": "normF", "*": "normnuc", "0": "norm0"}
    kinds |= {"\\mathrm{F}": "normF", "op": "normop", "max": "normmax", "HS": "normF", "Fro": "normF"}
    if len(values) == 1 and values[0] in kinds:
        return Call(kinds[values[0]], base.args, span)
    inner = parser.inner(tokens)
    order = inner.finished(inner.expression())
    return Call("normp", (*base.args, order), span)


def read_evaluated_at(parser: Parser, base: Node) -> At:
    r"""`base |_{x=a}`; behind a derivative by one letter also `base |_{a}`."""
    parser.next()
    parser.expect("_", "the point of evaluation")
    tokens = parser.script_tokens()
    inner = parser.inner(tokens)
    where = inner.finished(inner.statement())
    relations = where.items if isinstance(where, Sequence) else (where,)
    if not isinstance(where, Relation | Sequence) and isinstance(base, Deriv) and len(set(base.wrt)) == 1:
        variable = name_of(base.wrt[0])  # `\nabla_x f |_{a}`: at x = a
        if variable is not None:
            return At(base, (variable,), (where,), base.span.to(where.span))
    names: list[str] = []
    values: list[Node] = []
    for each in relations:
        name = name_of(each.sides[0]) if isinstance(each, Relation) and each.signs == ("=",) else None
        if name is None or not isinstance(each, Relation):
            raise NotationError("evaluated-at", where.span, "Write the point as `x = a`.")
        names.append(name)
        values.append(each.sides[1])
    return At(base, tuple(names), tuple(values), base.span.to(where.span))


def _decorated(base: Node, mark: str, span: Span) -> Node:
    if isinstance(base, Sym):
        return Sym(f"{base.name}{mark}" if mark.startswith("_") else f"{base.name}^{{{mark}}}", span)
    if isinstance(base, Special) and base.kind == "identity" and base.size is None:
        return Sym(f"I{mark}", span)
    if isinstance(base, Index):
        inner = _decorated(base.base, mark, span)
        return Index(inner, base.indices, base.style, span)
    if isinstance(base, Post) and base.kind == "prime":
        return Post(_decorated(base.base, mark, span), "prime", span)
    raise NotationError("decoration", span, f"`{mark}` behind an expression is not read. Name the expression first.")


def _matching(values: list[str], start: int) -> int:
    depth = 0
    for index in range(start, len(values)):
        depth += (values[index] == "(") - (values[index] == ")")
        if depth == 0:
            return index
    return len(values) - 1
