"""What was said of a step before is said again where nothing that it rests on has changed.

`check(note, memo=…)` takes a mapping that its caller keeps, from one check to the next or for as long as it likes. The
key of a step is a digest of everything that judging it reads: the step itself with its conditions, all of the note's
givens, definitions and assumptions as they were read, those words of its prose that judging asks for, the seed and the
bound of a step. So a given that changes, wherever it stands, changes the key of every step, and a step that is moved,
or stands beside another one that was changed, keeps its own. Only what a step says of itself is kept: one that the
note's bound cut off has said nothing, one that its own bound stopped has said so.

The package does not know its own version: a mapping that outlives the process has to be kept with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction

from .errors import Span
from .model import ASKED, Model
from .proportion import said_before
from .reading import Claim
from .verdict import Verdict

# Fields of a model that judging a step does not read, or that are of the moment.
OF_THE_MOMENT = {
    "watch",  # the clock
    "conditions",  # those of the step that is judged, which are in the step
    "assumed",  # what judging adds to; kept with the verdict
    "mentioned",  # places, while the note is read
    "proportional",  # places; what a step takes from them is in its own part of the key
    "below",  # where in the note the reading is
    "leads",  # the same
    "words",  # the prose, of which judging may ask only whether it has certain words
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """A verdict, its places counted from the step's own; `assumed` is what was taken for granted on the way."""

    verdict: Verdict
    assumed: tuple[str, ...]


Memo = MutableMapping[str, Remembered]


class Keys:
    """The keys of the steps of one model, as it was read."""

    def __init__(self, model: Model, *, seed: int, step_seconds: float, second_opinion: bool) -> None:
        digest = hashlib.blake2b(digest_size=20)
        digest.update(f"{seed!r} {step_seconds!r} {second_opinion!r} ".encode())
        for each in fields(model):
            if each.name not in OF_THE_MOMENT:
                digest.update(f"{each.name}:".encode())
                for part in written(getattr(model, each.name), None):
                    digest.update(part.encode(errors="surrogatepass"))
        digest.update(repr([what for what in ASKED if model.says(what)]).encode(errors="surrogatepass"))
        self.of_model = digest
        self.model = model

    def key(self, claim: Claim) -> str:
        digest = self.of_model.copy()
        start = claim.span.start
        said = (claim.sign, claim.left, claim.right, claim.whole, claim.small, said_before(self.model, claim))
        for part in written(said, start):
            digest.update(part.encode(errors="surrogatepass"))
        for part in written(claim.conditions, None):
            digest.update(part.encode(errors="surrogatepass"))
        return digest.hexdigest()


def written(part: object, start: int | None) -> Iterator[str]:
    """`part` as text that is the same for equal parts only. Places are counted from `start`, or left out."""
    match part:
        case Span():
            yield f"@{part.start - start}-{part.end - start}" if start is not None else "@"
        case None | bool() | int() | float() | Fraction():
            yield f"{part!r};"
        case str():
            yield f"{len(part)}'{part}"
        case tuple() | list():
            yield f"({len(part)}:"
            for each in part:
                yield from written(each, start)
        case dict():
            yield f"{{{len(part)}:"
            for name, each in part.items():  # in their order: symbols are drawn in it
                yield from written(name, start)
                yield from written(each, start)
        case set() | frozenset():
            yield f"<{len(part)}:"
            yield from sorted("".join(written(each, start)) for each in part)
        case _ if is_dataclass(part) and not isinstance(part, type):
            yield f"{type(part).__name__}["
            for each in fields(part):
                yield from written(getattr(part, each.name), start)
        case _:
            raise TypeError(f"A {type(part).__name__} has no place in the key of a step.")


def remember(memo: Memo, key: str, claim: Claim, verdict: Verdict, assumed: tuple[str, ...]) -> None:
    """Keep a verdict that is whole."""
    memo[key] = Remembered(_moved(verdict, -claim.span.start), assumed)


def recall(memo: Memo, key: str, claim: Claim) -> Remembered | None:
    """What is kept under `key`, at the place where the step stands now."""
    kept = memo.get(key)
    if kept is None:
        return None
    return Remembered(_moved(kept.verdict, claim.span.start), kept.assumed)


def _moved(verdict: Verdict, by: int) -> Verdict:
    """The verdict with its places moved, and with values of its own: who changes a report changes no memo."""
    example = verdict.counterexample
    if example is None:
        return verdict
    spans = example.spans
    if spans is not None:
        left, right = (Span(each.start + by, each.end + by) for each in spans)
        spans = (left, right)
    values = {name: _copied(value) for name, value in example.values.items()}
    example = replace(
        example, dims=dict(example.dims), values=values, left=_copied(example.left), right=_copied(example.right),
        spans=spans,
    )  # fmt: skip
    return replace(verdict, counterexample=example)


def _copied(value: object) -> object:
    return [_copied(each) for each in value] if isinstance(value, list) else value


__all__ = ["Keys", "Memo", "Remembered", "recall", "remember"]
