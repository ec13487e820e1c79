"""The frozen tree of an expression. Every node keeps its span, so that any answer can point into the note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Literal, get_args

from .errors import Span


@dataclass(frozen=True, slots=True)
class Num:
    """A literal number."""

    value: Fraction
    span: Span


@dataclass(frozen=True, slots=True)
class Sym:
    r"""A name as written, fonts and accents included: `x`, `\mathbf{x}`, `\hat{x}`, `x^{\star}`, `\eta_{\max}`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Special:
    r"""A constant whose size or meaning the context gives: `I`, `0` in bold, `\mathbf{1}`, `e_i`, infinity."""

    kind: Literal["identity", "zeros", "ones", "basis", "infinity", "ellipsis"]
    size: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    r"""`x_i`, `A_{ij}`, `(AB)_{ij}`, `x^{(i)}`: an entry, a member of a family, or part of a name; resolved later."""

    base: Node
    indices: tuple[Node, ...]
    style: Literal["sub", "sup"]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A named operation applied to arguments: `f(x)`, `log`, `tr`, `norm2`. `name` is canonical (see grammar)."""

    name: str
    args: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Apply:
    """A parenthesised group behind something that may be a function or a factor: decided by the givens."""

    head: Node
    args: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Add:
    """A sum of signed terms."""

    terms: tuple[tuple[int, Node], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mul:
    """A product, left to right: numbers, matrices and vectors alike."""

    factors: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Div:
    top: Node
    bottom: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Pow:
    base: Node
    exponent: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Post:
    """Transpose, inverse, pseudo-inverse, factorial, prime derivative."""

    base: Node
    kind: Literal["transpose", "inverse", "inverse-transpose", "pinv", "factorial", "prime", "dot"]
    span: Span


@dataclass(frozen=True, slots=True)
class Infix:
    """An entry-wise, Kronecker or other explicit operation between two things."""

    kind: Literal["hadamard", "kron", "hdiv", "cross"]
    left: Node
    right: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Binder:
    r"""What a big operator runs over: `i=1` to `n`; `i`; `i \ne j`; `x \in S`."""

    names: tuple[str, ...]
    low: Node | None
    high: Node | None
    condition: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Big:
    """Sum, product, extremum or argument of an extremum over binders."""

    kind: Literal["sum", "prod", "max", "min", "argmax", "argmin", "sup", "inf"]
    binder: Binder
    body: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Integral:
    body: Node
    name: str
    low: Node | None
    high: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Limit:
    body: Node
    name: str
    target: Node
    side: Literal["both", "left", "right"]
    span: Span


@dataclass(frozen=True, slots=True)
class Deriv:
    r"""`\frac{\partial body}{\partial w}`, `\nabla_w body`, `\nabla^2 body`; `wrt` empty: its own argument."""

    body: Node
    wrt: tuple[Node, ...]
    style: Literal["partial", "gradient", "hessian", "laplacian"]
    span: Span


@dataclass(frozen=True, slots=True)
class At:
    r"""`body \Big|_{x=a}`."""

    body: Node
    names: tuple[str, ...]
    values: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Grid:
    """A literal matrix."""

    rows: tuple[tuple[Node, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with their conditions; a condition of None is `otherwise`."""

    branches: tuple[tuple[Node, Node | None], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Expect:
    """An expectation, variance or covariance, possibly under a named law and given something."""

    kind: Literal["E", "Var", "Cov"]
    args: tuple[Node, ...]
    given: tuple[Node, ...]
    under: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Prob:
    """A probability of an event, or a density or mass function, possibly conditional."""

    name: str
    events: tuple[Node, ...]
    given: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Info:
    """Entropy, cross-entropy, KL divergence, mutual information."""

    kind: Literal["H", "KL", "I", "JS"]
    args: tuple[Node, ...]
    given: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Law:
    """A named law with its parameters, `\\mathcal{N}(\\mu, \\Sigma)`; with `point`, its density there."""

    name: str
    params: tuple[Node, ...]
    point: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Relation:
    """Two or more sides joined by relation signs: `a = b <= c`."""

    sides: tuple[Node, ...]
    signs: tuple[str, ...]
    sign_spans: tuple[Span, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Logic:
    r"""`L \implies R`, `L \iff R`, and within events `\cup`, `\cap`, complement, a comma."""

    kind: Literal["implies", "iff", "and", "or", "not"]
    parts: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    r"""A comma list: `x, y`, `x_1, \dots, x_n`, `(a, b)`, `\{0, 1\}` with `braces`."""

    items: tuple[Node, ...]
    brackets: str
    span: Span


@dataclass(frozen=True, slots=True)
class SetOf:
    r"""A set that symbols are declared to be in: the reals with dimensions, the simplex, an interval, …"""

    kind: str
    dims: tuple[Node, ...]
    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Words:
    """Text inside mathematics that a condition or a remark holds."""

    text: str
    span: Span


Node = (
    Num | Sym | Special | Index | Call | Apply | Add | Mul | Div | Pow | Post | Infix | Big | Integral | Limit | Deriv
    | At | Grid | Cases | Expect | Prob | Info | Law | Relation | Logic | Sequence | SetOf | Words
)  # fmt: skip


_BELOW: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if "Node" in str(field.type) or field.type == "Binder")
    for kind in get_args(Node)
}


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`, in the order they were written."""
    found: list[Node] = []
    for name in _BELOW[type(node)]:
        _gather(getattr(node, name), found)
    return found


def _gather(value: object, found: list[Node]) -> None:
    kind = type(value)
    if kind in _BELOW:
        found.append(value)  # type: ignore[arg-type]  # the kinds of nodes are the keys
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, found)
    elif isinstance(value, Binder):
        found += [part for part in (value.low, value.high, value.condition) if part is not None]


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, parents first."""
    stack: list[Node] = [node]
    while stack:
        top = stack.pop()
        yield top
        stack += reversed(children(top))


def depth_of(node: Node) -> int:
    """How many nodes stand one below the other."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [each for above in level for each in children(above)]
    return deepest
