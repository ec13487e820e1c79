"""Comparing, restoring, deciding a conflict and arranging approaches: by keyboard, without a script, on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import add_approach, create_note, keep_draft, run_check, save_note, share_statement
from derivations.models import Check, Draft
from tests.conftest import NOON
from tests.derivations.test_comparing import RIGHT, WRONG
from tests.frontend.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPENED = "one\n\ntwo\n\nthree\n\nfour\n"


@pytest.fixture
def open_page(client_of, member, live_server, browser):
    """`open_page(person, script=False, …)` is a page of a signed-in member."""
    contexts, complaints = [], []

    def opened(person=None, *, size=(1280, 800), scheme="light", script=True):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        key = client_of(person or member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def note(group, organiser):
    """Three revisions, all checked: a slip, and the slip mended."""
    note = create_note(group=group, by=organiser, title="Quadratic form", body=RIGHT, now=NOON)
    save_note(note=note, by=organiser, base=1, title=note.title, body=WRONG, now=NOON)
    save_note(note=note, by=organiser, base=2, title=note.title, body=f"{RIGHT}\nMended.\n", now=NOON)
    for check in Check.objects.all():
        run_check(check_id=check.pk, now=NOON)
    note.refresh_from_db()
    return note


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def test_one_walks_through_changes_by_keyboard(open_page, group, note):
    page = open_page()
    page.goto(at("compare", group, note.pk))
    summary = page.locator(".compare-summary")
    expect(summary).to_contain_text("fails")
    page.press("body", "h")
    page.wait_for_url("**old=1&new=2")
    expect(summary.locator(".compare-moves li").first).to_contain_text("holds")
    page.press("body", "l")
    page.wait_for_url("**old=2&new=3")
    page.press("body", "j")
    assert page.evaluate("document.activeElement.closest('.compare-part').id") == "change-1"
    page.press("body", "j")
    assert page.evaluate("document.activeElement.closest('.compare-part').id") == "change-2"


def test_without_a_script_one_compares_restores_and_reads_what_stayed(open_page, group, note):
    page = open_page(script=False)
    page.goto(at("compare", group, note.pk))
    page.fill("#compare-old", "1")
    page.fill("#compare-new", "2")
    page.click("text=Compare >> nth=0")
    expect(page.locator("h1")).to_have_text("Revision 1 and 2")
    fold = page.locator(".compare-fold").first
    fold.locator("summary").click()
    expect(fold.locator(".prose-note")).to_be_visible()
    page.click("text=The source")
    expect(page.locator(".text-diff ins")).to_contain_text("= A x")
    page.click("text=Restore revision 1")
    expect(page.locator(".compare-summary")).to_be_visible()
    page.click("button:has-text('Restore revision 1')")
    expect(page.locator("h1")).to_have_text(note.title)
    note.refresh_from_db()
    assert note.number == 4


def test_without_a_script_a_conflict_is_decided_place_by_place(open_page, member, organiser, group):
    note = create_note(group=group, by=organiser, title="Softmax", body=OPENED, now=NOON)
    page = open_page(script=False)
    page.goto(at("edit", group, note.pk))
    theirs = OPENED.replace("two", "two by Ana").replace("four", "four by Ana") + "\nfive by Ana\n"
    save_note(note=note, by=organiser, base=1, title="Softmax", body=theirs, now=NOON)
    page.fill("[name=body]", "zero by Ben\n\n" + OPENED.replace("two", "two by Ben").replace("four", "four by Ben"))
    page.click("form[data-note-form] .btn-primary")
    page.check("[name=choice-1][value=both]")
    page.click("text=Save what I chose")
    expect(page.locator("#still-to-choose")).to_contain_text("at place 2")
    expect(page.locator("[name=choice-1][value=both]")).to_be_checked()
    page.check("[name=choice-2][value=theirs]")
    page.click("text=Save what I chose")
    expect(page.locator("h1")).to_have_text("Softmax")
    note.refresh_from_db()
    assert note.body.startswith("zero by Ben\n\none\n\ntwo by Ben\ntwo by Ana\n\nthree\n\nfour by Ana\n")


def test_two_people_at_once_lose_nothing(open_page, organiser, group):
    note = create_note(group=group, by=organiser, title="Softmax", body=OPENED, now=NOON)
    ana, ben = open_page(organiser), open_page()
    for page, text in ((ana, OPENED.replace("two", "two by Ana")), (ben, OPENED.replace("two", "two by Ben"))):
        page.goto(at("edit", group, note.pk))
        page.fill("[name=body]", text)
        expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft")
    ana.click("form[data-note-form] .btn-primary")
    expect(ana.locator("article")).to_contain_text("two by Ana")
    ben.click("form[data-note-form] .btn-primary")
    expect(ben.locator("#conflict-title")).to_contain_text("Ana Organiser saved revision 2 while you were writing")
    ben.check("[name=choice-1][value=both]")
    ben.click("text=Save what I chose")
    expect(ben.locator("article")).to_contain_text("two by Ben two by Ana")
    assert not Draft.objects.exists()
    ben.goto(at("edit", group, note.pk))
    expect(ben.locator("[data-draft-bar]")).not_to_be_visible()


def test_approaches_are_ordered_by_keyboard(open_page, member, organiser, group):
    notes = [create_note(group=group, by=organiser, title=f"Way {n}", body="$x$", now=NOON) for n in range(2)]
    statement = share_statement(note=notes[0], title="Least squares", kind="algebraic", by=member, now=NOON)
    add_approach(statement=statement, note=notes[1], kind="geometric", by=member)
    page = open_page()
    page.goto(at("approach", group, statement.pk))
    page.focus(".way >> nth=0 >> button[value=later]")
    page.keyboard.press("Enter")
    page.wait_for_url("**#way-*")
    expect(page.locator(".way h2")).to_have_text(["Way 1", "Way 0"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.way')?.querySelector('h2').textContent") == "Way 0"


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["desk-light", "phone-dark"]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    open_page, group, member, organiser, note, size, scheme
):
    typed = {"title": "Half", "body": "$x$ and half a thought", "base": 2, "now": NOON}
    draft = keep_draft(group=group, note=note, by=member, token="token-of-tab", **typed)
    statement = share_statement(
        note=note, title="Softmax", kind="algebraic", text="$$p - y$$", by=member, now=NOON
    )  # fmt: skip
    other = create_note(group=group, by=member, title="Another", body=note.body, now=NOON)
    add_approach(statement=statement, note=other, kind="other", label="by hand", by=member)
    create_note(group=group, by=member, title="A third", body="x", now=NOON)
    compare = at("compare", group, note.pk)
    pages = [
        compare, f"{compare}?old=1&new=2&view=source", at("restore", group, note.pk, 2), at("edit", group, note.pk),
        at("drafts", group), at("draft", group, draft.pk), at("list", group),
        f"{at('edit', group, note.pk)}?draft={draft.pk}",
        at("approach", group, statement.pk), at("approaches", group), at("approach-note", group, note.pk),
        at("rename-ways", group, statement.pk), note.get_absolute_url(),
    ]  # fmt: skip
    page = open_page(size=size, scheme=scheme)
    found = {}

    def judge(name):
        if wrong := faults(page):
            found[name] = wrong

    for address in pages:
        page.goto(address)
        judge(address)
    page.goto(at("edit", group, other.pk))
    clash = note.body.replace("Let $A", "Now let $A")
    save_note(note=other, by=organiser, base=1, title="Another", body=clash, now=NOON)
    page.fill("[name=body]", note.body.replace("Let $A", "Here, let $A"))
    page.click("form[data-note-form] .btn-primary")
    page.wait_for_selector(".clash")
    judge("conflict")
    assert found == {}
