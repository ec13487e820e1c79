"""Files become notes: held for a look first, then made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction

from derivations.exporting.gathering import PICTURE
from derivations.importing import Found, Unreadable, read_upload
from derivations.models import Image, Note, NoteImport
from derivations.pictures import RefusedPicture, read_picture
from members.models import Group, User
from readings.models import Work

from .notes import CannotSave, create_note, link_note
from .pictures import store_picture

KEPT_FOR = timedelta(days=2)
MOST_AT_ONCE = 50  # notes made in one request; the rest waits in the same import
MOST_HELD = 5  # imports of one person that wait


class CannotImport(Exception):
    """Why a file is not taken, in words fit to show a member; `status` is the HTTP status that fits."""

    def __init__(self, words: str, *, status: int = 422) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Made:
    """The notes made, and why others were not."""

    notes: tuple[Note, ...]
    refused: tuple[str, ...]


def hold_notes(*, group: Group, data: bytes, name: str, by: User, now: datetime) -> tuple[NoteImport, Found]:
    """Read a file and keep it for the preview. Nothing is made yet. Raises CannotImport."""
    try:
        found = read_upload(name, data)
    except Unreadable as reason:
        raise CannotImport(str(reason), status=reason.status) from reason
    with transaction.atomic():
        waiting = NoteImport.objects.filter(user=by)
        waiting.filter(created_at__lt=now - KEPT_FOR).delete()
        oldest = list(waiting.order_by("-created_at", "-pk").values_list("pk", flat=True)[MOST_HELD - 1 :])
        waiting.filter(pk__in=oldest).delete()
        return NoteImport.objects.create(group=group, user=by, name=name[:200], data=data, created_at=now), found


@transaction.atomic
def make_notes(*, held: NoteImport, places: Sequence[int], by: User, now: datetime) -> Made:
    """Make notes, all of them drafts, of the chosen places of a held file: the first MOST_AT_ONCE of them.

    Safe to run twice: a place is made once. The import is dropped when nothing of it is left.
    """
    held = NoteImport.objects.select_for_update().get(pk=held.pk)
    found = read_upload(held.name, bytes(held.data))
    fit = [place for place, draft in enumerate(found.drafts) if not draft.refusal and place not in held.made]
    chosen = [place for place in fit if place in set(places)][:MOST_AT_ONCE]
    works = {work.key: work for work in Work.objects.filter(group=held.group)}
    notes: list[Note] = []
    refused: list[str] = []
    stored: dict[str, str] = {}
    for place in chosen:
        draft = found.drafts[place]
        body = _with_pictures(draft.body, held.group, found, stored, refused, by=by, now=now)
        try:
            with transaction.atomic():
                note = create_note(
                    group=held.group, by=by, title=draft.title, body=body,
                    message=f"Imported from {draft.source}"[:300], now=now,
                )  # fmt: skip
        except CannotSave as reason:
            refused.append(f"{draft.title}: {reason}")
            continue
        cited = [works[key] for key in draft.works if key in works]
        if cited:
            link_note(note=note, by=by, works=cited, sessions=())
        notes.append(note)
        held.made.append(place)
    if set(fit) <= set(held.made):
        held.delete()
    else:
        held.save(update_fields=["made"])
    return Made(tuple(notes), tuple(refused))


def _with_pictures(
    body: str, group: Group, found: Found, stored: dict[str, str], refused: list[str], *, by: User, now: datetime
) -> str:
    """`body` with its pictures: those that the group has stay, those that came with the file are stored anew."""
    names = set(PICTURE.findall(body)) & found.pictures.keys()
    here = set(Image.objects.filter(group=group, name__in=names).values_list("name", flat=True)) if names else set()
    for name in sorted(names - here - stored.keys()):
        data = found.pictures[name]
        try:
            picture = read_picture(BytesIO(data), size=len(data), max_bytes=len(data))
        except RefusedPicture as reason:
            refused.append(f"The picture {name}: {reason}")
            stored[name] = name
            continue
        stored[name] = store_picture(group=group, picture=picture, by=by, now=now).name
    return re.sub(PICTURE, lambda match: f"/pictures/{stored.get(match[1], match[1])}", body)
