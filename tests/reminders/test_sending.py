"""Claiming, asking once more, sending, recording."""

import smtplib
from datetime import timedelta
from functools import partial

import pytest

from members.models import Membership
from reminders.actions import MAX_ATTEMPTS, choose, send_due, sends, sweep
from reminders.actions.sends import WAITS, claim
from reminders.channels import CHANNELS
from reminders.channels.mail import Mail, _read_refusal, message_id_of
from reminders.models import Delivery, Notification, TaskFailure
from reminders.nudges import KINDS
from tests.conftest import NOON
from tests.factories import DeliveryFactory, UserFactory

from .conftest import make_kind

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=300)


@pytest.fixture(autouse=True)
def _lease(settings):
    settings.REMINDER_LEASE_SECONDS = LEASE.seconds


def send(now=NOON, **changes):
    return send_due(now=now, worker="worker-1", **changes)


def test_a_batch_goes_out_on_one_connection_and_each_is_recorded(promises, smtp, group):
    people = [UserFactory() for _ in range(5)]
    for person in people:
        promises.to(person)
    sweep(now=NOON)

    report = send()

    assert str(report) == "5 claimed: 5 sent"
    assert sorted(smtp.recipients) == sorted(person.email for person in people)
    assert smtp.connections == 1
    for delivery in Delivery.objects.all():
        assert (delivery.status, delivery.attempts, delivery.claimed_by, delivery.lease_until) == ("sent", 1, "", None)
        assert delivery.done_at is not None
        assert delivery.message_id == message_id_of(delivery)


def test_a_second_call_finds_nothing_more(promises, smtp, member):
    promises.to(member)
    sweep(now=NOON)
    assert send().claimed == 1
    assert send().claimed == 0
    assert len(smtp.mails) == 1


def test_nothing_is_sent_before_its_time(promises, smtp, member):
    DeliveryFactory(user=member, due_at=NOON + MINUTE)
    assert send().claimed == 0


def test_what_is_done_since_is_dropped(promises, smtp, member, organiser):
    promises.to(member, key="done")
    promises.to(organiser, key="open")
    sweep(now=NOON)
    promises.owed = [nudge for nudge in promises.owed if nudge.key != "done"]

    send()

    assert smtp.recipients == [organiser.email]
    dropped = Delivery.objects.get(user=member)
    assert (dropped.status, dropped.last_error) == ("dropped", "Done, moved or cancelled since.")


def test_the_mail_says_what_holds_when_it_is_sent_and_not_what_held_when_it_was_swept(promises, smtp, member):
    promises.to(member, key="session:7", subject="Tomorrow 19:00 CET")
    sweep(now=NOON)
    promises.owed.clear()
    promises.to(member, key="session:7", subject="Tomorrow 19:00 CET in room 3.01")

    send()

    assert smtp.mails[0]["Subject"] == "Tomorrow 19:00 CET in room 3.01"
    assert Delivery.objects.get().subject == "Tomorrow 19:00 CET in room 3.01"


def test_a_reminder_whose_hour_is_put_off_comes_at_the_new_hour(promises, smtp, member):
    promises.to(member, key="session:7", due_at=NOON)
    sweep(now=NOON)
    promises.owed.clear()
    promises.to(member, key="session:7", due_at=NOON + timedelta(hours=2))

    assert send().became == {"dropped": 1}
    assert sweep(now=NOON + MINUTE).revived == 0
    assert sweep(now=NOON + timedelta(hours=2)).revived == 1
    assert send(now=NOON + timedelta(hours=2)).became == {"sent": 1}


def test_who_has_left_the_group_is_told_nothing(promises, smtp, member, group):
    promises.to(member, group=group)
    sweep(now=NOON)
    Membership.objects.filter(user=member).update(left_at=NOON)

    send()

    assert smtp.mails == []
    assert Delivery.objects.get().last_error == "No longer a member of the group."


def test_an_inactive_account_is_told_nothing(promises, smtp, member):
    promises.to(member)
    sweep(now=NOON)
    member.is_active = False
    member.save()
    send()
    assert smtp.mails == []
    assert Delivery.objects.get().status == "dropped"


def test_what_was_switched_off_since_is_dropped(promises, smtp, member):
    promises.to(member)
    sweep(now=NOON)
    choose(user=member, wanted={("promise", "mail"): False}, now=NOON)
    send()
    assert smtp.mails == []
    assert Delivery.objects.get().last_error == "Switched off by the member."


def test_what_is_too_late_to_be_of_use_is_not_sent(promises, smtp, member):
    promises.to(member, expires_at=NOON + MINUTE)
    sweep(now=NOON)
    send(now=NOON + 2 * MINUTE)
    assert smtp.mails == []
    assert Delivery.objects.get().status == "late"


def test_a_kind_that_no_longer_exists_is_dropped(promises, smtp, member):
    DeliveryFactory(user=member, kind="gone")
    send()
    assert Delivery.objects.get().last_error == "No longer a kind of reminder."


def test_the_bell_shows_it_once(promises, member, smtp):
    choose(user=member, wanted={("promise", "bell"): True, ("promise", "mail"): False}, now=NOON)
    promises.to(member, subject="Tomorrow 19:00 CET")
    sweep(now=NOON)
    send()

    # as after a crash between showing it and recording that
    Delivery.objects.update(status="due", done_at=None)
    send(now=NOON + MINUTE)

    notification = Notification.objects.get()
    assert (notification.user, notification.text) == (member, "Tomorrow 19:00 CET")
    assert Delivery.objects.get().status == "sent"


# The mail server


def test_a_temporary_refusal_is_tried_again_each_time_after_a_longer_wait(promises, smtp, member, organiser):
    promises.to(member, expires_at=NOON + timedelta(days=2))
    sweep(now=NOON)
    smtp.answer_to_mail = lambda mail: "451 Come back later"
    now, waits = NOON, []
    for _ in range(MAX_ATTEMPTS - 1):
        assert send(now=now).became == {"due": 1}
        delivery = Delivery.objects.get()
        waits.append(round((delivery.not_before - now) / MINUTE))
        assert send(now=now).claimed == 0
        now = delivery.not_before
    assert waits == [wait / MINUTE for wait in WAITS]
    assert Delivery.objects.get().last_error == "The mail server answered 451 Come back later"

    assert send(now=now).became == {"failed": 1}

    assert Delivery.objects.get().status == "failed"
    assert [failure.what for failure in TaskFailure.objects.all()] == ["“A promise” could not be sent by mail."]


def test_a_temporary_refusal_that_passes_loses_nothing(promises, smtp, member):
    promises.to(member)
    sweep(now=NOON)
    smtp.answer_to_mail = lambda mail: "451 Come back later"
    send()
    smtp.answer_to_mail = lambda mail: "250 OK"
    send(now=NOON + 2 * MINUTE)
    assert smtp.recipients == [member.email]
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.last_error) == ("sent", 2, "")


def test_a_permanent_refusal_fails_at_once_and_the_rest_of_the_batch_goes_out(
    promises, smtp, member, organiser, observer, group
):
    for person in (member, organiser, observer):
        promises.to(person, group=group)
    sweep(now=NOON)
    smtp.answer_to_address = lambda address: f"550 No {address} here" if address == member.email else "250 OK"

    report = send()

    assert report.became == {"sent": 2, "failed": 1}
    assert sorted(smtp.recipients) == sorted([organiser.email, observer.email])
    assert smtp.connections == 1
    failed = Delivery.objects.get(user=member)
    assert failed.last_error == "The mail server refused the address: 550 No (their address) here"


def test_organisers_hear_of_a_failed_reminder_and_nobody_else_does(promises, smtp, member, organiser, group):
    promises.to(member, group=group)
    sweep(now=NOON)
    smtp.answer_to_address = lambda address: "550 No"
    send()
    told = Notification.objects.get()
    assert (told.user, told.text) == (organiser, "“A promise” could not be sent by mail.")
    assert told.url == f"/groups/{group.slug}/accountability/#failures"


def test_the_same_failure_of_many_reminders_is_told_once_and_counted(promises, smtp, organiser, group):
    for person in [UserFactory() for _ in range(3)]:
        Membership.objects.create(user=person, group=group)
        promises.to(person, group=group)
    sweep(now=NOON)
    smtp.answer_to_address = lambda address: "550 No"
    send()
    assert TaskFailure.objects.get().times == 3
    assert Notification.objects.count() == 1


def test_a_server_that_closes_the_connection_leaves_the_rest_for_later(promises, smtp):
    people = [UserFactory() for _ in range(4)]
    for person in people:
        promises.to(person)
    sweep(now=NOON)
    answers = iter(["250 OK", "421 Closing", "250 OK", "250 OK", "250 OK"])
    smtp.answer_to_mail = lambda mail: next(answers)

    assert send().became == {"sent": 1, "due": 3}
    assert send(now=NOON + 2 * MINUTE).became == {"sent": 3}

    assert sorted(smtp.recipients) == sorted(person.email for person in people)


def test_a_mail_server_that_is_away_loses_nothing(promises, smtp, settings, member):
    promises.to(member)
    sweep(now=NOON)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send().became == {"due": 1}
    assert Delivery.objects.get().last_error.startswith("The mail server cannot be reached")
    settings.EMAIL_PORT = port
    send(now=NOON + 2 * MINUTE)
    assert smtp.recipients == [member.email]


def test_a_wrong_password_for_the_mail_server_is_tried_again_for_an_operator_can_mend_it(
    promises, smtp, settings, member
):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "someone", "wrong"
    promises.to(member)
    sweep(now=NOON)
    assert send().became == {"due": 1}


def test_an_address_that_cannot_be_written_fails_at_once(promises, smtp, member):
    member.email = "two words@"
    member.save()
    promises.to(member)
    sweep(now=NOON)
    assert send().became == {"failed": 1}
    assert Delivery.objects.get().last_error.startswith("The mail cannot be written")


# Crashes


def test_a_worker_killed_between_claim_and_send_loses_nothing(promises, smtp, member, organiser):
    promises.to(member)
    promises.to(organiser)
    sweep(now=NOON)
    claim(now=NOON, token="worker-that-dies:1", limit=10)  # and then nothing more: SIGKILL

    assert send(now=NOON + LEASE - MINUTE).claimed == 0
    assert send(now=NOON + LEASE).became == {"sent": 2}

    assert sorted(smtp.recipients) == sorted([member.email, organiser.email])


def test_a_mail_that_was_taken_but_not_recorded_goes_out_again_under_the_same_message_id(promises, smtp, member):
    promises.to(member)
    sweep(now=NOON)
    send()
    Delivery.objects.update(status="claimed", claimed_by="dead:1", lease_until=NOON + LEASE, done_at=None)

    send(now=NOON + LEASE)

    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"]


class Watched(Mail):
    """The mail channel, with a look at the database after each mail and before that is recorded."""

    def __init__(self, look) -> None:
        self.look = look

    def send(self, messages, *, now):
        for outcome in super().send(messages, now=now):
            self.look()
            yield outcome


def test_a_worker_whose_lease_ran_out_does_not_write_over_the_one_that_took_it_up(promises, smtp, member, monkeypatch):
    promises.to(member)
    sweep(now=NOON)
    another_takes_it = partial(Delivery.objects.update, claimed_by="worker-2:1")
    monkeypatch.setitem(CHANNELS, "mail", Watched(another_takes_it))

    report = send()

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.claimed_by) == ("claimed", "worker-2:1")
    assert report.became == {}


def test_a_slow_batch_renews_its_lease(promises, smtp, monkeypatch):
    for _ in range(3):
        promises.to(UserFactory())
    sweep(now=NOON)
    seconds = iter(range(0, 10_000, 100))  # each look at the clock finds it 100 s on
    monkeypatch.setattr(sends, "monotonic", lambda: next(seconds))
    latest = []
    look = lambda: latest.append(Delivery.objects.filter(status="claimed").latest("lease_until").lease_until)  # noqa: E731
    monkeypatch.setitem(CHANNELS, "mail", Watched(look))

    send()

    assert latest == sorted(latest)
    assert latest[-1] > NOON + LEASE


def test_a_reminder_that_breaks_its_worker_holds_up_nobody_else(promises, smtp, monkeypatch):
    people = [UserFactory() for _ in range(3)]
    for person in people:
        promises.to(person)
    sweep(now=NOON)
    from reminders.channels import mail as channel

    compose = channel.compose

    def breaks_for_the_first(message, *, now):
        if message.user == people[0]:
            raise ZeroDivisionError
        return compose(message, now=now)

    monkeypatch.setattr(channel, "compose", breaks_for_the_first)
    with pytest.raises(ZeroDivisionError):
        send()
    assert list(Delivery.objects.order_by("pk").values_list("status", "attempts")) == [
        ("claimed", 1),
        ("due", 0),
        ("due", 0),
    ]

    send()

    assert smtp.recipients == [people[1].email, people[2].email]


def test_a_kind_that_breaks_when_asked_again_holds_up_no_other(promises, smtp, member, organiser, monkeypatch):
    def breaks(*, window, user_ids=None):
        raise ZeroDivisionError

    promises.to(member)
    sweep(now=NOON)
    monkeypatch.setitem(KINDS, "broken", make_kind(breaks, key="broken"))
    DeliveryFactory(user=organiser, kind="broken", due_at=NOON - MINUTE)

    with pytest.raises(ZeroDivisionError):
        send()
    assert send().became == {"sent": 1}

    assert smtp.recipients == [member.email]
    assert Delivery.objects.get(kind="broken").status == "claimed"


def test_a_reminder_whose_worker_stops_each_time_is_given_up_and_said_to_be_unknown(promises, smtp, member):
    promises.to(member, expires_at=NOON + timedelta(days=3))
    sweep(now=NOON)
    now = NOON
    for _ in range(MAX_ATTEMPTS):
        assert claim(now=now, token=f"dies:{now}", limit=1)
        now += LEASE
    assert send(now=now).became == {"failed": 1}
    assert smtp.mails == []
    assert "not known" in Delivery.objects.get().last_error


# Two at once


def test_a_claim_takes_what_nobody_holds_and_no_more_than_asked(promises, member):
    for number in range(5):
        DeliveryFactory(user=member, key=str(number))
    first = claim(now=NOON, token="a", limit=3)
    second = claim(now=NOON, token="b", limit=3)
    assert (len(first), len(second)) == (3, 2)
    assert {each.pk for each in first}.isdisjoint({each.pk for each in second})


def test_sending_to_many_asks_two_questions_each_and_a_fixed_number_besides(promises, smtp, django_assert_num_queries):
    def questions_of_sending(people: int, at) -> int:
        for _ in range(people):
            promises.to(UserFactory(), due_at=at)
        sweep(now=at)
        with django_assert_num_queries(99, exact=False) as asked:
            send(now=at)
        return len(asked)

    one, ten = questions_of_sending(1, NOON), questions_of_sending(10, NOON + MINUTE)
    assert ten - one == 9  # recording each as soon as it is known


def test_a_reply_that_is_no_smtp_at_all_is_temporary():
    refusal = _read_refusal(smtplib.SMTPServerDisconnected("gone"))
    assert refusal.connection_lost
    assert refusal.outcome.error == "The mail server broke off: gone"
