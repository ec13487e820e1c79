"""What the checker said."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from .notes import Revision


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
