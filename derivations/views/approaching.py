"""Several derivations of one statement: their list, their page, and how they come to stand together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.permissions import require
from derivations.actions import (
    CannotApproach,
    add_approach,
    move_approach,
    part_approaches,
    remove_approach,
    rename_approach,
    rename_statement,
    share_statement,
)
from derivations.approaching import other_approaches, shown_approaches
from derivations.linking import NoteLinks
from derivations.macros import macros_of
from derivations.models import Approach, Note, SharedStatement
from derivations.permissions import can_arrange_approaches, can_edit_note
from derivations.rendering import render_note
from members.access import group_or_404
from members.models import Group, User

from .finding import note_or_404

FOUND = 12
OBSERVERS = "Observers read notes."


def _statement_or_404(request: HttpRequest, slug: str, pk: int) -> SharedStatement:
    group = group_or_404(request, slug)
    statement = get_object_or_404(SharedStatement, pk=pk, group=group)
    statement.group = group
    return statement


@require_safe
def approaches(request: HttpRequest, slug: str) -> HttpResponse:
    """The statements that the group derives in several ways."""
    group = group_or_404(request, slug)
    alive = Q(approaches__note__deleted_at=None)
    statements = SharedStatement.objects.filter(group=group).annotate(
        ways=Count("approaches", filter=alive),
        failing=Count("approaches", filter=alive & Q(approaches__note__steps_fail__gt=0)),
        reviewed=Count("approaches", filter=alive & Q(approaches__note__status=Note.Status.REVIEWED)),
    )
    page = Paginator(statements.order_by("title", "pk"), 30).get_page(request.GET.get("page"))
    return render(request, "derivations/approaches.html", {"nav_section": "derivations", "page": page})


@require_safe
def approach(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The ways to one statement side by side; `?q=` looks for a note to add."""
    return _page(request, _statement_or_404(request, slug, pk))


def _page(request: HttpRequest, statement: SharedStatement, *, status: int = 200, refusal: str = "") -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    can_arrange = can_arrange_approaches(user, statement.group)
    ways = shown_approaches(statement)
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    candidates: list[Note] = []
    if can_arrange:
        notes = Note.objects.of(statement.group).exclude(approaches__statement=statement).for_rows()
        candidates = list((notes.matching(words) if words else notes)[:FOUND])
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "statement": statement,
        "text_html": _typeset(statement) if statement.text else "",
        "ways": ways,
        "kinds": Approach.Kind.choices,
        "can_arrange": can_arrange,
        "candidates": candidates,
        "words": words,
        "refusal": refusal,
    }
    return render(request, "derivations/approach.html", context, status=status)


def _typeset(statement: SharedStatement) -> str:
    group = statement.group
    return render_note(statement.text, links=NoteLinks(group), macros=macros_of(group)).html


@require_http_methods(["GET", "HEAD", "POST"])
def approach_note(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Another approach to what a note derives: name the statement, then add the other ways on its page."""
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "checked_html", "outline"))
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), OBSERVERS)
    said = {"title": note.title, "kind": "", "label": "", "text": ""}
    refusal = ""
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in said}
        try:
            statement = share_statement(note=note, by=user, now=timezone.now(), **said)
        except CannotApproach as reason:
            refusal = str(reason)
        else:
            messages.success(request, "Now add another approach: a note that is there, or a new one.")
            return redirect(f"{reverse('derivations:approach', args=[slug, statement.pk])}#add")
    context = {
        "nav_section": "derivations",
        "note": note,
        "said": said,
        "kinds": Approach.Kind.choices,
        "statements": other_approaches(note),
        "refusal": refusal,
    }
    return render(request, "derivations/approach_note.html", context, status=422 if refusal else 200)


@require_POST
def add_way(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a note stand with the others. `note` is its key, or `new` for one that is to be written."""
    statement = _statement_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_arrange_approaches(user, statement.group), OBSERVERS)
    kind, label = request.POST.get("kind", ""), request.POST.get("label", "")
    if request.POST.get("note") == "new":
        query = urlencode({"approach": str(statement.pk), "kind": kind, "label": label[:60]})
        return redirect(f"{reverse('derivations:new', args=[slug])}?{query}")
    note = _note(request.POST.get("note", ""), statement.group)
    if note is None:
        return _page(request, statement, status=422, refusal="Choose a note.")
    try:
        add_approach(statement=statement, note=note, kind=kind, label=label, by=user)
    except CannotApproach as reason:
        return _page(request, statement, status=422, refusal=str(reason))
    messages.success(request, f"“{note.title}” stands with the others.")
    return redirect(statement)


def _note(text: str, group: Group) -> Note | None:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return None
    return Note.objects.of(group).filter(pk=int(text)).first()


@require_POST
def arrange_way(request: HttpRequest, slug: str, pk: int, approach_pk: int) -> HttpResponse:
    """Move one of the ways (`do=earlier`, `later`), take it out (`remove`), or say anew what kind it is (`rename`)."""
    statement = _statement_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_arrange_approaches(user, statement.group), OBSERVERS)
    way = get_object_or_404(Approach.objects.select_related("statement"), pk=approach_pk, statement=statement)
    try:
        match request.POST.get("do"):
            case "earlier":
                move_approach(approach=way, by_places=-1, by=user)
            case "later":
                move_approach(approach=way, by_places=1, by=user)
            case "remove":
                if remove_approach(approach=way, by=user) is None:
                    messages.success(request, "That was the last approach, so the page is gone too. The note stays.")
                    return redirect("derivations:approaches", slug=slug)
                messages.success(request, "The note stands by itself again.")
                return redirect(statement)
            case _:
                rename_approach(
                    approach=way, kind=request.POST.get("kind", ""), label=request.POST.get("label", ""), by=user
                )
    except CannotApproach as reason:
        return _page(request, statement, status=422, refusal=str(reason))
    return redirect(f"{reverse('derivations:approach', args=[slug, pk])}#way-{way.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def rename_ways(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What the notes derive, in other words."""
    statement = _statement_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_arrange_approaches(user, statement.group), OBSERVERS)
    said, refusal = {"title": statement.title, "text": statement.text}, ""
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in said}
        try:
            rename_statement(statement=statement, by=user, **said)
        except CannotApproach as reason:
            refusal = str(reason)
        else:
            return redirect(statement)
    context = {"nav_section": "derivations", "statement": statement, "said": said, "refusal": refusal}
    return render(request, "derivations/approach_rename.html", context, status=422 if refusal else 200)


@require_POST
def part_ways(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    statement = _statement_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_arrange_approaches(user, statement.group), OBSERVERS)
    part_approaches(statement=statement, by=user)
    messages.success(request, "The notes stand by themselves again; each is where it was.")
    return redirect("derivations:approaches", slug=slug)


def join_new_note(request: HttpRequest, note: Note, by: User) -> SharedStatement | None:
    """Let a note that was just written stand with the others that `?approach=` of its form names."""
    text = request.GET.get("approach", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return None
    statement = SharedStatement.objects.filter(pk=int(text), group=note.group_id).first()
    if statement is None:
        return None
    kind = request.GET.get("kind", "")
    kind = kind if kind in Approach.Kind.values else Approach.Kind.OTHER
    try:
        add_approach(statement=statement, note=note, kind=kind, label=request.GET.get("label", ""), by=by)
    except CannotApproach as reason:
        messages.warning(request, f"The note was posted, and stands by itself: {reason}")
        return None
    return statement
