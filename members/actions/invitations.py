"""Ways into a group: made, sent, used, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from commons.time import local_text
from members.models import Group, Invitation, Membership, Role, User


class CannotInvite(Exception):
    """Why an invitation cannot be made or sent again, in words fit to show an organiser."""


class CannotJoin(Exception):
    """Why an invitation does not let someone in, in words fit to show them."""


@dataclass
class Invited:
    """What came of inviting several addresses."""

    sent: list[Invitation] = field(default_factory=list)
    already_in: list[str] = field(default_factory=list)
    already_invited: list[str] = field(default_factory=list)


def invite_by_link(
    *, group: Group, by: User, role: str, message: str, max_uses: int, days: int, now: datetime
) -> Invitation:
    """Make a link that lets `max_uses` people in. Raises CannotInvite for an organiser's link of several uses."""
    if role == Role.ORGANISER and max_uses > 1:
        raise CannotInvite("A link that makes organisers can be used once only. Choose one use, or another role.")
    return Invitation.objects.create(
        group=group,
        created_by=by,
        role=role,
        message=message,
        max_uses=max_uses,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )


@transaction.atomic
def invite_by_mail(
    *, group: Group, by: User, emails: Sequence[str], role: str, message: str, days: int, now: datetime
) -> Invited:
    """Make an invitation of one use for each address, and queue its mail once this commits. Addresses of people who
    are in the group, or who hold an open invitation, get none."""
    Group.objects.select_for_update().get(pk=group.pk)  # two organisers may paste the same list
    wanted = list(dict.fromkeys(email.lower() for email in emails))
    inside = set(User.objects.in_group(group).filter(email__in=wanted).values_list("email", flat=True))
    open_now = Invitation.objects.open(now).filter(group=group, email__in=wanted)
    waiting = set(open_now.values_list("email", flat=True))
    outcome = Invited(
        already_in=[email for email in wanted if email in inside],
        already_invited=[email for email in wanted if email in waiting - inside],
    )
    for email in wanted:
        if email in inside or email in waiting:
            continue
        invitation = Invitation.objects.create(
            group=group,
            created_by=by,
            email=email,
            role=role,
            message=message,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        outcome.sent.append(invitation)
        _queue_mail(invitation.pk)
    return outcome


@transaction.atomic
def resend_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """Queue the mail of an open invitation once more. Raises CannotInvite where it is a link, or closed."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("group").get(pk=invitation.pk)
    if not invitation.email:
        raise CannotInvite("This is a link, so there is nobody to mail it to. Copy it and send it yourself.")
    if not invitation.is_open(now):
        raise CannotInvite("This invitation is closed. Make a new one.")
    invitation.sent_at, invitation.send_error = None, ""
    invitation.save(update_fields=["sent_at", "send_error"])
    _queue_mail(invitation.pk)
    return invitation


def _queue_mail(invitation_id: int) -> None:
    from members.tasks import send_invitation

    def queue() -> None:  # not a partial: Django's log of what a robust hook raised asks for its name
        send_invitation.delay(invitation_id)

    # robust: a broker that is away must not turn a saved invitation into an error page; the list says "waiting"
    transaction.on_commit(queue, robust=True)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """Withdraw an invitation. Who joined by it stays. Doing it twice changes nothing."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=now)
    invitation.refresh_from_db()
    return invitation


def refuse_reason(invitation: Invitation, *, now: datetime) -> str:
    """Why this invitation lets nobody in at `now`, and what to do; empty while it is open."""
    if invitation.is_open(now):
        return ""
    ask = _whom_to_ask(invitation)
    if invitation.revoked_at is not None:
        return f"This invitation was withdrawn on {_day(invitation.revoked_at, invitation, now)}. {ask}"
    if invitation.uses >= invitation.max_uses:
        when = f" on {_day(invitation.last_used_at, invitation, now)}" if invitation.last_used_at else ""
        return f"This invitation was used up{when}. {ask}"
    return f"This invitation ended on {_day(invitation.expires_at, invitation, now)}. {ask}"


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User, now: datetime) -> Membership:
    """Let `by` into the group and count one use. Who is in already keeps their role, and no use is counted.

    The count is one conditional UPDATE, so that of twenty people pressing at once on a link of five uses five get in.
    Raises CannotJoin where the invitation is closed, and for someone removed after it was made.
    """
    membership = Membership.objects.filter(user=by, group=invitation.group_id).first()
    if membership is not None and membership.is_current:
        return membership
    if membership is not None and membership.removed_by_id and (membership.left_at or now) >= invitation.created_at:
        raise CannotJoin(
            f"An organiser removed you from {invitation.group.name} after this invitation was made. "
            "Ask an organiser for a new one."
        )
    taken = Invitation.objects.open(now).filter(pk=invitation.pk).update(uses=F("uses") + 1, last_used_at=now)
    if not taken:
        invitation.refresh_from_db()
        raise CannotJoin(refuse_reason(invitation, now=now) or "This invitation is closed.")
    joined = {"role": invitation.role, "invitation": invitation, "joined_at": now, "left_at": None, "removed_by": None}
    membership, made = Membership.objects.select_for_update().get_or_create(
        user=by, group=invitation.group, defaults=joined
    )
    if not made:
        if membership.is_current:  # a second tab was faster: give the use back
            Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") - 1)
        else:
            for name, value in joined.items():
                setattr(membership, name, value)
            membership.save(update_fields=list(joined))
    by.__dict__.pop("current_memberships", None)
    return membership


def send_invitation_mail(*, invitation_id: int, now: datetime) -> bool:
    """Send the mail of an invitation unless it went out already or was closed since. Returns whether it went out now.

    A worker killed between sending and noting it sends again: a mail twice is better than none. What the server
    refuses is noted on the invitation, for organisers to see, and raised for the task to try again.
    """
    invitation = Invitation.objects.select_related("group", "created_by").get(pk=invitation_id)
    if invitation.sent_at is not None:
        return False
    if not invitation.is_open(now):
        Invitation.objects.filter(pk=invitation_id).update(send_error="It was closed before its mail was sent.")
        return False
    try:
        invitation_mail(invitation, now=now).send()
    except (SMTPException, OSError) as error:
        Invitation.objects.filter(pk=invitation_id).update(send_error=f"The mail server said: {error}"[:500])
        raise
    Invitation.objects.filter(pk=invitation_id).update(sent_at=now, send_error="")
    return True


def invitation_mail(invitation: Invitation, *, now: datetime) -> EmailMultiAlternatives:
    """The mail that carries an invitation, in text and HTML. Hours stand in the invitee's zone where they have an
    account, else in the group's."""
    known = User.objects.filter(email=invitation.email).first()
    zone = known.zone if known else invitation.group.zone
    context = {
        "invitation": invitation,
        "group": invitation.group,
        "inviter": _inviter(invitation),
        "name": known.display_name if known else "",
        "url": f"{settings.SITE_URL}{invitation.get_absolute_url()}",
        "until": local_text(invitation.expires_at, zone, year=True),
        "site_name": settings.SITE_NAME,
    }
    subject = f"{context['inviter']} invites you to {invitation.group.name}"
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("members/mail/invitation.txt", context),
        to=[invitation.email],
    )
    mail.attach_alternative(render_to_string("members/mail/invitation.html", context), "text/html")
    return mail


def _inviter(invitation: Invitation) -> str:
    return invitation.created_by.display_name if invitation.created_by else "An organiser"


def _whom_to_ask(invitation: Invitation) -> str:
    """`Ask Ana for a new one.`, where Ana still organises the group."""
    inviter = invitation.created_by
    organises = (
        inviter is not None
        and Membership.objects.current()
        .filter(user=inviter, group=invitation.group_id, role=Role.ORGANISER, user__is_active=True)
        .exists()
    )
    who = inviter.display_name if inviter is not None and organises else f"an organiser of {invitation.group.name}"
    return f"Ask {who} for a new one."


def _day(at: datetime, invitation: Invitation, now: datetime) -> str:
    """`3 March`, in the zone the reader sees (the group's for someone signed out), with the year unless it is ours."""
    zone = timezone.get_current_timezone() if timezone.get_current_timezone_name() != "UTC" else invitation.group.zone
    local = at.astimezone(zone)
    return f"{local.day} {local:%B}" + ("" if local.year == now.astimezone(zone).year else f" {local.year}")
