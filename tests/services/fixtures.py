"""PostgreSQL, Redis, an SMTP server and Chromium, for the tests that need the real thing.

Each is taken from where the environment names it (TEST_POSTGRES_URL, TEST_REDIS_URL, TEST_CHROMIUM), otherwise started
from the machine's own programs on a free port of the loopback, in a folder of its own, and stopped at the end of the
session. Where there is none, the test is skipped with the line that installs it; with CI=true it fails.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from psycopg import sql

from .running import ROOT, environment

_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="Run only the tests that touch the database.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return

    def touches(item: pytest.Item) -> bool:
        fixtures = getattr(item, "fixturenames", ())
        return item.get_closest_marker("django_db") is not None or "db" in fixtures or "transactional_db" in fixtures

    config.hook.pytest_deselected(items=[item for item in items if not touches(item)])
    items[:] = [item for item in items if touches(item)]


def missing(what: str, *, package: str) -> None:
    """Skip the test that asked; in continuous integration fail it, for there nothing may be left out in silence."""
    reason = f"{what} is not installed. Install it: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


# PostgreSQL


def postgres_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl; Debian keeps them off the PATH, one folder a version."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    on_path = [Path(found).parent] if (found := shutil.which("initdb")) else []
    return next((each for each in [*newest_first, *on_path] if (each / "pg_ctl").exists()), None)


def _unprivileged() -> dict[str, Any]:
    """Whom PostgreSQL runs as: root it refuses."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody", "extra_groups": []}


@contextmanager
def postgres_started(programs: Path) -> Iterator[str]:
    """A new PostgreSQL server, stopped and deleted at the end. Yields its URL without a database."""
    with tempfile.TemporaryDirectory(prefix="studygroup-postgres-") as folder:
        someone = _unprivileged()
        if someone:
            shutil.chown(folder, someone["user"])
        data, port = f"{folder}/data", free_port()

        def run(*command: str) -> None:
            subprocess.run(
                [programs / command[0], *command[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL, **someone
            )

        run(
            "initdb", "-D", data, "-U", "studygroup", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        options = (
            f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        )
        run("pg_ctl", "start", "--wait", "-D", data, "-l", f"{folder}/log", "-o", options)
        try:
            yield f"postgres://studygroup@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "stop", "--wait", "-D", data, "-m", "immediate")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which databases may be made."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield urlunsplit(urlsplit(url)._replace(path=""))
        return
    programs = postgres_programs()
    if programs is None:
        missing("PostgreSQL", package="postgresql")
    else:
        with postgres_started(programs) as url:
            yield url


@contextmanager
def empty_database(server: str, *, template: str = "template1") -> Iterator[str]:
    """A new database on `server`, a copy of `template`, dropped at the end. Yields its URL."""
    name = f"studygroup_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        connection.execute(made)
        yield f"{server}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_url(postgres_server) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    with empty_database(postgres_server) as url:
        yield url


# Databases with our tables, for tests that have processes of their own at work on them: migrated once, then copied.


def _migrate(url: str, var: Path) -> None:
    settings = environment(var, DATABASE_URL=url)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=settings, check=True)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    _migrate(f"sqlite:///{folder / 'migrated.sqlite3'}", folder)
    return folder / "migrated.sqlite3"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the database on `postgres_server`."""
    with empty_database(postgres_server) as url:
        _migrate(url, tmp_path_factory.mktemp("migrated"))
        yield url.rsplit("/", 1)[1]


@contextmanager
def migrated_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a copy: of `kind` sqlite in `folder`, or postgresql, dropped at the end."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "copy.sqlite3")
        yield f"sqlite:///{folder / 'copy.sqlite3'}"
    else:
        template = request.getfixturevalue("migrated_postgres")
        with empty_database(request.getfixturevalue("postgres_server"), template=template) as url:
            yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database of the test's own, once on each of the two."""
    with migrated_database(request.param, tmp_path, request) as url:
        yield url


# Redis


class RedisServer:
    """A Redis server of the test's own, which keeps nothing on disk: what it held is lost when it is stopped."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*self._command, "--save", "", "--appendonly", "no"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if "Ready to accept connections" in line:
                return
        pytest.fail("Redis did not start:\n" + "".join(said))

    def stop(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@contextmanager
def redis_started(folder: Path) -> Iterator[RedisServer]:
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis", package="redis-server")
    else:
        server = RedisServer(program, folder)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def redis_server(tmp_path) -> Iterator[RedisServer]:
    """A Redis server that the test may stop and start."""
    with redis_started(tmp_path) as server:
        yield server


@pytest.fixture
def redis_url(request) -> Iterator[str]:
    """The URL of an empty Redis."""
    if url := os.environ.get("TEST_REDIS_URL"):
        # Each process of a suite that runs in several has a database of its own on the one server.
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        url = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
        with redis.Redis.from_url(url) as connection:
            connection.flushdb()
            yield url
            connection.flushdb()
    else:
        yield request.getfixturevalue("redis_server").url


# Mail


class Mailbox:
    """An SMTP server's handler that keeps what it accepts."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse_with: str | None = None  # an SMTP answer such as "451 later", given instead of accepting
        self._changed = threading.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        if self.refuse_with is not None:
            return self.refuse_with
        mail = message_from_bytes(envelope.content, policy=policy.default)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        with self._changed:
            self.mails.append(mail)
            self._changed.notify_all()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in mail["X-Envelope-To"]]

    def wait_for(self, number: int, *, to: str = "", seconds: float = 30) -> list[EmailMessage]:
        """Return the mails to `to` (everyone by default) once there are `number`; fail after `seconds`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.to(to)) >= number, timeout=seconds):
                got = [f"{mail['X-Envelope-To']}: {mail['Subject']}" for mail in self.mails]
                pytest.fail(f"Waited {seconds} s for {number} mails to {to or 'anyone'}; got {got}")
        return self.to(to)


class SmtpServer(Mailbox):
    def __init__(self) -> None:
        super().__init__()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self._controller.port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@contextmanager
def smtp_started() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A real SMTP server: `.url`, `.mails`, `.wait_for(2, to="ana@example.org")`."""
    with smtp_started() as server:
        yield server


# Chromium, for pytest-playwright's `page`, `context` and `browser`


def _chromium() -> str | None:
    """Debian's build without windows where it is installed: the same engine, for half the processor time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = _chromium()
    if program is None:
        missing("Chromium", package="chromium")
    # Playwright runs an event loop in this thread, in which Django otherwise refuses every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    # Chromium's own sandbox cannot be made by root; what it shows in these tests is our own pages only.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*sandbox, *quiet]}
