"""The demo group is believable, whole and made of the product's own parts."""

from datetime import timedelta

import pytest

from derivations.models import Note, Review
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


def test_six_derivations_are_rendered_without_a_formula_that_could_not_be_read(demo):
    notes = Note.objects.of(demo.group)
    assert notes.count() == 6
    assert [note.title for note in notes if "math-error" in note.body_html or "<math" not in note.body_html] == []
    assert Review.objects.filter(note__group=demo.group, answer="waiting").exists()


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
