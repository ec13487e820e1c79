"""A closed laptop loses nothing: what was typed is there again, in this browser and in any other of the same member."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import create_note, save_note
from derivations.models import Draft
from members.models import Membership
from tests.conftest import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def device(client_of, member, live_server, browser):
    """`device()` is a fresh browser of the signed-in member: nothing is stored in it."""
    contexts = []

    def opened(person=None):
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
        contexts.append(context)
        key = client_of(person or member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def note(group, organiser):
    return create_note(group=group, by=organiser, title="Softmax", body="one\n\ntwo\n", now=NOON)


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def wait_for_draft(body):
    """Until the server has it: a page that was left cannot say so itself."""
    until = time.monotonic() + 20
    while not Draft.objects.filter(body=body).exists():
        assert time.monotonic() < until, f"No draft says {body!r}; there are {list(Draft.objects.values_list('body'))}."
        time.sleep(0.05)


def test_a_laptop_that_is_closed_without_saving_loses_nothing(device, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.fill("[name=body]", "one\n\ntwo, and a thought on the train\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    page.context.close()

    other = device()
    other.goto(at("edit", group, note.pk))
    assert other.input_value("[name=body]") == "one\n\ntwo\n"
    left = other.locator(".draft-left")
    expect(left).to_contain_text("on another device, and did not save it")
    left.get_by_role("link", name="Compare").click()
    expect(other.locator("ins")).to_contain_text("and a thought on the train")
    other.get_by_role("link", name="Take it up").click()
    assert other.input_value("[name=body]") == "one\n\ntwo, and a thought on the train\n"
    other.click("form[data-note-form] .btn-primary")
    other.wait_for_url(f"**/notes/{note.pk}/")
    expect(other.locator("article")).to_contain_text("and a thought on the train")
    other.goto(at("edit", group, note.pk))
    expect(other.locator(".draft-left")).to_have_count(0)
    expect(other.locator("[data-draft-bar]")).not_to_be_visible()
    assert not Draft.objects.exists()


def test_the_last_keys_go_with_the_page_that_is_left(device, group):
    page = device()
    page.goto(at("new", group))
    page.fill("[name=title]", "Half done")
    page.fill("[name=body]", "Typed a moment ago")
    page.goto(at("list", group))  # sooner than any pause in typing
    wait_for_draft("Typed a moment ago")
    page.goto(at("new", group))
    expect(page.locator(".draft-left")).to_contain_text("You wrote “Half done” on")
    expect(page.locator("[data-draft-elsewhere]")).not_to_be_visible()
    expect(page.locator("[data-draft-bar]")).not_to_be_visible()  # one text is offered once


def test_a_text_thrown_away_is_offered_nowhere_again(device, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.fill("[name=body]", "one\n\ntwo and a half\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    page.goto(at("edit", group, note.pk))
    page.locator(".draft-left").get_by_role("button", name="Throw it away").first.click()
    page.locator("dialog[open], dialog:popover-open").get_by_role("button", name="Throw it away").click()
    expect(page.locator(".messages")).to_contain_text("thrown away")
    expect(page.locator(".draft-left")).to_have_count(0)
    expect(page.locator("[data-draft-bar]")).not_to_be_visible()
    assert not Draft.objects.exists()


def test_without_the_server_the_browser_keeps_the_text(device, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.context.set_offline(True)
    page.fill("[name=body]", "one\n\ntwo, in a tunnel\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    page.context.set_offline(False)
    assert not Draft.objects.exists()
    page.evaluate("document.querySelector('[data-note-form]').remove()")  # no beacon goes with the page
    page.goto(at("edit", group, note.pk))
    page.click("[data-draft-restore]")
    assert page.input_value("[name=body]") == "one\n\ntwo, in a tunnel\n"


def test_who_was_logged_out_is_told_and_keeps_the_text(device, client_of, live_server, member, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=body]", "one\n\ntwo, typed in vain\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("You are logged out")
    key = client_of(member).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.evaluate("document.querySelector('[data-note-form]').remove()")  # no beacon goes with the page
    page.goto(at("edit", group, note.pk))
    page.click("[data-draft-restore]")
    assert page.input_value("[name=body]") == "one\n\ntwo, typed in vain\n"


def test_who_may_only_observe_by_now_is_told_that_and_not_of_a_log_in(device, member, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    Membership.objects.filter(user=member).update(role="observer")
    page.fill("[name=body]", "one\n\ntwo, typed in vain\n")
    expect(page.locator("[data-draft-state]")).to_have_text("Observers read notes.")


def test_two_devices_that_write_on_in_one_text_lose_neither(device, group, note):
    one = device()
    one.goto(at("edit", group, note.pk))
    one.fill("[name=body]", "begun")
    expect(one.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    other = device()
    other.goto(at("edit", group, note.pk))
    other.get_by_role("link", name="Take it up").click()
    one.fill("[name=body]", "begun, and on at the desk")
    wait_for_draft("begun, and on at the desk")
    other.fill("[name=body]", "begun, and on in the train")
    expect(other.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    bodies = {draft.body for draft in Draft.objects.all()}
    assert bodies == {"begun, and on at the desk", "begun, and on in the train"}


def test_another_member_at_the_same_browser_is_shown_nothing(device, client_of, live_server, organiser, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.fill("[name=body]", "only mine\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    key = client_of(organiser).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.goto(at("edit", group, note.pk))
    expect(page.locator(".draft-left")).to_have_count(0)
    expect(page.locator("[data-draft-bar]")).not_to_be_visible()


def test_a_draft_on_an_old_revision_is_shown_beside_what_was_saved_since(device, organiser, group, note):
    page = device()
    page.goto(at("edit", group, note.pk))
    page.fill("[name=body]", "mine\n\ntwo\n")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    save_note(note=note, by=organiser, base=1, title="Softmax", body="theirs\n\ntwo\n", now=NOON)
    other = device()
    other.goto(at("edit", group, note.pk))
    other.get_by_role("link", name="Take it up").click()
    other.click("form[data-note-form] .btn-primary")
    expect(other.locator("#conflict-title")).to_contain_text("saved revision 2 while you were writing")
    assert other.input_value("form[data-note-form] [name=body]") == "mine\n\ntwo\n"
    assert Draft.objects.get().body == "mine\n\ntwo\n"
