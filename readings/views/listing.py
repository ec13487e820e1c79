"""The list of readings, and its export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from members.access import group_or_404, may_write
from members.models import Group, Membership, Role
from readings.bibtex import write
from readings.conversion import entry_from_work
from readings.models import Progress, Section, Work
from readings.permissions import can_add_readings
from readings.querysets import WorkQuerySet

PER_PAGE = 30
ORDERS = {
    "list": ("As listed", ["position", "pk"]),
    "new": ("Newest on the list", ["-added_at", "-pk"]),
    "year": ("Latest year", ["-year", "position", "pk"]),
    "title": ("Title", ["search_text", "pk"]),
}
STATUSES = {"to-read": "To read", "reading": "Reading", "done": "Done", "archived": "Archive"}


@dataclass(frozen=True)
class Filters:
    """What the address asks of the list. Unknown values count as not given: an old bookmark still opens."""

    kind: str = ""
    status: str = ""
    order: str = "list"
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        kind, status, order = query.get("kind", ""), query.get("status", ""), query.get("order", "list")
        return cls(
            kind=kind if kind in Work.Kind.values else "",
            status=status if status in STATUSES else "",
            order=order if order in ORDERS else "list",
            words=query.get("q", "").replace("\0", "").strip()[:200],
        )

    def address(self, **changes: str) -> str:
        """The query string of these filters with some of them changed; defaults are left out."""
        values = {"kind": self.kind, "status": self.status, "order": self.order, "q": self.words, **changes}
        return urlencode(
            [(name, value) for name, value in values.items() if value and (name, value) != ("order", "list")]
        )

    def apply(self, group: Group, user: Any) -> WorkQuerySet:
        works = Work.objects.filter(group=group)
        works = works.filter(archived_at=None) if self.status != "archived" else works.exclude(archived_at=None)
        if self.kind:
            works = works.filter(kind=self.kind)
        if self.words:
            works = works.matching(self.words)
        works = works.with_progress_of(user)
        if self.status and self.status != "archived":
            works = works.with_status(self.status)
        return works.order_by(*ORDERS[self.order][1])

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.status or self.words)


@require_safe
def work_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's readings, 30 a page, each with my progress and the group's. The number of queries is fixed."""
    group = group_or_404(request, slug)
    filters = Filters.of(request.GET)
    page = Paginator(filters.apply(group, request.user), PER_PAGE).get_page(request.GET.get("page"))
    works = list(page.object_list)
    readers, finished = who_is_done(group, works)
    for work in works:
        work.group_done = finished.get(work.pk, 0)
    context = {
        "page": page,
        "works": works,
        "filters": filters,
        "readers": readers,
        "kinds": [("", "All kinds"), *Work.Kind.choices],
        "chips": _chips(filters),
        "orders": [(name, word, filters.address(order=name)) for name, (word, _) in ORDERS.items()],
        "query": filters.address(),
        "marks": may_write(request.user, group),
        "can_add": can_add_readings(request.user, group),
    }
    fragment = request.htmx and not request.htmx.boosted
    return render(request, "readings/_works.html" if fragment else "readings/list.html", context)


def who_is_done(group: Group, works: list[Work]) -> tuple[int, dict[int, int]]:
    """How many read with the group, and for each work how many of them are done with every section. Two queries."""
    readers = Membership.objects.current().filter(group=group, role__in=(Role.ORGANISER, Role.MEMBER)).count()
    rows = (
        Progress.objects.filter(section__work__in=[work.pk for work in works], status="done")
        .of_current_members(group)
        .values("section__work", "user")
        .annotate(n=Count("pk"))
        .values_list("section__work", "n")
    )
    lengths = {work.pk: work.n_sections for work in works}
    finished: dict[int, int] = {}
    for pk, done in rows:
        if done >= lengths[pk]:
            finished[pk] = finished.get(pk, 0) + 1
    return readers, finished


def _chips(filters: Filters) -> dict[str, list[tuple[str, str, bool]]]:
    kinds = [("", "All kinds"), *Work.Kind.choices]
    statuses = [("", "Any state"), *STATUSES.items()]
    return {
        "kind": [(str(word), filters.address(kind=value), filters.kind == value) for value, word in kinds],
        "status": [(str(word), filters.address(status=value), filters.status == value) for value, word in statuses],
    }


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as a .bib: the works ticked (`work=`), or those that the filters of the address show."""
    group = group_or_404(request, slug)
    ticked = [int(pk) for pk in request.GET.getlist("work") if pk.isascii() and pk.isdecimal() and len(pk) < 18]
    if ticked:
        works = Work.objects.filter(group=group, pk__in=ticked[:2000]).order_by("position", "pk")
    else:
        works = Filters.of(request.GET).apply(group, request.user)
    return bib_response(list(works), name=group.slug)


def bib_response(works: list[Work], *, name: str) -> HttpResponse:
    """A download of `works` as BibTeX, which the import reads back. One query for their sections."""
    sections: dict[int, list[Section]] = {}
    pks = [work.pk for work in works]
    for start in range(0, len(pks), 2000):
        for section in Section.objects.filter(work__in=pks[start : start + 2000]):
            sections.setdefault(section.work_id, []).append(section)
    text = write(entry_from_work(work, sections.get(work.pk, ())) for work in works)
    response = HttpResponse(text, content_type="application/x-bibtex; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.bib"'
    return response
