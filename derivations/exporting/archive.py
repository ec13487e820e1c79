"""A whole group's notes as one archive, which `derivations.importing` reads back.

A Markdown file a note, the pictures, the bibliography, and a manifest that says which is which.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from .gathering import Exported, bibliography
from .markdown import markdown_of

FORMAT = "studygroup-notes"
VERSION = 1
EPOCH = (2000, 1, 1, 0, 0, 0)  # the same notes give the same bytes


def archive_of(notes: Sequence[Exported], pictures: Mapping[str, bytes], *, group: str, marks: bool = False) -> bytes:
    """The archive. Pictures stand under their own names, and texts name them as they do on the page."""
    out = io.BytesIO()
    rows: list[dict[str, Any]] = []
    works = {work.key: work for note in notes for work in note.works}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for note in notes:
            name = f"notes/{note.pk:05d}-{note.file_stem}.md"
            _put(archive, name, markdown_of(note, marks=marks).encode())
            rows.append(
                {
                    "file": name, "title": note.title, "status": note.status, "authors": list(note.authors),
                    "works": list(note.keys), "revision": note.revision,
                }
            )  # fmt: skip
        for name, data in sorted(pictures.items()):
            _put(archive, f"pictures/{name}", data)
        if works:
            _put(archive, "readings.bib", bibliography(works.values()).encode())
        manifest = {"format": FORMAT, "version": VERSION, "group": group, "notes": rows, "pictures": sorted(pictures)}
        _put(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)
