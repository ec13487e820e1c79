"""The cookbook as a PDF, which takes longer to make than a page may."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Group


class Book(models.Model):
    """One PDF of a group's cookbook, asked for by a member and made by a worker.

    `contents` says which statements it holds (`derivations.actions.books.contents_of`): where the cookbook has others
    by now, the PDF is an older one. `data` is empty until it is made, and several megabytes then: defer it in lists.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="books")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    contents = models.CharField(max_length=64)
    statements = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it could not be made.")
    data = models.BinaryField(default=b"")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(state="waiting"), name="one_book_of_a_group_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"The cookbook of {self.group_id}: {self.state}"
