"""No query and no form is a server error, on any page: every word that any view reads from one, with values that nobody
means. A page that takes such a value says what is wrong with it, 4xx, or leaves it aside."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from .matrix import all_rows, make_world

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["studygroup", "ideas", "derivations", "sessions", "readings", "reminders", "members"]
READ = re.compile(r"""(?:GET|POST|query|params|data)\s*(?:\.get|\.getlist)?\s*[(\[]\s*["'](\w+)["']""")
FIELD = re.compile(r"^    (\w+) = (?:forms\.)?\w+(?:Field|Form)?\(", re.MULTILINE)
SOURCES = [file.read_text("utf-8") for room in ROOMS for file in (ROOT / room).rglob("*.py")]
WORDS = sorted({word for text in SOURCES for pattern in (READ, FIELD) for word in pattern.findall(text)})
VALUES = ["-1", "9" * 30, "2026-02-30", "x'[\\%💩"]
ROWS = [(row, furnish) for row, furnish in all_rows() if not row.htmx]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("row", "furnish"), ROWS, ids=[row.id for row, _ in ROWS])
def test_no_value_is_a_server_error(row, furnish):
    world = make_world()
    furnish(world)
    client = Client(raise_request_exception=False)
    client.force_login(world.organiser, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(row.name, kwargs=row.resolved_kwargs(world))
    right = row.resolved_data(world)
    right = right if isinstance(right, dict) else {}
    attempts = [dict.fromkeys(WORDS, value) for value in VALUES]
    if row.method == "POST":  # the right form but for one value, so that the others do not hide it
        attempts += [{**right, word: value} for word in right for value in VALUES]
    broken = []
    for attempt in attempts:
        with transaction.atomic():
            if getattr(client, row.method.lower())(address, attempt).status_code >= 500:
                broken.append({word: value for word, value in attempt.items() if value != right.get(word)})
            transaction.set_rollback(True)
    assert broken == []
