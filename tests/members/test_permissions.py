"""The table of who may do what with a group and its people."""

import pytest

from members.models import Membership
from members.permissions import PERMISSIONS
from tests.factories import InvitationFactory, MembershipFactory

pytestmark = pytest.mark.django_db

NOBODY, ORGANISER, EVERYONE = set(), {"organiser"}, {"organiser", "member", "observer"}
TABLE = {
    "members.read": EVERYONE,
    "members.edit-group": ORGANISER,
    "members.invite": ORGANISER,
    "members.change-invitation": ORGANISER,
    "members.change-role": ORGANISER,
    "members.remove": ORGANISER,
    "members.leave": NOBODY,  # for someone else
    "members.hand-over": ORGANISER,
    "members.see-address": ORGANISER,
}


@pytest.mark.parametrize("name", sorted(PERMISSIONS))
def test_the_table_of_permissions(name, group, organiser, member, observer, former, stranger):
    thing = {
        "members.change-invitation": InvitationFactory(group=group),
        "members.change-role": MembershipFactory(group=group),
        "members.remove": MembershipFactory(group=group),
        "members.leave": MembershipFactory(group=group),
        "members.see-address": MembershipFactory(group=group),
    }.get(name, group)
    people = {
        "organiser": organiser,
        "member": member,
        "observer": observer,
        "former": former,
        "stranger": stranger,
    }
    assert {who for who, person in people.items() if PERMISSIONS[name](person, thing)} == TABLE[name]


def test_what_one_may_do_about_oneself(group, organiser, member, former):
    own = Membership.objects.get(user=member)
    assert PERMISSIONS["members.leave"](member, own)
    assert PERMISSIONS["members.see-address"](member, own)
    assert not PERMISSIONS["members.remove"](organiser, Membership.objects.get(user=organiser))
    assert not PERMISSIONS["members.leave"](former, Membership.objects.get(user=former))
