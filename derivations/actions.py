"""What happens to notes. Each verb is atomic; `by` and `now` are passed in."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from members.models import Group, User
from readings.models import Work
from sessions.models import Session

from .checking import CheckStopped, check_body, checker_version
from .merging import merge
from .models import Check, Image, Note, Review, Revision
from .pictures import Picture
from .rendering import LIMITS, outline_of, render_note
from .tasks import check_note
from .verdicts import checked_html, doubts_of, tally_of

logger = logging.getLogger(__name__)
MOST_TRIES = 3  # of a check that ends in an error of ours


class CannotSave(Exception):
    """Why a note cannot be saved, in words fit to show a member."""


class CannotReview(Exception):
    """Why a review cannot be asked for or answered, in words fit to show a member."""


class SavedMeanwhile(Exception):
    """Someone saved the note after the text at hand was opened. Nothing was stored; both texts are here.

    `base` is the revision that was opened, `current` the latest; `merged` holds both changes where they do not touch.
    """

    def __init__(self, *, base: Revision, current: Revision, merged: str | None) -> None:
        super().__init__(f"Revision {current.number} was saved while you were writing.")
        self.base = base
        self.current = current
        self.merged = merged


@dataclass(frozen=True, slots=True)
class Saved:
    """A note after saving: whether there was anything new, and the status it fell from, if it did."""

    note: Note
    is_new_revision: bool
    lowered_from: str | None = None


def _clean(title: str, body: str) -> tuple[str, str]:
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not title:
        raise CannotSave("A note needs a title.")
    if len(title) > 200:
        raise CannotSave(f"This title has {len(title)} characters; at most 200 fit.")
    if not body.strip():
        raise CannotSave("This note has no text yet, so there is nothing to save.")
    if len(body) > LIMITS.note_chars:
        raise CannotSave(
            f"This note has {len(body):,} characters; at most {LIMITS.note_chars:,} fit. Split it into several notes."
        )
    return title, body


@transaction.atomic
def create_note(*, group: Group, by: User, title: str, body: str, message: str = "", now: datetime) -> Note:
    """Return a new note, a draft, with its first revision. Raises CannotSave."""
    title, body = _clean(title, body)
    rendered = render_note(body)
    note = Note.objects.create(
        group=group, title=title, author=by, body=body, body_html=rendered.html, outline=outline_of(rendered),
        created_at=now, changed_at=now, changed_by=by,
    )  # fmt: skip
    first = Revision.objects.create(
        note=note, number=1, title=title, body=body, message=message, author=by, created_at=now
    )
    ask_for_check(revision=first, now=now)
    return note


def ask_for_check(*, revision: Revision, now: datetime) -> None:
    """Let a new revision be checked soon. The row is what is to be done: the task only wakes a worker."""
    check = Check.objects.create(revision=revision, asked_at=now)
    transaction.on_commit(partial(check_note.delay, check.pk))


@transaction.atomic
def save_note(*, note: Note, by: User, base: int, title: str, body: str, message: str = "", now: datetime) -> Saved:
    """Store `title` and `body`, which were written on top of revision `base`, as the next revision.

    A reviewed note falls back to a draft, or to in review where someone is still asked.
    Raises SavedMeanwhile where `base` is no longer the latest, CannotSave where there is nothing to store.
    """
    title, body = _clean(title, body)
    note = Note.objects.select_for_update().get(pk=note.pk)  # it may be open in two tabs
    if note.is_deleted:
        raise CannotSave("This note was deleted meanwhile. Copy your text, restore the note and save again.")
    if (note.title, note.body) == (title, body):
        return Saved(note, is_new_revision=False)
    if base != note.number:
        revisions = {r.number: r for r in note.revisions.filter(number__in=[base, note.number])}
        current = revisions[note.number]
        # A base that never was (a forged or ancient form) is answered as if the first text were the base.
        opened = revisions.get(base) or note.revisions.order_by("number")[0]
        raise SavedMeanwhile(base=opened, current=current, merged=merge(opened.body, body, current.body))
    return _store(note, by=by, title=title, body=body, message=message, now=now)


def _store(note: Note, *, by: User, title: str, body: str, message: str, now: datetime) -> Saved:
    rendered = render_note(body)
    lowered_from = None
    if note.status == Note.Status.REVIEWED:
        lowered_from = note.status
        is_waited_for = note.reviews.filter(answer=Review.Answer.WAITING).exists()
        note.status = Note.Status.IN_REVIEW if is_waited_for else Note.Status.DRAFT
    note.title, note.body, note.body_html, note.outline = title, body, rendered.html, outline_of(rendered)
    note.number += 1
    note.changed_at, note.changed_by = now, by
    note.checked_html, note.steps_hold, note.steps_fail, note.steps_unchecked = "", None, None, None
    note.save(
        update_fields=[
            "title", "body", "body_html", "outline", "number", "status", "changed_at", "changed_by",
            "checked_html", "steps_hold", "steps_fail", "steps_unchecked",
        ]
    )  # fmt: skip
    revision = Revision.objects.create(
        note=note, number=note.number, title=title, body=body, message=message, author=by, created_at=now
    )
    ask_for_check(revision=revision, now=now)
    return Saved(note, is_new_revision=True, lowered_from=lowered_from)


def run_check(*, check_id: int, now: datetime, seed: int = 0) -> Check | None:
    """Judge the steps of a revision and keep what came of it; on the page, if it still is the latest.

    Safe to run twice: the second finds it done. None where the check is gone. An error of the checker itself is raised
    and leaves the check waiting, up to MOST_TRIES.
    """
    check = Check.objects.select_related("revision").filter(pk=check_id).first()
    if check is None or check.state != Check.State.WAITING:
        return check
    Check.objects.filter(pk=check.pk).update(tries=F("tries") + 1)
    reason, report = "", {}
    try:
        report = check_body(check.revision.body, seed=seed)
    except CheckStopped as stopped:
        reason = str(stopped)[:500]
    except Exception:  # a fault of ours, of whatever kind: raised for Celery to show, at last said on the page
        if check.tries + 1 < MOST_TRIES:
            raise
        logger.exception("The checker failed %s times on revision %s.", MOST_TRIES, check.revision_id)
        reason = "The checker itself failed on this note. Nothing is wrong with the text."
    return _keep_check(check, report=report, reason=reason, seed=seed, now=now)


@transaction.atomic
def _keep_check(check: Check, *, report: dict[str, Any], reason: str, seed: int, now: datetime) -> Check:
    note = Note.objects.select_for_update().get(pk=check.revision.note_id)  # a save goes before or after, whole
    check.state = Check.State.STOPPED if reason else Check.State.DONE
    check.report, check.reason, check.seed, check.version = report, reason, seed, checker_version()
    check.finished_at = now
    check.save(update_fields=["state", "report", "reason", "seed", "version", "finished_at"])
    if note.number == check.revision.number:
        tally = None if reason else tally_of(report)
        note.checked_html = "" if tally is None else checked_html(note.body, report)
        note.steps_hold, note.steps_fail, note.steps_unchecked = tally or (None, None, None)
        note.outline = {**note.outline, "check": {"reason": reason, "doubts": doubts_of(report)}}
        note.save(update_fields=["checked_html", "steps_hold", "steps_fail", "steps_unchecked", "outline"])
    return check


@transaction.atomic
def ask_again(*, note: Note, now: datetime) -> Check | None:
    """Let the latest revision of a note be checked anew, as after an upgrade of the checker. None where it is gone.

    The page keeps the present verdicts until the new ones are there.
    """
    note = Note.objects.select_for_update().get(pk=note.pk)
    revision = note.revisions.filter(number=note.number).first()
    if revision is None:
        return None
    waiting = {"state": Check.State.WAITING, "asked_at": now, "tries": 0, "finished_at": None}
    return Check.objects.update_or_create(revision=revision, defaults=waiting)[0]


@transaction.atomic
def restore_revision(*, note: Note, number: int, by: User, now: datetime) -> Saved:
    """Make the text of revision `number` the latest again, as a new revision. Raises CannotSave."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    old = note.revisions.filter(number=number).first()
    if old is None or note.is_deleted:
        raise CannotSave("This revision is not there any more.")
    if (note.title, note.body) == (old.title, old.body):
        return Saved(note, is_new_revision=False)
    return _store(note, by=by, title=old.title, body=old.body, message=f"Restored revision {number}", now=now)


@transaction.atomic
def delete_note(*, note: Note, by: User, now: datetime) -> Note:
    """Take a note off every page. Its text stays, and `undelete_note` brings it back."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    if not note.is_deleted:
        note.deleted_at = now
        note.save(update_fields=["deleted_at"])
    return note


@transaction.atomic
def undelete_note(*, note: Note, by: User, now: datetime) -> Note:
    """Bring a deleted note back as it was."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    note.deleted_at = None
    note.save(update_fields=["deleted_at"])
    return note


@transaction.atomic
def link_note(*, note: Note, by: User, works: Iterable[Work], sessions: Iterable[Session]) -> Note:
    """Let a note stand beside exactly these works and sessions of its group; others are left out."""
    note.works.set([work for work in works if work.group_id == note.group_id])
    note.sessions.set([session for session in sessions if session.group_id == note.group_id])
    return note


def put_on_table(*, note: Note, session: Session, by: User) -> None:
    """Put a note on the table of a session of the same group."""
    if note.group_id != session.group_id:
        raise CannotSave("This note belongs to another group.")
    note.sessions.add(session)


def take_off_table(*, note: Note, session: Session, by: User) -> None:
    """Take a note off the table of a session; the note itself stays."""
    note.sessions.remove(session)


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


@transaction.atomic
def store_picture(*, group: Group, picture: Picture, by: User, now: datetime) -> Image:
    """Keep a re-encoded picture for the group's notes."""
    image = Image(
        group=group, uploaded_by=by, uploaded_at=now, name=picture.name, width=picture.width, height=picture.height
    )
    image.file.save(picture.name, ContentFile(picture.data), save=False)
    image.save()
    return image
