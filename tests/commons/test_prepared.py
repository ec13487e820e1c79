"""Querysets composed once: the same rows as the queryset itself, at the same number of queries."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Value
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from commons.prepared import prepared
from ideas.models import Idea, Vote
from members.models import Membership
from tests.conftest import NOON
from tests.factories import IdeaFactory, MembershipFactory, NoteFactory


@prepared(user=int)
def memberships_of(user):
    return Membership.objects.current().filter(user=user).select_related("group", "user").order_by("group__name")


def test_it_gives_the_rows_of_the_queryset_with_what_they_are_related_to(group, member, django_assert_num_queries):
    MembershipFactory(user=member, group__name="Another", left_at=None)
    MembershipFactory(group=group)
    memberships_of._ready.clear()
    with django_assert_num_queries(1):
        found = memberships_of(user=member.pk)
        assert [(each.user, each.group.name) for each in found] == [(member, "Another"), (member, group.name)]
    assert found == list(memberships_of.make(member.pk))


def test_each_value_gives_its_own_rows(member, organiser, stranger):
    for person in (member, organiser, member):
        assert [each.user for each in memberships_of(user=person.pk)] == [person]
    assert memberships_of(user=stranger.pk) == []


def test_annotations_subqueries_and_dates_are_put_in_wherever_they_stand(group, member, organiser):
    @prepared(user=int, group=int, since=datetime, today=date)
    def ideas(user, group, since, today):
        voted = Vote.objects.filter(idea=OuterRef("pk"), user=user, created_at__gt=since)
        return (
            Idea.objects.filter(group=group, created_at__gt=since, next_step_on__lte=today)
            .annotate(voted=Exists(voted), n=Count("votes"))
            .order_by("pk")
        )

    due = NOON.date()
    first, second = (IdeaFactory(group=group, next_step="Do", next_step_on=due, created_at=NOON) for _ in range(2))
    IdeaFactory(group=group, next_step="Do", next_step_on=due + timedelta(days=1), created_at=NOON)
    Vote.objects.create(idea=second, user=member, created_at=NOON)
    Vote.objects.create(idea=second, user=organiser, created_at=NOON)
    since = NOON - timedelta(hours=1)
    found = ideas(user=member.pk, group=group.pk, since=since, today=due)
    assert [(idea.pk, bool(idea.voted), idea.n) for idea in found] == [(first.pk, False, 0), (second.pk, True, 2)]
    assert found[0].created_at == NOON
    assert ideas(user=member.pk, group=group.pk, since=NOON, today=due) == []


def test_values_and_prefetches_are_kept(group, member):
    @prepared(group=int)
    def pairs(group):
        return Idea.objects.filter(group=group).order_by("pk").values_list("title", "owner__name")

    @prepared(group=int)
    def with_notes(group):
        return Idea.objects.filter(group=group).prefetch_related("notes").only("title")

    idea = IdeaFactory(group=group, title="T", owner=member)
    note = NoteFactory(group=group)
    idea.notes.add(note)
    assert pairs(group=group.pk) == [("T", "Ben Member")]
    (found,) = with_notes(group=group.pk)
    assert list(found.notes.all()) == [note]
    assert found.get_deferred_fields()


def test_what_cannot_be_prepared_is_refused(group):
    @prepared(words=str)
    def containing(words):
        return Idea.objects.filter(title__icontains=words)

    @prepared(group=int)
    def nowhere(group):
        return Idea.objects.filter(title="x")

    @prepared(group=int)
    def sometimes(group):
        return Idea.objects.filter(group=group) if group % 2 else Idea.objects.filter(owner=group)

    for query, values in [(containing, {"words": "x"}), (nowhere, {"group": 1}), (sometimes, {"group": 1})]:
        with pytest.raises(ValueError, match="cannot be prepared"):
            query(**values)


def test_a_value_is_never_part_of_the_sql(group):
    @prepared(title=str)
    def titled(title):
        return Idea.objects.filter(title=title)

    IdeaFactory(group=group, title="Safe")
    assert titled(title="x' OR '1'='1") == []
    assert [idea.title for idea in titled(title="Safe")] == ["Safe"]


def test_what_is_written_out_in_a_statement_stays_what_it_was(group):
    odd = "100 % of 'it'\\ %s"

    @prepared(group=int)
    def named(group):
        found = Idea.objects.filter(group=group, title=odd).annotate(mark=Value("50 %"), n=Value(-3))
        return found.order_by(Length("title"), "created_at").values_list("title", "mark", "n").distinct()

    IdeaFactory(group=group, title=odd)
    IdeaFactory(group=group, title="another")
    assert named(group=group.pk) == list(named.make(group.pk)) == [(odd, "50 %", -3)]


def test_postgresql_keeps_the_statement_unless_the_connection_is_shared(group, member):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its statements by itself: this runs with DATABASE_URL on PostgreSQL")
    kept = (
        "SELECT max(generic_plans + custom_plans) FROM pg_prepared_statements WHERE statement LIKE '%members_member%'"
    )
    with connection.cursor() as cursor:
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                assert [each.user for each in memberships_of(user=member.pk)] == [member]
            assert "members_membership" in asked[0]["sql"]
        cursor.execute(kept)
        assert cursor.fetchone() == (3,)
        connection.connection.prepare_threshold, before = None, connection.connection.prepare_threshold
        try:
            assert [each.user for each in memberships_of(user=member.pk)] == [member]
        finally:
            connection.connection.prepare_threshold = before


def test_an_instant_may_be_moved_by_a_fixed_time(group):
    @prepared(now=datetime)
    def recent(now):
        return Idea.objects.filter(created_at__gt=now - timedelta(hours=2), created_at__lte=now)

    idea = IdeaFactory(group=group, created_at=NOON)
    for hours, found in [(0, [idea]), (1, [idea]), (2, []), (-1, [])]:
        assert recent(now=NOON + timedelta(hours=hours)) == found
