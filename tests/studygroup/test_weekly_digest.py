"""The weekly digest: on one's own Monday morning, what the week holds, and nothing where it holds nothing."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from derivations.models import Review
from members.models import Membership, Role
from readings.models import Progress
from reminders.nudges import Window
from sessions.models import Assignment, Rsvp
from studygroup.nudges import weekly_digest
from tests.factories import (
    GroupFactory,
    IdeaFactory,
    MembershipFactory,
    NoteFactory,
    SectionFactory,
    SessionFactory,
    UserFactory,
    WorkFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
WEDNESDAY_EVENING = datetime(2026, 11, 25, 18, tzinfo=UTC)
THE_WEEK = Window(datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC))


def digests(window=THE_WEEK, **changes):
    return {nudge.user_id: nudge for nudge in weekly_digest(window=window, **changes)}


def said(nudge):
    return [item.text for item in nudge.items]


def test_it_holds_sessions_readings_reviews_and_ideas_under_the_name_of_the_group(member, organiser, group):
    session = SessionFactory(group=group, title="Log-det gradients", starts_at=WEDNESDAY_EVENING)
    work = WorkFactory(group=group, title="Matrix Cookbook", added_at=WEDNESDAY_EVENING - timedelta(days=5))
    section, done = SectionFactory(work=work, title="Derivatives"), SectionFactory(work=work)
    for each in (section, done):
        Assignment.objects.create(session=session, section=each)
    Progress.objects.create(section=done, user=member, status="done")
    note = NoteFactory(group=group, title="Ridge regression", author=organiser)
    Review.objects.create(note=note, reviewer=member)
    IdeaFactory(
        group=group,
        owner=member,
        title="Is 1/√d too small?",
        next_step="Write the ODE",
        next_step_on=MONDAY,
        changed_at=WEDNESDAY_EVENING,
    )

    nudge = digests()[member.pk]

    assert nudge.subject == "Your week: 1 session, 1 section to read, 1 note to review, 1 idea with your name"
    assert said(nudge) == [
        "Gradient Circle",
        "Wed 25 Nov, 19:00 CET: Log-det gradients (your answer is open)",
        "To read: Matrix Cookbook, Derivatives",
        "Waits for your review: Ridge regression",
        "Your idea: Is 1/√d too small?; next step by Mon 23 Nov: Write the ODE",
        "Last week: 1 reading added",
    ]
    assert nudge.items[0].heading
    assert nudge.items[1].url == f"/groups/gradient-circle/sessions/{session.pk}/"
    assert nudge.url == "/groups/gradient-circle/"
    assert nudge.key == "2026-W48"


def test_it_is_sent_on_the_persons_own_monday_at_eight_a_few_minutes_spread(group):
    SessionFactory(group=group, starts_at=WEDNESDAY_EVENING)
    zones = ["Pacific/Auckland", "Asia/Kathmandu", "Europe/Berlin", "America/Los_Angeles"]
    people = [MembershipFactory(group=group, user__time_zone=zone).user for zone in zones]
    found = digests()
    for person in people:
        local = found[person.pk].due_at.astimezone(ZoneInfo(person.time_zone))
        assert (local.date(), local.hour) == (MONDAY, 8)
        assert local.minute == person.pk * 7 % 15


def test_the_hour_of_a_session_is_that_of_the_reader(group):
    SessionFactory(group=group, title="Ridge", starts_at=WEDNESDAY_EVENING)
    person = MembershipFactory(group=group, user__time_zone="Asia/Kathmandu").user
    assert "Wed 25 Nov, 23:45 UTC+05:45: Ridge (your answer is open)" in said(digests()[person.pk])


def test_a_week_that_holds_nothing_is_passed_over(member, group):
    SessionFactory(group=group, starts_at=WEDNESDAY_EVENING, status="cancelled")
    SessionFactory(group=group, starts_at=WEDNESDAY_EVENING + timedelta(days=7))
    NoteFactory(group=group)
    IdeaFactory(group=group, owner=member, stage="parked")
    assert digests() == {}


def test_who_said_no_is_not_told_to_read(member, group):
    session = SessionFactory(group=group, title="Ridge", starts_at=WEDNESDAY_EVENING)
    Assignment.objects.create(session=session, section=SectionFactory(work=WorkFactory(group=group)))
    Rsvp.objects.create(session=session, user=member, answer="no")
    assert said(digests()[member.pk])[1:2] == ["Wed 25 Nov, 19:00 CET: Ridge (you said no)"]
    assert "To read" not in " ".join(said(digests()[member.pk]))


def test_an_observer_is_told_of_sessions_and_not_to_read(observer, group):
    session = SessionFactory(group=group, starts_at=WEDNESDAY_EVENING)
    Assignment.objects.create(session=session, section=SectionFactory(work=WorkFactory(group=group)))
    assert digests()[observer.pk].subject == "Your week: 1 session"


def test_all_groups_of_a_person_come_in_one(member, group):
    other = GroupFactory(name="Optimal Transport")
    Membership.objects.create(user=member, group=other)
    SessionFactory(group=group, title="Here", starts_at=WEDNESDAY_EVENING)
    SessionFactory(group=other, title="There", starts_at=WEDNESDAY_EVENING)
    nudge = digests()[member.pk]
    headings = [item.text for item in nudge.items if item.heading]
    assert (headings, nudge.group_id, nudge.url) == (["Gradient Circle", "Optimal Transport"], None, "/")


def test_former_members_and_closed_accounts_are_left_in_peace(former, group):
    SessionFactory(group=group, starts_at=WEDNESDAY_EVENING)
    MembershipFactory(group=group, user__is_active=False)
    assert digests() == {}


def test_another_groups_week_is_not_told(member, stranger):
    SessionFactory(starts_at=WEDNESDAY_EVENING)
    assert digests() == {}


def test_it_is_asked_again_for_one_person_and_one_instant(member, organiser, group):
    SessionFactory(group=group, starts_at=WEDNESDAY_EVENING)
    nudge = digests()[member.pk]
    instant = Window(nudge.due_at, nudge.due_at + timedelta(microseconds=1))
    assert digests(instant, user_ids={member.pk}) == {member.pk: nudge}


def test_on_a_day_on_which_it_is_monday_nowhere_nothing_is_asked(member, group, django_assert_num_queries):
    thursday = Window(datetime(2026, 11, 26, 0, tzinfo=UTC), datetime(2026, 11, 26, 12, tzinfo=UTC))
    with django_assert_num_queries(0):
        assert digests(thursday) == {}


def test_many_members_cost_as_many_questions_as_one(group, django_assert_max_num_queries):
    def member_with_a_week():
        user = UserFactory()
        own = GroupFactory()
        for each in (group, own):
            Membership.objects.create(user=user, group=each, role=Role.MEMBER)
            session = SessionFactory(group=each, starts_at=WEDNESDAY_EVENING)
            Assignment.objects.create(session=session, section=SectionFactory(work=WorkFactory(group=each)))
            Review.objects.create(note=NoteFactory(group=each), reviewer=user)
            IdeaFactory(group=each, owner=user)

    def questions():
        with django_assert_max_num_queries(11) as asked:
            digests()
        return len(asked)

    member_with_a_week()
    one = questions()
    for _ in range(12):
        member_with_a_week()
    assert questions() == one
