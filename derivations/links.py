"""How a text names notes, `[[title]]`, and what is told when something that notes link to is called otherwise."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse

from commons.links import Target, linkable, linker, suggester
from readings.models import Work
from sessions.models import Session

from .actions import name_changed
from .models import Note


@linker(
    "note",
    missing="No note has this title yet.",
    action="Write it",
    where=lambda group, name: f"{reverse('derivations:new', args=[group.slug])}?{urlencode({'title': name[:200]})}",
    is_expected=False,
)
def notes_by_title(*, group: Any, names: Collection[str], pks: Collection[int]) -> list[Target]:
    """By title, or by number as in the address, which tells two notes of one title apart. The oldest comes first."""
    numbers = {int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 18}
    wanted = Q(title__in=list(names)) | Q(lower_title__in=[name.lower() for name in names])
    if numbers or pks:
        wanted |= Q(pk__in=numbers | set(pks))
    rows = Note.objects.filter(group=group).alias(lower_title=Lower("title")).filter(wanted)
    return [
        Target(
            pk=note.pk,
            name=note.title,
            names=(str(note.pk),),
            href=reverse("derivations:detail", args=[group.slug, note.pk]),
            text=note.title,
            anchors=_anchors(note),
            gone="This note was deleted." if note.is_deleted else "",
        )
        for note in rows.only("title", "outline", "deleted_at", "steps_hold", "steps_fail", "steps_unchecked").order_by(
            "pk"
        )
    ]


@suggester("note")
def notes_meant(*, group: Any, words: str, most: int) -> list[tuple[str, str]]:
    """Those that changed last come first; two of one title are told apart by their number."""
    rows = Note.objects.of(group).filter(title__icontains=words).order_by("-changed_at", "-pk")
    found = list(rows.values_list("pk", "title")[:most])
    titles = [title for _pk, title in found]
    return [(linkable(title, pk) if titles.count(title) == 1 else str(pk), title) for pk, title in found]


def _anchors(note: Note) -> dict[str, tuple[str, str]]:
    """A note's steps by number, its equations by label and number, its headings by their words."""
    found = {}
    for heading in note.outline.get("headings", []):
        found[heading["text"]] = heading["anchor"], heading["text"]
    for equation in note.outline.get("equations", []):
        for name in filter(None, (equation["number"], equation["label"])):
            found[name] = equation["anchor"], equation["number"]
    for number in range(1, note.steps + 1):
        for name in (str(number), f"step {number}", f"step-{number}"):
            found[name] = f"step-{number}", f"step {number}"
    return found


_TITLE_FIELDS = {"title", "deleted_at"}


@receiver(post_save, sender=Note)
def a_note_is_called_so(
    sender: type[Note], instance: Note, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if update_fields is None or _TITLE_FIELDS & set(update_fields):
        name_changed(kind="note", pk=instance.pk, group_id=instance.group_id, name=instance.title, is_new=created)


@receiver(post_save, sender=Work)
def a_work_is_called_so(sender: type[Work], instance: Work, created: bool, **kwargs: Any) -> None:
    name_changed(kind="cite", pk=instance.pk, group_id=instance.group_id, name=instance.key, is_new=created)


@receiver(post_save, sender=Session)
def a_session_is_called_so(
    sender: type[Session], instance: Session, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if update_fields is None or "title" in update_fields:
        name_changed(kind="session", pk=instance.pk, group_id=instance.group_id, name=instance.title, is_new=created)


@receiver(post_delete, sender=Work)
def a_work_is_gone(sender: type[Work], instance: Work, **kwargs: Any) -> None:
    name_changed(kind="cite", pk=instance.pk, group_id=instance.group_id, name="")


@receiver(post_delete, sender=Session)
def a_session_is_gone(sender: type[Session], instance: Session, **kwargs: Any) -> None:
    name_changed(kind="session", pk=instance.pk, group_id=instance.group_id, name="")
