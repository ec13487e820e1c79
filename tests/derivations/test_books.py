"""The cookbook as a PDF: asked for on a page, made by a worker, there for all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import ask_for_book, run_book
from derivations.actions.books import MOST_TRIES
from derivations.exporting import CannotMakePdf
from derivations.models import Book, Statement, StatementText
from derivations.tasks import make_forgotten_books
from tests.conftest import NOON
from tests.factories import NoteFactory

LATER = NOON + timedelta(minutes=1)


def written(group, number=1):
    note = NoteFactory(group=group)
    row = Statement.objects.create(group=group, note=note, number=number, topic="Squares", place=f"{note.pk:09d}")
    StatementText.objects.create(statement=row, tex="(a + b)^2 = a^2 + 2 a b + b^2", html="<p>x</p>")
    return row


@pytest.fixture
def statement(group):
    return written(group)


@pytest.fixture
def asked(monkeypatch):
    """The keys of the books that workers were woken for."""
    keys = []
    monkeypatch.setattr("derivations.tasks.make_book.delay", keys.append)
    return keys


def page_of(group):
    return reverse("derivations:book", args=[group.slug])


def test_a_book_is_asked_for_made_by_a_worker_and_downloaded(
    statement, client_of, observer, group, asked, django_capture_on_commit_callbacks
):
    client = client_of(observer)
    assert "Make the PDF" in client.get(page_of(group)).text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page_of(group)).status_code == 302
    book = Book.objects.get()
    assert asked == [book.pk]
    page = client.get(page_of(group)).text
    assert "Typesetting 1 statement, asked for" in page
    assert 'hx-trigger="every 2s"' in page
    run_book(book_id=book.pk, now=LATER)
    state = client.get(reverse("derivations:book-state", args=[group.slug])).text
    assert "The PDF is ready." in state
    assert "hx-trigger" not in state
    answer = client.get(reverse("derivations:cookbook-pdf", args=[group.slug]))
    assert answer["Content-Disposition"] == f'attachment; filename="cookbook-{group.slug}.pdf"'
    assert answer.content.startswith(b"%PDF")


def test_it_is_made_once_however_often_it_is_asked_for(statement, group, member, organiser, asked):
    first = ask_for_book(group=group, by=member, now=NOON)
    assert ask_for_book(group=group, by=organiser, now=LATER) == first
    run_book(book_id=first.pk, now=LATER)
    made = Book.objects.get().made_at
    run_book(book_id=first.pk, now=LATER + timedelta(hours=1))
    assert Book.objects.get().made_at == made
    assert ask_for_book(group=group, by=organiser, now=LATER) == first


def test_after_a_change_the_old_one_is_there_until_the_new_one_is(statement, group, member, client_of, asked):
    client = client_of(member)
    old = ask_for_book(group=group, by=member, now=NOON)
    run_book(book_id=old.pk, now=NOON)
    written(group)
    page = client.get(page_of(group)).text
    assert "The cookbook has changed since: it has 2 now." in page
    assert "Make it anew" in page
    new = ask_for_book(group=group, by=member, now=LATER)
    assert new != old
    page = client.get(page_of(group)).text
    assert "Typesetting 2 statements" in page
    assert "Download" in page
    run_book(book_id=new.pk, now=LATER)
    assert list(Book.objects.values_list("pk", "statements")) == [(new.pk, 2)]


def test_one_that_cannot_be_made_says_why_and_leaves_the_one_before(
    statement, group, member, client_of, asked, monkeypatch
):
    run_book(book_id=ask_for_book(group=group, by=member, now=NOON).pk, now=NOON)
    written(group)

    def refused(*args, **how):
        raise CannotMakePdf("A formula in it is more than the typesetter reads.")

    monkeypatch.setattr("derivations.actions.books.cookbook_pdf", refused)
    run_book(book_id=ask_for_book(group=group, by=member, now=LATER).pk, now=LATER)
    page = client_of(member).get(page_of(group)).text
    assert "more than the typesetter reads" in page
    assert "Download" in page
    assert Book.objects.count() == 2
    monkeypatch.undo()


def test_one_that_ends_its_worker_each_time_is_given_up_with_a_reason(statement, group, member, asked, monkeypatch):
    def deadly(*args, **how):
        raise SystemExit  # nothing after it runs, as in a worker that is killed

    book = ask_for_book(group=group, by=member, now=NOON)
    monkeypatch.setattr("derivations.actions.books.cookbook_pdf", deadly)
    for _ in range(MOST_TRIES):
        make_forgotten_books()
        with pytest.raises(SystemExit):
            run_book(book_id=book.pk, now=LATER)
    assert asked == [book.pk] * MOST_TRIES
    assert run_book(book_id=book.pk, now=LATER).state == "failed"
    assert "ended its worker 3 times" in Book.objects.get().reason


def test_without_a_statement_there_is_nothing_to_print(group, member, client_of):
    client = client_of(member)
    client.post(page_of(group))
    assert not Book.objects.exists()
    assert "Nothing is proved yet" in client.get(page_of(group)).text
    answer = client.get(reverse("derivations:cookbook-pdf", args=[group.slug]))
    assert answer["Location"] == page_of(group)


def test_the_page_never_reads_the_pdf_itself(statement, group, member, client_of):
    run_book(book_id=ask_for_book(group=group, by=member, now=NOON).pk, now=NOON)
    client = client_of(member)
    client.get(page_of(group))
    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(group))
    of_books = [query["sql"] for query in asked if '"derivations_book"' in query["sql"]]
    assert len(of_books) == 1
    assert '"derivations_book"."data",' not in of_books[0]


def test_only_so_many_are_asked_for_in_a_minute(statement, group, member, client_of, monkeypatch):
    monkeypatch.setattr("derivations.views.booking.BOOKS_A_MINUTE", 1)
    client = client_of(member)
    client.post(page_of(group))
    Book.objects.all().delete()
    client.post(page_of(group))
    assert not Book.objects.exists()
