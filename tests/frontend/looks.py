"""What is wrong with a page for those who do not see it, or see it on a small window."""

from pathlib import Path
from typing import Any

from tests.services.running import ROOT

AXE = Path(ROOT, "node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is right is not told in full: a third of the time on a long page.
RUN = "async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Any) -> list[str]:
    """The violations that axe finds on the page as it stands, and that it is wider than its window.

    axe runs from outside the page, and so past its content security policy, which stays in force for the page itself.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, RULES)
    wrong = [f"{each['id']}: {node['html']}: {node['failureSummary']}" for each in found for node in each["nodes"]]
    if (wider := page.evaluate(WIDER)) > 0:
        wrong.append(f"{wider} px wider than the window")
    return wrong
