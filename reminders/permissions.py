"""Who may do what with reminders."""

from __future__ import annotations

from members.access import is_organiser, may_read
from members.models import Group, Role, User

from .models import Delivery, Notification, TaskFailure

__all__ = [
    "PERMISSIONS",
    "can_dismiss_failure",
    "can_read_log",
    "can_read_notification",
    "can_retry_delivery",
    "can_see_failures",
]


def can_read_log(user: User, group: Group) -> bool:
    """Whether `user` reads what the group's reminders told them: each reads their own."""
    return may_read(user, group)


def can_see_failures(user: User, group: Group) -> bool:
    """Whether `user` sees what went wrong in the group, and how many reminders of which kind were sent."""
    return is_organiser(user, group)


def can_retry_delivery(user: User, delivery: Delivery, group: Group) -> bool:
    """Whether `user` may have a failed delivery tried again, seen from the page of `group`."""
    return is_organiser(user, group) and delivery.group_id in (None, group.pk)


def can_dismiss_failure(user: User, failure: TaskFailure) -> bool:
    """Whether `user` may take a failure off the list: an organiser of its group; of any, for one of the whole site."""
    if failure.group_id is None:
        return any(membership.role == Role.ORGANISER for membership in user.current_memberships)
    return is_organiser(user, failure.group_id)


def can_read_notification(user: User, notification: Notification) -> bool:
    return notification.user_id == user.pk


PERMISSIONS = {
    "reminders.read_log": can_read_log,
    "reminders.see_failures": can_see_failures,
    "reminders.retry_delivery": can_retry_delivery,
    "reminders.dismiss_failure": can_dismiss_failure,
    "reminders.read_notification": can_read_notification,
}
