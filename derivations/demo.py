"""The notes of the demo group: real derivations, kept as files so that they can be read and mended as text."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from .models import Note


@dataclass(frozen=True, slots=True)
class DemoNote:
    """`key` is the file's name without its ending; `objection` what its reviewer found wrong with it, if anything."""

    key: str
    title: str
    status: str
    body: str
    objection: str = ""


def demo_notes() -> list[DemoNote]:
    """Return the demo notes by key. Raises ValueError, naming the file, where its head is not as expected."""
    folder = resources.files("derivations") / "data" / "demo"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return [_read(file.name, file.read_text(encoding="utf-8")) for file in files]


def _read(name: str, text: str) -> DemoNote:
    opening, head, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    if (
        opening
        or fields.keys() - {"objection", "topic"} != {"title", "status"}
        or fields["status"] not in Note.Status.values
    ):
        raise ValueError(f"{name} needs a head with title and status between two lines of ---.")
    return DemoNote(
        key=name.removesuffix(".md"),
        title=fields["title"],
        status=fields["status"],
        body=body,
        objection=fields.get("objection", "").strip('"'),
    )
