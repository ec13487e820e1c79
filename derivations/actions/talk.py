"""What the page of a note says of its threads and reactions, made ready when they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from derivations.macros import macros_of
from derivations.models import Note, Post, Reaction, Thread
from derivations.steps import Step, steps_of
from derivations.verdicts import typeset_step

MOST_SHOWN = 30  # threads of steps that are gone


def talk_of(note: Note, steps: Sequence[Step] | None = None) -> dict[str, Any]:
    """Return what `note.talk` holds. At most four queries; empty where nobody said anything."""
    threads = list(Thread.objects.filter(note=note, posts__deleted_at=None).distinct())
    reactions = list(Reaction.objects.filter(note=note, kind=Reaction.Kind.LOST).values_list("key", "said"))
    if not threads and not reactions:
        return {}
    standing = {step.key: step for step in (steps_of(note) if steps is None else steps)}
    open_threads = Counter(thread.key for thread in threads if thread.is_open)
    lost = sum(key in standing and standing[key].said == said for key, said in reactions)
    gone = [thread for thread in threads if thread.key not in standing]
    return {"open": dict(open_threads), "questions": open_threads.total(), "lost": lost, "gone": _gone(note, gone)}


def refresh_talk(note: Note, steps: Sequence[Step] | None = None) -> None:
    """Keep it on the note, whose row is locked."""
    note.talk = talk_of(note, steps)
    note.save(update_fields=["talk"])


def _gone(note: Note, threads: Sequence[Thread]) -> str:
    if not threads:
        return ""
    macros = macros_of(note.group_id)
    said: dict[int, list[Post]] = {}
    for post in Post.objects.filter(thread__in=threads, deleted_at=None):
        said.setdefault(post.thread_id, []).append(post)
    shown = [
        {
            "thread": thread,
            "step": typeset_step(thread.latex, macros),
            "first": said[thread.pk][0].body_html,
            "replies": len(said[thread.pk]) - 1,
        }
        for thread in sorted(threads, key=lambda each: (not each.is_open, each.opened_at, each.pk))[:MOST_SHOWN]
    ]
    return render_to_string("derivations/_gone_threads.html", {"shown": shown, "more": len(threads) - len(shown)})
