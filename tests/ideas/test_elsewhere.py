"""What this room shows on other rooms' pages, and what it reminds people of."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commons.panels import changes_in
from ideas.actions import add_comment, add_idea, archive_idea, move_idea
from ideas.actions.moves import Place
from ideas.nudges import next_steps_due
from ideas.panels import ideas_of_a_member, ideas_on_a_note, ideas_on_a_reading, ideas_with_my_name
from reminders.nudges import KINDS, Window
from tests.conftest import NOON
from tests.factories import IdeaFactory, MembershipFactory, NoteFactory, WorkFactory

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # nine in Berlin
DAY = Window(start=MORNING - timedelta(hours=12), end=MORNING + timedelta(hours=12))


@pytest.fixture
def promised(group, member):
    return IdeaFactory(
        group=group, title="Ridge", owner=member, next_step="Write the lemma", next_step_on=date(2026, 11, 24)
    )


class TestTheReminder:
    def test_it_comes_at_nine_on_the_owners_clock(self, promised, member):
        (nudge,) = next_steps_due(window=DAY)
        assert (nudge.user_id, nudge.due_at) == (member.pk, MORNING)
        assert nudge.key == f"{promised.pk}:2026-11-24"
        assert nudge.subject == "Due today: Write the lemma"
        assert nudge.url == promised.get_absolute_url()
        assert "Tue 24 Nov" in nudge.lines[0]
        assert nudge.expires_at > nudge.due_at

    @pytest.mark.parametrize(
        ("zone", "utc"),
        [
            ("Pacific/Auckland", datetime(2026, 11, 23, 20, 0, tzinfo=UTC)),
            ("America/Los_Angeles", datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
            ("Pacific/Kiritimati", datetime(2026, 11, 23, 19, 0, tzinfo=UTC)),
            ("Asia/Kathmandu", datetime(2026, 11, 24, 3, 15, tzinfo=UTC)),
        ],
    )
    def test_it_keeps_the_owners_zone(self, promised, member, zone, utc):
        member.time_zone = zone
        member.save()
        minute = Window(start=utc, end=utc + timedelta(minutes=1))
        assert [nudge.due_at for nudge in next_steps_due(window=minute)] == [utc]
        before = Window(start=utc - timedelta(hours=1), end=utc)
        assert list(next_steps_due(window=before)) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"next_step": ""},
            {"next_step_on": None},
            {"next_step_on": date(2026, 11, 26)},
            {"stage": "parked"},
            {"stage": "submitted"},
            {"archived_at": NOON},
            {"owner": None},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_it_stops_by_itself(self, promised, change):
        assert len(list(next_steps_due(window=DAY))) == 1
        for name, value in change.items():
            setattr(promised, name, value)
        promised.save()
        assert list(next_steps_due(window=DAY)) == []

    def test_who_left_the_group_is_not_reminded(self, promised, former):
        promised.owner = former
        promised.save()
        assert list(next_steps_due(window=DAY)) == []

    def test_another_date_is_another_reminder(self, promised):
        (first,) = next_steps_due(window=DAY)
        promised.next_step_on = date(2026, 11, 25)
        promised.save()
        week = Window(start=DAY.start, end=DAY.end + timedelta(days=7))
        (second,) = next_steps_due(window=week)
        assert first.key != second.key

    def test_one_can_ask_for_some_people_only(self, promised, member, organiser):
        assert len(list(next_steps_due(window=DAY, user_ids=[member.pk]))) == 1
        assert list(next_steps_due(window=DAY, user_ids=[organiser.pk])) == []

    def test_it_costs_one_query_however_many_there_are(self, promised, group, django_assert_num_queries):
        for _ in range(10):
            owner = MembershipFactory(group=group).user
            IdeaFactory(group=group, owner=owner, next_step="Do", next_step_on=date(2026, 11, 24))
        with django_assert_num_queries(1):
            assert len(list(next_steps_due(window=DAY))) == 11

    def test_it_is_a_kind_that_members_can_switch(self):
        assert KINDS["idea-step-due"].source is next_steps_due

    def test_a_long_step_is_cut_in_the_subject_only(self, promised):
        promised.next_step = "word " * 50
        promised.save()
        (nudge,) = next_steps_due(window=DAY)
        assert len(nudge.subject) < 100
        assert any("word " * 40 in line for line in nudge.lines)


class TestPanels:
    def test_home_shows_my_ideas_with_what_is_due_first(self, promised, group, member, organiser):
        later = IdeaFactory(group=group, title="Later", owner=member)
        IdeaFactory(group=group, title="Hers", owner=organiser)
        IdeaFactory(group=group, title="Parked", owner=member, stage="parked")
        IdeaFactory(title="Another group", owner=member)
        shown = ideas_with_my_name(user=member, subject=group, now=NOON)
        assert shown is not None
        assert shown["ideas"] == [promised, later]
        assert shown["ideas"][0].due_text == "tomorrow"
        assert ideas_with_my_name(user=MembershipFactory(group=group).user, subject=group, now=NOON) is None

    def test_the_home_page_names_them(self, promised, group, member, client_of):
        text = client_of(member).get(f"/groups/{group.slug}/").content.decode()
        assert "Ideas with my name" in text
        assert "Ridge" in text

    def test_a_reading_and_a_note_show_the_ideas_that_stand_on_them(self, promised, group, member):
        work, note = WorkFactory(group=group), NoteFactory(group=group)
        assert ideas_on_a_reading(user=member, subject=work, now=NOON) is None
        assert ideas_on_a_note(user=member, subject=note, now=NOON) is None
        gone = IdeaFactory(group=group, archived_at=NOON)
        for idea in (promised, gone):
            idea.works.add(work)
            idea.notes.add(note)
        assert ideas_on_a_reading(user=member, subject=work, now=NOON)["ideas"] == [promised]
        assert ideas_on_a_note(user=member, subject=note, now=NOON)["ideas"] == [promised]

    def test_a_members_page_shows_their_ideas_in_the_group(self, promised, group, member, observer):
        membership = member.memberships.get()
        IdeaFactory(title="Another group", owner=member)
        assert ideas_of_a_member(user=observer, subject=membership, now=NOON)["ideas"] == [promised]
        nobody = MembershipFactory(group=group)
        assert ideas_of_a_member(user=observer, subject=nobody, now=NOON) is None


class TestChanges:
    def changes(self, group, user):
        found = changes_in(group, since=NOON, until=NOON + timedelta(days=1), user=user)
        return [(change.who, change.text) for change in found if "/ideas/" in change.url]

    def test_others_see_what_was_added_moved_and_said(self, group, member, organiser):
        def at(n):
            return NOON + timedelta(minutes=n)

        idea = add_idea(group=group, title="Ridge", by=member, now=at(1))
        move_idea(idea=idea, to=Place.read("exploring"), by=member, now=at(2))
        move_idea(idea=idea, to=Place.read("drafting"), by=member, now=at(3))
        add_comment(idea=idea, body="So", by=member, now=at(4))
        assert self.changes(group, organiser) == [
            ("Ben Member", "commented on “Ridge”"),
            ("Ben Member", "moved “Ridge” to Drafting"),
            ("Ben Member", "added the idea “Ridge”"),
        ]
        assert self.changes(group, member) == []

    def test_what_was_archived_or_is_old_or_of_another_group_is_no_news(self, group, member, organiser):
        add_idea(group=group, title="Old", by=member, now=NOON - timedelta(days=1))
        gone = add_idea(group=group, title="Gone", by=member, now=NOON + timedelta(minutes=1))
        archive_idea(idea=gone, by=member, now=NOON + timedelta(minutes=2))
        other = IdeaFactory()
        add_comment(idea=other, body="x", by=member, now=NOON + timedelta(minutes=1))
        assert self.changes(group, organiser) == []
