"""Members say at which steps they follow and where they got lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from derivations.models import Note, Reaction
from derivations.steps import Step
from members.models import User

from .talk import refresh_talk


@transaction.atomic
def react(*, note: Note, step: Step, kind: str, by: User, now: datetime) -> Reaction | None:
    """Say how one fares at a step as it stands now; the same again takes it back, and None comes back."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    mine = Reaction.objects.filter(note=note, key=step.key, member=by).first()
    if mine is not None and (mine.kind, mine.said) == (kind, step.said):
        mine.delete()
        mine = None
    else:
        mine, _ = Reaction.objects.update_or_create(
            note=note, key=step.key, member=by, defaults={"kind": Reaction.Kind(kind), "said": step.said, "at": now}
        )
    refresh_talk(note)
    return mine
