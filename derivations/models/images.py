"""Pictures in notes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from members.models import Group


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
