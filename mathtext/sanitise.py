"""The last wall: whatever the renderer put out, only this list of elements and attributes reaches a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HTML = _words(
    "a blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr img li ol p pre s section small span strong sub sup "
    "table tbody td th thead tr ul"
)
# MathML Core, and `menclose` for \cancel. Neither `maction` nor `annotation-xml` (HTML may stand in it); no `href`.
_MATHML = _words(
    "math annotation semantics menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot "
    "mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_MATHML_ATTRIBUTES = set(
    _words(
        "accent accentunder columnspan columnalign depth display displaystyle fence form height largeop linethickness "
        "lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowspan rspace "
        "scriptlevel separator stretchy symmetric voffset width class id encoding"
    )
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "data-line"},
    "a": {"href", "title", "class", "id", "aria-label"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start", "class"},
    "td": {"align", "class"},
    "th": {"align", "class", "scope"},
    "div": {"tabindex", "class"},
    "pre": {"tabindex"},
    "span": {"tabindex", "role", "aria-label", "class"},
    **dict.fromkeys(_MATHML, _MATHML_ATTRIBUTES),
    "mo": _MATHML_ATTRIBUTES | {"tabindex", "aria-label"},
}
# The words before a hyphen that the renderer and Temml use: a note may not take on the look of the page around it.
_CLASS = re.compile(
    r"(?:math|tml|m|wbk|chr|ff|ref|task|table|footnote|footnotes|language|eq|align|upstrike|downstrike|sout|menclose|mathcal|mathscr|"
    r"longdiv|phasor|circle|textcircle|actuarial|contains|footnotes|text|oldstylenums|special|bcancel|katex)(?:-[\w-]+)?$"
)
_ID = re.compile(r"(?:[\w-]{0,24}-)?(?:s|eq|eqn|fn|fnref|step)-?[\w:.-]*$")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}$|[a-zA-Z]{1,30}$|rgba?\([\d.,% ]{1,40}\)$")


def sanitise(html: str, *, image_prefixes: Sequence[str]) -> str:
    """Return `html` with nothing in it but text, links, pictures of ours and mathematics."""

    def keep(element: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(name for name in value.split() if _CLASS.match(name)) or None
        if attribute == "id":
            return value if _ID.match(value) else None
        if attribute == "src":
            return value if value.startswith(tuple(image_prefixes)) else None
        if attribute in ("mathcolor", "mathbackground"):
            return value if _COLOUR.match(value) else None
        return value

    return nh3.clean(
        html,
        tags=set(_HTML | _MATHML),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        strip_comments=True,
        link_rel="nofollow noopener",
        url_schemes={"http", "https", "mailto"},
    )
