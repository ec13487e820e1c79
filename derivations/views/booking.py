"""The cookbook as a PDF: asked for here, made by a worker, kept for all of the group."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from commons.ratelimits import TooMany, count_against
from derivations.actions import ask_for_book, contents_of
from derivations.models import Book
from members.access import group_or_404
from members.models import Group, User

from .exporting import attached

BOOKS_A_MINUTE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the PDF is, and where to get it. POST asks for it, unless it is there as the cookbook stands."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    if request.method == "POST":
        try:
            count_against(f"book:{user.pk}", limit=BOOKS_A_MINUTE, seconds=60)
            if contents_of(group)[1]:
                ask_for_book(group=group, by=user, now=timezone.now())
        except TooMany as refusal:
            messages.error(request, str(refusal))
        return redirect("derivations:book", slug)
    return render(request, "derivations/book.html", {"nav_section": "derivations", **_state(group)})


@require_safe
def book_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a fragment of the page, which asks for it while a worker is at it."""
    return render(request, "derivations/_book.html", _state(group_or_404(request, slug)))


@require_safe
def cookbook_as_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The last PDF that was made; where there is none, the page to ask for it."""
    group = group_or_404(request, slug)
    made = Book.objects.filter(group=group, state=Book.State.DONE).first()
    if made is None:
        return redirect("derivations:book", slug)
    return attached(bytes(made.data), "application/pdf", f"cookbook-{group.slug}.pdf")


def _state(group: Group) -> dict[str, Any]:
    books = Book.objects.filter(group=group).defer("data").select_related("asked_by").annotate(size=Length("data"))
    latest, made = None, None
    for each in books[:5]:  # one that is made, and one after it that is not, at most
        latest = latest or each
        if each.state == Book.State.DONE:
            made = made or each
    contents, statements = contents_of(group)
    return {
        "group": group,
        "statements": statements,
        "waiting": latest if latest and latest.state == Book.State.WAITING else None,
        "failed": latest if latest and latest.state == Book.State.FAILED else None,
        "made": made,
        "is_current": made is not None and made.contents == contents,
    }
