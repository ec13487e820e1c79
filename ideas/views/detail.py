"""One idea: its page, its form, its links."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commons.panels import panels_for
from commons.permissions import require
from derivations.models import Note
from ideas.actions import CannotChange, StaleIdea, delete_idea, edit_idea, link_note, link_work
from ideas.board import say_when_due
from ideas.forms import CommentForm, IdeaForm
from ideas.models import Idea
from ideas.permissions import (
    can_comment,
    can_delete_comment,
    can_delete_idea,
    can_edit_comment,
    can_edit_idea,
    can_vote,
)
from readings.models import Work

from .common import idea_or_404

SUGGESTED = 8


@require_GET
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return render(request, "ideas/detail.html", detail_context(request, idea_or_404(request, slug, pk)))


def detail_context(request: HttpRequest, idea: Idea, *, comment_form: CommentForm | None = None) -> dict[str, object]:
    """Everything that an idea's page shows."""
    user = request.user
    say_when_due(idea, timezone.localdate())
    comments = list(idea.comments.filter(deleted_at=None).select_related("author"))
    for comment in comments:
        comment.editable = can_edit_comment(user, comment)
        comment.removable = can_delete_comment(user, comment)
    voters = [vote.user for vote in idea.votes.select_related("user").order_by("created_at")]
    return {
        "idea": idea,
        "comments": comments,
        "comment_form": comment_form or CommentForm(),
        "voters": voters,
        "voted": user in voters,
        "works": list(idea.works.filter(archived_at=None)),
        "notes": list(idea.notes.filter(deleted_at=None)),
        "events": list(idea.events.select_related("by")[:30]),
        "stages": Idea.Stage.choices,
        "can_edit": can_edit_idea(user, idea),
        "can_delete": can_delete_idea(user, idea),
        "can_comment": can_comment(user, idea),
        "can_vote": can_vote(user, idea) and not idea.is_archived,
        "panels": panels_for("ideas:detail", request=request, subject=idea, now=timezone.now()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Edit an idea. A form that is older than the idea is shown beside what was saved meanwhile (409)."""
    idea = idea_or_404(request, slug, pk)
    group = idea.group
    require(can_edit_idea(request.user, idea), "Observers read ideas; members edit them.")
    if request.method != "POST":
        return render(request, "ideas/edit.html", {"idea": idea, "form": IdeaForm.of(idea, group=group)})
    form = IdeaForm(request.POST, group=group, idea=idea)
    if not form.is_valid():
        return render(request, "ideas/edit.html", {"idea": idea, "form": form}, status=422)
    fields = {name: form.cleaned_data[name] for name in ("title", "body", "owner", "next_step", "next_step_on")}
    version = form.cleaned_data["version"]
    try:
        idea = edit_idea(
            idea=idea, version=-1 if version is None else version, by=request.user, now=timezone.now(), **fields
        )
    except StaleIdea as stale:
        form.data = form.data.copy()
        form.data["version"] = stale.idea.version  # saving again is now a decision, not an accident
        latest = stale.idea.events.select_related("by").filter(kind="edited").first()
        context = {"idea": stale.idea, "form": form, "theirs": stale.idea, "latest": latest}
        return render(request, "ideas/edit.html", context, status=409)
    messages.success(request, "Idea saved.")
    return redirect(idea)


@require_POST
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    idea = idea_or_404(request, slug, pk)
    reason = "An organiser, or whoever added the idea, may delete it. You can archive it instead."
    require(can_delete_idea(request.user, idea), reason)
    title = idea.title
    delete_idea(idea=idea, by=request.user, now=timezone.now())
    messages.success(request, f"Deleted “{title}”.")
    return redirect("ideas:board", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Search the group's readings and derivations, and link them to an idea or take links away."""
    idea = idea_or_404(request, slug, pk)
    require(can_edit_idea(request.user, idea), "Observers read ideas; members link them.")
    if request.method == "POST":
        _change_link(request, idea)
        if not request.htmx:
            return redirect("ideas:links", slug, pk)
    words = (request.POST.get("q") or request.GET.get("q", "")).replace("\0", "").strip()[:100]
    works, notes = idea.works.filter(archived_at=None), idea.notes.filter(deleted_at=None)
    more_works = Work.objects.on_list_of(idea.group).exclude(ideas=idea)
    more_notes = Note.objects.of(idea.group).exclude(ideas=idea)
    if words:
        more_works, more_notes = more_works.matching(words), more_notes.filter(title__icontains=words)
    context = {
        "idea": idea,
        "words": words,
        "works": list(works),
        "notes": list(notes),
        "more_works": list(more_works[:SUGGESTED]),
        "more_notes": list(more_notes[:SUGGESTED]),
    }
    return render(request, "ideas/_links.html" if request.htmx else "ideas/links.html", context)


def _change_link(request: HttpRequest, idea: Idea) -> None:
    """`add` or `remove`, with `work-12` or `note-7` for a value."""
    verb = "add" if "add" in request.POST else "remove"
    kind, _, number = request.POST.get(verb, "").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404("There is nothing of this name to link.")
    try:
        match kind:
            case "work":
                work = get_object_or_404(Work, pk=number, group=idea.group)
                link_work(idea=idea, work=work, wanted=verb == "add")
            case "note":
                note = get_object_or_404(Note, pk=number, group=idea.group)
                link_note(idea=idea, note=note, wanted=verb == "add")
            case _:
                raise Http404("There is nothing of this kind to link.")
    except CannotChange as reason:
        messages.error(request, str(reason))
