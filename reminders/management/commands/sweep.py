"""`manage.py sweep`: find out now what is due, without waiting for beat."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reminders.actions import sweep


class Command(BaseCommand):
    help = "Write down every reminder that is due, and wake the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        report = sweep(now=timezone.now())
        self.stdout.write(f"{report.written} written, {report.late} too late to be of use, {report.revived} due again")
