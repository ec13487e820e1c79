r"""Tokens to a tree, by recursive descent. Every token is consumed, or a NotationError names the one that was not.

What LaTeX leaves open is decided here by the usual precedence, and by the givens where those decide: `n(x - a)` is a
product when `n` is declared as a number, `f(x - a)` an application when `f` is not. Sources: the conventions of
Goodfellow et al., Bishop, Boyd & Vandenberghe and the Matrix Cookbook, as listed in docs/stepcheck.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Protocol

from .errors import NotationError, Span
from .tokens import Token
from .tree import (
    Add,
    Apply,
    At,
    Big,
    Binder,
    Call,
    Cases,
    Deriv,
    Div,
    Expect,
    Grid,
    Index,
    Infix,
    Info,
    Integral,
    Law,
    Limit,
    Logic,
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
    depth_of,
    walk,
)

MAX_DEPTH = 60
MAX_TREE = 90
RELATIONS = {
    "=": "=", "<": "<", ">": ">", "leq": "<=", "geq": ">=", "neq": "!=", "preceq": "preceq", "succeq": "succeq",
    "prec": "prec", "succ": "succ", "approx": "~=", "simeq": "~=", "propto": "propto", ":=": ":=", "in": "in",
    "sim": "~", "ll": "<<", "gg": ">>", "perp": "perp", "subset": "subset", "subseteq": "subset", "notin": "notin",
    "lesssim": "~=", "cong": "~=",
}  # fmt: skip
FUNCTIONS = {
    "log": "log", "ln": "log", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec",
    "csc": "csc", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "coth": "coth", "arcsin": "arcsin",
    "arccos": "arccos", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "det": "det",
    "tr": "tr", "Tr": "tr", "trace": "tr", "rank": "rank", "rk": "rank", "diag": "diag", "Diag": "diag", "vec": "vec",
    "sign": "sign", "sgn": "sign", "ReLU": "relu", "relu": "relu", "softmax": "softmax", "logsumexp": "logsumexp",
    "LSE": "logsumexp", "lse": "logsumexp", "sigmoid": "sigmoid", "softplus": "softplus", "erf": "erf",
    "logit": "logit", "expm": "expm", "logdet": "logdet", "span": "span", "dim": "dim", "sech": "sech",
    "arctanh": "arctanh", "artanh": "arctanh", "arcsinh": "arcsinh", "arsinh": "arcsinh",
}  # fmt: skip
GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho", "sigma", "varsigma", "tau", "upsilon", "phi"),
    *("varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi"),
    *("Psi", "Omega", "ell", "hbar", "imath", "jmath"),
}
FONTS = {"mathbf", "boldsymbol", "mathcal", "mathbb", "mathfrak", "mathscr", "mathtt", "symbf", "symbfit"}
ACCENTS = {"hat", "bar", "tilde", "widehat", "widetilde", "overline", "vec", "check", "breve", "acute", "grave"}
PLAIN_ACCENT = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
STARS = {"star", "*", "prime", "dagger", "circ"}
BIG = {"sum": "sum", "prod": "prod", "max": "max", "min": "min", "sup": "sup", "inf": "inf"}
MATRICES = {"pmatrix", "bmatrix", "matrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix", "array", "psmallmatrix"}
CLOSERS = {")", "]", "}", "}lit", "rangle", "rfloor", "rceil", "end", "row", "amp", "quad", "rightnull"}


class Names(Protocol):
    """What the grammar asks of the givens."""

    def is_function(self, name: str) -> bool:
        """Whether `name` is declared or defined as a function."""

    def is_variable(self, name: str) -> bool:
        """Whether `name` is declared as a number, vector, matrix or random variable."""


class NoNames:
    def is_function(self, name: str) -> bool:
        return False

    def is_variable(self, name: str) -> bool:
        return False


def name_of(node: Node) -> str | None:
    r"""The name under which `node` could be declared: `x`, `x_i`, `W_Q`, `\theta_{t+1}`; None for anything compound."""
    if isinstance(node, Sym):
        return node.name
    if isinstance(node, Special) and node.kind in ("identity", "basis"):
        return {"identity": "I", "basis": "e"}[node.kind]
    if isinstance(node, Index):
        base = name_of(node.base)
        inside = [written(each) for each in node.indices]
        if base is None or any(each is None for each in inside):
            return None
        text = ",".join(each for each in inside if each is not None)
        return f"{base}_{text}" if node.style == "sub" else f"{base}^({text})"
    return None


def written(node: Node) -> str | None:
    """A short canonical text of an index expression, None where it is not short."""
    match node:
        case Num(value):
            return str(value)
        case Sym() | Index():
            return name_of(node)
        case Add(terms):
            parts = [written(term) for _, term in terms]
            if any(part is None for part in parts):
                return None
            signed = zip((sign for sign, _ in terms), parts, strict=True)
            return "".join(("+" if sign > 0 else "-") + str(part) for sign, part in signed).removeprefix("+")
        case Mul(factors):
            parts = [written(factor) for factor in factors]
            return None if any(part is None for part in parts) else "".join(str(part) for part in parts)
        case Words(text):
            return text
        case _:
            return None


class Parser:
    """Parses one formula. `names` may be asked whether a letter in front of a bracket is a function."""

    def __init__(self, tokens: list[Token], names: Names | None = None) -> None:
        self.tokens = tokens
        self.place = 0
        self.names = names or NoNames()
        self.depth = 0
        self.fences: list[str] = []
        self.assumed: list[str] = []
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
        sides = [self.sequence()]
        signs: list[str] = []
        spans: list[Span] = []
        while True:
            negated = bool(self.accept("not"))
            if self.token.kind in ("letter", "text", "name", "number") or self.token.value not in RELATIONS:
                break
            token = self.next()
            sign = RELATIONS[token.value]
            signs.append("!=" if negated and sign == "=" else sign)
            spans.append(token.span)
            sides.append(self.set() if sign in ("in", "notin") else self.sequence())
        if not signs:
            return sides[0]
        return Relation(tuple(sides), tuple(signs), tuple(spans), sides[0].span.to(sides[-1].span))

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
        sign = self._signs()
        start = self.token.span
        terms.append((sign, self.product()))
        while self.at("+", "-", "pm", "mp"):
            if self.at("pm", "mp"):
                raise self.error("plus-minus", "`\\pm` stands for two claims. Write them one by one.")
            sign = self._signs()
            terms.append((sign, self.product()))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Add(tuple(terms), start.to(terms[-1][1].span))

    def _signs(self) -> int:
        sign = 1
        while self.at("+", "-"):
            sign = -sign if self.next().value == "-" else sign
        return sign

    def product(self) -> Node:
        """A term: factors side by side or joined by an explicit sign, left to right."""
        left = self._juxtaposed()
        while True:
            if self.accept("cdot", "*") or self.accept("times"):
                left = _mul(left, self._signed_factor())
            elif token := self.accept("odot", "circ", "otimes", "oslash"):
                kind = {"odot": "hadamard", "circ": "hadamard", "otimes": "kron", "oslash": "hdiv"}[token.value]
                right = self._signed_factor()
                left = Infix(kind, left, right, left.span.to(right.span))  # type: ignore[arg-type]  # one of the four
            elif self.accept("/", "div"):
                right = self._signed_factor()
                left = Div(left, right, left.span.to(right.span))
            elif self.starts_factor():
                left = _mul(left, self.factor())
            else:
                return left

    def _juxtaposed(self) -> Node:
        left = self.factor()
        while self.starts_factor():
            left = _mul(left, self.factor())
        return left

    def _signed_factor(self) -> Node:
        if self.at("-", "+"):
            token = self.next()
            inner = self.factor()
            return Add(((-1, inner),), token.span.to(inner.span)) if token.value == "-" else inner
        return self.factor()

    def starts_factor(self) -> bool:
        token = self.token
        if token.kind in ("number", "letter", "name", "leftnull"):
            return not (self.differential and self._at_differential())
        if token.kind == "text":
            return token.value.strip() in FUNCTIONS
        if token.kind == "|":
            if token.value == "|l":
                return True
            return token.value == "|" and not self._bar_closes("|") and "cond" not in self.fences[-1:]
        if token.kind == "Vert":
            if token.value == "Vertl":
                return True
            return token.value == "Vert" and not self._bar_closes("Vert") and "kl" not in self.fences[-1:]
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

    def _bar_closes(self, kind: str) -> bool:
        return bool(self.fences) and self.fences[-1] == kind

    def _at_differential(self) -> bool:
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
                base = self._superscript(base)
            elif self.at("_"):
                base = self._subscript(base)
            elif self.at("'"):
                while token := self.accept("'"):
                    base = Post(base, "prime", base.span.to(token.span))
            elif self.at("!") and not isinstance(base, Relation):
                base = Post(base, "factorial", base.span.to(self.next().span))
            elif self.at("|") and self.peek().value == "_" and self.token.value != "|l" and not self._bar_closes("|"):
                base = self._evaluated_at(base)
            elif self._applies(base):
                base = self._application(base)
            else:
                return base

    def _applies(self, base: Node) -> bool:
        """Whether the bracket that follows holds the arguments of `base`."""
        if not self.at("("):
            return False
        head = base
        while isinstance(head, Post) and head.kind in ("prime", "dot"):
            head = head.base
        if isinstance(base, Deriv) and base.style == "gradient" and isinstance(base.body, Sym):
            return True
        name = name_of(head)
        if name is None:
            return False
        if self.names.is_function(name):
            return True
        if isinstance(head, Special):
            return False
        if head is not base:
            return True
        root = head.base if isinstance(head, Index) else head
        known = self.names.is_variable(name) or self.names.is_variable(name_of(root) or "")
        if isinstance(head, Index) and name_of(root) in ("\\lambda", "\\sigma", "s"):
            return (
                name_of(root) != "s" or not known
            )  # eigenvalues and singular values; resolved by what stands in the bracket
        if isinstance(head, Index) and self.names.is_function(name_of(root) or ""):
            return True
        return not known

    def _application(self, head: Node) -> Node:
        opened = self.expect("(", "an opening bracket")
        args, given, closed = self._arguments(")")
        span = head.span.to(closed)
        name = name_of(head)
        if given is not None:
            return Prob(name or "p", args, given, span)
        if not args:
            raise NotationError("no-arguments", opened.span.to(closed), "These brackets are empty.")
        return Apply(head, args, span)

    def _arguments(self, close: str) -> tuple[tuple[Node, ...], tuple[Node, ...] | None, Span]:
        """Comma-separated arguments up to `close`, and what they are conditioned on, if anything."""
        self.fences.append("cond")
        args: list[Node] = []
        given: list[Node] | None = None
        try:
            while not self.at(close):
                target = args if given is None else given
                target.append(self._event())
                if self.accept(",", ";"):
                    continue
                if self.at("mid") or (self.at("|") and self.token.value != "|l"):
                    if given is not None:
                        raise self.unread()
                    self.next()
                    given = []
                    continue
                if not self.at(close):
                    raise self.unread()
            closed = self.next().span
        finally:
            self.fences.pop()
        return tuple(args), None if given is None else tuple(given), closed

    def _event(self) -> Node:
        left = self._relation_without_commas()
        while self.at("cup", "cap", "wedge", "vee"):
            kind = "or" if self.next().value in ("cup", "vee") else "and"
            right = self._relation_without_commas()
            left = Logic("or" if kind == "or" else "and", (left, right), left.span.to(right.span))
        return left

    def _relation_without_commas(self) -> Node:
        sides = [self.expression()]
        signs: list[str] = []
        spans: list[Span] = []
        while self.token.kind not in ("letter", "text", "name", "number") and self.token.value in RELATIONS:
            token = self.next()
            signs.append(RELATIONS[token.value])
            spans.append(token.span)
            sides.append(self.set() if signs[-1] in ("in", "notin") else self.expression())
        if not signs:
            return sides[0]
        return Relation(tuple(sides), tuple(signs), tuple(spans), sides[0].span.to(sides[-1].span))

    # -- scripts --------------------------------------------------------------------------------------------------

    def _script_tokens(self) -> list[Token]:
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
                    found += self._group_rest()
                else:
                    found.append(self.next())
        return found

    def _group_rest(self) -> list[Token]:
        depth, found = 1, []
        while depth:
            token = self.next()
            if token.kind == "end":
                raise NotationError("unclosed-brace", token.span, "A brace is never closed.")
            depth += (token.kind == "{") - (token.kind == "}")
            found.append(token)
        return found

    def _inner(self, tokens: list[Token]) -> Parser:
        end = tokens[-1].span.end if tokens else self.token.span.start
        inner = Parser([*tokens, Token("end", "", Span(end, end))], self.names)
        inner.depth = self.depth
        inner.assumed = self.assumed
        return inner

    def _superscript(self, base: Node) -> Node:
        hat = self.expect("^", "`^`")
        tokens = self._script_tokens()
        if not tokens:
            raise NotationError("empty-script", hat.span, "This exponent is empty.")
        span = base.span.to(tokens[-1].span)
        values = [token.value for token in tokens]
        # decorations come first: x^{\star\top}, x^{(i)\top}
        while values and values[0] in STARS and (values[0] != "dagger" or len(values) > 1):
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
            inner = self._inner(tokens[1:close])
            index = inner.finished(inner.sequence())
            items = index.items if isinstance(index, Sequence) else (index,)
            base = Index(base, items, "sup", span)
            tokens, values = tokens[close + 1 :], values[close + 1 :]
            if not values:
                return base
        if values == ["top"] or (values == ["T"] and not self.names.is_variable("T")):
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
        if all(value == "prime" for value in values):
            for _ in values:
                base = Post(base, "prime", span)
            return base
        if all(value == "'" for value in values):
            for _ in values:
                base = Post(base, "prime", span)
            return base
        if values == ["circ"]:
            raise NotationError("degrees", tokens[0].span, "Degrees are not read. Write radians.")
        inner = self._inner(tokens)
        exponent = inner.finished(inner.expression())
        return Pow(base, exponent, span)

    def _subscript(self, base: Node) -> Node:
        low = self.expect("_", "`_`")
        tokens = self._script_tokens()
        if not tokens:
            raise NotationError("empty-script", low.span, "This subscript is empty.")
        span = base.span.to(tokens[-1].span)
        values = [token.value for token in tokens]
        if isinstance(base, Call) and base.name == "norm":
            return self._norm_kind(base, tokens, span)
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
            if isinstance(base, Sym) and self.names.is_variable(f"{base.name}_{''.join(values)}"):
                return Sym(f"{base.name}_{''.join(values)}", span)
            return Index(base, tuple(items), "sub", span)
        inner = self._inner(tokens)
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

    def _norm_kind(self, base: Call, tokens: list[Token], span: Span) -> Node:
        values = [token.value for token in tokens]
        kinds = {"2": "norm2", "1": "norm1", "infty": "norminf", "F": "normF", "*": "normnuc", "0": "norm0"}
        kinds |= {"\\mathrm{F}": "normF", "op": "normop", "max": "normmax", "HS": "normF", "Fro": "normF"}
        if len(values) == 1 and values[0] in kinds:
            return Call(kinds[values[0]], base.args, span)
        inner = self._inner(tokens)
        order = inner.finished(inner.expression())
        return Call("normp", (*base.args, order), span)

    def _evaluated_at(self, base: Node) -> Node:
        self.next()
        self.expect("_", "the point of evaluation")
        tokens = self._script_tokens()
        inner = self._inner(tokens)
        where = inner.finished(inner.statement())
        relations = where.items if isinstance(where, Sequence) else (where,)
        names: list[str] = []
        values: list[Node] = []
        for each in relations:
            name = name_of(each.sides[0]) if isinstance(each, Relation) and each.signs == ("=",) else None
            if name is None or not isinstance(each, Relation):
                raise NotationError("evaluated-at", where.span, "Write the point as `x = a`.")
            names.append(name)
            values.append(each.sides[1])
        return At(base, tuple(names), tuple(values), base.span.to(where.span))

    # -- atoms ----------------------------------------------------------------------------------------------------

    def atom(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.next()
            return Num(Fraction(token.value), token.span)
        if token.kind == "letter":
            return self._letter()
        if token.kind == "name":
            return self._named(self.next())
        if token.kind == "text":
            if token.value.strip() in FUNCTIONS:
                return self._named(Token("name", self.next().value.strip(), token.span))
            self.next()
            return Words(token.value.strip(), token.span)
        if token.kind in ("(", "[", "{lit"):
            return self._bracketed()
        if token.kind == "command" and token.value in ("{lit",):
            return self._bracketed()
        if token.kind == "{":
            self.next()
            return self._group_until("}")
        if token.kind == "leftnull":
            self.next()
            body = self.expression()
            if not self.at("|", "rightnull"):
                raise self.unread()
            return self._evaluated_at(body) if self.at("|") else body
        if token.kind in ("|", "Vert"):
            return self._barred(token.kind)
        if token.kind == "command":
            self.next()
            return self._command(token)
        raise self.unread()

    def _group_until(self, close: str) -> Node:
        self.fences.append(close)
        try:
            inner = self.statement()
            self.expect(close, "a closing bracket")
        finally:
            self.fences.pop()
        return inner

    def _bracketed(self) -> Node:
        opened = self.next()
        value = opened.value
        close = {"(": ")", "[": "]", "{lit": "}lit"}[value]
        self.fences.append(close)
        try:
            inner = self.statement()
            closed = self.token
            if not (self.at(close) or (value in "([" and self.at("]", ")"))):
                raise self.unread()
            self.next()
        finally:
            self.fences.pop()
        span = opened.span.to(closed.span)
        brackets = value.removesuffix("lit") + closed.value.removesuffix("lit")
        if isinstance(inner, Sequence):
            return Sequence(inner.items, brackets, span)
        if brackets == "{}" and isinstance(inner, Num | Sym):
            return Sequence((inner,), brackets, span) if self.at("^") else inner
        return inner

    def _barred(self, kind: str) -> Node:
        opened = self.next()
        self.fences.append(kind)
        try:
            inner = self.expression()
            if self.token.kind != kind:
                raise self.unread()
            closed = self.next()
        finally:
            self.fences.pop()
        span = opened.span.to(closed.span)
        if kind == "Vert":
            return Call("norm", (inner,), span)
        return Call("bars", (inner,), span)

    def _letter(self) -> Node:
        token = self.next()
        letter = token.value
        if letter == "I" and not self.names.is_variable("I"):
            if self.at("(") and self._has_semicolon():
                return self._information("I", token.span)
            if self.at("(") and self._plain_arguments():
                return Sym("I", token.span)
            if self.at("_") and not self._index_is_power():
                save = self.place
                self.next()
                inner = self._inner(self._script_tokens())
                size = inner.finished(inner.expression())
                if self.at("(", "["):
                    self.place = save
                else:
                    return Special("identity", size, token.span.to(size.span))
            return Special("identity", None, token.span)
        if letter == "E" and not self.names.is_variable("E") and self._bracket_follows():
            return self._expectation("E", token.span)
        if letter == "P" and not self.names.is_variable("P") and not self.names.is_function("P") and self.at("("):
            return self._probability("P", token.span)
        if letter == "H" and not self.names.is_variable("H") and not self.names.is_function("H") and self.at("(", "["):
            return self._information("H", token.span)
        if letter == "D" and (self.at("_") or not (self.names.is_variable("D") or self.names.is_function("D"))):
            found = self._divergence(token.span)
            if found is not None:
                return found
        if letter == "e" and self.at("_") and not self.names.is_variable("e"):
            following = self.tokens[self.place + 1 : self.place + 4]
            if (following and following[0].value != "{") or (len(following) > 2 and following[2].value == "}"):
                self.next()
                inner = self._inner(self._script_tokens())
                which = inner.finished(inner.expression())
                return Special("basis", which, token.span.to(which.span))
        return Sym(letter, token.span)

    def _plain_arguments(self) -> bool:
        """Whether a bracket with nothing but letters and commas follows: `I(a)` is then a function's value."""
        place = self.place + 1
        while (
            self.tokens[place].kind == "letter" or self.tokens[place].value in GREEK or self.tokens[place].value == ","
        ):
            place += 1
        return self.tokens[place].value == ")" and place > self.place + 1

    def _index_is_power(self) -> bool:
        return False

    def _bracket_follows(self) -> bool:
        """Whether `[`, or a subscript and then a bracket, follows: the mark of an expectation."""
        if self.at("["):
            return True
        if not self.at("_"):
            return False
        place, depth = self.place + 1, 0
        while place < len(self.tokens):
            token = self.tokens[place]
            depth += (token.kind == "{") - (token.kind == "}")
            place += 1
            if depth == 0:
                break
        return place < len(self.tokens) and self.tokens[place].value in ("[", "(")

    def _has_semicolon(self) -> bool:
        depth = 0
        for token in self.tokens[self.place :]:
            depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
            if token.value == ";" and depth == 1:
                return True
            if depth == 0:
                return False
        return False

    def _named(self, token: Token) -> Node:
        r"""`\operatorname{…}` and its like."""
        name = token.value
        if name in ("E", "Ex", "Exp") and self.at("[", "(", "_", "{lit"):
            return self._expectation("E", token.span)
        if name in ("Var", "var", "Variance", "V"):
            return self._expectation("Var", token.span)
        if name in ("Cov", "cov"):
            return self._expectation("Cov", token.span)
        if name in ("KL", "DKL", "kl") and self.at("(", "[", "{lit"):
            return self._two_laws("KL", token.span)
        if name in ("JS", "JSD") and self.at("(", "["):
            return self._two_laws("JS", token.span)
        if name in ("P", "Pr", "Prob") and self.at("("):
            return self._probability("P", token.span)
        if name == "H" and self.at("(", "["):
            return self._information("H", token.span)
        if name in ("I", "MI") and self.at("(", "["):
            return self._information("I", token.span)
        if name in ("argmax", "argmin"):
            return self._big(name, token.span)
        if name in ("max", "min", "sup", "inf"):
            return self._big(name, token.span)
        if name in FUNCTIONS:
            return self._function(FUNCTIONS[name], token.span)
        if name in LAWS and self.at("("):
            return self._law(LAWS[name], token.span)
        if name == "e" and not self.names.is_variable("e"):
            return Sym("e", token.span)
        if name == "d" and self.token.kind in ("letter", "command", "name"):
            inner = self.postfix(self.atom())
            return Call("differential", (inner,), token.span.to(inner.span))
        return Sym(f"\\mathrm{{{name}}}", token.span)

    def _command(self, token: Token) -> Node:
        value = token.value
        if value in GREEK:
            name = f"\\{value}"
            if value == "Delta" and self.at("^") and not self.names.is_variable(name):
                self.next()
                inner = self._inner(self._script_tokens())
                top = inner.finished(inner.expression())
                return SetOf("simplex", (top,), (), token.span.to(top.span))
            return Sym(name, token.span)
        if value in FUNCTIONS:
            return self._function(FUNCTIONS[value], token.span)
        if value in FONTS:
            return self._font(token)
        if value in ACCENTS:
            return self._accent(token)
        if value in BIG:
            return self._big(BIG[value], token.span)
        if value in COMMANDS:
            return COMMANDS[value](self, token)
        raise NotationError(
            "unknown-command", token.span, f"`\\{value}` is not read. Define it in prose or spell it out."
        )

    def _font(self, token: Token) -> Node:
        tokens = self._script_tokens_of_argument()
        values = [each.value for each in tokens]
        span = token.span.to(tokens[-1].span) if tokens else token.span
        font = token.value
        if font in ("mathbf", "boldsymbol", "symbf", "symbfit", "mathbb"):
            if values == ["1"]:
                return self._ones(span)
            if values == ["0"]:
                return Special("zeros", self._size(), span)
            if values == ["I"] and font != "mathbb" and not self.names.is_variable("\\mathbf{I}"):
                return Special("identity", self._size(), span)
            if values == ["e"] and font != "mathbb" and self.at("_") and not self.names.is_variable("\\mathbf{e}"):
                self.next()
                inner = self._inner(self._script_tokens())
                which = inner.finished(inner.expression())
                return Special("basis", which, span.to(which.span))
        if font == "mathbb":
            if values == ["E"]:
                return self._expectation("E", span)
            if values == ["P"]:
                return self._probability("P", span)
            if values == ["I"] and self.at("[", "(", "{lit", "_"):
                return self._indicator(span)
            if values in (["V"],) and self.at("[", "(", "{lit"):
                return self._expectation("Var", span)
            return self._set_letter(values, span)
        if font == "mathcal" and values == ["N"] and self.at("("):
            return self._law("Normal", span)
        if font == "mathcal" and values in (["U"],) and self.at("("):
            return self._law("Uniform", span)
        if len(tokens) == 1:
            shown = f"\\{values[0]}" if tokens[0].kind == "command" else values[0]
            kind = "mathbf" if font in ("boldsymbol", "symbf", "symbfit") else font
            name = f"\\{kind}{{{shown}}}"
            if kind == "mathcal" and shown == "H" and self.at("("):
                return self._information("H", span)
            return Sym(name, span)
        if not tokens:
            raise NotationError("empty-font", span, "This font command is empty.")
        inner = self._inner(tokens)
        node = inner.finished(inner.expression())
        if isinstance(node, Sym | Index | Special):
            return node
        return node

    def _ones(self, span: Span) -> Node:
        if self.at("[", "{lit", "("):
            return self._indicator(span)
        if self.at("_") and self._subscript_is_relation():
            return self._indicator(span)
        return Special("ones", self._size(), span)

    def _subscript_is_relation(self) -> bool:
        depth = 0
        for token in self.tokens[self.place + 1 :]:
            depth += (token.kind == "{") - (token.kind == "}")
            if token.value in RELATIONS and token.kind not in ("letter", "name"):
                return True
            if depth <= 0:
                return False
        return False

    def _size(self) -> Node | None:
        if not self.at("_"):
            return None
        self.next()
        inner = self._inner(self._script_tokens())
        sizes = inner.sequence()
        if inner.accept("times"):
            sizes = Sequence((sizes, inner.expression()), "", sizes.span)
        elif isinstance(sizes, Mul) and len(sizes.factors) == 2 and any(t.value == "times" for t in inner.tokens):
            sizes = Sequence(sizes.factors, "", sizes.span)
        return inner.finished(sizes)

    def _indicator(self, span: Span) -> Node:
        if self.accept("_"):
            inner = self._inner(self._script_tokens())
            if inner.at("{lit", "["):
                inner.next()
                inner.tokens = [*inner.tokens[:-2], inner.tokens[-1]]
            condition = inner.finished(inner.statement())
            return Call("indicator", (condition,), span.to(condition.span))
        opened = self.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = self._arguments(close)
        if given is not None or len(args) != 1:
            raise NotationError("indicator", span, "An indicator takes one condition.")
        return Call("indicator", args, span.to(closed))

    def _script_tokens_of_argument(self) -> list[Token]:
        """The tokens of a command's argument: a group, or one token."""
        if self.at("{"):
            self.next()
            found = self._group_rest()
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

    def _argument(self) -> Node:
        inner = self._inner(self._script_tokens_of_argument())
        return inner.finished(inner.statement())

    def _accent(self, token: Token) -> Node:
        tokens = self._script_tokens_of_argument()
        if not tokens:
            raise NotationError("empty-accent", token.span, "This accent stands over nothing.")
        span = token.span.to(tokens[-1].span)
        inner = self._inner(tokens)
        base = inner.finished(inner.expression())
        accent = PLAIN_ACCENT.get(token.value, token.value)
        if isinstance(base, Index):
            name = name_of(base.base)
            if name is not None:
                return Index(Sym(f"\\{accent}{{{name}}}", span), base.indices, base.style, span)
        if isinstance(base, Special) and base.kind in ("identity", "basis") and base.size is None:
            return Sym(f"\\{accent}{{I}}", span)
        name = name_of(base)
        if name is None:
            raise NotationError(
                "accent", span, f"`\\{token.value}` over a whole expression is not read. Name it first."
            )
        return Sym(f"\\{accent}{{{name}}}", span)

    # -- functions ------------------------------------------------------------------------------------------------

    def _function(self, name: str, span: Span) -> Node:
        r"""A named function with its argument: bracketed, or the product that follows (`\log x y` is log(xy))."""
        base: Node | None = None
        power: Node | None = None
        inverse = False
        primes = 0
        while self.at("_", "^", "'"):
            if self.accept("'"):
                primes += 1
            elif self.accept("_"):
                inner = self._inner(self._script_tokens())
                base = inner.finished(inner.sequence())
            else:
                self.next()
                tokens = self._script_tokens()
                if [each.value for each in tokens] == ["-", "1"] and name not in ("det", "tr"):
                    inverse = True
                else:
                    inner = self._inner(tokens)
                    power = inner.finished(inner.expression())
        if inverse:
            arc = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "tanh": "arctanh", "sinh": "arcsinh"}
            if name not in arc:
                raise NotationError("inverse-function", span, f"`{name}^{{-1}}` is not read. Write what you mean.")
            name = arc[name]
        args, end = self._function_arguments(name, span)
        node: Node
        if base is not None and name == "log":
            node = Call("logbase", (*args, base), span.to(end))
        elif base is not None and name in ("softmax", "logsumexp"):
            node = Index(Call(name, args, span.to(end)), (base,), "sub", span.to(end))
        elif base is not None:
            raise NotationError("function-subscript", span, f"A subscript of `{name}` is not read.")
        else:
            node = Call(name, args, span.to(end))
        if primes:
            node = Call(f"{name}{chr(39) * primes}", args, span.to(end))
        return node if power is None else Pow(node, power, span.to(end))

    def _function_arguments(self, name: str, span: Span) -> tuple[tuple[Node, ...], Span]:
        if self.at("(", "[", "{lit") and not self._closing_is_followed_by_script():
            opened = self.next()
            close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
            args, given, closed = self._arguments(close)
            if given is not None:
                raise NotationError("conditioning", span, "A bar inside this function is not read.")
            return args, closed
        if self.at("{"):
            self.next()
            arg = self._group_until("}")
            return (arg,), arg.span
        if not (self.starts_factor() or self.at("-")):
            raise self.error("missing-argument", f"What is `{name}` applied to?")
        if self.at("-"):
            inner = self._signed_factor()
            return (inner,), inner.span
        arg = self._tight_product()
        return (arg,), arg.span

    def _closing_is_followed_by_script(self) -> bool:
        r"""`\log (x+y)^2`: the power belongs to the bracket, so the bracket is a factor of the argument."""
        depth = 0
        for index, token in enumerate(self.tokens[self.place :], start=self.place):
            depth += (token.value in ("(", "[", "{lit", "{")) - (token.value in (")", "]", "}lit", "}"))
            if depth == 0:
                following = self.tokens[min(index + 1, len(self.tokens) - 1)]
                return following.value == "^" and self.tokens[self.place].spaced
        return False

    def _tight_product(self) -> Node:
        r"""Factors side by side, up to an operator or another named function: the argument of an unbracketed `\log`."""
        left = self.factor()
        while self.starts_factor() and not self._starts_function() and not self.at("(", "[", "|", "Vert"):
            if self.at("frac") and self.peek().value == "{" and _is_d(self.peek(2)):
                break  # `\cos\theta\, \frac{\partial f}{\partial x}` is a product of two things
            left = _mul(left, self.factor())
        if self.at("/") and isinstance(left, Num | Sym | Index | Mul) and self.peek().kind in ("number", "letter"):
            self.next()
            right = self.factor()
            left = Div(left, right, left.span.to(right.span))
        return left

    def _starts_function(self) -> bool:
        token = self.token
        if token.kind == "command":
            return token.value in FUNCTIONS or token.value in BIG or token.value in ("int", "lim", "nabla")
        return token.kind in ("name", "text") and (token.value in FUNCTIONS or token.value in ("Var", "Cov", "E"))

    def _expectation(self, kind: str, span: Span) -> Node:
        under: Node | None = None
        power: Node | None = None
        while self.at("_", "^"):
            if self.accept("_"):
                inner = self._inner(self._script_tokens())
                under = inner.finished(inner.statement())
            else:
                self.next()
                inner = self._inner(self._script_tokens())
                power = inner.finished(inner.expression())
        if self.at("(", "[", "{lit"):
            opened = self.next()
            close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
            args, given, closed = self._arguments(close)
        elif self.starts_factor():
            arg = self._tight_product()
            args, given, closed = (arg,), None, arg.span
        else:
            raise self.error("missing-argument", "What is this the expectation of?")
        if not args:
            raise NotationError("no-arguments", span, "These brackets are empty.")
        made: Node = Expect(kind, args, given or (), under, span.to(closed))  # type: ignore[arg-type]  # E, Var, Cov
        return made if power is None else Pow(made, power, span.to(closed))

    def _probability(self, name: str, span: Span) -> Node:
        if self.at("_"):
            self.next()
            inner = self._inner(self._script_tokens())
            under = inner.finished(inner.statement())
            raise NotationError("probability-subscript", under.span, "A subscript of `P` is not read.")
        if not self.at("(", "[", "{lit"):
            raise self.error("missing-argument", "What is this the probability of?")
        opened = self.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = self._arguments(close)
        return Prob(name, args, given or (), span.to(closed))

    def _information(self, kind: str, span: Span) -> Node:
        opened = self.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        args, given, closed = self._arguments(close)
        return Info(kind, args, given or (), span.to(closed))  # type: ignore[arg-type]  # H or I

    def _divergence(self, span: Span) -> Node | None:
        """`D_{KL}(p ‖ q)`, also without the subscript; None where the letter is just a letter."""
        save = self.place
        kind = "KL"
        if self.accept("_"):
            words = "".join(token.value for token in self._script_tokens() if token.kind not in ("{", "}"))
            words = words.replace("mathrm", "").replace("operatorname", "")
            if words not in ("KL", "kl", "JS"):
                self.place = save
                return None
            kind = "JS" if words == "JS" else "KL"
        elif not self._has_double_bar():
            return None
        if self.at("(", "[", "{lit"):
            return self._two_laws(kind, span)
        self.place = save
        return None

    def _has_double_bar(self) -> bool:
        if not self.at("(", "["):
            return False
        depth = 0
        for token in self.tokens[self.place :]:
            depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
            if token.kind == "Vert" and depth == 1:
                return True
            if depth == 0:
                return False
        return False

    def _two_laws(self, kind: str, span: Span) -> Node:
        opened = self.next()
        close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
        self.fences.append("kl")
        try:
            left = self.expression()
            if self.token.kind == "Vert":
                self.next()
            elif self.at("|") and self.peek().kind == "|":
                self.next()
                self.next()
            elif not self.accept(","):
                raise self.unread()
            right = self.expression()
            closed = self.expect(close, "a closing bracket")
        finally:
            self.fences.pop()
        return Info(kind, (left, right), (), span.to(closed.span))  # type: ignore[arg-type]  # KL or JS

    def _law(self, name: str, span: Span) -> Node:
        self.expect("(", "the parameters")
        args, given, closed = self._arguments(")")
        span = span.to(closed)
        if given is not None:
            if len(args) != 1:
                raise NotationError("density", span, "A density is taken at one point.")
            return Law(name, given, args[0], span)
        semicolon = self._semicolon_at_top(span)
        if semicolon and len(args) >= 2:
            return Law(name, args[1:], args[0], span)
        return Law(name, args, None, span)

    def _semicolon_at_top(self, span: Span) -> bool:
        depth = 0
        for token in self.tokens:
            if span.start <= token.span.start < span.end:
                depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
                if token.value == ";" and depth == 1:
                    return True
        return False

    # -- big operators ---------------------------------------------------------------------------------------------

    def _big(self, kind: str, span: Span) -> Node:
        low_tokens: list[Token] | None = None
        high: Node | None = None
        while self.at("_", "^"):
            if self.accept("_"):
                low_tokens = self._script_tokens()
            else:
                self.next()
                inner = self._inner(self._script_tokens())
                high = inner.finished(inner.expression())
        if kind in ("max", "min", "sup", "inf") and low_tokens is None:
            return self._extremum_of_list(kind, span)
        if low_tokens is None:
            raise self.error("no-index", f"Over what does this {kind} run? Write an index below it.")
        binder = self._binder(low_tokens, high)
        body = self.product() if kind in ("sum", "prod") else self._extremum_body()
        return Big(kind, binder, body, span.to(body.span))  # type: ignore[arg-type]  # one of the kinds

    def _extremum_body(self) -> Node:
        if self.at("{lit"):
            self.next()
            return self._group_until("}lit")
        return self._signed_product()

    def _signed_product(self) -> Node:
        if self.at("-"):
            token = self.next()
            inner = self.product()
            return Add(((-1, inner),), token.span.to(inner.span))
        return self.product()

    def _extremum_of_list(self, kind: str, span: Span) -> Node:
        if self.at("(", "[", "{lit"):
            opened = self.next()
            close = {"(": ")", "[": "]", "{lit": "}lit"}[opened.value]
            args, given, closed = self._arguments(close)
            if given is not None:
                raise NotationError("conditioning", span, "A bar inside this bracket is not read.")
            return Call(kind, args, span.to(closed))
        arg = self._tight_product()
        return Call(kind, (arg,), span.to(arg.span))

    def _binder(self, tokens: list[Token], high: Node | None) -> Binder:
        inner = self._inner([token for token in tokens if token.value != "substack"])
        parts: list[Node] = []
        while inner.token.kind != "end":
            statement = inner.statement()
            items = statement.items if isinstance(statement, Sequence) else (statement,)
            parts += items
            if not inner.accept("row", ",", ":", "|", "mid"):
                break
        if inner.token.kind != "end" or not parts:
            raise inner.unread()
        names: list[str] = []
        low: Node | None = None
        conditions: list[Node] = []
        for part in parts:
            name = name_of(part)
            if name is not None:
                names.append(name)
                continue
            if not isinstance(part, Relation):
                raise NotationError("binder", part.span, "This index is not read. Write `i = 1` or `i`.")
            flat = _flattened(part)
            first = name_of(flat.sides[0]) if not isinstance(flat.sides[0], Sequence) else None
            if flat.signs[0] == "=" and first is not None and len(flat.signs) == 1:
                names.append(first)
                low = flat.sides[1]
                continue
            conditions.append(flat)
            for side in flat.sides:
                for each in side.items if isinstance(side, Sequence) else (side,):
                    bound = name_of(each)
                    if bound is None or bound in names or not _is_index_letter(bound) or low:
                        continue
                    if not self.names.is_variable(bound) or side is flat.sides[0]:
                        names.append(bound)
        if not names:
            raise NotationError("binder", parts[0].span, "This index is not read. Write `i = 1` or `i`.")
        condition: Node | None = None
        if conditions:
            span = conditions[0].span.to(conditions[-1].span)
            condition = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions), span)
        span = parts[0].span.to(parts[-1].span)
        return Binder(tuple(dict.fromkeys(names)), low, high, condition, span)

    # -- sets ------------------------------------------------------------------------------------------------------

    def set(self) -> Node:
        """What stands right of `∈`."""
        if self.at("(", "["):
            opened = self.next()
            low = self.expression()
            if not self.accept(","):
                self.expect(")", "a closing bracket")
                return low
            high = self.expression()
            closed = self.token
            if not self.at(")", "]"):
                raise self.unread()
            self.next()
            return self._power_of(
                SetOf(
                    "interval",
                    (low, high),
                    (Words(opened.value + closed.value, opened.span),),
                    opened.span.to(closed.span),
                )
            )
        if self.at("{lit"):
            opened = self.next()
            items: list[Node] = []
            while not self.at("}lit"):
                items.append(self.expression())
                if not self.accept(","):
                    break
            closed = self.expect("}lit", "a closing brace")
            return self._power_of(SetOf("finite", (), tuple(items), opened.span.to(closed.span)))
        return self.expression()

    def _power_of(self, base: SetOf) -> Node:
        if not self.at("^"):
            return base
        self.next()
        inner = self._inner(self._script_tokens())
        dims = self._dims(inner)
        return SetOf(
            base.kind + "-power", (*base.dims, *dims) if base.kind == "interval" else dims, base.items, base.span
        )

    def _dims(self, inner: Parser) -> tuple[Node, ...]:
        dims = [inner._dimension()]
        while inner.accept("times"):
            dims.append(inner._dimension())
        inner.finished(dims[0])
        return tuple(dims)

    def _dimension(self) -> Node:
        terms: list[tuple[int, Node]] = [(self._signs(), self._dimension_term())]
        while self.at("+", "-"):
            sign = self._signs()
            terms.append((sign, self._dimension_term()))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Add(tuple(terms), terms[0][1].span.to(terms[-1][1].span))

    def _dimension_term(self) -> Node:
        return self._juxtaposed()

    def _set_letter(self, values: list[str], span: Span) -> Node:
        kinds = {"R": "reals", "N": "naturals", "Z": "integers", "S": "symmetric", "C": "complexes", "Q": "rationals"}
        if len(values) != 1 or values[0] not in kinds:
            raise NotationError("unknown-set", span, f"`\\mathbb{{{''.join(values)}}}` is not read.")
        kind = kinds[values[0]]
        dims: tuple[Node, ...] = ()
        while self.at("^", "_"):
            if self.accept("^"):
                inner = self._inner(self._script_tokens())
                if inner.at("+", "++") and len(inner.tokens) <= 3:
                    kind += "+" * (len(inner.tokens) - 1)
                else:
                    dims = self._dims(inner)
            else:
                self.next()
                text = "".join(token.value for token in self._script_tokens())
                marks = {"+": "+", "++": "++", ">0": "++", "geq0": "+", ">0,": "++", "neq0": "*", ">=0": "+"}
                if text not in marks:
                    raise NotationError("unknown-set", span, f"The subscript `{text}` of this set is not read.")
                kind += marks[text]
        return SetOf(kind, dims, (), span)


def _mul(left: Node, right: Node) -> Node:
    before = left.factors if isinstance(left, Mul) else (left,)
    after = (right,)
    return Mul((*before, *after), left.span.to(right.span))


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


def _flattened(relation: Relation) -> Relation:
    return relation


def _is_index_letter(name: str) -> bool:
    return len(name) == 1 and name.isalpha()


def _matching(values: list[str], start: int) -> int:
    depth = 0
    for index in range(start, len(values)):
        depth += (values[index] == "(") - (values[index] == ")")
        if depth == 0:
            return index
    return len(values) - 1


# -- commands with a syntax of their own ---------------------------------------------------------------------------


def _frac(parser: Parser, token: Token) -> Node:
    top = parser._script_tokens_of_argument()
    bottom = parser._script_tokens_of_argument()
    if not top or not bottom:
        raise NotationError("empty-fraction", token.span, "This fraction has an empty part.")
    span = token.span.to(bottom[-1].span)
    derivative = _derivative(parser, top, bottom, span)
    if derivative is not None:
        return derivative
    inner = parser._inner(top)
    upper = inner.finished(inner.expression())
    inner = parser._inner(bottom)
    lower = inner.finished(inner.expression())
    return Div(upper, lower, span)


def _is_d(token: Token) -> bool:
    return token.value in ("partial", "differential") or (token.kind in ("letter", "name") and token.value == "d")


def _derivative(parser: Parser, top: list[Token], bottom: list[Token], span: Span) -> Node | None:
    r"""`\frac{\partial f}{\partial x}`, `\frac{d^2}{dx^2}`, mixed orders; None where it is just a fraction."""
    if not _is_d(top[0]) or not _is_d(bottom[0]) or len(bottom) < 2:
        return None
    if bottom[1].value in ("+", "-", "/", "^", "_", "cdot"):
        return None
    inner = parser._inner(top[1:])
    order = 1
    if inner.at("^"):
        inner.next()
        script = inner._inner(inner._script_tokens())
        power = script.finished(script.expression())
        if not isinstance(power, Num) or power.value.denominator != 1 or not 1 <= power.value <= 6:
            raise NotationError("derivative-order", power.span, "The order of a derivative must be a small number.")
        order = int(power.value)
    body: Node | None = None
    if inner.token.kind != "end":
        body = inner.finished(inner.expression())
    wrt: list[Node] = []
    lower = parser._inner(bottom)
    while lower.token.kind != "end":
        if not _is_d(lower.token):
            raise lower.unread()
        lower.next()
        variable = lower.atom()
        while lower.at("_", "'", "(") or (lower.at("^") and lower.peek().value in ("star", "*", "{")):
            if lower.at("^"):
                save = lower.place
                lower.next()
                values = [each.value for each in lower._script_tokens()]
                lower.place = save
                if values[0] not in ("star", "*", "("):
                    break
                variable = lower._superscript(variable)
            elif lower.at("("):
                break
            else:
                variable = lower._subscript(variable) if lower.at("_") else lower.postfix(variable)
        times = 1
        if lower.at("^"):
            lower.next()
            values = [each.value for each in lower._script_tokens()]
            if values in (["top"], ["T"]):
                times = 1
            elif len(values) == 1 and values[0].isdigit():
                times = int(values[0])
            else:
                raise NotationError("derivative-order", span, "The order of a derivative must be a small number.")
        wrt += [variable] * times
    if len(wrt) != order:
        raise NotationError("derivative-order", span, f"The order is {order} above and {len(wrt)} below.")
    if body is None:
        if not (parser.starts_factor() or parser.at("-")):
            raise NotationError("missing-argument", span, "What is differentiated here?")
        body = parser._signed_product()
    return Deriv(body, tuple(wrt), "partial", span.to(body.span))


def _nabla(parser: Parser, token: Token) -> Node:
    wrt: tuple[Node, ...] = ()
    style = "gradient"
    while parser.at("_", "^"):
        if parser.accept("_"):
            inner = parser._inner(parser._script_tokens())
            below = inner.finished(inner.sequence())
            wrt = below.items if isinstance(below, Sequence) else (below,)
        else:
            parser.next()
            values = [each.value for each in parser._script_tokens()]
            if values != ["2"]:
                raise NotationError("nabla-power", token.span, "Only `\\nabla` and `\\nabla^2` are read.")
            style = "hessian"
    if not parser.starts_factor():
        raise parser.error("missing-argument", "What is differentiated here?")
    start = parser.place
    body = parser.nested(parser.atom)
    if _takes_the_term(parser, body, wrt):
        parser.place = start
        body = parser._juxtaposed()
        return Deriv(body, wrt, "hessian" if style == "hessian" else "gradient", token.span.to(body.span))
    if not isinstance(body, Sym | Index | Special) and parser.at("^"):  # `\nabla_x \lVert x \rVert^2`: of the square
        power = parser.peek(2) if parser.peek().value == "{" else parser.peek()
        if power.kind == "number":
            body = parser._superscript(body)
    while parser.at("_", "'") or (parser.at("^") and parser.peek().value in ("star", "*")):
        body = parser._subscript(body) if parser.at("_") else _one_mark(parser, body)
    if parser._applies(body):
        body = parser._application(body)
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
        return parser._superscript(body)
    return Post(body, "prime", body.span.to(parser.next().span))


def _sqrt(parser: Parser, token: Token) -> Node:
    order: Node | None = None
    if parser.at("["):
        parser.next()
        order = parser.expression()
        parser.expect("]", "the end of the root's order")
    body = parser._argument()
    span = token.span.to(body.span)
    return Call("sqrt", (body,), span) if order is None else Call("root", (body, order), span)


def _binom(parser: Parser, token: Token) -> Node:
    top = parser._argument()
    bottom = parser._argument()
    return Call("binom", (top, bottom), token.span.to(bottom.span))


def _fenced(name: str, close: str) -> Callable[[Parser, Token], Node]:
    def read(parser: Parser, token: Token) -> Node:
        parser.fences.append(close)
        try:
            body = parser.sequence()
            closed = parser.expect(close, f"`\\{close}`")
        finally:
            parser.fences.pop()
        args = body.items if isinstance(body, Sequence) else (body,)
        if name == "inner" and len(args) != 2:
            raise NotationError("inner-product", token.span.to(closed.span), "An inner product takes two arguments.")
        return Call(name, args, token.span.to(closed.span))

    return read


def _environment(parser: Parser, token: Token) -> Node:
    name = "".join(each.value for each in parser._script_tokens_of_argument())
    if name == "array" and parser.at("{"):
        parser._script_tokens_of_argument()
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
    closing = parser._script_tokens_of_argument()
    span = token.span.to(closing[-1].span if closing else token.span)
    rows = [row for row in rows if any(cell for cell in row)]
    if name in MATRICES:
        return _grid(parser, name, rows, span)
    if name in ("cases", "dcases", "rcases"):
        return _cases(parser, rows, span)
    if name in ("aligned", "split", "gathered", "alignedat", "multlined"):
        flat = [cell_token for row in rows for cell in row for cell_token in cell]
        inner = parser._inner(flat)
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
            inner = parser._inner(cell)
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
        inner = parser._inner(row[0])
        value = inner.expression()
        while inner.accept(",", ";"):
            pass
        rest = [*inner.tokens[inner.place : -1], *[token for cell in row[1:] for token in cell]]
        words = " ".join(token.value for token in rest if token.kind == "text").strip().lower().strip(".,;")
        logic = [token for token in rest if token.kind != "text"]
        while logic and logic[-1].value in (",", ".", ";"):
            logic.pop()
        if logic:
            below = parser._inner(logic)
            branches.append((value, below.finished(below.statement())))
        elif words.startswith(("otherwise", "else", "sonst")) or not rest:
            branches.append((value, None))
        else:
            raise NotationError("case-condition", span, f"The condition “{words}” is not read.")
    if not branches:
        raise NotationError("empty-cases", span, "These cases are empty.")
    return Cases(tuple(branches), span)


def _integral(parser: Parser, token: Token) -> Node:
    low: Node | None = None
    high: Node | None = None
    while parser.at("_", "^"):
        lower = parser.next().value == "_"
        inner = parser._inner(parser._script_tokens())
        bound = inner.finished(inner.expression())
        low, high = (bound, high) if lower else (low, bound)
    variable = _integration_variable(parser)
    if variable is None:
        raise NotationError("no-differential", token.span, "Over what is integrated? End the integral with `\\,dx`.")
    outer, parser.differential = parser.differential, "?"
    try:
        body: Node
        if parser._at_differential() or parser.at("differential"):
            body = Num(Fraction(1), token.span)
        else:
            body = parser.expression()
    finally:
        parser.differential = outer
    if not _is_d(parser.token):
        raise parser.unread()
    parser.next()
    named = parser.atom()
    while parser.at("_"):
        named = parser._subscript(named)
    return Integral(body, name_of(named) or variable, low, high, token.span.to(named.span))


def _integration_variable(parser: Parser) -> str | None:
    depth = 0
    for index in range(parser.place, len(parser.tokens) - 1):
        token, following = parser.tokens[index], parser.tokens[index + 1]
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth < 0:
            return None
        if depth == 0 and _is_d(token) and following.kind in ("letter", "command") and token.value != "partial":
            if token.kind == "letter" and not (token.spaced or token.value != "d" or index == parser.place):
                # `…}dx`: glued to a bracket or a letter; still the differential where nothing else can be
                later = [t for t in parser.tokens[index + 2 :] if t.kind == "letter" and t.value == "d"]
                if later and later[0].spaced:
                    continue
            return following.value
    return None


def _limit(parser: Parser, token: Token) -> Node:
    parser.expect("_", "where the limit is taken")
    inner = parser._inner(parser._script_tokens())
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
    body = parser._signed_product()
    return Limit(body, name, target, side, token.span.to(body.span))  # type: ignore[arg-type]  # one of three


def _arg_extremum(parser: Parser, token: Token) -> Node:
    if parser.at("max", "min"):
        return parser._big("arg" + parser.next().value, token.span)
    raise parser.unread()


def _infinity(parser: Parser, token: Token) -> Node:
    return Special("infinity", None, token.span)


def _ellipsis(parser: Parser, token: Token) -> Node:
    return Special("ellipsis", None, token.span)


def _partial(parser: Parser, token: Token) -> Node:
    r"""`\partial_x f`."""
    if not parser.accept("_"):
        raise NotationError("partial", token.span, "Write `\\frac{\\partial f}{\\partial x}` or `\\partial_x f`.")
    inner = parser._inner(parser._script_tokens())
    below = inner.finished(inner.sequence())
    wrt = below.items if isinstance(below, Sequence) else (below,)
    body = parser.factor()
    return Deriv(body, wrt, "partial", token.span.to(body.span))


def _dotted(parser: Parser, token: Token) -> Node:
    body = parser._argument()
    return Post(body, "dot", token.span.to(body.span))


def _indicator_command(parser: Parser, token: Token) -> Node:
    return parser._indicator(token.span)


def _delta_operator(parser: Parser, token: Token) -> Node:
    raise NotationError("unread-command", token.span, f"`\\{token.value}` is not read.")


def _probability_command(parser: Parser, token: Token) -> Node:
    return parser._probability("P", token.span)


def _expectation_command(parser: Parser, token: Token) -> Node:
    return parser._expectation("E", token.span)


def _reals_command(parser: Parser, token: Token) -> Node:
    return parser._set_letter(["R"], token.span)


def _complement(parser: Parser, token: Token) -> Node:
    body = parser.factor()
    return Logic("not", (body,), token.span.to(body.span))


COMMANDS: dict[str, Callable[[Parser, Token], Node]] = {
    "frac": _frac,
    "nabla": _nabla,
    "sqrt": _sqrt,
    "binom": _binom,
    "langle": _fenced("inner", "rangle"),
    "lfloor": _fenced("floor", "rfloor"),
    "lceil": _fenced("ceil", "rceil"),
    "begin": _environment,
    "int": _integral,
    "lim": _limit,
    "arg": _arg_extremum,
    "argmax": lambda parser, token: parser._big("argmax", token.span),
    "argmin": lambda parser, token: parser._big("argmin", token.span),
    "infty": _infinity,
    "ldots": _ellipsis,
    "partial": _partial,
    "dot": _dotted,
    "ind": _indicator_command,
    "Pr": _probability_command,
    "expectation": _expectation_command,
    "reals": _reals_command,
    "neg": _complement,
}

LAWS = {
    "Bernoulli": "Bernoulli", "Bern": "Bernoulli", "Ber": "Bernoulli", "Uniform": "Uniform", "Unif": "Uniform",
    "U": "Uniform", "Exponential": "Exponential", "Exp": "Exponential", "Expo": "Exponential", "Poisson": "Poisson",
    "Pois": "Poisson", "Poi": "Poisson", "Categorical": "Categorical", "Cat": "Categorical", "Gamma": "Gamma",
    "Beta": "Beta", "Binomial": "Binomial", "Bin": "Binomial", "Geometric": "Geometric", "Geom": "Geometric",
    "Laplace": "Laplace", "Normal": "Normal", "Dirichlet": "Dirichlet", "Rademacher": "Rademacher",
    "Multinomial": "Multinomial", "Geo": "Geometric",
}  # fmt: skip


def parse(tokens: Iterable[Token], names: Names | None = None) -> Node:
    """The tree of a whole formula. Raises NotationError at the first token that cannot be read."""
    parser = Parser(list(tokens), names)
    return parser.finished(parser.statement())
