"""What a session's page shows, gathered at a fixed number of queries and ready for a template that decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypedDict

from django.db.models import Case, Count, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commons.prepared import prepared
from commons.time import local_text, zone_name
from members.avatars import Avatar, avatar_of
from members.models import Group, Membership, Role, User
from readings.models import Progress

from .models import AgendaItem, Assignment, Attendance, Session
from .permissions import can_add_agenda_item, can_edit_agenda_item, can_edit_session

SHOWN_FACES = 12
OBSERVER = str(Role.OBSERVER.value)
NEVER_MOVED = datetime(1970, 1, 1, tzinfo=UTC)  # no answer is older
BEFORE_MOVE = SafeString(' <span class="muted">answered before the move</span>')
ANSWERS = {"yes": "Coming", "maybe": "Maybe", "no": "Not coming"}


class Face(NamedTuple):
    """Someone in a list of who comes, and what they said. Drawn as text: this page is measured."""

    avatar: Avatar
    comment: str = ""
    before_move: bool = False


@lru_cache(maxsize=4096)
def row_of(face: Face) -> SafeString:
    said = format_html(' <q class="muted">{}</q>', face.comment) if face.comment else ""
    moved = BEFORE_MOVE if face.before_move else ""
    return format_html("<li>{}<span>{}{}{}</span></li>", face.avatar.mark, face.avatar.name, said, moved)


@dataclass
class Answered:
    """Everyone with one answer: how many, and the first of them."""

    key: str
    title: str
    number: int = 0
    faces: list[Face] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.faces)

    @property
    def rows(self) -> SafeString:
        return SafeString("\n".join([row_of(face) for face in self.faces]))

    @property
    def names(self) -> SafeString:
        return SafeString(", ".join([face.avatar.name for face in self.faces]))


@dataclass
class People:
    """The group as this session sees it."""

    groups: list[Answered]
    silent: Answered
    mine: str | None
    my_comment: str
    mine_before_move: bool
    readers: int
    marks: list[Answered]

    @property
    def coming(self) -> int:
        return self.groups[0].number

    @property
    def nobody(self) -> bool:
        return not any(each.number for each in self.groups)


def people_of(session: Session, *, user: User, limit: int | None = SHOWN_FACES) -> People:
    """Who answered what, who is silent, and who was there: one query, whatever the size of the group.

    Observers count where they answered; nobody waits for their answer.
    """
    rows = _people(session=session.pk, group=session.group_id, moved_at=session.moved_at or NEVER_MOVED)
    answers = {key: Answered(key, title) for key, title in ANSWERS.items()}
    marks = {key: Answered(key, title) for key, title in Attendance.Mark.choices}
    silent = Answered("silent", "No answer yet")
    mine, my_comment, mine_before_move, readers = None, "", False, 0
    my_pk = user.pk
    most = len(rows) if limit is None else limit
    for user_id, name, email, role, answer, comment, before_move, mark in rows:
        if user_id == my_pk:
            mine, my_comment, mine_before_move = answer, comment or "", bool(before_move)
        shown: Answered | None = silent
        if role == OBSERVER:
            shown = None
        else:
            readers += 1
        if answer is not None:
            shown = answers[answer]
        if shown is not None:
            shown.number += 1
            if shown.number <= most:  # of three hundred members a dozen is drawn
                shown.faces.append(Face(avatar_of(user_id, name, email), comment or "", bool(before_move)))
        if mark is not None:
            shown = marks[mark]
            shown.number += 1
            if shown.number <= most:
                shown.faces.append(Face(avatar_of(user_id, name, email), comment or "", bool(before_move)))
    return People(
        groups=list(answers.values()),
        silent=silent,
        mine=mine,
        my_comment=my_comment,
        mine_before_move=mine_before_move,
        readers=readers,
        marks=list(marks.values()) if any(each.number for each in marks.values()) else [],
    )


@prepared(session=int, group=int, moved_at=datetime)
def _people(*, session: int, group: int, moved_at: datetime) -> QuerySet[Any]:
    """Tuples, and nothing in them that Python would have to convert: there may be hundreds."""
    return (
        Membership.objects.current()
        .filter(group=group)
        .annotate(
            rsvp=FilteredRelation("user__rsvps", condition=Q(user__rsvps__session=session)),
            attended=FilteredRelation("user__attendance", condition=Q(user__attendance__session=session)),
        )
        .annotate(before_move=Case(When(rsvp__answered_at__lt=moved_at, then=Value("yes")), default=Value("")))
        .order_by("user__name", "user_id")
        .values_list(
            "user_id",
            "user__name",
            "user__email",
            "role",
            "rsvp__answer",
            "rsvp__comment",
            "before_move",
            "attended__mark",
        )
    )


class AgendaRow(TypedDict):
    pk: str
    clock: str
    title: str
    minutes: str
    presenter: Avatar | None
    is_mine: bool
    can_edit: bool
    can_take: bool
    can_rise: bool
    can_sink: bool


@dataclass(frozen=True)
class Agenda:
    rows: list[AgendaRow]
    total_minutes: int
    over_minutes: int


def agenda_of(session: Session, *, user: User) -> Agenda:
    """The agenda with running clock times on the reader's clock, from one query."""
    items = _items(session=session.pk)
    may_write = can_add_agenda_item(user, session)
    may_order = can_edit_session(user, session)
    my_pk = user.pk
    rows, starts_at = [], session.starts_at
    for place, item in enumerate(items):
        item.session = session
        rows.append(
            AgendaRow(
                pk=str(item.pk),
                clock=f"{starts_at.astimezone(user.zone):%H:%M}",
                title=item.title,
                minutes=str(item.minutes),
                presenter=_avatar(item.presenter) if item.presenter else None,
                is_mine=item.presenter_id == my_pk,
                can_edit=can_edit_agenda_item(user, item),
                can_take=may_write and item.presenter_id is None,
                can_rise=may_order and place > 0,
                can_sink=may_order and place < len(items) - 1,
            )
        )
        starts_at += timedelta(minutes=item.minutes)
    total = sum(item.minutes for item in items)
    planned = int(session.duration.total_seconds() // 60)
    return Agenda(rows=rows, total_minutes=total, over_minutes=max(0, total - planned))


def _avatar(person: User) -> Avatar:
    return avatar_of(person.pk, person.name, person.email)


@prepared(session=int)
def _items(*, session: int) -> QuerySet[AgendaItem]:
    items = AgendaItem.objects.filter(session=session).select_related("presenter")
    return items.only("position", "title", "minutes", "session_id", "presenter__name", "presenter__email")


class Assigned(TypedDict):
    """A section to read: my status as three `aria-pressed`, and how many members have read it."""

    pk: str
    title: str
    url: str
    action: str
    section: str
    done: str
    is_done: bool
    to_read: str
    reading: str
    done_pressed: str


def assigned_to(session: Session, *, user: User) -> list[Assigned]:
    """What is to be read for a session, and how far its reader is. One query."""
    rows = _assigned(session=session.pk, group=session.group_id, user=user.pk)
    here = session.get_absolute_url()
    return [
        Assigned(
            pk=str(pk),
            title=title,
            url=reverse("readings:detail", args=[session.group.slug, work]),
            action=f"{here}readings/{pk}/",
            section=f"{number} {name}".strip(),
            done=str(done),
            is_done=mine == Progress.Status.DONE,
            to_read=_pressed(mine == Progress.Status.TO_READ),
            reading=_pressed(mine == Progress.Status.READING),
            done_pressed=_pressed(mine == Progress.Status.DONE),
        )
        for pk, number, name, work, title, mine, done in rows
    ]


def _pressed(now: bool) -> str:
    return "true" if now else "false"


@prepared(session=int, group=int, user=int)
def _assigned(*, session: int, group: int, user: int) -> QuerySet[Any]:
    mine = Progress.objects.filter(section=OuterRef("section"), user=user).values("status")
    done = (
        Progress.objects.filter(
            section=OuterRef("section"),
            status=Progress.Status.DONE,
            user__memberships__group=group,
            user__memberships__left_at=None,
            user__memberships__role__in=[Role.ORGANISER, Role.MEMBER],
        )
        .order_by()
        .values("section")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Assignment.objects.filter(session=session)
        .annotate(
            my_status=Coalesce(Subquery(mine), Value(Progress.Status.TO_READ)),
            done=Coalesce(Subquery(done, output_field=IntegerField()), 0),
        )
        .order_by("position", "pk")
        .values_list(
            "section_id",
            "section__number",
            "section__title",
            "section__work_id",
            "section__work__title_html",
            "my_status",
            "done",
        )
    )


@dataclass(frozen=True)
class Hours:
    """A session's hour in words: for its reader, and for the group where its clock shows another."""

    mine: str
    until: str
    group: str
    moved_from: str


def when_of(session: Session, *, user: User, group: Group) -> Hours:
    starts, ends = session.starts_at.astimezone(user.zone), session.ends_at.astimezone(user.zone)
    in_group = session.starts_at.astimezone(group.zone)
    same_clock = in_group.utcoffset() == starts.utcoffset()
    return Hours(
        mine=f"{starts:%A} {starts.day} {starts:%B %Y}, {starts:%H:%M}",
        until=f"{ends:%H:%M} {zone_name(ends)}",
        group="" if same_clock else local_text(session.starts_at, group.zone),
        moved_from=local_text(session.moved_from, user.zone) if session.moved_from else "",
    )


@dataclass(frozen=True)
class Preview:
    """One date of a series that is not made yet."""

    starts_at: datetime
    in_group: str
    mine: str
    note: str


def preview_of(starts: list[datetime], *, zone: Any, user: User, limit: int = 8) -> list[Preview]:
    """The next dates of a series on both clocks; a date says where a clock change moves the hour for its reader.

    Besides the first `limit` dates, each later one at which the reader's hour changes.
    """
    found = []
    before = None
    for place, starts_at in enumerate(starts):
        here = starts_at.astimezone(user.zone)
        note = hour_note(before, here)
        if place < limit or note:
            found.append(Preview(starts_at, local_text(starts_at, zone), local_text(starts_at, user.zone), note))
        before = here
    return found


def hour_note(before: datetime | None, here: datetime) -> str:
    """What to say where the reader's hour differs from the time before; both in the reader's zone. Else empty."""
    if before is None or before.time() == here.time():
        return ""
    minutes = (here.hour * 60 + here.minute) - (before.hour * 60 + before.minute)
    if abs(minutes) > 720:  # over midnight
        minutes -= 1440 if minutes > 0 else -1440
    size = abs(minutes)
    words = f"{size // 60} h" if size % 60 == 0 else f"{size} min"
    return f"{words} {'later' if minutes > 0 else 'earlier'} for you: the clocks change"


__all__ = [
    "Agenda",
    "AgendaRow",
    "Answered",
    "Face",
    "Hours",
    "People",
    "Preview",
    "agenda_of",
    "assigned_to",
    "hour_note",
    "people_of",
    "preview_of",
    "when_of",
]
