"""What the readings room shows on other pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from commons.panels import Change, ChangeRow, change_rows, changes_from_rows, panel
from commons.prepared import prepared
from members.models import Group, User

from .conversion import WHOLE
from .models import Section, Work

SHOWN = 5


@panel(page="home", order=40, template="readings/panels/home.html")
def reading_now(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """The sections that I am reading, those marked last first. One query."""
    sections: list[Section] = _being_read(group=subject.pk, user=user.pk)
    if not sections:
        return None
    for section in sections:
        section.whole = WHOLE[Work.Kind(section.work.kind)]  # type: ignore[attr-defined]  # for the template
    return {"sections": sections, "group": subject}


@prepared(group=int, user=int)
def _being_read(group: int, user: int) -> QuerySet[Section]:
    return (
        Section.objects.filter(
            work__group=group, work__archived_at=None, progress__user=user, progress__status="reading"
        )
        .select_related("work")
        .order_by("-progress__changed_at", "pk")[:SHOWN]
    )


def _say(rows: list[ChangeRow], group: Group) -> Change:
    row = rows[0]
    if len(rows) == 1:
        address = reverse("readings:detail", args=[group.slug, row.pk])
        text = f"added the reading “{row.title}”"
    else:
        address = f"{reverse('readings:list', args=[group.slug])}?order=new"
        text = f"added {len(rows)} readings"
    return Change(at=row.at, who=row.who, text=text, url=address, icon="book-open")


@changes_from_rows("readings.added", say=_say, together=lambda row: (row.kind, row.by, row.at))
def readings_added(group: int, since: datetime, until: datetime, user: int) -> list[QuerySet[Any, Any]]:
    """Works that others put on the list; many by one person at one time are one change."""
    works = Work.objects.filter(group=group, archived_at=None, added_at__gt=since, added_at__lte=until)
    return [
        change_rows(works.exclude(added_by=user), kind="readings.added", at="added_at", by="added_by", title="title")
    ]
