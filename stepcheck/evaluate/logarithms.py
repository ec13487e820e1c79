r"""Logarithms of what is too small for a number: `\log \mathcal{N}(x; \mu, \sigma^2)` far out, `p \log p` in a tail.

Where the value under a logarithm is zero, or is no number, its logarithm is taken part by part: of a product as a sum,
of an exponential as its exponent, of a density as its log density.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepcheck import values as v
from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Call, Div, Law, Mul, Node, Pow, Sym
from stepcheck.values import Value

from .world import Scope

if TYPE_CHECKING:
    from .evaluator import Evaluator


def logarithm(evaluator: Evaluator, node: Node, inner: Value, scope: Scope) -> Value:
    """log of `node`, whose value is the number `inner`."""
    made = v.log(inner)
    plain = v.plain(inner)
    lost = ~np.isfinite(plain) | (plain == 0)
    if not lost.any() or not isinstance(node, Call | Pow | Mul | Div | Law | Sym | Apply):
        return made
    return v.pick(lost, _by_parts(evaluator, node, scope), made)


def _by_parts(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    definitions = evaluator.model.definitions
    match node:
        case Call(name="exp"):
            return evaluator.value(node.args[0], scope)
        case Pow(base=Sym(name="e")) if "e" not in evaluator.model.symbols and "e" not in definitions:
            return evaluator.value(node.exponent, scope)
        case Pow():
            return v.times(evaluator.value(node.exponent, scope), _by_parts(evaluator, node.base, scope))
        case Mul(factors=factors):
            total = _by_parts(evaluator, factors[0], scope)
            for factor in factors[1:]:
                total = v.add(total, _by_parts(evaluator, factor, scope))
            return total
        case Div(top, bottom):
            return v.sub(_by_parts(evaluator, top, scope), _by_parts(evaluator, bottom, scope))
        case Law() if node.point is not None and node.name == "Normal":
            from stepcheck.probability.laws import log_density  # which rests on this package

            return log_density(evaluator, node, scope)
        case Sym(name=name) if name in definitions and name not in scope.bound and not definitions[name].params:
            return _by_parts(evaluator, definitions[name].body, scope)
        case Apply(head=head, args=args) if (name_of(head) or "") in definitions:
            definition = definitions[name_of(head) or ""]
            if len(definition.params) == len(args):
                values = [evaluator.value(each, scope) for each in args]
                inner = scope.with_names(dict(zip(definition.params, values, strict=True)))
                return _by_parts(evaluator, definition.body, inner)
    return v.log(evaluator.value(node, scope))
