"""Two sweeps, two workers, one database: each reminder is written once and sent once."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter

import psycopg
import pytest

from .running import ROOT, environment

PEOPLE = 40


@pytest.fixture
def database(migrated_url):
    """A database with people in it: its URL, and a function that asks it."""
    is_sqlite = migrated_url.startswith("sqlite:///")

    def ask(question):
        if is_sqlite:
            with sqlite3.connect(migrated_url.removeprefix("sqlite:///"), timeout=20) as connection:
                return connection.execute(question).fetchall()
        with psycopg.connect(migrated_url) as connection:
            cursor = connection.execute(question)
            return cursor.fetchall() if cursor.description else []

    rows = ", ".join(
        f"({n}, '', 'p{n}@example.org', 'P{n}', 'UTC', '', '', {yes}, {no}, {no}, '2026-01-01 00:00:00+00:00')"
        for yes, no in [("1", "0") if is_sqlite else ("true", "false")]
        for n in range(1, PEOPLE + 1)
    )
    columns = "id, password, email, name, time_zone, affiliation, about, is_active, is_staff, is_superuser, date_joined"
    ask(f"INSERT INTO members_user ({columns}) VALUES {rows}")
    return migrated_url, ask


def start(verb, *, var, url, **more):
    racer = subprocess.Popen(
        [sys.executable, "-m", "tests.services.racer", verb],
        cwd=ROOT,
        env=environment(var, DATABASE_URL=url, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in racer.stdout:
        if line == "ready\n":
            return racer
    raise AssertionError("The racer ended before it was ready.")


def kill_at_mail_number(server, number, pid):
    """Kill process `pid` while the server holds its `number`-th mail and has not yet answered."""
    seen = iter(range(1, 1000))
    accept = server.handle_DATA

    async def handle_data(*arguments):
        if next(seen) == number:
            os.kill(pid, signal.SIGKILL)
            return "451 Too late"
        return await accept(*arguments)

    server.handle_DATA = handle_data


def race(*racers):
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        assert racer.wait(timeout=120) == 0
        racer.stdin.close()
        racer.stdout.close()


@pytest.mark.slow
def test_two_sweeps_write_once_and_two_workers_send_once(database, smtp_server, tmp_path):
    url, ask = database
    race(*[start("sweep", var=tmp_path, url=url) for _ in range(2)])
    assert ask("SELECT channel, count(*) FROM reminders_delivery GROUP BY channel ORDER BY channel") == [
        ("bell", PEOPLE),
        ("mail", PEOPLE),
    ]

    race(*[start("send", var=tmp_path, url=url, EMAIL_URL=smtp_server.url) for _ in range(2)])

    assert ask("SELECT DISTINCT status, attempts FROM reminders_delivery") == [("sent", 1)]
    assert ask("SELECT count(*), count(DISTINCT user_id) FROM reminders_notification") == [(PEOPLE, PEOPLE)]
    received = Counter(mail["X-Envelope-To"] for mail in smtp_server.mails)
    assert received == {f"p{n}@example.org": 1 for n in range(1, PEOPLE + 1)}


@pytest.mark.slow
def test_a_worker_killed_while_it_sends_loses_nothing(database, smtp_server, tmp_path):
    url, ask = database
    race(start("sweep", var=tmp_path, url=url))
    doomed = start("send", var=tmp_path, url=url, EMAIL_URL=smtp_server.url)
    kill_at_mail_number(smtp_server, 5, doomed.pid)
    doomed.stdin.write("go\n")
    doomed.stdin.flush()
    assert doomed.wait(timeout=120) == -signal.SIGKILL
    doomed.stdin.close()
    doomed.stdout.close()
    assert ask("SELECT count(*) FROM reminders_delivery WHERE status = 'claimed'")[0][0] > 0
    ask("UPDATE reminders_delivery SET lease_until = '2026-11-23 11:00:00+00:00' WHERE status = 'claimed'")

    race(start("send", var=tmp_path, url=url, EMAIL_URL=smtp_server.url))

    assert ask("SELECT DISTINCT status FROM reminders_delivery") == [("sent",)]
    received = Counter(mail["X-Envelope-To"] for mail in smtp_server.mails)
    assert set(received) == {f"p{n}@example.org" for n in range(1, PEOPLE + 1)}
    # The one mail that may come twice was taken and not yet recorded; its Message-ID tells that it is the same.
    assert sum(received.values()) <= PEOPLE + 1
    assert len({mail["Message-ID"] for mail in smtp_server.mails}) == PEOPLE
