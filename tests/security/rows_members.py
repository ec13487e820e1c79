"""Who gets which answer from the pages about people, groups and invitations, and from set-up."""

from datetime import timedelta

from django.utils import timezone

from members.models import Membership
from tests.factories import InvitationFactory, MembershipFactory
from tests.security.matrix import Row, World


def furnish(world: World) -> None:
    later = timezone.now() + timedelta(days=7)
    world.invitation = InvitationFactory(
        group=world.group, created_by=world.organiser, expires_at=later, email="new@example.org"
    )
    world.link = InvitationFactory(group=world.group, created_by=world.organiser, expires_at=later, max_uses=50)
    removed = MembershipFactory(group=world.group, left_at=world.group.created_at, removed_by=world.organiser)
    world.removed = removed.user
    world.other = MembershipFactory(group=world.group).user
    world.other_membership = Membership.objects.get(user=world.other)


GROUP = {"name": "Kernel Club", "time_zone": "Asia/Tokyo", "cadence": "weekly"}
LINK = {"role": "member", "days": "7", "max_uses": "5"}
MAIL = {"role": "member", "days": "7", "emails": "someone@example.org"}
OUTSIDE = {"stranger": 200, "former": 200}
ONLY_ORGANISER = {"observer": 403, "member": 403}
EVERYONE = {"stranger": 302, "former": 302, "observer": 302, "member": 302, "organiser": 302}

ROWS = [
    # Oneself
    Row("members:profile", **OUTSIDE),
    Row(
        "members:profile",
        method="POST",
        data={"name": ""},
        stranger=422,
        former=422,
        observer=422,
        member=422,
        organiser=422,
    ),
    Row("members:own-data", **OUTSIDE),
    Row("members:close-account", note="asks for the password again", **EVERYONE),
    Row("members:new", **OUTSIDE),
    Row("members:new", method="POST", data=GROUP, **EVERYONE),
    # A group and its people
    Row("members:list"),
    Row("members:detail", {"pk": "other.pk"}),
    Row("members:detail", {"pk": "stranger.pk"}, note="not of the group", observer=404, member=404, organiser=404),
    Row("members:settings"),
    Row("members:settings", method="POST", data=GROUP, organiser=302, **ONLY_ORGANISER),
    Row("members:leave"),
    Row("members:leave", method="POST", observer=302, member=302, organiser=422, note="the last organiser stays"),
    Row("members:hand-over", **ONLY_ORGANISER),
    Row(
        "members:hand-over",
        method="POST",
        data=lambda world: {"to": world.other_membership.pk},
        organiser=302,
        **ONLY_ORGANISER,
    ),
    Row(
        "members:change-role",
        {"pk": "other.pk"},
        method="POST",
        data={"role": "observer"},
        organiser=302,
        **ONLY_ORGANISER,
    ),
    Row("members:change-role", {"pk": "other.pk"}, observer=405, member=405, organiser=405, stranger=405, former=405),
    Row("members:remove", {"pk": "other.pk"}, method="POST", organiser=302, **ONLY_ORGANISER),
    Row(
        "members:remove",
        {"pk": "organiser.pk"},
        method="POST",
        note="the organiser",
        observer=403,
        member=403,
        organiser=403,
    ),
    Row("members:restore", {"pk": "removed.pk"}, method="POST", organiser=302, **ONLY_ORGANISER),
    # Invitations
    Row("members:invitations", **ONLY_ORGANISER),
    Row("members:invite", **ONLY_ORGANISER),
    Row("members:invite", method="POST", data=MAIL, organiser=302, **ONLY_ORGANISER),
    Row("members:invite-link", **ONLY_ORGANISER),
    Row("members:invite-link", method="POST", data=LINK, organiser=302, **ONLY_ORGANISER),
    Row("members:revoke", {"pk": "link.pk"}, method="POST", organiser=302, **ONLY_ORGANISER),
    Row("members:resend", {"pk": "invitation.pk"}, method="POST", organiser=302, **ONLY_ORGANISER),
    Row("members:accept", {"token": "link.token"}, anonymous=200, **OUTSIDE),
    Row("members:accept", {"token": "link.token"}, method="POST", **EVERYONE),
    Row(
        "members:accept",
        {"token": "no-such-token"},
        note="unknown",
        anonymous=404,
        observer=404,
        member=404,
        organiser=404,
    ),
    # Set-up, closed once there is an account
    Row("setup", anonymous=404, observer=404, member=404, organiser=404),
    Row("setup", method="POST", anonymous=404, observer=404, member=404, organiser=404),
    Row("setup-begin", observer=404, member=404, organiser=404),
]
