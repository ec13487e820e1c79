"""Citation keys: made once, then kept, because notes and papers cite by them."""

import re
import unicodedata
from collections.abc import Container

from readings.bibtex.latex import MATH
from readings.bibtex.records import Name

_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "of",
        "on",
        "the",
        "to",
        "via",
        "with",
        "der",
        "die",
        "das",
        "le",
        "la",
        "les",
        "un",
        "une",
    ]
)


def citation_key(*, authors: tuple[Name, ...], year: int | None, title: str, taken: Container[str] = ()) -> str:
    """A key such as `vaswani2017attention` that is not in `taken` (compared in lower case, as BibTeX does).

    Letters outside ASCII are folded, since classic BibTeX cannot cite by them; a name that has none left, such as a
    Chinese one, gives way to the first foldable word of the title, and then to `work`.
    """
    word = next(
        (folded for raw in MATH.sub(" ", title).split() if (folded := _fold(raw)) and folded not in _SMALL_WORDS), ""
    )
    family = _fold(authors[0].family.split()[-1]) if authors and authors[0].family.split() else ""
    stem = f"{family or word or 'work'}{year or ''}{word if family else ''}"[:60]
    key, number = stem, 1
    while key.lower() in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def legal_key(text: str) -> str:
    """`text` as a key that BibTeX reads: without blanks, commas, braces and the like."""
    return re.sub(r"[\s,{}()\"'#%~\\=@]+", "-", text).strip("-")[:120]


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())
