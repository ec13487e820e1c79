"""An archive: our own, or any .zip of texts. Entries are read one by one, each with a bound; none is unpacked."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from derivations.exporting.archive import FORMAT, VERSION

from .found import Trouble, Unreadable

MOST_ENTRIES = 3_000
MOST_TEXT = 2_000_000  # bytes of one text; a longer one is refused as a note all the same
MOST_PICTURE = 12_000_000
MOST_TOTAL = 120_000_000  # bytes of all entries together
MOST_RATIO = 200  # of an entry that unpacks to more than a megabyte: no text and no picture packs better
MOST_NOTES = 1_000
TEXTS = (".md", ".markdown", ".tex", ".ipynb")
PICTURE = re.compile(r"[A-Za-z0-9_-]{4,40}-\d{1,5}x\d{1,5}\.(?:png|jpg|webp)")

Contents = tuple[dict[str, bytes], dict[str, dict[str, Any]], list[Trouble], dict[str, bytes], str]


def read_archive(data: bytes) -> Contents:
    """Texts by path, what the manifest says of each, troubles, pictures by name, and the bibliography."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Unreadable(
            "This archive is damaged or of a kind that is not read. Pack it again as a plain .zip."
        ) from error


def _read(archive: zipfile.ZipFile) -> Contents:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise Unreadable(f"This archive has {len(infos):,} entries; at most {MOST_ENTRIES:,} are read.", status=413)
    if sum(info.file_size for info in infos) > MOST_TOTAL:
        raise Unreadable(
            f"This archive unpacks to more than {MOST_TOTAL // 1_000_000} MB. Pack less into it.", status=413
        )
    texts: dict[str, bytes] = {}
    pictures: dict[str, bytes] = {}
    troubles: list[Trouble] = []
    manifest: dict[str, Any] = {}
    bibliography, total = "", 0
    for info in infos:
        if info.is_dir():
            continue
        reason = _refused(info)
        if reason:
            troubles.append(Trouble(0, f"{_shown(info.filename)}: {reason}"))
            continue
        path = PurePosixPath(info.filename)
        is_text = path.suffix.lower() in TEXTS
        is_picture = PICTURE.fullmatch(path.name) is not None
        if not (is_text or is_picture or path.name in ("manifest.json", "readings.bib")):
            troubles.append(Trouble(0, f"{_shown(info.filename)}: not a text, and left out."))
            continue
        found = _bounded(archive, info, MOST_PICTURE if is_picture else MOST_TEXT)
        if found is None:
            troubles.append(Trouble(0, f"{_shown(info.filename)}: longer than the bound, and left out."))
            continue
        total += len(found)
        if total > MOST_TOTAL:
            raise Unreadable("This archive unpacks to more than it says. Pack it again.", status=413)
        if is_picture:
            pictures[path.name] = found
        elif is_text and len(texts) < MOST_NOTES:
            texts[info.filename] = found
        elif is_text:
            troubles.append(
                Trouble(0, f"{_shown(info.filename)}: the first {MOST_NOTES:,} texts are read. Import it apart.")
            )
        elif path.name == "readings.bib":
            bibliography = found.decode("utf-8", "replace")
        else:
            manifest = _manifest(found, troubles)
    return texts, _rows(manifest), troubles, pictures, bibliography


def _refused(info: zipfile.ZipInfo) -> str:
    name = info.filename
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\0" in name:
        return "its path leads out of the archive, and it is left out."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link and no file, and is left out."
    if info.flag_bits & 0x1:
        return "it is locked with a password, and is left out."
    if info.file_size > 1_000_000 and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "it unpacks to far more than it is, and is left out."
    return ""


def _bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | None:
    """The bytes of one entry; None where there are more than `most`, whatever it says of itself."""
    with archive.open(info) as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None


def _manifest(data: bytes, troubles: list[Trouble]) -> dict[str, Any]:
    try:
        made = json.loads(data)
    except (ValueError, RecursionError):
        troubles.append(Trouble(0, "manifest.json: not read; titles are taken from the texts."))
        return {}
    if not isinstance(made, dict) or made.get("format") != FORMAT:
        return {}
    if made.get("version") != VERSION:
        troubles.append(Trouble(0, "manifest.json: of a later version; what is known of it is read."))
    return made


def _rows(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = manifest.get("notes")
    if not isinstance(rows, list):
        return {}
    return {row["file"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("file"), str)}


def _shown(name: str) -> str:
    return name.encode("ascii", "replace").decode()[:100]
