"""The demo group is believable, whole and made of the product's own parts."""

from datetime import timedelta

import pytest

from derivations.actions import run_check
from derivations.models import Check, Link, Note, Review, SharedStatement, Thread
from derivations.steps import steps_of
from derivations.talk import map_of
from ideas.models import Idea
from members.models import Membership, Role
from readings.models import Progress, Section, Work
from sessions.models import Assignment, Attendance, Session
from studygroup.demo import make_demo
from tests.conftest import NOON


@pytest.fixture
def demo(db):
    return make_demo(now=NOON, password="a-long-password")


def test_eight_members_live_in_five_time_zones(demo):
    members = Membership.objects.current().filter(group=demo.group)
    assert members.count() == 8
    assert len({membership.user.time_zone for membership in members}) == 5
    assert set(members.values_list("role", flat=True)) == set(Role.values)


def test_seven_derivations_are_rendered_without_a_formula_that_could_not_be_read(demo):
    notes = Note.objects.of(demo.group)
    assert notes.count() == 7
    assert [note.title for note in notes if "math-error" in note.body_html or "<math" not in note.body_html] == []
    assert Review.objects.filter(note__group=demo.group, answer="waiting").exists()


def test_what_was_said_at_a_step_comes_onto_its_page_with_the_first_verdicts(demo):
    note = Note.objects.of(demo.group).get(title="Why attention divides by the square root of d")
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    note.refresh_from_db()
    step = steps_of(note)[5]
    assert note.talk == {"open": {step.key: 1}, "questions": 1, "lost": 3, "gone": ""}
    assert [(row.step.number, row.lost) for row in map_of(note)["worst"]] == [(6, 3)]


def test_an_objection_stands_at_its_step_and_one_question_is_settled(demo):
    objection = Thread.objects.get(kind="objection")
    assert objection.note.reviews.get().thread == objection
    assert [post.author.name for post in objection.posts.all()] == ["Ana Kovačević", "佐藤 潤"]
    assert [(thread.kind, thread.is_open) for thread in Thread.objects.order_by("note__title")] == [
        ("comment", False), ("question", False), ("objection", True), ("question", True),
    ]  # fmt: skip


def test_a_note_that_was_changed_since_its_review_says_since_which_revision(demo):
    note = Note.objects.of(demo.group).get(status="changed")
    assert (note.number, note.reviewed_number) == (3, 2)
    assert note.revisions.get(number=3).body == note.body
    assert note.body.startswith(note.revisions.get(number=2).body.rstrip())


def test_the_notes_rest_on_each_other_on_readings_and_on_one_lemma_that_nobody_derived(demo):
    links = Link.objects.filter(note__group=demo.group)
    assert set(links.filter(target=None).values_list("kind", "name")) == {
        ("note", "The expectation of a quadratic form")
    }
    assert links.filter(kind="note").exclude(target=None).count() == 3
    assert links.filter(kind="cite").count() == 5


def test_the_least_squares_solution_is_approached_in_two_ways(demo):
    statement = SharedStatement.objects.get(group=demo.group)
    assert [(way.name, way.note.title) for way in statement.approaches.select_related("note")] == [
        ("by a right angle", "Least squares by projection"),
        ("by the gradient", "Least squares, and what ridge adds"),
    ]


def test_past_sessions_have_minutes_and_attendance_and_coming_ones_an_agenda(demo):
    past = Session.objects.filter(group=demo.group).past(NOON)
    assert past.count() == 6
    assert all(session.minutes_html and session.attendance.count() == 8 for session in past)
    coming = Session.objects.filter(group=demo.group).upcoming(NOON).order_by("starts_at")
    assert coming[0].agenda.count() == 3
    assert coming[0].starts_at - NOON < timedelta(days=7)
    assert coming.count() >= 25


def test_the_reading_list_is_half_finished_and_one_person_is_behind(demo):
    assigned = Section.objects.filter(assignments__session__group=demo.group).distinct()
    assert 0 < Progress.objects.filter(section__in=assigned, status="done").count() < assigned.count() * 8
    behind = demo.people["leila"]
    assert not Progress.objects.filter(user=behind, status="done").exists()
    assert not Attendance.objects.filter(user=behind, mark="present").exists()
    assert Idea.objects.filter(owner=behind, next_step_on__lt=NOON.date()).exists()


def test_every_work_the_demo_names_is_in_the_shipped_bibliography(demo):
    assert Work.objects.filter(group=demo.group).count() > 30
    assert Assignment.objects.filter(session__group=demo.group).count() >= 8


def test_without_a_password_nobody_of_the_demo_can_log_in(db):
    demo = make_demo(now=NOON)
    assert [person.name for person in demo.people.values() if person.has_usable_password()] == []


def test_who_asked_for_it_on_a_real_site_becomes_an_organiser(db, stranger):
    demo = make_demo(now=NOON, joined_by=stranger)
    assert stranger.role_in(demo.group) == Role.ORGANISER


def test_every_page_of_the_demo_answers(demo, client_of, time_machine):
    time_machine.move_to(NOON)
    browser = client_of(demo.people["ana"])
    base = f"/groups/{demo.group.slug}/"
    session = Session.objects.filter(group=demo.group).upcoming(NOON).first()
    note = Note.objects.of(demo.group).first()
    idea = Idea.objects.filter(group=demo.group).first()
    work = Work.objects.filter(group=demo.group).first()
    addresses = [base, *(each.get_absolute_url() for each in (session, note, idea, work))]
    addresses += [base + page for page in ("sessions/", "readings/", "notes/", "ideas/", "members/", "accountability/")]
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
