"""The statements of the cookbook follow from notes, their checks and their reviews."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from derivations.macros import macros_of
from derivations.models import Check, Note, Statement, StatementText
from derivations.rendering import render_note
from derivations.statements import statements_of
from members.models import Group
from readings.models import folded

LAST = "\U0010fffd"  # what has no topic comes after what has one


def belongs_in_cookbook(note: Note) -> bool:
    """Reviewed as it stands, and no step fails."""
    return note.status == Note.Status.REVIEWED and note.steps_fail == 0 and not note.is_deleted


@transaction.atomic
def settle_statements(*, note: Note) -> int:
    """Let the cookbook hold exactly the claims of this note that hold, if it belongs there. Returns how many.

    Called wherever a check or a review settles, and when a note is renamed, deleted or comes back. Safe to run twice.
    """
    if not belongs_in_cookbook(note):
        Statement.objects.filter(note=note).delete()
        return 0
    check = Check.objects.filter(revision__note=note, revision__number=note.number, state=Check.State.DONE).first()
    Statement.objects.filter(note=note).delete()
    if check is None:
        return 0
    labels = {e["label"]: e["number"] for e in note.outline.get("equations", []) if e["label"]}
    found = statements_of(note.body, check.report, title=note.title, topic=note.topic, labels=labels)
    macros = macros_of(note.group_id)
    book = f"{folded(note.topic) or LAST}\t{folded(note.title)}"[:340]
    rows = Statement.objects.bulk_create(
        Statement(
            group_id=note.group_id,
            note=note,
            number=each.number,
            topic=note.topic,
            place=f"{book}\t{note.pk:012d}\t{each.number:05d}",
            tex_key=each.tex_key,
            symbols=each.symbols,
            words=each.words,
        )
        for each in found
    )
    StatementText.objects.bulk_create(
        StatementText(
            statement=row,
            tex=each.tex,
            html=render_note(f"$$\n{each.tex}\n$$", macros=macros).html,
            conditions=list(each.conditions),
            conditions_html=render_note("\n\n".join(each.conditions), macros=macros).html if each.conditions else "",
        )
        for row, each in zip(rows, found, strict=True)
    )
    return len(rows)


def rebuild_cookbook(*, group: Group | None = None, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Find all statements anew, of one group or of all. Returns how many there are."""
    notes = Note.objects.all() if group is None else Note.objects.filter(group=group)
    pks = list(notes.order_by("pk").values_list("pk", flat=True))
    count = 0
    for place, pk in enumerate(pks):
        tell(place, len(pks))
        note = Note.objects.filter(pk=pk).first()
        count += settle_statements(note=note) if note is not None else 0
    tell(len(pks), len(pks))
    return count
