"""How a text of the group names its ideas, `[[idea:title]]`, and what is told when one is called otherwise."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse

from commons.links import Target, called, linkable, linker, suggester
from derivations.actions import name_changed

from .models import Idea


@linker(
    "idea",
    missing="No idea has this title.",
    action="Add it",
    where=lambda group, name: reverse("ideas:new", args=[group.slug]),
)
def ideas_by_title(*, group: Any, names: Collection[str], pks: Collection[int]) -> list[Target]:
    rows = called(Idea.objects.filter(group=group), "title", names, pks)
    return [
        Target(pk=idea.pk, name=idea.title, href=reverse("ideas:detail", args=[group.slug, idea.pk]), text=idea.title)
        for idea in rows.only("title").order_by("pk")
    ]


@suggester("idea")
def ideas_meant(*, group: Any, words: str, most: int) -> list[tuple[str, str]]:
    rows = Idea.objects.filter(group=group, title__icontains=words).order_by("title", "pk")
    return [(linkable(title, title), title) for title in rows.values_list("title", flat=True)[:most]]


@receiver(post_save, sender=Idea)
def tell_the_notes(
    sender: type[Idea], instance: Idea, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Notes that link to an idea show its present title."""
    if update_fields is None or "title" in update_fields:
        name_changed(kind="idea", pk=instance.pk, group_id=instance.group_id, name=instance.title, is_new=created)


@receiver(post_delete, sender=Idea)
def tell_the_notes_of_the_end(sender: type[Idea], instance: Idea, **kwargs: Any) -> None:
    name_changed(kind="idea", pk=instance.pk, group_id=instance.group_id, name="")
