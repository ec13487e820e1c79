"""The weekly digest: the one reminder that needs all rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.urls import reverse

from commons.time import local_text
from derivations.models import Note, Review
from ideas.models import Idea
from members.models import Group, Membership, Role, User
from readings.models import Progress, Work
from reminders.nudges import Line, Nudge, Window, nudge_kind
from sessions.models import Assignment, Rsvp, Session

MORNING = time(8)
WEEK = timedelta(days=7)
SPREAD_MINUTES = 15  # so that a mail server is not asked for everyone's at once
ANSWERS = {"yes": "you said yes", "maybe": "you said maybe", "no": "you said no"}


@dataclass
class Digest:
    """What one person's week holds, group by group."""

    user: User
    due_at: datetime
    memberships: list[Membership] = field(default_factory=list)
    sessions: int = 0
    to_read: int = 0
    to_review: int = 0
    ideas: int = 0
    items: list[Line] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.sessions or self.to_read or self.to_review or self.ideas)

    @property
    def key(self) -> str:
        year, week, _ = self.due_at.isocalendar()
        return f"{year}-W{week:02d}"


@nudge_kind(
    key="weekly-digest",
    title="Your week",
    explanation="you are in a study group in which something is open for you this week",
    bell=False,
    order=70,
)
def weekly_digest(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    """On the member's own Monday morning, for all their groups together; nothing where nothing is open.

    At most eleven queries, and none at all on a day on which it is Monday nowhere.
    """
    mondays = _mondays_near(window)
    if not mondays:
        return
    people = Membership.objects.current().filter(user__is_active=True)
    if user_ids is not None:
        people = people.filter(user_id__in=user_ids)
    digests: dict[int, Digest] = {}
    for membership in people.select_related("user", "group").order_by("user_id", "group__name"):
        digest = digests.get(membership.user_id)
        if digest is None:
            due_at = _due_in(window, membership.user, mondays)
            if due_at is None:
                continue
            digest = digests[membership.user_id] = Digest(membership.user, due_at)
        digest.memberships.append(membership)
    if not digests:
        return
    week = _Week(list(digests.values()))
    for digest in digests.values():
        week.describe(digest)
        if not digest.is_empty:
            yield _nudge(digest)


def _mondays_near(window: Window) -> list[date]:
    """The Mondays whose morning may lie in `window` somewhere: a local date is up to a day off the UTC one."""
    first, last = window.start.date() - timedelta(days=1), window.end.date() + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() == 0]


def _due_in(window: Window, user: User, mondays: list[date]) -> datetime | None:
    for monday in mondays:
        due_at = datetime.combine(monday, MORNING, tzinfo=user.zone) + timedelta(minutes=user.pk * 7 % SPREAD_MINUTES)
        if due_at in window:
            return due_at
    return None


class _Week:
    """What the groups of these people hold, asked for all of them at once."""

    def __init__(self, digests: list[Digest]) -> None:
        people = {digest.user.pk for digest in digests}
        groups = {membership.group_id for digest in digests for membership in digest.memberships}
        begins, ends = min(each.due_at for each in digests), max(each.due_at for each in digests) + WEEK
        self.sessions: dict[int, list[Session]] = defaultdict(list)
        for session in (
            Session.objects.scheduled()
            .filter(group__in=groups, starts_at__gte=begins, starts_at__lt=ends)
            .defer("minutes", "minutes_html", "description_html")
        ):
            self.sessions[session.group_id].append(session)
        ids = [session.pk for of_group in self.sessions.values() for session in of_group]
        self.answers = {
            (session, user): answer
            for session, user, answer in Rsvp.objects.filter(session__in=ids, user__in=people).values_list(
                "session_id", "user_id", "answer"
            )
        }
        self.assigned: dict[int, list[Assignment]] = defaultdict(list)
        for assignment in Assignment.objects.filter(session__in=ids).select_related("section__work"):
            self.assigned[assignment.session_id].append(assignment)
        sections = {each.section_id for of_session in self.assigned.values() for each in of_session}
        self.done = set(
            Progress.objects.filter(section__in=sections, user__in=people, status=Progress.Status.DONE).values_list(
                "section_id", "user_id"
            )
        )
        self.reviews: dict[tuple[int, int], list[Note]] = defaultdict(list)
        for review in (
            Review.objects.filter(reviewer__in=people, answer=Review.Answer.WAITING, note__deleted_at=None)
            .filter(note__group__in=groups)
            .select_related("note")
            .defer("note__body", "note__body_html")
            .order_by("asked_at")
        ):
            self.reviews[review.reviewer_id, review.note.group_id].append(review.note)
        self.ideas: dict[tuple[int | None, int], list[Idea]] = defaultdict(list)
        for idea in (
            Idea.objects.active()
            .filter(owner__in=people, group__in=groups)
            .defer("body", "body_html")
            .order_by("next_step_on", "pk")
        ):
            self.ideas[idea.owner_id, idea.group_id].append(idea)
        self.changed = _changes_of_the_week(groups, until=begins)

    def describe(self, digest: Digest) -> None:
        """Count and list what `digest` is about."""
        for membership in digest.memberships:
            lines = list(self._lines(digest, membership))
            if lines:
                group = membership.group
                digest.items.append(Line(group.name, reverse("group-home", args=[group.slug]), heading=True))
                digest.items.extend(lines)
                if group.pk in self.changed:
                    digest.items.append(Line(f"Last week: {self.changed[group.pk]}"))

    def _lines(self, digest: Digest, membership: Membership) -> Iterator[Line]:
        user, group = digest.user, membership.group
        for session in self.sessions[group.pk]:
            if not digest.due_at <= session.starts_at < digest.due_at + WEEK:
                continue
            answer = self.answers.get((session.pk, user.pk))
            said = ANSWERS[answer] if answer else "your answer is open"
            address = reverse("sessions:detail", args=[group.slug, session.pk])
            digest.sessions += 1
            yield Line(f"{local_text(session.starts_at, user.zone)}: {session.title} ({said})", address)
            if membership.role == Role.OBSERVER or answer == "no":
                continue
            for each in self.assigned[session.pk]:
                if (each.section_id, user.pk) not in self.done:
                    digest.to_read += 1
                    yield Line(f"To read: {each.section.work.title}, {each.section}", f"{address}#readings")
        for note in self.reviews[user.pk, group.pk]:
            digest.to_review += 1
            address = reverse("derivations:detail", args=[group.slug, note.pk])
            yield Line(f"Waits for your review: {note.title}", address)
        for idea in self.ideas[user.pk, group.pk]:
            digest.ideas += 1
            yield Line(_idea_in_words(idea), reverse("ideas:detail", args=[group.slug, idea.pk]))


def _idea_in_words(idea: Idea) -> str:
    if not idea.next_step:
        return f"Your idea: {idea.title} (no next step yet)"
    by = f" by {idea.next_step_on:%a} {idea.next_step_on.day} {idea.next_step_on:%b}" if idea.next_step_on else ""
    return f"Your idea: {idea.title}; next step{by}: {idea.next_step}"


def _changes_of_the_week(groups: Collection[int], *, until: datetime) -> dict[int, str]:
    """In words what changed in each group in the week before `until`. Three queries."""
    since = until - WEEK
    found: dict[int, list[str]] = defaultdict(list)
    changes = [
        (Note.objects.filter(changed_at__gte=since, changed_at__lt=until, deleted_at=None), "derivation", "written"),
        (Work.objects.filter(added_at__gte=since, added_at__lt=until, archived_at=None), "reading", "added"),
        (Idea.objects.filter(changed_at__gte=since, changed_at__lt=until, archived_at=None), "idea", "moved on"),
    ]
    for rows, noun, verb in changes:
        for group, count in rows.filter(group__in=groups).order_by().values_list("group").annotate(Count("pk")):
            found[group].append(f"{_counted(count, noun)} {verb}")
    return {group: ", ".join(words) for group, words in found.items()}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _nudge(digest: Digest) -> Nudge:
    parts = []
    if digest.sessions:
        parts.append(_counted(digest.sessions, "session"))
    if digest.to_read:
        parts.append(f"{_counted(digest.to_read, 'section')} to read")
    if digest.to_review:
        parts.append(f"{_counted(digest.to_review, 'note')} to review")
    if digest.ideas:
        parts.append(f"{_counted(digest.ideas, 'idea')} with your name")
    local = digest.due_at
    groups: list[Group] = [membership.group for membership in digest.memberships]
    home = reverse("group-home", args=[groups[0].slug]) if len(groups) == 1 else reverse("home")
    return Nudge(
        user_id=digest.user.pk,
        group_id=None,
        key=digest.key,
        due_at=digest.due_at,
        expires_at=digest.due_at + timedelta(days=2),
        subject=f"Your week: {', '.join(parts)}",
        url=home,
        lines=(f"The week of Monday {local.day} {local:%B}, as it stands this morning.",),
        items=tuple(digest.items),
        action="Open this week",
    )
