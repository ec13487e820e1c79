"""Notes are written, saved by two people, restored, deleted and put beside other things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction

from derivations.linking import NoteLinks
from derivations.macros import macros_of
from derivations.merging import Part, merge_parts, together
from derivations.models import Note, Review, Revision
from derivations.rendering import LIMITS, outline_of, render_note
from derivations.standing import lower
from members.models import Group, User
from readings.models import Work
from sessions.models import Session

from .checks import ask_for_check
from .links import keep_links


class CannotSave(Exception):
    """Why a note cannot be saved, in words fit to show a member."""


class SavedMeanwhile(Exception):
    """Someone saved the note after the text at hand was opened. Nothing was stored; both texts are here.

    `base` is the revision that was opened, `current` the latest, `body` the text at hand. They are merged when the
    merge is asked for, which is after the note's row is free again.
    """

    def __init__(self, *, base: Revision, current: Revision, body: str) -> None:
        super().__init__(f"Revision {current.number} was saved while you were writing.")
        self.base = base
        self.current = current
        self.body = body

    @cached_property
    def parts(self) -> list[Part]:
        """The text of both, in stretches that agree and places that clash."""
        return merge_parts(self.base.body, self.body, self.current.body)

    @property
    def merged(self) -> str | None:
        """Both changes, where they do not touch."""
        return together(self.parts)


@dataclass(frozen=True, slots=True)
class Saved:
    """A note after saving: whether there was anything new, and the status it fell from, if it did."""

    note: Note
    is_new_revision: bool
    lowered_from: str | None = None


def _clean(title: str, body: str) -> tuple[str, str]:
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not title:
        raise CannotSave("A note needs a title.")
    if len(title) > 200:
        raise CannotSave(f"This title has {len(title)} characters; at most 200 fit.")
    if not body.strip():
        raise CannotSave("This note has no text yet, so there is nothing to save.")
    if len(body) > LIMITS.note_chars:
        raise CannotSave(
            f"This note has {len(body):,} characters; at most {LIMITS.note_chars:,} fit. Split it into several notes."
        )
    return title, body


@transaction.atomic
def create_note(*, group: Group, by: User, title: str, body: str, message: str = "", now: datetime) -> Note:
    """Return a new note, a draft, with its first revision. Raises CannotSave."""
    title, body = _clean(title, body)
    links, macros = NoteLinks(group), macros_of(group)
    rendered = render_note(body, links=links, macros=macros)
    note = Note.objects.create(
        group=group, title=title, author=by, body=body, body_html=rendered.html, outline=outline_of(rendered),
        macros_number=macros.number, created_at=now, changed_at=now, changed_by=by,
    )  # fmt: skip
    first = Revision.objects.create(
        note=note, number=1, title=title, body=body, message=message, author=by, created_at=now
    )
    keep_links(note=note, links=links)
    ask_for_check(revision=first, now=now)
    return note


@transaction.atomic
def save_note(*, note: Note, by: User, base: int, title: str, body: str, message: str = "", now: datetime) -> Saved:
    """Store `title` and `body`, which were written on top of revision `base`, as the next revision.

    A reviewed note is one that was changed since.
    Raises SavedMeanwhile where `base` is no longer the latest, CannotSave where there is nothing to store.
    """
    title, body = _clean(title, body)
    note = Note.objects.select_for_update().get(pk=note.pk)  # it may be open in two tabs
    if note.is_deleted:
        raise CannotSave("This note was deleted meanwhile. Copy your text, restore the note and save again.")
    if (note.title, note.body) == (title, body):
        return Saved(note, is_new_revision=False)
    if base != note.number:
        revisions = {r.number: r for r in note.revisions.filter(number__in=[base, note.number])}
        current = revisions[note.number]
        # A base that never was (a forged or ancient form) is answered as if the first text were the base.
        opened = revisions.get(base) or note.revisions.order_by("number")[0]
        raise SavedMeanwhile(base=opened, current=current, body=body)
    return _store(note, by=by, title=title, body=body, message=message, now=now)


def _store(note: Note, *, by: User, title: str, body: str, message: str, now: datetime) -> Saved:
    links, macros = NoteLinks(note.group, note), macros_of(note.group_id)
    rendered = render_note(body, links=links, macros=macros)
    lowered_from = lower(note, is_someone_asked=note.reviews.filter(answer=Review.Answer.WAITING).exists())
    note.title, note.body, note.body_html, note.outline = title, body, rendered.html, outline_of(rendered)
    note.macros_number = macros.number
    note.number += 1
    note.changed_at, note.changed_by = now, by
    note.checked_html, note.steps_hold, note.steps_fail, note.steps_unchecked = "", None, None, None
    note.save(
        update_fields=[
            "title", "body", "body_html", "outline", "number", "status", "reviewed_number", "changed_at", "changed_by",
            "checked_html", "steps_hold", "steps_fail", "steps_unchecked", "macros_number",
        ]
    )  # fmt: skip
    revision = Revision.objects.create(
        note=note, number=note.number, title=title, body=body, message=message, author=by, created_at=now
    )
    keep_links(note=note, links=links)
    ask_for_check(revision=revision, now=now)
    return Saved(note, is_new_revision=True, lowered_from=lowered_from)


@transaction.atomic
def restore_revision(*, note: Note, number: int, by: User, now: datetime) -> Saved:
    """Make the text of revision `number` the latest again, as a new revision. Raises CannotSave."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    old = note.revisions.filter(number=number).first()
    if old is None or note.is_deleted:
        raise CannotSave("This revision is not there any more.")
    if (note.title, note.body) == (old.title, old.body):
        return Saved(note, is_new_revision=False)
    return _store(note, by=by, title=old.title, body=old.body, message=f"Restored revision {number}", now=now)


@transaction.atomic
def delete_note(*, note: Note, by: User, now: datetime) -> Note:
    """Take a note off every page. Its text stays, and `undelete_note` brings it back."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    if not note.is_deleted:
        note.deleted_at = now
        note.save(update_fields=["deleted_at"])
    return note


@transaction.atomic
def undelete_note(*, note: Note, by: User, now: datetime) -> Note:
    """Bring a deleted note back as it was."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    note.deleted_at = None
    note.save(update_fields=["deleted_at"])
    return note


@transaction.atomic
def link_note(
    *, note: Note, by: User, works: Iterable[Work], sessions: Iterable[Session], topic: str | None = None
) -> Note:
    """Let a note stand beside exactly these works and sessions of its group; others are left out. Under `topic`, where
    one is given, its statements stand in the cookbook."""
    if topic is not None:
        note = Note.objects.select_for_update(of=("self",)).select_related("group").get(pk=note.pk)
        note.topic = " ".join(topic.split())[:80]
        note.save(update_fields=["topic"])
    note.works.set([work for work in works if work.group_id == note.group_id])
    note.sessions.set([session for session in sessions if session.group_id == note.group_id])
    return note


def put_on_table(*, note: Note, session: Session, by: User) -> None:
    """Put a note on the table of a session of the same group."""
    if note.group_id != session.group_id:
        raise CannotSave("This note belongs to another group.")
    note.sessions.add(session)


def take_off_table(*, note: Note, session: Session, by: User) -> None:
    """Take a note off the table of a session; the note itself stays."""
    note.sessions.remove(session)
