"""Two people changed one text: what each changed, and both together where they do not touch.

difflib on lines, as merge3 would do it; merge3 itself is under the GPL and this product is not.
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


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Return `base` with the changes of both, or None where they touch the same or neighbouring lines."""
    if mine == theirs or base == theirs:
        return mine
    if base == mine:
        return theirs
    base_lines = base.splitlines(keepends=True)
    ours = _changes(base_lines, mine.splitlines(keepends=True))
    others = _changes(base_lines, theirs.splitlines(keepends=True))
    both: list[tuple[int, int, list[str]]] = []
    i = j = 0
    while i < len(ours) or j < len(others):
        if i < len(ours) and j < len(others):
            if ours[i] == others[j]:  # the same change made twice is one change
                both.append(ours[i])
                i, j = i + 1, j + 1
                continue
            if _touch(ours[i], others[j]):
                return None
        if j >= len(others) or (i < len(ours) and ours[i][:2] < others[j][:2]):
            both.append(ours[i])
            i += 1
        else:
            both.append(others[j])
            j += 1
    merged: list[str] = []
    position = 0
    for start, end, lines in both:
        merged += base_lines[position:start]
        merged += lines
        position = end
    merged += base_lines[position:]
    return "".join(merged)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    """Return (start, end, replacement) of each place where `new` differs from `old`."""
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > _EXACT_LINES)
    return [(i1, i2, new[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


def _touch(a: tuple[int, int, list[str]], b: tuple[int, int, list[str]]) -> bool:
    # Neighbouring lines count as one place: in a derivation the next line follows from the one before.
    return a[0] <= b[1] and b[0] <= a[1]


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
