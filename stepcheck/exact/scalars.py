"""Numbers: a prime field, `fractions.Fraction`, mpmath's at any number of digits, and dual numbers over each.

Whole numbers and fractions that a formula spells out stay `int` and `Fraction` until they meet a number of the field:
what is one of these is known to be constant, and may be an index, an exponent or the bound of a sum. A point whose
values are fractions gives fractions for whatever is rational in them, over every field.

Sources: Schwartz (1980), *Fast probabilistic algorithms for verification of polynomial identities*; Griewank & Walther,
*Evaluating Derivatives*, 2nd ed., ch. 3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any, Protocol

PRIME = 2**61 - 1
HALF = Fraction(1, 2)
MAX_BITS = 8_000  # of a power of a constant
Scalar = Any  # int | Fraction | Mod | Many | Dual: they share + - * and nothing else that a type could say


class NotExact(Exception):
    """This engine does not know; the numeric one decides."""


class Misfit(NotExact):
    """Shapes do not conform, or a shape does not have this operation."""


class Vanished(NotExact):
    """A denominator is zero, or a function has no value, at this point."""


class Mod:
    """An element of the field of PRIME elements."""

    __slots__ = ("n",)

    def __init__(self, n: int) -> None:
        self.n = n % PRIME

    def __add__(self, other: Scalar) -> Scalar:
        n = _residue(other)
        return NotImplemented if n is None else Mod(self.n + n)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Scalar:
        n = _residue(other)
        return NotImplemented if n is None else Mod(self.n - n)

    def __rsub__(self, other: Scalar) -> Scalar:
        n = _residue(other)
        return NotImplemented if n is None else Mod(n - self.n)

    def __mul__(self, other: Scalar) -> Scalar:
        n = _residue(other)
        return NotImplemented if n is None else Mod(self.n * n)

    __rmul__ = __mul__

    def __neg__(self) -> Mod:
        return Mod(-self.n)

    def inverse(self) -> Mod:
        if self.n == 0:
            raise Vanished
        return Mod(pow(self.n, -1, PRIME))

    def __eq__(self, other: object) -> bool:
        n = _residue(other)
        return n is not None and n == self.n

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Mod({self.n})"


def _residue(x: object) -> int | None:
    if isinstance(x, Mod):
        return x.n
    if isinstance(x, int):
        return x % PRIME
    if isinstance(x, Fraction):
        if x.denominator % PRIME == 0:
            raise Vanished
        return x.numerator * pow(x.denominator, -1, PRIME) % PRIME
    return None


class Many:
    """A number of many digits: mpmath's `mpf`, which would meet a `Fraction` in double precision, kept from that."""

    __slots__ = ("context", "x")

    def __init__(self, x: Any, context: Any) -> None:
        self.x, self.context = x, context

    def _other(self, other: object) -> Any:
        if isinstance(other, Many):
            return other.x
        if isinstance(other, int):
            return other
        if isinstance(other, Fraction):
            return self.context.mpf(other.numerator) / other.denominator
        return None

    def __add__(self, other: Scalar) -> Scalar:
        y = self._other(other)
        return NotImplemented if y is None else Many(self.x + y, self.context)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Scalar:
        y = self._other(other)
        return NotImplemented if y is None else Many(self.x - y, self.context)

    def __rsub__(self, other: Scalar) -> Scalar:
        y = self._other(other)
        return NotImplemented if y is None else Many(y - self.x, self.context)

    def __mul__(self, other: Scalar) -> Scalar:
        y = self._other(other)
        return NotImplemented if y is None else Many(self.x * y, self.context)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> Scalar:
        y = self._other(other)
        if y == 0:
            raise Vanished
        return NotImplemented if y is None else Many(self.x / y, self.context)

    def __neg__(self) -> Many:
        return Many(-self.x, self.context)

    def __abs__(self) -> Many:
        return Many(abs(self.x), self.context)

    def __floordiv__(self, other: int) -> Many:
        return Many(self.context.floor(self.x / other), self.context)

    def __int__(self) -> int:
        return int(self.x)

    def __eq__(self, other: object) -> bool:
        y = self._other(other)
        return y is not None and bool(self.x == y)

    def __lt__(self, other: Scalar) -> bool:
        return bool(self.x < self._other(other))

    def __gt__(self, other: Scalar) -> bool:
        return bool(self.x > self._other(other))

    def __le__(self, other: Scalar) -> bool:
        return bool(self.x <= self._other(other))

    def __ge__(self, other: Scalar) -> bool:
        return bool(self.x >= self._other(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Many({self.x})"


class Dual:
    """A number with its derivatives in some directions. `level` tells nested differentiations apart; the value and the
    derivatives may be dual numbers of a lower level."""

    __slots__ = ("d", "level", "v")

    def __init__(self, v: Scalar, d: dict[int, Scalar], level: int) -> None:
        self.v, self.d, self.level = v, d, level

    def __add__(self, other: Scalar) -> Scalar:
        above = _level(other)
        if above > self.level:
            return Dual(self + other.v, other.d, above)
        if above < self.level:
            return Dual(self.v + other, self.d, self.level)
        return Dual(self.v + other.v, _joined(self.d, other.d), self.level)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.v, {way: -each for way, each in self.d.items()}, self.level)

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Scalar:
        return -self + other

    def __mul__(self, other: Scalar) -> Scalar:
        above = _level(other)
        if above > self.level:
            return Dual(self * other.v, _scaled(other.d, self), above)
        if above < self.level:
            return Dual(self.v * other, _scaled(self.d, other), self.level)
        return Dual(self.v * other.v, _joined(_scaled(self.d, other.v), _scaled(other.d, self.v)), self.level)

    __rmul__ = __mul__


def _level(x: Scalar) -> int:
    return x.level if isinstance(x, Dual) else 0


def _joined(a: dict[int, Scalar], b: dict[int, Scalar]) -> dict[int, Scalar]:
    made = dict(a)
    for way, each in b.items():
        made[way] = made[way] + each if way in made else each
    return made


def _scaled(d: dict[int, Scalar], by: Scalar) -> dict[int, Scalar]:
    return {way: each * by for way, each in d.items()}


def plain(x: Scalar) -> Scalar:
    """The number without any derivatives."""
    while isinstance(x, Dual):
        x = x.v
    return x


class Field(Protocol):
    """What the evaluator asks of a kind of number besides + - *."""

    def reciprocal(self, x: Scalar) -> Scalar: ...

    def comparable(self, x: Scalar) -> Scalar:
        """`x` without derivatives, as what can be compared with others. Raises NotExact where nothing can."""

    def is_lost(self, x: Scalar, beside: Scalar) -> bool:
        """Whether `x` is zero, or nothing but round-off beside numbers of the size of `beside`."""

    def call(self, name: str, x: Scalar) -> Scalar:
        """A function of one number that has no derivatives. Raises NotExact where it is unknown, Vanished where it has
        no value."""


class PrimeField:
    """The field of PRIME elements. A function it cannot have is a free symbol: a random number fixed by the argument.

    What holds with free symbols holds for the functions as well; what does not may still be true of them, so `opaque`
    says that a difference found here means nothing. `exp(-u)` is the reciprocal of `exp(u)`, and sine and cosine lie on
    the circle. `relaxed` names the symbols that were drawn freer than the note says, to the same effect.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.opaque: set[str] = set()
        self.relaxed: set[str] = set()
        self.atoms: dict[tuple[str, int], Mod] = {}

    def reciprocal(self, x: Scalar) -> Scalar:
        if isinstance(x, Mod):
            return x.inverse()
        if x == 0:
            raise Vanished
        return 1 / Fraction(x)

    def comparable(self, x: Scalar) -> Scalar:
        number = plain(x)
        if isinstance(number, Mod):
            raise NotExact
        return number

    def is_lost(self, x: Scalar, beside: Scalar) -> bool:
        return bool(plain(x) == 0)

    def call(self, name: str, x: Scalar) -> Scalar:
        known = _known_value(name, x)
        if known is not None:
            return known
        n = _residue(x)
        assert n is not None
        self.opaque.add(name)
        match name:
            case "exp":
                made = self._atom("exp", min(n, PRIME - n))
                return made if n <= PRIME - n else made.inverse()
            case "sin" | "cos":
                t = self._atom("circle", min(n, PRIME - n))
                below = (t * t + 1).inverse()
                if name == "cos":
                    return (1 - t * t) * below
                return 2 * t * below if n <= PRIME - n else -2 * t * below
            case "log" | "sqrt" | "erf" | "arctan" | "arcsin" | "arccos":
                return self._atom(name, n)
            case _:
                raise NotExact

    def _atom(self, name: str, n: int) -> Mod:
        key = (name, n)
        if key not in self.atoms:
            digest = hashlib.blake2b(f"{self.seed}/{name}/{n}".encode(), digest_size=16).digest()
            self.atoms[key] = Mod(int.from_bytes(digest, "big"))
        return self.atoms[key]


class Reals:
    """mpmath's numbers with `digits` decimal digits, in a context of their own."""

    def __init__(self, digits: int) -> None:
        self.context = _context(digits)
        self.digits = digits

    def number(self, x: Scalar) -> Many:
        """`x` as a number of many digits: exactly, if it is a float."""
        return Many(self.raw(x), self.context)

    def raw(self, x: Scalar) -> Any:
        """The same as mpmath has it."""
        if isinstance(x, Many):
            return x.x
        if isinstance(x, Fraction):
            return self.context.mpf(x.numerator) / x.denominator
        return self.context.mpf(x)

    def reciprocal(self, x: Scalar) -> Scalar:
        if x == 0:
            raise Vanished
        return Many(1 / x.x, self.context) if isinstance(x, Many) else 1 / Fraction(x)

    def comparable(self, x: Scalar) -> Scalar:
        return plain(x)

    def is_lost(self, x: Scalar, beside: Scalar) -> bool:
        return bool(abs(self.raw(plain(x))) * 10 ** (self.digits - 8) <= abs(self.raw(plain(beside))))

    def call(self, name: str, x: Scalar) -> Scalar:
        known = _known_value(name, x)
        if known is not None:
            return known
        value = self.raw(x)
        if abs(value) > 10**6 and name in ("exp", "sinh", "cosh", "sin", "cos", "gamma"):
            raise NotExact
        if (name == "log" and value <= 0) or (name == "sqrt" and value < 0):
            raise Vanished
        if name in ("arcsin", "arccos") and abs(value) > 1:
            raise Vanished
        if name not in _MPMATH:
            raise NotExact
        try:
            return Many(getattr(self.context, _MPMATH[name])(value), self.context)
        except (ValueError, ZeroDivisionError, OverflowError) as nothing:
            raise Vanished from nothing


_MPMATH = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "arctan": "atan", "arcsin": "asin",
    "arccos": "acos", "erf": "erf", "sinh": "sinh", "cosh": "cosh", "gamma": "gamma",
}  # fmt: skip


@cache
def _context(digits: int) -> Any:
    from mpmath import MPContext  # when a step first asks for it: it is slow to import

    context = MPContext()
    context.dps = digits
    return context


def _known_value(name: str, x: Scalar) -> Scalar | None:
    """The rational values of functions at constants."""
    if not isinstance(x, int | Fraction):
        return None
    if name == "sqrt" and x >= 0:
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        return root if root * root == x else None
    if x == 0 and name in ("exp", "cos", "cosh"):
        return 1
    if (x == 0 and name in ("sin", "arctan", "arcsin", "erf", "sinh")) or (x == 1 and name == "log"):
        return 0
    return None


# -- operations that know about derivatives ----------------------------------------------------------------------------


def reciprocal(field: Field, x: Scalar) -> Scalar:
    if isinstance(x, Dual):
        v = reciprocal(field, x.v)
        return Dual(v, _scaled(x.d, -(v * v)), x.level)
    return field.reciprocal(x)


def divide(field: Field, a: Scalar, b: Scalar) -> Scalar:
    return a * reciprocal(field, b)


def _bits(x: int | Fraction) -> int:
    return max(x.numerator.bit_length(), x.denominator.bit_length())


def power(field: Field, x: Scalar, n: int) -> Scalar:
    """A whole power. A negative one of zero raises Vanished."""
    if isinstance(x, int | Fraction) and _bits(x) * abs(n) > MAX_BITS:
        raise NotExact
    if n < 0:
        return reciprocal(field, power(field, x, -n))
    made: Scalar = 1
    square = x
    while n:
        if n & 1:
            made = square * made
        n >>= 1
        if n:
            square = square * square
    return made


def apply(field: Field, name: str, x: Scalar) -> Scalar:
    """A function of one number, with its derivatives."""
    if not isinstance(x, Dual):
        return field.call(name, x)
    v = apply(field, name, x.v)
    slope = _SLOPES.get(name)
    if slope is None:
        raise NotExact
    return Dual(v, _scaled(x.d, slope(field, x.v, v)), x.level)


_SLOPES: dict[str, Callable[[Field, Scalar, Scalar], Scalar]] = {
    "exp": lambda _, x, y: y,
    "log": lambda field, x, y: reciprocal(field, x),
    "sqrt": lambda field, x, y: reciprocal(field, 2 * y),
    "sin": lambda field, x, y: apply(field, "cos", x),
    "cos": lambda field, x, y: -apply(field, "sin", x),
    "sinh": lambda field, x, y: apply(field, "cosh", x),
    "cosh": lambda field, x, y: apply(field, "sinh", x),
    "arctan": lambda field, x, y: reciprocal(field, x * x + 1),
    "erf": lambda field, x, y: 2 * apply(field, "exp", -(x * x)) * reciprocal(field, apply(field, "sqrt", pi(field))),
    "arcsin": lambda field, x, y: reciprocal(field, apply(field, "sqrt", 1 - x * x)),
    "arccos": lambda field, x, y: -reciprocal(field, apply(field, "sqrt", 1 - x * x)),
}


def pi(field: Field) -> Scalar:
    return 4 * field.call("arctan", 1)


def composed(field: Field, name: str, x: Scalar) -> Scalar:
    """Functions made of others, one formula each; where digits are many, none of them needs care."""

    def exp(y: Scalar) -> Scalar:
        return apply(field, "exp", y)

    match name:
        case "tan":
            return divide(field, apply(field, "sin", x), apply(field, "cos", x))
        case "cot":
            return divide(field, apply(field, "cos", x), apply(field, "sin", x))
        case "sec":
            return reciprocal(field, apply(field, "cos", x))
        case "csc":
            return reciprocal(field, apply(field, "sin", x))
        case "sinh":
            return (exp(x) - exp(-x)) * HALF
        case "cosh":
            return (exp(x) + exp(-x)) * HALF
        case "tanh":
            return divide(field, exp(x) - exp(-x), exp(x) + exp(-x))
        case "coth":
            return divide(field, exp(x) + exp(-x), exp(x) - exp(-x))
        case "sech":
            return divide(field, 2, exp(x) + exp(-x))
        case "sigmoid":
            return reciprocal(field, exp(-x) + 1)
        case "softplus":
            return apply(field, "log", exp(x) + 1)
        case "logit":
            return apply(field, "log", divide(field, x, 1 - x))
        case "arctanh":
            return apply(field, "log", divide(field, 1 + x, 1 - x)) * HALF
        case "arcsinh":
            return apply(field, "log", x + apply(field, "sqrt", x * x + 1))
        case _:
            return apply(field, name, x)


__all__ = [
    "HALF", "PRIME", "Dual", "Field", "Misfit", "Mod", "NotExact", "PrimeField", "Reals", "Scalar",
    "Vanished", "apply", "composed", "divide", "pi", "plain", "power", "reciprocal",
]  # fmt: skip
