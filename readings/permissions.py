"""Who may do what with a group's readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from members.access import is_organiser, may_read, may_write
from members.models import Group, User

from .models import Work


def can_read_readings(user: User, group: Group) -> bool:
    return may_read(user, group)


def can_add_readings(user: User, group: Group) -> bool:
    return may_write(user, group)


def can_edit_work(user: User, work: Work) -> bool:
    return may_write(user, work.group_id)


def can_archive_work(user: User, work: Work) -> bool:
    """Organisers any work, members the works that they added. The same rule holds for removing."""
    return is_organiser(user, work.group_id) or (may_write(user, work.group_id) and work.added_by_id == user.pk)


def can_mark_progress(user: User, work: Work) -> bool:
    """Observers watch; they have nothing to catch up with."""
    return may_write(user, work.group_id)


PERMISSIONS: dict[str, Callable[[User, Any], bool]] = {
    "readings.read": can_read_readings,
    "readings.add": can_add_readings,
    "readings.edit": can_edit_work,
    "readings.archive": can_archive_work,
    "readings.mark": can_mark_progress,
}
