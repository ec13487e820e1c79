"""What is typed and not saved is kept on the server, for whoever typed it and for no one else."""

import html
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import CannotKeepDraft, create_note, delete_note, drop_draft, keep_draft, prune_drafts
from derivations.actions import drafts as draft_actions
from derivations.models import Draft, Note
from derivations.rendering import LIMITS
from derivations.tasks import prune_old_drafts
from derivations.views import drafting
from members.models import Membership
from tests.conftest import NOON

TOKEN = "editor-one"


@pytest.fixture
def note(group, organiser):
    return create_note(group=group, by=organiser, title="Softmax", body="one\n\ntwo\n", now=NOON)


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def typed(group, by, *, note=None, body="half a thought", title="Half", token=TOKEN, base=None, now=NOON, **more):
    return keep_draft(
        group=group, note=note, by=by, token=token, base=base, title=title, body=body, now=now, **more
    )  # fmt: skip


def send(client, group, **fields):
    return client.post(at("drafts", group), {"draft": TOKEN, "title": "Half", "body": "half", "typed": "5", **fields})


def test_what_is_typed_is_kept_and_found_on_another_device(client_of, member, group, note):
    answer = send(client_of(member), group, note=note.pk, base="1", body="one\r\n\r\nmine\r\n", message="Mend")
    assert answer.json() == {"kept": True, "typed": 5}
    page = client_of(member).get(at("edit", group, note.pk)).text
    draft = Draft.objects.get()
    assert "You wrote on this on" in page
    assert f"?draft={draft.pk}" in page
    taken = html.unescape(client_of(member).get(at("edit", group, note.pk) + f"?draft={draft.pk}").text)
    assert "one\n\nmine\n" in taken
    assert 'value="Mend"' in taken
    assert f'name="continues" value="{TOKEN}:5"' in taken
    assert f'name="draft" value="{TOKEN}"' not in taken


def test_a_text_that_was_taken_up_is_one_with_what_is_typed_on(client_of, member, group, note):
    typed(group, member, note=note, base=1, typed=5)
    answer = send(client_of(member), group, draft="editor-two", body="on", continues=f"{TOKEN}:5")
    assert answer.json()["kept"]
    assert [draft.body for draft in Draft.objects.all()] == ["on"]


def test_a_text_that_was_saved_ends_what_it_continued(client_of, member, group, note):
    typed(group, member, note=note, base=1, typed=5)
    data = {"title": "Softmax", "body": "saved", "base": "1", "draft": "editor-two", "continues": f"{TOKEN}:5"}
    assert client_of(member).post(at("edit", group, note.pk), data).status_code == 302
    assert not Draft.objects.exists()


def test_what_the_other_device_wrote_on_meanwhile_stays(client_of, member, group, note):
    typed(group, member, note=note, base=1, typed=9, body="the other device, later")
    send(client_of(member), group, draft="editor-two", body="on", continues=f"{TOKEN}:5")
    data = {"title": "Softmax", "body": "on", "base": "1", "draft": "editor-two", "continues": f"{TOKEN}:5"}
    client_of(member).post(at("edit", group, note.pk), data)
    assert [draft.body for draft in Draft.objects.all()] == ["the other device, later"]


@pytest.mark.parametrize("continues", ["", ":", "x", f"{TOKEN}:-1", f"{TOKEN}:{'9' * 30}", f"{TOKEN}:٥", "\0:1"])
def test_a_strange_name_of_what_is_continued_ends_nothing(client_of, member, group, continues):
    typed(group, member, typed=5)
    assert send(client_of(member), group, draft="editor-two", continues=continues).status_code == 200
    assert Draft.objects.count() == 2


def test_saving_the_note_ends_its_draft_and_no_other(client_of, member, group, note):
    typed(group, member, note=note, base=1)
    other = typed(group, member, note=note, base=1, token="editor-two", body="another thought")
    data = {"title": "Softmax", "body": "saved", "base": "1", "draft": TOKEN}
    assert client_of(member).post(at("edit", group, note.pk), data).status_code == 302
    assert list(Draft.objects.all()) == [other]
    data = {"title": "New", "body": "posted", "draft": "editor-two"}
    assert client_of(member).post(at("new", group), data).status_code == 302
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("data", "status"),
    [({"title": "", "body": "x", "base": "1"}, 422), ({"title": "A", "body": "x", "base": "0"}, 409)],
)
def test_a_save_that_is_refused_keeps_the_draft_and_its_name(client_of, member, group, note, data, status):
    draft = typed(group, member, note=note, base=1)
    response = client_of(member).post(
        at("edit", group, note.pk), {**data, "draft": TOKEN, "continues": "an-older-one:3"}
    )
    assert response.status_code == status
    assert f'name="draft" value="{TOKEN}"' in response.text
    assert 'name="continues" value="an-older-one:3"' in response.text
    assert list(Draft.objects.all()) == [draft]


def test_a_draft_for_a_new_note_is_offered_where_notes_are_written(client_of, member, group, note):
    draft = typed(group, member)
    client = client_of(member)
    assert "You wrote “Half” on" in client.get(at("new", group)).text
    assert "half a thought" in client.get(at("new", group) + f"?draft={draft.pk}").text
    assert "You wrote" not in client.get(at("edit", group, note.pk)).text
    assert "You have not saved" in client.get(at("list", group)).text


def test_two_tabs_keep_two_drafts(group, member, note):
    for token in ("editor-one", "editor-two"):
        typed(group, member, note=note, base=1, token=token, body=token)
    assert {draft.body for draft in Draft.objects.all()} == {"editor-one", "editor-two"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(member=member, group=group, token="editor-one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(member=member, group=group, token="")


def test_a_request_that_comes_late_overwrites_nothing(group, member):
    typed(group, member, body="the later text", typed=20)
    typed(group, member, body="the earlier text", typed=10)
    assert Draft.objects.get().body == "the later text"


@pytest.mark.parametrize(("title", "body"), [("Softmax", "one\n\ntwo\n"), (" ", "\n")])
def test_what_reads_like_the_note_or_is_empty_is_no_draft(group, member, note, title, body):
    typed(group, member, note=note)
    assert typed(group, member, note=note, title=title, body=body) is None
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"body": "x" * (LIMITS.note_chars + 1)}, 413),
        ({"title": "x" * 1001}, 413),
        ({"draft": ""}, 422),
        ({"draft": "a/b ' --"}, 422),
        ({"draft": "editor\0one"}, 422),
        ({"note": "999999"}, 404),
        ({"note": "x"}, 404),
        ({"typed": "9" * 30, "base": "-1", "device": "\0" * 50}, 200),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(client_of, member, group, fields, status):
    answer = send(client_of(member), group, **fields)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]
    assert Draft.objects.exists() == (status == 200)


def test_one_member_keeps_only_so_many(group, member, organiser, monkeypatch):
    monkeypatch.setattr(draft_actions, "MOST_DRAFTS", 2)
    for n in range(2):
        typed(group, member, token=f"editor-{n}")
    with pytest.raises(CannotKeepDraft, match="You have 2 unsaved texts"):
        typed(group, member, token="editor-9")
    typed(group, member, token="editor-1", body="changed")
    typed(group, organiser)
    assert Draft.objects.filter(member=member).count() == 2


def test_keys_in_a_rush_are_answered_with_when_to_come_back(client_of, member, group, monkeypatch):
    monkeypatch.setattr(drafting, "DRAFTS_A_MINUTE", 1)
    client = client_of(member)
    assert send(client, group).status_code == 200
    refused = send(client, group, typed="9")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert Draft.objects.get().typed == 5


def test_nobody_else_ever_sees_a_draft(client_of, member, organiser, observer, stranger, group, note):
    organiser.is_staff = organiser.is_superuser = True
    organiser.save()
    for draft in (typed(group, member, note=note, base=1, body="SECRET"), typed(group, member, token="a-new-one")):
        page = at("edit", group, note.pk) if draft.note else at("new", group)
        for person in (organiser, observer, stranger):
            client = client_of(person)
            assert client.get(at("draft", group, draft.pk)).status_code == 404
            assert client.post(at("throw-away", group, draft.pk)).status_code == 404
            for address in (page, f"{page}?draft={draft.pk}", at("drafts", group), at("list", group)):
                text = client.get(address).text
                assert "SECRET" not in text
                assert "You wrote" not in text
                assert f"drafts/{draft.pk}/" not in text
        assert client_of(member).get(at("draft", group, draft.pk)).status_code == 200
    assert client_of(organiser).get("/admin/derivations/draft/").status_code == 404
    drop_draft(by=organiser, token=TOKEN)
    assert send(client_of(organiser), group, body="theirs").status_code == 200  # the same name, another person
    assert Draft.objects.get(member=member, token=TOKEN).body == "SECRET"


def test_who_left_or_only_observes_keeps_no_draft(client_of, member, group):
    draft = typed(group, member)
    Membership.objects.filter(user=member).update(role="observer")
    refused = client_of(member).post(at("drafts", group), {"draft": TOKEN}, headers={"accept": "application/json"})
    assert refused.status_code == 403
    assert refused.json() == {"error": "Observers read notes."}
    assert "You may not do that here" in send(client_of(member), group).text
    page = client_of(member).get(at("draft", group, draft.pk)).text
    assert "half a thought" in page
    assert "Take it up" not in page
    Membership.objects.filter(user=member).update(left_at=NOON)
    assert client_of(member).get(at("draft", group, draft.pk)).status_code == 404


def test_a_draft_is_compared_with_the_note_as_it_stands(client_of, member, group, note):
    draft = typed(group, member, note=note, base=1, title="Softmax, mended", body="one\n\nzwei\n")
    page = client_of(member).get(at("draft", group, draft.pk)).text
    assert re.search(r"<del>.*two.*</del>", page)
    assert re.search(r"<ins>.*zwei.*</ins>", page)
    assert "<ins>Softmax, mended</ins>" in page
    delete_note(note=note, by=note.author, now=NOON)
    gone = client_of(member).get(at("draft", group, draft.pk)).text
    assert "The note was deleted meanwhile" in gone
    assert "zwei" in gone
    assert "for a note that was deleted" in client_of(member).get(at("drafts", group)).text


def test_a_draft_on_an_old_revision_meets_what_was_saved_since(client_of, member, organiser, group, note):
    draft = typed(group, member, note=note, base=1, title="Softmax", body="mine\n\ntwo\n")
    saved = {"title": "Softmax", "body": "theirs\n\ntwo\n", "base": "1"}
    client_of(organiser).post(at("edit", group, note.pk), saved)
    client = client_of(member)
    page = client.get(at("edit", group, note.pk) + f"?draft={draft.pk}").text
    assert 'name="base" value="1"' in page
    assert "The note was saved since" in page
    data = {"title": "Softmax", "body": "mine\n\ntwo\n", "base": "1", "draft": TOKEN}
    assert client.post(at("edit", group, note.pk), data).status_code == 409
    assert Draft.objects.get() == draft


def test_thrown_away_it_is_gone(client_of, member, group, note):
    draft = typed(group, member, note=note, base=1)
    response = client_of(member).post(at("throw-away", group, draft.pk), {"edit": "1"})
    assert response.url == at("edit", group, note.pk)
    assert not Draft.objects.exists()
    draft = typed(group, member)
    assert client_of(member).post(at("throw-away", group, draft.pk)).url == at("drafts", group)


def test_drafts_are_kept_for_90_days(group, member):
    typed(group, member, token="an-old-one", now=NOON - timedelta(days=91))
    young = typed(group, member, token="a-young-one", now=NOON - timedelta(days=89))
    assert prune_drafts(now=NOON) == 1
    assert list(Draft.objects.all()) == [young]
    Draft.objects.update(saved_at=NOON - timedelta(days=3650))
    prune_old_drafts()
    assert not Draft.objects.exists()


def test_the_list_costs_the_same_with_one_draft_and_with_many(client_of, member, group, note):
    client, counts = client_of(member), []
    for n in range(20):
        typed(group, member, note=note, base=1, token=f"editor-{n}")
        if n in (0, 19):
            for address in (at("drafts", group), at("edit", group, note.pk)):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    client.get(address)
                counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_a_note_page_asks_nothing_about_drafts(client_of, member, group, note):
    typed(group, member, note=note, base=1)
    with CaptureQueriesContext(connection) as queries:
        client_of(member).get(note.get_absolute_url())
    assert not any("derivations_draft" in query["sql"] for query in queries)
    assert Note.objects.count() == 1
