"""What people say of an idea."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from ideas import actions
from ideas.forms import CommentForm
from ideas.models import Comment, Idea
from ideas.permissions import can_comment, can_delete_comment, can_edit_comment

from .common import idea_or_404, say_with_undo
from .detail import detail_context


def _comment_or_404(request: HttpRequest, slug: str, pk: int, comment_pk: int) -> Comment:
    idea = idea_or_404(request, slug, pk)
    comment = get_object_or_404(idea.comments.select_related("author"), pk=comment_pk)
    comment.idea = idea
    return comment


def _place(idea: Idea, comment: Comment) -> str:
    return f"{idea.get_absolute_url()}#comment-{comment.pk}"


@require_POST
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    idea = idea_or_404(request, slug, pk)
    require(can_comment(request.user, idea), "Observers read; members comment.")
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render(request, "ideas/detail.html", detail_context(request, idea, comment_form=form), status=422)
    written = actions.add_comment(idea=idea, body=form.cleaned_data["body"], by=request.user, now=timezone.now())
    return redirect(_place(idea, written))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment(request: HttpRequest, slug: str, pk: int, comment_pk: int) -> HttpResponse:
    comment = _comment_or_404(request, slug, pk, comment_pk)
    require(can_edit_comment(request.user, comment), "Only who wrote a comment may change it.")
    if request.method != "POST":
        form = CommentForm(initial={"body": comment.body})
        return render(request, "ideas/edit_comment.html", {"idea": comment.idea, "comment": comment, "form": form})
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_comment(comment=comment, body=form.cleaned_data["body"], now=timezone.now())
        except actions.CannotComment as reason:
            form.add_error("body", str(reason))
        else:
            return redirect(_place(comment.idea, comment))
    context = {"idea": comment.idea, "comment": comment, "form": form}
    return render(request, "ideas/edit_comment.html", context, status=422)


@require_POST
def delete_comment(request: HttpRequest, slug: str, pk: int, comment_pk: int) -> HttpResponse:
    comment = _comment_or_404(request, slug, pk, comment_pk)
    require(can_delete_comment(request.user, comment), "Only who wrote a comment, or an organiser, may delete it.")
    actions.delete_comment(comment=comment, now=timezone.now())
    address = reverse("ideas:restore-comment", args=[slug, pk, comment_pk])
    say_with_undo(request, "Comment deleted.", address=address)
    return redirect(comment.idea)


@require_POST
def restore_comment(request: HttpRequest, slug: str, pk: int, comment_pk: int) -> HttpResponse:
    comment = _comment_or_404(request, slug, pk, comment_pk)
    require(can_delete_comment(request.user, comment), "Only who wrote a comment, or an organiser, may bring it back.")
    actions.restore_comment(comment=comment)
    messages.success(request, "The comment is back.")
    return redirect(_place(comment.idea, comment))
