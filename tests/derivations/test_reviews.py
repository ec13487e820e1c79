"""A note goes to a reviewer and comes back."""

import pytest
from django.urls import reverse

from commons.panels import changes_in
from derivations.actions import (
    CannotReview,
    answer_review,
    ask_for_review,
    change_review_rule,
    create_note,
    restore_revision,
    save_note,
    withdraw_review,
)
from derivations.actions.checks import _keep_check
from derivations.models import Check, Note, Review
from tests.conftest import NOON
from tests.derivations.judging import judged
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def note(group, member):
    return judged(create_note(group=group, by=member, title="Softmax", body="$x$", now=NOON))


def changed(note, body="$y$"):
    return save_note(
        note=note, by=note.author, base=Note.objects.get(pk=note.pk).number, title="Softmax", body=body, now=NOON
    ).note


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


def test_a_note_is_reviewed_with_as_many_approvals_as_the_group_asks_for(
    client_of, member, organiser, observer, group, note
):
    second = MembershipFactory(group=group, user__name="Dana Second").user
    url = reverse("derivations:rules", args=[group.slug])
    assert client_of(organiser).post(url, {"approvals": 2}).status_code == 302
    assert client_of(organiser).post(url, {"approvals": 9}).status_code == 422
    assert client_of(member).post(url, {"approvals": 1}).status_code == 403
    assert "This group asks for 2 approvals." in client_of(observer).get(url).text
    ask_for_review(note=note, reviewers=[organiser, second], by=member, now=NOON)
    assert answer(note, organiser) == "in-review"
    assert "1 of 2 approvals that this group asks for." in client_of(member).get(note.get_absolute_url()).text
    assert answer(note, second) == "reviewed"
    page = client_of(member).get(note.get_absolute_url()).text
    assert "Ana Organiser and Dana Second vouch for it" in page


def test_the_first_of_two_asked_is_enough_where_the_group_asks_for_one(client_of, member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser, second], by=member, now=NOON)
    assert answer(note, organiser) == "reviewed"
    assert answer(note, second, approve=False, comment="The sign in (3).") == "draft"


def test_another_number_of_approvals_judges_the_notes_anew(client_of, member, organiser, group, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    bystander = create_note(group=group, by=member, title="Untouched", body="$z$", now=NOON)
    assert change_review_rule(group=group, approvals=2, by=organiser, now=NOON) == (0, 1)
    note.refresh_from_db()
    assert note.status == "in-review"
    url = reverse("derivations:rules", args=[group.slug])
    response = client_of(organiser).post(url, {"approvals": 1}, follow=True)
    assert "1 note became reviewed." in response.text
    assert "1 approval" in response.text
    assert [Note.objects.get(pk=each.pk).status for each in (note, bystander)] == ["reviewed", "draft"]


def test_an_approved_note_waits_for_its_check(client_of, member, organiser, group):
    note = create_note(group=group, by=member, title="Softmax", body="$$x = 0$$", now=NOON)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    assert answer(note, organiser) == "in-review"
    assert "once its steps are checked and none of them fails" in client_of(member).get(note.get_absolute_url()).text
    assert judged(note, "holds", "unchecked").status == "reviewed"


def test_an_approved_note_of_which_a_step_fails_is_not_reviewed(client_of, member, organiser, group):
    note = create_note(group=group, by=member, title="Softmax", body="$$x = 0$$", now=NOON)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    assert judged(note, "holds", "fails").status == "in-review"
    assert "Approved, but a step fails" in client_of(member).get(note.get_absolute_url()).text
    assert changed(note).status == "draft", "nobody approved the new text and nobody is asked"


def test_a_reviewed_note_is_lowered_when_a_better_checker_finds_a_step_that_fails(member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    assert answer(note, organiser) == "reviewed"
    assert judged(note, "fails").status == "in-review"
    assert judged(note, "holds").status == "reviewed"


def test_a_check_that_cannot_be_made_does_not_hold_up_a_review(member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    changed(note)
    answer(note, organiser)
    assert judged(note, reason="Too long.").status == "reviewed"


def test_the_check_of_an_older_text_settles_nothing(member, organiser, group, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    changed(note)
    assert answer(note, organiser) == "in-review"
    _keep_check(Check.objects.get(revision__number=1), report={"steps": []}, reason="", seed=0, now=NOON)
    note.refresh_from_db()
    assert note.status == "in-review"


def test_who_vouched_for_which_revision_stays_on_the_page(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    client = client_of(member)
    assert "Ana Organiser vouches for it" in client.get(note.get_absolute_url()).text
    changed(note)
    page = client.get(note.get_absolute_url()).text
    assert "vouches for it" not in page
    assert "approved revision 1" in page
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    assert "approved revision 1 before" in client.get(note.get_absolute_url()).text
    withdraw_review(note=note, by=member, now=NOON)
    assert [(r.answer, r.number) for r in note.reviews.all()] == [("approved", 1)]
    assert client_of(organiser).get(at("answer", note)).status_code == 200
    note.refresh_from_db()
    assert note.status == "changed"


def test_one_approval_does_not_outvote_a_request_for_changes(member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser, second], by=member, now=NOON)
    assert answer(note, organiser, approve=False, comment="No.") == "draft"
    assert answer(note, second) == "draft"
    judged(changed(note))
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    assert answer(note, organiser) == "reviewed"


def test_editing_a_reviewed_note_lowers_it_and_says_so(client_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    response = client_of(member).post(at("edit", note), {"title": "Softmax", "body": "$y$", "base": 1}, follow=True)
    assert "The note was reviewed; it has changed since." in response.text
    assert '<span class="tag note-changed">Changed since review</span>' in response.text
    assert '<a href="history/compare/?old=1&amp;new=2">What changed since revision 1, which was reviewed</a>' in (
        response.text
    )
    changed(note, "$z$")
    note.refresh_from_db()
    assert (note.status, note.reviewed_number, note.number) == ("changed", 1, 3)
    listed = client_of(member).get(reverse("derivations:list", args=[note.group.slug]) + "?status=changed").text
    assert "Softmax" in listed
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    assert (judged(note).status, note.reviewed_number) == ("reviewed", 3)


def test_editing_a_note_in_review_leaves_it_in_review(member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    saved = save_note(note=note, by=member, base=1, title="Softmax", body="$y$", now=NOON)
    assert (saved.note.status, saved.lowered_from) == ("in-review", None)


def test_a_reviewed_note_with_someone_still_asked_has_changed_too(member, organiser, group, note):
    second = MembershipFactory(group=group).user
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    answer(note, organiser)
    Review.objects.create(note=note, reviewer=second, asked_at=NOON)
    assert changed(note).status == "changed"
    assert answer(note, second) == "in-review"
    assert judged(note).status == "reviewed"


def test_restoring_an_old_text_lowers_a_reviewed_note_too(member, organiser, note):
    judged(changed(note))
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
