"""What follows from a note's row whoever saved it: the words it is found by, the cookbook's statements."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from .actions import keep_words, settle_statements
from .models import Note

_SETTLING = {"status", "steps_fail", "deleted_at", "title", "topic", "body"}
_WORDS = {"title", "body"}


@receiver(post_save, sender=Note)
def keep_its_words(
    sender: type[Note], instance: Note, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A form, an import, a restored revision, the demo, a fixture: each ends by saving the note."""
    if update_fields is None or _WORDS & set(update_fields):
        keep_words(notes=[instance])


@receiver(post_save, sender=Note)
def settle_the_cookbook(
    sender: type[Note], instance: Note, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A check, a review, a save, a deletion: each ends by saving the note, and the cookbook follows in the same
    transaction. Actions need not remember it."""
    if not created and (update_fields is None or _SETTLING & set(update_fields)):
        settle_statements(note=instance)
