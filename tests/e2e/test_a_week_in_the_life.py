"""A study group runs its week: two people in two browsers and two time zones, real processes, a real mail server."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

from commons.time import zone_name
from tests.services.fixtures import SmtpServer, free_port
from tests.services.running import ROOT, Up

from .person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BIBLIOGRAPHY = ROOT / "readings" / "data" / "bibliography.bib"
HOME = "/groups/gradient-circle/"
ZONES = [("Europe/Berlin", "Asia/Kathmandu"), ("America/New_York", "Australia/Adelaide")]
DERIVATION = r"""Let $z \in \mathbb{R}^K$ be the logits, $y$ a one-hot label, and $p = \operatorname{softmax}(z)$.

\begin{align}
L(z) &= -\sum_{k} y_k \log p_k = -z^\top y + \log \sum_{k} e^{z_k} \label{eq:loss} \\
\frac{\partial L}{\partial z_i} &= -y_i + \frac{e^{z_i}}{\sum_k e^{z_k}} = p_i - y_i \label{eq:gradient}
\end{align}

By \eqref{eq:gradient} the gradient of \eqref{eq:loss} is $p - y$.
"""


class HoldingSmtpServer(SmtpServer):
    """A mail server that, once told to, takes in a session's reminder and then says nothing: its sender waits."""

    def __init__(self) -> None:
        super().__init__()
        self._holds = False
        self.has_one_in_hand = threading.Event()
        self._let_go = asyncio.Event()

    def hold_reminders(self) -> None:
        self._holds = True

    def let_go(self) -> None:
        self._holds = False
        self._controller.loop.call_soon_threadsafe(self._let_go.set)

    def reminders(self, *, to: str) -> list[EmailMessage]:
        return [mail for mail in self.to(to) if "session-tomorrow" in (mail["List-Id"] or "")]

    def wait_for_reminder(self, *, to: str) -> EmailMessage:
        with self._changed:
            assert self._changed.wait_for(lambda: self.reminders(to=to), timeout=60), f"No reminder has come to {to}."
        return self.reminders(to=to)[0]

    async def handle_DATA(self, server, session, envelope):
        if self._holds and b"session-tomorrow" in envelope.content:
            self.has_one_in_hand.set()
            await self._let_go.wait()
            return "451 Interrupted"
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def mail():
    server = HoldingSmtpServer()
    server.start()
    yield server
    server.let_go()
    server.stop()


@pytest.fixture
def start(tmp_path, mail):
    """Start the product on its embedded default, with this test's mail server; again, and it finds what it left."""
    port = str(free_port())
    started = []

    def up() -> Up:
        more = {"PORT": port, "EMAIL_URL": mail.url, "SWEEP_EVERY_SECONDS": "2", "REMINDER_LEASE_SECONDS": "4"}
        started.append(Up(tmp_path / "var", **more))
        return started[-1]

    yield up
    for each in started:
        each.clear_up()


@pytest.fixture
def ask(tmp_path):
    def question(words: str) -> list[tuple]:
        with sqlite3.connect(tmp_path / "var" / "studygroup.sqlite3", timeout=20) as connection:
            return connection.execute(words).fetchall()

    return question


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "softmax.png"
    Image.linear_gradient("L").resize((320, 200)).save(path)
    return path


def awake_zones(now: datetime) -> tuple[str, str]:
    """Two zones in both of which it is not about midnight, when "tomorrow" would soon be another day."""
    for pair in ZONES:
        if all(1 <= now.astimezone(ZoneInfo(zone)).hour < 23 for zone in pair):
            return pair
    raise AssertionError("One of these pairs is awake at every hour.")


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def code_in(mail: EmailMessage) -> str:
    return re.search(r"^\s*([A-Z0-9-]{6,})\s*$", text_of(mail), re.MULTILINE)[1]


def hour_of(starts_at: datetime, zone: str) -> str:
    local = starts_at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M} {zone_name(local)}"


def sets_up_and_makes_a_group(ana: Person) -> None:
    ana.goes_to("/")
    ana.fills(name=ana.name, email=ana.email, password=ana.password)
    ana.presses("Make the account", then="What do you want to begin with?")
    ana.follows("Make a group", then="Make a group")
    ana.presses("Make the group", then="Make a group")
    expect(ana.page.get_by_role("alert")).to_contain_text("Not saved yet")
    ana.fills(name="Gradient Circle", purpose="Matrix calculus for people who train networks.")
    ana.page.get_by_label("How often you meet").select_option("biweekly")
    expect(ana.page.get_by_label("Time zone")).to_have_value(ana.zone)
    ana.presses("Make the group", then="Invite people")
    ana.goes_to(HOME)


def imports_the_bibliography(ana: Person) -> None:
    ana.goes_to(f"{HOME}readings/import/")
    ana.page.locator("main input[type=file]").set_input_files(BIBLIOGRAPHY)
    ana.presses("Read and preview", then="Preview of the import")
    number = BIBLIOGRAPHY.read_text(encoding="utf-8").count("\n@")
    expect(ana.page.locator(".page-state")).to_contain_text(f"{number} new, 0 on the list already, 0 could not be read")
    ana.presses("Add ticked readings", then="Readings")
    expect(ana.page.get_by_text(re.compile(rf"\b{number} readings"))).not_to_have_count(0)


# A note with its verdicts, without what only a saved one has: places to jump to, and what members say at a step.
AS_SHOWN = """(note) => {
  const copy = note.cloneNode(true);
  for (const below of copy.querySelectorAll(".verdicts")) below.remove();
  const kept = ["src", "alt", "href", "data-line"];
  for (const each of copy.querySelectorAll("*"))
    for (const { name } of [...each.attributes]) if (!kept.includes(name)) each.removeAttribute(name);
  return copy.innerHTML.replace(/>\\s+</g, "><").trim();
}"""


def writes_the_derivation(ana: Person, picture: Path) -> None:
    page = ana.page
    ana.goes_to(f"{HOME}notes/new/")
    ana.fills(title="Gradient of softmax cross-entropy", body=DERIVATION)
    preview = page.locator(".markdownx-preview")
    expect(preview.locator("math").first).to_be_visible()
    expect(preview).to_contain_text("the gradient of (1) is")
    page.get_by_role("button", name="Insert picture").first.click()
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_label("What does it show?").fill("Softmax of two logits, from white to black.")
    page.locator("#picture-dialog").get_by_role("button", name="Insert picture").click()
    expect(preview.get_by_alt_text("Softmax of two logits, from white to black.")).to_be_visible()
    expect(page.locator("[data-live-strip]")).to_contain_text("step", timeout=60_000)
    expect(page.locator(".is-checking")).to_have_count(0, timeout=60_000)
    ana.looks()
    previewed = preview.evaluate(AS_SHOWN)
    ana.presses("Post note", then="Gradient of softmax cross-entropy")
    saved = page.locator("article.prose-note")
    expect(saved.get_by_alt_text("Softmax of two logits, from white to black.")).to_be_visible()
    expect(saved.locator(".verdict").first).to_be_attached(timeout=60_000)
    assert saved.evaluate(AS_SHOWN) == previewed


def adds_an_idea(ana: Person) -> None:
    ana.goes_to(f"{HOME}ideas/")
    ana.page.get_by_label("Title of a new idea").fill("Does $\\log\\det K$ predict collapse?")
    ana.page.keyboard.press("Enter")
    expect(ana.page.locator("#stage-spark .board-card math")).to_be_visible()
    ana.looks()


def invites(ana: Person, address: str) -> None:
    ana.goes_to(f"{HOME}invitations/new/")
    ana.fills(emails=address, message="Tuesdays, if you like.")
    ana.presses("Send invitations", then=re.compile("Invitations"))


def joins_by_the_invitation(tara: Person, mail: HoldingSmtpServer) -> None:
    [invitation] = mail.wait_for(1, to=tara.email)
    tara.goes_to(re.search(r"http://\S+/invitations/\S+", text_of(invitation))[0])
    tara.presses("Sign up and join", then=re.compile("Sign up"))
    tara.fills(name=tara.name, email=tara.email, password1=tara.password)
    tara.presses("Sign up", then="Confirm your mail address")
    code = code_in(mail.wait_for(2, to=tara.email)[-1])
    tara.fills(code=code)
    tara.presses("Confirm address", then="This week")


def schedules_a_biweekly_series(ana: Person) -> datetime:
    """Return when the first session starts: in some twenty hours, on a whole hour."""
    starts_at = (datetime.now(UTC) + timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    local = starts_at.astimezone(ZoneInfo(ana.zone))
    ana.goes_to(f"{HOME}sessions/series/new/")
    ana.fills(title="Gradients of losses", starts_on=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}", place="Room 2.14")
    expect(ana.page.get_by_label("Every two weeks")).to_be_checked()
    expect(ana.page.locator("#preview-dates tbody tr")).not_to_have_count(0)
    ana.presses("Schedule series", then="Sessions")
    return starts_at


def answers_and_prepares(tara: Person) -> None:
    page = tara.page
    tara.goes_to(f"{HOME}sessions/")
    tara.follows("Gradients of losses", then="Gradients of losses")
    page.get_by_role("button", name="I come").click()
    expect(page.get_by_role("button", name="I come")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#answers")).to_contain_text("1 coming")
    tara.looks()
    tara.goes_to(f"{HOME}readings/?q=Statistical+Inference")
    tara.follows("All of Statistics: A Concise Course in Statistical Inference", then=re.compile("All of Statistics"))
    chapter = page.get_by_role("group", name="How far I am with 1 Probability")
    chapter.get_by_role("button", name="Done").click()
    expect(chapter.get_by_role("button", name="Done")).to_have_attribute("aria-pressed", "true")
    tara.looks()


def votes_and_moves_a_card_by_keyboard(tara: Person) -> None:
    page = tara.page
    tara.goes_to(f"{HOME}ideas/")
    vote = page.locator(".board-vote").first
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#announcer")).to_contain_text("1 vote.")
    page.locator(".board-card-title").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#stage-exploring .board-card")).to_have_count(1)
    expect(page.locator("#announcer")).to_contain_text("Moved to Exploring, 1 of 1")
    tara.looks()


def reads_what_she_was_told(tara: Person) -> None:
    tara.goes_to(f"{HOME}accountability/")
    expect(tara.page.locator("#told")).to_contain_text("Gradients of losses")
    tara.goes_to("/notifications/")
    tara.presses("Mark all as read", then="Notifications")
    expect(tara.page.locator(".page-state")).to_contain_text("Nothing unread")
    tara.goes_to("/me/reminders/")
    tara.page.get_by_label("Session in one hour: Mail").uncheck()
    tara.presses("Save reminders", then="Your reminders")
    expect(tara.page.get_by_label("Session in one hour: Mail")).not_to_be_checked()


def looks_after_the_group(ana: Person) -> None:
    for path in ("", "members/", "settings/", "accountability/", "sessions/", "notes/", "ideas/", "readings/"):
        ana.goes_to(HOME + path)
    expect(ana.page.get_by_text("All of Statistics").first).to_be_visible()


def test_a_week_in_the_life(start, mail, ask, browser, picture):
    zone_of_ana, zone_of_tara = awake_zones(datetime.now(UTC))
    first_run = start()
    site = first_run.ready()
    ana = Person(browser, site=site, name="Ana Souza", email="ana@example.org", zone=zone_of_ana)
    tara = Person(browser, site=site, name="Tara Gurung", email="tara@example.org", zone=zone_of_tara, phone=True)

    sets_up_and_makes_a_group(ana)
    imports_the_bibliography(ana)
    writes_the_derivation(ana, picture)
    adds_an_idea(ana)
    invites(ana, tara.email)
    joins_by_the_invitation(tara, mail)

    mail.hold_reminders()
    starts_at = schedules_a_biweekly_series(ana)
    assert mail.has_one_in_hand.wait(timeout=30), "The reminder has not reached the mail server."
    assert ask("SELECT count(*) FROM reminders_delivery WHERE status = 'claimed'")[0][0] > 0
    for person in (ana, tara):
        person.turns_away()
    os.kill(first_run.child("studygroup worker"), signal.SIGKILL)
    assert first_run.ended() == 1
    assert "worker ended by itself (killed by SIGKILL)" in first_run.said[-1]
    mail.let_go()
    assert mail.reminders(to=ana.email) == mail.reminders(to=tara.email) == []

    second_run = start()
    assert second_run.ready() == site
    for person in (ana, tara):
        reminder = mail.wait_for_reminder(to=person.email)
        hour = hour_of(starts_at, person.zone)
        assert reminder["Subject"] in (f"Tomorrow {hour}: Gradients of losses", f"Today {hour}: Gradients of losses")
        assert f"–{hour_of(starts_at + timedelta(minutes=90), person.zone)}" in text_of(reminder)

    answers_and_prepares(tara)
    votes_and_moves_a_card_by_keyboard(tara)
    reads_what_she_was_told(tara)
    looks_after_the_group(ana)

    assert ask("SELECT DISTINCT status FROM reminders_delivery WHERE status NOT IN ('sent', 'dropped')") == []
    each_once = Counter((each["X-Envelope-To"], each["Message-ID"]) for each in mail.mails if each["List-Id"])
    assert set(each_once.values()) == {1}
    for person in (ana, tara):
        assert len(mail.reminders(to=person.email)) == 1
        person.is_content()
    assert second_run.stop() == 0
