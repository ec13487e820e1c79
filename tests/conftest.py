"""Fixtures for the whole suite: people in their roles, a clock, a client a person."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

import hypothesis
import pytest
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from members.models import Group, Role, User
from tests import work
from tests.factories import GroupFactory, MembershipFactory, UserFactory

# The suite tries the same examples each time, however slow the machine is: new ones are what `make fuzz` is for.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")

pytest_plugins = ["tests.services.fixtures"]  # PostgreSQL, Redis, SMTP, Chromium

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


# Coverage makes the checker and the reading of Markdown about four times as slow. Of the cases of one test only every
# so many-th is looked at line by line, and where it says 0 none.
EVERY_CASE = 4
LOOKED_AT = {
    "tests/stepcheck/test_given_cases.py::test_a_representative": 1,
    "tests/stepcheck/test_given_cases.py": 0,
    "tests/stepcheck/test_own_cases.py": 8,
    "tests/stepcheck/test_broken_input.py": 0,
    "tests/stepcheck/test_fuzz.py": 0,
    "tests/stepcheck/test_memo.py": 0,
    "tests/stepcheck/test_replay.py": 0,
    "tests/stepcheck/test_code.py": 1,
    "tests/stepcheck/test_second.py": 1,
    "tests/stepcheck/": 2,
    "tests/mathtext/": 8,
    "tests/security/": 8,
}
# What these do is done by other processes, or was looked at elsewhere.
NEVER_LOOKED_AT = ("browser", "slow", "postgresql", "redis")
IS_LOOKED_AT = pytest.StashKey[bool]()

# Files whose tests share what is dear to start: a whole deployment, a demo group, a migrated database.
TOGETHER = {
    "tests/e2e/test_a_note_two_people_trust.py": "two people",
    "tests/services/test_topology.py": "topology",
    "tests/services/test_racing_workers.py": "races",
    "tests/members/test_races.py": "races",
    "tests/ideas/test_race.py": "races",
    "tests/sessions/test_race.py": "races",
    "tests/studygroup/test_up.py": "races",
}


def pytest_collection_modifyitems(items):
    seen: Counter[str] = Counter()
    for item in items:
        test, _, case = item.nodeid.partition("[")
        every = next((every for place, every in LOOKED_AT.items() if test.startswith(place)), EVERY_CASE)
        is_turn = every > 0 and (not case or seen[test] % every == 0)
        item.stash[IS_LOOKED_AT] = is_turn and not any(item.get_closest_marker(name) for name in NEVER_LOOKED_AT)
        seen[test] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    with nullcontext() if item.stash[IS_LOOKED_AT] else work.untraced():
        return (yield)


class Together(LoadScopeScheduling):
    """Hands tests to processes one by one, and those of TOGETHER to one process.

    pytest-xdist's own groups (3.8) are not seen under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Each test has its own media and mail folders, and an empty cache."""
    from django.core.cache import cache

    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.WHITENOISE_AUTOREFRESH = True  # a client is made for each person: it does not read all of assets/ first
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture(autouse=True)
def _is_set_up(monkeypatch):
    """No test is led to /setup/ for want of accounts, except those of set-up itself."""
    monkeypatch.setattr("studygroup.middleware._has_accounts", True)


ANSWERS: dict[str, str] = {}


@pytest.fixture
def answers_of_the_checker() -> dict[str, str]:
    """By question, as kept for this run; a test that wants the process itself clears it."""
    return ANSWERS


@pytest.fixture(autouse=True)
def _the_checker_is_asked_once(monkeypatch):
    """The same question to the checker has the same answer: of the many tests that save one note, one waits for it."""
    from derivations import checking

    ask = checking._ask

    def asked_once(task, asked, *, seconds):
        question = json.dumps([task, asked, seconds, checking.MEGABYTES], sort_keys=True)
        if question not in ANSWERS:
            ANSWERS[question] = json.dumps(ask(task, asked, seconds=seconds))
        return json.loads(ANSWERS[question])

    monkeypatch.setattr(checking, "_ask", asked_once)


@pytest.fixture
def group(db) -> Group:
    return GroupFactory(name="Gradient Circle", slug="gradient-circle", time_zone="Europe/Berlin")


@pytest.fixture
def organiser(group) -> User:
    return MembershipFactory(group=group, role=Role.ORGANISER, user__name="Ana Organiser").user


@pytest.fixture
def member(group) -> User:
    return MembershipFactory(group=group, role=Role.MEMBER, user__name="Ben Member").user


@pytest.fixture
def observer(group) -> User:
    return MembershipFactory(group=group, role=Role.OBSERVER, user__name="Cleo Observer").user


@pytest.fixture
def former(group) -> User:
    return MembershipFactory(group=group, role=Role.MEMBER, left_at=NOON, user__name="Dora Former").user


@pytest.fixture
def stranger(db) -> User:
    return UserFactory(name="Emil Stranger")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """`client_of(user)` is a signed-in browser of that person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def ends() -> Callable[[], AbstractContextManager[None]]:
    """`with ends():` fails where what stands inside hangs."""
    return work.ends
