"""Someone at a browser: their own cookies, clock and size, and a look by axe at all they come to."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from tests.frontend.looks import faults

expect.set_options(timeout=15_000)  # how long a page may take on a busy machine; a condition that holds costs nothing
SHOWN = """() => [...document.querySelectorAll("body *")].map(
    (each) => `${each.localName} ${each.getAttribute("class") ?? ""} ${each.getAttribute("role") ?? ""}`)"""
_looked_at: defaultdict[tuple[str, int], set[str]] = defaultdict(set)


class Person:
    def __init__(self, browser: Browser, *, site: str, name: str, email: str, zone: str, phone: bool = False) -> None:
        self.name, self.email, self.zone, self.site = name, email, zone, site.rstrip("/")
        self.password = "the chain rule, twice"
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
        self.context = browser.new_context(timezone_id=zone, locale="en-GB", viewport=size, has_touch=phone)
        self.page: Page = self.context.new_page()
        self.refused: list[str] = []  # by the browser: our policy, a script that broke, an address that is not there
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, said: Any) -> None:
        # A refused form answers 422, one that was overtaken 409, and the browser says so; that is no fault of the page.
        if said.type == "error" and "status of 422" not in said.text and "status of 409" not in said.text:
            self.refused.append(f"{self.page.url}: {said.text}")

    def goes_to(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.site + path)
        self.glances()

    def glances(self) -> None:
        """Look at the page where it shows something that nobody has seen on such a page at this width."""
        kind = (re.sub(r"\d+", "N", urlsplit(self.page.url).path), self.page.viewport_size["width"])
        shown = set(self.page.evaluate(SHOWN))
        if not shown <= _looked_at[kind]:
            _looked_at[kind] |= shown
            self.looks()

    def looks(self) -> None:
        """The page is right for those who do not see it, and no wider than the window."""
        assert faults(self.page) == [], self.page.url

    def logs_in(self) -> None:
        self.goes_to("/account/login/")
        self.fills(login=self.email, password=self.password)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.page.wait_for_url(re.compile(r"/(?!account/)"))

    def comes_again_until(self, shown: Locator, *, seconds: float = 60) -> None:
        """Load the page again until a worker has done its part, and `shown` is there."""
        until = time.monotonic() + seconds
        while not shown.count():
            assert time.monotonic() < until, f"{self.page.url} does not show {shown} after {seconds} s."
            self.page.wait_for_timeout(250)
            self.page.reload()

    def presses(self, button: str, *, then: str | re.Pattern[str]) -> None:
        """Press a button and look at the page whose heading is `then`."""
        self.page.get_by_role("button", name=button, exact=True).first.click()
        self.reads(then)

    def follows(self, link: str, *, then: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=link, exact=True).first.click()
        self.reads(then)

    def reads(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.glances()

    def fills(self, **fields: str) -> None:
        """Fill the form's fields, by their names."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def turns_away(self) -> None:
        """Leave the page, which would otherwise report by itself, a few seconds later, that it has been seen."""
        self.page.goto("about:blank")

    def is_content(self) -> None:
        assert self.refused == [], "\n".join(self.refused)
