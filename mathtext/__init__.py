"""Markdown with LaTeX mathematics in, safe HTML with MathML out. Pure Python, no Django.

>>> from mathtext import render
>>> render("The loss is $L = -\\log p$.").html  # doctest: +SKIP
'<p data-line="1">The loss is <math>…</math>.</p>'
"""

from mathtext.engine import use_temml
from mathtext.marks import Mark
from mathtext.model import Cache, Equation, Heading, Limits, MacroRefused, Macros, Problem, Rendered
from mathtext.references import Linked, Missing, Reference, Resolver, written_name
from mathtext.render import render

__all__ = [
    "Cache",
    "Equation",
    "Heading",
    "Limits",
    "Linked",
    "MacroRefused",
    "Macros",
    "Mark",
    "Missing",
    "Problem",
    "Reference",
    "Rendered",
    "Resolver",
    "render",
    "use_temml",
    "written_name",
]
