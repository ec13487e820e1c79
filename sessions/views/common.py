"""What the room's views share: finding a session of the reader's group, and saying what an action refused."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from commons.prepared import prepared
from members.access import group_or_404
from sessions.models import AgendaItem, Series, Session


def session_or_404(request: HttpRequest, slug: str, pk: int) -> Session:
    """Return the group's session, with `session.group` set. 404 for strangers, and for a session of another group."""
    group = group_or_404(request, slug)
    found = _one_session(pk=pk, group=group.pk)
    if not found:
        raise Http404("This group has no such session.")
    session = found[0]
    session.group = group
    return session


@prepared(pk=int, group=int)
def _one_session(*, pk: int, group: int) -> QuerySet[Session]:
    return Session.objects.filter(pk=pk, group=group).select_related("series", "minutes_by", "changed_by")


def series_or_404(request: HttpRequest, slug: str, pk: int) -> Series:
    group = group_or_404(request, slug)
    series = Series.objects.of(group).select_related("created_by").filter(pk=pk).first()
    if series is None:
        raise Http404("This group has no such series.")
    series.group = group
    return series


def item_or_404(request: HttpRequest, slug: str, pk: int, item_pk: int) -> AgendaItem:
    session = session_or_404(request, slug, pk)
    item = session.agenda.select_related("presenter").filter(pk=item_pk).first()
    if item is None:
        raise Http404("This session has no such agenda item.")
    item.session = session
    return item
