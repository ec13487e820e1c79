"""Verdicts while one types, in a real browser: the real checker behind a live server."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import create_note, run_check
from derivations.models import Check
from tests.conftest import NOON
from tests.derivations.test_checks import FALSE, TRUE
from tests.derivations.test_in_browser import open_page  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENT_MS = 30_000  # the process is started by the first text


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def test_verdicts_follow_what_is_typed_and_what_is_open_stays_open(open_page, group):  # noqa: F811
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=body]", FALSE)
    strip = page.locator("[data-live-strip]")
    expect(strip).to_contain_text("1 of 2 steps hold", timeout=PATIENT_MS)
    preview = page.locator(".markdownx-preview")
    expect(preview.locator(".math-step.math-holds")).to_have_count(1)
    expect(preview.locator("a", has_text="Work it again")).to_have_count(0)
    strip.locator("a").click()
    evidence = preview.locator("#verdict-2")
    expect(evidence).to_have_attribute("open", "")
    page.fill("[name=body]", FALSE + "\nAnd some words.\n")
    expect(preview).to_contain_text("And some words.")
    expect(page.locator(".is-checking")).to_have_count(0, timeout=PATIENT_MS)
    expect(evidence).to_have_attribute("open", "")
    page.fill("[name=body]", FALSE.replace("2 A x .", "A x + A^\\top x ."))
    expect(strip).to_contain_text("All 2 steps hold", timeout=PATIENT_MS)
    expect(preview.locator(".math-fails")).to_have_count(0)


def test_a_symbol_of_the_panel_leads_to_its_line_in_the_text(open_page, group):  # noqa: F811
    page = open_page()
    page.goto(at("new", group))
    page.fill("[name=body]", "First words.\n\nLet $B \\in \\mathbb{R}^{n \\times n}$.\n\n$$B + B = 2 B$$\n")
    panel = page.locator("[data-live-givens]")
    expect(panel).to_contain_text("What it declares", timeout=PATIENT_MS)
    panel.locator("summary").click()
    panel.locator("tr", has_text="matrix").locator("a").click()
    selected = page.evaluate(
        "() => { const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd); }"
    )
    assert selected == "Let $B \\in \\mathbb{R}^{n \\times n}$."


def test_on_a_phone_the_strip_leads_into_the_preview(open_page, group):  # noqa: F811
    page = open_page(size=(390, 844), scheme="dark")
    page.goto(at("new", group))
    page.fill("[name=body]", FALSE)
    link = page.locator("[data-live-strip] a")
    expect(link).to_have_count(1, timeout=PATIENT_MS)
    link.click()
    expect(page.locator("#verdict-2 .verdict-body")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_verdicts_the_preview_still_comes(open_page, group):  # noqa: F811
    page = open_page()
    page.route("**/preview/checked/", lambda route: route.fulfill(status=500, body="{}"))
    page.goto(at("new", group))
    page.fill("[name=body]", TRUE)
    expect(page.locator(".markdownx-preview math")).to_have_count(2)
    page.unroute("**/preview/checked/")
    page.fill("[name=body]", TRUE + "\nMore.\n")
    expect(page.locator("[data-live-strip]")).to_contain_text("The step holds", timeout=PATIENT_MS)


def test_the_panel_of_a_saved_note_leads_to_the_place_without_a_script(open_page, browser, group, member):  # noqa: F811
    note = create_note(group=group, by=member, title="Quadratic", body=FALSE, now=NOON)
    run_check(check_id=Check.objects.get().pk, now=NOON)
    page = open_page()
    page.goto(note.get_absolute_url())
    page.locator(".givens summary").click()
    page.locator(".givens-table a").first.click()
    page.wait_for_function("() => document.querySelector(':target')?.dataset.line === '1'")
