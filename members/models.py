"""People, groups, memberships with their role, invitations."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from commons.prepared import prepared
from commons.time import is_known_zone, zone

from .querysets import GroupQuerySet, InvitationQuerySet, MembershipQuerySet, UserQuerySet


class Role(models.TextChoices):
    ORGANISER = "organiser", "Organiser"
    MEMBER = "member", "Member"
    OBSERVER = "observer", "Observer"


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # a class made at run time
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        found: User = self.get(email__iexact=email)
        return found


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail address, with a time zone of their own."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    affiliation = models.CharField(max_length=160, blank=True)
    about = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email.split("@")[0]

    @property
    def initials(self) -> str:
        words = self.display_name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def colour(self) -> int:
        """Which of the twelve avatar colours is this person's: the class `avatar-0` … `avatar-11`."""
        return (self.pk or 0) * 7 % 12

    @property
    def zone(self) -> ZoneInfo:
        """Its zone; UTC where that has left the database of zones since it was chosen."""
        return zone(self.time_zone if is_known_zone(self.time_zone) else "UTC")

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """This person's groups, by name. One query, kept for as long as this object: in a request, not in an action."""
        return _memberships_of(user=self.pk)

    def role_in(self, group: Group | int) -> Role | None:
        """This person's role in `group`, None for a stranger and for a former member. Asks `current_memberships`."""
        group_id = group if isinstance(group, int) else group.pk
        for membership in self.current_memberships:
            if membership.group_id == group_id:
                return Role(membership.role)
        return None


@prepared(user=int)
def _memberships_of(user: int) -> models.QuerySet[Membership]:
    return Membership.objects.current().filter(user=user).select_related("group").order_by("group__name", "group_id")


class Group(models.Model):
    """People who study together: a purpose, a time zone, a cadence, and what one should know before joining."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        BIWEEKLY = "biweekly", "Every two weeks"
        IRREGULAR = "irregular", "By appointment"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    purpose = models.TextField(max_length=600, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    cadence = models.CharField(max_length=16, choices=Cadence.choices, default=Cadence.WEEKLY)
    prerequisites = models.TextField(max_length=2000, blank=True)
    members = models.ManyToManyField(
        User, through="Membership", through_fields=("group", "user"), related_name="study_groups"
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="a_group_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group-home", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        """Its zone; UTC where that has left the database of zones since it was chosen."""
        return zone(self.time_zone if is_known_zone(self.time_zone) else "UTC")


class Membership(models.Model):
    """A person in a group. Who left keeps the row, with `left_at`: their words stay signed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    invitation = models.ForeignKey(
        "Invitation", on_delete=models.SET_NULL, null=True, blank=True, related_name="joined"
    )
    removed_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who removed this person; empty for those who left by themselves.",
    )
    seen_at = models.DateTimeField(null=True, blank=True, help_text="The latest visit of this group's home.")
    seen_before_at = models.DateTimeField(null=True, blank=True, help_text="The visit before that one.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="one_membership_a_person_and_group"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="a_known_role"),
        ]
        indexes = [models.Index(fields=["group", "left_at"], name="members_of_group")]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"

    @property
    def is_current(self) -> bool:
        return self.left_at is None


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Invitation(models.Model):
    """A way into a group: a link, or a mail to one address, with a role, an end and a number of uses."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invitations")
    token = models.CharField(max_length=64, unique=True, default=new_token)
    email = models.EmailField(max_length=254, blank=True, help_text="Empty for a link that anyone may use.")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    message = models.TextField(max_length=1000, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When its mail went out.")
    send_error = models.CharField(
        max_length=500, blank=True, help_text="Why its mail could not be sent, for organisers."
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses__lte=models.F("max_uses")), name="an_invitation_is_not_overused"
            ),
            models.CheckConstraint(condition=models.Q(max_uses__gte=1), name="an_invitation_can_be_used"),
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.group} for {self.email or 'anyone with the link'}"

    def get_absolute_url(self) -> str:
        return reverse("members:accept", args=[self.token])

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used. Agrees with `InvitationQuerySet.open`."""
        return self.revoked_at is None and self.expires_at > now and self.uses < self.max_uses


class FirstAccount(models.Model):
    """The account made at set-up. One row at most, so that of two browsers only one makes it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_first_account")]

    def __str__(self) -> str:
        return f"First account: {self.user}"
