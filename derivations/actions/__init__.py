"""What happens to notes, by noun. Each verb is atomic; `by` and `now` are passed in."""

from .approaches import (
    CannotApproach,
    add_approach,
    move_approach,
    part_approaches,
    remove_approach,
    rename_approach,
    rename_statement,
    share_statement,
)
from .books import ask_for_book, contents_of, run_book
from .checks import ask_again, ask_for_check, run_check
from .cookbook import rebuild_cookbook, settle_statements
from .drafts import CannotKeepDraft, drop_draft, keep_draft, prune_drafts
from .imports import CannotImport, Made, hold_notes, make_notes
from .links import find_late_targets, keep_links, name_changed, rebuild_links, redraw_note, redraw_stale
from .macros import (
    CannotSaveMacros,
    MacrosChangedMeanwhile,
    draw_again,
    progress_of,
    restore_macros,
    save_macros,
    take_starters,
)
from .notes import (
    CannotSave,
    Saved,
    SavedMeanwhile,
    create_note,
    delete_note,
    link_note,
    put_on_table,
    restore_revision,
    save_note,
    take_off_table,
    undelete_note,
)
from .pictures import store_picture
from .reactions import react
from .reviews import CannotReview, answer_review, ask_for_review, withdraw_review
from .rules import change_review_rule
from .threads import (
    CannotTalk,
    delete_post,
    edit_post,
    open_thread,
    put_on_agenda,
    reopen_thread,
    reply,
    resolve_thread,
    undelete_post,
)
from .words import keep_words

__all__ = [
    "CannotApproach",
    "CannotImport",
    "CannotKeepDraft",
    "CannotReview",
    "CannotSave",
    "CannotSaveMacros",
    "CannotTalk",
    "MacrosChangedMeanwhile",
    "Made",
    "Saved",
    "SavedMeanwhile",
    "add_approach",
    "answer_review",
    "ask_again",
    "ask_for_book",
    "ask_for_check",
    "ask_for_review",
    "change_review_rule",
    "contents_of",
    "create_note",
    "delete_note",
    "delete_post",
    "draw_again",
    "drop_draft",
    "edit_post",
    "find_late_targets",
    "hold_notes",
    "keep_draft",
    "keep_links",
    "keep_words",
    "link_note",
    "make_notes",
    "move_approach",
    "name_changed",
    "open_thread",
    "part_approaches",
    "progress_of",
    "prune_drafts",
    "put_on_agenda",
    "put_on_table",
    "react",
    "rebuild_cookbook",
    "rebuild_links",
    "redraw_note",
    "redraw_stale",
    "remove_approach",
    "rename_approach",
    "rename_statement",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "restore_macros",
    "restore_revision",
    "run_book",
    "run_check",
    "save_macros",
    "save_note",
    "settle_statements",
    "share_statement",
    "store_picture",
    "take_off_table",
    "take_starters",
    "undelete_note",
    "undelete_post",
    "withdraw_review",
]
