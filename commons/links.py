"""What a text can link to by name: each room says how its things are called, and texts of any room find them.

A room declares in its `links.py` one `@linker` for each kind of thing (`[[cite:key]]`, `[[idea:title]]`). They are
discovered on start-up like panels, so that a text of a lower room leads to things of a higher one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

MOST_KEY = 400


@dataclass(frozen=True, slots=True)
class Target:
    """A thing that can be linked to. `name` is what stands in a new link to it, `text` what a page shows.

    `names` are all that it answers to; `anchors` its parts by what they are called, each with its id and what is shown.
    `gone` says why it cannot be opened now.
    """

    pk: int
    name: str
    href: str
    text: str
    names: tuple[str, ...] = ()
    title: str = ""
    anchors: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    gone: str = ""

    def answers_to(self, key: str) -> bool:
        return any(key_of(name) == key for name in (self.name, *self.names))


class Find(Protocol):
    """Return what in `group` is called one of `names` or has one of `pks`, the likelier first. One query."""

    def __call__(self, *, group: Any, names: Collection[str], pks: Collection[int]) -> list[Target]: ...


@dataclass(frozen=True, slots=True)
class Linker:
    """One kind of thing: the word before the colon, and what to say and do where nothing is called so."""

    kind: str
    find: Find
    missing: str
    action: str
    where: Callable[[Any, str], str]
    css: str
    is_expected: bool


_linkers: dict[str, Linker] = {}


def linker(
    kind: str, *, missing: str, action: str, where: Callable[[Any, str], str], css: str = "", is_expected: bool = True
) -> Callable[[Find], Find]:
    """Offer a kind of thing to link to. `where(group, name)` is the address at which one of that name is made;
    `is_expected` where a name that nothing has yet is a slip, and not a wish."""

    def register(find: Find) -> Find:
        _linkers[kind] = Linker(kind, find, missing, action, where, css, is_expected)
        return find

    return register


def linkers() -> Mapping[str, Linker]:
    return _linkers


class Suggest(Protocol):
    """Return at most `most` things of `group` that `words` may mean, the likelier first: the name that stands in a link
    to it, and what is shown of it. One query."""

    def __call__(self, *, group: Any, words: str, most: int) -> list[tuple[str, str]]: ...


_suggesters: dict[str, Suggest] = {}


def suggester(kind: str) -> Callable[[Suggest], Suggest]:
    """Say what a member may mean while typing a link of this kind."""

    def register(suggest: Suggest) -> Suggest:
        _suggesters[kind] = suggest
        return suggest

    return register


def suggesters() -> Mapping[str, Suggest]:
    return _suggesters


def linkable(name: str, otherwise: object) -> str:
    """`name` as it can stand between the brackets of a link; `otherwise` where its own signs would end it."""
    return str(otherwise) if any(sign in name for sign in ("[", "]", "|", "#")) else name


def key_of(name: str) -> str:
    """A name as it is compared: without case and double spaces."""
    return " ".join(name.split()).casefold()[:MOST_KEY]


def called(rows: QuerySet[Any], column: str, names: Collection[str], pks: Collection[int]) -> QuerySet[Any]:
    """Those of `rows` with one of `names` in `column`, or one of `pks`. SQLite folds the case of ASCII letters only."""
    lowered = rows.alias(called_lower=Lower(column))
    wanted = Q(**{f"{column}__in": list(names)}) | Q(called_lower__in=[name.lower() for name in names])
    return lowered.filter(wanted | Q(pk__in=list(pks)) if pks else wanted)
