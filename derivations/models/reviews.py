"""Who was asked to check a note, and what they answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Group

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
    thread = models.ForeignKey(
        "derivations.Thread", on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews"
    )  # what was objected to at a step
    vouched_number = models.PositiveIntegerField(
        "revision approved last", null=True, blank=True, help_text="Kept when the same person is asked again."
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["note", "reviewer"], name="one_review_a_note_and_member")]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.note}: {self.answer}"


class ReviewRule(models.Model):
    """How many approvals make a note of this group reviewed. Without a row: one."""

    MOST = 5

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="review_rule")
    approvals = models.PositiveSmallIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approvals__gte=1, approvals__lte=5), name="a_review_takes_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.approvals}"
