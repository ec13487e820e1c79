"""Lists of thousands of notes beside lists of fifty: `python -m bench notes [--seconds 2] [--only sqlite] [--write]`.

For SQLite, and for PostgreSQL where it is found, a fresh database gets a group with 50 notes and 50 statements in its
cookbook and one with 5,000 and 20,000. The real gunicorn answers one reader; each page is asked of both groups in turn.
`python -m bench.notes` fills the database that DATABASE_URL names and prints the pages as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import asdict
from typing import Any

from bench import document
from bench.load import Target, ask_for
from bench.machine import conditions

SMALL = (50, 50)
LARGE = (5_000, 20_000)
GOAL_MS = 100
NOTE_CHARACTERS = 2_500
STATEMENTS_A_NOTE = 20
HEADS = ("page", "notes, statements", "CPU ms", "p50 ms", "p95 ms", "queries", "goal")


INTRODUCTION = """{heading}

Written by `python -m bench notes --write`. One reader on a kept connection, gunicorn as `manage.py up` starts it; each
page of a group with 50 notes and 50 statements in its cookbook, then of one with 5,000 notes of 2.5 kB and 20,000
statements, in one run. *CPU ms* is the processor time of the server for a request, which hardly changes when others use
the machine too. A search reads the keys of what it finds once, and then the rows of one page.
Conditions: {told}
"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench notes", description="Thousands of notes beside fifty.")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database only")
    parser.add_argument("--write", action="store_true", help="write its part of docs/performance.md as well")
    options = parser.parse_args(arguments)
    from bench.pages import ROOT, databases, environment_for, served

    tables: dict[str, list[tuple[str, ...]]] = {}
    for name, url in databases(options.only):
        print(f"\n{name}: filling a fresh database …", flush=True)
        with tempfile.TemporaryDirectory(prefix="studygroup-bench-") as var:
            environment = environment_for(url or f"sqlite:///{var}/bench.sqlite3", var)
            command = [sys.executable, "-m", "bench.notes"]
            run = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
            if run.returncode:
                raise SystemExit("The data could not be made; the lines above say why.")
            with served(environment) as (port, server):
                pages = json.loads(run.stdout)
                tables[name] = [_row(page, port=port, server=server, seconds=options.seconds) for page in pages]
        print(
            "\n".join("  ".join(cell.ljust(26 if n < 2 else 8) for n, cell in enumerate(row)) for row in tables[name])
        )
    if options.write:
        told = (
            f"{conditions('Django', 'gunicorn')}. {options.seconds:g} s a page. Load average {os.getloadavg()[0]:.1f}."
        )
        document.write(document.with_notes(document.current(), as_markdown(tables, told)))


def _row(page: dict[str, Any], *, port: int, server: int, seconds: float) -> tuple[str, ...]:
    target = Target(f"{page['kind']} {page['size']}", page["path"], page["cookie"])
    from bench.pages import with_processor_time

    ask_for(target, port=port, clients=1, seconds=0.5)  # what is loaded at the first request is loaded now
    found = with_processor_time(server, target=target, port=port, clients=1, seconds=seconds)
    waits = sorted(found.waits_ms)
    p50, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    said = "reached" if p95 <= GOAL_MS else "missed"
    shown = (f"{found.processor_ms_each:.1f}", f"{p50:.1f}", f"{p95:.1f}", str(page["queries"]))
    return page["kind"], page["size"], *shown, f"{said} (≤ {GOAL_MS})"


def as_markdown(tables: dict[str, list[tuple[str, ...]]], told: str) -> str:
    parts = [INTRODUCTION.format(heading=document.NOTES_HEADING, told=told)]
    for name, rows in tables.items():
        parts.append(f"### {name}\n\n| {' | '.join(HEADS)} |\n| --- | --- | ---: | ---: | ---: | ---: | --- |")
        parts += [f"| {' | '.join(row)} |" for row in rows]
        parts.append("")
    return "\n".join(parts)


def fill() -> list[dict[str, Any]]:
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    now = timezone.now()
    small, large = (_pages(*size, now=now) for size in (SMALL, LARGE))
    return [asdict(page) for pair in zip(small, large, strict=True) for page in pair]


def _pages(notes: int, statements: int, *, now: Any) -> list[Any]:
    from django.db import connection
    from django.test import Client

    from bench.data import Page, counted
    from derivations.actions import keep_words
    from derivations.models import Note, Statement, StatementText
    from mathtext.fragments import key, symbols
    from members.models import Group, Membership, Role, User

    dice = random.Random(notes)  # noqa: S311 - the same data each time, no secret
    group = Group.objects.create(name=f"Bench {notes}", slug=f"bench-notes-{notes}", time_zone="UTC", purpose="")
    reader = User.objects.create(email=f"reader-{notes}@example.org", name="Reader", password="!")
    Membership.objects.create(user=reader, group=group, role=Role.MEMBER, joined_at=now)
    words = [
        "gradient",
        "hessian",
        "kernel",
        "softmax",
        "entropy",
        "ridge",
        "trace",
        "determinant",
        "variance",
        "likelihood",
        "convex",
        "dual",
    ]
    letters = ["A", "B", "X", "W", r"\Sigma", r"\Lambda", "x", "y", r"\beta", r"\theta"]
    sentence = "We take the differential on both sides and collect what stands beside it. "
    syllables = [
        "an",
        "ber",
        "co",
        "der",
        "el",
        "fin",
        "gra",
        "hom",
        "in",
        "ker",
        "lin",
        "mo",
        "nor",
        "pro",
        "tri",
        "va",
    ]
    vocabulary = ["".join(dice.choices(syllables, k=dice.randint(1, 4))) for _ in range(5_000)]
    often = [1 / rank for rank in range(1, len(vocabulary) + 1)]  # as in a language

    def prose(n: int) -> str:
        said = [sentence, f"Let $x_{{{n}}} \\in \\mathbb{{R}}^n$. "]
        while sum(map(len, said)) < NOTE_CHARACTERS:
            said.append(" ".join(dice.choices(vocabulary, often, k=12)).capitalize() + ". ")
        return "".join(said)

    made = Note.objects.bulk_create(
        (
            Note(
                group=group,
                title=f"On the {dice.choice(words)} of the {dice.choice(words)}, {n}",
                author=reader,
                body=f"{text} {dice.choice(words)} {n}",
                body_html=f"<p>{text}</p>",
                checked_html=f"<p>{text}</p>",
                status="reviewed" if n % 3 else "draft",
                steps_hold=8,
                steps_fail=0,
                steps_unchecked=n % 2,
                changed_by=reader,
            )
            for n in range(notes)
            for text in [prose(n)]
        ),
        batch_size=500,
    )
    keep_words(notes=made)
    topics = [f"Topic of the {word}" for word in words]
    rows, texts = [], []
    for n in range(statements):
        note, (a, b) = made[n // STATEMENTS_A_NOTE % len(made)], dice.sample(letters, 2)
        tex = rf"\frac{{\partial \log\det({a} + {b})}}{{\partial {a}}} = ({a} + {b})^{{-\top}} + {n} {b}^{{-1}}"
        topic = topics[n * len(topics) // statements]
        around = f"{topic} {note.title} {dice.choice(words)} {sentence * 3}".lower()
        rows.append(
            Statement(
                group=group,
                note=note,
                number=n + 1,
                topic=topic,
                place=f"{topic.lower()}\t{note.title}\t{note.pk:012d}\t{n:05d}",
                tex_key=key(tex),
                symbols=f" {' '.join(symbols(tex))} ",
                words=around[:500],
            )
        )
        texts.append(tex)
    Statement.objects.bulk_create(rows, batch_size=500)
    html = '<div class="math-block">' + "<mrow><mi>x</mi></mrow>" * 60 + "</div>"
    StatementText.objects.bulk_create(
        (
            StatementText(statement=row, tex=tex, html=html, conditions=[], conditions_html="<p>Let it be given.</p>")
            for row, tex in zip(rows, texts, strict=True)
        ),
        batch_size=500,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its autovacuum does a minute later
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    home = group.get_absolute_url()
    paths = {
        "list of notes": "notes/",
        "list, its last page": f"notes/?page={max(1, notes // 30)}",
        "list, reviewed": "notes/?status=reviewed",
        "list, by words": "notes/?q=gradient+collect",
        "cookbook": "cookbook/",
        "cookbook, by words": "cookbook/?q=kernel+differential&by=words",
        "cookbook, by symbol": "cookbook/?q=%5CSigma",
        "cookbook, by TeX": "cookbook/?q=%5CLambda)%5E%7B-%5Ctop%7D",
        "cookbook, TeX nowhere": "cookbook/?q=A%5E%7B-%5Ctop%7D%20Z",
        "cookbook, a topic by TeX": "cookbook/?topic=Topic+of+the+ridge&q=X)%5E%7B-%5Ctop%7D",
        "what rests on what": "notes/graph/",
    }
    return [
        counted(Page(kind=kind, size=f"{notes:,}, {statements:,}", path=f"{home}{path}", cookie=cookie))
        for kind, path in paths.items()
    ]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    json.dump(fill(), sys.stdout)
