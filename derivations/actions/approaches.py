"""Several derivations of one statement are put together, named, ordered, and taken apart again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from derivations.models import Approach, Note, SharedStatement
from members.models import User

MOST_APPROACHES = 12  # to one statement: they stand on one page
MOST_TEXT = 4000


class CannotApproach(Exception):
    """Why notes cannot stand together so, in words fit to show a member."""


def _clean_title(title: str) -> str:
    title = " ".join(title.replace("\0", "").split())
    if not title:
        raise CannotApproach("Say in a few words what these notes derive.")
    if len(title) > 200:
        raise CannotApproach(f"This title has {len(title)} characters; at most 200 fit.")
    return title


def _clean_text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if len(text) > MOST_TEXT:
        raise CannotApproach(f"This statement has {len(text):,} characters; at most {MOST_TEXT:,} fit.")
    return text


def _locked(statement: SharedStatement) -> SharedStatement:
    found = SharedStatement.objects.select_for_update().filter(pk=statement.pk).first()
    if found is None:
        raise CannotApproach("These notes do not stand together any more: someone took them apart.")
    return found


@transaction.atomic
def share_statement(
    *, note: Note, title: str, kind: str, by: User, now: datetime, label: str = "", text: str = ""
) -> SharedStatement:
    """Return a new statement to which `note` is the first approach. Raises CannotApproach."""
    statement = SharedStatement.objects.create(
        group_id=note.group_id, title=_clean_title(title), text=_clean_text(text), made_by=by, made_at=now
    )
    add_approach(statement=statement, note=note, kind=kind, label=label, by=by)
    return statement


@transaction.atomic
def add_approach(*, statement: SharedStatement, note: Note, kind: str, by: User, label: str = "") -> Approach:
    """Let `note` stand beside the others, as the last. One that stands there already gets this kind. Raises
    CannotApproach."""
    statement = _locked(statement)
    if note.group_id != statement.group_id:
        raise CannotApproach("This note belongs to another group.")
    if note.is_deleted:
        raise CannotApproach("This note was deleted meanwhile.")
    if kind not in Approach.Kind.values:
        raise CannotApproach("Choose what kind of approach it is.")
    places = dict(statement.approaches.values_list("note", "position"))
    if note.pk not in places and len(places) >= MOST_APPROACHES:
        raise CannotApproach(
            f"{MOST_APPROACHES} approaches stand together here, which is as many as a page shows well."
        )
    said = {"kind": kind, "label": _label(label)}
    last = max(places.values(), default=-1) + 1
    return Approach.objects.update_or_create(
        statement=statement, note=note, defaults=said, create_defaults={**said, "position": last}
    )[0]


def _label(label: str) -> str:
    return " ".join(label.replace("\0", "").split())[:60]


@transaction.atomic
def rename_statement(*, statement: SharedStatement, title: str, text: str, by: User) -> SharedStatement:
    """Say anew what the notes derive. Raises CannotApproach."""
    statement = _locked(statement)
    statement.title, statement.text = _clean_title(title), _clean_text(text)
    statement.save(update_fields=["title", "text"])
    return statement


@transaction.atomic
def rename_approach(*, approach: Approach, kind: str, label: str, by: User) -> Approach:
    """Say anew what kind of approach a note is. Raises CannotApproach."""
    if kind not in Approach.Kind.values:
        raise CannotApproach("Choose what kind of approach it is.")
    approach.kind, approach.label = kind, _label(label)
    if not Approach.objects.filter(pk=approach.pk).update(kind=approach.kind, label=approach.label):
        raise CannotApproach("This note does not stand here any more.")
    return approach


@transaction.atomic
def move_approach(*, approach: Approach, by_places: int, by: User) -> None:
    """Move an approach `by_places` later (negative: earlier), no further than the end. Raises CannotApproach."""
    statement = _locked(approach.statement)
    # What is deleted keeps its place among the others, and is not stepped over twice.
    inside = list(statement.approaches.select_related("note").only("position", "statement", "note__deleted_at"))
    shown = [each for each in inside if not each.note.is_deleted]
    here = next((place for place, each in enumerate(shown) if each.pk == approach.pk), None)
    if here is None:
        raise CannotApproach("This note does not stand here any more.")
    there = max(0, min(len(shown) - 1, here + by_places))
    shown.insert(there, shown.pop(here))
    ordered = [*shown, *(each for each in inside if each.note.is_deleted)]
    for position, each in enumerate(ordered):
        each.position = position
    Approach.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def remove_approach(*, approach: Approach, by: User) -> SharedStatement | None:
    """Take a note out; the note itself stays. Return the statement, or None where this was its last approach."""
    statement = _locked(approach.statement)
    Approach.objects.filter(pk=approach.pk).delete()
    if statement.approaches.exists():
        return statement
    statement.delete()
    return None


@transaction.atomic
def part_approaches(*, statement: SharedStatement, by: User) -> None:
    """Let the notes of a statement stand by themselves again; they all stay."""
    SharedStatement.objects.filter(pk=statement.pk).delete()
