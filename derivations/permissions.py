"""Who may do what with notes. Pages, API and templates ask here."""

from __future__ import annotations

from members.access import is_organiser, may_read, may_write
from members.models import Group, User

from .models import Draft, Note, Post, Review


def can_read_note(user: User, note: Note) -> bool:
    """Everyone in the group reads its notes; a deleted one only those who may bring it back."""
    return may_read(user, note.group_id) and (not note.is_deleted or can_delete_note(user, note))


def can_write_notes(user: User, group: Group) -> bool:
    """Organisers and members write notes; observers read."""
    return may_write(user, group)


def can_edit_note(user: User, note: Note) -> bool:
    """A note belongs to the group: whoever writes in it may improve it, and each change is kept as a revision."""
    return not note.is_deleted and may_write(user, note.group_id)


def can_delete_note(user: User, note: Note) -> bool:
    """Its author, while still writing in the group, and the organisers. The same people bring it back."""
    return is_organiser(user, note.group_id) or (note.author_id == user.pk and may_write(user, note.group_id))


def can_read_draft(user: User, draft: Draft) -> bool:
    """Whoever typed it, while in the group; nobody else, whatever their role."""
    return draft.member_id == user.pk and may_read(user, draft.group_id)


def can_arrange_approaches(user: User, group: Group) -> bool:
    """Whoever writes in the group says which notes stand together; no note changes by it."""
    return may_write(user, group)


def can_ask_for_review(user: User, note: Note) -> bool:
    return can_edit_note(user, note)


def can_answer_review(user: User, review: Review) -> bool:
    """The reviewer, while still writing in the group."""
    return review.reviewer_id == user.pk and can_edit_note(user, review.note)


def can_talk(user: User, note: Note) -> bool:
    """Ask, answer, resolve and react at its steps, and put a question on an agenda: whoever writes in the group."""
    return can_edit_note(user, note)


def can_change_post(user: User, post: Post) -> bool:
    """Who wrote it, while still writing in the group: edit, delete, undo. `post.thread.note` is read."""
    return post.author_id == user.pk and can_talk(user, post.thread.note)


def can_change_review_rule(user: User, group: Group) -> bool:
    return is_organiser(user, group)


def can_put_on_table(user: User, group: Group) -> bool:
    return may_write(user, group)


def can_edit_macros(user: User, group: Group) -> bool:
    """Whoever writes notes here: a macro is part of what they write, and each change is kept."""
    return may_write(user, group)


PERMISSIONS = {
    "derivations.read": can_read_note,
    "derivations.write": can_write_notes,
    "derivations.edit": can_edit_note,
    "derivations.delete": can_delete_note,
    "derivations.read-draft": can_read_draft,
    "derivations.arrange-approaches": can_arrange_approaches,
    "derivations.ask-review": can_ask_for_review,
    "derivations.answer-review": can_answer_review,
    "derivations.talk": can_talk,
    "derivations.change-post": can_change_post,
    "derivations.change-review-rule": can_change_review_rule,
    "derivations.put-on-table": can_put_on_table,
    "derivations.edit-macros": can_edit_macros,
}
