"""Files handed in, between their preview and the notes made of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Group


class NoteImport(models.Model):
    """A file as it came. `made`: the places, from 0, of the notes already made of it."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="note_imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="note_imports")
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    made: Any = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
