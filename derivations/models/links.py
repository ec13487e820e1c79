"""What notes link to by name, and what of it is not there yet."""

from __future__ import annotations

from django.db import models

from .notes import Note


class Link(models.Model):
    """One name that a note's latest text links to, `[[…]]`, and what it led to when the note was drawn.

    `target` is the key of a row of another table, of another room even, by `kind`: a link outlives the name it was
    written with. Null where nothing was called so. Rebuilt with each save; `is_stale` marks a note to be drawn again.
    """

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=20, help_text="note, cite, session or idea.")
    name = models.CharField(max_length=400, help_text="As it stands in the text.")
    key = models.CharField(max_length=400, help_text="The name as it is compared: without case.")
    target = models.PositiveBigIntegerField(null=True, blank=True)
    places = models.PositiveIntegerField(default=1, help_text="How often it stands in the text.")
    is_stale = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "kind", "key"], name="one_link_a_note_and_name")]
        indexes = [
            models.Index(fields=["kind", "target"], name="links_to"),
            models.Index(fields=["kind", "key"], name="links_by_name"),
            models.Index(fields=["note"], condition=models.Q(is_stale=True), name="links_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.note}: [[{self.name}]]"
