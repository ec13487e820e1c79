"""A second engine beside the numeric one: the same trees over exact or very precise numbers.

`scalars` holds the numbers (a prime field, fractions, many digits, dual numbers over each), `matrix` the linear algebra
on nested lists, `walk` the meaning of the tree, `points` the values of what a note leaves free, `prove` the comparison
over the prime field and `ladder` the one with ever more digits. What it does not know raises `NotExact`; then the
numeric engine decides alone.
"""

from .ladder import Digits, at_point, values_at_point
from .prove import Proof, prove
from .scalars import NotExact

__all__ = ["Digits", "NotExact", "Proof", "at_point", "prove", "values_at_point"]
