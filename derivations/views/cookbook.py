"""The group's cookbook: what was derived, reviewed and holds, by topic, to search and to take along."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commons.paging import IndexPaginator, KeyPaginator
from commons.ratelimits import TooMany, count_against
from derivations.cookbook import cookbook_latex, cookbook_markdown
from derivations.models import Statement
from derivations.permissions import can_write_notes
from mathtext.fragments import symbols, tokens
from members.access import group_or_404
from members.models import Group, User

from .exporting import attached

PAGE_SIZE = 30
MOST_TOPICS = 40
BOOKS_A_MINUTE = 10
KINDS = {"words": "Words", "symbol": "A symbol", "tex": "A piece of TeX"}


def kind_of(query: str) -> str:
    """What someone seems to look for who has not said it: `\\\\Sigma` a symbol, `A^{-1}` TeX, `gradient` words."""
    if len(tokens(query)) == 1 and symbols(query):
        return "symbol"
    return "tex" if any(sign in query for sign in "\\^_{=") else "words"


@require_safe
def cookbook(request: HttpRequest, slug: str) -> HttpResponse:
    """Statements in the order of the book, 30 a page. `?q=` looks for words, a symbol or TeX, as `?by=` says."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    query, by, topic = (request.GET.get(name, "").replace("\0", "").strip()[:200] for name in ("q", "by", "topic"))
    by = by if by in KINDS else ""
    found = Statement.objects.of(group)
    if topic:
        found = found.filter(topic=topic)
    looked_for = (by or kind_of(query)) if query else ""
    match looked_for:
        case "words":
            found = found.with_words(query)
        case "symbol":
            found = found.with_symbol(query)
        case "tex":
            found = found.with_fragment(query)
    shown = found.select_related("text", "note").only("number", "topic", "text", "note__title", "note__group_id")
    paginator = KeyPaginator if looked_for else IndexPaginator
    page = paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    topics = list(
        Statement.objects.of(group)
        .order_by("topic")
        .values_list("topic")
        .annotate(count=Count("*"))
        .exclude(topic="")[:MOST_TOPICS]
    )

    def address(**changed: str) -> str:
        chosen = {"q": query, "by": by, "topic": topic, **changed}
        said = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{said}" if said else "?"

    context: dict[str, Any] = {
        "nav_section": "derivations",
        "page": page,
        "query": query,
        "by": by,
        "topic": topic,
        "looked_for": KINDS.get(looked_for, "").lower(),
        "address": address().lstrip("?"),
        "is_filtered": bool(query or topic),
        "kinds": [("", "Whatever it is", not by), *((value, label, by == value) for value, label in KINDS.items())],
        "topic_chips": [("All topics", address(topic=""), not topic)]
        + [(f"{name} ({count})", address(topic=name), topic == name) for name, count in topics],
        "can_write": can_write_notes(user, group),
    }
    template = (
        "derivations/_cookbook.html" if request.htmx and not request.htmx.boosted else "derivations/cookbook.html"
    )  # type: ignore[attr-defined]  # django-htmx
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


@require_safe
def cookbook_as_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    return _book(request, slug, "md", "text/markdown")


@require_safe
def cookbook_as_latex(request: HttpRequest, slug: str) -> HttpResponse:
    return _book(request, slug, "tex", "application/x-tex")


def _book(request: HttpRequest, slug: str, ending: str, kind: str) -> HttpResponse:
    """The whole cookbook as one document."""
    group: Group = group_or_404(request, slug)
    site, now = request.build_absolute_uri("/").rstrip("/"), timezone.now()
    try:
        count_against(f"cookbook:{request.user.pk}", limit=BOOKS_A_MINUTE, seconds=60)
    except TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect("derivations:cookbook", slug)
    book = cookbook_markdown(group, site=site) if ending == "md" else cookbook_latex(group, site=site, now=now)
    return attached(book, kind, f"cookbook-{group.slug}.{ending}")
