"""What happens when someone does something with an idea."""

from .comments import CannotComment, add_comment, delete_comment, edit_comment, restore_comment
from .ideas import (
    CannotChange,
    StaleIdea,
    add_idea,
    archive_idea,
    delete_idea,
    edit_idea,
    link_note,
    link_work,
    restore_idea,
    set_vote,
)
from .moves import CannotMove, Moved, Place, move_idea, order_of

__all__ = [
    "CannotChange",
    "CannotComment",
    "CannotMove",
    "Moved",
    "Place",
    "StaleIdea",
    "add_comment",
    "add_idea",
    "archive_idea",
    "delete_comment",
    "delete_idea",
    "edit_comment",
    "edit_idea",
    "link_note",
    "link_work",
    "move_idea",
    "order_of",
    "restore_comment",
    "restore_idea",
    "set_vote",
]
