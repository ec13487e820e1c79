"""What changed in a group, told by all rooms and read by one query.

A room says which of its rows tell of a change (`change_rows`, a queryset of the same columns in every room) and how a
person says it (`say`). What the rooms tell is united in the database, so that the home page asks once, not once a room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from .prepared import Prepared

MOST_ROWS = 300


@dataclass(frozen=True)
class Change:
    """One thing that changed since someone was here, in words: `text` reads on from the person's name."""

    at: datetime
    who: str
    text: str
    url: str
    icon: str = "dot"


class ChangeRow(NamedTuple):
    """One row that tells of a change. What `pk` and `detail` mean is its kind's own."""

    kind: str
    at: datetime
    by: int | None
    name: str | None
    email: str | None
    title: str
    pk: int
    detail: str

    @property
    def who(self) -> str:
        return self.name or (self.email or "Someone").split("@")[0]


def change_rows(
    rows: QuerySet[Any], *, kind: str, at: str, by: str, title: str, pk: str = "pk", detail: str | None = None
) -> QuerySet[Any, Any]:
    """Return `rows` as change rows. `at`, `by` (a person), `title`, `pk`, `detail` name where in a row each stands."""
    text = TextField()
    told = rows.order_by().annotate(
        change_kind=Value(kind, output_field=text),
        change_at=F(at),
        change_by=F(f"{by}_id") if "__" not in by else F(by),
        change_name=Cast(f"{by}__name", text),
        change_email=Cast(f"{by}__email", text),
        change_title=Cast(title, text),
        change_pk=F(pk),
        change_detail=Cast(detail, text) if detail else Value("", output_field=text),
    )
    return told.values_list(*(f"change_{name}" for name in ChangeRow._fields))


Rows = Callable[[int, datetime, datetime, int], list[QuerySet[Any, Any]]]
Say = Callable[[list[ChangeRow], Any], Change]
Together = Callable[[ChangeRow], object]


def once_a_thing(row: ChangeRow) -> object:
    """Ten saves of one note by one person are one change."""
    return row.kind, row.pk, row.by


@dataclass
class ChangeSource:
    """What one room tells. Rows of the same `together` are said in one sentence, the newest first."""

    rows: Rows
    say: Say
    together: Together
    kinds: tuple[str, ...]

    def __call__(self, *, group: Any, since: datetime, until: datetime, user: Any) -> list[Change]:
        """This room's changes alone."""
        return told_by([self], group=group, since=since, until=until, user=user)


def told_by(sources: list[ChangeSource], *, group: Any, since: datetime, until: datetime, user: Any) -> list[Change]:
    """Return what `sources` tell, newest first. One query for all of them."""
    if not sources:
        return []
    by_kind = {kind: source for source in sources for kind in source.kinds}
    key = tuple(sorted(by_kind))
    query = _united.get(key)
    if query is None:
        query = _united[key] = _unite(sources)
    bundles: dict[object, list[ChangeRow]] = {}
    for values in query(group=group.pk, since=since, until=until, user=user.pk):
        row = ChangeRow(*values)
        bundles.setdefault(by_kind[row.kind].together(row), []).append(row)
    return [by_kind[rows[0].kind].say(rows, group) for rows in bundles.values()]


_united: dict[tuple[str, ...], Prepared[Any]] = {}


def _unite(sources: list[ChangeSource]) -> Prepared[Any]:
    def make(group: int, since: datetime, until: datetime, user: int) -> QuerySet[Any, Any]:
        first, *others = [rows for source in sources for rows in source.rows(group, since, until, user)]
        return first.union(*others, all=True).order_by("-change_at", "-change_pk")[:MOST_ROWS]

    return Prepared(make=make, kinds={"group": int, "since": datetime, "until": datetime, "user": int})
