"""Someone is asked to check a note, and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from derivations.models import Note, Review, Thread
from derivations.standing import settle, unasked
from derivations.steps import Step
from members.models import User

from .rules import approvals_needed
from .threads import CannotTalk, open_thread


class CannotReview(Exception):
    """Why a review cannot be asked for or answered, in words fit to show a member."""


@transaction.atomic
def ask_for_review(*, note: Note, reviewers: Iterable[User], by: User, now: datetime) -> Note:
    """Ask each of `reviewers`, who write in the note's group, to check the note as it stands; it is in review then.

    Someone who answered before is asked again. Raises CannotReview.
    """
    note = Note.objects.select_for_update().get(pk=note.pk)
    asked = list(reviewers)
    if note.is_deleted:
        raise CannotReview("This note was deleted meanwhile.")
    if not asked:
        raise CannotReview("Choose who is to check the note.")
    writing = set(
        User.objects.filter(
            memberships__group=note.group_id, memberships__left_at=None, memberships__role__in=["organiser", "member"]
        ).values_list("pk", flat=True)
    )
    for reviewer in asked:
        if reviewer.pk == by.pk:
            raise CannotReview("A second pair of eyes checks a note: ask someone other than yourself.")
        if reviewer.pk not in writing:
            raise CannotReview(f"{reviewer.display_name} does not write in this group.")
    for reviewer in asked:
        Review.objects.update_or_create(
            note=note,
            reviewer=reviewer,
            defaults={
                "asked_by": by, "asked_at": now, "answer": Review.Answer.WAITING,
                "comment": "", "number": None, "answered_at": None, "thread": None,
            },
        )  # fmt: skip
    note.status = Note.Status.IN_REVIEW
    note.save(update_fields=["status"])
    return note


@transaction.atomic
def answer_review(
    *, review: Review, approve: bool, comment: str, number: int, step: Step | None = None, by: User, now: datetime
) -> Note:
    """Record the answer to revision `number`, and let the note stand as its answers and verdicts say: see
    `standing.settle`. An objection at a `step` opens a thread there. Raises CannotReview.
    """
    note = Note.objects.select_for_update().get(pk=review.note_id)
    review = Review.objects.select_for_update().get(pk=review.pk)
    comment = comment.strip()
    if review.answer != Review.Answer.WAITING:
        raise CannotReview("You have answered this already. Ask to be asked again if you want to change it.")
    if number != note.number:
        raise CannotReview(
            f"The note was changed while you were reading: you saw revision {number}, the latest is {note.number}. "
            "Look at what changed and answer again."
        )
    if not approve and not comment:
        raise CannotReview("Say in a sentence what to change, so that the author can act on it.")
    review.answer = Review.Answer.APPROVED if approve else Review.Answer.CHANGES
    review.comment, review.number, review.answered_at = comment, number, now
    review.vouched_number = number if approve else review.vouched_number
    review.thread = None
    if step is not None and not approve:
        try:
            review.thread = open_thread(note=note, step=step, kind=Thread.Kind.OBJECTION, body=comment, by=by, now=now)
        except CannotTalk as reason:
            raise CannotReview(str(reason)) from reason
    review.save(update_fields=["answer", "comment", "number", "answered_at", "vouched_number", "thread"])
    _settle(note)
    return note


def _settle(note: Note) -> None:
    settle(note, note.reviews.values_list("answer", "number"), needed=approvals_needed(note.group_id))
    note.save(update_fields=["status", "reviewed_number"])


@transaction.atomic
def withdraw_review(*, note: Note, by: User, now: datetime) -> Note:
    """Who was asked and has not answered is asked no longer; what they vouched for before stands again."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    waiting = note.reviews.filter(answer=Review.Answer.WAITING)
    waiting.filter(vouched_number=None).delete()
    waiting.update(answer=Review.Answer.APPROVED, number=F("vouched_number"))
    if note.status == Note.Status.IN_REVIEW:
        note.status = unasked(note)
        _settle(note)
    return note
