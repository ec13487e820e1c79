"""Which letter means what in which note."""

from __future__ import annotations

from typing import Any

from django.db import models

from .notes import Note


class Symbol(models.Model):
    """One letter as the latest checked revision of a note declares or defines it; rebuilt with each check."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="symbols")
    name = models.CharField(max_length=200, help_text="As the note writes it, in LaTeX.")
    kind = models.CharField(max_length=100, help_text="number, vector, matrix, index, function …; “defined”.")
    shape = models.CharField(max_length=200, blank=True)
    properties: Any = models.JSONField(default=list, blank=True)
    meaning = models.CharField(max_length=500, blank=True, help_text="Its definition in LaTeX, where it has one.")
    line = models.PositiveIntegerField()

    class Meta:
        ordering = ["name", "note", "pk"]
        constraints = [models.UniqueConstraint(fields=["note", "name"], name="one_symbol_a_note_and_name")]

    def __str__(self) -> str:
        return f"{self.name} in {self.note}"
