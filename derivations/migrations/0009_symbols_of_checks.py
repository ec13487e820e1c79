"""The symbols of notes that were checked before there was a ledger."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    Check, Symbol = apps.get_model("derivations", "Check"), apps.get_model("derivations", "Symbol")
    checks = Check.objects.filter(state="done", revision__number=F("revision__note__number"))
    rows = []
    for note_id, report in checks.values_list("revision__note", "report").iterator(chunk_size=100):
        found = {}
        for given in report.get("givens", ()):
            found[given["name"][:200]] = Symbol(
                note_id=note_id, name=given["name"][:200], kind=given["kind"][:100], shape=given["shape"][:200],
                properties=given["properties"], line=given["line"],
            )  # fmt: skip
        for defined in report.get("definitions", ()):
            name = defined["name"][:200]
            known = found.setdefault(name, Symbol(note_id=note_id, name=name, kind="defined", line=defined["line"]))
            known.meaning = " ".join(defined["latex"].replace("&", " ").split())[:500]
        rows.extend(found.values())
        if len(rows) > 1000:
            Symbol.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    Symbol.objects.bulk_create(rows, ignore_conflicts=True)


def empty(apps, schema_editor):
    apps.get_model("derivations", "Symbol").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("derivations", "0008_macros_and_symbols")]
    operations = [migrations.RunPython(fill, empty)]
