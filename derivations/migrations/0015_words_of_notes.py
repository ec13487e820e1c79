"""The notes that are there can be found by their words."""

import unicodedata
from typing import Any

from django.db import migrations

BATCH = 200


def folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def keep_words(apps: Any, schema_editor: Any) -> None:
    Note, NoteWords = apps.get_model("derivations", "Note"), apps.get_model("derivations", "NoteWords")
    missing = Note.objects.filter(searched=None).order_by("pk").values_list("pk", "title", "body")
    after = 0
    while batch := list(missing.filter(pk__gt=after)[:BATCH]):
        NoteWords.objects.bulk_create(
            NoteWords(note_id=pk, words=" ".join(dict.fromkeys(folded(f"{title} {body}").split())))
            for pk, title, body in batch
        )
        after = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = [("derivations", "0014_note_words")]

    operations = [migrations.RunPython(keep_words, migrations.RunPython.noop)]
