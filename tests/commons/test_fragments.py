"""A page and its fragment at one address are kept apart by caches."""

import pytest

from tests.factories import NoteFactory


@pytest.mark.parametrize("page", ["", "sessions/", "readings/", "notes/", "ideas/", "members/"])
def test_every_page_tells_caches_that_htmx_is_answered_otherwise(client_of, group, member, page):
    NoteFactory(group=group)
    answer = client_of(member).get(f"/groups/{group.slug}/{page}")
    assert "HX-Request" in answer["Vary"]
