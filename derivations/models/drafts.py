"""Text that someone has typed and not saved yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Group

from .notes import Note


class Draft(models.Model):
    """What one member typed into one opened editor and has not saved. Nobody else ever sees it.

    `note` is null where it is to become a new note. `token` is that of the opened editor, so that two tabs keep two
    drafts; `typed` is the browser's clock in milliseconds at the last key, so that a late request overwrites nothing.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    token = models.CharField(max_length=32)
    base = models.PositiveIntegerField("revision it was written on", null=True, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    body = models.TextField(blank=True)
    message = models.CharField(max_length=1000, blank=True)
    device = models.CharField(max_length=32, blank=True, help_text="A random name that the browser gave itself.")
    typed = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "token"], name="one_draft_an_opened_editor"),
            models.CheckConstraint(condition=~models.Q(token=""), name="a_draft_has_its_token"),
        ]
        indexes = [
            models.Index(fields=["member", "group", "-saved_at"], name="drafts_of_a_member"),
            models.Index(fields=["saved_at"], name="drafts_by_age"),
        ]

    def __str__(self) -> str:
        return self.title or "Without a title"
