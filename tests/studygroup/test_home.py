"""This week: what the home page answers, and when a visit counts as over."""

from datetime import timedelta

import pytest

from members.models import Membership, Role
from studygroup.actions import note_visit
from tests.conftest import NOON
from tests.factories import MembershipFactory, NoteFactory, SessionFactory, WorkFactory


def test_without_a_group_the_home_page_says_how_to_begin(client_of, stranger):
    page = client_of(stranger).get("/")
    assert page.status_code == 200
    assert "Make a group" in page.content.decode()


def test_the_home_page_leads_to_the_group_visited_last(client_of, group, member):
    other = MembershipFactory(user=member, group__name="Other circle", group__slug="other", seen_at=NOON)
    Membership.objects.filter(user=member, group=group).update(seen_at=NOON - timedelta(days=1))
    assert client_of(member).get("/").url == f"/groups/{other.group.slug}/"


def test_a_session_of_another_group_in_the_next_week_is_named(client_of, group, member, time_machine):
    time_machine.move_to(NOON)
    other = MembershipFactory(user=member, group__name="Other circle").group
    SessionFactory(group=other, title="Convexity", starts_at=NOON + timedelta(days=3))
    SessionFactory(group=other, title="Too far", starts_at=NOON + timedelta(days=9))
    elsewhere = client_of(member).get(f"/groups/{group.slug}/").context["elsewhere"]
    assert [session.title for session in elsewhere] == ["Convexity"]


def test_a_session_of_a_group_that_one_left_is_not_named(client_of, group, member, time_machine):
    time_machine.move_to(NOON)
    MembershipFactory(user=member, group__name="Third circle")
    left = MembershipFactory(user=member, role=Role.MEMBER, left_at=NOON).group
    SessionFactory(group=left, starts_at=NOON + timedelta(days=3))
    assert client_of(member).get(f"/groups/{group.slug}/").context["elsewhere"] == []


@pytest.fixture
def membership(group, member):
    return Membership.objects.get(user=member, group=group)


def test_the_mark_stays_where_it_is_during_one_visit(membership):
    note_visit(membership=membership, now=NOON)
    for minutes in (5, 30, 55):  # each within thirty minutes of the one before
        note_visit(membership=membership, now=NOON + timedelta(minutes=minutes))
    membership.refresh_from_db()
    assert (membership.seen_before_at, membership.seen_at) == (None, NOON + timedelta(minutes=55))


def test_a_new_visit_moves_the_mark_to_the_end_of_the_one_before(membership):
    note_visit(membership=membership, now=NOON)
    note_visit(membership=membership, now=NOON + timedelta(hours=2))
    membership.refresh_from_db()
    assert (membership.seen_before_at, membership.seen_at) == (NOON, NOON + timedelta(hours=2))


def test_reading_the_home_page_remembers_nothing_and_posting_does(client_of, group, member, membership):
    browser = client_of(member)
    browser.get(f"/groups/{group.slug}/")
    membership.refresh_from_db()
    assert membership.seen_at is None
    assert browser.post(f"/groups/{group.slug}/seen/").status_code == 302
    membership.refresh_from_db()
    assert membership.seen_at is not None


def test_health_answers_without_a_log_in(client, db):
    assert client.get("/health/").json() == {"status": "ok"}


def test_an_organiser_of_a_young_group_is_shown_what_is_still_to_begin(
    client_of, group, organiser, member, time_machine
):
    time_machine.move_to(group.created_at + timedelta(days=2))
    WorkFactory(group=group)
    steps = client_of(organiser).get(f"/groups/{group.slug}/").context["first_steps"]
    assert steps == {"people": True, "readings": True, "sessions": False, "notes": False}
    assert client_of(member).get(f"/groups/{group.slug}/").context["first_steps"] is None


def test_first_steps_go_once_all_are_done_and_after_three_weeks(client_of, group, organiser, member, time_machine):
    time_machine.move_to(group.created_at + timedelta(days=22))
    assert client_of(organiser).get(f"/groups/{group.slug}/").context["first_steps"] is None
    time_machine.move_to(group.created_at + timedelta(days=2))
    for factory in (WorkFactory, SessionFactory, NoteFactory):
        factory(group=group)
    assert client_of(organiser).get(f"/groups/{group.slug}/").context["first_steps"] is None
