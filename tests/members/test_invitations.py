"""Invitations: made, mailed, used, withdrawn, refused with a reason and a remedy."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.utils import timezone

from members.actions import (
    CannotInvite,
    CannotJoin,
    accept_invitation,
    invite_by_link,
    invite_by_mail,
    refuse_reason,
    remove_member,
    resend_invitation,
    revoke_invitation,
    send_invitation_mail,
)
from members.models import Invitation, Membership, Role
from members.tasks import send_forgotten_invitations, send_invitation
from tests.conftest import NOON
from tests.factories import InvitationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=7)


@pytest.fixture
def queued(monkeypatch):
    """The ids of invitations whose mail was queued."""
    found = []
    monkeypatch.setattr(send_invitation, "delay", found.append)
    return found


@pytest.fixture
def by_mail(group, organiser):
    def invite(*emails):
        return invite_by_mail(group=group, by=organiser, emails=emails, role=Role.MEMBER, message="", days=7, now=NOON)

    return invite


def test_each_address_gets_an_invitation_of_one_use_and_a_mail(
    by_mail, queued, django_capture_on_commit_callbacks, group, organiser
):
    with django_capture_on_commit_callbacks(execute=True):
        outcome = by_mail("Ben@Example.org", "chiara@example.org", "ben@example.org")
    assert [each.email for each in outcome.sent] == ["ben@example.org", "chiara@example.org"]
    assert [(each.max_uses, each.expires_at, each.created_by) for each in outcome.sent] == [(1, LATER, organiser)] * 2
    assert queued == [each.pk for each in outcome.sent]


def test_who_is_in_or_invited_gets_no_second_invitation(by_mail, queued, member):
    by_mail("ben@example.org")
    outcome = by_mail("ben@example.org", member.email, "new@example.org")
    assert [each.email for each in outcome.sent] == ["new@example.org"]
    assert (outcome.already_in, outcome.already_invited) == ([member.email], ["ben@example.org"])


def test_who_has_left_or_whose_invitation_ended_is_invited_again(by_mail, queued, group, former):
    InvitationFactory(group=group, email="ben@example.org", expires_at=NOON)
    outcome = by_mail(former.email, "ben@example.org")
    assert [each.email for each in outcome.sent] == [former.email, "ben@example.org"]


def test_a_broker_that_is_away_does_not_undo_the_invitation(by_mail, monkeypatch, django_capture_on_commit_callbacks):
    def away(pk):
        raise OSError("no broker")

    monkeypatch.setattr(send_invitation, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        by_mail("ben@example.org")
    assert Invitation.objects.get().sent_at is None


def test_the_mail_says_who_what_and_until_when_in_the_zone_of_its_reader(group, organiser):
    group.purpose, group.prerequisites = "We <derive> gradients.", "Linear algebra."
    group.save()
    UserFactory(email="ken@example.org", name="Ken", time_zone="Asia/Tokyo")
    invitation = InvitationFactory(
        group=group, created_by=organiser, email="ken@example.org", message="Bring a pen & paper.", expires_at=LATER
    )
    assert send_invitation_mail(invitation_id=invitation.pk, now=NOON)
    [sent] = mail.outbox
    html = sent.alternatives[0][0]
    assert sent.subject == "Ana Organiser invites you to Gradient Circle"
    assert sent.to == ["ken@example.org"]
    for text in ("Hello Ken,", "We <derive> gradients.", "Bring a pen & paper.", "Mon 30 Nov 2026, 21:00 JST"):
        assert text in sent.body
    assert f"/invitations/{invitation.token}/" in sent.body
    assert "We &lt;derive&gt; gradients." in html
    assert f"/invitations/{invitation.token}/" in html


def test_a_mail_goes_out_once_however_often_its_task_runs(group, organiser):
    invitation = InvitationFactory(group=group, created_by=organiser, email="ken@example.org", expires_at=LATER)
    assert send_invitation_mail(invitation_id=invitation.pk, now=NOON)
    assert not send_invitation_mail(invitation_id=invitation.pk, now=NOON)
    assert len(mail.outbox) == 1
    invitation.refresh_from_db()
    assert invitation.sent_at == NOON


def test_a_withdrawn_invitation_is_not_mailed(group, organiser):
    invitation = InvitationFactory(group=group, email="ken@example.org", expires_at=LATER, revoked_at=NOON)
    assert not send_invitation_mail(invitation_id=invitation.pk, now=NOON)
    invitation.refresh_from_db()
    assert (mail.outbox, invitation.send_error) == ([], "It was closed before its mail was sent.")


def test_a_mail_that_fails_is_noted_for_organisers_and_tried_again(group, monkeypatch):
    invitation = InvitationFactory(group=group, email="ken@example.org", expires_at=LATER)

    def away(self, *args, **kwargs):
        raise SMTPServerDisconnected("the server went away")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    with pytest.raises(SMTPServerDisconnected):
        send_invitation_mail(invitation_id=invitation.pk, now=NOON)
    invitation.refresh_from_db()
    assert invitation.send_error == "The mail server said: the server went away"
    assert invitation.sent_at is None


def test_an_address_that_the_server_refuses_is_not_tried_again(group, monkeypatch):
    invitation = InvitationFactory(group=group, email="ken@example.org", expires_at=LATER + timedelta(days=3650))

    def refused(self, *args, **kwargs):
        raise SMTPRecipientsRefused({"ken@example.org": (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refused)
    send_invitation(invitation.pk)
    invitation.refresh_from_db()
    assert "no such user" in invitation.send_error


def test_the_task_of_an_invitation_that_is_gone_does_nothing():
    send_invitation(4711)
    assert mail.outbox == []


def test_sending_again_mails_an_open_invitation_once_more(group, queued, django_capture_on_commit_callbacks):
    invitation = InvitationFactory(
        group=group, email="ken@example.org", expires_at=LATER, sent_at=NOON, send_error="full"
    )
    with django_capture_on_commit_callbacks(execute=True):
        again = resend_invitation(invitation=invitation, now=NOON)
    assert (again.sent_at, again.send_error, queued) == (None, "", [invitation.pk])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"email": ""}, "This is a link"),
        ({"email": "ken@example.org", "revoked_at": NOON}, "is closed"),
    ],
)
def test_a_link_or_a_closed_invitation_is_not_sent_again(group, queued, fields, reason):
    with pytest.raises(CannotInvite, match=reason):
        resend_invitation(invitation=InvitationFactory(group=group, expires_at=LATER, **fields), now=NOON)


def test_a_link_that_makes_organisers_is_used_once_only(group, organiser):
    with pytest.raises(CannotInvite, match="used once only"):
        invite_by_link(group=group, by=organiser, role=Role.ORGANISER, message="", max_uses=2, days=7, now=NOON)
    link = invite_by_link(group=group, by=organiser, role=Role.ORGANISER, message="", max_uses=1, days=7, now=NOON)
    assert link.is_open(NOON)


def test_a_newcomer_joins_with_the_role_of_the_invitation(group, stranger):
    link = InvitationFactory(group=group, role=Role.OBSERVER, expires_at=LATER)
    joined = accept_invitation(invitation=link, by=stranger, now=NOON)
    assert (joined.role, joined.invitation, joined.joined_at, joined.left_at) == (Role.OBSERVER, link, NOON, None)
    assert stranger.role_in(group) == Role.OBSERVER
    link.refresh_from_db()
    assert (link.uses, link.last_used_at) == (1, NOON)


def test_who_is_in_keeps_the_role_and_takes_no_use(group, organiser, member):
    link = InvitationFactory(group=group, role=Role.OBSERVER, expires_at=LATER)
    for user, role in ((organiser, Role.ORGANISER), (member, Role.MEMBER)):
        assert accept_invitation(invitation=link, by=user, now=NOON).role == role
    link.refresh_from_db()
    assert link.uses == 0


def test_who_left_comes_back_by_an_invitation(group, former):
    link = InvitationFactory(group=group, role=Role.OBSERVER, expires_at=LATER, created_at=NOON - timedelta(days=9))
    back = accept_invitation(invitation=link, by=former, now=NOON)
    assert (back.role, back.left_at, back.invitation) == (Role.OBSERVER, None, link)
    assert Membership.objects.filter(user=former, group=group).count() == 1


def test_who_was_removed_comes_back_only_by_an_invitation_made_after_that(group, organiser, member):
    old = InvitationFactory(group=group, expires_at=LATER, max_uses=5, created_at=NOON - timedelta(days=1))
    remove_member(membership=Membership.objects.get(user=member), by=organiser, now=NOON)
    with pytest.raises(CannotJoin, match="removed you from Gradient Circle after this invitation was made"):
        accept_invitation(invitation=old, by=member, now=NOON)
    old.refresh_from_db()
    assert old.uses == 0
    new = InvitationFactory(group=group, expires_at=LATER, created_at=NOON + timedelta(minutes=1))
    assert accept_invitation(invitation=new, by=member, now=NOON + timedelta(hours=1)).removed_by is None


MARCH = NOON.replace(month=3, day=3, hour=23, minute=30)  # the 4th in Berlin


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_at": LATER, "uses": 1, "last_used_at": MARCH}, "was used up on 4 March. Ask Ana Organiser"),
        ({"expires_at": LATER, "uses": 1}, "was used up. Ask Ana Organiser for a new one."),
        ({"expires_at": MARCH}, "ended on 4 March. Ask Ana Organiser for a new one."),
        ({"expires_at": MARCH.replace(year=2025)}, "ended on 4 March 2025. Ask"),
        ({"expires_at": LATER, "revoked_at": MARCH}, "was withdrawn on 4 March. Ask Ana Organiser"),
        ({"expires_at": LATER}, ""),
    ],
)
def test_a_closed_invitation_says_why_and_whom_to_ask(group, organiser, stranger, fields, words):
    invitation = InvitationFactory(group=group, created_by=organiser, **fields)
    reason = refuse_reason(invitation, now=NOON)
    assert words in reason
    if reason:
        with pytest.raises(CannotJoin) as refusal:
            accept_invitation(invitation=invitation, by=stranger, now=NOON)
        assert str(refusal.value) == reason
    assert Invitation.objects.open(NOON).filter(pk=invitation.pk).exists() == (reason == "")


def test_an_inviter_who_organises_no_longer_is_not_the_one_to_ask(group, organiser):
    gone = MembershipFactory(group=group, role=Role.ORGANISER, left_at=NOON).user
    for inviter in (gone, None):
        invitation = InvitationFactory(group=group, created_by=inviter, expires_at=NOON)
        assert refuse_reason(invitation, now=NOON).endswith("Ask an organiser of Gradient Circle for a new one.")


def test_withdrawing_twice_keeps_the_first_hour(group):
    invitation = InvitationFactory(group=group, expires_at=LATER)
    revoke_invitation(invitation=invitation, now=NOON)
    assert revoke_invitation(invitation=invitation, now=LATER).revoked_at == NOON


def test_tokens_are_long_and_differ(group):
    tokens = {InvitationFactory(group=group).token for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) >= 32 for token in tokens)


def test_a_server_that_is_away_is_asked_again_a_minute_later(group, monkeypatch):
    invitation = InvitationFactory(group=group, email="ken@example.org", expires_at=LATER + timedelta(days=3650))
    waits = []

    def away(self, *args, **kwargs):
        raise SMTPServerDisconnected("the server went away")

    def retry(*, exc, countdown):
        waits.append(countdown)
        return Retry(exc=exc)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    monkeypatch.setattr(send_invitation, "retry", retry)
    with pytest.raises(Retry):
        send_invitation(invitation.pk)
    assert waits == [60]


def test_an_invitation_whose_place_in_the_queue_was_lost_is_found_again(queued):
    old, now = timezone.now() - timedelta(minutes=6), timezone.now()
    later = {"expires_at": now + timedelta(days=7)}
    forgotten = InvitationFactory(email="a@example.org", created_at=old, **later)
    InvitationFactory(email="b@example.org", created_at=now, **later)  # it is on its way
    InvitationFactory(email="c@example.org", created_at=old, sent_at=now, **later)
    InvitationFactory(email="d@example.org", created_at=old, send_error="The mail server said: no", **later)
    InvitationFactory(email="e@example.org", created_at=old, revoked_at=now, **later)
    InvitationFactory(email="", created_at=old, **later)  # a link
    send_forgotten_invitations()
    assert queued == [forgotten.pk]
