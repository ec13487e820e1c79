"""What the editor offers while one types."""

import pytest
from django.urls import reverse

from derivations.actions import save_macros
from tests.conftest import NOON
from tests.factories import IdeaFactory, NoteFactory, SessionFactory, WorkFactory


@pytest.fixture
def ask(client_of, member, group):
    def asked(**query):
        return client_of(member).get(reverse("derivations:complete", args=[group.slug]), query).json()

    return asked


def test_the_groups_macros_are_told_with_how_they_are_called(ask, member, group):
    text = "\\newcommand{\\norm}[1]{\\lVert #1 \\rVert}  % a norm\n\\newcommand{\\p}[1][x]{p(#1)}\n"
    save_macros(group=group, by=member, base=0, text=text, now=NOON)
    assert ask()["macros"] == [
        {"name": "norm", "call": "\\norm{x}", "words": "a norm", "takes": 1},
        {"name": "p", "call": "\\p", "words": "", "takes": 0},
    ]


def test_names_of_each_kind_are_found(ask, group):
    NoteFactory(group=group, title="Ridge regression")
    WorkFactory(group=group, key="ridge1970", title="Ridge")
    SessionFactory(group=group, title="Ridge and lasso")
    IdeaFactory(group=group, title="Ridge without tears")
    NoteFactory(title="Ridge elsewhere")
    NoteFactory(group=group, title="Ridge deleted", deleted_at=NOON)
    found = {item["insert"] for item in ask(q="ridge")["items"]}
    assert "Ridge regression" in found
    assert "cite:ridge1970" in found
    assert "idea:Ridge without tears" in found
    assert any(name.startswith("session:Ridge") for name in found)
    assert len(found) == 4


def test_a_kind_in_front_asks_for_that_kind_alone(ask, group):
    NoteFactory(group=group, title="Ridge regression")
    WorkFactory(group=group, key="ridge1970", title="Ridge")
    assert [item["insert"] for item in ask(q="cite:rid")["items"]] == ["cite:ridge1970"]


def test_two_notes_of_one_title_are_told_apart(ask, group):
    notes = [NoteFactory(group=group, title="Twice") for _ in range(2)]
    assert {item["insert"] for item in ask(q="Twice")["items"]} == {str(note.pk) for note in notes}


def test_a_title_that_would_end_the_link_is_named_by_its_number(ask, group):
    note = NoteFactory(group=group, title="A | B # C")
    assert [item["insert"] for item in ask(q="A |")["items"]] == [str(note.pk)]


def test_it_costs_the_same_with_many_names(client_of, member, group, django_assert_max_num_queries):
    for n in range(30):
        NoteFactory(group=group, title=f"Note {n}")
    client = client_of(member)
    url = reverse("derivations:complete", args=[group.slug])
    client.get(url, {"q": "no"})
    with django_assert_max_num_queries(10):
        assert len(client.get(url, {"q": "no"}).json()["items"]) == 8
