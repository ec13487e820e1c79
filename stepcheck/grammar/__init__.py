r"""Tokens to a tree, by recursive descent. Every token is consumed, or a NotationError names the one that was not.

What LaTeX leaves open is decided here by the usual precedence, and by the givens where those decide: `n(x - a)` is a
product when `n` is declared as a number, `f(x - a)` an application when `f` is not. Sources: the conventions of
Goodfellow et al., Bishop, Boyd & Vandenberghe and the Matrix Cookbook, as listed in docs/stepcheck.md.
"""

from .names import Names, name_of, written
from .parser import Parser
from .sets import read_set

__all__ = ["Names", "Parser", "name_of", "read_set", "written"]
