"""The frame in a real browser: under the real content security policy, by keyboard, in both themes, for axe."""

import re

import pytest
from django.test import Client

from tests.frontend.looks import faults

pytestmark = pytest.mark.browser


@pytest.fixture
def guide(live_server, settings, page):
    """The style guide, opened, with every refusal of the browser collected in `page.refused`."""
    settings.DEBUG = True
    page.refused = []
    page.on("console", lambda line: page.refused.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: page.refused.append(str(error)))
    page.goto(f"{live_server.url}/styleguide/")
    return page


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["wide-light", "phone-dark"]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(live_server, settings, browser, size, scheme):
    settings.DEBUG = True
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{live_server.url}/styleguide/")
    assert faults(page) == []
    context.close()


def test_the_page_asks_for_nothing_that_the_policy_forbids(guide):
    guide.wait_for_load_state("networkidle")
    assert guide.refused == []


def test_a_chosen_theme_stands_in_the_page_as_it_comes_from_the_server(guide):
    guide.get_by_role("button", name="Ana Souza your menu").click()
    guide.get_by_role("button", name="Ink").click()
    assert guide.locator("html").get_attribute("data-theme") == "ink"
    answer = guide.request.get(guide.url)
    assert 'data-theme="ink"' in answer.text()
    guide.reload()
    guide.get_by_role("button", name="Ana Souza your menu").click()
    guide.get_by_role("button", name="Device").click()
    assert "data-theme" not in guide.request.get(guide.url).text().split("<head>")[0]


def test_j_and_k_walk_the_rows(guide):
    guide.locator("h1").click()
    guide.keyboard.press("j")
    assert guide.evaluate("document.activeElement.textContent").startswith("Deep Learning, chapter 6")
    guide.keyboard.press("j")
    assert guide.evaluate("document.activeElement.textContent") == "Attention Is All You Need"
    guide.keyboard.press("k")
    assert guide.evaluate("document.activeElement.textContent").startswith("Deep Learning, chapter 6")


def test_letters_typed_into_a_field_stay_letters(guide):
    guide.get_by_label("Title").first.fill("")
    guide.get_by_label("Title").first.press_sequentially("jk?n")
    assert guide.get_by_label("Title").first.input_value() == "jk?n"


def test_the_question_mark_shows_the_shortcuts_and_escape_gives_the_focus_back(guide):
    guide.get_by_role("link", name="All readings").focus()
    guide.keyboard.press("?")
    assert guide.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
    guide.keyboard.press("Escape")
    assert not guide.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
    assert guide.evaluate("document.activeElement.textContent") == "All readings"


def test_a_verb_that_asks_once_more_can_be_cancelled(guide):
    opener = guide.get_by_role("button", name="Cancel session").nth(1)
    opener.click()
    dialog = guide.get_by_role("dialog", name=re.compile("Cancel the session of"))
    assert dialog.get_by_role("button", name="Cancel session").is_visible()
    dialog.get_by_role("button", name="Cancel", exact=True).click()
    assert not dialog.is_visible()


@pytest.fixture
def without_script(live_server, settings, browser):
    settings.DEBUG = True
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server.url}/styleguide/")
    yield page
    context.close()


def test_menus_and_dialogs_open_without_javascript(without_script):
    without_script.get_by_role("button", name="More", exact=True).click()
    assert without_script.get_by_role("link", name="Accountability").is_visible()
    without_script.keyboard.press("Escape")
    without_script.get_by_role("button", name="Cancel session").nth(1).click()
    assert without_script.get_by_role("heading", name=re.compile("Cancel the session of")).is_visible()


def test_a_message_goes_away_when_dismissed(guide):
    assert guide.locator(".message").count() == 2
    guide.get_by_role("button", name="Dismiss").first.click()
    assert guide.locator("#messages .message").count() == 1


def test_an_answer_that_fails_says_what_to_do(guide):
    guide.evaluate("""document.dispatchEvent(new CustomEvent("htmx:responseError", {detail: {xhr: {status: 429}}}))""")
    assert guide.get_by_text("Wait a minute and try again").first.is_visible()


def test_a_skip_link_is_the_first_stop(client_of, member, group, live_server, page):
    client: Client = client_of(member)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/groups/{group.slug}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('header') === null")


def test_a_session_that_ended_leads_to_the_log_in_and_back_not_into_the_list(
    client_of, member, group, live_server, page
):
    cookie = client_of(member).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/groups/{group.slug}/readings/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("searchbox").press_sequentially("softmax")
    page.wait_for_url("**/account/login/**")
    assert "next=%2Fgroups%2Fgradient-circle%2Freadings%2F" in page.url
    assert page.get_by_role("heading", level=1).count() == 1
