"""The words of a note as they are searched: each once, without accents and case."""

from __future__ import annotations

from readings.models import folded

MOST_WORDS = 8
_QUOTES = '"“”„«»'


def words_of(title: str, body: str) -> str:
    """Return the words of a note, each once, with a space between.

    A word is what stands between spaces, `$\\Sigma^{-1}$` as well as `gradient`. Whatever part of a word someone looks
    for stands in one of these words exactly where it stands in the text, so that a search may read these alone.
    """
    return " ".join(dict.fromkeys(folded(f"{title} {body}").split()))


def looked_for(query: str) -> list[str]:
    """Return the words that `query` asks for, folded as those of a note, without quotation marks around them."""
    words = (word.strip(_QUOTES) for word in folded(query.replace("\0", "")).split())
    return [word for word in words if word][:MOST_WORDS]


__all__ = ["looked_for", "words_of"]
