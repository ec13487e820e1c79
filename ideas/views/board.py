"""The board, and what one does to a card on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commons.permissions import require
from ideas.actions import (
    CannotChange,
    CannotMove,
    Place,
    add_idea,
    archive_idea,
    move_idea,
    order_of,
    restore_idea,
    set_vote,
)
from ideas.board import BoardPage, Filters, board_for
from ideas.forms import IdeaForm, QuickIdeaForm
from ideas.models import Idea
from ideas.permissions import can_add_idea, can_edit_idea, can_vote
from members.access import group_or_404
from members.models import Group

from .common import back_to, idea_or_404, say_with_undo, wants_json


@require_GET
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's ideas in their stages; or, by `?show=archived`, those taken off the board."""
    group = group_or_404(request, slug)
    filters = Filters.read(request.GET)
    if filters.archived:
        ideas = list(Idea.objects.archived_in(group).defer("body", "body_html"))
        context = {"ideas": ideas, "filters": filters, "can_write": can_add_idea(request.user, group)}
        return render(request, "ideas/archive.html", context)
    page = _page(request, group, filters)
    template = "ideas/_board.html" if request.htmx else "ideas/board.html"
    return render(request, template, _context(request, group, page))


def _page(request: HttpRequest, group: Group, filters: Filters) -> BoardPage:
    return board_for(group=group, user=request.user, filters=filters, today=timezone.localdate())


def _context(request: HttpRequest, group: Group, page: BoardPage) -> dict[str, object]:
    filters = page.filters
    return {
        "page": page,
        "filters": filters,
        "can_write": can_add_idea(request.user, group),
        "quick_form": QuickIdeaForm(),
        "everyone_href": filters.but(owner=None, mine=False),
        "mine_href": filters.but(owner=None, mine=True),
        "sort_href": filters.but(by_votes=not filters.by_votes),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new idea: by the board's one-line form, or in full."""
    group = group_or_404(request, slug)
    require(can_add_idea(request.user, group), "Observers read the board; ask an organiser for the role of a member.")
    if request.method != "POST":
        return render(request, "ideas/new.html", {"form": IdeaForm(group=group, initial={"owner": request.user})})
    if "quick" in request.POST:
        return _quick(request, group)
    form = IdeaForm(request.POST, group=group)
    if not form.is_valid():
        return render(request, "ideas/new.html", {"form": form}, status=422)
    fields = {name: form.cleaned_data[name] for name in ("title", "body", "owner", "next_step", "next_step_on")}
    idea = add_idea(group=group, by=request.user, now=timezone.now(), **fields)
    messages.success(request, "Idea added to the board.")
    return redirect(idea)


def _quick(request: HttpRequest, group: Group) -> HttpResponse:
    """The board's one-line form: htmx gets the board back, everyone else a page."""
    form = QuickIdeaForm(request.POST)
    filters = Filters.read(request.GET)
    if form.is_valid():
        idea = add_idea(group=group, title=form.cleaned_data["title"], by=request.user, now=timezone.now())
        if not request.htmx:
            messages.success(request, "Idea added to Spark.")
            return redirect(_board_address(group, filters))
        context = _context(request, group, _page(request, group, filters))
        return render(request, "ideas/_board.html", context | {"announce": f"Added “{idea.title}” to Spark."})
    if not request.htmx:
        full = IdeaForm(request.POST, group=group)
        return render(request, "ideas/new.html", {"form": full}, status=422)
    context = _context(request, group, _page(request, group, filters)) | {"quick_form": form}
    return render(request, "ideas/_board.html", context, status=422)


def _board_address(group: Group, filters: Filters) -> str:
    return reverse("ideas:board", args=[group.slug]) + (f"?{filters.query}" if filters.query else "")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move a card: a page with a small form; our script asks for JSON and is told the order that now holds."""
    idea = idea_or_404(request, slug, pk)
    require(can_edit_idea(request.user, idea), "Observers read the board; members move its cards.")
    if request.method != "POST":
        return render(request, "ideas/move.html", {"idea": idea, "stages": Idea.Stage.choices})
    text = " ".join(request.POST.getlist("to"))
    try:
        moved = move_idea(idea=idea, to=Place.read(text), by=request.user, now=timezone.now())
    except CannotMove as reason:
        if wants_json(request):
            return JsonResponse({"text": str(reason), "order": order_of(idea.group)}, status=409)
        context = {"idea": idea, "stages": Idea.Stage.choices, "refused": str(reason)}
        return render(request, "ideas/move.html", context, status=422)
    if wants_json(request):
        answer = {"text": moved.text, "order": moved.order, "version": moved.version, "undo": str(moved.was)}
        return JsonResponse(answer)
    if "undo" in request.POST:
        messages.success(request, f"Move undone. {moved.text}")
    else:
        say_with_undo(request, moved.text, address=request.path, name="to", value=str(moved.was))
    return redirect(back_to(request, idea.group))


@require_POST
def vote(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a vote (`want=1`) or take it back (`want=0`): said outright, so that two taps in two tabs agree."""
    idea = idea_or_404(request, slug, pk)
    require(can_vote(request.user, idea), "Observers read the board; members vote.")
    wanted = request.POST.get("want") != "0"
    try:
        number = set_vote(idea=idea, by=request.user, wanted=wanted, now=timezone.now())
    except CannotChange as reason:
        if wants_json(request):
            return JsonResponse({"text": str(reason)}, status=409)
        messages.error(request, str(reason))
        return redirect(back_to(request, idea.group))
    if wants_json(request):
        votes = "1 vote" if number == 1 else f"{number} votes"
        text = f"You voted for this idea. {votes}." if wanted else f"Vote taken back. {votes}."
        return JsonResponse({"votes": number, "voted": wanted, "text": text})
    return redirect(back_to(request, idea.group))


@require_POST
def archive(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    idea = idea_or_404(request, slug, pk)
    require(can_edit_idea(request.user, idea), "Observers read the board; members archive ideas.")
    archive_idea(idea=idea, by=request.user, now=timezone.now())
    address = reverse("ideas:restore", args=[slug, pk])
    say_with_undo(request, f"Archived “{idea.title}”.", address=address)
    return redirect("ideas:board", slug)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    idea = idea_or_404(request, slug, pk)
    require(can_edit_idea(request.user, idea), "Observers read the board; members bring ideas back.")
    idea = restore_idea(idea=idea, by=request.user, now=timezone.now())
    messages.success(request, f"“{idea.title}” is back in {idea.get_stage_display()}.")
    return redirect("ideas:board", slug)
