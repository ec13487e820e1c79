"""The frame of every page. It depends on few things, so it is rendered once for each and kept."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

register = template.Library()

# section, name of the address, word, icon, key after `g`. The first four stand in the bottom bar of a phone.
PLACES = [
    ("home", "group-home", "This week", "home", "w"),
    ("sessions", "sessions:list", "Sessions", "calendar", "s"),
    ("readings", "readings:list", "Readings", "book-open", "r"),
    ("derivations", "derivations:list", "Derivations", "sigma", "d"),
    ("ideas", "ideas:board", "Ideas", "lightbulb", "i"),
    ("members", "members:list", "Members", "users", "m"),
]
PLACES_BELOW = [
    ("reminders", "reminders:log", "Accountability", "activity", "a"),
    ("settings", "members:settings", "Settings", "settings", "e"),
]
BODY_FONT = "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"


def address_of(name: str, *args: str) -> str:
    """The address called `name`, or nothing where its room is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def rail_nav(context: template.Context) -> SafeString | str:
    """The places of the group on this page, the present one marked. Nothing outside a group."""
    group = context.get("group")
    slug = getattr(group, "slug", "")
    if not slug:
        return ""
    section = context.get("nav_section") or _section_of(context.get("request"))
    return (_render_rail if settings.DEBUG else _kept_rail)(slug, section)


def _section_of(request: object) -> str:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    if match.url_name == "group-home":
        return "home"
    if match.view_name == "members:settings":
        return "settings"
    return str(match.namespace)


def _render_rail(slug: str, section: str) -> SafeString:
    def shown(places: list[tuple[str, str, str, str, str]]) -> list[dict[str, object]]:
        return [
            {"url": url, "word": word, "icon": icon, "key": key, "is_here": name == section}
            for name, address, word, icon, key in places
            if (url := address_of(address, slug))
        ]

    places = shown(PLACES)
    bar, rest, below = places[:4], places[4:], shown(PLACES_BELOW)
    context = {"bar": bar, "rest": rest, "below": below, "more_is_here": any(each["is_here"] for each in rest + below)}
    return render_to_string("layout/_rail_nav.html", context)


_kept_rail = lru_cache(maxsize=2048)(_render_rail)


@register.simple_tag
def page_assets() -> SafeString:
    """The style sheet, the script and the body font of every page."""
    return (_render_assets if settings.DEBUG else _kept_assets)()


def _render_assets() -> SafeString:
    vite = DjangoViteAssetLoader.instance()
    try:
        font = vite.generate_vite_asset_url(BODY_FONT, app="default")
    except DjangoViteAssetNotFoundError:  # the build renamed it: the page only loses the early start
        preload = format_html("")
    else:
        preload = format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', font)
    return format_html(
        '{}{}<link rel="icon" href="{}" type="image/svg+xml"><link rel="apple-touch-icon" href="{}">'
        '<link rel="manifest" href="{}">',
        preload,
        SafeString(vite.generate_vite_asset("assets/js/main.js", app="default")),
        static("favicon.svg"),
        static("icon-180.png"),
        static("site.webmanifest"),
    )


_kept_assets = lru_cache(maxsize=1)(_render_assets)
