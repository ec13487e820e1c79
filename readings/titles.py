"""Titles with mathematics in them, as HTML."""

import re

from django.utils.html import escape

from mathtext import render

from .bibtex import MATH

_PARAGRAPH = re.compile(r"<p[^>]*>(.*)</p>\s*", re.DOTALL)


def title_html(title: str) -> str:
    r"""`title` for a page: its text escaped, its formulas (`$\ell_2$`, `\(O(n^2)\)`) as MathML.

    A formula that cannot be read stands as its source; the place for correcting it is the form, not each list.
    """
    parts: list[str] = []
    position = 0
    for formula in MATH.finditer(title):
        parts.append(escape(title[position : formula.start()]))
        parts.append(_formula_html(formula.group()))
        position = formula.end()
    parts.append(escape(title[position:]))
    return "".join(parts)


def _formula_html(source: str) -> str:
    rendered = render(source)
    inner = _PARAGRAPH.fullmatch(rendered.html)
    if rendered.problems or inner is None or "<math" not in inner.group(1):
        return f'<span class="tex">{escape(source)}</span>'
    return inner.group(1)
