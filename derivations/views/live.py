"""Verdicts while one types: the text of the editor judged by the warm checker, as the saved page will show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations.checking import CheckStopped
from derivations.givens import with_givens
from derivations.linking import NoteLinks
from derivations.live import Busy, Overtaken, live
from derivations.macros import GroupMacros, macros_of
from derivations.permissions import can_write_notes
from derivations.rendering import LIMITS, render_note
from derivations.verdicts import Tally, checked_html, doubts_of, tally_of
from members.access import group_or_404
from members.models import User

from .finding import saved_before

CHECKS_A_MINUTE = 180  # a long note takes several, one for each slice
RETRY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """How the steps of a text that is not saved stand: what the strip of a saved note asks for."""

    tally: Tally
    unfinished: int = 0
    outline: dict[str, Any] = field(default_factory=dict)
    is_checked: bool = True

    @property
    def steps_hold(self) -> int:
        return self.tally.hold

    @property
    def steps_fail(self) -> int:
        return self.tally.fail

    @property
    def steps_unchecked(self) -> int:
        return self.tally.unchecked

    @property
    def steps(self) -> int:
        return sum(self.tally) + self.unfinished


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """The preview with its verdicts, the strip above it, the panel of what is declared."""

    html: str
    strip: str
    givens: str = ""
    unfinished: int = 0


def judged_page(text: str, *, links: NoteLinks, macros: GroupMacros, writer: str) -> WrittenPage:
    """Return `text` with the verdicts on its steps; those that time did not suffice for bear none.

    Raises Overtaken and Busy. Where the checker does not take the text, the strip says why.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        judged = live.judge(text, writer=writer, macros=macros.text)
    except CheckStopped as stopped:
        stood = WrittenNote(Tally(), outline={"check": {"reason": str(stopped)}})
        return WrittenPage(render_note(text, links=links, macros=macros).html, _strip(stood))
    unfinished = set(judged.unfinished)
    report = {**judged.report, "steps": [s for s in judged.report["steps"] if s["index"] not in unfinished]}
    html = checked_html(text, report, links=links, macros=macros, is_saved=False)
    html, givens = with_givens(html, report, macros=macros)
    note = WrittenNote(tally_of(report), len(unfinished), {"check": {"doubts": doubts_of(report)}})
    return WrittenPage(html, _strip(note), givens, len(unfinished))


def _strip(note: WrittenNote) -> str:
    return render_to_string("derivations/_strip.html", {"note": note})


@require_POST
def check_written(request: HttpRequest, slug: str) -> JsonResponse:
    """What the checker says of `content`, or in how many seconds to ask again: where a later text of the writer's
    overtook it, or others wait. Neither is an error, and both are usual while one types."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes.")
    content = request.POST.get("content")
    if content is None:
        return JsonResponse({"error": "The checker needs the text in `content`."}, status=422)
    if len(content) > LIMITS.note_chars:
        words = f"This note has {len(content):,} characters; at most {LIMITS.note_chars:,} fit. Split it up."
        return JsonResponse({"error": words}, status=413)
    try:
        count_against(f"live:{user.pk}", limit=CHECKS_A_MINUTE, seconds=60)
        links = NoteLinks(group, saved_before(request, group))
        page = judged_page(content, links=links, macros=macros_of(group), writer=str(user.pk))
    except TooMany as refusal:
        answer = {"error": str(refusal), "again_seconds": refusal.retry_seconds}
        return JsonResponse(answer, status=429, headers={"Retry-After": str(refusal.retry_seconds)})
    except Overtaken:
        return JsonResponse({"error": "A later text is being checked.", "again_seconds": 1})
    except Busy as busy:
        return JsonResponse({"error": str(busy), "again_seconds": RETRY_SECONDS})
    return JsonResponse(
        {"html": page.html, "strip": page.strip.strip(), "givens": page.givens, "unfinished": page.unfinished}
    )
