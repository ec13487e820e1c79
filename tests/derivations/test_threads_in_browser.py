"""Talk at a step in a real browser: opened in place, with names completed, by two people, and without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from derivations.actions import ask_for_review, create_note, open_thread, react, run_check, save_note
from derivations.models import Check, Mention, Note, Post, Reaction, Thread
from derivations.steps import steps_of
from tests.conftest import NOON
from tests.factories import SessionFactory
from tests.frontend.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = """Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$ with $f(x) := x^\\top A x$.

\\begin{align}
  \\nabla f(x) &= (A + A^\\top) x \\label{eq:grad} \\\\
              &= 2 A x .
\\end{align}
"""


@pytest.fixture
def note(group, member):
    made = create_note(group=group, by=member, title="Quadratic", body=BODY, now=NOON)
    run_check(check_id=Check.objects.get().pk, now=NOON)
    made.refresh_from_db()
    return made


@pytest.fixture
def page_of(client_of, live_server, browser):
    """`page_of(user)` is a page of that person; at the end no script of any has failed."""
    contexts, complaints = [], []

    def opened(user, size=(1280, 800), scheme="light", scripts=True):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        key = client_of(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def at(name, note, *args):
    return reverse(f"derivations:{name}", args=[note.group.slug, note.pk, *args])


def test_a_question_is_asked_in_place_and_answered_by_someone_else(page_of, member, organiser, note):
    page = page_of(organiser)
    page.goto(note.get_absolute_url())
    page.click("#verdict-2 > summary")
    page.click("#verdict-2 [data-talk-at]")
    place = page.locator(".step-place")
    expect(place.locator("h2")).to_be_focused()
    text = place.locator("textarea")
    text.click()
    page.keyboard.type("Why $A = A^\\top$, @be")
    expect(page.locator(".mention-list [aria-selected=true]")).to_have_text("Ben Member")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Why $A = A^\\top$, @Ben Member ")
    page.keyboard.press("Control+z")
    expect(text).not_to_have_value("Why $A = A^\\top$, @Ben Member ")
    page.keyboard.press("Control+Shift+z")
    page.click("text=Post at step 2")
    expect(place.locator(".step-thread math")).to_have_count(1)
    assert page.url.endswith(note.get_absolute_url())
    assert [each.user for each in Mention.objects.all()] == [member]

    other = page_of(member)
    other.goto(note.get_absolute_url())
    other.click("text=Step 2: 1 open question")
    other.click(".step-place summary:has-text('Reply')")
    other.fill(".step-place .step-thread textarea", "It need not be.")
    other.click("text=Post reply")
    expect(other.locator(".step-place")).to_contain_text("It need not be.")
    other.click(".step-place button:has-text('Resolve')")
    expect(other.locator(".step-place")).to_contain_text("Question, resolved")
    other.click("[data-close-talk]")
    expect(other.locator(".step-place")).to_have_count(0)
    expect(other.locator("text=Step 2: 1 open question")).to_be_focused()
    assert not Thread.objects.get().is_open


def test_reacting_deleting_and_undoing_happen_in_place(page_of, organiser, note):
    open_thread(note=note, step=steps_of(note)[1], kind="question", body="Why?", by=organiser, now=NOON)
    page = page_of(organiser)
    page.goto(note.get_absolute_url())
    page.click("text=Step 2: 1 open question")
    page.click(".step-place button[value=lost]")
    expect(page.locator(".step-place button[value=lost]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".step-place button[value=lost]")).to_be_focused()
    page.click(".step-place button:has-text('Delete')")
    expect(page.locator(".step-place")).to_contain_text("You deleted this.")
    page.click(".step-place button:has-text('Undo')")
    expect(page.locator(".step-place")).to_contain_text("Why?")
    page.fill(".step-place .step-say textarea", " ")
    page.click("text=Post at step 2")
    expect(page.locator(".step-place [data-form-errors]")).to_be_focused()
    assert (Reaction.objects.count(), Post.objects.count()) == (1, 1)


def test_everything_works_without_javascript(page_of, member, organiser, group, note):
    page = page_of(organiser, scripts=False)
    page.goto(note.get_absolute_url())
    page.click("#verdict-2 > summary")
    page.click("#verdict-2 [data-talk-at]")
    page.fill(".step-say textarea", "Why, @Ben Member?")
    page.click("text=Post at step 2")
    expect(page.locator(".step-thread")).to_contain_text("Why, @Ben Member?")
    expect(page.locator("[data-close-talk]")).not_to_be_visible()
    page.click("text=Lost me here")
    page.click("summary:has-text('Reply')")
    page.fill(".step-thread textarea", "Nobody?")
    page.click("text=Post reply")
    page.click("text=Edit >> nth=0")
    page.fill("textarea", "Why, all of you?")
    page.click("text=Save words")
    expect(page.locator(".step-thread")).to_contain_text("Why, all of you?")
    page.click("text=Resolve")
    expect(page.locator(".step-thread")).to_contain_text("Question, resolved")
    page.goto(at("map", note))
    expect(page.locator("#map-2")).to_contain_text("1")


def test_a_reviewer_objects_at_a_step(page_of, member, organiser, note):
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    page = page_of(organiser)
    page.goto(at("talk", note, steps_of(note)[1].key))
    page.click("text=Object at this step")
    page.fill("[name=comment]", "Only for symmetric A.")
    page.click("button[value=changes]")
    expect(page.locator("#reviews").locator("xpath=../..")).to_contain_text("at step 2")
    page.click("text=at step 2")
    expect(page.locator(".step-thread")).to_contain_text("Open objection")
    assert Note.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((390, 844), "dark")], ids=["desk-light", "phone-dark"]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(page_of, member, organiser, group, note, size, scheme):
    SessionFactory(group=group)
    step = steps_of(note)[1]
    mine = open_thread(note=note, step=step, kind="question", body="Why $x$?", by=organiser, now=NOON)
    open_thread(note=note, step=steps_of(note)[0], kind="comment", body="Neat.", by=member, now=NOON)
    react(note=note, step=step, kind="lost", by=organiser, now=NOON)
    ask_for_review(note=note, reviewers=[organiser], by=member, now=NOON)
    changed = save_note(note=note, by=member, base=1, title="Quadratic", body=BODY.split("\\begin")[0], now=NOON).note
    page = page_of(organiser, size, scheme)
    found = {}
    pages = {
        "talk": at("talk", note, step.key),
        "edit": at("edit-post", note, mine.posts.get().pk),
        "map": at("map", note),
        "answer": at("answer", note),
        "rules": reverse("derivations:rules", args=[group.slug]),
        "settings": reverse("members:settings", args=[group.slug]),
    }

    def look(name):
        if wrong := faults(page):
            found[name] = wrong

    for name, url in pages.items():
        page.goto(url)
        look(name)
    run_check(check_id=Check.objects.get(revision__number=changed.number).pk, now=NOON)
    page.goto(note.get_absolute_url())
    expect(page.locator(".step-gone li")).to_have_count(2)
    look("gone")
    save_note(note=note, by=member, base=2, title="Quadratic", body=BODY, now=NOON)
    run_check(check_id=Check.objects.get(revision__number=3).pk, now=NOON)
    page.goto(note.get_absolute_url())
    page.click("text=Step 2: 1 open question")
    expect(page.locator(".step-place .step-thread")).to_have_count(1)
    page.fill(".step-place .step-say textarea", "@")
    expect(page.locator(".mention-list:not([hidden])")).to_have_count(1)
    look("in place")
    assert found == {}
