"""What this room shows on other rooms' pages, and what has changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Trim

from commons.panels import Change, changes, panel
from commons.prepared import prepared
from commons.time import local_text
from members.access import may_write
from members.models import Group, Membership, User
from readings.models import Progress, Work

from .models import AgendaItem, Assignment, Attendance, Session
from .permissions import can_schedule

SHOWN_AT_HOME = 3


@panel(page="home", order=10, template="sessions/panels/home.html")
def my_next_sessions(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """The next sessions with my answer, and what I owe them: sections not read, items that I present. Two queries."""
    sessions = _next_sessions(group=subject.pk, user=user.pk, now=now)
    for session in sessions:
        session.group = subject
    to_read, to_present = _owed(user, sessions) if may_write(user, subject) else ([], [])
    return {
        "group": subject,
        "sessions": sessions,
        "to_read": to_read,
        "to_present": to_present,
        "can_schedule": can_schedule(user, subject),
        "can_answer": True,
    }


@prepared(group=int, user=int, now=datetime)
def _next_sessions(*, group: int, user: int, now: datetime) -> QuerySet[Session]:
    return (
        Session.objects.filter(group=group)
        .upcoming(now)
        .with_answers_of(user)
        .defer("description", "description_html", "minutes", "minutes_html")
        .order_by("starts_at", "pk")[:SHOWN_AT_HOME]
    )


@dataclass(frozen=True)
class Owed:
    """Something to prepare for a session: a section to read (`title` is HTML then), or an item to present."""

    session: Session
    title: str
    detail: str
    status: str


def _owed(user: User, sessions: list[Session]) -> tuple[list[Owed], list[Owed]]:
    """What `user` has not read for the first of `sessions`, and presents in any of them. One query for both."""
    if not sessions:
        return [], []
    first, second, third = (*(session.pk for session in sessions), 0, 0)[:SHOWN_AT_HOME]
    rows = _owed_rows(user=user.pk, first=first, second=second, third=third)
    by_pk = {session.pk: session for session in sessions}
    owed: dict[str, list[Owed]] = {"read": [], "present": []}
    in_order = sorted(rows, key=lambda row: (by_pk[row[1]].starts_at, row[2]))
    for kind, session_pk, _position, state, what, detail in in_order:
        owed[kind].append(Owed(session=by_pk[session_pk], title=what, detail=detail, status=state))
    return owed["read"], owed["present"]


@prepared(user=int, first=int, second=int, third=int)
def _owed_rows(*, user: int, first: int, second: int, third: int) -> QuerySet[Any]:
    mine = Progress.objects.filter(section=OuterRef("section"), user=user).values("status")
    texts = {"output_field": TextField()}
    to_read = (
        Assignment.objects.filter(session=first)
        .annotate(
            kind=Value("read", **texts),
            state=Coalesce(Subquery(mine), Value("to-read"), **texts),
            what=Cast("section__work__title_html", **texts),
            detail=Trim(Concat("section__number", Value(" "), "section__title", **texts)),
        )
        .exclude(state="done")
    )
    coming = Q(session=first) | Q(session=second) | Q(session=third)
    to_present = AgendaItem.objects.filter(coming, presenter=user).annotate(
        kind=Value("present", **texts),
        state=Value("", **texts),
        what=Cast("title", **texts),
        detail=Concat(Cast("minutes", **texts), Value(" min"), **texts),
    )
    columns = ("kind", "session_id", "position", "state", "what", "detail")
    return to_read.order_by().values_list(*columns).union(to_present.order_by().values_list(*columns), all=True)


@panel(page="readings:detail", order=20, template="sessions/panels/reading.html")
def sessions_that_read(*, user: User, subject: Work, now: datetime) -> dict[str, Any] | None:
    """The sessions for which sections of this work are assigned, the coming ones first. One query."""
    assignments = (
        Assignment.objects.filter(section__work=subject)
        .select_related("session", "section")
        .order_by("-session__starts_at", "position", "pk")[:60]
    )
    sections: dict[int, list[str]] = {}
    sessions: dict[int, Session] = {}
    for each in assignments:
        sessions.setdefault(each.session_id, each.session)
        sections.setdefault(each.session_id, []).append(str(each.section))
    if not sessions:
        return None
    coming = sorted((each for each in sessions.values() if not each.is_over(now)), key=lambda each: each.starts_at)
    held = [each for each in sessions.values() if each.is_over(now)]
    rows = [{"session": each, "sections": "; ".join(sections[each.pk])} for each in (*coming, *held)[:10]]
    return {"group": subject.group, "rows": rows}


@panel(page="members:detail", order=10, template="sessions/panels/member.html", slot="margin")
def attendance_of(*, user: User, subject: Membership, now: datetime) -> dict[str, Any] | None:
    """How often someone was there in the last half year. One query."""
    counts = Attendance.objects.filter(
        user=subject.user_id, session__group=subject.group_id, session__starts_at__gt=now - timedelta(weeks=26)
    ).aggregate(
        marked=Count("pk"),
        present=Count("pk", filter=Q(mark=Attendance.Mark.PRESENT)),
        excused=Count("pk", filter=Q(mark=Attendance.Mark.EXCUSED)),
        absent=Count("pk", filter=Q(mark=Attendance.Mark.ABSENT)),
    )
    return dict(counts)


@prepared(group=int, since=datetime)
def _changed_sessions(*, group: int, since: datetime) -> QuerySet[Session]:
    first = Session.objects.filter(series=OuterRef("series")).order_by("slot_on").values("slot_on")[:1]
    new_series = Q(series__created_at__gt=since, slot_on=F("series_begins_on"))
    recent = Q(minutes_at__gt=since) | Q(moved_at__gt=since) | Q(cancelled_at__gt=since)
    new_alone = Q(created_at__gt=since, series=None)
    return (
        Session.objects.filter(group=group)
        .alias(series_begins_on=Subquery(first))
        .filter(recent | new_alone | new_series)
        .select_related("created_by", "changed_by", "minutes_by", "series__created_by")
        .defer("description", "description_html", "minutes", "minutes_html")
        .order_by("-changed_at", "-pk")[:60]
    )


@changes
def session_changes(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """What others scheduled, moved, cancelled and wrote down. One query.

    A series counts once, by its first session; what the job adds to it later is nobody's doing.
    """
    found: list[Change] = []
    told_series: set[int] = set()
    zone = user.zone
    for session in _changed_sessions(group=group.pk, since=since):
        session.group = group
        address = session.get_absolute_url()
        title = f"“{session.title}”"
        hour = local_text(session.starts_at, zone)
        told: list[tuple[datetime | None, User | None, str, str, str]] = [
            (session.minutes_at, session.minutes_by, f"wrote the minutes of {title}", f"{address}#minutes", "file-text")
        ]
        if session.is_cancelled:
            told.append(
                (session.cancelled_at, session.changed_by, f"cancelled {title} of {hour}", address, "calendar-x")
            )
        elif session.moved_at is not None:
            told.append((session.moved_at, session.changed_by, f"moved {title} to {hour}", address, "calendar-clock"))
        series = session.series
        if series is not None:
            verb = "changed the series" if series.follows_id else "scheduled"
            text = f"{verb} “{series.title}”, {series.rule[0].lower()}{series.rule[1:]}"
            if series.pk not in told_series:
                told_series.add(series.pk)
                told.append((series.created_at, series.created_by, text, _list(group), "repeat"))
        else:
            told.append((session.created_at, session.created_by, f"added {title}, {hour}", address, "calendar-plus"))
        for at, who, text, url, icon in told:
            if at is not None and since < at <= until and (who is None or who.pk != user.pk):
                found.append(Change(at, _name(who), text, url, icon))
    return found


@prepared(group=int, since=datetime)
def _changed_sessions(group: int, since: datetime) -> QuerySet[Session]:
    first = Session.objects.filter(series=OuterRef("series")).order_by("slot_on").values("slot_on")[:1]
    new_series = Q(series__created_at__gt=since, slot_on=F("series_begins_on"))
    recent = Q(minutes_at__gt=since) | Q(moved_at__gt=since) | Q(cancelled_at__gt=since)
    new_alone = Q(created_at__gt=since, series=None)
    return (
        Session.objects.filter(group=group)
        .alias(series_begins_on=Subquery(first))
        .filter(recent | new_alone | new_series)
        .select_related("created_by", "changed_by", "minutes_by", "series__created_by")
        .defer("description", "description_html", "minutes", "minutes_html")
        .order_by("-changed_at", "-pk")[:60]
    )


def _name(person: User | None) -> str:
    return person.display_name if person else "Someone"


def _list(group: Group) -> str:
    return f"{group.get_absolute_url()}sessions/"
