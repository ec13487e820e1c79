"""Notes and their revisions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from derivations.querysets import NoteQuerySet
from members.models import Group
from readings.models import Work
from sessions.models import Session


class Note(models.Model):
    """A derivation in Markdown with LaTeX. `body` and `body_html` are those of the latest revision."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in-review", "In review"
        REVIEWED = "reviewed", "Reviewed"
        CHANGED = "changed", "Changed since review"

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
    talk: Any = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Open questions by step, how many steps lost someone, and the threads of steps that are gone, ready.",
    )
    reviewed_number = models.PositiveIntegerField("revision reviewed last", null=True, blank=True, editable=False)
    topic = models.CharField(max_length=80, blank=True, help_text="Under which its statements stand in the cookbook.")
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

    macros_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="The revision of the group's macros with which it was drawn."
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="a_note_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in-review", "reviewed", "changed"]),
                name="a_known_note_status",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "-changed_at"], name="notes_by_change"),
            # Without the rows themselves, which hold whole texts.
            models.Index(
                fields=["group", "-changed_at", "-id"], name="notes_listed", condition=models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["group", "status", "-changed_at", "-id"],
                name="notes_by_status",
                condition=models.Q(deleted_at=None),
            ),
        ]

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
