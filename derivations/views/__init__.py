"""The pages of the derivations room, by family."""

from .coding import code
from .drafting import draft, drafts, throw_away
from .editing import create, edit, preview, upload
from .history import compare, history, restore, revision
from .linking import links, put_on_table, take_off_table
from .reading import checked, deleted, detail, list_notes, picture, replay, source
from .removing import delete, undelete
from .reviewing import answer, ask, rules, withdraw

__all__ = [
    "answer",
    "ask",
    "checked",
    "code",
    "compare",
    "create",
    "delete",
    "deleted",
    "detail",
    "draft",
    "drafts",
    "edit",
    "history",
    "links",
    "list_notes",
    "picture",
    "preview",
    "put_on_table",
    "replay",
    "restore",
    "revision",
    "rules",
    "source",
    "take_off_table",
    "throw_away",
    "undelete",
    "upload",
    "withdraw",
]
