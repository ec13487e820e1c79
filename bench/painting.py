"""A saved note in Chromium, cold: the long note beside the same text without mathematics.

*Painted whole* is the time from the start of the navigation until the page has loaded, the fonts that its text asks for
are there, the whole page was laid out anew with them (a forced layout, however long the page), and the second animation
frame after that has begun, so that the first was painted. Each page is opened in a fresh context, that is with an empty
cache, a session's cookie and nothing else; the pages take turns.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.data import long_note

GOAL = 1.5
SIZE = {"width": 1280, "height": 800}
WORDS = "we take what stands beside the differential and collect it once more with care "
_FORMULA = re.compile(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\$[^$]*\$", re.DOTALL)

PAINTED = """addEventListener("load", async () => {
    await document.fonts.ready;
    document.documentElement.getBoundingClientRect();
    await document.fonts.ready;
    document.documentElement.getBoundingClientRect();
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    window.paintedWhole = performance.now();
});"""


@dataclass
class Painted:
    """A page: how long each opening took until it was painted whole, and for how long the page's thread was at work."""

    name: str
    path: str
    waits_ms: list[float] = field(default_factory=list)
    work_ms: list[float] = field(default_factory=list)

    @property
    def wait_ms(self) -> float:
        return statistics.median(self.waits_ms)

    def cells(self, plain: Painted) -> list[str]:
        ratio = self.wait_ms / plain.wait_ms
        ends = ["", ""] if self is plain else [f"≤ {GOAL}", "reached" if ratio <= GOAL else "missed"]
        numbers = [self.wait_ms, max(self.waits_ms), statistics.median(self.work_ms)]
        return [self.name, str(len(self.waits_ms)), *(f"{number:.0f}" for number in numbers), f"{ratio:.2f}", *ends]


def without_mathematics(text: str) -> str:
    """Return `text` with plain words of the same length in place of each formula."""

    def words(match: re.Match[str]) -> str:
        length = len(match.group())
        return (WORDS * (length // len(WORDS) + 1))[: length - 1].rstrip().ljust(length, ".")

    return _FORMULA.sub(words, text)


def post(page: Any, new: str, *, title: str, body: str) -> str:
    """Post a note as a member does. Returns its path."""
    page.goto(new)
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)
    page.evaluate("document.querySelector('[data-note-form]').requestSubmit()")
    page.wait_for_url(re.compile(r"/notes/\d+/$"))
    return str(page.evaluate("location.pathname"))


def painted(
    browser: Any, context_of: Callable[[Any], Any], *, new: str, check: Callable[[], object], rounds: int
) -> list[Painted]:
    """Post the text without and with mathematics by the form at `new`, and open each. `check` has notes checked."""
    context = context_of(browser)
    page = context.new_page()
    text = long_note()
    plain, checked = (post(page, new, title="A note", body=body) for body in (without_mathematics(text), text))
    check()
    pages = [
        Painted("20 kB without mathematics", plain),
        Painted("the same with 78 formulas", post(page, new, title="A note", body=text)),
        Painted("the same with its verdicts", checked),
    ]
    context.close()
    for turn in range(rounds + 1):
        for each in pages:
            context = context_of(browser)
            page = context.new_page()
            devtools = context.new_cdp_session(page)
            devtools.send("Performance.enable")
            page.add_init_script(PAINTED)
            answer = page.goto(each.path)
            if answer.status != 200:
                raise SystemExit(f"{each.path} answered {answer.status}.")
            page.wait_for_function("() => window.paintedWhole", timeout=60_000)
            if turn:  # at the first the server loads what it has not loaded yet
                each.waits_ms.append(page.evaluate("() => window.paintedWhole"))
                metrics = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
                each.work_ms.append(metrics["TaskDuration"] * 1000)
            context.close()
    return pages


__all__ = ["Painted", "painted", "without_mathematics"]
