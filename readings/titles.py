"""Titles with mathematics in them, as HTML."""

from django.utils.html import escape

from .bibtex import MATH


def title_html(title: str) -> str:
    r"""`title` for a page: its text escaped, its formulas (`$\ell_2$`, `\(O(n^2)\)`) as MathML."""
    parts: list[str] = []
    position = 0
    for formula in MATH.finditer(title):
        parts.append(escape(title[position : formula.start()]))
        parts.append(f'<span class="tex">{escape(formula.group())}</span>')
        position = formula.end()
    parts.append(escape(title[position:]))
    return "".join(parts)
