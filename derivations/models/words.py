"""What a search of notes reads."""

from __future__ import annotations

from django.db import models

from .notes import Note


class NoteWords(models.Model):
    """The words of a note's title and text, see words.py. They follow from the note, whoever saves it (signals.py).

    In a table of its own: a search reads every row of it, and the rows of the notes hold whole pages.
    """

    note = models.OneToOneField(Note, on_delete=models.CASCADE, primary_key=True, related_name="searched")
    words = models.TextField(editable=False)

    class Meta:
        verbose_name_plural = "words of notes"

    def __str__(self) -> str:
        return f"The words of note {self.pk}"
