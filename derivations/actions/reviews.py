"""Someone is asked to check a note, and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from derivations.models import Note, Review
from members.models import User


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
                "comment": "", "number": None, "answered_at": None,
            },
        )  # fmt: skip
    note.status = Note.Status.IN_REVIEW
    note.save(update_fields=["status"])
    return note


@transaction.atomic
def answer_review(*, review: Review, approve: bool, comment: str, number: int, by: User, now: datetime) -> Note:
    """Record the answer to revision `number`: the note is a draft again where someone asks for changes to this
    revision, in review while someone else is waited for, and reviewed otherwise. Raises CannotReview.
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
    review.save(update_fields=["answer", "comment", "number", "answered_at"])
    answers = set(note.reviews.values_list("answer", "number"))
    if (Review.Answer.CHANGES, note.number) in answers:
        note.status = Note.Status.DRAFT
    elif any(answer == Review.Answer.WAITING for answer, _ in answers):
        note.status = Note.Status.IN_REVIEW
    else:
        note.status = Note.Status.REVIEWED
    note.save(update_fields=["status"])
    return note


@transaction.atomic
def withdraw_review(*, note: Note, by: User, now: datetime) -> Note:
    """Make a note in review a draft again; who was asked and has not answered is asked no longer."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    note.reviews.filter(answer=Review.Answer.WAITING).delete()
    if note.status == Note.Status.IN_REVIEW:
        note.status = Note.Status.DRAFT
        note.save(update_fields=["status"])
    return note
