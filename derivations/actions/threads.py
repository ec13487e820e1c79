"""Members ask, answer, object and settle at a step of a note."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from derivations.macros import macros_of
from derivations.mentions import Ambiguous, mentions_in
from derivations.models import Mention, Note, Post, Thread
from derivations.rendering import render_note
from derivations.steps import Step
from mathtext import Limits
from members.models import Membership, User
from sessions.actions import CannotChange, add_agenda_item
from sessions.models import Session

from .notes import put_on_table
from .talk import refresh_talk

MOST_CHARACTERS = 4_000
LIMITS = Limits(note_chars=MOST_CHARACTERS, formula_chars=2_000, max_formulas=60, total_seconds=1.0)
MINUTES_A_QUESTION = 10


class CannotTalk(Exception):
    """Why something cannot be said or done at a step, in words fit to show a member."""


@transaction.atomic
def open_thread(*, note: Note, step: Step, kind: str, body: str, by: User, now: datetime) -> Thread:
    """Ask, remark or object at a step as it stands now. Raises CannotTalk."""
    note = _locked(note)
    thread = Thread.objects.create(
        note=note,
        key=step.key,
        kind=Thread.Kind(kind),
        number=step.revision,
        step=step.number,
        latex=step.latex,
        opened_at=now,
    )
    _say(thread, note, body=body, by=by, now=now)
    refresh_talk(note)
    return thread


@transaction.atomic
def reply(*, thread: Thread, body: str, by: User, now: datetime) -> Post:
    """Answer in a thread. Raises CannotTalk."""
    note = _locked(thread.note)
    if not thread.posts.filter(deleted_at=None).exists():
        raise CannotTalk("This was deleted meanwhile, so there is nothing to answer any more.")
    post = _say(thread, note, body=body, by=by, now=now)
    refresh_talk(note)
    return post


@transaction.atomic
def edit_post(*, post: Post, body: str, by: User, now: datetime) -> Post:
    """Change one's own words; the page says that they were edited. Who is named anew is told. Raises CannotTalk."""
    note = _locked(post.thread.note)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.deleted_at is not None:
        raise CannotTalk("This was deleted meanwhile. Undo that first.")
    body = _words(body)
    if body != post.body:
        post.body, post.body_html, post.edited_at = body, _rendered(body, note), now
        post.save(update_fields=["body", "body_html", "edited_at"])
        _name(post, note, by=by, now=now)
        refresh_talk(note)
    return post


@transaction.atomic
def delete_post(*, post: Post, by: User, now: datetime) -> Post:
    """Take one's own words off the page; `undelete_post` brings them back. Deleting twice is no error."""
    return _deleted(post, now)


@transaction.atomic
def undelete_post(*, post: Post, by: User, now: datetime) -> Post:
    return _deleted(post, None)


def _deleted(post: Post, at: datetime | None) -> Post:
    note = _locked(post.thread.note)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if (post.deleted_at is None) != (at is None):
        post.deleted_at = at
        post.save(update_fields=["deleted_at"])
        refresh_talk(note)
    return post


@transaction.atomic
def resolve_thread(*, thread: Thread, by: User, now: datetime) -> Thread:
    """A question or objection is settled. Safe to do twice: the first stays."""
    note = _locked(thread.note)
    Thread.objects.filter(pk=thread.pk, resolved_at=None).update(resolved_at=now, resolved_by=by)
    refresh_talk(note)
    thread.refresh_from_db()
    return thread


@transaction.atomic
def reopen_thread(*, thread: Thread, by: User, now: datetime) -> Thread:
    note = _locked(thread.note)
    Thread.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
    refresh_talk(note)
    thread.refresh_from_db()
    return thread


def next_session(note: Note, now: datetime) -> Session | None:
    """Where a question of this note can be put. One query."""
    return Session.objects.of(note.group).upcoming(now).order_by("starts_at", "pk").first()


@transaction.atomic
def put_on_agenda(*, thread: Thread, by: User, now: datetime) -> Session:
    """Put an open question at the end of the next session's agenda, and its note on that session's table.

    One that was on the agenda of a session that is over or cancelled can be put again. Raises CannotTalk.
    """
    note = _locked(thread.note)
    thread = Thread.objects.select_related("agenda_item__session").get(pk=thread.pk)
    if not thread.is_open:
        raise CannotTalk("This is settled. Open it again before you put it on an agenda.")
    item = thread.agenda_item
    if item is not None and item.session.is_upcoming(now):
        raise CannotTalk(f"It is on the agenda of {item.session.title} already.")
    session = next_session(note, now)
    if session is None:
        raise CannotTalk("No session is planned yet. An organiser schedules one, then this can be put on its agenda.")
    first = thread.posts.filter(deleted_at=None).first()
    if first is None:
        raise CannotTalk("This was deleted meanwhile.")
    words = f"{thread.get_kind_display()} on “{note.title}”, step {thread.step}: {' '.join(first.body.split())}"
    if len(words) > 300:
        words = f"{words[:299].rstrip()}…"
    try:
        thread.agenda_item = add_agenda_item(
            session=session, title=words, minutes=MINUTES_A_QUESTION, presenter=None, by=by, now=now
        )
    except CannotChange as reason:
        raise CannotTalk(str(reason)) from reason
    thread.save(update_fields=["agenda_item"])
    put_on_table(note=note, session=session, by=by)
    return session


def _locked(note: Note) -> Note:
    note = Note.objects.select_for_update(of=("self",)).select_related("group").get(pk=note.pk)
    if note.is_deleted:
        raise CannotTalk("This note was deleted meanwhile.")
    return note


def _words(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not body:
        raise CannotTalk("There is no text yet.")
    if len(body) > MOST_CHARACTERS:
        raise CannotTalk(
            f"This has {len(body):,} characters; at most {MOST_CHARACTERS:,} fit. What is longer is a note."
        )
    return body


def _rendered(body: str, note: Note) -> str:
    macros = macros_of(note.group_id)
    return render_note(body, anchor_prefix=f"p{secrets.token_hex(4)}-", limits=LIMITS, macros=macros).html


def _say(thread: Thread, note: Note, *, body: str, by: User, now: datetime) -> Post:
    body = _words(body)
    post = Post.objects.create(thread=thread, author=by, body=body, body_html=_rendered(body, note), written_at=now)
    _name(post, note, by=by, now=now)
    return post


def _name(post: Post, note: Note, *, by: User, now: datetime) -> None:
    """Keep whom a post names; who is named already stays with the instant at which they were."""
    if "@" not in post.body:
        post.mentions.all().delete()
        return
    members = Membership.objects.current().filter(group=note.group_id, user__is_active=True).select_related("user")
    try:
        named = mentions_in(post.body, {each.user_id: each.user.display_name for each in members}) - {by.pk}
    except Ambiguous as which:
        raise CannotTalk(str(which)) from which
    post.mentions.exclude(user__in=named).delete()
    Mention.objects.bulk_create(
        [Mention(post=post, user_id=user_id, at=now) for user_id in sorted(named)], ignore_conflicts=True
    )
