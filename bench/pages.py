"""Our pages beside a minimal view: `python -m bench pages [--seconds 1.5] [--rounds 5] [--write]`.

For SQLite, and for PostgreSQL where it is found, a fresh database is filled, the real gunicorn is started on it with
the product's own configuration, and each page is measured in turn with the plain view right before it: a ratio is that
of two slices that lie next to each other, and the number printed is the median of all rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import document
from bench.load import Slice, Target, ask_for
from bench.machine import conditions, lines
from bench.report import Measured, as_markdown, as_table

ROOT = Path(__file__).resolve().parents[1]
GIVE_UP_SECONDS = 60


@dataclass
class Seen:
    """All slices of one page, each with the slice of the plain view that was measured right before it."""

    one: list[tuple[Slice, Slice]] = field(default_factory=list)
    eight: list[tuple[Slice, Slice]] = field(default_factory=list)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench pages", description="Beside a minimal Django view.")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each slice")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database only")
    parser.add_argument("--write", action="store_true", help="write its part of docs/performance.md as well")
    options = parser.parse_args(arguments)
    tables: dict[str, list[Measured]] = {}
    for name, url in databases(options.only):
        print(f"\n{name}: filling a fresh database …", flush=True)
        with tempfile.TemporaryDirectory(prefix="studygroup-bench-") as var:
            environment = environment_for(url or f"sqlite:///{var}/bench.sqlite3", var)
            pages = fill(environment)
            with served(environment) as (port, server):
                tables[name] = measured(pages, port=port, server=server, seconds=options.seconds, rounds=options.rounds)
        print(as_table(name, tables[name]), flush=True)
    if options.write:
        pages_part = as_markdown(tables, told(options))
        document.write(document.with_pages(document.current(), pages_part))


def databases(only: str | None) -> Iterator[tuple[str, str]]:
    """Yield each database to measure on: its name and its URL, empty for a new SQLite file."""
    if only != "postgresql":
        yield "SQLite", ""
    if only == "sqlite":
        return
    from tests.services.fixtures import postgres_programs, postgres_started

    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield "PostgreSQL", _new_database(url)
    elif programs := postgres_programs():
        with postgres_started(programs) as url:
            yield "PostgreSQL", _new_database(url)
    else:
        print("\nPostgreSQL was not found: `apt-get install postgresql` to compare on it too.")


def _new_database(server: str) -> str:
    import psycopg
    from psycopg import sql

    name = f"bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server}/{name}"


def environment_for(url: str, var: str) -> dict[str, str]:
    """The embedded default, on a database of its own, whatever this shell has set."""
    ours = ("REDIS_URL", "EMAIL_URL", "DEBUG", "PRODUCTION", "PORT", "HOST", "WEB_CONCURRENCY", "WEB_THREADS")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    settings = {"DATABASE_URL": url, "VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "bench.settings", "LOG_LEVEL": "WARNING"}
    return kept | settings


def fill(environment: dict[str, str]) -> list[dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-m", "bench.data"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if run.returncode:
        raise SystemExit("The data could not be made; the lines above say why.")
    pages: list[dict[str, Any]] = json.loads(run.stdout)
    return pages


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The product's own gunicorn, on a free loopback port. Yields the port and its process id once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "-c", "python:studygroup.gunicorn_conf"]
    server = subprocess.Popen([*command, "-b", f"127.0.0.1:{port}", "bench.wsgi"], cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + GIVE_UP_SECONDS
        while True:
            if server.poll() is not None:
                raise SystemExit("gunicorn ended by itself; the lines above say why.")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise SystemExit(f"gunicorn did not answer within {GIVE_UP_SECONDS} s.") from None
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def measured(pages: list[dict[str, Any]], *, port: int, server: int, seconds: float, rounds: int) -> list[Measured]:
    """Measure each page, the plain view right before it, by turns."""
    targets = [Target(f"{page['kind']} {page['size']}".strip(), page["path"], page["cookie"]) for page in pages]
    plain = targets[0]
    for target in targets:
        ask_for(target, port=port, clients=8, seconds=0.5)  # what is loaded at the first request is loaded now
    seen = [Seen() for _ in pages]
    for _ in range(rounds):
        for target, found in zip(targets, seen, strict=True):
            for clients, slices in ((1, found.one), (8, found.eight)):
                pair = [
                    with_processor_time(server, target=each, port=port, clients=clients, seconds=seconds)
                    for each in (plain, target)
                ]
                slices.append((pair[0], pair[1]))
    return [_summed_up(page, found) for page, found in zip(pages, seen, strict=True)]


def with_processor_time(server: int, **question: Any) -> Slice:
    """One slice, with the processor time that the server's processes took meanwhile."""
    before = _processor_ms(server)
    found = ask_for(**question)
    return replace(found, processor_ms=_processor_ms(server) - before)


def _processor_ms(server: int) -> float:
    """What the server and its workers have used so far, as Linux counts it; 0 elsewhere."""
    children = " ".join(lines(f"/proc/{server}/task/{server}/children")).split()
    ticks = 0
    for pid in [str(server), *children]:
        fields = " ".join(lines(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:13]))  # utime and stime
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _summed_up(page: dict[str, Any], seen: Seen) -> Measured:
    waits = sorted(wait for _, mine in seen.one for wait in mine.waits_ms)
    return Measured(
        kind=page["kind"],
        size=page["size"],
        queries=page["queries"],
        content_bytes=page["content_bytes"],
        per_second=statistics.median(mine.per_second for _, mine in seen.eight),
        p50_ms=statistics.median(waits),
        p95_ms=waits[int(len(waits) * 0.95)],
        ratio_one=statistics.median(plain.per_second / mine.per_second for plain, mine in seen.one),
        ratio=statistics.median(plain.per_second / mine.per_second for plain, mine in seen.eight),
        ratio_cpu=statistics.median(
            mine.processor_ms_each / plain.processor_ms_each if plain.processor_ms else float("nan")
            for plain, mine in seen.eight
        ),
    )


def told(options: argparse.Namespace) -> str:
    return (
        f"{conditions('Django', 'gunicorn')}. {options.rounds} rounds of {options.seconds:g} s a slice. "
        f"Load average at the end {os.getloadavg()[0]:.1f}, of which about 2 are this run's."
    )
