"""What docker-compose.yml describes, as processes on this machine: PostgreSQL, Redis, two web processes, two workers,
one beat and a mail server, with production's settings. The commands are read from docker-compose.yml itself.
"""

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

import pytest
import yaml

from tests.studygroup.test_production import GOOD

from .fixtures import RedisServer, SmtpServer, empty_database, free_port, redis_started, smtp_started
from .running import ROOT, Running, environment

pytestmark = [pytest.mark.postgresql, pytest.mark.redis, pytest.mark.slow]

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

PEOPLE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from tests.factories import GroupFactory, MembershipFactory
from members.models import Role
group = GroupFactory(name="Gradient Circle", slug="gradient-circle")
ana = MembershipFactory(group=group, role=Role.ORGANISER, user__email="ana@example.org")
MembershipFactory(group=group, role=Role.MEMBER, user__email="ben@example.org")
store = SessionStore()
store[SESSION_KEY] = str(ana.user.pk)
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store[HASH_SESSION_KEY] = ana.user.get_session_auth_hash()
store.save()
print(store.session_key)
"""

SESSION_SOON = """
import sys
from datetime import timedelta
from django.utils import timezone
from members.models import Group
from sessions.actions import Details, schedule_session
group, now = Group.objects.get(), timezone.now()
start = now + timedelta(minutes=30)
schedule_session(group=group, details=Details(title={title!r}), on=start.date(), at=start.time().replace(second=0,
    microsecond=0), time_zone="UTC", duration=timedelta(hours=1), by=group.memberships.first().user, now=now)
"""


@dataclass
class Deployment:
    """Where the processes run, and what they run on."""

    var: Path
    settings: dict[str, str]
    redis: RedisServer
    mail: SmtpServer
    programs: list[Running] = field(default_factory=list)

    def start(self, service: str, *, until: str, **more: str) -> Running:
        """Start the command of a service of docker-compose.yml, and return once it has said `until`."""
        _, *arguments = SERVICES[service]["command"]
        arguments = [each.replace("worker@%h", f"worker{len(self.programs)}@%h") for each in arguments]
        program = Running(self.var, *arguments, **self.settings, **more)
        self.programs.append(program)
        program.until(until)
        return program

    def run(self, *command: str) -> str:
        """Run a Python program to its end, and return what it printed."""
        result = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(self.var, **self.settings),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def do(self, code: str) -> str:
        return self.run("-c", f"import django; django.setup()\n{code}")

    def get(self, port: int, path: str, **headers: str) -> tuple[int, Message, str]:
        """Ask the web process at `port`, as the reverse proxy would. Returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        outside = {"Host": self.settings["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        with closing(connection):
            connection.request("GET", path, headers={**outside, **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()


@contextmanager
def deployment_in(folder: Path, postgres: str) -> Iterator[Deployment]:
    with ExitStack() as services:
        redis = services.enter_context(redis_started(folder))
        mail = services.enter_context(smtp_started())
        settings = {
            **GOOD,
            "DJANGO_SETTINGS_MODULE": "studygroup.settings",
            "DATABASE_URL": services.enter_context(empty_database(postgres)),
            "REDIS_URL": redis.url,
            "EMAIL_URL": mail.url,
            "SWEEP_EVERY_SECONDS": "1",
            "STATIC_ROOT": str(folder / "static"),
            "WEB_CONCURRENCY": "1",
        }
        deployment = Deployment(folder / "var", settings, redis, mail)
        try:
            yield deployment
        finally:
            for program in deployment.programs:
                program.clear_up()


@pytest.fixture(scope="module")
def deployment(postgres_server, tmp_path_factory) -> Iterator[Deployment]:
    with deployment_in(tmp_path_factory.mktemp("deployment"), postgres_server) as deployment:
        deployment.run(*SERVICES["migrate"]["command"][1:])
        deployment.run("manage.py", "collectstatic", "--no-input", "-v0")
        yield deployment


@pytest.fixture(scope="module")
def signed_in(deployment) -> dict[str, str]:
    """The cookie of Ana, who organises a group with Ben in it."""
    return {"Cookie": f"sessionid={deployment.do(PEOPLE).strip()}"}


@pytest.fixture(scope="module")
def webs(deployment, signed_in) -> list[int]:
    ports = [free_port(), free_port()]
    for port in ports:
        deployment.start("web", until="Booting worker", HOST="127.0.0.1", PORT=str(port))
    return ports


@pytest.fixture(scope="module")
def workers(deployment) -> list[Running]:
    return [deployment.start("worker", until=" ready.") for _ in range(2)]


@pytest.fixture(scope="module")
def beat(deployment, workers) -> Running:
    return deployment.start("beat", until="is starting")


def soon(deployment: Deployment, title: str, *, to: str) -> int:
    """How many mails have come to `to` that say that the session called `title` begins soon."""
    subjects = [mail["Subject"] for mail in deployment.mail.to(to)]
    return sum(subject.startswith("Soon") and title in subject for subject in subjects)


def wait_until_told(deployment: Deployment, title: str) -> None:
    for address in ("ana@example.org", "ben@example.org"):
        number = 1
        while not soon(deployment, title, to=address):
            deployment.mail.wait_for(number, to=address, seconds=60)
            number = len(deployment.mail.to(address)) + 1


def ended(deployment: Deployment) -> list[str]:
    """The last words of the programs that have ended."""
    return ["\n".join(each.said[-30:]) for each in deployment.programs if each.process.poll() is not None]


def test_both_web_processes_serve_the_same_group_to_the_same_person(deployment, webs, signed_in):
    for port in webs:
        status, _, page = deployment.get(port, "/groups/gradient-circle/", **signed_in)
        assert (status, "Gradient Circle" in page) == (200, True)


def test_built_assets_are_kept_by_browsers_for_good(deployment, webs, signed_in):
    _, _, page = deployment.get(webs[0], "/groups/gradient-circle/", **signed_in)
    script = re.search(r'<script[^>]+src="(/static/assets/[^"]+)"', page)[1]
    status, headers, _ = deployment.get(webs[1], script)
    assert (status, headers["Cache-Control"]) == (200, "max-age=315360000, public, immutable")


def test_the_health_check_of_the_image_knows_a_well_one_from_a_dead_one(deployment, webs):
    script = str(ROOT / "studygroup/healthcheck.py")
    well = {**environment(deployment.var, **deployment.settings), "PORT": str(webs[0])}
    assert subprocess.run([sys.executable, script], env=well).returncode == 0
    dead = subprocess.run(
        [sys.executable, script], env={**well, "PORT": str(free_port())}, capture_output=True, text=True
    )
    assert (dead.returncode, "does not answer" in dead.stderr) == (1, True)


def test_http_is_led_to_https(deployment, webs):
    status, headers, _ = deployment.get(webs[0], "/account/login/", **{"X-Forwarded-Proto": "http"})
    assert (status, headers["Location"]) == (301, "https://study.example.org/account/login/")


def test_each_worker_answers_its_health_check(deployment, workers):
    answers = deployment.run("-m", "celery", "-A", "studygroup", "inspect", "ping", "-t", "5", "--json")
    host = socket.gethostname()
    assert set(json.loads(answers.splitlines()[0])) == {
        f"worker{deployment.programs.index(worker)}@{host}" for worker in workers
    }


def test_a_due_reminder_goes_to_each_person_once_with_two_workers_and_many_sweeps(deployment, signed_in, workers, beat):
    deployment.do(SESSION_SOON.format(title="Log-determinant gradients"))
    wait_until_told(deployment, "Log-determinant")
    # A second session's mails show that later sweeps have run through, and that they did not send the first again.
    deployment.do(SESSION_SOON.format(title="Ridge regression"))
    wait_until_told(deployment, "Ridge")
    assert [soon(deployment, "Log-determinant", to=each) for each in ("ana@example.org", "ben@example.org")] == [1, 1]


def test_losing_redis_loses_nothing(deployment, webs, signed_in, workers, beat):
    deployment.redis.stop()
    deployment.do(SESSION_SOON.format(title="Attention by hand"))
    status, _, _ = deployment.get(webs[0], "/groups/gradient-circle/", **signed_in)
    assert status == 200
    deployment.redis.start()
    wait_until_told(deployment, "Attention by hand")
    assert ended(deployment) == []
