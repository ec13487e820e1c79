"""Trees as SymPy expressions that we build, and the question whether two of them are one: the worker of `second`.

Nothing is parsed: SymPy sees no text of a note. Vectors and matrices are explicit, with a symbol an entry, at the sizes
of one draw. What is not translated raises Untranslatable, and then SymPy says nothing.

Run as `python -m stepcheck.symbolic` it reads pickled questions from standard input and answers on standard output.
Both ends are ours; the worker limits its own memory, and its parent stops it.
"""

from __future__ import annotations

import pickle
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from .model import Definition
from .tree import (
    Add,
    Apply,
    Big,
    Call,
    Deriv,
    Div,
    Grid,
    Index,
    Infix,
    Integral,
    Limit,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Special,
    Sym,
)  # fmt: skip

Answer = Literal["equal", "different", "unknown"]
MEMORY_BYTES = 2 * 1024**3  # of address space, of which SymPy itself takes a part
LARGEST_POWER = 40
READY = b"ready"
HEADER = struct.Struct(">I")


class Untranslatable(Exception):
    """Notation that has no SymPy expression here."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A free letter: its size at the sizes chosen (1 by 1: a number) and what SymPy may assume of each entry."""

    rows: int
    cols: int
    assumptions: tuple[str, ...] = ("real",)
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `left sign right`. `complete`: the letters carry all that the givens say, so a difference counts."""

    left: Node
    right: Node
    sign: str
    letters: dict[str, Letter]
    sizes: dict[str, int]
    definitions: dict[str, Definition]
    complete: bool


# -- trees to SymPy ---------------------------------------------------------------------------------------------------


class Translator:
    """Translates trees of one question. A number is a SymPy expression, anything else a SymPy matrix."""

    def __init__(self, question: Question) -> None:
        import sympy  # half a second, which only the worker has

        self.s: Any = sympy
        self.question = question
        self.letters = {name: self._letter(name, letter) for name, letter in question.letters.items()}
        self.depth = 0

    def _letter(self, name: str, letter: Letter) -> Any:
        s = self.s
        assumed = dict.fromkeys(letter.assumptions, True)
        if (letter.rows, letter.cols) == (1, 1):
            return s.Symbol(name, **assumed)

        def entry(r: int, c: int) -> Any:
            r, c = int(r), int(c)
            props = letter.properties
            if "diagonal" in props and r != c:
                return s.Integer(0)
            if ("upper-triangular" in props and r > c) or ("lower-triangular" in props and r < c):
                return s.Integer(0)
            if "antisymmetric" in props:
                if r == c:
                    return s.Integer(0)
                return s.Symbol(f"{name}[{min(r, c)},{max(r, c)}]", **assumed) * (1 if r < c else -1)
            if props & {"symmetric", "spd", "psd"}:
                r, c = min(r, c), max(r, c)
            return s.Symbol(f"{name}[{r},{c}]", **assumed)

        return s.Matrix(letter.rows, letter.cols, entry)

    def is_matrix(self, x: Any) -> bool:
        return isinstance(x, self.s.MatrixBase)

    def translate(self, node: Node, scope: dict[str, Any]) -> Any:
        self.depth += 1
        if self.depth > 4000:
            raise Untranslatable
        match node:
            case Num(value):
                return self.s.Rational(value.numerator, value.denominator)
            case Sym(name):
                return self._symbol(name, scope)
            case Add(terms):
                parts = [self.translate(term, scope) * sign for sign, term in terms]
                if len({self._shape(part) for part in parts}) > 1:
                    raise Untranslatable
                return self._sum(parts)
            case Mul(factors):
                total = self.translate(factors[0], scope)
                for factor in factors[1:]:
                    total = self._product(total, self.translate(factor, scope))
                return total
            case Div(top, bottom):
                return self.translate(top, scope) / self._number(bottom, scope)
            case Pow(base, exponent):
                return self._power(base, exponent, scope)
            case Post():
                return self._post(node, scope)
            case Infix(kind, left, right) if kind == "hadamard":
                a, b = self.translate(left, scope), self.translate(right, scope)
                if not (self.is_matrix(a) and self.is_matrix(b) and a.shape == b.shape):
                    raise Untranslatable
                return a.multiply_elementwise(b)
            case Grid(rows):
                return self.s.Matrix([[self._number(cell, scope) for cell in row] for row in rows])
            case Index():
                return self._index(node, scope)
            case Special(kind, size) if kind in ("identity", "zeros", "ones") and size is not None:
                n = self._whole(size, scope)
                return {"identity": self.s.eye(n), "zeros": self.s.zeros(n, 1), "ones": self.s.ones(n, 1)}[kind]
            case Call():
                return self._call(node, scope)
            case Apply(Sym(name), args):
                return self._apply(name, [self.translate(each, scope) for each in args])
            case Big():
                return self._big(node, scope)
            case Deriv():
                return self._derivative(node, scope)
            case Integral(body, name, low, high) if low is not None and high is not None:
                x = self.s.Symbol(f"{name}'", real=True)
                ends = (self._end(low, scope), self._end(high, scope))
                made = self.s.integrate(self._number(body, {**scope, name: x}), (x, *ends))
                if made.has(self.s.Integral, self.s.Piecewise):
                    raise Untranslatable
                return made
            case Limit(body, name, target, side):
                x = self.s.Symbol(f"{name}'", real=True)
                way = {"both": "+-", "left": "-", "right": "+"}[side]
                end = self._end(target, scope)
                made = self.s.limit(self._number(body, {**scope, name: x}), x, end, way if end.is_finite else "-")
                if made.has(self.s.Limit, self.s.AccumBounds):
                    raise Untranslatable
                return made
            case _:
                raise Untranslatable

    def _shape(self, x: Any) -> tuple[int, int]:
        return x.shape if self.is_matrix(x) else (1, 1)

    def _sum(self, parts: list[Any]) -> Any:
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def _product(self, a: Any, b: Any) -> Any:
        if self.is_matrix(a) and self.is_matrix(b):
            if a.shape == (1, 1) or b.shape == (1, 1):
                return (a[0] * b) if a.shape == (1, 1) else (a * b[0])
            if a.shape[1] != b.shape[0]:
                raise Untranslatable
            made = a * b
            return made[0] if made.shape == (1, 1) else made
        return a * b

    def _number(self, node: Node, scope: dict[str, Any]) -> Any:
        made = self.translate(node, scope)
        if self.is_matrix(made):
            raise Untranslatable
        return made

    def _whole(self, node: Node, scope: dict[str, Any]) -> int:
        made = self._number(node, scope)
        if not (made.is_Integer and abs(int(made)) <= 1000):
            raise Untranslatable
        return int(made)

    def _end(self, node: Node, scope: dict[str, Any]) -> Any:
        if isinstance(node, Special) and node.kind == "infinity":
            return self.s.oo
        if isinstance(node, Add) and len(node.terms) == 1:
            sign, term = node.terms[0]
            return self._end(term, scope) * sign
        return self._number(node, scope)

    def _symbol(self, name: str, scope: dict[str, Any]) -> Any:
        if name in scope:
            return scope[name]
        definition = self.question.definitions.get(name)
        if definition is not None:
            if definition.params or definition.indices or definition.entrywise:
                raise Untranslatable
            return self.translate(definition.body, {})
        if name in self.question.sizes:
            return self.s.Integer(self.question.sizes[name])
        if name in self.letters:
            return self.letters[name]
        if name in ("e", "\\pi"):
            return self.s.E if name == "e" else self.s.pi
        raise Untranslatable

    def _index(self, node: Index, scope: dict[str, Any]) -> Any:
        if node.style != "sub" or not isinstance(node.base, Sym) or node.base.name in self.question.definitions:
            raise Untranslatable
        base = self.translate(node.base, scope)
        places = [self._whole(each, scope) - 1 for each in node.indices]
        if not self.is_matrix(base) or any(place < 0 for place in places):
            raise Untranslatable
        if len(places) == 1 and base.shape[1] == 1:
            places.append(0)
        if len(places) != 2 or places[0] >= base.shape[0] or places[1] >= base.shape[1]:
            raise Untranslatable
        return base[places[0], places[1]]

    def _power(self, base: Node, exponent: Node, scope: dict[str, Any]) -> Any:
        if isinstance(base, Sym) and base.name == "e" and "e" not in self.letters:
            return self.s.exp(self._number(exponent, scope))
        a, b = self.translate(base, scope), self._number(exponent, scope)
        if b.is_number and abs(b) > LARGEST_POWER:
            raise Untranslatable
        if self.is_matrix(a) and not (b.is_Integer and a.shape[0] == a.shape[1] and abs(b) <= 4):
            raise Untranslatable
        return a**b

    def _post(self, node: Post, scope: dict[str, Any]) -> Any:
        if node.kind in ("transpose", "inverse", "inverse-transpose"):
            a = self.translate(node.base, scope)
            if not self.is_matrix(a):
                return a if node.kind == "transpose" else 1 / a
            if node.kind == "transpose":
                return a.T
            if a.shape[0] != a.shape[1] or a.shape[0] > 3:
                raise Untranslatable
            inverse = a.adjugate() / a.det()
            return inverse.T if node.kind == "inverse-transpose" else inverse
        if node.kind == "factorial":
            return self.s.factorial(self._number(node.base, scope))
        raise Untranslatable

    def _call(self, node: Call, scope: dict[str, Any]) -> Any:
        s = self.s
        args = [self.translate(each, scope) for each in node.args]
        if len(args) == 1 and not self.is_matrix(args[0]) and node.name in _OF_A_NUMBER:
            return _OF_A_NUMBER[node.name](s, args[0])
        match node.name, args:
            case "tr", [a] if self.is_matrix(a) and a.shape[0] == a.shape[1]:
                return a.trace()
            case (("det" | "bars"), [a]) if self.is_matrix(a) and a.shape[0] == a.shape[1] <= 4:
                return a.det()
            case (("norm" | "norm2"), [a]) if self.is_matrix(a) and a.shape[1] == 1:
                return s.sqrt(self._sum([each**2 for each in a]))
            case "normF", [a] if self.is_matrix(a):
                return s.sqrt(self._sum([each**2 for each in a]))
            case "inner", [a, b] if self.is_matrix(a) and self.is_matrix(b) and a.shape == b.shape:
                return self._sum([x * y for x, y in zip(a, b, strict=True)])
            case "diag", [a] if self.is_matrix(a) and a.shape[1] == 1:
                return s.diag(*a)
            case "binom", [n, k] if not self.is_matrix(n) and not self.is_matrix(k):
                return s.binomial(n, k)
            case _:
                raise Untranslatable

    def _apply(self, name: str, args: list[Any]) -> Any:
        definition = self.question.definitions.get(name)
        if definition is None or len(definition.params) != len(args) or definition.entrywise:
            raise Untranslatable
        return self.translate(definition.body, dict(zip(definition.params, args, strict=True)))

    def _big(self, node: Big, scope: dict[str, Any]) -> Any:
        binder = node.binder
        if node.kind not in ("sum", "prod") or len(binder.names) != 1 or binder.condition is not None:
            raise Untranslatable
        if binder.low is None or binder.high is None:
            raise Untranslatable
        name = binder.names[0]
        low, high = self._end(binder.low, scope), self._end(binder.high, scope)
        if low.is_Integer and high.is_Integer and high - low < 12:
            parts = [
                self.translate(node.body, {**scope, name: self.s.Integer(k)}) for k in range(int(low), int(high) + 1)
            ]
            if not parts:
                raise Untranslatable
            if node.kind == "sum":
                return self._sum(parts)
            return self.s.prod([self._scalar(part) for part in parts])
        k = self.s.Symbol(f"{name}'", integer=True)
        body = self._number(node.body, {**scope, name: k})
        made = (self.s.summation if node.kind == "sum" else self.s.product)(body, (k, low, high))
        if made.has(self.s.Sum, self.s.Product, self.s.Piecewise):
            raise Untranslatable
        return made

    def _scalar(self, x: Any) -> Any:
        if self.is_matrix(x):
            raise Untranslatable
        return x

    def _derivative(self, node: Deriv, scope: dict[str, Any]) -> Any:
        """Of a number, by numbers, or the gradient by one vector. A letter that a definition hides is not free."""
        letters = [self._free(each, scope) for each in node.wrt]
        body = self._number(node.body, scope)
        if node.style == "partial" and letters and not any(self.is_matrix(each) for each in letters):
            for letter in reversed(letters):
                body = self.s.diff(body, letter)
            return body
        if node.style in ("partial", "gradient") and len(letters) == 1 and self.is_matrix(letters[0]):
            entries = list(letters[0])
            if letters[0].shape[1] != 1 or len(set(entries)) != len(entries):
                raise Untranslatable
            return self.s.Matrix([self.s.diff(body, each) for each in entries])
        raise Untranslatable

    def _free(self, node: Node, scope: dict[str, Any]) -> Any:
        if not isinstance(node, Sym) or node.name in scope or node.name not in self.letters:
            raise Untranslatable
        if node.name in self.question.definitions:
            raise Untranslatable
        return self.letters[node.name]


def _sympy(name: str) -> Callable[[Any, Any], Any]:
    """The SymPy function of this name, of one number."""
    return lambda s, x: getattr(s, name)(x)


_SAME = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "sign",
    "floor", "erf",
)  # fmt: skip
_OF_A_NUMBER: dict[str, Callable[[Any, Any], Any]] = {
    **{name: _sympy(name) for name in _SAME},
    **{"arc" + name: _sympy("a" + name) for name in ("sin", "cos", "tan", "tanh", "sinh")},
    **dict.fromkeys(("bars", "abs", "norm", "norm2"), _sympy("Abs")),
    "ceil": _sympy("ceiling"),
    "tr": lambda s, x: x,
    "sigmoid": lambda s, x: 1 / (1 + s.exp(-x)),
    "softplus": lambda s, x: s.log(1 + s.exp(x)),
}


# -- deciding ---------------------------------------------------------------------------------------------------------


def decide(question: Question) -> Answer:
    """What SymPy says of the claim. `different` only where the letters carry all that the givens say."""
    translator = Translator(question)
    try:
        left, right = translator.translate(question.left, {}), translator.translate(question.right, {})
    except Untranslatable:
        return "unknown"
    if translator._shape(left) != translator._shape(right):
        return "unknown"
    pairs = list(zip(left, right, strict=True)) if translator.is_matrix(left) else [(left, right)]
    answers = [_of_numbers(translator.s, a, b, question.sign) for a, b in pairs]
    if all(answer == "equal" for answer in answers):
        return "equal"
    if question.complete and "different" in answers:
        return "different"
    return "unknown"


def _differs_somewhere(s: Any, gap: Any) -> bool:
    """Whether the gap is a number other than 0 at one of a few plain values that the letters' assumptions allow."""
    letters = sorted(gap.free_symbols, key=str)
    if any(letter.is_integer for letter in letters):
        return False
    for turn in range(4):
        values = {}
        for place, letter in enumerate(letters):
            plain = (s.Rational(2), s.Rational(1, 3), s.Rational(5, 4))[(turn + place) % 3]
            values[letter] = plain if letter.is_nonnegative or (turn + place) % 2 else -plain
        at = gap.subs(values)
        if at.is_number and at.is_nonzero:
            return True
    return False


def _of_numbers(s: Any, a: Any, b: Any, sign: str) -> Answer:
    gap = s.simplify(a - b) if sign == "=" else s.simplify(b - a if sign in ("<=", "<") else a - b)
    if gap.has(s.nan, s.zoo, s.oo):
        return "unknown"
    if sign == "=":
        if gap == 0:
            return "equal"
        if gap.is_number and gap.is_nonzero:
            return "different"
        s.core.random.seed(0)  # `equals` tries points of its own, and must try the same ones each time
        said = gap.equals(0)
        if said is None and _differs_somewhere(s, gap):
            return "different"
        return "unknown" if said is None else "equal" if said else "different"
    if sign in ("<=", ">="):
        met = gap.is_nonnegative or s.factor(gap).is_nonnegative
        return "equal" if met else "different" if gap.is_negative else "unknown"
    if sign in ("<", ">"):
        met = gap.is_positive or s.factor(gap).is_positive
        return "equal" if met else "different" if gap.is_nonpositive else "unknown"
    return "unknown"


# -- the worker -------------------------------------------------------------------------------------------------------


def serve(inlet: BinaryIO, outlet: BinaryIO) -> None:
    """Answer questions until the parent closes its end. An exception of SymPy is an `unknown`."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.setrecursionlimit(5000)
    import sympy  # noqa: F401  # before it says that it is ready

    outlet.write(READY.ljust(16))
    outlet.flush()
    while len(head := inlet.read(HEADER.size)) == HEADER.size:
        question = pickle.loads(inlet.read(HEADER.unpack(head)[0]))  # noqa: S301  # our own parent wrote it
        try:
            answer = decide(question)
        except Exception:  # whatever SymPy raises, and it raises many things, it has not said anything
            answer = "unknown"
        outlet.write(answer.encode().ljust(16))
        outlet.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
