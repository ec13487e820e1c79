"""A group's macros, each change kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Group


class MacroRevision(models.Model):
    """The macros of a group as they stood after one change: the whole text. The highest number is in force."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="macro_revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    message = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="one_macro_revision_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="macro_revisions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Macros of {self.group}, revision {self.number}"
