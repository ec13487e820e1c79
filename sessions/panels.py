"""What this room shows on other rooms' pages, and what has changed in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from commons.panels import Change, changes, panel
from commons.time import local_text
from members.access import may_write
from members.models import Group, Membership, User
from readings.models import Progress, Work

from .models import AgendaItem, Assignment, Attendance, Series, Session
from .permissions import can_schedule

SHOWN_AT_HOME = 3


@panel(page="home", order=10, template="sessions/panels/home.html")
def my_next_sessions(*, user: User, subject: Group, now: datetime) -> dict[str, Any] | None:
    """The next sessions with my answer, and what I owe them: sections not read, items that I present. Three queries."""
    sessions = list(
        Session.objects.of(subject)
        .upcoming(now)
        .with_answers_of(user)
        .defer("description", "description_html", "minutes", "minutes_html")
        .order_by("starts_at", "pk")[:SHOWN_AT_HOME]
    )
    by_pk = {session.pk: session for session in sessions}
    for session in sessions:
        session.group = subject
    to_read: list[Assignment] = []
    to_present: list[AgendaItem] = []
    if sessions and may_write(user, subject):
        mine = Progress.objects.filter(section=OuterRef("section"), user=user).values("status")
        to_read = list(
            Assignment.objects.filter(session=sessions[0])
            .annotate(my_status=Coalesce(Subquery(mine), Value(Progress.Status.TO_READ)))
            .exclude(my_status=Progress.Status.DONE)
            .select_related("section__work")
        )
        to_present = list(AgendaItem.objects.filter(session__in=by_pk, presenter=user).order_by("session__starts_at"))
    for assignment in to_read:
        assignment.session = by_pk[assignment.session_id]
    for item in to_present:
        item.session = by_pk[item.session_id]
    return {
        "group": subject,
        "sessions": sessions,
        "to_read": to_read,
        "to_present": to_present,
        "can_schedule": can_schedule(user, subject),
        "can_answer": True,
    }


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


@changes
def session_changes(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """What others scheduled, moved, cancelled and wrote down. Two queries.

    A series counts once, not once a session; what the nightly job adds to it is nobody's doing.
    """
    found: list[Change] = []
    zone = user.zone
    for series in Series.objects.filter(group=group, created_at__gt=since, created_at__lte=until).select_related(
        "created_by"
    ):
        if series.created_by_id == user.pk:
            continue
        verb = "changed the series" if series.follows_id else "scheduled"
        rule = series.rule[0].lower() + series.rule[1:]
        series.group = group
        text = f"{verb} “{series.title}”, {rule}"
        found.append(Change(series.created_at, _name(series.created_by), text, _list(group), "repeat"))
    recent = Q(minutes_at__gt=since) | Q(moved_at__gt=since) | Q(cancelled_at__gt=since)
    new_alone = Q(created_at__gt=since, series=None)
    sessions = (
        Session.objects.of(group)
        .filter(recent | new_alone)
        .select_related("created_by", "changed_by", "minutes_by")
        .defer("description", "description_html", "minutes", "minutes_html")
        .order_by("-changed_at")[:60]
    )
    for session in sessions:
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
        if session.series_id is None:
            told.append((session.created_at, session.created_by, f"added {title}, {hour}", address, "calendar-plus"))
        for at, who, text, url, icon in told:
            if at is not None and since < at <= until and (who is None or who.pk != user.pk):
                found.append(Change(at, _name(who), text, url, icon))
    return found


def _name(person: User | None) -> str:
    return person.display_name if person else "Someone"


def _list(group: Group) -> str:
    return f"{group.get_absolute_url()}sessions/"
