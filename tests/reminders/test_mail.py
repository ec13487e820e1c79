"""What a reminder says as a mail, and how one stops it."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.test import Client
from django.urls import reverse

from reminders.actions import choose, send_due, sweep
from reminders.actions.preferences import effective
from reminders.models import Preference
from reminders.nudges import Line
from reminders.unsubscribing import ForgedToken, read_token, token_for
from tests.conftest import NOON
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


SESSION = "https://study.example.org/groups/gradient-circle/sessions/7/"


@pytest.fixture
def mail_to(promises, smtp, settings):
    settings.SITE_URL = "https://study.example.org"

    def delivered(user, **changes):
        promises.to(user, **changes)
        sweep(now=NOON)
        send_due(now=NOON, worker="w")
        return smtp.mails[-1]

    return delivered


def test_the_headers_say_that_a_machine_sent_it_and_how_to_stop_it(mail_to, member, settings):
    settings.UNSUBSCRIBE_MAILBOX = "stop@study.example.org"
    mail = mail_to(member)
    token = token_for(user_id=member.pk, kind="promise")

    ways = mail["List-Unsubscribe"].replace("\r\n", "").replace(" ", "")
    assert ways.startswith(f"<https://study.example.org/unsubscribe/{token}/>,<mailto:stop@study.example.org?subject=")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "A promise <promise.study.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"].endswith("@study.example.org>")
    assert abs(parsedate_to_datetime(mail["Date"]) - NOON) < timedelta(seconds=2)
    assert mail["To"] == member.email


def test_without_a_mailbox_there_is_the_address_alone(mail_to, member):
    assert mail_to(member)["List-Unsubscribe"].count("<") == 1


def test_the_text_gives_three_lines_then_the_items_then_the_way_there(mail_to, member):
    items = (Line("Gradient Circle", heading=True), Line("Chapter 6 is open", url="/groups/g/readings/1/"))
    mail = mail_to(member, items=items, action="Open the session")
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines()[:12] == [
        "Tomorrow 19:00 CET: log-det gradients; you present",
        "",
        "Room 2.14, 90 minutes.",
        "Five people come.",
        "Two readings are open.",
        "",
        "Gradient Circle",
        "- Chapter 6 is open",
        "  https://study.example.org/groups/g/readings/1/",
        "",
        "Open the session: https://study.example.org/groups/gradient-circle/sessions/7/",
        "",
    ]
    assert "You get this because you are in this group." in text
    assert "Times are yours: Europe/Berlin (CET)." in text


def test_items_without_a_heading_stand_apart_from_the_lines(mail_to, member):
    text = mail_to(member, items=(Line("Chapter 6 is open"),)).get_body(("plain",)).get_content()
    assert text.splitlines()[4:9] == ["Two readings are open.", "", "- Chapter 6 is open", "", "Open: " + SESSION]


def test_the_zone_is_that_of_the_person(mail_to):
    text = mail_to(UserFactory(time_zone="Asia/Kathmandu")).get_body(("plain",)).get_content()
    assert "Times are yours: Asia/Kathmandu (UTC+05:45)." in text


def test_the_html_loads_nothing_from_elsewhere_and_escapes_what_members_wrote(mail_to, member):
    html = mail_to(member, subject="Tomorrow: <script>alert(1)</script>").get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "src=" not in html
    assert "url(" not in html
    assert "color-scheme" in html


def test_a_call_link_in_a_line_can_be_followed(mail_to, member):
    html = mail_to(member, lines=("Where: https://meet.example.org/a",)).get_body(("html",)).get_content()
    assert '<a href="https://meet.example.org/a" rel="nofollow">https://meet.example.org/a</a>' in html


def test_the_text_is_not_escaped(mail_to, member):
    text = mail_to(member, subject="Rényi & Shannon's x < y").get_body(("plain",)).get_content()
    assert text.splitlines()[0] == "Rényi & Shannon's x < y"


def test_a_subject_cannot_bring_headers_of_its_own(mail_to, member):
    mail = mail_to(member, subject="Tomorrow\r\nBcc: everyone@example.org")
    assert mail["Subject"] == "Tomorrow Bcc: everyone@example.org"
    assert mail["Bcc"] is None


# Unsubscribing


@pytest.fixture
def address(promises, member):
    return reverse("reminders:unsubscribe", args=[token_for(user_id=member.pk, kind="promise")])


def wants_mail(user) -> bool:
    return effective(user=user)["promise", "mail"]


@pytest.mark.parametrize(
    "post",
    [
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"List-Unsubscribe": "One-Click"}},  # Django's client sends a dict as multipart
        {"data": b"", "content_type": "application/x-www-form-urlencoded"},
    ],
    ids=["form", "multipart", "empty"],
)
def test_one_click_stops_the_mails_without_cookie_or_csrf_and_without_redirect(address, member, post):
    response = Client(enforce_csrf_checks=True).post(address, **post)
    assert response.status_code == 200
    assert "These mails have stopped" in response.content.decode()
    assert not wants_mail(member)


def test_a_second_click_is_no_error(address, member):
    Client().post(address)
    assert Client().post(address).status_code == 200
    assert not wants_mail(member)


def test_a_link_scanner_changes_nothing(address, member):
    for method in ("get", "head"):
        assert getattr(Client(), method)(address).status_code == 200
    assert wants_mail(member)
    assert "Stop “A promise” by mail?" in Client().get(address).content.decode()


def test_the_click_can_be_undone(address, member):
    Client().post(address)
    assert "These mails have stopped" in Client().get(address).content.decode()
    response = Client().post(address, {"undo": "yes"})
    assert "You get these mails again" in response.content.decode()
    assert wants_mail(member)


def test_it_stops_one_kind_by_mail_and_nothing_else(address, member, organiser):
    choose(user=member, wanted={("promise", "bell"): True}, now=NOON)
    Client().post(address)
    assert effective(user=member) == {("promise", "mail"): False, ("promise", "bell"): True}
    assert wants_mail(organiser)


@pytest.mark.parametrize("forge", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t, lambda t: "x"])
def test_a_forged_token_finds_nothing(promises, member, forge):
    token = forge(token_for(user_id=member.pk, kind="promise"))
    for method in ("get", "post"):
        assert getattr(Client(), method)(reverse("reminders:unsubscribe", args=[token])).status_code == 404
    assert not Preference.objects.exists()


def test_a_token_of_another_purpose_is_forged():
    from django.core import signing

    with pytest.raises(ForgedToken):
        read_token(signing.dumps([1, "promise"]))


def test_a_token_of_someone_who_is_gone_finds_nothing(promises, db):
    address = reverse("reminders:unsubscribe", args=[token_for(user_id=10**9, kind="promise")])
    assert Client().post(address).status_code == 404


def test_a_token_of_a_kind_that_is_gone_still_stops_it(member, promises):
    address = reverse("reminders:unsubscribe", args=[token_for(user_id=member.pk, kind="gone")])
    assert Client().post(address).status_code == 200
    assert Preference.objects.get().kind == "gone"
