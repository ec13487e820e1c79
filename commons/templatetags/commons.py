"""Template tags that every room uses; loaded as builtins."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode, url
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from commons.time import local_text, relative_text, zone_name

register = template.Library()


@register.simple_tag
def when(at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """`in 3 days`, with the exact local time and its zone in the title, for those who look closer."""
    if at is None:
        return ""
    here = timezone.get_current_timezone()
    now = (now or timezone.now()).astimezone(here)
    # Digits, the names of days and months, a zone's letters: nothing to escape, on pages that say the hour forty times.
    return SafeString(
        f'<time datetime="{at.isoformat()}" title="{local_text(at, here, year=True)}">{relative_text(at, now)}</time>'
    )


@register.simple_tag
def local(at: datetime | None, year: bool = False) -> SafeString | str:
    """`Tue 24 Nov, 19:00 CET` on the reader's wall clock."""
    if at is None:
        return ""
    here = timezone.get_current_timezone()
    return SafeString(f'<time datetime="{at.isoformat()}">{local_text(at, here, year=year)}</time>')  # as in `when`


@register.simple_tag
def current_zone() -> str:
    """`Europe/Berlin (CET)`: the zone in which this page shows its times."""
    place = timezone.get_current_timezone_name().replace("_", " ")
    letters = zone_name(timezone.localtime())
    return place if place == letters else f"{place} ({letters})"


class RememberedURLNode(URLNode):
    """Django's `{% url %}` with a memory: addresses never change, and a page asks for a hundred of them."""

    def render(self, context: template.Context) -> str:
        if self.asvar or self.kwargs:
            return super().render(context)
        name = self.view_name.resolve(context)
        address = _address(name, tuple(arg.resolve(context) for arg in self.args))
        return conditional_escape(address) if context.autoescape else address


_address = lru_cache(maxsize=8192)(lambda name, args: reverse(name, args=args))


@register.tag("url")
def remembered_url(parser: Parser, token: Token) -> URLNode:
    node = url(parser, token)
    return RememberedURLNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon from the built sprite, hidden from screen readers: a word always stands beside it."""
    return (_draw_icon if settings.DEBUG else _kept_icon)(name, extra)


def _draw_icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        name,
    )


_kept_icon = lru_cache(maxsize=1024)(_draw_icon)  # lists draw the same few icons hundreds of times


@register.filter
def trusted_html(html: str) -> SafeString:
    """HTML that `mathtext.render` made and sanitised when its text was saved. Nothing else may pass through here."""
    return mark_safe(html)  # noqa: S308  # only columns named *_html, which actions fill from mathtext.render
