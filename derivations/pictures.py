"""Uploaded pictures: judged by their bytes, re-encoded by us, so that nothing but pixels is stored."""

from __future__ import annotations

import secrets
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image as Pillow
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

MAX_PIXELS = 25_000_000  # what a phone camera makes; a decompression bomb declares more
MAX_SIDE = 2_400  # pixels; no page shows more
READ_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class RefusedPicture(Exception):
    """Why a file is not taken as a picture, and what to do; `status` is the HTTP status that fits."""

    def __init__(self, words: str, *, status: int = 422) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of our own encoding. `name` is random and tells the size in pixels, which pages reserve for it."""

    data: bytes
    name: str
    width: int
    height: int


def read_picture(file: IO[bytes], *, size: int, max_bytes: int) -> Picture:
    """Return the picture in `file` (of `size` bytes) as PNG, JPEG or WebP without any metadata.

    Raises RefusedPicture: too many bytes or pixels, not a picture, a picture of a kind not taken, or broken.
    """
    if size > max_bytes:
        raise RefusedPicture(
            f"This file has {size / 1_048_576:.0f} MB; at most {max_bytes // 1_048_576} MB are taken. "
            "Save the picture smaller and drop it again.",
            status=413,
        )
    if size == 0:
        raise RefusedPicture("This file is empty. Save the picture again and drop it once more.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(file, formats=READ_FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise RefusedPicture(_too_many(picture.width, picture.height), status=413)
            return _encode(picture)
    except UnidentifiedImageError as error:
        raise RefusedPicture(
            "This file is not a PNG, JPEG, WebP or GIF picture, whatever its name says. "
            "Export the drawing as PNG and drop that."
        ) from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise RefusedPicture(
            f"This picture declares more than {MAX_PIXELS // 1_000_000} million pixels. "
            "Save it smaller and drop it again.",
            status=413,
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError) as error:
        # What Pillow's readers raise on truncated and damaged files, format by format.
        raise RefusedPicture("This picture is damaged: it breaks off or contradicts itself. Save it again.") from error


def _too_many(width: int, height: int) -> str:
    return (
        f"This picture has {width} × {height} pixels; at most {MAX_PIXELS // 1_000_000} million are taken. "
        "Save it smaller and drop it again."
    )


def _encode(picture: Pillow.Image) -> Picture:
    source_format = picture.format
    first = next(iter(ImageSequence.Iterator(picture)))  # of a moving picture the first frame
    frame: Pillow.Image = ImageOps.exif_transpose(first)  # upright before the note of its turn is dropped
    has_alpha = frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info
    frame = frame.convert("RGBA" if has_alpha else "RGB")
    frame.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.LANCZOS)
    # A picture made of pixels alone: no EXIF, no comments, no colour profile, no bytes after its end.
    clean = Pillow.new(frame.mode, frame.size)
    clean.paste(frame)
    out = BytesIO()
    match source_format:
        case "JPEG":
            clean.save(out, "JPEG", quality=86, optimize=True, progressive=True)
            extension = "jpg"
        case "WEBP":
            clean.save(out, "WEBP", quality=86, method=4)
            extension = "webp"
        case _:
            clean.save(out, "PNG", optimize=True)
            extension = "png"
    name = f"{secrets.token_urlsafe(15)}-{clean.width}x{clean.height}.{extension}"
    return Picture(data=out.getvalue(), name=name, width=clean.width, height=clean.height)
