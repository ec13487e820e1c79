"""The words by which notes are found are kept beside them."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.models import Note, NoteWords
from derivations.words import words_of


def keep_words(*, notes: Iterable[Note]) -> None:
    """Store what a search of `notes` reads; one query. A save does, see signals.py; who writes rows in bulk calls it.
    Safe to run twice."""
    NoteWords.objects.bulk_create(
        [NoteWords(note=note, words=words_of(note.title, note.body)) for note in notes],
        update_conflicts=True,
        unique_fields=["note"],
        update_fields=["words"],
        batch_size=200,
    )
