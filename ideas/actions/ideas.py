"""Adding, editing, voting for, linking, archiving and deleting an idea."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from derivations.models import Note
from ideas.models import Event, Idea, Vote
from members.models import Group, User
from readings.models import Work

from .moves import number_densely, order_of, take_board


class CannotChange(Exception):
    """Why an idea cannot be changed this way, in words fit to show a member."""


class StaleIdea(Exception):
    """Someone saved this idea after the form was opened. `idea` is how it stands now; nothing was overwritten."""

    def __init__(self, idea: Idea) -> None:
        super().__init__("This idea was saved by someone else while you were editing it.")
        self.idea = idea


@transaction.atomic
def add_idea(
    *,
    group: Group,
    title: str,
    by: User,
    now: datetime,
    body: str = "",
    stage: str = Idea.Stage.SPARK,
    owner: User | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
) -> Idea:
    """Put a new card at the top of its stage."""
    board = take_board(group)
    idea = Idea.objects.create(
        group=group,
        title=title,
        body=body,
        stage=stage,
        owner=owner,
        next_step=next_step,
        next_step_on=next_step_on,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    Event.objects.create(idea=idea, kind=Event.Kind.ADDED, by=by, at=now, to_stage=stage)
    others = [pk for pk in order_of(group)[stage] if pk != idea.pk]
    number_densely([idea.pk, *others])
    board.version += 1
    board.save(update_fields=["version"])
    return idea


@transaction.atomic
def edit_idea(
    *,
    idea: Idea,
    version: int,
    title: str,
    body: str,
    owner: User | None,
    next_step: str,
    next_step_on: date | None,
    by: User,
    now: datetime,
) -> Idea:
    """Save what a form says of an idea, if it was opened on this `version`. Raises StaleIdea."""
    idea = Idea.objects.select_for_update(of=("self",)).select_related("group", "owner").get(pk=idea.pk)
    if idea.version != version:
        raise StaleIdea(idea)
    idea.title, idea.body = title, body
    idea.owner, idea.next_step, idea.next_step_on = owner, next_step, next_step_on
    idea.version += 1
    idea.changed_at = now
    idea.save()
    Event.objects.create(idea=idea, kind=Event.Kind.EDITED, by=by, at=now)
    return idea


@transaction.atomic
def archive_idea(*, idea: Idea, by: User, now: datetime) -> Idea:
    """Take an idea off the board; `restore_idea` brings it back. Archiving twice is no error."""
    board = take_board(idea.group_id)
    idea = Idea.objects.select_related("group").get(pk=idea.pk)
    if idea.is_archived:
        return idea
    idea.archived_at = now
    idea.save(update_fields=["archived_at"])
    Event.objects.create(idea=idea, kind=Event.Kind.ARCHIVED, by=by, at=now, from_stage=idea.stage)
    number_densely(order_of(board.group_id)[idea.stage])
    board.version += 1
    board.save(update_fields=["version"])
    return idea


@transaction.atomic
def restore_idea(*, idea: Idea, by: User, now: datetime) -> Idea:
    """Bring an archived idea back to the place in its stage that it had, or near it. Twice is no error."""
    board = take_board(idea.group_id)
    idea = Idea.objects.select_related("group").get(pk=idea.pk)
    if not idea.is_archived:
        return idea
    column = order_of(board.group_id)[idea.stage]
    column.insert(min(idea.position, len(column)), idea.pk)
    idea.archived_at = None
    idea.save(update_fields=["archived_at"])
    Event.objects.create(idea=idea, kind=Event.Kind.RESTORED, by=by, at=now, to_stage=idea.stage)
    number_densely(column)
    board.version += 1
    board.save(update_fields=["version"])
    return idea


@transaction.atomic
def delete_idea(*, idea: Idea, by: User, now: datetime) -> None:
    """Remove an idea with its votes and comments for good. Who may is asked before."""
    board = take_board(idea.group_id)
    stage = idea.stage
    idea.delete()
    number_densely(order_of(board.group_id)[stage])
    board.version += 1
    board.save(update_fields=["version"])


@transaction.atomic
def set_vote(*, idea: Idea, by: User, wanted: bool, now: datetime) -> int:
    """Give or take back one's vote; return how many the idea has. The same twice is no error. Raises CannotChange."""
    if idea.is_archived:
        raise CannotChange("This idea is archived. Bring it back to the board to vote for it.")
    if wanted:
        Vote.objects.get_or_create(idea=idea, user=by, defaults={"created_at": now})
    else:
        Vote.objects.filter(idea=idea, user=by).delete()
    return Vote.objects.filter(idea=idea).count()


@transaction.atomic
def link_work(*, idea: Idea, work: Work, wanted: bool) -> None:
    """Link an idea to a reading of the same group, or take the link away. Raises CannotChange."""
    if work.group_id != idea.group_id:
        raise CannotChange("This reading is on another group's list.")
    if wanted:
        idea.works.add(work)
    else:
        idea.works.remove(work)


@transaction.atomic
def link_note(*, idea: Idea, note: Note, wanted: bool) -> None:
    """Link an idea to a derivation of the same group, or take the link away. Raises CannotChange."""
    if note.group_id != idea.group_id:
        raise CannotChange("This derivation belongs to another group.")
    if wanted:
        idea.notes.add(note)
    else:
        idea.notes.remove(note)
