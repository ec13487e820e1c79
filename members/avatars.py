"""A person drawn small, for pages that draw many: made once for each name, without an object of the database."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from .models import User


class Avatar(NamedTuple):
    """A person's name, escaped, and their initials in their colour: `mark` beside the name, `labelled` alone."""

    name: SafeString
    mark: SafeString
    labelled: SafeString


@lru_cache(maxsize=4096)
def avatar_of(pk: int, name: str, email: str) -> Avatar:
    """Draw the person whose row has this key, name and address."""
    person = User(pk=pk, name=name, email=email)
    look = f"avatar-mark avatar-sm avatar-{person.colour}"
    return Avatar(
        name=conditional_escape(person.display_name),
        mark=format_html('<span class="{}" aria-hidden="true">{}</span>', look, person.initials),
        labelled=format_html(
            '<span class="{0}" role="img" aria-label="{1}" title="{1}">{2}</span>',
            look,
            person.display_name,
            person.initials,
        ),
    )


__all__ = ["Avatar", "avatar_of"]
