"""The editor in a real browser: toolbar, completion, palette, pairs, marks of problems; undo takes each back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import create_note, draw_again, run_check, save_macros, take_starters
from derivations.models import Check
from tests.conftest import NOON
from tests.derivations.test_in_browser import open_page  # noqa: F401  # a fixture
from tests.factories import NoteFactory
from tests.frontend.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(open_page, group):  # noqa: F811  # the fixture above
    page = open_page()
    page.goto(reverse("derivations:new", args=[group.slug]))
    page.focus("[name=body]")
    return page


def text(page):
    return page.input_value("[name=body]")


def test_the_toolbar_is_one_stop_of_the_tab_key_and_arrows_walk_in_it(editor):
    editor.keyboard.press("Alt+F10")
    expect(editor.get_by_role("button", name="Inline", exact=True)).to_be_focused()
    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("ArrowRight")
    expect(editor.get_by_role("button", name="Align", exact=True)).to_be_focused()
    editor.keyboard.press("End")
    expect(editor.get_by_role("button", name="Full screen", exact=True)).to_be_focused()
    editor.keyboard.press("Home")
    assert editor.locator('[data-toolbar] > button[tabindex="0"]').count() == 1
    editor.keyboard.press("Escape")
    expect(editor.locator("[name=body]")).to_be_focused()


def test_snippets_go_around_what_is_chosen_and_undo_takes_them_back(editor):
    editor.keyboard.type("Take x now")
    editor.evaluate("document.querySelector('[name=body]').setSelectionRange(5, 6)")
    editor.keyboard.press("Control+m")
    assert text(editor) == "Take $x$ now"
    editor.keyboard.press("Control+z")
    assert text(editor) == "Take x now"
    editor.keyboard.press("Control+End")
    editor.get_by_role("button", name="Align", exact=True).click()
    assert text(editor).startswith("Take x now\n\n\\begin{align}\n &=")
    editor.keyboard.press("Control+z")
    assert text(editor) == "Take x now"


def test_a_matrix_has_the_size_that_was_asked_for(editor):
    editor.get_by_role("button", name="Matrix", exact=True).click()
    editor.fill("#matrix-rows", "2")
    editor.fill("#matrix-columns", "3")
    editor.get_by_role("button", name="Insert matrix").click()
    assert text(editor) == "$\\begin{pmatrix}\n   &  &  \\\\\n   &  & \n\\end{pmatrix}$"


def test_a_symbol_is_found_by_its_name_with_the_keyboard_alone(editor):
    editor.keyboard.press("Control+Shift+y")
    expect(editor.locator("[data-palette-filter]")).to_be_focused()
    editor.keyboard.type("gradient")
    editor.keyboard.press("Enter")
    assert text(editor) == "$\\nabla$"
    editor.keyboard.type(" f")
    editor.keyboard.press("Control+Shift+y")
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("Enter")
    assert text(editor) == "$\\nabla f\\beta$"


def test_dollars_and_braces_come_in_pairs_and_can_be_typed_over(editor):
    editor.keyboard.type("$x_{i")
    assert text(editor) == "$x_{i}$"
    editor.keyboard.type("}$ is {y")
    assert text(editor) == "$x_{i}$ is {y"  # words have braces of their own
    editor.keyboard.press("Control+a")
    editor.keyboard.press("Delete")
    editor.keyboard.press("$")
    assert text(editor) == "$$"
    editor.keyboard.press("Backspace")
    assert text(editor) == ""


def test_a_pair_around_a_selection_keeps_it_selected(editor):
    editor.keyboard.type("ab")
    editor.keyboard.press("Shift+ArrowLeft")
    editor.keyboard.press("(")
    assert text(editor) == "a(b)"
    editor.keyboard.press("Control+z")
    assert text(editor) == "ab"


def test_commands_and_the_groups_macros_are_completed(editor, group, member):
    save_macros(group=group, by=member, base=0, text="\\newcommand{\\normal}[1]{\\mathcal{N}(#1)}  % law\n", now=NOON)
    editor.reload()
    editor.focus("[name=body]")
    editor.keyboard.type("\\norm")
    option = editor.get_by_role("option").first
    expect(option).to_contain_text("\\normal{x}")
    expect(editor.locator("[name=body]")).to_have_attribute("aria-expanded", "true")
    editor.keyboard.press("Enter")
    assert text(editor) == "\\normal{}"
    editor.keyboard.type("x")
    assert text(editor) == "\\normal{x}"
    editor.keyboard.press("End")
    editor.keyboard.type(" \\vareps")
    expect(editor.get_by_role("option")).to_have_count(1)
    editor.keyboard.press("Tab")
    assert text(editor) == "\\normal{x} \\varepsilon"
    editor.keyboard.type(" \\al")
    expect(editor.get_by_role("option").first).to_be_visible()
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("option")).to_have_count(0)
    expect(editor.locator("[name=body]")).to_be_focused()


def test_a_link_is_completed_from_the_groups_notes(editor, group):
    NoteFactory(group=group, title="Ridge regression")
    editor.keyboard.type("See [[rid")
    expect(editor.get_by_role("option")).to_have_text("Ridge regression note")
    editor.keyboard.press("Enter")
    assert text(editor) == "See [[Ridge regression]]"
    editor.keyboard.press("Control+z")
    assert text(editor) == "See [[rid"


def test_a_problem_is_marked_beside_its_line_and_leads_there(editor):
    editor.fill("[name=body]", "First.\n\nThen $\\oops$ and $x$.\n\nLast.")
    mark = editor.locator(".editor-mark")
    expect(mark).to_have_attribute("aria-label", "Line 3: `\\oops` is not a command that can be read here.")
    expect(editor.locator(".markdownx-preview math")).to_have_count(1)
    editor.locator("[data-problems]").get_by_role("button", name="Line 3").click()
    assert editor.evaluate("document.activeElement.name") == "body"
    chosen = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"
    assert editor.evaluate(chosen) == "Then $\\oops$ and $x$."
    link = editor.get_by_role("link", name="Make it a macro of the group")
    assert link.get_attribute("href").endswith("?name=oops")
    editor.fill("[name=body]", "Well.")
    expect(mark).to_have_count(0)


def test_the_editor_fills_the_screen_and_escape_leaves(editor):
    editor.keyboard.press("Control+Shift+f")
    expect(editor.get_by_role("button", name="Full screen", exact=True)).to_have_attribute("aria-pressed", "true")
    box = editor.locator(".note-form").bounding_box()
    assert (box["x"], box["y"], box["width"]) == (0, 0, 1280)
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("button", name="Full screen", exact=True)).to_have_attribute("aria-pressed", "false")


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, group):  # noqa: F811
    page = open_page((390, 844))
    page.goto(reverse("derivations:new", args=[group.slug]))
    page.fill("[name=body]", "Then $\\oops$.")
    expect(page.locator("[data-problems] li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Symbols").click()
    box = page.locator("#palette-box").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["desk-light", "phone-dark"]
)
def test_axe_finds_nothing_on_the_pages_of_macros_symbols_and_the_guide(
    open_page, group, member, size, scheme  # noqa: F811
):  # fmt: skip
    take_starters(group=group, by=member, now=NOON)
    for title, shape in (("Rows", "1 \\times d"), ("Columns", "d")):
        body = f"Let $w \\in \\mathbb{{R}}^{{{shape}}}$. $$w = w$$"
        note = create_note(group=group, by=member, title=title, body=body, now=NOON)
        run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    page, found = open_page(size, scheme), {}
    names = {"macros": [], "edit-macros": [], "macros-history": [], "macros-revision": [1], "symbols": [], "guide": []}
    for name, args in names.items():
        page.goto(reverse(f"derivations:{name}", args=[group.slug, *args]))
        if wrong := faults(page):
            found[name] = wrong
    assert found == {}


def test_a_letter_of_the_ledger_leads_to_its_line(open_page, group, member):  # noqa: F811
    body = "First.\n\n" * 60 + "Let $w \\in \\mathbb{R}^d$.\n\n$$w = w$$\n" + "\n\nLast." * 60
    note = create_note(group=group, by=member, title="Long", body=body, now=NOON)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    page = open_page()
    page.goto(reverse("derivations:symbols", args=[group.slug]))
    page.get_by_role("link", name="Long, line 121").first.click()
    expect(page.locator(".is-meant")).to_be_in_viewport()
    expect(page.locator(".is-meant")).to_contain_text("Let")


def test_a_change_of_a_macro_is_seen_on_the_note_that_uses_it(open_page, group, member):  # noqa: F811
    save_macros(group=group, by=member, base=0, text="\\newcommand{\\op}[1]{2 #1}\n", now=NOON)
    body = "Let $x \\in \\mathbb{R}$.\n\n$$\\op{x} = x + x$$\n"
    note = create_note(group=group, by=member, title="Twice", body=body, now=NOON)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    page = open_page()
    page.goto(note.get_absolute_url())
    expect(page.get_by_text("The step holds")).to_be_visible()
    page.goto(reverse("derivations:edit-macros", args=[group.slug]))
    page.fill("[name=text]", "\\newcommand{\\op}[1]{3 #1}\n")
    page.get_by_role("button", name="Save macros").click()
    expect(page.get_by_text("Macros saved as revision 2.")).to_be_visible()
    draw_again(group_id=group.pk, now=NOON)
    page.goto(note.get_absolute_url())
    expect(page.get_by_text("The steps are being checked.")).to_be_visible()
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    expect(page.get_by_text("Step 1 fails")).to_be_visible(timeout=10_000)
