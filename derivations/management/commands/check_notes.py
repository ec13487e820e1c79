"""`manage.py check_notes`: check notes whose verdicts are of another version of the checker, and say what changed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import F
from django.utils import timezone

from derivations.actions import ask_again, run_check
from derivations.checking import checker_version
from derivations.models import Check, Note

BAR = 30


class Command(BaseCommand):
    help = (
        "Check the notes that this version of the checker has not judged yet, and list the steps whose verdict changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that this version has judged")
        parser.add_argument("--group", metavar="SLUG", help="the notes of one group only")

    def handle(self, *args: Any, **options: Any) -> None:
        notes = Note.objects.filter(deleted_at=None).order_by("pk")
        if options["group"]:
            notes = notes.filter(group__slug=options["group"])
        if not options["all"]:
            known = Check.objects.filter(version=checker_version(), revision__number=F("revision__note__number"))
            notes = notes.exclude(pk__in=known.exclude(state=Check.State.WAITING).values("revision__note"))
        ids = list(notes.values_list("pk", flat=True))
        changed = 0
        for place, pk in enumerate(ids):
            self._progress(place, len(ids))
            changed += self._check(Note.objects.get(pk=pk))
        self._progress(len(ids), len(ids))
        self.stdout.write(f"{len(ids)} checked, {changed} with another verdict than before.")

    def _check(self, note: Note) -> int:
        before = self._verdicts(note)
        asked = ask_again(note=note, now=timezone.now())
        if asked is None:
            return 0
        run_check(check_id=asked.pk, now=timezone.now())
        after = self._verdicts(note)
        if before is None or before == after:
            return 0
        self.stdout.write(f"\r{note.title} ({note.get_absolute_url()}):")
        if after is None:
            self.stdout.write("  not checked any more")
            return 1
        for number in range(max(len(before), len(after))):
            was, now = (side[number] if number < len(side) else "no step" for side in (before, after))
            if was != now:
                self.stdout.write(f"  step {number + 1}: {was} → {now}")
        return 1

    @staticmethod
    def _verdicts(note: Note) -> list[str] | None:
        check = Check.objects.filter(revision__note=note, revision__number=note.number, state=Check.State.DONE).first()
        return None if check is None else [step["verdict"] for step in check.report.get("steps", [])]

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            filled = BAR * done // total
            self.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}", ending="")
