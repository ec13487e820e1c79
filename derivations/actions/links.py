"""The links of a note are kept beside it, and it is drawn again when what it links to is called otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.db.models import Q

from commons.links import key_of, linkers
from derivations.linking import NoteLinks, links_of
from derivations.macros import macros_of
from derivations.models import Check, Link, Note
from derivations.rendering import outline_of, render_note
from derivations.tasks import redraw_linking_notes
from derivations.verdicts import checked_html

from .words import keep_words

MOST_AT_ONCE = 200


def keep_links(*, note: Note, links: NoteLinks) -> None:
    """Store what the note's text links to, as `links` found it while the note was drawn: in the same transaction."""
    rows: dict[tuple[str, str], Link] = {}
    for reference, target in links.found:
        kind = reference.kind or "note"
        # The name that led to it; a title may hold `#` or `|`, and then it is not the shortest.
        name = next((n for n in reference.names if target is not None and target.answers_to(key_of(n))), reference.name)
        row = rows.get((kind, key_of(name)))
        if row is None:
            row = rows[kind, key_of(name)] = Link(
                note=note,
                kind=kind,
                name=name[:400],
                key=key_of(name),
                target=target.pk if target is not None else None,
                places=0,
            )
        row.places += 1
    Link.objects.filter(note=note).delete()
    Link.objects.bulk_create(rows.values())


def name_changed(*, kind: str, pk: int, group_id: int, name: str, is_new: bool = False) -> None:
    """Something that notes may link to was made, is called otherwise, is gone or is back: draw those notes again.

    Those that link to it, and those with a link that led nowhere and now may lead here. Within the transaction that
    changed it; the drawing itself waits for a worker.
    """
    there = Q(target__isnull=True, key=key_of(name))
    links = Link.objects.filter(there if is_new else there | Q(target=pk), kind=kind, note__group=group_id)
    if links.update(is_stale=True):
        transaction.on_commit(partial(redraw_linking_notes.delay, group_id=group_id))


def redraw_stale(*, group_id: int | None = None, most: int = MOST_AT_ONCE) -> int:
    """Draw the notes anew that have stale links, of one group or of all. Returns how many. Safe to run twice."""
    stale = Link.objects.filter(is_stale=True)
    if group_id is not None:
        stale = stale.filter(note__group=group_id)
    notes = list(stale.order_by("note").values_list("note", flat=True).distinct()[:most])
    for pk in notes:
        redraw_note(pk=pk)
    return len(notes)


@transaction.atomic
def redraw_note(*, pk: int) -> Note | None:
    """Draw a note from its source again, with the verdicts that are known: no revision, nothing that a member wrote."""
    note = Note.objects.select_for_update(of=("self",)).select_related("group").filter(pk=pk).first()
    if note is None:
        return None
    links, macros = links_of(note), macros_of(note.group_id, number=note.macros_number)
    rendered = render_note(note.body, links=links, macros=macros)
    note.body_html, note.outline = rendered.html, {**note.outline, **outline_of(rendered)}
    if note.checked_html:
        check = Check.objects.filter(revision__note=note, revision__number=note.number, state=Check.State.DONE).first()
        if check is not None:
            note.checked_html = checked_html(note.body, check.report, links=links_of(note), macros=macros)
    note.save(update_fields=["body_html", "outline", "checked_html"])
    keep_links(note=note, links=links)
    keep_words(notes=[note])  # for what was written around `save`
    return note


def find_late_targets(*, most: int = 500) -> int:
    """Mark the links that led nowhere and have a target by now, of works that were imported in bulk or of sessions that
    a series made. Returns how many."""
    found = 0
    groups: dict[int, list[Link]] = {}
    lost = Link.objects.filter(target__isnull=True, is_stale=False, note__deleted_at=None).exclude(kind="note")
    for link in lost.select_related("note__group")[:most]:
        groups.setdefault(link.note.group_id, []).append(link)
    for links in groups.values():
        for kind in {link.kind for link in links}:
            names = {link.name for link in links if link.kind == kind}
            targets = linkers()[kind].find(group=links[0].note.group, names=names, pks=())
            late = [
                link.pk
                for link in links
                if link.kind == kind and any(target.answers_to(link.key) for target in targets)
            ]
            found += Link.objects.filter(pk__in=late).update(is_stale=True)
    return found


def rebuild_links(*, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Find the links of every note anew, as after an upgrade. Returns how many notes were drawn."""
    pks = list(Note.objects.order_by("pk").values_list("pk", flat=True))
    for place, pk in enumerate(pks):
        tell(place, len(pks))
        redraw_note(pk=pk)
    tell(len(pks), len(pks))
    return len(pks)
