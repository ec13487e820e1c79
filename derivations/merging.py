"""Two people changed one text: what each changed, and both together where they do not touch.

difflib finds what each changed; how the two go together is written here: docs/decisions/0020 says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

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


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Return `base` with the changes of both, or None where they touch the same or neighbouring lines."""
    parts = merge_parts(base, mine, theirs)
    if any(isinstance(part, Clash) for part in parts):
        return None
    return "".join(part.text for part in parts if isinstance(part, Agreed))


def merge_parts(base: str, mine: str, theirs: str) -> list[Agreed | Clash]:
    """Return the text of both in stretches that follow each other: what they agree on, and where they clash."""
    if mine == theirs or base == theirs:
        return [Agreed(mine)]
    if base == mine:
        return [Agreed(theirs)]
    lines = base.splitlines(keepends=True)
    ours = _changes(lines, mine.splitlines(keepends=True))
    others = _changes(lines, theirs.splitlines(keepends=True))
    parts: list[Agreed | Clash] = []
    position = 0
    for start, end, my_changes, their_changes in _clusters(ours, others):
        parts.append(Agreed("".join(lines[position:start])))
        my_text, their_text = (_changed(lines, start, end, each) for each in (my_changes, their_changes))
        if not their_changes or my_text == their_text:  # the same change made twice is one change
            parts.append(Agreed(my_text))
        elif not my_changes:
            parts.append(Agreed(their_text))
        else:
            parts.append(Clash("".join(lines[start:end]), my_text, their_text))
        position = end
    parts.append(Agreed("".join(lines[position:])))
    return [part for part in parts if isinstance(part, Clash) or part.text]


Hunk = tuple[int, int, list[str]]


def _clusters(ours: list[Hunk], others: list[Hunk]) -> list[tuple[int, int, list[Hunk], list[Hunk]]]:
    """The changes of both that touch each other together, as (start, end, ours, others), in the order of the text.

    Neighbouring lines count as one place: in a derivation the next line follows from the one before.
    """
    found: list[tuple[int, int, list[Hunk], list[Hunk]]] = []
    waiting = sorted([(hunk[:2], 0, hunk) for hunk in ours] + [(hunk[:2], 1, hunk) for hunk in others])
    for (start, end), whose, hunk in waiting:
        if found and start <= found[-1][1]:
            begins, ends, mine, theirs = found.pop()
            end = max(end, ends)
        else:
            begins, mine, theirs = start, [], []
        (theirs if whose else mine).append(hunk)
        found.append((begins, end, mine, theirs))
    return found


def _changed(lines: list[str], start: int, end: int, changes: list[Hunk]) -> str:
    """The lines from `start` to `end` with these changes made."""
    made: list[str] = []
    for begins, ends, new in changes:
        made += lines[start:begins]
        made += new
        start = ends
    return "".join([*made, *lines[start:end]])


def _changes(old: list[str], new: list[str]) -> list[Hunk]:
    """Return (start, end, replacement) of each place where `new` differs from `old`."""
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > _EXACT_LINES)
    return [(i1, i2, new[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


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
