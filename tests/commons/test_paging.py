"""Pages of long lists hold what Django's own paginator holds, at two queries each."""

import pytest
from django.core.paginator import Paginator

from commons.paging import IndexPaginator, KeyPaginator
from derivations.models import Note
from tests.factories import NoteFactory


@pytest.mark.parametrize("paginator", [IndexPaginator, KeyPaginator])
def test_each_page_holds_what_django_s_own_holds(db, group, django_assert_num_queries, paginator):
    NoteFactory.create_batch(7, group=group)
    NoteFactory.create_batch(2)
    rows = Note.objects.of(group).for_rows()
    for number in ("1", "2", "3", "99", "x", "-1"):
        with django_assert_num_queries(2):
            page = paginator(rows, 3).get_page(number)
            mine = list(page)
        theirs = Paginator(rows, 3).get_page(number)
        assert (mine, page.number, page.paginator.count) == (list(theirs), theirs.number, 7)
    assert list(paginator(Note.objects.none(), 3).get_page(1)) == []
