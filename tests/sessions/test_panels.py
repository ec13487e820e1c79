"""What the room shows on other rooms' pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Membership, Role
from readings.models import Progress
from sessions import actions
from sessions.panels import attendance_of, my_next_sessions, session_changes, sessions_that_read
from tests.factories import SectionFactory, SessionFactory, WorkFactory

from .factories import NOON, AgendaItemFactory, AssignmentFactory, AttendanceFactory, RsvpFactory, plan


class TestHome:
    def test_my_next_three_sessions_with_my_answer(self, group, session, member, django_assert_num_queries):
        later = [SessionFactory(group=group, starts_at=NOON + timedelta(days=n)) for n in (5, 4, 9)]
        SessionFactory(group=group, status="cancelled", starts_at=NOON + timedelta(days=1))
        SessionFactory(group=group, starts_at=NOON - timedelta(days=1))
        running = SessionFactory(group=group, starts_at=NOON - timedelta(minutes=5))
        RsvpFactory(session=session, user=member, answer="maybe")
        assert member.role_in(group) == Role.MEMBER
        with django_assert_num_queries(2):
            shown = my_next_sessions(user=member, subject=group, now=NOON)
        assert [each.pk for each in shown["sessions"]] == [running.pk, session.pk, later[1].pk]
        assert [each.my_answer for each in shown["sessions"]] == [None, "maybe", None]

    def test_what_i_still_have_to_read_and_present(self, group, session, section, member, organiser):
        done = SectionFactory(work=section.work)
        for each in (section, done):
            AssignmentFactory(session=session, section=each)
        Progress.objects.create(section=done, user=member, status="done")
        AgendaItemFactory(session=session, presenter=member, title="Proof", minutes=20)
        AgendaItemFactory(session=session, presenter=organiser)
        shown = my_next_sessions(user=member, subject=group, now=NOON)
        assert [(each.title, each.detail, each.status) for each in shown["to_read"]] == [
            ("The Matrix Cookbook", "2.4 Derivatives of determinants", "to-read")
        ]
        [present] = shown["to_present"]
        assert (present.title, present.detail, present.session) == ("Proof", "20 min", session)

    def test_an_observer_owes_nothing(self, group, session, section, observer):
        AssignmentFactory(session=session, section=section)
        assert my_next_sessions(user=observer, subject=group, now=NOON)["to_read"] == []

    @pytest.mark.parametrize("number", [1, 30])
    def test_it_asks_the_same_number_of_queries_with_one_session_and_with_thirty(
        self, client_of, group, member, now, number, django_assert_num_queries
    ):
        for n in range(number):
            each = SessionFactory(group=group, starts_at=NOON + timedelta(days=n + 1))
            AssignmentFactory(session=each, section=SectionFactory(work__group=group))
            AgendaItemFactory(session=each, presenter=member)
        member.role_in(group)
        with django_assert_num_queries(2):
            shown = my_next_sessions(user=member, subject=group, now=NOON)
        assert (len(shown["to_read"]), len(shown["to_present"])) == (1, min(number, 3))
        page = client_of(member).get(f"/groups/{group.slug}/").content.decode()
        assert page.count("You present:") == min(number, 3)


class TestReading:
    def test_the_sessions_that_read_a_work_the_coming_ones_first(
        self, group, session, section, member, django_assert_num_queries
    ):
        held = SessionFactory(group=group, starts_at=NOON - timedelta(days=9))
        other = SectionFactory(work=section.work, title="Inverses")
        AssignmentFactory(session=held, section=section)
        for each in (section, other):
            AssignmentFactory(session=session, section=each)
        AssignmentFactory(session=session, section=SectionFactory(work=WorkFactory(group=group)))
        with django_assert_num_queries(1):
            rows = sessions_that_read(user=member, subject=section.work, now=NOON)["rows"]
        assert [(row["session"], row["sections"]) for row in rows] == [
            (session, "2.4 Derivatives of determinants; Inverses"),
            (held, "2.4 Derivatives of determinants"),
        ]

    def test_a_work_that_nobody_reads_for_a_session_has_no_panel(self, section, member):
        assert sessions_that_read(user=member, subject=section.work, now=NOON) is None


def test_a_member_is_shown_with_the_attendance_of_half_a_year(group, member, django_assert_num_queries):
    for days, mark in ((1, "present"), (8, "present"), (15, "excused"), (22, "absent"), (300, "absent")):
        held = SessionFactory(group=group, starts_at=NOON - timedelta(days=days))
        AttendanceFactory(session=held, user=member, mark=mark)
    AttendanceFactory(session=SessionFactory(starts_at=NOON - timedelta(days=1)), user=member)  # another group's
    with django_assert_num_queries(1):
        shown = attendance_of(user=member, subject=Membership(user=member, group=group), now=NOON)
    assert shown == {"marked": 4, "present": 2, "excused": 1, "absent": 1}


class TestChanges:
    def told(self, group, user, since=NOON - timedelta(hours=1)):
        with timezone.override(user.zone):  # as the middleware does
            found = session_changes(group=group, since=since, until=NOON + timedelta(hours=1), user=user)
        return [f"{each.who} {each.text}" for each in sorted(found, key=lambda each: each.at)]

    def test_a_series_counts_once_and_my_own_doing_is_no_news(self, group, organiser, member):
        actions.start_series(group=group, plan=plan(), by=organiser, now=NOON)
        assert self.told(group, member) == [
            "Ana Organiser scheduled “Study session”, every week on Tuesday at 19:00, Europe/Berlin"
        ]
        assert self.told(group, organiser) == []

    def test_moved_cancelled_added_and_written_down(self, group, session, organiser, member):
        details = actions.Details(title="Extra")
        on, at = (NOON + timedelta(days=9)).date(), NOON.time()
        options = {"time_zone": "Europe/Berlin", "duration": session.duration, "by": organiser, "now": NOON}
        extra = actions.schedule_session(group=group, details=details, on=on, at=at, **options)
        actions.cancel_session(session=extra, because="Ill", by=organiser, now=NOON + timedelta(minutes=1))
        actions.move_session(session=session, on=on, at=at, **{**options, "now": NOON + timedelta(minutes=2)})
        actions.write_minutes(session=session, text="Done", based_on=0, by=organiser, now=NOON + timedelta(minutes=3))
        assert self.told(group, member) == [
            "Ana Organiser added “Extra”, Wed 2 Dec, 12:00 CET",
            "Ana Organiser cancelled “Extra” of Wed 2 Dec, 12:00 CET",
            "Ana Organiser moved “Log-determinant gradients” to Wed 2 Dec, 12:00 CET",
            "Ana Organiser wrote the minutes of “Log-determinant gradients”",
        ]
        assert self.told(group, member, since=NOON + timedelta(minutes=30)) == []
        assert self.told(group, organiser) == []

    def test_the_number_of_queries_does_not_grow(self, group, member, django_assert_num_queries):
        for n in range(30):
            SessionFactory(group=group, title=str(n), created_at=NOON, moved_at=NOON, starts_at=NOON)
        with django_assert_num_queries(1):
            self.told(group, member)
