"""Finding what is due, and writing it down once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reminders.actions import choose, sweep
from reminders.actions.sweeps import LONGEST_LOOK_BACK, LOOK_BACK
from reminders.models import Delivery, SweepMark
from reminders.nudges import KINDS, nudge_kind
from tests.conftest import NOON
from tests.factories import DeliveryFactory, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_what_is_due_is_written_once_however_often_the_sweep_runs(promises, member, group, wakes):
    nudge = promises.to(member, group=group)

    first = sweep(now=NOON)
    second = sweep(now=NOON + MINUTE)

    delivery = Delivery.objects.get()
    assert (first.written, second.written) == (1, 0)
    assert (delivery.user, delivery.group, delivery.kind, delivery.channel, delivery.key) == (
        member,
        group,
        "promise",
        "mail",
        nudge.key,
    )
    assert (delivery.status, delivery.due_at, delivery.not_before) == ("due", NOON, NOON)
    assert wakes == [1, 1]  # it still waits at the second sweep: the first wake-up may have been lost


def test_nothing_is_written_before_it_is_due(promises, member):
    promises.to(member, due_at=NOON)
    assert sweep(now=NOON - timedelta(microseconds=1)).written == 0
    assert sweep(now=NOON).written == 1


def test_a_channel_that_the_kind_does_not_propose_is_used_once_it_is_chosen(promises, member, organiser):
    choose(user=member, wanted={("promise", "bell"): True, ("promise", "mail"): False}, now=NOON)
    promises.to(member)
    promises.to(organiser)

    sweep(now=NOON)

    assert set(Delivery.objects.values_list("user", "channel")) == {(member.pk, "bell"), (organiser.pk, "mail")}


def test_a_kind_that_is_switched_off_is_not_written(promises, member):
    choose(user=member, wanted={("promise", "mail"): False}, now=NOON)
    promises.to(member)
    assert sweep(now=NOON).written == 0
    assert not Delivery.objects.exists()


def test_each_sweep_looks_back_for_what_fell_due_before_it_existed(promises, member):
    sweep(now=NOON)
    promises.to(member, due_at=NOON - LOOK_BACK + MINUTE)
    promises.to(member, due_at=NOON - LOOK_BACK - MINUTE)
    assert sweep(now=NOON + timedelta(seconds=1)).written == 1


def test_a_sweep_after_beat_was_down_goes_on_where_the_last_one_ended(promises, member):
    sweep(now=NOON)
    promises.to(member, due_at=NOON + timedelta(hours=3), expires_at=NOON + timedelta(days=3))
    promises.to(member, due_at=NOON + timedelta(hours=4), expires_at=NOON + timedelta(hours=5))

    report = sweep(now=NOON + timedelta(days=2))

    assert (report.written, report.late) == (1, 1)
    assert list(Delivery.objects.order_by("due_at").values_list("status", flat=True)) == ["due", "late"]


def test_what_had_passed_its_use_before_it_came_into_being_is_not_written(promises, member):
    sweep(now=NOON)
    promises.to(member, due_at=NOON - timedelta(hours=3), expires_at=NOON - timedelta(hours=1))
    report = sweep(now=NOON + MINUTE)
    assert (report.written, report.late) == (0, 0)


def test_a_very_long_sleep_is_not_caught_up_on_entirely(promises, member):
    sweep(now=NOON)
    later = NOON + timedelta(days=30)
    promises.to(member, due_at=later - LONGEST_LOOK_BACK - MINUTE, expires_at=later + timedelta(days=9))
    promises.to(member, due_at=later - LONGEST_LOOK_BACK + MINUTE, expires_at=later + timedelta(days=9))
    assert sweep(now=later).written == 1


def test_a_reminder_whose_reason_comes_back_is_due_again(promises, member):
    nudge = promises.to(member)
    sweep(now=NOON)
    Delivery.objects.update(status="dropped", done_at=NOON, last_error="Done, moved or cancelled since.", attempts=1)

    report = sweep(now=NOON + MINUTE)

    delivery = Delivery.objects.get(key=nudge.key)
    assert (report.revived, delivery.status, delivery.done_at, delivery.last_error) == (1, "due", None, "")


def test_a_reminder_that_was_sent_is_not_sent_again(promises, member, wakes):
    promises.to(member)
    sweep(now=NOON)
    Delivery.objects.update(status="sent", done_at=NOON)
    wakes.clear()

    report = sweep(now=NOON + MINUTE)

    assert (report.written, report.revived) == (0, 0)
    assert Delivery.objects.get().status == "sent"
    assert wakes == []


def test_a_sweep_wakes_workers_for_what_an_earlier_wake_up_was_lost_for(promises, member, wakes):
    DeliveryFactory(user=member, kind="promise", key="old", due_at=NOON - MINUTE)
    sweep(now=NOON)
    assert wakes == [1]


def test_a_sweep_of_many_members_asks_as_many_questions_as_one_of_one(promises, django_assert_num_queries):
    def questions_of_a_sweep(people: int, at) -> int:
        for _ in range(people):
            promises.to(UserFactory(), due_at=at)
        with django_assert_num_queries(8, exact=False) as asked:
            sweep(now=at)
        return len(asked)

    assert questions_of_a_sweep(1, NOON) == questions_of_a_sweep(30, NOON + MINUTE)


def test_the_mark_of_a_kind_moves_on_with_each_sweep(promises):
    sweep(now=NOON)
    sweep(now=NOON + MINUTE)
    assert SweepMark.objects.get(kind="promise").until == NOON + MINUTE + timedelta(microseconds=1)


def test_a_subject_of_two_lines_becomes_one(promises, member):
    promises.to(member, subject="Tomorrow\r\nBcc: everyone@example.org")
    sweep(now=NOON)
    assert Delivery.objects.get().subject == "Tomorrow Bcc: everyone@example.org"


def test_the_same_reminder_cannot_be_stored_twice(member):
    first = DeliveryFactory(user=member)
    with pytest.raises(IntegrityError, match=r"each_reminder_once|UNIQUE"), transaction.atomic():
        DeliveryFactory(user=member, kind=first.kind, channel=first.channel, key=first.key)


def test_a_claim_without_a_lease_cannot_be_stored(member):
    with pytest.raises(IntegrityError, match="a_claim_has_a_lease"), transaction.atomic():
        DeliveryFactory(user=member, status="claimed", lease_until=None)


def test_two_kinds_cannot_have_the_same_key(promises):
    with pytest.raises(ValueError, match="Two kinds of reminder are called 'promise'"):
        nudge_kind(key="promise", title="Another", explanation="")(lambda *, window, user_ids=None: iter(()))


def test_one_kind_is_swept_without_the_others(promises, member, monkeypatch):
    from reminders.actions import sweep_kind

    other = replace(promises.kind, key="other")
    monkeypatch.setitem(KINDS, "other", other)
    promises.to(member)
    sweep_kind(kind=other, now=NOON)
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["other"]
