"""What people say of an idea."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ideas.models import Comment, Idea
from members.models import User


class CannotComment(Exception):
    """Why a comment cannot be written or changed, in words fit to show a member."""


@transaction.atomic
def add_comment(*, idea: Idea, body: str, by: User, now: datetime) -> Comment:
    """Say something of an idea, in Markdown with math. Raises CannotComment."""
    if not body.strip():
        raise CannotComment("This comment has no text yet.")
    return Comment.objects.create(idea=idea, author=by, body=body, created_at=now)


@transaction.atomic
def edit_comment(*, comment: Comment, body: str, now: datetime) -> Comment:
    """Change one's own words; the page says that they were edited. Raises CannotComment."""
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.deleted_at is not None:
        raise CannotComment("This comment was deleted meanwhile. Undo that first.")
    if not body.strip():
        raise CannotComment("A comment needs some text. To take it away, delete it.")
    comment.body, comment.edited_at = body, now
    comment.save(update_fields=["body", "edited_at"])
    return comment


@transaction.atomic
def delete_comment(*, comment: Comment, now: datetime) -> Comment:
    """Hide a comment; `restore_comment` shows it again. Deleting twice is no error."""
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.deleted_at is None:
        comment.deleted_at = now
        comment.save(update_fields=["deleted_at"])
    return comment


@transaction.atomic
def restore_comment(*, comment: Comment) -> Comment:
    """Show a deleted comment again, where it stood."""
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    comment.deleted_at = None
    comment.save(update_fields=["deleted_at"])
    return comment
