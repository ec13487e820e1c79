"""`manage.py render_notes`: draw every note anew, after an upgrade that draws formulas otherwise."""

from typing import Any

from django.core.management.base import BaseCommand

from derivations.models import Note
from derivations.rendering import outline_of, render_note


class Command(BaseCommand):
    help = "Draw every note anew from its source. Makes no revision; safe to run at any time, and twice."

    def handle(self, **options: Any) -> None:
        drawn = 0
        for note in Note.objects.only("pk", "body", "number").order_by("pk").iterator(chunk_size=50):
            rendered = render_note(note.body)
            # Only while the text is still the one that was drawn: someone may save meanwhile.
            drawn += Note.objects.filter(pk=note.pk, number=note.number).update(
                body_html=rendered.html, outline=outline_of(rendered)
            )
        self.stdout.write(f"{drawn} notes drawn anew.")
