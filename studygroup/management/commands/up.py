"""`manage.py up`: web, one worker and beat, started and stopped together."""

import errno
import fcntl
import io
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from studygroup.celery import app as celery_app
from studygroup.processes import Program, Together

BUILT = settings.BASE_DIR / "assets" / "dist" / "manifest.json"

# One worker has nobody to gossip, mingle or exchange heartbeats with.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")


class Command(BaseCommand):
    help = "Migrate, then run web, one worker and beat until Ctrl-C."
    requires_system_checks = ()  # they would load everything a second time; `make lint` and the tests run them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="On an empty database, make the demo group first.")

    _log_ins: Sequence[str] = ()

    def handle(self, *, demo: bool, **options: object) -> None:
        if not BUILT.exists():
            raise CommandError("The assets are not built yet. Build them with `make assets`.")
        with _only_one_on(settings.VAR_DIR), _claimed_port() as listener:
            try:
                self._prepare(demo=demo)
                reason = self._run(listener)
            except KeyboardInterrupt:
                reason = None
        self._say("Stopped.")
        if reason:
            raise CommandError(f"{reason}. The lines above say why; everything was stopped.")

    def _prepare(self, *, demo: bool) -> None:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self._say("Migrating the database …")
                call_command("migrate", interactive=False, verbosity=0)
            if demo:
                self._make_demo()
        except OperationalError as refusal:
            where = settings.DATABASES["default"]
            place = where.get("HOST") or where["NAME"]
            raise CommandError(
                f"The database at {place} does not answer: {str(refusal).strip()}\nStart it, or correct DATABASE_URL."
            ) from refusal
        except DatabaseError as refusal:
            raise CommandError(f"The database refused: {str(refusal).strip()}") from refusal
        finally:
            connection.close()
        if settings.PRODUCTION and not _same(BUILT, settings.STATIC_ROOT / "manifest.json"):
            self._say("Collecting static files …")
            call_command("collectstatic", interactive=False, verbosity=0)
        if not settings.REDIS_URL:
            # Three processes that make the queue's file at once can read it half-written: it is made here, before them.
            with celery_app.connection_for_write() as broker:
                celery_app.amqp.queues[celery_app.conf.task_default_queue](broker.default_channel).declare()

    def _make_demo(self) -> None:
        """Make the demo group where there is nobody yet. Its log-ins are printed with the address, at every start."""
        from members.models import User
        from studygroup.demo import make_demo

        told = settings.VAR_DIR / "demo-log-in"
        if not User.objects.exists():
            self._say("Making the demo group …")
            password = secrets.token_urlsafe(9)
            demo = make_demo(now=timezone.now(), password=password)
            told.touch(mode=0o600)
            told.write_text(
                f"Log in as {demo.people['ana'].email} (organiser) with {password}\n"
                f"Log in as {demo.people['tom'].email} (member) with {password}\n"
            )
        elif not told.exists():
            self._say("There are accounts here already, so the demo group was not made.")
            return
        self._log_ins = told.read_text().splitlines()

    def _run(self, listener: socket.socket) -> str | None:
        port = listener.getsockname()[1]
        host = os.environ.get("HOST", "127.0.0.1")
        address = settings.SITE_URL if port == settings.PORT else f"http://localhost:{port}"
        python = sys.executable
        gunicorn = [python, "-m", "gunicorn", "-c", "python:studygroup.gunicorn_conf"]
        celery = [python, "-m", "celery", "--quiet", "-A", "studygroup"]
        descriptor = listener.fileno()
        web = Program("web", [*gunicorn, "-b", f"fd://{descriptor}", "studygroup.wsgi"], sockets=[descriptor])
        worker = Program("worker", [*celery, "worker", "-P", "threads", "-c", "2", "-n", "up@%h", "-l", "INFO", *ALONE])
        beat = Program("beat", [*celery, "beat", "-l", "WARNING"])
        environment = {**os.environ, "HOST": host, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        together = Together(write=self._say, environment=environment, cwd=settings.BASE_DIR, width=len("worker"))

        def answered() -> None:
            self._say(f"\nstudygroup is at {address}/   (Ctrl-C stops it)")
            for line in self._log_ins:
                self._say(line)
            self._say("")
            together.start([worker, beat])  # only now: three programs that load at once keep the first page waiting

        together.start([web])
        question = _ask_for_health(listener)
        listener.close()  # the web server holds it now
        return together.run(first_answer=question, on_ready=answered)

    def _say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except BrokenPipeError:
            # Who was reading has gone (`make run | head`). What has to be stopped must still be stopped.
            self.stdout = type(self.stdout)(io.StringIO())


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


class _only_one_on:
    """Hold `directory` for this process. Two schedulers on one database file would each do everything."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "up.lock"

    def __enter__(self) -> None:
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise CommandError(
                f"studygroup runs already on {self._path.parent} (process {holder}). "
                "Stop that one first, or give this one a folder of its own with VAR_DIR."
            ) from taken
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def __exit__(self, *exc: object) -> None:
        self._file.close()  # the lock goes with it; the file stays, for deleting it would race with the next


def _claimed_port() -> socket.socket:
    """A socket that listens on HOST and PORT, so that nobody takes the port while the database migrates."""
    host, port = os.environ.get("HOST", "127.0.0.1"), settings.PORT
    if not 0 <= port <= 65535:
        raise CommandError(f"PORT is {port}; a port is a number from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as refusal:
        raise CommandError(f"HOST is {host!r}, which is no address of this machine ({refusal.strerror}).") from refusal
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as refusal:
        listener.close()
        raise CommandError(_why_not_bound(refusal, host, port)) from refusal
    return listener


def _why_not_bound(refusal: OSError, host: str, port: int) -> str:
    if refusal.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. "
            f"Stop that program, or choose another port: PORT={port + 1} make run"
        )
    if refusal.errno == errno.EACCES:
        return f"Port {port} is kept for the system's own services. Choose one above 1023: PORT=8000 make run"
    return f"HOST is {host!r}, which is no address of this machine ({refusal.strerror})."


def _ask_for_health(listener: socket.socket) -> socket.socket:
    """A connection on which GET /health/ waits for whoever will serve `listener`."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a name to compare with, nothing is bound
    connection_to_us = socket.create_connection((here, port))
    connection_to_us.sendall(f"GET /health/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
    return connection_to_us
