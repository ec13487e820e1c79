"""The board as one reader sees it: columns of cards, filtered and sorted, at a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from members.models import Group, User

from .models import Comment, Idea, Vote

WEEK = 7


@dataclass(frozen=True)
class Filters:
    """What the address says of the board: whose cards, which words, in which order, or the archive."""

    owner: int | None = None
    mine: bool = False
    words: str = ""
    by_votes: bool = False
    archived: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        owner = query.get("owner", "")
        return cls(
            owner=int(owner) if owner.isascii() and owner.isdigit() and len(owner) < 19 else None,
            mine=owner == "me",
            words=query.get("q", "").replace("\0", "").strip()[:100],
            by_votes=query.get("sort") == "votes",
            archived=query.get("show") == "archived",
        )

    @property
    def narrows(self) -> bool:
        """Whether some cards may be out of sight."""
        return bool(self.mine or self.owner is not None or self.words)

    @property
    def query(self) -> str:
        """The part of the address after `?`, empty for the whole board."""
        pairs = {
            "owner": "me" if self.mine else self.owner or "",
            "q": self.words,
            "sort": "votes" if self.by_votes else "",
            "show": "archived" if self.archived else "",
        }
        return urlencode({name: value for name, value in pairs.items() if value})

    def but(self, **changes: Any) -> str:
        """The address of the same board with something changed."""
        query = replace(self, **changes).query
        return f"?{query}" if query else "."


@dataclass
class Column:
    stage: Idea.Stage
    cards: list[Idea] = field(default_factory=list)


@dataclass
class BoardPage:
    """`columns` hold the cards in sight; `total` counts all on the board; `owners` are those of all its cards."""

    filters: Filters
    columns: list[Column]
    owners: list[User]
    total: int

    @property
    def shown(self) -> int:
        return sum(len(column.cards) for column in self.columns)


def board_for(*, group: Group, user: User, filters: Filters, today: date) -> BoardPage:
    """Read the group's board. One query, and one more for a search."""
    cards = list(with_numbers(Idea.objects.on_board_of(group), user=user))
    owners = {card.owner_id: card.owner for card in cards if card.owner is not None}
    columns = {stage.value: Column(stage) for stage in Idea.Stage}
    for card in narrowed(cards, group=group, user=user, filters=filters):
        columns[card.stage].cards.append(card)
        say_when_due(card, today)
        say_links(card)
    if filters.by_votes:
        for column in columns.values():
            column.cards.sort(key=lambda card: -card.n_votes)
    return BoardPage(
        filters=filters,
        columns=list(columns.values()),
        owners=sorted(owners.values(), key=lambda owner: owner.display_name.casefold()),
        total=len(cards),
    )


def narrowed(cards: Iterable[Idea], *, group: Group, user: User, filters: Filters) -> list[Idea]:
    """Leave out the cards that the filters do not ask for."""
    owner = user.pk if filters.mine else filters.owner
    found = [card for card in cards if owner is None or card.owner_id == owner]
    if filters.words:
        matching = set(Idea.objects.of(group).mentioning(filters.words).values_list("pk", flat=True))
        found = [card for card in found if card.pk in matching]
    return found


def with_numbers(ideas: QuerySet[Idea], *, user: User) -> QuerySet[Idea]:
    """Give each idea `n_votes`, `n_comments`, `n_works`, `n_notes`, and `voted`: whether `user` voted for it."""
    votes = Vote.objects.filter(idea=OuterRef("pk"))
    comments = Comment.objects.filter(idea=OuterRef("pk"), deleted_at=None).order_by()
    works = Idea.works.through.objects.filter(idea=OuterRef("pk"), work__archived_at=None)
    notes = Idea.notes.through.objects.filter(idea=OuterRef("pk"), note__deleted_at=None)
    return (
        ideas.select_related("owner")
        .annotate(
            n_votes=_number(votes),
            n_comments=_number(comments),
            n_works=_number(works),
            n_notes=_number(notes),
            voted=Exists(votes.filter(user=user)),
        )
        .only(
            "title",
            "title_html",
            "stage",
            "position",
            "group_id",
            "next_step",
            "next_step_on",
            "archived_at",
            "owner__name",
            "owner__email",
        )
    )


def _number(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.values("idea").annotate(n=Count("*")).values("n")), 0, output_field=IntegerField())


def say_when_due(idea: Idea, today: date) -> None:
    """Give an idea `due_text` (`in 3 days`, `12 Dec`), `due_iso` and `overdue`, as of the reader's own date."""
    on = idea.next_step_on if idea.has_due_date else None
    idea.overdue = idea.is_overdue(today)
    idea.due_text = due_text(on, today) if on is not None else ""
    idea.due_iso = on.isoformat() if on is not None else ""


def say_links(idea: Idea) -> None:
    """Give an idea that has its numbers `n_links` and `links_text`."""
    idea.n_links = idea.n_works + idea.n_notes
    idea.links_text = f"{_counted(idea.n_works, 'reading')}, {_counted(idea.n_notes, 'derivation')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def due_text(on: date, today: date) -> str:
    """Return a day in words, from where the reader stands: near ones counted, far ones by their date."""
    days = (on - today).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
    if abs(days) <= 2 * WEEK:
        return f"in {days} days" if days > 0 else f"{-days} days ago"
    return f"{on.day} {on:%b}" + (f" {on.year}" if on.year != today.year else "")
