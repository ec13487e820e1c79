"""Tokens that name one person and one kind of reminder, and that only this site can make."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

__all__ = ["ForgedToken", "Unsubscription", "read_token", "token_for"]

_SALT = "reminders.unsubscribe"


class ForgedToken(Exception):
    """This site has not made the token."""


@dataclass(frozen=True)
class Unsubscription:
    user_id: int
    kind: str


def token_for(*, user_id: int, kind: str) -> str:
    """Return the token of a person and a kind. It does not age: a mail found after years still unsubscribes."""
    return signing.Signer(salt=_SALT).sign_object([user_id, kind])


def read_token(token: str) -> Unsubscription:
    """Return whom and what `token` names. Raises ForgedToken."""
    try:
        user_id, kind = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ForgedToken from error
    return Unsubscription(user_id=int(user_id), kind=str(kind))
