"""Accounts: signing up, confirming, logging in and out, second factor, changing and closing. allauth does the work;
these hold it to our words, our content security policy, and our invitations."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.actions import CannotCloseAccount, close_account
from members.models import Role, User
from tests.conftest import NOON
from tests.factories import InvitationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a sentence to keep"
SIGN_UP = {"name": "Ben Okafor", "email": "Ben@Example.org", "password1": PASSWORD, "time_zone": "Asia/Tokyo"}


@pytest.fixture
def ana():
    """Someone with a confirmed address and a password."""
    user = User.objects.create_user("ana@example.org", PASSWORD, name="Ana Ruiz")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def mailed_code():
    return re.match(r"(\S+) ", mail.outbox[-1].subject)[1]


def log_in(client, password=PASSWORD, email="ana@example.org"):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def text_of(response):
    return response.content.decode()


# Signing up


def test_a_newcomer_signs_up_confirms_by_code_and_is_in(client):
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response["Location"] == reverse("account_email_verification_sent")
    assert "ben@example.org" in text_of(client.get(response["Location"]))
    assert client.get(reverse("home")).status_code == 302  # not before the address is confirmed
    wrong = client.post(response["Location"], {"code": "AAAA-AAAA"})
    assert (wrong.status_code, "This is not the code we sent." in text_of(wrong)) == (422, True)
    done = client.post(response["Location"], {"code": mailed_code()})
    assert done["Location"] == reverse("home")
    user = User.objects.get()
    assert (user.name, user.email, user.time_zone) == ("Ben Okafor", "ben@example.org", "Asia/Tokyo")
    assert client.get(reverse("home")).status_code == 200


def test_a_wrong_address_is_mended_before_it_is_confirmed(client):
    confirm = client.post(reverse("account_signup"), {**SIGN_UP, "email": "bne@example.org"})["Location"]
    client.post(confirm, {"action": "change", "email": "ben@example.org"})
    assert mail.outbox[-1].to == ["ben@example.org"]
    assert client.post(confirm, {"code": mailed_code()}).status_code == 302
    assert User.objects.get().email == "ben@example.org"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "<script>"])
def test_a_zone_that_the_browser_makes_up_becomes_utc(client, zone):
    client.post(reverse("account_signup"), {**SIGN_UP, "time_zone": zone})
    assert User.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"password1": "short"}, "It must contain at least 10 characters."),
        ({"password1": "password1234"}, "too common"),
        ({"password1": "ben@example.org"}, "too similar"),
    ],
)
def test_a_refused_sign_up_keeps_what_was_typed(client, changes, words):
    response = client.post(reverse("account_signup"), {**SIGN_UP, "affiliation": "", **changes})
    assert response.status_code == 422
    assert words in text_of(response)
    assert (changes.get("name") or "Ben Okafor") in text_of(response) or "name" in changes
    assert not User.objects.exists()


def test_an_address_that_has_an_account_is_told_so_by_mail_only(client, ana):
    response = client.post(reverse("account_signup"), {**SIGN_UP, "email": ana.email})
    assert response["Location"] == reverse("account_email_verification_sent")
    assert mail.outbox[-1].subject == "You have an account at studygroup already"
    assert User.objects.count() == 1


def test_a_mail_server_that_is_away_costs_the_mail_and_not_the_page(client, monkeypatch):
    def away(self, *args, **kwargs):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    response = client.post(reverse("account_signup"), SIGN_UP, follow=True)
    assert response.status_code == 200
    assert "The mail could not be sent: the mail server did not answer." in text_of(response)


def test_signing_up_has_a_rate_limit(client):
    statuses = [client.post(reverse("account_signup"), {}).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_closed_sign_up_opens_for_an_invitation_and_for_nothing_else(client, group, settings):
    settings.SIGN_UP_OPEN = False
    assert "Sign-up is by invitation" in text_of(client.get(reverse("account_signup")))
    client.post(reverse("account_signup"), SIGN_UP)
    assert not User.objects.exists()
    link = InvitationFactory(group=group, expires_at=timezone.now() + timedelta(days=1))
    to = client.post(link.get_absolute_url(), {"way": "sign-up"})["Location"]
    assert "Your name" in text_of(client.get(to))
    link.delete()
    assert "Sign-up is by invitation" in text_of(client.get(to))


# By invitation


def test_a_newcomer_signs_up_by_an_invitation_and_is_in_the_group(client, group, settings):
    settings.SIGN_UP_OPEN = False
    link = InvitationFactory(
        group=group, role=Role.OBSERVER, email="ben@example.org", expires_at=timezone.now() + timedelta(days=1)
    )
    to = client.post(link.get_absolute_url(), {"way": "sign-up"})["Location"]
    page = client.get(to)
    assert 'value="ben@example.org"' in text_of(page)
    assert "you join the group that invited you" in text_of(page)
    confirm = client.post(reverse("account_signup"), SIGN_UP)["Location"]
    assert User.objects.get().role_in(group) is None  # not before the address is confirmed
    done = client.post(confirm, {"code": mailed_code()})
    assert done["Location"] == group.get_absolute_url()
    assert User.objects.get().role_in(group) == Role.OBSERVER
    assert "You are in Gradient Circle." in text_of(client.get(done["Location"]))


def test_someone_with_an_account_logs_in_by_an_invitation_and_is_in_the_group(client, group, ana):
    link = InvitationFactory(group=group, expires_at=timezone.now() + timedelta(days=1))
    to = client.post(link.get_absolute_url(), {"way": "log-in"})["Location"]
    assert to == reverse("account_login")
    assert log_in(client)["Location"] == group.get_absolute_url()
    assert ana.role_in(group) == Role.MEMBER


def test_an_invitation_used_up_while_one_signs_up_says_so(client, group, ana):
    link = InvitationFactory(group=group, expires_at=timezone.now() + timedelta(days=1))
    client.post(link.get_absolute_url(), {"way": "log-in"})
    link.uses = 1
    link.save()
    response = log_in(client)
    assert response["Location"] == reverse("home")
    assert "This invitation was used up." in text_of(client.get(response["Location"]))
    assert ana.role_in(group) is None


def test_the_next_person_at_a_shared_computer_does_not_join(client, group, ana):
    link = InvitationFactory(group=group, expires_at=timezone.now() + timedelta(days=1))
    client.post(link.get_absolute_url(), {"way": "log-in"})
    session = client.session
    session["invitation_kept_until"] -= 3601
    session.save()
    assert log_in(client)["Location"] == reverse("home")
    assert ana.role_in(group) is None


# Logging in and out


def test_logging_in_and_out(client, ana):
    assert log_in(client)["Location"] == reverse("home")
    assert client.get(reverse("account_logout")).status_code == 200  # asks; GET changes nothing
    assert client.get(reverse("members:profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("members:profile")).status_code == 302


def test_a_wrong_password_is_refused_with_a_remedy(client, ana):
    response = log_in(client, "wrong")
    assert response.status_code == 422
    assert "do not belong together" in text_of(response)
    assert 'value="ana@example.org"' in text_of(response)
    assert "wrong" not in text_of(response)


def test_after_ten_wrong_passwords_the_page_says_when_to_try_again(client, ana, settings):
    settings.AXES_FAILURE_LIMIT = 10
    statuses = [log_in(client, "wrong", email).status_code for email in ["ana@example.org", "ANA@example.org "] * 5]
    locked = log_in(client)  # the right password
    assert statuses == [422] * 9 + [429]
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "paused for 15 minutes" in text_of(locked)
    assert reverse("account_reset_password") in text_of(locked)
    UserFactory(email="ben@example.org")
    assert log_in(client, "wrong", "ben@example.org").status_code == 422  # others are not locked out


def test_logging_in_by_a_mailed_code(client, ana):
    to = client.post(reverse("account_request_login_code"), {"email": ana.email})["Location"]
    assert mail.outbox[-1].subject.endswith("logs you in to studygroup")
    assert client.post(to, {"code": mailed_code()})["Location"] == reverse("home")


def test_an_unknown_address_learns_nothing_from_asking_for_a_code(client, ana):
    known = client.post(reverse("account_request_login_code"), {"email": ana.email})
    unknown = Client().post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
    assert known["Location"] == unknown["Location"]
    assert mail.outbox[-1].subject == "No account at studygroup has this address"


def test_a_new_password_by_mail(client, ana):
    client.post(reverse("account_reset_password"), {"email": ana.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    form = client.get(link)["Location"]
    refused = client.post(form, {"password1": PASSWORD, "password2": "something else"})
    assert refused.status_code == 422
    saved = client.post(form, {"password1": "another sentence", "password2": "another sentence"})
    assert saved["Location"] == reverse("account_reset_password_from_key_done")
    client.post(reverse("account_logout"))
    assert log_in(client, "another sentence").status_code == 302
    assert "This link no longer works" in text_of(client.get(link))


# The account of someone logged in


@pytest.fixture
def logged_in(client, ana):
    log_in(client)
    return client


@pytest.fixture
def proven(logged_in):
    """Logged in, and asked for the password once more, as what matters for the account demands."""
    logged_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return logged_in


def test_what_matters_for_the_account_asks_for_the_password_once_more(logged_in):
    asked = logged_in.get(reverse("members:close-account"))["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    refused = logged_in.post(asked, {"password": "wrong"})
    assert (refused.status_code, "This is not your password." in text_of(refused)) == (422, True)
    assert logged_in.post(asked, {"password": PASSWORD})["Location"] == reverse("members:close-account")


def test_changing_the_address_keeps_the_old_one_until_the_new_is_confirmed(logged_in, ana):
    response = logged_in.post(reverse("account_email"), {"email": "ana@new.example", "action_add": ""})
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert mail.outbox[-1].to == ["ana@new.example"]
    logged_in.post(reverse("account_email_verification_sent"), {"code": mailed_code()})
    ana.refresh_from_db()
    assert (ana.email, response.status_code) == ("ana@new.example", 302)
    subjects = [(message.to, message.subject) for message in mail.outbox]
    assert (["ana@example.org"], "Your mail address at studygroup was changed") in subjects


def test_changing_the_password_is_told_by_mail(logged_in):
    data = {"oldpassword": PASSWORD, "password1": "another sentence", "password2": "another sentence"}
    assert logged_in.post(reverse("account_change_password"), {**data, "oldpassword": "x"}).status_code == 422
    assert logged_in.post(reverse("account_change_password"), data).status_code == 302
    assert mail.outbox[-1].subject == "Your password at studygroup was changed"
    assert "It was done on" in mail.outbox[-1].body


def test_a_second_factor_is_set_up_asked_for_and_turned_off(proven, client, ana):
    logged_in = proven
    page = logged_in.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert logged_in.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    assert logged_in.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=ana, type="totp").exists()
    codes = logged_in.get(reverse("mfa_view_recovery_codes"))
    recovery = codes.context["unused_codes"][0]
    assert recovery in text_of(codes)
    for name in ("mfa_index", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_reauthenticate"):
        assert logged_in.get(reverse(name)).status_code == 200
    assert logged_in.get(reverse("mfa_download_recovery_codes"))["Content-Type"].startswith("text/plain")
    logged_in.post(reverse("account_logout"))
    assert log_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("home")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
    assert client.post(reverse("mfa_authenticate"), {"code": recovery})["Location"] == reverse("home")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=ana, type="totp").exists()
    assert "Second factor turned off" in mail.outbox[-1].subject


# Taking one's data, closing


def test_own_data_is_downloaded_as_json(logged_in, ana, group):
    MembershipFactory(user=ana, group=group, role=Role.OBSERVER)
    response = logged_in.get(reverse("members:own-data"))
    data = response.json()
    assert (data["email"], data["groups"][0]["group"], data["groups"][0]["role"]) == (
        "ana@example.org",
        "Gradient Circle",
        "observer",
    )
    assert "attachment" in response["Content-Disposition"]


def test_closing_the_account_leaves_the_groups_and_forgets_the_address(proven, client, ana, group, organiser):
    logged_in = proven
    MembershipFactory(user=ana, group=group)
    assert "This cannot be undone." in text_of(logged_in.get(reverse("members:close-account")))
    assert logged_in.post(reverse("members:close-account"), {}).status_code == 422
    page = logged_in.post(reverse("members:close-account"), {"sure": "on"}, follow=True)
    assert "Your account is closed." in text_of(page)
    ana.refresh_from_db()
    assert (ana.is_active, ana.name, "ana@example.org" in ana.email) == (False, "Ana Ruiz", False)
    assert ana.role_in(group) is None
    assert log_in(client).status_code == 422
    assert client.post(reverse("account_signup"), {**SIGN_UP, "email": "ana@example.org"}).status_code == 302
    assert User.objects.filter(email="ana@example.org").exists()  # the address is free again


def test_the_only_organiser_hands_over_before_closing(proven, ana, group):
    MembershipFactory(user=ana, group=group, role=Role.ORGANISER)
    MembershipFactory(group=group)
    response = proven.post(reverse("members:close-account"), {"sure": "on"})
    assert response.status_code == 422
    assert "You are the only organiser of Gradient Circle. Hand it over first" in text_of(response)
    with pytest.raises(CannotCloseAccount):
        close_account(user=ana, now=NOON)


def test_who_is_alone_in_a_group_may_close_the_account(ana, group):
    MembershipFactory(user=ana, group=group, role=Role.ORGANISER)
    assert not close_account(user=ana, now=NOON).is_active


# Every page


ALL_NAMES = [
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
]


def test_the_list_of_account_pages_is_whole():
    from tests.security.matrix import every_url

    found = {name for name, _route, _view in every_url() if name.startswith(("account_", "mfa_"))}
    assert found == {*ALL_NAMES, "account_reset_password_from_key"}


@pytest.mark.parametrize("name", ALL_NAMES)
def test_every_account_page_answers_signed_out_and_logged_in_without_a_script_of_its_own(client, ana, name):
    for user in (None, ana):
        if user is not None:
            log_in(client)
            client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        response = client.get(reverse(name))
        assert response.status_code in (200, 302, 404)
        text = text_of(response)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), "the content security policy would stop it"
        assert not re.search(r"\son[a-z]+=", text)
        assert "Sign In" not in text
        assert "!" not in re.sub(r"<[^>]*>", "", text)
        assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "mfa_index"])
def test_account_pages_are_ours_and_not_allauths(name):
    paths = {
        "account_login": "account/login.html",
        "account_signup": "account/signup.html",
        "account_reset_password": "account/password_reset.html",
        "mfa_index": "mfa/index.html",
    }
    assert "site-packages" not in get_template(paths[name]).origin.name
