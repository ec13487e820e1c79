"""Worked derivations: notes, their revisions, checks and reviews, images, and what they stand beside."""

from .approaches import Approach, SharedStatement
from .books import Book
from .checks import Check
from .drafts import Draft
from .images import Image
from .imports import NoteImport
from .links import Link
from .macros import MacroRevision
from .notes import Note, Revision
from .reviews import Review, ReviewRule
from .statements import Statement, StatementText
from .symbols import Symbol
from .threads import Mention, Post, Reaction, Thread
from .words import NoteWords

__all__ = [
    "Approach",
    "Book",
    "Check",
    "Draft",
    "Image",
    "Link",
    "MacroRevision",
    "Mention",
    "Note",
    "NoteImport",
    "NoteWords",
    "Post",
    "Reaction",
    "Review",
    "ReviewRule",
    "Revision",
    "SharedStatement",
    "Statement",
    "StatementText",
    "Symbol",
    "Thread",
]
