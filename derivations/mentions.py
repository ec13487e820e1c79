"""Who is meant by `@name` in a text. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NOT_WORDS = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", re.DOTALL)
_AT = re.compile(r"(?<![\w@.])@(?=\w)")
MOST = 20


class Ambiguous(Exception):
    """A name in a text could be that of several members; the words say so and what to do."""


def mentions_in(text: str, names: Mapping[int, str]) -> set[int]:
    """Return the ids of those whose name follows an `@` in `text`: the whole name, or a first name of one alone.

    Case does not matter; code and formulas are left alone, at most MOST names are read. Raises Ambiguous.
    """
    found: set[int] = set()
    words = _NOT_WORDS.sub(" ", text)
    by_length = sorted(names.items(), key=lambda each: -len(each[1]))
    for at in list(_AT.finditer(words))[:MOST]:
        rest = words[at.end() :].casefold()
        whole = next((name for _, name in by_length if _begins_with(rest, name)), None)
        if whole is not None:  # of two with the very same name both are told
            meant = [pk for pk, name in by_length if name.casefold() == whole.casefold()]
        else:
            meant = [pk for pk, name in by_length if _begins_with(rest, name.partition(" ")[0])]
        if whole is None and len(meant) > 1:
            several = " or ".join(sorted(names[pk] for pk in meant))
            written = words[at.start() :].split()[0].rstrip(".,;:!?")
            raise Ambiguous(f"“{written}” could be {several}. Write the whole name, or leave the @ out.")
        found.update(meant)
    return found


def _begins_with(text: str, name: str) -> bool:
    name = name.casefold()
    return bool(name) and text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


__all__ = ["Ambiguous", "mentions_in"]
