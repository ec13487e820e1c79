"""A claim as code: each side as a function of NumPy, PyTorch and JAX, from the checker's own tree.

What is offered has shapes in its docstring and a test that runs the sides against each other at points that the checker
drew. Nothing is run here: `points` and what the checker makes of both sides at them come with the code, so that whoever
runs it can compare. No text of the note reaches the code but identifiers made from its letters (`names`).
"""

from .offering import Code, code_of_step
from .printed import CannotPrint

__all__ = ["CannotPrint", "Code", "code_of_step"]
