"""Two revisions as they look: block by block side by side, and step by step what became of the verdicts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from django.utils.safestring import SafeString

from commons.templatetags.commons import trusted_html
from mathtext import Macros, Resolver

from .addresses import Addressed, keys_for, text_of
from .merging import DiffLine, compare
from .rendering import render_note
from .verdicts import MARKS, Tally, checked_html, tally_of

_TOKEN = re.compile(r"\\[A-Za-z]+|\w+|\S")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
NO_STEPS: tuple[int, ...] = ()
_MOST_PAIRS = 60_000  # of blocks or steps to be held against each other one by one; past it, only what is equal


class RowKind(StrEnum):
    SAME = "same"
    VERDICT = "verdict"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


class MoveKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, display, list … of a note: as it looks, as it was typed, and which of the steps stand in it."""

    html: SafeString
    source: str
    line: int
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StepMove:
    """What became of one step: numbers count from 1, a verdict is empty where there was none."""

    kind: MoveKind
    old_number: int | None
    new_number: int | None
    old_verdict: str
    new_verdict: str

    @property
    def is_moved(self) -> bool:
        """Whether its verdict is another one now."""
        return bool(self.old_verdict and self.new_verdict) and self.old_verdict != self.new_verdict

    @property
    def old_mark(self) -> str:
        return MARKS.get(self.old_verdict, "")

    @property
    def new_mark(self) -> str:
        return MARKS.get(self.new_verdict, "")

    @property
    def is_renumbered(self) -> bool:
        return None not in (self.old_number, self.new_number) and self.old_number != self.new_number


@dataclass(frozen=True, slots=True)
class Row:
    """A block of both sides, or of one where the other has none."""

    kind: RowKind
    old: Block | None
    new: Block | None
    moves: tuple[StepMove, ...] = ()

    @property
    def source_lines(self) -> list[DiffLine]:
        return compare(self.old.source if self.old else "", self.new.source if self.new else "")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are folded away together, or one row that shows; `number` counts those that show, from 1."""

    rows: tuple[Row, ...]
    number: int | None = None

    @property
    def row(self) -> Row:
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. `moved` are the steps whose verdict is another one, in the order of the new text."""

    parts: tuple[Part, ...]
    moves: tuple[StepMove, ...]
    old_tally: Tally | None
    new_tally: Tally | None

    def _count(self, kind: MoveKind) -> int:
        return sum(move.kind is kind for move in self.moves)

    @property
    def changed(self) -> int:
        return self._count(MoveKind.CHANGED)

    @property
    def added(self) -> int:
        return self._count(MoveKind.ADDED)

    @property
    def removed(self) -> int:
        return self._count(MoveKind.REMOVED)

    @property
    def moved(self) -> list[StepMove]:
        return [move for move in self.moves if move.is_moved]

    @property
    def shown(self) -> int:
        """How many places differ."""
        return sum(part.number is not None for part in self.parts)


def compare_notes(
    old: str,
    new: str,
    *,
    old_report: Mapping[str, Any] | None,
    new_report: Mapping[str, Any] | None,
    links: Resolver | None = None,
    macros: Macros | None = None,
) -> Comparison:
    """Return the two texts block by block. A report is that of this very text, or None where it was not checked.

    The verdicts are those of the reports: nothing is checked here. `links` says where `[[…]]` lead.
    """
    old_steps, new_steps = (list(report["steps"]) if report else [] for report in (old_report, new_report))
    old_blocks = _blocks(old, old_report, "old-", links, macros)
    new_blocks = _blocks(new, new_report, "new-", links, macros)
    moves = _moves(old_steps, new_steps, is_known=old_report is not None and new_report is not None)
    at_old = {move.old_number: move for move in moves if move.old_number is not None and move.new_number is None}
    at_new = {move.new_number: move for move in moves if move.new_number is not None}
    rows = []
    for before, after in _side_by_side([_words(each) for each in old_blocks], [_words(each) for each in new_blocks]):
        one = old_blocks[before] if before is not None else None
        other = new_blocks[after] if after is not None else None
        here = [at_old[n + 1] for n in (one.steps if one else ()) if n + 1 in at_old]
        here += [at_new[n + 1] for n in (other.steps if other else ()) if n + 1 in at_new]
        rows.append(Row(_kind(one, other, here), one, other, tuple(here)))
    return Comparison(
        parts=tuple(_folded(rows)),
        moves=tuple(moves),
        old_tally=tally_of(old_report) if old_report else None,
        new_tally=tally_of(new_report) if new_report else None,
    )


def _kind(old: Block | None, new: Block | None, moves: Sequence[StepMove]) -> RowKind:
    if old is None:
        return RowKind.ADDED
    if new is None:
        return RowKind.REMOVED
    if _words(old) != _words(new):
        return RowKind.CHANGED
    return RowKind.VERDICT if any(move.is_moved for move in moves) else RowKind.SAME


def _folded(rows: Sequence[Row]) -> Iterator[Part]:
    same: list[Row] = []
    number = 0
    for row in rows:
        if row.kind is RowKind.SAME:
            same.append(row)
            continue
        if same:
            yield Part(tuple(same))
            same = []
        number += 1
        yield Part((row,), number)
    if same:
        yield Part(tuple(same))


def _moves(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], *, is_known: bool) -> list[StepMove]:
    """The steps of the new text in their order, each old one that is gone before the one that took its place."""
    if not is_known:
        return []
    ones, others = [text_of(step["latex"]) for step in old], [text_of(step["latex"]) for step in new]
    pairs = _pairs(ones, others)
    from_old = {after: before for before, after in pairs.items()}
    gone = [n for n in range(len(old)) if n not in pairs]
    found = []
    for n, step in enumerate(new):
        m = from_old.get(n)
        if m is None:
            found.append(StepMove(MoveKind.ADDED, None, n + 1, "", step["verdict"]))
            continue
        while gone and gone[0] < m:
            found.append(_gone(old, gone.pop(0)))
        kind = MoveKind.SAME if ones[m] == others[n] else MoveKind.CHANGED
        found.append(StepMove(kind, m + 1, n + 1, old[m]["verdict"], step["verdict"]))
    return [*found, *(_gone(old, n) for n in gone)]


def _gone(old: Sequence[Mapping[str, Any]], n: int) -> StepMove:
    return StepMove(MoveKind.REMOVED, n + 1, None, old[n]["verdict"], "")


def _side_by_side(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Places of both, in the order of both: what answers each other together, the rest beside each other in turn."""
    pairs = [*sorted(_in_order(_pairs(old, new)).items()), (len(old), len(new))]
    before = after = 0
    for one, other in pairs:
        for n in range(max(one - before, other - after)):
            yield (
                before + n if before + n < one else None,
                after + n if after + n < other else None,
            )
        if one < len(old) and other < len(new):
            yield one, other
        before, after = one + 1, other + 1


def _pairs(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which place of `new` each place of `old` became."""
    if len(old) * len(new) <= _MOST_PAIRS:
        keys = keys_for(new, [Addressed(str(n), text) for n, text in enumerate(old)])
        return {int(key): place for place, key in enumerate(keys) if key.isdecimal()}
    pairs: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            pairs.update(zip(range(i1, i2), range(j1, j2), strict=True))
        elif tag == "replace":
            pairs.update(zip(range(i1, i2), range(j1, j2), strict=False))
    return pairs


def _in_order(pairs: Mapping[int, int]) -> dict[int, int]:
    """The most of `pairs` of which none crosses another."""
    ends: list[int] = []  # the smallest end of a chain of each length
    chains: list[list[int]] = []  # which pairs could be the last of such a chain
    links: dict[int, int | None] = {}
    for before in sorted(pairs):
        length = bisect_left(ends, pairs[before])
        links[before] = chains[length - 1][-1] if length else None
        if length == len(ends):
            ends.append(pairs[before])
            chains.append([before])
        else:
            ends[length] = pairs[before]
            chains[length].append(before)
    found: dict[int, int] = {}
    at = chains[-1][-1] if chains else None
    while at is not None:
        found[at] = pairs[at]
        at = links[at]
    return found


def _words(block: Block) -> str:
    return " ".join(_TOKEN.findall(block.source))


def _blocks(
    body: str, report: Mapping[str, Any] | None, prefix: str, links: Resolver | None, macros: Macros | None
) -> list[Block]:
    if report is not None:
        html = checked_html(body, report, anchor_prefix=prefix, links=links, macros=macros)
    else:
        html = render_note(body, anchor_prefix=prefix, links=links, macros=macros).html
    pieces: list[tuple[str, int | None]] = []
    for piece, line in _top_level(html):
        if line is None and pieces and pieces[-1][1] is not None and not piece.startswith("<section"):
            pieces[-1] = (pieces[-1][0] + piece, pieces[-1][1])  # verdicts stand with their display
        else:
            pieces.append((piece, line))
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [line for _, line in pieces if line is not None]
    steps = report["steps"] if report is not None else []
    found = []
    for n, (piece, line) in enumerate(pieces):
        if line is None:  # footnotes, at the end: what they say stands for their source
            source, held, line = re.sub(r"<[^>]*>", " ", piece), NO_STEPS, len(lines)
        else:
            end = next((later for _, later in pieces[n + 1 :] if later is not None), len(lines) + 1)
            source = "\n".join(lines[line - 1 : end - 1]).strip("\n")
            first = 1 if line == starts[0] else line
            held = tuple(place for place, step in enumerate(steps) if first <= step["line"] < end)
        found.append(Block(trusted_html(piece), source, line, held))
    return found


class _TopLevel(HTMLParser):
    """Where the elements begin that stand in no other, and which line of the source each names."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.depth = 0
        self.begins: list[tuple[tuple[int, int], int | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            line = dict(attrs).get("data-line") or ""
            self.begins.append((self.getpos(), int(line) if line.isdecimal() else None))
        if tag not in _VOID:
            self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.begins.append((self.getpos(), None))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.depth -= 1


def _top_level(html: str) -> list[tuple[str, int | None]]:
    """The elements of sanitised, so well-formed, HTML that stand in no other, each with its line of the source."""
    parser = _TopLevel()
    parser.feed(html)
    parser.close()
    offsets = [0]
    for text in html.split("\n"):
        offsets.append(offsets[-1] + len(text) + 1)
    starts = [offsets[row - 1] + column for (row, column), _ in parser.begins]
    ends = [*starts[1:], len(html)][: len(starts)]  # no element, no end
    return [(html[start:end], line) for start, end, (_, line) in zip(starts, ends, parser.begins, strict=True)]


__all__ = ["Block", "Comparison", "MoveKind", "Part", "Row", "RowKind", "StepMove", "compare_notes"]
