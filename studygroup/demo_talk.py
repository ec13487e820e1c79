"""What the demo group said at the steps of its notes, and which of them it put side by side.

Nothing is checked yet when the demo is made: a step's address is made of its text, which demo.toml says as well, and
the talk comes onto the pages with the first verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from derivations.actions import add_approach, share_statement
from derivations.addresses import keys_for, text_of
from derivations.macros import macros_of
from derivations.models import Note, Post, Reaction, Review, Thread
from derivations.rendering import render_note
from derivations.steps import digest_of
from members.models import User


def talk_at_the_steps(
    told: Mapping[str, Any], people: Mapping[str, User], notes: Mapping[str, Note], *, now: datetime
) -> None:
    """Questions, answers, objections and reactions. An objection begins with what its reviewer wrote."""
    for each in told["threads"]:
        _thread(each, told["steps"], people, notes[each["note"]], now=now)
    for each in told["reactions"]:
        latex = _latex(told["steps"], each)
        Reaction.objects.bulk_create(
            Reaction(
                note=notes[each["note"]],
                key=_key(latex),
                member=people[who],
                kind=kind,
                said=digest_of(latex),
                at=now - timedelta(days=2),
            )
            for kind in Reaction.Kind.values
            for who in each[kind]
        )


def _thread(
    each: Mapping[str, Any], steps: Mapping[str, Any], people: Mapping[str, User], note: Note, *, now: datetime
) -> None:
    latex = _latex(steps, each)
    at = now - timedelta(days=each["days_ago"])
    said = [(people[who], words) for who, words in each["posts"]]
    thread = Thread.objects.create(
        note=note,
        key=_key(latex),
        kind=each["kind"],
        number=note.number,
        step=each["step"],
        latex=latex,
        opened_at=at,
    )
    if each["kind"] == Thread.Kind.OBJECTION:
        review = Review.objects.get(note=note, answer=Review.Answer.CHANGES)
        review.thread = thread
        review.save(update_fields=["thread"])
        said.insert(0, (review.reviewer, review.comment))
    macros = macros_of(note.group_id)
    for place, (who, words) in enumerate(said):
        html = render_note(words, anchor_prefix=f"p{thread.pk}-{place}-", macros=macros).html
        written_at = at + timedelta(hours=5 * place)
        Post.objects.create(thread=thread, author=who, body=words, body_html=html, written_at=written_at)
    if who := each.get("resolved_by"):
        thread.resolved_by, thread.resolved_at = people[who], at + timedelta(hours=5 * len(said))
        thread.save(update_fields=["resolved_by", "resolved_at"])


def _latex(steps: Mapping[str, Any], each: Mapping[str, Any]) -> str:
    latex: str = steps[each["note"]][str(each["step"])]
    return latex


def _key(latex: str) -> str:
    return keys_for([text_of(latex)])[0]


def put_side_by_side(
    told: Mapping[str, Any], people: Mapping[str, User], notes: Mapping[str, Note], *, now: datetime
) -> None:
    """The statements that the group derived in more than one way."""
    for each in told["approaches"]:
        by, at = people[each["by"]], now - timedelta(days=each["days_ago"])
        (first, kind, label), *others = each["ways"]
        statement = share_statement(
            note=notes[first], title=each["title"], text=each["text"], kind=kind, label=label, by=by, now=at
        )
        for name, kind, label in others:
            add_approach(statement=statement, note=notes[name], kind=kind, label=label, by=by)
