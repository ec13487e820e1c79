"""What the checker said is asked for and kept."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from derivations.addresses import with_keys
from derivations.checking import CheckStopped, check_body, checker_version
from derivations.givens import with_givens
from derivations.linking import links_of
from derivations.macros import NO_MACROS, GroupMacros, macros_of
from derivations.models import Check, Note, Revision
from derivations.standing import settle
from derivations.steps import steps_in
from derivations.symbols import keep_symbols
from derivations.tasks import check_note
from derivations.verdicts import checked_html, doubts_of, tally_of

from .rules import approvals_needed
from .talk import talk_of

logger = logging.getLogger(__name__)
MOST_TRIES = 3  # of a check that ends in an error of ours, or with its worker


def ask_for_check(*, revision: Revision, now: datetime) -> None:
    """Let a new revision be checked soon. The row is what is to be done: the task only wakes a worker."""
    check = Check.objects.create(revision=revision, asked_at=now)
    transaction.on_commit(partial(check_note.delay, check.pk))


def run_check(*, check_id: int, now: datetime, seed: int = 0) -> Check | None:
    """Judge the steps of a revision and keep what came of it; on the page, if it still is the latest.

    Safe to run twice: the second finds it done. None where the check is gone. An error of the checker itself is raised
    and leaves the check waiting, up to MOST_TRIES; so does a worker that dies over it, without a word.
    """
    check = Check.objects.select_related("revision__note").filter(pk=check_id).first()
    if check is None or check.state != Check.State.WAITING:
        return check
    reason, report = "", dict[str, Any]()
    macros = macros_of(check.revision.note.group_id)
    if check.tries >= MOST_TRIES:  # none of them came back: the worker was ended from outside each time
        logger.error("The check of revision %s was lost %s times.", check.revision_id, check.tries)
        reason = (
            f"Checking it ended its worker {check.tries} times, so it is not tried again. Split the note into several."
        )
        return _keep_check(check, report=report, reason=reason, seed=seed, now=now, macros=macros)
    Check.objects.filter(pk=check.pk).update(tries=F("tries") + 1)
    try:
        report = check_body(check.revision.body, seed=seed, macros=macros.text)
    except CheckStopped as stopped:
        reason = str(stopped)[:500]
    except Exception:  # a fault of ours, of whatever kind: raised for Celery to show, at last said on the page
        if check.tries + 1 < MOST_TRIES:
            raise
        logger.exception("The checker failed %s times on revision %s.", MOST_TRIES, check.revision_id)
        reason = "The checker itself failed on this note. Nothing is wrong with the text."
    return _keep_check(check, report=report, reason=reason, seed=seed, macros=macros, now=now)


@transaction.atomic
def _keep_check(
    check: Check,
    *,
    report: dict[str, Any],
    reason: str,
    seed: int,
    now: datetime,
    macros: GroupMacros = NO_MACROS,
) -> Check:
    # A save goes before or after, whole.
    note = Note.objects.select_for_update(of=("self",)).select_related("group").get(pk=check.revision.note_id)
    if macros.number < note.macros_number:
        return check  # it was judged with macros that are changed by now; another check was asked for
    if not reason:
        report = with_keys(report, check.report if check.report.get("steps") else _report_before(check.revision))
    check.state = Check.State.STOPPED if reason else Check.State.DONE
    check.report, check.reason, check.seed, check.version = report, reason, seed, checker_version()
    check.finished_at = now
    check.save(update_fields=["state", "report", "reason", "seed", "version", "finished_at"])
    if note.number == check.revision.number:
        tally = None if reason else tally_of(report)
        html = "" if tally is None else checked_html(note.body, report, links=links_of(note), macros=macros)
        note.checked_html, givens_html = with_givens(html, report, macros=macros)
        note.steps_hold, note.steps_fail, note.steps_unchecked = tally or (None, None, None)
        note.outline = {
            **note.outline,
            "check": {"reason": reason, "doubts": doubts_of(report), "givens_html": givens_html},
        }
        if not reason:
            note.talk = talk_of(note, steps_in(report, revision=note.number))
        settle(note, note.reviews.values_list("answer", "number"), needed=approvals_needed(note.group_id))
        note.save(
            update_fields=[
                "checked_html", "steps_hold", "steps_fail", "steps_unchecked", "outline", "status", "reviewed_number",
                "talk",
            ]
        )  # fmt: skip
        keep_symbols(note, report)
    return check


def _report_before(revision: Revision) -> dict[str, Any] | None:
    """What the checker said of the nearest earlier revision that it has judged."""
    earlier = Check.objects.filter(
        revision__note=revision.note_id, revision__number__lt=revision.number, state=Check.State.DONE
    )
    report: dict[str, Any] | None = earlier.order_by("-revision__number").values_list("report", flat=True).first()
    return report


@transaction.atomic
def ask_again(*, note: Note, now: datetime) -> Check | None:
    """Let the latest revision of a note be checked anew, as after an upgrade of the checker. None where it is gone.

    The page keeps the present verdicts until the new ones are there.
    """
    note = Note.objects.select_for_update().get(pk=note.pk)
    revision = note.revisions.filter(number=note.number).first()
    if revision is None:
        return None
    waiting = {"state": Check.State.WAITING, "asked_at": now, "tries": 0, "finished_at": None}
    return Check.objects.update_or_create(revision=revision, defaults=waiting)[0]
