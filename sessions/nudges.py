"""What this room has to remind people of: a session tomorrow, in one hour, an answer that is missing, a reading.

Every key names the session's start: a moved session is another reminder. Who said no is left in peace; an answer given
before the session was moved counts as none. Observers hear of a session only if they said that they may come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.urls import reverse

from commons.time import local_text, zone_name
from members.models import Membership, Role, User
from readings.models import Progress
from reminders.nudges import Line, Nudge, Window, nudge_kind

from .models import AgendaItem, Assignment, Rsvp, Session
from .page import hour_note

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TWO_DAYS = timedelta(days=2)


@dataclass
class Due:
    """A session with what concerns its reminders. `due_at` is the lead before its start, or the instant since which it
    stands at this hour, whichever is later: a session moved to tomorrow is told of at once."""

    session: Session
    due_at: datetime
    people: list[Membership] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    presents: dict[int, list[str]] = field(default_factory=dict)
    open_sections: dict[int, list[Assignment]] = field(default_factory=dict)
    start_before: datetime | None = None

    def answer_of(self, user_id: int) -> str | None:
        return self.answers.get(user_id)

    @property
    def key(self) -> str:
        return f"{self.session.pk}:{self.session.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @property
    def url(self) -> str:
        return reverse("sessions:detail", args=[self.session.group.slug, self.session.pk])


def due_sessions(
    *, lead: timedelta, window: Window, user_ids: Collection[int] | None, with_work: bool = False
) -> list[Due]:
    """The sessions whose reminder with `lead` becomes due in `window`, with their people. At most seven queries."""
    candidates = Session.objects.scheduled().filter(starts_at__gt=window.start, starts_at__lt=window.end + lead)
    if user_ids is not None:
        groups = Membership.objects.current().filter(user_id__in=user_ids).values("group_id")
        candidates = candidates.filter(group_id__in=groups)
    found: dict[int, Due] = {}
    for session in candidates.select_related("group").defer("minutes", "minutes_html", "description_html"):
        due_at = max(session.starts_at - lead, session.planned_at)
        if due_at in window and due_at < session.starts_at:
            found[session.pk] = Due(session, due_at)
    if not found:
        return []
    people = Membership.objects.current().filter(
        group_id__in={due.session.group_id for due in found.values()}, user__is_active=True
    )
    if user_ids is not None:
        people = people.filter(user_id__in=user_ids)
    by_group: dict[int, list[Membership]] = defaultdict(list)
    for membership in people.select_related("user").order_by("user_id"):
        by_group[membership.group_id].append(membership)
    for due in found.values():
        due.people = by_group[due.session.group_id]
    for rsvp in Rsvp.objects.filter(session__in=found):
        due = found[rsvp.session_id]
        if not due.session.is_asked_again(rsvp.answered_at):
            due.answers[rsvp.user_id] = rsvp.answer
    if with_work:
        _add_work(found)
    return sorted(found.values(), key=lambda due: (due.due_at, due.session.pk))


def _add_work(found: dict[int, Due]) -> None:
    """Add what each person presents and has not read, and when the session before took place."""
    for item in AgendaItem.objects.filter(session__in=found).exclude(presenter=None):
        assert item.presenter_id is not None
        found[item.session_id].presents.setdefault(item.presenter_id, []).append(item.title)
    assignments = list(Assignment.objects.filter(session__in=found).select_related("section__work"))
    done = set(
        Progress.objects.filter(
            section__in={each.section_id for each in assignments}, status=Progress.Status.DONE
        ).values_list("section_id", "user_id")
    )
    for each in assignments:
        due = found[each.session_id]
        for membership in due.people:
            if membership.role != Role.OBSERVER and (each.section_id, membership.user_id) not in done:
                due.open_sections.setdefault(membership.user_id, []).append(each)
    in_series = {due.session.series_id for due in found.values() if due.session.series_id is not None}
    earliest = min(due.session.starts_at for due in found.values()) - timedelta(days=15)
    latest = max(due.session.starts_at for due in found.values())
    starts = list(
        Session.objects.filter(series__in=in_series, starts_at__gte=earliest, starts_at__lt=latest, edited_at=None)
        .order_by("starts_at")
        .values_list("series_id", "starts_at")
    )
    for due in found.values():
        earlier = [at for series, at in starts if series == due.session.series_id and at < due.session.starts_at]
        if earlier and due.session.edited_at is None:
            due.start_before = earlier[-1]


def comes_perhaps(due: Due, membership: Membership) -> bool:
    """Whether to tell someone that the session is near: members unless they said no, observers if they may come."""
    answer = due.answer_of(membership.user_id)
    return answer in ("yes", "maybe") or (answer is None and membership.role != Role.OBSERVER)


@nudge_kind(
    key="session-tomorrow",
    title="Session tomorrow",
    explanation="a session of your group takes place tomorrow and you did not decline",
    order=10,
)
def session_tomorrow(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    for due in due_sessions(lead=DAY, window=window, user_ids=user_ids, with_work=True):
        if due.session.starts_at - due.due_at <= HOUR:
            continue  # the reminder of one hour says it
        for membership in due.people:
            if comes_perhaps(due, membership):
                person = membership.user
                told = due.due_at.astimezone(person.zone)
                midnight = datetime.combine(told.date() + DAY, time(), tzinfo=person.zone)
                yield _nudge(
                    due,
                    person,
                    subject=f"{_day_word(due, person)} {_hour(due, person)}: {_what(due, person)}",
                    lines=_lines(due, person),
                    items=_items(due, person),
                    expires_at=min(due.session.starts_at, midnight),  # after it, "tomorrow" would be wrong
                )


@nudge_kind(
    key="session-soon",
    title="Session in one hour",
    explanation="a session of your group begins within the hour and you did not decline",
    order=20,
)
def session_soon(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    for due in due_sessions(lead=HOUR, window=window, user_ids=user_ids, with_work=True):
        word = "In one hour" if due.session.starts_at - due.due_at == HOUR else "Soon"
        for membership in due.people:
            if comes_perhaps(due, membership):
                person = membership.user
                yield _nudge(
                    due,
                    person,
                    subject=f"{word}, {_hour(due, person)}: {_what(due, person)}",
                    lines=_lines(due, person),
                    items=_items(due, person),
                    action="Open session",
                )


@nudge_kind(
    key="answer-missing",
    title="Answer missing",
    explanation="you have not said yet whether you come to a session in two days",
    order=30,
)
def answer_missing(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    for due in due_sessions(lead=TWO_DAYS, window=window, user_ids=user_ids):
        for membership in due.people:
            person = membership.user
            if membership.role == Role.OBSERVER or due.answer_of(person.pk) is not None:
                continue
            hour = local_text(due.session.starts_at, person.zone)
            moved = due.session.moved_at is not None
            yield _nudge(
                due,
                person,
                subject=f"Do you come on {hour}? {due.session.title}",
                lines=(
                    "It was moved, so earlier answers are asked for again." if moved else "You have not answered yet.",
                    f"When: {_span(due, person)}",
                    f"Where: {_where(due)}",
                ),
                action="Say whether you come",
            )


@nudge_kind(
    key="reading-open",
    title="Reading not done",
    explanation="a section assigned for a session in two days is not marked as done by you",
    order=40,
)
def reading_open(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    for due in due_sessions(lead=TWO_DAYS, window=window, user_ids=user_ids, with_work=True):
        for membership in due.people:
            person = membership.user
            sections = due.open_sections.get(person.pk, [])
            if not sections or due.answer_of(person.pk) == "no":
                continue
            hour = local_text(due.session.starts_at, person.zone)
            if len(sections) == 1:
                what = f"{sections[0].section.work.title}, {sections[0].section}"
            else:
                what = f"{len(sections)} sections"
            yield _nudge(
                due,
                person,
                subject=f"To read by {hour}: {what}",
                lines=(
                    f"For: {due.session.title}",
                    f"When: {_span(due, person)}",
                    "Mark it as done once read.",
                ),
                items=tuple(_reading_line(each, due) for each in sections),
                url=f"{due.url}#readings",
                action="Mark as read",
            )


def _nudge(
    due: Due,
    person: User,
    *,
    subject: str,
    lines: tuple[str, ...],
    items: tuple[Line, ...] = (),
    expires_at: datetime | None = None,
    url: str | None = None,
    action: str = "Open session",
) -> Nudge:
    return Nudge(
        user_id=person.pk,
        group_id=due.session.group_id,
        key=due.key,
        due_at=due.due_at,
        expires_at=expires_at or due.session.starts_at,
        subject=subject,
        url=url or due.url,
        lines=lines,
        items=items,
        action=action,
    )


def _hour(due: Due, person: User) -> str:
    local = due.session.starts_at.astimezone(person.zone)
    return f"{local:%H:%M} {zone_name(local)}"


def _day_word(due: Due, person: User) -> str:
    told, starts = due.due_at.astimezone(person.zone).date(), due.session.starts_at.astimezone(person.zone).date()
    return "Tomorrow" if starts > told else "Today"


def _what(due: Due, person: User) -> str:
    return f"{due.session.title}; you present" if person.pk in due.presents else due.session.title


def _span(due: Due, person: User) -> str:
    starts, ends = due.session.starts_at.astimezone(person.zone), due.session.ends_at.astimezone(person.zone)
    return f"{starts:%A} {starts.day} {starts:%B}, {starts:%H:%M}–{ends:%H:%M} {zone_name(starts)}"


def _where(due: Due) -> str:
    return due.session.place or due.session.call_url or "not said yet"


def _lines(due: Due, person: User) -> tuple[str, ...]:
    said = {"yes": "You said that you come.", "maybe": "You said maybe."}
    lines = [
        f"When: {_span(due, person)}",
        f"Where: {_where(due)}",
        said.get(due.answer_of(person.pk) or "", "You have not said yet whether you come."),
    ]
    if due.start_before is not None:
        zone = person.zone
        note = hour_note(due.start_before.astimezone(zone), due.session.starts_at.astimezone(zone))
        if note:
            lines.insert(0, f"Note the hour: {note}.")
    return tuple(lines)


def _items(due: Due, person: User) -> tuple[Line, ...]:
    presents = [Line(f"You present: {title}", f"{due.url}#agenda") for title in due.presents.get(person.pk, [])]
    return (*presents, *(_reading_line(each, due) for each in due.open_sections.get(person.pk, [])))


def _reading_line(each: Assignment, due: Due) -> Line:
    return Line(f"Still to read: {each.section.work.title}, {each.section}", f"{due.url}#readings")
