"""What changed in a group: every room's rows, read by one query."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from commons.panels import changes_in
from ideas.actions import add_comment, add_idea
from tests.conftest import NOON
from tests.factories import MembershipFactory, NoteFactory, WorkFactory


def told(group, user, **asked):
    asked = {"since": NOON - timedelta(hours=1), "until": NOON + timedelta(hours=1)} | asked
    return [(change.who, change.text) for change in changes_in(group, user=user, **asked)]


def test_what_the_rooms_tell_stands_together_newest_first(group, member, organiser):
    WorkFactory(group=group, title="Elements", added_by=member, added_at=NOON)
    idea = add_idea(group=group, title="Ridge", by=member, now=NOON + timedelta(minutes=2))
    NoteFactory(group=group, title="Softmax", author=member, created_at=NOON + timedelta(minutes=1))
    MembershipFactory(group=group, user__name="Ken", joined_at=NOON + timedelta(minutes=3))
    assert told(group, organiser) == [
        ("Ken", "joined as member"),
        ("Ben Member", "added the idea “Ridge”"),
        ("Ben Member", "wrote “Softmax”"),
        ("Ben Member", "added the reading “Elements”"),
    ]
    assert told(group, member) == [("Ken", "joined as member")]
    add_comment(idea=idea, body="So", by=organiser, now=NOON + timedelta(minutes=4))
    assert told(group, member)[0] == ("Ana Organiser", "commented on “Ridge”")


def test_a_person_without_a_name_is_called_by_their_address(group, organiser):
    MembershipFactory(group=group, user__name="", user__email="noether@example.org", joined_at=NOON)
    assert told(group, organiser) == [("noether", "joined as member")]


def test_the_number_of_queries_does_not_grow_with_what_there_is_to_tell(group, member, organiser):
    counts = []
    for number in (1, 30):
        for n in range(number):
            WorkFactory(group=group, added_by=member, added_at=NOON + timedelta(seconds=n))
            add_idea(group=group, title=f"Idea {n}", by=member, now=NOON)
        with CaptureQueriesContext(connection) as queries:
            told(group, organiser)
        counts.append(len(queries))
    assert counts == [1, 1]


def test_what_was_just_before_or_after_is_not_told(group, member, organiser):
    for at in (NOON - timedelta(hours=1), NOON + timedelta(hours=1, microseconds=1)):
        add_idea(group=group, title="Else", by=member, now=at)
    assert told(group, organiser) == []
    assert told(group, organiser, until=NOON + timedelta(hours=2)) == [("Ben Member", "added the idea “Else”")]
