"""The board's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ideas.actions import add_comment, add_idea, archive_idea, set_vote
from ideas.board import due_text
from ideas.models import Idea
from tests.conftest import NOON
from tests.factories import IdeaFactory, MembershipFactory, NoteFactory, WorkFactory


@pytest.fixture
def page(group, member, client_of):
    client = client_of(member)

    def read(query: str = "", **headers) -> str:
        answer = client.get(f"/groups/{group.slug}/ideas/{query}", headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_an_empty_board_says_what_it_is_for(page):
    text = page()
    assert "No ideas yet" in text
    assert "Add idea" in text


def test_cards_stand_in_their_stage_in_order(page, group):
    for position, (title, stage) in enumerate([("Second", "spark"), ("Third", "spark"), ("Other", "parked")]):
        IdeaFactory(group=group, title=title, stage=stage, position=position + 1)
    IdeaFactory(group=group, title="First", stage="spark", position=0)
    text = page()
    places = [text.index(word) for word in ("First", "Second", "Third", "Other")]
    assert places == sorted(places)


def test_a_card_shows_title_owner_step_votes_comments_and_links(page, group, member, organiser):
    idea = IdeaFactory(
        group=group,
        title="Bound $\\ell_2$ <b>norms</b>",
        owner=organiser,
        next_step="Write the lemma",
        next_step_on=timezone.localdate() - timedelta(days=1),
    )
    set_vote(idea=idea, by=member, wanted=True, now=NOON)
    set_vote(idea=idea, by=organiser, wanted=True, now=NOON)
    add_comment(idea=idea, body="Why?", by=member, now=NOON)
    gone = add_comment(idea=idea, body="Gone", by=member, now=NOON)
    gone.deleted_at = NOON
    gone.save()
    idea.works.add(WorkFactory(group=group), WorkFactory(group=group, archived_at=NOON))
    idea.notes.add(NoteFactory(group=group))
    text = page()
    assert "<math" in text
    assert "&lt;b&gt;norms&lt;/b&gt;" in text
    assert 'aria-label="Ana Organiser"' in text
    assert "Write the lemma" in text
    assert "was due" in text
    assert 'aria-pressed="true" aria-label="Vote, 2 so far"' in text
    assert 'title="Comments"' in text
    assert 'title="1 reading, 1 derivation"' in text


def test_an_observer_sees_the_board_without_its_buttons(group, observer, client_of):
    IdeaFactory(group=group, title="Seen")
    text = client_of(observer).get(f"/groups/{group.slug}/ideas/").content.decode()
    assert "Seen" in text
    for control in ("Add idea", "data-move", "board-vote", "pages/board"):
        assert control not in text


@pytest.fixture
def three(group, member, organiser):
    mine = IdeaFactory(group=group, title="Mine about ridge", owner=member)
    hers = IdeaFactory(group=group, title="Hers", body="the RIDGE again", owner=organiser)
    nobodys = IdeaFactory(group=group, title="Nobodys")
    return mine, hers, nobodys


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"Mine about ridge", "Hers", "Nobodys"}),
        ("?owner=me", {"Mine about ridge"}),
        ("?q=ridge", {"Mine about ridge", "Hers"}),
        ("?q=ridge&owner=me", {"Mine about ridge"}),
        ("?owner=notanumber", {"Mine about ridge", "Hers", "Nobodys"}),
        ("?owner=999999", set()),
        ("?q=100%25", set()),
    ],
)
def test_filters_narrow_the_board(page, three, query, seen):
    text = page(query)
    assert {idea.title for idea in three if f">{idea.title}</a>" in text} == seen
    assert ("No idea fits these filters" in text) == (not seen)


def test_one_can_see_one_owners_cards(page, three, organiser):
    text = page(f"?owner={organiser.pk}")
    assert ">Hers</a>" in text
    assert ">Nobodys</a>" not in text
    assert f'<option value="{organiser.pk}" selected>' in text


def test_cards_can_stand_by_votes(page, three, member, organiser):
    _, _, last = three
    set_vote(idea=last, by=member, wanted=True, now=NOON)
    assert page().index(">Nobodys<") > page().index(">Hers<")
    text = page("?sort=votes")
    assert text.index(">Nobodys<") < text.index(">Hers<")
    assert 'data-sorted="votes"' in text


def test_the_archive_shows_what_was_taken_off(page, three, member):
    archive_idea(idea=three[2], by=member, now=NOON)
    assert ">Nobodys</a>" not in page()
    text = page("?show=archived")
    assert ">Nobodys</a>" in text
    assert ">Hers</a>" not in text
    assert "Bring back" in text


def test_htmx_gets_the_columns_alone(page, three):
    text = page("?owner=me", **{"HX-Request": "true"})
    assert text.lstrip().startswith('<div id="board"')
    assert "<html" not in text


def test_another_groups_cards_stay_there(page):
    IdeaFactory(title="Elsewhere")
    assert "Elsewhere" not in page()


def fill(group, number):
    for n in range(number):
        owner = MembershipFactory(group=group).user
        idea = IdeaFactory(group=group, title=f"Idea {n} on $x_{n}$", owner=owner, stage=Idea.Stage.values[n % 5])
        set_vote(idea=idea, by=owner, wanted=True, now=NOON)
        add_comment(idea=idea, body="So", by=owner, now=NOON)
        idea.works.add(WorkFactory(group=group))


def test_the_number_of_queries_does_not_depend_on_the_number_of_cards(group, member, client_of):
    counts = []
    client = client_of(member)
    for number in (1, 29):
        fill(group, number)
        client.get(f"/groups/{group.slug}/ideas/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/groups/{group.slug}/ideas/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (3, "in 3 days"), (-14, "14 days ago"), (19, "12 Dec")],
)
def test_a_near_day_is_counted_and_a_far_one_named(days, words):
    today = NOON.date()
    assert due_text(today + timedelta(days=days), today) == words


def test_a_day_of_another_year_names_the_year():
    assert due_text(NOON.date().replace(year=2027), NOON.date()) == "23 Nov 2027"


class TestAddingAnIdea:
    def test_a_title_is_enough_and_it_stands_at_the_top_of_spark(self, sparks, titles, group, member, client_of):
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", {"quick": "1", "title": "N"})
        assert (answer.status_code, answer["Location"]) == (302, f"/groups/{group.slug}/ideas/")
        assert titles("spark") == "NABC"
        idea = Idea.objects.get(title="N")
        assert (idea.created_by, idea.owner, idea.position) == (member, None, 0)

    def test_htmx_gets_the_board_back_with_the_card(self, group, member, client_of):
        answer = client_of(member).post(
            f"/groups/{group.slug}/ideas/new/", {"quick": "1", "title": "New one"}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        assert ">New one</a>" in answer.content.decode()
        assert "data-announce" in answer.content.decode()

    @pytest.mark.parametrize("title", ["", "   ", "x" * 201])
    def test_a_bad_title_is_refused_in_place(self, group, member, client_of, title):
        answer = client_of(member).post(
            f"/groups/{group.slug}/ideas/new/", {"quick": "1", "title": title}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 422
        assert 'id="quick-error"' in answer.content.decode()
        assert title.strip() in answer.content.decode()
        assert not Idea.objects.exists()

    def test_a_bad_title_without_a_script_leads_to_the_whole_form(self, group, member, client_of):
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", {"quick": "1", "title": "y" * 201})
        assert answer.status_code == 422
        assert "y" * 201 in answer.content.decode()

    def test_the_whole_form_saves_everything(self, group, member, organiser, client_of):
        data = {
            "title": "Ridge",
            "body": "with $\\lambda$",
            "owner": organiser.pk,
            "next_step": "Plot",
            "next_step_on": "2026-12-01",
        }
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", data)
        idea = Idea.objects.get()
        assert answer["Location"] == idea.get_absolute_url()
        assert (idea.owner, idea.next_step, str(idea.next_step_on)) == (organiser, "Plot", "2026-12-01")
        assert "<math" in idea.body_html

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("next_step_on", "soon", "Write the date as"),
            ("body", "x" * 50_001, "an idea holds 50000"),
            ("owner", "999999", "not among those who write"),
            ("next_step", "x" * 301, "300"),
        ],
    )
    def test_bad_input_is_named_at_its_field_and_kept(self, group, member, client_of, field, value, message):
        data = {"title": "Kept title", field: value}
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", data)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert message in text
        assert "Kept title" in text

    def test_a_date_needs_a_step(self, group, member, client_of):
        data = {"title": "T", "next_step_on": "2026-12-01"}
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", data)
        assert answer.status_code == 422
        assert b"Say what is due on that date" in answer.content

    def test_an_observer_cannot_be_given_an_idea(self, group, member, observer, client_of):
        answer = client_of(member).post(f"/groups/{group.slug}/ideas/new/", {"title": "T", "owner": observer.pk})
        assert answer.status_code == 422


class TestVoting:
    def vote(self, client, idea, want, **headers):
        return client.post(f"{idea.get_absolute_url()}vote/", {"want": want}, headers=headers)

    def test_a_vote_is_given_once_and_taken_back(self, group, member, client_of):
        idea = IdeaFactory(group=group)
        client = client_of(member)
        for want, votes in [("1", 1), ("1", 1), ("0", 0), ("0", 0)]:
            answer = self.vote(client, idea, want, Accept="application/json")
            assert answer.json()["votes"] == votes
            assert answer.json()["voted"] == (want == "1")
        assert self.vote(client, idea, "1")["Location"] == f"/groups/{group.slug}/ideas/"
        assert idea.votes.get().user == member

    def test_an_archived_idea_takes_no_votes(self, group, member, client_of):
        idea = IdeaFactory(group=group, archived_at=NOON)
        client = client_of(member)
        answer = self.vote(client, idea, "1", Accept="application/json")
        assert answer.status_code == 409
        assert "archived" in answer.json()["text"]
        assert "archived" in client.post(f"{idea.get_absolute_url()}vote/", {"want": "1"}, follow=True).content.decode()
        assert not idea.votes.exists()


def test_archiving_offers_to_undo_and_restoring_puts_the_card_where_it_was(sparks, titles, group, member, client_of):
    client = client_of(member)
    text = client.post(f"{sparks[1].get_absolute_url()}archive/", follow=True).content.decode()
    assert f'formaction="/groups/{group.slug}/ideas/{sparks[1].pk}/restore/"' in text
    assert titles("spark") == "AC"
    client.post(f"{sparks[1].get_absolute_url()}archive/")  # a second press changes nothing
    client.post(f"{sparks[1].get_absolute_url()}restore/")
    client.post(f"{sparks[1].get_absolute_url()}restore/")
    assert titles("spark") == "ABC"
    assert list(sparks[1].events.values_list("kind", flat=True)) == ["restored", "archived"]


def test_what_someone_adds_is_remembered(group, member):
    idea = add_idea(group=group, title="T", by=member, now=NOON, stage="drafting")
    event = idea.events.get()
    assert (event.kind, event.to_stage, event.by) == ("added", "drafting", member)


def test_the_written_out_query_counts_what_the_models_say(group, member, organiser):
    from ideas.board import cards_of

    for n in range(4):
        idea = IdeaFactory(group=group, title=f"Card {n}", owner=organiser, next_step="Do", next_step_on=NOON.date())
        for person in [member, organiser][: n % 3]:
            set_vote(idea=idea, by=person, wanted=True, now=NOON)
        for _ in range(n):
            add_comment(idea=idea, body="So", by=member, now=NOON)
            idea.works.add(WorkFactory(group=group))
            idea.notes.add(NoteFactory(group=group))
    IdeaFactory(group=group, archived_at=NOON)
    IdeaFactory()
    cards, owners = cards_of(group=group, user=member, today=NOON.date())
    assert [owner.pk for owner in owners] == [organiser.pk]
    assert [card["id"] for card in cards] == list(Idea.objects.on_board_of(group).values_list("pk", flat=True))
    for card in cards:
        idea = Idea.objects.get(pk=card["id"])
        assert (card["title"], card["stage"], card["due"]) == (idea.title_html, idea.stage, "today")
        assert card["n_votes"] == idea.votes.count()
        assert bool(card["voted"]) == idea.votes.filter(user=member).exists()
        assert (card["comments"] or "0") == str(idea.comments.count())
        assert (card["links"] or "0") == str(idea.works.count() + idea.notes.count())
