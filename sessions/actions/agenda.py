"""What happens in a session and what is read for it: agenda items in their order, assigned sections."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from members.models import User
from readings.models import Section
from sessions.models import AgendaItem, Assignment, Session

from .meeting import locked
from .refusals import CannotChange


@transaction.atomic
def add_agenda_item(
    *, session: Session, title: str, minutes: int, presenter: User | None, by: User, now: datetime
) -> AgendaItem:
    """Put an item at the end of the agenda. Raises CannotChange for a presenter who is not in the group."""
    session = locked(session)
    _check_presenter(session, presenter)
    last = session.agenda.order_by("-position").values_list("position", flat=True).first()
    item = AgendaItem.objects.create(
        session=session,
        position=0 if last is None else last + 1,
        title=title,
        minutes=minutes,
        presenter=presenter,
    )
    _touch(session, now)
    return item


@transaction.atomic
def edit_agenda_item(
    *, item: AgendaItem, title: str, minutes: int, presenter: User | None, by: User, now: datetime
) -> AgendaItem:
    """Change an item's words, length and presenter. Raises CannotChange for a presenter who is not in the group."""
    session = locked(item.session)
    if presenter is not None and presenter.pk != item.presenter_id:
        _check_presenter(session, presenter)
    item.title, item.minutes, item.presenter = title, minutes, presenter
    item.save(update_fields=["title", "minutes", "presenter"])
    _touch(session, now)
    return item


@transaction.atomic
def take_agenda_item(*, item: AgendaItem, by: User, now: datetime) -> AgendaItem:
    """Put oneself down as presenter of an item that has none. Raises CannotChange when someone was quicker."""
    session = locked(item.session)
    _check_presenter(session, by)
    taken = AgendaItem.objects.filter(Q(presenter=None) | Q(presenter=by), pk=item.pk).update(presenter=by)
    if not taken:
        raise CannotChange("Someone else has just taken this item. Choose another, or ask them to share it.")
    item.refresh_from_db()
    _touch(session, now)
    return item


@transaction.atomic
def move_agenda_item(*, item: AgendaItem, by_places: int, by: User, now: datetime) -> None:
    """Move an item `by_places` down (negative: up), no further than the end. Two movers at once end with one order."""
    session = locked(item.session)
    items = list(session.agenda.order_by("position", "pk"))
    here = next((place for place, each in enumerate(items) if each.pk == item.pk), None)
    if here is None:
        raise CannotChange("This item has been removed from the agenda.")
    there = max(0, min(len(items) - 1, here + by_places))
    items.insert(there, items.pop(here))
    for position, each in enumerate(items):
        each.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
    _touch(session, now)


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem, by: User, now: datetime) -> None:
    session = locked(item.session)
    AgendaItem.objects.filter(pk=item.pk).delete()
    _touch(session, now)


@transaction.atomic
def assign_sections(*, session: Session, section_ids: Collection[int], by: User, now: datetime) -> list[Assignment]:
    """Make exactly these sections of the group's list the reading for a session, in the list's order.

    Sections that stay assigned keep their row. Raises CannotChange for a section that is not on the group's list.
    """
    session = locked(session)
    wanted = list(
        Section.objects.filter(pk__in=section_ids, work__group=session.group_id).order_by(
            "work__position", "work_id", "position", "pk"
        )
    )
    if len(wanted) != len(set(section_ids)):
        raise CannotChange("One of these sections is no longer on the group's reading list. Choose again.")
    session.assignments.exclude(section__in=wanted).delete()
    standing = {each.section_id: each for each in session.assignments.all()}
    for position, section in enumerate(wanted):
        if section.pk not in standing:
            standing[section.pk] = Assignment(session=session, section=section)
        standing[section.pk].position = position
    assignments = [standing[section.pk] for section in wanted]
    Assignment.objects.bulk_create([each for each in assignments if each.pk is None])
    Assignment.objects.bulk_update([each for each in assignments if each.pk is not None], ["position"])
    _touch(session, now)
    return assignments


def _check_presenter(session: Session, presenter: User | None) -> None:
    if presenter is None:
        return
    if not session.group.memberships.filter(user=presenter, left_at=None).exclude(role="observer").exists():
        raise CannotChange(f"{presenter} cannot present here: presenters are organisers or members of the group.")


def _touch(session: Session, now: datetime) -> None:
    """The calendar entry lists agenda and readings, so it has a new revision; its hour, and so its sequence, stays."""
    Session.objects.filter(pk=session.pk).update(changed_at=now)
