"""Functions of a number, applied entry by entry. A new one is one entry of ENTRYWISE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stepcheck import values as v
from stepcheck.values import Value


def sigmoid(x: Value) -> Value:
    half = v.times(v.const(0.5), x)
    return v.times(v.const(0.5), v.add(v.const(1), v.tanh(half)))


def softplus(x: Value) -> Value:
    def slope(y: Value) -> Value:
        return sigmoid(y)

    return v.entrywise(lambda a: np.logaddexp(0, a), slope, x)


ENTRYWISE: dict[str, Callable[[Value], Value]] = {
    "log": v.log,
    "exp": v.exp,
    "sqrt": v.sqrt,
    "sin": v.sin,
    "cos": v.cos,
    "tan": lambda x: v.divide(v.sin(x), v.cos(x)),
    "cot": lambda x: v.divide(v.cos(x), v.sin(x)),
    "sec": lambda x: v.reciprocal(v.cos(x)),
    "csc": lambda x: v.reciprocal(v.sin(x)),
    "sinh": v.sinh,
    "cosh": v.cosh,
    "tanh": v.tanh,
    "coth": lambda x: v.reciprocal(v.tanh(x)),
    "sech": lambda x: v.reciprocal(v.cosh(x)),
    "arcsin": v.arcsin,
    "arccos": v.arccos,
    "arctan": v.arctan,
    "arctanh": v.arctanh,
    "arcsinh": v.arcsinh,
    "erf": v.erf,
    "sign": v.sign,
    "relu": lambda x: v.times(v.step(x), x),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logit": lambda x: v.log(v.divide(x, v.sub(v.const(1), x))),
    "floor": v.floor,
    "ceil": v.ceil,
}
