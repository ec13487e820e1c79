"""The value of an expression at drawn points.

Shapes are those of arrays: a number is 1 by 1, a column n by 1. Dimensions are drawn distinct and never 1, so that what
does not conform clashes, and the clash is reported with the symbols that forced it. What takes "the size that fits"
(`I`, `0`, the ones vector, `e_i`) is evaluated last, with the size its neighbours ask for.
"""

from .conditions import truth_of
from .differentials import increments
from .evaluator import Evaluator
from .indexing import names_in
from .shapes import NOTHING, NeedsSize, ShapeClash, SizeTooSmall, Unsupported, is_number, shape_of
from .sizes import index_value, ranges_of
from .world import Scope, World

__all__ = [
    "NOTHING",
    "Evaluator",
    "NeedsSize",
    "Scope",
    "ShapeClash",
    "SizeTooSmall",
    "Unsupported",
    "World",
    "increments",
    "index_value",
    "is_number",
    "names_in",
    "ranges_of",
    "shape_of",
    "truth_of",
]
