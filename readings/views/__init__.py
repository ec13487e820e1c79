"""The pages of the readings room."""

from .imports import import_new, import_preview, import_undo
from .listing import export, work_list
from .sections import mark, mark_all, section_edit, section_move, section_remove, sections_add
from .works import add, archive, bibtex, card, detail, edit, remove, restore, twin

__all__ = [
    "add",
    "archive",
    "bibtex",
    "card",
    "detail",
    "edit",
    "export",
    "import_new",
    "import_preview",
    "import_undo",
    "mark",
    "mark_all",
    "remove",
    "restore",
    "section_edit",
    "section_move",
    "section_remove",
    "sections_add",
    "twin",
    "work_list",
]
