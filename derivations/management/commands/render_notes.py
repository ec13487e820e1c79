"""`manage.py render_notes`: draw every note anew, after an upgrade that draws formulas otherwise."""

from typing import Any

from django.core.management.base import BaseCommand

from derivations.actions import rebuild_links


class Command(BaseCommand):
    help = "Draw every note anew from its source, and find its links. Makes no revision; safe to run twice."

    def handle(self, **options: Any) -> None:
        drawn = rebuild_links()
        self.stdout.write(f"{drawn} notes drawn anew.")
