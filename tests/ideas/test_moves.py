"""Moving cards."""

import pytest

from ideas.actions import CannotMove, Place, archive_idea, move_idea, order_of
from ideas.models import Board, Event, Idea
from tests.conftest import NOON
from tests.factories import IdeaFactory


def move(idea, text, by):
    return move_idea(idea=idea, to=Place.read(text), by=by, now=NOON)


@pytest.mark.parametrize(
    ("which", "to", "order"),
    [
        (0, "spark after-B", "BAC"),
        (0, "spark after-C", "BCA"),
        (2, "spark before-A", "CAB"),
        (2, "spark first", "CAB"),
        (0, "spark last", "BCA"),
        (0, "spark", "BCA"),
        (1, "spark up", "BAC"),
        (1, "spark down", "ACB"),
        (0, "spark up", "ABC"),
        (2, "spark down", "ABC"),
        (1, "spark after-A before-C", "ABC"),
        (0, "spark after-C before-A", "BCA"),
    ],
)
def test_a_card_goes_where_its_neighbours_say(sparks, titles, member, which, to, order):
    for letter, idea in zip("ABC", sparks, strict=True):
        to = to.replace(f"-{letter}", f"-{idea.pk}")
    moved = move(sparks[which], to, member)
    assert titles("spark") == order
    assert moved.order == order_of(sparks[0].group)


def test_a_card_goes_to_another_stage_and_both_are_numbered_densely(sparks, titles, group, member):
    there = IdeaFactory(group=group, title="X", stage="drafting", position=7)
    moved = move(sparks[1], f"drafting before-{there.pk}", member)
    assert titles("spark") == "AC"
    assert titles("drafting") == "BX"
    assert list(Idea.objects.filter(stage="spark").values_list("title", "position")) == [("A", 0), ("C", 1)]
    assert list(Idea.objects.filter(stage="drafting").values_list("title", "position")) == [("B", 0), ("X", 1)]
    assert moved.text == "Moved to Drafting, 1 of 2."


def test_a_change_of_stage_is_remembered_and_a_new_order_within_one_is_not(sparks, member):
    move(sparks[0], "spark last", member)
    assert Event.objects.count() == 0
    move(sparks[0], "parked", member)
    event = Event.objects.get()
    assert (event.kind, event.from_stage, event.to_stage, event.by, event.at) == (
        "moved",
        "spark",
        "parked",
        member,
        NOON,
    )


def test_each_move_raises_the_version_of_the_board_and_not_that_of_the_idea(sparks, group, member):
    assert move(sparks[0], "parked", member).version == 1
    assert move(sparks[1], "parked", member).version == 2
    assert Board.objects.get(group=group).version == 2
    sparks[0].refresh_from_db()
    assert sparks[0].version == 0


def test_a_move_is_taken_back_by_its_own_answer(sparks, titles, member):
    for idea, to in [(sparks[1], "parked"), (sparks[0], "spark last"), (sparks[2], "exploring first")]:
        before = titles("spark")
        moved = move(idea, to, member)
        assert titles("spark") != before
        move(idea, str(moved.was), member)
        assert titles("spark") == before


def test_a_neighbour_that_left_is_replaced_by_the_other_one(sparks, titles, member):
    a, b, c = sparks
    move(b, "parked", member)
    move(c, f"spark after-{b.pk} before-{a.pk}", member)
    assert titles("spark") == "CA"


def test_a_place_whose_neighbours_all_left_is_refused_and_nothing_moves(sparks, titles, member):
    a, b, _ = sparks
    move(b, "parked", member)
    with pytest.raises(CannotMove, match="moved meanwhile"):
        move(a, f"spark after-{b.pk}", member)
    assert titles("spark") == "AC"


def test_an_archived_card_does_not_move(sparks, member):
    archive_idea(idea=sparks[0], by=member, now=NOON)
    with pytest.raises(CannotMove, match="archived"):
        move(sparks[0], "parked", member)


@pytest.mark.parametrize(
    "text", ["", "nowhere", "spark sideways", "spark after-", "spark after-x", "spark after-٣", "after-1", "\0"]
)
def test_a_place_written_wrongly_is_refused_with_a_remedy(text):
    with pytest.raises(CannotMove, match="Choose"):
        Place.read(text)


@pytest.mark.parametrize("text", ["spark last", "spark first", "parked up", "spark after-12", "spark after-3 before-9"])
def test_a_place_is_read_as_it_is_written(text):
    assert str(Place.read(text)) == text


def test_a_neighbour_on_another_groups_board_counts_for_nothing(sparks, member):
    stranger = IdeaFactory(title="Z")
    with pytest.raises(CannotMove, match="moved meanwhile"):
        move(sparks[0], f"spark after-{stranger.pk}", member)


class TestThePage:
    def test_a_script_is_told_the_order_that_now_holds(self, sparks, group, member, client_of):
        a, b, c = sparks
        answer = client_of(member).post(
            f"/groups/{group.slug}/ideas/{a.pk}/move/",
            {"to": f"spark after-{b.pk} before-{c.pk}"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200
        assert answer.json() == {
            "text": "Moved to Spark, 2 of 3.",
            "order": {
                "spark": [b.pk, a.pk, c.pk],
                "exploring": [],
                "drafting": [],
                "submitted": [],
                "parked": [],
            },
            "version": 1,
            "undo": f"spark before-{b.pk}",
        }

    def test_a_refused_script_is_told_why_and_the_order(self, sparks, group, member, client_of):
        a, b, c = sparks
        move(b, "parked", member)
        answer = client_of(member).post(
            f"/groups/{group.slug}/ideas/{a.pk}/move/",
            {"to": f"spark after-{b.pk}"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 409
        assert "moved meanwhile" in answer.json()["text"]
        assert answer.json()["order"]["spark"] == [a.pk, c.pk]

    def test_without_a_script_two_selects_say_the_place(self, sparks, titles, group, member, client_of):
        client = client_of(member)
        address = f"/groups/{group.slug}/ideas/{sparks[2].pk}/move/"
        assert b"At the top" in client.get(address).content
        answer = client.post(address, {"to": ["spark", "first"]})
        assert (answer.status_code, answer["Location"]) == (302, f"/groups/{group.slug}/ideas/")
        assert titles("spark") == "CAB"

    def test_without_a_script_the_next_page_offers_to_undo(self, sparks, titles, group, member, client_of):
        client = client_of(member)
        address = f"/groups/{group.slug}/ideas/{sparks[1].pk}/move/"
        page = client.post(address, {"to": "parked"}, follow=True).content.decode()
        assert f'formaction="{address}" name="to" value="spark after-{sparks[0].pk} before-{sparks[2].pk}"' in page
        client.post(address, {"to": f"spark after-{sparks[0].pk} before-{sparks[2].pk}"})
        assert titles("spark") == "ABC"

    def test_a_refusal_without_a_script_says_why_on_the_page(self, sparks, group, member, client_of):
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/{sparks[0].pk}/move/", {"to": "nowhere"})
        assert answer.status_code == 422
        assert b"There is no such stage" in answer.content

    def test_one_returns_to_the_page_of_this_site_where_one_was(self, sparks, group, member, client_of):
        client = client_of(member)
        address = f"/groups/{group.slug}/ideas/{sparks[0].pk}/move/"
        here = f"/groups/{group.slug}/ideas/?owner=me"
        assert client.post(address, {"to": "parked", "next": here})["Location"] == here
        elsewhere = client.post(address, {"to": "spark", "next": "https://evil.example/"})
        assert elsewhere["Location"] == f"/groups/{group.slug}/ideas/"
