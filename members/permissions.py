"""Who may do what with a group, its people and its invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .access import is_organiser, may_read
from .models import Group, Invitation, Membership, Role, User


def can_read_group(user: User, group: Group) -> bool:
    """See the group's settings, its members and their pages: whoever is in it."""
    return may_read(user, group)


def can_edit_group(user: User, group: Group) -> bool:
    return is_organiser(user, group)


def can_invite(user: User, group: Group) -> bool:
    """Make, send, see and withdraw the group's invitations: a link is a key, so only organisers see them."""
    return is_organiser(user, group)


def can_change_invitation(user: User, invitation: Invitation) -> bool:
    return is_organiser(user, invitation.group_id)


def can_change_role(user: User, membership: Membership) -> bool:
    return is_organiser(user, membership.group_id)


def can_remove(user: User, membership: Membership) -> bool:
    """Take someone else out, and undo it. Oneself, one leaves."""
    return is_organiser(user, membership.group_id) and membership.user_id != user.pk


def can_leave(user: User, membership: Membership) -> bool:
    """Anyone may leave; that the last organiser cannot is the action's to say, with the remedy."""
    return membership.user_id == user.pk and membership.is_current


def can_hand_over(user: User, group: Group) -> bool:
    return is_organiser(user, group)


def can_see_address(user: User, membership: Membership) -> bool:
    """Someone's e-mail address: their own, and organisers see those of their group."""
    return membership.user_id == user.pk or user.role_in(membership.group_id) == Role.ORGANISER


PERMISSIONS: dict[str, Callable[[User, Any], bool]] = {
    "members.read": can_read_group,
    "members.edit-group": can_edit_group,
    "members.invite": can_invite,
    "members.change-invitation": can_change_invitation,
    "members.change-role": can_change_role,
    "members.remove": can_remove,
    "members.leave": can_leave,
    "members.hand-over": can_hand_over,
    "members.see-address": can_see_address,
}
