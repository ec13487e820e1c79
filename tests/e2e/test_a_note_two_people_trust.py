"""Two people and their derivations, in two browsers, with real processes: from a slip to a review, and into code."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.derivations.test_pictures import encoded
from tests.services.fixtures import SmtpServer, free_port, smtp_started
from tests.services.running import Up

from .person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "/groups/gradient-circle/"
CHECKED = 60_000  # ms within which a busy machine has judged a note
GIVENS = r"""Let $A \in \mathbb{R}^{n \times n}$, let $b \in \mathbb{R}^n$ and $x \in \mathbb{R}^n$, and define

$$
f(x) := \tfrac{1}{2} x^\top A x - b^\top x .
$$
"""
STEPS = r"""
Its gradient is

\begin{align}
\nabla f(x) &= \tfrac{1}{2} (A + A^\top) x - b \label{eq:gradient} \\
            &= A x - b . \label{eq:simpler}
\end{align}
"""
WRONG = GIVENS + STEPS
RIGHT = WRONG.replace("&= A x - b .", r"&= \tfrac{1}{2} A x + \tfrac{1}{2} A^\top x - b .")
HESSIAN = r"""
Once more:

\begin{equation}
\nabla^2 f(x) = \tfrac{1}{2} (A + A^\top) . \label{eq:hessian}
\end{equation}
"""


@dataclass
class Group:
    """The demo group on its own processes, and two of its people at their browsers."""

    ana: Person
    tom: Person
    mail: SmtpServer
    var: Path


@pytest.fixture(scope="module")
def circle(tmp_path_factory, browser: Browser, migrated_sqlite: Path):
    var = tmp_path_factory.mktemp("circle")
    shutil.copy(migrated_sqlite, var / "studygroup.sqlite3")
    with smtp_started() as mail:
        up = Up(var, "--demo", PORT=str(free_port()), EMAIL_URL=mail.url, SWEEP_EVERY_SECONDS="2")
        try:
            site = up.ready()
            password = (var / "demo-log-in").read_text(encoding="utf-8").split()[-1]
            people = [
                Person(browser, site=site, name=name, email=email, zone=zone, phone=phone)
                for name, email, zone, phone in [
                    ("Ana Kovačević", "ana@example.org", "Europe/Berlin", False),
                    ("Tom Okafor", "tom@example.org", "Europe/London", True),
                ]
            ]
            for person in people:
                person.password = password
                person.logs_in()
            yield Group(*people, mail=mail, var=var)
            for person in people:
                person.context.close()
            assert up.stop() == 0
        finally:
            up.clear_up()


@pytest.fixture
def ana(circle):
    yield circle.ana
    circle.ana.is_content()


@pytest.fixture
def tom(circle):
    yield circle.tom
    circle.tom.is_content()


# What they do, again and again ----------------------------------------------------------------------------------------


def writes(person: Person, title: str, body: str) -> str:
    """Post a note and return its path, once its steps are judged."""
    person.goes_to(f"{HOME}notes/new/")
    person.fills(title=title, body=body)
    person.presses("Post note", then=title)
    is_judged(person)
    return path_of(person.page)


def edits(person: Person, note: str, body: str, *, message: str = "") -> None:
    person.page.goto(f"{person.site}{note}edit/")
    person.fills(body=body, message=message)
    person.page.get_by_role("button", name="Save note").click()
    person.page.wait_for_url(f"**{note}")
    is_judged(person)


def is_judged(person: Person) -> None:
    """The page shows the verdicts by itself, once Celery's check has come in."""
    expect(person.page.locator(".verdict-strip[role=status]")).to_contain_text(
        re.compile("hold|fail|unchecked:"), timeout=CHECKED
    )


def path_of(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3].split("#")[0].split("?")[0]


# One note, from its slip to its review --------------------------------------------------------------------------------


def writes_a_note_with_a_slip(ana: Person) -> str:
    page = ana.page
    ana.goes_to(f"{HOME}notes/new/")
    ana.fills(title="The gradient of a quadratic", body=WRONG)
    preview = page.locator(".markdownx-preview")
    expect(preview.locator(".math-step.math-fails")).to_have_count(1, timeout=CHECKED)
    expect(page.locator("[data-live-strip]")).to_contain_text("1 of 2 steps hold")
    givens = page.locator("[data-live-givens]")
    givens.locator("summary").click()
    expect(givens.locator("tr", has_text="matrix")).to_contain_text(re.compile("n.*×.*n"))
    ana.presses("Post note", then="The gradient of a quadratic")
    is_judged(ana)
    return path_of(page)


def looks_into_the_slip_by_keyboard(ana: Person) -> None:
    page = ana.page
    strip = page.locator(".verdict-strip[role=status]")
    expect(strip).to_contain_text("1 of 2 steps hold")
    expect(strip).to_contain_text("1 fails: step 2")
    sign = page.locator(".math-step.math-fails")
    expect(sign).to_have_accessible_name(re.compile("fails"))
    sign.focus()
    page.keyboard.press("Enter")
    evidence = page.locator("#verdict-2")
    expect(evidence).to_have_attribute("open", "")
    expect(evidence).to_contain_text("It fails for these values:")
    evidence.get_by_role("link", name="Work it again, part by part").focus()
    page.keyboard.press("Enter")
    expect(evidence.locator(".replay-table tfoot")).to_contain_text("Left side")
    left, right = evidence.locator(".replay-table tfoot td").all_inner_texts()
    assert left != right
    assert evidence.locator(".replay-table tbody tr").count() > 2
    page.locator(".givens > summary").click()
    expect(page.locator(".givens tr", has_text="matrix")).to_contain_text(re.compile("n.*×.*n"))
    ana.looks()


def asks_at_the_step_and_gets_lost(tom: Person, note: str) -> None:
    page = tom.page
    tom.goes_to(note)
    page.locator("#verdict-2 > summary").click()
    page.locator("#verdict-2 [data-talk-at]").click()
    place = page.locator(".step-place")
    words = place.locator(".step-say textarea")
    words.click()
    page.keyboard.type("Why may we write $A + A^\\top = 2A$ here, @ana")
    expect(page.locator(".mention-list [aria-selected=true]")).to_have_text("Ana Kovačević")
    page.keyboard.press("Enter")
    page.keyboard.type("?")
    place.get_by_role("button", name="Post at step 2").click()
    expect(place.locator(".step-thread math")).to_have_count(1)
    place.get_by_role("button", name="Lost me here").click()
    expect(place.locator("button[value=lost]")).to_have_attribute("aria-pressed", "true")
    tom.looks()


def is_told_and_answers(ana: Person, mail: SmtpServer) -> None:
    page = ana.page
    ana.goes_to("/notifications/")
    told = page.get_by_role("link", name="Tom Okafor named you at step 2 of “The gradient of a quadratic”")
    ana.comes_again_until(told)
    expect(page.get_by_role("link", name=re.compile(r"^Notifications, \d+ unread"))).to_be_visible()
    assert mail.wait_for(1, to=ana.email)
    told.click()
    ana.reads("Step 2")
    thread = page.locator(".step-thread")
    thread.locator("summary", has_text="Reply").click()
    thread.locator("textarea").fill("We may not: that needs $A = A^\\top$. I mend it.")
    thread.get_by_role("button", name="Post reply").click()
    expect(thread).to_contain_text("I mend it.")


def puts_it_on_the_agenda(ana: Person, note: str) -> None:
    page = ana.page
    page.locator(".step-thread").get_by_role("button", name=re.compile("^Put on the agenda of")).click()
    session = page.locator(".step-thread-head").get_by_role("link")
    expect(session).to_have_count(1)
    session.click()
    expect(page.locator("#agenda, main").first).to_contain_text("Question on “The gradient of a quadratic”, step 2")
    table = page.locator("main").get_by_role("link", name="The gradient of a quadratic", exact=True)
    expect(table.first).to_be_visible()
    ana.looks()
    ana.goes_to(f"{note}map/")
    expect(page.locator("#map-2 [data-label=lost]")).to_contain_text("1")
    expect(page.locator("#map-1 [data-label=lost]")).to_contain_text("0")


def mends_it_and_keeps_what_was_said(ana: Person, note: str) -> None:
    page = ana.page
    edits(ana, note, RIGHT, message="A need not be symmetric")
    expect(page.locator(".verdict-strip[role=status]")).to_contain_text("All 2 steps hold")
    page.get_by_role("link", name=re.compile("Step 2: 1 open question")).click()
    place = page.locator(".step-place")
    expect(place.locator(".step-earlier")).to_contain_text("About an earlier version, step 2 of revision 1")
    place.get_by_role("button", name="Resolve").click()
    expect(place).to_contain_text("Question, resolved")
    ana.looks()


def asks_for_a_review(ana: Person, note: str) -> None:
    ana.goes_to(note)
    ana.follows("Ask for a review", then="Ask for a review")
    ana.page.get_by_label("Tom Okafor").check()
    ana.presses("Ask for a review", then="The gradient of a quadratic")
    expect(ana.page.locator(".page-state")).to_contain_text("In review")


def approves(tom: Person, note: str) -> None:
    page = tom.page
    tom.goes_to(HOME)
    page.locator("main").get_by_role("link", name="The gradient of a quadratic").first.click()
    tom.reads("The gradient of a quadratic")
    page.get_by_role("link", name="Answer the review").click()
    page.get_by_label("In a sentence").fill("Holds without symmetry now.")
    page.get_by_role("button", name="Approve note").click()
    page.wait_for_url(f"**{note}")
    tom.looks()
    expect(page.locator(".page-state")).to_contain_text("Reviewed")
    expect(page.locator(".page-state")).to_contain_text("Tom Okafor vouches for it")


def finds_it_in_the_cookbook(tom: Person, note: str) -> None:
    page = tom.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tom.goes_to(f"{HOME}cookbook/")
    page.get_by_label("Search by words, a symbol or a piece of TeX").fill("\\tfrac{1}{2}(A+A^\\top)x")
    mine = page.locator(".statement", has=page.locator(f"a[href*='{note.split('/', 3)[3]}#verdict-1']"))
    expect(mine).to_have_count(1)
    expect(page.locator("#cookbook")).to_contain_text("in the TeX")
    mine.get_by_role("button", name=re.compile("^Copy TeX")).click()
    expect(mine.get_by_role("button", name=re.compile("^Copied"))).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "\\nabla f(x)" in copied
    assert "\\tfrac{1}{2} (A + A^\\top) x - b" in copied
    tom.looks()
    mine.get_by_role("link", name=re.compile("step 1")).click()
    tom.reads("The gradient of a quadratic")


def changes_it_and_restores_it(ana: Person, tom: Person, note: str) -> None:
    page = ana.page
    edits(ana, note, RIGHT + HESSIAN, message="Add the Hessian")
    expect(page.locator(".page-state")).to_contain_text("Changed since review")
    page.get_by_role("link", name="What changed since revision 2, which was reviewed").click()
    ana.reads("Revision 2 and 3")
    expect(page.locator(".compare-summary")).to_contain_text("1 step")
    expect(page.locator(".compare-part.is-added")).not_to_have_count(0)
    tom.goes_to(f"{HOME}cookbook/?q=%5Cnabla%5E2+f&by=tex")
    expect(tom.page.locator(".statement", has_text="The gradient of a quadratic")).to_have_count(0)

    ana.goes_to(f"{note}history/compare/?old=1&new=2")
    expect(page.locator(".compare-moves")).to_contain_text(re.compile(r"Step 2:.*fails.*→.*holds", re.DOTALL))
    changed = page.locator(".compare-part.is-changed")
    expect(changed.locator(".compare-side.is-old .math-fails")).to_have_count(1)
    expect(changed.locator(".compare-side.is-new .math-fails")).to_have_count(0)
    ana.page.get_by_role("link", name="The source").click()
    page.wait_for_url("**&view=source")
    ana.looks()
    expect(page.locator(".compare-source del", has_text="A x - b")).to_have_count(1)
    expect(page.locator(".compare-source ins", has_text="\\tfrac{1}{2} A^\\top x - b")).to_have_count(1)

    ana.goes_to(f"{note}history/2/")
    ana.follows("Restore revision 2", then="Restore revision 2?")
    ana.presses("Restore revision 2", then="The gradient of a quadratic")
    is_judged(ana)
    expect(page.locator(".verdict-strip[role=status]")).to_contain_text("All 2 steps hold")
    ana.goes_to(f"{note}history/")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("tbody tr").first).to_contain_text("Restored revision 2")


def test_a_slip_is_caught_talked_about_mended_and_reviewed(circle, ana, tom):
    note = writes_a_note_with_a_slip(ana)
    looks_into_the_slip_by_keyboard(ana)
    asks_at_the_step_and_gets_lost(tom, note)
    is_told_and_answers(ana, circle.mail)
    puts_it_on_the_agenda(ana, note)
    mends_it_and_keeps_what_was_said(ana, note)
    asks_for_a_review(ana, note)
    approves(tom, note)
    finds_it_in_the_cookbook(tom, note)
    changes_it_and_restores_it(ana, tom, note)
    assert source_of(tom, note) == RIGHT


# Two who write at once ------------------------------------------------------------------------------------------------

CIRCLE = r"""Let $t \in \mathbb{R}$.

$$\cos^2 t + \sin^2 t = 1$$

A word between.

$$2 \sin t \cos t = \sin(2 t)$$
"""


def opens_and_changes(person: Person, note: str, change: tuple[str, str]) -> None:
    person.goes_to(f"{note}edit/")
    body = person.page.locator("main [name=body]")
    before = body.input_value()
    assert change[0] in before
    body.fill(before.replace(*change))


def saves(person: Person) -> None:
    person.page.get_by_role("button", name="Save note").click()


def source_of(person: Person, note: str) -> str:
    person.goes_to(f"{note}source/")
    return person.page.locator("main textarea").input_value()


def test_two_who_save_at_once_lose_nothing(ana, tom):
    note = writes(ana, "Pythagoras on the circle", CIRCLE)

    opens_and_changes(ana, note, ("Let $t", "First by Ana. Let $t"))
    opens_and_changes(tom, note, ("$$2 \\sin", "Last by Tom.\n\n$$2 \\sin"))
    saves(tom)
    tom.page.wait_for_url(f"**{note}")
    saves(ana)
    expect(ana.page.locator("#conflict-title")).to_contain_text("Tom Okafor saved revision 2 while you were writing")
    ana.looks()
    ana.presses("Save both together", then="Pythagoras on the circle")
    text = source_of(ana, note)
    assert "First by Ana." in text
    assert "Last by Tom." in text

    opens_and_changes(ana, note, ("A word between.", "Ana's word between."))
    opens_and_changes(tom, note, ("A word between.", "Tom's word between."))
    saves(ana)
    ana.page.wait_for_url(f"**{note}")
    saves(tom)
    conflict = tom.page.locator(".note-conflict")
    expect(conflict).to_contain_text("Both changed the same lines")
    expect(conflict.locator(".clash")).to_contain_text("Ana's word between.")
    expect(conflict.locator(".clash")).to_contain_text("Tom's word between.")
    tom.looks()
    conflict.get_by_label("Both, mine first").check()
    tom.presses("Save what I chose", then="Pythagoras on the circle")
    assert "Tom's word between.\nAna's word between." in source_of(tom, note)
    tom.goes_to(f"{note}history/")
    expect(tom.page.locator("tbody tr")).to_have_count(5)


def test_a_laptop_that_is_closed_loses_nothing(circle, browser):
    def device() -> Person:
        ana = circle.ana
        one = Person(browser, site=ana.site, name=ana.name, email=ana.email, zone=ana.zone)
        one.password = ana.password
        one.logs_in()
        return one

    laptop = device()
    laptop.goes_to(f"{HOME}notes/new/")
    laptop.fills(title="On the train", body="Half a thought: $x^2 = x \\cdot x$")
    expect(laptop.page.locator("[data-draft-state]")).to_contain_text("Kept as a draft at")
    laptop.context.close()

    other = device()
    other.goes_to(f"{HOME}notes/")
    other.follows("On the train", then="On the train")
    other.follows("Take it up", then="Write a note")
    expect(other.page.locator("main [name=body]")).to_have_value("Half a thought: $x^2 = x \\cdot x$")
    other.presses("Post note", then="On the train")
    other.is_content()
    other.context.close()


# What belongs together ------------------------------------------------------------------------------------------------

PROJECTION = r"""Let $P \in \mathbb{R}^{n \times n}$ be symmetric with $P P = P$, and let $v \in \mathbb{R}^n$. Then

\begin{equation}
\lVert P v \rVert^2 = v^\top P v . \label{eq:length}
\end{equation}
"""
SHORTENS = r"""By [[A projection measures length]] and [[Pythagoras for projections]], see [[cite:petersen2012matrix]].

Let $P \in \mathbb{R}^{1 \times n}$. Then

$$
P P^\top = \lVert P \rVert^2 .
$$
"""


def links_what_it_rests_on(ana: Person) -> tuple[str, str]:
    page = ana.page
    ground = writes(ana, "A projection measures length", PROJECTION)
    above = writes(ana, "A projection shortens", SHORTENS)
    note = page.locator("article.prose-note")
    expect(note.get_by_role("link", name="A projection measures length")).to_have_attribute("href", re.compile(ground))
    cited = note.locator("a.ref-cite")
    cited.hover()
    expect(page.locator("#ref-card")).to_contain_text("The Matrix Cookbook")
    ana.looks()
    page.keyboard.press("Escape")
    ana.goes_to(ground)
    expect(page.get_by_role("region", name="Linked from").get_by_role("link")).to_have_text("A projection shortens")
    return ground, above


def renames_it_and_the_link_holds(tom: Person, ground: str, above: str) -> None:
    page = tom.page
    page.goto(f"{tom.site}{ground}edit/")
    tom.fills(title="A projection keeps what it measures")
    tom.presses("Save note", then="A projection keeps what it measures")
    tom.goes_to(above)
    renamed = page.locator("article.prose-note").get_by_role("link", name="A projection keeps what it measures")
    tom.comes_again_until(renamed)
    renamed.click()
    tom.reads("A projection keeps what it measures")


def sees_what_rests_on_what(ana: Person) -> None:
    page = ana.page
    ana.goes_to(f"{HOME}notes/graph/")
    row = page.locator(".graph-table tr", has=page.locator("th", has_text="A projection shortens"))
    expect(row).to_contain_text("A projection keeps what it measures")
    expect(page.locator(".graph a.graph-note", has_text="A projection shortens")).to_have_count(1)
    missing = page.locator(".lemma-rows li", has_text="Pythagoras for projections")
    expect(missing).to_contain_text("A projection shortens")
    missing.get_by_role("link", name=re.compile("Write it")).click()
    expect(page.locator("main [name=title]")).to_have_value("Pythagoras for projections")


def puts_approaches_side_by_side(ana: Person, ground: str) -> None:
    page = ana.page
    ana.goes_to(f"{ground}approach/")
    page.get_by_label("What does it derive?").fill("Projections and length")
    page.get_by_label("Kind").select_option("Algebraic")
    ana.presses("Go on to the other approach", then="Projections and length")
    page.get_by_role("radio", name=re.compile("A projection shortens")).check()
    ana.presses("Add the approach", then="Projections and length")
    expect(page.locator(".way")).to_have_count(2)
    boxes = [page.locator(".way").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def looks_a_letter_up(tom: Person) -> None:
    page = tom.page
    tom.goes_to(f"{HOME}notes/symbols/?q=P")
    letter = page.locator(".symbol-table tr", has=page.locator("th code", has_text=re.compile("^P$")))
    expect(letter.locator(".symbol-clash")).to_contain_text("Clash:")
    letter.get_by_role("link", name=re.compile("A projection keeps what it measures, line 1")).click()
    tom.reads("A projection keeps what it measures")


def test_notes_rest_on_each_other_and_on_readings(ana, tom):
    ground, above = links_what_it_rests_on(ana)
    renames_it_and_the_link_holds(tom, ground, above)
    sees_what_rests_on_what(ana)
    puts_approaches_side_by_side(ana, ground)
    looks_a_letter_up(tom)


# In the editor --------------------------------------------------------------------------------------------------------


def makes_a_macro(ana: Person) -> None:
    page = ana.page
    ana.goes_to(f"{HOME}notes/macros/edit/")
    text = page.locator("main [name=text]")
    text.fill(text.input_value() + "\\newcommand{\\quadratic}[2]{#2^\\top #1 #2}  % a quadratic form\n")
    ana.presses("Save macros", then="Macros")
    row = page.locator(".macro-table tr", has_text="a quadratic form")
    expect(row.locator("math")).to_be_visible()


def uses_it_on_a_phone(tom: Person) -> None:
    """The macro that Ana has made, in a text that Tom types on his phone: text and preview share one place."""
    page = tom.page
    tom.goes_to(f"{HOME}notes/new/")
    tom.fills(title="A quadratic form, written short")
    body = page.locator("main [name=body]")
    body.click()
    page.keyboard.type("Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$.\n\n$$\\quadr")
    expect(page.get_by_role("option").first).to_contain_text("\\quadratic")
    page.keyboard.press("Enter")
    body.fill(
        "Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$.\n\n$$\\quadratic{A}{x} = x^\\top A x$$\n"
    )
    preview = page.locator(".markdownx-preview")
    expect(preview).not_to_be_visible()
    page.get_by_role("button", name="Full screen").click()
    box = page.locator(".note-form").bounding_box()
    assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(preview.locator(".math-step.math-holds")).to_be_visible(timeout=CHECKED)
    expect(body).not_to_be_visible()
    tom.looks()
    page.get_by_role("button", name="Full screen").click()
    tom.presses("Post note", then="A quadratic form, written short")
    is_judged(tom)
    expect(page.locator(".verdict-strip[role=status]")).to_contain_text("The step holds")


PASTE = """bytes => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], "ball.png", { type: "image/png" }));
  const paste = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
  document.querySelector(".markdownx-editor").dispatchEvent(paste);
}"""


def pastes_a_picture(ana: Person) -> None:
    page = ana.page
    ana.goes_to(f"{HOME}notes/new/")
    ana.fills(title="A ball", body="Its level sets:\n\n")
    page.evaluate(PASTE, list(encoded()))
    dialog = page.locator("#picture-dialog")
    dialog.get_by_role("button", name="Insert picture").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say in a sentence")
    dialog.get_by_label("What does it show?").fill("Circles around the origin.")
    ana.looks()
    dialog.get_by_role("button", name="Insert picture").click()
    expect(page.locator(".markdownx-preview").get_by_alt_text("Circles around the origin.")).to_be_visible()
    ana.presses("Post note", then="A ball")
    shown = page.locator("article.prose-note").get_by_alt_text("Circles around the origin.")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 40


def opens_an_example_of_the_guide(tom: Person) -> None:
    page = tom.page
    tom.goes_to(f"{HOME}notes/guide/")
    slip = page.locator(".guide-example", has=page.locator(".math-fails")).first
    expect(slip).to_be_visible()
    slip.get_by_role("link", name="Open in the editor").click()
    tom.reads("Write a note")
    expect(page.locator("[data-live-strip]")).to_contain_text(re.compile(r"\bfails?\b"), timeout=CHECKED)


def test_the_editor_knows_the_groups_macros_pictures_and_the_guide(ana, tom):
    makes_a_macro(ana)
    uses_it_on_a_phone(tom)
    pastes_a_picture(ana)
    opens_an_example_of_the_guide(tom)


# Out and in -----------------------------------------------------------------------------------------------------------


def downloaded(person: Person, link: Locator) -> bytes:
    with person.page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path()).read_bytes()


def exported(person: Person, note: str, kind: str) -> bytes:
    person.goes_to(f"{note}export/")
    person.page.locator(f"#format-{kind}").check()
    return downloaded(person, person.page.get_by_role("button", name="Export note"))


def takes_a_step_as_code(ana: Person, note: str) -> None:
    page = ana.page
    ana.goes_to(note)
    page.locator("details.verdict", has_text="Step").first.locator("summary").click()
    page.get_by_role("link", name=re.compile("^As code")).first.click()
    ana.reads("Step 1 as code")
    expect(page.locator("main")).to_contain_text("This code was run and compared with the checker")
    assert "import numpy as np" in page.locator("#step-code").input_value()
    ana.follows("PyTorch", then="Step 1 as code")
    assert "import torch" in page.locator("#step-code").input_value()


def carries_the_notes_into_another_group(ana: Person, archive: Path) -> None:
    page = ana.page
    ana.goes_to("/groups/new/")
    ana.fills(name="Reading Room", purpose="The same, once more.")
    ana.presses("Make the group", then="Invite people")
    ana.goes_to("/groups/reading-room/notes/import/")
    page.locator("#import-file").set_input_files(archive)
    ana.presses("Read and preview", then="Preview of the import")
    expect(page.get_by_role("checkbox", name=re.compile("^Least squares, and what ridge adds"))).to_be_checked()
    number = page.get_by_role("checkbox").count()
    ana.presses("Make ticked notes", then="Derivations")
    expect(page.locator(".note-rows .row")).to_have_count(number)
    page.get_by_role("link", name="Least squares, and what ridge adds").click()
    is_judged(ana)
    expect(page.locator(".verdict-strip[role=status]")).to_contain_text("All 11 steps hold")


def test_notes_leave_as_files_and_as_code_and_come_in_again(ana, tmp_path):
    ana.goes_to(f"{HOME}notes/?q=ridge")
    ana.follows("Least squares, and what ridge adds", then="Least squares, and what ridge adds")
    note = path_of(ana.page)
    is_judged(ana)
    takes_a_step_as_code(ana, note)
    assert b'title: "Least squares, and what ridge adds"' in exported(ana, note, "md")
    assert b"\\documentclass" in exported(ana, note, "tex")
    assert b'"nbformat"' in exported(ana, note, "ipynb")
    assert exported(ana, note, "pdf").startswith(b"%PDF")
    archive = tmp_path / "notes.zip"
    ana.goes_to(f"{HOME}notes/")
    archive.write_bytes(downloaded(ana, ana.page.get_by_role("link", name="Export all")))
    assert zipfile.ZipFile(archive).testzip() is None
    carries_the_notes_into_another_group(ana, archive)
