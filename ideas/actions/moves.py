"""Moving cards: one at a time on a board, so that everyone ends with the same order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction

from ideas.models import Board, Event, Idea
from members.models import Group, User

Order = dict[str, list[int]]


class CannotMove(Exception):
    """Why a card cannot go where it was put, in words fit to show a member."""


@dataclass(frozen=True)
class Place:
    """A place on the board, said by neighbours and not by a number: others may be moving cards at the same time.

    Below the card `after`; or, where that one has left the stage, above the card `before`. `edge` where neither is
    named: `first` or `last` of the stage, or one step `up` or `down` from where the card stands.
    """

    stage: str
    after: int | None = None
    before: int | None = None
    edge: str = "last"

    EDGES = ("first", "last", "up", "down")

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `exploring`, `exploring first`, `spark after-12 before-7`, as `str()` writes them. Raises CannotMove."""
        stage, _, rest = text.strip().partition(" ")
        after = before = None
        edge = "last"
        for word in rest.split():
            name, _, number = word.partition("-")
            if name in ("after", "before") and number.isascii() and number.isdigit() and len(number) < 19:
                after, before = (int(number), before) if name == "after" else (after, int(number))
            elif word in cls.EDGES:
                edge = word
            else:
                raise CannotMove("This place on the board is not written as it should be. Choose it from the list.")
        if stage not in Idea.Stage.values:
            raise CannotMove("There is no such stage. Choose one from the list.")
        return cls(stage=stage, after=after, before=before, edge=edge)

    def __str__(self) -> str:
        neighbours = [f"{name}-{pk}" for name, pk in (("after", self.after), ("before", self.before)) if pk is not None]
        return " ".join([self.stage, *(neighbours or [self.edge])])


@dataclass(frozen=True)
class Moved:
    """A move as it ended: the card, where it stood before, and the order that everyone now sees."""

    idea: Idea
    was: Place
    order: Order
    version: int

    @property
    def number(self) -> int:
        """Its place in its stage, counted from 1."""
        return self.order[self.idea.stage].index(self.idea.pk) + 1

    @property
    def text(self) -> str:
        stage = self.idea.get_stage_display()
        return f"Moved to {stage}, {self.number} of {len(self.order[self.idea.stage])}."


def take_board(group: Group | int) -> Board:
    """Lock the group's board for the rest of the transaction: moves, additions and removals wait for each other."""
    group_id = group if isinstance(group, int) else group.pk
    board, _ = Board.objects.get_or_create(group_id=group_id)
    return Board.objects.select_for_update().get(pk=board.pk)


def order_of(group: Group | int) -> Order:
    """Return the ids of the cards of each stage, from the top."""
    group_id = group if isinstance(group, int) else group.pk
    order: Order = {stage: [] for stage in Idea.Stage.values}
    rows = Idea.objects.filter(group_id=group_id, archived_at=None).order_by("position", "pk")
    for pk, stage in rows.values_list("pk", "stage"):
        order[stage].append(pk)
    return order


@transaction.atomic
def move_idea(*, idea: Idea, to: Place, by: User, now: datetime) -> Moved:
    """Put a card where `to` says, and answer with the order of the whole board. Raises CannotMove.

    The board is taken first, and `to` is read against the order as it then is: of two people who move at once one
    waits, and both are answered with the same order in the end.
    """
    board = take_board(idea.group_id)
    idea = Idea.objects.select_related("group").get(pk=idea.pk)
    if idea.is_archived:
        raise CannotMove("This idea is archived. Bring it back to the board first.")
    order = order_of(board.group_id)
    was = _place_of(idea.pk, stage=idea.stage, order=order)
    from_stage = idea.stage
    index = _index(order, idea=idea, to=to)
    order[from_stage].remove(idea.pk)
    order[to.stage].insert(index, idea.pk)
    if to.stage != from_stage:
        idea.stage = to.stage
        idea.changed_at = now
        idea.save(update_fields=["stage", "changed_at"])
        Event.objects.create(idea=idea, kind=Event.Kind.MOVED, by=by, at=now, from_stage=from_stage, to_stage=to.stage)
    number_densely(order[to.stage])
    if to.stage != from_stage:
        number_densely(order[from_stage])
    board.version += 1
    board.save(update_fields=["version"])
    return Moved(idea=idea, was=was, order=order, version=board.version)


def number_densely(pks: list[int]) -> None:
    """Give the cards the positions 0, 1, 2 … in this order; only those that change are written."""
    place = {pk: position for position, pk in enumerate(pks)}
    changed = [idea for idea in Idea.objects.filter(pk__in=pks).only("position") if idea.position != place[idea.pk]]
    for idea in changed:
        idea.position = place[idea.pk]
    Idea.objects.bulk_update(changed, ["position"])


def _place_of(pk: int, *, stage: str, order: Order) -> Place:
    column = order[stage]
    index = column.index(pk)
    after = column[index - 1] if index > 0 else None
    before = column[index + 1] if index + 1 < len(column) else None
    return Place(stage=stage, after=after, before=before, edge="first")


def _index(order: Order, *, idea: Idea, to: Place) -> int:
    """Where the card goes in its new column, the card itself taken out."""
    column = [pk for pk in order[to.stage] if pk != idea.pk]
    if to.after in column:
        return column.index(to.after) + 1
    if to.before in column:
        return column.index(to.before)
    if to.after is not None or to.before is not None:
        raise CannotMove("The cards beside that place were moved meanwhile. The board now shows how it stands.")
    if to.edge in ("up", "down") and to.stage == idea.stage:
        here = order[to.stage].index(idea.pk)
        return max(here - 1, 0) if to.edge == "up" else min(here + 1, len(column))
    return 0 if to.edge in ("first", "up") else len(column)
