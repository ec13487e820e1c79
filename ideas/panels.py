"""What this room shows on other rooms' pages, and what it counts as a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from commons.panels import Change, ChangeRow, change_rows, changes_from_rows, panel
from commons.prepared import prepared
from derivations.backlinks import notes_linking_to
from derivations.models import Note
from members.models import Group, Membership, User
from readings.models import Work

from .board import say_when_due
from .models import Comment, Event, Idea

SHOWN = 6
SHOWN_LINKED = 20


def _due(ideas: list[Idea], now: datetime) -> list[Idea]:
    today = timezone.localdate(now)
    for idea in ideas:
        say_when_due(idea, today)
    return ideas


@panel(page="home", order=50, template="ideas/panels/home.html")
def ideas_with_my_name(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """The ideas that the reader owns, next steps first. One query."""
    ideas: list[Idea] = _mine(group=subject.pk, user=user.pk)
    return {"ideas": _due(ideas[:SHOWN], now), "more": len(ideas) > SHOWN, "group": subject} if ideas else None


@prepared(group=int, user=int)
def _mine(group: int, user: int) -> QuerySet[Idea]:
    mine = Idea.objects.filter(owner=user, group=group).active().defer("body", "body_html")
    return mine.order_by(F("next_step_on").asc(nulls_last=True), "position", "pk")[: SHOWN + 1]


@prepared(work=int)
def _on_work(work: int) -> QuerySet[Idea]:
    return _linked(Idea.objects.filter(works=work))


@prepared(note=int)
def _on_note(note: int) -> QuerySet[Idea]:
    return _linked(Idea.objects.filter(notes=note))


def _linked(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    shown = ideas.filter(archived_at=None).select_related("owner").order_by("-changed_at")
    return shown.only("title_html", "stage", "owner__name", "owner__email")[:SHOWN_LINKED]


@panel(page="readings:detail", order=60, template="ideas/panels/linked.html", slot="margin")
def ideas_on_a_reading(*, user: User, subject: Work, now: datetime) -> dict[str, Any] | None:
    """The ideas that stand on this reading. One query."""
    ideas = _on_work(work=subject.pk)
    return {"ideas": ideas, "group": subject.group} if ideas else None


@panel(page="derivations:detail", order=60, template="ideas/panels/linked.html", slot="margin")
def ideas_on_a_note(*, user: User, subject: Note, now: datetime) -> dict[str, Any] | None:
    """The ideas that stand on this derivation. One query."""
    ideas = _on_note(note=subject.pk)
    return {"ideas": ideas, "group": subject.group} if ideas else None


@panel(page="members:detail", order=60, template="ideas/panels/owned.html")
def ideas_of_a_member(*, user: User, subject: Membership, now: datetime) -> dict[str, Any] | None:
    """The ideas that this member owns in the group. One query."""
    ideas = Idea.objects.owned_by(subject.user).filter(group=subject.group).defer("body", "body_html")
    found = list(ideas.order_by("stage", "position"))
    return {"ideas": _due(found, now), "group": subject.group, "person": subject.user} if found else None


@panel(page="ideas:detail", order=40, template="ideas/panels/linking.html", slot="margin")
def notes_that_link_to_an_idea(*, user: User, subject: Idea, now: datetime) -> dict[str, Any] | None:
    """The notes whose text links to this idea. One query."""
    notes = notes_linking_to("idea", subject.pk)
    return {"notes": notes, "group": subject.group} if notes else None


def _say(rows: list[ChangeRow], group: Group) -> Change:
    row = rows[0]
    url, icon = reverse("ideas:detail", args=[group.slug, row.pk]), "lightbulb"
    match row.kind:
        case "ideas.added":
            text = f"added the idea “{row.title}”"
        case "ideas.moved":
            text = f"moved “{row.title}” to {Idea.Stage(row.detail).label}"
        case _:
            text, url, icon = f"commented on “{row.title}”", f"{url}#comments", "message-square"
    return Change(at=row.at, who=row.who, text=text, url=url, icon=icon)


@changes_from_rows("ideas.added", "ideas.moved", "ideas.commented", say=_say)
def idea_changes(group: int, since: datetime, until: datetime, user: int) -> list[QuerySet[Any, Any]]:
    """Ideas that others added, moved or commented on; of several moves of one idea by one person, the last."""
    happened = Event.objects.filter(idea__group=group, idea__archived_at=None, at__gt=since, at__lte=until)
    happened = happened.exclude(by=user)
    said = Comment.objects.filter(
        idea__group=group, idea__archived_at=None, deleted_at=None, created_at__gt=since, created_at__lte=until
    ).exclude(author=user)
    columns = {"at": "at", "by": "by", "title": "idea__title", "pk": "idea_id", "detail": "to_stage"}
    return [
        change_rows(happened.filter(kind=Event.Kind.ADDED), kind="ideas.added", **columns),
        change_rows(happened.filter(kind=Event.Kind.MOVED), kind="ideas.moved", **columns),
        change_rows(said, kind="ideas.commented", at="created_at", by="author", title="idea__title", pk="idea_id"),
    ]
