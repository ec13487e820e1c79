"""SymPy as a second opinion on what the numbers say, asked in a process that can be stopped.

SymPy's `simplify` may take for ever and its memory may grow without end, so it runs in a worker (`symbolic`) that is
started on the first question, limits its own memory, and is killed and forgotten once its time is up. A crash and a
time-out change nothing. Where SymPy and the numbers disagree, nobody is believed: the step is `unchecked`, and the log
has a line.
"""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import selectors
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import NotationError
from .evaluate import NeedsSize, ShapeClash
from .grammar import name_of
from .model import Assumption, Model, Symbol
from .sample import Unsatisfiable, choose_dimensions
from .symbolic import HEADER, READY, Answer, Letter, Question
from .tree import Num, Relation, Sym, walk
from .values import Undefined

if TYPE_CHECKING:
    from .reading import Claim
    from .verdict import Verdict

log = logging.getLogger(__name__)

SECONDS = 4.0  # a question
START_SECONDS = 20.0  # once, for the import of SymPy
EXPRESSED = {"symmetric", "diagonal", "antisymmetric", "upper-triangular", "lower-triangular", "positive",
             "nonnegative", "nonzero"}  # fmt: skip
ASKED = ("=", "<=", ">=", "<", ">")


class Worker:
    """The process that SymPy runs in. One question at a time, from any thread."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "stepcheck.symbolic")) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0
        self.lock = threading.Lock()

    def ask(self, question: Question, *, seconds: float = SECONDS) -> Answer:
        """What SymPy says; `unknown` where it does not answer in time, or dies."""
        with self.lock:
            try:
                return self._asked(self._running(), pickle.dumps(question), seconds)
            except (OSError, ValueError) as problem:
                log.warning("The SymPy worker did not answer: %s", problem)
                self._stop()
                return "unknown"

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.owner != os.getpid():
            self.process = None  # a fork of ours: the worker belongs to the parent
        if self.process is None or self.process.poll() is not None:
            root = str(Path(__file__).resolve().parent.parent)
            path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
            self.process = subprocess.Popen(  # noqa: S603  # this interpreter and a module of ours
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )  # fmt: skip
            self.owner = os.getpid()
            if self._heard(self.process, START_SECONDS) != READY:
                raise OSError("SymPy did not start.")
        return self.process

    def _heard(self, process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
        """What the worker says within `seconds`, empty where it ended, or None."""
        assert process.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            return process.stdout.read(16).strip() if waiting.select(seconds) else None

    def _asked(self, process: subprocess.Popen[bytes], sent: bytes, seconds: float) -> Answer:
        assert process.stdin is not None
        process.stdin.write(HEADER.pack(len(sent)) + sent)
        process.stdin.flush()
        match self._heard(process, seconds):
            case None:
                log.info("SymPy took longer than %g s and was stopped.", seconds)
                self._stop()
                return "unknown"
            case b"equal":
                return "equal"
            case b"different":
                return "different"
            case b"unknown":
                return "unknown"
            case _:
                log.info("The SymPy worker ended with %s.", process.wait())
                self._stop()
                return "unknown"

    def _stop(self) -> None:
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        log.debug("A pipe of the stopped worker was broken.")
        self.process = None

    def close(self) -> None:
        with self.lock:
            self._stop()


shared = Worker()
atexit.register(shared.close)


def second_opinion(model: Model, claim: Claim, verdict: Verdict, *, worker: Worker = shared) -> Verdict:
    """The verdict with SymPy's word added: proved, or in doubt where it disagrees with the numbers."""
    if verdict.answer != "holds" or not verdict.evidence.startswith("numeric"):
        return verdict
    question = question_of(model, claim)
    if question is None:
        return verdict
    match worker.ask(question):
        case "equal":
            sizes = ", ".join(f"{name} = {size}" for name, size in question.sizes.items())
            where = f" at sizes {sizes}" if sizes else ""
            return replace(verdict, evidence=f"proved by SymPy{where} and {verdict.evidence}")
        case "different":
            log.warning("SymPy and the numbers disagree on step %d: %s", claim.index, claim.latex)
            reason = "SymPy finds a difference between the sides, and the numbers find none: nobody is believed."
            return replace(verdict, answer="unchecked", evidence="", reason=reason)
        case "unknown":
            return verdict


def question_of(model: Model, claim: Claim) -> Question | None:
    """The claim as SymPy is asked it, at the smallest sizes; None where it speaks of what is not translated."""
    if claim.left is None or claim.right is None or claim.sign not in ASKED or claim.conditions:
        return None
    try:
        import numpy as np

        sizes = choose_dimensions(model, 1, np.random.default_rng(0))
        letters = dict(_letters(model, claim, sizes))
    except (Unsatisfiable, NotationError, NeedsSize, ShapeClash, Undefined):
        return None
    definitions = {name: each for name, each in model.definitions.items() if name in _reached(model, claim)}
    used = {name: size for name, size in sizes.items() if name in _sizes_used(model, letters) | _names(claim)}
    complete = all(_is_expressed(each) for each in model.assumptions) and all(
        model.symbols[name].properties <= EXPRESSED for name in letters
    )
    return Question(claim.left, claim.right, claim.sign, letters, used, definitions, complete)


def _names(claim: Claim) -> set[str]:
    assert claim.left is not None
    assert claim.right is not None
    return {each.name for side in (claim.left, claim.right) for each in walk(side) if isinstance(each, Sym)}


def _reached(model: Model, claim: Claim) -> set[str]:
    """The names that a claim speaks of, also through definitions."""
    found, below = set(), list(_names(claim))
    while below:
        name = below.pop()
        if name in found:
            continue
        found.add(name)
        if name in model.definitions:
            below += [each.name for each in walk(model.definitions[name].body) if isinstance(each, Sym)]
    return found


def _sizes_used(model: Model, letters: dict[str, Letter]) -> set[str]:
    symbols = [model.symbols[name] for name in letters]
    dims = [dim for symbol in symbols for dim in (symbol.rows, symbol.cols) if dim is not None]
    return {each.name for dim in dims for each in walk(dim) if isinstance(each, Sym)}


def _letters(model: Model, claim: Claim, sizes: dict[str, int]) -> Iterator[tuple[str, Letter]]:
    from .evaluate import Evaluator, World

    evaluator = Evaluator(model, World(dims=dict(sizes)))
    for name in sorted(_reached(model, claim)):
        symbol = model.symbols.get(name)
        if symbol is None or name in sizes or (name in model.definitions and model.definitions[name].body):
            continue
        if symbol.kind != "value" or symbol.family is not None or symbol.domain in ("finite", "complex"):
            raise Unsatisfiable(f"`{name}` is not translated.")
        rows, cols = evaluator.size(symbol.rows), evaluator.size(symbol.cols)
        yield name, Letter(rows, cols, tuple(sorted(_assumed(model, symbol))), frozenset(symbol.properties))


def _assumed(model: Model, symbol: Symbol) -> set[str]:
    found = {"real"} if symbol.domain == "real" else {"integer"}
    if symbol.domain == "natural":
        found.add("nonnegative")
    if symbol.properties & {"positive"} and not symbol.properties & {"spd"}:
        found.add("positive")
    if "nonnegative" in symbol.properties:
        found.add("nonnegative")
    for assumption in model.assumptions:
        for name, sign, bound in _bounds(assumption):
            if name != symbol.name:
                continue
            if (sign == ">" and bound >= 0) or (sign == ">=" and bound > 0):
                found.add("positive")
            elif sign == ">=" and bound == 0:
                found.add("nonnegative")
            elif (sign == "<" and bound <= 0) or (sign == "<=" and bound < 0):
                found.add("negative")
            elif sign == "!=" and bound == 0 and symbol.is_number:
                found.add("nonzero")
    return found


FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}


def _bounds(assumption: Assumption) -> Iterator[tuple[str, str, float]]:
    """(letter, sign, number) of each pair of neighbours in an assumed chain that bounds a letter by a number."""
    relation = assumption.relation
    if not isinstance(relation, Relation):
        return
    for left, sign, right in zip(relation.sides, relation.signs, relation.sides[1:], strict=False):
        if sign not in FLIPPED:
            continue
        name, other = name_of(left), name_of(right)
        if name is not None and isinstance(right, Num):
            yield name, sign, float(right.value)
        if other is not None and isinstance(left, Num):
            yield other, FLIPPED[sign], float(left.value)


def _is_expressed(assumption: Assumption) -> bool:
    """Whether a SymPy assumption says all of it: a sign, and nothing else."""
    relation = assumption.relation
    pairs = list(_bounds(assumption))
    return isinstance(relation, Relation) and len(pairs) == len(relation.signs) and all(b == 0 for *_, b in pairs)
