"""Pages about people in a real browser: for axe, on a phone, without JavaScript, in another time zone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from members.models import Membership, User
from tests.factories import InvitationFactory, MembershipFactory
from tests.frontend.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a sentence to keep"


@pytest.fixture
def people(group, organiser, member):
    link = InvitationFactory(
        group=group, created_by=organiser, max_uses=5, expires_at=timezone.now() + timedelta(days=7)
    )
    MembershipFactory(group=group, user__name="Ken", user__time_zone="Asia/Tokyo", invitation=link)
    MembershipFactory(group=group, user__name="Mo", left_at=timezone.now(), removed_by=organiser)
    return link


def log_in(context, live_server, client):
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["wide-light", "phone-dark"]
)
def test_axe_finds_nothing_on_any_page(live_server, browser, client_of, group, organiser, member, people, size, scheme):
    account = ["/profile/", "/account/email/", "/account/password/change/", "/account/2fa/", "/account/logout/"]
    inside = [
        f"/groups/{group.slug}/{path}"
        for path in (
            "members/",
            f"members/{member.pk}/",
            "settings/",
            "leave/",
            "hand-over/",
            "invitations/",
            "invitations/new/",
            "invitations/link/",
        )
    ]
    inside += [*account, "/groups/new/"]
    outside = [people.get_absolute_url(), "/account/login/", "/account/signup/", "/account/password/reset/", "/setup/"]
    found = {}
    for paths, client in ((inside, client_of(organiser)), (outside, None)):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        if client is not None:
            log_in(context, live_server, client)
        page = context.new_page()
        for path in paths:
            page.goto(live_server.url + path)
            if wrong := faults(page):
                found[path] = wrong
        context.close()
    assert found == {}


def test_someone_is_removed_and_put_back_without_javascript(live_server, browser, client_of, group, organiser, people):
    context = browser.new_context(java_script_enabled=False)
    log_in(context, live_server, client_of(organiser))
    page = context.new_page()
    page.goto(f"{live_server.url}/groups/{group.slug}/members/")
    page.get_by_role("link", name="Ken").click()
    page.get_by_role("button", name="Remove from the group").click()
    page.get_by_role("button", name="Remove Ken").click()
    expect(page.get_by_text("Ken is removed")).to_be_visible()
    assert not Membership.objects.get(user__name="Ken").is_current
    page.get_by_role("button", name="Put back Ken").click()
    expect(page.get_by_text("Ken is back as a member.")).to_be_visible()
    context.close()


def test_a_newcomer_in_tokyo_joins_by_a_link_and_has_the_zone_of_the_browser(
    live_server, browser, group, people, mailoutbox
):
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="ja-JP")
    page = context.new_page()
    refused = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto(live_server.url + people.get_absolute_url())
    page.get_by_role("button", name="Sign up and join").click()
    page.get_by_label("Your name").fill("涼子")
    page.get_by_label("Mail address").fill("ryoko@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(mailoutbox[-1].subject.split()[0])
    page.get_by_role("button", name="Confirm address").click()
    expect(page.get_by_text("You are in Gradient Circle.")).to_be_visible()
    ryoko = User.objects.get(email="ryoko@example.org")
    assert (ryoko.name, ryoko.time_zone) == ("涼子", "Asia/Tokyo")
    expect(page.get_by_text("Times in Asia/Tokyo (JST)")).to_be_attached()
    assert refused == []
    context.close()


def test_the_address_of_a_link_is_copied(live_server, browser, client_of, group, organiser, people):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    log_in(context, live_server, client_of(organiser))
    page = context.new_page()
    page.goto(f"{live_server.url}/groups/{group.slug}/invitations/")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(people.get_absolute_url())
    context.close()
