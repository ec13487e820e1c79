"""The frame of the permission matrix: who gets which answer from every URL.

Each room keeps its own rows in `tests/security/rows_<room>.py`:

    from tests.security.matrix import Row, World

    def furnish(world: World) -> None:
        '''What this room's rows need; called for every row of this room, after people and group exist.'''
        world.session = SessionFactory(group=world.group)

    ROWS = [
        Row("sessions:list"),                                       # a page of the group that everyone in it reads
        Row("sessions:detail", {"pk": "session.pk"}),               # `session.pk` is looked up in the world
        Row("sessions:edit", {"pk": "session.pk"}, observer=403),   # GET, as a person who may not
        Row("sessions:edit", {"pk": "session.pk"}, method="POST", data={"title": ""},
            observer=403, member=422, organiser=422),
        Row("sessions:cancel", {"pk": "session.pk"}, method="POST", observer=403, member=403, organiser=302),
    ]

`slug` is filled in with the group's where the address has one. A status may be a set where several are right. The
defaults are those of a page of the group: anonymous goes to the log-in (302), stranger and former member find
nothing (404), observer, member and organiser read (200). A page outside any group says `stranger=200, former=200`.
One row is one test; it walks all six people, and what one of them changes is rolled back before the next comes. A GET
that writes anything but the browser's session fails.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from members.models import Role
from tests.factories import GroupFactory, MembershipFactory, UserFactory

Status = int | set[int]
PEOPLE = ("anonymous", "stranger", "former", "observer", "member", "organiser")

# Whole namespaces or apps whose URLs other tests answer for, with the reason.
EXCLUDED_PREFIXES = {
    "admin:": "Django's admin asks for is_staff itself; tests/security/test_permission_matrix.py asks its front door",
    "account_": "django-allauth's own; public_urls.py lists those without log-in, tests/members/test_accounts.py walks",
    "mfa_": "django-allauth's own; public_urls.py lists those without log-in, tests/members/test_accounts.py walks",
}


class World(SimpleNamespace):
    """One group with a person in each role, and whatever `furnish` of a room has added."""

    group: Any
    organiser: Any
    member: Any
    observer: Any
    former: Any
    stranger: Any

    def find(self, path: str) -> Any:
        value: Any = self
        for name in path.split("."):
            value = getattr(value, name)
        return value


def make_world() -> World:
    group = GroupFactory(name="Gradient Circle", slug="gradient-circle")
    return World(
        group=group,
        organiser=MembershipFactory(group=group, role=Role.ORGANISER).user,
        member=MembershipFactory(group=group, role=Role.MEMBER).user,
        observer=MembershipFactory(group=group, role=Role.OBSERVER).user,
        former=MembershipFactory(group=group, role=Role.MEMBER, left_at=group.created_at).user,
        stranger=UserFactory(),
    )


@dataclass(frozen=True)
class Row:
    """What each person is answered at one URL by one method. `kwargs` name attributes of the world, or are values."""

    name: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    data: dict[str, Any] | Callable[[World], dict[str, Any]] = field(default_factory=dict)
    anonymous: Status = 302
    stranger: Status = 404
    former: Status = 404
    observer: Status = 200
    member: Status = 200
    organiser: Status = 200
    htmx: bool = False
    note: str = ""

    @property
    def id(self) -> str:
        return f"{self.method} {self.name}" + (f" ({self.note})" if self.note else "")

    def resolved_kwargs(self, world: World) -> dict[str, Any]:
        found = {}
        for name, value in self.kwargs.items():
            is_path = isinstance(value, str) and hasattr(world, value.split(".")[0])
            found[name] = world.find(value) if is_path else value
        if "slug" not in found and takes_a_slug(self.name):
            found["slug"] = world.group.slug
        return found

    def resolved_data(self, world: World) -> dict[str, Any]:
        return self.data(world) if callable(self.data) else self.data


def every_url() -> Iterator[tuple[str, str, Any]]:
    """Yield (full name, route, view) of every URL of the product; a nameless one has its route for a name."""

    def walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[tuple[str, str, Any]]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry, inner, route)
            elif isinstance(entry, URLPattern):
                yield (f"{namespace}{entry.name or route}", route, entry.callback)

    yield from walk(get_resolver(), "", "/")


def takes_a_slug(name: str) -> bool:
    """Whether the address called `name` has a group's slug in it."""
    return any(full_name == name and "<slug:slug>" in route for full_name, route, _view in every_url())


def all_rows() -> list[tuple[Row, Callable[[World], None]]]:
    """Every room's rows, each with what its room puts into the world."""
    import tests.security as here

    found = []
    for module in pkgutil.iter_modules(here.__path__):
        if module.name.startswith("rows_"):
            rows = importlib.import_module(f"tests.security.{module.name}")
            furnish = getattr(rows, "furnish", lambda world: None)
            found += [(row, furnish) for row in rows.ROWS]
    return found


def is_excluded(name: str) -> bool:
    return any(name.startswith(prefix) for prefix in EXCLUDED_PREFIXES)
