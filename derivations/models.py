"""Worked derivations: notes, their revisions, reviews, images, and what they stand beside."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from members.models import Group
from readings.models import Work
from sessions.models import Session

from .querysets import NoteQuerySet


class Note(models.Model):
    """A derivation in Markdown with LaTeX. `body` and `body_html` are those of the latest revision."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in-review", "In review"
        REVIEWED = "reviewed", "Reviewed"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="notes")
    title = models.CharField(max_length=200)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="notes")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    body = models.TextField()
    body_html = models.TextField(editable=False)
    outline: Any = models.JSONField(
        default=dict,
        editable=False,
        help_text="Numbered equations, headings and problems, as found when it was rendered.",
    )
    number = models.PositiveIntegerField("latest revision", default=1)
    works = models.ManyToManyField(Work, blank=True, related_name="notes")
    sessions = models.ManyToManyField(Session, blank=True, related_name="notes")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    checked_html = models.TextField(
        default="", blank=True, editable=False, help_text="`body_html` with the verdicts; empty until it is checked."
    )
    steps_hold = models.PositiveIntegerField(null=True, editable=False)  # all three null until it is checked
    steps_fail = models.PositiveIntegerField(null=True, editable=False)
    steps_unchecked = models.PositiveIntegerField(null=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="a_note_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in-review", "reviewed"]), name="a_known_note_status"
            ),
        ]
        indexes = [models.Index(fields=["group", "-changed_at"], name="notes_by_change")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("derivations:detail", args=[self.group.slug, self.pk])

    @property
    def is_checked(self) -> bool:
        """Whether the verdicts of the latest revision are known, or why there are none."""
        return self.steps_hold is not None or bool(self.outline.get("check"))

    @property
    def steps(self) -> int:
        """How many steps were judged; 0 as well before they are."""
        return (self.steps_hold or 0) + (self.steps_fail or 0) + (self.steps_unchecked or 0)

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class Revision(models.Model):
    """A note as it stood after one save: whole text, message, author."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    message = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"


class Check(models.Model):
    """What the checker said of one revision: with which seed, by which version of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="check_made")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    seed = models.PositiveIntegerField(default=0)
    version = models.CharField(max_length=64, blank=True)
    report: Any = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was stopped.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(finished_at__isnull=False),
                name="a_finished_check_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="checks_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.state}"


class Review(models.Model):
    """Someone was asked to check a note, and what they answered."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPROVED = "approved", "Approved"
        CHANGES = "changes", "Asks for changes"

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=16, choices=Answer.choices, default=Answer.WAITING)
    comment = models.TextField(max_length=2000, blank=True)
    number = models.PositiveIntegerField("revision answered", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["note", "reviewer"], name="one_review_a_note_and_member")]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.note}: {self.answer}"


class Image(models.Model):
    """A picture in notes, re-encoded by us; only members of its group see it."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="images")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=64, unique=True, help_text="Random, with the true extension.")
    file = models.FileField(upload_to="notes/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("derivations:picture", args=[self.name])
