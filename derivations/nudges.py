"""What this room has to tell people of: someone named them at a step."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from reminders.nudges import Nudge, Window, nudge_kind

from .models import Mention

STILL_OF_USE = timedelta(days=3)


@nudge_kind(
    key="derivation-mention",
    title="Named at a step",
    explanation="someone named you in a question or comment at a step of a derivation",
    order=55,
)
def mentions(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    """As soon as a post names someone, once a post and member however often it is edited. One query.

    It stops when the post or the note is deleted, when the name is taken out, and when the member leaves the group.
    """
    found = (
        Mention.objects.in_force()
        .filter(at__gte=window.start, at__lt=window.end)
        .select_related("post__thread__note__group", "post__author")
        .order_by("pk")
    )
    if user_ids is not None:
        found = found.filter(user__in=user_ids)
    for mention in found:
        post, thread = mention.post, mention.post.thread
        who = post.author.display_name if post.author else "Someone who left"
        yield Nudge(
            user_id=mention.user_id,
            group_id=thread.note.group_id,
            key=f"{post.pk}:{mention.user_id}",
            due_at=mention.at,
            expires_at=mention.at + STILL_OF_USE,
            subject=f"{who} named you at step {thread.step} of “{_short(thread.note.title, 60)}”",
            url=thread.get_absolute_url(),
            lines=(f"{thread.get_kind_display()} at step {thread.step}:", _short(" ".join(post.body.split()), 400)),
            action="Open step",
        )


def _short(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
