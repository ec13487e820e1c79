"""The room in a real browser: what scripts add, and whether every page can be used by everyone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import ask_for_review, create_note, save_note
from derivations.demo import demo_notes
from derivations.models import Image, Note
from tests.conftest import NOON
from tests.derivations.test_pictures import HTML, encoded
from tests.factories import SessionFactory, WorkFactory
from tests.frontend.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(client_of, member, live_server, browser):
    """`open_page(size, scheme)` is a page of a signed-in member; at the end no script of its pages has failed."""
    contexts, complaints = [], []

    def opened(size=(1280, 800), scheme="light"):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            bypass_csp=False,
        )
        contexts.append(context)
        key = client_of(member).cookies["sessionid"].value
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
def note(group, member, organiser):
    softmax = demo_notes()[-1]
    note = create_note(group=group, by=organiser, title=softmax.title, body=softmax.body, now=NOON)
    save_note(note=note, by=member, base=1, title=note.title, body=f"{note.body}\n- [x] done\n", now=NOON)
    ask_for_review(note=note, reviewers=[member], by=organiser, now=NOON)
    session = SessionFactory(group=group)
    note.sessions.add(session)
    note.works.add(WorkFactory(group=group))
    note.session_pk = session.pk
    return note


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def test_an_answer_that_is_no_preview_leaves_the_last_one_and_says_so(open_page, group):
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=body]", "The loss is $L = -\\log p$.")
    shown, said = page.locator(".markdownx-preview"), page.locator("[data-preview-state]")
    expect(shown.locator("math")).to_have_count(1)
    page.route("**/notes/preview/", lambda route: route.fulfill(status=200, body='{"html": "<p>cut o'))
    page.fill("[name=body]", "Something else.")
    expect(said).to_have_text("The preview could not be drawn. Your text is still here.")
    page.unroute("**/notes/preview/")
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=body]", "Something else again.")
    expect(said).to_contain_text("You are logged out.")
    expect(page.locator("[name=body]")).to_have_value("Something else again.")
    expect(shown).to_contain_text("The loss is")
    expect(page.locator(".is-checking")).to_have_count(0)


def test_the_preview_follows_what_is_typed(open_page, group):
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=body]", "The loss is $L = -\\log p$.")
    expect(page.locator(".markdownx-preview math")).to_have_count(1)
    page.fill("[name=body]", "Now $\\oops$.")
    expect(page.locator("[data-preview-state]")).to_have_text("1 place could not be read as meant:")
    expect(page.locator("[data-problems] li")).to_contain_text(
        "Line 1: `\\oops` is not a command that can be read here."
    )
    page.focus("[name=body]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") != "body", "the Tab key walks on"


def test_a_picture_is_described_and_inserted_where_the_cursor_stands(open_page, group, tmp_path):
    picture, disguised = tmp_path / "plot.png", tmp_path / "page.png"
    picture.write_bytes(encoded())
    disguised.write_bytes(HTML)
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=title]", "With a picture")
    page.fill("[name=body]", "Before.")
    page.click("[data-insert-picture]")
    page.set_input_files("#dialog-picture-file", disguised)
    page.fill("#dialog-picture-alt", "A plot")
    page.click("[data-picture-send]")
    expect(page.locator("[data-picture-error]")).to_contain_text("whatever its name says")
    page.set_input_files("#dialog-picture-file", picture)
    page.fill("#dialog-picture-alt", "")
    page.click("[data-picture-send]")
    expect(page.locator("[data-picture-error]")).to_contain_text("Say in a sentence")
    page.fill("#dialog-picture-alt", "A plot")
    page.click("[data-picture-send]")
    expect(page.locator("#picture-dialog")).not_to_be_visible()
    expect(page.locator(".markdownx-preview img")).to_have_attribute("alt", "A plot")
    page.click("form[data-note-form] .btn-primary")
    page.wait_for_url("**/notes/*/")
    assert f"Before.\n\n![A plot](/pictures/{Image.objects.get().name})" in Note.objects.get().body
    assert page.evaluate("document.querySelector('article img').naturalWidth") == 40


def test_a_dropped_file_opens_the_dialog(open_page, group):
    page = open_page()
    page.goto(at("new", group))
    page.evaluate(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "plot.png", {type: "image/png"}));
            const event = new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
            document.querySelector(".markdownx-editor").dispatchEvent(event);
        }""",
        list(encoded()),
    )
    expect(page.locator("#picture-dialog")).to_be_visible()
    assert page.evaluate("document.querySelector('#dialog-picture-file').files[0].name") == "plot.png"


def test_unsaved_text_is_offered_again_until_it_is_saved(open_page, group):
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=title]", "Half done")
    page.fill("[name=body]", "Half a thought")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept as a draft")
    page.goto(at("list", group))
    page.goto(at("new", group))
    page.click(".draft-left >> text=Take it up")
    assert page.input_value("[name=body]") == "Half a thought"
    page.click("form[data-note-form] .btn-primary")
    page.wait_for_url("**/notes/*/")
    page.goto(at("new", group))
    expect(page.locator(".draft-left")).to_have_count(0)
    expect(page.locator("[data-draft-bar]")).not_to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('note:'))") == []


def test_a_stale_tab_is_shown_both_texts_and_can_save_both_together(open_page, member, group, note):
    page = open_page()
    page.goto(at("edit", group, note.pk))
    text = page.input_value("[name=body]")
    save_note(note=note, by=note.author, base=2, title=note.title, body=text + "\nAna's last line.\n", now=NOON)
    page.fill("[name=body]", "My first line.\n\n" + text)
    page.click("form[data-note-form] .btn-primary")
    expect(page.locator("#conflict-title")).to_contain_text("saved revision 3 while you were writing")
    assert page.input_value("form[data-note-form] [name=body]").startswith("My first line.")
    page.click("text=Save both together")
    page.wait_for_url("**/notes/*/")
    note.refresh_from_db()
    assert note.body.startswith("My first line.")
    assert note.body.endswith("Ana's last line.\n")


def test_the_list_narrows_as_one_types(open_page, member, group, note):
    create_note(group=group, by=member, title="Ridge", body="x", now=NOON)
    page = open_page()
    page.goto(at("list", group))
    page.press("body", "/")
    page.keyboard.type("ridge")
    expect(page.locator(".row-name")).to_have_count(1)
    assert "q=ridge" in page.url


PAGES = ["list", "new", "detail", "edit", "source", "links", "ask", "answer", "history", "compare", "revision", "table"]


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["desk-light", "phone-dark"]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(open_page, group, note, size, scheme):
    page = open_page(size, scheme)
    found = {}
    for name in PAGES:
        args = {"list": [], "new": [], "revision": [note.pk, 1], "table": [note.session_pk]}.get(name, [note.pk])
        page.goto(at("put-on-table" if name == "table" else name, group, *args))
        if name in ("new", "edit"):
            expect(page.locator(".markdownx-preview math")).not_to_have_count(1 if name == "new" else 0)
        if wrong := faults(page):
            found[name] = wrong
    assert found == {}
