"""The editor and a saved note in Chromium: `python -m bench editor [--rounds 7] [--write]`.

The product's own gunicorn on a fresh SQLite database; a note of 20 kB with 78 formulas is opened in the editor, and one
of 30 steps, of which one step is changed at a time. A preview is timed from its question to its whole answer, as the
browser counts it; a verdict from the key to the changed page, with the pause that the editor waits for further keys.
What a saved note costs to paint: bench/painting.py.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import document
from bench.data import long_note
from bench.machine import conditions
from bench.pages import ROOT, environment_for, fill, served
from bench.painting import SIZE, Painted, painted

THIRTY_STEPS = Path(__file__).with_name("thirty_steps.md")
STEP = r"&= \lambda K^{-1} y ."
# Without windows where there is such a one: with them, each fresh context loads pages of the browser's own beside ours.
_WINDOWLESS = shutil.which("chromium-headless-shell")
CHROMIUM = os.environ.get("CHROMIUM", _WINDOWLESS or "/usr/bin/chromium")
PATIENT_MS = 60_000

TYPE = """async ({from, to, fails}) => {
    const editor = document.querySelector(".markdownx-editor");
    const at = editor.value.lastIndexOf(from);
    if (at < 0) throw new Error(`${from} does not stand in the text`);
    editor.focus();
    editor.setSelectionRange(at, at + from.length);
    const start = performance.now();
    document.execCommand("insertText", false, to);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const done = () => document.querySelectorAll(".markdownx-preview .math-fails").length === fails
        && document.querySelectorAll(".markdownx-preview .verdicts").length
        && !document.querySelector(".markdownx-preview.is-checking");
    while (!done()) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
PREVIEWS = """() => performance.getEntriesByType("resource")
    .filter((each) => /\\/preview\\/(\\?.*)?$/.test(each.name)).map((each) => each.duration)"""


@dataclass(frozen=True)
class Timed:
    """What was waited for, how often, in milliseconds, and how long it may take."""

    name: str
    waits_ms: list[float]
    goal_ms: int

    @property
    def cells(self) -> list[str]:
        waits = sorted(self.waits_ms)
        numbers = [statistics.median(waits), waits[-1]]
        reached = "reached" if numbers[0] <= self.goal_ms else "missed"
        return [self.name, str(len(waits)), *(f"{number:.0f}" for number in numbers), f"≤ {self.goal_ms}", reached]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench editor", description="Preview and verdicts while one types.")
    parser.add_argument("--rounds", type=int, default=7, help="changes of a step, and previews after the first (7)")
    parser.add_argument("--write", action="store_true", help="write its part of docs/performance.md as well")
    options = parser.parse_args(arguments)
    print("\nThe editor: filling a fresh database …", flush=True)
    with tempfile.TemporaryDirectory(prefix="studygroup-bench-") as var:
        environment = environment_for(f"sqlite:///{var}/bench.sqlite3", var)
        note = next(page for page in fill(environment) if "/notes/" in page["path"])
        with served(environment) as (port, _):
            timed, pages = measured(note, port=port, rounds=options.rounds, check=partial(check_notes, environment))
    for cells in [each.cells for each in timed] + [each.cells(pages[0]) for each in pages]:
        print("  ".join([cells[0].ljust(56), *(cell.rjust(8) for cell in cells[1:])]), flush=True)
    if options.write:
        document.write(document.with_editor(document.current(), as_markdown(timed, pages)))


def check_notes(environment: dict[str, str]) -> None:
    """What the worker would do, which does not run here."""
    command = [sys.executable, "manage.py", "check_notes"]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def measured(
    note: dict[str, Any], *, port: int, rounds: int, check: Callable[[], object]
) -> tuple[list[Timed], list[Painted]]:
    """Open the editor in the group of `note`, as its reader, and notes that are posted there."""
    from playwright.sync_api import sync_playwright

    base = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def context_of(browser: Any) -> Any:
            context = browser.new_context(base_url=base, viewport=SIZE)
            context.add_cookies([{"name": "sessionid", "value": note["cookie"], "url": base}])
            return context

        new = note["path"].partition("/notes/")[0] + "/notes/new/"
        context = context_of(browser)
        page = context.new_page()
        page.goto(new)
        page.fill("[name=body]", long_note())
        _until(page, "() => document.querySelectorAll('.markdownx-preview math').length > 70")
        for place in range(rounds):
            known = len(page.evaluate(PREVIEWS))
            page.press("[name=body]", "Control+End")
            page.keyboard.type(f" {place}")
            _until(page, f"() => ({PREVIEWS})().length > {known}")
        first, *later = page.evaluate(PREVIEWS)[-rounds - 1 :]
        page.goto(new)
        page.fill("[name=body]", THIRTY_STEPS.read_text(encoding="utf-8"))
        _until(page, "() => document.querySelector('[data-live-strip]').textContent.includes('All 30 steps hold')")
        changes, step = [], STEP
        for place in range(rounds):
            wrong = STEP.replace(r"&= \lambda", rf"&= {place + 2} \lambda")
            changes.append(page.evaluate(TYPE, {"from": step, "to": wrong, "fails": 1}))
            right = STEP.replace(r"&= \lambda", rf"&= \tfrac{{{place + 2}}}{{{place + 2}}} \lambda")
            changes.append(page.evaluate(TYPE, {"from": wrong, "to": right, "fails": 0}))
            step = right
        context.close()
        pages = painted(browser, context_of, new=new, check=check, rounds=rounds)
        browser.close()
    timed = [
        Timed("first preview of 20 kB with 78 formulas", [first], 150),
        Timed("later previews of it", later, 60),
        Timed("last key to new verdict, one step of 30 changed", changes, 1000),
    ]
    return timed, pages


def _until(page: Any, condition: str) -> None:
    page.wait_for_function(condition, timeout=PATIENT_MS)


def as_markdown(timed: list[Timed], pages: list[Painted]) -> str:
    rows = [["", "times", "ms, median", "longest", "goal", ""], ["---", "---:", "---:", "---:", "---:", "---"]]
    rows += [each.cells for each in timed]
    words = f"{conditions('Django', 'playwright')}. Load average at the end {os.getloadavg()[0]:.1f}"
    told = INTRODUCTION.format(heading=document.EDITOR_HEADING, conditions=words)
    heads = [
        ["painted whole", "times", "ms, median", "longest", "ms at work", "ratio", "goal", ""],
        ["---", *["---:"] * 6, "---"],
    ]
    tables = [rows, heads + [each.cells(pages[0]) for each in pages]]
    shown = ["".join(f"| {' | '.join(row)} |\n" for row in table) for table in tables]
    return f"{told}\n{shown[0]}\n{PAINTING}\n{shown[1]}"


INTRODUCTION = """{heading}

Written by `python -m bench editor --write`. The product's own gunicorn on SQLite, the editor in Chromium. A preview is
timed from its question to its whole answer; the first is the first of the server's process, with no formula known. A
verdict is timed from the key to the changed page, with the 400 ms that the editor waits for further keys: each time the
step has another text, true and false by turns, so that it is judged anew, and the 29 others are not.

Conditions: {conditions}.
"""

PAINTING = """The saved note, opened in Chromium with an empty cache, beside the same text with plain words of the same
length in place of its formulas; the pages take turns. *Painted whole* is from the start of the navigation until the
page has loaded, its fonts are there, all of it was laid out with them, and the frame after that was painted. *At work*
is the page's own thread in Chromium: parsing, style, layout, scripts.
"""

__all__ = ["main"]
