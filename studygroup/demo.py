"""The demo group: eight invented people, six weeks into their term, relative to today.

Its words stand in data/demo.toml. It is made from rows, not through the rooms' actions, because it has a past: minutes
written five weeks ago, answers given the day before. What lies ahead is made by the action that extends every series.
"""

import random
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from derivations.actions import ask_for_check, keep_links, redraw_stale, take_starters
from derivations.linking import NoteLinks
from derivations.macros import macros_of
from derivations.models import Note, Review, Revision
from derivations.rendering import outline_of, render_note
from ideas.models import Board, Comment, Idea, Vote
from ideas.texts import body_html, title_html
from mathtext import render
from members.models import Group, Membership, Role, User
from readings.actions import add_shipped_bibliography
from readings.models import Progress, Section, Work
from sessions.actions import extend_series
from sessions.models import AgendaItem, Assignment, Attendance, Rsvp, Series, Session

from .demo_talk import put_side_by_side, talk_at_the_steps

DATA = Path(__file__).parent / "data" / "demo.toml"
NOTES = Path(__file__).resolve().parent.parent / "derivations" / "data" / "demo"
HISTORY = timedelta(weeks=8)
WERE_REVIEWED = (Note.Status.REVIEWED, Note.Status.CHANGED)


@dataclass(frozen=True)
class Demo:
    """What was made: the group and its people by the short names of demo.toml."""

    group: Group
    people: dict[str, User]


@transaction.atomic
def make_demo(*, now: datetime, password: str | None = None, joined_by: User | None = None) -> Demo:
    """Make the demo group as it stands at `now` and return it.

    With `password` its people can log in; without, they cannot (the set-up page: nobody wants known log-ins on a real
    site). `joined_by` is added as an organiser.
    """
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    about = told["group"]
    people = {person["id"]: _person(person, password=password, now=now) for person in told["people"]}
    group = Group.objects.create(
        name=about["name"],
        slug=_free_slug(about["slug"]),
        purpose=about["purpose"],
        time_zone=about["time_zone"],
        cadence=about["cadence"],
        prerequisites=about["prerequisites"],
        created_at=now - HISTORY,
        created_by=people["ana"],
    )
    Membership.objects.bulk_create(
        Membership(
            user=people[person["id"]],
            group=group,
            role=person["role"],
            joined_at=now - HISTORY + timedelta(days=place),
            seen_at=now - timedelta(hours=20),
            seen_before_at=now - timedelta(days=6),
        )
        for place, person in enumerate(told["people"])
    )
    if joined_by is not None:
        Membership.objects.create(user=joined_by, group=group, role=Role.ORGANISER, joined_at=now)
    add_shipped_bibliography(group=group, by=people["ana"], now=now - HISTORY + timedelta(days=1))
    behind = {person["id"] for person in told["people"] if person.get("behind")}
    notes = _notes(group, people, told["revisions"], now=now)
    talk_at_the_steps(told, people, notes, now=now)
    put_side_by_side(told, people, notes, now=now)
    for name, keys in told["rests_on"].items():
        notes[name].works.set(Work.objects.filter(group=group, key__in=keys))
    _sessions(told, group, people, notes, behind=behind, now=now)
    _ideas(told["ideas"], group, people, notes, now=now)
    return Demo(group=group, people=people)


def _free_slug(wanted: str) -> str:
    slug, number = wanted, 1
    while Group.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _person(told: dict[str, Any], *, password: str | None, now: datetime) -> User:
    user = User.objects.create_user(
        told["email"],
        password,
        name=told["name"],
        time_zone=told["time_zone"],
        affiliation=told["affiliation"],
        date_joined=now - HISTORY,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _notes(group: Group, people: dict[str, User], revisions: dict[str, list[Any]], *, now: datetime) -> dict[str, Note]:
    """The derivations, each with its earlier revisions, in different states of review; one has a slip in it."""
    authors = ["ana", "priya", "grace", "tom", "jun", "mateo"]
    take_starters(group=group, by=people["ana"], now=now - HISTORY)
    macros = macros_of(group)
    made = {}
    for place, file in enumerate(sorted(NOTES.glob("*.md"))):
        head, body = _front_matter(file.read_text(encoding="utf-8"))
        author = people[authors[place % len(authors)]]
        written = now - timedelta(days=6 * (7 - place) - 3, hours=5)
        status = head.get("status", "draft")
        saves = [
            (written + timedelta(hours=26 * number), message, without)
            for number, (message, without) in enumerate(revisions.get(file.stem, revisions["others"]))
        ]
        links = NoteLinks(group)
        rendered = render_note(body, links=links, macros=macros)
        note = Note.objects.create(
            group=group,
            title=head["title"],
            topic=head.get("topic", ""),
            author=author,
            status=status,
            body=body,
            body_html=rendered.html,
            outline=outline_of(rendered),
            macros_number=macros.number,
            number=len(saves),
            reviewed_number=2 if status in WERE_REVIEWED else None,
            created_at=written,
            changed_at=saves[-1][0],
            changed_by=author,
        )
        for number, (at, message, without) in enumerate(saves, 1):
            revision = Revision.objects.create(
                note=note,
                number=number,
                title=note.title,
                body=body.rsplit("\n\n", without)[0].rstrip() + "\n",
                message=message,
                author=author,
                created_at=at,
            )
            if number in (note.number, note.reviewed_number):
                ask_for_check(revision=revision, now=now)
        keep_links(note=note, links=links)
        reviewer = people["tom" if author.pk != people["tom"].pk else "ana"]
        if status in WERE_REVIEWED:
            Review.objects.create(
                note=note,
                reviewer=reviewer,
                asked_by=author,
                asked_at=written,
                answer=Review.Answer.APPROVED,
                number=2,
                vouched_number=2,
                answered_at=saves[1][0] + timedelta(hours=9),
                comment="Followed every step; the shapes agree.",
            )
        elif status == Note.Status.IN_REVIEW or head.get("objection"):
            review = Review(note=note, reviewer=people["ana"], asked_by=author, asked_at=note.changed_at)
            if head.get("objection"):
                review.answer, review.number, review.comment = Review.Answer.CHANGES, note.number, head["objection"]
                review.answered_at = note.changed_at + timedelta(hours=9)
            review.save()
        made[file.stem] = note
    redraw_stale(group_id=group.pk)  # a note may link to one that was made after it
    return made


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split `---` front matter of `key: value` lines from the text below it."""
    _, head, body = text.split("---\n", 2)
    pairs = (line.split(":", 1) for line in head.splitlines() if ":" in line)
    return {key.strip(): value.strip().strip('"') for key, value in pairs}, body.lstrip("\n")


def _sessions(
    told: dict[str, Any],
    group: Group,
    people: dict[str, User],
    notes: dict[str, Note],
    *,
    behind: set[str],
    now: datetime,
) -> None:
    about = told["group"]
    duration = timedelta(minutes=about["minutes"])
    hour = time.fromisoformat(about["hour"])
    coming = _next_weekday(now.astimezone(group.zone), about["weekday"], hour)
    first = max(each["weeks_ago"] for each in told["sessions"])
    series = Series.objects.create(
        group=group,
        title=about["title"],
        starts_on=coming - timedelta(weeks=first),
        local_time=hour,
        time_zone=group.time_zone,
        duration=duration,
        call_url=about["call_url"],
        created_by=people["ana"],
        created_at=now - HISTORY + timedelta(days=2),
    )
    extend_series(series=series, now=now)
    dice = random.Random(7)  # noqa: S311  # the same demo every time; nothing secret hangs on it
    for each in told["sessions"]:
        slot = coming - timedelta(weeks=each["weeks_ago"])
        starts_at = datetime.combine(slot, hour, tzinfo=group.zone)
        past = each["weeks_ago"] > 0
        minutes = each.get("minutes", "").strip()
        session, _ = Session.objects.update_or_create(
            series=series,
            slot_on=slot,
            defaults={
                "group": group,
                "title": each["title"],
                "starts_at": starts_at,
                "duration": duration,
                "time_zone": group.time_zone,
                "call_url": about["call_url"],
                "minutes": minutes,
                "minutes_html": render(minutes).html if minutes else "",
                "minutes_version": 1 if minutes else 0,
                "minutes_by": people["tom"] if minutes else None,
                "minutes_at": starts_at + duration + timedelta(minutes=25) if minutes else None,
                "created_by": people["ana"],
                "created_at": series.created_at,
                "changed_at": min(now, starts_at) - timedelta(days=2),
                "edited_at": series.created_at,
            },
        )
        AgendaItem.objects.bulk_create(
            AgendaItem(session=session, position=place, title=title, minutes=length, presenter=people.get(who))
            for place, (title, length, who) in enumerate(each["agenda"])
        )
        for place, (key, section_place) in enumerate(each["reads"]):
            section = _section(group, key, section_place)
            Assignment.objects.create(session=session, section=section, position=place)
            _progress(section, people, behind=behind, past=past, by=starts_at, now=now, dice=dice)
        for name in each["notes"]:
            if name in notes:
                notes[name].sessions.add(session)
        if past:
            _attendance(session, each, people)
        else:
            answers = dict.fromkeys(each.get("yes", []), "yes") | dict.fromkeys(each.get("maybe", []), "maybe")
            Rsvp.objects.bulk_create(
                Rsvp(session=session, user=people[who], answer=answer, answered_at=now - timedelta(days=1))
                for who, answer in answers.items()
            )


def _next_weekday(local_now: datetime, weekday: int, hour: time) -> date:
    day = local_now.date() + timedelta(days=(weekday - local_now.weekday()) % 7)
    return day if datetime.combine(day, hour, tzinfo=local_now.tzinfo) > local_now else day + timedelta(weeks=1)


def _section(group: Group, key: str, place: int) -> Section:
    """The section at `place` of the work called `key`, counted from the front; the last one where there are fewer."""
    sections = list(Section.objects.filter(work__group=group, work__key=key).order_by("position", "pk"))
    if not sections:
        raise LookupError(f"demo.toml names the work {key!r}, which readings/data/bibliography.bib does not have.")
    return sections[min(place, len(sections) - 1)]


def _progress(
    section: Section,
    people: dict[str, User],
    *,
    behind: set[str],
    past: bool,
    by: datetime,
    now: datetime,
    dice: random.Random,
) -> None:
    for name, user in people.items():
        if name in behind:
            status = "reading" if past and dice.random() < 0.2 else None
        elif past:
            status = "done" if dice.random() < 0.9 else "reading"
        else:
            status = dice.choice(["done", "reading", None])
        if status is not None:
            at = min(by, now) - timedelta(hours=dice.randint(6, 90))
            Progress.objects.update_or_create(section=section, user=user, defaults={"status": status, "changed_at": at})


def _attendance(session: Session, each: dict[str, Any], people: dict[str, User]) -> None:
    marks = dict.fromkeys(people, "present")
    marks |= dict.fromkeys(each.get("absent", []), "absent") | dict.fromkeys(each.get("excused", []), "excused")
    for name, mark in marks.items():
        Attendance.objects.create(
            session=session, user=people[name], mark=mark, marked_by=people["ana"], marked_at=session.ends_at
        )
        if mark != "absent":
            Rsvp.objects.create(
                session=session,
                user=people[name],
                answer="yes" if mark == "present" else "no",
                answered_at=session.starts_at - timedelta(days=2),
            )


def _ideas(
    told: list[dict[str, Any]], group: Group, people: dict[str, User], notes: dict[str, Note], *, now: datetime
) -> None:
    Board.objects.get_or_create(group=group)
    works = {work.key: work for work in Work.objects.filter(group=group)}
    places: dict[str, int] = {}
    for age, each in enumerate(reversed(told)):
        made_at = now - timedelta(days=4 + 5 * (len(told) - age))
        places[each["stage"]] = places.get(each["stage"], -1) + 1
        due = (now + timedelta(days=each["due_in"])).date() if "due_in" in each else None
        idea = Idea.objects.create(
            group=group,
            title=each["title"],
            title_html=title_html(each["title"]),
            body=each["body"].strip(),
            body_html=body_html(each["body"].strip()),
            stage=each["stage"],
            position=places[each["stage"]],
            owner=people.get(each["owner"]),
            next_step=each.get("next_step", ""),
            next_step_on=due,
            created_by=people.get(each["owner"]) or people["grace"],
            created_at=made_at,
            changed_at=made_at + timedelta(days=3),
        )
        idea.works.set(works[key] for key in each["works"])
        idea.notes.set(notes[name] for name in each["notes"] if name in notes)
        Vote.objects.bulk_create(Vote(idea=idea, user=people[who]) for who in each["votes"])
        Comment.objects.bulk_create(
            Comment(
                idea=idea,
                author=people[who],
                body=text,
                body_html=body_html(text),
                created_at=made_at + timedelta(days=2, hours=place),
            )
            for place, (who, text) in enumerate(each["comments"])
        )
