"""The bell, preferences, accountability, and the mailbox of development."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from members.models import Role
from reminders.actions.preferences import effective
from reminders.models import Delivery, Notification, Preference, TaskFailure
from tests.conftest import NOON
from tests.factories import DeliveryFactory, GroupFactory, MembershipFactory, NotificationFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# The bell


def test_an_empty_bell_says_what_will_stand_there(client_of, member):
    assert "Nothing yet" in page_of(client_of(member), "reminders:inbox")


def test_unread_notifications_stand_first_and_others_of_other_people_do_not_stand_at_all(client_of, member, organiser):
    old = NotificationFactory(user=member, text="Old and unread", created_at=NOON - timedelta(days=3))
    NotificationFactory(user=member, text="New and read", read_at=NOON)
    NotificationFactory(user=organiser, text="Of another")
    response = client_of(member).get(reverse("reminders:inbox"))
    assert [each.text for each in response.context["page"]] == [old.text, "New and read"]
    assert "Of another" not in response.content.decode()


def test_looking_at_the_bell_reads_nothing(client_of, member):
    NotificationFactory(user=member)
    page_of(client_of(member), "reminders:inbox")
    assert Notification.objects.unread().count() == 1


def test_one_notification_is_marked_as_read(client_of, member):
    first, second = NotificationFactory(user=member), NotificationFactory(user=member)
    response = client_of(member).post(reverse("reminders:read", args=[first.pk]))
    assert response["Location"] == reverse("reminders:inbox")
    assert list(Notification.objects.unread()) == [second]


def test_htmx_gets_the_row_back_as_read(client_of, member):
    notification = NotificationFactory(user=member, text="Session 7 is tomorrow")
    response = client_of(member).post(reverse("reminders:read", args=[notification.pk]), headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "Session 7 is tomorrow" in html
    assert "Mark as read" not in html
    assert "<html" not in html


def test_all_are_marked_as_read_at_once_and_only_mine(client_of, member, organiser):
    NotificationFactory(user=member)
    theirs = NotificationFactory(user=organiser)
    client_of(member).post(reverse("reminders:read-all"))
    assert list(Notification.objects.unread()) == [theirs]


def test_the_bell_counts_what_is_unread(client_of, member):
    NotificationFactory.create_batch(3, user=member)
    NotificationFactory(user=member, read_at=NOON)
    assert "Notifications, 3 unread" in page_of(client_of(member), "reminders:inbox")


def test_the_bell_asks_the_same_number_of_questions_for_one_and_for_thirty(
    client_of, member, django_assert_max_num_queries
):
    client = client_of(member)

    def questions():
        with django_assert_max_num_queries(12) as asked:
            page_of(client, "reminders:inbox")
        return len(asked)

    NotificationFactory(user=member)
    one = questions()
    NotificationFactory.create_batch(39, user=member)
    assert questions() == one
    assert "1–30 of 40 notifications" in page_of(client, "reminders:inbox")


# Preferences


def test_each_kind_shows_how_it_comes_and_why(client_of, member, promises):
    html = page_of(client_of(member), "reminders:preferences")
    assert "A promise" in html
    assert "Because you are in this group." in html
    assert '<input type="checkbox" name="promise.mail" id="id_promise.mail" checked>' in html
    assert '<input type="checkbox" name="promise.bell" id="id_promise.bell">' in html


def test_what_is_ticked_is_kept_and_what_agrees_with_the_proposal_is_not_written(client_of, member, promises):
    client = client_of(member)
    client.post(reverse("reminders:preferences"), {"promise.mail": "on", "promise.bell": "on"})
    assert list(Preference.objects.values_list("kind", "channel", "wanted")) == [("promise", "bell", True)]
    client.post(reverse("reminders:preferences"), {})
    assert effective(user=member) == {("promise", "mail"): False, ("promise", "bell"): False}


def test_preferences_of_one_person_are_not_those_of_another(client_of, member, organiser, promises):
    client_of(member).post(reverse("reminders:preferences"), {})
    assert effective(user=organiser) == {("promise", "mail"): True, ("promise", "bell"): False}


# Accountability


def test_a_member_sees_what_they_were_told_and_why_and_nothing_of_others(client_of, member, organiser, group, promises):
    DeliveryFactory(user=member, group=group, subject="Tomorrow 19:00 CET", status="sent", done_at=NOON)
    DeliveryFactory(user=member, group=None, subject="Your week", status="dropped", done_at=NOON, last_error="Done.")
    DeliveryFactory(user=member, group=GroupFactory(), subject="Another group")
    DeliveryFactory(user=organiser, group=group, subject="For the organiser")
    html = page_of(client_of(member), "reminders:log", group.slug)
    assert "Tomorrow 19:00 CET" in html
    assert "because you are in this group" in html
    assert "Your week" in html
    assert "No longer needed" in html
    assert "Another group" not in html
    assert "For the organiser" not in html
    assert "Reminders of the whole group" not in html


def test_a_member_sees_what_comes_next(client_of, member, group, promises, time_machine_at):
    time_machine_at(NOON)
    promises.to(member, group=group, due_at=NOON + timedelta(days=1), subject="The day after tomorrow")
    promises.to(member, group=GroupFactory(), due_at=NOON + timedelta(days=1), subject="Elsewhere")
    promises.to(member, group=group, due_at=NOON + timedelta(days=9), subject="Much later")
    html = page_of(client_of(member), "reminders:log", group.slug)
    assert "The day after tomorrow" in html
    assert "Elsewhere" not in html
    assert "Much later" not in html


def test_what_is_switched_off_does_not_come_next(client_of, member, group, promises, time_machine_at):
    time_machine_at(NOON)
    promises.to(member, group=group, due_at=NOON + timedelta(days=1), subject="The day after tomorrow")
    client = client_of(member)
    client.post(reverse("reminders:preferences"), {})
    assert "The day after tomorrow" not in page_of(client, "reminders:log", group.slug)


def test_an_organiser_sees_numbers_and_failures_and_not_what_members_were_told(
    client_of, member, organiser, group, promises, time_machine_at
):
    time_machine_at(NOON)
    DeliveryFactory(user=member, group=group, subject="Between us", status="sent", done_at=NOON)
    DeliveryFactory(user=member, group=group, subject="Between us", status="failed", done_at=NOON, last_error="550 No")
    TaskFailure.objects.create(task="t", what="This did not work: import.", error="KeyError: 'x'", group=group)
    TaskFailure.objects.create(task="t", what="The whole site.", error="KeyError: 'secret of another group'")
    TaskFailure.objects.create(task="t", what="Elsewhere.", error="E", group=GroupFactory())
    response = client_of(organiser).get(reverse("reminders:log", args=[group.slug]))
    html = response.content.decode()
    assert response.context["counts"] == [
        {"title": "A promise", "sent": 1, "waiting": 0, "dropped": 0, "late": 0, "failed": 1}
    ]
    assert "A promise to Ben Member" in html
    assert "550 No" in html
    assert "This did not work: import." in html
    assert "KeyError: &#x27;x&#x27;" in html
    assert "The whole site." in html
    assert "secret of another group" not in html
    assert "Elsewhere." not in html
    assert "Between us" not in html
    assert member.email not in html


def test_a_failed_reminder_is_tried_again(client_of, member, organiser, group, promises, time_machine_at, wakes):
    time_machine_at(NOON)
    failed = DeliveryFactory(user=member, group=group, status="failed", attempts=6, last_error="550 No", done_at=NOON)
    response = client_of(organiser).post(reverse("reminders:retry", args=[group.slug, failed.pk]))
    assert response["Location"] == f"/groups/{group.slug}/accountability/#failed"
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.last_error, failed.not_before) == ("due", 0, "", NOON)
    assert wakes == [1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"status": "sent"}, "not among the failed ones any more"),
        ({"status": "failed", "expires_at": NOON - timedelta(hours=1)}, "too late for this reminder"),
    ],
)
def test_what_cannot_be_tried_again_says_why(
    client_of, member, organiser, group, columns, words, promises, time_machine_at
):
    time_machine_at(NOON)
    delivery = DeliveryFactory(user=member, group=group, **columns)
    response = client_of(organiser).post(reverse("reminders:retry", args=[group.slug, delivery.pk]), follow=True)
    assert words in response.content.decode()
    delivery.refresh_from_db()
    assert delivery.status == columns["status"]


def test_a_digest_to_a_member_that_failed_is_seen_by_organisers_of_their_groups_only(
    client_of, member, organiser, group, promises
):
    failed = DeliveryFactory(user=member, group=None, status="failed", done_at=NOON)
    other = MembershipFactory(role=Role.ORGANISER)
    assert "A promise to Ben Member" in page_of(client_of(organiser), "reminders:log", group.slug)
    assert "Ben Member" not in page_of(client_of(other.user), "reminders:log", other.group.slug)
    response = client_of(other.user).post(reverse("reminders:retry", args=[other.group.slug, failed.pk]))
    assert response.status_code == 404


def test_a_failure_is_dismissed(client_of, organiser, group, promises):
    failure = TaskFailure.objects.create(task="t", what="This did not work: import.", error="E", group=group)
    client = client_of(organiser)
    client.post(reverse("reminders:dismiss", args=[group.slug, failure.pk]))
    failure.refresh_from_db()
    assert failure.seen_at is not None
    assert "Background work that failed" not in page_of(client, "reminders:log", group.slug)


def test_the_log_asks_the_same_number_of_questions_for_one_and_for_thirty(
    client_of, organiser, group, promises, django_assert_max_num_queries
):
    client = client_of(organiser)

    def questions():
        with django_assert_max_num_queries(15) as asked:
            page_of(client, "reminders:log", group.slug)
        return len(asked)

    def more():
        person = MembershipFactory(group=group).user
        DeliveryFactory(user=organiser, group=group, status="sent", done_at=NOON)
        DeliveryFactory(user=person, group=group, status="failed", done_at=NOON)
        TaskFailure.objects.create(task="t", what="W", error="E", group=group)

    more()
    one = questions()
    for _ in range(29):
        more()
    assert questions() == one


# The mailbox of development


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")

    def post(subject="Your code: 482913", *, html=""):
        mail = EmailMultiAlternatives(subject=subject, body="Your code is 482913.\n", to=["ana@example.org"])
        if html:
            mail.attach_alternative(html, "text/html")
        mail.send()

    return post


def test_the_mailbox_is_read_before_signing_in(mailbox):
    mailbox()
    client = Client()
    html = page_of(client, "reminders:mailbox")
    assert "Your code: 482913" in html
    key = client.get(reverse("reminders:mailbox")).context["mails"][0].key
    assert "Your code is 482913." in page_of(client, "reminders:mailbox-mail", key)


def test_mails_of_one_connection_are_told_apart(mailbox, settings):
    from django.core.mail import get_connection

    connection = get_connection()
    connection.open()
    for number in range(3):
        EmailMultiAlternatives(f"Mail {number}", f"Text {number}", to=["a@example.org"], connection=connection).send()
    connection.close()
    mails = Client().get(reverse("reminders:mailbox")).context["mails"]
    assert [mail.subject for mail in mails] == ["Mail 2", "Mail 1", "Mail 0"]
    assert [mail.text.strip() for mail in mails] == ["Text 2", "Text 1", "Text 0"]


def test_the_html_of_a_mail_stands_in_a_sandbox(mailbox):
    mailbox(html="<html><head></head><body><script>alert(1)</script><p>Hello</p></body></html>")
    client = Client()
    key = client.get(reverse("reminders:mailbox")).context["mails"][0].key
    response = client.get(reverse("reminders:mailbox-html", args=[key]))
    policy = response["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("key", ["nothing-0", "../../secret-0", "..-0", "x", "20261123-140000-1-9"])
def test_a_key_never_leaves_the_mail_folder(mailbox, key):
    mailbox()
    assert Client().get(f"/mailbox/{key}/").status_code == 404


def test_an_empty_mailbox_says_so(mailbox):
    assert "No mail yet" in page_of(Client(), "reminders:mailbox")


@pytest.mark.parametrize(
    "changes",
    [{"PRODUCTION": True}, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}],
    ids=["production", "a mail server"],
)
def test_there_is_no_mailbox_where_mail_is_sent(mailbox, settings, changes):
    mailbox()
    key = Client().get(reverse("reminders:mailbox")).context["mails"][0].key
    for name, value in changes.items():
        setattr(settings, name, value)
    for name, args in [("mailbox", []), ("mailbox-mail", [key]), ("mailbox-html", [key])]:
        assert Client().get(reverse(f"reminders:{name}", args=args)).status_code == 404


def test_a_person_without_a_group_reaches_bell_and_preferences(client_of, promises):
    client = client_of(UserFactory())
    page_of(client, "reminders:inbox")
    page_of(client, "reminders:preferences")


def test_a_delivery_reads_as_a_sentence(member):
    assert str(DeliveryFactory(user=member)) == "promise to Ben Member by mail: due"
    assert Delivery.objects.count() == 1


def test_who_waits_for_a_code_is_shown_the_mailbox_where_there_is_one(mailbox, settings):
    new = {"name": "Ana", "email": "ana@example.org", "password1": "correct horse battery"}
    waiting = Client().post(reverse("account_signup"), new, follow=True).content.decode()
    assert f'href="{reverse("reminders:mailbox")}"' in waiting
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    waiting = Client().post(reverse("account_signup"), new | {"email": "b@example.org"}, follow=True).content.decode()
    assert "Confirm your mail address" in waiting
    assert "mailbox" not in waiting
