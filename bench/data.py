"""What is measured: the demo group of 8 members and one of 300, in the same database, and the pages of each.

`python -m bench.data` makes the tables and the groups on the database that DATABASE_URL names, and prints as JSON the
pages to ask for: path, reader's session, number of queries, bytes.
"""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from derivations.models import Note
    from members.models import Group, User
    from readings.models import Work
    from sessions.models import Session

NOTE_FORMULAS = 78
NOTE_CHARACTERS = 20_000
CARDS = 60


@dataclass(frozen=True)
class Size:
    """How large a group is."""

    name: str
    members: int
    sessions: int
    works: int
    notes: int


DEMO = "demo, 8 members"
LARGE = Size("300 members", members=300, sessions=500, works=120, notes=150)


@dataclass(frozen=True)
class Page:
    """A page to ask for, and what one answer of it costs."""

    kind: str
    size: str
    path: str
    cookie: str
    queries: int = 0
    content_bytes: int = 0


def long_note() -> str:
    """Return a note of 20 kB with 78 formulas, 13 of them displayed, as a member would write one."""
    inline = [
        r"$x \in \mathbb{R}^n$",
        r"$\nabla_x f(x) = (A + A^\top)x$",
        r"$p(y \mid x, \theta)$",
        r"$\hat\theta_{\mathrm{MAP}} = \arg\max_\theta \log p(\theta \mid D)$",
        r"$\sum_{i=1}^n \lambda_i$",
    ]
    displayed = r"""
\begin{align}
  \nabla_\Sigma \, \mathrm{KL}(\mathcal N_0 \,\|\, \mathcal N_1)
    &= \tfrac12 \left( \Sigma_1^{-1} - \Sigma_0^{-1} \right) \\
    &= \tfrac12 \, \Sigma_1^{-1} (\Sigma_0 - \Sigma_1) \Sigma_0^{-1}
\end{align}
"""
    prose = (
        "We take the differential on both sides, use that the trace is linear and invariant under cyclic shifts, and "
        "collect what stands beside the differential. The order of the factors matters. "
    )
    parts = ["# From the log-determinant to the Gaussian divergence\n"]
    formulas = 0
    while formulas < NOTE_FORMULAS:
        sentences = []
        for formula in inline:
            sentences.append(f"Let {formula} be as above. {prose}")
            formulas += 1
        parts.append(f"## Step {len(parts)}\n\n" + "\n\n".join(sentences) + "\n\n" + displayed)
        formulas += 1
    text = "\n\n".join(parts)
    assert formulas == NOTE_FORMULAS
    filler = "A remark for those who read this later: every step holds for symmetric positive definite matrices only. "
    return text + "\n\n" + filler * max(0, (NOTE_CHARACTERS - len(text)) // len(filler))


def make_group(size: Size, *, now: datetime) -> list[Page]:
    """Make a group of this size, and return its pages as one of its members is to read them."""
    from derivations.models import Note, Review
    from members.models import Group, Membership, Role, User
    from readings.models import Progress, Section, Work
    from reminders.models import Notification
    from sessions.models import AgendaItem, Assignment, Rsvp, Series, Session

    dice = random.Random(size.name)  # noqa: S311 - the same data each time, no secret
    slug = f"bench-{size.members}"
    group = Group.objects.create(
        name=f"Bench {size.name}",
        slug=slug,
        time_zone="Europe/Berlin",
        purpose="We work through the mathematics of deep learning, one derivation at a time.",
        created_at=now - timedelta(days=400),
    )
    people = User.objects.bulk_create(
        User(
            email=f"{slug}-{n}@example.org",
            name=f"Person {n} of Bench",
            time_zone=dice.choice(["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Asia/Tokyo", "UTC"]),
            password="!",
        )
        for n in range(size.members)
    )
    people = list(User.objects.filter(email__startswith=f"{slug}-").order_by("pk"))
    reader = people[1]
    Membership.objects.bulk_create(
        Membership(
            user=person,
            group=group,
            role=Role.ORGANISER if n == 0 else Role.MEMBER,
            joined_at=now - timedelta(days=300),
            seen_at=now - timedelta(days=1),
            seen_before_at=now - timedelta(days=3),
        )
        for n, person in enumerate(people)
    )
    works = [
        Work.objects.create(
            group=group,
            key=f"author{n}",
            title=f"On the Convergence of Method {n} in $O(n^2)$ Steps",
            authors=[{"given": "Ada", "family": f"Author{n}"}, {"given": "Emil", "family": "Second"}],
            year=str(1990 + n % 36),
            position=n,
            added_by=people[0],
            added_at=now - timedelta(days=2 * n + 1),
        )
        for n in range(size.works)
    ]
    Section.objects.bulk_create(
        Section(work=work, position=n, number=str(n + 1), title=f"Chapter {n + 1} of what matters", pages="10–20")
        for work in works
        for n in range(8)
    )
    sections = list(Section.objects.filter(work__group=group).order_by("work__position", "position"))
    Progress.objects.bulk_create(
        Progress(section=section, user=person, status=dice.choice(["reading", "done"]), changed_at=now)
        for person in people
        for section in sections[:40]
        if dice.random() < 0.6
    )
    series = Series.objects.create(
        group=group,
        title="Thursday reading",
        starts_on=now.date() - timedelta(days=7 * (size.sessions // 2)),
        local_time="19:00",
        time_zone="Europe/Berlin",
    )
    Session.objects.bulk_create(
        Session(
            group=group,
            series=series,
            slot_on=now.date() + timedelta(days=7 * n),
            title=f"Chapter {n % 20}: gradients",
            starts_at=now + timedelta(days=7 * n, hours=30),
            time_zone="Europe/Berlin",
            place="Room 3",
            call_url="https://meet.example.org/bench",
            description="We read and work out the gradient.",
            description_html="<p>We read and work out the gradient.</p>",
        )
        for n in range(-size.sessions // 2, size.sessions // 2)
    )
    session = Session.objects.filter(group=group, starts_at__gt=now).earliest("starts_at")
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, position=n, title=f"Point {n} with $x_{n}$", minutes=15, presenter=people[n % 8])
        for n in range(6)
    )
    Assignment.objects.bulk_create(
        Assignment(session=session, section=section, position=n) for n, section in enumerate(sections[36:42])
    )
    Rsvp.objects.bulk_create(
        Rsvp(session=session, user=person, answer=dice.choice(["yes", "yes", "maybe", "no"]), answered_at=now)
        for person in people[2:]
        if dice.random() < 0.8
    )
    note = checked_note(group, people[2], now=now)
    note.works.add(*works[:4])
    note.sessions.add(session)
    notes = Note.objects.bulk_create(
        Note(
            group=group,
            title=f"Note {n} on softmax",
            author=dice.choice(people),
            body="Let $x$.",
            body_html="<p>Let x.</p>",
            created_at=now - timedelta(days=2 * n + 1),
            changed_at=now - timedelta(days=2 * n + 1),
            changed_by=people[0],
        )
        for n in range(size.notes)
    )
    notes = list(Note.objects.filter(group=group).exclude(pk=note.pk))
    for each in notes[:4]:
        each.sessions.add(session)
        Review.objects.create(note=each, reviewer=reader, asked_by=people[0], asked_at=now)
    add_cards(group, people, works, note, count=CARDS, now=now, dice=dice)
    Notification.objects.bulk_create(
        Notification(user=reader, group=group, kind="bench", text=f"Something {n}", url="/") for n in range(12)
    )
    return pages_of(group, session, note, reader, size=size.name)


def checked_note(group: Group, by: User, *, now: datetime) -> Note:
    """The long note as its readers see it: with the verdicts on its steps."""
    from derivations.actions import create_note, run_check
    from derivations.models import Check

    note = create_note(group=group, by=by, title="From log-det to KL", body=long_note(), now=now)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=now)
    return note


def make_demo_group(*, now: datetime) -> list[Page]:
    """Make the demo group, with a board of 60 cards and the long note besides, and return its pages."""
    from ideas.models import Idea
    from readings.models import Work
    from reminders.models import Notification
    from sessions.models import Session
    from studygroup.demo import make_demo

    demo = make_demo(now=now)
    group, people = demo.group, list(demo.people.values())
    reader = demo.people["tom"]
    session = Session.objects.filter(group=group, starts_at__gt=now, cancelled_at=None).earliest("starts_at")
    note = checked_note(group, demo.people["ana"], now=now)
    works = list(Work.objects.filter(group=group).order_by("position"))
    note.works.add(*works[:4])
    note.sessions.add(session)
    dice = random.Random(DEMO)  # noqa: S311 - the same data each time, no secret
    missing = CARDS - Idea.objects.filter(group=group).count()
    add_cards(group, people, works, note, count=missing, now=now, dice=dice)
    Notification.objects.bulk_create(
        Notification(user=reader, group=group, kind="bench", text=f"Something {n}", url="/") for n in range(12)
    )
    return pages_of(group, session, note, reader, size=DEMO)


def add_cards(
    group: Group, people: list[User], works: list[Work], note: Note, *, count: int, now: datetime, dice: random.Random
) -> None:
    """Put `count` cards with formulas, votes, links and comments on the group's board, below those that are there."""
    from django.db.models import Max

    from ideas.models import Board, Comment, Event, Idea, Vote

    Board.objects.get_or_create(group=group)
    first = (Idea.objects.filter(group=group).aggregate(last=Max("position"))["last"] or 0) + 1
    ideas = [
        Idea.objects.create(
            group=group,
            title=f"Does $\\log\\det(I + \\alpha K_{{{n}}})$ predict collapse?",
            body="The claim is $f(x) = x^\\top A x$.",
            stage=Idea.Stage.values[n % 5],
            position=first + n // 5,
            owner=people[n % len(people)] if n % 7 else None,
            next_step="Run the n = 2 case by hand",
            next_step_on=now.date() + timedelta(days=n % 20 - 4),
            created_by=people[0],
            created_at=now - timedelta(days=n),
        )
        for n in range(count)
    ]
    for n, idea in enumerate(ideas):
        idea.works.add(*works[n % 10 : n % 10 + n % 3])
        if n % 20 == 0:
            idea.notes.add(note)
    Vote.objects.bulk_create(Vote(idea=idea, user=person) for idea in ideas for person in people if dice.random() < 0.4)
    for idea in ideas[::2]:
        said_at = now - timedelta(days=2 * ideas.index(idea) + 1)
        Comment.objects.create(idea=idea, author=dice.choice(people), body="Is it *Lemma 3*?", created_at=said_at)
        Event.objects.create(idea=idea, by=people[0], kind="moved", to_stage=idea.stage, at=said_at)


def pages_of(group: Group, session: Session, note: Note, reader: User, *, size: str) -> list[Page]:
    """The four pages as `reader` asks for them."""
    from django.test import Client

    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    paths = {
        "group home": group.get_absolute_url(),
        "session": session.get_absolute_url(),
        "note": note.get_absolute_url(),
        "board": f"{group.get_absolute_url()}ideas/",
    }
    return [Page(kind=kind, size=size, path=path, cookie=cookie) for kind, path in paths.items()]


def counted(page: Page) -> Page:
    """Ask for a page once, here, and count its queries and bytes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answered(page)
    with CaptureQueriesContext(connection) as queries:
        content = answered(page)
    return Page(**{**asdict(page), "queries": len(queries), "content_bytes": len(content)})


def answered(page: Page) -> bytes:
    """The page as the server answers it, the plain view with its own middleware."""
    from django.test import RequestFactory

    from bench.wsgi import application

    environ = RequestFactory(headers={"host": "localhost", "cookie": f"sessionid={page.cookie}"}).get(page.path).environ
    statuses: list[str] = []
    answer = application(environ, lambda status, headers: statuses.append(status))
    content = b"".join(answer)
    answer.close()
    if not statuses[0].startswith("200"):
        raise SystemExit(f"{page.path} answered {statuses[0]}")
    return content


def make() -> list[dict[str, Any]]:
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    now = timezone.now()
    pages = [*make_demo_group(now=now), *make_group(LARGE, now=now)]
    plain = Page(kind="plain view", size="", path="/bench/plain/", cookie=pages[0].cookie)
    behind_ours = Page(kind="the same, behind our middleware", size="", path="/bench/ours/", cookie=pages[0].cookie)
    return [asdict(counted(page)) for page in [plain, behind_ours, *pages]]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    json.dump(make(), sys.stdout)
