"""What this room shows on other rooms' pages, and what has changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Trim
from django.urls import reverse
from django.utils import timezone

from commons.panels import Change, ChangeRow, change_rows, changes_from_rows, panel
from commons.prepared import prepared
from commons.time import local_text
from members.access import may_write
from members.models import Group, Membership, User
from readings.models import Progress, Work

from .models import AgendaItem, Assignment, Attendance, Series, Session
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


def _say(rows: list[ChangeRow], group: Group) -> Change:
    row = rows[0]
    if row.kind == "sessions.series":
        again, interval, starts_on, local_time, time_zone = row.detail.split("|")
        series = Series(
            interval_weeks=int(interval),
            starts_on=date.fromisoformat(starts_on),
            local_time=time.fromisoformat(local_time),
            time_zone=time_zone,
        )
        verb = "changed the series" if again else "scheduled"
        text = f"{verb} “{row.title}”, {series.rule[0].lower()}{series.rule[1:]}"
        return Change(at=row.at, who=row.who, text=text, url=reverse("sessions:list", args=[group.slug]), icon="repeat")
    url = reverse("sessions:detail", args=[group.slug, row.pk])
    starts_at = datetime.fromisoformat(row.detail)  # PostgreSQL writes the offset, SQLite means UTC
    starts_at = starts_at if starts_at.tzinfo else starts_at.replace(tzinfo=UTC)
    hour = local_text(starts_at, timezone.get_current_timezone())
    match row.kind:
        case "sessions.minutes":
            text, url, icon = f"wrote the minutes of “{row.title}”", f"{url}#minutes", "file-text"
        case "sessions.cancelled":
            text, icon = f"cancelled “{row.title}” of {hour}", "calendar-x"
        case "sessions.moved":
            text, icon = f"moved “{row.title}” to {hour}", "calendar-clock"
        case _:
            text, icon = f"added “{row.title}”, {hour}", "calendar-plus"
    return Change(at=row.at, who=row.who, text=text, url=url, icon=icon)


@changes_from_rows(
    "sessions.series", "sessions.added", "sessions.moved", "sessions.cancelled", "sessions.minutes", say=_say
)
def session_changes(group: int, since: datetime, until: datetime, user: int) -> list[QuerySet[Any, Any]]:
    """What others scheduled, moved, cancelled and wrote down. A series counts once, not once a session; what the job
    adds to it later is nobody's doing."""

    def told(rows: QuerySet[Any], kind: str, *, at: str, by: str, detail: str = "starts_at") -> QuerySet[Any, Any]:
        recent = rows.filter(**{f"{at}__gt": since, f"{at}__lte": until}).exclude(**{by: user})
        return change_rows(recent, kind=f"sessions.{kind}", at=at, by=by, title="title", detail=detail)

    text = TextField()
    parts: list[Any] = [Case(When(follows=None, then=Value("")), default=Value("1"), output_field=text)]
    for column in ("interval_weeks", "starts_on", "local_time", "time_zone"):
        parts += [Value("|", output_field=text), Cast(column, text)]
    series = Series.objects.filter(group=group).annotate(summary=Concat(*parts, output_field=text))
    sessions = Session.objects.filter(group=group)
    return [
        told(series, "series", at="created_at", by="created_by", detail="summary"),
        told(sessions.filter(series=None), "added", at="created_at", by="created_by"),
        told(sessions.scheduled(), "moved", at="moved_at", by="changed_by"),
        told(sessions.filter(status=Session.Status.CANCELLED), "cancelled", at="cancelled_at", by="changed_by"),
        told(sessions, "minutes", at="minutes_at", by="minutes_by"),
    ]
