r"""Expectations, probabilities and information, exact on finite joint laws.

Everything random lives on one finite set of atoms with exact weights: a generic variable is a table of values, a named
continuous law its quadrature nodes (exact for polynomials of the degree in question, to about 1e-12 for exponentials),
a counting law its values up to a tail below 1e-16. Variables are dependent unless the note says otherwise. Events of a
continuous variable are measured in quantile space by root finding. Monte Carlo is never used.

Sources: Golub & Welsch (1969) for the Gauss rules; Cover & Thomas, *Elements of Information Theory*, 2nd ed., ch. 2, 8.
"""

from .dependence import Apart
from .drawing import draw_laws
from .evaluation import probable
from .indicators import indicator_of, speaks_of_events
from .moments import Moments
from .tables import draw_tables, evaluate_table, letters_of

__all__ = [
    "Apart", "Moments", "draw_laws", "draw_tables", "evaluate_table", "indicator_of", "letters_of", "probable",
    "speaks_of_events",
]  # fmt: skip
