"""`manage.py send_due`: send what is due from here, without a worker."""

import os
import socket
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reminders.actions import send_due


class Command(BaseCommand):
    help = "Send every reminder that is due. Safe beside running workers."

    def handle(self, *args: Any, **options: Any) -> None:
        worker = f"{socket.gethostname()}:{os.getpid()}:manage"
        while (report := send_due(now=timezone.now(), worker=worker)).claimed:
            self.stdout.write(str(report))
        self.stdout.write("Nothing more is due.")
