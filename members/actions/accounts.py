"""The first account, a person's own profile, and the end of an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from members.models import FirstAccount, Group, Membership, Role, User

from .groups import other_organisers


class CannotSetUp(Exception):
    """Why the first account cannot be made, in words fit to show whoever tried."""


class CannotCloseAccount(Exception):
    """Why an account cannot be closed, in words fit to show its owner."""


@transaction.atomic
def make_first_account(*, name: str, email: str, password: str, time_zone: str, now: datetime) -> User:
    """Make the account of whoever sets the product up: verified at once, with the right to administer it.
    Raises CannotSetUp once any account exists. Of two browsers at once one gets it."""
    refusal = CannotSetUp(
        "Someone else finished setting up a moment ago. Ask them for an invitation, or log in if it was you."
    )
    if User.objects.exists():
        raise refusal
    try:
        with transaction.atomic():
            user = User.objects.create_superuser(email, password, name=name, time_zone=time_zone, date_joined=now)
            FirstAccount.objects.create(id=1, user=user)
    except IntegrityError as taken:  # the other browser's row came first
        raise refusal from taken
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def change_profile(*, user: User, name: str, time_zone: str, affiliation: str, about: str) -> User:
    """Change what others see of a person, and the zone in which they see times."""
    user.name, user.time_zone, user.affiliation, user.about = name, time_zone, affiliation, about
    user.save(update_fields=["name", "time_zone", "affiliation", "about"])
    return user


@transaction.atomic
def close_account(*, user: User, now: datetime) -> User:
    """Leave every group and close the account for good: no log-in, no mail, no address. Words in groups stay signed.
    Raises CannotCloseAccount, naming the groups that would be left without an organiser."""
    mine = list(Membership.objects.current().filter(user=user).select_related("group").order_by("group__name"))
    list(Group.objects.select_for_update().filter(pk__in=[each.group_id for each in mine]).order_by("pk"))  # locks
    stuck = [
        each.group.name
        for each in mine
        if each.role == Role.ORGANISER and not other_organisers(each) and not _is_alone(each)
    ]
    if stuck:
        raise CannotCloseAccount(
            f"You are the only organiser of {', '.join(stuck)}. Hand it over first, then close your account."
        )
    Membership.objects.filter(pk__in=[each.pk for each in mine]).update(left_at=now, removed_by=None)
    EmailAddress.objects.filter(user=user).delete()
    user.is_active = user.is_staff = user.is_superuser = False
    user.email = f"closed-{user.pk}@account.invalid"  # the address is forgotten, and free for a new account
    user.affiliation = user.about = ""
    user.set_unusable_password()
    user.save(update_fields=["is_active", "is_staff", "is_superuser", "email", "affiliation", "about", "password"])
    return user


def _is_alone(membership: Membership) -> bool:
    return not Membership.objects.current().filter(group=membership.group_id).exclude(pk=membership.pk).exists()


def own_data(user: User) -> dict[str, Any]:
    """What this room stores about a person, for them to take away, as plain JSON values. Two queries."""
    return {
        "email": user.email,
        "name": user.name,
        "time_zone": user.time_zone,
        "affiliation": user.affiliation,
        "about": user.about,
        "joined": user.date_joined.isoformat(),
        "addresses": [
            {"email": each.email, "verified": each.verified} for each in EmailAddress.objects.filter(user=user)
        ],
        "groups": [
            {
                "group": each.group.name,
                "role": each.role,
                "joined": each.joined_at.isoformat(),
                "left": each.left_at.isoformat() if each.left_at else None,
            }
            for each in Membership.objects.filter(user=user).select_related("group").order_by("joined_at")
        ],
    }
