"""A note goes to a reviewer and comes back."""

import pytest
from django.urls import reverse

from commons.panels import changes_in
from derivations.actions import (
    CannotReview,
    answer_review,
    ask_for_review,
    create_note,
    restore_revision,
    save_note,
    withdraw_review,
)
from derivations.models import Note, Review
from tests.conftest import NOON
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def note(group, member):
    return create_note(group=group, by=member, title="Softmax", body="$x$", now=NOON)


def at(name, note):
    return reverse(f"derivations:{name}", args=[note.group.slug, note.pk])


def answer(note, by, *, approve=True, comment="", number=None):
    review = note.reviews.get(reviewer=by)
    answer_review(
        review=review, approve=approve, comment=comment, number=number or Note.objects.get(pk=note.pk).number, by=by,
        now=NOON,
    )  # fmt: skip
    note.refresh_from_db()
    return note.status


def test_asking_puts_the_note_in_review_and_on_the_reviewers_list(client_of, member, organiser, note):
    response = client_of(member).post(at("ask", note), {"reviewers": [organiser.pk]}, follow=True)
    assert "Waiting for Ana Organiser." in response.text
    note.refresh_from_db()
    assert note.status == "in-review"
    assert list(Note.objects.waiting_for(organiser)) == [note]
    assert "Waits for you" in client_of(organiser).get(note.get_absolute_url()).text


def test_an_approved_note_is_reviewed(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    response = client_of(organiser).post(
        at("answer", note), {"answer": "approve", "comment": "Clean.", "number": 1}, follow=True
    )
    assert "You approved this note." in response.text
    note.refresh_from_db()
    assert note.status == "reviewed"
    assert "Clean." in client_of(member).get(note.get_absolute_url()).text
    assert "You answered" in client_of(organiser).get(at("answer", note)).text


def test_asking_for_changes_needs_a_sentence_and_makes_a_draft(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    client = client_of(organiser)
    refused = client.post(at("answer", note), {"answer": "changes", "comment": " ", "number": 1})
    assert refused.status_code == 422
    assert "Say in a sentence what to change" in refused.text
    client.post(at("answer", note), {"answer": "changes", "comment": "The sign in (3).", "number": 1})
    note.refresh_from_db()
    assert note.status == "draft"
    assert note.reviews.get().comment == "The sign in (3)."


def test_an_answer_to_a_text_that_changed_meanwhile_is_not_taken(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    save_note(note=note, by=member, base=1, title="Softmax", body="$y$", now=NOON)
    client = client_of(organiser)
    response = client.post(at("answer", note), {"answer": "approve", "comment": "Fine.", "number": 1})
    assert response.status_code == 422
    assert "you saw revision 1, the latest is 2" in response.text
    assert "Fine." in response.text
    assert 'name="number" value="2"' in response.text
    assert client.post(at("answer", note), {"answer": "approve", "number": 2}).status_code == 302


def test_with_two_reviewers_the_note_is_reviewed_when_both_have_answered(member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser, second], by=member, now=NOON)
    assert answer(note, organiser) == "in-review"
    assert answer(note, second) == "reviewed"


def test_one_approval_does_not_outvote_a_request_for_changes(member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser, second], by=member, now=NOON)
    assert answer(note, organiser, approve=False, comment="No.") == "draft"
    assert answer(note, second) == "draft"
    save_note(note=note, by=member, base=1, title="Softmax", body="$y$", now=NOON)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    assert answer(note, organiser) == "reviewed"


def test_editing_a_reviewed_note_lowers_it_and_says_so(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    response = client_of(member).post(at("edit", note), {"title": "Softmax", "body": "$y$", "base": 1}, follow=True)
    assert "your change made it a draft again" in response.text
    note.refresh_from_db()
    assert note.status == "draft"


def test_editing_a_note_in_review_leaves_it_in_review(member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    saved = save_note(note=note, by=member, base=1, title="Softmax", body="$y$", now=NOON)
    assert (saved.note.status, saved.lowered_from) == ("in-review", None)


def test_a_reviewed_note_with_someone_still_asked_falls_to_in_review(member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    Review.objects.create(note=note, reviewer=second, asked_at=NOON)
    assert save_note(note=note, by=member, base=1, title="A", body="$y$", now=NOON).note.status == "in-review"


def test_restoring_an_old_text_lowers_a_reviewed_note_too(member, organiser, note):
    save_note(note=note, by=member, base=1, title="Softmax", body="$y$", now=NOON)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    assert restore_revision(note=note, number=1, by=member, now=NOON).lowered_from == "reviewed"


def test_a_review_can_be_withdrawn_and_asked_for_again(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    client_of(member).post(at("withdraw", note))
    note.refresh_from_db()
    assert (note.status, note.reviews.count()) == ("draft", 0)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    withdraw_review(note=note, by=member, now=NOON)
    note.refresh_from_db()
    assert (note.status, note.reviews.count()) == ("reviewed", 1), "what was answered stays"


def test_who_cannot_be_asked(member, observer, former, organiser, note):
    with pytest.raises(CannotReview, match="someone other than yourself"):
        ask_for_review(note=note, reviewers=[member], by=member, now=NOON)
    for person in (observer, former, UserFactory(name="Emil")):
        with pytest.raises(CannotReview, match="does not write in this group"):
            ask_for_review(note=note, reviewers=[person], by=member, now=NOON)
    with pytest.raises(CannotReview, match="Choose who"):
        ask_for_review(note=note, reviewers=[], by=member, now=NOON)
    Note.objects.filter(pk=note.pk).update(deleted_at=NOON)
    with pytest.raises(CannotReview, match="deleted"):
        ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)


def test_a_review_is_answered_once(member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    with pytest.raises(CannotReview, match="answered this already"):
        answer(note, organiser)


def test_only_those_asked_may_answer(client_of, member, organiser, note):
    assert client_of(organiser).get(at("answer", note)).status_code == 404


def test_the_group_hears_what_was_written_and_answered(member, organiser, group, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    since, until = NOON.replace(hour=1), NOON.replace(hour=23)
    heard = changes_in(group, since=since, until=until, user=organiser)
    assert [(c.who, c.text) for c in heard] == [("Ben Member", "wrote “Softmax”")]
    assert [c.text for c in changes_in(group, since=since, until=until, user=member)] == ["approved “Softmax”"]
    assert changes_in(group, since=NOON, until=until, user=organiser) == []
