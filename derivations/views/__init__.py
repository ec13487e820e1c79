"""The pages of the derivations room, by family."""

from .approaching import add_way, approach, approach_note, approaches, arrange_way, part_ways, rename_ways
from .booking import book, book_state, cookbook_as_pdf
from .coding import code
from .completing import complete
from .cookbook import cookbook, cookbook_as_latex, cookbook_as_markdown
from .drafting import draft, drafts, throw_away
from .editing import create, edit, preview, upload
from .exporting import export, export_all
from .graph import graph
from .guiding import guide
from .history import compare, history, restore, revision
from .importing import import_notes, import_preview
from .linking import links, put_on_table, take_off_table
from .live import check_written
from .macros import (
    edit_macros,
    macros,
    macros_history,
    macros_progress,
    macros_revision,
    restore_macros_revision,
    usual_macros,
)
from .reading import checked, deleted, detail, list_notes, picture, replay, source
from .removing import delete, undelete
from .reviewing import answer, ask, rules, withdraw
from .symbols import symbols
from .talking import (
    delete_post,
    edit_post,
    lost_map,
    people,
    react,
    reopen,
    reply,
    resolve,
    say,
    talk,
    to_agenda,
    undelete_post,
)

__all__ = [
    "add_way",
    "answer",
    "approach",
    "approach_note",
    "approaches",
    "arrange_way",
    "ask",
    "book",
    "book_state",
    "check_written",
    "checked",
    "code",
    "compare",
    "complete",
    "cookbook",
    "cookbook_as_latex",
    "cookbook_as_markdown",
    "cookbook_as_pdf",
    "create",
    "delete",
    "delete_post",
    "deleted",
    "detail",
    "draft",
    "drafts",
    "edit",
    "edit_macros",
    "edit_post",
    "export",
    "export_all",
    "graph",
    "guide",
    "history",
    "import_notes",
    "import_preview",
    "links",
    "list_notes",
    "lost_map",
    "macros",
    "macros_history",
    "macros_progress",
    "macros_revision",
    "part_ways",
    "people",
    "picture",
    "preview",
    "put_on_table",
    "react",
    "rename_ways",
    "reopen",
    "replay",
    "reply",
    "resolve",
    "restore",
    "restore_macros_revision",
    "revision",
    "rules",
    "say",
    "source",
    "symbols",
    "take_off_table",
    "talk",
    "throw_away",
    "to_agenda",
    "undelete",
    "undelete_post",
    "upload",
    "usual_macros",
    "withdraw",
]
