"""The mails that the embedded default writes to files instead of sending them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

__all__ = ["KeptMail", "find", "is_open", "newest_first"]

_BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes it


@dataclass(frozen=True)
class KeptMail:
    """One mail in a file. `key` is its address at /mailbox: the file's name and its place within."""

    key: str
    subject: str
    sender: str
    to: str
    at: datetime | None
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


def is_open() -> bool:
    """Whether there is a mailbox to show: mail goes to files, and this is not production."""
    return settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") and not settings.PRODUCTION


def newest_first(limit: int = 100) -> list[KeptMail]:
    return list(_mails(limit))


def find(key: str) -> KeptMail | None:
    """Return the mail called `key`; None where there is none. A key never leaves the mail folder."""
    name, _, place = key.rpartition("-")
    path = Path(settings.EMAIL_FILE_PATH) / f"{name}.log"
    if Path(name).name != name or not place.isdigit() or not path.is_file():
        return None
    return next((mail for mail in _mails_in(path) if mail.key == key), None)


def _mails(limit: int) -> Iterator[KeptMail]:
    folder = Path(settings.EMAIL_FILE_PATH)
    if not folder.is_dir():
        return
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files:
        for mail in reversed(_mails_in(path)):
            if limit == 0:
                return
            limit -= 1
            yield mail


def _mails_in(path: Path) -> list[KeptMail]:
    parts = path.read_bytes().split(_BETWEEN_MAILS)
    return [_read(part, f"{path.stem}-{place}") for place, part in enumerate(parts) if part.strip()]


def _read(raw: bytes, key: str) -> KeptMail:
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return KeptMail(
        key=key,
        subject=str(mail["Subject"] or "(no subject)"),
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        at=_instant(str(mail["Date"])) if mail["Date"] else None,
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        headers=tuple((name, str(value)) for name, value in mail.items()),
    )


def _instant(date: str) -> datetime:
    """RFC 5322 writes UTC of an unknown place as `-0000`, which Python reads as no zone at all."""
    at = parsedate_to_datetime(date)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
