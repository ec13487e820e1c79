"""One idea's page: reading, editing, linking, commenting, deleting."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ideas.actions import CannotChange, CannotComment, add_comment, edit_comment, edit_idea, link_note, link_work
from ideas.models import Comment, Idea, Vote
from tests.conftest import NOON
from tests.factories import IdeaFactory, NoteFactory, WorkFactory


@pytest.fixture
def idea(group, member):
    return IdeaFactory(
        group=group, title="Does $\\log\\det K$ predict it?", body="Claim: $a=b$.", owner=member, created_by=member
    )


@pytest.fixture
def client(member, client_of):
    return client_of(member)


def read(client, idea, path=""):
    return client.get(f"{idea.get_absolute_url()}{path}").content.decode()


def test_the_page_shows_text_math_votes_comments_links_and_history(idea, client, member, organiser, group):
    Vote.objects.create(idea=idea, user=organiser)
    add_comment(idea=idea, body="Is it *Lemma 3*, $\\lambda\\to 0$?", by=organiser, now=NOON)
    idea.works.add(WorkFactory(group=group, title="Elements"), WorkFactory(group=group, title="Hid", archived_at=NOON))
    idea.notes.add(NoteFactory(group=group, title="Softmax"), NoteFactory(group=group, title="Lost", deleted_at=NOON))
    client.post(f"{idea.get_absolute_url()}move/", {"to": "drafting"})
    text = read(client, idea)
    assert text.count("<math") >= 3
    for words in ("1 vote", "Ana Organiser", "<em>Lemma 3</em>", "Elements", "Softmax", "from Spark to Drafting"):
        assert words in text
    assert "Hid" not in text
    assert "Lost" not in text


def test_the_number_of_queries_does_not_depend_on_what_hangs_on_it(idea, client, group, organiser):
    counts = []
    for number in (1, 20):
        for _ in range(number):
            add_comment(idea=idea, body="So", by=organiser, now=NOON)
            idea.works.add(WorkFactory(group=group))
            idea.notes.add(NoteFactory(group=group))
        read(client, idea)
        with CaptureQueriesContext(connection) as queries:
            read(client, idea)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


class TestEditing:
    def data(self, idea, **changes):
        return {"title": idea.title, "body": idea.body, "owner": idea.owner_id or "", "version": idea.version} | changes

    def test_an_edit_is_saved_with_its_math_and_remembered(self, idea, client):
        answer = client.post(f"{idea.get_absolute_url()}edit/", self.data(idea, title="On $x^2$", body="$y^2$"))
        assert answer["Location"] == idea.get_absolute_url()
        idea.refresh_from_db()
        assert (idea.title, idea.version) == ("On $x^2$", 1)
        assert "<math" in idea.title_html
        assert "<math" in idea.body_html
        assert idea.events.get().kind == "edited"

    def test_a_stale_form_is_shown_beside_what_was_saved_meanwhile(self, idea, client, organiser):
        edit_idea(
            idea=idea, version=0, title="Theirs", body="their text", owner=None, next_step="", next_step_on=None,
            by=organiser, now=NOON,
        )  # fmt: skip
        answer = client.post(f"{idea.get_absolute_url()}edit/", self.data(idea, title="Ours", body="our text"))
        assert answer.status_code == 409
        text = answer.content.decode()
        for words in ("Ours", "our text", "Theirs", "their text", "Ana Organiser"):
            assert words in text
        idea.refresh_from_db()
        assert idea.title == "Theirs"
        assert 'name="version" value="1"' in text
        again = client.post(f"{idea.get_absolute_url()}edit/", self.data(idea, title="Ours", version=1))
        assert again.status_code == 302
        idea.refresh_from_db()
        assert idea.title == "Ours"

    def test_a_form_without_a_version_overwrites_nothing(self, idea, client):
        data = self.data(idea, title="Blind")
        del data["version"]
        assert client.post(f"{idea.get_absolute_url()}edit/", data).status_code == 409
        idea.refresh_from_db()
        assert idea.title != "Blind"

    def test_a_move_does_not_make_a_form_stale(self, idea, client):
        client.post(f"{idea.get_absolute_url()}move/", {"to": "parked"})
        assert client.post(f"{idea.get_absolute_url()}edit/", self.data(idea, title="Fine")).status_code == 302

    def test_bad_input_comes_back_as_typed(self, idea, client):
        answer = client.post(f"{idea.get_absolute_url()}edit/", self.data(idea, title="", body="keep me"))
        assert answer.status_code == 422
        assert "keep me" in answer.content.decode()
        assert "Give the idea a title" in answer.content.decode()

    def test_an_owner_who_left_may_stay_until_changed(self, idea, client, former, group):
        idea.owner = former
        idea.save()
        assert client.post(f"{idea.get_absolute_url()}edit/", self.data(idea)).status_code == 302


class TestLinks:
    def test_a_reading_is_found_linked_and_taken_away(self, idea, client, group):
        work = WorkFactory(group=group, title="Élements of learning")
        WorkFactory(group=group, title="Other")
        address = f"{idea.get_absolute_url()}links/"
        found = read(client, idea, "links/?q=elements")
        assert "Élements" in found
        assert "Other" not in found
        assert client.post(address, {"add": f"work-{work.pk}"})["Location"] == address
        assert list(idea.works.all()) == [work]
        client.post(address, {"remove": f"work-{work.pk}"})
        assert list(idea.works.all()) == []

    def test_htmx_gets_the_lists_alone(self, idea, client, group):
        note = NoteFactory(group=group, title="Softmax")
        answer = client.post(
            f"{idea.get_absolute_url()}links/", {"add": f"note-{note.pk}"}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
        assert list(idea.notes.all()) == [note]

    @pytest.mark.parametrize("value", ["", "work-", "work-x", "work-99999", "note-99999", "session-1", "work-٣"])
    def test_what_is_not_there_cannot_be_linked(self, idea, client, value):
        assert client.post(f"{idea.get_absolute_url()}links/", {"add": value}).status_code == 404

    def test_another_groups_things_cannot_be_linked(self, idea, client):
        work, note = WorkFactory(), NoteFactory()
        for value in (f"work-{work.pk}", f"note-{note.pk}"):
            assert client.post(f"{idea.get_absolute_url()}links/", {"add": value}).status_code == 404
        with pytest.raises(CannotChange):
            link_work(idea=idea, work=work, wanted=True)
        with pytest.raises(CannotChange):
            link_note(idea=idea, note=note, wanted=True)


class TestComments:
    def test_a_comment_is_posted_edited_deleted_and_brought_back(self, idea, client):
        client.post(f"{idea.get_absolute_url()}comments/", {"body": "First $x$"})
        comment = Comment.objects.get()
        assert "<math" in comment.body_html
        address = f"{idea.get_absolute_url()}comments/{comment.pk}/"
        assert "First $x$" in client.get(address).content.decode()
        answer = client.post(address, {"body": "Second"})
        assert answer["Location"] == f"{idea.get_absolute_url()}#comment-{comment.pk}"
        comment.refresh_from_db()
        assert (comment.body, comment.body_html.strip()) == ("Second", '<p data-line="1">Second</p>')
        assert comment.edited_at is not None
        text = client.post(f"{address}delete/", follow=True).content.decode()
        assert "Second" not in text
        assert f'formaction="{address}restore/"' in text
        client.post(f"{address}restore/")
        assert "Second" in read(client, idea)

    @pytest.mark.parametrize("body", ["", "  \n", "x" * 10_001])
    def test_a_bad_comment_comes_back_as_typed(self, idea, client, body):
        answer = client.post(f"{idea.get_absolute_url()}comments/", {"body": body})
        assert answer.status_code == 422
        assert body.strip() in answer.content.decode()
        assert not Comment.objects.exists()

    def test_a_bad_edit_comes_back_as_typed(self, idea, client, member):
        comment = add_comment(idea=idea, body="Good", by=member, now=NOON)
        answer = client.post(f"{idea.get_absolute_url()}comments/{comment.pk}/", {"body": "x" * 10_001})
        assert answer.status_code == 422
        assert "x" * 10_001 in answer.content.decode()

    def test_a_comment_deleted_meanwhile_is_not_edited(self, idea, client, member):
        comment = add_comment(idea=idea, body="Good", by=member, now=NOON)
        client.post(f"{idea.get_absolute_url()}comments/{comment.pk}/delete/")
        answer = client.post(f"{idea.get_absolute_url()}comments/{comment.pk}/", {"body": "Too late"})
        assert answer.status_code == 422
        assert "deleted meanwhile" in answer.content.decode()
        assert "Too late" in answer.content.decode()

    def test_nobody_edits_the_words_of_others_but_an_organiser_may_delete_them(
        self, idea, member, organiser, client_of
    ):
        comment = add_comment(idea=idea, body="Mine", by=member, now=NOON)
        address = f"{idea.get_absolute_url()}comments/{comment.pk}/"
        theirs = client_of(organiser)
        assert theirs.post(address, {"body": "Yours"}).status_code == 403
        assert theirs.post(f"{address}delete/").status_code == 302

    def test_two_texts_on_one_page_have_no_anchor_in_common(self, idea, client, member):
        for _ in range(2):
            add_comment(idea=idea, body="## Same\n\nA note.[^1]\n\n[^1]: Here.", by=member, now=NOON)
        ids = re.findall(r'\bid="([^"]+)"', read(client, idea))
        assert sorted(ids) == sorted(set(ids))

    def test_an_empty_comment_is_refused_by_the_action_too(self, idea, member):
        with pytest.raises(CannotComment):
            add_comment(idea=idea, body=" ", by=member, now=NOON)
        comment = add_comment(idea=idea, body="x", by=member, now=NOON)
        with pytest.raises(CannotComment):
            edit_comment(comment=comment, body=" ", now=NOON)


def test_deleting_takes_everything_along_and_closes_the_gap(group, member, organiser, client_of):
    a, _ = (IdeaFactory(group=group, title=title, position=n, created_by=member) for n, title in enumerate("AB"))
    add_comment(idea=a, body="x", by=organiser, now=NOON)
    client_of(organiser).post(f"{a.get_absolute_url()}delete/")
    assert list(Idea.objects.values_list("title", "position")) == [("B", 0)]
    assert not Comment.objects.exists()


def test_hostile_text_is_inert(group, client):
    idea = IdeaFactory(
        group=group,
        title="<script>alert(1)</script> $\\href{javascript:alert(1)}{x}$",
        body="<img src=x onerror=alert(1)> [a](javascript:alert(1))",
        next_step="<b>bold</b>",
    )
    for text in (read(client, idea), client.get(f"/groups/{group.slug}/ideas/").content.decode()):
        page = text[text.index("<main") :]
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert "<b>bold" not in page


@pytest.mark.parametrize("fields", [{"title": ""}, {"stage": "nowhere"}])
def test_what_must_not_exist_cannot_be_stored(group, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        IdeaFactory(group=group, **fields)


def test_a_member_has_one_vote(idea, member):
    Vote.objects.create(idea=idea, user=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(idea=idea, user=member)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("1. Why *depth*?", "1. Why *depth*?"),
        ("# heads & tails", "# heads &amp; tails"),
        ("It costs $5 or $6", "It costs $5 or $6"),
        ("A \\$ sign", "A $ sign"),
    ],
)
def test_nothing_but_math_is_read_in_a_title(group, title, html):
    assert IdeaFactory(group=group, title=title).title_html == html
