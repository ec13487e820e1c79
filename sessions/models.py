"""When a group meets: series on a wall clock, sessions, agenda, answers, minutes, attendance, calendar feeds."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from commons.time import zone
from members.models import Group
from readings.models import Section

from .querysets import RsvpQuerySet, SeriesQuerySet, SessionQuerySet

LONGEST = timedelta(hours=24)  # `SessionQuerySet.ending_after` counts on it


class Series(models.Model):
    """A weekly or biweekly appointment at an hour of the group's wall clock, over clock changes."""

    class Interval(models.IntegerChoices):
        WEEKLY = 1, "Every week"
        BIWEEKLY = 2, "Every two weeks"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="series")
    title = models.CharField(max_length=200)
    starts_on = models.DateField(help_text="The local date of the first session.")
    local_time = models.TimeField(help_text="The hour on the wall clock of `time_zone`.")
    time_zone = models.CharField(max_length=64)
    duration = models.DurationField(default=timedelta(minutes=90))
    interval_weeks = models.PositiveSmallIntegerField(choices=Interval.choices, default=Interval.WEEKLY)
    ends_on = models.DateField(null=True, blank=True, help_text="No session after this local date.")
    place = models.CharField(max_length=200, blank=True)
    call_url = models.URLField("call link", max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by")

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(interval_weeks__in=[1, 2]), name="weekly_or_biweekly"),
            models.CheckConstraint(
                condition=Q(duration__gt=timedelta(0)) & Q(duration__lte=LONGEST), name="a_series_takes_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> Any:
        return zone(self.time_zone)

    @property
    def rule(self) -> str:
        """`Every two weeks on Tuesday at 19:00, Europe/Berlin`."""
        place = self.time_zone.replace("_", " ")
        return f"{self.get_interval_weeks_display()} on {self.starts_on:%A} at {self.local_time:%H:%M}, {place}"

    def is_running(self, today: date) -> bool:
        return self.ends_on is None or self.ends_on >= today


class Session(models.Model):
    """One meeting. Made from a series or alone; moved, cancelled and edited by itself."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CANCELLED = "cancelled", "Cancelled"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="sessions")
    series = models.ForeignKey(Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    slot_on = models.DateField(null=True, blank=True, help_text="The date in its series that this session fills.")
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    duration = models.DurationField(default=timedelta(minutes=90))
    time_zone = models.CharField(max_length=64, help_text="The zone whose wall clock it was planned on.")
    place = models.CharField(max_length=200, blank=True)
    call_url = models.URLField("call link", max_length=500, blank=True)
    description = models.TextField(blank=True)
    description_html = models.TextField(blank=True, editable=False)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.SCHEDULED)
    cancelled_because = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True, help_text="Where it stood before it was last moved.")
    moved_at = models.DateTimeField(null=True, blank=True, help_text="When that was: older answers are asked again.")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who last moved, cancelled or restored it.",
    )
    edited_at = models.DateTimeField(null=True, blank=True, help_text="Changed by itself: its series leaves it alone.")
    minutes = models.TextField(blank=True)
    minutes_html = models.TextField(blank=True, editable=False)
    minutes_version = models.PositiveIntegerField(default=0)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    minutes_at = models.DateTimeField(null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, help_text="RFC 5545: rises whenever time or status changes.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    # Added by `SessionQuerySet.with_answers_of`.
    my_answer: str | None
    my_answered_at: datetime | None
    coming: int

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "slot_on"], name="one_session_a_slot"),
            models.CheckConstraint(
                condition=Q(duration__gt=timedelta(0)) & Q(duration__lte=LONGEST), name="a_session_takes_time"
            ),
            models.CheckConstraint(condition=Q(status__in=["scheduled", "cancelled"]), name="a_known_session_status"),
        ]
        indexes = [models.Index(fields=["group", "starts_at"], name="sessions_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("sessions:detail", args=[self.group.slug, self.pk])

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def zone(self) -> Any:
        return zone(self.time_zone)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def is_upcoming(self, now: datetime) -> bool:
        return not self.is_cancelled and self.ends_at > now

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now

    @property
    def planned_at(self) -> datetime:
        """Since when it stands at this hour: answers and reminders older than this were about another."""
        return self.moved_at or self.created_at

    def is_asked_again(self, answered_at: datetime) -> bool:
        """Whether an answer given at `answered_at` was about an hour that has been moved since."""
        return self.moved_at is not None and answered_at < self.moved_at

    @property
    def asked_again(self) -> bool:
        """Whether my own answer was. After `with_answers_of`."""
        return self.my_answered_at is not None and self.is_asked_again(self.my_answered_at)

    @property
    def shifted_from(self) -> time | None:
        """The hour of its series that the clocks skip on this day, where it stands at the next one; otherwise None."""
        if self.series is None or self.slot_on is None or self.edited_at is not None:
            return None
        shown = self.starts_at.astimezone(self.zone).time()
        return None if shown == self.series.local_time else self.series.local_time


class AgendaItem(models.Model):
    """A timed point of a session, with who presents it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=300)
    minutes = models.PositiveIntegerField(default=15, help_text="How long, in minutes.")
    presenter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="presentations"
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """A section that everyone is to have read by a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="assignments")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="assignments")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "section"], name="a_section_is_assigned_once")]

    def __str__(self) -> str:
        return f"{self.section} for {self.session}"


class Rsvp(models.Model):
    """A member's answer to a session. No row means: no answer yet."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        MAYBE = "maybe", "Maybe"
        NO = "no", "No"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="rsvps")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rsvps")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    comment = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)

    objects = RsvpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="one_answer_a_session_and_member"),
            models.CheckConstraint(condition=Q(answer__in=["yes", "maybe", "no"]), name="a_known_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.answer}"


class Attendance(models.Model):
    """Whether a member was at a past session."""

    class Mark(models.TextChoices):
        PRESENT = "present", "Present"
        EXCUSED = "excused", "Excused"
        ABSENT = "absent", "Absent"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendance")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendance")
    mark = models.CharField(max_length=8, choices=Mark.choices)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="one_mark_a_session_and_member"),
            models.CheckConstraint(condition=Q(mark__in=["present", "excused", "absent"]), name="a_known_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.mark}"


def new_feed_key() -> str:
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """A member's own calendar address: whoever knows the key reads it; rotating the key closes the old address."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    key = models.CharField(max_length=64, unique=True, default=new_feed_key)
    rotated_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now, help_text="Never goes back, also after a deletion.")

    def __str__(self) -> str:
        return f"Calendar feed of {self.user}"
