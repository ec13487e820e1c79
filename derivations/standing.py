"""Where a note stands: what makes it reviewed, what lowers it, and how the page says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from .models import Note, Review

Answered = tuple[str, int | None]


def settle(note: Note, answers: Iterable[Answered], *, needed: int) -> bool:
    """Give `note` the status that its `answers` (answer, revision) and its verdicts ask for; whether that is another.

    It is reviewed with `needed` approvals of the present revision of which no step fails; while the check of it waits,
    or while approvals are missing, it is in review. One objection to the present revision makes it a draft.
    """
    before = (note.status, note.reviewed_number)
    here = [answer for answer, number in answers if number == note.number]
    approvals = here.count(Review.Answer.APPROVED)
    if Review.Answer.CHANGES in here:
        note.status = Note.Status.DRAFT
    elif approvals >= needed and note.is_checked and not note.steps_fail:
        note.status, note.reviewed_number = Note.Status.REVIEWED, note.number
    elif approvals or (note.status == Note.Status.REVIEWED and note.steps_fail):
        note.status = Note.Status.IN_REVIEW
    return before != (note.status, note.reviewed_number)


def lower(note: Note, *, is_someone_asked: bool) -> str | None:
    """Give `note` the status that a changed text has, and return the one it fell from, if it was reviewed."""
    if note.status == Note.Status.REVIEWED:
        note.status, note.reviewed_number = Note.Status.CHANGED, note.reviewed_number or note.number
        return Note.Status.REVIEWED
    if note.status == Note.Status.IN_REVIEW and not is_someone_asked:
        note.status = unasked(note)
    return None


def unasked(note: Note) -> Note.Status:
    """The status of a text of which nobody is asked and that nobody has approved."""
    return Note.Status.CHANGED if note.reviewed_number else Note.Status.DRAFT


class Answering(Protocol):
    answer: str
    number: int | None

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """In words who vouches for the present revision, what is missing, and which revision was reviewed last."""

    vouching: str
    missing: str
    reviewed_before: int | None


def standing_of(note: Note, reviews: Iterable[Answering], *, needed: int) -> Standing:
    """What the page of `note` says of its reviews. No query."""
    names = [each.display_name for each in reviews if (each.answer, each.number) == ("approved", note.number)]
    missing = ""
    if note.status != Note.Status.REVIEWED and names:
        if len(names) < needed:
            missing = f"{len(names)} of {needed} approvals that this group asks for."
        elif not note.is_checked:
            missing = "Approved. It counts as reviewed once its steps are checked and none of them fails."
        elif note.steps_fail:
            missing = "Approved, but a step fails: it does not count as reviewed until none does."
    before = note.reviewed_number if note.reviewed_number != note.number else None
    vouching = f"{' and '.join(names)} vouch{'' if len(names) > 1 else 'es'} for it" if names else ""
    return Standing(vouching=vouching, missing=missing, reviewed_before=before)


__all__ = ["Standing", "lower", "settle", "standing_of", "unasked"]
