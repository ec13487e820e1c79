"""Who may do what with a group's sessions. Pages and API ask here; what a session's state forbids, its action says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from members.access import is_organiser, may_read, may_write

if TYPE_CHECKING:
    from members.models import Group, User

    from .models import AgendaItem, Series, Session


def can_read_sessions(user: User, group: Group) -> bool:
    return may_read(user, group)


def can_schedule(user: User, group: Group) -> bool:
    """Make series and sessions: organisers."""
    return is_organiser(user, group)


def can_edit_series(user: User, series: Series) -> bool:
    return is_organiser(user, series.group_id)


def can_edit_session(user: User, session: Session) -> bool:
    """Move, cancel, restore, edit, choose its readings, order its agenda: organisers."""
    return is_organiser(user, session.group_id)


def can_answer(user: User, session: Session) -> bool:
    """Say whether one comes: everyone in the group, observers too."""
    return may_read(user, session.group_id)


def can_add_agenda_item(user: User, session: Session) -> bool:
    return may_write(user, session.group_id)


def can_edit_agenda_item(user: User, item: AgendaItem) -> bool:
    """Organisers; whoever presents it; and any member while nobody presents it. `item.session` is read."""
    group_id = item.session.group_id
    if is_organiser(user, group_id):
        return True
    return may_write(user, group_id) and item.presenter_id in (None, user.pk)


def can_choose_presenter(user: User, session: Session) -> bool:
    """Put someone else down as presenter: organisers. Members put down themselves."""
    return is_organiser(user, session.group_id)


def can_mark_reading(user: User, session: Session) -> bool:
    """Mark one's own progress in an assigned section. Agrees with `readings.permissions.can_mark_progress`."""
    return may_write(user, session.group_id)


def can_write_minutes(user: User, session: Session) -> bool:
    return may_write(user, session.group_id)


def can_take_attendance(user: User, session: Session) -> bool:
    """Organisers, and the member who wrote the minutes: one of the two was there with a pen."""
    if is_organiser(user, session.group_id):
        return True
    return may_write(user, session.group_id) and session.minutes_by_id == user.pk


PERMISSIONS = {
    "sessions.read": can_read_sessions,
    "sessions.schedule": can_schedule,
    "sessions.edit-series": can_edit_series,
    "sessions.edit": can_edit_session,
    "sessions.answer": can_answer,
    "sessions.add-agenda-item": can_add_agenda_item,
    "sessions.edit-agenda-item": can_edit_agenda_item,
    "sessions.choose-presenter": can_choose_presenter,
    "sessions.mark-reading": can_mark_reading,
    "sessions.write-minutes": can_write_minutes,
    "sessions.take-attendance": can_take_attendance,
}
