"""Who was asked to check a note, and what they answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from .notes import Note


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
