"""A note goes to a reviewer and comes back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from derivations.actions import (
    CannotReview,
    answer_review,
    ask_for_review,
    change_review_rule,
    withdraw_review,
)
from derivations.actions.rules import approvals_needed
from derivations.forms import AnswerForm, ReviewForm, RuleForm
from derivations.models import Note, Review
from derivations.permissions import can_answer_review, can_ask_for_review, can_change_review_rule
from derivations.steps import steps_of
from derivations.verdicts import with_open_questions
from members.access import group_or_404
from members.models import User

from .finding import note_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose who is to check the note."""
    note = note_or_404(request, slug, pk, Note.objects.defer("body", "body_html", "outline"))
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_ask_for_review(user, note), "Observers read notes.")
    form = ReviewForm(request.POST if request.method == "POST" else None, note=note, user=user)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            reviewers = list(form.cleaned_data["reviewers"])
            try:
                ask_for_review(note=note, reviewers=reviewers, by=user, now=timezone.now())
            except CannotReview as reason:
                form.add_error("reviewers", str(reason))
            else:
                names = ", ".join(reviewer.display_name for reviewer in reviewers)
                messages.success(request, f"In review. Waiting for {names}.")
                return redirect(note)
        status = 422
    context = {"nav_section": "derivations", "note": note, "form": form}
    return render(request, "derivations/ask.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Approve a note, or ask for changes with a sentence."""
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    review = get_object_or_404(Review, note=note, reviewer=user)
    review.note = note
    require(can_answer_review(user, review), "Observers read notes.")
    steps = [step for step in steps_of(note) if step.revision == note.number]
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        initial={"number": note.number, "comment": review.comment, "step": request.GET.get("step", "")},
        steps=steps,
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            approve = form.cleaned_data["answer"] == "approve"
            try:
                answer_review(
                    review=review,
                    approve=approve,
                    comment=form.cleaned_data["comment"],
                    number=form.cleaned_data["number"],
                    step=next((each for each in steps if each.key == form.cleaned_data.get("step")), None),
                    by=user,
                    now=timezone.now(),
                )
            except CannotReview as reason:
                form.add_error(None, str(reason))
                form.data = {**form.data.dict(), "number": str(note.number)}  # type: ignore[attr-defined]  # a QueryDict
            else:
                messages.success(request, "You approved this note." if approve else "You objected.")
                return redirect(note)
        status = 422
    html = with_open_questions(note.checked_html or note.body_html, {}, base=note.get_absolute_url())
    context = {"nav_section": "derivations", "note": note, "html": html, "form": form, "review": review}
    return render(request, "derivations/answer.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Nobody is asked any longer."""
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_ask_for_review(user, note), "Observers read notes.")
    withdraw_review(note=note, by=user, now=timezone.now())
    messages.success(request, "Withdrawn. Nobody is asked to review this note.")
    return redirect(note)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """How many approvals make a note of the group reviewed: everyone reads it, organisers change it."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    can_change = can_change_review_rule(user, group)
    form = RuleForm(
        request.POST if request.method == "POST" else None, initial={"approvals": approvals_needed(group.pk)}
    )
    status = 200
    if request.method == "POST":
        require(can_change, "Organisers say when a note counts as reviewed.")
        if form.is_valid():
            changed = change_review_rule(
                group=group, approvals=form.cleaned_data["approvals"], by=user, now=timezone.now()
            )
            words = "Saved."
            if changed.gained:
                words += f" {changed.gained} note{'' if changed.gained == 1 else 's'} became reviewed."
            if changed.lost:
                words += f" {changed.lost} note{'' if changed.lost == 1 else 's'} went back to review."
            messages.success(request, words)
            return redirect("members:settings", slug=group.slug)
        status = 422
    context = {"nav_section": "settings", "form": form, "can_change": can_change}
    return render(request, "derivations/rules.html", context, status=status)
