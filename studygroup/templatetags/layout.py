"""The frame of every page. It depends on few things, so it is rendered once for each and kept."""

from functools import lru_cache, partial

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
BODY_FONT_FURTHER = "node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2"
BOOK_FONT = "node_modules/@fontsource/stix-two-text/files/stix-two-text-latin-400-normal.woff2"
BOLD_BOOK_FONT = BOOK_FONT.replace("400", "600")
MATH_FONT = "node_modules/@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"


def address_of(name: str, *args: str) -> str:
    """The address called `name`, or nothing where its room is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def kept(template_name: str, **variables: str) -> SafeString:
    """The template `template_name`, rendered once for each set of variables: for what is the same on every page."""
    return (_render_kept if settings.DEBUG else _kept)(template_name, tuple(sorted(variables.items())))


def _render_kept(template_name: str, variables: tuple[tuple[str, str], ...]) -> SafeString:
    return render_to_string(template_name, dict(variables))


_kept = lru_cache(maxsize=64)(_render_kept)


@register.simple_tag
def address(name: str) -> str:
    """The address called `name`, or nothing; the same in every request."""
    return _kept_address(name)


_kept_address = lru_cache(maxsize=64)(address_of)


@register.filter
def group_address(slug: str) -> str:
    """Where the group called `slug` lives."""
    return _kept_group_address(slug)


_kept_group_address = lru_cache(maxsize=2048)(partial(address_of, "group-home"))


@register.simple_tag(takes_context=True)
def rail_group(context: template.Context) -> object:
    """The group whose places the rail shows: that of the page, else the one last visited."""
    if group := context.get("group"):
        return group
    memberships = list(context.get("nav_memberships") or [])
    return max(memberships, key=lambda each: each.seen_at or each.joined_at).group if memberships else None


@register.simple_tag(takes_context=True)
def rail_nav(context: template.Context, group: object) -> SafeString | str:
    """The places of `group`, the present one marked. Nothing without a group."""
    slug = getattr(group, "slug", "")
    if not slug:
        return ""
    section = context.get("nav_section") or (_section_of(context.get("request")) if context.get("group") else "")
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


@register.simple_tag(takes_context=True)
def page_assets(context: template.Context) -> SafeString:
    """The style sheet, the script and the body font of every page, with its further letters where the reader's own name
    has some: it stands on each of their pages, which would be laid out anew when these letters come late."""
    name = getattr(context.get("user"), "display_name", "")
    return (_render_assets if settings.DEBUG else _kept_assets)(any("\u0100" <= letter <= "\u02ba" for letter in name))


@register.simple_tag
def text_fonts(html: str) -> SafeString:
    """The fonts of a long text, `html`, asked for with the style sheet rather than once that was read: they come while
    the page is read, and it is laid out once, not again for each that comes late."""
    started = _render_fonts if settings.DEBUG else _kept_fonts
    bold = [BOLD_BOOK_FONT] if "</h" in html or "<strong" in html else []
    return started(BOOK_FONT, *bold, *([MATH_FONT] if "<math" in html else []))


def _render_fonts(*fonts: str) -> SafeString:
    vite, parts = DjangoViteAssetLoader.instance(), []
    for font in fonts:
        try:
            address = vite.generate_vite_asset_url(font, app="default")
        except DjangoViteAssetNotFoundError:  # the build renamed it: the page only loses the early start
            continue
        parts.append(format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', address))
    return SafeString("".join(parts))


_kept_fonts = lru_cache(maxsize=8)(_render_fonts)


def _render_assets(further_letters: bool) -> SafeString:
    vite = DjangoViteAssetLoader.instance()
    return format_html(
        '{}{}<link rel="icon" href="{}" type="image/svg+xml"><link rel="apple-touch-icon" href="{}">'
        '<link rel="manifest" href="{}">',
        _render_fonts(BODY_FONT, *([BODY_FONT_FURTHER] if further_letters else [])),
        SafeString(vite.generate_vite_asset("assets/js/main.js", app="default")),
        static("favicon.svg"),
        static("icon-180.png"),
        static("site.webmanifest"),
    )


_kept_assets = lru_cache(maxsize=2)(_render_assets)
