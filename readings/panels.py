"""What the readings room shows on other pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from commons.panels import Change, changes, panel
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


@changes
def readings_added(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """Works that others put on the list; many by one person at one time are one change. One query."""
    works = (
        Work.objects.filter(group=group, archived_at=None, added_at__gt=since, added_at__lte=until)
        .exclude(added_by=user)
        .select_related("added_by")
        .order_by("-added_at", "-pk")[:200]
    )
    together: dict[tuple[int | None, datetime], list[Work]] = {}
    for work in works:
        together.setdefault((work.added_by_id, work.added_at), []).append(work)
    found = []
    for (_, at), each in together.items():
        who = each[0].added_by.display_name if each[0].added_by else "Someone"
        if len(each) == 1:
            address = reverse("readings:detail", args=[group.slug, each[0].pk])
            text = f"added the reading “{each[0].title}”"
        else:
            address = f"{reverse('readings:list', args=[group.slug])}?order=new"
            text = f"added {len(each)} readings"
        found.append(Change(at=at, who=who, text=text, url=address, icon="book-open"))
    return found
