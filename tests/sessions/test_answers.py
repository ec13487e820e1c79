"""Who comes, and who came."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sessions import actions
from sessions.actions import CannotChange
from sessions.models import Attendance, Rsvp
from sessions.page import people_of
from tests.factories import MembershipFactory

from .factories import NOON, AttendanceFactory, RsvpFactory


def names(answered):
    return [face.avatar.name for face in answered.faces]


def test_the_last_answer_counts_and_a_comment_stays_until_it_is_changed(session, member):
    actions.answer_session(session=session, answer="maybe", comment="If the train runs", by=member, now=NOON)
    actions.answer_session(session=session, answer="yes", by=member, now=NOON + timedelta(minutes=1))
    rsvp = Rsvp.objects.get()
    assert (rsvp.answer, rsvp.comment, rsvp.answered_at) == ("yes", "If the train runs", NOON + timedelta(minutes=1))
    actions.answer_session(session=session, answer="yes", comment="", by=member, now=NOON)
    assert Rsvp.objects.get().comment == ""


def test_two_answers_of_one_member_cannot_be_stored(session, member):
    RsvpFactory(session=session, user=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        RsvpFactory(session=session, user=member)


@pytest.mark.parametrize(
    ("answer", "status", "later", "words"),
    [
        ("perhaps", "scheduled", timedelta(0), "yes, maybe or no"),
        ("yes", "cancelled", timedelta(0), "is cancelled"),
        ("yes", "scheduled", timedelta(days=3), "is over"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(session, member, answer, status, later, words):
    session.status = status
    session.save()
    with pytest.raises(CannotChange, match=words):
        actions.answer_session(session=session, answer=answer, by=member, now=NOON + later)
    assert Rsvp.objects.count() == 0


def test_people_are_grouped_by_answer_and_the_silent_are_named(session, organiser, member, observer, former):
    silent = MembershipFactory(group=session.group, user__name="Zoe Silent").user
    RsvpFactory(session=session, user=organiser, answer="yes", comment="Early")
    RsvpFactory(session=session, user=observer, answer="maybe")
    RsvpFactory(session=session, user=former, answer="yes")  # who left does not count
    session.moved_at = NOON + timedelta(hours=1)
    people = people_of(session, user=organiser)
    assert [(each.key, names(each)) for each in people.groups] == [
        ("yes", [organiser.name]),
        ("maybe", [observer.name]),
        ("no", []),
    ]
    assert names(people.silent) == [member.name, silent.name]
    assert (people.mine, people.my_comment, people.mine_before_move) == ("yes", "Early", True)
    assert (people.coming, people.readers, people.marks) == (1, 3, [])


def test_nobody_waits_for_an_observer(session, organiser, observer):
    assert names(people_of(session, user=organiser).silent) == [organiser.name]


def test_a_large_group_shows_a_dozen_and_counts_the_rest(session, member, django_assert_num_queries):
    for _ in range(20):
        RsvpFactory(session=session, user=MembershipFactory(group=session.group).user)
    with django_assert_num_queries(1):
        people = people_of(session, user=member)
    assert (people.coming, len(people.groups[0].faces), people.groups[0].more) == (20, 12, 8)
    assert len(people_of(session, user=member, limit=None).groups[0].faces) == 20


class TestAttendance:
    @pytest.fixture
    def held(self, session):
        session.starts_at = NOON - timedelta(hours=1)
        session.save()
        return session

    def test_marks_are_stored_changed_and_taken_back(self, held, organiser, member):
        marks = {organiser.pk: "present", member.pk: "excused"}
        assert actions.record_attendance(session=held, marks=marks, by=organiser, now=NOON) == 2
        again = {member.pk: "absent", organiser.pk: ""}
        assert actions.record_attendance(session=held, marks=again, by=member, now=NOON) == 1
        mark = Attendance.objects.get()
        assert (mark.user, mark.mark, mark.marked_by) == (member, "absent", member)

    def test_a_mark_that_stays_keeps_its_author(self, held, organiser, member):
        actions.record_attendance(session=held, marks={member.pk: "present"}, by=organiser, now=NOON)
        actions.record_attendance(session=held, marks={member.pk: "present"}, by=member, now=NOON)
        assert Attendance.objects.get().marked_by == organiser

    def test_a_session_that_has_not_begun_has_no_attendance(self, session, organiser):
        with pytest.raises(CannotChange, match="when the session begins"):
            actions.record_attendance(session=session, marks={organiser.pk: "present"}, by=organiser, now=NOON)

    def test_a_cancelled_session_has_none(self, held, organiser):
        held.status = "cancelled"
        held.save()
        with pytest.raises(CannotChange, match="cancelled"):
            actions.record_attendance(session=held, marks={organiser.pk: "present"}, by=organiser, now=NOON)

    def test_strangers_and_unknown_marks_are_refused_and_nothing_is_stored(self, held, organiser, stranger):
        for marks in ({stranger.pk: "present"}, {organiser.pk: "asleep"}):
            with pytest.raises(CannotChange):
                actions.record_attendance(session=held, marks=marks, by=organiser, now=NOON)
        assert Attendance.objects.count() == 0

    def test_marks_are_grouped_on_the_page(self, held, organiser, member):
        AttendanceFactory(session=held, user=member, mark="excused")
        marks = people_of(held, user=organiser).marks
        assert [(each.title, each.number) for each in marks] == [("Present", 0), ("Excused", 1), ("Absent", 0)]
