"""Pages about a group, its people and its invitations."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from members.actions.groups import fingerprint
from members.models import Group, Invitation, Membership, Role
from tests.conftest import NOON
from tests.factories import GroupFactory, InvitationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def address(name, group, *args):
    return reverse(f"members:{name}", args=[group.slug, *args])


def later():
    return timezone.now() + timedelta(days=7)


def settings_of(group, **changes):
    fields = {name: getattr(group, name) for name in ("name", "purpose", "time_zone", "cadence", "prerequisites")}
    return {**fields, "seen": fingerprint(group), **changes}


# Making and changing a group


def test_making_a_group_leads_to_inviting_people(client_of, stranger):
    client = client_of(stranger)
    page = client.get(reverse("members:new"))
    assert 'value="Europe/Berlin"' in page.content.decode()  # one's own zone is proposed
    data = {"name": " Kernel   Club ", "time_zone": "tokyo", "cadence": "biweekly"}
    response = client.post(reverse("members:new"), data)
    group = Group.objects.get()
    assert response["Location"] == address("invite", group)
    assert (group.name, group.time_zone, group.cadence) == ("Kernel Club", "Asia/Tokyo", "biweekly")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": " … "}, "Give the group a name with at least one letter."),
        ({"time_zone": "Atlantis"}, "“Atlantis” is not a time zone we know. Choose one from the list"),
        ({"purpose": "x" * 601}, "at most 600 characters"),
    ],
)
def test_a_refused_group_keeps_what_was_typed(client_of, stranger, changes, words):
    data = {"name": "Kernel Club", "purpose": "Kernels.", "time_zone": "UTC", "cadence": "weekly", **changes}
    response = client_of(stranger).post(reverse("members:new"), data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert all(typed in text for typed in data.values())
    assert not Group.objects.exists()


def test_new_is_not_the_home_of_a_group(client_of, stranger):
    assert client_of(stranger).get("/groups/new/").templates[0].name == "members/new.html"


def test_an_organiser_changes_the_settings_and_a_member_reads_them(client_of, group, organiser, member):
    client = client_of(organiser)
    assert client.post(address("settings", group), settings_of(group, name="Gradient Ring")).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.slug) == ("Gradient Ring", "gradient-circle")
    page = client_of(member).get(address("settings", group)).content.decode()
    assert "Gradient Ring" in page
    assert "Save settings" not in page


def test_a_stale_settings_form_is_refused_once_with_what_stands_now(client_of, group, organiser):
    stale = settings_of(group, purpose="Mine.")
    Group.objects.filter(pk=group.pk).update(purpose="Theirs.")
    client = client_of(organiser)
    refused = client.post(address("settings", group), stale)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "Another organiser changed these settings while this page was open." in text
    assert "Mine." in text
    again = {**stale, "seen": refused.context["form"]["seen"].value()}
    assert client.post(address("settings", group), again).status_code == 302
    group.refresh_from_db()
    assert group.purpose == "Mine."


# People


def test_the_list_shows_each_person_with_the_hour_at_theirs(client_of, group, organiser, observer, former):
    MembershipFactory(group=group, user__name="Ken", user__time_zone="Asia/Kathmandu", user__affiliation="TU")
    page = client_of(observer).get(address("list", group))
    assert [row["person"].name for row in page.context["rows"]] == ["Ana Organiser", "Ken", "Cleo Observer"]
    assert "UTC+05:45" in page.content.decode()
    assert "Dora Former" not in page.content.decode()
    assert "Dora Former" in client_of(organiser).get(address("list", group)).content.decode()


@pytest.mark.parametrize("name", ["list", "invitations"])
def test_lists_cost_the_same_queries_for_one_and_for_thirty(
    client_of, group, organiser, name, django_assert_max_num_queries, django_assert_num_queries
):
    client = client_of(organiser)
    InvitationFactory(group=group, created_by=organiser, expires_at=later())
    client.get(address(name, group))
    with django_assert_max_num_queries(12) as one:
        client.get(address(name, group))
    for _ in range(29):
        invitation = InvitationFactory(group=group, created_by=UserFactory(), expires_at=later(), email="a@b.example")
        MembershipFactory(group=group, invitation=invitation)
        MembershipFactory(group=group, left_at=NOON)
    with django_assert_num_queries(len(one.captured_queries)):
        page = client.get(address(name, group))
    assert len(page.context["rows"]) == 30


def test_a_long_list_has_pages(client_of, group, organiser):
    MembershipFactory.create_batch(31, group=group)
    page = client_of(organiser).get(address("list", group) + "?page=2")
    assert len(page.context["rows"]) == 2
    assert "31–32 of 32 people" in page.content.decode()


def test_addresses_are_seen_by_their_owner_and_by_organisers(client_of, group, organiser, member, observer):
    where = address("detail", group, member.pk)
    assert member.email in client_of(organiser).get(where).content.decode()
    assert member.email in client_of(member).get(where).content.decode()
    mine = client_of(observer).get(where).content.decode()
    assert "Ben Member" in mine
    assert member.email not in mine
    assert "Change role" not in mine
    assert "Remove" not in mine


def test_an_organiser_changes_a_role(client_of, group, organiser, member):
    response = client_of(organiser).post(address("change-role", group, member.pk), {"role": "observer"}, follow=True)
    assert "Ben Member is now an observer." in response.content.decode()
    assert member.role_in(group) == Role.OBSERVER


@pytest.mark.parametrize(
    ("role", "words"), [("member", "Hand the group over, or make someone else"), ("king", "king is not one of")]
)
def test_a_refused_role_says_why(client_of, group, organiser, role, words):
    response = client_of(organiser).post(address("change-role", group, organiser.pk), {"role": role})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert organiser.role_in(group) == Role.ORGANISER


def test_a_removed_person_loses_access_and_can_be_put_back(client_of, group, organiser, member):
    theirs = client_of(member)
    assert theirs.get(address("list", group)).status_code == 200
    page = client_of(organiser).post(address("remove", group, member.pk), follow=True)
    assert "Ben Member is removed" in page.content.decode()
    assert theirs.get(address("list", group)).status_code == 404
    assert theirs.get(group.get_absolute_url()).status_code == 404
    page = client_of(organiser).post(address("restore", group, member.pk), follow=True)
    assert "Ben Member is back as a member." in page.content.decode()
    assert theirs.get(address("list", group)).status_code == 200


def test_a_stale_page_about_someone_who_has_left_says_so(client_of, group, organiser, member):
    Membership.objects.filter(user=member).update(left_at=NOON)
    client = client_of(organiser)
    assert (
        "no longer in this group"
        in client.post(address("change-role", group, member.pk), {"role": "observer"}).content.decode()
    )
    assert "no longer in this group" in client.post(address("remove", group, member.pk), follow=True).content.decode()
    assert "left by themselves" in client.post(address("restore", group, member.pk), follow=True).content.decode()


def test_a_person_of_another_group_has_no_page_here(client_of, group, organiser):
    other = MembershipFactory(group=GroupFactory()).user
    for name in ("change-role", "remove", "restore"):
        assert client_of(organiser).post(address(name, group, other.pk), {"role": "member"}).status_code == 404


def test_leaving_asks_first_and_then_closes_the_door(client_of, group, organiser, member):
    client = client_of(member)
    assert "You lose access at once" in client.get(address("leave", group)).content.decode()
    response = client.post(address("leave", group), follow=True)
    assert "You have left Gradient Circle." in response.content.decode()
    assert client.get(address("list", group)).status_code == 404


def test_the_last_organiser_is_led_to_handing_over(client_of, group, organiser, member):
    client = client_of(organiser)
    assert address("hand-over", group) in client.get(address("leave", group)).content.decode()
    refused = client.post(address("leave", group))
    assert refused.status_code == 422
    assert "You are the only organiser" in refused.content.decode()
    to = Membership.objects.get(user=member)
    response = client.post(address("hand-over", group), {"to": to.pk}, follow=True)
    assert "Ben Member organises Gradient Circle now." in response.content.decode()
    assert client.post(address("leave", group)).status_code == 302


def test_handing_over_to_someone_who_left_meanwhile_is_refused(client_of, group, organiser, former):
    to = Membership.objects.get(user=former)
    response = client_of(organiser).post(address("hand-over", group), {"to": to.pk})
    assert response.status_code == 422
    assert "This person is no longer in the group." in response.content.decode()


# Invitations


def test_inviting_by_mail_reads_addresses_however_they_are_pasted(client_of, group, organiser, monkeypatch):
    data = {
        "emails": "Ana Ruiz <ana@example.org>; ben@example.org,\n\n  CHIARA@example.org dora@example.org\n",
        "role": "member",
        "days": "7",
        "message": "Hello.",
    }
    response = client_of(organiser).post(address("invite", group), data, follow=True)
    assert "An invitation is on its way to 4 people." in response.content.decode()
    assert sorted(Invitation.objects.values_list("email", flat=True)) == [
        "ana@example.org",
        "ben@example.org",
        "chiara@example.org",
        "dora@example.org",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"emails": "ana@example.org, nonsense"}, "Not a mail address: “nonsense”."),
        ({"emails": " , ;\n"}, "Write at least one mail address."),
        ({"emails": ",".join(f"p{n}@example.org" for n in range(51))}, "These are 51 addresses; at most 50"),
        ({"emails": "<>"}, "Not a mail address"),
        ({"role": "owner"}, "owner is not one of"),
        ({"days": "4000"}, "4000 is not one of"),
        ({"message": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_refused_invitation_sends_nothing_and_keeps_what_was_typed(client_of, group, organiser, changes, words):
    data = {"emails": "ana@example.org", "role": "member", "days": "7", "message": "Hello there.", **changes}
    response = client_of(organiser).post(address("invite", group), data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert data["message"] in text
    assert not Invitation.objects.exists()


def test_who_is_in_or_invited_already_is_named(client_of, group, organiser, member):
    client = client_of(organiser)
    data = {"emails": f"{member.email} new@example.org", "role": "member", "days": "7"}
    assert (
        f"In the group already: {member.email}."
        in client.post(address("invite", group), data, follow=True).content.decode()
    )
    assert (
        "Already invited, so no second mail went out: new@example.org."
        in client.post(address("invite", group), data, follow=True).content.decode()
    )
    assert Invitation.objects.count() == 1


def test_a_link_is_made_listed_and_withdrawn(client_of, group, organiser):
    client = client_of(organiser)
    data = {"max_uses": "3", "role": "observer", "days": "14"}
    page = client.post(address("invite-link", group), data, follow=True)
    link = Invitation.objects.get()
    assert (link.max_uses, link.role, link.email) == (3, Role.OBSERVER, "")
    assert link.get_absolute_url() in page.content.decode()
    page = client.post(address("revoke", group, link.pk), follow=True)
    assert link.get_absolute_url() not in page.content.decode()
    closed = client.get(address("invitations", group) + "?show=closed").content.decode()
    assert "Withdrawn" in closed
    assert link.get_absolute_url() not in closed


@pytest.mark.parametrize("max_uses", ["0", "501", "2.5", "many", ""])
def test_a_link_has_a_sensible_number_of_uses(client_of, group, organiser, max_uses):
    data = {"max_uses": max_uses, "role": "member", "days": "14"}
    assert client_of(organiser).post(address("invite-link", group), data).status_code == 422
    assert not Invitation.objects.exists()


def test_a_link_for_organisers_of_several_uses_is_refused_at_its_field(client_of, group, organiser):
    data = {"max_uses": "2", "role": "organiser", "days": "14"}
    response = client_of(organiser).post(address("invite-link", group), data)
    assert response.context["form"].errors["max_uses"] == [
        "A link that makes organisers can be used once only. Write 1, or choose another role."
    ]


def test_the_list_says_how_each_mail_fared_and_who_joined(client_of, group, organiser):
    failed = {"email": "a@example.org", "send_error": "The mail server said: full"}
    sent = {"email": "b@example.org", "sent_at": NOON}
    for fields in (failed, sent, {"email": "c@example.org"}):
        InvitationFactory(group=group, created_by=organiser, expires_at=later(), **fields)
    link = InvitationFactory(group=group, created_by=organiser, expires_at=later(), max_uses=5, uses=1)
    MembershipFactory(group=group, user__name="Ken", invitation=link)
    text = client_of(organiser).get(address("invitations", group)).content.decode()
    for words in ("The mail server said: full", "Mail sent", "waiting to be sent", "1 of 5 used", ">Ken</a>"):
        assert words in text


def test_an_invitation_of_another_group_is_not_found(client_of, group, organiser):
    foreign = InvitationFactory(group=GroupFactory(), expires_at=later(), email="a@example.org")
    for name in ("revoke", "resend"):
        assert client_of(organiser).post(address(name, group, foreign.pk)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_inviting_has_a_rate_limit(client_of, group, organiser):
    client = client_of(organiser)
    statuses = [client.post(address("invite", group), {}).status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]


# Accepting


def test_an_invitation_shows_the_group_to_someone_signed_out(client, group, organiser):
    group.purpose, group.prerequisites = "We derive <gradients>.", "Linear algebra."
    group.save()
    link = InvitationFactory(group=group, created_by=organiser, expires_at=later(), message="Come along.")
    page = client.get(link.get_absolute_url())
    text = page.content.decode()
    for words in ("Gradient Circle", "Ana Organiser", "We derive &lt;gradients&gt;.", "Linear algebra.", "Come along."):
        assert words in text
    assert "session" not in page.cookies  # GET changes nothing
    link.refresh_from_db()
    assert link.uses == 0


def test_someone_logged_in_joins_with_one_press(client_of, group, organiser, stranger):
    link = InvitationFactory(group=group, created_by=organiser, expires_at=later(), email="other@example.org")
    client = client_of(stranger)
    assert "Sent to" in client.get(link.get_absolute_url()).content.decode()
    response = client.post(link.get_absolute_url())
    assert response["Location"] == group.get_absolute_url()
    assert client.get(group.get_absolute_url()).status_code == 200
    again = client.get(link.get_absolute_url())
    assert again.status_code == 200
    assert "You are in this group already." in again.content.decode()
    assert client.post(link.get_absolute_url())["Location"] == group.get_absolute_url()


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"expires_at": NOON - timedelta(days=900)}, 410, "This invitation ended on"),
        ({"uses": 1}, 410, "This invitation was used up"),
        ({"revoked_at": NOON - timedelta(days=900)}, 410, "This invitation was withdrawn on"),
    ],
)
def test_a_closed_invitation_is_gone_for_everyone_alike(
    client, client_of, group, organiser, stranger, fields, status, words
):
    link = InvitationFactory(group=group, created_by=organiser, **{"expires_at": later(), **fields})
    for browser in (client, client_of(stranger)):
        for response in (browser.get(link.get_absolute_url()), browser.post(link.get_absolute_url())):
            assert response.status_code == status
            assert words in response.content.decode()
            assert "Ask Ana Organiser for a new one." in response.content.decode()
    assert stranger.role_in(group) is None


def test_an_unknown_invitation_is_not_found(client):
    response = client.get(reverse("members:accept", args=["no-such-token"]))
    assert response.status_code == 404
    assert "No invitation has this address" in response.content.decode()


def test_someone_removed_cannot_come_back_by_the_old_link(client_of, group, organiser, member):
    yesterday = timezone.now() - timedelta(days=1)
    link = InvitationFactory(group=group, created_by=organiser, expires_at=later(), created_at=yesterday)
    Membership.objects.filter(user=member).update(left_at=timezone.now(), removed_by=organiser)
    response = client_of(member).post(link.get_absolute_url())
    assert response.status_code == 410
    assert "An organiser removed you" in response.content.decode()


# Oneself


def test_a_profile_is_saved_with_the_theme_of_this_device(client_of, stranger):
    client = client_of(stranger)
    data = {"name": "Emil", "time_zone": "new york", "affiliation": "TU", "about": "Kernels.", "theme": "ink"}
    response = client.post(reverse("members:profile"), data)
    stranger.refresh_from_db()
    assert (stranger.name, stranger.time_zone, stranger.about) == ("Emil", "America/New_York", "Kernels.")
    assert response.cookies["theme"].value == "ink"
    response = client.post(reverse("members:profile"), {**data, "theme": ""})
    assert response.cookies["theme"].value == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone we know"),
        ({"time_zone": "<script>"}, "“&lt;script&gt;” is not a time zone we know"),
        ({"name": " "}, "This field is required."),
        ({"about": "x" * 2001}, "At most 2000 characters; this is 2001."),
        ({"theme": "neon"}, "neon is not one of"),
    ],
)
def test_a_refused_profile_keeps_what_was_typed(client_of, stranger, changes, words):
    data = {"name": "Emil", "time_zone": "UTC", "affiliation": "My Place", "about": "", "theme": "", **changes}
    response = client_of(stranger).post(reverse("members:profile"), data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "My Place" in response.content.decode()
    stranger.refresh_from_db()
    assert (stranger.name, stranger.time_zone) == ("Emil Stranger", "Europe/Berlin")


def test_the_changes_of_a_group_tell_who_came_and_went(group, organiser):
    from members.panels import people_changes

    MembershipFactory(group=group, user__name="Ken", joined_at=NOON)
    MembershipFactory(group=group, user__name="Lea", left_at=NOON)
    MembershipFactory(group=group, user__name="Mo", left_at=NOON, removed_by=organiser)
    MembershipFactory(group=group, user__name="Old")
    since, until = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
    told = people_changes(group=group, since=since, until=until, user=organiser)
    assert {(change.who, change.text) for change in told} == {
        ("Ken", "joined as member"),
        ("Lea", "left the group"),
        ("Mo", "is no longer in the group"),
    }


def test_an_invitation_is_sent_again_or_the_refusal_is_said(client_of, group, organiser):
    client = client_of(organiser)
    mailed = InvitationFactory(group=group, expires_at=later(), email="ken@example.org", sent_at=NOON)
    page = client.post(address("resend", group, mailed.pk), follow=True)
    assert "on its way to ken@example.org once more" in page.content.decode()
    mailed.refresh_from_db()
    assert mailed.sent_at is None
    link = InvitationFactory(group=group, expires_at=later())
    page = client.post(address("resend", group, link.pk), follow=True)
    assert "This is a link, so there is nobody to mail it to." in page.content.decode()


HUGE = 10**30


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("detail", "get"),
        ("change-role", "post"),
        ("remove", "post"),
        ("restore", "post"),
        ("revoke", "post"),
        ("resend", "post"),
    ],
)
@pytest.mark.parametrize("number", [0, 2**31, 2**63, HUGE])
def test_a_number_that_is_nobodys_is_not_found(client_of, group, organiser, name, method, number):
    assert getattr(client_of(organiser), method)(address(name, group, number)).status_code == 404


@pytest.mark.parametrize("path", ["invitations/%00/", "invitations/a%00b/", "groups/%00/members/", "groups/é/members/"])
def test_addresses_with_strange_characters_are_not_found(client_of, organiser, path):
    assert client_of(organiser).get(f"/{path}").status_code == 404


@pytest.mark.parametrize("to", [0, HUGE, "x", "", "\x00"])
def test_handing_over_to_nonsense_is_refused(client_of, group, organiser, to):
    assert client_of(organiser).post(address("hand-over", group), {"to": to}).status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "x", "999", str(HUGE), "9" * 5000])
def test_a_page_that_does_not_exist_shows_the_nearest(client_of, group, organiser, page):
    for name in ("list", "invitations"):
        assert client_of(organiser).get(address(name, group), {"page": page, "show": page}).status_code == 200
