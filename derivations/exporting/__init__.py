"""A note, or a whole group's notes, in the formats of other programs: Markdown, LaTeX, PDF, Jupyter, an archive."""

from .archive import archive_of
from .gathering import Exported, gather, gather_group
from .latex import latex_of
from .markdown import markdown_of
from .notebook import notebook_of
from .pdf import CannotMakePdf, pdf_of

__all__ = [
    "CannotMakePdf", "Exported", "archive_of", "gather", "gather_group", "latex_of", "markdown_of", "notebook_of",
    "pdf_of",
]  # fmt: skip
