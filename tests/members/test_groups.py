"""Making a group, its roles, and that it never stands without an organiser."""

import pytest
from django.db import IntegrityError

from members.actions import (
    CannotChangeGroup,
    CannotChangeMembership,
    change_group,
    change_role,
    hand_over,
    leave_group,
    make_group,
    remove_member,
    restore_member,
)
from members.actions.groups import fingerprint
from members.models import Group, Membership, Role, User
from tests.conftest import NOON
from tests.factories import GroupFactory, InvitationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def membership_of(user, group):
    return Membership.objects.get(user=user, group=group)


@pytest.fixture
def ana():
    return UserFactory(name="Ana")


def test_whoever_makes_a_group_organises_it(ana):
    group = make_group(by=ana, name="Kernel Club", purpose="Kernels.", time_zone="Asia/Tokyo", now=NOON)
    assert (group.slug, group.time_zone, group.created_by) == ("kernel-club", "Asia/Tokyo", ana)
    assert [(row.user, row.role) for row in group.memberships.all()] == [(ana, Role.ORGANISER)]
    assert ana.role_in(group) == Role.ORGANISER


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("Kernel Club", "kernel-club"),
        ("  Attention & 1/√d  ", "attention-1d"),
        ("読書会", "group-"),
        ("Группа", "group-"),
        ("new", "new-2"),
        ("x" * 120, "x" * 50),
    ],
)
def test_the_address_of_a_group_is_derived_from_its_name(ana, name, starts):
    slug = make_group(by=ana, name=name, now=NOON).slug
    assert slug.startswith(starts)
    assert slug.isascii()


def test_groups_of_the_same_name_have_addresses_of_their_own(ana):
    slugs = [make_group(by=ana, name="Kernel Club", now=NOON).slug for _ in range(11)]
    assert slugs[:3] == ["kernel-club", "kernel-club-2", "kernel-club-3"]
    assert len(set(slugs)) == 11


def test_settings_saved_by_another_organiser_meanwhile_are_not_overwritten(group, organiser):
    opened = fingerprint(group)
    change_group(group=group, by=organiser, seen=opened, changes={"name": "Gradient Ring"})
    with pytest.raises(CannotChangeGroup, match="They are now: Gradient Ring, every week, Europe/Berlin"):
        change_group(group=group, by=organiser, seen=opened, changes={"name": "Gradient Disc"})
    group.refresh_from_db()
    assert group.name == "Gradient Ring"


def test_only_settings_are_changed_as_settings(group, organiser):
    with pytest.raises(ValueError, match="slug"):
        change_group(group=group, by=organiser, seen="", changes={"slug": "other"})


def test_a_role_changes(group, organiser, member):
    assert change_role(membership=membership_of(member, group), role=Role.OBSERVER, by=organiser).role == Role.OBSERVER
    assert change_role(membership=membership_of(member, group), role=Role.ORGANISER, by=organiser).role == "organiser"
    assert change_role(membership=membership_of(organiser, group), role=Role.MEMBER, by=member).role == Role.MEMBER


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER])
def test_the_last_organiser_cannot_step_down(group, organiser, member, role):
    mine = membership_of(organiser, group)
    with pytest.raises(CannotChangeMembership, match="Hand the group over, or make someone else an organiser first"):
        change_role(membership=mine, role=role, by=organiser)
    mine.refresh_from_db()
    assert mine.role == Role.ORGANISER


def test_the_last_organiser_cannot_leave(group, organiser, member):
    with pytest.raises(CannotChangeMembership, match="You are the only organiser, so you cannot leave"):
        leave_group(membership=membership_of(organiser, group), now=NOON)
    assert membership_of(organiser, group).is_current


def test_an_organiser_whose_account_is_closed_does_not_count(group, organiser):
    MembershipFactory(group=group, role=Role.ORGANISER, user__is_active=False)
    with pytest.raises(CannotChangeMembership, match="only organiser"):
        leave_group(membership=membership_of(organiser, group), now=NOON)


def test_the_last_organiser_cannot_be_removed_by_one_who_was_demoted_meanwhile(group, organiser, member):
    with pytest.raises(CannotChangeMembership, match="Ana Organiser is the only organiser, so they cannot be removed"):
        remove_member(membership=membership_of(organiser, group), by=member, now=NOON)


def test_who_leaves_keeps_the_row_and_loses_the_role(group, organiser, member):
    left = leave_group(membership=membership_of(member, group), now=NOON)
    assert (left.left_at, left.removed_by, left.role) == (NOON, None, Role.MEMBER)
    assert User.objects.get(pk=member.pk).role_in(group) is None
    with pytest.raises(CannotChangeMembership, match="no longer in this group"):
        leave_group(membership=left, now=NOON)
    with pytest.raises(CannotChangeMembership, match="no longer in this group"):
        change_role(membership=left, role=Role.OBSERVER, by=organiser)


def test_a_removal_withdraws_the_persons_open_invitations_and_can_be_undone(group, organiser):
    second = MembershipFactory(group=group, role=Role.ORGANISER).user
    theirs = InvitationFactory(group=group, created_by=second)
    other = InvitationFactory(group=group, created_by=organiser)
    removed = remove_member(membership=membership_of(second, group), by=organiser, now=NOON)
    assert (removed.left_at, removed.removed_by) == (NOON, organiser)
    theirs.refresh_from_db()
    other.refresh_from_db()
    assert (theirs.revoked_at, other.revoked_at) == (NOON, None)
    back = restore_member(membership=removed)
    assert (back.is_current, back.removed_by, back.role) == (True, None, Role.ORGANISER)
    assert restore_member(membership=back).is_current


def test_nobody_removes_themselves(group, organiser):
    with pytest.raises(CannotChangeMembership, match="Leave the group instead"):
        remove_member(membership=membership_of(organiser, group), by=organiser, now=NOON)


def test_who_left_by_themselves_is_not_put_back(group, former):
    with pytest.raises(CannotChangeMembership, match="Send them an invitation instead"):
        restore_member(membership=membership_of(former, group))


def test_handing_over_makes_the_other_organiser_and_oneself_a_member(group, organiser, observer):
    taken = hand_over(membership=membership_of(organiser, group), to=membership_of(observer, group))
    assert (taken.user, taken.role) == (observer, Role.ORGANISER)
    assert membership_of(organiser, group).role == Role.MEMBER


def test_a_group_is_not_handed_to_oneself_to_strangers_or_by_members(group, organiser, member, former):
    mine, elsewhere = membership_of(organiser, group), MembershipFactory(group=GroupFactory())
    for to in (mine, elsewhere):
        with pytest.raises(CannotChangeMembership, match="another person of this group"):
            hand_over(membership=mine, to=to)
    with pytest.raises(CannotChangeMembership, match="no longer in this group"):
        hand_over(membership=mine, to=membership_of(former, group))
    with pytest.raises(CannotChangeMembership, match="Only an organiser"):
        hand_over(membership=membership_of(member, group), to=mine)
    assert mine.role == Role.ORGANISER


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: GroupFactory(name=""), "a_group_has_a_name"),
        (lambda: MembershipFactory(role="owner"), "a_known_role"),
        (lambda: InvitationFactory(uses=2, max_uses=1), "an_invitation_is_not_overused"),
        (lambda: InvitationFactory(max_uses=0), "an_invitation"),
        (lambda: [UserFactory(email=email) for email in ("Ana@example.org", "ana@example.org")], "one_account"),
    ],
)
def test_what_must_not_exist_cannot_be_stored(make, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make()


def test_one_person_has_one_membership_in_a_group(group, member):
    with pytest.raises(IntegrityError):
        MembershipFactory(user=member, group=group)


def test_a_zone_that_left_the_database_counts_as_utc():
    assert str(UserFactory(time_zone="Europe/Nowhere").zone) == "UTC"
    assert str(Group(name="x", time_zone="Mars/Olympus").zone) == "UTC"
