"""A note, or all of a group's, as a file of another program."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commons.ratelimits import TooMany, count_against
from derivations.checking import CheckStopped, code_steps
from derivations.exporting import (
    CannotMakePdf,
    Exported,
    archive_of,
    gather,
    gather_group,
    latex_of,
    markdown_of,
    notebook_of,
    pdf_of,
)
from derivations.exporting.gathering import bibliography, pictures_in
from derivations.models import Note
from derivations.verdicts import CODABLE
from members.access import group_or_404
from members.models import User

from .finding import note_or_404

EXPORTS_A_MINUTE = 20
ARCHIVES_AN_HOUR = 20
MOST_CODES = 40
FORMATS = {
    "md": (
        "Markdown",
        "The text as it was typed, below a head of title, people, status and readings.",
        "text/markdown",
    ),
    "tex": ("LaTeX", "Compiles as it is; equation numbers, labels and readings included.", "application/x-tex"),
    "pdf": ("PDF", "Typeset here, to read or to print.", "application/pdf"),
    "ipynb": (
        "Jupyter notebook",
        "Text in cells, and the NumPy code of each step below it.",
        "application/x-ipynb+json",
    ),
    "bib": ("BibTeX", "The readings that the note cites or stands beside.", "application/x-bibtex"),
}


@require_safe
def export(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The choice of a format; with `?format=` the file."""
    note = note_or_404(request, slug, pk, Note.objects.select_related("author", "changed_by").prefetch_related("works"))
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    chosen = request.GET.get("format", "")
    marks = request.GET.get("marks") == "1"
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "note": note,
        "formats": [(key, label, words) for key, (label, words, _) in FORMATS.items()],
        "chosen": chosen if chosen in FORMATS else "md",
        "marks": marks,
    }
    if chosen not in FORMATS:
        return render(request, "derivations/export.html", context)
    try:
        count_against(f"export:{user.pk}", limit=EXPORTS_A_MINUTE, seconds=60)
        exported = gather(note)
        data = _file(exported, note, chosen, marks=marks)
    except CannotMakePdf as reason:
        return render(request, "derivations/export.html", {**context, "refusal": str(reason)}, status=422)
    except TooMany as refusal:
        return render(request, "derivations/export.html", {**context, "refusal": str(refusal)}, status=429)
    return attached(data, FORMATS[chosen][2], f"{exported.file_stem}.{chosen}")


def _file(exported: Exported, note: Note, chosen: str, *, marks: bool) -> bytes:
    match chosen:
        case "tex":
            return latex_of(exported, marks=marks).encode()
        case "pdf":
            return pdf_of(exported, pictures=pictures_in(exported.body, note.group), marks=marks)
        case "ipynb":
            return notebook_of(exported, codes=_codes(exported), marks=marks).encode()
        case "bib":
            return bibliography(exported.works).encode()
        case _:
            return markdown_of(exported, marks=marks).encode()


def _codes(exported: Exported) -> dict[int, str]:
    wanted = [step["index"] for step in exported.steps if step.get("relation") in CODABLE][:MOST_CODES]
    if not wanted:
        return {}
    try:
        return code_steps(exported.body, wanted, seed=exported.seed, macros=exported.macros.text)
    except CheckStopped:
        return {}  # the notebook is whole without its code


@require_safe
def export_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Every note of the group, with pictures and readings, as one archive that can be imported again."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    try:
        count_against(f"export-all:{user.pk}", limit=ARCHIVES_AN_HOUR, seconds=3600)
    except TooMany as refusal:
        response = render(request, "429.html", {"reason": str(refusal)}, status=429)
        response["Retry-After"] = str(refusal.retry_seconds)
        return response
    notes = gather_group(group)
    pictures = pictures_in("\n".join(note.body for note in notes), group)
    return attached(archive_of(notes, pictures, group=group.name), "application/zip", f"{group.slug}-notes.zip")


def attached(data: bytes | str, kind: str, name: str) -> HttpResponse:
    """A file to keep: `kind` is its media type."""
    response = HttpResponse(data, content_type=kind if kind.endswith(("zip", "pdf")) else f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
