"""What is typed and not saved yet is kept on the server, for whoever typed it and for no one else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from derivations.models import Draft, Note
from derivations.rendering import LIMITS
from members.models import Group, User

KEPT_FOR = timedelta(days=90)
MOST_DRAFTS = 100  # of one member in one group
MOST_TITLE = 1000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,32}")
_CONTINUED = re.compile(r"([A-Za-z0-9_-]{8,32}):([0-9]{1,16})", re.ASCII)


class CannotKeepDraft(Exception):
    """Why unsaved text is not kept on the server, in words fit to show a member; `status` is the HTTP status."""

    def __init__(self, words: str, *, status: int = 422) -> None:
        super().__init__(words)
        self.status = status


@transaction.atomic
def keep_draft(
    *, group: Group, note: Note | None, by: User, token: str, base: int | None, title: str, body: str,
    message: str = "", device: str = "", typed: int = 0, continues: str = "", now: datetime,
) -> Draft | None:  # fmt: skip
    """Keep what `by` has typed into the editor called `token`, and return it. Raises CannotKeepDraft.

    None where nothing is to be kept, and nothing is any more: the text is empty, or the note reads like it already. A
    request that comes late, with an older `typed` than what is kept, changes nothing. `continues` is the draft that was
    taken up into this editor, `token:typed`: it is one with this text now, unless another device wrote on in it.
    """
    if _TOKEN.fullmatch(token) is None:
        raise CannotKeepDraft("This editor has no name, so its text cannot be told from others. Open it again.")
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    title, message, device = (text.replace("\0", "") for text in (title, message, device))
    if len(body) > LIMITS.note_chars or len(title) > MOST_TITLE or len(message) > MOST_TITLE:
        raise CannotKeepDraft(
            f"At most {LIMITS.note_chars:,} characters of unsaved text are kept. Split the note into several.",
            status=413,
        )
    kept = Draft.objects.select_for_update().filter(member=by, token=token).first()
    if kept is not None and kept.typed > typed:
        return kept
    if not (title.strip() or body.strip()) or (note is not None and (note.title, note.body) == (title, body)):
        if kept is not None:
            kept.delete()
        return None
    if kept is None and Draft.objects.filter(member=by, group=group).count() >= MOST_DRAFTS:
        raise CannotKeepDraft(
            f"You have {MOST_DRAFTS} unsaved texts in this group, which is as many as are kept. "
            "Save or throw away some; this one is kept in your browser meanwhile.",
            status=409,
        )
    said: dict[str, Any] = {
        "group": group,
        "note": note,
        "base": base,
        "title": title,
        "body": body,
        "message": message,
    }
    said |= {"device": device[:32], "typed": typed, "saved_at": now}
    kept = Draft.objects.update_or_create(member=by, token=token, defaults=said)[0]
    _drop_continued(by, continues)
    return kept


@transaction.atomic
def drop_draft(*, by: User, token: str, continues: str = "") -> None:
    """The text of an editor was saved or thrown away: it is a draft no longer, nor is what it `continues`."""
    if _TOKEN.fullmatch(token):
        Draft.objects.filter(member=by, token=token).delete()
    _drop_continued(by, continues)


def _drop_continued(by: User, continues: str) -> None:
    """Drop the draft that was taken up into another editor, unless it was written in since."""
    if found := _CONTINUED.fullmatch(continues):
        Draft.objects.filter(member=by, token=found[1], typed=int(found[2])).delete()


def prune_drafts(*, now: datetime) -> int:
    """Delete the drafts that nobody touched for KEPT_FOR; return how many these were."""
    return Draft.objects.filter(saved_at__lt=now - KEPT_FOR).delete()[0]
