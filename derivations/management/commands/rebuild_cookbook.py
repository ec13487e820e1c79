"""`manage.py rebuild_cookbook`: find the statements of the cookbook anew, as after an upgrade."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from derivations.actions import rebuild_cookbook
from members.models import Group

BAR = 30


class Command(BaseCommand):
    help = "Find the statements of the cookbook anew from the reviewed notes and their checks. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--group", metavar="SLUG", help="of one group only")

    def handle(self, *args: Any, **options: Any) -> None:
        group = None
        if options["group"]:
            group = Group.objects.filter(slug=options["group"]).first()
            if group is None:
                raise CommandError(f"There is no group {options['group']}.")
        count = rebuild_cookbook(group=group, tell=self._progress)
        self.stdout.write(f"{count} statements.")

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            filled = BAR * done // total
            self.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}", ending="")
