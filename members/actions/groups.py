"""Groups and who is in them with which role."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from members.models import Group, Invitation, Membership, Role, User

RESERVED_SLUGS = frozenset({"new"})  # /groups/new/ is where one makes a group
SETTINGS = ("name", "purpose", "time_zone", "cadence", "prerequisites")


class CannotChangeGroup(Exception):
    """Why a group cannot be changed so, in words fit to show an organiser."""


class CannotChangeMembership(Exception):
    """Why a role cannot change, or a person cannot leave or be removed, in words fit to show a member."""


@transaction.atomic
def make_group(
    *,
    by: User,
    name: str,
    now: datetime,
    purpose: str = "",
    time_zone: str = "UTC",
    cadence: str = Group.Cadence.WEEKLY,
    prerequisites: str = "",
) -> Group:
    """Make a group whose organiser is `by`, and return it. Its address is derived from its name, and free."""
    fields: dict[str, Any] = {
        "name": name,
        "purpose": purpose,
        "time_zone": time_zone,
        "cadence": cadence,
        "prerequisites": prerequisites,
        "created_at": now,
        "created_by": by,
    }
    for slug in _slugs_for(name):
        if Group.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                group = Group.objects.create(slug=slug, **fields)
        except IntegrityError:  # someone took it since we looked
            continue
        Membership.objects.create(user=by, group=group, role=Role.ORGANISER, joined_at=now)
        by.__dict__.pop("current_memberships", None)
        return group
    raise AssertionError("the last of the slugs is random")


def _slugs_for(name: str) -> list[str]:
    """Slugs to try, best first. A name without Latin letters (読書会) leaves nothing, and gets a random one."""
    base = slugify(name)[:50].strip("-")
    proposals = [base, *(f"{base}-{number}" for number in range(2, 10))] if base else []
    proposals += [f"{base or 'group'}-{secrets.token_hex(3)}" for _ in range(5)]
    return [slug for slug in proposals if slug not in RESERVED_SLUGS]


@transaction.atomic
def change_group(*, group: Group, by: User, seen: str, changes: dict[str, str]) -> Group:
    """Change the settings of a group. `seen` is the `fingerprint` of the settings that the form showed.
    Raises CannotChangeGroup where another organiser saved in between, naming what they changed."""
    current = Group.objects.select_for_update().get(pk=group.pk)
    if seen and seen != fingerprint(current):
        raise CannotChangeGroup(
            "Another organiser changed these settings while this page was open. "
            f"They are now: {current.name}, {current.get_cadence_display().lower()}, {current.time_zone}. "
            "Save again to replace them with what you typed."
        )
    unknown = set(changes) - set(SETTINGS)
    if unknown:
        raise ValueError(f"not settings of a group: {sorted(unknown)}")
    for field, value in changes.items():
        setattr(current, field, value)
    current.save(update_fields=list(changes))
    return current


def fingerprint(group: Group) -> str:
    """A short text that differs when the settings differ: what a form was opened on."""
    return sha256("\x1f".join(str(getattr(group, field)) for field in SETTINGS).encode()).hexdigest()[:16]


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    """Give a member another role. Raises CannotChangeMembership for who has left, and for the last organiser."""
    membership = _locked(membership)
    if membership.role == role:
        return membership
    if membership.role == Role.ORGANISER:
        _require_another_organiser(membership, by=by, what="become a member" if role == Role.MEMBER else "step down")
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def leave_group(*, membership: Membership, now: datetime) -> Membership:
    """Leave a group. The row stays, so that words stay signed. Raises CannotChangeMembership for the last organiser."""
    membership = _locked(membership)
    if membership.role == Role.ORGANISER:
        _require_another_organiser(membership, by=membership.user, what="leave")
    membership.left_at, membership.removed_by = now, None
    membership.save(update_fields=["left_at", "removed_by"])
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User, now: datetime) -> Membership:
    """Take someone out of the group, and revoke the open invitations they made. `restore_member` undoes the first.
    Raises CannotChangeMembership for the last organiser, and for oneself: one leaves instead."""
    membership = _locked(membership)
    if membership.user_id == by.pk:
        raise CannotChangeMembership("You cannot remove yourself. Leave the group instead.")
    if membership.role == Role.ORGANISER:
        _require_another_organiser(membership, by=by, what="be removed")
    membership.left_at, membership.removed_by = now, by
    membership.save(update_fields=["left_at", "removed_by"])
    Invitation.objects.open(now).filter(group=membership.group, created_by=membership.user).update(revoked_at=now)
    return membership


@transaction.atomic
def restore_member(*, membership: Membership) -> Membership:
    """Undo a removal: the person is back with the role they had. Who left by themselves is asked with an invitation."""
    membership = Membership.objects.select_for_update().select_related("user", "group").get(pk=membership.pk)
    if membership.is_current:
        return membership
    if membership.removed_by_id is None:
        raise CannotChangeMembership(
            f"{membership.user.display_name} left by themselves. Send them an invitation instead."
        )
    membership.left_at = membership.removed_by = None
    membership.save(update_fields=["left_at", "removed_by"])
    return membership


@transaction.atomic
def hand_over(*, membership: Membership, to: Membership) -> Membership:
    """Make `to` an organiser and the organiser `membership` a member, in one step, so that the group always has one.
    Returns the new organiser's membership. Raises CannotChangeMembership where either has left, or is the other."""
    if membership.pk == to.pk or membership.group_id != to.group_id:
        raise CannotChangeMembership("Choose another person of this group to hand it over to.")
    giver, taker = _locked(membership), _locked(to)
    if giver.role != Role.ORGANISER:
        raise CannotChangeMembership("Only an organiser can hand the group over.")
    taker.role = Role.ORGANISER
    taker.save(update_fields=["role"])
    giver.role = Role.MEMBER
    giver.save(update_fields=["role"])
    return taker


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, with its group locked: roles of one group change one after another."""
    Group.objects.select_for_update().get(pk=membership.group_id)
    membership = Membership.objects.select_related("user", "group").get(pk=membership.pk)
    if not membership.is_current:
        raise CannotChangeMembership(f"{membership.user.display_name} is no longer in this group.")
    return membership


def other_organisers(membership: Membership) -> bool:
    """Whether the group has an organiser besides this one whose account is open."""
    return (
        Membership.objects.current()
        .filter(group=membership.group_id, role=Role.ORGANISER, user__is_active=True)
        .exclude(pk=membership.pk)
        .exists()
    )


def _require_another_organiser(membership: Membership, *, by: User, what: str) -> None:
    if other_organisers(membership):
        return
    if membership.user_id == by.pk:
        raise CannotChangeMembership(
            f"You are the only organiser, so you cannot {what}: nobody could invite people or change the group. "
            "Hand the group over, or make someone else an organiser first."
        )
    raise CannotChangeMembership(
        f"{membership.user.display_name} is the only organiser, so they cannot {what}. "
        "Make someone else an organiser first."
    )
