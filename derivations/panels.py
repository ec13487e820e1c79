"""What this room shows on other rooms' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from commons.panels import Change, changes, panel
from commons.prepared import prepared
from members.access import may_write
from members.models import Group, User
from readings.models import Work
from sessions.models import Session

from .models import Note, Review, Revision


@panel(page="sessions:detail", order=20, template="derivations/panels/session.html")
def derivations_on_the_table(*, user: User, subject: Session, now: datetime) -> dict[str, Any] | None:
    """One query."""
    notes: list[Note] = _on_the_table(session=subject.pk)
    can_write = may_write(user, subject.group_id)
    return {"notes": notes, "group": subject.group, "session": subject, "can_write": can_write}


@prepared(session=int)
def _on_the_table(session: int) -> QuerySet[Note]:
    return Note.objects.filter(sessions=session, deleted_at=None).for_rows().order_by("title", "pk")


@panel(page="readings:detail", order=40, template="derivations/panels/work.html")
def notes_that_cite(*, user: User, subject: Work, now: datetime) -> dict[str, Any] | None:
    """One query."""
    notes = list(Note.objects.filter(works=subject, deleted_at=None).for_rows())
    return {"notes": notes, "group": subject.group}


@panel(page="home", order=30, template="derivations/panels/home.html")
def notes_for_me(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """What waits for my review, and my latest drafts. One query."""
    mine: list[Note] = _mine(group=subject.pk, user=user.pk)
    waiting = [note for note in mine if note.waits_for_me][:5]  # type: ignore[attr-defined]  # annotated
    drafts = [note for note in mine if note.author_id == user.pk and note.status == Note.Status.DRAFT][:3]
    if not waiting and not drafts:
        return None
    return {"waiting": waiting, "drafts": drafts, "group": subject}


@prepared(group=int, user=int)
def _mine(group: int, user: int) -> QuerySet[Note]:
    waiting = Exists(Review.objects.filter(note=OuterRef("pk"), reviewer=user, answer=Review.Answer.WAITING))
    mine = Q(waits_for_me=True) | Q(author=user, status=Note.Status.DRAFT)
    notes = Note.objects.filter(group=group, deleted_at=None).annotate(waits_for_me=waiting).filter(mine)
    return notes.for_rows()[:100]


@changes
def note_changes(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """What others wrote and answered. Two queries."""
    found: dict[int, Change] = {}
    revisions = (
        Revision.objects.filter(note__group=group, note__deleted_at=None, created_at__gt=since, created_at__lte=until)
        .exclude(author=user)
        .select_related("author", "note")
        .defer("body", "note__body", "note__body_html", "note__outline")
        .order_by("-created_at")[:60]
    )
    for revision in revisions:
        if revision.note_id in found:
            continue  # ten saves of one note are one change
        revision.note.group = group
        found[revision.note_id] = Change(
            at=revision.created_at,
            who=revision.author.display_name if revision.author else "Someone",
            text=f"{'wrote' if revision.number == 1 else 'changed'} “{revision.note.title}”",
            url=revision.note.get_absolute_url(),
            icon="sigma",
        )
    reviews = (
        Review.objects.filter(note__group=group, note__deleted_at=None, answered_at__gt=since, answered_at__lte=until)
        .exclude(reviewer=user)
        .select_related("reviewer", "note")
        .defer("note__body", "note__body_html", "note__outline")
        .order_by("-answered_at")[:20]
    )
    answers = []
    for review in reviews:
        review.note.group = group
        verb = "approved" if review.answer == Review.Answer.APPROVED else "asked for changes in"
        assert review.answered_at is not None
        answers.append(
            Change(
                at=review.answered_at,
                who=review.reviewer.display_name,
                text=f"{verb} “{review.note.title}”",
                url=review.note.get_absolute_url(),
                icon="check",
            )
        )
    return [*found.values(), *answers]
