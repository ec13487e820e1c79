"""Tokens, statements, terms and factors, by recursive descent. What a factor begins with is read in modules beside."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from stepcheck.errors import NotationError, Span
from stepcheck.tokens import Token
from stepcheck.tree import (
    Add,
    Big,
    Call,
    Div,
    Index,
    Infix,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Relation,
    Sequence,
    Sym,
    Words,
    depth_of,
)

from .brackets import applies, read_application, read_barred, read_bracketed, read_group, read_more_events
from .commands import COMMANDS, read_command
from .letters import read_letter
from .names import Names, NoNames, name_of
from .products import multiplied
from .scripts import primed, read_evaluated_at, read_subscript, read_superscript
from .sets import read_set
from .vocabulary import ACCENTS, BIG, CLOSERS, FONTS, FUNCTIONS, GREEK, RELATIONS
from .words import read_word

MAX_DEPTH = 60
NEGATED = {"=": "!=", "in": "notin", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}
MAX_TREE = 90


class Parser:
    """Parses one formula. `names` may be asked whether a letter in front of a bracket is a function."""

    def __init__(self, tokens: list[Token], names: Names | None = None) -> None:
        self.tokens = tokens
        self.place = 0
        self.names = names or NoNames()
        self.depth = 0
        self.fences: list[str] = []
        self.assumed: list[str] = []
        self.bound: frozenset[str] = frozenset()  # indices of the sums that this stands in
        self.differential: str | None = None

    # -- reading tokens -------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)]

    def next(self) -> Token:
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def at(self, *values: str) -> bool:
        token = self.token
        return (token.value in values and token.kind not in ("letter", "text", "name")) or token.kind in values

    def accept(self, *values: str) -> Token | None:
        return self.next() if self.at(*values) else None

    def expect(self, value: str, what: str) -> Token:
        if not self.at(value):
            raise self.error("expected", f"Expected {what} here.")
        return self.next()

    def error(self, kind: str, remedy: str) -> NotationError:
        return NotationError(kind, self.token.span, remedy)

    def unread(self) -> NotationError:
        token = self.token
        if token.kind == "end":
            return self.error("incomplete", "The formula ends where something is still expected.")
        shown = f"\\{token.value}" if token.kind == "command" else token.value or token.kind
        return self.error("unread-token", f"`{shown}` is not read here.")

    # -- statements -----------------------------------------------------------------------------------------------

    def statement(self) -> Node:
        r"""A chain of relations, or two of them joined by `\implies` or `\iff`; everything up to a closer is read."""
        left = self.relation()
        while self.at("iff", "implies"):
            kind = "iff" if self.next().value == "iff" else "implies"
            right = self.relation()
            left = Logic("iff" if kind == "iff" else "implies", (left, right), left.span.to(right.span))
        return left

    def relation(self) -> Node:
        sides = [self.events(self.sequence())]
        signs: list[str] = []
        spans: list[Span] = []
        while True:
            negated = bool(self.accept("not"))
            if self.token.kind in ("letter", "text", "name", "number") or self.token.value not in RELATIONS:
                break
            token = self.next()
            sign = RELATIONS[token.value]
            if sign == "perp":
                self.accept("perp")  # `\perp\!\!\perp`
            signs.append(NEGATED.get(sign, f"not {sign}") if negated else sign)
            spans.append(token.span)
            sides.append(read_set(self) if sign in ("in", "notin") else self.events(self.sequence()))
            if sign == "perp" and self.at("mid", "|"):  # `X \perp Y \mid Z`
                spans.append(self.next().span)
                signs.append("given")
                sides.append(self.sequence())
        if not signs:
            return sides[0]
        return Relation(tuple(sides), tuple(signs), tuple(spans), sides[0].span.to(sides[-1].span))

    def events(self, left: Node) -> Node:
        r"""`A \cup B`, `A \cap B`, `A \setminus B` where a side of a relation is an event."""
        return read_more_events(self, left, self.expression)

    def sequence(self) -> Node:
        """One expression, or several separated by commas."""
        first = self.expression()
        if not self.at(","):
            return first
        items = [first]
        while self.accept(","):
            if self.token.kind in CLOSERS or self.at("iff", "implies"):
                break
            items.append(self.expression())
        return Sequence(tuple(items), "", items[0].span.to(items[-1].span))

    def finished(self, node: Node) -> Node:
        """`node`, when nothing but punctuation is left. Raises NotationError naming the first token that is."""
        while self.at(".", ",", ";", "quad", "row", "amp"):
            self.next()
        if self.token.kind != "end":
            raise self.unread()
        if depth_of(node) > MAX_TREE:
            raise NotationError("too-deep", node.span, f"This is nested more than {MAX_TREE} deep. Name a part of it.")
        return node

    # -- expressions ----------------------------------------------------------------------------------------------

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("too-deep", f"Brackets are nested more than {MAX_DEPTH} deep. Name a part of it.")
        try:
            return read()
        finally:
            self.depth -= 1

    def expression(self) -> Node:
        return self.nested(self._expression)

    def _expression(self) -> Node:
        terms: list[tuple[int, Node]] = []
        sign = self.signs()
        start = self.token.span
        terms.append((sign, self.product()))
        while self.at("+", "-", "pm", "mp"):
            if self.at("pm", "mp"):
                raise self.error("plus-minus", "`\\pm` stands for two claims. Write them one by one.")
            sign = self.signs()
            terms.append((sign, self.product()))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Add(tuple(terms), start.to(terms[-1][1].span))

    def signs(self) -> int:
        sign = 1
        while self.at("+", "-"):
            sign = -sign if self.next().value == "-" else sign
        return sign

    def product(self) -> Node:
        """A term: factors side by side or joined by an explicit sign, left to right."""
        left = self.juxtaposed()
        while True:
            if self.accept("cdot"):
                left = self._dotted(left)
            elif self.accept("*", "times"):
                left = multiplied(left, self.signed_factor())
            elif token := self.accept("odot", "circ", "otimes", "oslash"):
                kind = {"odot": "hadamard", "circ": "hadamard", "otimes": "kron", "oslash": "hdiv"}[token.value]
                right = self.signed_term()  # `Ax \\odot Bx` is of two products: side by side binds tighter
                left = Infix(kind, left, right, left.span.to(right.span))  # type: ignore[arg-type]  # one of the four
            elif self.accept("/", "div"):
                right = self.signed_factor()
                left = Div(left, right, left.span.to(right.span))
            elif self.starts_factor():
                left = multiplied(left, self.factor())
            else:
                return left

    def _dotted(self, left: Node) -> Node:
        r"""What stands behind `x \cdot`: of two columns, as of `x` and `A y`, it is the inner product."""
        right = self.signed_factor()
        if not self._is_column(left):
            return multiplied(left, right)
        while not self._is_column(right) and self.starts_factor():
            right = multiplied(right, self.factor())
        if self._is_column(right):
            return Call("inner", (left, right), left.span.to(right.span))
        return multiplied(left, right)

    def _is_column(self, node: Node) -> bool:
        if isinstance(node, Add):
            return all(self._is_column(term) for _, term in node.terms)
        if isinstance(node, Big):
            return node.kind == "sum" and self._is_column(node.body)
        if isinstance(node, Mul):  # `A^\top x`, and not `x^\top y`
            *before, last = node.factors
            bases = [each.base if isinstance(each, Post) else each for each in before]
            plain = all(isinstance(each, Sym | Index | Num) and not self._is_column(each) for each in bases)
            return plain and self._is_column(last)
        name = name_of(node) if isinstance(node, Sym | Index) else None
        base = name_of(node.base) if isinstance(node, Index) else None
        return name is not None and self.names.is_column(name, base)

    def juxtaposed(self) -> Node:
        left = self.factor()
        while self.starts_factor():
            left = multiplied(left, self.factor())
        return left

    def signed_factor(self) -> Node:
        if self.at("-", "+"):
            token = self.next()
            inner = self.factor()
            return Add(((-1, inner),), token.span.to(inner.span)) if token.value == "-" else inner
        return self.factor()

    def signed_term(self) -> Node:
        """Factors side by side, with a sign in front or without."""
        if self.at("-", "+"):
            token = self.next()
            inner = self.juxtaposed()
            return Add(((-1, inner),), token.span.to(inner.span)) if token.value == "-" else inner
        return self.juxtaposed()

    def differentiated(self, read: Callable[[], Node]) -> Node:
        r"""What a derivative is taken of. A bar `|_{t=0}` belongs to the derivative, not to the last factor."""
        self.fences.append("derivative")
        try:
            return read()
        finally:
            self.fences.pop()

    def at_evaluation_bar(self) -> bool:
        """Whether a bar with the point of evaluation stands here: `|_{x=a}`, also as `\\right|_{x=a}`."""
        return self.at("|") and self.peek().value == "_" and self.token.value != "|l" and not self.bar_closes("|")

    def starts_factor(self) -> bool:
        token = self.token
        if token.kind in ("number", "letter", "name", "leftnull"):
            return not (self.differential and self.at_differential())
        if token.kind == "text":
            return token.value.strip() in FUNCTIONS
        if token.kind == "|":
            if token.value == "|l":
                return True
            if self.at_evaluation_bar():
                return False
            return token.value == "|" and not self.bar_closes("|") and self.fence != "cond"
        if token.kind == "Vert":
            if token.value == "Vertl":
                return True
            return token.value == "Vert" and not self.bar_closes("Vert") and self.fence != "kl"
        if token.value in ("(", "[", "{", "{lit"):
            return True
        if token.kind == "command":
            if token.value in ("d", "differential") and self.differential:
                return False
            return (
                token.value in GREEK
                or token.value in FUNCTIONS
                or token.value in FONTS
                or token.value in ACCENTS
                or token.value in BIG
                or token.value in COMMANDS
            )
        return False

    def bar_closes(self, kind: str) -> bool:
        return self.fence == kind

    @property
    def fence(self) -> str:
        """What was opened last and is not closed; what a derivative is taken of opens nothing."""
        return next((fence for fence in reversed(self.fences) if fence != "derivative"), "")

    def at_differential(self) -> bool:
        token = self.token
        is_d = (token.kind == "letter" and token.value == "d") or (token.kind == "name" and token.value == "d")
        return is_d and self.peek().kind in ("letter", "command") and self._differential_names(self.peek())

    def _differential_names(self, token: Token) -> bool:
        return token.value == self.differential or self.differential == "?"

    # -- factors --------------------------------------------------------------------------------------------------

    def factor(self) -> Node:
        return self.nested(self._factor)

    def _factor(self) -> Node:
        return self.postfix(self.atom())

    def postfix(self, base: Node) -> Node:
        while True:
            if self.at("^"):
                base = read_superscript(self, base)
            elif self.at("_"):
                base = read_subscript(self, base)
            elif self.at("'"):
                while token := self.accept("'"):
                    base = primed(self, base, base.span.to(token.span))
            elif self.at("!") and not isinstance(base, Relation):
                base = Post(base, "factorial", base.span.to(self.next().span))
            elif self.at_evaluation_bar():
                if self.fences[-1:] in (["derivative"], ["evaluated"]):
                    return base
                base = read_evaluated_at(self, base)
            elif applies(self, base):
                base = read_application(self, base)
            else:
                return base

    # -- scripts --------------------------------------------------------------------------------------------------

    def script_tokens(self) -> list[Token]:
        """The tokens of the script that follows `^` or `_`: a braced group, or one token (with its own arguments)."""
        if self.accept("{"):
            depth = 1
            found: list[Token] = []
            while True:
                token = self.next()
                if token.kind == "end":
                    raise NotationError("unclosed-brace", token.span, "A brace of this script is never closed.")
                depth += (token.value == "{" and token.kind == "{") - (token.value == "}" and token.kind == "}")
                if depth == 0:
                    return found
                found.append(token)
        token = self.next()
        if token.kind == "end":
            raise NotationError("incomplete", token.span, "A script is missing at the end.")
        if token.kind == "number" and len(token.value) > 1:  # x^12 is x to the one, times two
            raise NotationError("script-digits", token.span, f"Write `{{{token.value}}}` in braces.")
        found = [token]
        if token.value in FONTS or token.value in ACCENTS or token.value in ("frac", "sqrt"):
            for _ in range(2 if token.value == "frac" else 1):
                if self.at("{"):
                    found.append(self.next())
                    found += self.group_rest()
                else:
                    found.append(self.next())
        return found

    def group_rest(self) -> list[Token]:
        depth, found = 1, []
        while depth:
            token = self.next()
            if token.kind == "end":
                raise NotationError("unclosed-brace", token.span, "A brace is never closed.")
            depth += (token.kind == "{") - (token.kind == "}")
            found.append(token)
        return found

    def inner(self, tokens: list[Token]) -> Parser:
        end = tokens[-1].span.end if tokens else self.token.span.start
        inner = Parser([*tokens, Token("end", "", Span(end, end))], self.names)
        inner.depth = self.depth
        inner.assumed = self.assumed
        inner.bound = self.bound
        return inner

    # -- atoms ----------------------------------------------------------------------------------------------------

    def atom(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.next()
            return Num(Fraction(token.value), token.span)
        if token.kind == "letter":
            return read_letter(self)
        if token.kind == "name":
            return read_word(self, self.next())
        if token.kind == "text":
            if token.value.strip() in FUNCTIONS:
                return read_word(self, Token("name", self.next().value.strip(), token.span))
            self.next()
            return Words(token.value.strip(), token.span)
        if token.kind in ("(", "[", "{lit"):
            return read_bracketed(self)
        if token.kind == "command" and token.value in ("{lit",):
            return read_bracketed(self)
        if token.kind == "{":
            self.next()
            return read_group(self, "}")
        if token.kind == "leftnull":
            self.next()
            self.fences.append("evaluated")
            try:
                body = self.expression()
            finally:
                self.fences.pop()
            if self.accept("rightnull"):
                return body
            if not self.at("|"):
                raise self.unread()
            return read_evaluated_at(self, body)
        if token.kind in ("|", "Vert"):
            return read_barred(self, token.kind)
        if token.kind == "command":
            self.next()
            return read_command(self, token)
        raise self.unread()

    def argument_tokens(self) -> list[Token]:
        """The tokens of a command's argument: a group, or one token."""
        if self.at("{"):
            self.next()
            found = self.group_rest()
            return found[:-1]
        token = self.next()
        if token.kind == "end":
            raise NotationError("missing-argument", token.span, "An argument is missing at the end.")
        if token.kind == "number" and len(token.value) > 1:  # \\frac12 is one half: each argument is one digit
            start = token.span.start
            rest = Token("number", token.value[1:], Span(start + 1, token.span.end))
            digit = Token("number", token.value[0], Span(start, start + 1))
            self.tokens = [*self.tokens[: self.place - 1], digit, rest, *self.tokens[self.place :]]
            return [digit]
        return [token]

    def argument(self) -> Node:
        inner = self.inner(self.argument_tokens())
        return inner.finished(inner.statement())

    def signed_product(self) -> Node:
        if self.at("-"):
            token = self.next()
            inner = self.product()
            return Add(((-1, inner),), token.span.to(inner.span))
        return self.product()
