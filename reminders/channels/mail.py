"""Mail: text and HTML, the person's own hour, one-click unsubscribing, one SMTP connection a batch."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import get_template
from django.urls import reverse

from commons.time import zone_name
from reminders.nudges import because
from reminders.unsubscribing import token_for

from .base import Again, Message, Outcome, Refused, Sent

if TYPE_CHECKING:
    from reminders.models import Delivery

__all__ = ["Mail", "compose", "message_id_of"]


class Mail:
    key = "mail"
    title = "Mail"
    explanation = "Sent to the address you sign in with."

    def send(self, messages: Sequence[Message], *, now: datetime) -> Iterator[Outcome]:
        """Send `messages` on one connection. Once it is lost, the rest is told to come again without being tried."""
        connection = get_connection()
        lost = ""
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            lost = _in_words(error)
        try:
            for message in messages:
                if lost:
                    yield Again(lost)
                    continue
                mail = compose(message, now=now)
                try:
                    connection.send_messages([mail])
                except (smtplib.SMTPException, OSError) as error:
                    refusal = _read_refusal(error)
                    if refusal.connection_lost:
                        lost = refusal.outcome.error
                    yield refusal.outcome
                except ValueError as error:  # an address or a header that cannot be written down
                    yield Refused(f"The mail cannot be written: {error}")
                else:
                    yield Sent(reference=message_id_of(message.delivery))
        finally:
            with suppress(smtplib.SMTPException, OSError):  # each mail's fate is already known
                connection.close()


@dataclass(frozen=True)
class _Refusal:
    outcome: Again | Refused
    connection_lost: bool


def _read_refusal(error: smtplib.SMTPException | OSError) -> _Refusal:
    """Tell a temporary refusal (RFC 5321: 4yz, and a lost connection) from a permanent one (5yz)."""
    code: int | None = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    words = _in_words(error)
    if code is None or code == 421:  # 421: the server closes this connection and asks us to come back
        return _Refusal(Again(words), connection_lost=True)
    if 500 <= code < 600:
        return _Refusal(Refused(words), connection_lost=False)
    return _Refusal(Again(words), connection_lost=code < 0)


def _in_words(error: smtplib.SMTPException | OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reason = next(iter(error.recipients.values()))
        return f"The mail server refused the address: {code} {_text(reason)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, smtplib.SMTPException):
        return f"The mail server broke off: {error}"
    return f"The mail server cannot be reached: {error}"


def _text(reason: bytes | str) -> str:
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason


def compose(message: Message, *, now: datetime) -> EmailMultiAlternatives:
    """Return the mail that `message` is: text and HTML, with the headers that make it easy to stop and hard to answer.

    Source: RFC 2369 and 8058 (List-Unsubscribe), RFC 2919 (List-Id), RFC 3834 (Auto-Submitted).
    """
    nudge, kind, user = message.nudge, message.kind, message.user
    local_now = now.astimezone(user.zone)
    unsubscribe_path = reverse("reminders:unsubscribe", args=[token_for(user_id=user.pk, kind=kind.key)])
    context = {
        "kind": kind,
        "because": because(kind),
        "name": user.display_name,
        "subject": nudge.subject,
        "lines": nudge.lines,
        "items": [(item.text, _address(item.url), item.heading) for item in nudge.items],
        "action": nudge.action,
        "address": _address(nudge.url),
        "zone": user.time_zone.replace("_", " "),
        "zone_name": zone_name(local_now),
        "site_name": settings.SITE_NAME,
        "site_address": settings.SITE_URL,
        "unsubscribe_address": _address(unsubscribe_path),
        "preferences_address": _address(reverse("reminders:preferences")),
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(nudge.subject.split()),
        body=get_template("reminders/mail/reminder.txt").render(context),
        to=[user.email],
        headers={
            "Message-ID": message_id_of(message.delivery),
            "Date": format_datetime(local_now),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "List-Id": f"{kind.title} <{kind.key}.{_host()}>",
            "List-Unsubscribe": _ways_to_unsubscribe(unsubscribe_path),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(get_template("reminders/mail/reminder.html").render(context), "text/html")
    return mail


def message_id_of(delivery: Delivery) -> str:
    """Return the Message-ID of a delivery: the same at every try, so that a mailbox can tell a rare double."""
    name = f"{delivery.user_id}\n{delivery.kind}\n{delivery.channel}\n{delivery.key}"
    return f"<{sha256(name.encode()).hexdigest()[:40]}@{_host()}>"


def _ways_to_unsubscribe(path: str) -> str:
    ways = [f"<{_address(path)}>"]
    if settings.UNSUBSCRIBE_MAILBOX:  # Microsoft's clients use only this form
        token = path.rstrip("/").rsplit("/", 1)[-1]
        ways.append(f"<mailto:{settings.UNSUBSCRIBE_MAILBOX}?subject={quote('unsubscribe ' + token)}>")
    return ", ".join(ways)


def _address(url: str) -> str:
    """Return the whole address of a path on this site; an address elsewhere stays as it is."""
    return settings.SITE_URL + url if url.startswith("/") else url


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
