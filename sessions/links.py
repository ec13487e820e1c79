"""How a text of the group names its sessions: by title, by number as in the address, or by the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from commons.links import Target, linkable, linker, suggester

from .models import Session


@linker(
    "session",
    missing="No session has this title, number or day.",
    action="See the sessions",
    where=lambda group, name: reverse("sessions:list", args=[group.slug]),
)
def sessions_by_name(*, group: Any, names: Collection[str], pks: Collection[int]) -> list[Target]:
    """Of several sessions of one title the latest comes first."""
    numbers = {int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 18}
    wanted = Q(title__in=list(names)) | Q(lower_title__in=[name.lower() for name in names])
    if numbers or pks:
        wanted |= Q(pk__in=numbers | set(pks))
    for day in filter(None, map(_day, names)):
        midnight = datetime.combine(day, time(), tzinfo=UTC)  # no zone is further from it than 14 hours
        wanted |= Q(starts_at__gte=midnight - timedelta(hours=14), starts_at__lt=midnight + timedelta(hours=38))
    rows = Session.objects.of(group).alias(lower_title=Lower("title")).filter(wanted)
    return [
        Target(
            pk=session.pk,
            name=session.title,
            names=(str(session.pk), f"{session.starts_at.astimezone(group.zone):%Y-%m-%d}"),
            href=reverse("sessions:detail", args=[group.slug, session.pk]),
            text=session.title,
        )
        for session in rows.only("title", "starts_at").order_by("-starts_at", "-pk")
    ]


@suggester("session")
def sessions_meant(*, group: Any, words: str, most: int) -> list[tuple[str, str]]:
    """The latest first; two of one title are told apart by their day."""
    rows = Session.objects.of(group).filter(title__icontains=words).order_by("-starts_at", "-pk")
    found = rows.values_list("pk", "title", "starts_at")[:most]
    titles = [title for _pk, title, _at in found]
    return [
        (linkable(title, pk) if titles.count(title) == 1 else str(pk), f"{title}, {at.astimezone(group.zone):%d %B %Y}")
        for pk, title, at in found
    ]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if len(name) == 10 and 1 < int(name[:4]) < 9999 else None
    except ValueError:
        return None
