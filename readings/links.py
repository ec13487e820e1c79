"""How a text of the group names its readings: `[[cite:bishop2006pattern]]`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.urls import reverse

from commons.links import Target, called, linker, suggester

from .models import Work


@linker(
    "cite",
    missing="No reading has this key.",
    action="Add it",
    where=lambda group, name: reverse("readings:add", args=[group.slug]),
    css="ref-cite",
)
def works_by_key(*, group: Any, names: Collection[str], pks: Collection[int]) -> list[Target]:
    rows = called(Work.objects.filter(group=group), "key", names, pks)
    return [
        Target(
            pk=work.pk,
            name=work.key,
            href=reverse("readings:detail", args=[group.slug, work.pk]),
            text=_short(work),
            title=work.title,
        )
        for work in rows.only("key", "title", "authors", "year").order_by("pk")
    ]


@suggester("cite")
def works_meant(*, group: Any, words: str, most: int) -> list[tuple[str, str]]:
    rows = Work.objects.filter(group=group).filter(Q(key__icontains=words) | Q(title__icontains=words))
    return [(key, f"{key}: {title}") for key, title in rows.order_by("key").values_list("key", "title")[:most]]


def _short(work: Work) -> str:
    """`Petersen and Pedersen, 2012`."""
    who = work.author_line or work.title
    return f"{who}, {work.year}" if work.year else who
