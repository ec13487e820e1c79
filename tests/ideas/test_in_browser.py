"""The board in a real browser: by hand, by keys, by the menu, by votes."""

import pytest
from playwright.sync_api import expect

from tests.factories import IdeaFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def board(live_server, page, group, member, client_of):
    """The board of A, B and C in Spark and X in Exploring, open as a member sees it."""
    for position, title in enumerate("ABC"):
        IdeaFactory(group=group, title=title, position=position)
    IdeaFactory(group=group, title="X", stage="exploring", position=0)
    cookie = client_of(member).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/groups/{group.slug}/ideas/")
    return page


def column(page, stage):
    return page.locator(f"#board ol[data-stage={stage}] .board-card-title")


def card(page, title):
    return page.locator("#board li[data-idea]", has=page.get_by_role("link", name=title, exact=True))


def test_a_card_is_moved_by_keys_and_the_move_is_announced(board, titles):
    card(board, "A").locator(".board-card-title").focus()
    board.keyboard.press("Shift+ArrowDown")
    expect(column(board, "spark")).to_have_text(["B", "A", "C"])
    expect(board.locator("#announcer")).to_have_text("“A”: Moved to Spark, 2 of 3.")
    expect(card(board, "A").locator(".board-card-title")).to_be_focused()
    board.keyboard.press("Alt+ArrowRight")
    expect(board.locator("#announcer")).to_have_text("“A”: Moved to Exploring, 2 of 2.")
    expect(card(board, "A").locator(".board-card-title")).to_be_focused()
    assert (titles("spark"), titles("exploring")) == ("BC", "XA")
    expect(board.locator("#stage-exploring [data-count]")).to_have_text("2")
    board.keyboard.press("Shift+ArrowRight")
    expect(board.locator("#announcer")).to_have_text("“A”: Moved to Drafting, 1 of 1.")
    assert board.errors == []


def test_a_move_is_undone_from_its_message(board, titles):
    card(board, "B").locator(".board-card-title").focus()
    board.keyboard.press("Shift+ArrowRight")
    expect(column(board, "exploring")).to_have_text(["X", "B"])
    board.get_by_role("button", name="Undo").click()
    expect(column(board, "spark")).to_have_text(["A", "B", "C"])
    expect(board.locator("#announcer")).to_have_text("Move undone. Moved to Spark, 2 of 3.")
    assert titles("spark") == "ABC"


def test_a_card_is_moved_by_the_menu(board, titles):
    card(board, "C").get_by_role("link", name="Move idea").click()
    board.get_by_role("button", name="Parked").click()
    expect(column(board, "parked")).to_have_text(["C"])
    expect(board.locator("#announcer")).to_contain_text("Moved to Parked, 1 of 1.")
    assert titles("parked") == "C"


def test_a_card_is_moved_by_hand(board, titles):
    target = board.locator("#board ol[data-stage=drafting]")
    card(board, "A").drag_to(target, source_position={"x": 12, "y": 8})
    expect(column(board, "drafting")).to_have_text(["A"])
    expect(board.locator("#announcer")).to_contain_text("Moved to Drafting")
    assert titles("drafting") == "A"
    assert board.errors == []


def test_a_refused_move_returns_the_card_and_says_why(board, titles):
    other = board.context.new_page()  # someone else moves both neighbours meanwhile
    other.goto(board.url)
    for number, title in enumerate("AB", start=1):
        card(other, title).get_by_role("link", name="Move idea").click()
        other.get_by_role("button", name="Parked").click()
        expect(other.locator("#announcer")).to_have_text(f"“{title}”: Moved to Parked, 1 of {number}.")
    card(board, "C").locator(".board-card-title").focus()
    board.keyboard.press("Shift+ArrowUp")
    expect(board.locator("#messages .message.error")).to_contain_text("“C” was not moved. The cards beside that place")
    expect(column(board, "spark")).to_have_text(["C"])
    expect(column(board, "parked")).to_have_text(["B", "A"])
    assert (titles("spark"), titles("parked")) == ("C", "BA")


def test_a_vote_is_one_tap(board, group):
    vote = card(board, "A").locator(".board-vote")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(board.locator("#announcer")).to_have_text("You voted for this idea. 1 vote.")
    vote.click()
    expect(board.locator("#announcer")).to_have_text("Vote taken back. 0 votes.")
    assert board.errors == []


def test_an_idea_is_added_in_place_and_can_be_moved_at_once(board, titles):
    board.get_by_label("Title of a new idea").fill("N")
    board.keyboard.press("Enter")
    expect(column(board, "spark")).to_have_text(["N", "A", "B", "C"])
    card(board, "N").locator(".board-card-title").focus()
    board.keyboard.press("Shift+ArrowDown")
    expect(column(board, "spark")).to_have_text(["A", "N", "B", "C"])
    expect(board.locator("#announcer")).to_contain_text("2 of 4")
    assert titles("spark") == "ANBC"
    assert board.errors == []


def test_everything_works_without_javascript(live_server, browser, group, member, client_of, titles):
    IdeaFactory(group=group, title="A")
    context = browser.new_context(java_script_enabled=False)
    cookie = client_of(member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/groups/{group.slug}/ideas/")
    page.locator(".board-vote").click()
    expect(page.locator(".board-vote")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Move idea").click()
    page.get_by_label("Stage").select_option("drafting")
    page.get_by_role("button", name="Move idea").click()
    expect(page.locator("#stage-drafting .board-card-title")).to_have_text("A")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#stage-spark .board-card-title")).to_have_text("A")
    page.get_by_label("Title of a new idea").fill("New")
    page.get_by_role("button", name="Add idea").click()
    expect(page.locator("#stage-spark .board-card-title")).to_have_text(["New", "A"])
    context.close()
