"""Tables shifted and scaled to the moments that a note declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.evaluate import Scope, Unsupported
from stepcheck.model import Model, Symbol
from stepcheck.tree import Node, Num
from stepcheck.values import Array

if TYPE_CHECKING:
    from stepcheck.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Moments:
    mean: Node | None
    variance: Node | None


_MEAN = re.compile(r"\b(?:means?|expectations?)\s*$", re.I)
_VARIANCE = re.compile(r"\b(?:variances?|covariances?)\s*$", re.I)


def moments_of(model: Model, name: str) -> Moments | None:
    return model.moments.get(name)


def with_moments(
    model: Model, evaluator: Evaluator, symbol: Symbol, label: str, x: Array, weights: Array, points: int
) -> Array:
    """Shift and scale a table so that its mean and (co)variance are those given."""
    moments = moments_of(model, symbol.name)
    w = weights[:, :, None, None]
    mean = (w * x).sum(axis=1, keepdims=True)
    if moments is None:
        return x - mean if "zero-mean" in symbol.properties else x
    rows = x.shape[-2]
    scope = Scope()
    index = label.partition("\x00")[2]
    centred = x - mean
    if moments.variance is not None:
        given = v.plain(evaluator.value(_at(moments.variance, index), scope, (rows, rows)))
        wanted = _fitted(_full(given, rows), (points, 1, rows, rows), symbol, moments.variance)
        if rows == 1:
            variance = (w * centred**2).sum(axis=1, keepdims=True)
            centred = centred * np.sqrt(wanted / variance)
        else:
            cov = np.einsum("pa,pai,paj->pij", weights, centred[..., 0], centred[..., 0])[:, None]
            centred = np.linalg.cholesky(wanted) @ np.linalg.solve(np.linalg.cholesky(cov), centred)
    if moments.mean is not None:
        if _zero(moments.mean):
            return np.asarray(centred)
        target = v.plain(evaluator.value(_at(moments.mean, index), scope, (rows, 1)))
        return np.asarray(centred + _fitted(target, (points, 1, rows, 1), symbol, moments.mean))
    return np.asarray(centred + mean) if "zero-mean" not in symbol.properties else centred


def _full(a: Array, rows: int) -> Array:
    """A number as the variance of each entry: that multiple of the identity."""
    return a * np.eye(rows) if a.shape[-2:] == (1, 1) and rows > 1 else a


def _fitted(a: Array, shape: tuple[int, ...], symbol: Symbol, moment: Node) -> Array:
    """`a` at all points. Raises Unsupported where it has another shape than the variable asks for."""
    if a.shape[-2:] not in ((1, 1), shape[-2:]):
        asked, given = (f"{rows} by {cols}" for rows, cols in (shape[-2:], a.shape[-2:]))
        raise Unsupported(
            "moment", moment.span, f"This moment of `{symbol.name}` is {given}; it would have to be {asked}."
        )
    return np.broadcast_to(a, shape)


def _zero(node: Node) -> bool:
    return isinstance(node, Num) and node.value == 0


def _at(node: Node, index: str) -> Node:
    return node
