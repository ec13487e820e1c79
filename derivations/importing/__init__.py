"""Notes out of files: Markdown, LaTeX, Jupyter notebooks, and our own archive. Nothing is run or opened."""

from .found import Draft, Found, Trouble, Unreadable
from .reading import read_upload

__all__ = ["Draft", "Found", "Trouble", "Unreadable", "read_upload"]
