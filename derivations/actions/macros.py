"""The group's macros are changed, and the notes that use them are drawn and checked again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from derivations.linking import links_of
from derivations.macros import STARTERS, macros_of, table_of
from derivations.models import Check, MacroRevision, Note
from derivations.rendering import outline_of, render_note
from derivations.tasks import check_note, draw_notes_again
from members.models import Group, User
from stepcheck import Macros, NotationError, commands_in, read_macros

from .checks import ask_again


class CannotSaveMacros(Exception):
    """Why macros cannot be saved, in words fit to show a member, and on which line of them."""

    def __init__(self, words: str, *, line: int | None = None) -> None:
        super().__init__(f"Line {line}: {words}" if line is not None else words)
        self.line = line


class MacrosChangedMeanwhile(Exception):
    """Someone saved the macros after the text at hand was opened. Nothing was stored; `current` is what stands."""

    def __init__(self, current: MacroRevision) -> None:
        super().__init__(f"Revision {current.number} of the macros was saved while you were writing.")
        self.current = current


def read_or_refuse(text: str) -> Macros:
    """Return the table of `text`. Raises CannotSaveMacros with the line of what is wrong."""
    try:
        return read_macros(text)
    except NotationError as problem:
        line = text.count("\n", 0, problem.span.start) + 1
        raise CannotSaveMacros(problem.remedy, line=line) from problem


@transaction.atomic
def save_macros(
    *, group: Group, by: User, base: int, text: str, message: str = "", now: datetime
) -> MacroRevision | None:
    """Store `text`, which was written on top of revision `base`, as the group's macros; None where nothing changed.

    The notes that use what changed are drawn and checked again once this commits. Raises CannotSaveMacros, and
    MacrosChangedMeanwhile where `base` is no longer the latest.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    text += "\n" if text else ""
    read_or_refuse(text)
    Group.objects.select_for_update().get(pk=group.pk)  # two people may save at once
    current = MacroRevision.objects.filter(group=group).first()
    if (current.text if current else "") == text:
        return None
    if current is not None and base != current.number:
        raise MacrosChangedMeanwhile(current)
    made = MacroRevision.objects.create(
        group=group,
        number=current.number + 1 if current else 1,
        text=text,
        message=" ".join(message.split())[:300],
        author=by,
        created_at=now,
    )
    transaction.on_commit(partial(draw_notes_again.delay, group.pk))
    return made


def take_starters(*, group: Group, by: User, now: datetime) -> MacroRevision | None:
    """Add the field's usual macros that the group lacks; None where it has them all. Raises CannotSaveMacros."""
    known = macros_of(group)
    lines = []
    for line in STARTERS.splitlines():
        if not line.startswith("\\") or not read_macros(line).table.keys() & known.table.table.keys():
            lines.append(line)
    if not any(line.startswith("\\") for line in lines):
        return None
    text = "\n".join([*([known.text.rstrip(), ""] if known.text.strip() else []), *lines])
    return save_macros(group=group, by=by, base=known.number, text=text, message="Take the usual macros", now=now)


def restore_macros(*, group: Group, number: int, by: User, now: datetime) -> MacroRevision | None:
    """Make the macros of revision `number` those in force again, as a new revision. Raises CannotSaveMacros."""
    old = MacroRevision.objects.filter(group=group, number=number).first()
    if old is None:
        raise CannotSaveMacros("These macros have no such revision.")
    current = macros_of(group)
    message = f"Restored revision {number}"
    return save_macros(group=group, by=by, base=current.number, text=old.text, message=message, now=now)


def draw_again(*, group_id: int, now: datetime) -> int:
    """Draw the notes of a group that use a macro that changed, and ask for their checks. Returns how many there were.

    Safe to run twice and to break off: each note knows with which macros it was drawn.
    """
    macros = macros_of(group_id)
    behind = Note.objects.filter(group=group_id, macros_number__lt=macros.number)
    changed: dict[int, set[str]] = {}
    untouched: list[int] = []
    touched: list[int] = []
    for pk, number, body in behind.values_list("pk", "macros_number", "body").iterator(chunk_size=200):
        if number not in changed:
            before = MacroRevision.objects.filter(group=group_id, number=number).values_list("text", flat=True).first()
            changed[number] = table_of(before or "").differing(macros.table)
        (touched if commands_in(body) & changed[number] else untouched).append(pk)
    for start in range(0, len(untouched), 500):
        behind.filter(pk__in=untouched[start : start + 500]).update(macros_number=macros.number)
    for pk in touched:
        _draw_one(pk, number=macros.number, now=now)
    return len(touched)


@transaction.atomic
def _draw_one(pk: int, *, number: int, now: datetime) -> None:
    note = (
        Note.objects.select_for_update(of=("self",))
        .select_related("group")
        .filter(pk=pk, macros_number__lt=number)
        .first()
    )
    if note is None:  # saved meanwhile, with these macros
        return
    macros = macros_of(note.group_id)
    rendered = render_note(note.body, links=links_of(note), macros=macros)
    note.body_html, note.outline, note.macros_number = rendered.html, outline_of(rendered), macros.number
    # What was said of the steps was said of other formulas: none of it stays on the page.
    note.checked_html, note.steps_hold, note.steps_fail, note.steps_unchecked = "", None, None, None
    note.save(
        update_fields=[
            "body_html", "outline", "macros_number", "checked_html", "steps_hold", "steps_fail", "steps_unchecked",
        ]
    )  # fmt: skip
    check = ask_again(note=note, now=now)
    if check is not None:
        transaction.on_commit(partial(check_note.delay, check.pk))


def progress_of(group: Group, number: int) -> tuple[int, int]:
    """How many notes of the group are still drawn with earlier macros than `number`, and how many wait for a check."""
    behind = Note.objects.filter(group=group, macros_number__lt=number).count()
    waiting = Check.objects.filter(
        state=Check.State.WAITING, revision__note__group=group, revision__note__deleted_at=None
    ).count()
    return behind, waiting
