"""What members say at the steps of a note."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from derivations.actions import (
    CannotTalk,
    answer_review,
    ask_for_review,
    create_note,
    delete_post,
    edit_post,
    open_thread,
    put_on_agenda,
    reply,
    resolve_thread,
    save_note,
    undelete_post,
)
from derivations.models import Mention, Note, Post, Thread
from derivations.nudges import mentions
from derivations.steps import steps_of
from reminders.nudges import KINDS, Window
from tests.conftest import NOON
from tests.derivations.judging import judged
from tests.factories import MembershipFactory, SessionFactory

LATER = NOON + timedelta(hours=1)
DAY = Window(start=NOON - timedelta(hours=12), end=NOON + timedelta(hours=12))
WHY = "why may we exchange $\\sum$ and $\\nabla$ here?"
BODY = "$$a = b$$\n\n$$c = d$$\n"


@pytest.fixture
def note(group, member):
    made = create_note(group=group, by=member, title="Softmax", body=BODY, now=NOON)
    return judged(made, "holds", "fails", latex=["a = b", "c = d"])


@pytest.fixture
def step(note):
    return steps_of(note)[1]


def at(name, note, *args):
    return reverse(f"derivations:{name}", args=[note.group.slug, note.pk, *args])


def asked(note, step, by, body=WHY, kind="question", now=NOON):
    return open_thread(note=note, step=step, kind=kind, body=body, by=by, now=now)


def changed(note, verdicts, latex, body="$$a = b$$\n"):
    note.refresh_from_db()
    saved = save_note(note=note, by=note.author, base=note.number, title=note.title, body=body + "!", now=LATER).note
    return judged(saved, *verdicts, latex=latex)


def test_a_question_at_a_step_shows_on_its_page_and_counts_on_the_note(client_of, member, organiser, note, step):
    client = client_of(organiser)
    response = client.post(at("say", note, step.key), {"kind": "question", "body": WHY})
    thread = Thread.objects.get()
    assert response.url == f"{at('talk', note, step.key)}#thread-{thread.pk}"
    assert (thread.key, thread.number, thread.step, thread.latex) == (step.key, 1, 2, "c = d")
    page = client_of(member).get(at("talk", note, step.key)).text
    assert "Open question" in page
    assert "why may we exchange <math" in page
    assert "Ana Organiser" in page
    note.refresh_from_db()
    assert note.talk["open"] == {step.key: 1}
    page = client_of(member).get(note.get_absolute_url()).text
    assert '<a class="step-mark" href="map/">1 open question</a>' in page
    assert f'href="steps/{step.key}/">Step 2: 1 open question</a>' in page


def test_htmx_gets_the_talk_alone_and_keeps_it_after_each_word(client_of, organiser, note, step):
    client = client_of(organiser)
    htmx = {"HX-Request": "true"}
    shown = client.get(at("talk", note, step.key), headers=htmx)
    assert "<html" not in shown.text
    assert "HX-Request" in shown["Vary"]
    said = client.post(at("say", note, step.key), {"kind": "comment", "body": "Neat."}, headers=htmx)
    assert (said.status_code, "<html" in said.text, "Neat." in said.text) == (200, False, True)
    refused = client.post(at("say", note, step.key), {"kind": "question", "body": " "}, headers=htmx)
    assert refused.status_code == 422
    assert "There is no text yet." in refused.text
    assert Thread.objects.count() == 1


def test_a_refused_reply_keeps_what_was_typed(client_of, organiser, note, step):
    thread = asked(note, step, organiser)
    long = "too long " * 500
    response = client_of(organiser).post(at("reply", note, thread.pk), {"body": long})
    assert response.status_code == 422
    assert long.strip() in response.text
    assert "Not posted yet. What you typed is still here." in response.text
    assert thread.posts.count() == 1


def test_a_script_in_a_comment_is_text(client_of, organiser, note, step):
    asked(note, step, organiser, body="<script>alert(1)</script> [x](javascript:alert(1)) $\\href{javascript:a}{x}$")
    page = client_of(organiser).get(at("talk", note, step.key)).text
    article = page[page.index("<article") : page.rindex("</article>")]
    assert "<script" not in article
    assert 'href="javascript' not in article


def test_replies_resolving_and_opening_again(client_of, member, organiser, note, step):
    thread = asked(note, step, organiser)
    client = client_of(member)
    client.post(at("reply", note, thread.pk), {"body": "By dominated convergence."})
    client.post(at("resolve", note, thread.pk))
    thread.refresh_from_db()
    assert (thread.is_open, thread.resolved_by) == (False, member)
    note.refresh_from_db()
    assert (note.talk["open"], note.talk["questions"]) == ({}, 0)
    page = client.get(at("talk", note, step.key)).text
    assert "Question, resolved" in page
    assert "dominated convergence" in page
    assert "open question" not in client.get(note.get_absolute_url()).text
    client.post(at("resolve", note, thread.pk))
    client.post(at("reopen", note, thread.pk))
    note.refresh_from_db()
    assert note.talk["open"] == {step.key: 1}


def test_a_comment_waits_for_nobody(member, note, step):
    assert not asked(note, step, member, kind="comment").is_open
    note.refresh_from_db()
    assert note.talk["open"] == {}


def test_ones_own_words_are_edited_deleted_and_brought_back(client_of, member, organiser, note, step):
    post = asked(note, step, organiser).posts.get()
    client = client_of(organiser)
    assert client_of(member).post(at("edit-post", note, post.pk), {"body": "x"}).status_code == 403
    assert client_of(member).post(at("delete-post", note, post.pk)).status_code == 403
    client.post(at("edit-post", note, post.pk), {"body": "Why $x$?"})
    post.refresh_from_db()
    assert (post.body, post.edited_at is not None) == ("Why $x$?", True)
    client.post(at("delete-post", note, post.pk))
    note.refresh_from_db()
    assert note.talk == {}
    mine = client.get(at("talk", note, step.key)).text
    assert "You deleted this." in mine
    assert "Why <math" not in mine
    assert "You deleted" not in client_of(member).get(at("talk", note, step.key)).text
    client.post(at("undelete-post", note, post.pk))
    assert "Why <math" in client_of(member).get(at("talk", note, step.key)).text


def test_deleted_words_leave_a_place_where_others_answered(client_of, member, organiser, note, step):
    thread = asked(note, step, organiser, body="Secret doubt")
    answer = reply(thread=thread, body="See Bishop.", by=member, now=NOON)
    delete_post(post=thread.posts.first(), by=organiser, now=NOON)
    page = client_of(member).get(at("talk", note, step.key)).text
    assert "This was deleted." in page
    assert "Secret doubt" not in page
    assert "See Bishop." in page
    delete_post(post=answer, by=member, now=NOON)
    with pytest.raises(CannotTalk, match="nothing to answer"):
        reply(thread=thread, body="?", by=member, now=NOON)
    undelete_post(post=answer, by=member, now=NOON)
    undelete_post(post=answer, by=member, now=NOON)
    with pytest.raises(CannotTalk, match="Undo that first"):
        edit_post(post=thread.posts.first(), body="x", by=organiser, now=NOON)


def test_a_thread_stays_with_its_step_when_others_change(client_of, member, organiser, note, step):
    asked(note, step, organiser)
    note = changed(note, ["holds", "holds", "fails"], ["a = b", "e \\le f", "c = d"])
    page = client_of(member).get(note.get_absolute_url()).text
    assert f'href="steps/{step.key}/">Step 3: 1 open question</a>' in page
    assert "About an earlier version" not in client_of(member).get(at("talk", note, step.key)).text


def test_a_thread_of_a_changed_step_is_about_an_earlier_version(client_of, member, organiser, note, step):
    asked(note, step, organiser)
    note = changed(note, ["holds", "holds"], ["a = b", "c = d + 0"])
    page = client_of(member).get(at("talk", note, step.key)).text
    assert "About an earlier version, step 2 of" in page
    assert page.index("<mi>c</mi>") > 0
    fresh = asked(note, steps_of(note)[1], member, body="And now?")
    assert (fresh.key, fresh.number, fresh.latex) == (step.key, 2, "c = d + 0")
    page = client_of(member).get(at("talk", note, step.key)).text
    assert page.count("About an earlier version") == 1


def test_threads_of_steps_that_are_gone_stand_at_the_end_of_the_note(client_of, member, organiser, note, step):
    asked(note, step, organiser)
    note = changed(note, ["holds"], ["a = b"])
    page = client_of(member).get(note.get_absolute_url()).text
    assert page.index("Said at steps that are gone") > page.index("</article>")
    assert f'<a href="steps/{step.key}/">Step 2 of revision 1</a>' in page
    talk = client_of(member).get(at("talk", note, step.key))
    assert "Talk at a step that is gone" in talk.text
    assert client_of(member).post(at("say", note, step.key), {"kind": "question", "body": "?"}).status_code == 404
    note = changed(note, ["holds", "fails"], ["a = b", "c = d"], body="$$b = a$$")
    assert note.talk["gone"] == ""
    assert "Open question" in client_of(member).get(at("talk", note, step.key)).text, "put back, it has its talk again"


def test_a_step_that_never_was_is_not_found(client_of, member, note):
    assert client_of(member).get(at("talk", note, "s00000000000")).status_code == 404


def test_while_a_text_waits_for_its_check_its_steps_are_those_before(client_of, member, organiser, note, step):
    save_note(note=note, by=member, base=1, title="Softmax", body="$$q = r$$", now=LATER)
    asked(note, step, organiser)
    page = client_of(member).get(at("talk", note, step.key)).text
    assert "of revision 1; revision 2 has not been judged" in page
    assert "1 open question" in client_of(member).get(note.get_absolute_url()).text


# ------------------------------------------------------------------------------------------------------------- agenda
def test_an_open_question_goes_on_the_next_agenda_with_one_click(client_of, member, organiser, group, note, step):
    from django.utils import timezone

    thread = asked(note, step, organiser)
    client = client_of(member)
    assert "Put on the agenda" not in client.get(at("talk", note, step.key)).text
    response = client.post(at("to-agenda", note, thread.pk), follow=True)
    assert "No session is planned yet." in response.text
    SessionFactory(group=group, title="Far", starts_at=timezone.now() + timedelta(days=9))
    near = SessionFactory(group=group, title="Week 3", starts_at=timezone.now() + timedelta(days=2))
    SessionFactory(group=group, title="Past", starts_at=timezone.now() - timedelta(days=2))
    assert "Put on the agenda of Week 3" in client.get(at("talk", note, step.key)).text
    page = client.post(at("to-agenda", note, thread.pk), follow=True).text
    item = near.agenda.get()
    assert item.title == f"Question on “Softmax”, step 2: {WHY}"
    assert f'<a href="{near.get_absolute_url()}#agenda">Week 3</a>' in page
    assert list(note.sessions.all()) == [near]
    again = client.post(at("to-agenda", note, thread.pk), follow=True).text
    assert escape("It is on the agenda of Week 3 already.") in again
    assert near.agenda.count() == 1
    item.delete()
    thread.refresh_from_db()
    assert thread.agenda_item is None
    assert "1 open question" in client.get(near.get_absolute_url()).text


def test_what_is_settled_goes_on_no_agenda_and_what_was_not_answered_goes_again(organiser, group, note, step):
    SessionFactory(group=group, starts_at=NOON + timedelta(days=1))
    second = SessionFactory(group=group, title="Week 4", starts_at=NOON + timedelta(days=8))
    thread = asked(note, step, organiser, body="Why? " * 200)
    session = put_on_agenda(thread=thread, by=organiser, now=NOON)
    assert len(session.agenda.get().title) == 300
    assert put_on_agenda(thread=thread, by=organiser, now=NOON + timedelta(days=3)) == second
    resolve_thread(thread=thread, by=organiser, now=NOON)
    with pytest.raises(CannotTalk, match="settled"):
        put_on_agenda(thread=thread, by=organiser, now=NOON + timedelta(days=9))


# ----------------------------------------------------------------------------------------------------------- mentions
def told(window=DAY, **more):
    return [(nudge.user_id, nudge.key, nudge.subject) for nudge in mentions(window=window, **more)]


def test_who_is_named_is_told_once_however_often_the_words_are_edited(member, organiser, note, step):
    thread = asked(note, step, organiser, body="Ask @Ben Member.")
    post = thread.posts.get()
    expected = [(member.pk, f"{post.pk}:{member.pk}", "Ana Organiser named you at step 2 of “Softmax”")]
    assert told() == expected
    (nudge,) = mentions(window=DAY)
    assert nudge.url == f"{at('talk', note, step.key)}#thread-{thread.pk}"
    for body in ("Ask @Ben Member again.", "Nobody.", "@Ben after all"):
        edit_post(post=post, body=body, by=organiser, now=LATER)
    assert [key for _, key, _ in told()] == [f"{post.pk}:{member.pk}"]


def test_naming_stops_when_the_words_or_the_person_go(member, organiser, note, step):
    post = asked(note, step, organiser, body="@Ben Member @Ana Organiser").posts.get()
    assert [each.user for each in Mention.objects.all()] == [member], "who writes is not told of their own words"
    delete_post(post=post, by=organiser, now=NOON)
    assert told() == []
    undelete_post(post=post, by=organiser, now=NOON)
    assert len(told()) == 1
    Note.objects.update(deleted_at=NOON)
    assert told() == []
    Note.objects.update(deleted_at=None)
    member.memberships.update(left_at=NOON)
    assert told() == []


def test_those_who_are_not_in_the_group_cannot_be_named(former, stranger, organiser, note, step):
    asked(note, step, organiser, body="@Dora Former and @Emil Stranger")
    assert told() == []


def test_a_name_of_two_members_is_asked_about_and_nothing_is_lost(client_of, organiser, group, note, step):
    MembershipFactory(group=group, user__name="Ben Other")
    response = client_of(organiser).post(at("say", note, step.key), {"kind": "question", "body": "@Ben, why?"})
    assert response.status_code == 422
    assert "could be Ben Member or Ben Other" in response.text
    assert "@Ben, why?" in response.text
    assert not Thread.objects.exists()


def test_mentions_cost_one_query_however_many_there_are(organiser, group, note, step, django_assert_num_queries):
    names = [MembershipFactory(group=group, user__name=f"Zoe Number{n}").user.name for n in range(10)]
    asked(note, step, organiser, body=" ".join(f"@{name}" for name in names))
    with django_assert_num_queries(1):
        assert len(told()) == 10
    assert told(user_ids=[organiser.pk]) == []
    assert KINDS["derivation-mention"].source is mentions


def test_the_names_that_can_follow_an_at(client_of, member, organiser, observer, former, group):
    url = reverse("derivations:people", args=[group.slug])
    assert client_of(member).get(url).json() == {"names": ["Ana Organiser", "Cleo Observer"]}


# ------------------------------------------------------------------------------------------------- objecting at a step
def test_an_objection_at_a_step_opens_a_thread_there(client_of, member, organiser, note, step):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    client = client_of(organiser)
    assert f'href="{at("answer", note)}?step={step.key}"' in client.get(at("talk", note, step.key)).text
    page = client.get(at("answer", note) + f"?step={step.key}").text
    assert f'<option value="{step.key}" selected>Step 2, line 1: c = d</option>' in page
    response = client.post(
        at("answer", note), {"answer": "changes", "comment": "The sign.", "step": step.key, "number": 1}, follow=True
    )
    thread = Thread.objects.get()
    assert (thread.kind, thread.key, thread.posts.get().body) == ("objection", step.key, "The sign.")
    assert f'<a href="steps/{step.key}/#thread-{thread.pk}">at step 2</a>' in response.text
    assert "Step 2: 1 open question" in response.text
    note.refresh_from_db()
    assert note.status == "draft"


def test_an_objection_to_the_whole_note_needs_no_step(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    data = {"answer": "changes", "comment": "Where does it start?", "step": "", "number": 1}
    assert client_of(organiser).post(at("answer", note), data).status_code == 302
    assert not Thread.objects.exists()
    assert note.reviews.get().comment == "Where does it start?"


def test_an_approval_opens_no_thread(member, organiser, note, step):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer_review(review=note.reviews.get(), approve=True, comment="", number=1, step=step, by=organiser, now=NOON)
    assert not Thread.objects.exists()


# ------------------------------------------------------------------------------------------------------------- speed
def test_a_step_costs_the_same_queries_with_one_thread_and_with_thirty(
    client_of, member, organiser, note, step, django_assert_max_num_queries
):
    client = client_of(member)
    asked(note, step, organiser)

    def count(url):
        client.get(url)
        with django_assert_max_num_queries(15) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [at("talk", note, step.key), at("map", note), note.get_absolute_url()]
    before = [count(url) for url in urls]
    for n in range(30):
        thread = asked(note, step, organiser, body=f"Question {n}")
        reply(thread=thread, body="Yes.", by=member, now=NOON)
    assert [count(url) for url in urls] == before
    assert before[2] <= 10
    assert Post.objects.count() == 61
