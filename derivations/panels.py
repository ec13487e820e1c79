"""What this room shows on other rooms' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.urls import reverse

from commons.panels import Change, ChangeRow, change_rows, changes_from_rows, panel
from commons.prepared import prepared
from members.access import may_write
from members.avatars import avatar_of
from members.models import Group, User
from readings.models import Work
from sessions.models import Session

from .actions.rules import approvals_needed
from .models import Link, Note, Review, Revision
from .permissions import can_change_review_rule

STATUSES = dict(Note.Status.choices)
UNREVIEWED = (Note.Status.DRAFT, Note.Status.CHANGED)


@panel(page="sessions:detail", order=20, template="derivations/panels/session.html")
def derivations_on_the_table(*, user: User, subject: Session, now: datetime) -> dict[str, Any] | None:
    """What lies on the table, and the notes whose text links to the session. One query."""
    rows = _on_table(subject)
    notes, linking = ([row for row in rows if row["is_on_table"] == here] for here in (True, False))
    can_write = may_write(user, subject.group_id)
    return {"notes": notes, "linking": linking, "group": subject.group, "session": subject, "can_write": can_write}


class OnTable(TypedDict):
    """A note's row on a session's page, as what is printed: that page is measured."""

    pk: str
    url: str
    title: str
    author: str
    status: str
    said: str
    take_off: str
    is_on_table: bool
    map: str
    talk: str


def _on_table(session: Session) -> list[OnTable]:
    notes = []
    for pk, title, status, author, name, email, talk, is_on_table in _notes_on_table(session=session.pk):
        url = reverse("derivations:detail", args=[session.group.slug, pk])
        notes.append(
            OnTable(
                pk=str(pk),
                url=url,
                title=title,
                author=avatar_of(author, name, email).name if author else "",
                status=status,
                said=STATUSES[status],
                take_off=f"{url}sessions/{session.pk}/remove/",
                is_on_table=is_on_table,
                map=f"{url}map/",
                talk=_in_words(talk),
            )
        )
    return notes


def _in_words(talk: dict[str, Any]) -> str:
    """What waits at the steps of a note; without a word where nobody said any."""
    asked, lost = talk.get("questions", 0), talk.get("lost", 0)
    parts = [f"{asked} open question{'' if asked == 1 else 's'}"] if asked else []
    parts += [f"{lost} got lost"] if lost else []
    return ", ".join(parts)


@prepared(session=int)
def _notes_on_table(session: int) -> QuerySet[Any]:
    here = Note.sessions.through.objects.filter(session=session).values("note")
    linking = Link.objects.filter(kind="session", target=session).values("note")
    notes = Note.objects.filter(Q(pk__in=here) | Q(pk__in=linking), deleted_at=None).order_by("title", "pk")
    is_on_table = Case(When(pk__in=here, then=True), default=False, output_field=BooleanField())
    columns = ["pk", "title", "status", "author_id", "author__name", "author__email", "talk"]
    return notes.annotate(is_on_table=is_on_table).values_list(*columns, "is_on_table")


@panel(page="readings:detail", order=40, template="derivations/panels/work.html")
def notes_that_cite(*, user: User, subject: Work, now: datetime) -> dict[str, Any] | None:
    """Those that were put beside it, and those whose text links to it. One query."""
    linking = Link.objects.filter(kind="cite", target=subject.pk).values("note")
    beside = Note.works.through.objects.filter(work=subject.pk).values("note")
    notes = Note.objects.filter(Q(pk__in=linking) | Q(pk__in=beside), group=subject.group_id, deleted_at=None)
    return {"notes": list(notes.for_rows()), "group": subject.group}


@panel(page="group:settings", order=40, template="derivations/panels/group_settings.html")
def review_rule(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """One query."""
    return {"approvals": approvals_needed(subject.pk), "can_change": can_change_review_rule(user, subject)}


@panel(page="home", order=30, template="derivations/panels/home.html")
def notes_for_me(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """What waits for my review, and what I wrote or changed and nobody is asked to review. One query."""
    mine: list[Note] = _mine(group=subject.pk, user=user.pk)
    waiting = [note for note in mine if note.waits_for_me][:5]  # type: ignore[attr-defined]  # annotated
    drafts = [note for note in mine if note.author_id == user.pk and note.status in UNREVIEWED][:3]
    if not waiting and not drafts:
        return None
    return {"waiting": waiting, "drafts": drafts, "group": subject}


@prepared(group=int, user=int)
def _mine(group: int, user: int) -> QuerySet[Note]:
    waiting = Exists(Review.objects.filter(note=OuterRef("pk"), reviewer=user, answer=Review.Answer.WAITING))
    mine = Q(waits_for_me=True) | Q(author=user, status__in=UNREVIEWED)
    notes = Note.objects.filter(group=group, deleted_at=None).annotate(waits_for_me=waiting).filter(mine)
    return notes.for_rows()[:100]


def _say(rows: list[ChangeRow], group: Group) -> Change:
    row = rows[0]
    url = reverse("derivations:detail", args=[group.slug, row.pk])
    if row.kind == "derivations.saved":
        verb, icon = "wrote" if row.detail == "1" else "changed", "sigma"
    else:
        verb, icon = "approved" if row.detail == Review.Answer.APPROVED else "asked for changes in", "check"
    return Change(at=row.at, who=row.who, text=f"{verb} “{row.title}”", url=url, icon=icon)


@changes_from_rows("derivations.saved", "derivations.answered", say=_say)
def note_changes(group: int, since: datetime, until: datetime, user: int) -> list[QuerySet[Any, Any]]:
    """What others wrote and answered; ten saves of one note by one person are one change."""
    saved = Revision.objects.filter(
        note__group=group, note__deleted_at=None, created_at__gt=since, created_at__lte=until
    ).exclude(author=user)
    answered = Review.objects.filter(
        note__group=group, note__deleted_at=None, answered_at__gt=since, answered_at__lte=until
    ).exclude(reviewer=user)
    note = {"title": "note__title", "pk": "note_id"}
    return [
        change_rows(saved, kind="derivations.saved", at="created_at", by="author", detail="number", **note),
        change_rows(answered, kind="derivations.answered", at="answered_at", by="reviewer", detail="answer", **note),
    ]
