"""Functions of a number, entry by entry, with their slopes."""

from __future__ import annotations

import numpy as np

from .branches import branch
from .dual import (
    Array,
    Dual,
    Undefined,
    Value,
    add,
    const,
    entrywise,
    level_of,
    neg,
    only,
    plain,
    sub,
    times,
    zero_like,
)


def exp(a: Value) -> Value:
    return entrywise(np.exp, exp, a)


def _log(x: Array) -> Array:
    return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan)


def log(a: Value) -> Value:
    return entrywise(_log, reciprocal, a)


def plain_reciprocal(x: Array) -> Array:
    return np.where(x != 0, 1.0 / np.where(x != 0, x, 1.0), np.nan)


def reciprocal(a: Value) -> Value:
    return entrywise(plain_reciprocal, lambda x: neg(times(reciprocal(x), reciprocal(x))), a)


def divide(a: Value, b: Value) -> Value:
    return times(a, reciprocal(b))


def sqrt(a: Value) -> Value:
    def slope(x: Value) -> Value:
        return times(const(0.5), reciprocal(sqrt(x)))

    return entrywise(lambda x: np.where(x >= 0, np.sqrt(np.where(x >= 0, x, 0.0)), np.nan), slope, a)


def sin(a: Value) -> Value:
    return entrywise(np.sin, cos, a)


def cos(a: Value) -> Value:
    return entrywise(np.cos, lambda x: neg(sin(x)), a)


def tanh(a: Value) -> Value:
    return entrywise(np.tanh, lambda x: sub(const(1), times(tanh(x), tanh(x))), a)


def sinh(a: Value) -> Value:
    return entrywise(np.sinh, cosh, a)


def cosh(a: Value) -> Value:
    return entrywise(np.cosh, sinh, a)


def arctan(a: Value) -> Value:
    return entrywise(np.arctan, lambda x: reciprocal(add(const(1), times(x, x))), a)


def arcsin(a: Value) -> Value:
    return entrywise(np.arcsin, lambda x: reciprocal(sqrt(sub(const(1), times(x, x)))), a)


def arccos(a: Value) -> Value:
    return entrywise(np.arccos, lambda x: neg(reciprocal(sqrt(sub(const(1), times(x, x))))), a)


def arctanh(a: Value) -> Value:
    return entrywise(np.arctanh, lambda x: reciprocal(sub(const(1), times(x, x))), a)


def arcsinh(a: Value) -> Value:
    return entrywise(np.arcsinh, lambda x: reciprocal(sqrt(add(const(1), times(x, x)))), a)


def erf(a: Value) -> Value:
    from scipy.special import erf as scipy_erf

    return entrywise(scipy_erf, lambda x: times(const(2 / np.sqrt(np.pi)), exp(neg(times(x, x)))), a)


def gammaln(a: Value) -> Value:
    from scipy.special import gammaln as scipy_gammaln

    def slope(x: Value) -> Value:
        raise Undefined("The derivative of a factorial is not evaluated.")

    return entrywise(scipy_gammaln, slope, a)


def sign(a: Value) -> Value:
    branch(plain(a) > 0, jumps=True)
    return entrywise(np.sign, lambda x: times(const(0), _strip(x)), a)


def step(a: Value) -> Value:
    """1 where positive, 0 where not; constant but for its jump."""
    branch(plain(a) > 0, jumps=True)
    return entrywise(lambda x: (x > 0).astype(float), lambda x: times(const(0), _strip(x)), a)


def absolute(a: Value) -> Value:
    branch(plain(a) > 0)
    return entrywise(np.abs, lambda x: const_like(np.sign(plain(x))), a)


def floor(a: Value) -> Value:
    branch(np.floor(plain(a)) % 2 > 0, jumps=True)
    return entrywise(np.floor, lambda x: times(const(0), _strip(x)), a)


def ceil(a: Value) -> Value:
    branch(np.ceil(plain(a)) % 2 > 0, jumps=True)
    return entrywise(np.ceil, lambda x: times(const(0), _strip(x)), a)


def _strip(x: Value) -> Value:
    return plain(x)


def const_like(x: Array) -> Value:
    return x


def power(a: Value, b: Value) -> Value:
    """Entry-wise power. A whole constant exponent works for every base; another needs a positive one."""
    if not isinstance(b, Dual):
        constant = only(b)
        if constant is not None and constant.is_integer() and abs(constant) <= 64:
            return integer_power(a, int(constant))
        if not isinstance(a, Dual):
            with np.errstate(all="ignore"):
                whole = np.equal(np.mod(b, 1), 0)
                safe = np.where(a > 0, a, 1.0)
                general = np.where(a > 0, np.power(safe, b), np.where(a == 0, np.where(b > 0, 0.0, np.nan), np.nan))
                return np.where(whole, np.power(a.astype(float), np.where(whole, b, 1.0)), general)
        if constant is not None:
            return Dual(power(a.v, b), times(times(b, power(a.v, b - 1)), a.d), a.level)
    return exp(times(b, log(a)))


def integer_power(a: Value, n: int) -> Value:
    if n < 0:
        return reciprocal(integer_power(a, -n))
    result: Value | None = None
    square = a
    while n:
        if n & 1:
            result = square if result is None else times(result, square)
        n >>= 1
        if n:
            square = times(square, square)
    return result if result is not None else linear_ones(a)


def linear_ones(a: Value) -> Value:
    return np.ones_like(plain(a), dtype=float)


def choose(mask: Array, a: Value, b: Value) -> Value:
    """`a` where `mask`, else `b`; tangents follow."""
    branch(mask)
    return pick(mask, a, b)


def pick(mask: Array, a: Value, b: Value) -> Value:
    """`choose` between two ways to one and the same value, which is no branch."""
    la, lb = level_of(a), level_of(b)
    level = max(la, lb)
    if level == 0:
        return np.where(mask, plain(a), plain(b))
    av, ad = (a.v, a.d) if isinstance(a, Dual) and la == level else (a, zero_like(a))
    bv, bd = (b.v, b.d) if isinstance(b, Dual) and lb == level else (b, zero_like(b))
    return Dual(pick(mask, av, bv), pick(mask, ad, bd), level)


def larger(a: Value, b: Value) -> Value:
    return choose(plain(a) >= plain(b), a, b)


def smaller(a: Value, b: Value) -> Value:
    return choose(plain(a) <= plain(b), a, b)
