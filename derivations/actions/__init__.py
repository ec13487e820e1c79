"""What happens to notes, by noun. Each verb is atomic; `by` and `now` are passed in."""

from .checks import ask_again, ask_for_check, run_check
from .drafts import CannotKeepDraft, drop_draft, keep_draft, prune_drafts
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

__all__ = [
    "CannotKeepDraft",
    "CannotReview",
    "CannotSave",
    "CannotSaveMacros",
    "CannotTalk",
    "MacrosChangedMeanwhile",
    "Saved",
    "SavedMeanwhile",
    "answer_review",
    "ask_again",
    "ask_for_check",
    "ask_for_review",
    "change_review_rule",
    "create_note",
    "delete_note",
    "delete_post",
    "draw_again",
    "drop_draft",
    "edit_post",
    "find_late_targets",
    "keep_draft",
    "keep_links",
    "link_note",
    "name_changed",
    "open_thread",
    "progress_of",
    "prune_drafts",
    "put_on_agenda",
    "put_on_table",
    "react",
    "rebuild_links",
    "redraw_note",
    "redraw_stale",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "restore_macros",
    "restore_revision",
    "run_check",
    "save_macros",
    "save_note",
    "store_picture",
    "take_off_table",
    "take_starters",
    "undelete_note",
    "undelete_post",
    "withdraw_review",
]
