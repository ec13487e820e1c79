"""PDF with mathematics: our LaTeX, by pandoc to typst, in a process with bounds."""

from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .gathering import Exported
from .latex import latex_of

log = logging.getLogger(__name__)
SECONDS = 20  # of processor time, pandoc's as well
GRACE_SECONDS = 20
FEWEST_BYTES = 500  # no PDF is shorter


class CannotMakePdf(Exception):
    """Why there is no PDF of a note, in words fit to show a member."""


def pdf_of(
    note: Exported, *, pictures: Mapping[str, bytes] | None = None, marks: bool = False, seconds: int = SECONDS
) -> bytes:
    """The note as a PDF, in up to `seconds` of processor time. Raises CannotMakePdf."""
    asked = {
        "latex": latex_of(note, marks=marks, plain=True),
        "title": note.title,
        "authors": ", ".join(note.authors),
        "date": f"{note.changed_at:%-d %B %Y}",
        "pictures": {name: base64.b64encode(data).decode() for name, data in (pictures or {}).items()},
    }
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "derivations.pdf_process", str(seconds)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            cwd=Path(__file__).resolve().parents[2],
            timeout=seconds + GRACE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise CannotMakePdf("Making the PDF took too long and was stopped. Take the LaTeX instead.") from late
    if ended.returncode:
        log.warning("No PDF of note %s: %s", note.pk, ended.stderr.decode(errors="replace")[-300:])
    if ended.returncode or len(ended.stdout) < FEWEST_BYTES or not ended.stdout.startswith(b"%PDF"):
        raise CannotMakePdf(
            "The PDF could not be made of this text: a formula in it is more than the typesetter reads. "
            "Take the LaTeX or the Markdown instead."
        )
    return ended.stdout


__all__ = ["CannotMakePdf", "pdf_of"]
