"""The cookbook as a PDF: asked for on a page, made by a worker."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max

from derivations.cookbook import cookbook_pdf
from derivations.exporting import CannotMakePdf
from derivations.macros import macros_of
from derivations.models import Book, Statement
from derivations.tasks import make_book
from members.models import Group, User

logger = logging.getLogger(__name__)
MOST_TRIES = 3  # of a book that ends with its worker
SECONDS = 120  # of processor time: nobody's browser waits


def contents_of(group: Group) -> tuple[str, int]:
    """What a book of the group would hold now, and how many statements that is. One query.

    The rows of a note's statements are made anew with each change of it, so their last key tells of any.
    """
    counted = Statement.objects.filter(group=group).aggregate(count=Count("pk"), last=Max("pk"))
    return f"{counted['count']}:{counted['last'] or 0}:{macros_of(group).number}:{group.name}"[:64], counted["count"]


def ask_for_book(*, group: Group, by: User, now: datetime) -> Book:
    """The book of the cookbook as it stands: the one that is made or under way, or one that is asked for now."""
    contents, statements = contents_of(group)
    books = Book.objects.filter(group=group).defer("data")
    under_way = books.filter(state=Book.State.WAITING).first()
    if under_way is not None:
        return under_way
    last = books.first()
    if last is not None and last.state == Book.State.DONE and last.contents == contents:
        return last
    try:
        with transaction.atomic():
            book = Book.objects.create(group=group, asked_by=by, asked_at=now, contents=contents, statements=statements)
    except IntegrityError:  # someone else asked in the same moment
        return books.get(state=Book.State.WAITING)
    transaction.on_commit(partial(make_book.delay, book.pk))
    return book


def run_book(*, book_id: int, now: datetime) -> Book | None:
    """Make a book that waits, and drop those before it. Safe to run twice; None where it is gone.

    A worker that dies over it leaves it waiting, up to MOST_TRIES.
    """
    book = Book.objects.defer("data").select_related("group").filter(pk=book_id).first()
    if book is None or book.state != Book.State.WAITING:
        return book
    if book.tries >= MOST_TRIES:
        logger.error("The cookbook of group %s was lost %s times.", book.group_id, book.tries)
        book.reason = f"Making it ended its worker {book.tries} times. Take the LaTeX document instead."
    else:
        Book.objects.filter(pk=book.pk).update(tries=F("tries") + 1)
        book.contents, book.statements = contents_of(book.group)
        try:
            book.data = cookbook_pdf(book.group, site=settings.SITE_URL, now=now, seconds=SECONDS)
        except CannotMakePdf as reason:
            book.reason = str(reason)[:500]
    book.state = Book.State.FAILED if book.reason else Book.State.DONE
    book.made_at = now
    with transaction.atomic():
        book.save(update_fields=["state", "reason", "contents", "statements", "made_at", "data"])
        before = Book.objects.filter(group=book.group).exclude(pk=book.pk)
        # A book that could not be made leaves the one before it to be read.
        (before.exclude(state=Book.State.DONE) if book.reason else before).delete()
    return book
