"""The symbol ledger."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from derivations.symbols import SORTS, find_places, ledger_of
from members.access import group_or_404

PAGE_SIZE = 30


@require_safe
def symbols(request: HttpRequest, slug: str) -> HttpResponse:
    """Which letter means what in which note: filters and order in the address, 30 letters a page."""
    group = group_or_404(request, slug)
    words = request.GET.get("q", "").strip()[:200]
    only_clashes = request.GET.get("clashes") == "1"
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "letter"
    letters = ledger_of(group, words=words, only_clashes=only_clashes, sort=sort)
    page = Paginator(letters, PAGE_SIZE).get_page(request.GET.get("page"))
    find_places(page.object_list, group)
    chosen = {"q": words, "clashes": "1" if only_clashes else "", "sort": "" if sort == "letter" else sort}

    def address(**changed: str) -> str:
        query = urlencode({name: value for name, value in {**chosen, **changed}.items() if value})
        return f"?{query}" if query else "?"

    context = {
        "nav_section": "derivations",
        "page": page,
        "words": words,
        "only_clashes": only_clashes,
        "sort": sort,
        "query": address().lstrip("?"),
        "is_filtered": bool(words or only_clashes),
        "clashing": sum(1 for letter in letters if letter.clashes),
        "clash_chips": [
            ("Every letter", address(clashes=""), not only_clashes),
            ("Clashes only", address(clashes="1"), only_clashes),
        ],
        "sort_chips": [
            (label, address(sort="" if name == "letter" else name), sort == name) for name, label in SORTS.items()
        ],
    }
    template = "derivations/_symbols.html" if request.htmx and not request.htmx.boosted else "derivations/symbols.html"  # type: ignore[attr-defined]  # django-htmx
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response
