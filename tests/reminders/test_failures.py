"""A failing task is seen by an organiser, and old rows go."""

from datetime import timedelta

import pytest
import structlog
from celery import shared_task
from django.core.management import call_command
from django.test import Client

from members.models import Role
from reminders import tasks
from reminders.actions import purge_old, report_failure, sweep
from reminders.models import Delivery, Notification, TaskFailure
from tests.conftest import NOON
from tests.factories import DeliveryFactory, MembershipFactory, NotificationFactory

pytestmark = pytest.mark.django_db


@shared_task(name="tests.breaks")
def breaks(group_id: int | None = None) -> None:
    """Make the coming sessions.

    Only the first line is for organisers.
    """
    raise LookupError("no such zone: Mars/Olympus")


def test_a_task_that_fails_is_written_down_for_organisers_in_words(group, organiser, member):
    breaks.apply(kwargs={"group_id": group.pk})
    failure = TaskFailure.objects.get()
    assert failure.what == "This did not work: make the coming sessions."
    assert failure.error == "LookupError: no such zone: Mars/Olympus"
    assert failure.group == group
    assert failure.task_id
    assert [told.user for told in Notification.objects.all()] == [organiser]


def test_a_task_of_no_group_tells_the_organisers_of_all(organiser, group, member):
    other = MembershipFactory(role=Role.ORGANISER)
    MembershipFactory(role=Role.ORGANISER, group=other.group, user=organiser)
    breaks.apply()
    assert TaskFailure.objects.get().group is None
    assert sorted(told.user_id for told in Notification.objects.all()) == sorted([organiser.pk, other.user.pk])


def test_the_same_failure_counts_up_until_someone_has_seen_it(group, organiser):
    for minute in range(3):
        report_failure(task="t", what="W", error=f"E{minute}", group=group, now=NOON + timedelta(minutes=minute))
    failure = TaskFailure.objects.get()
    assert (failure.times, failure.error, failure.happened_at) == (3, "E2", NOON + timedelta(minutes=2))
    assert Notification.objects.count() == 1
    TaskFailure.objects.update(seen_at=NOON)
    report_failure(task="t", what="W", error="E", group=group, now=NOON)
    assert TaskFailure.objects.count() == 2


def test_a_kind_that_breaks_leaves_the_other_kinds_alone(promises, monkeypatch, member):
    """Each kind is swept by a task of its own."""
    asked = []
    monkeypatch.setattr(tasks.sweep_kind, "delay", asked.append)
    tasks.sweep()
    assert asked == ["promise"]


def test_the_tasks_do_what_the_actions_do(promises, smtp, member, time_machine_at):
    time_machine_at(NOON)
    promises.to(member)
    tasks.sweep_kind("promise")
    tasks.sweep_kind("a kind from before an upgrade")
    tasks.send_due()
    assert smtp.recipients == [member.email]
    tasks.purge()
    assert Delivery.objects.count() == 1


def test_a_worker_hands_over_after_a_while(promises, smtp, member, monkeypatch, time_machine_at):
    time_machine_at(NOON)
    promises.to(member)
    sweep(now=NOON)
    again = []
    monkeypatch.setattr(tasks, "_WORK_FOR_SECONDS", -1)
    monkeypatch.setattr(tasks.send_due, "delay", lambda: again.append(True))
    tasks.send_due()
    assert again == [True]


def test_operators_sweep_and_send_by_hand(promises, smtp, member, capsys, time_machine_at):
    time_machine_at(NOON)
    promises.to(member)
    call_command("sweep")
    call_command("send_due")
    said = capsys.readouterr().out
    assert "1 written, 0 too late to be of use, 0 due again" in said
    assert "1 claimed: 1 sent" in said
    assert smtp.recipients == [member.email]


def test_what_was_settled_half_a_year_ago_is_deleted_and_what_is_open_stays(member):
    long_ago = NOON - timedelta(days=181)
    old = DeliveryFactory(user=member, due_at=long_ago, status="sent", done_at=long_ago)
    NotificationFactory(user=member, delivery=old, created_at=long_ago)
    waiting = DeliveryFactory(user=member, due_at=long_ago, status="due")
    recent = DeliveryFactory(user=member, due_at=NOON - timedelta(days=179), status="sent")
    unread = NotificationFactory(user=member, created_at=long_ago)
    NotificationFactory(user=member, created_at=long_ago, read_at=long_ago)
    TaskFailure.objects.create(task="t", what="W", error="E", happened_at=long_ago, seen_at=long_ago)

    assert purge_old(now=NOON) == 1

    assert set(Delivery.objects.all()) == {waiting, recent}
    assert list(Notification.objects.all()) == [unread]
    assert not TaskFailure.objects.exists()


# Logs


def test_each_answer_names_its_request():
    given = Client().get("/health/", headers={"X-Request-ID": "proxy-0001"})
    made = Client().get("/health/")
    refused = Client().get("/health/", headers={"X-Request-ID": "a b\tc"})
    assert given["X-Request-ID"] == "proxy-0001"
    assert len(made["X-Request-ID"]) == 32
    assert len(refused["X-Request-ID"]) == 32


def test_a_task_says_in_the_log_what_it_is_and_forgets_it_afterwards():
    seen = {}

    @shared_task(name="tests.looks")
    def looks() -> None:
        seen.update(structlog.contextvars.get_contextvars())

    result = looks.apply(headers={"request_id": "proxy-0001"})
    assert seen["task"] == "tests.looks"
    assert seen["task_id"] == result.id
    assert structlog.contextvars.get_contextvars() == {}
