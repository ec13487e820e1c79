"""A kind of reminder made of a list, and a mail server of our own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from reminders.nudges import KINDS, Kind, Nudge, Window
from tests.conftest import NOON


@dataclass
class Promises:
    """A source of nudges: what stands in `owed` is due, what is taken out of it is done."""

    kind: Kind = None  # type: ignore[assignment]  # set as soon as it is made
    owed: list[Nudge] = field(default_factory=list)

    def __call__(self, *, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
        for nudge in self.owed:
            if nudge.due_at in window and (user_ids is None or nudge.user_id in user_ids):
                yield nudge

    def to(self, user, *, group=None, due_at: datetime = NOON, key: str = "", **changes) -> Nudge:
        nudge = Nudge(
            user_id=user.pk,
            group_id=group.pk if group else None,
            key=key or f"promise:{len(self.owed)}",
            due_at=due_at,
            expires_at=due_at + timedelta(hours=20),
            subject="Tomorrow 19:00 CET: log-det gradients; you present",
            url="/groups/gradient-circle/sessions/7/",
            lines=("Room 2.14, 90 minutes.", "Five people come.", "Two readings are open."),
        )
        nudge = replace(nudge, **changes)
        self.owed.append(nudge)
        return nudge


def make_kind(source: Callable[..., Iterator[Nudge]], **changes) -> Kind:
    kind = Kind(
        key="promise",
        title="A promise",
        explanation="you are in this group",
        source=source,
        mail=True,
        bell=False,
        order=5,
    )
    return replace(kind, **changes)


@pytest.fixture
def promises(monkeypatch) -> Promises:
    """The only kind of reminder there is in this test; by mail only, unless the test says otherwise."""
    made = Promises()
    made.kind = make_kind(made)
    for key in list(KINDS):
        monkeypatch.delitem(KINDS, key)
    monkeypatch.setitem(KINDS, made.kind.key, made.kind)
    return made


@pytest.fixture
def wakes(monkeypatch) -> list[int]:
    """How many deliveries each wake-up was for. The broker is outside; tests/e2e has the real one."""
    calls: list[int] = []
    for module in ("sweeps", "failures"):
        monkeypatch.setattr(f"reminders.actions.{module}.wake_workers", calls.append)
    return calls


@pytest.fixture(autouse=True)
def _no_broker(wakes):
    """No test here leaves a message in the queue of the embedded default."""


class Inbox:
    """A mail server's handler that takes every mail, unless the test gives it another answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.answer_to_address: Callable[[str], str] = lambda address: "250 OK"
        self.answer_to_mail: Callable[[EmailMessage], str] = lambda mail: "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # aiosmtpd's name
        answer = self.answer_to_address(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # aiosmtpd's name
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        answer = self.answer_to_mail(mail)
        if answer.startswith("250"):
            self.mails.append(mail)
        return answer

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        return responses

    @property
    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


class _OnFreePort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def smtp(settings) -> Iterator[Inbox]:
    """A real SMTP server on a free port, and the settings that lead to it."""
    inbox = Inbox()
    controller = _OnFreePort(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield inbox
    controller.stop()


@pytest.fixture
def time_machine_at(time_machine) -> Callable[[datetime], None]:
    """Stop the clock of the pages, which read it themselves."""

    def stop(at: datetime) -> None:
        time_machine.move_to(at, tick=False)

    return stop
