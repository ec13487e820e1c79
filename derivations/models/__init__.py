"""Worked derivations: notes, their revisions, checks and reviews, images, and what they stand beside."""

from .checks import Check
from .drafts import Draft
from .images import Image
from .links import Link
from .notes import Note, Revision
from .reviews import Review, ReviewRule
from .threads import Mention, Post, Reaction, Thread

__all__ = [
    "Check",
    "Draft",
    "Image",
    "Link",
    "Mention",
    "Note",
    "Post",
    "Reaction",
    "Review",
    "ReviewRule",
    "Revision",
    "Thread",
]
