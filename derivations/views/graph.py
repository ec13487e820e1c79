"""What rests on what, and what is used here that nobody has derived yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from derivations.graph import HEIGHT, WIDTH, draw, lines_of
from derivations.models import Link, Note
from derivations.permissions import can_write_notes
from members.access import group_or_404
from members.models import Group, User

MOST_DRAWN = 60
MOST_ROWS = 300
MOST_LINKS = 20_000
MOST_MISSING = 100
MOST_USES = 12


@dataclass
class Node:
    """A note as it is drawn and listed, with what it rests on and what rests on it."""

    pk: int
    title: str
    url: str
    status: str
    said: str
    verdict: str
    mark: str
    words: str
    rests_on: list[Node] = field(default_factory=list)
    carries: list[Node] = field(default_factory=list)

    @property
    def brief(self) -> str:
        """Its state and verdict in the width of a box."""
        return f"{'Changed' if self.status == Note.Status.CHANGED else self.said}, {self.words}"

    @property
    def lines(self) -> tuple[str, str]:
        return lines_of(self.title)


@dataclass
class Lemma:
    """A name that notes link to and no note has."""

    name: str
    write: str
    uses: list[tuple[str, str]]
    count: int
    notes: int


@require_safe
def graph(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's notes that link to each other; with `?note=12`, those that it rests on and that rest on it."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    links = list(
        Link.objects.filter(note__group=group, note__deleted_at=None, kind="note", target__isnull=False)
        .order_by("note", "target")
        .values_list("note", "target")
        .distinct()[:MOST_LINKS]
    )
    chosen = request.GET.get("note", "")
    middle = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else None
    if middle is not None:
        links = _around(middle, links)
    degrees = Counter(pk for pair in links for pk in pair if pair[0] != pair[1])
    wanted = [pk for pk, _ in degrees.most_common(MOST_ROWS)]
    nodes = _nodes(group, wanted)
    edges = [(a, b) for a, b in links if a in nodes and b in nodes and a != b]
    for a, b in edges:
        nodes[a].rests_on.append(nodes[b])
        nodes[b].carries.append(nodes[a])
    drawn = [pk for pk in wanted if pk in nodes][:MOST_DRAWN]
    drawing = draw(sorted(drawn), edges)
    lemmas, number_of_lemmas = _lemmas(group)
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "drawing": drawing,
        "boxes": [(box, nodes[box.key]) for box in drawing.boxes],
        "box_width": WIDTH,
        "box_height": HEIGHT,
        "rows": sorted(nodes.values(), key=lambda node: (-len(node.carries), node.title)),
        "not_drawn": len(nodes) - len(drawn),
        "not_listed": len(degrees) - len(wanted),
        "middle": nodes.get(middle) if middle is not None else None,
        "is_chosen": middle is not None,
        "lemmas": lemmas,
        "more_lemmas": number_of_lemmas - len(lemmas),
        "number_of_lemmas": number_of_lemmas,
        "can_write": can_write_notes(user, group),
    }
    return render(request, "derivations/graph.html", context)


def _around(middle: int, links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The links among what `middle` rests on, near or far, and among what rests on it."""
    down, up = defaultdict(list), defaultdict(list)
    for a, b in links:
        down[a].append(b)
        up[b].append(a)
    kept: list[tuple[int, int]] = []
    for way, is_down in ((down, True), (up, False)):
        seen, todo = {middle}, [middle]
        while todo:
            here = todo.pop()
            for other in way[here]:
                kept.append((here, other) if is_down else (other, here))
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
    return list(dict.fromkeys(kept))


def _nodes(group: Group, pks: list[int]) -> dict[int, Node]:
    said = dict(Note.Status.choices)
    rows = Note.objects.of(group).filter(pk__in=pks).order_by("pk")
    columns = rows.values_list("pk", "title", "status", "steps_hold", "steps_fail", "steps_unchecked")
    nodes = {}
    for pk, title, status, hold, fail, unchecked in columns:
        verdict, mark, words = _verdict(hold, fail, unchecked)
        url = reverse("derivations:detail", args=[group.slug, pk])
        nodes[pk] = Node(pk, title, url, status, str(said.get(status, status)), verdict, mark, words)
    return nodes


def _verdict(hold: int | None, fail: int | None, unchecked: int | None) -> tuple[str, str, str]:
    if hold is None or not hold + (fail or 0) + (unchecked or 0):
        return "unchecked", "○", "no step checked"
    if fail:
        return "fails", "✕", f"{fail} step{'s' if fail > 1 else ''} fail{'' if fail > 1 else 's'}"
    if unchecked:
        return "unchecked", "○", f"{unchecked} unchecked"
    return "holds", "✓", "holds"


def _lemmas(group: Group) -> tuple[list[Lemma], int]:
    """The names that no note has, the most used first, each with notes that use it. Three queries."""
    missing = Link.objects.filter(note__group=group, note__deleted_at=None, kind="note", target=None)
    by_name = missing.order_by().values("key").annotate(count=Sum("places"), notes=Count("note"))
    number = by_name.count()
    top = {row["key"]: row for row in by_name.order_by("-notes", "-count", "key")[:MOST_MISSING]}
    uses: dict[str, list[Any]] = defaultdict(list)
    names: dict[str, str] = {}
    rows = missing.filter(key__in=top).order_by("note__title", "pk")
    for key, name, pk, title in rows.values_list("key", "name", "note_id", "note__title")[: MOST_MISSING * MOST_USES]:
        names.setdefault(key, name)
        if len(uses[key]) < MOST_USES:
            uses[key].append((title, reverse("derivations:detail", args=[group.slug, pk])))
    new = reverse("derivations:new", args=[group.slug])
    lemmas = [
        Lemma(
            name=names.get(key, key),
            write=f"{new}?{urlencode({'title': names.get(key, key)[:200]})}",
            uses=uses[key],
            count=row["count"],
            notes=row["notes"],
        )
        for key, row in top.items()
    ]
    return lemmas, number
