"""Two people saved: what clashes, place by place, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest

from derivations.actions import SavedMeanwhile
from derivations.merging import Agreed, Clash, Part, merge_parts
from derivations.merging import compare as compare_texts
from derivations.models import Note, Revision
from members.models import User

CHOICES = ("mine", "theirs", "both")
_AROUND = 2  # lines of the agreed text, before and after a clash


@dataclass(frozen=True, slots=True)
class ShownClash:
    """A place that both changed, with what stands around it and what was chosen so far."""

    number: int
    clash: Clash
    before: str
    after: str
    chosen: str
    is_missing: bool

    @property
    def name(self) -> str:
        return f"choice-{self.number}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of the choices: the whole text, or None with what was chosen so far."""

    title: str
    body: str | None
    choices: dict[str, str]
    opened: Revision
    current: Revision


def merged_title(opened: str, mine: str, theirs: str) -> tuple[str, bool]:
    """The title with the change of whoever made one, and whether both did, to different words."""
    if mine == opened:
        return theirs, False
    return mine, theirs not in (opened, mine)


def chosen_text(request: HttpRequest, note: Note) -> Chosen | None:
    """Read the form of a conflict: each place as its writer chose. None where its revisions are not there."""
    numbers = [_number(request.POST.get(name, "")) for name in ("opened", "base")]
    found = {revision.number: revision for revision in note.revisions.filter(number__in=numbers)}
    opened, current = (found.get(number) for number in numbers)
    if opened is None or current is None:
        return None
    parts = merge_parts(opened.body, _mine(request), current.body)
    answers = {name: text for name, text in request.POST.items() if isinstance(text, str)}
    is_same = answers.get("places") == fingerprint(parts)
    if not is_same:  # other places than those that were asked about, so that no answer is to any of these
        answers = {name: text for name, text in answers.items() if not name.startswith("choice-")}
    is_missing, pieces = not is_same, []
    for number, part in _numbered(parts):
        match part, answers.get(f"choice-{number}"):
            case Agreed(text), _:
                pieces.append(text)
            case Clash(mine=mine), "mine":
                pieces.append(mine)
            case Clash(theirs=theirs), "theirs":
                pieces.append(theirs)
            case Clash() as clash, "both":
                pieces.append(clash.both)
            case _:
                is_missing = True
    title, is_clash = merged_title(opened.title, answers.get("title", ""), current.title)
    if is_clash and answers.get("title-choice") == "theirs":
        title = current.title
    return Chosen(title, None if is_missing else "".join(pieces), answers, opened, current)


def fingerprint(parts: Sequence[Part]) -> str:
    """What a form of choices was about. A merge that was given up finds other places than the one before it."""
    told = blake2b(digest_size=9)
    for part in parts:
        told.update(repr(part).encode("utf-8", "backslashreplace"))
    return told.hexdigest()


def conflict_context(
    meanwhile: SavedMeanwhile, typed: dict[str, Any], *, by: User, chosen: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the page of a conflict shows. `typed` is what its writer, `by`, sent; `chosen` what was chosen so far."""
    opened, current = meanwhile.base, meanwhile.current
    title, is_title_clash = merged_title(opened.title, typed["title"], current.title)
    merged, parts = meanwhile.merged, _numbered(meanwhile.parts)
    said, is_own = chosen or {}, current.author_id == by.pk
    clashes = [
        ShownClash(
            number=number,
            clash=part,
            before=_last_lines(parts[n - 1][1] if n else None),
            after=_first_lines(parts[n + 1][1] if n + 1 < len(parts) else None),
            chosen=said.get(f"choice-{number}", ""),
            is_missing=chosen is not None and said.get(f"choice-{number}") not in CHOICES,
        )
        for n, (number, part) in enumerate(parts)
        if isinstance(part, Clash)
    ]
    return {
        "opened": opened,
        "current": current,
        "who": current.author,
        "is_own": is_own,
        "mine": "This text" if is_own else "Mine",
        "theirs": "The other text" if is_own else "Theirs",
        "their_changes": compare_texts(opened.body, current.body),
        "is_title_changed": current.title != opened.title,
        "is_title_clash": is_title_clash,
        "title_choice": said.get("title-choice", ""),
        "merged": merged,
        "merged_title": title,
        "merged_changes": compare_texts(current.body, merged) if merged is not None else [],
        "clashes": clashes,
        "is_whole": len(parts) == 1 and clashes != [],
        "places": fingerprint(meanwhile.parts),
        "missing": [each.number for each in clashes if each.is_missing],
        "typed": typed,
    }


def _numbered(parts: Sequence[Part]) -> list[tuple[int, Part]]:
    """Each with its number among the clashes, from 1; what is agreed on has 0."""
    count = 0
    found: list[tuple[int, Part]] = []
    for part in parts:
        count += isinstance(part, Clash)
        found.append((count if isinstance(part, Clash) else 0, part))
    return found


def _last_lines(part: Part | None) -> str:
    return "\n".join(part.text.rstrip("\n").split("\n")[-_AROUND:]) if isinstance(part, Agreed) else ""


def _first_lines(part: Part | None) -> str:
    return "\n".join(part.text.split("\n")[:_AROUND]).rstrip("\n") if isinstance(part, Agreed) else ""


def _mine(request: HttpRequest) -> str:
    return request.POST.get("body", "").replace("\r\n", "\n").replace("\r", "\n")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
