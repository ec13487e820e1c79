r"""Prose to givens: what `Let $A \in \mathbb{R}^{n \times n}$ be symmetric` says of `A`.

Each sentence is read with its inline mathematics in order. Memberships and laws declare; relations declare, bound or
define; words beside a symbol give it properties. What is not understood adds nothing: a claim that needs it is then
`unchecked`, because its symbol is not declared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from .errors import NotationError, Span
from .extract import Display, Heading, Inline, Piece, Text
from .grammar import Parser, name_of, read_set
from .model import Assumption, Definition, Model, Symbol
from .tokens import Token, tokenise
from .tree import (
    Add,
    Apply,
    Call,
    Expect,
    Grid,
    Index,
    Law,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Prob,
    Relation,
    Sequence,
    SetOf,
    Special,
    Sym,
    Words,
    walk,
)

MAX_PARTS = 80  # words and formulas of a sentence; a longer one is cut

TRIGGERS = re.compile(
    r"\b(let|suppose|assume|assuming|assumes?|where|with|given|such that|since|define[sd]?|set|write|put"
    r"|take|denote[sd]?|fix|for|consider|if|call|draw|using|satisf\w+|when|while|has|have|having|whose|is|are|be|by|and|minimi[sz]e)\b",
    re.I,
)
ASSUMING = re.compile(
    r"\b(let|suppose|assume|assuming|where|with|given|such that|since|set|take|satisf\w+|if|put|when|having|has|have"
    r"|fix|consider|for|whose|provided)\b",
    re.I,
)
PROPERTIES: list[tuple[str, str]] = [
    (r"symmetric\s+(?:and\s+)?positive[- ]definite|\bSPD\b|\bs\.?p\.?d\.?\b", "spd"),
    (r"symmetric\s+(?:and\s+)?positive[- ]semi-?definite|\bPSD\b", "psd"),
    (r"positive[- ]definite", "spd"),
    (r"positive[- ]semi-?definite", "psd"),
    (r"(?:anti|skew)-?\s?symmetric", "antisymmetric"),
    (r"(?<!anti)(?<!skew)(?<!anti-)(?<!skew-)symmetric", "symmetric"),
    (r"orthonormal columns", "orthonormal-columns"),
    (r"orthonormal rows", "orthonormal-rows"),
    (r"\borthogonal(?!\s+(?:to|complement|projection))", "orthogonal"),
    (r"invertible|nonsingular|non-singular|full rank", "invertible"),
    (r"full column rank|linearly independent columns", "full-column-rank"),
    (r"full row rank", "full-row-rank"),
    (r"upper[- ]triangular", "upper-triangular"),
    (r"lower[- ]triangular", "lower-triangular"),
    (r"\bdiagonal\b(?!\s+entries)", "diagonal"),
    (r"idempotent", "idempotent"),
    (r"projection matrix|projector", "projection"),
    (r"unit[- ](?:norm\s+)?vectors?|of unit (?:length|norm)|normali[sz]ed to (?:unit|length one)", "unit"),
    (r"one-?\s?hot", "one-hot"),
    (r"probability vectors?|probability distribution", "simplex"),
    (r"permutation matri", "permutation"),
    (r"\bcentred\b|\bcentered\b", "centred"),
    (r"(?:strictly )?positive entries|entries (?:are )?(?:all )?positive", "positive"),
    (r"non-?negative entries", "nonnegative"),
    (r"\bnon-?zero\b", "nonzero"),
    (r"zero[- ]mean|mean zero", "zero-mean"),
]
_NOT = re.compile(r"\b(not|no|never|need not|without|non)\b[^.;]{0,24}$", re.I)
_RANDOM_LIST = re.compile(r"random (?:variables?|vectors?|signs?)[^§]{0,20}(?:§\s*(?:,|and)\s*)*$", re.I)
_RANDOM = re.compile(
    r"random (?:variables?|vectors?|signs?|matri\w+)|discrete random|Markov chain|\bi\.?i\.?d\.?\b", re.I
)
_SENTENCE = re.compile(r"(?<=[.!?])(?:\s+|$)|\n\s*\n|(?<=:)\s*$")


@dataclass(slots=True)
class Sentence:
    """Words and inline formulas between two full stops."""

    parts: list[Text | Inline]

    @property
    def words(self) -> str:
        return " ".join(part.words for part in self.parts if isinstance(part, Text))

    def before(self, place: int) -> str:
        """The words in front of part `place`."""
        return " ".join(part.words if isinstance(part, Text) else "§" for part in self.parts[:place])

    def after(self, place: int) -> str:
        return " ".join(part.words if isinstance(part, Text) else "§" for part in self.parts[place + 1 :])


def sentences(pieces: list[Piece]) -> list[Sentence]:
    """Group the pieces of prose; a display ends a sentence as a full stop does."""
    found: list[Sentence] = []
    parts: list[Text | Inline] = []

    def close() -> None:
        nonlocal parts
        if parts:
            found.append(Sentence(parts))
        parts = []

    for piece in pieces:
        match piece:
            case Inline():
                if len(parts) >= MAX_PARTS:
                    close()
                parts.append(piece)
            case Text(words, span):
                place = 0
                for match in _SENTENCE.finditer(words):
                    if match.start() > place:
                        start = span.start + place
                        parts.append(Text(words[place : match.start()], Span(start, span.start + match.start())))
                    close()
                    place = match.end()
                if place < len(words):
                    parts.append(Text(words[place:], Span(span.start + place, span.end)))
            case Display() | Heading():
                close()
    close()
    return found


def read_givens(model: Model, sentence: Sentence) -> None:
    """Add what `sentence` declares, defines and assumes to `model`."""
    model.words += " " + sentence.words
    if re.search(r"denominator layout", sentence.words, re.I):
        model.denominator_layout = True
    formulas: dict[int, list[Node]] = {}
    for place, part in enumerate(sentence.parts):
        if isinstance(part, Inline):
            nodes = _statements(part, model)
            formulas[place] = nodes
            before = sentence.before(place)
            after = sentence.after(place)
            for node in nodes:
                _read(model, node, before, after, part.span)
    _properties(model, sentence, formulas)
    _random(model, sentence, formulas)
    _spaces(model, sentence, formulas)
    _read_moments(model, sentence, formulas)
    _mass_functions(model, sentence, formulas)
    for nodes in formulas.values():
        for node in nodes:
            for each in walk(node):
                name = name_of(each)
                if name is not None:
                    model.mentioned[name] = min(each.span.start, model.mentioned.get(name, each.span.start))
                _families_inside(model, each)
                head = name_of(each.head) if isinstance(each, Apply) else None
                if isinstance(each, Apply) and head in model.symbols and model.symbols[head].kind == "function":
                    model.arguments.setdefault(head, each.args)
    _rows_and_columns(model, sentence, formulas)


def _statements(part: Inline, model: Model) -> list[Node]:
    """The statements of one inline formula; nothing where it cannot be read."""
    try:
        tokens = tokenise(part.latex, part.span.start)
    except NotationError:
        return []
    arrow = _function_declaration(tokens, model)
    if arrow:
        return arrow
    groups: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[:-1]:
        depth += (token.value in ("(", "[", "{", "{lit")) - (token.value in (")", "]", "}", "}lit"))
        if depth == 0 and (token.kind in ("quad", "text") or token.value == ";"):
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


def _by_commas(group: list[Token], model: Model) -> list[Node]:
    """`x \\in A, y \\in B` in one pair of dollars: statements one by one."""
    found: list[Node] = []
    start, depth = 0, 0
    pieces: list[list[Token]] = []
    for place, token in enumerate(group):
        depth += (token.value in ("(", "[", "{", "{lit")) - (token.value in (")", "]", "}", "}lit"))
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
        rows = codomain.dims[0] if isinstance(codomain, SetOf) and codomain.dims else None
        source_rows = domain.dims[0] if isinstance(domain, SetOf) and domain.dims else None
        if isinstance(domain, SetOf):
            _dimensions(model, domain)
        if isinstance(codomain, SetOf):
            _dimensions(model, codomain)
        model.symbols[name] = Symbol(name, item.span, "function", rows=rows, source_rows=source_rows)
    return [names]


# -- one formula ---------------------------------------------------------------------------------------------------


def _read(model: Model, node: Node, before: str, after: str, span: Span) -> None:
    match node:
        case SetOf() if re.search(r"\bin\s*$", before):
            pass  # `a random vector in $R^n$`: read with its sentence, where the symbol is known
        case Relation():
            _read_relation(model, node, before, after, span)
        case Sequence(items):
            for item in items:
                if isinstance(item, Relation):
                    _read_relation(model, item, before, after, span)
            _family_mention(model, node, before)


def _read_relation(model: Model, node: Relation, before: str, after: str, span: Span) -> None:
    sign = node.signs[0]
    if sign == "in":
        _membership(model, node)
        return
    if sign == "~":
        _law(model, node)
        return
    if sign == "perp":
        names = {name for side in node.sides for each in _items(side) if (name := name_of(each))}
        model.independent.append(frozenset(names))
        return
    if sign == ":=":
        _define(model, node.sides[0], node.sides[1], span)
        return
    if sign == "=":
        _equation(model, node, before, span)
        return
    _bounds(model, node, span, before)


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


def _membership(model: Model, node: Relation) -> None:
    stated = node.sides[1]
    target = stated if isinstance(stated, SetOf) else _named_set(stated)
    if target is None:
        return
    if target is stated:
        _dimensions(model, target)
    for name, family, item in _declared_names(node.sides[0]):
        symbol = _symbol_in(model, name, item, target)
        if symbol is None:
            continue
        if family is not None:
            symbol.family = family
            _note_dimension(model, family[1])
        declared = model.declare(symbol)
        if family is not None:
            declared.family = family
    extra = node.signs[1:]
    if extra:  # `x \in R, x > 0` came as one chain only in odd notes
        return


def _named_set(node: Node) -> SetOf | None:
    if isinstance(node, Pow) and isinstance(node.base, Sym):
        base = _named_set(node.base)
        return SetOf(base.kind, (node.exponent,), (), node.span) if base is not None else None
    if isinstance(node, Apply | Index) and (name_of(node.head if isinstance(node, Apply) else node.base) or "") in (
        "O", "\\mathrm{O}", "\\mathrm{SO}", "\\mathcal{O}"
    ):  # fmt: skip
        size = node.args[0] if isinstance(node, Apply) else node.indices[0]
        return SetOf("orthogonal", (size,), (), node.span)
    return None


def _declared_names(left: Node) -> list[tuple[str, tuple[Node, Node] | None, Node]]:
    r"""The names on the left of `∈`, families recognised: `x_1, \dots, x_n, y` gives (x, 1..n) and y."""
    items = list(_items(left))
    found: list[tuple[str, tuple[Node, Node] | None, Node]] = []
    place = 0
    while place < len(items):
        item = items[place]
        dots = next(
            (
                ahead
                for ahead, each in enumerate(items[place + 1 : place + 4], place + 1)
                if isinstance(each, Special) and each.kind == "ellipsis"
            ),
            None,
        )
        first, last = item, items[dots + 1] if dots is not None and dots + 1 < len(items) else None
        family = _family_of(first, last) if last is not None else None
        if family is not None and dots is not None:
            root, low, high = family
            found.append((root, (low, high), item))
            place = dots + 2
            continue
        name = name_of(item)
        if name is None and isinstance(item, Post) and item.kind == "transpose":
            name = name_of(item.base)
        if name is not None:
            found.append((name, None, item))
        place += 1
    return found


def _family_of(first: Node, last: Node) -> tuple[str, Node, Node] | None:
    """`x_1` and `x_n` (or their transposes) as the family x from 1 to n."""
    if isinstance(first, Post) and isinstance(last, Post):
        first, last = first.base, last.base
    if isinstance(first, Index) and isinstance(last, Index) and len(first.indices) == len(last.indices) == 1:
        name = name_of(first.base)
        if name is not None and name == name_of(last.base) and isinstance(first.indices[0], Num):
            return name, first.indices[0], last.indices[0]
    return None


def _symbol_in(model: Model, name: str, item: Node, target: SetOf) -> Symbol | None:
    kind = target.kind
    symbol = Symbol(name, item.span)
    if kind.startswith(("reals", "naturals", "integers", "complexes", "rationals", "symmetric")):
        if kind.startswith("symmetric"):
            symbol.rows = symbol.cols = target.dims[0] if target.dims else Sym("n", target.span)
            plus = kind.count("+")
            symbol.properties.add(("symmetric", "psd", "spd")[min(plus, 2)])
            return symbol
        if target.dims:
            symbol.rows = _one_is_none(target.dims[0])
            symbol.cols = _one_is_none(target.dims[1]) if len(target.dims) > 1 else None
            if len(target.dims) > 2:
                return None
        if kind.startswith("naturals"):
            symbol.domain = "natural"
        elif kind.startswith("integers"):
            symbol.domain = "integer"
        elif kind.startswith("complexes"):
            symbol.domain = "complex"
        if kind.endswith("++"):
            symbol.properties.add("positive")
        elif kind.endswith("+"):
            symbol.properties.add("nonnegative")
        return symbol
    if kind == "simplex":
        top = target.dims[0]
        symbol.rows = _plus_one(top)
        symbol.properties.add("simplex")
        return symbol
    if kind == "orthogonal":
        symbol.rows = symbol.cols = target.dims[0]
        symbol.properties.add("orthogonal")
        return symbol
    if kind.startswith("interval"):
        low, high = target.dims[0], target.dims[1]
        if kind.endswith("power"):
            symbol.rows = target.dims[2]
        open_low = isinstance(target.items[0], Words) and target.items[0].text.startswith("(")
        open_high = isinstance(target.items[0], Words) and target.items[0].text.endswith(")")
        span = target.span
        variable: Node = item
        signs = ("<" if open_low else "<=", "<" if open_high else "<=")
        model.assumptions.append(
            Assumption(Relation((low, variable, high), signs, (span, span), span), item.span, "interval")
        )
        return symbol
    if kind.startswith("finite"):
        if kind.endswith("power"):
            symbol.rows = _one_is_none(target.dims[0])
            symbol.cols = _one_is_none(target.dims[1]) if len(target.dims) > 1 else None
        if any(isinstance(each, Special) and each.kind == "ellipsis" for each in target.items):
            symbol.domain = "natural"
            first, last = target.items[0], target.items[-1]
            span = target.span
            relation = Relation((first, item, last), ("<=", "<="), (span, span), span)
            model.assumptions.append(Assumption(relation, item.span, "range"))
            _note_dimension(model, last)
            symbol.properties.add("index")
            return symbol
        symbol.domain, symbol.choices = "finite", target.items
        return symbol
    return None


def _one_is_none(node: Node) -> Node | None:
    return None if isinstance(node, Num) and node.value == 1 else node


def _plus_one(top: Node) -> Node:
    """`K - 1` to `K`."""
    if isinstance(top, Add) and len(top.terms) == 2 and top.terms[1][0] == -1:
        last = top.terms[1][1]
        if isinstance(last, Num) and last.value == 1:
            return top.terms[0][1]
    return Add(((1, top), (1, Num(Fraction(1), top.span))), top.span)


def _dimensions(model: Model, target: SetOf) -> None:
    for dim in target.dims if not target.kind.startswith("interval") else target.dims[2:]:
        _note_dimension(model, dim)


def _note_dimension(model: Model, node: Node) -> None:
    for each in walk(node):
        if isinstance(each, Sym):
            known = model.symbols.get(each.name)
            if known is None:
                model.symbols[each.name] = Symbol(
                    each.name, each.span, "dimension", domain="natural", declared_by="size"
                )
            elif (known.is_number and known.domain in ("natural", "integer")) or known.declared_by == "bound":
                known.kind = "dimension"
                known.domain = "natural"


def _law(model: Model, node: Relation) -> None:
    for name, family, item in _declared_names(node.sides[0]):
        law = node.sides[-1]
        symbol = Symbol(name, item.span, "random", law=law)
        known = model.symbols.get(name)
        if known is not None:
            known.kind, known.law = "random", law
        else:
            if family is not None:
                symbol.family = family
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
        vector = next((model.symbols[n] for n, _, _ in _declared_names(node.sides[0]) if n in model.symbols), None)
        rows = vector.rows if vector is not None else None
        for place, param in enumerate(law.params):
            spread = law.name == "Normal" and place == 1
            square = rows if spread else None
            _free(model, param, rows, square, positive=spread or law.name not in ("Normal", "Uniform"))


def _bounds(model: Model, node: Relation, span: Span, before: str) -> None:
    """`\\lambda > 0`, `0 < \\beta < 1`, `\\Sigma \\succ 0`, `x_1, \\dots, x_n > 0`: declare what is new, and assume."""
    for side in node.sides:
        items = _items(side)
        for name, family, item in _declared_names(side):
            if isinstance(item, Special):
                continue
            if name not in model.symbols and name not in model.definitions and _declarable(model, item):
                ordering = any(sign in ("succ", "succeq", "prec", "preceq") for sign in node.signs)
                symbol = Symbol(name, item.span, declared_by="bound")
                if ordering:
                    symbol.rows = symbol.cols = Sym("n", item.span)
                    symbol.declared_by = "order"
                    _note_dimension(model, symbol.rows)
                if family is not None:
                    symbol.family = family
                    _note_dimension(model, family[1])
                model.declare(symbol)
            elif family is not None and name in model.symbols and model.symbols[name].declared_by == "bound":
                model.symbols[name].family = family
        if len(items) > 1:
            others = [other for other in node.sides if other is not side]
            for item in items:
                if isinstance(item, Special):
                    continue
                for place, sign in enumerate(node.signs):
                    pair = (node.sides[place], node.sides[place + 1])
                    if side in pair:
                        pieces = tuple(item if each is side else each for each in pair)
                        model.assumptions.append(
                            Assumption(Relation(pieces, (sign,), (node.span,), node.span), span, before[-60:])
                        )
            _ = others
    if all(not isinstance(side, Sequence) for side in node.sides):
        model.assumptions.append(Assumption(node, span, before[-60:]))
    for place, sign in enumerate(node.signs):
        left, right = node.sides[place], node.sides[place + 1]
        if sign in ("succ", "succeq") and _is_zero(right):
            for name, _, item in _declared_names(left):
                if name in model.symbols and isinstance(item, Sym | Index):
                    model.symbols[name].properties.add("spd" if sign == "succ" else "psd")


def _is_zero(node: Node) -> bool:
    return (isinstance(node, Num) and node.value == 0) or (isinstance(node, Special) and node.kind == "zeros")


def _declarable(model: Model, item: Node) -> bool:
    """Whether a bound on `item` may declare it: a plain letter, not an entry of something known."""
    if isinstance(item, Index):
        base = name_of(item.base)
        return base not in model.symbols and base not in model.definitions
    return isinstance(item, Sym)


def _equation(model: Model, node: Relation, before: str, span: Span) -> None:
    left, right = node.sides[0], node.sides[1]
    if any(isinstance(each, Prob) for side in node.sides for each in walk(side)) and isinstance(left, Prob):
        model.probabilities.append(Assumption(node, span, before[-60:]))
        for side in node.sides:
            for each in walk(side):
                if isinstance(each, Prob):
                    for event in (*each.events, *each.given):
                        name = name_of(event.sides[0]) if isinstance(event, Relation) else None
                        if name is not None and name not in model.definitions:
                            model.declare(Symbol(name, each.span, "random")).kind = "random"
        return
    if isinstance(left, Expect) or (isinstance(left, Mul) and any(isinstance(each, Expect) for each in left.factors)):
        if ASSUMING.search(before):
            model.probabilities.append(Assumption(node, span, before[-60:]))
        return
    if isinstance(left, Sequence) and isinstance(right, Sequence) and len(left.items) == len(right.items):
        for name_node, value in zip(left.items, right.items, strict=True):
            _equation(model, Relation((name_node, value), ("=",), (node.span,), node.span), before, span)
        return
    if re.search(r"\b(otherwise|else|or)\s*$", before, re.I):
        return
    if len(node.signs) > 1 and node.signs[1] == "in":
        _membership(model, Relation(node.sides[1:3], ("in",), node.sign_spans[1:2], span))
        node = Relation((left, right), ("=",), node.sign_spans[:1], span)
    triggered = bool(ASSUMING.search(before)) or bool(TRIGGERS.search(before))
    if len(node.signs) > 1:
        middle = name_of(node.sides[1])
        if middle is not None and not _known(model, middle) and _may_define(model, node.sides[1], node.sides[0]):
            _define(model, node.sides[1], node.sides[0], span)
            return
    if _may_define(model, left, right):
        _define(model, left, right, span)
        for place in range(1, len(node.signs)):
            rest = Relation(node.sides[place : place + 2], node.signs[place : place + 1], node.sign_spans[place:], span)
            if node.signs[place] == "=" and triggered and ASSUMING.search(before):
                model.assumptions.append(Assumption(rest, span, before[-60:]))
            elif node.signs[place] != "=":
                _bounds(model, rest, span, before)
        return
    if ASSUMING.search(before):
        model.assumptions.append(Assumption(node, span, before[-60:]))


def _known(model: Model, name: str) -> bool:
    return name in model.symbols or name in model.definitions


def head_of(left: Node) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Name, parameters and indices of what a definition's left side defines; None where it is no such thing."""
    if isinstance(left, Apply):
        base, indices = left.head, ()
        name = name_of(base)
        params = [name_of(arg) for arg in left.args]
        if name is not None and all(param is not None for param in params):
            return name, tuple(param for param in params if param is not None), indices
        return None
    if isinstance(left, Prob) and not left.given:
        return None
    if isinstance(left, Index):
        name = name_of(left.base)
        inner = [each.name if isinstance(each, Sym) else None for each in left.indices]
        if name is not None and all(each is not None for each in inner):
            return name, (), tuple(each for each in inner if each is not None)
    name = name_of(left)
    if name is not None and isinstance(left, Sym | Index | Special):
        return name, (), ()
    return None


def _may_define(model: Model, left: Node, right: Node) -> bool:
    head = head_of(left)
    if head is None:
        return False
    name, params, indices = head
    if name_of(left) is not None and name_of(left) in model.definitions:
        return False
    if name in model.definitions:
        return False
    symbol = model.symbols.get(name_of(left) or name)
    mentions = {each for node in walk(right) if (each := name_of(node)) is not None}
    if params:
        return symbol is None or symbol.kind == "function"
    if name in mentions and not indices:
        return False
    if symbol is None and indices and name in model.symbols:
        symbol = model.symbols[name]
    if symbol is None:
        return True
    if symbol.kind in ("random", "function"):
        return False
    if symbol.kind == "dimension":
        return False
    if isinstance(right, Num) or _is_zero(right):
        return symbol.declared_by == "bound" or symbol.is_number
    return name not in mentions


def _define(model: Model, left: Node, right: Node, span: Span) -> None:
    head = head_of(left)
    if head is None:
        return
    name, params, indices = head
    taken = any(index in model.symbols and "index" not in model.symbols[index].properties for index in indices)
    if taken and name not in model.symbols:
        name, indices = name_of(left) or name, ()
    if indices and all(len(index) == 1 and index.isalpha() for index in indices):
        free = {each.name for each in walk(right) if isinstance(each, Sym)}
        if not set(indices) & free and name_of(left) is not None and name not in model.symbols:
            name, indices = name_of(left) or name, ()
    elif indices:
        name, indices = name_of(left) or name, ()
    model.definitions[name] = Definition(name, params, indices, right, span)


def _family_mention(model: Model, node: Sequence, before: str) -> None:
    r"""`the rows $x_1^\top, \dots, x_N^\top$`: a family whose members other words explain."""
    for name, family, item in _declared_names(node):
        if family is not None and name not in model.symbols:
            model.symbols[name] = Symbol(name, item.span, family=family, declared_by="mention")
            _note_dimension(model, family[1])
        elif name not in model.symbols and _RANDOM.search(before):
            model.symbols[name] = Symbol(name, item.span, "random")


def _families_inside(model: Model, node: Node) -> None:
    r"""`\operatorname{diag}(s_1, \dots, s_d)`: numbers named nowhere else are free numbers."""
    items = node.args if isinstance(node, Call | Apply) else node.items if isinstance(node, Sequence) else ()
    if len(items) < 3:
        return
    for name, family, item in _declared_names(Sequence(tuple(items), "", node.span)):
        if family is not None and not _known(model, name):
            model.symbols[name] = Symbol(name, item.span, family=family, declared_by="mention")
            _note_dimension(model, family[1])


_PARTS = re.compile(r"\b(rows?|columns?)\b(?!\s+(?:rank|space|vector))(?<!orthonormal columns)")


def _rows_and_columns(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
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
            for name, family, item in _declared_names(left):
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


def _mass_functions(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
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


# -- words ---------------------------------------------------------------------------------------------------------


def _properties(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Attach the property words of `sentence` to the symbols beside them."""
    for place, part in enumerate(sentence.parts):
        if not isinstance(part, Text):
            continue
        words = part.words
        taken: list[tuple[int, int]] = []
        for pattern, name in PROPERTIES:
            for match in re.finditer(pattern, words, re.I):
                if any(start <= match.start() < end for start, end in taken):
                    continue
                taken.append((match.start(), match.end()))
                if _NOT.search(words[: match.start()]):
                    continue
                _attach(model, sentence, formulas, place, words, match, name)


def _attach(
    model: Model,
    sentence: Sentence,
    formulas: dict[int, list[Node]],
    place: int,
    words: str,
    match: re.Match[str],
    name: str,
) -> None:
    rest = words[match.end() :]
    ahead = re.fullmatch(
        r"\s*(?:,|and|or|real|square|matri(?:x|ces)|vectors?|targets?|labels?|n|columns?|random|variables?|full"
        r"|rank|constants?|numbers?|positive|definite|\s)*\s*",
        rest,
        re.I,
    )
    right = place + 1
    left = max((each for each in formulas if each < place), default=None)
    attributive = re.search(
        r"(?:^|\b(?:an?|any|every|let|for|the|some|of|two|with|and|be)\b[^§]{0,14})$", words[: match.start()], re.I
    )
    predicative = re.search(
        r"\b(?:is|are|be|being|has|have|,)\s*(?:an?\s+|any\s+|also\s+|real\s+|square\s+)*$",
        words[: match.start()],
        re.I,
    )
    targets: list[int] = []
    assuming = bool(ASSUMING.search(sentence.before(place) + " " + words[: match.start()]))
    subject = left is not None and not re.sub(
        r"[\s§,]|\band\b|\bhere\b|\ba\b|\bthe\b|\bmatrix\b|\bvector\b", "", sentence.before(left), flags=re.I
    )
    if right in formulas and ahead is not None and attributive is not None and not (predicative and left is not None):
        targets = [right]
    elif left is not None and (place - left) <= 1 and (assuming or subject):
        targets = [left]
        # “$A$ and $B$ are symmetric”
        verb = re.search(r"\b(are|be both|both)\b", words[: match.start()])
        previous = left - 2
        while verb and previous in formulas and isinstance(sentence.parts[previous + 1], Text):
            between = sentence.parts[previous + 1]
            if isinstance(between, Text) and re.fullmatch(r"\s*(,|and|,\s*and)\s*", between.words):
                targets.append(previous)
                previous -= 2
            else:
                break
    elif right in formulas and ahead is not None:
        targets = [right]
    for target in targets:
        for node in formulas[target]:
            _give(model, node, name)


def _give(model: Model, node: Node, name: str) -> None:
    left = node.sides[0] if isinstance(node, Relation) else node
    found = False
    for each, _, item in _declared_names(left):
        symbol = model.symbols.get(each)
        if symbol is None and name in ("zero-mean",) and isinstance(item, Sym):
            symbol = model.declare(Symbol(each, item.span, "random"))
        if symbol is not None and not isinstance(item, Post):
            symbol.properties.add(name)
            found = True
    if not found and name == "invertible":
        model.assumptions.append(Assumption(left, left.span, "invertible"))


def _spaces(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`Let $x$ be a random vector in $\mathbb{R}^n$`: the shape of what was named last."""
    last: list[Symbol] = []
    for place in sorted(formulas):
        for node in formulas[place]:
            if isinstance(node, SetOf) and node.dims and re.search(r"\b(?:in|of|on)\s*$", sentence.before(place)):
                for symbol in last:
                    if symbol.is_number and node.kind.startswith("reals"):
                        _dimensions(model, node)
                        symbol.rows = _one_is_none(node.dims[0])
                        symbol.cols = _one_is_none(node.dims[1]) if len(node.dims) > 1 else None
                continue
            named = [name for name, _, _ in _declared_names(node.sides[0] if isinstance(node, Relation) else node)]
            last = [model.symbols[name] for name in named if name in model.symbols]


_MOMENT = re.compile(r"\b(means?|variances?|covariances?|expectation)\b[^§]{0,12}$", re.I)


def _read_moments(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    r"""`with mean $\mu$ and variance $\sigma^2$`, `$\operatorname{Var}(q_i) = \sigma_q^2$` for what is random."""
    from .probability import Moments

    subjects: list[str] = []
    for place in sorted(formulas):
        tail = re.split(r"§", sentence.before(place))[-1]
        what = _MOMENT.search(tail)
        for node in formulas[place]:
            if isinstance(node, Relation) and isinstance(node.sides[0], Expect) and node.signs[0] == "=":
                _moment_equation(model, node)
                continue
            left = node.sides[0] if isinstance(node, Relation) else node
            if what is None:
                named = []
                for name, _, item in _declared_names(left):
                    symbol = model.symbols.get(name)
                    if symbol is None and isinstance(item, Index) and (base := name_of(item.base)) in model.symbols:
                        symbol, name = model.symbols[base or ""], base or name
                    if symbol is not None and symbol.kind == "random":
                        named.append(name)
                if named:
                    join = re.search(r"^\s*(and|,|, and)\s*$", tail, re.I)
                    subjects = [*subjects, *named] if join else named
                continue
            if not subjects or isinstance(node, Relation):
                continue
            kind = what.group(1).lower()
            for name in subjects:
                before = model.moments.get(name)
                mean, variance = (before.mean, before.variance) if before is not None else (None, None)
                rows = model.symbols[name].rows
                if kind.startswith(("mean", "expect")):
                    mean = node
                    _free(model, node, rows, None)
                else:
                    variance = node
                    _free(model, node, rows, rows, positive=True)
                model.moments[name] = Moments(mean, variance)


def _moment_equation(model: Model, node: Relation) -> None:
    from .probability import Moments

    left = node.sides[0]
    assert isinstance(left, Expect)
    target = left.args[0]
    name = name_of(target)
    if name is not None and name not in model.symbols and isinstance(target, Index):
        name = name_of(target.base)
    if name is None or name not in model.symbols or left.given or len(left.args) != 1:
        return
    before = model.moments.get(name)
    mean, variance = (before.mean, before.variance) if before is not None else (None, None)
    rows = model.symbols[name].rows
    _free(model, node.sides[1], None, None, positive=left.kind == "Var")
    model.moments[name] = Moments(node.sides[1], variance) if left.kind == "E" else Moments(mean, node.sides[1])
    _ = rows


def _free(model: Model, node: Node, rows: Node | None, cols: Node | None, *, positive: bool = False) -> None:
    """Declare the undeclared letters of a moment or a parameter: numbers, or shaped as what they are moments of."""
    for each in walk(node):
        name = name_of(each)
        if name is None or _known(model, name) or not isinstance(each, Sym | Index):
            continue
        if isinstance(each, Index) and _known(model, name_of(each.base) or ""):
            continue
        symbol = model.declare(Symbol(name, each.span, rows=rows, cols=cols, declared_by="moment"))
        if positive:
            symbol.properties.add("spd" if cols is not None else "positive")
        if isinstance(each, Index):
            return


def _random(model: Model, sentence: Sentence, formulas: dict[int, list[Node]]) -> None:
    """Which letters are random, whether they are independent, and with which moments."""
    words = sentence.words
    if re.search(r"\bindependent\b|\bi\.?i\.?d\.?\b", words, re.I):
        negated = re.search(r"(?:not|need not|no|neither|without)\b[^.]{0,40}independen", words, re.I)
        needs_none = re.search(r"needs? no independence|depend on each other", words, re.I)
        if not negated and not needs_none and not re.search(r"linearly independent", words, re.I):
            names: set[str] = set()
            for nodes in formulas.values():
                for node in nodes:
                    for each in walk(node):
                        name = name_of(each)
                        symbol = model.symbols.get(name or "")
                        if symbol is not None and (symbol.kind == "random" or _RANDOM.search(words)):
                            names.add(name or "")
            if names:
                model.independent.append(frozenset(names))
            if re.search(r"independent of (?:it|everything|them|all)", words, re.I):
                model.all_independent = True
    if not _RANDOM.search(words):
        return
    listed = re.match(
        r"\W*(?:let|for|suppose|given|take|consider)?\s*((?:§\s*(?:,|and|,\s*and)?\s*)+)(?:be|are|is)\b[^§.]*random",
        sentence.before(len(sentence.parts)),
        re.I,
    )
    if listed:
        for place in sorted(formulas)[: listed.group(1).count("§")]:
            for node in formulas[place]:
                for name, family, item in _declared_names(node.sides[0] if isinstance(node, Relation) else node):
                    if name not in model.definitions:
                        model.declare(Symbol(name, item.span, "random", family=family)).kind = "random"
    for place, nodes in formulas.items():
        before = sentence.before(place)
        if not _RANDOM.search(before + " " + sentence.after(place)[:60]):
            continue
        for node in nodes:
            left = node.sides[0] if isinstance(node, Relation) else node
            if isinstance(node, Relation) and node.signs[0] not in ("in", ">", "<", ">=", "<=", "~"):
                continue
            tail = re.split(r"[.;]", before)[-1]
            if re.search(r"\b(mean|variance|covariance|constants?|numbers?|moments?|expectation)s?\s*$", tail, re.I):
                continue
            described = re.match(r"[^§]{0,24}\b(?:be|is|are)\b[^§]{0,40}random", sentence.after(place), re.I)
            joins = re.search(r"\b(let|and|with|where|constants?|fixed|in)\s*$", tail, re.I)
            if described is None and joins and not _RANDOM_LIST.search(sentence.before(place)):
                continue
            if not _RANDOM.search(tail) and described is None:
                continue
            for name, family, item in _declared_names(left):
                if name in model.definitions:
                    continue
                symbol = model.symbols.get(name)
                if symbol is not None and symbol.declared_by == "size":
                    continue
                if isinstance(item, Index) and name_of(item.base) in model.symbols:
                    continue
                if symbol is None:
                    symbol = model.declare(Symbol(name, item.span, "random", family=family))
                if symbol.declared_by in ("bound", "mention", "declared") and symbol.kind in ("value", "random"):
                    symbol.kind = "random"
