"""Background work of the derivations room. Each docstring begins with what an organiser reads when it fails."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.db.models import F
from django.utils import timezone

__all__ = [
    "check_forgotten_notes",
    "check_note",
    "draw_forgotten_notes",
    "draw_notes_again",
    "make_book",
    "make_forgotten_books",
    "prune_old_drafts",
    "redraw_forgotten_notes",
    "redraw_linking_notes",
]

FORGOTTEN_AFTER = timedelta(minutes=3)


@shared_task
def check_note(check_id: int) -> None:
    """Check the steps of a note."""
    from .actions import run_check

    run_check(check_id=check_id, now=timezone.now())


@shared_task
def check_forgotten_notes() -> None:
    """Check the notes whose place in the queue was lost."""
    from .models import Check

    lost = Check.objects.filter(state=Check.State.WAITING, asked_at__lt=timezone.now() - FORGOTTEN_AFTER)
    for pk in lost.order_by("asked_at").values_list("pk", flat=True)[:100]:
        check_note.delay(pk)


@shared_task
def make_book(book_id: int) -> None:
    """Make the PDF of a cookbook."""
    from .actions import run_book

    run_book(book_id=book_id, now=timezone.now())


@shared_task
def make_forgotten_books() -> None:
    """Make the PDFs of cookbooks whose place in the queue was lost."""
    from .models import Book

    lost = Book.objects.filter(state=Book.State.WAITING, asked_at__lt=timezone.now() - FORGOTTEN_AFTER)
    for pk in lost.order_by("asked_at").values_list("pk", flat=True)[:100]:
        make_book.delay(pk)


@shared_task
def prune_old_drafts() -> None:
    """Delete the unsaved texts that nobody touched for 90 days."""
    from .actions import prune_drafts

    prune_drafts(now=timezone.now())


@shared_task
def redraw_linking_notes(group_id: int) -> None:
    """Draw the notes again that link to something with a new name."""
    from .actions import redraw_stale

    redraw_stale(group_id=group_id)


@shared_task
def redraw_forgotten_notes() -> None:
    """Draw the notes again whose links were left behind."""
    from .actions import find_late_targets, redraw_stale

    find_late_targets()
    redraw_stale()


@shared_task
def draw_notes_again(group_id: int) -> None:
    """Draw the notes that use a macro that was changed."""
    from .actions import draw_again

    draw_again(group_id=group_id, now=timezone.now())


@shared_task
def draw_forgotten_notes() -> None:
    """Draw the notes whose turn after a change of macros was lost."""
    from .models import MacroRevision

    changed = MacroRevision.objects.filter(
        group__notes__macros_number__lt=F("number"), created_at__lt=timezone.now() - FORGOTTEN_AFTER
    )
    for group_id in changed.order_by("group").values_list("group", flat=True).distinct()[:100]:
        draw_notes_again.delay(group_id)
