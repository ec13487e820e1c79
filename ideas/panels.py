"""What this room shows on other rooms' pages, and what it counts as a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from commons.panels import Change, changes, panel
from commons.prepared import prepared
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


@changes
def idea_changes(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """Ideas that others added, moved or commented on. Two queries."""
    happened = (
        Event.objects.filter(idea__group=group, idea__archived_at=None, at__gt=since, at__lte=until)
        .filter(kind__in=[Event.Kind.ADDED, Event.Kind.MOVED])
        .exclude(by=user)
        .select_related("by", "idea")
        .only("kind", "at", "to_stage", "by__name", "by__email", "idea__title", "idea__group_id")[:20]
    )
    said = (
        Comment.objects.filter(idea__group=group, idea__archived_at=None, created_at__gt=since, created_at__lte=until)
        .filter(deleted_at=None)
        .exclude(author=user)
        .select_related("author", "idea")
        .only("created_at", "author__name", "author__email", "idea__title", "idea__group_id")
        .order_by("-created_at")[:20]
    )
    found = []
    moved: set[int] = set()
    for event in happened:
        event.idea.group = group
        if event.kind == Event.Kind.MOVED:
            if event.idea_id in moved:  # where it stands now is what is new
                continue
            moved.add(event.idea_id)
            text = f"moved “{event.idea.title}” to {event.get_to_stage_display()}"
        else:
            text = f"added the idea “{event.idea.title}”"
        found.append(
            Change(at=event.at, who=_name(event.by), text=text, url=event.idea.get_absolute_url(), icon="lightbulb")
        )
    for comment in said:
        comment.idea.group = group
        url = f"{comment.idea.get_absolute_url()}#comment-{comment.pk}"
        text = f"commented on “{comment.idea.title}”"
        found.append(
            Change(at=comment.created_at, who=_name(comment.author), text=text, url=url, icon="message-square")
        )
    return found


def _name(user: User | None) -> str:
    return user.display_name if user is not None else "Someone"
