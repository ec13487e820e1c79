"""A note's text as it stands on every page: one function for saved page, preview and comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.utils.safestring import SafeString

from commons.templatetags.commons import trusted_html
from mathtext import Limits, Macros, Mark, Rendered, Resolver, render

PICTURES = "/pictures/"
LIMITS = Limits()


class FormulaCache:
    """Django's cache behind the one in the process: what one worker has typeset, the others need not."""

    def get_many(self, keys: Iterable[str]) -> Mapping[str, str]:
        return cache.get_many(list(keys))

    def set_many(self, data: Mapping[str, str]) -> object:
        return cache.set_many(dict(data), timeout=7 * 24 * 3600)


_formulas = FormulaCache()


def render_note(
    body: str,
    *,
    anchor_prefix: str = "",
    marks: Sequence[Mark] = (),
    links: Resolver | None = None,
    limits: Limits = LIMITS,
    macros: Macros | None = None,
) -> Rendered:
    """Return `body` as the page shows it. `anchor_prefix` keeps ids apart where two texts stand on one page; `marks`
    point at signs in its displays; `links` says where its `[[…]]` lead, see linking.py; `macros`
    are those of the group, see macros.py."""
    return render(
        body,
        image_prefixes=(PICTURES,),
        limits=limits,
        cache=_formulas,
        anchor_prefix=anchor_prefix,
        marks=marks,
        links=links,
        macros=macros,
    )


def typeset(tex: str, *, macros: Macros | None = None) -> SafeString:
    """Inline mathematics without the paragraph that Markdown puts around it."""
    html = render_note(f"${tex}$", macros=macros).html.strip()
    return trusted_html(re.sub(r"^<p[^>]*>|</p>$", "", html))


def outline_of(rendered: Rendered) -> dict[str, Any]:
    """What the note's margin shows, as JSON."""
    return {
        "equations": [{"number": e.number, "label": e.label, "anchor": e.anchor} for e in rendered.equations],
        "headings": [{"level": h.level, "text": h.text, "anchor": h.anchor} for h in rendered.headings],
        "problems": [{"line": p.line, "source": p.source[:200], "message": p.message} for p in rendered.problems],
    }


def markdownify(text: str) -> str:
    """What django-markdownx calls: the same HTML as the saved page."""
    return render_note(text).html
