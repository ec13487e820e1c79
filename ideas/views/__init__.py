"""The pages of the ideas room."""

from .board import archive, board, move, new, restore, vote
from .comments import comment, delete_comment, edit_comment, restore_comment
from .detail import delete, detail, edit, links

__all__ = [
    "archive",
    "board",
    "comment",
    "delete",
    "delete_comment",
    "detail",
    "edit",
    "edit_comment",
    "links",
    "move",
    "new",
    "restore",
    "restore_comment",
    "vote",
]
