"""Who may do what with ideas: one table, asked by pages and panels alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from members.access import is_organiser, may_read, may_write
from members.models import Group, User

from .models import Comment, Idea


def can_read_board(user: User, group: Group) -> bool:
    """Everyone in the group, observers too."""
    return may_read(user, group)


def can_add_idea(user: User, group: Group) -> bool:
    return may_write(user, group)


def can_read_idea(user: User, idea: Idea) -> bool:
    return may_read(user, idea.group_id)


def can_edit_idea(user: User, idea: Idea) -> bool:
    """Any member: a board belongs to its group. Also moves, archives, brings back and links."""
    return may_write(user, idea.group_id)


def can_vote(user: User, idea: Idea) -> bool:
    return may_write(user, idea.group_id)


def can_comment(user: User, idea: Idea) -> bool:
    return may_write(user, idea.group_id)


def can_delete_idea(user: User, idea: Idea) -> bool:
    """An organiser, or whoever added it while they still write in the group: nothing brings it back."""
    mine = idea.created_by_id == user.pk and may_write(user, idea.group_id)
    return mine or is_organiser(user, idea.group_id)


def can_edit_comment(user: User, comment: Comment) -> bool:
    """Its author only: words stay those of who signed them."""
    return comment.author_id == user.pk and may_write(user, comment.idea.group_id)


def can_delete_comment(user: User, comment: Comment) -> bool:
    return can_edit_comment(user, comment) or is_organiser(user, comment.idea.group_id)


PERMISSIONS: dict[str, Callable[[User, Any], bool]] = {
    "ideas.read_board": can_read_board,
    "ideas.add": can_add_idea,
    "ideas.read": can_read_idea,
    "ideas.edit": can_edit_idea,
    "ideas.vote": can_vote,
    "ideas.comment": can_comment,
    "ideas.delete": can_delete_idea,
    "ideas.edit_comment": can_edit_comment,
    "ideas.delete_comment": can_delete_comment,
}
