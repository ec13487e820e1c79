"""What the pages of a step's talk and of the map show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString

from members.models import User

from .actions.threads import next_session
from .forms import PostForm, ThreadForm
from .macros import GroupMacros, macros_of
from .models import Note, Post, Reaction, Review, Thread
from .permissions import can_talk
from .steps import Step, digest_of, steps_of
from .verdicts import MARKS, typeset_step


@dataclass(slots=True)
class ShownPost:
    post: Post
    mine: bool  # and may be changed by me

    @property
    def is_deleted(self) -> bool:
        return self.post.deleted_at is not None


@dataclass(slots=True)
class ShownThread:
    """A thread with its posts; `earlier` is the step as it stood where it was changed since."""

    thread: Thread
    earlier: SafeString | None
    posts: list[ShownPost] = field(default_factory=list)
    form: PostForm | None = None
    refused: bool = False
    on_agenda: bool = False


def talk_at(
    note: Note,
    key: str,
    *,
    user: User,
    now: datetime,
    say_form: ThreadForm | None = None,
    reply_form: PostForm | None = None,
    replied_to: int | None = None,
    refusal: str = "",
) -> dict[str, Any]:
    """What was said at a step, for its page. Raises Http404 where there is neither step nor talk.

    Seven queries at most.
    """
    steps = steps_of(note)
    step = next((each for each in steps if each.key == key), None)
    macros = macros_of(note.group_id)
    threads = _threads(note, key, step, user, macros)
    if step is None and not threads:
        raise Http404("This note has no such step.")
    may_talk = can_talk(user, note)
    if may_talk:
        for shown in threads:
            is_refused = shown.thread.pk == replied_to
            shown.form = reply_form if is_refused else PostForm(auto_id=f"reply-{shown.thread.pk}-%s")
            shown.refused = is_refused
            item = shown.thread.agenda_item
            shown.on_agenda = item is not None and item.session.is_upcoming(now)
    asked = any(shown.thread.is_open and not shown.on_agenda for shown in threads)
    reactions = list(Reaction.objects.filter(note=note, key=key)) if step else []
    current = [each for each in reactions if step and each.said == step.said]
    return {
        "note": note,
        "key": key,
        "step": step,
        "mark": MARKS[step.verdict] if step else "",
        "shown_step": typeset_step(step.latex if step else threads[-1].thread.latex, macros),
        "threads": threads,
        "can_talk": may_talk,
        "say_form": (say_form or ThreadForm(auto_id=f"say-{key}-%s")) if may_talk and step else None,
        "say_refused": say_form is not None,
        "follow": sum(each.kind == Reaction.Kind.FOLLOW for each in current),
        "lost": sum(each.kind == Reaction.Kind.LOST for each in current),
        "my_reaction": next((each.kind for each in current if each.member_id == user.pk), ""),
        "next_session": next_session(note, now) if may_talk and asked else None,
        "may_object": may_talk
        and step is not None
        and Review.objects.filter(note=note, reviewer=user, answer=Review.Answer.WAITING).exists(),
        "refusal": refusal,
    }


def _threads(note: Note, key: str, step: Step | None, user: User, macros: GroupMacros) -> list[ShownThread]:
    """Two queries. A thread of which everything was deleted shows only to those who can undo that."""
    found = Thread.objects.filter(note=note, key=key).select_related("resolved_by", "agenda_item__session")
    shown = {
        thread.pk: ShownThread(
            thread=thread,
            earlier=None if step and digest_of(thread.latex) == step.said else typeset_step(thread.latex, macros),
        )
        for thread in found
    }
    for post in Post.objects.filter(thread__in=shown).select_related("author"):
        shown[post.thread_id].posts.append(ShownPost(post=post, mine=post.author_id == user.pk))
    kept = []
    for each in shown.values():
        each.thread.note = note
        stands = any(not post.is_deleted for post in each.posts)
        # Of deleted words only the place is shown, where others answered; all of it to who can bring them back.
        each.posts = [
            post for place, post in enumerate(each.posts) if not post.is_deleted or post.mine or (stands and place == 0)
        ]
        if each.posts:
            kept.append(each)
    return kept


@dataclass(frozen=True, slots=True)
class MapRow:
    """One step on the map."""

    step: Step
    shown: SafeString
    mark: str
    follow: int
    lost: int
    questions: int


def map_of(note: Note) -> dict[str, Any]:
    """Each step with how people fare at it. Three queries."""
    steps = steps_of(note)
    said = {(step.key, step.said) for step in steps}
    counts: Counter[tuple[str, str]] = Counter()
    people: set[int] = set()
    for key, kind, digest, member in Reaction.objects.filter(note=note).values_list("key", "kind", "said", "member"):
        if (key, digest) in said:
            counts[key, kind] += 1
            people.add(member)
    threads = list(Thread.objects.filter(note=note, posts__deleted_at=None).distinct())
    open_at = Counter(thread.key for thread in threads if thread.is_open)
    keys = {step.key for step in steps}
    macros = macros_of(note.group_id)
    rows = [
        MapRow(
            step=step,
            shown=typeset_step(step.latex, macros),
            mark=MARKS[step.verdict],
            follow=counts[step.key, "follow"],
            lost=counts[step.key, "lost"],
            questions=open_at[step.key],
        )
        for step in steps
    ]
    return {
        "rows": rows,
        "people": len(people),
        "most": max([1, *(max(row.follow, row.lost) for row in rows)]),
        "worst": _worst(rows),
        "revision": steps[0].revision if steps else None,
        "gone": [thread for thread in threads if thread.key not in keys],
    }


def _worst(rows: Sequence[MapRow]) -> list[MapRow]:
    """The steps that lost most people, three at most."""
    return sorted((row for row in rows if row.lost), key=lambda row: (-row.lost, row.step.number))[:3]
