"""What is owed to whom by which channel: deliveries, what the bell shows, preferences, tasks that failed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models import Group

from .querysets import DeliveryQuerySet, NotificationQuerySet, TaskFailureQuerySet


class Delivery(models.Model):
    """One message to one person by one channel. Its key is unique: two sweeps that find it due write it once.

    `due` → claimed with a lease → `sent`; or back to `due` with a later `not_before` when sending failed; or `failed`
    after the last try; `dropped` when its reason went away before it was sent; `late` when it was too late to be of
    use. A claim whose lease ran out (its worker was killed) is taken again: what docs/guide/reminders.md promises is
    "at least once, and almost always exactly once", with the same Message-ID both times.
    """

    class Status(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "No longer needed"
        LATE = "late", "Too late to be of use"
        FAILED = "failed", "Could not be sent"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, help_text="The key of a class in reminders/channels.")
    key = models.CharField(max_length=200, help_text="What this is about, e.g. session-tomorrow:41:2026-11-24T18:00Z.")
    subject = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Past this instant it is too late to be of use.")
    not_before = models.DateTimeField(help_text="When a worker may take it: `due_at`, or later after a failure.")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    claimed_by = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel", "key"], name="each_reminder_once"),
            models.CheckConstraint(
                condition=Q(status="claimed", lease_until__isnull=False) | ~Q(status="claimed"),
                name="a_claim_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "not_before"], name="deliveries_to_take"),
            models.Index(fields=["user", "-created_at"], name="deliveries_of_member"),
            models.Index(fields=["kind", "due_at"], name="deliveries_in_a_window"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user} by {self.channel}: {self.status}"


class Notification(models.Model):
    """What the bell shows one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    delivery = models.OneToOneField(
        Delivery, on_delete=models.CASCADE, null=True, blank=True, related_name="notification"
    )
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at"], name="unread_of_member")]

    def __str__(self) -> str:
        return self.text


class Preference(models.Model):
    """Whether one person wants one kind of reminder by one channel. No row means: as the kind proposes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preferences")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    wanted = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_preference_a_kind_and_channel")
        ]
        indexes = [models.Index(fields=["kind", "wanted"], name="preferences_of_kind")]

    def __str__(self) -> str:
        return f"{self.user} {'wants' if self.wanted else 'does not want'} {self.kind} by {self.channel}"


class SweepMark(models.Model):
    """How far a kind of reminder has been swept: where the next sweep goes on after beat was down."""

    kind = models.CharField(max_length=60, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} is swept until {self.until:%Y-%m-%d %H:%M:%S}"


class TaskFailure(models.Model):
    """A background task that failed for good: shown to organisers, not only written to a log.

    The same failure again, before anyone has seen it, raises `times` instead of adding a row.
    """

    task = models.CharField(max_length=200)
    task_id = models.CharField(max_length=80, blank=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="task_failures")
    what = models.CharField(max_length=300, help_text="In words an organiser understands.")
    error = models.TextField()
    times = models.PositiveIntegerField(default=1)
    happened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = TaskFailureQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.task} failed: {self.what}"

    @property
    def discreet_error(self) -> str:
        """What organisers of any group may read: the words of a failure of the whole site may quote another group."""
        return self.error if self.group_id else self.error.split(":")[0]
