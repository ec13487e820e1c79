"""Rooms meet on pages by panels: a higher room shows something on a lower room's page without being imported by it.

A room declares in its `panels.py` what it offers (`@panel`) and what has changed (`@changes`). Both are discovered on
start-up as Django's admin discovers its modules. A page asks `panels_for(...)` and prints what comes back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest
from django.template import RequestContext, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from .changes import (
    Change,
    ChangeRow,
    ChangeSource,
    Rows,
    Say,
    Together,
    change_rows,
    once_a_thing,
    told_by,
)

__all__ = [
    "Change",
    "ChangeRow",
    "Panel",
    "Shown",
    "change_rows",
    "changes",
    "changes_from_rows",
    "changes_in",
    "panel",
    "panels_for",
]


class PanelBuilder(Protocol):
    """Return the template's context, or None where there is nothing to show. At a fixed number of queries."""

    def __call__(self, *, user: Any, subject: Any, now: datetime) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Panel:
    page: str
    order: int
    template: str
    build: PanelBuilder
    slot: str


@dataclass(frozen=True)
class Shown:
    """A panel as it stands on a page: its slot (`main` or `margin`) and its HTML."""

    slot: str
    html: SafeString


TellingFunction = Callable[..., list[Change]]

_panels: list[Panel] = []
_change_sources: list[ChangeSource] = []
_telling_functions: list[TellingFunction] = []


def panel(*, page: str, template: str, order: int = 50, slot: str = "main") -> Callable[[PanelBuilder], PanelBuilder]:
    """Offer a panel to `page`, a name such as `sessions:detail`. Lower `order` stands higher on the page."""

    def register(build: PanelBuilder) -> PanelBuilder:
        _panels.append(Panel(page=page, order=order, template=template, build=build, slot=slot))
        _panels.sort(key=lambda each: each.order)
        return build

    return register


def changes(source: TellingFunction) -> TellingFunction:
    """Offer what changed in a group: `source(group=, since=, until=, user=)`, at a fixed number of queries.

    For what needs more than a row to be told. Elsewhere `changes_from_rows`: the home page reads all of those at once.
    """
    _telling_functions.append(source)
    return source


def changes_from_rows(*kinds: str, say: Say, together: Together = once_a_thing) -> Callable[[Rows], ChangeSource]:
    """Offer what changed in a group as rows: the function, of group id, since, until and the reader's id, returns
    `change_rows` querysets of these `kinds`; `say(rows, group)` puts those that belong `together` into words."""

    def register(rows: Rows) -> ChangeSource:
        source = ChangeSource(rows=rows, say=say, together=together, kinds=kinds)
        _change_sources.append(source)
        return source

    return register


def panels_for(page: str, *, request: HttpRequest, subject: Any, now: datetime) -> list[Shown]:
    """Return the panels that rooms offer to `page` for `subject`, rendered, in their order."""
    shown = []
    of_every_page: dict[str, Any] = {}
    for each in _panels:
        if each.page == page:
            context = each.build(user=request.user, subject=subject, now=now)
            if context is not None:
                template = get_template(each.template).template  # type: ignore[attr-defined]  # Django's own engine
                html = template.render(_PanelContext(request, context, of_every_page))
                shown.append(Shown(slot=each.slot, html=html))
    return shown


class _PanelContext(RequestContext):
    """A page's context for one of its panels: what the context processors say is asked once for all of them."""

    def __init__(self, request: HttpRequest, context: dict[str, Any], of_every_page: dict[str, Any]) -> None:
        super().__init__(request, context)
        self._of_every_page = of_every_page

    @contextmanager
    def bind_template(self, template: Template) -> Iterator[None]:
        if not self._of_every_page:
            for processor in template.engine.template_context_processors:
                self._of_every_page.update(processor(self.request))
        self.template = template
        self.dicts[self._processors_index] = self._of_every_page
        try:
            yield
        finally:
            self.template = None
            self.dicts[self._processors_index] = {}


def changes_in(group: Any, *, since: datetime, until: datetime, user: Any, limit: int = 12) -> list[Change]:
    """Return what others changed in `group` after `since`, newest first."""
    asked = {"group": group, "since": since, "until": until, "user": user}
    found = told_by(_change_sources, **asked)
    for source in _telling_functions:
        found += source(**asked)
    return sorted(found, key=lambda change: change.at, reverse=True)[:limit]
