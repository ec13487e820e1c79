"""An idea's words as HTML: rendered when they are saved, printed as they are."""

from __future__ import annotations

import re
import secrets

from django.core.cache import cache
from django.utils.html import escape

import mathtext

_MATH = re.compile(r"(?<![\\$])\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?![\d$])")
_PARAGRAPH = re.compile(r"\A<p[^>]*>(.*)</p>\s*\Z", re.DOTALL)


def title_html(title: str) -> str:
    """Return a title with its `$…$` as MathML. Nothing else of Markdown is read: `1. Why *depth*?` stays as typed."""
    parts = []
    end = 0
    for found in _MATH.finditer(title):
        parts += [_text(title[end : found.start()]), _formula(found.group())]
        end = found.end()
    return "".join([*parts, _text(title[end:])])


def body_html(text: str) -> str:
    """Return Markdown with math as safe HTML. Anchors are unlike those of any other text on the page."""
    if not text.strip():
        return ""
    return mathtext.render(text, cache=cache, heading_shift=2, anchor_prefix=f"t{secrets.token_hex(3)}-").html


def _text(text: str) -> str:
    return str(escape(text.replace(r"\$", "$")))


def _formula(source: str) -> str:
    html = mathtext.render(source, cache=cache).html
    paragraph = _PARAGRAPH.match(html.strip())
    return paragraph.group(1) if paragraph else _text(source)
