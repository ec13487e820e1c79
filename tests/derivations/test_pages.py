"""The pages of the room, as members meet them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from derivations.actions import create_note, save_note
from derivations.models import Note, Review
from tests.conftest import NOON
from tests.factories import MembershipFactory, NoteFactory, SessionFactory, WorkFactory

SOFTMAX = "## Loss\n\nBy \\eqref{eq:a}, $p_i*q_i*r$.\n\n"
SOFTMAX += "\\begin{align}\na &= b \\label{eq:a} \\\\\nc &= \\oops\n\\end{align}\n"


@pytest.fixture
def note(group, member):
    return create_note(group=group, by=member, title="Softmax", body="$$x = y \\label{q}$$\n\nBy \\eqref{q}.", now=NOON)


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def test_a_posted_note_is_a_draft_with_its_first_revision(client_of, member, group):
    response = client_of(member).post(at("new", group), {"title": "  The   loss ", "body": "Let $x$.\r\nSo.\r\n"})
    note = Note.objects.get()
    assert response.url == note.get_absolute_url()
    assert (note.title, note.body, note.status, note.author) == ("The loss", "Let $x$.\nSo.\n", "draft", member)
    assert [(r.number, r.body) for r in note.revisions.all()] == [(1, "Let $x$.\nSo.\n")]


def test_the_preview_is_the_saved_page_byte_for_byte(client_of, member, group):
    client = client_of(member)
    preview = client.post(at("preview", group), {"content": SOFTMAX}).json()
    client.post(at("new", group), {"title": "A", "body": SOFTMAX})
    note = Note.objects.get()
    assert preview["html"] == note.body_html
    assert note.body_html in client.get(note.get_absolute_url()).text
    assert [p["line"] for p in preview["problems"]] == [7]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"title": "", "body": "x"}, "A note needs a title."),
        ({"title": "A", "body": " \n "}, "This note has no text yet"),
        ({"title": "A" * 201, "body": "x"}, "200"),
    ],
)
def test_a_refused_note_says_why_and_keeps_what_was_typed(client_of, member, group, data, words):
    response = client_of(member).post(at("new", group), data)
    assert response.status_code == 422
    assert words in response.text
    assert data["body"].strip() in response.text
    assert not Note.objects.exists()


def test_a_note_of_one_megabyte_is_refused_with_its_size_and_kept_in_the_form(client_of, member, group):
    body = "tidy words " * 100_000
    response = client_of(member).post(at("new", group), {"title": "Long", "body": body})
    assert response.status_code == 422
    assert "at most 262144 fit. Split it into several notes." in response.text
    assert "tidy words tidy words" in response.text


def test_a_formula_of_100_kb_is_saved_and_named(client_of, member, group):
    body = "Before $a$.\n\n$$" + "x+" * 50_000 + "y$$\n"
    client = client_of(member)
    assert client.post(at("new", group), {"title": "Long", "body": body}).status_code == 302
    note = Note.objects.get()
    assert "100,001 characters" in note.outline["problems"][0]["message"]
    assert "1 place could not be read" in client.get(note.get_absolute_url()).text


def test_a_script_in_a_note_is_text(client_of, member, group):
    client = client_of(member)
    client.post(
        at("new", group), {"title": "<b>bold</b>", "body": "<script>alert(1)</script> [x](javascript:alert(1))"}
    )
    page = client.get(Note.objects.get().get_absolute_url()).text
    article = page[page.index('<article class="prose-note"') : page.index("</article>")]
    assert "<script" not in article
    assert 'href="javascript' not in article
    assert "<b>bold" not in page


def test_the_note_page_shows_what_the_note_stands_beside(client_of, member, group, note):
    work, session = WorkFactory(group=group, title="Deep Learning"), SessionFactory(group=group, title="Week 3")
    client = client_of(member)
    client.post(at("links", group, note.pk), {"works": [work.pk], "sessions": [session.pk]})
    page = client.get(note.get_absolute_url()).text
    assert "Deep Learning" in page
    assert "Week 3" in page
    assert '<a href="#eq-q">(1) <span class="muted">q</span></a>' in page
    client.post(at("links", group, note.pk), {})
    assert "Deep Learning" not in client.get(note.get_absolute_url()).text


def test_works_of_another_group_cannot_be_linked(client_of, member, group, note):
    foreign = WorkFactory()
    response = client_of(member).post(at("links", group, note.pk), {"works": [foreign.pk]})
    assert response.status_code == 422
    assert not note.works.exists()


def test_the_list_is_narrowed_by_status_person_and_words(client_of, member, organiser, group, note):
    other = NoteFactory(group=group, author=organiser, title="Ridge", status="reviewed", body="about $\\lambda$")
    NoteFactory(group=group, author=organiser, title="Gone", deleted_at=NOON)
    NoteFactory(title="Elsewhere")
    Review.objects.create(note=other, reviewer=member, asked_at=NOON)
    client = client_of(member)

    def titles(query=""):
        page = client.get(at("list", group) + query).text
        return re.findall(r'class="row-name" href="[^"]+">([^<]+)<', page)

    assert titles() == ["Softmax", "Ridge"] or titles() == ["Ridge", "Softmax"]
    assert titles("?status=reviewed") == ["Ridge"]
    assert titles("?whose=mine") == ["Softmax"]
    assert titles("?whose=waiting") == ["Ridge"]
    assert titles(f"?whose={organiser.pk}") == ["Ridge"]
    assert titles("?q=LAMBDA ridge") == ["Ridge"]
    assert titles("?q=nothing") == []
    assert sorted(titles("?status=nonsense&whose=nonsense&page=99")) == ["Ridge", "Softmax"]


def test_htmx_gets_the_list_alone(client_of, member, group, note):
    client = client_of(member)
    response = client.get(at("list", group), headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith('<div id="notes"')
    assert "HX-Request" in response["Vary"]


def test_thirty_notes_a_page_with_the_count(client_of, member, group):
    NoteFactory.create_batch(31, group=group, author=member)
    page = client_of(member).get(at("list", group)).text
    assert page.count('class="row-name"') == 30
    assert "1–30 of 31 notes" in page


def test_an_empty_list_teaches(client_of, member, group):
    page = client_of(member).get(at("list", group)).text
    assert "No note yet" in page
    assert "Write the first note" in page


def count(django_assert_max_num_queries, client, url):
    with django_assert_max_num_queries(100) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_pages_cost_the_same_queries_with_one_row_and_with_thirty(
    client_of, member, organiser, group, note, django_assert_max_num_queries
):
    session, work = SessionFactory(group=group), WorkFactory(group=group)
    note.sessions.add(session)
    note.works.add(work)
    Review.objects.create(note=note, reviewer=member, asked_at=NOON)
    client = client_of(member)
    urls = {
        "list": at("list", group), "detail": note.get_absolute_url(), "history": at("history", group, note.pk),
        "table": at("put-on-table", group, session.pk), "deleted": at("deleted", group),
        "edit": at("edit", group, note.pk), "links": at("links", group, note.pk),
    }  # fmt: skip
    for url in urls.values():
        client.get(url)
    before = {name: count(django_assert_max_num_queries, client, url) for name, url in urls.items()}
    for n in range(30):
        person = MembershipFactory(group=group).user
        other = NoteFactory(group=group, author=person)
        NoteFactory(group=group, author=person, deleted_at=NOON)
        note.works.add(WorkFactory(group=group))
        near = SessionFactory(group=group)
        note.sessions.add(near)
        other.sessions.add(session)
        Review.objects.create(note=note, reviewer=person, asked_at=NOON)
        save_note(note=note, by=person, base=n + 1, title="Softmax", body=f"text {n}", now=NOON + timedelta(hours=n))
        note.refresh_from_db()
    after = {name: count(django_assert_max_num_queries, client, url) for name, url in urls.items()}
    assert after == before
    assert before["detail"] <= 10
    assert max(before.values()) <= 12


def test_a_note_put_on_the_table_shows_on_its_session(client_of, member, group, note):
    session = SessionFactory(group=group)
    client = client_of(member)
    response = client.post(at("put-on-table", group, session.pk), {"note": note.pk})
    assert response.url == session.get_absolute_url()
    assert list(note.sessions.all()) == [session]
    refused = client.post(at("put-on-table", group, session.pk), {"note": NoteFactory().pk})
    assert refused.status_code == 422
    assert "Choose a note." in refused.text
    client.post(reverse("derivations:take-off-table", args=[group.slug, note.pk, session.pk]))
    assert not note.sessions.exists()


def test_the_source_is_there_to_copy_and_to_download(client_of, member, group, note):
    client = client_of(member)
    assert "$$x = y \\label{q}$$" in client.get(at("source", group, note.pk)).text
    file = client.get(at("source", group, note.pk) + "?download")
    assert file.content.decode() == note.body
    assert file["Content-Disposition"] == f'attachment; filename="note-{note.pk}-r1.md"'


def test_a_deleted_note_leaves_every_page_and_comes_back_whole(client_of, member, organiser, observer, group, note):
    client = client_of(member)
    response = client.post(at("delete", group, note.pk), follow=True)
    assert "was deleted" in response.text
    assert "Softmax" in response.text  # in the message, with the way back
    assert 'class="row-name"' not in response.text
    assert client_of(observer).get(note.get_absolute_url()).status_code == 404
    gone = client_of(organiser).get(note.get_absolute_url())
    assert gone.status_code == 410
    assert "Restore note" in gone.text
    assert "Softmax" in client.get(at("deleted", group)).text
    assert client.post(at("edit", group, note.pk), {"title": "A", "body": "b", "base": 1}).status_code == 403
    client.post(at("undelete", group, note.pk))
    note.refresh_from_db()
    assert (note.deleted_at, note.revisions.count()) == (None, 1)
    assert client.get(note.get_absolute_url()).status_code == 200


def test_preview_and_upload_are_counted_and_refused_past_their_limit(client_of, member, group, monkeypatch):
    monkeypatch.setattr("derivations.views.editing.PREVIEWS_A_MINUTE", 2)
    client = client_of(member)
    answers = [client.post(at("preview", group), {"content": "x"}) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert "Wait" in answers[-1].json()["error"]
    assert answers[-1]["Retry-After"] == "60"


def test_a_preview_of_too_much_says_so(client_of, member, group):
    response = client_of(member).post(at("preview", group), {"content": "x" * 262_145})
    assert response.status_code == 413
    assert "Split it up" in response.json()["error"]


def test_markdownx_own_views_are_not_reachable(client_of, member):
    for path in ("/markdownx/markdownify/", "/markdownx/upload/", "/preview/", "/upload/"):
        assert client_of(member).post(path, {"content": "x"}).status_code == 404


def test_the_editor_is_markdownx_widget_asking_our_views(client_of, member, group):
    page = client_of(member).get(at("new", group)).text
    assert 'class="markdownx"' in page
    assert f'data-markdownx-urls-path="{at("preview", group)}"' in page
    assert f'data-markdownx-upload-urls-path="{at("upload", group)}"' in page
    assert "markdownx.js" not in page


def test_without_javascript_the_preview_comes_by_button_and_nothing_is_saved(client_of, member, group, note):
    response = client_of(member).post(
        at("edit", group, note.pk), {"title": "Softmax", "body": "now $z$", "base": 1, "preview": "1"}
    )
    assert response.status_code == 200
    assert '<annotation encoding="application/x-tex">z</annotation>' in response.text
    assert "now $z$" in response.text
    note.refresh_from_db()
    assert note.number == 1


def test_the_home_page_shows_what_waits_for_me_and_my_drafts(client_of, member, organiser, group, note):
    waiting = NoteFactory(group=group, author=organiser, title="Check me", status="in-review")
    Review.objects.create(note=waiting, reviewer=member, asked_at=NOON)
    page = client_of(member).get(reverse("group-home", args=[group.slug])).text
    assert "Waiting for your review" in page
    assert "Check me" in page
    assert "Not reviewed yet" in page
    assert "Softmax" in page
    assert "Waiting for your review" not in client_of(organiser).get(reverse("group-home", args=[group.slug])).text


def test_sessions_and_readings_show_their_notes_and_no_deleted_ones(client_of, member, observer, group, note):
    session, work = SessionFactory(group=group), WorkFactory(group=group)
    gone = NoteFactory(group=group, title="Thrown away")
    for each in (note, gone):
        each.sessions.add(session)
        each.works.add(work)
    client = client_of(member)
    assert "Thrown away" in client.get(session.get_absolute_url()).text
    Note.objects.filter(pk=gone.pk).update(deleted_at=NOON)
    for page in (client.get(session.get_absolute_url()).text, client.get(work.get_absolute_url()).text):
        assert "Softmax" in page
        assert "Thrown away" not in page
    assert "Put a note on the table" in client.get(session.get_absolute_url()).text
    seen = client_of(observer).get(session.get_absolute_url()).text
    assert "Softmax" in seen
    assert "Put a note on the table" not in seen


def test_panels_cost_the_same_with_one_note_and_with_thirty(
    client_of, member, group, note, django_assert_max_num_queries
):
    session, work = SessionFactory(group=group), WorkFactory(group=group)
    note.sessions.add(session)
    note.works.add(work)
    Review.objects.create(note=note, reviewer=member, asked_at=NOON)
    client = client_of(member)
    urls = [session.get_absolute_url(), work.get_absolute_url(), reverse("group-home", args=[group.slug])]
    for url in urls:
        client.get(url)
    before = [count(django_assert_max_num_queries, client, url) for url in urls]
    for _ in range(30):
        other = NoteFactory(group=group, author=MembershipFactory(group=group).user)
        other.sessions.add(session)
        other.works.add(work)
        Review.objects.create(note=other, reviewer=member, asked_at=NOON)
        NoteFactory(group=group, author=member)
    assert [count(django_assert_max_num_queries, client, url) for url in urls] == before
