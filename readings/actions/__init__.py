"""What happens when someone does something in the readings room."""

from .imports import CannotImport, ImportResult, confirm_import, hold_import, undo_import
from .sections import (
    CannotChangeSections,
    add_sections,
    edit_section,
    mark_section,
    mark_work,
    move_section,
    remove_section,
)
from .shipped import add_shipped_bibliography, start_from_curriculum
from .works import (
    AlreadyListed,
    CannotChangeWork,
    WorkData,
    add_work,
    archive_work,
    edit_work,
    remove_work,
    restore_work,
    uses_of,
)

__all__ = [
    "AlreadyListed",
    "CannotChangeSections",
    "CannotChangeWork",
    "CannotImport",
    "ImportResult",
    "WorkData",
    "add_sections",
    "add_shipped_bibliography",
    "add_work",
    "archive_work",
    "confirm_import",
    "edit_section",
    "edit_work",
    "hold_import",
    "mark_section",
    "mark_work",
    "move_section",
    "remove_section",
    "remove_work",
    "restore_work",
    "start_from_curriculum",
    "undo_import",
    "uses_of",
]
