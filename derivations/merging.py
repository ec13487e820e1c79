"""Two people changed one text: what each changed, and both together where they do not touch.

The three-way merge is node-diff3's, in the V8 that typesets formulas; two texts are compared by difflib.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from mathtext.v8 import ScriptNotFound, Scripts, Stopped, find_script

log = logging.getLogger(__name__)
MERGE_SECONDS = 2.0
_MERGE_BYTES = 192 * 1024 * 1024
# Of a place that is asked about line by line, all three texts together. node-diff3 takes time by the cube of the lines
# that repeat, and every second line of Markdown is blank.
_MOST_LINES = 1_500
_SCRIPTS = ("assets/dist/diff3.js", "node_modules/node-diff3/dist/diff3.iife.js")
# Each region is where it stands: ["a" mine | "o" base | "b" theirs, start, length], or both with the base between.
_BRIDGE = """
function regions(json) {
  return JSON.stringify(JSON.parse(json).map(function (texts) {
    return Diff3.diff3MergeRegions(texts[0], texts[1], texts[2]).map(function (r) {
      return r.stable ? [r.buffer, r.bufferStart, r.bufferLength]
        : ["", r.aStart, r.aLength, r.oStart, r.oLength, r.bStart, r.bLength];
    });
  }));
}
"""
_WORDS = re.compile(r"\\[A-Za-z]+|\w+|\s+|.", re.DOTALL)
# Past this many lines difflib may treat the most frequent ones as noise: slightly longer diffs, and seconds saved.
_EXACT_LINES = 400
_EXACT_WORDS = 1_500
_CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Agreed:
    """A stretch that one or neither of both changed, as it reads with that change."""

    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A stretch that both changed, to different words."""

    base: str
    mine: str
    theirs: str

    @property
    def both(self) -> str:
        """Mine, and theirs below it."""
        gap = "\n" if self.mine and self.theirs and not self.mine.endswith("\n") else ""
        return f"{self.mine}{gap}{self.theirs}"


Part = Agreed | Clash


def together(parts: list[Part]) -> str | None:
    """Return the text in which both changes stand, or None where they touch the same or neighbouring lines."""
    if any(isinstance(part, Clash) for part in parts):
        return None
    return "".join(part.text for part in parts if isinstance(part, Agreed))


def merge_parts(base: str, mine: str, theirs: str) -> list[Part]:
    """Return the text of both in stretches that follow each other: what they agree on, and where they clash.

    Neighbouring lines count as one place: in a derivation the next line follows from the one before. Where the merge
    does not end within MERGE_SECONDS, or its script is not there, the whole text is one clash.
    """
    if mine == theirs or base == theirs:
        return [Agreed(mine)]
    if base == mine:
        return [Agreed(theirs)]
    whole = Clash(base, mine, theirs)
    try:
        # By paragraphs first, which seldom repeat; then line by line where both changed one.
        coarse = _merged([whole], _paragraphs)[0]
        places = [part for part in coarse if isinstance(part, Clash) and _is_short(part)]
        finer = dict(zip(map(id, places), _merged(places, _lines), strict=True))
    except (Stopped, ScriptNotFound) as reason:
        log.warning("Two texts were not merged, both are shown whole: %s", repr(reason))
        return [whole]
    return list(_joined(piece for part in coarse for piece in finer.get(id(part), [part])))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _paragraphs(text: str) -> list[str]:
    """Each paragraph with the blank lines behind it."""
    found: list[list[str]] = []
    is_inside = False
    for line in _lines(text):
        is_blank = not line.strip()
        if found and (is_inside or is_blank):
            found[-1].append(line)
        else:
            found.append([line])
        is_inside = not is_blank
    return ["".join(lines) for lines in found]


def _is_short(place: Clash) -> bool:
    return sum(text.count("\n") for text in (place.base, place.mine, place.theirs)) <= _MOST_LINES


def _merged(places: list[Clash], split: Callable[[str], list[str]]) -> list[list[Part]]:
    """Each place in finer parts, by the pieces into which `split` takes its texts. Raises Stopped, ScriptNotFound."""
    if not places:
        return []
    pieces = [{"a": split(each.mine), "o": split(each.base), "b": split(each.theirs)} for each in places]
    numbers: dict[str, int] = {}  # only numbers cross the border, so that no text can come back changed
    asked = [[[numbers.setdefault(piece, len(numbers)) for piece in texts[who]] for who in "aob"] for texts in pieces]
    answer = _v8.call("regions", json.dumps(asked), seconds=MERGE_SECONDS, memory_bytes=_MERGE_BYTES)
    return [
        [_part(texts, *region) for region in found] for texts, found in zip(pieces, json.loads(answer), strict=True)
    ]


def _part(texts: dict[str, list[str]], who: str, *at: int) -> Part:
    if who:
        return Agreed("".join(texts[who][at[0] : at[0] + at[1]]))
    mine, base, theirs = (
        "".join(texts[who][start : start + length]) for who, start, length in zip("aob", at[::2], at[1::2], strict=True)
    )
    return Agreed(mine) if mine == theirs else Clash(base, mine, theirs)  # the same change made twice is one change


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Stretches that agree, as one where they follow each other."""
    text = ""
    for part in parts:
        if isinstance(part, Agreed):
            text += part.text
            continue
        if text:
            yield Agreed(text)
        text = ""
        yield part
    if text:
        yield Agreed(text)


_v8 = Scripts(lambda: [find_script(_SCRIPTS).read_text(encoding="utf-8"), _BRIDGE])


class LineKind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison: pieces of text, each with whether it changed. Of skipped lines, how many."""

    kind: LineKind
    pieces: tuple[tuple[str, bool], ...] = ()
    skipped: int = 0

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def compare(old: str, new: str) -> list[DiffLine]:
    """Return the lines of `old` and `new` side by side in one column, with the words that changed marked."""
    old_lines, new_lines = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=max(len(old_lines), len(new_lines)) > _EXACT_LINES)
    found: list[DiffLine] = []
    opcodes = matcher.get_opcodes()
    for n, (tag, i1, i2, j1, j2) in enumerate(opcodes):
        match tag:
            case "equal":
                found += _same(old_lines[i1:i2], is_first=n == 0, is_last=n == len(opcodes) - 1)
            case "replace":
                found += _replaced(old_lines[i1:i2], new_lines[j1:j2])
            case _:
                found += [DiffLine(LineKind.REMOVED, ((line, False),)) for line in old_lines[i1:i2]]
                found += [DiffLine(LineKind.ADDED, ((line, False),)) for line in new_lines[j1:j2]]
    return found


def is_changed(lines: list[DiffLine]) -> bool:
    return any(line.kind in (LineKind.REMOVED, LineKind.ADDED) for line in lines)


def _same(lines: list[str], *, is_first: bool, is_last: bool) -> list[DiffLine]:
    shown = [DiffLine(LineKind.SAME, ((line, False),)) for line in lines]
    before = 0 if is_first else _CONTEXT_LINES
    after = 0 if is_last else _CONTEXT_LINES
    if len(lines) <= before + after + 1:
        return shown
    middle = DiffLine(LineKind.SKIPPED, skipped=len(lines) - before - after)
    return [*shown[:before], middle, *(shown[-after:] if after else [])]


def _replaced(old: list[str], new: list[str]) -> list[DiffLine]:
    """Mark the words that changed inside lines that were replaced."""
    old_words, new_words = _WORDS.findall("\n".join(old)), _WORDS.findall("\n".join(new))
    if len(old_words) + len(new_words) > _EXACT_WORDS:
        removed = [DiffLine(LineKind.REMOVED, ((line, False),)) for line in old]
        return removed + [DiffLine(LineKind.ADDED, ((line, False),)) for line in new]
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    old_pieces: list[tuple[str, bool]] = []
    new_pieces: list[tuple[str, bool]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        changed = tag != "equal"
        old_pieces.append(("".join(old_words[i1:i2]), changed))
        new_pieces.append(("".join(new_words[j1:j2]), changed))
    return [*_in_lines(old_pieces, LineKind.REMOVED), *_in_lines(new_pieces, LineKind.ADDED)]


def _in_lines(pieces: list[tuple[str, bool]], kind: LineKind) -> list[DiffLine]:
    lines: list[list[tuple[str, bool]]] = [[]]
    for text, changed in pieces:
        for n, part in enumerate(text.split("\n")):
            if n:
                lines.append([])
            if part:
                lines[-1].append((part, changed))
    return [DiffLine(kind, tuple(line)) for line in lines]
